"""The program `svg2pptx-batch`, also as `python -m svg2pptx_batch`.

The version is answered before anything is loaded; worker processes import this module, too.
"""

from __future__ import annotations

import sys

from svg2pptx_batch.version import __version__


def main() -> int:
    """Run the command line; return the exit status."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"svg2pptx-batch {__version__}\n")
        return 0
    from svg2pptx_batch.cli.app import run

    return run()


if __name__ == "__main__":
    sys.exit(main())
