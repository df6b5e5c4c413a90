"""The page in a real browser: files are chosen or dropped, progress is seen, the deck comes."""

import json

import pytest
from pptx import Presentation

from tests.support import chromium
from tests.support.servers import BROKEN, slow_drawing, zipped

pytestmark = pytest.mark.skipif(chromium.find() is None, reason="there is no Chromium here")


@pytest.fixture
def opened(serving, tmp_path):
    """Open the page of a server."""
    pytest.importorskip("websockets", reason="websockets is not installed")
    pages = []

    def run(server):
        downloads = tmp_path / "downloads"
        downloads.mkdir(exist_ok=True)
        pages.append(chromium.Page(f"{server.url}/", downloads))
        return pages[-1], downloads

    yield run
    for page in pages:
        page.close()
        assert not [told for told in page.messages if "exception" in told or "Policy" in told]


def text(page, selector):
    return page.eval(f"document.querySelector({json.dumps(selector)}).textContent")


def visible(page, selector):
    return page.eval(f"document.querySelector({json.dumps(selector)}).checkVisibility()")


def test_a_zip_is_converted_with_the_keyboard_alone(serving, opened, tmp_path):
    (tmp_path / "icons.zip").write_bytes(zipped(15, make=slow_drawing))
    page, downloads = opened(serving())
    assert page.eval("document.querySelector('#convert').disabled")
    page.press("Tab", 9)
    assert page.eval("document.activeElement.id") == "files"
    page.choose("#files", tmp_path / "icons.zip")
    assert text(page, "#chosen") == "icons.zip"
    while page.eval("document.activeElement.id") != "convert":
        page.press("Tab", 9)
    seen = []

    def ended():
        seen.append((text(page, "#state"), page.eval("document.querySelector('#progress').value")))
        return visible(page, "#download")

    page.press("Enter", 13, "\r")
    page.wait(ended)
    states = [state for state, _ in seen]
    assert "Converting" in states and states[-1] == "Done"
    assert any(0 < value < 1 for state, value in seen if state == "Converting")
    assert text(page, "#counts") == "15 of 15 drawings"
    assert page.eval("document.activeElement.id") == "download"
    page.screenshot(tmp_path / "done.png")
    assert (tmp_path / "done.png").stat().st_size > 5000
    page.press("Enter", 13, "\r")
    page.wait((downloads / "icons.pptx").exists)
    assert len(Presentation(downloads / "icons.pptx").slides) == 15


def test_what_failed_is_told_without_being_run(serving, opened, tmp_path):
    name = "<img src=x onerror=alert(1)>.svg"
    (tmp_path / "bad.svg").write_bytes(BROKEN)
    (tmp_path / "good.svg").write_bytes(slow_drawing(1))
    page, _ = opened(serving())
    page.choose("#files", tmp_path / "bad.svg", tmp_path / "good.svg")
    assert text(page, "#chosen") == "2 drawings"
    page.eval("document.querySelector('#convert').click()")
    page.wait(lambda: visible(page, "#problems"))
    assert "bad.svg" in text(page, "#problems tbody")
    assert "line 3" in text(page, "#problems tbody")
    assert text(page, "#state") == "Done, but for some drawings"
    page.screenshot(tmp_path / "partial.png")
    dropped = (
        "const data = new DataTransfer();"
        f"data.items.add(new File(['<svg'], {json.dumps(name)}));"
        "document.querySelector('#drop').dispatchEvent("
        "new DragEvent('drop', {bubbles: true, cancelable: true, dataTransfer: data}));"
        "document.querySelector('#convert').click()"
    )
    page.eval(dropped)
    page.wait(lambda: text(page, "#state") == "Nothing could be converted")
    page.wait(lambda: visible(page, "#error"))
    assert page.eval("document.querySelectorAll('img').length") == 0
    assert "img src=x" in text(page, "#problems tbody")


def test_with_keys_the_page_asks_for_one_and_a_job_can_be_cancelled(
    serving, opened, new_key, tmp_path
):
    key = new_key("portal")
    (tmp_path / "icons.zip").write_bytes(zipped(60, make=slow_drawing))
    page, _ = opened(serving(key=key))
    page.choose("#files", tmp_path / "icons.zip")
    page.eval("document.querySelector('#convert').click()")
    page.wait(lambda: visible(page, "#error"))
    assert "An API key is needed" in text(page, "#error")
    page.eval(f"document.querySelector('#key').value = {json.dumps(key)}")
    page.eval("document.querySelector('#convert').click()")
    page.wait(lambda: text(page, "#state") == "Converting")
    page.eval("document.querySelector('#cancel').click()")
    page.wait(lambda: text(page, "#state") == "Cancelled")
    assert not visible(page, "#download")
