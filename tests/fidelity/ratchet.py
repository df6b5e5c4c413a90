"""Nothing that was right goes wrong: a fixed sample of both corpora, held against the record.

    python -m tests.fidelity.ratchet [OUT]

Ends with 1 where a file that was recorded as faithful, or as native, is so no longer; with 0 where
all is well or nothing can be measured here. Decks and pairs of pictures stay in OUT if one is
given.

LibreOffice draws the same deck to the same pixels, whatever it drew before and in whichever order
(210 decks of both corpora, drawn again in another order: not one figure differed). So a file
recorded clearly within the bounds is allowed nothing. One recorded at their very edge may be
pushed over it by any change of a rounding; it is allowed as much beyond as it lacked before.
Another version of LibreOffice draws otherwise: there only `native` is held.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.fidelity import corpora
from tests.fidelity.record import Key, Result, read, result_of, shares

SAMPLE = {"resvg": 150, "real": 60}
BOUNDS = {"bad": 0.02, "mean": 0.08}
"""Greatest figures of a faithful file, as score.py has them."""
_EDGE = 0.05
"""Share of a bound that is its edge, to either side."""


def losses(
    recorded: dict[Key, Result], now: dict[Key, Result], *, same_renderer: bool = True
) -> Iterator[str]:
    """Yield what was right and is no longer, a line each.

    Args:
        recorded: Results as recorded.
        now: Results of some of those files; files that are not recorded are passed over.
        same_renderer: Whether the same programs drew the decks; else only `native` is compared.
    """
    for key, new in sorted(now.items()):
        old = recorded.get(key)
        if old is None:
            continue
        if old.native and not new.native:
            yield f"{'/'.join(key)}: was native, now holds a picture"
        if same_renderer and old.faithful and not (new.faithful or _at_the_edge(old, new)):
            figures = f"{_figures(old)}, now {_figures(new)}"
            yield f"{'/'.join(key)}: was faithful, now is not ({figures})"


def _at_the_edge(old: Result, new: Result) -> bool:
    """Tell whether a file was recorded at the edge of the bounds and still lies there."""
    if new.bad is None or new.mean is None or old.bad is None or old.mean is None:
        return False
    near = old.bad > BOUNDS["bad"] * (1 - _EDGE) or old.mean > BOUNDS["mean"] * (1 - _EDGE)
    return (
        near and new.bad <= BOUNDS["bad"] * (1 + _EDGE) and new.mean <= BOUNDS["mean"] * (1 + _EDGE)
    )


def _figures(result: Result) -> str:
    if result.bad is None or result.mean is None:
        return "nothing drawn"
    return f"bad {result.bad:.4f} mean {result.mean:.4f}"


def main(arguments: list[str]) -> int:
    """Score the samples, and say what is lost."""
    why = corpora.lacking()
    if why:
        print(f"skipped: {why}")
        return 0
    recorded, renderer = read()
    same = renderer == corpora.renderer()
    if not same:
        print(f"recorded with {renderer}, here is {corpora.renderer()}: only `native` is held")
    lost: list[str] = []
    with tempfile.TemporaryDirectory(prefix="ratchet-") as folder:
        out = Path(arguments[0]) if arguments else Path(folder)
        for corpus, sample in SAMPLE.items():
            rows = corpora.measured(corpora.score(corpus, out, sample=sample))
            now = {(corpus, file): result_of(row) for file, row in rows.items()}
            before = {key: recorded[key] for key in now if key in recorded}
            print(f"{corpus} as recorded: {shares(before.values())}")
            print(f"{corpus} now:         {shares(now.values())}")
            lost += losses(recorded, now, same_renderer=same)
    print("\n".join(lost) or "nothing is lost")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
