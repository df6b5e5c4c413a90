"""Conditional processing: systemLanguage, requiredExtensions, requiredFeatures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from svg2pptx_batch.resolve.context import Context
    from svg2pptx_batch.svg.document import Element

CONDITIONS = frozenset({"systemLanguage", "requiredExtensions"})


def passes(element: Element, context: Context) -> bool:
    """Return whether an element's conditions hold.

    No extension is known, and an empty list evaluates to false (SVG 2, 5.8.4). requiredFeatures is
    ignored, as SVG 2 and browsers do. A language matches if the user's is equal, or one of the two
    is a prefix of the other up to a hyphen.
    """
    attributes = element.attributes
    if "requiredExtensions" in attributes:
        return False
    wanted = attributes.get("systemLanguage")
    if wanted is None:
        return True
    tags = [tag.strip().lower() for tag in wanted.split(",")]
    return any(_matches(tag, language) for tag in tags for language in context.languages)


def _matches(tag: str, language: str) -> bool:
    shorter, longer = sorted((tag, language), key=len)
    return bool(shorter) and (longer == shorter or longer.startswith(shorter + "-"))
