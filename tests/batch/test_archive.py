"""The archive policy: what is refused whole, what is one entry's problem, what is taken."""

import io
import itertools
import stat
import struct
import subprocess
import sys
import time
import zipfile

import pytest

from svg2pptx_batch.batch.archive import unpack
from svg2pptx_batch.errors import ArchiveError
from svg2pptx_batch.options import Limits
from tests.support import zips
from tests.support.zips import SVG, Member

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


def ok():
    return Member(b"ok.svg")


@pytest.mark.parametrize(
    "local",
    [{"size": 5}, {"packed_size": 5}, {"method": 0}, {"flags": 1}, {"crc": 5}, {"extra": b"x" * 9}],
)
def test_the_directory_counts_where_the_header_of_an_entry_disagrees(take, local):
    content = take(zips.archive(Member(local=local), ok()))
    assert names(content) == ["a.svg", "ok.svg"]
    assert content.entries[0].path.read_bytes() == SVG


@pytest.mark.parametrize("name", [b"b.svg", b"x" * 30, b""])
def test_an_entry_of_two_names(take, name):
    content = take(zips.archive(Member(local={"name": name}), ok()))
    assert names(content) == ["ok.svg"]
    assert "differ" in reasons(content)["a.svg"]


@pytest.mark.parametrize("descriptor", [b"", b"PK\x07\x08" + bytes(12), b"\xff" * 16])
def test_data_descriptors_are_not_needed(take, descriptor):
    nothing = {"crc": 0, "packed_size": 0, "size": 0}
    content = take(zips.archive(Member(flags=8, local=nothing, descriptor=descriptor), ok()))
    assert names(content) == ["a.svg", "ok.svg"]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"count": 2**40}, "1,099,511,627,776 entries"),
        ({"length": 2**62}, "entries, the limit"),
        ({"offset": 2**62}, "lies before its beginning"),
        ({"offset": -1}, "lies before its beginning"),
        ({"disks": 3}, "multiple disks"),
    ],
)
def test_zip64_records_that_lie(take, said, rule):
    with pytest.raises(ArchiveError, match=rule):
        take(zips.archive(Member(), ok(), zip64=said))


@pytest.mark.parametrize(
    "member",
    [
        Member(offset=0x7FFFFFFF),
        Member(offset=-1),
        Member(packed_size=0xFFFFFFFE),
        Member(offset=0xFFFFFFFF, extra=zips.zip64_extra(-1)),
        Member(offset=0xFFFFFFFF, extra=zips.zip64_extra(2**63 - 1)),
        Member(size=0xFFFFFFFF, packed_size=0xFFFFFFFF, extra=zips.zip64_extra(9, 2**62)),
    ],
)
def test_entries_that_lie_elsewhere(take, member):
    with pytest.raises(ArchiveError, match=r"entry “a\.svg” overlaps the directory"):
        take(zips.archive(member, ok()))


def test_a_size_beyond_all_limits_by_a_zip64_field(take):
    content = take(zips.archive(Member(size=0xFFFFFFFF, extra=zips.zip64_extra(2**63)), ok()))
    assert names(content) == ["ok.svg"]
    assert content.problems[0].code == "limit"


@pytest.mark.parametrize(
    "comment",
    [zips.END + bytes(18), zips.archive(Member(b"other.svg")), zips.END + b"x" * 40],
    ids=["empty", "another", "unfinished"],
)
def test_a_comment_with_a_second_end_record(take, comment):
    with pytest.raises(ArchiveError, match=r"in\.zip is refused: its comment holds a second end"):
        take(zips.archive(Member(), comment=comment))


def test_end_records_of_archives_within_do_no_harm(take):
    inner = zips.archive(Member(b"inner.svg"))
    assert names(take(zips.archive(Member(), Member(b"z.zip", inner, method=0)))) == ["a.svg"]
    assert names(take(zips.archive(Member(), before=inner))) == ["a.svg"]
    assert names(take(zips.archive(Member(), comment=b"made by hand, PK"))) == ["a.svg"]


def test_archives_in_archives_are_opened_not_even_once(take):
    data = b"x"
    for depth in range(20):
        data = zips.archive(Member(b"inner.zip", data), Member(b"%d.svg" % depth))
    content = take(data)
    assert names(content) == ["19.svg"]
    assert "1 archive inside" in content.notes[0]


def test_one_heap_of_data_under_many_names(take):
    heap = Member(b"0.svg", b" " * MIB * 4)
    packed = {"crc": heap.said("crc"), "size": len(heap.data), "packed_size": len(heap.content())}
    others = [Member(b"%d.svg" % n, packed=b"", offset=0, **packed) for n in range(1, 99)]
    with pytest.raises(ArchiveError, match=r"entry “1\.svg” overlaps “0\.svg”"):
        take(zips.archive(heap, *others))


def test_names_one_file_system_takes_for_another_are_all_taken(take):
    said = ("ä.svg", "a\u0308.svg", "Ä.svg", "con.svg", "a.svg.", "a.svg ", "d./a.svg", "d/a.svg")
    members = [Member(name.encode(), flags=0x800) for name in said]
    assert names(take(zips.archive(*members))) == list(said)


@pytest.mark.parametrize("name", [b"c:\\x.svg", b"\\\\?\\C:\\x.svg", b"a/..\\../x.svg"])
def test_more_names_that_lead_out_of_the_archive(take, name):
    content = take(zips.archive(Member(name), ok()))
    assert names(content) == ["ok.svg"]
    assert "absolute or leads out" in content.problems[0].message


def test_names_with_nul_end_there(take):
    content = take(zips.archive(Member(b"a.svg\0.exe"), Member(b"b.exe\0.svg"), ok()))
    assert names(content) == ["a.svg", "ok.svg"]


def test_the_name_in_the_header_counts_where_a_unicode_path_says_another(take):
    said = zips.unicode_path(b"a.svg", b"../../b.svg"), zips.unicode_path(b"wrong", b"b.svg")
    for extra in said:
        assert names(take(zips.archive(Member(extra=extra)))) == ["a.svg"]
    hidden = zips.unicode_path(b"a.txt", b"b.svg")
    assert names(take(zips.archive(Member(b"a.txt", extra=hidden), ok()))) == ["ok.svg"]


@pytest.mark.parametrize("flags", [0x1, 0x40, 0x41, 0x2000])
def test_every_kind_of_encryption(take, flags):
    content = take(zips.archive(Member(flags=flags), ok()))
    assert names(content) == ["ok.svg"]
    assert "the entry is encrypted" in reasons(content)["a.svg"]


def test_parts_of_split_archives(take):
    with pytest.raises(ArchiveError, match="one part of an archive split") as caught:
        take(zips.archive(Member(), disk=1))
    assert "Join" in caught.value.remedy
    content = take(zips.archive(Member(disk=1), ok()))
    assert names(content) == ["ok.svg"]
    assert "another part" in reasons(content)["a.svg"]


@pytest.mark.parametrize("kind", [0o010666, 0o020666, 0o060666, 0o120777, 0o140777, 0o040755])
@pytest.mark.parametrize("system", [0, 3])
def test_what_is_no_regular_file_on_whatever_system_it_was_packed(take, kind, system):
    content = take(zips.archive(Member(attributes=kind << 16, system=system), ok()))
    assert names(content) == ["ok.svg"]
    assert reasons(content)["a.svg"]


def test_more_entries_than_a_plain_end_record_counts(take):
    members = [Member(b"%d.txt" % number, b"", method=0) for number in range(0x10000)]
    for zip64 in (None, {}):
        data = zips.archive(*members, ok(), zip64=zip64)
        with pytest.raises(ArchiveError, match="65,537 entries"):
            take(data)
        assert names(take(data, Limits(max_files=0x20000))) == ["ok.svg"]


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"directory_bytes": 10}, "Truncated"),
        ({"directory_bytes": 10**6}, "Bad offset"),
        ({"directory_offset": 3}, "overlaps the directory"),
    ],
)
def test_end_records_that_lie(take, said, rule):
    with pytest.raises(ArchiveError, match=rule):
        take(zips.archive(Member(), ok(), **said))


def test_a_name_that_is_not_the_utf8_it_is_said_to_be(take):
    with pytest.raises(ArchiveError, match="not the UTF-8"):
        take(zips.archive(Member(b"\xff\xfe.svg", flags=0x800), ok()))


@pytest.mark.parametrize("method", [1, 6, 9, 93, 95, 98, 99])
def test_methods_nobody_can_unpack(take, method):
    content = take(zips.archive(Member(method=method), ok()))
    assert names(content) == ["ok.svg"]
    assert "packed in an unknown way" in reasons(content)["a.svg"]


def test_an_entry_that_asks_for_more_memory_than_there_is(tmp_path):
    if not sys.platform.startswith("linux"):
        pytest.skip("memory cannot be bounded here")
    greedy = Member(method=14, packed=b"\x09\x14\x05\x00\x5d\xff\xff\xff\xff" + bytes(20))
    archive = tmp_path / "in.zip"
    archive.write_bytes(zips.archive(greedy, ok()))
    code = (
        "import pathlib, resource, sys\n"
        "from svg2pptx_batch.batch.archive import unpack\n"
        "from svg2pptx_batch.options import Limits\n"
        "most = 1 << 30\n"
        "resource.setrlimit(resource.RLIMIT_AS, (most, most))\n"
        "paths = iter([pathlib.Path(sys.argv[2]), pathlib.Path(sys.argv[3])])\n"
        "content = unpack(pathlib.Path(sys.argv[1]), Limits(), paths.__next__)\n"
        "print(content.entries[0].name, content.problems[0].message)\n"
    )
    arguments = [str(archive), str(tmp_path / "1.svg"), str(tmp_path / "2.svg")]
    said = subprocess.check_output([sys.executable, "-c", code, *arguments], text=True)
    assert said.startswith("ok.svg ")
    assert "more memory than there is" in said
