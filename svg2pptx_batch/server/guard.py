"""Around all routes: what every answer has, errors as problem details, figures.

Whatever goes wrong below, in a route or a library, leaves here as problem details without a trace.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from svg2pptx_batch.server import problems
from svg2pptx_batch.server.problems import Problem

log = logging.getLogger(__name__)

_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}
_KEPT_OF_ERRORS = ("allow", "content-range", "retry-after", "www-authenticate", "connection")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"})

CountRequest = Callable[[str, str, int, float], None]


class Guard:
    """The outermost layer.

    Args:
        app: What answers.
        count: Is told of each request: method, route, status, seconds.
    """

    def __init__(self, app: ASGIApp, count: CountRequest) -> None:
        self._app = app
        self._count = count

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope, send, self._count)
        try:
            await self._app(scope, receive, answer.send)
        except Problem as problem:
            await answer.problem(problem)
        except Exception:
            log.exception("%s %s broke", scope["method"], scope["path"])
            if answer.begun:
                raise
            await answer.problem(Problem(500, "defect", "The server failed on this request."))


class _Answer:
    """One answer on its way out.

    Attributes:
        begun: Whether its head has been sent.
    """

    def __init__(self, scope: Scope, send: Send, count: CountRequest) -> None:
        self.begun = False
        self._scope = scope
        self._send = send
        self._count = count
        self._since = time.monotonic()
        self._replaced = False

    async def send(self, message: Message) -> None:
        """Pass a message of the answer on; what is an error becomes problem details."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers.setdefault(name, value)
            status = message["status"]
            if status >= 400 and headers.get("content-type") != problems.MEDIA_TYPE:
                self._replaced = True
                kept = {name: headers[name] for name in _KEPT_OF_ERRORS if name in headers}
                await self.problem(Problem(status, "", "", headers=kept))
                return
            self.begun = True
            self._note(status)
        elif self._replaced:
            return
        await self._send(message)

    async def problem(self, problem: Problem) -> None:
        """Send problem details as the whole answer, unless another has begun."""
        if self.begun:
            return
        self.begun = self._replaced = True
        body = b"" if self._scope["method"] == "HEAD" else problem.body()
        headers = MutableHeaders(
            headers={
                **_HEADERS,
                **problem.headers,
                "Content-Type": problems.MEDIA_TYPE,
                "Content-Length": str(len(body)),
            }
        )
        self._note(problem.status)
        await self._send(
            {"type": "http.response.start", "status": problem.status, "headers": headers.raw}
        )
        await self._send({"type": "http.response.body", "body": body})

    def _note(self, status: int) -> None:
        route = getattr(self._scope.get("route"), "path", "")
        method = self._scope["method"]
        self._count(
            method if method in _METHODS else "other",
            route or "unknown",
            status,
            time.monotonic() - self._since,
        )
