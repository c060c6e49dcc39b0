"""Tables of events, incidents and commitments, and their export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from dragoman.records import Document, Event, Evidence, Incident, Telling
from dragoman.review_fields import STATUSES
from dragoman.web import reviewing
from dragoman.web.desk import Desk, Listed
from dragoman.web.exports import attached, formats, stream
from dragoman.web.filters import OUTCOMES, SORTS, Filter, Turn
from dragoman.web.marks import excerpt
from dragoman.web.render import page

router = APIRouter()

TOLD = 60
"""Tellings of an incident shown in full."""


@router.get("/events")
def events(request: Request) -> Response:
    """The events that fit."""
    desk: Desk = request.app.state.desk
    return _table(request, "events", desk.events, STATUSES)


@router.get("/incidents")
def incidents(request: Request) -> Response:
    """The incidents that fit."""
    desk: Desk = request.app.state.desk
    return _table(request, "incidents", partial(desk.incidents, brief=True), STATUSES[:3])


@router.get("/commitments")
def commitments(request: Request) -> Response:
    """The commitments that fit."""
    desk: Desk = request.app.state.desk
    return _table(request, "commitments", partial(desk.commitments, brief=True), OUTCOMES)


def _table(
    request: Request, what: str, ask: Callable[[Filter, Turn], Listed[Any]], statuses: tuple[str, ...]
) -> Response:
    desk: Desk = request.app.state.desk
    wanted = Filter.parse(request.query_params)
    turn = Turn.parse(request.query_params, SORTS[what])
    found = ask(wanted, turn)
    return page(
        request,
        f"{what}.html",
        keep=[e.document_id for e in found.records] if what == "events" else (),
        wanted=wanted,
        turn=turn,
        listed_rows=found,
        facets=desk.facets(),
        statuses=statuses,
        formats=formats(what),
        documents=desk.documents([e.document_id for e in found.records]) if what == "events" else {},
        reviews=reviewing.reviews_of(request.app.state, [e.id for e in found.records]) if what == "events" else {},
    )


@router.get("/incidents/{ident}")
def incident(request: Request, ident: str) -> Response:
    """An incident with all its reports."""
    desk: Desk = request.app.state.desk
    found = desk.incident(ident)
    if found is None:
        raise HTTPException(404)
    tellings = [*found.reports[:TOLD], *found.denials[:TOLD]]
    told = desk.events_by_id([t.event_id for t in tellings])
    return page(
        request,
        "incident.html",
        keep=[e.document_id for e in told.values()],
        incident=found,
        told=told,
        **_quoted(desk, tellings, told),
        shown=TOLD,
        judged=request.query_params.get("judged") == "1",
        spread=spread(found),
        commitment=desk.commitments_of(ident),
        reviews=reviewing.reviews_of(request.app.state, list(told)),
    )


def quote(document: Document | None, event: Event) -> tuple[str, str, str]:
    """The sentence of an event, parted at its trigger; empty where its report is gone."""
    return excerpt(event, document.text, document.title) if document is not None else ("", event.mentions[0].text, "")


def spread(found: Incident) -> list[tuple[str, list[tuple[str, int]]]]:
    """The fields on which reports differ, with what they say and how many say it."""
    fields: dict[str, list[tuple[str, int]]] = {}
    for variant in found.spread:
        fields.setdefault(variant.field, []).append((variant.value.replace("..", " – ").strip(), variant.reports))
    return list(fields.items())


@router.get("/commitments/{ident}")
def commitment(request: Request, ident: str) -> Response:
    """A commitment with its evidence."""
    desk: Desk = request.app.state.desk
    found = desk.commitment(ident)
    if found is None:
        raise HTTPException(404)
    tellings: list[Telling | Evidence] = [*found.made[:TOLD], *found.evidence]
    told = desk.events_by_id([t.event_id for t in tellings])
    return page(request, "commitment.html", keep=(), commitment=found, told=told, **_quoted(desk, tellings, told))


def _quoted(desk: Desk, tellings: Sequence[Telling | Evidence], told: Mapping[str, Event]) -> dict[str, Any]:
    """The reports of tellings, and the sentence of each event that they tell."""
    documents = desk.documents([t.document_id for t in tellings])
    return {
        "documents": documents,
        "quotes": {i: quote(documents.get(e.document_id), e) for i, e in told.items()},
    }


@router.get("/export/{what}")
def export(request: Request, what: str) -> Response:
    """The view as a file."""
    desk: Desk = request.app.state.desk
    wanted = Filter.parse(request.query_params)
    return attached(*stream(desk, what, wanted, request.query_params.get("format", "jsonl")))
