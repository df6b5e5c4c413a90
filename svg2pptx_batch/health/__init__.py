"""Is this machine fit to convert? Checks of all that conversion needs, each with its remedy.

A check looks, and leaves nothing behind. One that breaks is a finding, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from svg2pptx_batch.health.findings import Finding, Health, Verdict, problem

__all__ = ["Finding", "Health", "Verdict", "examine"]


def examine(config_file: Path | None = None, *, isolated: bool = False) -> Health:
    """Check everything.

    Args:
        config_file: A settings file to be read in place of the project's and the user's.
        isolated: Read no settings at all.
    """
    from svg2pptx_batch.config import Settings
    from svg2pptx_batch.health import libraries, machine, trial
    from svg2pptx_batch.options import ConvertOptions, JobOptions

    settings, finding = trial.load_settings(config_file, isolated=isolated)
    options = (settings or Settings(ConvertOptions(), JobOptions(), {})).convert
    checks: dict[str, Callable[[], Iterator[Finding]]] = {
        "python": libraries.check_python,
        "libraries": libraries.check_libraries,
        "extras": libraries.check_extras,
        "fonts": lambda: machine.check_fonts(options),
        "folders": machine.check_folders,
        "memory": machine.check_memory,
        "worker": trial.check_worker,
        "programs": machine.check_programs,
    }
    findings = [finding]
    for name, check in checks.items():
        try:
            findings += check()
        except Exception as error:  # noqa: BLE001  the edge: a check that breaks is a finding
            findings.append(
                problem(
                    name,
                    f"This could not be checked: {type(error).__name__}: {error}",
                    "Please report it.",
                )
            )
    return Health(checks=tuple(findings))
