from svg2pptx_batch.svg import parse
from svg2pptx_batch.svg.references import fragment, href, href_chain


def test_references():
    found = parse(
        b'<svg xmlns="http://www.w3.org/2000/svg"><g id="a" href=" #b "/><g id="b" href="#c"/>'
        b'<g id="c" href="#a"/><g id="d e" href="other.svg#a"/></svg>'
    )
    a, b, c, d = found.root.elements
    assert href(a) == "#b"
    assert href(found.root) == ""
    assert fragment(found, "#a") is a
    assert fragment(found, " url( '#a' ) ") is a
    assert fragment(found, "url(#d%20e)") is d
    assert fragment(found, "#d e") is d
    for text in ("", "#", "#x", "a", "other.svg#a", "url(#a", "url(other.svg#a)"):
        assert fragment(found, text) is None
    assert href_chain(found, a) == [a, b, c]
    assert href_chain(found, d) == [d]


def test_long_chains_are_cut():
    links = "".join(f'<g id="g{i}" href="#g{i + 1}"/>' for i in range(2000))
    found = parse(f'<svg xmlns="http://www.w3.org/2000/svg">{links}</svg>'.encode())
    assert len(href_chain(found, found.ids["g0"])) < 1000
