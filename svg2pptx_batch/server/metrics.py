"""What Prometheus is told: requests, uploads, jobs."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE = CONTENT_TYPE_LATEST


class Metrics:
    """The figures of one server.

    Args:
        sizes: Returns how many jobs wait and how many run.
    """

    def __init__(self, sizes: Callable[[], tuple[int, int]]) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "svg2pptx_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "svg2pptx_request_seconds",
            "Time to the beginning of an answer, uploads included.",
            ("route",),
            registry=self._registry,
        )
        self._upload_bytes = Counter(
            "svg2pptx_upload_bytes", "Bytes of uploads.", registry=self._registry
        )
        self._jobs = Counter(
            "svg2pptx_jobs", "Jobs that have ended.", ("state",), registry=self._registry
        )
        for index, name in enumerate(("waiting", "running")):
            gauge = Gauge(f"svg2pptx_jobs_{name}", f"Jobs {name}.", registry=self._registry)
            gauge.set_function(lambda index=index: sizes()[index])  # type: ignore[misc]

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request that was answered.

        Args:
            method: HTTP method.
            route: Its template, so that there are few of them.
            status: HTTP status.
            seconds: Until the answer began.
        """
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_upload(self, size_bytes: int) -> None:
        """Count bytes that have come."""
        self._upload_bytes.inc(size_bytes)

    def count_job(self, state: str) -> None:
        """Count a job that has ended."""
        self._jobs.labels(state).inc()

    def text(self) -> bytes:
        """Return the figures as Prometheus reads them."""
        return generate_latest(self._registry)
