"""Small drawings resolved, and scenes painted."""

import io
from pathlib import Path

from PIL import Image as Picture

from svg2pptx_batch.diagnostics import Diagnostics
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.graphics.affine import Affine
from svg2pptx_batch.graphics.rect import Size
from svg2pptx_batch.raster.resvg import render
from svg2pptx_batch.resolve import resolve
from svg2pptx_batch.scene.nodes import Group, Scene
from svg2pptx_batch.scene.svg_writer import write_svg
from svg2pptx_batch.scene.walk import visit
from svg2pptx_batch.svg import parse
from svg2pptx_batch.svg.resources import DataLoader, FolderLoader

NAMESPACES = (
    'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape"'
)


def scene_of(
    body: str,
    *,
    root: str = 'viewBox="0 0 200 200"',
    folder: Path | None = None,
    languages: tuple[str, ...] = ("en",),
    diagnostics: Diagnostics | None = None,
) -> Scene:
    """Resolve the content of an svg element; no fonts are there."""
    source = f"<svg {NAMESPACES} {root}>{body}</svg>".encode()
    return resolved(source, folder=folder, languages=languages, diagnostics=diagnostics)


def resolved(
    source: bytes,
    *,
    folder: Path | None = None,
    languages: tuple[str, ...] = ("en",),
    diagnostics: Diagnostics | None = None,
) -> Scene:
    """Resolve a whole document; no fonts are there, and files only where a folder is given."""
    loader = DataLoader() if folder is None else FolderLoader(folder, folder)
    return resolve(
        parse(source, loader=loader),
        fonts=FontCatalog([], system=False),
        loader=loader,
        diagnostics=Diagnostics() if diagnostics is None else diagnostics,
        languages=languages,
    )


def leaves_of(body: str, **options):
    """Return the nodes of a drawing that are no groups."""
    return [node for node in visit(scene_of(body, **options).root) if not hasattr(node, "children")]


def codes_of(body: str, **options) -> list[str]:
    """Return the codes of all remarks on a drawing."""
    diagnostics = Diagnostics()
    scene_of(body, diagnostics=diagnostics, **options)
    return [item.code for item in diagnostics.items]


def painted(scene: Scene, side: int = 100) -> Picture.Image:
    """Paint a scene on white, `side` pixels wide and high."""
    scale = Affine.scaling(side / scene.size.width, side / scene.size.height)
    scaled = Scene(Size(side, side), Group((scene.root,), transform=scale))
    png = render(write_svg(scaled), side, side)
    picture = Picture.open(io.BytesIO(png)).convert("RGBA")
    paper = Picture.new("RGBA", picture.size, "white")
    return Picture.alpha_composite(paper, picture).convert("RGB")
