"""What runs short is told in words that name the place, the figure and the flag."""

from __future__ import annotations

import pytest

from svg2pptx_batch.batch.brakes import shortage
from svg2pptx_batch.executors import limits
from svg2pptx_batch.options import JobOptions

PLENTY = JobOptions(disk_free_bytes=0, memory_free_bytes=0)


def test_with_plenty_of_everything_nothing_is_short(tmp_path):
    assert shortage(PLENTY, [tmp_path]) == ""


def test_the_disk(tmp_path):
    told = shortage(JobOptions(disk_free_bytes=2**60, memory_free_bytes=0), [tmp_path])
    assert str(tmp_path) in told
    assert "--disk-free" in told


def test_a_folder_that_is_not_there_yet_is_no_shortage(tmp_path):
    assert shortage(JobOptions(memory_free_bytes=0), [tmp_path / "none"]) == ""


def test_memory(tmp_path):
    told = shortage(JobOptions(disk_free_bytes=0, memory_free_bytes=2**60), [tmp_path])
    assert "--memory-free" in told


@pytest.mark.parametrize(("left", "short"), [(3, True), (None, False), (900, False)])
def test_file_descriptors(tmp_path, monkeypatch, left, short):
    monkeypatch.setattr(limits, "descriptors_left", lambda: left)
    assert ("ulimit -n" in shortage(PLENTY, [tmp_path])) is short
