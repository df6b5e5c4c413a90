"""What a slide layout leaves to a drawing: where it goes, what stands beside it, which colours."""

from __future__ import annotations

import msgspec

Area = tuple[float, float, float, float]
"""Left, top, right and bottom as fractions (0…1) of the slide's width and height."""

WHOLE: Area = (0.0, 0.0, 1.0, 1.0)


class Frame(msgspec.Struct, frozen=True, array_like=True):
    """The part of a layout that matters to the slides made on it.

    Attributes:
        area: Where the drawing goes.
        title: Type of the title placeholder that a slide fills, `title` or `ctrTitle`; empty for
            slides without a title.
        colors: Colours of the theme that drawings may take: `RRGGBB` and the name slides call it
            by, such as `accent1`; the first of equal colours counts.
    """

    area: Area = WHOLE
    title: str = ""
    colors: tuple[tuple[str, str], ...] = ()
