"""Options of the whole test suite, and folders that are nobody else's."""

import pytest


def pytest_addoption(parser):
    parser.addoption(
        "--update-golden", action="store_true", help="write golden files anew instead of comparing"
    )
    parser.addoption(
        "--update-schemas", action="store_true", help="write the JSON Schemas anew, not compare"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport():
    """Keep lone surrogates out of reports, which may be sent from process to process."""
    report = yield
    report.sections = [
        (name, text.encode("utf-8", "backslashreplace").decode()) for name, text in report.sections
    ]
    return report


@pytest.fixture(autouse=True, scope="session")
def own_places(tmp_path_factory):
    """Keep jobs and caches of the tests away from those of whoever runs them."""
    folder = tmp_path_factory.mktemp("places")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SVG2PPTX_STATE_DIR", str(folder / "state"))
        patch.setenv("SVG2PPTX_CACHE_DIR", str(folder / "cache"))
        yield


@pytest.fixture
def update_golden(request) -> bool:
    return request.config.getoption("--update-golden")


@pytest.fixture
def update_schemas(request) -> bool:
    return request.config.getoption("--update-schemas")
