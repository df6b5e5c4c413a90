"""The task function: values in, values out, whatever the drawing."""

from __future__ import annotations

import gzip
import hashlib

import msgspec
import pytest

from svg2pptx_batch.batch import worker
from svg2pptx_batch.batch.inputs import InputFile
from svg2pptx_batch.batch.messages import (
    WORKDIR_CODE,
    Converted,
    Order,
    Refused,
    Setting,
    decode_result,
    encode,
)
from svg2pptx_batch.batch.objects import ObjectReader
from svg2pptx_batch.deck import unpack
from svg2pptx_batch.diagnostics import Diagnostic, Fidelity, Severity
from svg2pptx_batch.options import ConvertOptions, Limits, SlideSize

SLIDE = SlideSize(12192000, 6858000)


@pytest.fixture
def order(tmp_path):
    path = tmp_path / "a.svg"
    path.write_text('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect/></svg>')
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return Order(InputFile("a.svg", str(path), 1), digest, "k" * 64, SLIDE)


@pytest.fixture
def run(tmp_path):
    (tmp_path / "objects").mkdir()
    setting = Setting(ConvertOptions(), Limits(), str(tmp_path / "objects"))
    return lambda order, setting=setting: decode_result(
        worker.convert_task((encode(setting), encode(order)))
    )


def test_slides_lie_where_they_are_said_to(order, run, tmp_path):
    first, second = run(order), run(order)
    assert isinstance(first, Converted)
    assert second.slide.offset == first.slide.size
    with ObjectReader(tmp_path / "objects") as reader:
        for result in (second, first):
            data = reader.get(result.slide)
            assert len(data) == result.slide.size
            assert unpack(data).xml.size > 0
    assert [p.name for p in (tmp_path / "objects").iterdir()] == [first.slide.pack]


def test_equal_orders_give_equal_results(order, run):
    first, second = run(order), run(order)
    assert first.slide.digest == second.slide.digest
    assert (first.fidelity, first.diagnostics) == (second.fidelity, second.diagnostics)


def test_a_bad_drawing_is_a_value(order, run, tmp_path):
    data = b"<svg xmlns='http://www.w3.org/2000/svg'>\n<g>\n</svg>"
    (tmp_path / "a.svg").write_bytes(data)
    result = run(msgspec.structs.replace(order, digest=hashlib.sha256(data).hexdigest()))
    assert isinstance(result, Refused)
    assert (result.failure.code, result.failure.line, result.failure.state) == ("xml", 3, "invalid")


def test_the_limit_holds_for_what_is_unpacked(order, run, tmp_path):
    data = gzip.compress(b"<svg xmlns='http://www.w3.org/2000/svg'>%s</svg>" % (b" " * 5000))
    (tmp_path / "a.svg").write_bytes(data)
    order = msgspec.structs.replace(order, digest=hashlib.sha256(data).hexdigest())
    assert isinstance(run(order), Converted)
    limits = Limits(max_file_bytes=len(data) + 1000)
    result = run(order, Setting(ConvertOptions(), limits, str(tmp_path / "objects")))
    assert (result.failure.code, result.failure.state) == ("limit", "invalid")
    assert "--max-file-size" in result.failure.remedy


def test_content_that_changed_since_it_was_planned_is_not_stored(order, run, tmp_path):
    result = run(msgspec.structs.replace(order, digest="0" * 64))
    assert result.failure.code == "changed"
    assert list((tmp_path / "objects").iterdir()) == []


def test_a_defect_is_a_value_with_its_traceback(order, run, monkeypatch):
    monkeypatch.setattr(worker, "convert_svg", lambda *a, **k: {}["x"])
    result = run(order)
    assert (result.failure.code, result.failure.state) == ("defect", "failed")
    assert "KeyError" in result.failure.message
    assert "Traceback" in result.log


def test_exhausted_memory_is_left_to_the_pool(order, run, monkeypatch):
    def exhausted(*args, **kwargs):
        raise MemoryError

    monkeypatch.setattr(worker, "convert_svg", exhausted)
    with pytest.raises(MemoryError):
        run(order)


def test_a_folder_that_takes_no_slide_is_no_fault_of_the_file(order, run, tmp_path):
    setting = Setting(ConvertOptions(), Limits(), str(tmp_path / "none"))
    assert run(order, setting).failure.code == WORKDIR_CODE


def test_diagnostics_are_cut_by_kind_the_worst_ends_first():
    infos = [Diagnostic("info", f"{i}", line=i) for i in range(90)]
    warnings = [Diagnostic("warn", f"{i}", severity=Severity.WARNING) for i in range(3)]
    lost = [Diagnostic("lost", f"{i}", Fidelity.DROPPED) for i in range(2)]
    painted = [Diagnostic("painted", f"{i}", Fidelity.RASTERISED) for i in range(2)]
    kept, more = worker.compact((*infos, *warnings, *painted, *lost))
    assert kept == (*lost, *painted, *warnings, *infos[:20])
    assert more == 70
    assert worker.compact(tuple(infos[:4])) == (tuple(infos[:4]), 0)
