"""Reviewing: the queue of what is doubtful and matters, and how readers agree."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dragoman.web import reviewing
from dragoman.web.desk import Desk
from dragoman.web.kept import EVERY
from dragoman.web.pages_tables import quote
from dragoman.web.render import page

router = APIRouter()

SIZE = 20
"""Events of the queue on one page."""


@router.get("/review")
def queue(request: Request) -> Response:
    """What to look at first."""
    desk: Desk = request.app.state.desk
    state = request.app.state
    reviewer = getattr(request.state, "reviewer", "")
    second = request.query_params.get("second", "") == "1"
    skip = _skip(request.query_params.get("skip", ""))
    items, total = reviewing.queue(state, reviewer, second, SIZE, skip)
    return page(
        request,
        "review.html",
        keep=EVERY,
        items=items,
        total=total,
        skip=skip,
        size=SIZE,
        second=second,
        quotes={i.event.id: quote(i.document, i.event) for i in items},
        facets=desk.facets(),
        agreement=reviewing.agreement(state),
        orphans=reviewing.orphans(state),
        reviews=reviewing.reviews_of(state, [i.event.id for i in items]),
    )


def _skip(value: str) -> int:
    return int(value) if value.isascii() and value.isdigit() and len(value) < 9 else 0
