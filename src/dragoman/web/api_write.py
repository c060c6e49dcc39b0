"""For programs: reports coded at once, and questions in SQL where the server was started with them."""

from __future__ import annotations

import threading
from typing import Annotated, Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from starlette.exceptions import HTTPException

from dragoman.dates import check_day
from dragoman.errors import UsageError
from dragoman.records import Document, stable_id, to_dict
from dragoman.review_fields import sound
from dragoman.web import coding
from dragoman.web.api import told
from dragoman.web.api_schema import answers
from dragoman.web.settings import Settings

router = APIRouter(prefix="/api/v1")

ROWS, SECONDS = 1_000, 10.0
"""What a question in SQL may give and take."""


class Report(BaseModel):
    """A report to be coded."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[StrictStr, Field(min_length=1, max_length=coding.LONGEST)]
    title: Annotated[StrictStr, Field(max_length=1_000)] | None = None
    published: Annotated[StrictStr, Field(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    publisher: Annotated[StrictStr, Field(max_length=200)] | None = None
    url: Annotated[StrictStr, Field(max_length=2_000)] | None = None
    id: Annotated[StrictStr, Field(min_length=1, max_length=400)] | None = None
    """Made of the report itself where none is given."""
    keep: bool = False
    """Put it into the store, where one of the same id is replaced."""


class Question(BaseModel):
    """A question in DuckDB's SQL."""

    model_config = ConfigDict(extra="forbid")

    query: Annotated[StrictStr, Field(min_length=1, max_length=20_000)]


SHAPE = {
    "type": "object",
    "required": ["document", "events", "claims", "kept"],
    "properties": {
        "document": {"$ref": "#/components/schemas/Document"},
        "events": {"type": "array", "items": {"$ref": "#/components/schemas/Event"}},
        "claims": {"type": "array", "items": {"$ref": "#/components/schemas/Claim"}},
        "kept": {"type": "boolean"},
    },
}


@router.post("/code", responses=answers(SHAPE, 403, 413), summary="Code a report")
def code(request: Request, report: Report) -> Response:
    """The events and claims of a report, as `dragoman code` and `dragoman claims` give them; kept if wanted."""
    if not all(sound(v) for v in (report.text, report.title, report.publisher, report.url, report.id) if v):
        raise UsageError("the report holds a character that no text has (a null character)")
    if report.published is not None:
        check_day(report.published)
    if report.keep and request.app.state.settings.read_only:
        raise HTTPException(403, "This server only reads; start it without --read-only to keep reports.")
    ident = report.id or stable_id(report.url or "", report.title, report.text)
    document = Document(ident, report.title, report.text, report.published, report.url, report.publisher, "en")
    events, claims = coding.coded(document)
    if report.keep:
        coding.keep(request.app.state.session, document, events, claims)
    rows = {
        "document": to_dict(document),
        "events": [to_dict(e) for e in events],
        "claims": [to_dict(c) for c in claims],
    }
    return told(rows | {"kept": report.keep})


@router.post("/sql", responses=answers({"type": "object"}, 403, 404, 413), summary="Ask in SQL")
def sql(request: Request, question: Question) -> Response:
    """The answer to one SELECT, at most 1,000 rows; only where the server was started with --sql."""
    settings: Settings = request.app.state.settings
    if not settings.sql:
        raise HTTPException(403, "Questions in SQL are off; start the server with --sql to allow them.")
    columns, rows, more = ask(request.app.state, question.query)
    return told({"columns": columns, "rows": rows, "more": more})


def ask(state: Any, query: str) -> tuple[list[str], list[list[Any]], bool]:
    """(columns, rows, whether there are more) of one SELECT, on the published store and nothing else.

    The connection reads one file and can't reach others, nor change its settings; it is stopped after `SECONDS`.
    Raises `UsageError` for anything but one SELECT, and where it fails or takes too long.
    """
    import duckdb

    with state.desk.pool.reader() as store:
        connection = store.connection
        try:
            statements = connection.extract_statements(query)
        except duckdb.Error as error:
            raise UsageError(f"the query fails: {_first(error)}") from None
        if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
            raise UsageError("give one SELECT and nothing else")
        stop = threading.Timer(SECONDS, connection.interrupt)
        stop.start()
        try:
            found = connection.execute(statements[0])
            columns = [str(column[0]) for column in found.description or []]
            rows = found.fetchmany(ROWS + 1)
        except duckdb.InterruptException:
            raise UsageError(f"the query takes longer than {SECONDS:g} seconds; ask for less") from None
        except (duckdb.Error, ValueError, OverflowError, UnicodeError) as error:
            raise UsageError(f"the query fails: {_first(error)}") from None
        finally:
            stop.cancel()
    shown = [[_shown(value) for value in row] for row in rows[:ROWS]]
    return columns, shown, len(rows) > ROWS


def _first(error: Exception) -> str:
    return (str(error).splitlines() or ["no reason given"])[0][:500]


def _shown(value: Any) -> Any:
    """A value as JSON has it; what JSON lacks as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    if isinstance(value, list | tuple):
        return [_shown(v) for v in value]
    if isinstance(value, dict):
        return {str(k): _shown(v) for k, v in value.items()}
    return str(value)
