"""Jobs on a Dask cluster: the bytes of the local run, whatever happens to workers and scheduler."""

from __future__ import annotations

import shutil
import signal
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from svg2pptx_batch import ConvertOptions, Job, JobOptions, convert_many
from svg2pptx_batch.batch import cluster as clusters
from svg2pptx_batch.batch.report import JobState, TaskState
from svg2pptx_batch.errors import ClusterError, ExitCode, MissingExtraError, UsageError
from tests.support.clusters import Cluster, cluster
from tests.support.jobs import done_count, finish, make_icons, only_job, start, wait_for_done
from tests.support.slides import png

BROKEN = "<svg xmlns='http://www.w3.org/2000/svg'>\n<g></svg>"
TEXT = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">'
    '<text x="4" y="20">Word {0}</text></svg>'
)
REFERS = """<svg xmlns="http://www.w3.org/2000/svg" width="90" height="40">
<style>@import "looks/a.css";</style>
<rect class="a" width="9" height="9"/><rect class="b" x="20" width="9" height="9"/>
<image href="pic.png" x="40" width="9" height="9"/>
<image href="none.png" x="60" width="9" height="9"/>
<image href="../out.png" x="70" width="9" height="9"/></svg>"""


@pytest.fixture(scope="module")
def pair(tmp_path_factory) -> Iterator[Cluster]:
    """A cluster of two workers, which all tests that break nothing share."""
    with cluster(tmp_path_factory.mktemp("cluster")) as made:
        yield made


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    """Keep jobs and slides of each test apart."""
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SVG2PPTX_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def drawings(tmp_path):
    """Drawings of all kinds: with text, with files beside them, broken ones."""
    folder = make_icons(tmp_path / "in", 20)
    for number in range(4):
        (folder / f"text{number}.svg").write_text(TEXT.format(number))
    (folder / "refers.svg").write_text(REFERS)
    (folder / "looks").mkdir()
    (folder / "looks" / "a.css").write_text('@import "b.css"; .a { fill: #123456 }')
    (folder / "looks" / "b.css").write_text(".b { fill: #654321 }")
    (folder / "pic.png").write_bytes(png(200, 30, 30))
    (folder / "broken.svg").write_text(BROKEN)
    large = "".join(f"<path d='M{n % 20} {n % 17}h2v3z'/>" for n in range(60_000))
    (folder / "large.svg").write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20">'
        f"<!--{'x' * 1_100_000}-->{large[:30_000].rpartition('<')[0]}</svg>"
    )
    return folder


def convert(source, output, *, executor="local", options=None, **fields):
    return convert_many(
        source,
        output,
        options=options or ConvertOptions(),
        job_options=JobOptions(jobs=2, cache=False, executor=executor, **fields),
    )


def alike(first, second):
    """Return whether two reports tell the same of all files."""
    told = [
        [
            (row.name, row.state, row.code, row.message, row.fidelity, row.diagnostics)
            for row in report.files
        ]
        for report in (first, second)
    ]
    return told[0] == told[1]


@pytest.mark.parametrize("options", [{}, {"text": "outline", "notes": True, "titles": "name"}])
def test_the_deck_is_that_of_the_local_run(pair, drawings, tmp_path, options):
    options = ConvertOptions(**options)
    here = convert(drawings, tmp_path / "here" / "deck.pptx", options=options)
    there = convert(
        drawings, tmp_path / "there" / "deck.pptx", options=options, executor=pair.address
    )
    assert there.counts.done == 26
    assert alike(here, there)
    made = [(tmp_path / place / "deck.pptx").read_bytes() for place in ("here", "there")]
    assert made[0] == made[1]


@pytest.mark.parametrize("count", [200, pytest.param(2000, marks=pytest.mark.slow)])
def test_hundreds_of_files_give_the_bytes_of_the_local_run(pair, tmp_path, count):
    source = make_icons(tmp_path / "in", count)
    convert(source, tmp_path / "here" / "deck.pptx")
    there = convert(source, tmp_path / "there" / "deck.pptx", executor=pair.address)
    assert there.ok
    assert there.counts.done == count
    made = [(tmp_path / place / "deck.pptx").read_bytes() for place in ("here", "there")]
    assert made[0] == made[1]


def test_drawings_of_an_archive_bring_what_they_refer_to(pair, drawings, tmp_path):
    names = ["refers.svg", "pic.png", "looks/a.css", "looks/b.css"]
    archive = tmp_path / "in.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for name in names:
            packed.write(drawings / name, name)
    here = convert(archive, tmp_path / "here.pptx")
    there = convert(archive, tmp_path / "there.pptx", executor=pair.address)
    assert alike(here, there)
    assert there.counts.done == 1


def test_slides_made_there_count_here(pair, drawings, tmp_path):
    """What is kept of a slide holds on this machine: a second run converts nothing."""
    options = JobOptions(jobs=2, executor=pair.address)
    first = convert_many(drawings, tmp_path / "a.pptx", job_options=options)
    assert first.counts.cached == 0
    second = convert_many(drawings, tmp_path / "b.pptx", job_options=JobOptions(jobs=1))
    assert second.counts.cached == second.counts.done == first.counts.done


def test_a_poison_file_convicts_itself_alone(pair, tmp_path, monkeypatch):
    """Crashes, hangs and hogs break their own child: no worker dies, no other file suffers."""
    monkeypatch.setattr(clusters, "FUNCTION", "tests.support.tasks:remote_by_name")
    source = make_icons(tmp_path / "in", 30)
    for name in ("crash", "hang", "hog", "raise", "stop"):
        (source / f"{name}.svg").write_text(TEXT.format(name))
    workers = [psutil.Process(process.pid).children() for process in pair.workers]
    report = convert(
        source,
        tmp_path / "deck.pptx",
        executor=pair.address,
        timeout_s=12.0,
        memory_bytes=512 * 2**20,
    )
    states = {row.name.removesuffix(".svg"): row.state for row in report.failures}
    assert states == {
        "crash": TaskState.CRASHED,
        "hang": TaskState.TIMEOUT,
        "hog": TaskState.OUT_OF_MEMORY,
        "raise": TaskState.FAILED,
        "stop": TaskState.TIMEOUT,
    }
    attempts = {row.name: row.attempts for row in report.failures}
    assert attempts["crash.svg"] == 3
    assert report.counts.done == 30
    assert all(process.poll() is None for process in pair.workers)
    assert [each for each in workers[0] if each.is_running()]


def test_a_worker_that_is_another_is_named(pair, tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "_TRAITS", "tests.support.tasks:other_traits")
    source = make_icons(tmp_path / "in", 2)
    with pytest.raises(UsageError, match=r"tcp://127\.0\.0\.1:\d+ .*another set of fonts") as told:
        convert(source, tmp_path / "deck.pptx", executor=pair.address)
    assert told.value.exit_code is ExitCode.USAGE
    assert not (tmp_path / "deck.pptx").exists()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda package: (package / "version.py").write_text('__version__ = "0.0.0"'), "version"),
        (
            lambda package: (package / "frame.py").write_bytes(
                b"# another\n" + (package / "frame.py").read_bytes()
            ),
            "converter, or other lib",
        ),
        (lambda package: (package / "executors" / "guard.py").unlink(), "cannot convert"),
    ],
    ids=["version", "code", "none"],
)
def test_a_worker_of_another_version_is_refused(tmp_path, change, words):
    package = tmp_path / "other" / "svg2pptx_batch"
    shutil.copytree(
        Path(clusters.__file__).parents[1], package, ignore=shutil.ignore_patterns("*.pyc")
    )
    change(package)
    source = make_icons(tmp_path / "in", 2)
    with cluster(tmp_path / "cluster", workers=0) as made:
        made.add_worker(PYTHONPATH=str(package.parent))
        with pytest.raises(UsageError, match=r"The worker tcp://127\.0\.0\.1:\d+ ") as told:
            convert(source, tmp_path / "deck.pptx", executor=made.address)
    assert words in told.value.message
    assert told.value.remedy


def job_process(state: Path, source: Path, address: str, **more):
    function = more.pop("function", "tests.support.tasks:slow_remote")
    return start(
        state,
        source,
        state / "deck.pptx",
        function=function,
        executor=address,
        cache=False,
        heard=False,
        **more,
    )


def test_a_worker_killed_in_the_middle_costs_nothing(tmp_path):
    source = make_icons(tmp_path / "in", 150)
    convert(source, tmp_path / "here" / "deck.pptx")
    with cluster(tmp_path / "cluster") as made:
        process = job_process(tmp_path / "job", source, made.address)
        wait_for_done(tmp_path / "job", 30, process)
        made.workers[1].send_signal(signal.SIGKILL)
        code, _ = finish(process)
    assert code == 0
    deck = (tmp_path / "job" / "deck.pptx").read_bytes()
    assert deck == (tmp_path / "here" / "deck.pptx").read_bytes()


def test_a_dead_scheduler_interrupts_the_job_which_goes_on_here(tmp_path, monkeypatch):
    source = make_icons(tmp_path / "in", 500)
    convert(source, tmp_path / "here" / "deck.pptx")
    state = tmp_path / "job"
    with cluster(tmp_path / "cluster") as made:
        process = job_process(state, source, made.address)
        wait_for_done(state, 30, process)
        made.scheduler.send_signal(signal.SIGKILL)
        code, _ = finish(process)
    assert code == ExitCode.STOPPED
    done = done_count(state)
    assert 30 <= done < 500
    assert not (state / "deck.pptx").exists()
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(state))
    job = Job.open(only_job(state))
    assert job.status().state is JobState.INTERRUPTED
    assert "scheduler" in job.status().error
    report = job.resume(executor="local")
    assert report.state is JobState.DONE
    assert report.converted == 500 - done
    deck = (state / "deck.pptx").read_bytes()
    assert deck == (tmp_path / "here" / "deck.pptx").read_bytes()


def test_an_interrupted_run_tells_how_to_go_on_and_leaves_no_children(tmp_path):
    """After the second signal nothing of the job runs on the workers any more."""
    source = make_icons(tmp_path / "in", 2)
    (source / "hang.svg").write_text(TEXT.format("hang"))
    state = tmp_path / "job"
    with cluster(tmp_path / "cluster", workers=1, JOB_MARKS=str(state)) as made:
        process = job_process(
            state,
            source,
            made.address,
            function="tests.support.tasks:remote_by_name",
            timeout_s=0,
        )
        wait_for_done(state, 2, process)
        mark = state / "hang.svg.mark"
        while not mark.exists():
            assert process.poll() is None
        child = psutil.Process(int(mark.read_text().split()[0]))
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGTERM)
        code, _ = finish(process)
        assert code in (ExitCode.INTERRUPTED, ExitCode.TERMINATED)
        gone, _ = psutil.wait_procs([child], timeout=60)
        assert gone


def test_no_scheduler_is_told_and_the_job_can_go_on(tmp_path):
    pytest.importorskip("distributed", reason="needs the extra distributed")
    source = make_icons(tmp_path / "in", 2)
    options = JobOptions(jobs=1, executor="dask://127.0.0.1:1", cache=False)
    job = Job.create(source, tmp_path / "deck.pptx", job_options=options)
    with pytest.raises(ClusterError, match="No Dask scheduler answers") as told:
        job.run()
    assert "--executor local" in (told.value.remedy or "")
    assert Job.open(job.id).resume(executor="local").ok


def test_where_all_is_done_no_cluster_is_asked(tmp_path):
    pytest.importorskip("distributed", reason="needs the extra distributed")
    source = make_icons(tmp_path / "in", 2)
    convert_many(source, tmp_path / "a.pptx", job_options=JobOptions(jobs=1))
    options = JobOptions(executor="dask://127.0.0.1:1")
    assert convert_many(source, tmp_path / "b.pptx", job_options=options).ok


@pytest.mark.parametrize(
    "executor",
    ["", "dask", "dask://", "dask://host", "tcp://h:1", "dask://h:1/x", "dask://h:123456"],
)
def test_what_is_no_executor_is_refused(tmp_path, executor):
    source = make_icons(tmp_path / "in", 1)
    with pytest.raises(UsageError, match="no executor") as told:
        convert(source, tmp_path / "deck.pptx", executor=executor)
    assert "dask://HOST:PORT" in (told.value.remedy or "")


def test_without_the_extra_one_line_tells_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "find_spec", lambda _name: None)
    source = make_icons(tmp_path / "in", 1)
    with pytest.raises(MissingExtraError) as told:
        convert(source, tmp_path / "deck.pptx", executor="dask://127.0.0.1:1")
    assert told.value.exit_code is ExitCode.USAGE
    assert "svg2pptx-batch[distributed]" in (told.value.remedy or "")


def test_shares_can_be_made_on_a_cluster(pair, tmp_path):
    from svg2pptx_batch import merge

    source = make_icons(tmp_path / "in", 10)
    convert(source, tmp_path / "here" / "deck.pptx")
    parts = [tmp_path / f"{number}.part" for number in (1, 2)]
    for number, part in enumerate(parts, 1):
        executor = pair.address if number == 1 else "local"
        convert(source, part, executor=executor, shard=f"{number}/2")
    assert merge(parts, tmp_path / "deck.pptx").ok
    made = (tmp_path / "deck.pptx").read_bytes()
    assert made == (tmp_path / "here" / "deck.pptx").read_bytes()
