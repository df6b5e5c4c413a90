"""A target with a fault in it, which shows that the engines find and keep one."""

import random

from tests.fuzz.target import Target, spliced

_WORDS = (b"[", b"]", b"a")


def run(data: bytes) -> None:
    """Fail where one bracket stands in another."""
    if b"[[" in data:
        raise ZeroDivisionError("the planted fault")


def _mutate(data: bytes, chance: random.Random) -> bytes:
    return spliced(data, _WORDS, chance)


PLANTED = Target(
    name="planted",
    run=run,
    seeds=lambda: [b"[a]", b"aaa"],
    mutate=_mutate,
    words=_WORDS,
    cpu_s=5.0,
    max_bytes=100,
)
