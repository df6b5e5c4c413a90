"""The application and the process it runs in."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import resources
from types import FrameType
from typing import Any

import uvicorn
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp

from svg2pptx_batch.errors import ExitCode
from svg2pptx_batch.server import problems, schemas
from svg2pptx_batch.server.guard import Guard
from svg2pptx_batch.server.house import House
from svg2pptx_batch.server.problems import Problem
from svg2pptx_batch.server.routes import make_router
from svg2pptx_batch.server.settings import ServerSettings
from svg2pptx_batch.version import __version__

_PAGE = {"/": "index.html", "/page.css": "page.css", "/page.js": "page.js"}
_PAGE_TYPES = {"html": "text/html", "css": "text/css", "js": "text/javascript"}
_PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_GRACE_S = 5


def make_app(house: House) -> ASGIApp:
    """Return the application of a server."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        house.open()
        yield
        house.close()

    app = FastAPI(
        title="svg2pptx-batch",
        version=__version__,
        description="SVG drawings to PowerPoint decks, many at a time.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.include_router(make_router(house))
    for path, name in _PAGE.items():
        app.add_api_route(path, _page(name), include_in_schema=False)
    app.add_exception_handler(Problem, _tell_problem)
    app.add_exception_handler(RequestValidationError, _tell_invalid)
    app.openapi = lambda: _openapi(app)  # type: ignore[method-assign]
    return Guard(app, house.metrics.count_request)


def _page(name: str) -> Callable[[], Any]:
    """Return what answers with a file of the page."""
    text = resources.files("svg2pptx_batch.server").joinpath("page", name).read_bytes()
    media_type = _PAGE_TYPES[name.rpartition(".")[2]]

    async def page() -> Response:
        headers = {"Content-Security-Policy": _PAGE_POLICY, "Cache-Control": "no-cache"}
        return Response(text, media_type=media_type, headers=headers)

    return page


async def _tell_problem(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)
    return Response(problem.body(), problem.status, problem.headers, media_type=problems.MEDIA_TYPE)


async def _tell_invalid(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"option": ".".join(map(str, each["loc"])), "detail": str(each["msg"])}
        for each in error.errors()
    ]
    detail = "The request is not as the OpenAPI document has it."
    body = problems.body(422, "request", detail, errors=errors)
    return Response(body, 422, media_type=problems.MEDIA_TYPE)


def _openapi(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document, made once."""
    if app.openapi_schema is None:
        told = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=[
                {"name": "jobs", "description": "Drawings in, decks out."},
                {"name": "health", "description": "For whoever runs the server."},
            ],
        )
        parts = told.setdefault("components", {})
        parts["schemas"] = schemas.components()
        parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        for path, routes in told["paths"].items():
            for route in routes.values():
                if "application/json" in route["responses"].get("422", {}).get("content", {}):
                    del route["responses"]["422"]  # FastAPI's own, which nothing can bring about
                if path not in ("/livez", "/readyz"):
                    route["security"] = [{"key": []}]
        app.openapi_schema = told
    return app.openapi_schema


class _Server(uvicorn.Server):
    """Ends in order: jobs are left so that the next server goes on with them.

    Args:
        config: Of uvicorn.
        house: The server.
        say: Tells the operator something.
    """

    def __init__(self, config: uvicorn.Config, house: House, say: Callable[[str], None]) -> None:
        super().__init__(config)
        self._house = house
        self._say = say
        self._ending = False

    async def startup(self, sockets: Any = None) -> None:
        """Begin to listen, and tell where."""
        await super().startup(sockets)
        for server in self.servers:
            for socket in server.sockets:
                host, port = socket.getsockname()[:2]
                shown = f"[{host}]" if ":" in host else host
                self._say(f"Listening on http://{shown}:{port}/ – Ctrl-C ends.")

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Hear a signal: the first ends in order, the second at once."""
        if self._ending:  # what is written is whole at any moment, as if the power had failed
            os._exit(ExitCode.INTERRUPTED if sig == signal.SIGINT else ExitCode.TERMINATED)
        self._ending = True
        threading.Thread(target=self._drain, name="drain", daemon=True).start()

    def _drain(self) -> None:
        self._say("Ending; jobs that run go on with the next start.")
        self._house.drain()
        self.should_exit = True


def run(settings: ServerSettings, say: Callable[[str], None]) -> bool:
    """Serve until a signal comes.

    Args:
        settings: The operator's.
        say: Tells the operator something.

    Returns:
        Whether the server could listen at all.

    Raises:
        UsageError: A setting cannot be, or others could reach a server without keys.
        JobLockedError: Another server has the same data folder.
        OutputError: The data folder cannot be written.
    """
    house = House(settings)
    config = uvicorn.Config(
        make_app(house),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_GRACE_S,
        ws="none",
    )
    server = _Server(config, house, say)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, server.handle_exit)
    try:
        server.run()
    except SystemExit:  # uvicorn ends the process where it cannot listen
        if server.started:
            raise
    return server.started
