"""Many clients at once, and large uploads: nothing is lost, the server stays quick and small.

Figures are told with `-rP`, not held tightly: the machine may be busy with something else.
"""

import statistics
import threading
import time

import psutil
import pytest

from tests.support.servers import ENDED, LIMIT_S, zipped

httpx = pytest.importorskip("httpx", reason="httpx is not installed")

FILES = 200


class Client(threading.Thread):
    """Uploads a ZIP, asks for its status until it has ended, downloads the deck."""

    def __init__(self, url, number):
        super().__init__()
        self.seconds = []
        self.seen = None
        self.size = 0
        self._url = url
        self._number = number

    def run(self):
        data = zipped(FILES, first=self._number * FILES)
        with httpx.Client(base_url=self._url, timeout=LIMIT_S) as client:
            answer = client.post("/batch/convert-zip", files={"file": ("icons.zip", data)})
            self.seen = answer.json()
            while answer.status_code in (200, 202) and self.seen["state"] not in ENDED:
                time.sleep(0.1)
                began = time.monotonic()
                answer = client.get(f"/batch/status/{self.seen['id']}")
                self.seconds.append(time.monotonic() - began)
                self.seen = answer.json()
            if "download" in self.seen.get("links", {}):
                self.size = len(client.get(self.seen["links"]["download"]).content)


def hold_clients(server, count):
    """Let clients come all at once; return the 99th percentile of the status answers, seconds."""
    clients = [Client(server.url, number) for number in range(count)]
    began = time.monotonic()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    for client in clients:
        assert (client.seen["state"], client.seen["counts"]["done"]) == ("done", FILES)
        assert client.size == client.seen["result"]["bytes"]
    assert len({client.seen["id"] for client in clients}) == count
    seconds = [each for client in clients for each in client.seconds]
    p99 = statistics.quantiles(seconds, n=100)[-1]
    print(
        f"{count} clients, {count * FILES} drawings in {time.monotonic() - began:.1f} s; "
        f"{len(seconds)} status answers, median {statistics.median(seconds) * 1000:.0f} ms, "
        f"p99 {p99 * 1000:.0f} ms, longest {max(seconds) * 1000:.0f} ms"
    )
    return p99


def test_eight_clients_at_once(serving):
    assert hold_clients(serving("--quota-jobs", "100"), 8) < 10


@pytest.mark.slow
def test_fifty_clients_at_once(serving):
    assert hold_clients(serving("--quota-jobs", "100"), 50) < 5


def hold_upload(server, megabytes):
    """Upload a body that large; return by how much the server has grown at most, MiB."""
    process = psutil.Process(server.process.pid)
    server.ended(server.accepted(zipped(1)))
    before = process.memory_info().rss
    largest = before
    over = threading.Event()

    def watch():
        nonlocal largest
        while not over.wait(0.01):
            largest = max(largest, process.memory_info().rss)

    def pieces():
        for _ in range(megabytes):
            yield b"x" * (1 << 20)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        answer = server.client.post(
            "/batch/convert-zip", content=pieces(), headers={"Content-Type": "application/zip"}
        )
    finally:
        over.set()
        watcher.join()
    assert answer.status_code == 400, answer.text  # it is no ZIP, which shows at its end
    assert not list((server.state / "server" / "uploads").iterdir())
    grown = (largest - before) / 2**20
    print(f"{megabytes} MiB uploaded: from {before / 2**20:.0f} MiB by {grown:.1f} MiB at most")
    return grown


def test_memory_stays_flat_during_an_upload(serving):
    assert hold_upload(serving(), 60) < 40


@pytest.mark.slow
def test_memory_stays_flat_during_a_large_upload(serving):
    assert hold_upload(serving(), 500) < 50
