"""What a deck consists of beside its slides: our own blank template, or a user's deck.

Leaves: parts to copy, and the presentation part with marks where slides, size and sections go.
python-pptx is used here alone, and only for a user's template.
"""

from __future__ import annotations

import functools
import pathlib
import posixpath
import re
import string
import zipfile
from dataclasses import dataclass
from typing import Any

from svg2pptx_batch.deck import package
from svg2pptx_batch.deck.media import CONTENT_TYPES
from svg2pptx_batch.deck.package import Part, PartRelationship
from svg2pptx_batch.deck.zip_stream import deflate
from svg2pptx_batch.drawingml.xml import P
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import SlideSize

SLIDES_MARK = b"<?deck slides?>"
SIZE_MARK = b"<?deck size?>"
SECTIONS_MARK = b"<?deck sections?>"
SECTIONS_URI = "{521415D9-36F7-43E2-AB2F-B90AF26B5E84}"
"""Name of the extension that holds sections."""

APP_PART = "docProps/app.xml"
CORE_PART = "docProps/core.xml"

_THEME = "ppt/theme/theme1.xml"
_MASTER = "ppt/slideMasters/slideMaster1.xml"
_LAYOUT = "ppt/slideLayouts/slideLayout1.xml"

_LEFT_OUT = (
    "/core-properties",
    "/extended-properties",
    "/thumbnail",
    "/vbaProject",
    "/changesInfo",
    "/revisionInfo",
)
_SLIDE_NUMBER = re.compile(r"ppt/slides/slide(\d+)\.xml")
_RELATIONSHIP_NUMBER = re.compile(r"rId(\d+)")


@dataclass(frozen=True, slots=True)
class Template:
    """A deck without slides.

    Attributes:
        parts: All parts but the presentation, its relationships and the document properties;
            relationships of parts among them.
        presentation: Name of the presentation part.
        presentation_xml: Its content, holding each mark once.
        presentation_relationships: Its relationships; none of a slide.
        package_relationships: Those of the package, beside presentation and document properties.
        layout: Name of the layout that slides use.
        first_slide_number: From here on, names of slide parts are free.
        first_relationship_number: From here on, `rIdN` of the presentation are free.
    """

    parts: tuple[Part, ...]
    presentation: str
    presentation_xml: bytes
    presentation_relationships: tuple[PartRelationship, ...]
    package_relationships: tuple[PartRelationship, ...]
    layout: str
    first_slide_number: int
    first_relationship_number: int


@functools.lru_cache(maxsize=8)
def blank_template(slide: SlideSize) -> Template:
    """Return our own template: one master, one blank layout, a plain theme.

    Args:
        slide: For the placeholders of the master.
    """
    master = own_part("slideMaster1.xml").decode()
    boxes = _placeholder_boxes(slide)
    parts = (
        _part(_THEME, package.TYPE_THEME, own_part("theme1.xml")),
        _part(
            _MASTER, package.TYPE_SLIDE_MASTER, string.Template(master).substitute(boxes).encode()
        ),
        _part(_LAYOUT, package.TYPE_SLIDE_LAYOUT, own_part("slideLayout1.xml")),
        _part("ppt/presProps.xml", package.TYPE_PRES_PROPS, own_part("presProps.xml")),
        _part("ppt/viewProps.xml", package.TYPE_VIEW_PROPS, own_part("viewProps.xml")),
        _part("ppt/tableStyles.xml", package.TYPE_TABLE_STYLES, own_part("tableStyles.xml")),
        _links(_LAYOUT, _numbered(_LAYOUT, ((package.REL_SLIDE_MASTER, _MASTER),))),
        _links(
            _MASTER,
            _numbered(_MASTER, ((package.REL_SLIDE_LAYOUT, _LAYOUT), (package.REL_THEME, _THEME))),
        ),
    )
    presentation = "ppt/presentation.xml"
    relationships = _numbered(
        presentation,
        (
            (package.REL_SLIDE_MASTER, _MASTER),
            (package.REL_PRES_PROPS, "ppt/presProps.xml"),
            (package.REL_VIEW_PROPS, "ppt/viewProps.xml"),
            (package.REL_THEME, _THEME),
            (package.REL_TABLE_STYLES, "ppt/tableStyles.xml"),
        ),
    )
    return Template(
        parts=parts,
        presentation=presentation,
        presentation_xml=own_part("presentation.xml"),
        presentation_relationships=relationships,
        package_relationships=(),
        layout=_LAYOUT,
        first_slide_number=1,
        first_relationship_number=len(relationships) + 1,
    )


@functools.cache
def own_part(file_name: str) -> bytes:
    """Return a file of our own template, without the white space that only lays it out."""
    import importlib.resources

    text = (
        importlib.resources.files("svg2pptx_batch.deck")
        .joinpath("parts", file_name)
        .read_text("utf-8")
    )
    return re.sub(r"(?<=>)\n\s*", "", text).replace("?><", "?>\n<", 1).encode()


def _part(name: str, content_type: str, data: bytes) -> Part:
    return Part(name, content_type, deflate(data))


def _links(source: str, relationships: tuple[PartRelationship, ...]) -> Part:
    """Return the relationships part of part `source`."""
    return _part(
        package.relationships_name(source),
        package.TYPE_RELATIONSHIPS,
        package.relationships_xml(relationships),
    )


def _numbered(source: str, links: tuple[tuple[str, str], ...]) -> tuple[PartRelationship, ...]:
    """Return relationships rId1, rId2 … of `source` to parts given by type and name."""
    return tuple(
        PartRelationship(f"rId{number}", kind, package.relative(source, target))
        for number, (kind, target) in enumerate(links, 1)
    )


def _placeholder_boxes(slide: SlideSize) -> dict[str, int]:
    """Return the boxes of the master's placeholders, EMU, in fixed shares of the slide."""
    width, height = slide
    left = width * 7 // 100
    wide = width - 2 * left
    third = wide * 3 // 10
    return {
        "left": left,
        "wide": wide,
        "title_top": height * 5 // 100,
        "title_height": height * 19 // 100,
        "body_top": height * 26 // 100,
        "body_height": height * 63 // 100,
        "foot_top": height * 92 // 100,
        "foot_height": height * 5 // 100,
        "third": third,
        "middle": (width - third) // 2,
        "last": width - left - third,
    }


def template_size(path: pathlib.Path) -> SlideSize:
    """Return the slide size of a user's template.

    Raises:
        UsageError: It cannot be read as a presentation.
    """
    presentation = _open(path)
    return SlideSize(int(presentation.slide_width), int(presentation.slide_height))


def load_template(path: pathlib.Path, layout_name: str = "") -> Template:
    """Take master, layouts, theme and properties of a user's deck; its slides are left behind.

    Args:
        path: A .pptx file.
        layout_name: Layout for the slides, whatever the case; empty for its blank one, or else the
            one with the fewest placeholders.

    Raises:
        UsageError: It cannot be read as a presentation, or has no layout of that name.
    """
    presentation = _open(path)
    layout = _find_layout(presentation, layout_name, path)
    main = presentation.part
    for slide_id in list(presentation.slides._sldIdLst):
        main.drop_rel(slide_id.rId)
    name = _part_name(main)
    parts: list[Part] = []
    for part in _reachable(main.package._rels):
        if part is main:
            continue
        part_name = _part_name(part)
        parts.append(_part(part_name, str(part.content_type), bytes(part.blob)))
        links = _relationships(part.rels, part_name)
        if links:
            parts.append(_links(part_name, links))
    names = [part.name for part in parts]
    relationships = _relationships(main.rels, name)
    numbers = (_RELATIONSHIP_NUMBER.fullmatch(each.id) for each in relationships)
    slide_numbers = (_SLIDE_NUMBER.fullmatch(each) for each in names)
    return Template(
        parts=tuple(sorted(parts, key=lambda part: part.name)),
        presentation=name,
        presentation_xml=_marked(presentation.element),
        presentation_relationships=relationships,
        package_relationships=tuple(
            each
            for each in _relationships(main.package._rels, "")
            if each.type != package.REL_OFFICE_DOCUMENT
        ),
        layout=_part_name(layout.part),
        first_slide_number=1 + max((int(m[1]) for m in slide_numbers if m), default=0),
        first_relationship_number=1 + max((int(m[1]) for m in numbers if m), default=0),
    )


def _open(path: pathlib.Path) -> Any:
    """Open a deck with python-pptx."""
    import pptx
    from lxml import etree
    from pptx.exc import PythonPptxError

    remedy = "Give a presentation that PowerPoint opens, saved as .pptx."
    if not path.is_file():
        raise UsageError(f"Template {path} is not there.", remedy=remedy)
    try:
        return pptx.Presentation(str(path))
    except OSError as error:
        raise UsageError(
            f"Template {path} cannot be read: {error.strerror or error}.", remedy=remedy
        ) from error
    except (
        PythonPptxError,
        ValueError,
        KeyError,
        AttributeError,
        zipfile.BadZipFile,
        etree.LxmlError,
    ) as error:
        raise UsageError(f"Template {path} is no presentation: {error}.", remedy=remedy) from error


def _find_layout(presentation: Any, wanted: str, path: pathlib.Path) -> Any:
    layouts = [layout for master in presentation.slide_masters for layout in master.slide_layouts]
    if wanted:
        for layout in layouts:
            if layout.name.casefold() == wanted.casefold():
                return layout
        raise UsageError(
            f"Template {path} has no layout {wanted!r}.",
            remedy=f"Choose one of: {', '.join(layout.name for layout in layouts)}.",
        )
    if not layouts:
        raise UsageError(
            f"Template {path} has no layouts.", remedy="Give a presentation with a blank layout."
        )
    for layout in layouts:
        if layout.element.get("type") == "blank":
            return layout
    return min(layouts, key=lambda layout: len(layout.placeholders))


def _part_name(part: Any) -> str:
    return str(part.partname).removeprefix("/")


def _kept(relationships: Any) -> list[Any]:
    """Return the relationships that do not lead to what describes the template's own slides."""
    return [each for each in relationships.values() if not each.reltype.endswith(_LEFT_OUT)]


def _reachable(relationships: Any) -> list[Any]:
    """Return every part that kept relationships lead to, near ones first."""
    found: dict[str, Any] = {}
    waiting = [relationships]
    while waiting:
        for each in _kept(waiting.pop(0)):
            if not each.is_external and each.target_part.partname not in found:
                found[each.target_part.partname] = each.target_part
                waiting.append(each.target_part.rels)
    return list(found.values())


def _relationships(relationships: Any, source: str) -> tuple[PartRelationship, ...]:
    """Return python-pptx's relationships of part `source` ("" for the package) as our own."""
    return tuple(
        PartRelationship(each.rId, each.reltype, each.target_ref, external=True)
        if each.is_external
        else PartRelationship(
            each.rId, each.reltype, package.relative(source, _part_name(each.target_part))
        )
        for each in _kept(relationships)
    )


def _marked(element: Any) -> bytes:
    """Return the presentation part without its slides, holding the marks instead."""
    import copy

    from lxml import etree

    root = copy.deepcopy(element)
    pml = f"{{{P}}}"
    for tag in ("sldIdLst", "sldSz", "custShowLst", "photoAlbum"):
        for old in root.findall(pml + tag):
            root.remove(old)
    notes_size = root.find(f"{pml}notesSz")
    at = root.index(notes_size) if notes_size is not None else len(root)
    root.insert(at, etree.ProcessingInstruction("deck", "slides"))
    root.insert(at + 1, etree.ProcessingInstruction("deck", "size"))
    extensions = root.find(f"{pml}extLst")
    if extensions is None:
        extensions = etree.SubElement(root, f"{pml}extLst")
    for extension in list(extensions):
        if extension.get("uri") == SECTIONS_URI:
            extensions.remove(extension)
    extensions.append(etree.ProcessingInstruction("deck", "sections"))
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))


def default_type(part: Part) -> tuple[str, str] | None:
    """Return extension and media type if the part can do without an Override of its own."""
    extension = posixpath.splitext(part.name)[1].removeprefix(".").lower()
    if extension == "rels" or CONTENT_TYPES.get(extension) == part.content_type:
        return extension, part.content_type
    return None
