import pytest

from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.effects import MaskKind
from svg2pptx_batch.scene.nodes import Group, Shape
from svg2pptx_batch.scene.paint import FillRule
from tests.support.resolving import codes_of, leaves_of, scene_of

RECT = '<rect x="10" y="20" width="40" height="80" {}/>'


def effect(attributes, defs="", rect=RECT):
    children = scene_of(f"<defs>{defs}</defs>" + rect.format(attributes)).root.children
    return children[0] if children else None


def test_opacity_of_a_single_paint_needs_no_group():
    assert effect('opacity="0.5" fill-opacity="0.5"').fill.opacity == 0.25
    assert effect('opacity="0.5" fill="none" stroke="red"').stroke.opacity == 0.5
    assert effect('opacity="0"') is None
    both = effect('opacity="50%" stroke="red"')
    assert isinstance(both, Group)
    assert both.opacity == 0.5


def test_group_opacity_and_blending():
    body = (
        '<g opacity="0.5" style="mix-blend-mode: multiply; isolation: isolate">' + RECT * 2 + "</g>"
    )
    group = scene_of(body.format("", "")).root.children[0]
    assert (group.opacity, group.blend_mode, group.isolated) == (0.5, "multiply", True)
    assert len(group.children) == 2


def test_clip_path_units_rule_and_transform():
    defs = (
        '<clipPath id="c" clipPathUnits="objectBoundingBox" transform="translate(1 2)">'
        '<path d="M0 0H1V1Z" clip-rule="evenodd" fill="none"/></clipPath>'
    )
    clip = effect('clip-path="url(#c)"', defs).clip
    assert clip.transform == Affine.translation(1, 2) @ Affine(40, 0, 0, 80, 10, 20)
    assert clip.children[0].fill.rule is FillRule.EVENODD


def test_elements_share_a_clip_path_in_user_space():
    defs = '<clipPath id="c"><circle r="9"/></clipPath>'
    body = f"<defs>{defs}</defs>" + RECT.format('clip-path="url(#c)"') * 2
    first, second = scene_of(body).root.children
    assert first.clip is second.clip


def test_nested_clips():
    defs = (
        '<clipPath id="a" clip-path="url(#b)"><rect width="9" height="9" clip-path="url(#b)"/>'
        "</clipPath>"
        '<clipPath id="b"><circle r="5"/></clipPath>'
    )
    clip = effect('clip-path="url(#a)"', defs).clip
    assert clip.clip is not None
    assert clip.children[0].clip is not None


def test_clip_takes_copies_of_shapes_but_no_groups():
    defs = (
        '<clipPath id="c"><use href="#r"/><use href="#g"/><g><circle r="5"/></g></clipPath>'
        '<rect id="r" width="9" height="9"/><g id="g"><circle r="5"/></g>'
    )
    clip = effect('clip-path="url(#c)"', defs).clip
    assert [type(child) for child in clip.children] == [Shape]


def test_empty_clip_hides_and_missing_does_not():
    assert effect('clip-path="url(#c)"', '<clipPath id="c"/>') is None
    assert (
        effect(
            'clip-path="url(#c)"',
            '<clipPath id="c"><rect width="1" height="1" visibility="hidden"/></clipPath>',
        )
        is None
    )
    assert isinstance(effect('clip-path="url(#no)"'), Shape)
    assert "missing-clip-path" in codes_of(RECT.format('clip-path="url(#no)"'))
    assert isinstance(
        effect(
            'clip-path="url(#c)"',
            '<clipPath id="c" clip-path="url(#c)"><circle r="99"/></clipPath>',
        ),
        Group,
    )


def test_css_clip_shapes_are_reported():
    assert "clip-shape-ignored" in codes_of(RECT.format('style="clip-path: circle(5px)"'))


def test_mask():
    defs = (
        '<mask id="m" mask-type="alpha" maskContentUnits="objectBoundingBox">'
        '<rect width="1" height="1" fill="white"/></mask>'
    )
    mask = effect('mask="url(#m)"', defs).mask
    assert mask.region == pytest.approx(Rect(6, 12, 48, 96))
    assert mask.transform == Affine(40, 0, 0, 80, 10, 20)
    assert mask.kind is MaskKind.ALPHA


def test_bounding_box_counts_what_is_not_painted():
    defs = (
        '<mask id="m" x="0" y="0" width="1" height="1">'
        '<rect width="99" height="99" fill="white"/></mask>'
    )
    body = (
        f'<defs>{defs}</defs><g mask="url(#m)"><rect width="10" height="10"/>'
        '<rect x="90" y="90" width="10" height="10" fill="none"/></g>'
    )
    assert scene_of(body).root.children[0].mask.region == Rect(0, 0, 100, 100)
    assert len(leaves_of(body)) == 1


def test_masks_that_hide():
    assert effect('mask="url(#m)"', '<mask id="m"/>') is None
    assert isinstance(effect('mask="url(#no)"'), Shape)


def primitives(attributes, content, text="url(#f)"):
    group = effect(f'filter="{text}"', f'<filter id="f" {attributes}>{content}</filter>')
    (found,) = group.filters
    return found


def test_filter_region_and_lengths():
    found = primitives(
        'primitiveUnits="objectBoundingBox"',
        '<feOffset dx="0.5" dy="0.5" x="0.5" width="50%"/><feGaussianBlur stdDeviation="0.1"/>',
    )
    assert found.region == pytest.approx(Rect(6, 12, 48, 96))
    offset, blur = (dict(primitive.attributes) for primitive in found.primitives)
    assert (offset["dx"], offset["dy"], offset["x"], offset["width"]) == ("20", "40", "30", "20")
    assert blur["stdDeviation"] == "4 8"
    assert blur["color-interpolation-filters"] == "linearRGB"


def test_filter_colors_and_children():
    found = primitives(
        "",
        '<feFlood style="flood-color: rgb(255 0 0 / 50%)" flood-opacity="0.5" color="red"/>'
        '<feMerge><feMergeNode in="a"/></feMerge>'
        '<feDiffuseLighting lighting-color="currentColor"><feDistantLight azimuth="3"/>'
        "</feDiffuseLighting>",
    )
    flood, merge, light = found.primitives
    assert dict(flood.attributes)["flood-color"] == "#ff0000"
    assert dict(flood.attributes)["flood-opacity"] == "0.25"
    assert merge.children[0].attributes == (("in", "a"),)
    assert dict(light.attributes)["lighting-color"] == "#000000"
    assert light.children[0].tag == "feDistantLight"


def test_filter_functions():
    group = effect('style="filter: blur(2px) drop-shadow(1px 2px red) sepia(1)"')
    assert [item.primitives[0].tag for item in group.filters] == [
        "feGaussianBlur",
        "feDropShadow",
        "feColorMatrix",
    ]
    assert group.filters[0].region.x < 10 - 3 * 2


def test_missing_filter_counts_as_none_and_an_empty_one_hides():
    assert isinstance(effect('filter="url(#no)"'), Shape)
    assert effect('filter="url(#f)"', '<filter id="f"/>') is None


def test_filter_image_of_an_element():
    content = '<feImage href="#r"/>'
    defs = f'<filter id="f">{content}</filter><rect id="r" width="5" height="5"/>'
    primitive = effect('filter="url(#f)"', defs).filters[0].primitives[0]
    assert isinstance(primitive.content[0], Shape)
