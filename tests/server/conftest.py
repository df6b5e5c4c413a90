"""A server in a process of its own, on loopback, with a client."""

from tests.cli.conftest import invoke, start, work  # noqa: F401  fixtures
