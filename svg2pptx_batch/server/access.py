"""Who asks, whether they may, and how often."""

from __future__ import annotations

import time
from urllib.parse import urlsplit

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.server.keys import KeyFile
from svg2pptx_batch.server.problems import Problem
from svg2pptx_batch.server.settings import ServerSettings, is_loopback

NOBODY = ""
"""The owner of jobs on a server without keys."""


class Access:
    """Lets requests in.

    Args:
        settings: The operator's.
        keys: The keys there are.

    Raises:
        UsageError: The rate is not understood.
    """

    def __init__(self, settings: ServerSettings, keys: KeyFile) -> None:
        self._loopback = settings.loopback
        self._keys = keys
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        try:
            self._rate = parse(settings.rate)
        except ValueError as error:
            raise UsageError(
                f"--rate: {settings.rate!r} is no rate.",
                remedy="Give it as 600/minute or 5/second.",
            ) from error

    def owner(self, request: Request) -> str:
        """Return whose request it is: the id of a key, or `NOBODY` on a server without keys.

        Raises:
            Problem: 400 or 401 where it is not let in, 429 where there are too many.
        """
        try:
            keyless = self._loopback and not self._keys.all()
            key = None if keyless else self._keys.find(_sent_key(request))
        except UsageError as error:
            raise Problem(503, "keys", "The keys cannot be read.", retry_after_s=60) from error
        address = request.client.host if request.client else ""
        self._count(f"key {key.id}" if key else f"address {address}")
        if keyless:
            _check_origin(request)
            return NOBODY
        if key is None:
            raise Problem(
                401,
                "key",
                "An API key is needed, and none that is known was sent.",
                remedy="Send the header Authorization: Bearer KEY.",
                headers={"WWW-Authenticate": 'Bearer realm="svg2pptx-batch"'},
            )
        return key.id

    def _count(self, who: str) -> None:
        if not self._limiter.hit(self._rate, who):
            reset = self._limiter.get_window_stats(self._rate, who).reset_time
            raise Problem(
                429,
                "too-many-requests",
                f"More than {self._rate} requests were made.",
                retry_after_s=reset - time.time(),
            )


def _sent_key(request: Request) -> str:
    """Return the key a request holds, empty for none."""
    scheme, _, text = request.headers.get("authorization", "").partition(" ")
    return text.strip() if scheme.lower() == "bearer" else ""


def _check_origin(request: Request) -> None:
    """Refuse what other pages make a browser send to a server that needs no key.

    A page elsewhere can send forms here, and a name that it owns can be made to stand for this
    machine; neither shows the name of this machine both as host and as origin.

    Raises:
        Problem: 400.
    """
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    try:
        named = urlsplit(f"//{host}").hostname or ""
        foreign = origin is not None and urlsplit(origin).netloc != host
    except ValueError:
        named, foreign = "", True
    if not is_loopback(named) or foreign:
        raise Problem(
            400,
            "origin",
            "Without API keys only this machine's own pages and programs are answered.",
            remedy="Make a key with `svg2pptx-batch keys create NAME`, and send it.",
        )
