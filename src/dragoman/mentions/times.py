"""Finds the expressions of time in a text and lays a calendar to them.

Works on raw text without a parser, in time linear in its length. Two kinds of text are told apart: news, where "in May"
is the May nearest to the day of publication, and narrative (history, chronicles), where it is the May of the year that
was named before. In both, "the following day" counts from the date told before it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, TypeAlias

from dragoman.mentions.time_context import Placed, place
from dragoman.mentions.time_joins import join
from dragoman.mentions.time_meaning import Frame, Meaning, Open, Tense, days_of
from dragoman.mentions.time_patterns import find

Direction: TypeAlias = Literal["past", "future"]
Kind: TypeAlias = Literal["date", "range", "duration", "season", "set", "vague", "time"]


@dataclass(frozen=True, slots=True)
class TimeMention:
    """An expression of time: as written, where it stands, as understood."""

    text: str
    """Exactly the passage's `[start:end]`."""
    start: int
    end: int
    """Offsets in code points, half-open."""
    value_start: str | None
    """First day it may mean (ISO), null where that side is open or it abstains."""
    value_end: str | None
    """Last day it may mean (ISO), inclusive; null likewise."""
    direction: Direction | None
    """Whether it lies before or after the day of publication; null for that day, for both, and where unknown."""
    kind: Kind
    anchored: bool
    """Whether it counts from another event ("two days later", "that year"), so that a better anchor changes its value."""
    basis: str
    """Short name of the rule that found it."""
    relation: str | None
    """How the word before it ties it to what is told: since, until, by, before, after, from, between, in; else null."""
    nested: bool
    """True for an end of a range that is itself a mention ("12 May" in "from 12 May to 3 June", "2022" in "since 2022")."""
    meaning: Meaning
    """What it means before a calendar is laid to it, with the year that context gave."""


def find_times(text: str, published: str | None, *, narrative: bool | None = None) -> list[TimeMention]:
    """The expressions of time in the text, by offset; the ends of a range are mentions too.

    `published` is the ISO day that "yesterday" counts from; None, or a string that is no date, leaves such expressions
    without a value. `narrative` says whether years carry forward as in a chronicle; None lets the text decide.
    """
    day = _date(published)
    mentions = [_mention(text, found, day) for found in place(text, join(text, find(text)), day, narrative)]
    return sorted(mentions, key=lambda m: (m.start, m.end))


def resolve(
    mention: TimeMention, *, published: str | None, tense: Tense | None = None, anchor: tuple[str, str] | None = None
) -> tuple[str | None, str | None]:
    """The days of a mention read again with what its sentence tells.

    `tense` is that of the verb it belongs to: "on Monday" of a future verb is the coming Monday. `anchor` is the day or
    range (ISO, inclusive) of the event before, from which "two days later" counts. What is not told (None, `present`)
    leaves the value as it was found.
    """
    if mention.anchored:
        if anchor is None:
            return mention.value_start, mention.value_end
        told: Open = (_date(anchor[0]), _date(anchor[1]))
        return _iso(days_of(mention.meaning, Frame(_date(published), tense, told)))
    if tense not in ("past", "future"):
        return mention.value_start, mention.value_end
    return _iso(days_of(mention.meaning, Frame(_date(published), tense)))


def _date(iso: str | None) -> date | None:
    try:
        return date.fromisoformat(iso[:10]) if iso else None
    except ValueError:
        return None


def _iso(days: Open) -> tuple[str | None, str | None]:
    return days[0].isoformat() if days[0] else None, days[1].isoformat() if days[1] else None


def _mention(text: str, placed: Placed, published: date | None) -> TimeMention:
    start, end = _iso(placed.days)
    return TimeMention(
        text=text[placed.start : placed.end],
        start=placed.start,
        end=placed.end,
        value_start=start,
        value_end=end,
        direction=_direction(placed, published),
        kind=_kind(placed.meaning),
        anchored=placed.anchored,
        basis=placed.meaning.basis,
        relation=placed.relation,
        nested=placed.nested,
        meaning=placed.meaning,
    )


def _direction(placed: Placed, published: date | None) -> Direction | None:
    start, end = placed.days
    if published and (start or end):
        if end and end < published:
            return "past"
        return "future" if start and start > published else None
    if placed.meaning.origin == "published" and placed.meaning.low:
        return "past" if placed.meaning.low < 0 else "future"
    return None


_KINDS: dict[str, Kind] = {
    "pair": "range",
    "since": "range",
    "until": "range",
    "season": "season",
    "moment": "vague",
    "clock": "time",
}


def _kind(meaning: Meaning) -> Kind:
    if meaning.basis == "duration":
        return "duration"
    if meaning.basis in ("set", "weekdays"):
        return "set"
    if meaning.window:
        return "vague" if meaning.basis == "deictic" else "range"
    return _KINDS.get(meaning.unit, "date")


__all__ = ["Direction", "Kind", "TimeMention", "find_times", "resolve"]
