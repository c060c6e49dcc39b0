"""The box for questions in SQL, where the server was started with `--sql`; they can only read."""

from __future__ import annotations

import time
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from dragoman.errors import UsageError
from dragoman.web.api_write import ask
from dragoman.web.render import page

router = APIRouter()

LONGEST = 5_000
"""Code points of a question."""

EXAMPLES = (
    ("Events by type and year", 'SELECT "type", substr("date"."start", 1, 4) AS year, count(*) AS events FROM events GROUP BY ALL ORDER BY ALL'),
    ("Who is denied what", 'SELECT "date"."start" AS day, "type", list_transform(denied_by, lambda p: p.name) AS denied_by FROM incidents WHERE len(denied_by) > 0 ORDER BY day'),
    ("Commitments by outcome", "SELECT outcome, count(*) AS commitments FROM commitments GROUP BY outcome ORDER BY commitments DESC"),
)  # fmt: skip


@router.get("/sql")
def sql(request: Request) -> Response:
    """The box, and the answer where something is asked."""
    if not request.app.state.settings.sql:
        raise HTTPException(404, "Questions in SQL are off; start the server with --sql to allow them.")
    query = request.query_params.get("query", "").strip()
    given: dict[str, Any] = {
        "query": query,
        "examples": EXAMPLES,
        "columns": [],
        "rows": [],
        "more": False,
        "problem": "",
        "took": 0.0,
    }
    if not query:
        return page(request, "sql.html", **given)
    begun = time.perf_counter()
    try:
        if len(query) > LONGEST:
            raise UsageError(f"the question is longer than {LONGEST} letters")
        columns, rows, more = ask(request.app.state, query)
    except UsageError as error:
        return page(request, "sql.html", 400, **{**given, "problem": str(error)})
    took = time.perf_counter() - begun
    return page(request, "sql.html", **{**given, "columns": columns, "rows": rows, "more": more, "took": took})
