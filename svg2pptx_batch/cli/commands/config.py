"""`config`: the settings that hold, the files they come from, their schema, and a file to edit."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from svg2pptx_batch.cli import arguments, params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode, OutputError

if TYPE_CHECKING:
    from svg2pptx_batch.config_view import Value

config_app = typer.Typer(
    help="Tell which settings hold and where they come from; write a file to change them.",
    no_args_is_help=True,
    rich_markup_mode="rich",
)
_HEADINGS = ("SETTING", "VALUE", "FROM")


class SchemaName(StrEnum):
    """The records whose JSON Schemas are published."""

    SETTINGS = "settings"
    STATUS = "status"
    EVENTS = "events"
    REPORT = "report"
    INSPECTION = "inspection"
    HEALTH = "health"


@config_app.command(context_settings=arguments.OF_CONVERT)
def show(
    context: typer.Context,
    format: params.TextOrJsonOption = params.TextOrJson.TEXT,
    config: params.ConfigOption = None,
    isolated: params.IsolatedOption = False,
) -> None:
    """List every setting with its value and where that came from.

    Arguments of `convert` may follow: then what that very command would use is listed.
    """
    console = Console(Format(format))
    given = arguments.parse(context.args)

    def work() -> int:
        from svg2pptx_batch.config import load
        from svg2pptx_batch.config_view import rows

        settings = load(arguments.flags_of(given), config_file=config, isolated=isolated)
        table = list(rows(settings))
        if console.format is Format.JSON:
            console.result_json(table)
        else:
            lines = ((row.name, _text_of(row.value), row.where or row.layer) for row in table)
            console.result_table([_HEADINGS, *lines])
        return ExitCode.OK

    leave(console, work)


@config_app.command()
def path(
    format: params.TextOrJsonOption = params.TextOrJson.TEXT,
    config: params.ConfigOption = None,
    isolated: params.IsolatedOption = False,
) -> None:
    """Tell which files settings are read from, and whether they are there.

    A later one goes before the earlier.
    """
    console = Console(Format(format))

    def work() -> int:
        from svg2pptx_batch.config_files import settings_files

        files = settings_files(config, isolated=isolated)
        if console.format is Format.JSON:
            console.result_json(
                [{"role": role, "path": str(path), "found": found} for role, path, found in files]
            )
            return ExitCode.OK
        for role, path, found in files:
            console.result(f"{role:<8} {path}" + ("" if found else " (not there)"))
        if not files:
            console.say("No file is read.")
        return ExitCode.OK

    leave(console, work)


@config_app.command()
def schema(
    record: Annotated[
        SchemaName,
        typer.Argument(
            help="Of which record: the settings file, the status file, a line of --format jsonl, "
            "what --format json writes, what inspect and doctor write.",
        ),
    ] = SchemaName.SETTINGS,
) -> None:
    """Print the JSON Schema of the settings file, or of a record for scripts."""
    console = Console()

    def work() -> int:
        from svg2pptx_batch.schemas import read_schema

        for line in read_schema(record).splitlines():
            console.result(line)
        return ExitCode.OK

    leave(console, work)


@config_app.command()
def init(
    file: Annotated[Path, typer.Argument(help="The file to write.")] = Path("svg2pptx-batch.toml"),
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace the file if it is there.")
    ] = False,
) -> None:
    """Write a settings file that tells every setting and its default, ready to be changed."""
    console = Console()

    def work() -> int:
        from svg2pptx_batch.config_view import default_file

        try:
            with file.open("w" if overwrite else "x", encoding="utf-8") as stream:
                stream.write(default_file())
        except FileExistsError as error:
            raise OutputError(
                f"{file} exists already.", remedy="Choose another name, or give --overwrite."
            ) from error
        except OSError as error:
            raise OutputError(
                f"{file} cannot be written: {error.strerror or error}.",
                remedy="Choose a file in a folder you may write to.",
            ) from error
        console.result(str(file))
        return ExitCode.OK

    leave(console, work)


def _text_of(value: Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return ", ".join(value) if isinstance(value, list) else str(value)
