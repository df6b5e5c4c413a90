"""Where programs draw the same deck differently: what is allowed for, and why.

Nobody else asks which program a deck is for.
"""

from __future__ import annotations

from typing import NamedTuple

from svg2pptx_batch.options import Target


class Habits(NamedTuple):
    """How a program draws.

    Attributes:
        shadow_radius: Radius of a shadow's blur, as DrawingML counts it, for one standard
            deviation.
        baseline_em: Where a line's baseline lies below the top of its box; 0 where the face's
            usWinAscent and usWinDescent share out the line.
        own_faces: Whether it draws with the faces of this machine, so that text keeps its width if
            the face that measured it is named instead of the one the author named.
        outlined_letters: Whether it draws lines around letters.
        dash_patterns: Whether it draws dashes with gaps of different lengths.
        tile_unit_px: What the sides of a repeated picture are rounded to, px; 0 for next to
            nothing.
    """

    shadow_radius: float
    baseline_em: float
    own_faces: bool
    outlined_letters: bool
    dash_patterns: bool
    tile_unit_px: float


_HABITS = {
    # Blurs with a Gaussian of a third of the radius; fonts are those of the reader's machine.
    Target.POWERPOINT: Habits(
        shadow_radius=3.0,
        baseline_em=0.0,
        own_faces=False,
        outlined_letters=True,
        dash_patterns=True,
        tile_unit_px=0.0,
    ),
    # Version 25.2, measured: blurs with 0.43 of the radius; reading PowerPoint's files it seats
    # every face alike and passes over lines around letters and all gaps but the first; it reckons
    # in hundredths of a millimetre.
    Target.LIBREOFFICE: Habits(
        shadow_radius=1 / 0.43,
        baseline_em=1.0,
        own_faces=True,
        outlined_letters=False,
        dash_patterns=False,
        tile_unit_px=96 / 2540,
    ),
}


def habits(target: Target) -> Habits:
    """Return how a program draws."""
    return _HABITS[target]
