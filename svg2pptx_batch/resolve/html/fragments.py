"""What layout makes of boxes: how large each is, and where everything in it stands.

All lengths are px of the foreignObject's user space.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from svg2pptx_batch.resolve.html.boxes import Block

if TYPE_CHECKING:
    from svg2pptx_batch.resolve.html.lines import LaidLine


class Edges(NamedTuple):
    """Four widths."""

    top: float = 0.0
    right: float = 0.0
    bottom: float = 0.0
    left: float = 0.0


NO_EDGES = Edges()


class Placed(NamedTuple):
    """Something inside a fragment, from the fragment's top left corner."""

    x: float
    y: float
    content: Fragment | LaidLine


@dataclass(slots=True)
class Fragment:
    """A block, laid out.

    Attributes:
        block: What it was made of.
        width: With padding and border, without margins.
        height: The same.
        margins: After collapsing with those of what is inside.
        children: What stands in it.
    """

    block: Block
    width: float
    height: float
    margins: Edges = NO_EDGES
    children: list[Placed] = field(default_factory=list)

    @property
    def outer_width(self) -> float:
        """Width with margins."""
        return self.margins.left + self.width + self.margins.right

    @property
    def outer_height(self) -> float:
        """Height with margins."""
        return self.margins.top + self.height + self.margins.bottom

    @property
    def vertical_align(self) -> str:
        """How it stands in a line or a row."""
        return self.block.style["vertical-align"]

    @property
    def baseline(self) -> float | None:
        """Baseline of its last line, from its top; None where there is no line."""
        for placed in reversed(self.children):
            content = placed.content
            found = content.baseline
            if found is not None:
                return placed.y + found
        return None

    def stretch(self, height: float) -> None:
        """Make a table cell higher; its content stands as `vertical-align` says."""
        slack = height - self.height
        self.height = height
        share = {"middle": 0.5, "bottom": 1.0}.get(self.vertical_align, 0.0)
        if slack and share:
            self.children = [
                placed._replace(y=placed.y + slack * share) for placed in self.children
            ]


class Room(NamedTuple):
    """What a block may take.

    Attributes:
        width: Of the containing block.
        height: The same; None where nobody said.
    """

    width: float
    height: float | None = None


class Layouter(Protocol):
    """What flex boxes and tables ask of the layout around them."""

    def block(
        self, block: Block, room: Room, *, width: float | None = None, shrink: bool = False
    ) -> Fragment:
        """Lay out a block.

        Args:
            block: The block.
            room: What it may take.
            width: Its width with padding and border, where that is settled.
            shrink: Whether it is no wider than its content.
        """

    def inner_extremes(self, block: Block) -> tuple[float, float]:
        """Return a block's content at its narrowest and widest, without padding and border."""

    def block_extremes(self, block: Block) -> tuple[float, float]:
        """Return a block's narrowest and widest with padding, border and margins."""
