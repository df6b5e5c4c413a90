"""File names that break programs: each comes through, and none gets at the terminal or a log."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import unicodedata
import zipfile

import pytest
from pptx import Presentation

from tests.support.jobs import environment, finish, only_job, start

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="other file systems refuse some of these names"
)

TWIN = "caf\N{LATIN SMALL LETTER E WITH ACUTE}"
STEMS = [
    "cafe\N{COMBINING ACUTE ACCENT}",
    TWIN,
    "a\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe",
    "iso\N{RIGHT-TO-LEFT ISOLATE}late",
    "x" * 251,
    "\N{LATIN SMALL LETTER E WITH ACUTE}" * 125 + "y",
    "abc" + "\N{GRINNING FACE}" * 62,
    "\N{WOMAN}\N{ZERO WIDTH JOINER}\N{GIRL}",
    *("CON", "NUL", "aux", "com1", "LPT9", "con.tar", "COM¹", "CONOUT$", "nul .x"),
    *("new\nline", "tab\tstop", "carriage\rreturn", "esc\x1b[31mred\x1b[2J", "del\x7f", "c1\x9b2J"),
    *("line\N{LINE SEPARATOR}end", "zero\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH NO-BREAK SPACE}bom"),
    *("-rf", "--help", "dot.", "space ", " first", "two  spaces", "~", "100%"),
    *('"double"', "it's", "`tick`", "$(touch pwned)", "a;b|c&d", "*", "what?", "[0-9]", "<tag>"),
    *("back\\slash", "co:lon", "%s{stem}{index}", "[red]markup", "&amp;", "@list", "#1"),
]
RAW = [stem.encode() for stem in STEMS] + [b"\xff\xfe", b"latin\xe9", b"sur\xed\xa0\x80"]
TEXTS = [*STEMS, "\ufffd\ufffd", "latin\ufffd", "sur\ufffd\ufffd\ufffd"]
NAMES = {f"{text}.svg" for text in TEXTS if text != TWIN} | {f"{TWIN} (2).svg"}
"""What the inputs are called in reports: of the twins the second is renamed."""

SHAPE = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><rect width="5" height="%d"/></svg>'
)
FAILING = "tests.support.tasks:fail"


@pytest.fixture
def folder(tmp_path):
    """A folder with a drawing of each name."""
    (tmp_path / "in").mkdir()
    for number, raw in enumerate(RAW):
        (tmp_path / "in" / os.fsdecode(raw + b".svg")).write_bytes(SHAPE % number)
    return tmp_path / "in"


def run(folder, output, *options):
    """Convert the drawings of a folder with the command."""
    command = [sys.executable, "-m", "svg2pptx_batch", "convert", folder.name, "-o", output]
    return subprocess.run(
        [*command, "-j", "2", *options],
        cwd=folder.parent,
        env=environment(folder.parent / "s", PYTHONUTF8="1"),
        capture_output=True,
        check=False,
        timeout=180,
    )


def harmless(text):
    """Whether a text leaves cursor and direction of a terminal alone, lines apart."""
    return all(
        char in " \n\N{ZERO WIDTH JOINER}" or unicodedata.category(char)[0] not in "CZ"
        for char in text
    )


def for_xml(text):
    """Return a text as XML can hold it."""
    return re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f]", "", text)


def safe_on_windows(name):
    """Whether Windows takes a path, and whatever comes from it reads as it is."""
    device = r"(?i)(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?"
    return all(
        len(part.encode()) <= 255
        and not re.search(r'[<>:"|?*\\\x00-\x1f\x7f-\x9f\u2028\u202e\u2067]', part)
        and not re.fullmatch(device, part)
        and not part.endswith((" ", "."))
        for part in name.split("/")
    )


def events_of(done):
    """Return the events a command has written, once it has ended well."""
    assert done.returncode == 0, done.stderr.decode()
    assert harmless(done.stderr.decode())
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("output", ["deck.pptx", "decks.zip", "decks"])
def test_every_name_comes_through(folder, tmp_path, output):
    events = events_of(run(folder, output, "--format", "jsonl", "--status-file", "status.json"))
    status = json.loads((tmp_path / "status.json").read_bytes())
    for rows in (
        events[-1]["report"]["files"],
        status["files"],
        [event["file"] for event in events if event["event"] == "task"],
    ):
        assert len(rows) == len(NAMES)
        assert {row["name"] for row in rows} == NAMES
    made = decks(tmp_path / output)
    assert len(made) == (1 if output.endswith(".pptx") else len(NAMES))
    if len(made) > 1:
        told = {Presentation(io.BytesIO(deck)).core_properties for deck in made.values()}
        assert {properties.subject for properties in told} == set(map(for_xml, NAMES))
        assert {properties.title for properties in told} == set(map(for_xml, NAMES))
        assert [name for name in made if not safe_on_windows(name)] == []
        folded = {unicodedata.normalize("NFC", name).casefold() for name in made}
        assert len(folded) == len(made)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["in", "s", "status.json", output]
    )


def decks(output):
    """Return the decks made: name to content."""
    if output.is_dir():
        return {path.name: path.read_bytes() for path in output.iterdir()}
    if output.suffix == ".pptx":
        return {output.name: output.read_bytes()}
    with zipfile.ZipFile(output) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_failures_are_told_without_playing_with_the_terminal(folder, tmp_path):
    for path in folder.iterdir():
        path.write_bytes(path.read_bytes() + b"<")
    done = run(folder, "deck.pptx", "-v")
    assert done.returncode == 3
    assert harmless(done.stderr.decode())
    for shown in (
        r"a\u202egnp.exe.svg:1: ",
        r"new\nline.svg:1: ",
        r"esc\x1b[31mred\x1b[2J.svg:1: ",
    ):
        assert f"\n  {shown}" in done.stderr.decode()
    listed = run(folder, "deck.pptx", "--format", "json")
    assert {row["name"] for row in json.loads(listed.stdout)["files"]} == NAMES


def test_a_terminal_sees_no_name_raw(folder, tmp_path):
    (folder / "a\N{RIGHT-TO-LEFT OVERRIDE}gnp.exe.svg").write_bytes(b"<svg")
    terminal, end = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "svg2pptx_batch", "convert", "in", "-o", "d", "--progress", "live"],
        cwd=tmp_path,
        env=environment(tmp_path / "s", TERM="xterm-256color", CI="", PYTHONUTF8="1"),
        stdout=subprocess.DEVNULL,
        stderr=end,
    )
    os.close(end)
    shown = b""
    try:
        while data := os.read(terminal, 65536):
            shown += data
    except OSError:  # how a terminal says that nobody writes any more
        pass
    os.close(terminal)
    assert process.wait(180) == 1
    assert rb"a\u202egnp.exe.svg" in shown
    assert "\N{RIGHT-TO-LEFT OVERRIDE}".encode() not in shown
    assert b"\x1b[2J" not in shown


def test_no_name_forges_a_line_of_a_log(folder, tmp_path):
    process = start(tmp_path / "s", folder, tmp_path / "d.pptx", function=FAILING)
    assert finish(process)[0] == 3
    text = (only_job(tmp_path / "s") / "job.log").read_text("utf-8")
    assert harmless(text)
    lines = [line for line in text.splitlines() if not line.startswith("    | ")]
    assert len(lines) == len(NAMES)
    assert all(re.match(r"\d{4}-\d\d-\d\dT", line) for line in lines)
