"""What an element's style says of its characters: font, spacing, baseline, decoration."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from svg2pptx_batch.diagnostics import Severity
from svg2pptx_batch.fonts import FontCatalog, Match, OpenFace
from svg2pptx_batch.fonts.face import TYPICAL, Metrics
from svg2pptx_batch.fonts.shaping import Segment
from svg2pptx_batch.resolve.context import Context
from svg2pptx_batch.resolve.text.characters import Frame
from svg2pptx_batch.resolve.units import Axis, parse_px
from svg2pptx_batch.scene.text import Font, FontStyle
from svg2pptx_batch.svg.values.font import (
    parse_features,
    parse_font_family,
    parse_font_stretch,
    parse_font_style,
    parse_variations,
)

if TYPE_CHECKING:
    from svg2pptx_batch.svg.document import Element

LINES = ("underline", "overline", "line-through")


@dataclass(slots=True, eq=False)
class SpanStyle:
    """How the characters of one frame are set.

    Attributes:
        frame: Whose characters.
        font: As asked for.
        match: What the catalogue answers.
        face: Opened; None without any font.
        metrics: Of that face, em.
        letter_spacing: User units.
        word_spacing: User units.
        shift: Where the baseline lies against the chunk's, user units, down.
        visible: Whether it is painted.
        lang: BCP 47 tag, or empty.
        lines: Decoration lines that cross it, each with the frame whose paint it takes.
    """

    frame: Frame
    font: Font
    match: Match
    face: OpenFace | None
    metrics: Metrics
    letter_spacing: float
    word_spacing: float
    shift: float
    visible: bool
    lang: str
    lines: dict[str, Frame]

    @property
    def size(self) -> float:
        """Font size, user units."""
        return self.font.size

    def segment(self, start: int, end: int, fonts: FontCatalog, *, vertical: bool) -> Segment:
        """Return what shaping has to know of a stretch of these characters."""
        features = dict(self.font.features)
        if self.letter_spacing:
            features |= {"liga": 0, "clig": 0}
        if not self.font.kerning:
            features["kern"] = 0
        if self.font.small_caps:
            features["smcp"] = 1
        if vertical:
            features["vert"] = 1
        return Segment(
            start,
            end,
            self.face,
            lambda character: fonts.fallback(character, self.font),
            tuple(sorted(features.items())),
            self.lang,
        )


def span_style(frame: Frame, context: Context) -> SpanStyle | None:
    """Read a frame's style.

    Returns:
        None where the font size leaves nothing to set.
    """
    style = frame.style
    size = style.font_size
    if size <= 0:
        return None
    font = _font(frame, size)
    match = context.fonts.match(font)
    if match.missing or match.face is None:
        _report_missing(match, frame, context)
    face = context.fonts.open(match)
    metrics = face.metrics if face is not None else TYPICAL
    return SpanStyle(
        frame=frame,
        font=font,
        match=match,
        face=face,
        metrics=metrics,
        letter_spacing=_spacing(frame, "letter-spacing"),
        word_spacing=_spacing(frame, "word-spacing"),
        shift=_shift(frame, metrics, size),
        visible=style["visibility"] == "visible",
        lang=_language(frame.element),
        lines=_lines(frame),
    )


def _font(frame: Frame, size: float) -> Font:
    style = frame.style
    kerning = (
        style["font-kerning"] != "none" and parse_px(style["kerning"], Axis.X, frame.state) != 0.0
    )
    return Font(
        families=parse_font_family(style["font-family"]),
        size=size,
        weight=style.font_weight,
        style=parse_font_style(style["font-style"]) or FontStyle.NORMAL,
        stretch=parse_font_stretch(style["font-stretch"]) or 100.0,
        variations=parse_variations(style["font-variation-settings"]),
        features=parse_features(style["font-feature-settings"]),
        small_caps="small-caps" in style["font-variant"].lower().split(),
        kerning=kerning,
    )


def _report_missing(match: Match, frame: Frame, context: Context) -> None:
    if match.face is None:
        context.diagnostics.report(
            "font-missing",
            f"No font is installed; the width of text in “{match.typeface.name}” is estimated",
            severity=Severity.WARNING,
        )
        return
    context.diagnostics.report(
        "font-missing",
        f"The font family “{match.missing}” is not installed; "
        f"“{match.installed.name}” measures its text",
        severity=Severity.INFO
        if len(parse_font_family(frame.style["font-family"])) > 1
        else Severity.WARNING,
    )


def _spacing(frame: Frame, name: str) -> float:
    text = frame.style[name]
    return 0.0 if text == "normal" else parse_px(text, Axis.X, frame.state) or 0.0


def _language(element: Element) -> str:
    at: Element | None = element
    while at is not None:
        found = at.attributes.get("xml:lang") or at.attributes.get("lang")
        if found:
            return found.strip()
        at = at.parent
    return ""


def _shift(frame: Frame, metrics: Metrics, size: float) -> float:
    """Return how far a frame's baseline lies below the chunk's.

    Source: SVG 1.1, 10.9.2; the places of the baselines are those browsers derive from the ascent.
    """
    shift = 0.0
    for each in frame.lineage():
        # Browsers heed baseline-shift of a `text` for its own characters, not for those of a tspan.
        if each.parent is not None or each is frame:
            shift -= _baseline_shift(each, metrics, size)
    alignment = frame.style["alignment-baseline"]
    if alignment in ("auto", "baseline"):
        alignment = frame.style["dominant-baseline"]
    up = {
        "middle": metrics.x_height / 2,
        "central": (metrics.ascent + metrics.descent) / 2,
        "hanging": metrics.ascent * 0.8,
        "mathematical": metrics.ascent / 2,
        "text-before-edge": metrics.ascent,
        "before-edge": metrics.ascent,
        "text-top": metrics.ascent,
        "top": metrics.ascent,
        "text-after-edge": metrics.descent,
        "after-edge": metrics.descent,
        "text-bottom": metrics.descent,
        "bottom": metrics.descent,
        "ideographic": metrics.descent,
        "center": (metrics.ascent + metrics.descent) / 2,
    }.get(alignment, 0.0)
    return shift + up * size


def _baseline_shift(frame: Frame, metrics: Metrics, size: float) -> float:
    """Return how far `baseline-shift` raises a frame, user units."""
    text = frame.style["baseline-shift"]
    if text == "baseline":
        return 0.0
    if text == "sub":
        return -metrics.subscript * size
    if text == "super":
        return metrics.superscript * size
    if text.endswith("%"):
        share = parse_px(text[:-1], Axis.Y, frame.state) or 0.0
        return share / 100.0 * frame.style.font_size
    return parse_px(text, Axis.Y, frame.state) or 0.0


def _lines(frame: Frame) -> dict[str, Frame]:
    """Return the decoration lines that cross a frame's characters, and who paints each.

    A line set above the `text` takes the paint of the `text`.
    """
    found: dict[str, Frame] = {}
    root = frame
    for each in frame.lineage():
        root = each
        for line in each.style["text-decoration-line"].split():
            found.setdefault(line, each)
    above = root.element.parent
    while above is not None:
        for line in above.declared.get("text-decoration-line", "").split():
            found.setdefault(line, root)
        above = above.parent
    return {line: found[line] for line in LINES if line in found}
