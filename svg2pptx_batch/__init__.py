"""Batch converter from SVG to PowerPoint: native, editable DrawingML.

The public names are loaded on first use (PEP 562), so that importing the package costs next to
nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from svg2pptx_batch.version import __version__

if TYPE_CHECKING:
    from svg2pptx_batch.api import Job, convert, convert_many, inspect, merge
    from svg2pptx_batch.batch.manager import BatchJobManager
    from svg2pptx_batch.batch.report import Inspection, Report
    from svg2pptx_batch.diagnostics import Diagnostic
    from svg2pptx_batch.errors import ExitCode, Svg2PptxError
    from svg2pptx_batch.options import ConvertOptions, JobOptions

__all__ = [
    "BatchJobManager",
    "ConvertOptions",
    "Diagnostic",
    "ExitCode",
    "Inspection",
    "Job",
    "JobOptions",
    "Report",
    "Svg2PptxError",
    "__version__",
    "convert",
    "convert_many",
    "inspect",
    "merge",
]

_HOMES = {
    "BatchJobManager": "batch.manager",
    "ConvertOptions": "options",
    "Diagnostic": "diagnostics",
    "ExitCode": "errors",
    "Inspection": "batch.report",
    "Job": "api",
    "JobOptions": "options",
    "Report": "batch.report",
    "Svg2PptxError": "errors",
    "convert": "api",
    "convert_many": "api",
    "inspect": "api",
    "merge": "api",
}


def __getattr__(name: str) -> object:
    """Load a public name from its room."""
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    """Return the public names."""
    return sorted(__all__)
