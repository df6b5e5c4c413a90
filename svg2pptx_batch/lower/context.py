"""What all passes share while one scene is lowered."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from svg2pptx_batch.diagnostics import Diagnostics, Fidelity, Source
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.options import ConvertOptions
from svg2pptx_batch.scene.nodes import Group, Node, Shape
from svg2pptx_batch.scene.paint import Pattern, Stroke

if TYPE_CHECKING:
    from svg2pptx_batch.fonts import FontCatalog

_CSS_DPI = 96

Mark = tuple[int, Counter[Fidelity]]
_BADNESS = {fidelity: rank for rank, fidelity in enumerate(Fidelity)}
_WORST_FIRST = tuple(Fidelity)[:0:-1]
FILTER_PART = "filter-part-rasterised"
"""Code of a picture a filter adds to elements that have their own end; counted beside them."""
_UNSEEN = ("unseen", "Nothing of it is seen: it lies outside the drawing, or is cut away")


class _Remark(NamedTuple):
    """What became of an element, held back."""

    code: str
    message: str
    source: Source
    fidelity: Fidelity | None
    elements: int = 1

    @property
    def badness(self) -> int:
        return 0 if self.fidelity is None else _BADNESS[self.fidelity]


class Step(msgspec.Struct, frozen=True):
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
    back what was said about its parts. Every drawn element, a leaf of the scene, is counted once:
    by the worst of what was said about it, as native where nothing was said, or not at all where
    nothing of it is seen, which is a remark as well.

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
        blending_s: Processor time that looking below blended groups has taken, as reckoned.
        steps: The way from the root to the node at hand; blending looks back along it.
        outlines: What fills alike under both rules, by path in its own space and whether its rule
            is even-odd: where it was placed first, and its outline there, None for the path itself.
        stroked: Areas of strokes in their own space, by path and what shapes the stroke.
    """

    page: Rect
    placement: Affine
    options: ConvertOptions
    fonts: FontCatalog
    counts: Counter[Fidelity] = field(default_factory=Counter)
    painting_s: float = 0.0
    blending_s: float = 0.0
    steps: list[Step] = field(default_factory=list)
    tiles: dict[tuple[Pattern, Affine], list[Shape] | None] = field(default_factory=dict)
    outlines: dict[tuple[Path, bool], tuple[Affine, Path | None]] = field(default_factory=dict)
    stroked: dict[tuple[Path, Stroke], Path] = field(default_factory=dict)
    _remarks: list[_Remark] = field(default_factory=list)

    @property
    def pixel_scale(self) -> float:
        """Pixels of a picture to a slide px, as the options ask for."""
        return self.options.fallback_dpi / _CSS_DPI

    def report(
        self,
        code: str,
        message: str,
        source: Source,
        fidelity: Fidelity | None,
        elements: int = 1,
    ) -> None:
        """Note what became of an element, or of several at once."""
        self._remarks.append(_Remark(code, message, source, fidelity, elements))

    def count(self, fidelity: Fidelity, elements: int) -> None:
        """Count drawn elements that ended together; `join` mends what is counted more than once."""
        self.counts[fidelity] += elements

    @property
    def said(self) -> int:
        """How many remarks there are."""
        return len(self._remarks)

    def unsay(self, since: int) -> None:
        """Take back the remarks made since there were so many."""
        del self._remarks[since:]

    def end(self, leaf: Node, since: int, *, seen: bool) -> None:
        """Count one drawn element; remarks on what is not the worst of it are taken back.

        Args:
            leaf: The element.
            since: How many remarks there were before those on it.
            seen: Whether anything of it is on the slide.
        """
        if len(self._remarks) == since:
            if seen:
                self.counts[Fidelity.NATIVE] += 1
            else:
                self._remarks.append(_Remark(*_UNSEEN, leaf.source, None))
            return
        own = list(dict.fromkeys(self._remarks[since:]))
        worst = max(own, key=lambda remark: remark.badness).fidelity or Fidelity.NATIVE
        told: set[Fidelity | None] = {None}
        if seen or worst is Fidelity.DROPPED:
            self.counts[worst] += 1
            told = {None, worst}
        own = [remark for remark in own if remark.fidelity in told]
        if len(told) == 1:
            own.append(_Remark(*_UNSEEN, leaf.source, None))
        self._remarks[since:] = own

    def end_all(self, group: Group, since: int, *, seen: bool) -> None:
        """Count all drawn elements of a group that ended together, by what was said of it.

        Args:
            group: What became a picture, was left out, or is not seen.
            since: How many remarks there were before those on it.
            seen: Whether anything of it is on the slide.
        """
        said = self._remarks[since:]
        worst = max(said, key=lambda remark: remark.badness).fidelity if said else None
        if worst is not None and (seen or worst is Fidelity.DROPPED):
            self.counts[worst] += max(1, count_leaves(group))
        elif not seen:
            self._remarks += [_Remark(*_UNSEEN, leaf.source, None) for leaf in leaves_of(group)]

    def join(self, group: Group, mark: Mark) -> None:
        """Count the drawn elements of a group once that was lowered in several layers or pieces.

        Args:
            group: The group.
            mark: Where the lowering of the group began.
        """
        since, before = mark
        merged: dict[_Remark, int] = {}
        drawn = max(1, count_leaves(group))
        for remark in self._remarks[since:]:
            if remark.code != _UNSEEN[0]:
                key = remark._replace(elements=1)
                merged[key] = min(drawn, merged.get(key, 0) + remark.elements)
        added = sum(n for remark, n in merged.items() if remark.code == FILTER_PART)
        counted = self.counts - before - Counter({Fidelity.RASTERISED: added})
        # Elements that are there several times have been counted as often.
        times = max(1, math.ceil(counted.total() / drawn))
        seen = left = min(drawn, counted.total())
        self.counts = before.copy()
        for fidelity in _WORST_FIRST:
            told = sum(
                n
                for remark, n in merged.items()
                if remark.fidelity is fidelity and remark.code != FILTER_PART
            )
            ended = min(left, max(math.ceil(counted[fidelity] / times), told))
            if ended:
                self.counts[fidelity] += ended
            left -= ended
        self.count(Fidelity.NATIVE, left)
        self.count(Fidelity.RASTERISED, added)
        self._remarks[since:] = [key._replace(elements=n) for key, n in merged.items()]
        if seen < drawn:
            self._remarks.append(_Remark(*_UNSEEN, group.source, None, drawn - seen))

    def worsen(self, mark: Mark) -> int:
        """Call approximated what has been counted as native since the mark.

        Returns:
            How many elements that were, at least 1.
        """
        native = self.counts[Fidelity.NATIVE] - mark[1][Fidelity.NATIVE]
        self.counts[Fidelity.NATIVE] -= native
        self.counts[Fidelity.APPROXIMATED] += native
        return max(1, native)

    def mark(self) -> Mark:
        """Return a point to which `rewind` can go back."""
        return len(self._remarks), self.counts.copy()

    def rewind(self, mark: Mark) -> None:
        """Take back everything said and counted since the mark."""
        del self._remarks[mark[0] :]
        self.counts = mark[1]

    def flush(self, diagnostics: Diagnostics) -> None:
        """Hand all remarks over."""
        for code, message, source, fidelity, elements in self._remarks:
            diagnostics.report(code, message, source, fidelity=fidelity, elements=elements)
        self._remarks.clear()


def leaves_of(node: Node) -> Iterator[Node]:
    """Yield the drawn elements of a tree."""
    from svg2pptx_batch.scene.walk import visit

    return (each for each in visit(node) if not isinstance(each, Group))


def count_leaves(node: Node) -> int:
    """Return how many drawn elements a tree holds."""
    return sum(1 for _ in leaves_of(node))
