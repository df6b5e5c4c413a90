"""What feeds a target: atheris, led by coverage, or mutations by chance where that is not there.

Either runs in a process of its own and ends it: a finding is a process that did not end well, and
the input that did it lies in the folder of findings.
"""

from __future__ import annotations

import faulthandler
import importlib
import pkgutil
import random
import sys
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fuzz.target import Target

_HANG_FACTOR = 10
_MEMORY_MIB = 3072


class TooSlowError(AssertionError):
    """An input took more processor time than its target allows."""


def has_atheris() -> bool:
    """Tell whether atheris is installed."""
    from importlib.util import find_spec

    return find_spec("atheris") is not None


def guarded(target: Target, data: bytes) -> None:
    """Run a target on one input; warnings are errors and time is bounded."""
    began = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        target.run(data)
    spent = time.process_time() - began
    if spent > target.cpu_s:
        raise TooSlowError(f"{spent:.1f} s of processor time, {target.cpu_s} s allowed")


def by_chance(name: str, seconds: float, seed: int, findings: Path) -> None:
    """Feed a target with mutated seeds; raises what the first finding raises."""
    target = _target(name)
    chance = random.Random(seed)
    seeds = [*target.seeds(), *(path.read_bytes() for path in target.regressions())]
    current = findings / f"{name}-current"
    kept = current.open("wb", buffering=0)
    _bound_memory()
    faulthandler.enable()
    end, count = time.monotonic() + seconds, 0
    while time.monotonic() < end or count < len(seeds):
        data = seeds[count] if count < len(seeds) else target.mutated(chance.choice(seeds), chance)
        kept.seek(0)
        kept.truncate(kept.write(data))
        faulthandler.dump_traceback_later(target.cpu_s * _HANG_FACTOR, exit=True)
        guarded(target, data)
        count += 1
    faulthandler.cancel_dump_traceback_later()
    kept.close()
    current.unlink()
    print(f"{name}: {count} inputs by chance, seed {seed}, no finding")


def by_coverage(name: str, seconds: float, seed: int, findings: Path, corpus: Path) -> None:
    """Feed a target with atheris; ends the process, with 0 where nothing was found."""
    import atheris

    # Loaded by now, and to be instrumented all the same: the code that reads archives.
    sys.modules.pop("zipfile", None)
    with atheris.instrument_imports(include=["svg2pptx_batch", "cssselect2", "zipfile"]):
        importlib.import_module("cssselect2")
        package = importlib.import_module("svg2pptx_batch")
        for module in pkgutil.walk_packages(package.__path__, "svg2pptx_batch."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    target = _target(name)
    corpus.mkdir(parents=True, exist_ok=True)
    for number, data in enumerate(
        [*target.seeds(), *(path.read_bytes() for path in target.regressions())]
    ):
        (corpus / f"seed-{number:03}").write_bytes(data)

    def mutator(data: bytes, most: int, seed: int) -> bytes:
        chance = random.Random(seed)
        if chance.random() < 0.2:
            return atheris.Mutate(data, most)
        return target.mutated(data, chance, most)

    flags = [
        f"-max_total_time={max(1, int(seconds))}",
        f"-seed={seed}",
        f"-max_len={target.max_bytes}",
        "-len_control=0",
        "-report_slow_units=1000000",
        f"-timeout={int(target.cpu_s * _HANG_FACTOR)}",
        f"-rss_limit_mb={_MEMORY_MIB}",
        f"-artifact_prefix={findings / name}-",
        f"-dict={_dictionary(target, corpus.parent)}",
        "-print_final_stats=1",
    ]
    atheris.Setup(
        [sys.argv[0], *flags, str(corpus)],
        lambda data: guarded(target, data),
        custom_mutator=mutator,
    )
    atheris.Fuzz()


def _target(name: str) -> Target:
    """Return a target; loaded late, so that what it imports can be instrumented."""
    from tests.fuzz.targets import PLANTS, TARGETS

    return (TARGETS | PLANTS)[name]


def _dictionary(target: Target, folder: Path) -> Path:
    """Write a target's words as libFuzzer reads them."""
    path = folder / f"{target.name}.dict"
    lines = ("".join(f"\\x{byte:02x}" for byte in word) for word in target.words if word)
    path.write_text("".join(f'"{line}"\n' for line in lines))
    return path


def _bound_memory() -> None:
    """Let a hungry input fail instead of the machine, where the system can."""
    try:
        import resource
    except ImportError:
        return
    most = (_MEMORY_MIB + 1024) << 20
    resource.setrlimit(resource.RLIMIT_AS, (most, resource.getrlimit(resource.RLIMIT_AS)[1]))
