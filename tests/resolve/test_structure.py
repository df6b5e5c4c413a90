import pytest

from svg2pptx_batch.errors import InvalidSizeError, LimitError
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect, Size
from svg2pptx_batch.scene.bounds import object_bounds
from svg2pptx_batch.scene.nodes import Group, Shape
from svg2pptx_batch.scene.walk import visit
from tests.support.resolving import codes_of, leaves_of, scene_of


def boxes(body, **options):
    """Boxes of all leaves, in the space of the root viewport."""
    found = []

    def collect(node, transform):
        if isinstance(node, Group):
            for child in node.children:
                collect(child, transform @ node.transform)
        else:
            found.append(tuple(round(v, 6) for v in transform.apply_rect(object_bounds(node))))

    collect(scene_of(body, **options).root, Affine())
    return found


def test_root_size_from_view_box_and_length_units():
    assert scene_of("").size == Size(200, 200)
    assert scene_of("", root='width="1in" height="72pt"').size == Size(96, 96)


def test_root_without_any_size_takes_that_of_its_content():
    assert scene_of('<rect x="10" y="20" width="30" height="40"/>', root="").size == Size(40, 60)


def test_zero_size_disables_rendering():
    with pytest.raises(InvalidSizeError):
        scene_of("", root='width="0" height="10"')


def test_root_view_box_is_centred_by_default():
    assert boxes(
        '<rect width="10" height="10"/>', root='width="40" height="20" viewBox="0 0 10 10"'
    ) == [(10, 0, 20, 20)]


def test_nested_svg_scales_its_view_box_and_percentages():
    nested = (
        '<svg x="50" y="50" width="50%" height="100" viewBox="0 0 10 10">'
        '<rect width="50%" height="50%"/></svg>'
    )
    assert boxes(nested) == [(50, 50, 50, 50)]


def test_nested_svg_clips_only_what_leaves_it():
    def clips(inner):
        scene = scene_of(f'<svg width="50" height="50">{inner}</svg>')
        return [n.clip for n in visit(scene.root) if isinstance(n, Group) and n.clip]

    assert clips('<rect width="50" height="50"/>') == []
    assert len(clips('<rect width="51" height="50"/>')) == 1
    # A stroke counts, too.
    assert len(clips('<rect width="50" height="50" stroke="red"/>')) == 1


def test_use_moves_and_inherits_from_where_it_stands():
    (copy,) = leaves_of(
        '<defs><rect id="r" width="10" height="10"/></defs><use href="#r" x="5" y="6" fill="red"/>'
    )
    assert copy.transform == Affine.translation(5, 6)
    assert copy.fill.paint[:3] == (255, 0, 0)
    assert copy.label.name == "r"


def test_symbol_takes_its_size_from_use():
    symbol = '<symbol id="s" viewBox="0 0 10 10"><rect width="10" height="10"/></symbol>'
    assert boxes(symbol) == []
    assert boxes(f'{symbol}<use href="#s" x="20" width="40" height="40"/>') == [(20, 0, 40, 40)]
    assert boxes(f'{symbol}<use href="#s"/>') == [(0, 0, 200, 200)]


def test_use_overrides_the_size_of_an_svg():
    body = (
        '<defs><svg id="s" width="10" height="10" viewBox="0 0 5 5"><rect width="5" height="5"/>'
        '</svg></defs><use href="#s" width="80" height="80"/>'
    )
    assert boxes(body) == [(0, 0, 80, 80)]


def test_recursive_use_is_cut_and_the_rest_is_drawn():
    body = '<g id="g"><rect width="1" height="1"/><use href="#g"/></g>'
    assert len(leaves_of(body)) == 1
    assert "recursive-use" in codes_of(body)
    assert "missing-reference" in codes_of('<use href="#nowhere"/>')


def test_a_bomb_of_copies_is_an_error_not_a_hang():
    levels = "".join(f'<g id="g{n}">' + f'<use href="#g{n + 1}"/>' * 12 + "</g>" for n in range(12))
    body = f'<defs>{levels}<rect id="g12" width="1" height="1"/></defs><use href="#g0"/>'
    with pytest.raises(LimitError) as caught:
        scene_of(body)
    assert caught.value.remedy


def test_copies_within_copies_nest_only_so_deep():
    levels = "".join(
        f'<g id="g{n}">' + "<g>" * 900 + f'<use href="#g{n + 1}"/>' + "</g>" * 901 for n in range(3)
    )
    body = f'<defs>{levels}<rect id="g3" width="1" height="1"/></defs><use href="#g0"/>'
    with pytest.raises(LimitError, match="deep") as caught:
        scene_of(body)
    assert caught.value.remedy


def test_thousand_levels_of_groups():
    body = '<g transform="translate(1 0)">' * 1000 + '<rect width="1" height="1"/>' + "</g>" * 1000
    assert boxes(body) == [(1000, 0, 1, 1)]
    named = "".join(f'<g id="n{n}" opacity="0.9">' for n in range(900)) + "<rect/>" + "</g>" * 900
    assert scene_of(named + '<rect width="1" height="1"/>').root.children


def test_anonymous_groups_of_one_dissolve_and_named_ones_stay():
    scene = scene_of('<g><g transform="scale(2)"><rect width="1" height="1"/></g></g>')
    assert isinstance(scene.root.children[0], Shape)
    assert scene.root.children[0].transform == Affine.scaling(2)
    named = scene_of('<g id="layer"><rect width="1" height="1"/></g>').root.children[0]
    assert named.label.name == "layer"


def test_labels_titles_links():
    body = (
        '<a href="https://example.org/x"><g id="i" inkscape:label="Layer 1" aria-hidden="true">'
        "<title> A\n title</title><desc>What it is</desc><rect width='1' height='1'/></g></a>"
    )
    link = scene_of(body).root.children[0]
    group = next(n for n in visit(link) if n.label.name)
    assert link.label.link == "https://example.org/x"
    assert group.label.name == "Layer 1"
    assert group.label.title == "A title"
    assert group.label.description == "What it is"
    assert group.label.decorative


@pytest.mark.parametrize("href", ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x"])
def test_unsafe_links_are_left_out(href):
    scene = scene_of(f'<a href="{href}"><rect width="1" height="1"/></a>')
    assert all(not node.label.link for node in visit(scene.root))


def test_switch_takes_the_first_child_that_passes():
    body = (
        "<switch><rect systemLanguage='de' width='1' height='1'/>"
        "<rect systemLanguage='en-GB, fr' width='2' height='2'/>"
        "<rect width='3' height='3'/></switch>"
    )
    assert boxes(body) == [(0, 0, 2, 2)]
    assert boxes(body, languages=("de-AT",)) == [(0, 0, 1, 1)]
    assert boxes(body, languages=("ja",)) == [(0, 0, 3, 3)]


def test_display_none_and_hidden():
    assert leaves_of('<g display="none"><rect width="1" height="1"/></g>') == []
    body = (
        '<g visibility="hidden"><rect width="9" height="9"/>'
        '<rect visibility="visible" width="1" height="1"/></g>'
    )
    assert boxes(body) == [(0, 0, 1, 1)]


def test_transform_origin_and_box():
    body = (
        '<rect x="20" y="20" width="20" height="20" '
        'style="transform: rotate(180deg); transform-origin: 100% 50%; transform-box: fill-box"/>'
    )
    assert boxes(body) == [(40, 20, 20, 20)]
    view_box = '<rect width="20" height="20" transform="scale(0.5)" transform-origin="center"/>'
    assert boxes(view_box) == [(50, 50, 10, 10)]


@pytest.mark.parametrize(
    ("style", "box"),
    [
        ("transform: translate(50%, 10%)", (100, 20, 110, 30)),
        ("transform: translate(50%, 1em); transform-box: fill-box", (5, 16, 15, 26)),
        ("translate: 20px 30px", (20, 30, 30, 40)),
        ("scale: 2; translate: 5px", (5, 0, 25, 20)),
        ("rotate: 90deg; transform: translate(10px)", (-10, 10, 0, 20)),
        ("rotate: z 180deg; transform-box: fill-box; transform-origin: center", (0, 0, 10, 10)),
        ("rotate: x 90deg", (0, 0, 10, 10)),
    ],
)
def test_transforms_in_css(style, box):
    ((x, y, width, height),) = boxes(f'<rect width="10" height="10" style="{style}"/>')
    assert (x, y, x + width, y + height) == pytest.approx(box)


def test_root_turns_about_its_middle():
    ((x, y, *_),) = boxes(
        '<rect width="10" height="10"/>', root='viewBox="0 0 200 100" transform="rotate(180)"'
    )
    assert (x, y) == pytest.approx((190, 90))
    ((x, y, *_),) = boxes(
        '<rect width="10" height="10"/>',
        root='viewBox="0 0 200 100" style="transform: rotate(90deg); transform-origin: 0 0"',
    )
    assert (x, y) == pytest.approx((-10, 0))


def test_units_have_no_place_in_transform_attributes():
    body = '<rect width="1" height="1" transform="{}"/>'
    assert boxes(body.format("translate(5px)")) == boxes(body.format("rotate(9deg)"))
    assert boxes(body.format("translate(5px)")) == [(0, 0, 1, 1)]
    assert boxes(body.format("translate(5e0 1E1)")) == [(5, 10, 1, 1)]


def test_a_drawing_without_any_size_takes_percentages_of_what_browsers_give_it():
    scene = scene_of('<rect width="100%" height="100%"/>', root="")
    assert scene.size == Size(300, 150)


def test_singular_transform_draws_nothing():
    assert leaves_of('<rect width="1" height="1" transform="scale(0)"/>') == []


def test_a_viewport_next_to_nothing_draws_nothing():
    body = '<svg width="1e-200" height="1e-200" viewBox="0 0 9 9"><circle r="5"/></svg>'
    assert leaves_of(body) == []


def test_root_background_lies_below():
    canvas, rect = leaves_of(
        '<rect width="1" height="1"/>', root='viewBox="-5 -5 10 10" style="background-color: red"'
    )
    assert canvas.fill.paint[:3] == (255, 0, 0)
    assert rect.fill.paint[:3] == (0, 0, 0)


def test_document_title():
    scene = scene_of("<title>T</title><desc>D</desc>")
    assert (scene.metadata.title, scene.metadata.description) == ("T", "D")


def test_view_box_of_the_root_is_its_transform():
    scene = scene_of('<rect width="1" height="1"/>', root='viewBox="10 20 100 100" width="50"')
    assert scene.root.transform.apply_rect(Rect(10, 20, 100, 100)) == Rect(0, 0, 50, 50)


@pytest.mark.parametrize("extensions", ["", " ", "http://example.org/x"])
def test_no_extension_is_known(extensions):
    assert leaves_of(f'<rect width="1" height="1" requiredExtensions="{extensions}"/>') == []
