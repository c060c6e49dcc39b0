"""How far readers of the same reports agree: Krippendorff's alpha by field.

Alpha for nominal data, any number of readers, missing values allowed, after Klaus Krippendorff, "Computing
Krippendorff's Alpha-Reliability" (2011), https://repository.upenn.edu/asc_papers/43: 1 is full agreement, 0 what chance
would give, below 0 worse than chance. The units are events. `found` is whether there is an event at all: who accepted,
corrected or added it says yes, who rejected it says no, and so does who read the whole report (`done`) without adding
it. The other fields are compared among those who say yes. Lists are compared as sets of what identifies each entry.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from dragoman.records import Document, Event, Participant
from dragoman.review import Placed, base, documents_with, opinion, placed, reviews, standing
from dragoman.store import Store


def alpha(units: Iterable[Sequence[Hashable | None]]) -> float | None:
    """Krippendorff's alpha for nominal data.

    A unit is the values that its readers gave, None where one gave none; units with fewer than two values don't count.
    None where no unit has two values, or where there is only one value in all (nothing could have differed).
    """
    within = 0.0
    totals: Counter[Hashable] = Counter()
    for unit in units:
        values = Counter(v for v in unit if v is not None)
        size = values.total()
        if size < 2:
            continue
        totals.update(values)
        within += (size * size - sum(n * n for n in values.values())) / (size - 1)
    size = totals.total()
    between = size * size - sum(n * n for n in totals.values())
    if size < 2 or between == 0:
        return None
    return 1 - (size - 1) * within / between


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far readers agree on one field."""

    field: str
    alpha: float | None
    """None where there is nothing to compare, or where all values are one and the same."""
    units: int
    """Events on which two or more readers gave a value."""
    same: float | None
    """Share of these on which all gave the same value (0 to 1)."""
    readers: int
    """Readers who gave a value on any of them."""


def _who(parts: Iterable[Participant]) -> str:
    return "; ".join(sorted({(p.entity or p.country or (p.name or p.text).lower()) for p in parts})) or "none"


VALUES: Mapping[str, Callable[[Event], str]] = {
    "type": lambda e: e.type,
    "mode": lambda e: e.mode or "none",
    "prospect": lambda e: e.prospect.type if e.prospect else "none",
    "cameo": lambda e: e.cameo,
    "actors": lambda e: _who(e.actors),
    "recipients": lambda e: _who(e.recipients),
    "status": lambda e: e.status,
    "historical": lambda e: str(e.historical),
    "date": lambda e: f"{e.date.start}..{e.date.end}",
    "place": lambda e: (e.place.name or e.place.text).lower() if e.place else "none",
    "attribution": lambda e: _who(a.speaker for a in e.attribution),
}
"""What is compared of each field, as one word."""

FIELDS = ("found", *VALUES)


def agreement(store: Store, found: Sequence[Placed] | None = None) -> list[Agreement]:
    """By field, over all events that two or more readers have judged.

    `found` spares reading the verdicts that stand where they are known (see `dragoman.review.placed`).
    """
    given = _values(store, placed(store, standing(reviews(store))) if found is None else found)
    told = []
    for field in FIELDS:
        units = [u for u in given[field] if len(u) > 1]
        readers = {reader for u in units for reader in u}
        same = sum(len(set(u.values())) == 1 for u in units) / len(units) if units else None
        told.append(Agreement(field, alpha([list(u.values()) for u in units]), len(units), same, len(readers)))
    return told


def _values(store: Store, found: Sequence[Placed]) -> dict[str, list[dict[str, str]]]:
    """By field, for each event the value that each reader gave."""
    documents = documents_with(store, {p.review.document_id for p in found if p.review.verdict == "add"})
    groups: dict[str, list[Placed]] = defaultdict(list)
    finished: dict[str, set[str]] = defaultdict(set)
    for placing in found:
        if placing.review.verdict == "done":
            finished[placing.review.document_id].add(placing.review.reviewer)
        else:
            groups[placing.event_id or placing.review.event_id or ""].append(placing)
    given: dict[str, list[dict[str, str]]] = {field: [] for field in FIELDS}
    for group in groups.values():
        home = group[0].review.document_id
        there = {p.review.reviewer: "no" if p.review.verdict == "reject" else "yes" for p in group}
        there = dict.fromkeys(finished[home] - set(there), "no") | there
        given["found"].append(there)
        if len(there) < 2:
            continue
        wanted = {p.review.reviewer: event for p in group if (event := _wanted(p, documents.get(home))) is not None}
        for field, value in VALUES.items():
            given[field].append({reader: value(event) for reader, event in wanted.items()})
    return given


def _wanted(placing: Placed, document: Document | None) -> Event | None:
    review = placing.review
    if review.verdict == "add":
        return base(placing, document) if document is not None and placing.trigger is not None else None
    return opinion(review)
