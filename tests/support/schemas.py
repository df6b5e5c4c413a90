"""The JSON Schemas as they follow from the code: records from their types, settings from theirs.

What a field means is told once, under `Attributes:` in the docstring of its record.
"""

from __future__ import annotations

import inspect
import json
import math
import re
from typing import Any

import msgspec

from svg2pptx_batch import diagnostics, options
from svg2pptx_batch.batch import events, report
from svg2pptx_batch.config import SETTINGS, Number, Settings
from svg2pptx_batch.config_view import rows
from svg2pptx_batch.health import findings
from svg2pptx_batch.options import ConvertOptions, JobOptions

DIALECT = "https://json-schema.org/draft/2020-12/schema"
RECORDS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "status": ("The status file of a job.", (report.Status,)),
    "events": ("A line of `convert --format jsonl`.", events.Event.__args__),
    "report": (
        "What `convert --format json` writes: the report, or the error that stopped the run.",
        (report.Report, events.Error),
    ),
    "inspection": (
        "What `inspect --format json` writes: the inspection, or the error that prevented it.",
        (report.Inspection, events.Error),
    ),
    "health": (
        "What `doctor --format json` writes.",
        (findings.Health,),
    ),
}
_CLASSES = vars(findings) | vars(options) | vars(diagnostics) | vars(report) | vars(events)


def generated(name: str) -> str:
    """Return the text of a schema as the code has it now."""
    schema = _settings() if name == "settings" else _records(name)
    head = {"$schema": DIALECT, "$id": f"urn:svg2pptx-batch:schema:{name}"}
    return json.dumps(head | schema, indent=2, ensure_ascii=False) + "\n"


def _records(name: str) -> dict[str, Any]:
    description, kinds = RECORDS[name]
    references, components = msgspec.json.schema_components(kinds, ref_template="#/$defs/{name}")
    for title, component in components.items():
        _describe(component, _CLASSES[title])
    choice = references[0] if len(kinds) == 1 else {"anyOf": list(references)}
    return {"description": description} | choice | {"$defs": components}


def _describe(component: dict[str, Any], kind: type) -> None:
    """Give a component the first words of its class, and its fields theirs."""
    component["description"] = _split(kind)[0]
    if issubclass(kind, events._Event):
        component["properties"]["event"]["description"] = "What happened."
    for base in reversed(kind.__mro__):
        for field, text in _split(base)[1].items():
            component["properties"][field]["description"] = text


def _split(kind: type) -> tuple[str, dict[str, str]]:
    """Return a docstring without its sections, and what it says of each attribute."""
    doc = inspect.cleandoc(kind.__doc__ or "") if "__doc__" in vars(kind) else ""
    words, _, rest = doc.partition("\n\nAttributes:\n")
    words = re.split(r"\n\n(?:Raises|Args):", words)[0]
    entries = re.findall(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", rest, re.MULTILINE)
    return _joined(words), {name: _joined(text) for name, text in entries}


def _joined(text: str) -> str:
    return " ".join(text.split())


def _settings() -> dict[str, Any]:
    told = rows(Settings(ConvertOptions(), JobOptions(), {}))
    properties = {
        row.name: {
            "description": row.help,
            **_values(row.name, row.choices),
            "default": row.default,
        }
        for row in told
    }
    return {
        "title": "svg2pptx-batch",
        "description": "Settings: svg2pptx-batch.toml, or [tool.svg2pptx-batch] of pyproject.toml.",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _values(name: str, choices: tuple[str, ...]) -> dict[str, Any]:
    """Return the schema of a setting's values in a TOML file."""
    if choices:
        return {"enum": list(choices)}
    setting = SETTINGS[name]
    if isinstance(setting.parse, Number):
        return _number(setting.parse)
    field = next(f for f in msgspec.structs.fields(setting.owner) if f.name == setting.field)
    schema = msgspec.json.schema(field.type)
    if schema["type"] == "array":
        return {"type": "array", "items": {"type": "string"}}
    return {"type": schema["type"]}


def _number(grammar: Number) -> dict[str, Any]:
    least, most = grammar.range
    number: dict[str, Any] = {"type": "integer" if grammar.whole else "number", "minimum": least}
    if most < math.inf:
        number["maximum"] = most
    ways = [number]
    if grammar.units:
        units = "|".join(
            "".join(f"[{letter}{letter.upper()}]" for letter in unit) for unit in grammar.units
        )
        ways.append({"type": "string", "pattern": rf"^(\d+\.?\d*|\.\d+) *({units})?$"})
    if grammar.percent:
        ways.append({"type": "string", "pattern": r"^(\d+\.?\d*|\.\d+) *%$"})
    if grammar.words:
        ways.append({"enum": list(grammar.words)})
    return number if len(ways) == 1 else {"anyOf": ways}
