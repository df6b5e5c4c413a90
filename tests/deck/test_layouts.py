import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svg2pptx_batch.deck import load_template
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import Titles
from tests.support.templates import LIBREOFFICE, edited, plain, swap, two_masters

WIDTH, HEIGHT = 9144000, 6858000
LAYOUT = "ppt/slideLayouts/slideLayout7.xml"  # Blank: date, footer and number at the bottom
TITLE_ONLY = "ppt/slideLayouts/slideLayout6.xml"
MASTER = "ppt/slideMasters/slideMaster1.xml"
THEME = "ppt/theme/theme1.xml"
FOOT = 6356350 / HEIGHT
NAMESPACES = (
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
)


def shape(left, top, right, bottom, place="", rot="", tag="sp", hidden=""):
    """A shape by the fractions of the slide it covers."""
    x, y = round(left * WIDTH), round(top * HEIGHT)
    box = f'<a:off x="{x}" y="{y}"/>'
    box += f'<a:ext cx="{round(right * WIDTH) - x}" cy="{round(bottom * HEIGHT) - y}"/>'
    place = f'<p:ph type="{place}" idx="77"/>' if place else ""
    rot = f' rot="{rot}"' if rot else ""
    properties = f"<p:spPr><a:xfrm{rot}>{box}</a:xfrm></p:spPr>"
    if tag == "grpSp":
        inner = '<a:chOff x="0" y="0"/><a:chExt cx="1" cy="1"/>'
        properties = f"<p:grpSpPr><a:xfrm>{box}{inner}</a:xfrm></p:grpSpPr>"
    if tag == "graphicFrame":
        properties = f"<p:xfrm>{box}</p:xfrm>"
    return (
        f'<p:{tag}><p:nv><p:cNvPr id="9" name="x"{hidden}/><p:c/><p:nvPr>{place}</p:nvPr></p:nv>'
        f"{properties}</p:{tag}>"
    )


def unplaced(place):
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="9" name="x"/><p:c/><p:nvPr>'
        f'<p:ph type="{place}" idx="7"/></p:nvPr></p:nvSpPr><p:spPr/></p:sp>'
    )


def tree(shapes):
    return (
        '<p:cSld name="Mine"><p:spTree><p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/>'
        f"<p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>{shapes}</p:spTree></p:cSld>"
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    return plain(tmp_path_factory.mktemp("layouts") / "deck.pptx", 0)


@pytest.fixture
def frame(source, tmp_path):
    return lambda *shapes, **options: frame_of(source, tmp_path, *shapes, **options)


def frame_of(source, folder, *shapes, master="", attributes="", titles=Titles.AUTO, edit=None):
    """The frame of a layout that holds some shapes; its master holds others."""
    path = folder / "deck.pptx"
    path.write_bytes(source.read_bytes())

    def change(parts):
        parts[LAYOUT] = (
            f"<p:sldLayout {NAMESPACES} {attributes}>{tree(''.join(shapes))}</p:sldLayout>"
        ).encode()
        rest = parts[MASTER].decode().partition("</p:cSld>")[2]
        head = parts[MASTER].decode().partition("<p:cSld")[0]
        parts[MASTER] = (head + tree(master) + rest).encode()
        if edit is not None:
            edit(parts)

    edited(path, change)
    return load_template(path, "Mine", titles=titles).frame


def near(area):
    return pytest.approx(area, abs=1e-6)


def test_a_layout_of_nothing_leaves_the_whole_slide(frame):
    assert frame().area == (0, 0, 1, 1)


def test_a_layout_without_a_tree_leaves_the_whole_slide(frame):
    def strip(parts):
        parts[LAYOUT] = f'<p:sldLayout {NAMESPACES}><p:cSld name="Mine"/></p:sldLayout>'.encode()

    assert frame(edit=strip).area == (0, 0, 1, 1)


def test_a_picture_goes_before_a_larger_body(frame):
    pic = shape(0.1, 0.2, 0.5, 0.7, "pic")
    assert frame(shape(0.0, 0.1, 1.0, 0.9, "body"), pic).area == near((0.1, 0.2, 0.5, 0.7))


def test_a_small_picture_is_passed_over(frame):
    pic = shape(0.0, 0.0, 0.1, 0.1, "pic")
    assert frame(pic, shape(0.2, 0.2, 0.8, 0.9, "body")).area == near((0.2, 0.2, 0.8, 0.9))


@pytest.mark.parametrize("kind", ["obj", "tbl", "chart", "media", "clipArt", "dgm"])
def test_whatever_holds_content_holds_a_drawing(frame, kind):
    assert frame(shape(0.1, 0.3, 0.9, 0.9, kind, tag="graphicFrame")).area == near(
        (0.1, 0.3, 0.9, 0.9)
    )


def test_the_largest_of_several_bodies_is_taken(frame):
    bodies = shape(0.0, 0.0, 0.4, 0.5, "body"), shape(0.5, 0.0, 1.0, 1.0, "body")
    assert frame(*bodies).area == near((0.5, 0.0, 1.0, 1.0))


def test_a_placeholder_has_the_box_of_its_masters(frame):
    master = shape(0.2, 0.3, 0.8, 0.9, "body") + shape(0.0, 0.0, 1.0, 0.2, "title")
    assert frame(unplaced("pic"), master=master).area == near((0.2, 0.3, 0.8, 0.9))
    assert frame(unplaced("obj"), master=master).area == near((0.2, 0.3, 0.8, 0.9))
    found = frame(unplaced("ctrTitle"), master=master)
    assert (found.title, found.area) == ("ctrTitle", near((0.0, 0.2, 1.0, 1.0)))


def test_a_placeholder_without_any_box_does_not_count(frame):
    found = frame(unplaced("title"), unplaced("body"))
    assert (found.title, found.area) == ("", (0, 0, 1, 1))


def test_the_area_lies_beside_title_footers_and_logos(frame):
    title = shape(0.1, 0.05, 0.9, 0.2, "title")
    feet = shape(0.0, 0.9, 0.3, 1.0, "dt"), shape(0.7, 0.9, 1.0, 1.0, "sldNum")
    logo = shape(0.8, 0.2, 0.95, 0.25)
    assert frame(title, *feet).area == near((0.1, 0.2, 0.9, 0.9))
    assert frame(title, *feet, logo).area == near((0.1, 0.25, 0.9, 0.9))
    assert frame(title, *feet, master=logo).area == near((0.1, 0.25, 0.9, 0.9))
    hidden = 'showMasterSp="0"'
    assert frame(title, *feet, master=logo, attributes=hidden).area == near((0.1, 0.2, 0.9, 0.9))


@pytest.mark.parametrize("tag", ["sp", "pic", "grpSp", "graphicFrame", "cxnSp"])
def test_whatever_is_drawn_is_kept_clear_of(frame, tag):
    assert frame(shape(0.0, 0.0, 1.0, 0.1, tag=tag)).area == near((0.0, 0.1, 1.0, 1.0))


def test_groups_without_box_count_by_what_they_hold(frame):
    inner = shape(0.0, 0.0, 1.0, 0.1)
    group = f"<p:grpSp><p:nvGrpSpPr/><p:grpSpPr/><p:grpSp><p:grpSpPr/>{inner}</p:grpSp></p:grpSp>"
    assert frame(group).area == near((0.0, 0.1, 1.0, 1.0))


def test_of_alternatives_the_first_counts(frame):
    one, two = shape(0.0, 0.0, 1.0, 0.1), shape(0.0, 0.9, 1.0, 1.0)
    choice = (
        f"<mc:AlternateContent><mc:Choice>{one}</mc:Choice><mc:Fallback>{two}</mc:Fallback>"
        "</mc:AlternateContent><!-- none -->"
    )
    assert frame(choice).area == near((0.0, 0.1, 1.0, 1.0))


def test_backgrounds_and_hidden_shapes_do_not_count(frame):
    background = shape(0.0, 0.0, 1.0, 1.0)
    hidden = shape(0.4, 0.4, 0.6, 0.6, hidden=' hidden="1"')
    assert frame(background, hidden, master=background).area == (0, 0, 1, 1)


def test_a_turned_shape_counts_as_it_stands(frame):
    """A bar of full width at the top, turned by a quarter, stands in the middle."""
    bar = shape(0.4, 0.45, 0.6, 0.55, rot="5400000")
    left, top, right, bottom = frame(bar).area
    middle, half = 0.5, 0.1 * HEIGHT / WIDTH / 2
    assert (left, right) == near((0.0, middle - half)) or (left, right) == near(
        (middle + half, 1.0)
    )
    assert (top, bottom) == (0.0, 1.0)


@pytest.mark.parametrize(
    "odd",
    [
        shape(-2.0, -2.0, -1.0, -1.0),
        shape(2.0, 2.0, 3.0, 3.0, "body"),
        shape(0.5, 0.5, 0.2, 0.2),
        shape(0.5, 0.5, 0.2, 0.2, "body"),
        shape(0.5, 0.5, 0.5, 0.9),
        shape(0.1, 0.1, 0.2, 0.2).replace('cx="', 'cx="x'),
        shape(0.1, 0.1, 0.2, 0.2).replace('cx="', f'cx="{"9" * 5000}'),
        shape(0.1, 0.1, 0.2, 0.2).replace("<a:off", "<a:of"),
    ],
)
def test_odd_boxes_do_not_count(frame, odd):
    assert frame(odd).area == (0, 0, 1, 1)


def test_a_box_that_hangs_over_is_cut(frame):
    assert frame(shape(-0.5, 0.5, 0.5, 1.5, "body")).area == near((0.0, 0.5, 0.5, 1.0))


def test_a_slide_full_of_things_is_used_as_a_whole(frame):
    cells = [
        shape(x / 7, y / 7, (x + 0.95) / 7, (y + 0.95) / 7) for x in range(7) for y in range(7)
    ]
    assert frame(*cells).area == (0, 0, 1, 1)


def test_thousands_of_things_take_no_longer(frame):
    cells = [
        shape(x / 99, y / 99, (x + 0.5) / 99, (y + 0.5) / 99) for x in range(70) for y in (3, 9)
    ]
    before = time.process_time()
    left, top, right, bottom = frame(*cells * 30).area
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    assert time.process_time() - before < 20


EDGE = st.floats(-0.5, 1.5)
KIND = st.sampled_from(["", "title", "ctrTitle", "pic", "body", "obj", "ftr", "sldNum", "subTitle"])
SHAPES = st.lists(
    st.tuples(EDGE, EDGE, EDGE, EDGE, KIND, st.sampled_from(["", "2700000", "-5400000"])),
    max_size=6,
)


@settings(max_examples=40, deadline=None)
@given(layout=SHAPES, master=SHAPES)
def test_the_area_is_never_empty_or_inverted(source, tmp_path_factory, layout, master):
    folder = tmp_path_factory.mktemp("frames")
    inner = "".join(shape(*each) for each in master)
    left, top, right, bottom = frame_of(
        source, folder, *(shape(*each) for each in layout), master=inner
    ).area
    assert 0 <= left < right <= 1
    assert 0 <= top < bottom <= 1
    assert (right - left) * (bottom - top) >= 0.05 - 1e-9


def colors(frame, theme=lambda xml: xml, mapping=lambda xml: xml):
    def edit(parts):
        parts[THEME] = theme(parts[THEME].decode()).encode()
        parts[MASTER] = mapping(parts[MASTER].decode()).encode()

    return dict(frame(edit=edit).colors)


def test_the_themes_colours_have_the_masters_names(frame):
    found = colors(frame)
    assert found["000000"] == "tx1"
    assert found["FFFFFF"] == "bg1"
    assert found["1F497D"] == "tx2"
    assert found["F79646"] == "accent6"
    assert len(found) == 10


def test_on_a_dark_master_the_names_are_turned(frame):
    found = colors(
        frame,
        mapping=lambda xml: xml.replace(
            'bg1="lt1" tx1="dk1" bg2="lt2" tx2="dk2"', 'bg1="dk1" tx1="lt1" bg2="dk2" tx2="lt2"'
        ),
    )
    assert found["000000"] == "bg1"
    assert found["FFFFFF"] == "tx1"
    assert found["1F497D"] == "bg2"


def test_a_name_given_away_is_not_used(frame):
    found = colors(frame, mapping=lambda xml: xml.replace('accent1="accent1"', 'accent1="accent2"'))
    assert "4F81BD" not in found
    assert found["C0504D"] == "accent1"


def test_system_colours_need_no_last_value(frame):
    found = colors(frame, theme=lambda xml: xml.replace(' lastClr="', ' other="'))
    assert found["000000"] == "tx1"
    assert found["FFFFFF"] == "bg1"


def test_equal_colours_go_by_the_first(frame):
    found = colors(frame, theme=lambda xml: xml.replace("C0504D", "4f81bd"))
    assert found["4F81BD"] == "accent1"
    assert len(found) == 9


def test_without_colours_there_are_none(frame):
    def strip(xml):
        return f'<a:theme {NAMESPACES} name="x"><a:themeElements/></a:theme>'

    assert colors(frame, theme=strip) == {}
    assert colors(frame, theme=lambda xml: xml.replace("srgbClr val", "srgbClr x")).keys() == {
        "000000",
        "FFFFFF",
    }


def test_a_master_without_map_has_the_slots_own_names(frame):
    found = colors(frame, mapping=lambda xml: xml.replace("<p:clrMap ", "<p:other "))
    assert (found["000000"], found["4F81BD"]) == ("dk1", "accent1")


def test_of_two_masters_the_theme_tells_which(tmp_path):
    path = two_masters(tmp_path / "deck.pptx")
    assert load_template(path, "title only").layout == TITLE_ONLY
    assert load_template(path, "LIGHT/Title Only").layout == TITLE_ONLY
    night = load_template(path, " night/title only ")
    assert night.layout == "ppt/slideLayouts/slideLayout26.xml"
    assert dict(night.frame.colors)["000000"] == "bg1"
    with pytest.raises(UsageError, match=r"deck\.pptx has no layout 'Day/Blank'") as caught:
        load_template(path, "Day/Blank")
    assert "Light/Blank" in caught.value.remedy
    assert "Night/Blank" in caught.value.remedy


def test_the_layout_is_chosen_by_type_name_and_emptiness(source, tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(source.read_bytes())
    assert load_template(path).layout == LAYOUT
    assert load_template(path, titles=Titles.TITLE).layout == TITLE_ONLY
    edited(path, lambda parts: swap(parts, LAYOUT, ' type="blank"', ""))
    assert load_template(path).layout == LAYOUT
    edited(path, lambda parts: swap(parts, LAYOUT, '"Blank"', '"Leer"'))
    assert load_template(path).layout == LAYOUT
    edited(path, lambda parts: swap(parts, TITLE_ONLY, ' type="titleOnly"', ' type="blank"'))
    assert load_template(path).layout == TITLE_ONLY
    assert load_template(path, titles=Titles.NAME).layout == TITLE_ONLY


def test_a_layout_named_for_titles_must_have_one(source):
    assert load_template(source, "Blank").frame.title == ""
    with pytest.raises(UsageError, match="has no title"):
        load_template(source, "Blank", titles=Titles.TITLE)
    assert load_template(source, "Title Only", titles=Titles.NONE).frame.title == ""


def test_without_any_title_none_can_be_asked_for(source, tmp_path):
    path = tmp_path / "deck.pptx"
    path.write_bytes(source.read_bytes())

    def strip(parts):
        for name in list(parts):
            if name.startswith("ppt/slideLayouts/slideLayout"):
                parts[name] = parts[name].replace(b'"title"', b'"x"').replace(b'"ctrTitle"', b'"x"')

    edited(path, strip)
    with pytest.raises(UsageError, match="no layout with a title"):
        load_template(path, titles=Titles.TITLE)


def test_libreoffices_layouts_are_told_apart_though_it_calls_many_blank():
    template = load_template(LIBREOFFICE)
    assert template.frame.area == pytest.approx((0, 0, 1, 0.91), abs=0.01)
