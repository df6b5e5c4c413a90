"""What a fuzz target is, and the mutations of bytes that serve them all."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

REGRESSIONS = Path(__file__).with_name("regressions")


@dataclass(frozen=True, slots=True)
class Target:
    """One place where bytes nobody vouches for enter.

    Attributes:
        name: As the command line has it.
        run: Takes any bytes; raises where a promise is broken.
        seeds: Good inputs to start from.
        mutate: Changes an input, knowing what it is made of; equal chances give equal changes.
        words: What the language of the inputs is made of.
        cpu_s: Processor time one input may take. Generous: instrumented code is slow.
        max_bytes: Inputs are no longer.
    """

    name: str
    run: Callable[[bytes], None]
    seeds: Callable[[], Sequence[bytes]]
    mutate: Callable[[bytes, random.Random], bytes]
    words: Sequence[bytes]
    cpu_s: float
    max_bytes: int

    def regressions(self) -> list[Path]:
        """Return the inputs that once broke a promise."""
        return sorted((REGRESSIONS / self.name).glob("*"))

    def mutated(self, data: bytes, chance: random.Random, most: int | None = None) -> bytes:
        """Return an input changed by what it is made of, by its bytes, or by both."""
        most = most or self.max_bytes
        kind = chance.random()
        if kind < 0.8:
            data = self.mutate(data, chance)
        if kind > 0.6:
            for _ in range(chance.randint(1, 4)):
                data = spliced(data, self.words, chance)
        return data[:most]


def spliced(data: bytes, words: Sequence[bytes], chance: random.Random) -> bytes:
    """Return bytes with one place changed: a word put in, a piece lost, doubled or overwritten."""
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.choice((0, 1, 1, 2, 4, 8, 20, 100)))
    match chance.randrange(7):
        case 0 | 1:
            piece = chance.choice(words)
        case 2:
            piece = b""
        case 3:
            piece = data[start:end] * chance.choice((2, 2, 3, 50))
        case 4:
            piece = bytes([chance.randrange(256)])
        case 5:
            piece = bytes(byte ^ (1 << chance.randrange(8)) for byte in data[start : start + 1])
            end = start + 1
        case _:
            other = chance.randint(0, len(data))
            piece = data[other : other + chance.choice((1, 4, 16, 64))]
    return data[:start] + piece + data[end:]
