"""What the reports of one happening tell together: best values, their spread, who affirms and who denies."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from dragoman.codebook import load
from dragoman.likeness import party, telling, width
from dragoman.records import (
    Count,
    Event,
    Incident,
    Link,
    Participant,
    Place,
    Prospect,
    Variant,
    When,
    from_dict,
    stable_id,
)
from dragoman.traits import overlap

NEAR_COPY = 0.35
"""Share of shingles from which two texts count as copies of one: an agency text cut and lightly edited keeps more,
two reporters at one press conference share less than a tenth."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a document comes from."""

    document_id: str
    publisher: str | None
    sketch: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """An event of a happening with what linking made of it."""

    event: Event
    denied: tuple[str, ...] = ()
    """Who denies it in the same report without telling the deed again, as JSON of `Participant`."""

    @property
    def width(self) -> int:
        """Days that the date leaves open beyond one; a large number for no date."""
        return width(self.event)


def incident_id(founding: str) -> str:
    """By its founding report's event, so that it stays while later reports join."""
    return stable_id("incident", founding)


def merge(
    members: Sequence[Told], denials: Sequence[Told], links: Sequence[Link], sources: Mapping[str, Source]
) -> Incident:
    """The incident of events (founding report first) and of the denials laid beside them."""
    told = [p.event for p in members]
    best = sorted(members, key=_best)
    lead = best[0].event
    type_ = _most([e.type for e in told], lead.type)
    of_type = [e for e in told if e.type == type_] or told
    mode = _most([e.mode for e in of_type if e.mode], None)
    prospect = _prospect(of_type)
    documents = sorted({e.document_id for e in told})
    days = sorted(e.published for e in told if e.published)
    book = load()
    return Incident(
        id=incident_id(told[0].id),
        type=type_,
        mode=mode,
        prospect=prospect,
        cameo=_most([e.cameo for e in of_type if e.mode == mode] or [e.cameo for e in of_type], lead.cameo),
        quad=book.quad(type_),
        score=book.score(type_, mode),
        status=lead.status,
        historical=all(e.historical for e in told),
        contexts=tuple(sorted({c for e in told for c in e.contexts})),
        actors=_parts(lead, best, lambda e: e.actors),
        recipients=_parts(lead, best, lambda e: e.recipients),
        date=_date(best),
        place=_place(best),
        counts=_counts(told),
        reports=tuple(telling(p.event) for p in best),
        documents=len(documents),
        publishers=independent([sources.get(d, Source(d, None, ())) for d in documents]),
        published_by=tuple(
            sorted({s.publisher for d in documents if (s := sources.get(d)) is not None and s.publisher})
        ),
        first_report=days[0] if days else None,
        last_report=days[-1] if days else None,
        affirmed_by=_speakers(told),
        denied_by=_deniers(members, denials),
        denials=tuple(telling(p.event) for p in sorted(denials, key=_best)),
        spread=tuple(_spread(told)),
        links=tuple(links),
        confidence=max(e.confidence for e in told),
    )


def _best(told: Told) -> tuple[bool, bool, int, int, float, str]:
    """The best-told first: as news, with a day of its own, with most of its fields told."""
    event = told.event
    fields = bool(event.actors) + bool(event.recipients) + (event.place is not None) + bool(event.magnitudes)
    return (
        event.date.basis not in ("expression", "publication"),
        event.historical,
        min(told.width, 400),
        -fields,
        -event.confidence,
        event.id,
    )


Value = TypeVar("Value", str, str | None)


def _most(values: Sequence[str], default: Value) -> str | Value:
    """The commonest; of equally common ones the default, else the first in the alphabet; the default where none is."""
    if not values:
        return default
    counts = Counter(values)
    top = max(counts.values())
    best = sorted(v for v, n in counts.items() if n == top)
    return default if default in best else best[0]


def _prospect(events: Sequence[Event]) -> Prospect | None:
    found = [e.prospect for e in events if e.prospect is not None]
    if not found:
        return None
    type_ = _most([p.type for p in found], found[0].type)
    return Prospect(type_, _most([p.mode for p in found if p.type == type_ and p.mode], None))


def _parts(
    lead: Event, best: Sequence[Told], side: Callable[[Event], tuple[Participant, ...]]
) -> tuple[Participant, ...]:
    """The lead report's parties; where it tells none, those of the next report that does."""
    return side(lead) or next((side(p.event) for p in best if side(p.event)), ())


def _date(best: Sequence[Told]) -> When:
    """A day that a text names before one that is only that of publication, a narrow one before a wide one."""
    order = {"expression": 0, "inherited": 1, "publication": 2, "unknown": 3}
    chosen = min(best, key=lambda p: (p.width > 31, order[p.event.date.basis], p.width, p.event.id))
    return chosen.event.date


def _place(best: Sequence[Told]) -> Place | None:
    places = [p.event.place for p in best if p.event.place is not None and p.event.place.name]
    local = [p for p in places if p.admin1 is not None] or places
    if not local:
        return next((p.event.place for p in best if p.event.place is not None), None)
    name = _most([p.name or "" for p in local], local[0].name)
    return next(p for p in local if p.name == name)


def _counts(events: Sequence[Event]) -> tuple[Count, ...]:
    found = defaultdict(list)
    for event in events:
        for m in event.magnitudes:
            if m.low is not None or m.high is not None:
                found[m.kind].append((event.published or "", event.id, m.low, m.high))
    merged = []
    for kind, rows in sorted(found.items()):
        _, _, low, high = max(rows, key=lambda r: (r[0], r[1]))
        ends = [n for _, _, a, b in rows for n in (a, b) if n is not None]
        merged.append(Count(kind, low if low is not None else high, min(ends), max(ends), len(rows)))
    return tuple(merged)


def _speakers(events: Iterable[Event]) -> tuple[Participant, ...]:
    """Each speaker once, known by entity or else by country, sectors and words."""
    found: dict[object, Participant] = {}
    for event in sorted(events, key=lambda e: (e.published or "", e.id)):
        for attribution in event.attribution[:1]:
            speaker = attribution.speaker
            found.setdefault(speaker.entity or party(speaker), speaker)
    return tuple(found.values())


def _deniers(members: Sequence[Told], denials: Sequence[Told]) -> tuple[Participant, ...]:
    """Those whose denial is an event, and those who deny without telling the deed again."""
    found: dict[object, Participant] = {p.entity or party(p): p for p in _speakers([d.event for d in denials])}
    for member in members:
        for row in member.denied:
            speaker = from_dict(Participant, json.loads(row))
            found.setdefault(speaker.entity or party(speaker), speaker)
    return tuple(found.values())


def independent(sources: Sequence[Source]) -> int:
    """How many of the sources are independent: those of one publisher, and near-copies of one text, count once."""
    groups: list[list[Source]] = []
    for source in sorted(sources, key=lambda s: s.document_id):
        near = [g for g in groups if any(_copies(source, other) for other in g)]
        groups = [g for g in groups if g not in near] + [[source, *(s for g in near for s in g)]]
    return len(groups)


def _copies(one: Source, other: Source) -> bool:
    if one.publisher is not None and one.publisher == other.publisher:
        return True
    return overlap(one.sketch, other.sketch) >= NEAR_COPY


def _spread(events: Sequence[Event]) -> Iterable[Variant]:
    values: dict[str, list[str]] = defaultdict(list)
    for event in events:
        values["type"].append(event.type)
        if event.mode:
            values["mode"].append(event.mode)
        if event.date.start or event.date.end:
            values["date"].append(f"{event.date.start or ''}..{event.date.end or ''}")
        if event.place is not None and event.place.name:
            values["place"].append(event.place.name)
        for side, parts in (("actors", event.actors), ("recipients", event.recipients)):
            if parts:
                values[side].append("; ".join(sorted(p.name or p.text for p in parts)))
        for m in event.magnitudes:
            values[m.kind].append(f"{_number(m.low)}" if m.low == m.high else f"{_number(m.low)}..{_number(m.high)}")
    for field, found in values.items():
        counts = Counter(found)
        if len(counts) > 1:
            for value, reports in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
                yield Variant(field, value, reports)


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:g}"
