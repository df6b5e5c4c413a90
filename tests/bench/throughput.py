"""What the whole command does in a second, held against a floor measured in the same run.

    python -m tests.bench.throughput FOLDER... [--jobs 1,2] [--growth 100,1000,10000] [--repeat 3]

Each figure is of whole processes, started for it, with folders of their own for state and cache;
times are the best of some runs. Run it on a machine that has nothing else to do.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, CalledProcessError
from typing import NamedTuple

import psutil

from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.deck import DeckWriter, pack, unpack
from svg2pptx_batch.deck.zip_stream import LEVEL
from svg2pptx_batch.errors import Svg2PptxError
from svg2pptx_batch.options import ConvertOptions, SlideSize
from svg2pptx_batch.places import CACHE_DIR_VARIABLE, STATE_DIR_VARIABLE
from svg2pptx_batch.svg.resources import FolderLoader
from tests.support.conversion import system_fonts

Row = tuple[str, str]

_LOOK_S = 0.05
_SLIDE = SlideSize(12192000, 6858000)
_MEBIBYTE = 2**20
_SAMPLE = 200
_FEWEST_FOR_GROWTH = 2


class Cost(NamedTuple):
    """What a process and its children took.

    Attributes:
        cpu_s: Processor time of all of them, as last seen: 50 ms before the end of each, or later.
        own_bytes: Largest resident size of the process itself.
        tree_bytes: Largest sum of all resident sizes.
    """

    cpu_s: float
    own_bytes: int
    tree_bytes: int


def start(command: Sequence[str], places: Path) -> psutil.Popen:
    """Start a command that keeps state, cache and bytecode in a folder of its own."""
    environment = os.environ | {
        STATE_DIR_VARIABLE: str(places / "state"),
        CACHE_DIR_VARIABLE: str(places / "cache"),
        "PYTHONPYCACHEPREFIX": str(places / "bytecode"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    return psutil.Popen(command, env=environment, stdout=DEVNULL, stderr=DEVNULL)


def watch(command: Sequence[str], places: Path) -> Cost:
    """Run a command and see what it takes; looking takes time itself, which `clock` does not.

    Raises:
        CalledProcessError: It failed.
    """
    process = start(command, places)
    seen: dict[int, float] = {}
    own_bytes = tree_bytes = 0
    while True:
        resident = 0
        with suppress(psutil.Error):
            for each in (process, *process.children(recursive=True)):
                with suppress(psutil.Error):
                    size = each.memory_info().rss
                    seen[each.pid] = sum(each.cpu_times()[:2])
                    resident += size
                    if each is process:
                        own_bytes = max(own_bytes, size)
        tree_bytes = max(tree_bytes, resident)
        with suppress(psutil.TimeoutExpired):
            code = process.wait(_LOOK_S)
            break
    if code:
        raise CalledProcessError(code, command)
    return Cost(sum(seen.values()), own_bytes, tree_bytes)


def clock(command: Sequence[str], places: Path, repeat: int = 1) -> float:
    """Return the seconds from the start of a command to its end, the best of some runs.

    Raises:
        CalledProcessError: It failed.
    """
    seconds = []
    for _ in range(repeat):
        began = time.perf_counter()
        if code := start(command, places).wait():
            raise CalledProcessError(code, command)
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def converting(folder: Path, deck: Path, *options: str) -> list[str]:
    """Return the command that converts a folder into a deck; files that fail are no failure."""
    program = [sys.executable, "-m", "svg2pptx_batch", "convert", str(folder), "-r", "-q"]
    return [*program, "--exit-zero", "--progress", "none", "-o", str(deck), *options]


def repeated(files: Sequence[Path], count: int, folder: Path) -> Path:
    """Fill a folder with so many files, the given ones again and again under other names."""
    folder.mkdir()
    for number, file in enumerate(itertools.islice(itertools.cycle(files), count)):
        shutil.copyfile(file, folder / f"{number:05}-{file.name}")
    return folder


def floor_s(files: Sequence[Path], deck: Path, work: Path, repeat: int) -> float:
    """Return the seconds that the least any converter must do takes for the same files."""
    with zipfile.ZipFile(deck) as archive:
        sizes = [
            info.file_size
            for info in archive.infolist()
            if info.filename.startswith("ppt/slides/slide")
        ]
    drawings = [(str(file), size) for file, size in zip(files, itertools.cycle(sizes))]
    job = work / "floor.json"
    job.write_text(json.dumps([LEVEL, drawings]))
    program = str(Path(__file__).with_name("floor.py"))
    return clock([sys.executable, program, str(job), str(work / "floor.zip")], work, repeat)


def assembly_s(files: Sequence[Path], slides: int, deck: Path) -> float:
    """Return the seconds it takes to write so many finished slides into a deck."""
    packed = []
    for file in files[:_SAMPLE]:
        with suppress(Svg2PptxError):
            conversion = convert_svg(
                file.read_bytes(),
                options=ConvertOptions(),
                slide=_SLIDE,
                fonts=system_fonts(),
                loader=FolderLoader(file.parent, file.parent),
            )
            packed.append(pack(conversion.slide))
    began = time.perf_counter()
    with DeckWriter(deck, _SLIDE) as writer:
        for each in itertools.islice(itertools.cycle(packed), slides):
            writer.add(unpack(each))
    return time.perf_counter() - began


def measure(
    folder: Path, jobs: Sequence[int], growth: Sequence[int], repeat: int, work: Path
) -> Iterator[Row]:
    """Yield the figures of one folder, a row at a time.

    Raises:
        ValueError: It holds no SVG.
        CalledProcessError: A conversion failed as a whole.
    """
    files = sorted(folder.rglob("*.svg"))
    if not files:
        message = f"{folder} holds no SVG"
        raise ValueError(message)
    deck = work / "deck.pptx"
    apart = ("--no-cache", "--fresh")
    clock(converting(folder, deck, *apart), work)  # fonts and bytecode are made, files read
    yield "files", f"{len(files):,}"
    taken: dict[int, float] = {}
    costs: list[Cost] = []
    for number in jobs:
        command = converting(folder, deck, *apart, "-j", str(number))
        taken[number] = wall = clock(command, work, repeat)
        costs.append(watch(command, work))
        rate = f"{len(files) / wall:,.0f} files/s"
        yield f"-j {number}", f"{rate}, {wall:.2f} s, {costs[-1].cpu_s:.2f} s of processors"
    first = taken[jobs[0]]
    least = floor_s(files, deck, work, repeat)
    yield "floor", f"{len(files) / least:,.0f} files/s, {least:.2f} s"
    yield f"-j {jobs[0]} to floor", f"{first / least:.2f}"
    for number in jobs[1:]:
        yield f"speed-up at -j {number}", f"{first / taken[number]:.2f}"
    yield "memory of the parent", f"{max(c.own_bytes for c in costs) / _MEBIBYTE:.0f} MiB"
    yield "memory of all", f"{max(c.tree_bytes for c in costs) / _MEBIBYTE:.0f} MiB"
    yield from _growth(files, growth, jobs[-1], work)
    slides = max((*growth, len(files)))
    yield f"assembly of {slides:,}", f"{assembly_s(files, slides, deck):.2f} s"


def _growth(files: Sequence[Path], counts: Sequence[int], jobs: int, work: Path) -> Iterator[Row]:
    """Yield what a slide takes in decks of several lengths, and a second run of the longest."""
    each_ms: list[float] = []
    for count in counts:
        many = repeated(files, count, work / str(count))
        command = converting(many, work / "many.pptx", "-j", str(jobs))
        fresh = [*command, "--no-cache", "--fresh"]
        each_ms.append(1000 * clock(fresh, work) / count)
        yield f"a slide of {count:,}", f"{each_ms[-1]:.2f} ms"
        if count == max(counts):
            memory = watch(fresh, work).own_bytes / _MEBIBYTE
            yield f"parent, {count:,} slides", f"{memory:.0f} MiB"
            clock([*command, "--fresh"], work)
            yield f"second run of {count:,}", f"{clock([*command, '--fresh'], work):.2f} s"
        shutil.rmtree(many)
    if len(each_ms) >= _FEWEST_FOR_GROWTH:
        yield f"growth, {counts[-1]:,} to {counts[-2]:,}", f"{each_ms[-1] / each_ms[-2]:.2f}"


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the figures of each folder."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.throughput")
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--jobs", type=_numbers, default=[1, 2])
    parser.add_argument("--growth", type=_numbers, default=[100, 1000, 10_000])
    parser.add_argument("--repeat", type=int, default=3)
    wanted = parser.parse_args(arguments)
    for folder in wanted.folders:
        print(folder)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as work:
            for name, value in measure(
                folder, wanted.jobs, wanted.growth, wanted.repeat, Path(work)
            ):
                print(f"  {name:<24} {value}", flush=True)


if __name__ == "__main__":
    main()
