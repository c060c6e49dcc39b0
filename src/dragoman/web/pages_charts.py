"""A process in interactive charts: Altair's, drawn in the browser by the Vega bundle that vl-convert carries.

The bundle comes from this server alone, and Vega reads its expressions with an interpreter, so that the pages' policy
(no script but their own, nothing evaluated) holds here too. Needs the extra `charts`; without it the page says so.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
from functools import cache
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import JSONResponse, Response

from dragoman import charts
from dragoman.dossier import Dossier
from dragoman.errors import UsageError
from dragoman.store import Store
from dragoman.web.desk import Desk
from dragoman.web.pages_process import Chosen, gathered
from dragoman.web.render import FOREVER, page

router = APIRouter()

DRAWN = (
    ("timeline", "Conflict and cooperation over time"),
    ("ledger", "What was promised, asked and threatened"),
    ("dyads", "Who deals with whom"),
    ("network", "Who acts on whom"),
    ("map", "Where"),
)
"""Charts by the name of the function that makes them."""


def ready() -> bool:
    """Whether the extra `charts` is installed."""
    return all(importlib.util.find_spec(name) for name in ("altair", "vl_convert"))


@cache
def bundle() -> bytes:
    """Vega, Vega-Lite and Vega-Embed as one script; made once, which takes some seconds."""
    import vl_convert

    make: Any = vl_convert.javascript_bundle  # its stubs ask for a snippet, of which it needs none
    script: str = make()
    return script.encode("utf-8")


@router.get("/processes/vega.js")
def vega() -> Response:
    """The script that draws."""
    if not ready():
        raise HTTPException(404)
    return Response(bundle(), media_type="text/javascript", headers={"Cache-Control": FOREVER})


@router.get("/processes/charts")
def shown(request: Request) -> Response:
    """The page of a process's charts."""
    desk: Desk = request.app.state.desk
    chosen = Chosen.parse(request)
    found = gathered(desk, chosen)
    return page(
        request,
        "charts.html",
        dossier=found,
        query=request.url.query,
        drawn=DRAWN,
        ready=ready(),
        version=importlib.metadata.version("vl-convert-python") if ready() else "",
    )


@router.get("/processes/charts/{name}.json")
def chart(request: Request, name: str) -> Response:
    """One chart as Vega-Lite."""
    if not ready():
        raise HTTPException(404, "Charts need the extra: pip install 'dragoman[charts]'.")
    if name not in dict(DRAWN):
        raise HTTPException(404)
    desk: Desk = request.app.state.desk
    found = gathered(desk, Chosen.parse(request))
    dark = request.query_params.get("theme") == "dark"
    with desk.pool.reader() as store:
        made: Any = getattr(charts, name)(_table(store, name, found), theme="dark" if dark else "light")
    return JSONResponse(made.to_dict())


def _table(store: Store, name: str, found: Dossier) -> Any:
    """The incidents of a process, or its commitments."""
    what, ids = (
        ("commitments", [d.id for d in found.debts])
        if name == "ledger"
        else ("incidents", [e.id for e in found.entries])
    )
    if not ids:
        raise UsageError("there is nothing to draw")
    return store.sql(f"SELECT * FROM {what} WHERE id IN (SELECT unnest(?::VARCHAR[])) ORDER BY id", [ids])
