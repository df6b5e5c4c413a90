"""Any node back to plain SVG 1.1: hex colours, presentation attributes, no style rules, no `use`.

What is written can be parsed, resolved and painted to the same picture. Texts have no place here:
they must have been outlined before. Ids are counted in the order of writing, so equal trees give
equal text.
"""

from __future__ import annotations

from base64 import b64encode
from typing import assert_never
from xml.sax.saxutils import quoteattr

from msgspec.structs import replace

from svg2pptx_batch.graphics.affine import IDENTITY, Affine
from svg2pptx_batch.graphics.color import Color
from svg2pptx_batch.graphics.path import Path
from svg2pptx_batch.graphics.rect import Rect
from svg2pptx_batch.scene.bounds import visual_bounds
from svg2pptx_batch.scene.effects import ClipPath, Filter, FilterPrimitive, Mask, MaskKind
from svg2pptx_batch.scene.gradients import as_gradient, linearised
from svg2pptx_batch.scene.nodes import Crop, Group, Image, Node, Scene, Shape, Text
from svg2pptx_batch.scene.paint import (
    AxialGradient,
    CircularGradient,
    Fill,
    FillRule,
    LinearGradient,
    LineCap,
    LineJoin,
    Paint,
    Pattern,
    PatternFill,
    PictureFill,
    RadialGradient,
    SpreadMethod,
    Stroke,
)
from svg2pptx_batch.scene.svg_notation import (
    image_element,
    matrix,
    number,
    opacity,
    path_data,
    rectangle,
    stop_element,
)
from svg2pptx_batch.scene.walk import deep_recursion

_NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
_NO_CROP = Crop()


def write_svg(drawing: Scene | Node, *, view_box: Rect | None = None) -> str:
    """Return a drawing as an SVG document.

    Args:
        drawing: A scene, or a node.
        view_box: What is shown, in the space of the node's parent. Default: a scene's viewport, a
            node's visual bounds.
    """
    node = drawing.root if isinstance(drawing, Scene) else drawing
    if view_box is None and isinstance(drawing, Scene):
        view_box = Rect(0.0, 0.0, *drawing.size)
    with deep_recursion():
        if view_box is None:
            view_box = visual_bounds(node) or Rect(0.0, 0.0, 1.0, 1.0)
        writer = _Writer()
        body = writer.nodes((node,))
    width, height = view_box.width, view_box.height
    box = " ".join(map(number, view_box))
    defs = "".join(f"{item}\n" for item in writer.definitions)
    return (
        f'<svg {_NAMESPACES} width="{number(width)}" height="{number(height)}" '
        f'viewBox="{box}" preserveAspectRatio="none">\n'
        + (f"<defs>\n{defs}</defs>\n" if defs else "")
        + f"{body}\n</svg>\n"
    )


class _Writer:
    """Writes nodes; what they refer to is collected in `definitions`, each once."""

    def __init__(self) -> None:
        self.definitions: list[str] = []
        self._ids: dict[str, str] = {}

    def _define(self, tag: str, attributes: str, content: str) -> str:
        """Add a definition, and return its `url(#id)`."""
        key = f"{tag}{attributes}>{content}"
        id_ = self._ids.get(key)
        if id_ is None:
            id_ = self._ids[key] = f"{tag[0]}{len(self._ids) + 1}"
            self.definitions.append(f'<{tag} id="{id_}"{attributes}>{content}</{tag}>')
        return f"url(#{id_})"

    def nodes(self, nodes: tuple[Node, ...]) -> str:
        """Return nodes, one a line, bottom first."""
        parts: list[str] = []
        for node in nodes:
            if isinstance(node, Shape):
                parts.append(self._shape(node))
            elif isinstance(node, Group):
                parts.append(self._group(node))
            elif isinstance(node, Image):
                parts.append(self._image(node))
            elif not isinstance(node, Text):
                assert_never(node)
        return "\n".join(part for part in parts if part)

    def _group(self, group: Group) -> str:
        content = self.nodes(group.children)
        if not content and not group.filters:
            return ""
        return f"<g{matrix(group.transform)}{self._effects(group)}>\n{content}\n</g>"

    def _effects(self, group: Group) -> str:
        parts: list[str] = []
        if group.filters:
            urls = " ".join(self._filter(item) for item in group.filters)
            parts.append(f' filter="{urls}"')
        if group.clip is not None:
            parts.append(f' clip-path="{self._clip(group.clip)}"')
        if group.mask is not None:
            parts.append(f' mask="{self._mask(group.mask)}"')
        if group.opacity != 1.0:
            parts.append(f' opacity="{number(group.opacity)}"')
        style = []
        if group.blend_mode != "normal":
            style.append(f"mix-blend-mode:{group.blend_mode}")
        if group.isolated:
            style.append("isolation:isolate")
        if style:
            parts.append(f' style="{";".join(style)}"')
        return "".join(parts)

    def _shape(self, shape: Shape) -> str:
        data = path_data(shape.path)
        where = matrix(shape.transform)
        fill = self._fill(shape.fill, shape.fill_path or shape.path)
        stroke = self._stroke(shape.stroke, shape.path)
        if (
            shape.stroke is None
            or shape.fill is None
            or (shape.fill_path is None and not shape.stroke_first)
        ):
            inside = data if shape.fill_path is None else path_data(shape.fill_path)
            outline = inside if shape.stroke is None else data
            return f'<path d="{outline}"{where}{fill}{stroke}/>'
        inside = data if shape.fill_path is None else path_data(shape.fill_path)
        filled = f'<path d="{inside}"{where}{fill}/>'
        stroked = f'<path d="{data}"{where} fill="none"{stroke}/>'
        below, above = (stroked, filled) if shape.stroke_first else (filled, stroked)
        return f"{below}\n{above}"

    def _fill(self, fill: Fill | None, path: Path) -> str:
        if fill is None:
            return ' fill="none"'
        paint, alpha = self._paint(fill.paint, path)
        rule = ' fill-rule="evenodd"' if fill.rule is FillRule.EVENODD else ""
        return f' fill="{paint}"{opacity("fill-opacity", fill.opacity * alpha)}{rule}'

    def _stroke(self, stroke: Stroke | None, path: Path) -> str:
        if stroke is None:
            return ""
        paint, alpha = self._paint(stroke.paint, path)
        parts = [
            f' stroke="{paint}" stroke-width="{number(stroke.width)}"',
            opacity("stroke-opacity", stroke.opacity * alpha),
        ]
        if stroke.cap is not LineCap.BUTT:
            parts.append(f' stroke-linecap="{stroke.cap}"')
        if stroke.join is not LineJoin.MITER:
            parts.append(f' stroke-linejoin="{stroke.join}"')
        elif stroke.miter_limit != 4.0:
            parts.append(f' stroke-miterlimit="{number(stroke.miter_limit)}"')
        if stroke.dashes:
            parts.append(f' stroke-dasharray="{" ".join(map(number, stroke.dashes))}"')
            if stroke.dash_offset:
                parts.append(f' stroke-dashoffset="{number(stroke.dash_offset)}"')
        if stroke.non_scaling:
            parts.append(' vector-effect="non-scaling-stroke"')
        return "".join(parts)

    def _paint(self, paint: Paint, path: Path) -> tuple[str, float]:
        """Return a paint as fill and stroke name it, and the alpha that goes into the opacity."""
        match paint:
            case Color():
                return f"#{paint.hex.lower()}", paint.alpha
            case LinearGradient() | RadialGradient():
                return self._gradient(paint), 1.0
            case Pattern():
                return self._pattern(paint), 1.0
            case AxialGradient() | CircularGradient():
                return self._gradient(as_gradient(paint, path)), 1.0
            case PictureFill():
                return self._picture_fill(paint, path), 1.0
            case PatternFill():
                return self._pattern_fill(paint, path), 1.0
        assert_never(paint)

    def _gradient(self, gradient: LinearGradient | RadialGradient) -> str:
        linear = isinstance(gradient, LinearGradient)
        names = ("x1", "y1", "x2", "y2") if linear else ("cx", "cy", "r", "fx", "fy", "fr")
        values = "".join(
            f' {name}="{number(getattr(gradient, name))}"'
            for name in names
            if name != "fr" or getattr(gradient, name)
        )
        transform = matrix(gradient.transform).replace("transform", "gradientTransform", 1)
        spread = ""
        if gradient.spread is not SpreadMethod.PAD:
            spread = f' spreadMethod="{gradient.spread}"'
        stops = gradient.stops
        if gradient.linear_rgb:
            stops = linearised(stops)
        return self._define(
            "linearGradient" if linear else "radialGradient",
            f' gradientUnits="userSpaceOnUse"{values}{transform}{spread}',
            "".join(map(stop_element, stops)),
        )

    def _pattern(self, pattern: Pattern) -> str:
        tile = pattern.tile
        content = self.nodes(pattern.children)
        inner = Affine.translation(-tile.x, -tile.y) @ pattern.content_transform
        transform = matrix(pattern.transform).replace("transform", "patternTransform", 1)
        overflow = ' overflow="visible"' if pattern.overflow_visible else ""
        return self._define(
            "pattern",
            f' patternUnits="userSpaceOnUse"{rectangle(tile)}{transform}{overflow}',
            f"<g{matrix(inner)}>\n{content}\n</g>",
        )

    def _picture_fill(self, paint: PictureFill, path: Path) -> str:
        box = path.bounds() or Rect(0.0, 0.0, 0.0, 0.0)
        picture = image_element(paint.png, "png", Rect(0.0, 0.0, box.width, box.height), "")
        return self._define("pattern", f' patternUnits="userSpaceOnUse"{rectangle(box)}', picture)

    def _pattern_fill(self, paint: PatternFill, path: Path) -> str:
        box = path.bounds() or Rect(0.0, 0.0, 0.0, 0.0)
        period = paint.period
        area = Rect(box.x + period.x, box.y + period.y, period.width, period.height)
        picture = image_element(paint.png, "png", Rect(0.0, 0.0, area.width, area.height), "")
        return self._define("pattern", f' patternUnits="userSpaceOnUse"{rectangle(area)}', picture)

    def _image(self, image: Image) -> str:
        hints = opacity("opacity", image.opacity)
        if image.pixelated:
            hints += ' image-rendering="optimizeSpeed"'
        rect, crop = image.rect, image.crop
        if crop == _NO_CROP:
            picture = image_element(image.data, image.format, rect, hints)
        else:
            # The whole picture in a viewport that shows the part that is left.
            width = rect.width / (1.0 - crop.left - crop.right)
            height = rect.height / (1.0 - crop.top - crop.bottom)
            whole = Rect(-crop.left * width, -crop.top * height, width, height)
            inner = image_element(image.data, image.format, whole, hints)
            picture = f"<svg{rectangle(rect)}>{inner}</svg>"
        where = matrix(image.transform)
        if image.clip is not None:
            clip = self._define("clipPath", "", f'<path d="{path_data(image.clip)}"/>')
            return f'<g{where} clip-path="{clip}">{picture}</g>'
        return f"<g{where}>{picture}</g>" if where else picture

    def _clip(self, clip: ClipPath) -> str:
        nested = "" if clip.clip is None else f' clip-path="{self._clip(clip.clip)}"'
        content = "\n".join(self._clip_child(child, IDENTITY, None) for child in clip.children)
        return self._define("clipPath", f"{matrix(clip.transform)}{nested}", content)

    def _clip_child(self, node: Node, transform: Affine, clip: ClipPath | None) -> str:
        """Return the leaves of a clip path's child: SVG allows no groups there.

        Args:
            node: The child.
            transform: Its parent's space to the clip path's.
            clip: What cuts it already, in the clip path's space.
        """
        transform = transform @ node.transform
        if isinstance(node, Group):
            if node.clip is not None:
                own = _moved_clip(node.clip, transform)
                clip = own if clip is None else _both(own, clip)
            return "\n".join(self._clip_child(child, transform, clip) for child in node.children)
        if not isinstance(node, Shape) or node.fill is None:
            return ""
        rule = ' clip-rule="evenodd"' if node.fill.rule is FillRule.EVENODD else ""
        cut = "" if clip is None else f' clip-path="{self._clip(clip)}"'
        return f'<path d="{path_data(node.path.transform(transform))}"{rule}{cut}/>'

    def _mask(self, mask: Mask) -> str:
        outer = "" if mask.mask is None else f' mask="{self._mask(mask.mask)}"'
        kind = ' mask-type="alpha"' if mask.kind is MaskKind.ALPHA else ""
        content = self.nodes(mask.children)
        if not mask.transform.is_identity:
            content = f"<g{matrix(mask.transform)}>\n{content}\n</g>"
        area = rectangle(mask.region)
        return self._define("mask", f' maskUnits="userSpaceOnUse"{area}{kind}{outer}', content)

    def _filter(self, item: Filter) -> str:
        content = "".join(self._primitive(primitive, item) for primitive in item.primitives)
        return self._define(
            "filter", f' filterUnits="userSpaceOnUse"{rectangle(item.region)}', content
        )

    def _primitive(self, primitive: FilterPrimitive, item: Filter) -> str:
        if primitive.tag == "feDropShadow":
            return self._drop_shadow(primitive)
        attributes = "".join(f" {name}={quoteattr(value)}" for name, value in primitive.attributes)
        if primitive.tag == "feImage":
            attributes = self._shown(primitive, item)
        children = "".join(self._primitive(child, item) for child in primitive.children)
        return f"<{primitive.tag}{attributes}>{children}</{primitive.tag}>"

    def _drop_shadow(self, primitive: FilterPrimitive) -> str:
        """Return the primitives feDropShadow is short for.

        resvg paints those right, but takes a shadow's own colour for one of linear light.
        """
        values = dict(primitive.attributes)

        def given(*names: str) -> str:
            return "".join(f" {name}={quoteattr(values[name])}" for name in names if name in values)

        # Names hold for the last result that bears them, so that every shadow may use these.
        own, space = "_shadow", given("color-interpolation-filters")
        return (
            f'<feOffset{given("in")} result="{own}-source"{space}/>'
            f"<feGaussianBlur{given('stdDeviation')}{space}/>"
            f'<feOffset{given("dx", "dy")} result="{own}-blur"{space}/>'
            f"<feFlood{given('flood-color', 'flood-opacity')}{space}/>"
            f'<feComposite operator="in" in2="{own}-blur" result="{own}"{space}/>'
            f"<feMerge{given('x', 'y', 'width', 'height', 'result')}{space}>"
            f'<feMergeNode in="{own}"/><feMergeNode in="{own}-source"/></feMerge>'
        )

    def _shown(self, primitive: FilterPrimitive, item: Filter) -> str:
        """Return the attributes of feImage: an element by its id, a picture as SVG in itself."""
        values = dict(primitive.attributes)
        content = primitive.content
        if content and content[0].source.tag == "feImage":
            names = ("x", "y", "width", "height")
            area = Rect(
                *(
                    float(values.get(name, default))
                    for name, default in zip(names, item.region, strict=True)
                )
            )
            picture = write_svg(Group(content), view_box=area).encode()
            values.update(zip(names, map(number, area), strict=True))
            address = f"data:image/svg+xml;base64,{b64encode(picture).decode('ascii')}"
        else:
            address = self._define("g", "", self.nodes(content))[4:-1]
        values["xlink:href"] = address
        return "".join(f" {name}={quoteattr(value)}" for name, value in values.items())


def _moved_clip(clip: ClipPath, transform: Affine) -> ClipPath:
    """Return a clip path seen from another space, to which `transform` maps the present one."""
    nested = None if clip.clip is None else _moved_clip(clip.clip, transform)
    return ClipPath(clip.children, transform @ clip.transform, nested)


def _both(first: ClipPath, second: ClipPath) -> ClipPath:
    """Return the intersection of two clip paths of one space."""
    nested = second if first.clip is None else _both(first.clip, second)
    return replace(first, clip=nested)
