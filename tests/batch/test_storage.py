"""Inputs and outputs elsewhere: what is taken and written, and what happens when that fails."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from svg2pptx_batch import ConvertOptions, Job, JobOptions, convert_many, merge
from svg2pptx_batch.batch import storage
from svg2pptx_batch.batch.inputs import Selection, discover
from svg2pptx_batch.batch.report import JobState
from svg2pptx_batch.batch.storage import is_address, local_path, located
from svg2pptx_batch.errors import (
    ExitCode,
    InputError,
    MissingExtraError,
    NoInputError,
    OutputError,
    UsageError,
)
from svg2pptx_batch.options import Limits, OutputMode, SortOrder

fsspec = pytest.importorskip("fsspec", reason="the extra `distributed` is not installed")

from fsspec.implementations.memory import MemoryFileSystem  # noqa: E402
from fsspec.registry import known_implementations  # noqa: E402

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>'
ONE = JobOptions(jobs=1, cache=False)


class Faulty(MemoryFileSystem):
    """A storage that fails as it is told."""

    protocol = "faulty"
    store = MemoryFileSystem.store
    pseudo_dirs = MemoryFileSystem.pseudo_dirs
    unreadable: frozenset[str] = frozenset()
    writable = True
    on_write = None

    @classmethod
    def _strip_protocol(cls, path):
        return super()._strip_protocol(path.replace("faulty://", "memory://"))

    def cat_file(self, path, *arguments, **options):
        if path.rpartition("/")[2] in Faulty.unreadable:
            raise PermissionError("Forbidden. Ask the owner.\nTrace: 17")
        return super().cat_file(path, *arguments, **options)

    def _open(self, path, mode="rb", **options):
        if mode == "wb" and Faulty.on_write:
            Faulty.on_write()
        if mode == "wb" and not Faulty.writable:
            raise RuntimeError("Quota exceeded.")
        return super()._open(path, mode, **options)


@pytest.fixture
def memory(monkeypatch):
    """Storage in this process alone, empty at first."""
    fsspec.register_implementation("faulty", Faulty, clobber=True)
    monkeypatch.setattr(Faulty, "unreadable", frozenset())
    monkeypatch.setattr(Faulty, "writable", True)
    monkeypatch.setattr(Faulty, "on_write", None)
    files = fsspec.filesystem("memory")
    files.store.clear()
    files.pseudo_dirs[:] = [""]
    yield files
    files.store.clear()


@pytest.fixture
def stored(memory, icons):
    """The icons, in storage."""
    for icon in icons.iterdir():
        memory.pipe_file(f"/assets/icons/{icon.name}", icon.read_bytes())
    return memory


@pytest.fixture
def find(tmp_path):
    def run(*sources, limits=None, **selection):
        return discover(sources, Selection(**selection), limits or Limits(), tmp_path / "spool")

    return run


def names(found) -> list[str]:
    return [file.name for file in found.files]


def problems(found) -> list[tuple[str, str]]:
    return [(problem.source, problem.code) for problem in found.problems]


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("s3://bucket/icons", True),
        ("GS://bucket", True),
        ("memory://a", True),
        ("file:///a/b", False),
        ("FILE:///a/b", False),
        ("a/b.svg", False),
        (r"C:\icons", False),
        ("c://icons", False),
        ("s3:/bucket", False),
        ("", False),
    ],
)
def test_what_an_address_is(text, address):
    assert is_address(text) is address


def test_file_addresses_are_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert local_path((tmp_path / "a b.svg").as_uri()) == str(tmp_path / "a b.svg")
    assert local_path("file://localhost/a") == os.sep + "a"
    assert located("file:///a/../b") == str(Path("/b").absolute())
    assert located("x.svg", str(tmp_path / "in")) == str(tmp_path / "in" / "x.svg")
    assert located("s3://a/../b") == "s3://a/../b"
    with pytest.raises(UsageError, match="another machine"):
        local_path("file://server/share/a.svg")


def test_file_addresses_need_no_extra(icons, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "find_spec", lambda _name: None)
    deck = tmp_path / "deck.pptx"
    report = convert_many([icons.as_uri()], deck.as_uri(), job_options=ONE)
    assert (report.exit_code, report.outputs) == (ExitCode.OK, (str(deck),))
    assert deck.exists()


def test_a_folder_gives_its_own_files_and_with_recursive_those_below(memory, find):
    for name in (
        "b.svg",
        "a10.svg",
        "a9.SVG",
        "sub/c.svgz",
        ".hidden.svg",
        "sub/.git/d.svg",
        "x.txt",
    ):
        memory.pipe_file(f"/in/{name}", SVG)
    assert (
        names(find("memory://in")) == names(find("memory://in/")) == ["a9.SVG", "a10.svg", "b.svg"]
    )
    found = find("memory://in", recursive=True)
    assert names(found) == ["a9.SVG", "a10.svg", "b.svg", "sub/c.svgz"]
    assert found.files[0].source == found.files[0].address == "memory://in/a9.SVG"
    assert Path(found.files[0].path).read_bytes() == SVG


def test_a_folder_that_has_only_folders_says_so(memory, find):
    memory.pipe_file("/in/sub/a.svg", SVG)
    with pytest.raises(NoInputError, match=r"No SVG was found") as told:
        find("memory://in")
    assert "-r" in told.value.remedy


def test_patterns(memory, find):
    for name in ("a.svg", "b.svg", "sub/a.svg", "sub/deep/a.svg", "a.txt", "[1].svg"):
        memory.pipe_file(f"/in/{name}", SVG)
    assert names(find("memory://in/a.*")) == ["a.svg"]
    assert names(find("memory://in/*/a.svg")) == ["sub/a.svg"]
    assert names(find("memory://in/**/a.svg")) == ["a.svg", "sub/a.svg", "sub/deep/a.svg"]
    assert names(find("memory://in/[1].svg")) == ["[1].svg"]
    with pytest.raises(NoInputError, match=r"No SVG matches memory://in/z\*"):
        find("memory://in/z*")


def test_names_start_at_the_common_root_on_this_machine_and_elsewhere(memory, find, icons):
    memory.pipe_file("/one/a.svg", SVG)
    memory.pipe_file("/two/a.svg", SVG)
    assert names(find("memory://one", "memory://two")) == ["one/a.svg", "two/a.svg"]
    mixed = names(find("memory://one/a.svg", str(icons / "icon0.svg")))
    assert "memory/one/a.svg" in mixed
    assert any(name.endswith("/icon0.svg") for name in mixed)


def test_a_file_comes_once_however_it_is_named(memory, find):
    memory.pipe_file("/in/a.svg", SVG)
    assert names(find("memory://in", "memory://in/a.svg", "memory://in/*.svg")) == ["a.svg"]


def test_names_that_lead_elsewhere_do_not(memory, find, tmp_path):
    memory.store["/in/../../evil.svg"] = memory.open("/in/x", "wb")
    memory.store["/in/../../evil.svg"].write(SVG)
    memory.store.pop("/in/x", None)
    memory.pipe_file("/in/ok.svg", SVG)
    found = find("memory://in", recursive=True)
    assert ".." not in "".join(names(found))
    assert all(Path(file.path).parent == tmp_path / "spool" for file in found.files)


def test_an_archive_is_opened_and_other_things_are_looked_at(memory, find):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("sub/a.svg", SVG)
        archive.writestr("../b.svg", SVG)
    memory.pipe_file("/in/pack.zip", packed.getvalue())
    memory.pipe_file("/in/drawing", SVG)
    memory.pipe_file("/in/picture.png", b"\x89PNG\r\n")
    found = find("memory://in/pack.zip", "memory://in/drawing", "memory://in/picture.png")
    assert names(found) == ["drawing", "pack/sub/a.svg"]
    assert ("memory://in/picture.png", "not-svg") in problems(found)
    assert len(problems(found)) == 2
    assert names(find("memory://in/*.zip")) == ["sub/a.svg"]
    memory.pipe_file("/in/c.svg", SVG)
    assert "pack" not in " ".join(names(find("memory://in")))
    assert any(
        "1 ZIP archive in memory://in not opened" in note for note in find("memory://in").notes
    )


def test_limits_and_filters_hold(memory, find):
    for name in ("a.svg", "b.svg", "big.svg"):
        memory.pipe_file(f"/in/{name}", SVG if name != "big.svg" else SVG + b" " * 2000)
    found = find("memory://in", limits=Limits(max_file_bytes=1000))
    assert (names(found), problems(found)) == (
        ["a.svg", "b.svg"],
        [("memory://in/big.svg", "limit")],
    )
    assert names(find("memory://in", include=("a*",))) == ["a.svg"]
    with pytest.raises(InputError, match="more than 2 files"):
        find("memory://in", limits=Limits(max_files=2))
    memory.pipe_file("/in/large", SVG + b" " * 5000)
    for limits, remedy in (
        (Limits(max_file_bytes=1000, max_total_bytes=2000), "Raise --max-total-size."),
        (Limits(max_file_bytes=1000), "Raise --max-file-size."),
    ):
        with pytest.raises(NoInputError, match="larger than") as told:
            find("memory://in/large", limits=limits)
        assert told.value.remedy == remedy
    with pytest.raises(NoInputError, match="leave none of 1 SVG"):
        find("memory://in/large", exclude=("large",))


def test_files_are_sorted_by_the_time_the_storage_tells(memory, find):
    for name in ("b.svg", "a.svg"):
        memory.pipe_file(f"/in/{name}", SVG)
    assert names(find("memory://in", sort=SortOrder.MTIME)) == ["b.svg", "a.svg"]


def test_what_cannot_be_read_is_a_problem_of_its_own(memory, find, monkeypatch):
    for name in ("a.svg", "b.svg", "empty.svg"):
        memory.pipe_file(f"/in/{name}", b"" if name == "empty.svg" else SVG)
    monkeypatch.setattr(Faulty, "unreadable", frozenset({"b.svg"}))
    found = find("faulty://in", "faulty://nowhere/c.svg")
    assert names(found) == ["a.svg", "empty.svg"]
    assert {problem.message for problem in found.problems} == {
        "faulty://in/b.svg cannot be read: Forbidden. Ask the owner.",
        "faulty://nowhere/c.svg does not exist.",
    }


def test_a_list_may_name_addresses(memory, find, tmp_path):
    memory.pipe_file("/in/a.svg", SVG)
    (tmp_path / "list").write_text("memory://in/a.svg\n")
    assert names(find(files_from=str(tmp_path / "list"))) == ["a.svg"]


@pytest.mark.parametrize("name", ["deck.pptx", "decks.zip"])
def test_a_job_from_storage_to_storage_gives_the_bytes_of_one_on_the_disk(
    stored, icons, tmp_path, name
):
    here = tmp_path / name
    convert_many(icons, here, job_options=ONE)
    report = convert_many("memory://assets/icons", f"memory://out/{name}", job_options=ONE)
    assert (report.exit_code, report.outputs) == (ExitCode.OK, (f"memory://out/{name}",))
    assert stored.cat_file(f"/out/{name}") == here.read_bytes()
    assert [key for key in stored.store if key.startswith("/out")] == [f"/out/{name}"]


def test_a_folder_of_decks_goes_to_storage(stored, icons, tmp_path):
    convert_many(icons, tmp_path / "decks", job_options=ONE)
    options = JobOptions(jobs=1, overwrite=False)
    report = convert_many("memory://assets/icons", "memory://out/decks/", job_options=options)
    assert report.ok
    sent = {name.rpartition("/")[2]: stored.cat_file(name) for name in stored.find("/out/decks")}
    assert sent == {deck.name: deck.read_bytes() for deck in (tmp_path / "decks").iterdir()}
    with pytest.raises(OutputError, match=r"memory://out/decks/icon0.pptx exists already"):
        convert_many("memory://assets/icons", "memory://out/decks/", job_options=options)


def test_decks_named_by_titles_do_not_replace_others_either(memory):
    memory.pipe_file("/in/a.svg", SVG.replace(b"<rect", b"<title>Cat</title><rect"))
    memory.pipe_file("/out/Cat.pptx", b"precious")
    options = JobOptions(jobs=1, overwrite=False, name_template="{title}", mode=OutputMode.FOLDER)
    with pytest.raises(OutputError, match="exists already"):
        convert_many("memory://in", "memory://out", job_options=options)
    assert memory.cat_file("/out/Cat.pptx") == b"precious"


def test_parts_are_sent_and_the_merged_deck_is(stored, icons, tmp_path):
    convert_many(icons, tmp_path / "deck.pptx", job_options=ONE)
    for number in (1, 2):
        options = JobOptions(jobs=1, shard=f"{number}/2")
        convert_many("memory://assets/icons", f"memory://parts/{number}.part", job_options=options)
        (tmp_path / f"{number}.part").write_bytes(stored.cat_file(f"/parts/{number}.part"))
    report = merge([tmp_path / "1.part", tmp_path / "2.part"], "memory://out/deck.pptx")
    assert report.outputs == ("memory://out/deck.pptx",)
    assert stored.cat_file("/out/deck.pptx") == (tmp_path / "deck.pptx").read_bytes()


def test_nothing_is_replaced_that_must_not_be(stored):
    options = JobOptions(jobs=1, overwrite=False)
    stored.pipe_file("/out/deck.pptx", b"precious")
    with pytest.raises(OutputError, match=r"memory://out/deck.pptx exists already"):
        convert_many("memory://assets/icons", "memory://out/deck.pptx", job_options=options)
    stored.pipe_file("/assets/icons/deck.pptx", SVG)
    source = "memory://assets/icons/deck.pptx"
    with pytest.raises(OutputError, match="input as well"):
        convert_many(source, source, job_options=ONE)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.svg", SVG)
    stored.pipe_file("/assets/icons.zip", packed.getvalue())
    with pytest.raises(OutputError, match="input as well"):
        convert_many("memory://assets/icons.zip", "memory://assets/icons.zip", job_options=ONE)
    assert stored.cat_file("/out/deck.pptx") == b"precious"
    assert stored.cat_file("/assets/icons/deck.pptx") == SVG
    assert stored.cat_file("/assets/icons.zip") == packed.getvalue()


def test_a_result_that_could_not_be_sent_is_sent_when_the_job_is_resumed(
    stored, icons, tmp_path, monkeypatch
):
    monkeypatch.setattr(Faulty, "writable", False)
    job = Job.create("faulty://assets/icons", "faulty://out/deck.pptx", job_options=ONE)
    with pytest.raises(OutputError, match=r"out/deck.pptx cannot be written: Quota exceeded\."):
        job.run()
    assert job.status().state is JobState.INTERRUPTED
    assert not stored.exists("/out/deck.pptx")
    assert not (job.folder / "staging").exists()
    monkeypatch.setattr(Faulty, "writable", True)
    report = Job.open(job.id).resume()
    assert (report.state, report.converted) == (JobState.DONE, 0)
    convert_many(icons, tmp_path / "deck.pptx", job_options=ONE)
    assert stored.cat_file("/out/deck.pptx") == (tmp_path / "deck.pptx").read_bytes()


def test_a_job_that_is_cancelled_while_its_result_is_sent_leaves_nothing(stored, monkeypatch):
    job = Job.create("faulty://assets/icons", "faulty://out/deck.pptx", job_options=ONE)
    monkeypatch.setattr(Faulty, "on_write", staticmethod((job.folder / "cancel").touch))
    report = job.run()
    assert report.state is JobState.CANCELLED
    assert not stored.exists("/out/deck.pptx")
    assert not (job.folder / "staging").exists()


@pytest.mark.parametrize(
    ("address", "message", "remedy"),
    [
        ("nosuch://a/b.svg", "nosuch", "Name a path"),
        ("nodriver://a/b.svg", "Install nodriver to use it", "fsspec[nodriver]"),
        ("sftp://me:secret@host/a.svg", "holds a password", "environment"),
        ("simplecache://a::memory://b", "chains", "the files themselves"),
    ],
)
def test_addresses_that_cannot_be_used(memory, tmp_path, monkeypatch, address, message, remedy):
    driver = {"class": "nodriver.FileSystem", "err": "Install nodriver to use it"}
    monkeypatch.setitem(known_implementations, "nodriver", driver)
    for source, output in ((address, "deck.pptx"), ("a.svg", address + ".pptx")):
        with pytest.raises(UsageError, match=message) as told:
            Job.create(source, tmp_path / output if output == "deck.pptx" else output)
        assert remedy in told.value.remedy
        assert "secret" not in f"{told.value} {told.value.remedy}"


def test_without_the_extra_the_error_says_what_to_install(icons, tmp_path, monkeypatch):
    monkeypatch.setattr(storage, "find_spec", lambda _name: None)
    for source, output in (("s3://b/a.svg", str(tmp_path / "d.pptx")), (icons, "s3://b/d.pptx")):
        with pytest.raises(MissingExtraError) as told:
            Job.create(source, output)
        assert told.value.exit_code is ExitCode.USAGE
        assert told.value.remedy == "pip install 'svg2pptx-batch[distributed]'"


def test_what_has_to_be_here_cannot_be_elsewhere(icons, tmp_path):
    deck = tmp_path / "deck.pptx"
    with pytest.raises(UsageError, match="--template wants a file on this machine"):
        Job.create(icons, deck, options=ConvertOptions(template="s3://b/t.pptx"))
    with pytest.raises(UsageError, match="--append-to"):
        Job.create(icons, deck, job_options=JobOptions(append_to="s3://b/t.pptx"))
    with pytest.raises(UsageError, match="--status-file"):
        Job.create(icons, deck, status_file="s3://b/status.json")
    with pytest.raises(UsageError, match="--files-from"):
        Job.create([], deck, selection=Selection(files_from="s3://b/list"))


def test_the_command_line_reads_and_writes_addresses(icons, tmp_path):
    address = f"local://{icons.parent.as_posix()}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "svg2pptx_batch", "convert", f"local://{icons.as_posix()}"),
            *("-o", f"{address}/new/deck.pptx"),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == f"{address}/new/deck.pptx"
    convert_many(icons, tmp_path / "deck.pptx", job_options=ONE)
    assert (tmp_path / "new" / "deck.pptx").read_bytes() == (tmp_path / "deck.pptx").read_bytes()
