"""Servers in processes of their own, on loopback."""

import pytest

from svg2pptx_batch.server.keys import KeyFile
from tests.cli.conftest import invoke, make, start, work  # noqa: F401  fixtures


@pytest.fixture
def serving(tmp_path):
    """Start servers, all with the same state folder; they are stopped with the test."""
    from tests.support.servers import Server

    began = []

    def run(*arguments, key=""):
        began.append(Server(tmp_path / "state", *arguments, key=key))
        return began[-1]

    yield run
    for server in began:
        server.stop()
        assert "Traceback" not in server.told, server.told


@pytest.fixture
def new_key(tmp_path):
    """Make keys for the servers."""

    def run(name):
        return KeyFile(tmp_path / "state" / "keys.json").create(name)[0]

    return run


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """One server for all tests of a module, without keys."""
    from tests.support.servers import Server

    began = Server(
        tmp_path_factory.mktemp("server") / "state",
        *("--max-upload", "2MiB", "--upload-timeout", "1s", "--quota-jobs", "100"),
    )
    yield began
    assert began.stop() == 0
    assert "Traceback" not in began.told, began.told
