"""The command tree: which commands there are."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from svg2pptx_batch.cli.arguments import OF_CONVERT
from svg2pptx_batch.cli.commands.cancel import cancel
from svg2pptx_batch.cli.commands.clean import clean
from svg2pptx_batch.cli.commands.config import config_app
from svg2pptx_batch.cli.commands.convert import EXAMPLES, convert
from svg2pptx_batch.cli.commands.doctor import EXIT_CODES as DOCTOR_STATUS
from svg2pptx_batch.cli.commands.doctor import doctor
from svg2pptx_batch.cli.commands.inspect import EXIT_CODES as INSPECT_STATUS
from svg2pptx_batch.cli.commands.inspect import inspect
from svg2pptx_batch.cli.commands.keys import keys_app
from svg2pptx_batch.cli.commands.list import list_jobs
from svg2pptx_batch.cli.commands.merge import EXAMPLES as MERGE_EXAMPLES
from svg2pptx_batch.cli.commands.merge import merge
from svg2pptx_batch.cli.commands.plan import plan
from svg2pptx_batch.cli.commands.resume import resume
from svg2pptx_batch.cli.commands.retry import retry
from svg2pptx_batch.cli.commands.serve import EXIT_CODES as SERVE_STATUS
from svg2pptx_batch.cli.commands.serve import serve
from svg2pptx_batch.cli.commands.status import status
from svg2pptx_batch.cli.commands.watch import EXIT_CODES as WATCH_STATUS
from svg2pptx_batch.cli.commands.watch import OPTIONS as WATCH_OPTIONS
from svg2pptx_batch.cli.commands.watch import watch
from svg2pptx_batch.version import __version__

EXIT_CODES = """Exit status:

0 everything converted; 1 some files failed, or --fail-on objected; 2 wrong usage or settings;

3 no usable input; 4 output cannot be written; 5 job is running elsewhere;

6 a limit on the run was met: time, failures, memory, disk; or its cluster was lost; 70 a defect;

130 or 143 interrupted."""

app = typer.Typer(
    name="svg2pptx-batch",
    help="Convert SVG drawings to PowerPoint: native shapes that can be edited, many at a time.",
    epilog=EXIT_CODES,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command(epilog=EXAMPLES)(convert)
app.command()(resume)
app.command()(retry)
app.command()(status)
app.command(name="list")(list_jobs)
app.command()(cancel)
app.command()(plan)
app.command(epilog=MERGE_EXAMPLES)(merge)
app.command(epilog=INSPECT_STATUS)(inspect)
app.command()(clean)
app.command(epilog=WATCH_STATUS, options_metavar=WATCH_OPTIONS, context_settings=OF_CONVERT)(watch)
app.command(epilog=SERVE_STATUS)(serve)
app.add_typer(keys_app, name="keys")
app.add_typer(config_app, name="config")
app.command(epilog=DOCTOR_STATUS)(doctor)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"svg2pptx-batch {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    pass


def run() -> int:
    """Run the command the arguments name; return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    try:
        app(prog_name="svg2pptx-batch")
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    return 0
