"""Where a result goes and of what form it is, told from flags, settings and names."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from svg2pptx_batch.batch.names import has_magic
from svg2pptx_batch.batch.outputs import mode_for
from svg2pptx_batch.batch.shards import PART_SUFFIX, parse_shard
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import JobOptions, OutputMode

if TYPE_CHECKING:
    from svg2pptx_batch.config import Settings

_SUFFIX_OF = {OutputMode.MERGED: ".pptx", OutputMode.ZIP: ".zip"}
_WANTED = {
    OutputMode.MERGED: "a .pptx",
    OutputMode.ZIP: "a .zip",
    OutputMode.FOLDER: "a folder",
}


def destination(
    settings: Settings, sources: Sequence[str], files_from: str | None, output: str | None
) -> tuple[JobOptions, str]:
    """Settle where the result goes and of what form it is.

    Raises:
        UsageError: The form asked for and the name contradict each other.
    """
    from svg2pptx_batch.config import Layer

    asked = settings.job.mode if "mode" in settings.origins else None
    if output is None and settings.job.append_to:
        return settings.job, settings.job.append_to
    if settings.job.shard:
        return _part(settings.job, asked, _stem(sources, files_from), output)
    if output is None:
        mode = asked or OutputMode.MERGED
        stem = _stem(sources, files_from)
        name = f"{stem}-pptx" if mode is OutputMode.FOLDER else stem + _SUFFIX_OF[mode]
        return msgspec.structs.replace(settings.job, mode=mode), name
    if output == "-":
        raise UsageError(
            "A deck cannot be written to standard output.", remedy="Give -o the name of a file."
        )
    suffix = Path(output).suffix.lower()
    if asked is not None and settings.origins["mode"].layer is Layer.FLAG:
        if suffix != _SUFFIX_OF.get(asked, "") and (
            asked in _SUFFIX_OF or suffix in _SUFFIX_OF.values()
        ):
            raise UsageError(
                f"--mode {asked} and the output {output} contradict each other.",
                remedy=f"Name {_WANTED[asked]}, or leave out --mode.",
            )
        mode = asked
    elif asked is OutputMode.FOLDER and suffix not in _SUFFIX_OF.values():
        mode = asked
    else:
        mode = mode_for(output)
    return msgspec.structs.replace(settings.job, mode=mode), output


def _part(
    job_options: JobOptions, mode: OutputMode | None, stem: str, output: str | None
) -> tuple[JobOptions, str]:
    """Return where a part goes; what the whole will be its name cannot tell."""
    shard = parse_shard(job_options.shard)
    assert shard is not None
    name = output or f"{stem}-{shard.number}-of-{shard.shares}{PART_SUFFIX}"
    return msgspec.structs.replace(job_options, mode=mode or OutputMode.MERGED), name


def _stem(sources: Sequence[str], files_from: str | None) -> str:
    """Return the name of a result that was given none: that of the input, or `slides`."""
    if len(sources) == 1 and not files_from and sources[0] != "-" and not has_magic(sources[0]):
        path = Path(sources[0]).absolute()
        stem = path.name if path.is_dir() else path.stem
        if stem:
            return stem
    return "slides"
