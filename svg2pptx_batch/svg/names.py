"""Namespaces, and the elements this room has to know by name."""

from __future__ import annotations

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
XHTML = "http://www.w3.org/1999/xhtml"
INKSCAPE = "http://www.inkscape.org/namespaces/inkscape"
SODIPODI = "http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd"

PREFIXES = {
    "xlink": XLINK,
    "svg": SVG,
    "inkscape": INKSCAPE,
    "sodipodi": SODIPODI,
    "xhtml": XHTML,
    "html": XHTML,
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "cc": "http://creativecommons.org/ns#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "sketch": "http://www.bohemiancoding.com/sketch/ns",
    "serif": "http://www.serif.com/",
    "xi": "http://www.w3.org/2001/XInclude",
}
"""What common prefixes mean where a file forgot to declare them."""

UNBOUND = "urn:undeclared-prefix:"
"""Namespace given to any other undeclared prefix, followed by the prefix."""

TEXTLESS = frozenset(
    {
        "svg", "g", "defs", "symbol", "use", "switch", "clipPath", "mask", "pattern", "marker",
        "linearGradient", "radialGradient", "stop", "filter", "image", "path", "rect", "circle",
        "ellipse", "line", "polyline", "polygon", "metadata",
    }
)  # fmt: skip
"""Elements between whose children white space means nothing."""


def split_tag(tag: str) -> tuple[str, str]:
    """Split `{namespace}name` into namespace (empty if none) and local name."""
    if tag[:1] != "{":
        return "", tag
    namespace, _, name = tag[1:].rpartition("}")
    return namespace, name
