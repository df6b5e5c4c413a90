"""The archive policy: what is refused whole, what is one entry's problem, what is taken."""

import io
import itertools
import stat
import struct
import time
import zipfile

import pytest

from svg2pptx_batch.batch.archive import unpack
from svg2pptx_batch.errors import ArchiveError
from svg2pptx_batch.options import Limits

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="5" height="5"/></svg>'
MIB = 2**20


@pytest.fixture
def take(tmp_path):
    """Unpack the bytes of an archive into a folder of the test."""
    runs = itertools.count()

    def run(data, limits=None, **options):
        spool = tmp_path / f"spool{next(runs)}"
        spool.mkdir()
        numbers = itertools.count()
        archive = tmp_path / "in.zip"
        archive.write_bytes(data)
        content = unpack(
            archive,
            limits or Limits(),
            lambda: spool / f"{next(numbers)}.svg",
            label="in.zip",
            **options,
        )
        assert sorted(spool.iterdir()) == sorted(entry.path for entry in content.entries)
        assert all(entry.path.stat().st_size == entry.size_bytes for entry in content.entries)
        return content

    return run


def build(*entries, method=zipfile.ZIP_DEFLATED):
    """Return an archive of (name or ZipInfo, data) pairs."""
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as opened:
        for name, data in entries:
            opened.writestr(name, data, compress_type=None if method else zipfile.ZIP_STORED)
    return bytearray(memory.getvalue())


def patch(data, offset, form, *values, which="directory"):
    """Overwrite a field of the first directory record or local header."""
    start = data.index(b"PK\x01\x02" if which == "directory" else b"PK\x03\x04")
    struct.pack_into(form, data, start + offset, *values)
    return data


def rename(data, old, new):
    """Replace a name of equal length in header and directory."""
    assert len(old) == len(new)
    return bytes(data).replace(old, new)


def names(content):
    return [entry.name for entry in content.entries]


def reasons(content):
    return {problem.name: problem.message for problem in content.problems}


def test_svg_entries_are_taken_with_their_folders(take):
    content = take(build(("a.svg", SVG), ("sub/B.SVGZ", SVG), ("c.txt", b"x"), ("sub/", b"")))
    assert names(content) == ["a.svg", "sub/B.SVGZ"]
    assert content.entries[0].path.read_bytes() == SVG
    assert content.entries[0].modified_s > 0
    assert content.problems == ()


@pytest.mark.parametrize(
    "method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]
)
def test_every_method_python_knows(take, method):
    assert take(build(("a.svg", SVG), method=method)).entries[0].size_bytes == len(SVG)


def test_bytes_around_an_archive_do_no_harm(take):
    assert names(take(b"#!/bin/sh\n" * 50 + build(("a.svg", SVG)))) == ["a.svg"]
    assert names(take(build(("a.svg", SVG)) + b"tail" * 50)) == ["a.svg"]


@pytest.mark.skipif(not hasattr(time, "tzset"), reason="the zone cannot be set here")
def test_dates_are_the_same_in_every_time_zone(take, monkeypatch):
    info = zipfile.ZipInfo("a.svg", (2024, 3, 31, 2, 30, 0))  # no such hour in Berlin
    dates = set()
    for zone in ("UTC", "Europe/Berlin", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        dates.add(take(build((info, SVG))).entries[0].modified_s)
    monkeypatch.undo()
    time.tzset()
    assert dates == {1711852200.0}


def test_hidden_entries_are_passed_over_and_nested_archives_spoken_of(take):
    content = take(
        build(
            ("__MACOSX/._a.svg", b"x"),
            (".hidden.svg", SVG),
            (".git/b.svg", SVG),
            ("inner.zip", b"PK"),
            ("more.tar.gz", b"x"),
            ("a.svg", SVG),
        )
    )
    assert names(content) == ["a.svg"]
    assert content.problems == ()
    assert content.notes == (
        "2 archives inside in.zip not opened; unpack and name what should be converted.",
    )


def test_the_caller_says_which_names_are_wanted(take):
    content = take(build(("a.svg", SVG), ("b.svg", SVG)), wanted=lambda name: name == "b.svg")
    assert names(content) == ["b.svg"]


@pytest.mark.parametrize(
    "name", ["../x.svg", "a/../../x.svg", "/etc/x.svg", "C:/x.svg", "..\\x.svg", "\\\\h\\x.svg"]
)
def test_names_that_lead_out_of_the_archive(take, name):
    content = take(build((name, SVG), ("ok.svg", SVG)))
    assert names(content) == ["ok.svg"]
    assert "absolute or leads out" in content.problems[0].message
    assert ".." not in content.problems[0].name


def test_backslashes_separate_folders(take):
    assert names(take(build(("icons\\a.svg", SVG)))) == ["icons/a.svg"]


def test_an_svg_with_a_space_at_the_end_of_its_name_is_not_lost(take):
    assert names(take(build(("a.svg ", SVG)))) == ["a.svg "]


def test_dots_and_control_characters_in_names(take):
    content = take(build(("./a//b/./c.svg", SVG), ("new\nline\x1b[2J.svg", SVG)))
    assert names(content) == ["a/b/c.svg", "new_line_[2J.svg"]


def test_an_entry_without_a_name(take):
    data = rename(build(("a.svg", SVG), ("ok.svg", SVG)), b"a.svg", b"\0.svg")
    content = take(data)
    assert names(content) == ["ok.svg"]
    assert "no name" in content.problems[0].message


def test_names_in_old_and_new_encodings(take):
    cp437 = build(("gr__e.svg", SVG))
    assert names(take(rename(cp437, b"gr__e", b"gr\x94\xe1e"))) == ["größe.svg"]
    utf8_without_flag = rename(build(("gr____e.svg", SVG)), b"gr____e", "größe".encode())
    assert names(take(utf8_without_flag)) == ["größe.svg"]
    assert names(take(build(("日本語.svg", SVG)))) == ["日本語.svg"]


def test_twins_are_all_taken(take):
    with pytest.warns(UserWarning, match="Duplicate name"):
        data = build(("a.svg", SVG), ("a.svg", SVG + b"\n"), ("A.svg", SVG))
    assert names(take(data)) == ["a.svg", "a.svg", "A.svg"]


@pytest.mark.parametrize(
    ("mode", "what"), [(stat.S_IFLNK, "symbolic link"), (stat.S_IFCHR, "no regular file")]
)
def test_links_and_devices(take, mode, what):
    info = zipfile.ZipInfo("link.svg")
    info.create_system = 3
    info.external_attr = (mode | 0o777) << 16
    content = take(build((info, b"/etc/passwd"), ("ok.svg", SVG)))
    assert names(content) == ["ok.svg"]
    assert what in reasons(content)["link.svg"]


def test_an_encrypted_entry(take):
    data = build(("a.svg", SVG), ("ok.svg", SVG))
    patch(data, 8, "<H", 1)
    content = take(patch(data, 6, "<H", 1, which="header"))
    assert names(content) == ["ok.svg"]
    assert "encrypted" in reasons(content)["a.svg"]


def test_damaged_entries_do_not_harm_the_others(take):
    bad_crc = patch(build(("a.svg", SVG), ("ok.svg", SVG)), 16, "<L", 1)
    content = take(bad_crc)
    assert names(content) == ["ok.svg"]
    assert "CRC" in reasons(content)["a.svg"]
    corrupt = build(("a.svg", SVG * 40), ("ok.svg", SVG))
    at = corrupt.index(b"a.svg") + 5
    corrupt[at : at + 8] = b"\xff" * 8
    content = take(corrupt)
    assert names(content) == ["ok.svg"]
    assert "damaged" in reasons(content)["a.svg"]


def test_damaged_bzip2_is_the_entrys_problem_and_no_full_disk(take):
    data = build(("a.svg", SVG), ("ok.svg", SVG), method=zipfile.ZIP_BZIP2)
    at = data.index(b"BZh") + 8
    data[at : at + 8] = b"\xff" * 8
    content = take(data)
    assert names(content) == ["ok.svg"]
    assert "damaged" in reasons(content)["a.svg"]


def test_an_unknown_method(take):
    data = build(("a.svg", SVG), ("ok.svg", SVG))
    patch(data, 10, "<H", 97)
    content = take(patch(data, 8, "<H", 97, which="header"))
    assert names(content) == ["ok.svg"]
    assert "method" in reasons(content)["a.svg"]


def test_a_directory_that_lies_about_a_size_is_not_believed(take):
    data = build(("a.svg", SVG * 100), ("ok.svg", SVG))
    content = take(patch(data, 24, "<L", 10))
    assert names(content) == ["ok.svg"]
    assert (
        f"holds {len(SVG) * 100:,} bytes where the directory says 10" in reasons(content)["a.svg"]
    )


def test_real_bytes_are_counted_against_the_limit_of_a_file(take):
    data = patch(build(("a.svg", SVG * 100), ("ok.svg", SVG)), 24, "<L", 10)
    content = take(data, Limits(max_file_bytes=500))
    assert names(content) == ["ok.svg"]
    assert content.problems[0].code == "limit"
    assert "--max-file-size" in content.problems[0].remedy


def test_an_honest_size_beyond_the_limit_is_not_even_unpacked(take):
    content = take(build(("a.svg", SVG * 100), ("ok.svg", SVG)), Limits(max_file_bytes=500))
    assert names(content) == ["ok.svg"]
    assert content.problems[0].code == "limit"


@pytest.mark.parametrize("lie", [False, True])
def test_the_ratio_of_an_entry(take, lie):
    data = build(("a.svg", b" " * (3 * MIB)), ("small.svg", b" " * MIB), ("ok.svg", SVG))
    if lie:
        patch(data, 24, "<L", 1000)
    content = take(data)
    assert names(content) == ["small.svg", "ok.svg"]
    assert "ratio of 200" in reasons(content)["a.svg"]
    assert "--max-archive-ratio" in content.problems[0].remedy
    if not lie:
        assert len(take(data, Limits(max_archive_ratio=5000)).entries) == 3


def test_more_bytes_than_there_is_room_for(take):
    data = build(("a.svg", SVG * 10), ("b.svg", SVG * 10))
    with pytest.raises(
        ArchiveError, match=r"in\.zip is refused: with its entry “b\.svg”"
    ) as caught:
        take(data, Limits(max_total_bytes=len(SVG) * 15))
    assert "--max-total-size" in caught.value.remedy


def test_more_entries_than_allowed(take):
    data = build(*((f"{number}.txt", b"") for number in range(21)))
    with pytest.raises(ArchiveError, match="21 entries, the limit is 20") as caught:
        take(data, Limits(max_files=20))
    assert "--max-files" in caught.value.remedy


def test_a_count_that_lies_is_not_believed(take):
    data = build(*((f"{number}.svg", SVG) for number in range(21)))
    end = data.rindex(b"PK\x05\x06")
    struct.pack_into("<HH", data, end + 8, 1, 1)
    with pytest.raises(ArchiveError, match="21 entries"):
        take(data, Limits(max_files=20))


def test_more_svg_files_than_there_is_room_for(take):
    with pytest.raises(ArchiveError, match="more than 20"):
        take(build(("a.svg", SVG), ("b.svg", SVG)), Limits(max_files=20), room_files=1)


def test_entries_that_share_bytes(take):
    data = build(("a.svg", SVG), ("b.svg", SVG))
    second = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, second + 42, 0)
    with pytest.raises(ArchiveError, match="overlaps"):
        take(data)


def test_an_entry_that_runs_into_the_directory(take):
    data = build(("a.svg", SVG))
    with pytest.raises(ArchiveError, match="overlaps the directory"):
        take(patch(data, 20, "<L", len(data)))


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 cut off", b"PK\x05\x06"])
def test_what_is_no_archive(take, data):
    with pytest.raises(ArchiveError, match=r"in\.zip"):
        take(data)


def test_an_archive_cut_anywhere_ends_in_an_archive_error_or_less_content(take):
    whole = bytes(build(("a.svg", SVG), ("b.svg", SVG)))
    for end in range(0, len(whole), 7):
        with pytest.raises(ArchiveError):
            take(whole[:end])


def test_zip64_records_are_read(take, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP_FILECOUNT_LIMIT", 2)
    data = build(*((f"{number}.svg", SVG) for number in range(5)))
    assert b"PK\x06\x06" in data
    assert len(take(data).entries) == 5
    with pytest.raises(ArchiveError, match="5 entries"):
        take(data, Limits(max_files=4))
