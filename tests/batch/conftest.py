"""Every test keeps its jobs in a folder of its own."""

from __future__ import annotations

import pytest

from tests.support.jobs import make_icons


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """The state folder."""
    monkeypatch.setenv("SVG2PPTX_STATE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("SVG2PPTX_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "state"


@pytest.fixture
def icons(tmp_path):
    """A folder of eight small drawings."""
    return make_icons(tmp_path / "icons", 8)
