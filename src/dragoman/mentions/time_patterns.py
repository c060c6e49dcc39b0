"""Finds the expressions of time in raw text.

A scan over the words of the text looks each one up among the words that can begin an expression, tries the shapes that
begin so, and takes the longest match.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from dragoman.mentions.time_doubts import is_blocked, is_glued
from dragoman.mentions.time_readers import Found
from dragoman.mentions.time_shapes import Shape, by_beginning
from dragoman.mentions.time_words import words

FORE = 7
"""Words within which an expression that begins with a function word ("the very beginning of the spring") comes to a word of time."""


@lru_cache(maxsize=64)
def find(text: str) -> tuple[Found, ...]:
    """The expressions of the text from left to right, none overlapping another.

    The last texts' are remembered, since times and quantities both ask.
    """
    return tuple(_found(text))


def _found(text: str) -> Iterator[Found]:
    table = by_beginning()
    limit = 0
    for word, start in _candidates(text):
        if start < limit or is_glued(text, start):
            continue
        best = _longest(table[word], text, start)
        if best:
            yield best
            limit = best.end


def _candidates(text: str) -> list[tuple[str, int]]:
    """The words that can begin an expression, `#` for a number, with their offsets.

    Many of them are common ones ("the", "a", "in"): they count only where a word of time follows soon and the very next
    word can go on from there.
    """
    table, telling, seconds = by_beginning(), _telling(), _seconds()
    found: list[tuple[str, int]] = []
    distance, following = FORE + 1, ""
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters grow when lowered; the offsets must hold
        lowered = text
    for token in reversed(list(_TOKEN.finditer(lowered))):
        word = token.group()
        if word.isdigit():
            word, distance = "#", 0
        else:
            word = word if word.islower() else word.lower()
            distance = 0 if word in telling else distance + 1
        if distance <= FORE and word in table and (word not in seconds or following in seconds[word]):
            found.append((word, token.start()))
        following = word
    found.reverse()
    return found


_TOKEN = re.compile(r"[A-Za-z]+|[0-9]+")


@cache
def _seconds() -> dict[str, frozenset[str]]:
    """For each common word that can begin an expression, the words that can come next."""
    w = words()
    phrases = [p for table in (w.part, w.which, w.count, w.window, w.deictic, w.set, w.day) for p in table]
    always = _telling() | {"#", "the", "about", "around", "full", "further", "short", "whole", "more", "last", "next"}
    found: dict[str, frozenset[str]] = {}
    for word in w.link & frozenset(by_beginning()):
        own = {p.split()[1].split("-")[0].split("'")[0] for p in phrases if p.startswith(word + " ")}
        found[word] = always | own | (frozenset(by_beginning()) if word == "the" else frozenset())
    return found


@cache
def _telling() -> frozenset[str]:
    """Words one of which every expression that begins with a common word holds."""
    w = words()
    told = {"century", "quarter", "half", "year", "years", "time", "bc", "bce", "ad", "h", "q"}
    told |= {f"{day}s" for day in w.weekday}
    for table in (w.month, w.weekday, w.season, w.unit, w.daypart):
        told |= {word for phrase in table for word in phrase.split()}
    for table in (w.day, w.deictic, w.set):
        told |= {word for phrase in table for word in re.findall(r"[a-z]+", phrase)[-1:]}
    return frozenset(told)


def _longest(shapes: tuple[Shape, ...], text: str, start: int) -> Found | None:
    best: Found | None = None
    for shape in shapes:
        match = shape.pattern.match(text, start)
        if match and (best is None or match.end() > best.end):
            found = shape.reader(match)
            if found and (best is None or found.end > best.end):
                best = found
    return best if best and not is_blocked(text, start, best.end) else None
