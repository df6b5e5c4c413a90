"""The program `svg2pptx-batch`, also as `python -m svg2pptx_batch`.

The version is answered before anything is loaded, and workers begin to load while the command line
does; worker processes import this module, too.
"""

from __future__ import annotations

import gc
import sys

from svg2pptx_batch.version import __version__

_YOUNG = 20_000
"""Objects made between two looks for cycles: loading the program makes many, and no cycles."""


def main() -> int:
    """Run the command line; return the exit status."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"svg2pptx-batch {__version__}\n")
        return 0
    gc.set_threshold(_YOUNG)
    if sys.argv[1:2] in (["convert"], ["resume"], ["retry"]):
        from svg2pptx_batch.batch.pool import warm_up

        warm_up()
    from svg2pptx_batch.cli.app import run

    try:
        return run()
    finally:
        # the process ends: looking for cycles in all it has loaded would only delay that
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
