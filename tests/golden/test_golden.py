"""One feature a drawing: `x.svg` becomes the scene `x.scene.svg` and the slide `x.slide.xml`.

`python -m pytest --update-golden tests/golden` writes both anew; then read the difference.

Texts are laid out with fonts made on the spot, every glyph of which is a box, so that no font of
the machine counts; the `a` of Box Colour has colours of its own. In scenes texts stand as outlines.
A slide is told with what became of the drawing's elements above it; pictures are told by their
place, never by their pixels: what they show is for `tests/visual`.
"""

import pytest
from lxml import etree

from svg2pptx_batch.conversion import Conversion, convert_svg
from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.lower.text_outline import outline_text
from svg2pptx_batch.options import EMU_PER_PX, ConvertOptions, SlideSize
from svg2pptx_batch.resolve import resolve
from svg2pptx_batch.scene.nodes import Group, Scene, Text
from svg2pptx_batch.scene.svg_writer import write_svg
from svg2pptx_batch.scene.walk import rewrite
from svg2pptx_batch.svg import parse
from svg2pptx_batch.svg.resources import DataLoader
from tests.support.fonts import HEBREW, LATIN, add_colors, build_font, catalog
from tests.support.golden import DRAWINGS, HERE

SIDE = 200
LINE = 140


@pytest.fixture(scope="module")
def fonts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("golden") / "fonts"
    build_font(folder, characters=LATIN + HEBREW)
    coloured = build_font(folder, "Box Colour", characters="ab")
    add_colors(coloured, layers={"a": [("u0061", 0), ("u0062", 1)]})
    return catalog(folder)


def scene_text(drawing, fonts):
    """Return the scene of a drawing, its texts as outlines."""
    loader = DataLoader()
    scene = resolve(
        parse(drawing.read_bytes(), loader=loader),
        fonts=fonts,
        loader=loader,
        diagnostics=Diagnostics(),
        languages=("en",),
    )
    root = rewrite(scene.root, lambda node: outline_text(node) if isinstance(node, Text) else node)
    assert isinstance(root, Group)
    return write_svg(Scene(scene.size, root))


def slide_text(drawing, fonts):
    """Return the slide of a drawing, an element a line."""
    made = convert_svg(
        drawing.read_bytes(),
        options=ConvertOptions(),
        slide=SlideSize(SIDE * EMU_PER_PX, SIDE * EMU_PER_PX),
        fonts=fonts,
        loader=DataLoader(),
        name=drawing.stem,
    )
    tree = etree.fromstring(made.slide.xml)
    _indent(tree, "\n")
    return f"<!-- {told(made)} -->\n" + etree.tostring(tree, encoding="unicode") + "\n"


def _indent(element, line):
    """Put the children of an element on lines of their own, unless all fit on its own."""
    written = len(etree.tostring(element, with_tail=False))
    namespaces = sum(len(f' xmlns:{key}="{value}"') for key, value in element.nsmap.items())
    if len(element) and written - namespaces > LINE:
        inner = line + " "
        element.text = inner
        for child in element:
            _indent(child, inner)
            child.tail = inner
        element[-1].tail = line


def told(made: Conversion) -> str:
    """Return how a drawing's elements ended, and the remarks on them."""
    ends = [f"{count} {end}" for end, count in sorted(made.fidelity.items())]
    remarks = [f"{remark.code} {remark.element}".strip() for remark in made.diagnostics]
    return "; ".join([", ".join(ends), *remarks])


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda path: path.stem)
@pytest.mark.parametrize(
    ("suffix", "write"), [(".scene.svg", scene_text), (".slide.xml", slide_text)]
)
def test_a_drawing_becomes_what_it_became(drawing, suffix, write, fonts, update_golden):
    text = write(drawing, fonts)
    golden = drawing.with_suffix(suffix)
    if update_golden:
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def test_no_golden_file_is_left_over():
    names = {drawing.stem for drawing in DRAWINGS}
    others = {path.name.partition(".")[0] for path in HERE.iterdir() if path.suffix != ".py"}
    assert others - names <= {"__pycache__"}
