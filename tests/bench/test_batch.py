"""A batch of small files with a worker: what a file costs beside its conversion."""

from __future__ import annotations

import shutil
from pathlib import Path

from svg2pptx_batch import JobOptions, convert_many

EXAMPLES = Path(__file__).parents[2] / "examples"
ICONS = 50


def test_a_batch_of_icons(benchmark, tmp_path):
    folder = tmp_path / "icons"
    folder.mkdir()
    for number in range(ICONS):
        shutil.copyfile(EXAMPLES / "icon-settings.svg", folder / f"{number}.svg")
    deck = tmp_path / "icons.pptx"
    options = JobOptions(jobs=1, cache=False)
    benchmark.extra_info["files"] = ICONS

    report = benchmark(convert_many, folder, deck, job_options=options)

    assert report.counts.done == ICONS
    assert deck.is_file()
