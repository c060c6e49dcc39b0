"""Review in the browser: what the forms of the pages post, and what the pages show of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response

from dragoman import review
from dragoman.errors import UsageError
from dragoman.linking import link_store
from dragoman.records import Document, Event, Participant
from dragoman.review import Placed, Review
from dragoman.review_agreement import Agreement
from dragoman.review_agreement import agreement as measured
from dragoman.review_fields import FieldError
from dragoman.review_overlay import decisions
from dragoman.review_queue import Ranked, ranked
from dragoman.review_queue import queue as waiting
from dragoman.store import Store
from dragoman.web import forms
from dragoman.web.desk import Desk
from dragoman.web.safety import YEAR, local_path

router = APIRouter()

Text = Annotated[str, Form()]


# --- what pages show ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event in the queue, with its report."""

    event: Event
    document: Document
    doubt: float
    """0 to 1: the chance that the record is wrong."""
    importance: float
    reports: int
    """Documents that tell its incident."""
    reasons: tuple[str, ...]
    """Why it stands here, in words."""


def queue(
    state: Any, reviewer: str = "", second: bool = False, size: int = 25, skip: int = 0
) -> tuple[list[Waiting], int]:
    """A page of the queue of a reviewer, and how many events it has in all (see `dragoman.review_queue`)."""
    places, total = ranks(state, reviewer, second, size, skip)
    events = state.desk.events_by_id([r.event_id for r in places])
    documents = state.desk.documents([r.document_id for r in places])
    found = [
        Waiting(
            events[r.event_id],
            documents[r.document_id],
            r.doubt,
            r.importance,
            r.reports,
            reasons(r, events[r.event_id]),
        )
        for r in places
        if r.event_id in events and r.document_id in documents
    ]
    return found, total


def ranks(state: Any, reviewer: str, second: bool, size: int, skip: int) -> tuple[list[Ranked], int]:
    """The same without the records."""
    order = None if second else first(state.desk)

    def make() -> list[Ranked]:
        with state.session.reading() as store:
            return waiting(store, reviewer, second, order, _all(state).placed)

    found = state.desk.memory.get((*_now(state), "queue", reviewer, second), make)
    return found[skip : skip + size], len(found)


def first(desk: Desk) -> list[Ranked]:
    """The events that ought to be reviewed first, reviewed or not."""

    def make() -> list[Ranked]:
        with desk.pool.reader() as store:
            return ranked(store)

    return desk.memory.get((desk.pool.stamp(), "ranked"), make)


def reasons(rank: Ranked, event: Event) -> tuple[str, ...]:
    """Why an event stands where it does in the queue, in words."""
    told = [f"{round(rank.doubt * 100)} % doubt"]
    if rank.reports > 1:
        told.append(f"told by {rank.reports} reports")
    if abs(event.score) >= 8:
        told.append("weighty: " + ("conflict" if event.score < 0 else "cooperation"))
    if event.historical:
        told.append("background, which weighs half")
    return tuple(told)


def reviews_of(state: Any, event_ids: Sequence[str]) -> dict[str, list[Review]]:
    """The verdicts that stand on each event, oldest first; events without one are left out."""
    by_event = _all(state).by_event
    found = {ident: [p.review for p in by_event[ident]] for ident in event_ids if ident in by_event}
    return {ident: told for ident, told in found.items() if told}


def orphans(state: Any, document_id: str | None = None) -> list[Placed]:
    """Verdicts that fit no event any more; of one report if given."""
    return [p for p in standing_of(state, None if document_id is None else [document_id]) if p.orphan]


def finished_by(state: Any, document_id: str) -> list[str]:
    """Who has read the whole report."""
    return [p.review.reviewer for p in standing_of(state, [document_id]) if p.review.verdict == "done"]


def added_in(state: Any, document_id: str) -> list[Event]:
    """The events that people found in a report where the coder found none, as they stand now."""

    if not any(p.review.verdict == "add" for p in standing_of(state, [document_id])):
        return []

    def make() -> list[Event]:
        with state.session.reading() as store:
            return [d.after for d in decisions(store, document_id) if d.before is None and d.after is not None]

    found: list[Event] = state.desk.memory.get((*_now(state), "added", document_id), make)
    return found


def agreement(state: Any) -> list[Agreement]:
    """How far readers agree, by field."""

    def make() -> list[Agreement]:
        with state.session.reading() as store:
            return measured(store, _all(state).placed)

    found: list[Agreement] = state.desk.memory.get((*_now(state), "agreement"), make)
    return found


def standing_of(state: Any, documents: Sequence[str] | None) -> list[Placed]:
    """The verdicts that stand, of some reports or of all, with the events that they belong to now; oldest first."""
    known = _all(state)
    if documents is None:
        return known.placed
    return sorted(
        (p for d in documents for p in known.by_document.get(d, ())), key=lambda p: (p.review.time, p.review.id)
    )


@dataclass(frozen=True, slots=True)
class _Standing:
    """All verdicts that stand, as pages look for them."""

    placed: list[Placed]
    by_document: Mapping[str, list[Placed]]
    by_event: Mapping[str, list[Placed]]
    homes: Mapping[str, str]
    """The report of each event that was ever judged or added, by the id that it had."""


def _all(state: Any) -> _Standing:
    """The verdicts that stand, read anew after each write; of the store's events only those that lost their id are looked at."""

    def make() -> _Standing:
        with state.session.reading() as store:
            rows = _rows(state, store)
            places = review.placed_quickly(store, review.standing(rows))
        documents: dict[str, list[Placed]] = {}
        events: dict[str, list[Placed]] = {}
        for placing in places:
            documents.setdefault(placing.review.document_id, []).append(placing)
            ident = placing.event_id or placing.review.event_id
            if placing.review.verdict != "done" and not placing.orphan and ident:
                events.setdefault(ident, []).append(placing)
        homes = {r.event_id: r.document_id for r in rows if r.event_id}
        return _Standing(places, documents, events, homes)

    found: _Standing = state.desk.memory.get((*_now(state), "standing"), make)
    return found


def _rows(state: Any, store: Store) -> list[Review]:
    """All verdicts ever given; those that are known already are not read again, since none is ever changed."""
    old: list[Review] = state.desk.memory.known(["verdicts"]).get("verdicts", [])
    fresh = review.reviews(store, since=old[-1].time if old else None)
    rows = [*old, *fresh]
    if len(rows) != review.count(store):
        rows = review.reviews(store)
    state.desk.memory.put({"verdicts": rows})
    return rows


def _now(state: Any) -> tuple[Any, ...]:
    """What tells one state of the verdicts from another."""
    return (state.desk.pool.stamp(), state.session.writes)


# --- what forms post ---------------------------------------------------------------------------------------------


async def _fields(request: Request) -> dict[str, str]:
    """All fields of a form, whatever their names; files are left out."""
    return {k: v for k, v in (await request.form()).items() if isinstance(v, str)}


Fields = Annotated[dict[str, str], Depends(_fields)]


@router.post("/review/name")
def name(reviewer: Text = "", next: Text = "/review") -> Response:
    """Remembers who is reviewing, in this browser."""
    answer = RedirectResponse(local_path(next), 303)
    answer.set_cookie(
        "reviewer", quote(reviewer.strip()[: review.LONGEST_NAME]), max_age=YEAR, samesite="strict", httponly=True
    )
    return answer


@router.post("/review/accept")
def accept(request: Request, event_id: Text, reviewer: Text = "", note: Text = "", next: Text = "") -> Response:
    """The event is right."""
    with request.app.state.session.writing() as store:
        found = review.accept(store, event_id, _name(request, reviewer), note)
        concern(request, [found])
    return _answer(request, [found], next)


@router.post("/review/reject")
def reject(request: Request, event_id: Text, reviewer: Text = "", note: Text = "", next: Text = "") -> Response:
    """There is no such event."""
    with request.app.state.session.writing() as store:
        found = review.reject(store, event_id, _name(request, reviewer), note)
        concern(request, [found])
    return _answer(request, [found], next)


@router.post("/review/correct")
def correct(request: Request, form: Fields) -> Response:
    """The event is there, but other than coded: `changes` as JSON, or one form field for each field of the event."""
    state = request.app.state
    ident, reviewer, note = form.get("event_id", ""), _name(request, form.get("reviewer", "")), form.get("note", "")
    event = state.desk.event(ident) or _added(state, ident)
    if event is None:
        raise UsageError(f"no event {ident!r} in the store; it may have been coded anew, load the report again")
    changes = _json(form["changes"]) if form.get("changes") else changed(event, form)
    with state.session.writing() as store:
        done = (
            review.correct(store, ident, changes, reviewer, note)
            if changes
            else review.accept(store, ident, reviewer, note)
        )
        concern(request, [done])
    return _answer(request, [done], form.get("next", ""))


@router.post("/review/add")
def add(request: Request, form: Fields) -> Response:
    """The coder missed an event: `changes` as JSON, or one form field for each field of the event."""
    try:
        trigger = (int(form.get("start", "")), int(form.get("end", "")))
    except ValueError:
        raise FieldError("trigger", "select the words that tell the event") from None
    changes = _json(form["changes"]) if form.get("changes") else given(form)
    where = form.get("where") or "text"
    with request.app.state.session.writing() as store:
        done = review.add(
            store, form.get("document_id", ""), where, trigger, changes, _name(request, form.get("reviewer", "")), form.get("note", "")
        )  # fmt: skip
        concern(request, [done])
    return _answer(request, [done], form.get("next", ""))


@router.post("/review/undo")
def undo(request: Request, id: Text = "", event_id: Text = "", reviewer: Text = "", next: Text = "") -> Response:
    """Takes back a verdict of one's own, or one's last on an event."""
    who = _name(request, reviewer)
    if not id:
        mine = [r for r in reviews_of(request.app.state, [event_id]).get(event_id, []) if r.reviewer == who]
        if not mine:
            raise UsageError("there is no verdict of yours to take back")
        id = mine[-1].id
    with request.app.state.session.writing() as store:
        found = review.undo(store, id, who)
        concern(request, [found])
    return _answer(request, [found], next)


@router.post("/review/done")
def done(request: Request, document_id: Text, reviewer: Text = "", note: Text = "", next: Text = "") -> Response:
    """The whole report is read."""
    with request.app.state.session.writing() as store:
        found = review.done(store, document_id, _name(request, reviewer), note)
        concern(request, found)
    return _answer(request, found, next)


@router.post("/review/judge")
def judge(
    request: Request, one: Text, other: Text, judgement: Text, reviewer: Text = "", note: Text = "", next: Text = ""
) -> Response:
    """Whether two events tell one happening."""
    with request.app.state.session.writing() as store:
        store.judge(one, other, judgement, _name(request, reviewer), note)
    return _answer(request, [], next)


@router.post("/review/link")
def link(request: Request, reviewed: Text = "", next: Text = "") -> Response:
    """Joins the store's incidents again, so that they follow judgements (and verdicts, if asked)."""
    with request.app.state.session.writing(publish=True) as store:
        link_store(store, reviewed=bool(reviewed))
    return _answer(request, [], next)


def concern(request: Request, found: Iterable[Review]) -> None:
    """Tells the session which reports a verdict concerns."""
    request.app.state.session.only(r.document_id for r in found)


def _added(state: Any, ident: str) -> Event | None:
    home = _all(state).homes.get(ident)
    return next((e for e in added_in(state, home) if e.id == ident), None) if home is not None else None


def _name(request: Request, given: str) -> str:
    return given.strip() or str(getattr(request.state, "reviewer", ""))


def _answer(request: Request, found: Iterable[Review], next: str) -> Response:
    if "application/json" in request.headers.get("accept", ""):
        return JSONResponse({"reviews": given_rows(found)}, 201)
    return RedirectResponse(local_path(next or "/review"), 303)


def given_rows(found: Iterable[Review]) -> list[dict[str, Any]]:
    """Verdicts that were given just now, as JSON has them."""
    return [review.to_row(Placed(r, r.event_id if r.verdict != "done" else None, False, r.trigger)) for r in found]


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise FieldError("changes", "give a JSON object of fields") from None


# --- forms as corrections ----------------------------------------------------------------------------------------


def line(part: Participant) -> str:
    """A participant as one line of a form: `Name; COUNTRY; SEC SEC`."""
    return "; ".join([(part.name or part.text).replace(";", ","), part.country or "", " ".join(part.sectors)]).rstrip(
        "; "
    )


def _from_line(text: str, where: str) -> dict[str, Any]:
    name, *more = [piece.strip() for piece in text.split(";")]
    if len(more) > 2:
        raise FieldError(where, "write one participant a line, as Name; COUNTRY; SECTORS")
    row: dict[str, Any] = {"text": name} if name else {}
    if more and more[0]:
        row["country"] = more[0].upper()
    if len(more) > 1 and more[1]:
        row["sectors"] = more[1].upper().replace(",", " ").split()
    return row


def _lines(text: str, where: str, known: Sequence[Participant] = ()) -> list[dict[str, Any]]:
    """Participants from the lines of a form; a line that stands as it stood keeps all that is known of its participant."""
    stood = {line(p): p for p in known}
    found = []
    for number, raw in enumerate(row for row in text.splitlines() if row.strip()):
        part = stood.get(raw.strip().rstrip("; "))
        found.append(_plain(part) if part is not None else _from_line(raw, f"{where}[{number}]"))
    return found


def _plain(part: Participant) -> dict[str, Any]:
    whole = {
        "text": part.text, "start": part.start, "end": part.end, "name": part.name, "entity": part.entity,
        "country": part.country, "sectors": list(part.sectors), "people": part.people,
    }  # fmt: skip
    return {k: v for k, v in whole.items() if v is not None}


def given(form: Mapping[str, str]) -> dict[str, Any]:
    """An event from the fields of a form; empty ones are left out."""
    found: dict[str, Any] = {k: form[k] for k in ("type", "mode", "status", "cameo") if form.get(k)}
    if form.get("historical"):
        found["historical"] = form["historical"] == "true"
    if form.get("date_start") or form.get("date_end"):
        found["date"] = {"start": form.get("date_start") or None, "end": form.get("date_end") or form.get("date_start")}
    if form.get("place"):
        found["place"] = {"text": form["place"].strip()} | (
            {"country": form["place_country"]} if form.get("place_country") else {}
        )
    for side in ("actors", "recipients"):
        if form.get(side, "").strip():
            found[side] = _lines(form[side], side)
    if form.get("speakers", "").strip():
        found["attribution"] = [{"speaker": s} for s in _lines(form["speakers"], "attribution")]
    if form.get("prospect_type"):
        found["prospect"] = {"type": form["prospect_type"], "mode": form.get("prospect_mode") or None}
    if form.get("contexts", "").strip():
        found["contexts"] = forms.contexts(form["contexts"])
    if form.get("magnitudes", "").strip():
        found["magnitudes"] = forms.counts(form["magnitudes"])
    return found


def changed(event: Event, form: Mapping[str, str]) -> dict[str, Any]:
    """What the fields of a form say otherwise than the event; a field that the form lacks stays, an empty one means none."""
    found: dict[str, Any] = {}
    for name, now in (("type", event.type), ("mode", event.mode), ("status", event.status), ("cameo", event.cameo)):
        if name in form and (form[name].strip() or None) != now:
            found[name] = form[name].strip() or None
    if "historical" in form and (form["historical"] == "true") != event.historical:
        found["historical"] = form["historical"] == "true"
    if "date_start" in form or "date_end" in form:
        days = (form.get("date_start") or None, form.get("date_end") or None)
        if days != (event.date.start, event.date.end):
            found["date"] = {"start": days[0], "end": days[1]}
    if "place" in form:
        _changed_place(event, form, found)
    for side, parts in (("actors", event.actors), ("recipients", event.recipients)):
        if side in form and _shown(form[side]) != [line(p) for p in parts]:
            found[side] = _lines(form[side], side, parts)
    speakers = [a.speaker for a in event.attribution]
    if "speakers" in form and _shown(form["speakers"]) != [line(p) for p in speakers]:
        found["attribution"] = [{"speaker": s} for s in _lines(form["speakers"], "attribution", speakers)]
    if "prospect_type" in form:
        wanted = (form["prospect_type"] or None, form.get("prospect_mode") or None)
        now_ = (event.prospect.type, event.prospect.mode) if event.prospect else (None, None)
        if wanted != now_:
            found["prospect"] = {"type": wanted[0], "mode": wanted[1]} if wanted[0] else None
    return found | forms.more(event, form)


def _changed_place(event: Event, form: Mapping[str, str], found: dict[str, Any]) -> None:
    place = event.place
    now = ((place.name or place.text), place.country or "") if place else ("", "")
    wanted = (form["place"].strip(), form.get("place_country", now[1]).strip().upper())
    if wanted == now:
        return
    if not wanted[0]:
        found["place"] = None
    else:
        found["place"] = {"text": wanted[0]} | ({"country": wanted[1]} if wanted[1] else {})


def _shown(text: str) -> list[str]:
    return [row.strip().rstrip("; ") for row in text.splitlines() if row.strip()]
