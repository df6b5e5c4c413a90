"""What all passes share while one scene is lowered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from svg2pptx_batch.diagnostics import Diagnostics, Fidelity, Source
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.options import ConvertOptions
from svg2pptx_batch.scene.nodes import Group, Node, Shape
from svg2pptx_batch.scene.paint import Pattern

if TYPE_CHECKING:
    from svg2pptx_batch.fonts import FontCatalog

_CSS_DPI = 96

_Remark = tuple[str, str, Source, Fidelity | None]
Mark = tuple[int, Counter[Fidelity]]


class Step(NamedTuple):
    """One step on the way from the root to the node at hand.

    Attributes:
        group: The group entered.
        to_slide: Its own space to slide px.
        at: Which of its children is at hand.
    """

    group: Group
    to_slide: Affine
    at: int


@dataclass(slots=True)
class Lowering:
    """State of lowering one scene.

    Remarks are held back until the end, because a group that turns out to need a picture takes
    back what was said about its parts.

    Attributes:
        page: What can be seen of the slide, px: the slide, or less of it where the drawing's own
            viewport ends before.
        placement: Root viewport to slide px.
        options: What was chosen.
        fonts: For texts that become outlines.
        counts: How many drawn elements ended how.
        painting_s: Processor time that pictures made so far have taken, as reckoned beforehand.
        tiles: Tiles of patterns already lowered, by pattern and its space to slide px; None for
            those that cannot be repeated as shapes.
        steps: The way from the root to the node at hand; blending looks back along it.
    """

    page: Rect
    placement: Affine
    options: ConvertOptions
    fonts: FontCatalog
    counts: Counter[Fidelity] = field(default_factory=Counter)
    painting_s: float = 0.0
    steps: list[Step] = field(default_factory=list)
    tiles: dict[tuple[Pattern, Affine], list[Shape] | None] = field(default_factory=dict)
    _remarks: list[_Remark] = field(default_factory=list)

    @property
    def pixel_scale(self) -> float:
        """Pixels of a picture to a slide px, as the options ask for."""
        return self.options.fallback_dpi / _CSS_DPI

    def report(self, code: str, message: str, source: Source, fidelity: Fidelity | None) -> None:
        """Note what became of an element."""
        self._remarks.append((code, message, source, fidelity))

    def count(self, fidelity: Fidelity, elements: int = 1) -> None:
        """Count drawn elements."""
        self.counts[fidelity] += elements

    def mark(self) -> Mark:
        """Return a point to which `rewind` can go back."""
        return len(self._remarks), self.counts.copy()

    def rewind(self, mark: Mark) -> None:
        """Take back everything said and counted since the mark."""
        del self._remarks[mark[0] :]
        self.counts = mark[1]

    def flush(self, diagnostics: Diagnostics) -> None:
        """Hand all remarks over."""
        for code, message, source, fidelity in self._remarks:
            diagnostics.report(code, message, source, fidelity=fidelity)
        self._remarks.clear()


def count_leaves(node: Node) -> int:
    """Return how many drawn elements a tree holds."""
    from svg2pptx_batch.scene.walk import visit

    return sum(not isinstance(each, Group) for each in visit(node))
