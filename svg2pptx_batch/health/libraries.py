"""Python and the libraries: are they there, do they load, are their versions within bounds.

What is asked of them stands in the metadata of the installed package, and nowhere else.
"""

from __future__ import annotations

import importlib
import platform
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from importlib import metadata
from typing import NamedTuple

from svg2pptx_batch.health.findings import Finding, fine, note, problem

PACKAGE = "svg2pptx-batch"
_FOR_DEVELOPERS = "dev"
_MODULES = {
    "pillow": "PIL.Image",
    "lxml": "lxml.etree",
    "python-pptx": "pptx",
    "resvg-py": "resvg_py",
    "skia-pathops": "pathops",
}
"""The module of a library whose name is not its own."""

_REQUIREMENT = re.compile(
    r"""\s*(?P<name>[A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*
        \(?(?P<bounds>[^;)]*)\)?\s*
        (;.*extra\s*==\s*['"](?P<extra>[^'"]+)['"].*|;.*)?""",
    re.VERBOSE,
)
_BOUND = re.compile(r"\s*(>=|<=|==|!=|<|>)\s*([0-9][0-9.]*)[^\s,]*\s*")
_HOLDS: dict[str, Callable[[tuple[int, ...], tuple[int, ...]], bool]] = {
    ">=": lambda ours, bound: ours >= bound,
    "<=": lambda ours, bound: ours <= bound,
    "==": lambda ours, bound: ours == bound,
    "!=": lambda ours, bound: ours != bound,
    ">": lambda ours, bound: ours > bound,
    "<": lambda ours, bound: ours < bound,
}
_NOT_INSTALLED = (
    "This copy of the program is not installed as a package, so that nothing says which versions "
    "it needs."
)


class Requirement(NamedTuple):
    """A library that is asked for.

    Attributes:
        name: As package indexes know it.
        bounds: Its versions, `>=1.0,<2`; empty for any.
        extra: The extra that asks for it; empty for what is always needed.
    """

    name: str
    bounds: str
    extra: str

    @property
    def text(self) -> str:
        """How pip is asked for it."""
        return f"{self.name}{self.bounds}"


def read_requirement(text: str) -> Requirement:
    """Read a line of metadata, `Requires-Dist`, as far as ours go: names, bounds, extras.

    Raises:
        ValueError: It has another form.

    Source: PEP 508.
    """
    found = _REQUIREMENT.fullmatch(text)
    if found is None:
        raise ValueError(f"{text!r} is no requirement")
    bounds = found["bounds"].strip()
    for bound in filter(None, bounds.split(",")):
        if _BOUND.fullmatch(bound) is None:
            raise ValueError(f"{bound!r} in {text!r} is no bound")
    return Requirement(found["name"], bounds, found["extra"] or "")


def within(version: str, bounds: str) -> bool:
    """Return whether a version is within bounds; what follows its numbers, `rc1`, is not heeded."""
    ours = _numbers(version)
    return all(
        _HOLDS[operator](*_padded(ours, _numbers(bound)))
        for operator, bound in _BOUND.findall(bounds)
    )


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(map(int, found[0].split("."))) if found else ()


def _padded(a: tuple[int, ...], b: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    length = max(len(a), len(b))
    return a + (0,) * (length - len(a)), b + (0,) * (length - len(b))


def check_python() -> Iterator[Finding]:
    """Check Python's version."""
    version = platform.python_version()
    told = f"{platform.python_implementation()} {version} on {platform.system()}, {sys.executable}"
    try:
        bounds = metadata.metadata(PACKAGE)["Requires-Python"] or ""
    except metadata.PackageNotFoundError:
        yield note("python", f"{told}. {_NOT_INSTALLED}")
        return
    if within(version, bounds):
        yield fine("python", told)
    else:
        yield problem(
            "python", f"{told} is not {bounds}.", f"Install a Python that is {bounds}, and use it."
        )


def check_libraries(requirements: Iterable[str] | None = None) -> Iterator[Finding]:
    """Check the libraries that are always needed.

    Args:
        requirements: Lines of metadata; those of the installed package when None.
    """
    try:
        lines = metadata.requires(PACKAGE) if requirements is None else requirements
    except metadata.PackageNotFoundError:
        yield note("libraries", _NOT_INSTALLED, f"Install it: pip install {PACKAGE}.")
        return
    told = []
    found_fault = False
    for line in lines or ():
        wanted = read_requirement(line)
        if wanted.extra:
            continue
        finding = _fault(wanted)
        if finding is None:
            told.append(f"{wanted.name} {metadata.version(wanted.name)}")
        else:
            found_fault = True
            yield finding
    if not found_fault:
        yield fine("libraries", ", ".join(told))


def check_extras() -> Iterator[Finding]:
    """Check the libraries of extras; one that is not installed is no fault."""
    try:
        wanted = [read_requirement(line) for line in metadata.requires(PACKAGE) or ()]
    except metadata.PackageNotFoundError:
        return
    for extra in sorted({each.extra for each in wanted} - {"", _FOR_DEVELOPERS}):
        lacking = [each.text for each in wanted if each.extra == extra and _fault(each)]
        if lacking:
            yield note(
                f"extra {extra}",
                f"Not installed: {', '.join(lacking)}.",
                f"If you need it: pip install '{PACKAGE}[{extra}]'.",
            )
        else:
            yield fine(f"extra {extra}", "installed")


def _fault(wanted: Requirement) -> Finding | None:
    """Return what is wrong with a library, if anything is."""
    remedy = f"pip install '{wanted.text}'"
    try:
        version = metadata.version(wanted.name)
    except metadata.PackageNotFoundError:
        return problem("libraries", f"{wanted.name} is not installed.", remedy)
    if not within(version, wanted.bounds):
        return problem("libraries", f"{wanted.name} {version} is not {wanted.bounds}.", remedy)
    module = _MODULES.get(wanted.name.lower(), wanted.name.replace("-", "_"))
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001  loading a library runs code of any kind
        return problem(
            "libraries",
            f"{wanted.name} {version} does not load: {type(error).__name__}: {error}",
            f"pip uninstall {wanted.name}, then {remedy}",
        )
    return None
