"""`doctor`: is this machine fit to convert, and what helps if not."""

from __future__ import annotations

from svg2pptx_batch.cli import params
from svg2pptx_batch.cli.console import Console, Format, leave
from svg2pptx_batch.errors import ExitCode

EXIT_CODES = """Exit status:

0 drawings can be converted; 1 something keeps them from it; 2 wrong usage."""


def doctor(
    format: params.TextOrJsonOption = params.TextOrJson.TEXT,
    config: params.ConfigOption = None,
    isolated: params.IsolatedOption = False,
) -> None:
    """Check Python, libraries, settings, fonts, disks and memory, and convert a drawing on trial.

    Whatever is not well is told with what helps. A note needs nothing done, a warning costs
    quality or speed, a problem keeps drawings from being converted.
    """
    console = Console(Format(format))

    def work() -> int:
        from svg2pptx_batch.health import examine

        health = examine(config, isolated=isolated)
        if console.format is Format.JSON:
            console.result_json(health)
        else:
            width = max(len(finding.name) for finding in health.checks)
            for finding in health.checks:
                console.result(f"{finding.verdict:<8} {finding.name:<{width}}  {finding.message}")
                if finding.remedy:
                    console.result(f"{'':<8} {'':<{width}}  → {finding.remedy}")
        return ExitCode.OK if health.ok else ExitCode.SOME_FAILED

    leave(console, work)
