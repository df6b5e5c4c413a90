"""One drawing to a deck of one slide, in this process: no job, no journal, no workers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from time import perf_counter

from svg2pptx_batch.batch.inputs import InputFile, loader_for, read
from svg2pptx_batch.batch.outputs import check_output
from svg2pptx_batch.batch.report import FileReport, JobState, Report, TaskState, count
from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.deck import DeckWriter, parse_slide_size, size_for_drawing, source_properties
from svg2pptx_batch.errors import ExitCode
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.options import ConvertOptions, Limits, OutputMode
from svg2pptx_batch.svg.probe import probe_size
from svg2pptx_batch.svg.resources import DataLoader, ResourceLoader


def convert_one(
    source: str | os.PathLike[str] | bytes, output: Path, options: ConvertOptions
) -> Report:
    """Convert one SVG; see `api.convert`."""
    began = perf_counter()
    slide = parse_slide_size(options.slide_size)
    output = output.absolute()
    check_output(output, OutputMode.MERGED, overwrite=True)
    loader: ResourceLoader = DataLoader()
    if isinstance(source, bytes):
        name, data = "drawing.svg", source
    else:
        file = _input(Path(source))
        name, data = file.name, read(file, Limits())
        loader = loader_for(file, options.resource_root)
    size = slide or size_for_drawing(*probe_size(data))
    conversion = convert_svg(
        data,
        options=options,
        slide=size,
        fonts=FontCatalog(options.font_dirs, system=options.system_fonts),
        loader=loader,
        name=name,
    )
    digest = hashlib.sha256(data).hexdigest()
    properties = source_properties(conversion.slide.title, name, digest)
    with DeckWriter(output, size, properties=properties) as deck:
        deck.add(conversion.slide)
    seconds = round(perf_counter() - began, 6)
    row = FileReport(
        0,
        name,
        TaskState.DONE,
        seconds=seconds,
        fidelity=conversion.fidelity,
        diagnostics=conversion.diagnostics,
    )
    counts, fidelity = count([row])
    return Report(
        state=JobState.DONE,
        exit_code=ExitCode.OK,
        counts=counts,
        fidelity=fidelity,
        seconds=seconds,
        converted=1,
        outputs=(str(output),),
        files=(row,),
    )


def _input(path: Path) -> InputFile:
    """Describe a file that was named directly."""
    absolute = path.absolute()
    folder = str(absolute.parent)
    return InputFile(absolute.name, str(absolute), 0, str(path), folder, folder)
