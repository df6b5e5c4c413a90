"""Settings: flag over environment over project file over user file over default.

What enters are texts and TOML values, what leaves are ConvertOptions and JobOptions. Every value
has one grammar, whichever way it comes. Settings never come from an input folder or an archive.
"""

from __future__ import annotations

import difflib
import math
import os
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from svg2pptx_batch.config_files import read_settings, settings_files
from svg2pptx_batch.errors import UsageError
from svg2pptx_batch.options import (
    RANGES,
    ConvertOptions,
    FailOn,
    FitMode,
    JobOptions,
    Limits,
    OutputMode,
    Percent,
    Sections,
    Target,
    TextMode,
    Titles,
)
from svg2pptx_batch.places import CACHE_DIR_VARIABLE, STATE_DIR_VARIABLE

ENVIRONMENT_PREFIX = "SVG2PPTX_"
RESERVED_VARIABLES = frozenset({STATE_DIR_VARIABLE, CACHE_DIR_VARIABLE})
"""Variables that say where things are kept; read by the rooms that keep them."""

_PX_PER = {"px": 1.0, "pt": 4 / 3, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4}
_SECONDS_PER = {"ms": 0.001, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86_400.0}
_BYTES_PER = {
    "b": 1,
    "k": 2**10,
    "kb": 1000,
    "kib": 2**10,
    "m": 2**20,
    "mb": 1000**2,
    "mib": 2**20,
    "g": 2**30,
    "gb": 1000**3,
    "gib": 2**30,
}
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))\s*([A-Za-z]*)")
_YES = ("1", "true", "yes", "on")
_NO = ("0", "false", "no", "off")


class Layer(StrEnum):
    """What a setting may come from, that which goes before the others first."""

    FLAG = "flag"
    VARIABLE = "variable"
    FILE = "file"
    DEFAULT = "default"


class Origin(NamedTuple):
    """Where a setting came from.

    Attributes:
        layer: The kind of place.
        where: `--fit`, `SVG2PPTX_FIT` or the path of a file.
    """

    layer: Layer
    where: str

    def of(self, key: str) -> str:
        """Return the place as messages name it, with the key if it is a file."""
        return f"{self.where}: {key}" if self.layer is Layer.FILE else self.where


class Settings(NamedTuple):
    """All options, settled.

    Attributes:
        convert: Those that change a slide.
        job: Those that do not.
        origins: Where each setting that is no default came from, by its name.
    """

    convert: ConvertOptions
    job: JobOptions
    origins: dict[str, Origin]


def load(
    flags: Mapping[str, object] | None = None,
    *,
    config_file: Path | None = None,
    isolated: bool = False,
    folder: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settle the options.

    Args:
        flags: Settings of the command line by name; None stands for one not given.
        config_file: A file to be read in place of the project's and the user's.
        isolated: Read no file and no variable.
        folder: Where the search for a project file starts, upwards; the current one when None.
        environ: The environment; the process's own when None.

    Raises:
        UsageError: A name or a value is wrong, or a file cannot be read.
    """
    here = Path.cwd() if folder is None else folder.absolute()
    values: dict[str, Any] = {}
    origins: dict[str, Origin] = {}

    def apply(layer: Mapping[str, object], base: Path, place: Callable[[str], Origin]) -> None:
        for raw, value in layer.items():
            name = raw.replace("_", "-")
            origin = place(raw)
            if name not in SETTINGS:
                raise _unknown(raw, origin.of(raw), SETTINGS)
            try:
                values[name] = SETTINGS[name].parse(value, base)
            except ValueError as error:
                raise UsageError(
                    f"{origin.of(raw)}: {error}.",
                    remedy="See `svg2pptx-batch convert --help`.",
                ) from error
            origins[name] = origin

    for file in settings_files(config_file, isolated=isolated, folder=here):
        if file.found or config_file is not None:
            apply(read_settings(file.path), file.path.absolute().parent, _in_file(file.path))
    if not isolated:
        apply(_variables(os.environ if environ is None else environ), here, _variable)
    given = {name: value for name, value in (flags or {}).items() if value is not None}
    apply(given, here, lambda name: Origin(Layer.FLAG, f"--{name}"))
    return Settings(*_build(values), origins)


def _build(values: Mapping[str, Any]) -> tuple[ConvertOptions, JobOptions]:
    """Make the options of parsed values."""
    fields: dict[type[msgspec.Struct], dict[str, Any]] = {
        ConvertOptions: {},
        JobOptions: {},
        Limits: {},
    }
    for name, value in values.items():
        setting = SETTINGS[name]
        fields[setting.owner][setting.field] = value
    limits = Limits(**fields[Limits])
    return ConvertOptions(**fields[ConvertOptions]), JobOptions(limits=limits, **fields[JobOptions])


def _unknown(name: str, origin: str, known: Mapping[str, object]) -> UsageError:
    """Tell that a setting does not exist, and which one was probably meant."""
    near = difflib.get_close_matches(name.replace("_", "-").lower(), known, n=1, cutoff=0.5)
    return UsageError(
        f"{origin}: there is no such setting.",
        remedy=f"Did you mean {near[0]}?" if near else f"Settings: {', '.join(known)}.",
    )


def _variables(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings among the variables of the environment."""
    return {
        name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("_", "-"): value
        for name, value in environ.items()
        if name.startswith(ENVIRONMENT_PREFIX) and name not in RESERVED_VARIABLES
    }


def _in_file(path: Path) -> Callable[[str], Origin]:
    return lambda _key: Origin(Layer.FILE, str(path))


def _variable(name: str) -> Origin:
    return Origin(Layer.VARIABLE, ENVIRONMENT_PREFIX + name.upper().replace("-", "_"))


# The grammar of each kind of value. All take a text or a TOML value and the folder that relative
# paths start at, and raise ValueError with half a sentence.

Parser = Callable[[object, Path], object]


def _text(value: object, base: Path) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is not a text")
    return value


def _path(value: object, base: Path) -> Path | None:
    """Return an absolute path; None for an empty text."""
    text = _text(value, base)
    return Path(os.path.normpath(base / Path(text).expanduser())) if text else None


def _existing(kind: str, is_one: Callable[[Path], bool]) -> Parser:
    def parse(value: object, base: Path) -> str:
        path = _path(value, base)
        if path is not None and not is_one(path):
            raise ValueError(f"{value} is not a {kind}")
        return str(path or "")

    return parse


_folder, _file = _existing("folder", Path.is_dir), _existing("file", Path.is_file)


def _texts(separator: str, item: Parser) -> Parser:
    def parse(value: object, base: Path) -> tuple[object, ...]:
        if isinstance(value, str):
            value = [part.strip() for part in value.split(separator) if part.strip()]
        if not isinstance(value, list | tuple):
            raise ValueError(f"{value!r} is not a list")
        return tuple(item(part, base) for part in value)

    return parse


def _choice(kind: type[StrEnum]) -> Parser:
    def parse(value: object, base: Path) -> StrEnum:
        names = [str(member) for member in kind]
        if value not in names:
            near = difflib.get_close_matches(str(value), names, n=1)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise ValueError(f"{value!r} is none of {', '.join(names)}{hint}")
        return kind(value)

    return parse


def _yes_no(value: object, base: Path) -> bool:
    if isinstance(value, bool):
        return value
    text = str(value).lower()
    if text not in _YES + _NO:
        raise ValueError(f"{value!r} is neither true nor false")
    return text in _YES


class Number(msgspec.Struct, frozen=True):
    """The grammar of a number, with a unit or without.

    Attributes:
        field: The option it is for, which has a range in the base unit.
        units: Factor of each unit.
        bare: The unit of a number without one.
        whole: Whether the result is an integer.
        words: Texts that stand for a number which is not to be written as one.
        percent: Whether it may be a percentage instead.
    """

    field: str
    units: Mapping[str, float] = {}
    bare: str = ""
    whole: bool = False
    words: Mapping[str, int] = {}
    percent: bool = False

    @property
    def range(self) -> tuple[float, float]:
        """Least and greatest number, in the base unit."""
        least, most = RANGES[self.field]
        return (least + 1 if least in self.words.values() else least), most

    def __call__(self, value: object, base: Path) -> float | Percent:
        """Return the number that a text or a TOML value stands for."""
        if isinstance(value, str) and value in self.words:
            return self.words[value]
        if self.percent and isinstance(value, str) and value.rstrip().endswith("%"):
            return Percent(Number("percent").number(value.rstrip()[:-1]))
        return self.number(value)

    def number(self, value: object) -> float:
        """Return the number that a text or a TOML value stands for, in the base unit."""
        others = "".join(f", or {word}" for word in self.words)
        found = None if isinstance(value, bool) else _QUANTITY.fullmatch(str(value).strip())
        unit = found[2].lower() or self.bare if found else ""
        if found is None or (unit and unit not in self.units):
            among = f" with one of the units {', '.join(self.units)}" if self.units else ""
            raise ValueError(f"{value!r} is not a number{among}{others}")
        result = float(found[1]) * self.units.get(unit, 1.0)
        least, most = self.range
        if not (least <= result <= most and math.isfinite(result)):
            upper = f" to {most:g}" if most < math.inf else " or more"
            raise ValueError(f"{value!r} is out of range: {least:g}{upper}{others}")
        if not self.whole:
            return result
        if result != int(result) and not self.units:
            raise ValueError(f"{value!r} is not a whole number")
        return int(result)


_theme_colors = Number("theme_colors", words={"off": -1, "exact": 0})


def _bytes(field: str) -> Parser:
    return Number(field, _BYTES_PER, "b", whole=True)


def _seconds(field: str, *, percent: bool = False) -> Number:
    return Number(field, _SECONDS_PER, "s", percent=percent)


def job_changes(flags: Mapping[str, object]) -> dict[str, Any]:
    """Return the fields of JobOptions that flags of the command line change; None changes none.

    Raises:
        UsageError: A value is wrong.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    options = load(given, isolated=True).job
    return {SETTINGS[name].field: getattr(options, SETTINGS[name].field) for name in given}


def duration(text: str, flag: str) -> float:
    """Read a duration such as `90s`, `12h` or `7d`; return seconds.

    Args:
        text: The value.
        flag: Whose it is, for the message.

    Raises:
        UsageError: It is none.
    """
    return _of_flag(_seconds("keep_s"), text, flag, "a duration such as 500ms, 90s, 12h or 7d")


def size(text: str, flag: str) -> int:
    """Read a size such as `64MiB` or `2GB`; return bytes.

    Args:
        text: The value.
        flag: Whose it is, for the message.

    Raises:
        UsageError: It is none.
    """
    number = Number("cache_bytes", _BYTES_PER, "b", whole=True)
    return int(_of_flag(number, text, flag, "a size such as 500kB, 64MiB or 2GiB"))


def _of_flag(number: Number, text: str, flag: str, wanted: str) -> float:
    """Read the value of a flag that is no setting.

    Raises:
        UsageError: It is not what is wanted.
    """
    try:
        return number.number(text)
    except ValueError as error:
        raise UsageError(f"{flag}: {error}.", remedy=f"Give {wanted}.") from error


class Setting(NamedTuple):
    """One setting: the struct and field it fills, and its grammar."""

    owner: type[msgspec.Struct]
    field: str
    parse: Parser


SETTINGS: dict[str, Setting] = {
    "slide-size": Setting(ConvertOptions, "slide_size", _text),
    "fit": Setting(ConvertOptions, "fit", _choice(FitMode)),
    "margin": Setting(ConvertOptions, "margin", Number("margin", _PX_PER, "px")),
    "background": Setting(ConvertOptions, "background", _text),
    "template": Setting(ConvertOptions, "template", _file),
    "layout": Setting(ConvertOptions, "layout", _text),
    "titles": Setting(ConvertOptions, "titles", _choice(Titles)),
    "notes": Setting(ConvertOptions, "notes", _yes_no),
    "theme-colors": Setting(ConvertOptions, "theme_colors", _theme_colors),
    "text": Setting(ConvertOptions, "text", _choice(TextMode)),
    "target": Setting(ConvertOptions, "target", _choice(Target)),
    "fallback-dpi": Setting(ConvertOptions, "fallback_dpi", Number("fallback_dpi", whole=True)),
    "font-dir": Setting(ConvertOptions, "font_dirs", _texts(os.pathsep, _folder)),
    "system-fonts": Setting(ConvertOptions, "system_fonts", _yes_no),
    "text-in-shapes": Setting(ConvertOptions, "text_in_shapes", _yes_no),
    "resource-root": Setting(ConvertOptions, "resource_root", _folder),
    "languages": Setting(ConvertOptions, "languages", _texts(",", _text)),
    "mode": Setting(JobOptions, "mode", _choice(OutputMode)),
    "jobs": Setting(JobOptions, "jobs", Number("jobs", whole=True, words={"auto": 0})),
    "timeout": Setting(JobOptions, "timeout_s", _seconds("timeout_s", percent=True)),
    "batch-timeout": Setting(JobOptions, "batch_timeout_s", _seconds("batch_timeout_s")),
    "retries": Setting(JobOptions, "retries", Number("retries", whole=True)),
    "memory-per-file": Setting(JobOptions, "memory_bytes", _bytes("memory_bytes")),
    "memory-free": Setting(JobOptions, "memory_free_bytes", _bytes("memory_free_bytes")),
    "disk-free": Setting(JobOptions, "disk_free_bytes", _bytes("disk_free_bytes")),
    "max-failures": Setting(
        JobOptions,
        "max_failures",
        Number("max_failures", whole=True, words={"any": -1}, percent=True),
    ),
    "cache": Setting(JobOptions, "cache", _yes_no),
    "cache-size": Setting(JobOptions, "cache_bytes", _bytes("cache_bytes")),
    "keep": Setting(JobOptions, "keep_s", _seconds("keep_s")),
    "executor": Setting(JobOptions, "executor", _text),
    "shard": Setting(JobOptions, "shard", _text),
    "wait-lock": Setting(JobOptions, "wait_lock", _yes_no),
    "overwrite": Setting(JobOptions, "overwrite", _yes_no),
    "sections": Setting(JobOptions, "sections", _choice(Sections)),
    "append-to": Setting(JobOptions, "append_to", _file),
    "grid": Setting(JobOptions, "grid", _text),
    "name-template": Setting(JobOptions, "name_template", _text),
    "fail-on": Setting(JobOptions, "fail_on", _choice(FailOn)),
    "max-files": Setting(Limits, "max_files", Number("max_files", whole=True)),
    "max-file-size": Setting(Limits, "max_file_bytes", _bytes("max_file_bytes")),
    "max-total-size": Setting(Limits, "max_total_bytes", _bytes("max_total_bytes")),
    "max-archive-ratio": Setting(Limits, "max_archive_ratio", Number("max_archive_ratio")),
}
"""Every setting by its name: that of the flag, of the key in a file and, in capitals with `_` for
`-` and `SVG2PPTX_` before it, of the variable."""
