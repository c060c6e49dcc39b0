"""The interface for programs, under `/api/v1`: the same JSON as the command line's, and one shape of errors.

`/api/v1/openapi.json` describes all of it. Lists come a page at a time: `{records, total, after, before, sort}`; give `after`
back for the next page. An error is `{"error": {"code", "message", "where"}}`.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, FastAPI, Query, Request
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from dragoman import __version__
from dragoman.codebook import load
from dragoman.dates import check_day
from dragoman.errors import UsageError
from dragoman.records import Claim, Event, to_dict
from dragoman.web.api_schema import answers, files, schemas
from dragoman.web.catalogue import COLUMNS
from dragoman.web.desk import Desk, Listed, columns
from dragoman.web.exports import attached, stream
from dragoman.web.filters import SIZES, SORTS, Filter, Turn
from dragoman.web.pages_process import Chosen, gathered
from dragoman.web.pool import Reader

router = APIRouter(prefix="/api/v1")

CODES: Mapping[int, str] = {
    400: "invalid",
    401: "token_needed",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    408: "too_slow",
    413: "too_large",
    415: "unsupported",
    421: "wrong_host",
    422: "invalid",
    429: "too_many",
    500: "internal",
    503: "unavailable",
}


def error_response(
    status: int, message: str, detail: str = "", where: str | None = None, headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """The one shape of errors: `detail` if there is any, else the general message."""
    told = {"code": CODES.get(status, "error"), "message": (detail or message)[:1_000], "where": where or None}
    return JSONResponse({"error": told}, status, headers)


def told(value: Any, status: int = 200) -> Response:
    """JSON as the command line writes it."""
    return Response(
        json.dumps(value, ensure_ascii=False, allow_nan=False).encode("utf-8", "replace"),
        status,
        media_type="application/json",
    )


# --- what is asked -----------------------------------------------------------------------------------------------

Short = Annotated[str | None, Query(max_length=400)]


def _filter(
    q: Annotated[str | None, Query(max_length=400, description="words that the report holds")] = None,
    start: Annotated[
        str | None, Query(alias="from", description="first ISO day", pattern=r"^(\d{4}-\d{2}-\d{2})?$")
    ] = None,
    end: Annotated[str | None, Query(alias="to", description="last ISO day", pattern=r"^(\d{4}-\d{2}-\d{2})?$")] = None,
    publisher: Short = None,
    actor: Annotated[
        str | None, Query(max_length=400, description="country (ISO alpha-3), key, or part of a name")
    ] = None,
    type: Annotated[str | None, Query(max_length=20, description="one of the 16 types")] = None,
    mode: Short = None,
    status: Annotated[
        str | None, Query(max_length=20, description="status of an event, outcome of a commitment")
    ] = None,
    place: Annotated[str | None, Query(max_length=400, description="country (ISO alpha-3), or part of a name")] = None,
    confidence: Annotated[float | None, Query(ge=0, le=1, description="the least")] = None,
    document: Annotated[str | None, Query(max_length=400, description="id of a report")] = None,
) -> Filter:
    """What is asked for; the same filters as those of the pages."""
    given = {
        "q": q, "from": start, "to": end, "publisher": publisher, "actor": actor, "type": type, "mode": mode,
        "status": status, "place": place, "confidence": None if confidence is None else f"{confidence!r}", "document": document,
    }  # fmt: skip
    return Filter.parse({k: v for k, v in given.items() if v is not None})


Wanted = Annotated[Filter, Depends(_filter)]
Sort = Annotated[str | None, Query(max_length=30, description="a column; with - before it the greatest first")]
Size = Annotated[int, Query(ge=1, le=SIZES[-1], description="records on a page")]
Mark = Annotated[str | None, Query(max_length=2_000, description="as an answer gave it")]


class Paging:
    """Which page of a list."""

    def __init__(self, sort: Sort = None, size: Size = 50, after: Mark = None, before: Mark = None) -> None:
        self.given = {"sort": sort or "", "size": str(size), "after": after or "", "before": before or ""}

    def turn(self, what: str) -> Turn:
        """Raises `UsageError` for an order that the list has not."""
        return Turn.parse(self.given, SORTS[what])


Paged = Annotated[Paging, Depends(Paging)]


def _desk(request: Request) -> Desk:
    desk: Desk = request.app.state.desk
    return desk


def _page(found: Listed[Any]) -> Response:
    return told(
        {
            "records": [to_dict(r) for r in found.records],
            "total": found.total,
            "after": found.after or None,
            "before": found.before or None,
            "sort": found.sort,
        }
    )


def numbered(rows: list[Any], total: int, size: int, skip: int) -> dict[str, Any]:
    """A page of a list whose marks are how many records to pass over."""
    return {
        "records": rows,
        "total": total,
        "after": str(skip + size) if skip + size < total else None,
        "before": str(max(0, skip - size)) if skip else None,
        "sort": None,
    }


def _one(found: Any, what: str, ident: str) -> Response:
    if found is None:
        raise HTTPException(404, f"There is no {what} {ident[:80]!r} in this store.")
    return told(to_dict(found))


# --- the store ---------------------------------------------------------------------------------------------------


@router.get("", responses=answers({"type": "object"}), summary="What the store holds")
def about(request: Request) -> Response:
    """The release, and the store in numbers."""
    facets = _desk(request).facets()
    settings = request.app.state.settings
    return told(
        {
            "release": __version__,
            "store": settings.store.name,
            "read_only": settings.read_only,
            "documents": facets.documents,
            "events": facets.events,
            "incidents": facets.incidents,
            "commitments": facets.commitments,
            "first": facets.first,
            "last": facets.last,
            "types": dict(facets.types),
            "statuses": dict(facets.statuses),
        }
    )


@router.get("/codebook", responses=answers({"type": "object"}), summary="The types with their modes")
def codebook() -> Response:
    """What an event may be, for forms and for programs that correct."""
    book = load()
    types = [
        {
            "type": t.name, "quad": t.quad, "score": book.score(t.name), "what": t.what,
            "modes": [{"mode": m.name, "what": m.what} for m in book.modes_of(t.name)],
        }
        for t in book.types.values()
    ]  # fmt: skip
    sectors = {s.code: s.name for s in book.sectors.values()}
    return told({"types": types, "sectors": sectors, "contexts": {c.name: c.what for c in book.contexts.values()}})


@router.get("/reports", responses=answers("DocumentPage"), summary="Reports")
def reports(request: Request, wanted: Wanted, paging: Paged) -> Response:
    """Reports that fit, the latest first unless asked otherwise."""
    return _page(_desk(request).reports(wanted, paging.turn("documents")))


@router.get("/reports/{ident:path}", responses=answers("Document", 404), summary="A report")
def report(request: Request, ident: str) -> Response:
    """A report with its text; its events are at `/events?document=ID`."""
    return _one(_desk(request).report(ident), "report", ident)


@router.get("/events", responses=answers("EventPage"), summary="Events")
def events(request: Request, wanted: Wanted, paging: Paged) -> Response:
    """Events that fit, the latest first unless asked otherwise."""
    return _page(_desk(request).events(wanted, paging.turn("events")))


@router.get("/events/{ident}", responses=answers("Event", 404), summary="An event")
def event(request: Request, ident: str) -> Response:
    """The machine's record of an event; what people say of it is at `/reviews?event=ID`."""
    return _one(_desk(request).event(ident), "event", ident)


@router.get("/incidents", responses=answers("IncidentPage"), summary="Incidents")
def incidents(request: Request, wanted: Wanted, paging: Paged) -> Response:
    """Happenings that fit, the latest first unless asked otherwise."""
    return _page(_desk(request).incidents(wanted, paging.turn("incidents")))


@router.get("/incidents/{ident}", responses=answers("Incident", 404), summary="An incident")
def incident(request: Request, ident: str) -> Response:
    """A happening, with the reports that tell it."""
    return _one(_desk(request).incident(ident), "incident", ident)


@router.get("/commitments", responses=answers("CommitmentPage"), summary="Commitments")
def commitments(request: Request, wanted: Wanted, paging: Paged) -> Response:
    """What was promised, asked or threatened, and how it stood when the store was linked last."""
    return _page(_desk(request).commitments(wanted, paging.turn("commitments")))


@router.get("/commitments/{ident}", responses=answers("Commitment", 404), summary="A commitment")
def commitment(request: Request, ident: str) -> Response:
    """A promise, demand or threat with its evidence."""
    return _one(_desk(request).commitment(ident), "commitment", ident)


@router.get("/claims", responses=answers("ClaimPage"), summary="Attributed statements")
def claims(
    request: Request,
    document: Annotated[str | None, Query(max_length=400, description="id of a report")] = None,
    start: Annotated[
        str | None, Query(alias="from", pattern=r"^\d{4}-\d{2}-\d{2}$", description="first ISO day")
    ] = None,
    end: Annotated[str | None, Query(alias="to", pattern=r"^\d{4}-\d{2}-\d{2}$", description="last ISO day")] = None,
    size: Size = 50,
    after: Annotated[int, Query(ge=0, le=10**9, description="how many to pass over")] = 0,
) -> Response:
    """Who said what, event or not, by report and in text order; published within the days given."""
    wanted = Filter.parse({k: v for k, v in {"document": document, "from": start, "to": end}.items() if v is not None})
    conditions, values = ["true"], []
    for value, condition in (
        (wanted.document, "document_id = ?"),
        (wanted.start, "document_id IN (SELECT id FROM documents WHERE published >= ?)"),
        (wanted.end, "document_id IN (SELECT id FROM documents WHERE published <= ?)"),
    ):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    where = " AND ".join(conditions)
    with _desk(request).pool.reader() as store:
        total = store.sql(f"SELECT count(*) AS n FROM claims WHERE {where}", values)["n"][0].as_py()
        query = f"SELECT {columns(Claim)} FROM claims WHERE {where} ORDER BY document_id, ordinal LIMIT ? OFFSET ?"
        rows = store.sql(query, [*values, size, after]).to_pylist()
    return told(numbered(rows, total, size, after))


@router.get("/dossier", responses=answers("Dossier"), summary="The account of a process")
def dossier(
    request: Request,
    party: Annotated[list[str], Query(max_length=8, description="country (ISO alpha-3), actor's id or name")] = [],  # noqa: B006
    place: Annotated[list[str], Query(max_length=8, description="country: take in all that happened there")] = [],  # noqa: B006
    start: Annotated[str | None, Query(alias="from", pattern=r"^\d{4}-\d{2}-\d{2}$")] = None,
    end: Annotated[str | None, Query(alias="to", pattern=r"^\d{4}-\d{2}-\d{2}$")] = None,
    as_of: Annotated[str | None, Query(pattern=r"^\d{4}-\d{2}-\d{2}$")] = None,
) -> Response:
    """What `dragoman dossier --format json` writes."""
    if not party and not place:
        raise UsageError("name a party or a place, as party=SDN")
    for day in (start, end, as_of):
        if day is not None:
            check_day(day)
    names = tuple(dict.fromkeys(p.strip()[:200] for p in party if p.strip()))
    places = tuple(dict.fromkeys(p.strip()[:200] for p in place if p.strip()))
    return told(to_dict(gathered(_desk(request), Chosen(names, places, start, end, as_of))))


What = Literal["documents", "events", "claims", "incidents", "commitments", "gold"]


@router.get(
    "/export/{what}",
    responses=files(404),
    summary="A view of the store as a file",
)
def export(
    request: Request,
    what: What,
    wanted: Wanted,
    format: Literal["jsonl", "csv", "parquet", "plover", "cameo", "table"] = "jsonl",
    reviewed: Annotated[
        bool, Query(description="with the verdicts of reviewers; of events only, as JSON lines")
    ] = False,
) -> Response:
    """What `dragoman export` writes, filtered; `gold`: the reports that reviewers have read, annotated."""
    if what == "gold" or reviewed:
        if reviewed and what != "events":
            raise UsageError("only events have verdicts; ask for /export/events?reviewed=true")
        lines = _gold(request.app.state) if what == "gold" else _reviewed(request.app.state, wanted)
        return attached(f"{what}.jsonl", "application/x-ndjson", lines)
    if what == "claims":
        return attached("claims.jsonl", "application/x-ndjson", _claims(_desk(request)))
    return attached(*stream(_desk(request), what, wanted, format))


def _line(row: Any) -> bytes:
    return (json.dumps(row, ensure_ascii=False) + "\n").encode("utf-8", "replace")


def _gold(state: Any) -> Iterator[bytes]:
    from dragoman.review_gold import gold

    with state.session.reading() as store:
        rows = list(gold(store))
    return (_line(row) for row in rows)


def _claims(desk: Desk) -> Iterator[bytes]:
    for rows in desk.batches("claims", Filter(), 2_000):
        yield b"".join(_line(row) for row in rows)


class _Plain(Reader):
    """Asks the tables as this connection sees them, verdicts and all, and no catalogue."""

    def source(self, what: str) -> str:
        """The columns of the catalogue, worked out on the fly; an event that was added has no row number."""
        return f"(SELECT {COLUMNS[what].replace('rowid AS n', '0 AS n', 1)} FROM {what})"


def _reviewed(state: Any, wanted: Filter) -> Iterator[bytes]:
    """Events with the verdicts laid over them, read where the last verdicts are.

    They are written to a file first: a slow reader may not keep the writer's state from changing hands.
    """
    from dragoman.review_overlay import overlay
    from dragoman.store import ORDERS

    with tempfile.TemporaryFile() as kept:
        with state.session.reading(limited=False) as store:
            overlay(store)
            plain = _Plain(store.connection, store.path, frozenset())
            where = state.desk.conditions(plain, "events", wanted)
            chosen = f" WHERE id IN (SELECT id FROM {plain.source('events')} c{where.where()})" if where.parts else ""
            query = f"SELECT {columns(Event)} FROM events{chosen} ORDER BY {ORDERS['events']}"
            for batch in store.connection.sql(query, params=where.values).to_arrow_reader(2_000):
                kept.write(b"".join(_line(row) for row in batch.to_pylist()))
        kept.seek(0)
        while block := kept.read(1 << 18):
            yield block


# --- putting it together -----------------------------------------------------------------------------------------


def install(app: FastAPI) -> None:
    """Adds the interface to an application, with its description."""
    from dragoman.web import api_review, api_write

    app.include_router(router)
    app.include_router(api_review.router)
    app.include_router(api_write.router)

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(
                title="Dragoman",
                version=__version__,
                description="What a store of political events holds, and what people say of it.",
                routes=app.routes,
            )
            parts = found.setdefault("components", {})
            parts.setdefault("schemas", {}).update(schemas())
            parts["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
            found["security"] = [{}, {"token": []}]
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


__all__ = ["error_response", "install", "router"]
