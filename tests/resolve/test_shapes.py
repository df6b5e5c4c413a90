import pytest

from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.nodes import EllipsePrimitive, LinePrimitive, RectPrimitive
from tests.support.resolving import codes_of, leaves_of


def shape(body, **options):
    (leaf,) = leaves_of(body, **options)
    return leaf


def test_percentages():
    root = 'viewBox="0 0 400 300"'
    assert shape(
        '<rect x="10%" y="10%" width="50%" height="50%"/>', root=root
    ).primitive.rect == Rect(40, 30, 200, 150)
    # 100 % of neither direction is √((w² + h²) / 2).
    assert shape('<circle r="50%"/>', root=root).primitive.rx == pytest.approx(176.7767, rel=1e-5)


@pytest.mark.parametrize(
    ("radii", "rx", "ry"),
    [
        ('rx="10"', 10, 10),
        ('ry="10"', 10, 10),
        ('rx="10" ry="20"', 10, 20),
        ('rx="90" ry="90"', 50, 40),
        ('rx="-5" ry="10"', 10, 10),
        ('rx="auto" ry="10%"', 20, 20),
        ('rx="0" ry="10"', 0, 0),
    ],
)
def test_radii_of_rect(radii, rx, ry):
    primitive = shape(f'<rect width="100" height="80" {radii}/>').primitive
    assert primitive == RectPrimitive(Rect(0, 0, 100, 80), rx, ry)


@pytest.mark.parametrize(
    "body",
    [
        '<rect width="10"/>',
        '<rect width="-1" height="5"/>',
        '<circle r="0"/>',
        '<ellipse rx="0" ry="9"/>',
        '<polygon points="1 2"/>',
        "<path/>",
        '<path d="L 1 1"/>',
        '<path d="none"/>',
    ],
)
def test_nothing_is_drawn(body):
    assert leaves_of(body) == []


def test_ellipse_takes_the_missing_radius_from_the_other():
    assert shape('<ellipse cx="1" rx="5"/>').primitive == EllipsePrimitive(1, 0, 5, 5)


def test_geometry_as_css_properties():
    body = "<style>rect { x: 1px; width: 10%; height: 5px; rx: 1px }</style><rect height='99'/>"
    assert shape(body).primitive == RectPrimitive(Rect(1, 0, 20, 5), 1, 1)
    assert shape("<path style='d: path(\"M0 0H9V9Z\")'/>").path.verbs == "MLLZ"


def test_line_and_polygons():
    line = shape('<line x1="1" x2="50%" stroke="red"/>')
    assert line.primitive == LinePrimitive(1, 0, 100, 0)
    assert line.fill is None
    assert shape('<polygon points="0,0 5,0 5,5 9"/>').path.coords == (0, 0, 5, 0, 5, 5)
    assert "odd-points" in codes_of('<polygon points="0,0 5,0 5,5 9"/>')


def test_path_is_drawn_up_to_its_error():
    assert shape('<path d="M0 0H5V5 X 9"/>').path.verbs == "MLL"
    assert "path-error" in codes_of('<path d="M0 0H5V5 X 9"/>')


def test_path_length_scales_dashes():
    stroke = shape(
        '<path d="M0 0H100" pathLength="10" stroke="red" stroke-dasharray="1 2"/>'
    ).stroke
    assert stroke.dashes == pytest.approx((10, 20))


def test_shapes_without_paint_vanish():
    assert leaves_of('<rect width="5" height="5" fill="none"/>') == []


def test_calc_in_geometry_and_strokes():
    leaf = shape(
        '<rect x="calc(10% + 5px)" style="width: calc(50% - 1em); height: calc(3 * 10px)" '
        'stroke="red" stroke-width="calc(1em / 4)" font-size="20"/>'
    )
    assert leaf.primitive.rect == Rect(25, 0, 80, 30)
    assert leaf.stroke.width == 5
