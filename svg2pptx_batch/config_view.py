"""Settings as they are told: rows with value and origin, and the commented file of all defaults.

Values are told as a settings file would say them: `2GiB`, never 2147483648.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from svg2pptx_batch.config import SETTINGS, Layer, Number, Setting, Settings
from svg2pptx_batch.descriptions import DESCRIPTIONS
from svg2pptx_batch.options import ConvertOptions, JobOptions, Limits, Percent

Value = str | bool | int | float | list[str]
"""What a setting can be in a TOML file."""

_WIDTH = 98
_UNITS_TOLD = ("GiB", "MiB", "KiB", "d", "h")
_BARE_UNITS_TOLD = frozenset({"s", "px"})

_HEAD = """\
# Settings of svg2pptx-batch, all at their defaults: remove a # to change one.
# A flag or an SVG2PPTX_ variable goes before this file, this file before the user's own.
# `svg2pptx-batch config schema` prints a JSON Schema by which editors complete and check it.
"""


class SettingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One setting as it holds.

    Attributes:
        name: That of the key in a file and of the flag.
        value: As a file would say it.
        layer: The kind of place it came from.
        where: `--fit`, `SVG2PPTX_FIT`, the path of a file; empty for a default.
        default: What holds when nothing is chosen.
        choices: The keywords there are; none where it is no keyword.
        help: What the setting does.
    """

    name: str
    value: Value
    layer: Layer
    where: str
    default: Value
    choices: tuple[str, ...] = ()
    help: str


def rows(settings: Settings) -> Iterator[SettingRow]:
    """Yield every setting, in the order they are documented."""
    defaults = Settings(ConvertOptions(), JobOptions(), {})
    for name, setting in SETTINGS.items():
        default = _chosen(setting, defaults)
        origin = settings.origins.get(name)
        yield SettingRow(
            name=name,
            value=_told(setting, _chosen(setting, settings)),
            layer=Layer.DEFAULT if origin is None else origin.layer,
            where="" if origin is None else origin.where,
            default=_told(setting, default),
            choices=tuple(type(default)) if isinstance(default, StrEnum) else (),
            help=DESCRIPTIONS[name].text,
        )


def default_file() -> str:
    """Return a settings file that tells every setting and changes none."""
    parts = [_HEAD]
    for row in rows(Settings(ConvertOptions(), JobOptions(), {})):
        text = f"{row.help} One of {', '.join(row.choices)}." if row.choices else row.help
        comment = textwrap.fill(text, _WIDTH, initial_indent="# ", subsequent_indent="# ")
        parts.append(f"{comment}\n#{row.name} = {_toml(row.value)}\n")
    return "\n".join(parts)


def _toml(value: Value) -> str:
    """Return a value in TOML's notation, which for these kinds is that of JSON."""
    return json.dumps(value, ensure_ascii=False)


def _chosen(setting: Setting, settings: Settings) -> Any:
    """Return a setting's value as the converter has it."""
    owners: dict[type[msgspec.Struct], msgspec.Struct] = {
        ConvertOptions: settings.convert,
        JobOptions: settings.job,
        Limits: settings.job.limits,
    }
    return getattr(owners[setting.owner], setting.field)


def _told(setting: Setting, value: Any) -> Value:
    """Return a value as a file would say it."""
    if isinstance(setting.parse, Number):
        return _told_number(setting.parse, value)
    if isinstance(value, bool):
        return value
    return list(map(str, value)) if isinstance(value, tuple) else str(value)


def _told_number(grammar: Number, value: float | Percent) -> Value:
    """Return a number as people say it: by a word, or in the largest unit that makes it whole."""
    if isinstance(value, Percent):
        return f"{value.percent:g}%"
    for word, number in grammar.words.items():
        if value == number:
            return word
    for unit in _UNITS_TOLD:
        factor = grammar.units.get(unit.lower())
        if value and factor and value % factor == 0:
            return f"{value // factor:.0f}{unit}"
    plain = int(value) if value == int(value) else value
    return f"{plain}{grammar.bare}" if value and grammar.bare in _BARE_UNITS_TOLD else plain
