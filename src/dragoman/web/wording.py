"""What the workbench says in words: why an event was coded so, where a date comes from, how sure it is."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from dragoman.codebook import load
from dragoman.dossier_words import days
from dragoman.lexicon import lexicon
from dragoman.parties import country_names
from dragoman.records import Event, Participant, Place, When

BASES: Mapping[str, str] = {
    "expression": "from the text",
    "inherited": "from the sentence before",
    "publication": "nothing said: the day of publication, one day back at most",
    "unknown": "not told",
}
"""Where a date comes from."""

STATUSES: Mapping[str, str] = {
    "actual": "told as having happened",
    "future": "planned or expected",
    "hypothetical": "feared, wished for or possible",
    "negated": "told as not having happened",
}

QUADS: Mapping[int, str] = {
    1: "cooperation in words",
    2: "material cooperation",
    3: "conflict in words",
    4: "material conflict",
}

OUTCOMES: Mapping[str, str] = {
    "open": "nothing told yet and no deadline passed",
    "kept": "done",
    "broken": "not done, or the opposite done",
    "refused": "turned down by whom it addresses",
    "withdrawn": "taken back by its maker",
    "overdue": "the deadline has passed and nothing is told",
}

TIMES: Mapping[str, str] = {
    "inherited": "the date is carried over from the sentence or paragraph before",
    "weekday": "a weekday, the last one up to the day of publication unless the verb looks ahead",
    "month": "a month of a year",
    "year": "a year",
    "date": "a full date in the text",
    "which-unit": "“this”, “last” or “next” with a week, month or year",
    "which-month": "“this”, “last” or “next” with a month's name",
    "since": "since a day: from then until the day of publication",
    "counted-anchor": "counted back or ahead from the day of publication",
    "day-after": "the day before or after a date that was told",
    "publication": "nothing said: the day of publication",
    "deictic": "“today”, “yesterday” and the like",
    "duration": "a length of time",
}
"""Rules of time by the word that stands in an event's basis."""

REASONS: Mapping[str, str] = {
    "operator": "“{0}” says that the act is held out, not done",
    "lent": "a noun of the pattern “{0}” lends its act to the verb",
    "announced": "announced in words (“{0}”)",
    "hint": "the words only hint at {0}",
    "refused": "refused (“{0}”)",
    "light": "“{0}” only carries the noun that names the act",
    "parties": "the parties are those that the passage names",
    "claim": "its speaker denies it",
}
"""Reasons by the word before the colon."""

ALONE: Mapping[str, str] = {
    "since": "a state that goes on since then",
    "story-country": "the country is the one that the story is about",
}


@cache
def examples() -> Mapping[str, str]:
    """An example of each pattern, by its name."""
    return {frame.id: frame.example for frame in lexicon().frames}


def reason(basis: str) -> tuple[str, str]:
    """(words, example) of one reason; the example is empty where there is none."""
    kind, _, value = basis.partition(":")
    if kind == "frame":
        return f"the words fit the pattern “{value.replace('-', ' ')}”", examples().get(value, "")
    if kind == "model":
        name, _, share = value.partition("=")
        return f"no pattern fits; the learned model takes it for {name}, sure to {float(share or 0):.0%}", ""
    if kind == "time":
        return "time: " + TIMES.get(value, value.replace("-", " ")), ""
    if kind in REASONS:
        return REASONS[kind].format(value.replace("-", " ")), ""
    return ALONE.get(basis, basis.replace(":", ": ").replace("-", " ")), ""


def belonging(part: Participant) -> str:
    """Country, sectors and people of a participant, in words; empty where nothing is known."""
    sectors = load().sectors
    found = [country_names().get(part.country, part.country)] if part.country else []
    found += [sectors[s].name if s in sectors else s for s in part.sectors]
    found += [part.people] if part.people else []
    return ", ".join(found)


def when(date: When) -> str:
    """The day or days."""
    return days(date.start, date.end)


def where(place: Place) -> str:
    """Place, province and country."""
    found = [place.name or place.text, place.admin1, country_names().get(place.country or "", place.country)]
    return ", ".join(dict.fromkeys(p for p in found if p))


def cameo(code: str) -> str:
    """What a CAMEO code means."""
    entry = load().cameo.get(code)
    return entry.name if entry is not None else ""


def meaning(type_: str, mode: str | None) -> str:
    """What the codebook says of a type and mode."""
    book = load()
    if mode and (type_, mode) in book.modes:
        return book.modes[type_, mode].what
    return book.types[type_].what if type_ in book.types else ""


def sure(confidence: float) -> str:
    """Confidence as a share."""
    return f"{confidence:.0%}"


def doers(event: Event) -> str:
    """Who did it, in a few words."""
    return ", ".join(dict.fromkeys(p.name or p.text for p in event.actors))


def others(event: Event) -> str:
    """To whom, in a few words."""
    return ", ".join(dict.fromkeys(p.name or p.text for p in event.recipients))


def types() -> list[str]:
    """The types, from cooperation to conflict."""
    book = load()
    return sorted(book.types, key=lambda t: book.types[t].quad)


def modes(type_: str | None = None) -> list[str]:
    """The modes of a type, or of all."""
    return sorted({m for t, m in load().modes if type_ in (None, t)})


def quad(type_: str) -> int:
    """The quad of a type."""
    return load().quad(type_)
