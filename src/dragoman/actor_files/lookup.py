"""What is known of a name: entries that match it, and what it stands for on a day and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.mentions.corefer import Memory
from dragoman.mentions.knowledge import GRACE_YEARS, LATER_UNKNOWN, Entry, Hit, Knowledge, plain

HINT = {
    "adjective": "the adjective of a state: whose somebody is",
    "demonym": "people of a state, who are nobody's government",
    "seat": "a seat of power: the government where it acts, a place where things happen",
    "member": "people of a group",
    "country": "a state",
    "organization": "an organization",
    "group": "a group",
    "person": "a person",
    "people": "a people or faith",
}
"""What each kind of entry is, in words."""


@dataclass(frozen=True, slots=True)
class Found:
    """An entity with the names that matched."""

    entity: str
    name: str
    matched: tuple[str, ...]
    entries: tuple[Entry, ...]


def find(known: Knowledge, text: str, limit: int = 50) -> list[Found]:
    """Entities one of whose names holds the text, whole names first, then whole words, then the rest."""
    wanted = plain(text).lower().strip()
    ranked: dict[str, tuple[int, dict[str, None], dict[Entry, None]]] = {}
    if not wanted:
        return []
    for name in known.names():
        lower = name.lower()
        if wanted not in lower:
            continue
        rank = 0 if lower == wanted else 1 if f" {wanted} " in f" {lower} " else 2
        for entry in known.entries(name):
            best, names, entries = ranked.setdefault(entry.entity, (rank, {}, {}))
            names[name] = entries[entry] = None
            ranked[entry.entity] = (min(best, rank), names, entries)
    order = sorted(ranked.items(), key=lambda item: (item[1][0], item[0]))
    return [Found(e, next(iter(es)).name, tuple(ns), tuple(es)) for e, (_, ns, es) in order[:limit]]


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that a name may stand for on a day."""

    entry: Entry
    country: str | None
    sectors: tuple[str, ...]
    why: str


def explain(known: Knowledge, name: str, day: str | None) -> list[Reading]:
    """What a name stands for on an ISO day, the likeliest first; without a day, at any time. Empty where it is unknown.

    A bare surname stands for those who bear it, holders of an office on that day first.
    """
    entries = known.entries(name)
    if entries:
        hit = Hit(0, len(name), name, entries)
        memory = Memory(known, day)
        best = memory.pick(hit, day)
        rest = [e for e in entries if e is not best]
        chosen = ([best] if best is not None else []) + rest
        return list(_readings(known, chosen, day, "the name is known"))
    bearers = [known.terms(entity) for entity in known.bearers(name)]
    held = [known.offices(rows[0].entity, day) for rows in bearers]
    people = sorted(zip(bearers, held, strict=True), key=lambda pair: not pair[1])
    first = [rows[0] for rows, _ in people]
    return list(_readings(known, first, day, f"bears the surname {name}"))


def _readings(known: Knowledge, entries: Sequence[Entry], day: str | None, why: str) -> Iterator[Reading]:
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        if (entry.entity, entry.kind) in seen:
            continue
        seen.add((entry.entity, entry.kind))
        if entry.kind == "person":
            yield _person(known, entry, day, why)
        else:
            same = [e for e in entries if (e.entity, e.kind) == (entry.entity, entry.kind)]
            alive = [e for e in same if e.holds(day)]
            shown = (alive or same)[0]
            told = f"{why}; {HINT[shown.kind]}" + ("" if alive else f"; not on that day: {span(shown)}")
            sectors = shown.sectors or (("GOV",) if shown.kind in {"country", "seat"} else ())
            yield Reading(shown, shown.country, sectors, told)


def _person(known: Knowledge, entry: Entry, day: str | None, why: str) -> Reading:
    country, sectors = Memory(known, day).office(entry.entity, day)
    held = known.offices(entry.entity, day) if day else []
    if held:
        told = " and ".join(f"{e.title or 'in office'} ({span(e)})" for e in held)
        return Reading(held[0], country, sectors, f"{why}; {told}")
    reason = "no day was given: the last office known" if day is None else "no office known on that day"
    return Reading(entry, country, sectors, f"{why}; {reason}")


def span(entry: Entry) -> str:
    """The time of an entry in words."""
    if not entry.start and not entry.end:
        return "at all times"
    told = f"from {entry.start}" if entry.start else ""
    if entry.end:
        told = f"{told} to {entry.end}".strip()
    if LATER_UNKNOWN.search(entry.note) and entry.end:
        told += f", the end a guess: {GRACE_YEARS} years after the last list that names him"
    return told


def render(known: Knowledge, name: str, day: str | None) -> str:
    """The explanation as text; empty where the name is unknown."""
    readings = explain(known, name, day)
    if not readings:
        return ""
    lines = [f"{name}, {f'on {day}' if day else 'at any time'}:"]
    for number, reading in enumerate(readings):
        if number == 1:
            lines.append("other readings:")
        entry = reading.entry
        code = " ".join((reading.country or "no country", *reading.sectors))
        own = ", yours" if entry.overlay else ""
        lines.append(f"  {entry.name} ({entry.entity}{own}): {code}")
        lines.append(f"    {reading.why}")
        if entry.kind == "person" and number < 5:
            lines += [f"    - {_term(e)}" for e in sorted(known.terms(entry.entity), key=lambda e: e.start)]
    return "\n".join(lines)


def _term(entry: Entry) -> str:
    code = " ".join((entry.country or "", *entry.sectors)).strip()
    return f"{entry.title or 'office'}: {span(entry)}; {code}{', yours' if entry.overlay else ''}"
