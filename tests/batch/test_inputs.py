"""Finding inputs: what counts, under which name, in which order, and what goes wrong."""

import gzip
import io
import os
import sys
import zipfile
from pathlib import Path

import pytest

from svg2pptx_batch.batch.inputs import InputFile, Selection, discover, loader_for, read
from svg2pptx_batch.errors import (
    ArchiveError,
    InputError,
    LimitError,
    NoInputError,
    OutputError,
    UnreadableError,
    UsageError,
)
from svg2pptx_batch.options import Limits, SortOrder

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5"/></svg>'
posix_only = pytest.mark.skipif(sys.platform == "win32", reason="links and modes of POSIX")


@pytest.fixture
def tree(tmp_path, monkeypatch):
    """A folder to work in, and a function that fills it."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def make(*names, data=SVG):
        for name in names:
            path = work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return work

    return make


@pytest.fixture
def find(tmp_path):
    """Discover with the spool in a folder of the test."""

    def run(*sources, limits=None, stdin=None, **selection):
        spool = tmp_path / "spool"
        return discover(sources, Selection(**selection), limits or Limits(), spool, stdin=stdin)

    return run


def names(discovery):
    return [file.name for file in discovery.files]


def problems(discovery):
    return {problem.name: problem.code for problem in discovery.problems}


def make_zip(path, entries):
    with zipfile.ZipFile(path, "w") as opened:
        for name, data in entries.items():
            opened.writestr(name, data)


def test_a_folder_gives_its_own_files_and_with_recursive_those_below(tree, find):
    tree("icons/b.svg", "icons/A.SVG", "icons/c.svgz", "icons/readme.txt", "icons/sub/d.svg")
    assert names(find("icons")) == ["A.SVG", "b.svg", "c.svgz"]
    assert names(find("icons", recursive=True)) == ["A.SVG", "b.svg", "c.svgz", "sub/d.svg"]


def test_hidden_files_are_passed_over_unless_named(tree, find):
    tree("i/.x.svg", "i/a.svg", "i/.git/b.svg", "i/__MACOSX/c.svg")
    assert names(find("i", recursive=True)) == ["a.svg"]
    assert names(find("i/.x.svg")) == [".x.svg"]


def test_names_start_at_the_common_root(tree, find):
    tree("p/icons/a.svg", "p/logos/a.svg", "p/logos/x/b.svg")
    found = find("p/icons", "p/logos", recursive=True)
    assert names(found) == ["icons/a.svg", "logos/a.svg", "logos/x/b.svg"]
    assert names(find("p/icons/a.svg", "p/logos/x/b.svg")) == ["icons/a.svg", "logos/x/b.svg"]


def test_a_missing_input_does_not_change_the_names_of_the_others(tree, find):
    tree("p/icons/a.svg")
    found = find("p/icons", "elsewhere/b.svg")
    assert names(found) == ["a.svg"]
    assert problems(found) == {"b.svg": "not-found"}


def test_one_path_comes_once_however_often_and_however_it_is_named(tree, find):
    work = tree("icons/a.svg", "icons/b.svg")
    found = find("icons", "icons/a.svg", "icons/../icons/b.svg", str(work / "icons"), "icons/*.svg")
    assert len(found.files) == 2


@posix_only
def test_one_file_through_a_linked_folder_comes_once(tree, find):
    work = tree("icons/a.svg")
    (work / "link").symlink_to("icons")
    assert len(find("icons", "link").files) == 1


def test_patterns_no_shell_has_expanded(tree, find):
    tree("a1.svg", "a2.svg", "b.svg", "x/a3.svg", "x/y/a4.svg", "x/.h/a5.svg", "a6.txt")
    assert names(find("a*.svg")) == ["a1.svg", "a2.svg"]
    assert names(find("a*")) == ["a1.svg", "a2.svg"]
    assert names(find("**/a*.svg")) == ["a1.svg", "a2.svg", "x/a3.svg", "x/y/a4.svg"]
    assert names(find("x/**")) == ["a3.svg", "y/a4.svg"]
    assert names(find("x/*/a?.svg")) == ["y/a4.svg"]
    assert names(find("x/.h/*.svg")) == ["a5.svg"]


def test_a_pattern_that_names_an_extension_takes_what_has_it(tree, find):
    work = tree("a.xml", "b.svg")
    make_zip(work / "c.zip", {"d.svg": SVG})
    assert names(find("*.xml", "*.zip")) == ["a.xml", "c/d.svg"]


def test_a_file_whose_name_looks_like_a_pattern_is_that_file(tree, find):
    tree("a[1].svg", "a1.svg")
    assert names(find("a[1].svg")) == ["a[1].svg"]


def test_a_pattern_that_matches_nothing_is_a_problem_beside_good_inputs(tree, find):
    tree("a.svg")
    assert problems(find("a.svg", "b*.svg")) == {"b*.svg": "not-found"}


def test_include_and_exclude_see_names_from_the_input_on(tree, find):
    tree("p/icons/a.svg", "p/icons/old/b.svg", "p/icons/c.svg")
    found = find("p/icons", recursive=True, exclude=("old/*",), include=("a*", "b*"))
    assert names(found) == ["a.svg"]
    with pytest.raises(NoInputError, match="none of 3"):
        find("p/icons", recursive=True, include=("z*",))


@pytest.mark.parametrize("separator", [b"\n", b"\r\n", b"\0"])
def test_a_list_of_inputs(tree, find, separator):
    work = tree("a.svg", "sub/b.svg", "w[1].svg", "# c.svg")
    entries = [b"a.svg", b"sub/b.svg", b"w[1].svg", b"# c.svg", b""]
    (work / "list").write_bytes(b"\xef\xbb\xbf" + separator.join(entries))
    assert sorted(names(find(files_from="list"))) == ["# c.svg", "a.svg", "sub/b.svg", "w[1].svg"]


def test_a_list_on_standard_input(tree, find):
    tree("a.svg", "b.svg")
    assert names(find("a.svg", files_from="-", stdin=io.BytesIO(b"b.svg\n"))) == ["a.svg", "b.svg"]


def test_a_list_that_cannot_be_read_is_wrong_usage(tree, find):
    with pytest.raises(UsageError, match=r"nowhere\.txt"):
        find(files_from="nowhere.txt")


def test_one_svg_on_standard_input(tree, find):
    found = find("-", stdin=io.BytesIO(SVG))
    assert names(found) == ["stdin.svg"]
    assert read(found.files[0], Limits()) == SVG
    assert type(loader_for(found.files[0])).__name__ == "DataLoader"


def test_standard_input_is_read_once(tree, find):
    with pytest.raises(UsageError):
        find("-", files_from="-", stdin=io.BytesIO(SVG))


def test_standard_input_beyond_the_limit_is_no_input(tree, find):
    with pytest.raises(NoInputError, match="larger than 10 bytes"):
        find("-", stdin=io.BytesIO(SVG), limits=Limits(max_file_bytes=10))


def test_what_a_named_file_holds_decides_where_its_name_does_not(tree, find):
    work = tree("noext", "drawing.xml")
    (work / "packed.bin").write_bytes(gzip.compress(SVG))
    (work / "wide").write_bytes(SVG.decode().encode("utf-16"))
    (work / "photo.png").write_bytes(b"\x89PNG\r\n")
    (work / "nothing").write_bytes(b"")
    make_zip(work / "archive", {"in.svg": SVG})
    found = find("noext", "drawing.xml", "packed.bin", "wide", "photo.png", "nothing", "archive")
    assert sorted(names(found)) == ["archive/in.svg", "drawing.xml", "noext", "packed.bin", "wide"]
    assert problems(found) == {"photo.png": "not-svg", "nothing": "not-svg"}
    assert "PNG" in found.problems[0].message


def test_sort_orders(tree, find):
    work = tree("b10.svg", "b9.svg", "a.svg")
    for age, name in enumerate(["a.svg", "b10.svg", "b9.svg"]):
        os.utime(work / name, (1000 - age, 1000 - age))
    assert names(find(".", sort=SortOrder.NATURAL)) == ["a.svg", "b9.svg", "b10.svg"]
    assert names(find(".", sort=SortOrder.NAME)) == ["a.svg", "b10.svg", "b9.svg"]
    assert names(find(".", sort=SortOrder.MTIME)) == ["b9.svg", "b10.svg", "a.svg"]
    listed = find("b10.svg", "a.svg", "b9.svg", sort=SortOrder.NONE)
    assert names(listed) == ["b10.svg", "a.svg", "b9.svg"]


def test_an_archive_is_a_folder_of_its_name(tree, find):
    work = tree("icons/a.svg")
    make_zip(work / "icons.zip", {"a.svg": SVG, "sub/b.svg": SVG, "note.txt": b"x"})
    assert names(find("icons.zip")) == ["a.svg", "sub/b.svg"]
    found = find("icons", "icons.zip")
    assert names(found) == ["a.svg", "a (2).svg", "sub/b.svg"]
    assert any("a (2).svg" in note for note in found.notes)
    member = next(file for file in found.files if file.member == "sub/b.svg")
    assert read(member, Limits()) == SVG
    assert member.archive == str(work / "icons.zip")
    assert member.source == "icons.zip/sub/b.svg"


def test_an_archive_in_a_folder_is_not_opened_but_spoken_of(tree, find):
    work = tree("i/a.svg")
    make_zip(work / "i/more.zip", {"b.svg": SVG})
    found = find("i")
    assert names(found) == ["a.svg"]
    assert "1 ZIP archive in i not opened" in found.notes[0]


def test_a_refused_archive_stops_the_batch(tree, find):
    work = tree("a.svg")
    (work / "bad.zip").write_bytes(b"no archive at all")
    with pytest.raises(ArchiveError, match=r"bad\.zip"):
        find("a.svg", "bad.zip")


@posix_only
def test_a_link_that_leaves_its_folder_is_a_problem(tree, find):
    work = tree("secret.svg", "i/good.svg", "i/sub/real.svg")
    (work / "i/out.svg").symlink_to("../secret.svg")
    (work / "i/up.svg").symlink_to("sub/real.svg")
    (work / "i/sub/in.svg").symlink_to("../good.svg")
    found = find("i", recursive=True)
    assert names(found) == ["good.svg", "up.svg", "sub/in.svg", "sub/real.svg"]
    assert problems(found) == {"out.svg": "link"}
    with pytest.raises(NoInputError, match="leaves its folder"):
        find("i/out.svg")


@posix_only
def test_links_that_lead_nowhere_and_loops_are_problems(tree, find):
    work = tree("i/good.svg", "i/sub/x.svg")
    (work / "i/loop.svg").symlink_to("loop.svg")
    (work / "i/dead.svg").symlink_to("gone.svg")
    (work / "i/round").symlink_to("..")
    (work / "i/folder.svg").mkdir()
    (work / "i/linked.svg").symlink_to("sub")
    os.mkfifo(work / "i/pipe.svg")
    found = find("i", recursive=True)
    assert names(found) == ["good.svg", "sub/x.svg"]
    assert problems(found) == {
        "loop.svg": "link",
        "dead.svg": "link",
        "folder.svg": "folder",
        "linked.svg": "special-file",
        "pipe.svg": "special-file",
    }


@posix_only
def test_a_pipe_named_as_an_input_is_not_waited_for(tree, find):
    work = tree("a.svg")
    os.mkfifo(work / "pipe.svg")
    assert problems(find("a.svg", "pipe.svg")) == {"pipe.svg": "special-file"}


@pytest.mark.skipif(sys.platform != "linux", reason="only there names may be any bytes")
def test_a_name_outside_the_encoding_can_be_converted_and_reported(tree, find):
    work = tree("a.svg")
    (work / os.fsdecode(b"gr\xf6\xdfe.svg")).write_bytes(SVG)
    found = find(".")
    assert names(found) == ["a.svg", "gr��e.svg"]
    assert read(found.files[1], Limits()) == SVG
    found.files[1].path.encode("utf-8")


@pytest.mark.parametrize(
    "name",
    [
        "näme-日本語.svg",
        "🚀👍🏽.svg",
        "quote's \"`b`$HOME;.svg",
        "-rf.svg",
        "two.dots.v1.2.svg",
        " .svg",
    ],
)
@posix_only
def test_odd_names_are_kept(tree, find, name):
    tree(name)
    assert names(find(".")) == [name]


def test_nothing_found_says_what_helps(tree, find):
    tree("sub/a.svg", "b.txt")
    with pytest.raises(NoInputError) as caught:
        find(".")
    assert "-r" in caught.value.remedy
    with pytest.raises(NoInputError, match=r"gone\.svg"):
        find("gone.svg")
    with pytest.raises(NoInputError, match="no name"):
        find("")


def test_all_that_could_not_be_used_is_named_when_nothing_is_left(tree, find):
    with pytest.raises(NoInputError, match=r"1\.svg: .* 5\.svg: .* 2 more inputs") as caught:
        find(*(f"{number}.svg" for number in range(1, 8)))
    assert "6.svg" not in caught.value.message


def test_limits(tree, find):
    tree("a.svg", "b.svg", "c.svg")
    with pytest.raises(InputError, match="more than 2 files") as caught:
        find(".", limits=Limits(max_files=2))
    assert "--max-files" in caught.value.remedy
    with pytest.raises(InputError, match="together") as caught:
        find(".", limits=Limits(max_total_bytes=2 * len(SVG)))
    assert "--max-total-size" in caught.value.remedy
    tree("big.svg", data=SVG + b" " * 100)
    found = find(".", limits=Limits(max_file_bytes=len(SVG)))
    assert names(found) == ["a.svg", "b.svg", "c.svg"]
    assert problems(found) == {"big.svg": "limit"}


def test_reading_a_file_that_is_gone_or_has_grown(tmp_path):
    path = tmp_path / "a.svg"
    file = InputFile(name="a.svg", path=str(path), size_bytes=1, source="x/a.svg")
    with pytest.raises(UnreadableError, match=r"x/a\.svg"):
        read(file, Limits())
    path.write_bytes(SVG)
    with pytest.raises(LimitError):
        read(file, Limits(max_file_bytes=len(SVG) - 1))
    with pytest.raises(UnreadableError, match="not a regular file"):
        read(InputFile(name="d", path=str(tmp_path), size_bytes=0), Limits())


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may read all")
def test_a_folder_that_may_not_be_read_is_a_problem(tree, find):
    work = tree("i/a.svg", "i/locked/b.svg")
    (work / "i/locked").chmod(0)
    try:
        assert problems(find("i", recursive=True)) == {"locked": "unreadable"}
    finally:
        (work / "i/locked").chmod(0o700)


def test_what_a_drawing_may_read(tree, find):
    from svg2pptx_batch.svg.resources import ResourceError

    work = tree("i/a.svg", "i/sub/b.svg", "outside.png", data=SVG)
    (work / "i/pic.png").write_bytes(b"PNG")
    make_zip(work / "z.zip", {"d/c.svg": SVG, "d/pic.png": b"PNG"})
    files = {file.name: file for file in find("i", recursive=True).files}
    assert loader_for(files["a.svg"]).load("pic.png").data == b"PNG"
    assert loader_for(files["sub/b.svg"]).load("../pic.png").data == b"PNG"
    with pytest.raises(ResourceError):
        loader_for(files["a.svg"]).load("../outside.png")
    assert loader_for(files["a.svg"], str(work)).load("../outside.png").data == SVG
    (member,) = find("z.zip").files
    assert loader_for(member).load("pic.png").data == b"PNG"
    with pytest.raises(ResourceError):
        loader_for(member).load("../../outside.png")


def test_an_archive_whose_names_are_utf8_without_saying_so(tree, find):
    work = tree()
    make_zip(work / "z.zip", {"grün/ä.svg": SVG, "grün\\ö.png": b"PNG"})
    # The flag is taken out of the local and the central headers.
    data = bytearray((work / "z.zip").read_bytes())
    for signature, offset in ((b"PK\x03\x04", 7), (b"PK\x01\x02", 9)):
        at = data.find(signature)
        while at >= 0:
            data[at + offset] &= ~0x08
            at = data.find(signature, at + 4)
    (work / "z.zip").write_bytes(data)
    (member,) = find("z.zip").files
    assert member.name == "grün/ä.svg"
    assert loader_for(member).load("ö.png").data == b"PNG"
    assert loader_for(member).load("o\u0308.png").data == b"PNG"


@pytest.mark.parametrize("source", ["-", "icons.zip"])
def test_a_folder_for_copies_that_cannot_be_written_stops_the_job(find, tree, tmp_path, source):
    with zipfile.ZipFile("icons.zip", "w") as archive:
        archive.writestr("a.svg", SVG)
    (tmp_path / "spool").write_bytes(b"a file is in the way")
    with pytest.raises(OutputError, match=r"spool cannot be written: ") as caught:
        find(source, stdin=io.BytesIO(SVG))
    assert "SVG2PPTX_STATE_DIR" in caught.value.remedy


@pytest.mark.skipif(sys.platform != "linux", reason="only there files of no size hold something")
def test_a_file_whose_size_is_not_told_is_read_to_its_end():
    path = Path("/proc/self/limits")
    assert path.stat().st_size == 0
    assert read(InputFile("limits", str(path), 0), Limits()) == path.read_bytes()
    with pytest.raises(LimitError):
        read(InputFile("limits", str(path), 0), Limits(max_file_bytes=10))
