"""The workbench as one application: pages, interface, review and safety put together.

::

    app = create_app(Path("process.duckdb"))
    uvicorn.run(app, host="127.0.0.1", port=8765)
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from http import HTTPStatus
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, Response
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware

from dragoman import __version__
from dragoman.errors import DragomanError, StoreError, UsageError
from dragoman.web import (
    api,
    coding,
    pages,
    pages_charts,
    pages_process,
    pages_review,
    pages_sql,
    pages_tables,
    pages_try,
    reviewing,
    safety,
)
from dragoman.web.calm import calm
from dragoman.web.desk import Desk
from dragoman.web.filters import Filter, Turn
from dragoman.web.kept import Kept
from dragoman.web.pool import Pool
from dragoman.web.render import FOREVER, STATIC, page
from dragoman.web.session import Session
from dragoman.web.settings import Settings
from dragoman.web.words import Words

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".json": "application/json"}

ADVICE = {
    400: ("That can't be asked", "Change the address or the form and try again."),
    401: ("A token is needed", "Give the token that the server printed when it was started."),
    403: ("Not allowed", "This server doesn't let you do that."),
    404: (
        "Nothing here",
        "There is no such page or record in this store. It may have been coded anew under another id.",
    ),
    405: ("Not this way", "Go back and use the buttons of the page."),
    413: ("Too much at once", "Give a smaller file or a shorter text."),
    422: ("That can't be read", "Change the form and try again."),
    429: ("Too many at once", "Wait a moment and try again."),
    500: ("Something went wrong here", "The server's log says what. Load the page again; if it comes back, report it."),
    503: ("The store can't be read now", "Wait a moment and load the page again."),
}
"""What an error page says, and what to do."""


def create_app(
    store: Path | str,
    *,
    read_only: bool = False,
    token: str | None = None,
    host: str = "127.0.0.1",
    sql: bool = False,
    warm: bool = False,
) -> FastAPI:
    """The workbench of one store.

    `token` is what every reader must show (only its hash is kept); `read_only` takes all writing away; `sql` opens the
    box for questions in SQL; `warm` loads the coder at the start, so that the first report tried need not wait.
    Raises `StoreError` where the path holds no store.
    """
    settings = Settings(Path(store), read_only, safety.hashed(token) if token else None, host, sql)
    pool = Pool(settings.store)
    desk = Desk(pool, Words(pool, keep=not read_only))
    session = Session(settings.store, pool, read_only)

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        desk.words.refresh()
        if warm:
            threading.Thread(target=_warm_up, args=(desk,), name="warm", daemon=True).start()
        yield
        session.close()
        desk.words.close()
        pool.close()

    app = FastAPI(
        title="Dragoman workbench",
        version=__version__,
        lifespan=life,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.settings, app.state.desk, app.state.session = settings, desk, session
    for room in (pages, pages_tables, pages_charts, pages_process, pages_try, pages_review, pages_sql):
        app.include_router(room.router, include_in_schema=False)
    app.include_router(reviewing.router, include_in_schema=False)
    api.install(app)
    app.add_api_route("/static/{name}", _static, include_in_schema=False)
    _answer_errors(app)
    app.add_middleware(GZipMiddleware, minimum_size=1_000, compresslevel=4)
    app.add_middleware(Kept, session=session)
    safety.install(app, settings)
    return app


def _warm_up(desk: Desk) -> None:
    """Does what the first reader would wait for: reads the first pages, loads the coder, finds who deals with whom."""
    steps: tuple[Callable[[], object], ...] = (
        desk.pool.settle,
        partial(pages.first, desk),
        partial(desk.reports, Filter(), Turn()),
        partial(desk.events, Filter(), Turn()),
        partial(desk.incidents, Filter(), Turn(), brief=True),
        partial(desk.commitments, Filter(), Turn(), brief=True),
        coding.warm_up,
        partial(pages_process.pairs, desk),
        partial(pages_process.suggestions, desk),
        partial(reviewing.first, desk),
        calm,
    )
    for step in steps:
        try:
            step()
        except Exception:  # the same will come up, and be told, where somebody asks for it
            logging.getLogger("dragoman.web").warning("warming up failed", exc_info=True)


def _static(name: str) -> Response:
    path = STATIC / name
    if path.suffix not in KINDS or path.parent != STATIC or not path.is_file():
        raise HTTPException(404)
    return FileResponse(path, media_type=KINDS[path.suffix], headers={"Cache-Control": FOREVER})


def _answer_errors(app: FastAPI) -> None:
    """Every error as one page that says what to do, or as one JSON shape under /api."""

    def http(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        plain = error.detail == HTTPStatus(error.status_code).phrase
        return _problem(request, error.status_code, "" if plain else str(error.detail))

    def usage(request: Request, error: Exception) -> Response:
        return _problem(request, 400, str(error), getattr(error, "where", ""))

    def gone(request: Request, error: Exception) -> Response:
        return _problem(request, getattr(error, "status", 503), str(error))

    def invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)
        first = error.errors()[0] if error.errors() else {"loc": (), "msg": ""}
        where = " ".join(str(part) for part in first["loc"][1:])
        return _problem(request, 422, f"{where}: {first['msg']}" if where else str(first["msg"]), where)

    def broken(request: Request, _: Exception) -> Response:
        return _problem(request, 500, "")

    app.add_exception_handler(HTTPException, http)
    app.add_exception_handler(UsageError, usage)
    app.add_exception_handler(StoreError, gone)
    app.add_exception_handler(DragomanError, usage)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(Exception, broken)


def _problem(request: Request, status: int, detail: str, where: str = "") -> Response:
    head, advice = ADVICE.get(status, ADVICE[500] if status >= 500 else ADVICE[400])
    if request.url.path.startswith("/api/") or "application/json" in request.headers.get("accept", ""):
        return api.error_response(status, head, detail, where)
    return page(request, "error.html", status=status, head=head, detail=detail, advice=advice, code=status)
