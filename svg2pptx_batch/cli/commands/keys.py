"""`keys`: who may use the server."""

from __future__ import annotations

from typing import Annotated

import typer

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode

keys_app = typer.Typer(
    help="Make, list and revoke the API keys of the server.", no_args_is_help=True
)


@keys_app.command()
def create(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What or whom the key is for.")],
) -> None:
    """Make a key and print it. It cannot be shown again: only its hash is kept."""
    console = Console()

    def work() -> int:
        from svg2pptx_batch.server.keys import KeyFile

        text, key = KeyFile().create(name)
        console.result(text)
        console.say(f"Key {key.prefix}… for {key.name}. Keep it now: it is not shown again.")
        return ExitCode.OK

    leave(console, work)


@keys_app.command(name="list")
def list_keys(format: params.TextOrJsonOption = params.TextOrJson.TEXT) -> None:
    """List the keys: the beginning of each, when it was made, what it is for."""
    console = Console(Format(format))

    def work() -> int:
        from svg2pptx_batch.server.keys import KeyFile

        keys = KeyFile().all()
        if console.format is Format.JSON:
            told = ("prefix", "name", "created")
            console.result_json([{field: getattr(key, field) for field in told} for key in keys])
        elif keys:
            rows = [(f"{key.prefix}…", key.created[:19] + "Z", key.name) for key in keys]
            console.result_table([("KEY", "CREATED", "NAME"), *rows])
        else:
            console.say("There are no keys: the server can be reached from this machine alone.")
        return ExitCode.OK

    leave(console, work)


@keys_app.command()
def revoke(
    key: Annotated[str, typer.Argument(metavar="NAME|PREFIX", help="Which one, as list shows it.")],
) -> None:
    """Revoke a key. A running server takes it no more; its jobs are kept until they expire."""
    console = Console()

    def work() -> int:
        from svg2pptx_batch.server.keys import KeyFile

        revoked = KeyFile().revoke(key.rstrip("…"))
        console.say(f"Key {revoked.prefix}… for {revoked.name} is revoked.")
        return ExitCode.OK

    leave(console, work)
