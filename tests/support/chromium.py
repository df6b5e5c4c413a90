"""Chromium without a window, driven by its DevTools protocol over a WebSocket."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from itertools import count
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LIMIT_S = 120


def find() -> str | None:
    """Return the browser's path, None where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Page:
    """One page of a browser of its own.

    Args:
        url: What it shows.
        downloads: Where its downloads go.
    """

    def __init__(self, url: str, downloads: Path) -> None:
        self._profile = tempfile.mkdtemp(prefix="chromium-")
        browser = find()
        assert browser
        self._process = subprocess.Popen(
            [
                browser,
                *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"),
                *("--no-first-run", "--remote-debugging-port=0", "--window-size=900,900"),
                *(f"--user-data-dir={self._profile}", "about:blank"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": self._profile},
        )
        self._numbers = count(1)
        self.messages: list[str] = []
        self._open = ExitStack()
        self._open.callback(shutil.rmtree, self._profile, ignore_errors=True)
        self._open.callback(self._process.wait, LIMIT_S)
        self._open.callback(self._process.terminate)
        with ExitStack() as unless_ready:
            unless_ready.callback(self.close)
            self._show(url, downloads)
            unless_ready.pop_all()

    def _show(self, url: str, downloads: Path) -> None:
        """Reach the browser and let it show the page."""
        from websockets.sync.client import connect

        told = Path(self._profile) / "DevToolsActivePort"
        self.wait(told.exists)
        self.wait(lambda: len(told.read_text().splitlines()) > 1)
        port = told.read_text().split()[0]
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list") as answer:
            pages = [page for page in json.load(answer) if page["type"] == "page"]
        connected = connect(pages[0]["webSocketDebuggerUrl"], max_size=None)
        self._socket = self._open.enter_context(connected)
        for domain in ("Page", "Runtime", "Log", "DOM"):
            self.call(f"{domain}.enable")
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(downloads))
        self.call("Page.navigate", url=url)
        self.wait(lambda: self.eval("document.readyState") == "complete")
        self.wait(lambda: self.eval("location.href").startswith(url))

    def call(self, method: str, **params: object) -> dict:
        """Ask the browser something; return its answer."""
        number = next(self._numbers)
        self._socket.send(json.dumps({"id": number, "method": method, "params": params}))
        while True:
            told = json.loads(self._socket.recv(timeout=LIMIT_S))
            if told.get("method") in ("Log.entryAdded", "Runtime.exceptionThrown"):
                self.messages.append(json.dumps(told["params"]))
            if told.get("id") == number:
                assert "error" not in told, told
                return told["result"]

    def eval(self, expression: str) -> object:
        """Return the value of an expression of the page's."""
        answer = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def choose(self, selector: str, *files: Path) -> None:
        """Choose files, as in the browser's own dialogue."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        node = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=node, files=[str(file) for file in files])

    def press(self, key: str, code: int, text: str = "") -> None:
        """Press a key."""
        for kind in ("keyDown", "keyUp"):
            sent = {"text": text} if text and kind == "keyDown" else {}
            self.call(
                "Input.dispatchKeyEvent",
                type=kind,
                key=key,
                code=key,
                windowsVirtualKeyCode=code,
                **sent,
            )

    def screenshot(self, path: Path) -> None:
        """Write what is seen as PNG."""
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot")["data"]))

    def wait(self, wanted) -> None:
        """Wait until something holds."""
        end = time.monotonic() + LIMIT_S
        while not wanted():
            assert self._process.poll() is None, "the browser has ended"
            assert time.monotonic() < end, self.messages
            time.sleep(0.05)

    def close(self) -> None:
        """End the browser."""
        self._open.close()
