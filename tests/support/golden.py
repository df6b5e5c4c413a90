"""The drawings of `tests/golden`, one feature each."""

from pathlib import Path

HERE = Path(__file__).resolve().parents[1] / "golden"
DRAWINGS = sorted(path for path in HERE.glob("*.svg") if path.name.count(".") == 1)


def expected(drawing: Path) -> Path:
    """Return the drawing that shows what another should look like, the very one as a rule.

    `x.expected.svg` stands beside those that resvg does not draw as browsers do.
    """
    plain = drawing.with_suffix(".expected.svg")
    return plain if plain.exists() else drawing
