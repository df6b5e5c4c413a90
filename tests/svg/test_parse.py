import gzip
import zlib

import pytest

from svg2pptx_batch.errors import LimitError, NotSvgError, SvgError, XmlError
from svg2pptx_batch.svg import ParseLimits, parse

XMLNS = 'xmlns="http://www.w3.org/2000/svg"'


def only_child(data, **options):
    if isinstance(data, str):
        data = data.encode()
    [child] = parse(data, **options).root.elements
    return child


def text_of(element):
    return "".join(child for child in element.children if isinstance(child, str))


def test_elements_know_their_place():
    document = parse(
        f'<svg {XMLNS} id="r">\n<g id="a"><rect id="a" x=" 1 "/></g>\n'
        '<text xml:space="preserve"> one <!-- c -->two<tspan>three</tspan> </text></svg>'.encode(),
        name="x.svg",
    )
    assert document.name == "x.svg"
    group, text = document.root.elements
    assert document.ids["a"] is group
    [rect] = group.elements
    assert rect.parent is group
    assert (rect.tag, rect.line, rect.id, rect.get("x")) == ("rect", 2, "a", "1")
    assert text.attributes["xml:space"] == "preserve"
    assert text.line == 3
    first, span, last = text.children
    assert (first, last) == (" one two", " ")
    assert span.children == ["three"]
    assert all(not isinstance(child, str) for child in group.children)


def test_href_without_namespace_wins():
    for order in ('href="#b" x:href="#a"', 'x:href="#a" href="#b"'):
        use = only_child(
            f'<svg {XMLNS} xmlns:x="http://www.w3.org/1999/xlink"><use {order}/></svg>'
        )
        assert use.attributes == {"href": "#b"}


def test_namespaces():
    prefixed = only_child('<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:rect/></s:svg>')
    assert prefixed.tag == "rect"
    bare = only_child("<svg><rect/></svg>")
    assert bare.tag == "rect"
    foreign = only_child(f'<svg {XMLNS}><x:rect xmlns:x="urn:x" x:y="1"/></svg>')
    assert foreign.tag == "{urn:x}rect"
    assert foreign.attributes == {"{urn:x}y": "1"}
    assert only_child(f'<svg {XMLNS}><g xmlns=""/></svg>').tag == "{}g"


def test_undeclared_prefixes_are_declared():
    data = (
        '<?xml version="1.0"?><!-- <a> -->\n'
        f'<svg {XMLNS}><use xlink:href="#a" inkscape:label="L" foo:bar="1"/></svg>'
    )
    assert only_child(data).attributes == {
        "href": "#a",
        "{http://www.inkscape.org/namespaces/inkscape}label": "L",
        "{urn:undeclared-prefix:foo}bar": "1",
    }
    assert only_child("<svg:svg><svg:rect/></svg:svg>").tag == "rect"


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        ("", "utf-8"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
        ("", "utf-16-le"),
        ("", "utf-16-be"),
        ("", "utf-32"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "utf-8-sig"),
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-16"),
        ('<?xml version="1.0" encoding="ISO-8859-1"?>', "latin-1"),
        ("<?xml version='1.0' encoding='windows-1252'?>", "cp1252"),
        # Declarations that lie.
        ('<?xml version="1.0" encoding="UTF-16"?>', "utf-8"),
        ('<?xml version="1.0" encoding="UTF-8"?>', "cp1252"),
        ('<?xml version="1.0" encoding="x-nonsense"?>', "utf-8"),
        ('<?xml version="1.0" encoding="zlib_codec"?>', "utf-8"),
        ('<?xml version="1.1"?>', "utf-8"),
        ("", "cp1252"),
    ],
)
def test_encodings(head, codec):
    source = f'{head}\n<svg {XMLNS}>\n<text a="ß">Größe café</text></svg>'
    text = only_child(source.encode(codec))
    assert text_of(text) == "Größe café"
    assert text.attributes == {"a": "ß"}
    assert text.line == 3


def test_koi8_and_line_ends():
    koi = f'<?xml version="1.0" encoding="KOI8-R"?><svg {XMLNS}><text>Привет</text></svg>'
    assert text_of(only_child(koi.encode("koi8-r"))) == "Привет"
    assert only_child(f"<svg {XMLNS}>\r<rect/>\r</svg>").tag == "rect"


def test_white_space_before_the_declaration():
    rect = only_child(f' \n\n <?xml version="1.0" encoding="utf-8"?>\n<svg {XMLNS}><rect/></svg>')
    assert rect.line == 4


def test_gzip_in_one_or_several_members():
    source = f"<svg {XMLNS}><rect/></svg>".encode()
    assert only_child(gzip.compress(source)).tag == "rect"
    assert only_child(gzip.compress(source[:20]) + gzip.compress(source[20:])).tag == "rect"


def test_gzip_bombs_and_stumps():
    bomb = gzip.compress(b"<svg>" + b" " * 10_000_000)
    with pytest.raises(LimitError):
        parse(bomb, limits=ParseLimits(max_bytes=1_000_000))
    with pytest.raises(XmlError, match="gzip"):
        parse(gzip.compress(b"<svg/>" * 100)[:-20])
    with pytest.raises(XmlError, match="gzip"):
        parse(b"\x1f\x8b" + zlib.compress(b"<svg/>"))


def test_size_limit():
    with pytest.raises(LimitError, match="1,000"):
        parse(b"<svg>" + b" " * 1000 + b"</svg>", limits=ParseLimits(max_bytes=1000))


ILLUSTRATOR = f"""<?xml version="1.0" encoding="utf-8"?>
<!-- Generator: Adobe Illustrator -->
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://127.0.0.1:9/svg11.dtd" [
	<!ENTITY ns_extend "http://ns.adobe.com/Extensibility/1.0/">
	<!ENTITY st0 "fill:#FF0000;">
	<!ENTITY quoted 'a"b&#38;amp;&lt;'>
	<!ENTITY box "<rect id='in' style='&st0;'/>">
]>
<svg {XMLNS} xmlns:x="&ns_extend;">
<g style="&st0;" title="&quoted;">&box;<![CDATA[&st0;]]></g></svg>
"""


def test_internal_entities_in_attributes_text_and_entities():
    group = only_child(ILLUSTRATOR)
    assert group.attributes == {"style": "fill:#FF0000;", "title": 'a"b&<'}
    assert group.declared == {"fill": "#FF0000"}
    assert group.line == 10
    [rect] = group.elements
    assert (rect.id, rect.declared) == ("in", {"fill": "#FF0000"})
    assert group.children[-1] == "&st0;"


def test_attribute_defaults_of_the_internal_subset():
    subset = '<!DOCTYPE svg [<!ATTLIST rect fill CDATA "lime" rx CDATA #IMPLIED>]>'
    data = f"{subset}<svg {XMLNS}>{{}}</svg>"
    assert only_child(data.format("<rect/>")).declared == {"fill": "lime"}
    assert only_child(data.format('<rect fill="red"/>')).declared == {"fill": "red"}


def test_external_subsets_are_not_looked_for():
    rect = only_child(f'<!DOCTYPE svg SYSTEM "http://127.0.0.1:9/x.dtd"><svg {XMLNS}><rect/></svg>')
    assert rect.tag == "rect"


def test_html_characters():
    text = only_child(
        f'<svg {XMLNS}>\n<text a="&copy;">caf&eacute;&nbsp;&amp;<!--&foo;--></text></svg>'
    )
    assert text_of(text) == "café\xa0&"
    assert text.attributes == {"a": "©"}


@pytest.mark.parametrize(
    ("entity", "error"),
    [
        ('<!ENTITY a "&b;"><!ENTITY b "&a;">', XmlError),
        ('<!ENTITY a SYSTEM "file:///etc/passwd">', XmlError),
        ('<!ENTITY a PUBLIC "x" "http://127.0.0.1:9/">', XmlError),
        ('<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;', XmlError),
        ('<!ENTITY l "' + "l" * 1000 + '"><!ENTITY b "' + "&l;" * 1000 + '"><!ENTITY a "'
         + "&b;" * 100 + '">', LimitError),
        ('<!ENTITY a "' + "x" * 100_000 + '">', LimitError),
    ],
)  # fmt: skip
@pytest.mark.parametrize("use", ["<text>{}</text>", '<text a="{}"/>'])
def test_hostile_entities(entity, error, use):
    uses = "&a;" * (1000 if "x" * 1000 in entity else 1)
    data = f"<!DOCTYPE svg [{entity}]>\n<svg {XMLNS}>{use.format(uses)}</svg>"
    with pytest.raises(error) as caught:
        parse(data.encode())
    assert caught.value.remedy
    assert caught.value.line == 2


def test_deep_chains_of_entities_do_not_overflow():
    chain = "".join(f'<!ENTITY e{i} "&e{i + 1};">' for i in range(5000)) + '<!ENTITY e5000 "x">'
    with pytest.raises(LimitError):
        parse(f"<!DOCTYPE svg [{chain}]><svg {XMLNS}>&e0;</svg>".encode())


def test_xinclude_is_not_followed():
    include = only_child(
        f'<svg {XMLNS}><i:include xmlns:i="http://www.w3.org/2001/XInclude" '
        'href="file:///etc/passwd" parse="text"/></svg>'
    )
    assert include.children == []


def nested(depth, tag="g"):
    return (
        f"<svg {XMLNS}>".encode()
        + f"<{tag}>".encode() * depth
        + f"</{tag}>".encode() * depth
        + b"</svg>"
    )


def test_depth():
    element = parse(nested(1000)).root
    depth = 0
    while element.children:
        [element] = element.children
        depth += 1
    assert depth == 1000
    for depth in (1024, 5000, 200_000):
        with pytest.raises(LimitError, match="1,024"):
            parse(nested(depth))


def test_deep_trees_with_style_sheets():
    data = nested(1000).replace(b"<g>", b"<style>g g g{fill:red} g ~ g{fill:blue}</style><g>", 1)
    assert list(parse(data).root.elements)[1].declared == {}


def test_nodes():
    many = f"<svg {XMLNS}>".encode() + b"<g/>" * 200 + b"</svg>"
    assert len(parse(many).root.children) == 200
    with pytest.raises(LimitError, match="100"):
        parse(many, limits=ParseLimits(max_nodes=100))
    with pytest.raises(LimitError, match="1,000,000"):
        parse(f"<svg {XMLNS}>".encode() + b"<g/>" * 1_100_000 + b"</svg>")


def test_values_beyond_libxml2s_own_limit():
    rect = only_child(f'<svg {XMLNS}><path d="{"1" * 10_500_000}"/></svg>')
    assert len(rect.attributes["d"]) == 10_500_000


@pytest.mark.parametrize(
    ("data", "message", "remedy"),
    [
        (b"", "empty", "again"),
        (b" \n\t ", "empty", "again"),
        (b"\xef\xbb\xbf", "empty", "again"),
        (b"\x89PNG\r\n\x1a\n\0\0", "PNG", "SVG itself"),
        (b"%PDF-1.7 ...", "PDF", "SVG itself"),
        (b"PK\x03\x04abc", "ZIP", "SVG itself"),
        (b'{"a": 1}', "JSON", "SVG itself"),
        (b"<!DOCTYPE html><html><p>404</html>", "HTML", "Download"),
        (b"<html><body/></html>", "HTML", "Download"),
        (b'<html xmlns="http://www.w3.org/1999/xhtml"><body>&copy;</body></html>', "HTML", "Down"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "Git LFS", "git lfs pull"),
        (b"just words", "no XML", "SVG"),
        (b"<kml xmlns='http://www.opengis.net/kml/2.2'/>", "kml", "svg"),
        (b"<SVG/>", "case-sensitive", "viewBox"),
        (b'<g xmlns="http://www.w3.org/2000/svg"/>', "fragment", "<svg>"),
        (b'<svg xmlns="http://www.w3.org/2000/SVG"/>', "namespace", "http://www.w3.org/2000/svg"),
    ],
)
def test_what_is_no_svg(data, message, remedy):
    with pytest.raises(NotSvgError, match=message) as caught:
        parse(data)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("body", "line", "remedy"),
    [
        ("\n<rect></g>", 2, "reverse order"),
        ("\n<rect/>", 2, "cut off"),
        ("\n\n<rect x='1", 3, "cut off"),
        ("\n<rect ", 2, "cut off"),
        ("\n<rect x='1' x='2'/></svg>", 2, "one of the two"),
        ("\n<text>\x0b</text></svg>", 2, "control character"),
        ("\n<text>a & b</text></svg>", 2, "&amp;"),
        ("\n<text>&foo;</text></svg>", 2, "character itself"),
    ],
)
def test_damaged_xml_names_line_and_remedy(body, line, remedy):
    with pytest.raises(XmlError) as caught:
        parse(f"<svg {XMLNS}>{body}".encode())
    assert caught.value.line == line
    assert remedy in caught.value.remedy


def test_any_bytes_end_in_a_document_or_an_svg_error():
    source = ILLUSTRATOR.encode()
    for at in range(0, len(source), 7):
        for junk in (b"", b"\0", b"<", b"&", b"]]>", b"\xff", b'"'):
            try:
                parse(source[:at] + junk + source[at + len(junk) + 1 :])
            except SvgError as error:
                assert error.remedy


def test_markup_that_invites_backtracking_is_refused():
    with pytest.raises(SvgError):
        parse(b"<svg><!DOCTYPE svg [" + b"<" * 300_000)
    with pytest.raises(SvgError):
        parse(b"<!DOCTYPE svg [" + b"<!ENTITY a 'x'>" * 20_000 + b"]><svg>" + b"<a '" * 50_000)
