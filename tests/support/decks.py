"""What every test of a deck wants: does it open, and what is in it."""

from __future__ import annotations

import functools
import io
import pathlib
import posixpath
import tempfile
import zipfile
from dataclasses import dataclass
from typing import Any, BinaryIO

from svg2pptx_batch.deck.lint import lint

NAMESPACES = {
    "a": "http://schemas.openxmlformats.org/drawingml/2006/main",
    "p": "http://schemas.openxmlformats.org/presentationml/2006/main",
    "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
}
_LEAVES = ("sp", "cxnSp", "pic", "graphicFrame")


def assert_opens(deck: pathlib.Path | BinaryIO) -> None:
    """Fail unless a deck passes our lint and openxml-audit, and python-pptx opens and saves it."""
    findings = lint(deck)
    assert not findings, findings[:10]
    if isinstance(deck, pathlib.Path):
        _assert_others_agree(deck)
        return
    deck.seek(0)
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "deck.pptx"
        copy.write_bytes(deck.read())
        _assert_others_agree(copy)


def _assert_others_agree(deck: pathlib.Path) -> None:
    from pptx import Presentation

    result = _validator().validate(deck)
    assert result.is_valid, [str(error) for error in result.errors[:10]]
    presentation = Presentation(str(deck))
    for slide in presentation.slides:
        assert slide.slide_layout is not None
    presentation.save(io.BytesIO())


@functools.cache
def _validator() -> Any:
    from openxml_audit import OpenXmlValidator

    return OpenXmlValidator()


@dataclass(frozen=True)
class ReadSlide:
    """A slide as it stands in a deck.

    Attributes:
        part: Name of its part.
        root: Its root element, of lxml.
        relationships: Targets by id; parts by name, others by address.
        kinds: Last word of each relationship's type by id.
    """

    part: str
    root: Any
    relationships: dict[str, str]
    kinds: dict[str, str]

    def find(self, xpath: str) -> list[Any]:
        """Return what an XPath finds; prefixes a, p and r are known."""
        return list(self.root.xpath(xpath, namespaces=NAMESPACES))

    @property
    def leaves(self) -> list[Any]:
        """Shapes, connectors and pictures, bottom first, out of all groups."""
        return [e for e in self.root.iter() if _local(e) in _LEAVES]

    @property
    def kinds_of_leaves(self) -> list[str]:
        """`sp`, `cxnSp` or `pic` of each leaf."""
        return [_local(e) for e in self.leaves]

    @property
    def names(self) -> list[str]:
        """Names of shapes and groups, in document order, without that of the root."""
        return [e.get("name", "") for e in self.find(".//p:cNvPr")][1:]

    @property
    def texts(self) -> list[str]:
        """Text of each paragraph."""
        return [
            "".join(t.text or "" for t in p.iter(f"{{{NAMESPACES['a']}}}t"))
            for p in self.find(".//a:p")
        ]


def _local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def read_slides(deck: pathlib.Path | BinaryIO) -> list[ReadSlide]:
    """Return the slides of a deck in the order the presentation lists them."""
    from lxml import etree

    with zipfile.ZipFile(deck) as archive:
        targets, _ = _relationships(archive, "ppt/presentation.xml")
        presentation = etree.fromstring(archive.read("ppt/presentation.xml"))
        slides = []
        for each in presentation.iter(f"{{{NAMESPACES['p']}}}sldId"):
            part = targets[each.get(f"{{{NAMESPACES['r']}}}id")]
            root = etree.fromstring(archive.read(part))
            slides.append(ReadSlide(part, root, *_relationships(archive, part)))
        return slides


def read_part(deck: pathlib.Path | BinaryIO, name: str) -> bytes:
    """Return the content of one part."""
    with zipfile.ZipFile(deck) as archive:
        return archive.read(name)


def part_names(deck: pathlib.Path | BinaryIO) -> list[str]:
    """Return the names of all parts, in the order they stand in the file."""
    with zipfile.ZipFile(deck) as archive:
        return archive.namelist()


def _relationships(archive: zipfile.ZipFile, part: str) -> tuple[dict[str, str], dict[str, str]]:
    from lxml import etree

    folder, name = posixpath.split(part)
    root = etree.fromstring(archive.read(f"{folder}/_rels/{name}.rels"))
    targets, kinds = {}, {}
    for each in root:
        target = each.get("Target")
        if each.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, target))[1:]
        targets[each.get("Id")] = target
        kinds[each.get("Id")] = each.get("Type").rpartition("/")[2]
    return targets, kinds
