"""One drawing without a job: converted in this process."""

from __future__ import annotations

import zipfile

import pytest

from svg2pptx_batch import ConvertOptions, convert
from svg2pptx_batch.errors import ExitCode, NotSvgError, OutputError, UnreadableError
from svg2pptx_batch.options import FailOn

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="192" height="96"><title>T</title>%s</svg>'
BLENDED = SVG % b'<rect width="15" height="5" style="mix-blend-mode: multiply"/>'


def test_a_file_becomes_a_deck_of_one_slide(tmp_path):
    (tmp_path / "a.svg").write_bytes(SVG % b'<rect width="5" height="5"/>')
    report = convert(tmp_path / "a.svg", tmp_path / "a.pptx")
    assert report.ok
    assert (report.job, report.counts.done, report.files[0].name) == ("", 1, "a.svg")
    assert report.outputs == (str(tmp_path / "a.pptx"),)
    assert report.objections == ()
    with zipfile.ZipFile(tmp_path / "a.pptx") as deck:
        assert "ppt/slides/slide1.xml" in deck.namelist()


def test_bytes_become_one_too_as_large_as_the_drawing(tmp_path):
    options = ConvertOptions(slide_size="svg")
    assert convert(SVG % b"", tmp_path / "a.pptx", options=options).ok
    with zipfile.ZipFile(tmp_path / "a.pptx") as deck:
        assert b'cx="1828800" cy="914400"' in deck.read("ppt/presentation.xml")


def test_what_is_objected_to_is_written_all_the_same(tmp_path):
    report = convert(BLENDED, tmp_path / "a.pptx", fail_on=FailOn.APPROXIMATED)
    assert report.exit_code is ExitCode.SOME_FAILED
    assert [file.name for file in report.objections] == ["drawing.svg"]
    assert (tmp_path / "a.pptx").exists()


def test_what_cannot_be_converted_leaves_no_deck(tmp_path):
    with pytest.raises(NotSvgError):
        convert(b"<html/>", tmp_path / "a.pptx")
    with pytest.raises(UnreadableError):
        convert(tmp_path / "none.svg", tmp_path / "a.pptx")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "d.pptx").mkdir()
    with pytest.raises(OutputError):
        convert(SVG % b"", tmp_path / "d.pptx")
