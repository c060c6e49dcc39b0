"""Joins neighbouring expressions of time: "from 3 May to 5 June", "since 2022", "the eve of Easter"."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache

from dragoman.mentions.time_meaning import Meaning
from dragoman.mentions.time_readers import Found, day_number
from dragoman.mentions.time_words import GAP, alternatives, plain, words


@dataclass(frozen=True, slots=True)
class Joined:
    """An expression with the word that ties it to what is told, and whether it is the end of a wider one."""

    start: int
    end: int
    meaning: Meaning
    relation: str | None
    nested: bool


_DASH = re.compile(r"\s?[-–—]\s?")
_JOINABLE = frozenset({"day", "month", "year", "weekday", "season", "decade", "named"})


def join(text: str, found: Iterable[Found]) -> list[Joined]:
    """The expressions with relations and prefixes read, ranges and their ends both listed, in reading order."""
    moved = _shared_years(text, [_moved(text, f) for f in found])
    joined: list[Joined] = []
    at = 0
    while at < len(moved):
        here = moved[at]
        relation, began = _relation(text, here.start)
        after = moved[at + 1] if at + 1 < len(moved) else None
        beside = _beside(text, here, after) if after else None
        if beside and after:
            joined.append(Joined(here.start, after.end, beside, relation, False))
            joined.append(Joined(after.start, after.end, after.meaning, None, True))
            at += 2
            continue
        pair = _pair(text, here, after, relation) if after else None
        if pair and after:
            joined.append(Joined(here.start, after.end, pair, relation, False))
            joined.append(Joined(here.start, here.end, pair.first or here.meaning, relation, True))
            joined.append(Joined(after.start, after.end, after.meaning, "until", True))
            at += 2
            continue
        joined += _single(here, relation, began)
        at += 1
    return joined


def _shared_years(text: str, found: list[Found]) -> list[Found]:
    """The expressions with a year told once for two: "3 March and 5 April 1999", "the summer and autumn of 1941"."""
    for at in range(len(found) - 2, -1, -1):
        here, after = found[at].meaning, found[at + 1].meaning
        told = after.year is not None and after.unit in ("day", "month", "season") and after.origin == "calendar"
        if told and here.floating and here.unit == after.unit and text[found[at].end : found[at + 1].start] in _LISTED:
            found[at] = replace(found[at], meaning=replace(here, year=after.year))
    return found


_LISTED = frozenset({" and ", " or ", ", ", " and on ", " and in ", " and the ", ", and "})


def _single(here: Found, relation: str | None, began: int) -> list[Joined]:
    found: list[Joined] = []
    meaning = here.meaning
    tied = relation in ("since", "until") and meaning.origin not in ("none", "event") and meaning.unit != "pair"
    if tied and relation == "since":
        found.append(Joined(began, here.end, Meaning("since", "since", origin="pair", first=meaning), relation, False))
    elif tied:
        found.append(Joined(began, here.end, Meaning("until", "until", origin="pair", last=meaning), relation, False))
    found.append(Joined(here.start, here.end, meaning, relation, tied))
    found += [Joined(p.start, p.end, p.meaning, None, True) for p in here.parts]
    return found


@cache
def _relation_pattern() -> re.Pattern[str]:
    filler = r"(?:the|about|around|roughly|approximately|at least|mid|circa|as early as|as late as)"
    return re.compile(rf"\b({alternatives(words().relation)}){GAP}(?:{filler}{GAP})?$", re.IGNORECASE)


def _relation(text: str, start: int) -> tuple[str | None, int]:
    """The relation told by the word before a place, and where that word begins."""
    low = max(0, start - 36)
    before = text[low:start]
    match = _relation_pattern().search(before)
    if not match:
        return None, start
    return words().relation[plain(match[1])], low + match.start()


def _pair(text: str, here: Found, after: Found, relation: str | None) -> Meaning | None:
    if here.meaning.unit not in _JOINABLE or after.meaning.unit not in _JOINABLE or after.start - here.end > 9:
        return None
    if here.meaning.origin in ("none", "event") or after.meaning.origin in ("none", "event"):
        return None
    between = text[here.end : after.start].lower()
    link = between.strip(" ,")
    linked = (
        link in ("to", "until", "till", "through", "up to", "to the")
        or (link == "and" and relation == "between")
        or (_DASH.fullmatch(between) is not None and here.meaning.unit == after.meaning.unit)
    )
    if not linked or (link == "to" and relation not in ("from", "between", "in", None)):
        return None
    first = here.meaning
    last = after.meaning
    if first.floating and last.year is not None and not last.bc:
        wraps = (first.month or 0) > (last.month or 12)
        first = replace(first, year=last.year - 1 if wraps else last.year)
    return Meaning("pair", "from-to", origin="pair", first=first, last=last)


def _beside(text: str, here: Found, after: Found) -> Meaning | None:
    """ "two days before Christmas": a count from the date that follows."""
    if here.meaning.origin not in ("event", "anchor") or here.meaning.basis not in ("counted-event", "deictic"):
        return None
    if not text[here.start : here.end].lower().endswith(("before", "after", "following", "to", "since", "of")):
        return None
    if after.meaning.origin != "calendar" or text[here.end : after.start].strip().lower() not in ("", "the"):
        return None
    return replace(here.meaning, origin="beside", basis="counted-date", first=after.meaning)


@cache
def _eve_pattern() -> re.Pattern[str]:
    return re.compile(rf"\b(?:the{GAP})?eve{GAP}of{GAP}$", re.IGNORECASE)


@cache
def _anniversary_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:the{GAP})?(\d{{1,3}}(?:st|nd|rd|th)|[a-z]+(?:-[a-z]+)?){GAP}anniversary{GAP}of{GAP}(?:the{GAP})?$",
        re.IGNORECASE,
    )


def _moved(text: str, found: Found) -> Found:
    """The expression with "the eve of" or "the tenth anniversary of" before it taken in."""
    low = max(0, found.start - 50)
    before = text[low : found.start]
    if not before.rstrip().endswith(("of", "the")) or found.parts:
        return found
    if eve := _eve_pattern().search(before):
        return replace(found, start=low + eve.start(), meaning=replace(found.meaning, move=-1, basis="eve"))
    anniversary = _anniversary_pattern().search(before)
    if anniversary and found.meaning.year is not None:
        years = day_number(anniversary[1])
        if years:
            meaning = replace(found.meaning, move_years=years, basis="anniversary")
            return replace(found, start=low + anniversary.start(), meaning=meaning)
    return found
