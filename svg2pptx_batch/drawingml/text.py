"""Text boxes, `p:sp` with `txBox`, and text in shapes: a paragraph a line, a run a span."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from svg2pptx_batch.drawingml.effect import effects_xml
from svg2pptx_batch.drawingml.emu import Box, angle, emu
from svg2pptx_batch.drawingml.fill import NO_FILL, color_xml, solid_xml
from svg2pptx_batch.drawingml.ids import SlideParts
from svg2pptx_batch.drawingml.line import join_xml
from svg2pptx_batch.drawingml.naming import properties_xml
from svg2pptx_batch.drawingml.xml import escape
from svg2pptx_batch.fonts.shaping import joins
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import Label, Text
from svg2pptx_batch.scene.text import Direction, FontStyle, TextAnchor, TextChunk, TextSpan

_HUNDREDTHS_PT_PER_PX = 75.0
_MIN_SIZE, _MAX_SIZE = 100, 400_000
_MAX_SPACING = 400_000
_NEVER_KERN = 400_000
_MAX_GAP = 158_400
_ALIGNMENTS = {
    (TextAnchor.START, Direction.LTR): "l",
    (TextAnchor.START, Direction.RTL): "r",
    (TextAnchor.MIDDLE, Direction.LTR): "ctr",
    (TextAnchor.MIDDLE, Direction.RTL): "ctr",
    (TextAnchor.END, Direction.LTR): "r",
    (TextAnchor.END, Direction.RTL): "l",
}
_OWN_COLOR = (
    '<a:extLst><a:ext uri="{A12FA001-AC4F-418D-AE19-62706E023703}"><ahyp:hlinkClr '
    'xmlns:ahyp="http://schemas.microsoft.com/office/drawing/2018/hyperlinkcolor" val="tx"/>'
    "</a:ext></a:extLst>"
)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*")
_SPACES = " \u00a0"
_WORDS = re.compile(f"[{_SPACES}]+|[^{_SPACES}]+")


class _Insets(NamedTuple):
    """Room between a shape and its text, EMU."""

    left: int
    top: int
    right: int
    bottom: int


_NO_INSETS = _Insets(0, 0, 0, 0)


class _Piece(NamedTuple):
    """Characters of one run, and the spacing after each, px of the slide."""

    text: str
    spacing: float


def text_xml(text: Text, parts: SlideParts) -> tuple[str, Box]:
    """Return a text box and the upright box around it on the slide.

    Args:
        text: Legal: chunks with boxes, the lines of one box from its top down, solid colours, a
            similarity without mirroring.
        parts: Ids and relationships of the slide.
    """
    boxes = [chunk.box for chunk in text.chunks if chunk.box is not None]
    assert len(boxes) == len(text.chunks), "lower gives every legal chunk its box"
    box = reduce(Rect.union, boxes)
    placement = text.transform.decompose()
    assert placement is not None, "a legal text's transform is a similarity"
    scale = placement.scale_x
    x, y = text.transform.apply(*box.center)
    width, height = box.width * scale, box.height * scale
    left, top = emu(x - width / 2), emu(y - height / 2)
    turn = angle(placement.rotation_deg)
    rotation = f' rot="{turn}"' if turn else ""
    label, text = _with_one_link(text)
    properties = properties_xml(label, "TextBox", parts)
    xml = (
        f'<p:sp><p:nvSpPr>{properties}<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr>'
        f'<a:xfrm{rotation}><a:off x="{left}" y="{top}"/>'
        f'<a:ext cx="{emu(width)}" cy="{emu(height)}"/></a:xfrm>'
        '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:noFill/>'
        # Without a fill it is the letters that cast a shape's shadow.
        f"{effects_xml(text.effects)}</p:spPr>"
        f"{_body(text, scale, _NO_INSETS, 't', parts)}</p:sp>"
    )
    return xml, _around(text.transform.apply_rect(box))


def shape_text_xml(text: Text, holder: Box, parts: SlideParts) -> str:
    """Return `p:txBody` of a shape that holds a text.

    Args:
        text: As for `text_xml`; upright, its lines centred.
        holder: The shape's box; the text keeps its place in it, and grows from its own middle.
        parts: Ids and relationships of the slide.
    """
    placement = text.transform.decompose()
    assert placement is not None, "a legal text's transform is a similarity"
    boxes = [chunk.box for chunk in text.chunks if chunk.box is not None]
    x, y = text.transform.apply(*reduce(Rect.union, boxes).center)
    right = 2 * emu(x) - holder.left - holder.right
    down = 2 * emu(y) - holder.top - holder.bottom
    insets = _Insets(max(0, right), max(0, down), max(0, -right), max(0, -down))
    return _body(text, placement.scale_x, insets, "ctr", parts)


def _with_one_link(text: Text) -> tuple[Label, Text]:
    """Return a text's label and the text; a link that all of it has becomes the box's.

    Programs underline linked runs, which SVG does not; linked boxes look as they are.
    """
    links = {span.link for chunk in text.chunks for span in chunk.spans}
    if text.label.link or len(links) != 1 or links == {""}:
        return text.label, text
    chunks = tuple(
        replace(chunk, spans=tuple(replace(span, link="") for span in chunk.spans))
        for chunk in text.chunks
    )
    return replace(text.label, link=links.pop()), replace(text, chunks=chunks)


def _body(text: Text, scale: float, insets: _Insets, anchor: str, parts: SlideParts) -> str:
    """Return `p:txBody`.

    Args:
        text: Legal.
        scale: Own space of the text to slide px.
        insets: Between the shape and its text.
        anchor: `a:bodyPr@anchor`.
        parts: Ids and relationships of the slide.
    """
    boxes = [chunk.box for chunk in text.chunks if chunk.box is not None]
    spacings = ["", *(_spacing(upper, lower, scale) for upper, lower in pairwise(boxes))]
    paragraphs = "".join(
        _paragraph(chunk, spacing, scale, parts)
        for chunk, spacing in zip(text.chunks, spacings, strict=True)
    )
    left, top, right, bottom = insets
    return (
        f'<p:txBody><a:bodyPr wrap="none" lIns="{left}" tIns="{top}" rIns="{right}" '
        f'bIns="{bottom}" rtlCol="0" anchor="{anchor}"><a:noAutofit/></a:bodyPr><a:lstStyle/>'
        f"{paragraphs}</p:txBody>"
    )


def _around(rect: Rect) -> Box:
    return Box(emu(rect.x), emu(rect.y), emu(rect.right), emu(rect.bottom))


def _spacing(upper: Rect, lower: Rect, scale: float) -> str:
    """Return what sets a line's box below the one above it.

    Space before a paragraph is the same in every program. Lines closer than a font's own need an
    exact line height, which programs share out above and below the baseline in their own ways.
    """
    gap = round((lower.y - upper.bottom) * scale * _HUNDREDTHS_PT_PER_PX)
    if gap > 0:
        return f'<a:spcBef><a:spcPts val="{min(_MAX_GAP, gap)}"/></a:spcBef>'
    if gap < 0:
        height = round((lower.bottom - upper.bottom) * scale * _HUNDREDTHS_PT_PER_PX)
        return f'<a:lnSpc><a:spcPts val="{min(_MAX_GAP, max(0, height))}"/></a:lnSpc>'
    return ""


def _paragraph(chunk: TextChunk, spacing: str, scale: float, parts: SlideParts) -> str:
    rtl = ' rtl="1"' if chunk.direction is Direction.RTL else ""
    runs = []
    for index, span in enumerate(chunk.spans):
        last = index == len(chunk.spans) - 1
        for piece in _pieces(span, last=last and chunk.anchor is not TextAnchor.START):
            characters = escape(piece.text)
            if characters:
                properties = _properties(span, piece.spacing, scale, parts)
                runs.append(f"<a:r><a:rPr{properties}</a:rPr><a:t>{characters}</a:t></a:r>")
    end = f"<a:endParaRPr{_end_properties(chunk.spans[-1], scale)}</a:endParaRPr>"
    alignment = _ALIGNMENTS[chunk.anchor, chunk.direction]
    properties = f'<a:pPr algn="{alignment}"{rtl}'
    properties += f">{spacing}</a:pPr>" if spacing else "/>"
    return f"<a:p>{properties}{''.join(runs)}{end}</a:p>"


def _pieces(span: TextSpan, *, last: bool) -> Iterator[_Piece]:
    """Yield the runs of a span: words and spaces apart where spaces are wider.

    The last character stands alone where what follows it has another width: kerning that reaches
    into the next span, which programs forget between runs.

    Args:
        span: A span of a legal chunk.
        last: Whether the line ends here and its end matters: there is no spacing after it then,
            which PowerPoint would count when it aligns.
    """
    text, spacing = span.text, span.letter_spacing
    after = 0.0 if last else spacing + span.kern_after
    wider = spacing + span.word_spacing
    tail = ""
    if after != spacing:
        at = len(text) - 1
        while at > 0 and joins(text[at]):
            at -= 1
        text, tail = text[:at], text[at:]
    if span.word_spacing:
        for word in _WORDS.findall(text):
            yield _Piece(word, wider if word[0] in _SPACES else spacing)
    elif text:
        yield _Piece(text, spacing)
    if tail:
        yield _Piece(tail, after + span.word_spacing if tail in _SPACES and not last else after)


def _properties(span: TextSpan, spacing: float, scale: float, parts: SlideParts) -> str:
    """Return the attributes and children of `a:rPr`, from after its name on."""
    lines = span.decorations
    attributes = _font_attributes(span, scale)
    if lines.underline is not None:
        attributes += ' u="sng"'
    if lines.line_through is not None:
        attributes += ' strike="sngStrike"'
    attributes += f' kern="{0 if span.font.kerning else _NEVER_KERN}"'
    if span.font.small_caps:
        attributes += ' cap="small"'
    gap = round(spacing * scale * _HUNDREDTHS_PT_PER_PX)
    if gap:
        attributes += f' spc="{min(_MAX_SPACING, max(-_MAX_SPACING, gap))}"'
    children = _line(span, scale) + _fill(span)
    if lines.underline is not None and lines.underline.fill != span.fill:
        fill = lines.underline.fill
        if fill is not None and isinstance(fill.paint, Color):
            color = color_xml(fill.paint, fill.opacity)
            children += f"<a:uFill><a:solidFill>{color}</a:solidFill></a:uFill>"
    children += _typefaces(span)
    link = parts.hyperlink(span.link) if span.link else ""
    if link:
        children += f'<a:hlinkClick r:id="{link}">{_OWN_COLOR}</a:hlinkClick>'
    return f"{attributes}>{children}"


def _end_properties(span: TextSpan, scale: float) -> str:
    """Return those of `a:endParaRPr`: the paragraph mark takes part in seating the line."""
    return f"{_font_attributes(span, scale)}>{_fill(span)}{_typefaces(span)}"


def _font_attributes(span: TextSpan, scale: float) -> str:
    size = round(span.font.size * scale * _HUNDREDTHS_PT_PER_PX)
    attributes = f' lang="{span.lang}"' if _LANGUAGE.fullmatch(span.lang) else ""
    attributes += f' sz="{min(_MAX_SIZE, max(_MIN_SIZE, size))}"'
    attributes += f' b="{int(span.typeface.bold)}"'
    return attributes + f' i="{int(span.font.style is not FontStyle.NORMAL)}"'


def _fill(span: TextSpan) -> str:
    if span.fill is None:
        return NO_FILL
    assert isinstance(span.fill.paint, Color), "a legal span is painted in one colour"
    return solid_xml(span.fill.paint, span.fill.opacity)


def _line(span: TextSpan, scale: float) -> str:
    stroke = span.stroke
    if stroke is None or not isinstance(stroke.paint, Color):
        return ""
    fill = solid_xml(stroke.paint, stroke.opacity)
    return f'<a:ln w="{emu(stroke.width * scale)}">{fill}{join_xml(stroke)}</a:ln>'


def _typefaces(span: TextSpan) -> str:
    name = escape(span.typeface.name)
    if not name:
        return ""
    return f'<a:latin typeface="{name}"/><a:ea typeface="{name}"/><a:cs typeface="{name}"/>'
