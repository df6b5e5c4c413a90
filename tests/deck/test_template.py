import subprocess
import sys

import pytest
from pptx import Presentation
from pptx.util import Inches

from svg2pptx_batch.deck import DeckWriter, load_template, parse_slide_size
from svg2pptx_batch.errors import UsageError
from tests.support.decks import assert_opens, part_names, read_part, read_slides
from tests.support.slides import picture_slide, png, shape_slide


@pytest.fixture
def template(tmp_path):
    """A deck of its own size with slides, notes, a picture and properties."""
    presentation = Presentation()
    presentation.slide_width, presentation.slide_height = Inches(9), Inches(5)
    presentation.core_properties.title = "The template's title"
    picture = tmp_path / "one.png"
    picture.write_bytes(png(9, 9, 9))
    for _ in range(3):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        slide.shapes.title.text = "Old slide"
        slide.shapes.add_picture(str(picture), 0, 0)
        slide.notes_slide.notes_text_frame.text = "Old notes"
    path = tmp_path / "template.pptx"
    presentation.save(str(path))
    return path


def use(template, target, **options):
    loaded = load_template(template, **options)
    with DeckWriter(target, loaded.size, template=loaded) as deck:
        deck.add(shape_slide(), section="one")
        deck.add(picture_slide(png(1, 1, 1)), section="two")
    return target


def test_masters_are_kept_and_slides_replaced(tmp_path, template):
    path = use(template, tmp_path / "deck.pptx")
    assert_opens(path)
    presentation = Presentation(str(path))
    assert len(presentation.slides) == 2
    assert [slide.slide_layout.name for slide in presentation.slides] == ["Blank", "Blank"]
    assert len(presentation.slide_layouts) == 11
    assert (presentation.slide_width, presentation.slide_height) == (Inches(9), Inches(5))
    assert presentation.core_properties.title == ""
    names = part_names(path)
    assert not [name for name in names if "notesSlide" in name]
    assert len([name for name in names if name.startswith("ppt/slides/slide")]) == 2
    assert all(b"Old" not in read_part(path, name) for name in names)
    assert [slide.names for slide in read_slides(path)] == [["Rectangle"], ["Picture"]]


def test_a_layout_can_be_named(tmp_path, template):
    path = use(template, tmp_path / "deck.pptx", layout="title ONLY")
    assert_opens(path)
    layouts = {slide.slide_layout.name for slide in Presentation(str(path)).slides}
    assert layouts == {"Title Only"}


def test_our_own_deck_serves_as_template(tmp_path):
    own = tmp_path / "own.pptx"
    with DeckWriter(own, parse_slide_size("16:9")) as deck:
        deck.add(shape_slide(), section="old section")
    path = use(own, tmp_path / "deck.pptx")
    assert_opens(path)
    assert b"old section" not in read_part(path, "ppt/presentation.xml")
    assert len(read_slides(path)) == 2


def test_a_template_gives_equal_bytes(tmp_path, template):
    first = use(template, tmp_path / "a.pptx").read_bytes()
    assert first == use(template, tmp_path / "b.pptx").read_bytes()


def test_a_template_can_be_loaded_once_for_many_decks(tmp_path, template):
    loaded = load_template(template, "Title Only")
    template_file = use(template, tmp_path / "a.pptx", layout="Title Only").read_bytes()
    for name in ("b.pptx", "c.pptx"):
        with DeckWriter(tmp_path / name, loaded.size, template=loaded) as deck:
            deck.add(shape_slide(), section="one")
            deck.add(picture_slide(png(1, 1, 1)), section="two")
        assert (tmp_path / name).read_bytes() == template_file


def test_an_unknown_layout_is_told_with_those_there_are(tmp_path, template):
    with pytest.raises(UsageError, match="no layout 'Poster'") as caught:
        use(template, tmp_path / "deck.pptx", layout="Poster")
    assert "Title Only" in caught.value.remedy
    assert not (tmp_path / "deck.pptx").exists()


@pytest.mark.parametrize("content", [b"", b"not a deck", b"PK\3\4 torn"])
def test_what_is_no_presentation_is_refused(tmp_path, content):
    path = tmp_path / "template.pptx"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="no presentation"):
        load_template(path)


def test_a_missing_template_is_told(tmp_path):
    with pytest.raises(UsageError, match="not there"):
        load_template(tmp_path / "nowhere.pptx")


def test_python_pptx_is_loaded_for_templates_only():
    program = (
        "import io, sys\n"
        "from svg2pptx_batch.deck import DeckWriter, parse_slide_size\n"
        "DeckWriter(io.BytesIO(), parse_slide_size('4:3')).close()\n"
        "assert not {'pptx', 'lxml', 'lxml.etree'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
