"""The first page, the list of reports, and the reader."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from dragoman.records import Claim, Document, Event
from dragoman.web import reviewing
from dragoman.web.desk import Desk
from dragoman.web.filters import SORTS, Filter, Turn
from dragoman.web.marks import flat, pieces, spans
from dragoman.web.render import page
from dragoman.web.words import phrases

router = APIRouter()

SNIPPET = 240
"""Code points of a report shown in a list."""

OTHERS = 8
"""Other reports of an incident named in a card; more are on the incident's page."""


@router.get("/")
def home(request: Request) -> Response:
    """What the store holds, and where to begin."""
    return page(request, "home.html", keep=(), **first(request.app.state.desk))


def first(desk: Desk) -> dict[str, Any]:
    """What the first page tells."""
    found = desk.facets()
    latest = desk.reports(Filter(), Turn(size=5)).records
    widest = desk.incidents(Filter(), Turn(sort="-publishers", size=6), brief=True).records if found.linked else []
    return {
        "facets": found,
        "latest": latest,
        "counts": desk.counts_of([d.id for d in latest]),
        "widest": widest,
    }


@router.get("/reports")
def reports(request: Request) -> Response:
    """The reports that fit."""
    desk: Desk = request.app.state.desk
    wanted = Filter.parse(request.query_params)
    turn = Turn.parse(request.query_params, SORTS["documents"])
    found = desk.reports(wanted, turn)
    return page(
        request,
        "reports.html",
        keep=(),
        wanted=wanted,
        turn=turn,
        listed_rows=found,
        counts=desk.counts_of([d.id for d in found.records]),
        facets=desk.facets(),
        snippets={d.id: snippet(d, wanted.q) for d in found.records},
        sorts=SORTS["documents"],
    )


def snippet(document: Document, asked: str | None) -> list[tuple[str, bool]]:
    """The beginning of a report, or where it holds the words asked for: stretches, each marked or not."""
    text = document.text
    wanted = phrases(asked) if asked else []
    pattern = re.compile("|".join(_stem(p) for p in wanted), re.IGNORECASE) if wanted else None
    hit = pattern.search(text) if pattern else None
    start = max(0, hit.start() - 80) if hit else 0
    if start:
        start = text.find(" ", start) + 1 or start
    shown = text[start : start + SNIPPET]
    if start + SNIPPET < len(text):
        shown = shown.rsplit(" ", 1)[0]
    found: list[tuple[str, bool]] = [("… ", False)] if start else []
    last = 0
    for match in pattern.finditer(shown) if pattern else ():
        if match.end() > match.start():
            found += [(flat(shown[last : match.start()]), False), (match.group(), True)]
            last = match.end()
    tail = flat(shown[last:]) + (" …" if start + SNIPPET < len(text) else "")
    return [*found, (tail, False)]


def _stem(phrase: str) -> str:
    """Words as they are searched for: their endings don't count."""
    words = [re.escape(re.sub(r"(ing|ed|es|s)$", "", w) if len(w) > 5 else w) for w in phrase.split()]
    return r"\b" + r"\w*\W+".join(words) + r"\w*" if words else r"$^"


@dataclass(frozen=True, slots=True)
class Other:
    """Another report of the same incident."""

    document: Document
    event_id: str


@dataclass(frozen=True, slots=True)
class Card:
    """An event beside its report."""

    number: int
    event: Event
    incident_id: str | None
    others: tuple[Other, ...]
    more: int
    """Further reports, not named."""
    denied_by: tuple[str, ...]
    claims: tuple[int, ...]
    """Numbers of the report's claims that hold it."""


@router.get("/reports/{ident:path}")
def report(request: Request, ident: str) -> Response:
    """A report with its events."""
    desk: Desk = request.app.state.desk
    document = desk.report(ident)
    if document is None:
        raise HTTPException(404)
    events = [*desk.events_of(ident), *reviewing.added_in(request.app.state, ident)]
    claims = desk.claims_of(ident)
    return page(
        request,
        "report.html",
        keep=[document.id],
        document=document,
        title_pieces=pieces(document.title or "", spans(events, "title")),
        text_pieces=pieces(document.text, spans(events, "text")),
        cards=cards(desk, document, events, claims),
        claims=[said(c, document.text) for c in claims],
        reviews=reviewing.reviews_of(request.app.state, [e.id for e in events]),
        orphans=reviewing.orphans(request.app.state, ident),
        read_by=reviewing.finished_by(request.app.state, ident),
    )


@router.get("/events/{ident}")
def event(request: Request, ident: str) -> Response:
    """An event stands in its report."""
    found = request.app.state.desk.event(ident)
    if found is None:
        raise HTTPException(404)
    return RedirectResponse(report_address(found.document_id, ident), 303)


def report_address(document: str, event_id: str = "") -> str:
    """Where a report (and an event in it) is read."""
    from urllib.parse import quote

    return f"/reports/{quote(document, safe='')}" + (f"#e-{quote(event_id, safe='')}" if event_id else "")


def cards(desk: Desk, document: Document, events: list[Event], claims: list[Claim]) -> list[Card]:
    """A card for each event, with what else is told of it."""
    homes = desk.incident_of([e.id for e in events])
    incidents = desk.incidents_by_id(list(homes.values()))
    wanted = {t.document_id for i in incidents.values() for t in i.reports if t.document_id != document.id}
    known = desk.documents(sorted(wanted)[:500])
    found = []
    for number, one in enumerate(events):
        incident = incidents.get(homes.get(one.id, ""))
        others: dict[str, Other] = {}
        for telling in incident.reports if incident else ():
            if telling.document_id in known and telling.document_id not in others:
                others[telling.document_id] = Other(known[telling.document_id], telling.event_id)
        denied = tuple(dict.fromkeys(p.name or p.text for p in incident.denied_by)) if incident else ()
        holding = tuple(n for n, c in enumerate(claims) if _holds(c, one))
        shown = tuple(others.values())[:OTHERS]
        found.append(
            Card(number, one, incident.id if incident else None, shown, len(others) - len(shown), denied, holding)
        )
    return found


def _holds(claim: Claim, event: Event) -> bool:
    return any(
        m.where == "text" and any(start <= m.trigger[0] < end for start, end in claim.content) for m in event.mentions
    )


@dataclass(frozen=True, slots=True)
class Said:
    """A claim in words."""

    speaker: str
    cue: str
    content: str
    quoted: bool
    anonymous: bool


def said(claim: Claim, text: str) -> Said:
    """A claim of a report with this text, in words."""

    def joined(parts: tuple[tuple[int, int], ...]) -> str:
        return flat(" … ".join(text[a:b] for a, b in parts)).strip()

    speaker = (claim.speaker.name or claim.speaker.text) if claim.speaker else joined(claim.source)
    return Said(speaker or "unnamed", joined(claim.cue), joined(claim.content), claim.quoted, claim.anonymous)
