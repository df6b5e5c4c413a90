"""What scripts read: the records of real runs conform to the published schemas."""

import json

import pytest
from jsonschema import Draft202012Validator

from svg2pptx_batch.schemas import read_schema
from tests.cli.conftest import BROKEN

LOSSY = b"""<svg xmlns="http://www.w3.org/2000/svg" width="200" height="100">
<rect width="15" height="5" fill="#c00"/><image width="9" height="9" href="nowhere.png"/></svg>"""


@pytest.fixture
def inputs(make):
    make("a.svg")
    make("b.svg", data=BROKEN)
    make("c.svg", data=LOSSY)
    return ("a.svg", "b.svg", "c.svg", "-o", "o.pptx", "-j", "1")


@pytest.fixture(params=["as published", "with fields to come"])
def check(request):
    """Hold a record against a schema; a later version's fields may not disturb a reader."""

    def run(name, record):
        validator = Draft202012Validator(json.loads(read_schema(name)))
        if request.param == "with fields to come":
            record = grown(record)
        assert [error.message for error in validator.iter_errors(record)] == []

    return run


def grown(value):
    """Return a record with one more field in each of its records."""
    if isinstance(value, list):
        return [grown(item) for item in value]
    if not isinstance(value, dict):
        return value
    parts = {
        name: item if name == "fidelity" else grown(item)  # a table of counts, no record
        for name, item in value.items()
    }
    return {**parts, "field-to-come": [1]}


def test_events(invoke, inputs, check):
    result = invoke("convert", *inputs, "--format", "jsonl", "--strict")
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert {"start", "ingest", "task", "progress", "merge", "summary"} == {
        event["event"] for event in told
    }
    for event in told:
        check("events", event)
    (error,) = invoke("convert", "gone.svg", "--format", "jsonl").stdout.splitlines()
    check("events", json.loads(error))


def test_status_file_and_report(invoke, inputs, check, work):
    result = invoke("convert", *inputs, "--format", "json", "--status-file", "status.json")
    report = json.loads(result.stdout)
    check("report", report)
    status = json.loads((work / "status.json").read_bytes())
    assert status["files"][1]["code"] == "xml"
    assert status["files"][2]["diagnostics"]
    check("status", status)
    check("status", json.loads(invoke("status", "--format", "json").stdout))
    check("report", json.loads(invoke("convert", "gone.svg", "--format", "json").stdout))


def test_inspection(invoke, inputs, check):
    found = json.loads(invoke("inspect", "c.svg", "--format", "json").stdout)
    assert found["diagnostics"]
    check("inspection", found)
    check("inspection", json.loads(invoke("inspect", "b.svg", "--format", "json").stdout))


def test_what_is_no_record_is_told_from_one():
    for name in ("status", "events", "report", "inspection"):
        validator = Draft202012Validator(json.loads(read_schema(name)))
        for wrong in ({}, [], {"event": "nonsense"}, {"state": "done", "counts": 5}):
            assert not validator.is_valid(wrong)
