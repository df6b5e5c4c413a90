"""`convert --shard` and `merge` as a CI matrix uses them."""

import json

from pptx import Presentation

from tests.cli.conftest import BROKEN


def test_a_matrix_of_three_makes_the_deck_of_one_run(invoke, make, work):
    make(*(f"icons/{letter}.svg" for letter in "abcdefg"))
    once = invoke("convert", "icons", "-o", "once.pptx", "-j", "1")
    assert once.exit_code == 0, once.stderr
    for number in (1, 2, 3):
        result = invoke("convert", "icons", "--shard", f"{number}/3", "-j", "1")
        assert result.exit_code == 0, result.stderr
        assert result.stdout == f"{work / f'icons-{number}-of-3.svg2pptx-part'}\n"
    parts = sorted(work.glob("*.svg2pptx-part"))
    (work / "made").mkdir()
    merged = invoke("merge", *parts, "-o", "made/once.pptx")
    assert merged.exit_code == 0, merged.stderr
    assert merged.stdout == f"{work / 'made' / 'once.pptx'}\n"
    assert "7 of 7 files converted" in merged.stderr
    assert (work / "made" / "once.pptx").read_bytes() == (work / "once.pptx").read_bytes()
    assert len(Presentation(work / "made" / "once.pptx").slides) == 7


def test_files_that_failed_in_a_share_fail_the_merged_run(invoke, make, work):
    make("a.svg", "c.svg")
    make("b.svg", data=BROKEN)
    arguments = ("a.svg", "b.svg", "c.svg", "-j", "1", "--mode", "folder")
    first = invoke("convert", *arguments, "--shard", "1/2", "-o", "1.part", "--exit-zero")
    second = invoke("convert", *arguments, "--shard", "2/2", "-o", "2.part", "--exit-zero")
    assert (first.exit_code, second.exit_code) == (0, 0)
    result = invoke("merge", "1.part", "2.part", "-o", "decks", "--format", "json")
    assert result.exit_code == 1
    report = json.loads(result.stdout)
    assert [row["name"] for row in report["files"]] == ["a.svg", "b.svg", "c.svg"]
    assert (report["files"][1]["code"], report["files"][1]["line"]) == ("xml", 3)
    assert sorted(path.name for path in (work / "decks").iterdir()) == ["a.pptx", "c.pptx"]
    assert invoke("merge", "1.part", "2.part", "-o", "decks", "--exit-zero").exit_code == 0


def test_what_cannot_be_merged_ends_with_a_line_and_a_remedy(invoke, make, work):
    make("a.svg", "b.svg")
    assert invoke("convert", "a.svg", "b.svg", "--shard", "1/2", "-o", "1.part").exit_code == 0
    missing = invoke("merge", "1.part", "-o", "deck.pptx")
    assert missing.exit_code == 2
    assert "share 2/2 is missing" in missing.stderr
    (work / "1.part").write_bytes((work / "1.part").read_bytes()[:-3])
    torn = invoke("merge", "1.part", "-o", "deck.pptx", "--format", "jsonl")
    assert torn.exit_code == 3
    assert "Convert that share again." in torn.stderr
    assert [json.loads(line)["event"] for line in torn.stdout.splitlines()] == ["error"]
    shard = invoke("convert", "a.svg", "--shard", "3/2")
    assert shard.exit_code == 2
    assert "--shard I/N" in shard.stderr
    assert invoke("convert", "a.svg", "--shard", "1/2", "-o", "deck.pptx").exit_code == 2
