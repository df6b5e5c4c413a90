"""`plan`: what `convert` would do, with the same options."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, get_type_hints

from svg2pptx_batch.cli.commands.convert import convert
from svg2pptx_batch.cli.console import Console, Format

if TYPE_CHECKING:
    from svg2pptx_batch.batch.preview import Preview

_ONLY_OF_RUNS = frozenset({"dry_run", "status_file", "progress", "fresh", "exit_zero"})
_HEADINGS = ("STATE", "BYTES", "KEY", "FILE")
_KEY_CHARACTERS = 12


def plan(**options: Any) -> None:
    """Tell what convert would do: which files there are, and which of them are made already.

    Takes the inputs and options of convert. Nothing is converted and nothing written.
    """
    convert(**options, dry_run=True)


def _take_options() -> None:
    """Let `plan` have those options of `convert` that mean something without a run."""
    hints = get_type_hints(convert, include_extras=True)
    parameters = [
        parameter.replace(annotation=hints[name])
        for name, parameter in inspect.signature(convert).parameters.items()
        if name not in _ONLY_OF_RUNS
    ]
    plan.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    plan.__annotations__ = {each.name: each.annotation for each in parameters}


_take_options()


def tell_preview(console: Console, found: Preview) -> None:
    """Write a preview: a row a file, and on standard error how many there are of each kind."""
    if console.format is not Format.TEXT:
        console.result_json(found)
        return
    rows = [
        (
            str(file.state),
            f"{file.bytes:,}",
            file.key[:_KEY_CHARACTERS],
            f"{file.name}: {file.message}" if file.message else file.name,
        )
        for file in found.files
    ]
    console.result_table([_HEADINGS, *rows])
    for note in found.notes:
        console.say(note)
    states = [file.state for file in found.files]
    told = ", ".join(f"{states.count(state):,} {state}" for state in dict.fromkeys(states))
    console.say(f"{told}; to {found.output} ({found.mode})")
