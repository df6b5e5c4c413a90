"""Where lines may be broken: between words, and between the characters of East Asian scripts.

A string enters; indexes leave. Widths are `lines.py`'s business.

Source: Unicode Standard Annex 14, the classes that labels are made of.
"""

from __future__ import annotations

from svg2pptx_batch.fonts.shaping import joins

_NO_BREAK = frozenset("\u00a0\u202f\u2060\ufeff\u2007")
_CLOSING = frozenset(
    "!),.:;?]}»’”、。，．：；！？）］｝〉》」』】〕〗…ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ%"
)
_OPENING = frozenset("([{«‘“¿¡（［｛〈《「『【〔〖")
_WIDE = (
    (0x2E80, 0x2FFF), (0x3041, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA000, 0xA4CF),
    (0xAC00, 0xD7A3), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFF60), (0x1F300, 0x1FAFF),
    (0x20000, 0x3FFFD),
)  # fmt: skip


def break_allowed(text: str, at: int) -> bool:
    """Tell whether a line may end before the character at an index.

    Args:
        text: White space collapsed; `\ufffc` stands for a box in the line.
        at: 1 … len(text) - 1.
    """
    before, after = text[at - 1], text[at]
    if before in " \u200b":
        return after not in " \u200b"
    if after in " \u200b\n" or before in _NO_BREAK or after in _NO_BREAK or joins(after):
        return False
    if before == "\ufffc" or after == "\ufffc":
        return True
    if before in "-\u2010\u2012\u2013" and after.isalnum():
        # As browsers have it: a hyphen before a digit may be a minus sign.
        return after.isalpha() or (at >= 2 and text[at - 2].isalnum())
    if before == "?" and after.isalnum():
        return True
    if before == "}" and after in _OPENING:
        return True
    if before == "\u2014" or after == "\u2014":
        return before != after
    if not (_is_wide(before) or _is_wide(after)):
        return False
    return after not in _CLOSING and before not in _OPENING


def _is_wide(character: str) -> bool:
    code = ord(character)
    return code >= 0x2E80 and any(low <= code <= high for low, high in _WIDE)
