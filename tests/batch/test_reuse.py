"""Slides that are used again: exactly those that would come out the same."""

from __future__ import annotations

import gzip
import shutil

import pytest

from svg2pptx_batch import ConvertOptions, JobOptions, convert_many
from svg2pptx_batch.batch import fingerprint, plan
from svg2pptx_batch.batch.dependencies import Checker, Dependencies, RecordingLoader
from svg2pptx_batch.batch.inputs import InputFile
from svg2pptx_batch.svg.resources import FolderLoader
from tests.support.fonts import build_font
from tests.support.jobs import make_icons

ONE = JobOptions(jobs=1)
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00%b\x00\x00\x00!\xf9\x04\x01\x00\x00\x00\x00,"
    b"\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
RED, BLUE = PIXEL % b"\xff\x00\x00", PIXEL % b"\x00\x00\xff"


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


def run(source, tmp_path, name="deck.pptx", *, options=ConvertOptions(), **job):  # noqa: B008
    return convert_many(
        source, tmp_path / name, options=options, job_options=JobOptions(jobs=1, **job)
    )


def made(report):
    """Return the names of the files that were converted, not found."""
    return sorted(file.name for file in report.files if file.state == "done")


def test_what_has_not_changed_is_not_converted_and_gives_the_same_bytes(source, tmp_path):
    make_icons(source, 9)
    first = run(source, tmp_path)
    deck = (tmp_path / "deck.pptx").read_bytes()
    again = run(source, tmp_path)
    assert (first.converted, first.counts.cached) == (9, 0)
    assert (again.converted, again.counts.cached, again.counts.done) == (0, 9, 9)
    assert {file.state for file in again.files} == {"cached"}
    assert [f.fidelity for f in again.files] == [f.fidelity for f in first.files]
    assert (tmp_path / "deck.pptx").read_bytes() == deck


def test_three_that_changed_are_three_that_are_converted(source, tmp_path):
    make_icons(source, 9)
    run(source, tmp_path)
    for number in (2, 5, 7):
        path = source / f"icon{number}.svg"
        path.write_text(path.read_text().replace("<circle", "<circle stroke='red'"))
    again = run(source, tmp_path)
    assert made(again) == ["icon2.svg", "icon5.svg", "icon7.svg"]
    fresh = run(source, tmp_path, "fresh/deck.pptx", cache=False)
    assert fresh.converted == 9
    assert (tmp_path / "deck.pptx").read_bytes() == (tmp_path / "fresh" / "deck.pptx").read_bytes()


def test_another_output_and_another_form_use_the_same_slides(source, tmp_path):
    make_icons(source, 4)
    run(source, tmp_path)
    assert run(source, tmp_path, "other.zip").counts.cached == 4
    assert run(source, tmp_path, "other.pptx", options=ConvertOptions(margin=5)).converted == 4


def test_no_cache_neither_takes_nor_gives(source, tmp_path):
    make_icons(source, 4)
    assert run(source, tmp_path, cache=False).converted == 4
    assert run(source, tmp_path).converted == 4
    assert run(source, tmp_path, cache=False).converted == 4


def test_another_converter_uses_nothing(source, tmp_path, monkeypatch):
    make_icons(source, 2)
    run(source, tmp_path)
    monkeypatch.setattr(plan, "converter_fingerprint", lambda: "another")
    assert run(source, tmp_path).converted == 2


def test_the_fingerprint_of_the_converter_is_its_code_and_its_libraries(monkeypatch):
    first = fingerprint.converter_fingerprint()
    assert fingerprint.converter_fingerprint.__wrapped__() == first
    versions = {"lxml": "0"}
    real = fingerprint.metadata.version
    monkeypatch.setattr(
        fingerprint.metadata, "version", lambda name: versions.get(name) or real(name)
    )
    assert fingerprint.converter_fingerprint.__wrapped__() != first


@pytest.mark.parametrize(
    ("name", "reference", "file"),
    [
        ("r.svg", "<image width='9' height='9' href='pic.gif'/>", "pic.gif"),
        ("r.svgz", "<image width='9' height='9' href='pic.gif'/>", "pic.gif"),
        (
            "r.svg",
            "<image width='9' height='9' xmlns:x='http://www.w3.org/1999/xlink' "
            "x:href='a&amp;b%20%C3%BC.gif'/>",
            "a&b ü.gif",
        ),
        (
            "r.svg",
            "<filter id='f'><feImage href='pic.gif'/></filter>"
            "<path d='M0 0h9v9z' filter='url(#f)'/>",
            "pic.gif",
        ),
    ],
    ids=["href", "packed", "xlink", "feImage"],
)
def test_a_picture_that_changes_counts(source, tmp_path, name, reference, file):
    drawing = SVG.format(reference).encode()
    (source / name).write_bytes(gzip.compress(drawing) if name.endswith("z") else drawing)
    make_icons(source, 1)
    (source / file).write_bytes(RED)
    assert len(made(run(source, tmp_path))) == 2
    assert made(run(source, tmp_path)) == []
    (source / file).write_bytes(BLUE)
    assert made(run(source, tmp_path)) == [name]
    (source / file).unlink()
    assert made(run(source, tmp_path)) == [name]
    assert made(run(source, tmp_path)) == []
    (source / file).write_bytes(RED)
    assert made(run(source, tmp_path)) == [name]


def test_a_style_sheet_that_changes_counts(source, tmp_path):
    (source / "r.svg").write_text(
        SVG.format("<style>@import 's.css';</style><path d='M0 0h9v9z'/>")
    )
    (source / "s.css").write_text("path { fill: red }")
    run(source, tmp_path)
    assert made(run(source, tmp_path)) == []
    (source / "s.css").write_text("path { fill: lime }")
    assert made(run(source, tmp_path)) == ["r.svg"]


def test_the_same_drawing_elsewhere_is_the_same_if_it_sees_the_same(source, tmp_path):
    (source / "r.svg").write_text(SVG.format("<image width='9' height='9' href='pic.gif'/>"))
    (source / "pic.gif").write_bytes(RED)
    run(source, tmp_path)
    other = shutil.copytree(source, tmp_path / "other")
    assert made(run(other, tmp_path, "o.pptx")) == []
    (other / "pic.gif").write_bytes(BLUE)
    assert made(run(other, tmp_path, "o.pptx")) == ["r.svg"]


def test_fonts_count_where_there_is_text_of_any_kind(source, tmp_path):
    (source / "t.svg").write_text(SVG.format("<text y='5' font-size='3'>x</text>"))
    (source / "h.svg").write_text(
        SVG.format(
            "<foreignObject width='9' height='9'>"
            "<p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>"
        )
    )
    inner = SVG.format("<text y='9'>x</text>").replace("<", "%3C").replace('"', "'")
    (source / "i.svg").write_text(
        SVG.format(f'<image width="9" height="9" href="data:image/svg+xml,{inner}"/>')
    )
    (source / "e.svg").write_text(
        "<!DOCTYPE svg [<!ENTITY t '&#60;text y=\"5\">x&#60;/text>'>]>" + SVG.format("&t;")
    )
    make_icons(source, 2)
    fonts = tmp_path / "fonts"
    fonts.mkdir()
    build_font(fonts, "One")
    options = ConvertOptions(font_dirs=(str(fonts),))
    assert len(made(run(source, tmp_path, options=options))) == 6
    assert made(run(source, tmp_path, options=options)) == []
    build_font(fonts, "Two")
    again = made(run(source, tmp_path, options=options))
    assert again == ["e.svg", "h.svg", "i.svg", "t.svg"]


def test_what_changes_while_it_is_read_is_never_used_again(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one")
    loader = RecordingLoader(FolderLoader(tmp_path, tmp_path))
    loader.load("a.txt")
    (tmp_path / "a.txt").write_bytes(b"two")
    loader.load("a.txt")
    file = InputFile("x.svg", str(tmp_path / "x.svg"), 1, "x", str(tmp_path), str(tmp_path))
    checker = Checker(ConvertOptions())
    assert not checker.holds(Dependencies("", loader.references), file)


def test_addresses_without_end_are_not_kept_and_never_used_again(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"one")
    loader = RecordingLoader(FolderLoader(tmp_path, tmp_path))
    for number in range(3000):
        loader.load(f"a.txt?{number:050}")
    assert len(loader.references) == 1
    file = InputFile("x.svg", str(tmp_path / "x.svg"), 1, "x", str(tmp_path), str(tmp_path))
    assert not Checker(ConvertOptions()).holds(Dependencies("", loader.references), file)


def test_data_addresses_are_part_of_the_drawing_and_not_kept():
    from svg2pptx_batch.svg.resources import DataLoader

    loader = RecordingLoader(DataLoader())
    assert loader.load(" data:text/plain,x").data == b"x"
    assert loader.references == {}
