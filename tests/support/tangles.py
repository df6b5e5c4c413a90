"""Outlines that are hard to reckon with."""

from __future__ import annotations

import math
import random

from svg2pptx_batch.graphics.path import Path


def scribble(segments: int, verb: str = "L", seed: int = 1) -> Path:
    """Return a closed line that crosses itself everywhere."""
    chance = random.Random(seed)
    size = {"L": 2, "Q": 4, "C": 6}[verb]
    coords = tuple(chance.uniform(0, 200) for _ in range(2 + size * segments))
    return Path("M" + verb * segments + "Z", coords)


def cog(teeth: int) -> Path:
    """Return a long outline that never crosses itself."""
    coords: list[float] = []
    for k in range(teeth + 1):
        angle = k / (teeth + 1) * math.tau
        radius = 90 + 5 * math.sin(k * 1.3)
        coords += (100 + radius * math.cos(angle), 100 + radius * math.sin(angle))
    return Path("M" + "L" * teeth + "Z", tuple(coords))
