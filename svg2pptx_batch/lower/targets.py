"""Where programs draw the same deck differently: what is allowed for, and why."""

from __future__ import annotations

from typing import NamedTuple

from svg2pptx_batch.options import Target


class Habits(NamedTuple):
    """How a program draws.

    Attributes:
        shadow_radius: Radius of a shadow's blur, as DrawingML counts it, for one standard
            deviation.
    """

    shadow_radius: float


_HABITS = {
    # PowerPoint blurs with a Gaussian of a third of the radius.
    Target.POWERPOINT: Habits(shadow_radius=3.0),
    # LibreOffice 25.2 blurs with 0.43 of the radius.
    Target.LIBREOFFICE: Habits(shadow_radius=1 / 0.43),
}


def habits(target: Target) -> Habits:
    """Return how a program draws."""
    return _HABITS[target]
