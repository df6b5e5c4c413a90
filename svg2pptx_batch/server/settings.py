"""What the operator of a server chooses."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import msgspec

from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import ConvertOptions, JobOptions
from svg2pptx_batch.places import state_dir


class ServerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How a server behaves.

    Attributes:
        host: Address or name it listens on.
        port: Port; 0 for any that is free.
        data_dir: Uploads and results lie below it.
        max_upload_bytes: One request's body.
        max_queue: Jobs that may wait or run, of all keys together.
        rate: Requests a key, or an address without one, may make: `600/minute`.
        quota_bytes: Uploads and results kept for one key.
        quota_jobs: Jobs of one key that may wait or run.
        keep_s: How long a job and its result are kept after its end.
        upload_timeout_s: How long an upload may come to nothing: so long, and a second for each
            KiB that has come.
        options: What slides are like where a client does not say.
        job_options: How jobs run.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    data_dir: Path = msgspec.field(default_factory=lambda: state_dir() / "server")
    max_upload_bytes: int = 1 << 30
    max_queue: int = 100
    rate: str = "600/minute"
    quota_bytes: int = 10 << 30
    quota_jobs: int = 20
    keep_s: float = 7 * 86_400.0
    upload_timeout_s: float = 30.0
    options: ConvertOptions = msgspec.field(default_factory=ConvertOptions)
    job_options: JobOptions = msgspec.field(default_factory=JobOptions)

    @property
    def loopback(self) -> bool:
        """Whether only this machine can reach the server."""
        return is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine as it sees itself."""
    if host.lower().rstrip(".") == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def check_reach(settings: ServerSettings, keys: int) -> None:
    """Refuse to let others in where there are no keys.

    Raises:
        UsageError: Others could reach the server, and would need no key.
    """
    if not keys and not settings.loopback:
        raise UsageError(
            f"Without API keys the server cannot listen on {settings.host}: anybody could use it.",
            remedy="Make a key with `svg2pptx-batch keys create NAME`, or leave --host out to be "
            "reached from this machine alone.",
        )
