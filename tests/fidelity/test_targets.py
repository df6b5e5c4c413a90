"""Decks for PowerPoint and for LibreOffice differ as the table of habits says, and nowhere else."""

import ast
from pathlib import Path

import pytest

import svg2pptx_batch
from svg2pptx_batch.conversion import convert_svg
from svg2pptx_batch.lower import targets
from svg2pptx_batch.options import EMU_PER_PX, ConvertOptions, SlideSize, Target
from svg2pptx_batch.svg.resources import DataLoader
from tests.fidelity.corpora import ROOT
from tests.support.conversion import system_fonts
from tests.support.golden import DRAWINGS

FILES = (*DRAWINGS, *sorted((ROOT / "examples").glob("*.svg")))
TABLE = targets.__name__
PACKAGE = Path(svg2pptx_batch.__file__).parent
DOORS = {"api.py", "config.py", "options.py", "__init__.py"}
"""Modules that take options from people and hand them on, beside those of `cli`."""

POWERPOINT, LIBREOFFICE = (
    targets.habits(target) for target in (Target.POWERPOINT, Target.LIBREOFFICE)
)
ENTRIES = POWERPOINT._fields


@pytest.fixture(scope="module")
def slides():
    """Return slides of all drawings by what the table says for LibreOffice, each made once."""
    made = {}

    def slides_for(habits):
        if habits not in made:
            with pytest.MonkeyPatch.context() as patch:
                patch.setitem(targets._HABITS, Target.LIBREOFFICE, habits)
                made[habits] = converted(Target.LIBREOFFICE)
        return made[habits]

    return slides_for


@pytest.fixture(scope="module")
def for_powerpoint():
    return converted(Target.POWERPOINT)


def converted(target):
    """Return the slide of every drawing by its name."""
    return {
        file.stem: convert_svg(
            file.read_bytes(),
            options=ConvertOptions(target=target),
            slide=SlideSize(200 * EMU_PER_PX, 200 * EMU_PER_PX),
            fonts=system_fonts(),
            loader=DataLoader(),
            name=file.stem,
        ).slide
        for file in FILES
    }


def changed(one, other):
    return {name for name, slide in one.items() if slide != other[name]}


def test_with_the_habits_of_powerpoint_the_other_deck_is_the_same(slides, for_powerpoint):
    assert not changed(slides(POWERPOINT), for_powerpoint)


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_makes_a_difference(entry, slides, for_powerpoint):
    assert getattr(POWERPOINT, entry) != getattr(LIBREOFFICE, entry)
    alone = POWERPOINT._replace(**{entry: getattr(LIBREOFFICE, entry)})
    drawings = changed(slides(alone), for_powerpoint)
    assert drawings, "no drawing of ours shows it"
    assert len(drawings) < len(FILES)


def test_where_no_entry_applies_both_decks_are_the_same(slides, for_powerpoint):
    entries = {entry: getattr(LIBREOFFICE, entry) for entry in ENTRIES}
    singly = [POWERPOINT._replace(**{entry: value}) for entry, value in entries.items()]
    explained = set().union(*(changed(slides(each), for_powerpoint) for each in singly))
    assert changed(slides(LIBREOFFICE), for_powerpoint) <= explained


@pytest.mark.parametrize("entry", ENTRIES)
def test_every_entry_is_explained(entry):
    assert f"\n        {entry}:" in targets.Habits.__doc__


def test_nobody_asks_for_the_target_but_the_table():
    asked = []
    for path in sorted(PACKAGE.rglob("*.py")):
        inside = path.relative_to(PACKAGE)
        if str(inside) in DOORS or inside.parts[0] == "cli" or module(inside) == TABLE:
            continue
        asked += [f"{inside}:{line}" for line in questions(ast.parse(path.read_text()))]
    assert not asked


def module(inside):
    return ".".join((svg2pptx_batch.__name__, *inside.with_suffix("").parts))


def questions(tree):
    """Yield the lines that read the target of options other than to ask for habits."""
    allowed = set()
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "habits"
        ):
            allowed |= set(node.args)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and "Target" in (name.name for name in node.names):
            yield node.lineno
        if isinstance(node, ast.Attribute) and node.attr == "target" and node not in allowed:
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", "")
            if name == "options":
                yield node.lineno


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("x = habits(work.options.target).shadow_radius", []),
        ("if work.options.target is y: pass", [1]),
        ("from svg2pptx_batch.options import ConvertOptions, Target", [1]),
        ("x = f(options.target)\ny = self.target", [1]),
    ],
)
def test_questions_are_found(code, lines):
    assert list(questions(ast.parse(code))) == lines
