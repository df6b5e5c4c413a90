"""Where the program keeps what is its own: the state folder, the cache folder.

Nothing is made here, and nothing outside these folders is ever deleted.
"""

from __future__ import annotations

import os
from pathlib import Path

PROGRAM = "svg2pptx-batch"
STATE_DIR_VARIABLE = "SVG2PPTX_STATE_DIR"
CACHE_DIR_VARIABLE = "SVG2PPTX_CACHE_DIR"


def state_dir() -> Path:
    """Return where jobs are kept: `SVG2PPTX_STATE_DIR`, or what the system intends for state."""
    chosen = os.environ.get(STATE_DIR_VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    from platformdirs import user_state_path

    return user_state_path(PROGRAM, appauthor=False)


def cache_dir() -> Path:
    """Return where caches are kept: `SVG2PPTX_CACHE_DIR`, or what the system intends for caches."""
    chosen = os.environ.get(CACHE_DIR_VARIABLE)
    if chosen:
        return Path(chosen).absolute()
    from platformdirs import user_cache_path

    return user_cache_path(PROGRAM, appauthor=False)
