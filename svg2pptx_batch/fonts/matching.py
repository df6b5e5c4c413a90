"""Which face of a family fits a request best, as CSS Fonts 4 decides it.

Faces and a font enter, a face and its axis settings leave. Families are `catalog.py`'s business.
"""

from __future__ import annotations

from collections.abc import Sequence

from svg2pptx_batch.fonts.sfnt import Axis, FaceRecord
from svg2pptx_batch.scene.text import Font, FontStyle

_STYLE_ORDER = {
    FontStyle.NORMAL: ("normal", "oblique", "italic"),
    FontStyle.ITALIC: ("italic", "oblique", "normal"),
    FontStyle.OBLIQUE: ("oblique", "italic", "normal"),
}


def best_face(faces: Sequence[FaceRecord], font: Font) -> FaceRecord:
    """Return the face closest to a request; the first of equals.

    Args:
        faces: At least one, of one family.
        font: Its stretch counts most, then style, then weight.

    Source: CSS Fonts Module Level 4, 5.2, step 4.
    """
    return min(
        faces,
        key=lambda face: (
            _stretch_rank(face, font.stretch),
            _STYLE_ORDER[font.style].index(_style_of(face, font.style)),
            _weight_rank(face, font.weight),
        ),
    )


def variations_for(face: FaceRecord, font: Font) -> tuple[tuple[str, float], ...]:
    """Return the axis settings that make a variable face answer a request, sorted by tag.

    Weight, stretch, slant and optical size come from the font; `font-variation-settings` win over
    them. Axes the face lacks are left out, values are clamped to the axis.
    """
    if not face.axes:
        return ()
    wanted = {"wght": float(font.weight), "wdth": font.stretch, "opsz": font.size}
    if font.style is not FontStyle.NORMAL:
        wanted["ital" if face.axis("ital") else "slnt"] = 1.0 if face.axis("ital") else -14.0
    wanted |= dict(font.variations)
    return tuple(
        (axis.tag, _clamp(axis, wanted[axis.tag]))
        for axis in sorted(face.axes, key=lambda axis: axis.tag)
        if axis.tag in wanted
    )


def _clamp(axis: Axis, value: float) -> float:
    return min(axis.maximum, max(axis.minimum, value))


def _style_of(face: FaceRecord, wanted: FontStyle) -> str:
    if wanted is not FontStyle.NORMAL and face.style == "normal":
        if face.axis("ital"):
            return "italic"
        if face.axis("slnt"):
            return "oblique"
    return face.style


def _stretch_rank(face: FaceRecord, wanted: float) -> tuple[bool, float]:
    axis = face.axis("wdth")
    have = _clamp(axis, wanted) if axis else face.stretch
    wrong_side = have > wanted if wanted <= 100 else have < wanted
    return wrong_side, abs(have - wanted)


def _weight_rank(face: FaceRecord, wanted: int) -> tuple[int, float]:
    axis = face.axis("wght")
    have = _clamp(axis, wanted) if axis else face.weight
    distance = abs(have - wanted)
    if distance == 0:
        return 0, 0.0
    if 400 <= wanted <= 500:
        side = 0 if wanted < have <= 500 else 1 if have < wanted else 2
    elif wanted < 400:
        side = 0 if have < wanted else 1
    else:
        side = 0 if have > wanted else 1
    return side, distance
