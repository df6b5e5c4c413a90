"""The files settings are read from: where they are looked for, and how they are read.

Settings never come from an input folder or an archive. What the keys mean is `config`'s business.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, NamedTuple

from svg2pptx_batch.errors import UsageError

PROGRAM = "svg2pptx-batch"
PROJECT_FILE = "svg2pptx-batch.toml"
USER_FILE = "config.toml"


class SettingsFile(NamedTuple):
    """A file that settings are read from if it is there.

    Attributes:
        role: `user` or `project`; `config` for one that was named.
        path: Where it is, or would be.
        found: Whether it is there.
    """

    role: str
    path: Path
    found: bool


def settings_files(
    config_file: Path | None = None, *, isolated: bool = False, folder: Path | None = None
) -> tuple[SettingsFile, ...]:
    """Return the files settings are read from, a later one going before the earlier.

    Args:
        config_file: A file to be read in place of the project's and the user's.
        isolated: Read none but that.
        folder: Where the search for a project file starts, upwards; the current one when None.

    Raises:
        UsageError: A `pyproject.toml` on the way up cannot be understood.
    """
    if config_file is not None:
        return (SettingsFile("config", config_file, config_file.is_file()),)
    if isolated:
        return ()
    here = Path.cwd() if folder is None else folder.absolute()
    user, project = _user_file(), _project_file(here)
    return (
        SettingsFile("user", user, user.is_file()),
        SettingsFile("project", project or here / PROJECT_FILE, project is not None),
    )


def read_settings(path: Path) -> dict[str, object]:
    """Return the settings of a file; those of a `pyproject.toml` are in its own table."""
    content = _tools(path).get(PROGRAM, {}) if path.name == "pyproject.toml" else _read_toml(path)
    if not isinstance(content, dict):
        raise UsageError(
            f"{path}: tool.{PROGRAM} is not a table.",
            remedy=f"Write settings below [tool.{PROGRAM}].",
        )
    return content


def _project_file(folder: Path) -> Path | None:
    """Return the nearest file with settings in a folder or one above it."""
    for here in (folder, *folder.parents):
        own = here / PROJECT_FILE
        if own.is_file():
            return own
        project = here / "pyproject.toml"
        if project.is_file() and PROGRAM in _tools(project):
            return project
    return None


def _user_file() -> Path:
    """Return where the user's file with settings is, or would be."""
    from platformdirs import user_config_path

    return user_config_path(PROGRAM, appauthor=False) / USER_FILE


def _tools(path: Path) -> dict[str, Any]:
    """Return the tables of all tools in a `pyproject.toml`."""
    tools = _read_toml(path).get("tool", {})
    if not isinstance(tools, dict):
        raise UsageError(
            f"{path}: tool is not a table.", remedy=f"Write settings below [tool.{PROGRAM}]."
        )
    return tools


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be read: {error.strerror or error}.",
            remedy="Check that it is there and that you may read it.",
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"{path} is not valid TOML: {error}.",
            remedy="Mend that line, or run without it by --isolated.",
        ) from error
