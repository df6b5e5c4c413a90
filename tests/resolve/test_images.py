import base64
import io

import pytest
from PIL import Image as Picture

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.bounds import object_bounds
from svg2pptx_batch.scene.nodes import Crop, Group, Image, ImageFormat
from svg2pptx_batch.scene.walk import visit
from tests.support.resolving import codes_of, leaves_of, scene_of


def encoded(format_, size=(20, 10), mode="RGB", **options):
    out = io.BytesIO()
    Picture.new(mode, size, options.pop("color", 0)).save(out, format_, **options)
    return out.getvalue()


def address(data, kind="image/png"):
    return f"data:{kind};base64,{base64.b64encode(data).decode()}"


def images(data, attributes='width="40" height="40"', kind="image/png"):
    return leaves_of(f'<image {attributes} href="{address(data, kind)}"/>')


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF"])
def test_what_slides_can_hold_is_kept_byte_for_byte(format_):
    data = encoded(format_)
    # A wrong media type does no harm.
    (image,) = images(data, kind="image/webp")
    assert image.data == data
    assert image.format == format_.lower()


@pytest.mark.parametrize("format_", ["WEBP", "BMP", "TIFF", "AVIF"])
def test_other_formats_become_png(format_):
    (image,) = images(encoded(format_))
    assert image.format is ImageFormat.PNG
    assert Picture.open(io.BytesIO(image.data)).size == (20, 10)


def test_cmyk_and_16_bit_are_re_encoded():
    (cmyk,) = images(encoded("JPEG", mode="CMYK"))
    assert Picture.open(io.BytesIO(cmyk.data)).mode == "RGB"
    (deep,) = images(encoded("PNG", mode="I;16", color=0x8000))
    picture = Picture.open(io.BytesIO(deep.data))
    assert picture.convert("L").getpixel((0, 0)) == 0x80


def test_exif_orientation_turns_the_picture():
    exif = Picture.Exif()
    exif[0x0112] = 6
    (image,) = images(encoded("JPEG", exif=exif), attributes="")
    assert image.rect == Rect(0, 0, 10, 20)
    assert Picture.open(io.BytesIO(image.data)).getexif().get(0x0112, 1) == 1


@pytest.mark.parametrize(
    ("aspect", "rect", "crop"),
    [
        ("", Rect(0, 10, 40, 20), Crop()),
        ("xMinYMax", Rect(0, 20, 40, 20), Crop()),
        ("none", Rect(0, 0, 40, 40), Crop()),
        ("xMidYMid slice", Rect(0, 0, 40, 40), Crop(0.25, 0, 0.25, 0)),
        ("xMaxYMid slice", Rect(0, 0, 40, 40), Crop(0.5, 0, 0, 0)),
    ],
)
def test_aspect_ratio(aspect, rect, crop):
    (image,) = images(encoded("PNG"), f'width="40" height="40" preserveAspectRatio="{aspect}"')
    assert (image.rect, image.crop) == (rect, crop)


def test_missing_sides_come_from_the_picture():
    assert images(encoded("PNG"), "")[0].rect == Rect(0, 0, 20, 10)
    assert images(encoded("PNG"), 'width="40"')[0].rect == Rect(0, 0, 40, 20)
    assert images(encoded("PNG"), 'width="0" height="5"') == []


@pytest.mark.parametrize(
    "href",
    [
        "",
        "missing.png",
        "https://example.org/a.png",
        "../secret.png",
        address(b"no picture at all"),
        address(encoded("PNG")[:45]),
        address(b"<svg", "image/svg+xml"),
    ],
)
def test_what_cannot_be_shown_is_dropped_with_a_remark(href, tmp_path):
    body = f'<image width="5" height="5" href="{href}"/><rect width="1" height="1"/>'
    assert len(leaves_of(body, folder=tmp_path)) == 1
    assert "image-dropped" in codes_of(body, folder=tmp_path)


def test_file_beside_the_drawing(tmp_path):
    (tmp_path / "a b.png").write_bytes(encoded("PNG"))
    (image,) = leaves_of('<image href="a%20b.png"/>', folder=tmp_path)
    assert isinstance(image, Image)


INNER = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
    '<rect id="r" width="{}" height="5"/></svg>'
)


def test_svg_image_becomes_shapes():
    data = INNER.format(10).encode()
    scene = scene_of(
        f'<image x="20" width="100" height="100" href="{address(data, "image/svg+xml")}"/>'
    )
    (leaf,) = (node for node in visit(scene.root) if not isinstance(node, Group))
    assert leaf.primitive.rect == Rect(0, 0, 10, 5)
    assert leaf.transform.apply_rect(Rect(0, 0, 10, 5)) == Rect(20, 0, 100, 50)
    assert leaf.label.name == ""


def test_svg_image_is_clipped_where_it_leaves_its_frame():
    def clips(width):
        data = INNER.format(width).encode()
        scene = scene_of(f'<image width="9" height="9" href="{address(data, "image/svg+xml")}"/>')
        return [n for n in visit(scene.root) if isinstance(n, Group) and n.clip]

    assert clips(10) == []
    assert len(clips(12)) == 1


def test_svg_images_inside_each_other_end(tmp_path):
    for name, other in (("a", "b"), ("b", "a")):
        inner = f'<image href="{other}.svg"/>'
        text = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{inner}</svg>'
        (tmp_path / f"{name}.svg").write_text(text)
    assert leaves_of('<image href="a.svg"/>', folder=tmp_path) == []


def test_hidden_image_counts_for_bounding_boxes_alone():
    body = f'<image visibility="hidden" href="{address(encoded("PNG"))}"/>'
    assert leaves_of(body) == []


@pytest.mark.parametrize(
    ("root", "sides", "box"),
    [
        ("", 'width="80" height="40"', (0, 0, 80, 20)),
        ("", 'width="80"', (0, 0, 80, 20)),
        ("", "", (0, 0, 300, 75)),
        ('width="100" height="50"', 'width="50" height="50"', (0, 12.5, 50, 12.5)),
        ('width="100" height="0"', 'width="50" height="50"', None),
    ],
)
def test_size_of_svg_images(root, sides, box):
    data = (
        f'<svg xmlns="http://www.w3.org/2000/svg" {root}><rect width="100%" height="50%"/></svg>'
    ).encode()
    scene = scene_of(f'<image {sides} href="{address(data, "image/svg+xml")}"/>')
    found = object_bounds(scene.root)
    assert found == (box if box is None else pytest.approx(box))
