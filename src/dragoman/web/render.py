"""Pages from templates: every text escaped, no script or style inside a page."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from dragoman import __version__
from dragoman.dossier_words import act, days, number, span, status_word
from dragoman.parties import listed
from dragoman.web import forms, reviewing, wording

HERE = Path(__file__).parent
STATIC = HERE / "static"

FOREVER = "public, max-age=31536000, immutable"
"""Scripts and the like carry a mark of their content in their address, so that a browser need never ask again."""

MENU = (
    ("/reports", "Reports"),
    ("/events", "Events"),
    ("/incidents", "Incidents"),
    ("/commitments", "Commitments"),
    ("/processes", "Processes"),
    ("/try", "Try it"),
    ("/review", "Review"),
)


@cache
def static(name: str) -> str:
    """The address of a static file, with a mark of its content so that browsers may keep it."""
    return f"/static/{name}?{hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:12]}"


@cache
def environment() -> Environment:
    """The templates and the words that they use."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    found.globals.update(
        act=act,
        days=days,
        count_line=forms.count_line,
        line=reviewing.line,
        listed=listed,
        release=__version__,
        span=span,
        static=static,
        status_word=status_word,
        words=wording,
    )
    found.filters.update(number=number, extract=lambda key, table: table[key])
    return found


def page(
    request: Request,
    template: str,
    code: int = 200,
    *,
    keep: Iterable[str] | Literal[False] | None = False,
    **values: Any,
) -> HTMLResponse:
    """A page for a reader.

    `keep` says that it may be sent again to the same reader, under the same address, while the published store and the
    verdicts in these reports stay as they are; null for all verdicts (see `kept`).
    """
    state = request.app.state
    if keep is not False:
        request.state.keep = frozenset(keep) if keep is not None else None
    given = {
        "here": request.url.path,
        "store": state.settings.store.name,
        "read_only": state.settings.read_only,
        "menu": (*MENU, ("/sql", "SQL")) if state.settings.sql else MENU,
        "csrf": getattr(request.state, "csrf", ""),
        "reviewer": getattr(request.state, "reviewer", ""),
        "address": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        **values,
    }
    return HTMLResponse(environment().get_template(template).render(given), status_code=code)
