"""`serve` where it cannot begin: said in a line or two, with the right status."""

import socket
import sys

import pytest


def test_one_line_says_what_to_install(invoke, monkeypatch):
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    monkeypatch.delitem(sys.modules, "svg2pptx_batch.server.app", raising=False)
    result = invoke("serve")
    assert result.exit_code == 2
    assert result.stderr == (
        "error: The server needs the extra server, which is not installed.\n"
        "  pip install 'svg2pptx-batch[server]'\n"
    )


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--host", "0.0.0.0"), 2, "svg2pptx-batch keys create"),
        (("--host", "::"), 2, "Without API keys"),
        (("--host", "192.0.2.7"), 2, "Without API keys"),
        (("--rate", "often"), 2, "--rate: 'often' is no rate"),
        (("--max-upload", "much"), 2, "--max-upload: 'much' is not a number"),
        (("--keep", "long"), 2, "--keep: 'long' is not a number"),
        (("--port", "99999"), 2, "--port"),
        (("-j", "many"), 2, "--jobs"),
    ],
)
def test_what_can_never_work_ends_at_once(invoke, *, arguments, status, words):
    pytest.importorskip("fastapi", reason="the extra server is not installed")
    result = invoke("serve", *arguments)
    assert result.exit_code == status, result.stderr
    assert words in result.stderr


def test_an_address_that_is_taken(start, work):
    pytest.importorskip("fastapi", reason="the extra server is not installed")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        process = start("serve", "--port", taken.getsockname()[1])
        _, err = process.communicate(timeout=120)
    assert process.returncode == 4
    assert b"Choose another --port" in err


def test_a_data_folder_that_cannot_be(invoke, work):
    pytest.importorskip("fastapi", reason="the extra server is not installed")
    (work / "file").write_bytes(b"")
    result = invoke("serve", "--data-dir", work / "file" / "data")
    assert result.exit_code == 4
    assert "--data-dir" in result.stderr
