"""The account of a process: what a linked store holds on some parties or a place, every line with its evidence.

::

    with open_store("process.duckdb") as store:
        page = html(gather(store, ["ARM", "AZE"]))          # `dragoman.dossier_page`

Which incidents belong to it. A report is of the process where all of two parties (or the one party, or the place) occur
among its events. An incident belongs if a party takes part in it and a report of the process tells it; where most of a
report's events are those of the parties, also what it tells of unnamed sides ("18 civilians were killed") and of others'
mediation. Nothing is read anew and nothing is invented: the words are those of the reports.
"""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dragoman.dossier_words import QUAD_NAMES, act, prospect_words, status_word
from dragoman.errors import UsageError
from dragoman.parties import Directory, Party, directory, key_of, listed
from dragoman.records import Commitment, Count, Document, Event, Evidence, Incident, Participant, Telling, from_arrow
from dragoman.store import Selection, Store, quoted
from dragoman.timeline import Timeline, timeline

FOLLOWED = 7
"""Days within which an accord counts as what followed a mediation, if one report tells both."""

ABOUT = 0.5
"""Share of a report's incidents with a party in them from which the report is about the process."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of a report, parted at the words that tell the event."""

    event_id: str
    document_id: str
    published: str | None
    publisher: str | None
    title: str | None
    url: str | None
    before: str
    trigger: str
    after: str
    speakers: tuple[str, ...]
    """On whose word, outermost first; empty where the reporter says it in his own voice."""


@dataclass(frozen=True, slots=True)
class Entry:
    """An incident as a reader meets it."""

    id: str
    act: str
    """Type, mode and prospect in words."""
    type: str
    mode: str | None
    prospect: str | None
    cameo: str
    quad: int
    score: float
    who: str
    """Empty where the doer is not told."""
    whom: str
    status: str
    """told, planned, feared or possible."""
    historical: bool
    start: str | None
    end: str | None
    basis: str
    place: str | None
    country: str | None
    latitude: float | None
    longitude: float | None
    counts: tuple[Count, ...]
    documents: int
    publishers: int
    published_by: tuple[str, ...]
    affirmed_by: tuple[str, ...]
    denied_by: tuple[str, ...]
    spread: tuple[str, ...]
    """`field: value (reports), value (reports)` where reports differ."""
    quotes: tuple[Quote, ...]
    denials: tuple[Quote, ...]
    confidence: float
    actor_keys: tuple[str, ...]
    recipient_keys: tuple[str, ...]

    @property
    def day(self) -> str | None:
        """The first day, else None."""
        return self.start or self.end


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of the summary."""

    label: str
    incidents: int
    reports: int
    share: float
    """Reports that tell any of them, of all reports of the dossier (0 to 1)."""


@dataclass(frozen=True, slots=True)
class Third:
    """What somebody who is no party did between the parties."""

    key: str
    name: str
    role: str
    incident: Entry
    followed: tuple[Entry, ...]
    """Accords of the parties within `FOLLOWED` days that a report of it tells too."""
    outcomes: tuple[tuple[str, str], ...]
    """(outcome, commitment id) of what it promised or asked."""


@dataclass(frozen=True, slots=True)
class Proof:
    """An event that bears on a commitment."""

    effect: str
    date: str | None
    quote: Quote


@dataclass(frozen=True, slots=True)
class Debt:
    """A commitment as a reader meets it."""

    id: str
    incident_id: str
    type: str
    owed: str
    """What is promised, asked or threatened, in words."""
    by: str
    to: str
    made: str | None
    due: str | None
    due_text: str | None
    extends: str | None
    outcome: str
    as_of: str | None
    quotes: tuple[Quote, ...]
    evidence: tuple[Proof, ...]


@dataclass(frozen=True, slots=True)
class Dossier:
    """The account of a process."""

    title: str
    parties: tuple[Party, ...]
    places: tuple[str, ...]
    """Codes of the countries whose events are all in."""
    start: str | None
    """First day asked for, else that of the first incident told as news."""
    end: str | None
    as_of: str | None
    """Day for which outcomes are told."""
    documents: int
    publishers: tuple[str, ...]
    """Those named by the reports."""
    nameless: int
    """Reports that name no publisher."""
    events: int
    figures: tuple[Figure, ...]
    timeline: Timeline
    main: tuple[str, ...]
    """Ids of the incidents to be marked, most widely told first, one in each stretch of the timeline at most."""
    thirds: tuple[Third, ...]
    debts: tuple[Debt, ...]
    entries: tuple[Entry, ...]
    """By day; those without one last."""
    names: tuple[tuple[str, str], ...]
    """(key, name) of each actor that an entry's keys mention."""


def gather(
    store: Store,
    parties: Sequence[str],
    places: Sequence[str] = (),
    start: str | None = None,
    end: str | None = None,
    as_of: str | None = None,
) -> Dossier:
    """The dossier of some parties (code, actor id or name) and countries; dates are ISO days, both ends inclusive.

    Raises `UsageError` where the store was never linked, where a party is unknown or nothing is told of them.
    """
    if store.meta("rules") is None:
        raise UsageError(f"{store.path} is not linked yet; run `dragoman link {store.path}` first")
    if not parties and not places:
        raise UsageError("name at least one party, or a country with --place")
    book = directory(store)
    asked = tuple(dict.fromkeys(book.find(p) for p in parties))
    lands = tuple(dict.fromkeys(book.place(p) for p in places))
    incidents = _selected(store, asked, lands, start, end)
    if not incidents:
        names = ", ".join([*(p.name for p in asked), *lands])
        raise UsageError(f"the store tells nothing of {names} in this time; try fewer parties or a longer time")
    shelf = _shelf(store, incidents)
    entries = sorted((shelf.entry(i, asked) for i in incidents), key=_order)
    debts = _debts(store, shelf, {i.id for i in incidents}, as_of)
    news = [e for e in entries if not e.historical and e.day]
    told = {q.document_id for e in entries for q in e.quotes}
    named = {shelf.documents[d].publisher for d in told if d in shelf.documents}
    first = start or min((e.day for e in news if e.day), default=None)
    last = end or max((e.end or e.day for e in news if e.day), default=None)
    course = timeline([(e.start, e.end, e.quad) for e in entries if e.status == "told"], first, last)
    return Dossier(
        title=" – ".join([*(p.name for p in asked), *(f"in {book.label(f'country/{c}')}" for c in lands)]),
        parties=asked,
        places=lands,
        start=first,
        end=last,
        as_of=next((d.as_of for d in debts if d.as_of), as_of),
        documents=len(told),
        publishers=tuple(sorted(p for p in named if p)),
        nameless=sum(1 for d in told if d in shelf.documents and not shelf.documents[d].publisher),
        events=sum(len(e.quotes) + len(e.denials) for e in entries),
        figures=tuple(_figures(entries, len(told))),
        timeline=course,
        main=tuple(_main(news, course)),
        thirds=tuple(_thirds(entries, asked, lands, debts, book)),
        debts=tuple(debts),
        entries=tuple(entries),
        names=tuple(
            sorted((k, book.label(k)) for k in {k for e in entries for k in (*e.actor_keys, *e.recipient_keys)})
        ),
    )


def _order(entry: Entry) -> tuple[bool, str, str, str]:
    return (entry.day is None, entry.day or "", entry.end or "", entry.id)


# --- which incidents ---------------------------------------------------------------------------------------------


def _sql_list(values: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, sorted(values)))}]"


def _selected(
    store: Store, parties: Sequence[Party], lands: Sequence[str], start: str | None, end: str | None
) -> list[Incident]:
    """The incidents of a process; see the module."""
    keys = _sql_list(p.key for p in parties)
    codes = _sql_list({p.country for p in parties if p.whole_country and p.country})
    mine = (
        "len(list_filter(list_concat(actors, recipients), lambda p:"
        f" list_contains({keys}, p.entity) OR list_contains({codes}, p.country))) > 0"
        f" OR coalesce(list_contains({_sql_list(lands)}, place.country), false)"
    )
    own = from_arrow(store.select("incidents", Selection(where=mine)), Incident)
    seen: dict[str, set[str]] = defaultdict(set)
    for incident in own:
        sides = {key_of(p, parties) for p in (*incident.actors, *incident.recipients)} & {p.key for p in parties}
        sides |= {"place"} if incident.place is not None and incident.place.country in lands else set()
        for report in incident.reports:
            seen[report.document_id] |= {s for s in sides if s}
    least = min(2, len(parties)) if not lands else 1
    reports = {d for d, sides in seen.items() if len(sides) >= least}
    if not reports:
        return []
    there = f"list_has_any(list_transform(reports, lambda r: r.document_id), {_sql_list(reports)})"
    told = from_arrow(store.select("incidents", Selection(start, end, where=there)), Incident)
    ours = {i.id for i in own}
    about = _about(store, reports, ours, told if start is None and end is None else None, there)
    return [i for i in told if i.id in ours or _beside(i, about)]


def _about(
    store: Store, reports: set[str], own: set[str], told: Sequence[Incident] | None, there: str
) -> frozenset[str]:
    """The reports most of whose incidents are those of the parties, whatever time is asked for."""
    if told is None:
        told = from_arrow(store.select("incidents", Selection(where=there)), Incident)
    all_: Counter[str] = Counter()
    mine: Counter[str] = Counter()
    for incident in told:
        for document in {r.document_id for r in incident.reports} & reports:
            all_[document] += 1
            mine[document] += incident.id in own
    return frozenset(d for d in reports if mine[d] >= ABOUT * all_[d])


def _beside(incident: Incident, about: frozenset[str]) -> bool:
    """Whether an incident without a party is one of the process: told by its reports, and no war of others."""
    if not any(r.document_id in about for r in incident.reports):
        return False
    others = {p.country for p in (*incident.actors, *incident.recipients) if p.country}
    return len(others) < 2 or incident.quad != 4


# --- from records to what a reader meets -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The reports and events behind incidents."""

    documents: Mapping[str, Document]
    events: Mapping[str, Event]

    def quote(self, telling: Telling | Evidence) -> Quote:
        document = self.documents.get(telling.document_id)
        event = self.events.get(telling.event_id)
        text = document.passage(telling.where) if document else ""
        (first, last), (begin, stop) = telling.sentence, telling.trigger
        first, last = min(first, begin), max(last, stop)
        return Quote(
            telling.event_id,
            telling.document_id,
            telling.published,
            document.publisher if document else None,
            document.title if document else None,
            document.url if document else None,
            text[first:begin],
            text[begin:stop],
            text[stop:last],
            tuple(dict.fromkeys(listed([a.speaker]) for a in event.attribution)) if event else (),
        )

    def entry(self, incident: Incident, parties: Sequence[Party]) -> Entry:
        place = incident.place
        prospect = incident.prospect
        return Entry(
            id=incident.id,
            act=act(incident.type, incident.mode, prospect, incident.cameo),
            type=incident.type,
            mode=incident.mode,
            prospect="/".join(p for p in (prospect.type, prospect.mode) if p) if prospect else None,
            cameo=incident.cameo,
            quad=incident.quad,
            score=incident.score,
            who=listed(incident.actors),
            whom=listed(incident.recipients),
            status=status_word(incident.status),
            historical=incident.historical,
            start=incident.date.start,
            end=incident.date.end,
            basis=incident.date.basis,
            place=(place.name or place.text) if place else None,
            country=place.country if place else None,
            latitude=place.latitude if place else None,
            longitude=place.longitude if place else None,
            counts=incident.counts,
            documents=incident.documents,
            publishers=incident.publishers,
            published_by=incident.published_by,
            affirmed_by=tuple(dict.fromkeys(listed([p]) for p in incident.affirmed_by)),
            denied_by=tuple(dict.fromkeys(listed([p]) for p in incident.denied_by)),
            spread=tuple(_spread(incident)),
            quotes=tuple(self.quote(t) for t in incident.reports),
            denials=tuple(self.quote(t) for t in incident.denials),
            confidence=incident.confidence,
            actor_keys=_keys(incident.actors, parties),
            recipient_keys=_keys(incident.recipients, parties),
        )


def _keys(participants: Iterable[Participant], parties: Sequence[Party]) -> tuple[str, ...]:
    found = (key_of(p, parties) for p in participants)
    return tuple(dict.fromkeys(k for k in found if k))


def _spread(incident: Incident) -> Iterable[str]:
    fields: dict[str, list[str]] = defaultdict(list)
    for variant in incident.spread:
        fields[variant.field].append(f"{variant.value.replace('..', ' to ').strip()} ({variant.reports})")
    return (f"{field}: {', '.join(values)}" for field, values in fields.items())


def _shelf(store: Store, incidents: Sequence[Incident]) -> _Shelf:
    tellings = [t for i in incidents for t in (*i.reports, *i.denials)]
    return _fetch(store, {t.document_id for t in tellings}, {t.event_id for t in tellings})


def _fetch(store: Store, documents: set[str], events: set[str]) -> _Shelf:
    wanted = f"list_contains({_sql_list(documents)}, id)"
    told = f"list_contains({_sql_list(events)}, id)"
    return _Shelf(
        {d.id: d for d in from_arrow(store.select("documents", Selection(where=wanted)), Document)},
        {e.id: e for e in from_arrow(store.select("events", Selection(where=told)), Event)},
    )


def _debts(store: Store, shelf: _Shelf, incidents: set[str], as_of: str | None) -> list[Debt]:
    wanted = f"list_contains({_sql_list(incidents)}, incident_id)"
    found = from_arrow(store.commitments(as_of, where=wanted), Commitment)
    evidence = [e for c in found for e in c.evidence]
    more = _fetch(
        store,
        {e.document_id for e in evidence} - set(shelf.documents),
        {e.event_id for e in evidence} - set(shelf.events),
    )
    whole = _Shelf({**shelf.documents, **more.documents}, {**shelf.events, **more.events})
    return [_debt(c, whole) for c in found]


def _debt(commitment: Commitment, shelf: _Shelf) -> Debt:
    return Debt(
        id=commitment.id,
        incident_id=commitment.incident_id,
        type=commitment.type,
        owed=prospect_words(commitment.prospect),
        by=listed(commitment.by),
        to=listed(commitment.to),
        made=commitment.date,
        due=commitment.due,
        due_text=commitment.due_text,
        extends=commitment.extends,
        outcome=commitment.outcome,
        as_of=commitment.as_of,
        quotes=tuple(shelf.quote(t) for t in commitment.made),
        evidence=tuple(Proof(e.effect, e.date, shelf.quote(e)) for e in commitment.evidence),
    )


# --- figures and thirds ----------------------------------------------------------------------------------------------


def _figures(entries: Sequence[Entry], total: int) -> Iterable[Figure]:
    def figure(label: str, chosen: Sequence[Entry]) -> Figure:
        reports = {q.document_id for e in chosen for q in e.quotes}
        return Figure(label, len(chosen), len(reports), len(reports) / total if total else 0.0)

    told = [e for e in entries if e.status == "told"]
    for quad, label in QUADS.items():
        yield figure(label, [e for e in told if e.quad == quad])
    yield figure("planned", [e for e in entries if e.status == "planned"])
    yield figure("feared or possible", [e for e in entries if e.status == "feared or possible"])
    yield figure("denied by someone", [e for e in entries if e.denied_by])
    yield figure("background, not news", [e for e in entries if e.historical])
    yield figure("told by two or more publishers", [e for e in entries if e.publishers > 1])
    yield figure("with people killed", [e for e in entries if any(c.kind == "killed" for c in e.counts)])


QUADS: Mapping[int, str] = {quad: QUAD_NAMES[quad - 1] for quad in (2, 1, 3, 4)}
"""PLOVER's quads in words, from the friendliest down."""

ACCORDS = frozenset({"SUPPORT", "AGREE", "CONCEDE", "RETREAT"})
"""Types of what a mediation may bring about."""


def _main(news: Sequence[Entry], course: Timeline) -> Iterable[str]:
    taken: set[str] = set()
    for entry in sorted(news, key=lambda e: (-e.publishers, -e.documents, -abs(e.score), -e.confidence, e.id)):
        day = entry.day or ""
        stretch = next((s.start for s in course.stretches if s.start <= day <= s.end), None)
        if entry.status == "told" and stretch is not None and stretch not in taken and len(taken) < MARKED:
            taken.add(stretch)
            yield entry.id


MARKED = 8
"""Incidents marked on the timeline."""

ROLES: Mapping[str, str] = {
    "AID": "helps",
    "REQUEST": "urges",
    "MOBILIZE": "deploys",
    "SANCTION": "puts on pressure",
    "COOPERATE": "works with a party",
    "AGREE": "offers or agrees",
}
"""What the doer of an act is to the parties."""


def _role(entry: Entry, key: str, own: set[str]) -> str | None:
    """What somebody who is no party does in an incident; None where it is no part of making peace."""
    keys = (*entry.actor_keys, *entry.recipient_keys)
    if key not in keys:
        return "hosts" if own.intersection(keys) else None
    active = key in entry.actor_keys
    if entry.type == "CONSULT":
        if entry.mode == "third-party" or entry.cameo == "045":
            return "mediates" if active else "is talked to"
        if entry.mode == "visit":
            return "visits" if active else "receives"
        return "talks with a party" if own.intersection(keys) or not entry.recipient_keys else None
    if entry.type == "AGREE" and active and entry.cameo == "039":
        return "offers to mediate"
    if entry.type == "SUPPORT" and own.intersection(keys):
        return "stands by or signs"
    return ROLES.get(entry.type) if active else None


def _thirds(
    entries: Sequence[Entry], parties: Sequence[Party], lands: Sequence[str], debts: Sequence[Debt], book: Directory
) -> Iterable[Third]:
    homes = {p.country for p in parties if p.country} | set(lands)
    own = {p.key for p in parties} | {f"country/{c}" for c in homes}
    owed: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for debt in debts:
        owed[debt.incident_id].append((debt.outcome, debt.id))
    rows = []
    for entry in entries:
        if entry.historical or entry.status != "told":
            continue
        keys = [*entry.actor_keys, *entry.recipient_keys]
        if entry.country and entry.type in ("CONSULT", "SUPPORT"):
            keys.append(f"country/{entry.country}")
        for key in dict.fromkeys(k for k in keys if k not in own):
            role = _role(entry, key, own)
            if role is not None:
                followed = tuple(_followed(entry, entries, own)) if role in MEDIATION else ()
                rows.append(Third(key, book.label(key), role, entry, followed, tuple(owed[entry.id])))
    often = Counter(r.key for r in rows)
    return sorted(rows, key=lambda r: (-often[r.key], r.name, r.incident.day or "9999", r.incident.id))


MEDIATION = frozenset({"mediates", "hosts", "talks with a party", "receives", "visits"})


def _followed(entry: Entry, entries: Sequence[Entry], own: set[str]) -> Iterable[Entry]:
    begin = _day(entry.day)
    reports = {q.document_id for q in entry.quotes}
    for other in entries:
        day = _day(other.day)
        if other.id == entry.id or other.type not in ACCORDS or other.status != "told" or not begin or not day:
            continue
        near = 0 <= (day - begin).days <= FOLLOWED and (_day(other.end) or day) >= begin
        if near and own & {*other.actor_keys} and any(q.document_id in reports for q in other.quotes):
            yield other


def _day(day: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(day) if day else None
