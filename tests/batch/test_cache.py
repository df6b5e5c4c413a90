"""The cache: what was kept is found, what is damaged is not believed, what is too much goes."""

from __future__ import annotations

import hashlib
import sqlite3

import pytest

from svg2pptx_batch.batch import cache as caching
from svg2pptx_batch.batch.cache import NewSlide, Remarks, SlideCache
from svg2pptx_batch.batch.dependencies import Dependencies
from svg2pptx_batch.diagnostics import Diagnostic, Fidelity

PLENTY = 2**30
REMARKS = Remarks(
    {"native": 3, "dropped": 1},
    (Diagnostic("lost", "It is gone.", Fidelity.DROPPED, line=3),),
    2,
    Dependencies("f" * 64, {"pic.png": "a" * 64}),
)


def slide(number: int, size: int = 100, remarks: Remarks = REMARKS) -> NewSlide:
    data = bytes([number % 256]) * size
    key = hashlib.sha256(b"%d" % number).hexdigest()
    return NewSlide(key, data, hashlib.sha256(data).hexdigest(), remarks)


def opened(tmp_path, most_bytes=PLENTY):
    return SlideCache(most_bytes, tmp_path)


def keep(tmp_path, *slides, most_bytes=PLENTY):
    with opened(tmp_path, most_bytes) as cache:
        cache.keep(slides)


def found(tmp_path, *numbers):
    with opened(tmp_path) as cache:
        return [n for n in numbers if cache.find(slide(n).key) is not None]


def packs(tmp_path):
    return sorted((tmp_path / "slides-1").glob("*.pack"))


def test_what_was_kept_is_found_in_another_process_of_the_cache(tmp_path):
    keep(tmp_path, slide(1), slide(2))
    with opened(tmp_path) as cache:
        for number in (1, 2):
            hit = cache.find(slide(number).key)
            assert (hit.data, hit.remarks) == (slide(number).data, REMARKS)
        assert cache.find(slide(3).key) is None


def test_slides_of_several_runs_share_a_pack(tmp_path):
    for number in range(5):
        keep(tmp_path, slide(number))
    assert len(packs(tmp_path)) == 1
    assert found(tmp_path, *range(6)) == [0, 1, 2, 3, 4]


def test_what_is_there_already_is_not_kept_twice(tmp_path):
    keep(tmp_path, slide(1))
    size = packs(tmp_path)[0].stat().st_size
    keep(tmp_path, slide(1))
    assert packs(tmp_path)[0].stat().st_size == size


def test_another_slide_of_the_same_key_takes_its_place(tmp_path):
    keep(tmp_path, slide(1))
    other = slide(1, remarks=Remarks({"native": 1}))
    keep(tmp_path, other)
    with opened(tmp_path) as cache:
        assert cache.find(other.key).remarks == other.remarks


def test_the_packs_longest_unused_go_first(tmp_path, monkeypatch):
    monkeypatch.setattr(caching, "_PACK_BYTES", 1000)
    for number in range(4):
        keep(tmp_path, slide(number, 1000))
    assert len(packs(tmp_path)) == 4
    with opened(tmp_path) as cache:
        assert cache.find(slide(0).key)  # of use: it shall stay
    keep(tmp_path, slide(9, 1000), most_bytes=3000)
    assert found(tmp_path, 0, 1, 2, 3, 9) == [0, 3, 9]
    assert len(packs(tmp_path)) == 3


def test_a_small_bound_holds_too(tmp_path):
    for start in range(0, 100, 20):
        keep(tmp_path, *(slide(n, 1000) for n in range(start, start + 20)), most_bytes=8000)
        assert sum(pack.stat().st_size for pack in packs(tmp_path)) <= 8000
    left = found(tmp_path, *range(100))
    assert len(left) >= 4
    assert min(left) >= 80  # of the last run


def test_a_bound_of_nothing_keeps_nothing(tmp_path):
    keep(tmp_path, slide(1), most_bytes=0)
    assert found(tmp_path, 1) == []
    assert packs(tmp_path) == []


def test_a_slide_that_was_changed_on_disk_is_not_found_and_can_be_kept_again(tmp_path):
    keep(tmp_path, slide(1), slide(2))
    (pack,) = packs(tmp_path)
    data = bytearray(pack.read_bytes())
    data[50] ^= 1
    pack.write_bytes(data)
    assert found(tmp_path, 1, 2) == [2]


def test_a_pack_that_was_cut_or_removed_costs_what_lay_in_it(tmp_path):
    keep(tmp_path, slide(1), slide(2))
    (pack,) = packs(tmp_path)
    with pack.open("r+b") as stream:
        stream.truncate(150)
    assert found(tmp_path, 1, 2) == [1]
    pack.unlink()
    assert found(tmp_path, 1, 2) == []
    keep(tmp_path, slide(3))
    assert found(tmp_path, 3) == [3]


def test_what_another_process_left_unfinished_in_a_pack_is_skipped(tmp_path):
    keep(tmp_path, slide(1))
    (pack,) = packs(tmp_path)
    with pack.open("ab") as stream:
        stream.write(b"torn")
    keep(tmp_path, slide(2))
    assert found(tmp_path, 1, 2) == [1, 2]


def test_packs_nobody_knows_are_removed(tmp_path):
    keep(tmp_path, slide(1))
    stray = tmp_path / "slides-1" / f"{'0' * 32}.pack"
    stray.write_bytes(b"x" * 100)
    keep(tmp_path, slide(2))
    assert not stray.exists()
    assert found(tmp_path, 1, 2) == [1, 2]


@pytest.mark.parametrize("damage", [b"", b"no database" * 500, None])
def test_a_damaged_index_is_begun_anew(tmp_path, damage):
    keep(tmp_path, *(slide(n) for n in range(300)))
    index = tmp_path / "slides-1" / "index.sqlite"
    if damage is None:  # torn in the middle
        data = bytearray(index.read_bytes())
        data[4096:] = b"\xff" * (len(data) - 4096)
        index.write_bytes(data)
    else:
        index.write_bytes(damage)
    assert found(tmp_path, 5) in ([], [5])
    keep(tmp_path, slide(400))
    keep(tmp_path, slide(400))  # the first may have been the one that found the damage
    assert found(tmp_path, 400) == [400]


def test_a_cache_that_another_process_keeps_busy_costs_nothing_but_time(tmp_path, monkeypatch):
    keep(tmp_path, slide(1))
    monkeypatch.setattr(caching, "_WAIT_S", 0.05)
    other = sqlite3.connect(tmp_path / "slides-1" / "index.sqlite", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        keep(tmp_path, slide(2))
        assert found(tmp_path, 1) == []
    finally:
        other.close()
    assert found(tmp_path, 1, 2) == [1]


def test_a_folder_that_cannot_be_made_is_no_cache(tmp_path):
    (tmp_path / "file").write_text("x")
    keep(tmp_path / "file", slide(1))
    with opened(tmp_path / "file") as cache:
        assert cache.find(slide(1).key) is None


def test_remarks_that_are_not_understood_are_no_hit(tmp_path):
    keep(tmp_path, slide(1), slide(2))
    with sqlite3.connect(tmp_path / "slides-1" / "index.sqlite") as index:
        index.execute("UPDATE slides SET remarks = x'c1' WHERE offset = 0")
    index.close()
    assert found(tmp_path, 1) == []


def test_emptied_it_holds_nothing_and_works_on(tmp_path):
    keep(tmp_path, slide(1), slide(2))
    with opened(tmp_path) as cache:
        assert cache.size_bytes == 200
        assert cache.clear() == 200
        assert cache.find(slide(1).key) is None
    assert packs(tmp_path) == []
    keep(tmp_path, slide(3))
    assert found(tmp_path, 1, 3) == [3]
