"""Tasks, ids and keys: what makes a result count, and what does not."""

from __future__ import annotations

import msgspec
import pytest

from svg2pptx_batch.batch import plan as planning
from svg2pptx_batch.batch.inputs import Selection, discover
from svg2pptx_batch.batch.plan import Planner, Spec, decode_plan, encode_plan, plan_job
from svg2pptx_batch.errors import ManifestError
from svg2pptx_batch.options import ConvertOptions, JobOptions, Limits, OutputMode, SortOrder

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.svg").write_text(SVG.format("<path d='M0 0h5v5z'/>"))
    (folder / "b.svg").write_text(SVG.format("<path d='M0 0h5v6z'/>"))
    return folder


def tasks(folder, options=None, job_options=None):
    found = discover([folder], Selection(recursive=True), Limits(), folder.parent / "spool")
    planner = Planner(options or ConvertOptions(), job_options or JobOptions())
    return planner.prepare(found.files, found.problems)[1]


def by_name(folder, **options):
    return {t.name: t for t in tasks(folder, ConvertOptions(**options))}


def test_keys_depend_on_content_and_options_only(source):
    first = by_name(source)
    assert by_name(source) == first
    assert first["a.svg"].key != first["b.svg"].key
    assert by_name(source, margin=3.0)["a.svg"].key != first["a.svg"].key
    (source / "b.svg").write_text(SVG.format("<path d='M0 0h5v7z'/>"))
    second = by_name(source)
    assert second["a.svg"] == first["a.svg"]
    assert second["b.svg"].key != first["b.svg"].key
    assert second["b.svg"].id != first["b.svg"].id


def test_copies_have_slides_of_their_own_because_titles_are_names(source):
    (source / "c.svg").write_bytes((source / "a.svg").read_bytes())
    found = by_name(source)
    assert found["c.svg"].digest == found["a.svg"].digest
    assert found["c.svg"].key != found["a.svg"].key
    assert found["c.svg"].id != found["a.svg"].id


def test_another_converter_makes_other_keys(source, monkeypatch):
    first = by_name(source)
    monkeypatch.setattr(planning, "converter_fingerprint", lambda: "another")
    assert by_name(source)["a.svg"].key != first["a.svg"].key


def test_what_cannot_be_read_fails_alone(source):
    found = discover([source], Selection(), Limits(), source.parent / "spool")
    (source / "a.svg").unlink()
    _, (a, b) = Planner(ConvertOptions(), JobOptions()).prepare(found.files)
    assert a.failure.code == "unreadable"
    assert a.failure.remedy
    assert b.failure is None


def test_sizes_of_drawings_that_have_none_fail_in_the_plan(source):
    (source / "a.svg").write_text("not an svg")
    each = JobOptions(mode=OutputMode.FOLDER)
    a, b = tasks(source, ConvertOptions(slide_size="svg"), each)
    assert a.failure is not None
    assert b.failure is None
    merged = tasks(source, ConvertOptions(slide_size="svg"))
    assert merged[0].slide == merged[1].slide


def test_a_plan_made_again_is_the_same_until_a_file_changes(source):
    found = discover([source], Selection(), Limits(), source.parent / "spool")
    planner = Planner(ConvertOptions(), JobOptions())
    slide, first = planner.prepare(found.files, found.problems)
    assert planner.again(first) == (slide, first)
    (source / "b.svg").write_text(SVG.format("<g/>"))
    assert planner.again(first)[1][0] == first[0]
    assert planner.again(first)[1][1].key != first[1].key


def test_specs_that_are_the_same_job(source):
    spec = Spec(
        sources=(str(source),),
        folder="/",
        output="/o.pptx",
        options=ConvertOptions(),
        job_options=JobOptions(),
        selection=Selection(),
    )

    def changed(**fields):
        return msgspec.structs.replace(spec, **fields).digest != spec.digest

    assert not changed(job_options=JobOptions(jobs=7, timeout_s=3, retries=0, memory_bytes=0))
    assert not changed(status_file="/s.json")
    assert changed(job_options=JobOptions(mode=OutputMode.ZIP))
    assert changed(job_options=JobOptions(name_template="{index}"))
    assert changed(options=ConvertOptions(fallback_dpi=96))
    assert changed(selection=Selection(sort=SortOrder.NAME))
    assert changed(output="/p.pptx")
    assert changed(sources=())
    assert not changed(folder="/elsewhere")
    assert not changed(sources=(f"{source}/",))
    assert not changed(sources=(source.name,), folder=str(source.parent))
    assert changed(sources=("x",))


def test_plans_survive_their_file_and_other_versions_are_refused(source):
    found = discover([source], Selection(), Limits(), source.parent / "spool")
    spec = Spec(
        sources=(str(source),),
        folder="/",
        output="/o.pptx",
        options=ConvertOptions(font_dirs=("/f",)),
        job_options=JobOptions(),
        selection=Selection(),
    )
    plan = plan_job("id", "2026-01-01", spec, found, Planner(spec.options, spec.job_options))
    data = encode_plan(plan)
    assert decode_plan(data, "job.json") == plan
    with pytest.raises(ManifestError, match="version 2"):
        decode_plan(data.replace(b'{"v":1', b'{"v":2', 1), "job.json")
    with pytest.raises(ManifestError, match="cannot be understood"):
        decode_plan(data[:-1], "job.json")
