"""Every fuzz target by its name."""

from tests.fuzz.archive import ARCHIVE
from tests.fuzz.drawing import CONVERT, SVG
from tests.fuzz.grammar import CSS, GRAMMAR
from tests.fuzz.planted import PLANTED

TARGETS = {target.name: target for target in (SVG, GRAMMAR, CSS, ARCHIVE, CONVERT)}
PLANTS = {PLANTED.name: PLANTED}
