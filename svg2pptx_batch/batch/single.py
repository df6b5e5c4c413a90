"""One drawing, in this process: no job, no journal, no workers."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from time import perf_counter
from typing import NamedTuple

from svg2pptx_batch.batch.inputs import InputFile, loader_for, read
from svg2pptx_batch.batch.outputs import check_inputs, check_output
from svg2pptx_batch.batch.report import (
    FileReport,
    Inspection,
    JobState,
    Report,
    TaskState,
    count,
    objects,
    worst_first,
)
from svg2pptx_batch.batch.stage import stage_of, template_of
from svg2pptx_batch.conversion import Conversion, convert_svg
from svg2pptx_batch.deck import DeckWriter, size_for_drawing, source_properties
from svg2pptx_batch.diagnostics import Fidelity
from svg2pptx_batch.errors import ExitCode
from svg2pptx_batch.fonts import FontCatalog
from svg2pptx_batch.frame import Frame
from svg2pptx_batch.options import ConvertOptions, FailOn, JobOptions, Limits, OutputMode, SlideSize
from svg2pptx_batch.svg.probe import probe_size
from svg2pptx_batch.svg.resources import DataLoader, ResourceLoader

Source = str | os.PathLike[str] | bytes


class _Drawing(NamedTuple):
    """A source that has been read.

    Attributes:
        name: Of the file; `drawing.svg` for bytes.
        data: Its content.
        loader: What it may refer to.
        slide: Size of its slide.
    """

    name: str
    data: bytes
    loader: ResourceLoader
    slide: SlideSize


def convert_one(source: Source, output: Path, options: ConvertOptions, fail_on: FailOn) -> Report:
    """Convert one SVG; see `api.convert`."""
    began = perf_counter()
    stage = stage_of(options)
    output = output.absolute()
    check_output(str(output), OutputMode.MERGED, overwrite=True)
    read_from = () if isinstance(source, bytes) else (os.path.abspath(source),)  # noqa: PTH100
    check_inputs(str(output), "", (*read_from, *filter(None, (options.template,))))
    drawing = _read(source, stage.size, options)
    conversion = _convert(drawing, options, stage.frame)
    digest = hashlib.sha256(drawing.data).hexdigest()
    properties = source_properties(conversion.slide.metadata, drawing.name, digest)
    template = template_of(options, JobOptions(), drawing.slide)
    with DeckWriter(output, drawing.slide, properties=properties, template=template) as deck:
        deck.add(conversion.slide)
    seconds = round(perf_counter() - began, 6)
    row = FileReport(
        0,
        drawing.name,
        TaskState.DONE,
        seconds=seconds,
        fidelity=conversion.fidelity,
        diagnostics=tuple(worst_first(conversion.diagnostics)),
        objected=objects(fail_on, conversion.fidelity),
    )
    counts, fidelity = count([row])
    return Report(
        state=JobState.DONE,
        exit_code=ExitCode.SOME_FAILED if row.objected else ExitCode.OK,
        counts=counts,
        fidelity=fidelity,
        fail_on=fail_on,
        seconds=seconds,
        converted=1,
        outputs=(str(output),),
        files=(row,),
    )


def inspect_one(source: Source, options: ConvertOptions, fail_on: FailOn) -> Inspection:
    """Tell how the elements of one SVG end; see `api.inspect`."""
    stage = stage_of(options)
    drawing = _read(source, stage.size, options)
    conversion = _convert(drawing, options, stage.frame)
    return Inspection(
        name=drawing.name,
        elements=sum(conversion.fidelity.values()),
        fidelity={str(end): conversion.fidelity.get(end, 0) for end in Fidelity},
        fail_on=fail_on,
        objected=objects(fail_on, conversion.fidelity),
        diagnostics=tuple(worst_first(conversion.diagnostics)),
    )


def _read(source: Source, slide: SlideSize | None, options: ConvertOptions) -> _Drawing:
    """Read a source; its slide is as large as it says itself where no size is given."""
    loader: ResourceLoader = DataLoader()
    if isinstance(source, bytes):
        name, data = "drawing.svg", source
    else:
        file = _input(Path(source))
        name, data = file.name, read(file, Limits())
        loader = loader_for(file, options.resource_root)
    return _Drawing(name, data, loader, slide or size_for_drawing(*probe_size(data)))


def _convert(drawing: _Drawing, options: ConvertOptions, frame: Frame) -> Conversion:
    return convert_svg(
        drawing.data,
        options=options,
        slide=drawing.slide,
        fonts=FontCatalog(options.font_dirs, system=options.system_fonts),
        loader=drawing.loader,
        name=drawing.name,
        frame=frame,
    )


def _input(path: Path) -> InputFile:
    """Describe a file that was named directly."""
    absolute = path.absolute()
    folder = str(absolute.parent)
    return InputFile(absolute.name, str(absolute), 0, str(path), folder, folder)
