"""Drawings: the reader alone, and the whole way to a slide."""

from __future__ import annotations

import atexit
import base64
import functools
import gzip
import math
import random
import shutil
import struct
import tempfile
import zlib
from pathlib import Path

from lxml import etree

from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.errors import SvgError
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.resolve import resolve
from svg2pptx_batch.svg import parse
from svg2pptx_batch.svg.probe import probe_size
from svg2pptx_batch.svg.resources import FolderLoader
from tests.fuzz.target import Target, spliced
from tests.support.fonts import HEBREW, LATIN, build_font, catalog
from tests.support.golden import DRAWINGS
from tests.support.mutation import mutated, readable

_SLIDE = SlideSize(12_192_000, 6_858_000)
_OPTIONS = ConvertOptions()


def _png() -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        crc = zlib.crc32(kind + data)
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", crc)

    head = struct.pack(">LLBBBBB", 2, 2, 8, 6, 0, 0, 0)
    rows = zlib.compress(b"\0\xff\0\0\xff\0\xff\0\x80" * 2)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        chunk(kind, data) for kind, data in ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    )


_DATA_PNG = "data:image/png;base64," + base64.b64encode(_png()).decode()


@functools.cache
def _place() -> tuple[object, FolderLoader]:
    """Return the fonts and the folder of all drawings; made once a process."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    fonts = folder / "fonts"
    build_font(fonts, characters=LATIN + HEBREW)
    beside = folder / "drawings"
    beside.mkdir()
    (beside / "p.png").write_bytes(_png())
    (beside / "s.css").write_text("rect { fill: lime } @import 's.css';")
    (beside / "d.svg").write_text(_SVG + '<rect id="r" width="9" height="9"/></svg>')
    (folder / "secret.svg").write_text(_SVG + "<text>never read</text></svg>")
    return catalog(fonts), FolderLoader(beside, beside)


def read(data: bytes) -> None:
    """Read a drawing up to its scene, and its size alone."""
    fonts, loader = _place()
    try:
        size = probe_size(data)
        assert 0 < size.width < math.inf
        assert 0 < size.height < math.inf
    except SvgError as error:
        _check_error(error)
    try:
        document = parse(data, name="fuzz.svg", loader=loader)
        resolve(document, fonts=fonts, loader=loader, diagnostics=Diagnostics(), languages=("en",))
    except SvgError as error:
        _check_error(error)


def convert(data: bytes) -> None:
    """Convert a drawing; what leaves is well-formed."""
    fonts, loader = _place()
    try:
        conversion = convert_svg(
            data, options=_OPTIONS, slide=_SLIDE, fonts=fonts, loader=loader, name="fuzz.svg"
        )
    except SvgError as error:
        _check_error(error)
        return
    etree.fromstring(conversion.slide.xml, etree.XMLParser(huge_tree=True))
    assert b"never read" not in conversion.slide.xml


def _check_error(error: SvgError) -> None:
    assert error.message
    assert error.line is None or error.line >= 0


_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'viewBox="0 0 200 200">'
)
_DTD = (
    '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "svg11.dtd" [<!ENTITY ns "http://www.w3.org/'
    '2000/svg"><!ENTITY st "fill:red"><!ENTITY % p "x"><!ATTLIST rect width CDATA "9">'
    '<!ENTITY a "&st;&st;"><!ELEMENT g ANY>]>'
)
_EXTRA = (
    _DTD + '<svg xmlns="&ns;"><rect style="&a;" height="4"/>&st;</svg>',
    '<?xml version="1.0" encoding="utf-8"?><?xml-stylesheet href="s.css" type="text/css"?>'
    + _SVG
    + "<style>@media (min-width:1px){.a>rect:nth-child(2n){fill:url(#g)}}@import url(s.css);"
    "@font-face{font-family:x;src:url(x.ttf)}@supports (fill:red){*{stroke:blue}}:root{--c:red}"
    "g{&amp; rect{color:var(--c)}}</style><g class='a'><rect width='9' height='9'/>"
    "<rect width='5' height='5'/></g></svg>",
    _SVG + '<image href="p.png" width="20" height="20"/><image xlink:href="d.svg" width="9"/>'
    f'<image width="9" height="9" href="{_DATA_PNG}"/><use href="d.svg#r"/>'
    '<image href="../secret.svg" width="9" height="9"/><image href="%2e%2e/secret.svg"/></svg>',
    _SVG + '<defs><symbol id="s" viewBox="0 0 4 4"><path d="M0 0h4v4z"/></symbol></defs>'
    '<use href="#s" width="50%"/><use href="#u" id="u"/><switch><g systemLanguage="fr"/>'
    '<foreignObject width="50" height="30"><div xmlns="http://www.w3.org/1999/xhtml" '
    'style="display:flex;font:bold 12px Box Sans"><b>Hi</b> there<br/><ul><li>one</li></ul></div>'
    "</foreignObject></switch></svg>",
    _SVG + '<defs><path id="p" d="M0 50Q50 0 100 50T190 50"/></defs><text x="5 9" y="20" '
    'rotate="5" font-family="Box Sans" letter-spacing="2" textLength="90">Abc <tspan dy="5" '
    'font-size="150%" fill="red">d\u05d0\u05d1</tspan><textPath href="#p" startOffset="30%" '
    'side="right">along</textPath></text><text writing-mode="tb">up</text></svg>',
)


def _seeds() -> list[bytes]:
    drawings = [path.read_bytes() for path in DRAWINGS]
    extra = [text.encode() for text in _EXTRA]
    return [
        *(drawing for drawing in drawings if len(drawing) < 6000),
        *extra,
        gzip.compress(extra[0], mtime=0),
        extra[1].replace(b"utf-8", b"utf-16").decode().encode("utf-16"),
        extra[3].decode().encode("utf-32-be"),
        b'<?xml version="1.0" encoding="koi8-r"?>' + extra[4].replace("\u05d0".encode(), b"\xc1"),
    ]


_WORDS = tuple(
    word.encode()
    for word in (
        *("<g>", "</g>", "<svg>", "</svg>", "<!--", "-->", "<![CDATA[", "]]>", "<?xml ", "?>"),
        *("&lt;", "&amp;", "&#0;", "&#x10ffff;", "&#xd800;", "&st;", "<!DOCTYPE svg [", "]>"),
        *("<!ENTITY x '&x;'>", '<!ENTITY x SYSTEM "file:///etc/hostname">', "xmlns:x=''"),
        *(' encoding="utf-16"', ' encoding="cp037"', ' encoding="hex"', ' encoding="idna"'),
        *('href="#', 'href="data:,', 'href="p.png"', 'href="%00"', 'href="../secret.svg"'),
        *('href="file:///x"', 'href="\\\\h\\x"', "url(#", 'style="', 'class="a"', 'id="a"', ";"),
        *("<use href='#a'/>", "<style>", "</style>", "@import 's.css';", "@media all{", "}", "{"),
        *(":not(", ":is(", ":nth-child(", "!important", "var(--c,", "calc(", "*/", "/*", "\\"),
        *("<tspan>", "<textPath href='#p'>", "<foreignObject>", "<div xmlns='http://www.w3.org/"),
        *("1999/xhtml'>", "<image ", "<mask id='a'>", "<clipPath id='a'>", "<marker id='a'>"),
        *("<pattern id='a'>", "<filter id='a'>", "<symbol id='a'>", "transform='", "viewBox='"),
        *("1e400", "-1e400", "1e-400", "NaN", "%", "\0", "\ufeff", "\u202e", "\U0001f600"),
    )
)


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Change the tree where there is one, else the text; now and then the encoding."""
    if chance.random() < 0.05:
        return spliced(data, _WORDS, chance)
    text = _text(data)
    # lxml's trees that hold references to entities break when they are rearranged.
    if b"<!DOCTYPE" in text or not readable(text):
        return spliced(text, _WORDS, chance)
    data = mutated(text, chance, most=3)
    match chance.randrange(30):
        case 0:
            return gzip.compress(data, compresslevel=1, mtime=0)
        case 1:
            return data.decode().replace("'utf-8'", "'utf-16'").encode("utf-16")
    return data


def _text(data: bytes) -> bytes:
    """Return what gzip data hold; other data, and damaged ones, as they are."""
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return zlib.decompressobj(wbits=31).decompress(data, 1 << 20)
    except zlib.error:
        return data[2:]


SVG = Target(
    name="svg", run=read, seeds=_seeds, mutate=mutate, words=_WORDS, cpu_s=20.0, max_bytes=20_000
)
CONVERT = Target(
    name="convert",
    run=convert,
    seeds=_seeds,
    mutate=mutate,
    words=_WORDS,
    cpu_s=60.0,
    max_bytes=20_000,
)
