"""What handlers are given: `State`, handed down unchanged, and `Context`, one a document."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec.structs import replace

from svg2pptx_batch.errors import LimitError
from svg2pptx_batch.graphics.affine import IDENTITY, Affine

if TYPE_CHECKING:
    from svg2pptx_batch.diagnostics import Diagnostics
    from svg2pptx_batch.fonts import FontCatalog
    from svg2pptx_batch.graphics.rect import Rect, Size
    from svg2pptx_batch.scene.bounds import BoundsCache
    from svg2pptx_batch.scene.nodes import Node
    from svg2pptx_batch.scene.paint import Fill, Stroke
    from svg2pptx_batch.svg.cascade import Style
    from svg2pptx_batch.svg.document import Document, Element
    from svg2pptx_batch.svg.resources import ResourceLoader

MAX_COPIES = 200_000
"""Elements drawn as copies: through `use`, patterns, markers, clips and masks."""

MAX_CHARACTERS = 250_000
"""Characters that are laid out; each takes about 10 µs and 1 KB."""

MAX_DEPTH = 2_500
"""Levels of elements, counted through references."""


Bounds = Callable[[], "Rect | None"]
"""Gives the object bounding box of what is painted; called only where a paint needs it."""


class ContextPaint(msgspec.Struct, frozen=True):
    """What `context-fill` and `context-stroke` stand for.

    Attributes:
        fill: Gives that of the element that refers to the marker or the copy.
        stroke: The same.
        transform: The current element's user space to that of `fill` and `stroke`.
    """

    fill: Callable[[], Fill | None]
    stroke: Callable[[], Stroke | None]
    transform: Affine = IDENTITY

    def moved(self, transform: Affine) -> ContextPaint:
        """Return the same paint for a space that `transform` maps to the current one."""
        return ContextPaint(self.fill, self.stroke, self.transform @ transform)


class State(msgspec.Struct, frozen=True):
    """Where the walk stands.

    Attributes:
        style: Computed style of the element a handler is called with.
        viewport: Size of the nearest viewport in its own units (its viewBox): what percentages are
            of.
        context_paint: For `context-fill` and `context-stroke`; None outside markers and copies.
        chain: Elements being referred to, outermost first: `use` targets, patterns, markers, clips,
            masks. An element that stands in it is not entered again.
        clipping: Whether a clipPath's content is drawn: everything is filled, nothing stroked.
        depth: Levels of elements above.
        user: The `use` that the `symbol` or `svg` drawn next takes its size from.
    """

    style: Style
    viewport: Size
    context_paint: ContextPaint | None = None
    chain: tuple[Element, ...] = ()
    clipping: bool = False
    depth: int = 0
    user: Element | None = None

    def with_style(self, style: Style) -> State:
        """Return this state for an element of another style, as a text span needs it."""
        return self if style is self.style else replace(self, style=style)


class Budget:
    """What may still be drawn, by a document and the SVG images within it.

    Attributes:
        left: Copies.
        characters: Characters of texts.
    """

    __slots__ = ("characters", "left")

    def __init__(self) -> None:
        self.left = MAX_COPIES
        self.characters = MAX_CHARACTERS

    def write(self, characters: int, line: int) -> None:
        """Count characters of an element in a line of the source.

        Raises:
            LimitError: There are too many.
        """
        self.characters -= characters
        if self.characters < 0:
            raise LimitError(
                f"The drawing's texts have more than {MAX_CHARACTERS:,} characters.",
                line=line,
                remedy="Shorten the texts, or split the drawing.",
            )

    def spend(self, line: int, copies: int = 1) -> None:
        """Count copies of an element in a line of the source.

        Raises:
            LimitError: Too many were drawn.
        """
        self.left -= copies
        if self.left < 0:
            raise LimitError(
                f"References expand to more than {MAX_COPIES:,} elements.",
                line=line,
                remedy="Reduce the nesting of `use` elements and patterns.",
            )


class Context:
    """What all handlers of one document share.

    Attributes:
        document: The document being resolved.
        fonts: The fonts there are.
        loader: Reads images.
        diagnostics: Collects remarks.
        languages: For `systemLanguage`, preferred first, lower case.
        budget: Shared with the SVG images inside the document.
        handlers: Handler of each tag that draws something.
        unpainted: Whether shapes without paint stand in the scene and wait to be pruned.
        bounds: Object bounding boxes of groups.
        inks: Boxes of all that groups paint.
        cache: Anything else worth keeping between elements, by (kind, …).
    """

    __slots__ = (
        "bounds",
        "budget",
        "cache",
        "diagnostics",
        "document",
        "fonts",
        "handlers",
        "inks",
        "languages",
        "loader",
        "unpainted",
    )

    def __init__(
        self,
        document: Document,
        *,
        fonts: FontCatalog,
        loader: ResourceLoader,
        diagnostics: Diagnostics,
        languages: tuple[str, ...] = ("en",),
        budget: Budget | None = None,
        handlers: Mapping[str, Handler] = MappingProxyType({}),
    ) -> None:
        self.document = document
        self.fonts = fonts
        self.loader = loader
        self.diagnostics = diagnostics
        self.languages = tuple(language.lower() for language in languages)
        self.budget = budget or Budget()
        self.unpainted = False
        self.handlers = handlers
        self.bounds: BoundsCache = {}
        self.inks: BoundsCache = {}
        self.cache: dict[Hashable, Any] = {}


Handler = Callable[["Element", State, Context], "Node | None"]
"""Draws an element in the element's own user space, or returns None where nothing is drawn.

The caller sees to display, conditional attributes, transform, opacity, clip, mask, filter, label
and source; a handler leaves those of the node it returns at their defaults.
"""
