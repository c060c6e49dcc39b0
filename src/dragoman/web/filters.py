"""What a reader asks to see, as it stands in the address of a page, and as conditions of SQL with parameters.

Nothing that a person typed ever becomes part of a query: values go in as parameters, names of columns come from tables here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from dragoman.codebook import load
from dragoman.dates import check_day
from dragoman.errors import UsageError
from dragoman.review_fields import STATUSES

OUTCOMES = ("open", "kept", "broken", "refused", "withdrawn", "overdue")

SIZES = (25, 50, 100, 200)
"""Rows a page may have."""

LONGEST = 400
"""Code points of a value in an address."""

NAMES: Mapping[str, str] = {"start": "from", "end": "to"}
"""Fields that have another name in an address."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which records are asked for; None leaves a side open. The same for reports, events, incidents and commitments."""

    q: str | None = None
    """Words that the report's title or text holds."""
    start: str | None = None
    """First ISO day, `from` in an address."""
    end: str | None = None
    """Last ISO day, `to` in an address."""
    publisher: str | None = None
    """Name in full."""
    actor: str | None = None
    """Of any participant: ISO alpha-3 code in capitals, key (`group/...`), or part of a name."""
    type: str | None = None
    """One of the 16 types."""
    mode: str | None = None
    status: str | None = None
    """Status of an event; of a commitment its outcome."""
    place: str | None = None
    """ISO alpha-3 code in capitals, or part of a place's name."""
    confidence: float | None = None
    """The least confidence, 0 to 1."""
    document: str | None = None
    """Id of the report."""

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> Filter:
        """The filter that an address asks for; empty values count as absent.

        Raises `UsageError` for a day, type, status or number that can't be.
        """
        given: dict[str, Any] = {}
        for field in fields(cls):
            name = NAMES.get(field.name, field.name)
            value = query.get(name, "").strip()
            if len(value) > LONGEST:
                raise UsageError(f"the value of {name} is too long; give at most {LONGEST} letters")
            if "\x00" in value:
                raise UsageError(f"the value of {name} holds a character that no report has")
            if value:
                given[field.name] = value
        for name in ("start", "end"):
            if name in given:
                check_day(given[name])
        if "type" in given:
            given["type"] = given["type"].upper()
            _one_of("type", given["type"], sorted(load().types))
        if "status" in given:
            _one_of("status", given["status"], (*STATUSES, *OUTCOMES))
        if "confidence" in given:
            given["confidence"] = _share(given["confidence"])
        return cls(**given)

    def pairs(self) -> list[tuple[str, str]]:
        """Names and values as an address has them, those that are set."""
        found = []
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None:
                found.append(
                    (NAMES.get(field.name, field.name), f"{value:g}" if isinstance(value, float) else str(value))
                )
        return found

    def address(self, **more: object) -> str:
        """The query of an address, `?` included; empty where nothing is set."""
        pairs = [*self.pairs(), *((k, str(v)) for k, v in more.items() if v not in (None, ""))]
        return "?" + urlencode(pairs) if pairs else ""

    def without(self, name: str) -> Filter:
        """The same with one name of the address left open."""
        own = next((f for f, n in NAMES.items() if n == name), name)
        return replace(self, **{own: None})


def _one_of(name: str, value: str, known: Sequence[str]) -> None:
    if value not in known:
        raise UsageError(f"no {name} {value!r}; use one of {', '.join(known)}")


def _share(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise UsageError(f"no confidence {value!r}; give a number from 0 to 1")
    return number


@dataclass(frozen=True, slots=True)
class Turn:
    """Which page of a list: its order, its size, and the row that it follows or goes before."""

    sort: str = ""
    """A name of `SORTS`, with `-` before it for the greatest first; empty for the list's own order."""
    size: int = 50
    after: str = ""
    """The page follows the row with this mark (see `Listed`)."""
    before: str = ""
    """The page goes before the row with this mark."""

    @classmethod
    def parse(cls, query: Mapping[str, str], sorts: Mapping[str, str]) -> Turn:
        """Raises `UsageError` for an unknown order or size."""
        sort = query.get("sort", "").strip()
        if sort and sort.removeprefix("-") not in sorts:
            raise UsageError(
                f"no order {sort!r}; use one of {', '.join(sorts)}, with - before it for the greatest first"
            )
        size = query.get("size", "").strip() or "50"
        if not size.isascii() or not size.isdigit() or not 1 <= int(size[:6]) <= SIZES[-1]:
            raise UsageError(f"no page of {size!r} rows; give a number from 1 to {SIZES[-1]}")
        return cls(sort, int(size), query.get("after", ""), query.get("before", ""))


SORTS: Mapping[str, Mapping[str, str]] = {
    "documents": {"published": "day", "publisher": "publisher", "title": "title"},
    "events": {"day": "day", "published": "published", "type": "kind", "status": "status", "confidence": "confidence"},
    "incidents": {
        "day": "day",
        "type": "kind",
        "reports": "reports",
        "publishers": "publishers",
        "denials": "denials",
        "confidence": "confidence",
    },
    "commitments": {"day": "day", "due": "due", "type": "kind", "status": "status"},
}
"""What each list can be put in order by, with the column of the catalogue; none of them is ever null."""

OWN: Mapping[str, str] = {"documents": "-published", "events": "-day", "incidents": "-day", "commitments": "-day"}
"""The order of a list where none is asked for."""

Sources = Callable[[str], str]
"""What to select the catalogue of a table from (`Reader.source`)."""


@dataclass(slots=True)
class Conditions:
    """Conditions of SQL with their parameters, in order."""

    parts: list[str]
    values: list[Any]

    def add(self, part: str, *values: Any) -> None:
        self.parts.append(part)
        self.values += values

    def where(self) -> str:
        """` WHERE ...`, or nothing."""
        return f" WHERE {' AND '.join(self.parts)}" if self.parts else ""


def conditions(table: str, wanted: Filter, source: Sources, documents: Sequence[str] | None = None) -> Conditions:
    """What rows of a table's catalogue must meet; `documents` are the ids of the reports that hold the words asked for."""
    found = Conditions([], [])
    if wanted.start:
        found.add("last >= ?", wanted.start)
    if wanted.end:
        found.add("first <= ?", wanted.end)
    if table == "documents":
        _of_reports(found, wanted, source, documents)
        return found
    _of_acts(found, table, wanted, source)
    if wanted.publisher:
        _told_in(found, table, "SELECT id FROM documents WHERE publisher = ?", wanted.publisher)
    if documents is not None:
        _told_in(found, table, "SELECT unnest(?::VARCHAR[])", list(documents))
    if wanted.document:
        _told_in(found, table, "SELECT ?", wanted.document)
    return found


def _of_reports(found: Conditions, wanted: Filter, source: Sources, documents: Sequence[str] | None) -> None:
    if wanted.publisher:
        found.add("publisher = ?", wanted.publisher)
    if documents is not None:
        found.add("id IN (SELECT unnest(?::VARCHAR[]))", list(documents))
    if wanted.document:
        found.add("id = ?", wanted.document)
    inner = Conditions([], [])
    _of_acts(inner, "events", wanted, source)
    if inner.parts:
        found.add(f"id IN (SELECT document_id FROM {source('events')} e{inner.where()})", *inner.values)


def _of_acts(found: Conditions, table: str, wanted: Filter, source: Sources) -> None:
    """What an event, incident or commitment itself must be."""
    for column, value in (("kind", wanted.type), ("manner", wanted.mode), ("status", wanted.status)):
        if value:
            found.add(f"{column} = ?", value)
    if wanted.confidence is not None:
        found.add("confidence >= ?", wanted.confidence)
    if wanted.actor:
        if _is_code(wanted.actor) or "/" in wanted.actor:
            found.add("list_contains(keys, ?)", wanted.actor)
        else:
            found.add("contains(names, ?)", wanted.actor.lower())
    if wanted.place:
        place, value = (
            ("land = ?", wanted.place) if _is_code(wanted.place) else ("contains(spot, ?)", wanted.place.lower())
        )
        if table == "commitments":
            place = f"incident_id IN (SELECT id FROM {source('incidents')} i WHERE {place})"
        found.add(place, value)


def _is_code(value: str) -> bool:
    return len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()


def _told_in(found: Conditions, table: str, query: str, value: Any) -> None:
    """Told by one of the reports that a query gives."""
    column = {"events": "document_id", "incidents": "id", "commitments": "incident_id"}[table]
    inner = query if table == "events" else f"SELECT incident_id FROM traits WHERE document_id IN ({query})"
    found.add(f"{column} IN ({inner})", value)
