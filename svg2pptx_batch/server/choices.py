"""What a client may choose: settings by their usual names, checked before a job is accepted.

Only what shapes the result. What names files of this machine, how many workers there are and how
much a job may take is the operator's.
"""

from __future__ import annotations

import difflib
from pathlib import Path

import msgspec

from svg2pptx_batch.config import SETTINGS
from svg2pptx_batch.descriptions import DESCRIPTIONS
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import ConvertOptions, JobOptions, OutputMode
from svg2pptx_batch.server.problems import Problem

CHOOSABLE = (
    "slide-size",
    "fit",
    "margin",
    "background",
    "titles",
    "notes",
    "theme-colors",
    "text",
    "text-in-shapes",
    "target",
    "fallback-dpi",
    "system-fonts",
    "languages",
    "mode",
    "sections",
    "grid",
    "name-template",
    "fail-on",
)

Choices = dict[str, object]
_LONGEST_TEXT = 200


class Chosen(msgspec.Struct, frozen=True):
    """Options of a job, the operator's where the client chose nothing."""

    options: ConvertOptions
    job_options: JobOptions


def read_choices(text: bytes | str) -> Choices:
    """Read the `options` part of a request.

    Raises:
        Problem: 400 where it is no JSON object.
    """
    try:
        return msgspec.json.decode(text or b"{}", type=dict[str, object], strict=True)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        raise Problem(
            400, "options", "The options are no JSON object.", remedy='Send {"fit": "cover"}.'
        ) from error


def choose(choices: Choices, options: ConvertOptions, job_options: JobOptions) -> Chosen:
    """Settle the options of a job.

    Args:
        choices: What the client chose, setting to value.
        options: The operator's.
        job_options: The operator's.

    Raises:
        Problem: 422; it names every setting that is unknown or wrong.
    """
    errors = []
    changed: dict[type, dict[str, object]] = {ConvertOptions: {}, JobOptions: {}}
    for name, value in choices.items():
        try:
            setting = SETTINGS[_known(name)]
            changed[setting.owner][setting.field] = _parsed(name, value)
        except ValueError as error:
            errors.append({"option": name[:_LONGEST_TEXT], "detail": f"{error}."})
    if errors:
        raise Problem(
            422,
            "options",
            f"{len(errors)} of the options cannot be used.",
            remedy="See the schema of the options in /openapi.json.",
            errors=errors,
        )
    try:
        chosen = Chosen(
            msgspec.structs.replace(options, **changed[ConvertOptions]),
            msgspec.structs.replace(job_options, **changed[JobOptions]),
        )
        _check(chosen)
    except UsageError as error:
        raise Problem(422, "options", error.message, remedy=error.remedy or "") from error
    return chosen


def _known(name: str) -> str:
    """Return a setting's name if a client may choose it."""
    if name in CHOOSABLE:
        return name
    if name in SETTINGS:
        raise ValueError("clients cannot choose it")
    near = difflib.get_close_matches(name[:50].replace("_", "-").lower(), CHOOSABLE, n=1)
    raise ValueError("there is no such option" + (f"; did you mean {near[0]}?" if near else ""))


def _parsed(name: str, value: object) -> object:
    """Return a setting's value, read as from a file of settings."""
    if isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise ValueError(f"a text of more than {_LONGEST_TEXT} characters is not taken")
    if isinstance(value, dict | None) or (isinstance(value, list) and name != "languages"):
        raise ValueError("a text, a number or true or false is wanted")
    if isinstance(value, list) and len(value) > _LONGEST_TEXT:
        raise ValueError("the list is too long")
    return SETTINGS[name].parse(value, Path())


def _check(chosen: Chosen) -> None:
    """Refuse what only shows when options are taken together.

    Raises:
        UsageError: It cannot be done.
    """
    from svg2pptx_batch.batch.outputs import check_template
    from svg2pptx_batch.batch.stage import stage_of

    if chosen.job_options.mode is OutputMode.FOLDER:
        raise UsageError(
            "A folder cannot be downloaded.", remedy="Choose the mode merged, or zip for decks."
        )
    check_template(chosen.job_options.name_template)
    stage_of(chosen.options, chosen.job_options)


def describe(name: str) -> str:
    """Return what a setting does, for the OpenAPI document."""
    told = DESCRIPTIONS[name]
    return f"{told.text} Default: {told.default}." if told.default else told.text
