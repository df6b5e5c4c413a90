"""How much of the machine is ours, read from made-up systems."""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from svg2pptx_batch.executors import limits


def _system(root: Path, groups: str, files: dict[str, str]) -> Path:
    (root / "proc/self").mkdir(parents=True)
    (root / "proc/self/cgroup").write_text(groups)
    for name, text in files.items():
        file = root / "sys/fs/cgroup" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8", "replace")
    return root


@pytest.fixture(autouse=True, scope="module")
def _sixteen_processors() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
        yield


def test_without_groups_the_affinity_counts(tmp_path: Path) -> None:
    assert limits.cpu_count(tmp_path) == 16


def test_without_affinity_all_processors_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 5)
    assert limits.cpu_count(tmp_path) == 5


@pytest.mark.parametrize(
    ("quota", "processors"),
    [
        ("max 100000", 16),
        ("200000 100000", 2),
        ("150000 100000", 2),
        ("1000 100000", 1),
        ("9900000 100000", 16),
        ("", 16),
        ("nonsense", 16),
    ],
)
def test_version_2_quota(tmp_path: Path, quota: str, processors: int) -> None:
    root = _system(tmp_path, "0::/jobs/one\n", {"jobs/one/cpu.max": quota})
    assert limits.cpu_count(root) == processors


def test_the_quota_of_a_group_above_counts(tmp_path: Path) -> None:
    files = {"jobs/one/cpu.max": "800000 100000", "jobs/cpu.max": "300000 100000"}
    assert limits.cpu_count(_system(tmp_path, "0::/jobs/one\n", files)) == 3


def test_in_a_container_the_group_is_at_the_root(tmp_path: Path) -> None:
    root = _system(tmp_path, "0::/../../host/path\n", {"cpu.max": "200000 100000"})
    assert limits.cpu_count(root) == 2


@pytest.mark.parametrize(("quota", "processors"), [("-1", 16), ("250000", 3)])
def test_version_1_quota(tmp_path: Path, quota: str, processors: int) -> None:
    files = {"cpu/docker/cpu.cfs_quota_us": quota, "cpu/docker/cpu.cfs_period_us": "100000"}
    groups = "12:memory:/docker\n4:cpu,cpuacct:/docker\n"
    assert limits.cpu_count(_system(tmp_path, groups, files)) == processors


def test_memory_without_groups_is_the_systems(tmp_path: Path) -> None:
    assert 0 < limits.memory_available(tmp_path) <= psutil.virtual_memory().total


def test_version_2_memory(tmp_path: Path) -> None:
    files = {
        "a/memory.max": "30000000",
        "a/memory.current": "20000000",
        "a/memory.stat": "anon 1\ninactive_file 5000000\n",
    }
    assert limits.memory_available(_system(tmp_path, "0::/a\n", files)) == 15_000_000


def test_version_1_memory(tmp_path: Path) -> None:
    files = {
        "memory/a/memory.limit_in_bytes": "30000000",
        "memory/a/memory.usage_in_bytes": "20000000",
        "memory/a/memory.stat": "inactive_file 1\ntotal_inactive_file 2000000\n",
        "memory/memory.limit_in_bytes": str(2**63 - 4096),
        "memory/memory.usage_in_bytes": "1",
    }
    assert limits.memory_available(_system(tmp_path, "9:memory:/a\n", files)) == 12_000_000


def test_memory_used_up_is_none_left(tmp_path: Path) -> None:
    files = {"memory.max": "1000", "memory.current": "2000"}
    assert limits.memory_available(_system(tmp_path, "0::/\n", files)) == 0


PSI = "some avg10={} avg60=1.00 avg300=1.00 total=1\nfull avg10=0.00 avg60=0.00 total=1\n"


def test_pressure_is_our_groups(tmp_path: Path) -> None:
    root = _system(tmp_path, "0::/a/b\n", {"a/b/memory.pressure": PSI.format("12.50")})
    (root / "proc/pressure").mkdir()
    (root / "proc/pressure/memory").write_text(PSI.format("99.00"))
    assert limits.memory_pressure(root) == 0.125


def test_pressure_beside_version_1(tmp_path: Path) -> None:
    files = {"unified/a/memory.pressure": PSI.format("3.00"), "memory/x/memory.usage": "1"}
    root = _system(tmp_path, "4:memory:/x\n0::/a\n", files)
    assert limits.memory_pressure(root) == 0.03


def test_pressure_without_groups_is_the_systems(tmp_path: Path) -> None:
    root = _system(tmp_path, "4:memory:/x\n", {})
    assert limits.memory_pressure(root) is None
    (root / "proc/pressure").mkdir()
    (root / "proc/pressure/memory").write_text(PSI.format("7.00"))
    assert limits.memory_pressure(root) == 0.07


@pytest.mark.parametrize("text", ["", "some", "some avg10=x", "some avg10=nan", "full avg10=1"])
def test_pressure_that_is_not_told(tmp_path: Path, text: str) -> None:
    root = _system(tmp_path, "0::/\n", {"memory.pressure": text})
    assert limits.memory_pressure(root) is None


def test_pressure_here_is_a_share_or_unknown() -> None:
    pressure = limits.memory_pressure()
    assert pressure is None or 0 <= pressure <= 1


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_descriptors_left() -> None:
    before = limits.descriptors_left()
    assert before is not None
    pipes = [os.pipe() for _ in range(10)]
    during = limits.descriptors_left()
    for descriptor in itertools.chain(*pipes):
        os.close(descriptor)
    assert during == before - 20


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_no_descriptors_left() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
    try:
        left = limits.descriptors_left()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert left == 0


def test_disk_free(tmp_path: Path) -> None:
    here = limits.disk_free(tmp_path)
    assert here is not None
    assert here > 0
    assert limits.disk_free(tmp_path / "not" / "there") is not None
    assert limits.disk_free(Path("\0")) is not None


_TEXTS = st.one_of(
    st.text(max_size=40),
    st.integers().map(str),
    st.builds("{} {}".format, st.integers(), st.integers()),
    st.floats().map(PSI.format),
    st.integers().map("inactive_file {}".format),
)


@settings(deadline=None)
@given(
    groups=st.lists(st.sampled_from(["0::/a/b", "0::/", "3:cpu,memory:/a", "x", "::"])),
    texts=st.lists(_TEXTS, min_size=8, max_size=8),
)
def test_no_system_breaks_a_reading(groups: list[str], texts: list[str]) -> None:
    names = ["cpu.max", "memory.max", "memory.current", "memory.stat", "memory.pressure"]
    names += ["cpu/a/cpu.cfs_quota_us", "cpu/a/cpu.cfs_period_us", "memory/a/memory.usage_in_bytes"]
    with tempfile.TemporaryDirectory() as folder:
        root = _system(Path(folder), "\n".join(groups), dict(zip(names, texts, strict=True)))
        assert limits.cpu_count(root) >= 1
        assert limits.memory_available(root) >= 0
        pressure = limits.memory_pressure(root)
        assert pressure is None or 0 <= pressure <= 1


def test_resident_size_of_a_process_and_of_none() -> None:
    process = psutil.Process()
    resident = limits.resident_bytes(process)
    assert resident is not None
    assert resident > 2**20

    class Gone:
        def memory_info(self) -> None:
            raise psutil.NoSuchProcess(1)

    assert limits.resident_bytes(Gone()) is None  # type: ignore[arg-type]
