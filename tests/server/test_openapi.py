"""The OpenAPI document, and the server held against it by schemathesis."""

import contextlib
import json

import pytest

from svg2pptx_batch.server.choices import CHOOSABLE
from tests.support.servers import GOOD, LIMIT_S, zipped

EXAMPLES = 25


@pytest.fixture(scope="module")
def document(server):
    return server.client.get("/openapi.json").json()


def test_every_route_is_told_with_examples_and_errors(document):
    assert sorted(document["paths"]) == [
        "/batch/convert-files",
        "/batch/convert-zip",
        "/batch/download/{batch_id}",
        "/batch/status/{batch_id}",
        "/batch/{batch_id}",
        "/batch/{batch_id}/events",
        "/livez",
        "/metrics",
        "/readyz",
    ]
    for path, routes in document["paths"].items():
        for route in routes.values():
            for status, answer in route["responses"].items():
                if status >= "400":
                    assert list(answer["content"]) == ["application/problem+json"], path
                    assert answer["content"]["application/problem+json"]["example"]
    assert set(document["components"]["schemas"]["Options"]["properties"]) == set(CHOOSABLE)
    assert "HTTPValidationError" not in json.dumps(document["paths"])


def test_answers_are_as_the_document_has_them(server, document):
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    job = server.accepted(zipped(2), data={"options": '{"mode": "zip"}'})
    answers = {"Job": server.ended(job), "Problem": server.client.get("/batch/status/x").json()}
    for name, answer in answers.items():
        schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer)


def test_schemathesis_finds_nothing(server):
    schemathesis = pytest.importorskip("schemathesis", reason="schemathesis is not installed")
    from hypothesis import HealthCheck, Phase, given, settings
    from hypothesis import strategies as st
    from hypothesis.errors import Unsatisfiable
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    schemathesis.openapi.media_type("application/zip", st.just(zipped(1)))
    schemathesis.openapi.media_type("image/svg+xml", st.just(GOOD))
    schema = schemathesis.openapi.from_url(f"{server.url}/openapi.json")
    wanted = [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
        checks.unsupported_method,
        checks.missing_required_header,
    ]
    # Not held: that whatever the document allows is accepted. It cannot say that bytes are a ZIP,
    # nor that two options go together.
    answered = set()
    for found in schema.get_all_operations():
        operation = found.ok()
        for mode in schemathesis.GenerationMode:

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def hold(case):
                answer = case.call_and_validate(checks=wanted, timeout=LIMIT_S)
                answered.add((case.operation.label, answer.status_code))

            with contextlib.suppress(Unsatisfiable):  # some routes take nothing that can be wrong
                hold()
    assert len({label for label, _ in answered}) == 9
    assert ("POST /batch/convert-zip", 202) in answered
    assert ("POST /batch/convert-files", 202) in answered
