"""How much of the machine is ours and what is left of it: processors, memory, disk, descriptors.

Totals of the system are the host's; in a container the control group (cgroup v1 or v2) says less,
and the smaller number holds. Nothing here raises: what cannot be told is None.
"""

from __future__ import annotations

import errno
import math
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

import psutil

if sys.platform != "win32":
    import resource

_UNLIMITED_BYTES = 2**60
"""Version 1 states "no limit" as a number just below 2**63."""

_TOO_LARGE = 2**63


def cpu_count(root: Path = Path("/")) -> int:
    """Processors this process may keep busy, at least 1.

    The smallest of: CPU affinity, the control group's quota (rounded up), processors present.

    Args:
        root: Where `proc` and `sys` are found.
    """
    if hasattr(os, "sched_getaffinity"):
        present = len(os.sched_getaffinity(0))
    else:
        present = os.cpu_count() or 1
    return max(1, min([present, *(math.ceil(quota) for quota in _cpu_quotas(root))]))


def memory_available(root: Path = Path("/")) -> int:
    """Bytes that can be taken without swapping or meeting the control group's limit, at least 0.

    Args:
        root: Where `proc` and `sys` are found.
    """
    return max(0, min([int(psutil.virtual_memory().available), *_memory_left(root)]))


def memory_pressure(root: Path = Path("/")) -> float | None:
    """Share of the last ten seconds, 0 to 1, in which a task of ours waited for memory.

    Of our control group (version 2), else of the whole system; None where the kernel does not tell.

    Source: Documentation/accounting/psi.rst of Linux, `some avg10`.

    Args:
        root: Where `proc` and `sys` are found.
    """
    files = [folder / "memory.pressure" for folder in _groups(root, "")]
    for file in (*files, root / "proc/pressure/memory"):
        words = _words(file)
        if words[:1] == ["some"]:
            with suppress(ValueError, IndexError):
                percent = float(words[1].removeprefix("avg10="))
                if 0 <= percent <= 100:
                    return percent / 100
    return None


def descriptors_left() -> int | None:
    """File descriptors this process may still open; None where there is no such limit."""
    if sys.platform == "win32":
        return None
    limit, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if limit == resource.RLIM_INFINITY:
        return None
    try:
        return max(0, limit - int(psutil.Process().num_fds()))
    except OSError as error:
        return 0 if error.errno in (errno.EMFILE, errno.ENFILE) else None
    except psutil.Error:
        return None


def disk_free(path: Path) -> int | None:
    """Bytes that can still be written below a path, whether it is there already or not."""
    for folder in (path, *path.parents):
        with suppress(OSError, ValueError):
            return shutil.disk_usage(folder).free
    return None


def resident_bytes(process: psutil.Process) -> int | None:
    """Resident size of a process; None when it is gone or cannot be looked at."""
    try:
        return int(process.memory_info().rss)
    except (psutil.Error, OSError):
        return None


def _cpu_quotas(root: Path) -> list[float]:
    """Quotas in processors of our control group and those above it."""
    quotas = []
    for folder in _groups(root, "cpu"):
        parts = _words(folder / "cpu.max")
        if not parts:
            parts = _words(folder / "cpu.cfs_quota_us") + _words(folder / "cpu.cfs_period_us")
        match [_number(part) for part in parts]:
            case [int(quota), int(period)] if quota > 0 and period > 0:
                quotas.append(quota / period)
    return quotas


def _memory_left(root: Path) -> list[int]:
    """Limit less use, in bytes, of our control group and those above it; cached files are free."""
    left = []
    for folder in _groups(root, "memory"):
        for limit_name, use_name, cache_key in (
            ("memory.max", "memory.current", "inactive_file"),
            ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"),
        ):
            limit = _number(*_words(folder / limit_name)[:1])
            use = _number(*_words(folder / use_name)[:1])
            if limit is None or use is None or limit >= _UNLIMITED_BYTES:
                continue
            words = _words(folder / "memory.stat")
            statistics = dict(zip(words[::2], words[1::2], strict=False))
            left.append(limit - use + (_number(statistics.get(cache_key, "")) or 0))
    return left


def _groups(root: Path, controller: str) -> list[Path]:
    """Folders of our control group and of its ancestors that exist, innermost first.

    Args:
        root: Where `proc` and `sys` are found.
        controller: Of version 1; the groups of version 2 are always among them.

    Source: cgroups(7), /proc/[pid]/cgroup: `hierarchy:controllers:path`; hierarchy 0 is version 2,
    below `unified` where version 1 is used beside it.
    """
    folders = []
    for line in _text(root / "proc/self/cgroup").splitlines():
        _, _, rest = line.partition(":")
        controllers, _, path = rest.partition(":")
        if controllers == "":
            base = root / "sys/fs/cgroup"
            if (base / "unified").is_dir():
                base /= "unified"
        elif controller in controllers.split(","):
            base = root / "sys/fs/cgroup" / controller
        else:
            continue
        names = [name for name in path.split("/") if name not in ("", "..")]
        folders += [base.joinpath(*names[:depth]) for depth in range(len(names), -1, -1)]
    return [folder for folder in folders if folder.is_dir()]


def _words(file: Path) -> list[str]:
    """The file's text split at white space; empty when it cannot be read."""
    return _text(file).split()


def _text(file: Path) -> str:
    """The file's text; empty when it cannot be read."""
    try:
        return file.read_text("utf-8", "replace")
    except (OSError, ValueError):
        return ""


def _number(text: str = "") -> int | None:
    """The integer, or None for `max` and everything else."""
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) < _TOO_LARGE else None
