"""The arguments of `convert` for commands that take them all: `watch`, `config show`.

Such a command declares only its own options, and takes the others as they come.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from svg2pptx_batch.cli import params

if TYPE_CHECKING:
    import click

OF_CONVERT = {"allow_extra_args": True, "ignore_unknown_options": True}
"""The context settings of such a command; `typer.Context.args` has the arguments then."""

_NAME = "svg2pptx-batch convert"


def parse(arguments: Sequence[str]) -> Mapping[str, Any]:
    """Parse arguments as `convert` does, to its parameters by name.

    Raises:
        click.ClickException: They are wrong; ends a command as it does there.
    """
    return _convert().make_context(_NAME, [*arguments]).params


def flags_of(given: Mapping[str, Any]) -> dict[str, object]:
    """Return the settings among parsed arguments, by the setting's name.

    Raises:
        UsageError: They contradict each other.
    """
    from svg2pptx_batch.config import SETTINGS

    flags = {name: given[name.replace("-", "_")] for name in SETTINGS}
    flags["fail-on"] = params.fail_on_of(flags["fail-on"], strict=given["strict"])
    return {name: value for name, value in flags.items() if value not in (None, [], ())}


def run(arguments: Sequence[str]) -> int:
    """Run `convert`; return its exit status. Errors are told there."""
    return int(_convert().main([*arguments], prog_name=_NAME, standalone_mode=False))


def _convert() -> click.Command:
    import typer

    from svg2pptx_batch.cli.app import app

    command: click.Command = typer.main.get_command(app).commands["convert"]  # type: ignore[attr-defined]
    return command
