"""`watch`: the deck follows the drawings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from svg2pptx_batch.cli import arguments
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import UsageError

if TYPE_CHECKING:
    from svg2pptx_batch.cli.watching import Watched

EXIT_CODES = """Exit status:

0 ended by Ctrl-C while nothing was converted; 130 or 143 in the middle of a conversion;

2 wrong usage or settings, or the extra watch is not installed; 4 output cannot be written."""

OPTIONS = "FOLDER... -o OUT [OPTIONS]"


def watch(
    context: typer.Context,
    settle: Annotated[
        str,
        typer.Option(
            metavar="DURATION", help="How long a file must stay the same to count as written."
        ),
    ] = "0.5s",
) -> None:
    """Convert folders, and again whenever a drawing comes, changes or goes, until Ctrl-C.

    Every option of convert may be given. What has not changed is not converted again.
    """
    given = arguments.parse(context.args)
    console = Console(Format(given["format"]), quiet=given["quiet"], verbose=given["verbose"] > 0)

    def work() -> int:
        from svg2pptx_batch.cli import watching
        from svg2pptx_batch.config import duration

        settle_s = duration(settle, "--settle")
        watched = _watched(given)
        stream = watching.news(watched, watching.tick(settle_s))

        def convert() -> int:
            return arguments.run(context.args)

        return watching.keep_converting(watched, stream, settle_s, convert, console.say)

    leave(console, work)


def _watched(given: Mapping[str, Any]) -> Watched:
    """Return what the arguments of `convert` name.

    Raises:
        UsageError: They name what cannot be watched.
    """
    from svg2pptx_batch.batch.storage import is_address
    from svg2pptx_batch.cli.destination import destination
    from svg2pptx_batch.cli.watching import Watched
    from svg2pptx_batch.config import load

    sources = given["inputs"] or []
    if not sources or given["files_from"]:
        raise UsageError(
            "No folder to watch is given." if not sources else "A list cannot be watched.",
            remedy="Name folders that hold drawings, or drawings.",
        )
    for source in sources:
        if is_address(source):
            raise UsageError(
                f"{source} cannot be watched: it is elsewhere.",
                remedy="Name folders of this machine.",
            )
        if not Path(source).exists():
            raise UsageError(
                f"{source} cannot be watched: there is no such file or folder.",
                remedy="Name folders that are there already.",
            )
    settings = load(
        arguments.flags_of(given), config_file=given["config"], isolated=given["isolated"]
    )
    _, output = destination(settings, sources, None, given["output"])
    if is_address(output):
        raise UsageError(
            f"What is watched cannot be written to {output}: it is elsewhere.",
            remedy="Name a deck or a folder of this machine.",
        )
    files = (given["status_file"], given["log_file"])
    return Watched(
        tuple(Path(source).absolute() for source in sources),
        Path(output).absolute(),
        tuple(Path(file).absolute() for file in files if file),
    )
