"""Fuzz one target by hand: `python -m tests.fuzz TARGET --seconds 3600`."""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.fuzz import engines

NAMES = ("svg", "grammar", "css", "archive", "convert")


def main(arguments: list[str] | None = None) -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", choices=(*NAMES, "planted"), metavar=f"{{{','.join(NAMES)}}}")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0, help="0: another one each time")
    parser.add_argument("--engine", choices=("auto", "atheris", "chance"), default="auto")
    parser.add_argument("--findings", type=Path, help="folder of the inputs that broke a promise")
    parser.add_argument("--corpus", type=Path, help="folder that atheris's corpus is kept in")
    options = parser.parse_args(arguments)
    seed = options.seed or random.randrange(1, 2**31)
    findings = options.findings or Path(tempfile.mkdtemp(prefix="findings-"))
    findings.mkdir(parents=True, exist_ok=True)
    print(f"{options.target}: findings go to {findings}", file=sys.stderr)
    if options.engine == "atheris" or (options.engine == "auto" and engines.has_atheris()):
        with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
            corpus = options.corpus or Path(folder) / "corpus"
            engines.by_coverage(options.target, options.seconds, seed, findings, corpus)
    else:
        engines.by_chance(options.target, options.seconds, seed, findings)


if __name__ == "__main__":
    main()
