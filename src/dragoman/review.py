"""Review: what people decided on events, kept beside the machine's record and never over it.

::

    with writing("process.duckdb") as store:
        accept(store, event_id, "Amal")
        correct(store, event_id, {"type": "ASSAULT", "mode": "aerial"}, "Amal", note="bombed, not shelled")
        add(store, document_id, "text", (120, 127), {"type": "CONSULT", "actors": [...]}, "Amal")

A verdict is a row that is only ever added. The last verdict of a reviewer on an event is his opinion; the last one of all
reviewers is what counts in exports (`dragoman.review_overlay`), so that whoever looks last, seeing what the others said,
decides; only an event that was let stand in passing (`pass`) yields to any other verdict. `undo` takes one's own back.

An event that is coded anew may come under another id. A verdict then belongs to the event of the same document whose
trigger overlaps the one that the person saw: of the same type first, then the one with the longest overlap. Where the
report's text itself has changed, the sentence is looked for and the trigger moves with it. A verdict that fits no event is
an orphan: it says so in lists, and it has no effect, except that what a person accepted or corrected stays in gold.
"""

from __future__ import annotations

import datetime
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dragoman.errors import UsageError
from dragoman.records import Document, Event, from_arrow, from_dict, meet, stable_id, to_dict
from dragoman.review_fields import FIELDS, FieldError, added, check, corrected, dumps, plain, sentence_of, sound
from dragoman.store import Store, Writer, among, columns_of

VERDICTS = ("accept", "reject", "correct", "add", "pass", "done", "undo")
"""`add`: an event that the coder missed; `done`: the reviewer has read the whole report; `pass`: an event of it that he let
stand without a verdict of its own; `undo`: takes a verdict back."""

LONGEST_NAME, LONGEST_NOTE = 80, 4_000
"""Code points of a reviewer's name and of a note."""


@dataclass(frozen=True, slots=True)
class Review:
    """One verdict of one person."""

    id: str
    document_id: str
    event_id: str | None
    """The event as it was called then; of `undo` the id of the verdict that is taken back; null for `done`."""
    type: str | None
    """The type that the person saw, or gave to an added event."""
    verdict: str
    where: str | None
    """`text` or `title`: what the trigger's offsets are into."""
    trigger: tuple[int, int] | None
    """Code points, half-open, as the report stood then."""
    words: str | None
    """The trigger's words."""
    sentence: str | None
    """The words of its sentence, by which it is found again where the report's text has changed."""
    fields: dict[str, Any]
    """What was corrected, as in the event's JSON; empty unless the verdict is `correct` or `add`."""
    seen: dict[str, Any] | None
    """The event as the person saw it; null for `add` and `done`."""
    note: str
    reviewer: str
    time: str
    """ISO 8601, UTC."""


_COLUMNS = 'id, document_id, event_id, "type", verdict, "in", "start", "end", words, sentence, fields, seen, note, reviewer, "time"'


def accept(store: Writer, event_id: str, reviewer: str, note: str = "") -> Review:
    """The event is right as it is. Raises `UsageError` for an unknown event."""
    return _decide(store, event_id, "accept", {}, reviewer, note)


def reject(store: Writer, event_id: str, reviewer: str, note: str = "") -> Review:
    """There is no such event. Raises `UsageError` for an unknown event."""
    return _decide(store, event_id, "reject", {}, reviewer, note)


def correct(store: Writer, event_id: str, changes: object, reviewer: str, note: str = "") -> Review:
    """The event is there, but some of its fields are others (see `dragoman.review_fields`).

    A correction replaces an earlier one of the same reviewer as a whole. Raises `FieldError` for what can't be.
    """
    fields = check(changes)
    if not fields:
        raise FieldError("changes", "nothing is changed; accept the event instead")
    return _decide(store, event_id, "correct", fields, reviewer, note)


def add(
    store: Writer,
    document_id: str,
    where: str,
    trigger: tuple[int, int],
    changes: object,
    reviewer: str,
    note: str = "",
) -> Review:
    """An event that the coder missed, at a stretch of text. Raises `FieldError` or `UsageError` for what can't be."""
    fields = check(changes)
    document = _document(store, document_id)
    event = added(document, where, trigger, fields, "")
    lead = event.mentions[0]
    sentence = document.passage(where)[slice(*lead.sentence)]
    review = Review(
        "", document_id, event.id, event.type, "add", where, trigger, lead.text, sentence, fields, None, note, reviewer, "",
    )  # fmt: skip
    return _note(store, review)


def done(store: Writer, document_id: str, reviewer: str, note: str = "") -> list[Review]:
    """The reviewer has read the whole report: its events without a verdict of his pass, and nothing is missing."""
    _document(store, document_id)
    mine = {r.event_id for r in standing(reviews(store, document_id)) if r.reviewer == reviewer}
    left = [e.id for e in _events(store, "document_id = ?", [document_id]) if e.id not in mine]
    found = [_decide(store, ident, "pass", {}, reviewer, "") for ident in left]
    review = Review(
        "", document_id, None, None, "done", None, None, None, None, {}, None, note, reviewer, ""
    )  # fmt: skip
    return [*found, _note(store, review)]


def undo(store: Writer, review_id: str, reviewer: str) -> Review:
    """Takes back a verdict. Raises `UsageError` where there is none of that id, or where it is another person's."""
    row = store.sql(f"SELECT {_COLUMNS} FROM verdicts WHERE id = ?", [review_id]).to_pylist()
    if not row:
        raise UsageError(f"no review {review_id!r}")
    past = _from_row(row[0])
    if past.reviewer != reviewer:
        raise UsageError(f"the review is {past.reviewer}'s, who alone can take it back; give a verdict of your own")
    if past.verdict == "undo":
        raise UsageError("this review takes another back; give a verdict anew instead")
    return _note(store, replace(past, id="", event_id=past.id, verdict="undo", fields={}, seen=None, note="", time=""))


def count(store: Store) -> int:
    """How many verdicts there are, those that were taken back too."""
    number: int = store.sql("SELECT count(*) AS n FROM verdicts")["n"][0].as_py()
    return number


def reviews(
    store: Store, document: str | None = None, reviewer: str | None = None, since: str | None = None
) -> list[Review]:
    """Every verdict, oldest first; of one document or reviewer, or given after a time, if asked."""
    conditions, values = [], []
    for condition, value in (("document_id = ?", document), ("reviewer = ?", reviewer), ('"time" > ?', since)):
        if value is not None:
            conditions.append(condition)
            values.append(value)
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    return [
        _from_row(r)
        for r in store.sql(f'SELECT {_COLUMNS} FROM verdicts{where} ORDER BY "time", id', values).to_pylist()
    ]


def standing(found: Iterable[Review]) -> list[Review]:
    """Each reviewer's last verdict on each event, and his `done` of each report; oldest first."""
    last: dict[tuple[str, str, str | None], Review] = {}
    homes: dict[str, tuple[str, str, str | None]] = {}
    past: dict[tuple[str, str, str | None], list[Review]] = defaultdict(list)
    for review in found:
        if review.verdict == "undo":
            home = homes.get(review.event_id or "")
            if home is not None:
                past[home] = [r for r in past[home] if r.id != review.event_id]
                last.pop(home, None)
                if past[home]:
                    last[home] = past[home][-1]
            continue
        home = (review.reviewer, review.document_id, review.event_id)
        homes[review.id] = home
        past[home].append(review)
        last.pop(home, None)
        last[home] = review
    return sorted(last.values(), key=lambda r: (r.time, r.id))


@dataclass(frozen=True, slots=True)
class Placed:
    """A verdict with the event that it belongs to now."""

    review: Review
    event_id: str | None
    """None for `done`, and where `orphan` is true."""
    orphan: bool
    """Whether the store holds no event that it fits; an added event is none while its words are in the report."""
    trigger: tuple[int, int] | None
    """Where the trigger stands in the report as it is now."""


def placed(store: Store, found: Sequence[Review]) -> list[Placed]:
    """Verdicts with the events that they belong to now, in the order given."""
    ids = sorted({r.document_id for r in found})
    if not ids:
        return []
    documents = documents_with(store, ids)
    events: dict[str, list[Event]] = defaultdict(list)
    for event in _events(store, among("document_id", ids), ids):
        events[event.document_id].append(event)
    exact: dict[str | None, str] = {}
    for review in found:
        exact[review.event_id] = min(review.time, exact.get(review.event_id, review.time))
    first = {r.event_id: r for r in reversed(found) if r.verdict == "add"}
    known = {e.id for mine in events.values() for e in mine}
    places = {
        ident: _place(r, documents.get(r.document_id), events[r.document_id], exact) for ident, r in first.items()
    }
    told = []
    for review in found:
        place = places.get(review.event_id)
        if place is not None and review.event_id not in known:  # what others say of an added event goes where it goes
            told.append(replace(place, review=review))
        else:
            told.append(_place(review, documents.get(review.document_id), events[review.document_id], exact))
    return told


def placed_quickly(store: Store, found: Sequence[Review]) -> list[Placed]:
    """The same as `placed`, but an event that still has its id is taken at its word; only the others are looked for.

    What changed of the text around such an event goes unnoticed, so its trigger is the one that the person saw.
    """
    ids = sorted({r.event_id for r in found if r.event_id is not None})
    query = "SELECT id FROM events WHERE id IN (SELECT unnest(?::VARCHAR[]))"
    there = set(store.sql(query, [ids])["id"].to_pylist() if ids else ())
    lost = {r.document_id for r in found if r.verdict != "done" and r.event_id not in there}
    # the verdicts beside a lost one tell which events it can't mean
    slow = {p.review.id: p for p in placed(store, [r for r in found if r.document_id in lost])}
    return [slow.get(r.id) or Placed(r, r.event_id, False, r.trigger) for r in found]


def _place(
    review: Review, document: Document | None, events: Sequence[Event], exact: Mapping[str | None, str]
) -> Placed:
    """Where a verdict belongs; `exact` is when each event was first judged under its own id."""
    if review.verdict == "done":
        return Placed(review, None, document is None, None)
    trigger = None if document is None else moved(review, document)
    if any(e.id == review.event_id for e in events) and trigger is not None:
        return Placed(review, review.event_id, False, trigger)
    if trigger is None:
        return Placed(review, None, True, None)
    near = []
    for event in events:
        spans = [m.trigger for m in event.mentions if m.where == review.where and meet(m.trigger, trigger)]
        beside = (
            exact.get(event.id, review.time) < review.time
        )  # it was there when this verdict was given: another event
        if spans and (not beside or review.verdict == "add"):
            overlap = max(min(s[1], trigger[1]) - max(s[0], trigger[0]) for s in spans)
            near.append((event.type != review.type, -overlap, event.id))
    if review.verdict == "add":
        # the coder may have learned to find it: then it stands for the coder's own event of that type
        same = sorted(n for n in near if not n[0])
        return Placed(review, same[0][2] if same else review.event_id, False, trigger)
    return Placed(review, min(near)[2] if near else None, not near, trigger)


def moved(review: Review, document: Document) -> tuple[int, int] | None:
    """Where the words of a verdict stand in the report as it is now; None where they are gone."""
    assert review.trigger is not None
    passage = document.passage(review.where)
    words, (start, end) = review.words or "", review.trigger
    sentence = review.sentence or ""
    if passage[start:end] == words and (not sentence or sentence in passage):
        return start, end
    at = passage.find(sentence) if sentence else -1
    if at >= 0:
        inside = sentence.find(words)
        return (at + inside, at + inside + len(words)) if inside >= 0 else None
    return (start, end) if words and passage[start:end] == words else None


def deciding(group: Sequence[Placed]) -> Placed:
    """Of all that was said on one event, oldest first, what counts: the last verdict, one in passing only for want of another."""
    return ([p for p in group if p.review.verdict != "pass"] or group)[-1]


def base(placing: Placed, document: Document) -> Event:
    """The event that an `add` tells, as it stands in the report now."""
    review = placing.review
    assert placing.trigger is not None
    event = added(document, review.where or "text", placing.trigger, review.fields, _reason(review))
    return replace(event, id=review.event_id or event.id)


def result(review: Review, event: Event, document: Document) -> Event | None:
    """The event as its reviewer wants it; None where he says that there is none.

    What he saw is what he judged: where the coder has since come to other values, his stand.
    """
    if review.verdict == "reject":
        return None
    seen = {}
    if review.seen is not None:
        past, now = plain(from_dict(Event, review.seen)), plain(event)
        seen = {name: past[name] for name in FIELDS if past[name] != now[name]}
    return corrected(event, seen | review.fields, document, _reason(review))


def _reason(review: Review) -> str:
    return f"review/{review.verdict} {review.reviewer}"


def opinion(review: Review) -> Event | None:
    """The event as its reviewer wanted it when he judged it, from what he saw; None for `reject`, `done` and `add`."""
    if review.verdict not in ("accept", "correct", "pass") or review.seen is None:
        return None
    return corrected(from_dict(Event, review.seen), review.fields, None, _reason(review))


def to_row(placing: Placed) -> dict[str, Any]:
    """A verdict as JSON: its own fields, the event that it belongs to now, and whether it is an orphan."""
    review = placing.review
    whole = to_dict(review)
    whole["in"] = whole.pop("where")
    return whole | {"now": placing.event_id, "orphan": placing.orphan}


# --- rows --------------------------------------------------------------------------------------------------------


def _decide(store: Writer, event_id: str, verdict: str, fields: Mapping[str, Any], reviewer: str, note: str) -> Review:
    found = _events(store, "id = ?", [event_id])
    if not found:
        return _decide_added(store, event_id, verdict, fields, reviewer, note)
    event = found[0]
    document = _document(store, event.document_id)
    corrected(event, fields, document, "")
    lead = event.mentions[0]
    passage = document.passage(lead.where)
    review = Review(
        "", event.document_id, event.id, event.type, verdict, lead.where, lead.trigger, passage[slice(*lead.trigger)],
        passage[slice(*lead.sentence)], dict(fields), to_dict(event), note, reviewer, "",
    )  # fmt: skip
    return _note(store, review)


def _decide_added(
    store: Writer, event_id: str, verdict: str, fields: Mapping[str, Any], reviewer: str, note: str
) -> Review:
    """A verdict on an event that another person, or the same one, has added."""
    rows = store.sql(
        f"SELECT {_COLUMNS} FROM verdicts WHERE event_id = ? AND verdict = 'add' ORDER BY \"time\" DESC LIMIT 1",
        [event_id],
    ).to_pylist()
    if not rows:
        raise UsageError(f"no event {event_id!r} in {store.path}")
    origin = _from_row(rows[0])
    document = _document(store, origin.document_id)
    event = base(Placed(origin, event_id, False, moved(origin, document) or origin.trigger), document)
    corrected(event, fields, document, "")
    seen = to_dict(event)
    return _note(
        store,
        replace(origin, id="", verdict=verdict, fields=dict(fields), seen=seen, note=note, reviewer=reviewer, time=""),
    )


def _note(store: Writer, review: Review) -> Review:
    """Checks names and notes, and adds the row."""
    reviewer = review.reviewer.strip()
    if not reviewer or len(reviewer) > LONGEST_NAME or not sound(reviewer) or not reviewer.isprintable():
        raise FieldError("reviewer", f"give your name, 1 to {LONGEST_NAME} letters")
    if len(review.note) > LONGEST_NOTE or not sound(review.note):
        raise FieldError("note", f"give at most {LONGEST_NOTE} letters")
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")
    whole = replace(review, reviewer=reviewer, time=now)
    whole = replace(
        whole, id=stable_id(whole.document_id, whole.event_id, whole.verdict, reviewer, now, dumps(whole.fields))
    )
    start, end = whole.trigger or (None, None)
    values = [
        whole.id, whole.document_id, whole.event_id, whole.type, whole.verdict, whole.where, start, end, whole.words,
        whole.sentence, dumps(whole.fields), None if whole.seen is None else dumps(whole.seen), whole.note, reviewer, now,
    ]  # fmt: skip
    store.connection.execute(f"INSERT INTO verdicts ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)
    return whole


def _from_row(row: Mapping[str, Any]) -> Review:
    return Review(
        row["id"], row["document_id"], row["event_id"], row["type"], row["verdict"], row["in"],
        None if row["start"] is None else (row["start"], row["end"]), row["words"], row["sentence"],
        json.loads(row["fields"] or "{}"), None if row["seen"] is None else json.loads(row["seen"]), row["note"] or "",
        row["reviewer"], row["time"],
    )  # fmt: skip


def _events(store: Store, condition: str, values: Sequence[Any]) -> list[Event]:
    query = f"SELECT {columns_of(Event)} FROM events WHERE {condition} ORDER BY document_id, ordinal"
    return from_arrow(store.sql(query, values), Event)


def _documents(store: Store, condition: str, values: Sequence[Any]) -> list[Document]:
    return from_arrow(store.sql(f"SELECT {columns_of(Document)} FROM documents WHERE {condition}", values), Document)


def _document(store: Store, ident: str) -> Document:
    found = _documents(store, "id = ?", [ident])
    if not found:
        raise UsageError(f"no report {ident!r} in {store.path}")
    return found[0]


def events_with(store: Store, ids: Iterable[str]) -> dict[str, Event]:
    """Events of the machine's record by id; unknown ids are left out."""
    wanted = sorted(set(ids))
    found = _events(store, among("id", wanted), wanted) if wanted else []
    return {e.id: e for e in found}


def documents_with(store: Store, ids: Iterable[str]) -> dict[str, Document]:
    """Reports by id; unknown ids are left out."""
    wanted = sorted(set(ids))
    found = _documents(store, among("id", wanted), wanted) if wanted else []
    return {d.id: d for d in found}


__all__ = [
    "VERDICTS",
    "FieldError",
    "Placed",
    "Review",
    "accept",
    "add",
    "correct",
    "done",
    "placed",
    "reject",
    "reviews",
    "sentence_of",
    "standing",
    "undo",
]
