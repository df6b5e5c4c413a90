"""The names users import, and what importing them costs."""

from __future__ import annotations

import hashlib
import importlib
import subprocess
import sys
import zipfile

import pytest

import svg2pptx_batch
from svg2pptx_batch.errors import NotSvgError, OutputError, UnreadableError, UsageError, XmlError
from svg2pptx_batch.options import ConvertOptions

NAMES = {
    "ConvertOptions",
    "Diagnostic",
    "ExitCode",
    "Inspection",
    "BatchJobManager",
    "Job",
    "JobOptions",
    "Report",
    "Svg2PptxError",
    "__version__",
    "convert",
    "convert_many",
    "inspect",
    "merge",
}
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M1 1h5v5z"/></svg>'


def test_the_public_names_are_these_and_all_load():
    assert set(svg2pptx_batch.__all__) == NAMES == set(dir(svg2pptx_batch))
    for name in NAMES:
        assert getattr(svg2pptx_batch, name)
    with pytest.raises(AttributeError, match="nonsense"):
        svg2pptx_batch.nonsense  # noqa: B018


@pytest.mark.parametrize(
    "before", ["", "import svg2pptx_batch.conversion", "import svg2pptx_batch.api"]
)
def test_convert_is_the_function_whatever_was_imported_before(before):
    code = f"{before}\nfrom svg2pptx_batch import convert\nprint(type(convert).__name__)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert out.stdout == "function\n"


def test_one_file_becomes_one_deck_in_process_and_without_a_job(tmp_path, monkeypatch):
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "logo.svg").write_bytes(SVG)
    report = svg2pptx_batch.convert(tmp_path / "logo.svg", tmp_path / "logo.pptx")
    assert report.ok
    assert (report.files[0].name, report.files[0].state) == ("logo.svg", "done")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["logo.pptx", "logo.svg"]
    svg2pptx_batch.convert(SVG, str(tmp_path / "bytes.pptx"))
    with zipfile.ZipFile(tmp_path / "bytes.pptx") as a, zipfile.ZipFile(report.outputs[0]) as b:
        one, two = (each.read("ppt/slides/slide1.xml") for each in (a, b))
    assert one.replace(b'name="drawing.svg"', b'name="logo.svg"') == two


def test_one_file_and_the_slide_is_the_drawing_s_own_size(tmp_path):
    svg = SVG.replace(b"<svg ", b"<svg width='200' height='100' ")
    svg2pptx_batch.convert(svg, tmp_path / "d.pptx", options=ConvertOptions(slide_size="svg"))
    with zipfile.ZipFile(tmp_path / "d.pptx") as archive:
        assert b'cx="1905000" cy="952500"' in archive.read("ppt/presentation.xml")


@pytest.mark.parametrize(
    ("source", "error"),
    [(b"<svg><g></svg>", XmlError), (b"<html/>", NotSvgError), ("missing.svg", UnreadableError)],
)
def test_one_bad_file_is_an_exception_and_leaves_the_output(tmp_path, source, error):
    (tmp_path / "d.pptx").write_text("old")
    with pytest.raises(error):
        svg2pptx_batch.convert(source, tmp_path / "d.pptx")
    assert (tmp_path / "d.pptx").read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["d.pptx"]


def test_a_deck_of_one_file_tells_where_it_came_from(tmp_path):
    (tmp_path / "logo.svg").write_bytes(SVG)
    svg2pptx_batch.convert(tmp_path / "logo.svg", tmp_path / "d.pptx")
    with zipfile.ZipFile(tmp_path / "d.pptx") as archive:
        core = archive.read("docProps/core.xml").decode()
    assert "<dc:subject>logo.svg</dc:subject>" in core
    assert f"sha256:{hashlib.sha256(SVG).hexdigest()}<" in core


def test_settings_and_outputs_of_one_file_are_checked(tmp_path):
    with pytest.raises(UsageError):
        svg2pptx_batch.convert(SVG, tmp_path / "d.pptx", options=ConvertOptions(slide_size="?"))
    with pytest.raises(OutputError):
        svg2pptx_batch.convert(SVG, tmp_path)


@pytest.mark.parametrize(
    ("room", "name"),
    [
        ("svg", "parse"),
        ("resolve", "resolve"),
        ("lower", "lower"),
        ("drawingml", "write_slide"),
        ("deck", "DeckWriter"),
        ("executors", "Executor"),
    ],
)
def test_the_doors_for_tool_makers_are_told_where_they_stand(room, name):
    module = importlib.import_module(f"svg2pptx_batch.{room}")
    assert getattr(module, name).__doc__
    assert f"`{name}" in module.__doc__


def test_one_file_can_be_judged(tmp_path):
    faded = SVG.replace(b"<path", b'<path style="mix-blend-mode: screen"')
    found = svg2pptx_batch.inspect(faded, fail_on="rasterised")
    assert (found.objected, found.elements, found.fidelity["rasterised"]) == (True, 1, 1)
    (remark,) = found.diagnostics
    assert (remark.code, remark.element, remark.line) == ("blend-rasterised", "path", 1)
    assert not svg2pptx_batch.inspect(faded, fail_on="dropped").objected
    report = svg2pptx_batch.convert(faded, tmp_path / "a.pptx", fail_on="rasterised")
    assert not report.ok and (tmp_path / "a.pptx").exists()
    assert report.objections == report.files
    with pytest.raises(UsageError, match="sometimes"):
        svg2pptx_batch.inspect(SVG, fail_on="sometimes")
