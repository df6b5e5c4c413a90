"""Problem details (RFC 9457): what every answer that is an error holds."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import msgspec

MEDIA_TYPE = "application/problem+json"


class Problem(Exception):  # noqa: N818  RFC 9457 calls it a problem
    """A request cannot be answered as asked.

    Args:
        status: HTTP status.
        code: Stable kebab-case name of the reason.
        detail: What is wrong, a sentence without paths of this machine.
        remedy: What the client can do.
        retry_after_s: When it may be worth trying again.
        headers: Further headers of the answer.
        errors: What is wrong where, for answers to several mistakes at once.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        remedy: str = "",
        retry_after_s: float | None = None,
        headers: Mapping[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
        self.remedy = remedy
        self.headers = dict(headers or {})
        self.errors = errors or []
        if retry_after_s is not None:
            self.headers["Retry-After"] = str(max(1, round(retry_after_s)))

    def body(self) -> bytes:
        """Return the answer's body."""
        return body(self.status, self.code, self.detail, self.remedy, self.errors)


def body(
    status: int,
    code: str = "",
    detail: str = "",
    remedy: str = "",
    errors: list[dict[str, str]] | None = None,
) -> bytes:
    """Return problem details as JSON; what is not said follows from the status."""
    phrase = HTTPStatus(status).phrase
    told: dict[str, object] = {
        "type": "about:blank",
        "title": phrase,
        "status": status,
        "code": code or phrase.lower().replace(" ", "-"),
        "detail": detail or f"{phrase}.",
    }
    if remedy:
        told["remedy"] = remedy
    if errors:
        told["errors"] = errors
    return msgspec.json.encode(told)
