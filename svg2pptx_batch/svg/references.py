"""References between elements: href, fragments, chains."""

from __future__ import annotations

from svg2pptx_batch.svg.document import Document, Element
from svg2pptx_batch.svg.values.paint import local_id, parse_url

_LONGEST_CHAIN = 256


def href(element: Element) -> str:
    """Return the address an element refers to, stripped; empty if none.

    `href` without a namespace wins over `xlink:href`; both are kept as `href` in the attributes.
    """
    return element.get("href")


def fragment(document: Document, text: str) -> Element | None:
    """Return the element a same-document reference leads to.

    Args:
        document: Where to look.
        text: `#id`, or `url(#id)` with or without quotes.

    Returns:
        None for an unknown id, another document, or junk.
    """
    text = text.strip()
    if text[:4].lower() == "url(":
        parts = parse_url(text)
        if parts is None:
            return None
        text = parts[0]
    if not text.startswith("#"):
        return None
    return document.ids.get(text[1:]) or document.ids.get(local_id(text))


def href_chain(document: Document, element: Element) -> list[Element]:
    """Return the element and those it refers to in turn; cut where it leads back or too far."""
    chain = [element]
    seen = {id(element)}
    while len(chain) < _LONGEST_CHAIN:
        target = fragment(document, href(chain[-1]))
        if target is None or id(target) in seen:
            break
        seen.add(id(target))
        chain.append(target)
    return chain
