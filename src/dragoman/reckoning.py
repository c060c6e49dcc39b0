"""Dates counted from something told beside an act: "two days after the raid", "since the war began", "a four-year siege".

What needs only one sentence and a few days given; the thread through a report is in `dating`.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from dragoman.mentions.calendars import month_days
from dragoman.mentions.time_words import plain, words
from dragoman.reading import Sentence, Token
from dragoman.syntax import governors

Days = tuple[str, str]
"""First and last day, ISO, inclusive."""

COUNTED = re.compile(
    r"(?:(?P<less>less than|within|barely|under) )?(?:(?P<count>[A-Za-z]+|\d{1,3}) )?"
    r"(?P<unit>second|minute|moment|hour|day|week|month|year|decade)(?P<plural>s?) $",
    re.IGNORECASE,
)
"""What stands before "after" or "before" where one act is dated from another: "two days", "weeks"."""

LENGTH = re.compile(
    r"(?P<count>[A-Za-z]+|\d{1,3})[- ](?P<unit>day|week|month|year|decade|century)s?(?:[- ](?:long|old))?",
    re.IGNORECASE,
)
"""A length of time as it is written: "four-month", "three decades"."""

DOWNWARD = frozenset(
    {"conj", "xcomp", "dobj", "attr", "nsubj", "nsubjpass", "pobj", "prep", "agent", "pcomp", "compound"}
)
"""Links from a clause's verb down to the acts that share its date."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of `dating.toml`."""

    lasting: frozenset[str]
    begin: frozenset[str]
    end: frozenset[str]
    background: frozenset[str]
    passing: frozenset[str]
    within: frozenset[str]
    saying: frozenset[str]
    apart: dict[str, tuple[int, int]]
    """Unit to the days that an uncounted plural of it lies apart, at least and at most."""


@lru_cache(maxsize=1)
def rows() -> Rows:
    """The rows, loaded once a process."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "dating.toml"
    table = tomllib.loads(path.read_text(encoding="utf-8"))

    def of(name: str) -> frozenset[str]:
        return frozenset(word for row in table[name] for word in row["words"])

    apart = {word: (row["near"], row["far"]) for row in table["apart"] for word in row["words"]}
    return Rows(apart=apart, **{name: of(name) for name in table if name != "apart"})


def shifted(day: str, unit: str, count: int) -> str:
    """The day so many units later (negative: earlier); months and years keep the day of the month where it exists."""
    start = dt.date.fromisoformat(day)
    if unit in {"day", "week"}:
        return (start + dt.timedelta(count * (7 if unit == "week" else 1))).isoformat()
    months = count * {"month": 1, "year": 12, "decade": 120, "century": 1200}[unit]
    first, last = month_days(start.year, start.month + months)
    return first.replace(day=min(start.day, last.day)).isoformat()


def count_of(word: str) -> int | None:
    """The number that a word or digits tell; None where it tells none."""
    if word.isdigit():
        return int(word)
    row = words().count.get(plain(word))
    return int(row["low"]) if row is not None else None


def length_of(text: str) -> tuple[str, int] | None:
    """(unit, count) of a length of time as written; None where it is not counted."""
    match = LENGTH.search(text)
    count = count_of(match["count"]) if match is not None else None
    if match is None or count is None:
        return None
    return match["unit"].lower(), count


def back_by(end: str, unit: str, count: int) -> str:
    """First day of something that has lasted so long up to a day: a length in years tells its start by the year only."""
    day = shifted(end, unit, -count)
    if unit in {"year", "decade", "century"}:
        return day[:5] + "01-01"
    return day[:8] + "01" if unit == "month" else day


@dataclass(frozen=True, slots=True)
class Offset:
    """How a clause or noun is dated from another: so long before or after it."""

    head: int
    """Token of the predicate that it is counted from."""
    sign: int
    """-1 where the act lies before that predicate ("a day after the act"), 1 where it lies behind it."""
    near: int
    far: int
    """Days apart, at least and at most; a whole month or year is kept as such in `unit`."""
    unit: str
    text: str
    start: int
    """The words of the count and their offset."""

    def days(self, main: Days) -> Days:
        """The days of the act where the other one is dated."""
        first, last = main
        if self.sign < 0:
            low, high = shifted(first, "day", -self.far), shifted(last, "day", -self.near)
        else:
            low, high = shifted(first, "day", self.near), shifted(last, "day", self.far)
        if self.unit == "month" and self.near == self.far:
            day = shifted(last, "month", self.sign * self.near // 30)
            low, high = day[:8] + "01", month_end(day)
        if self.unit in {"year", "decade"} and self.near == self.far:
            day = shifted(last, "year", self.sign * self.near // 365)
            low, high = day[:5] + "01-01", day[:5] + "12-31"
        return low, high


def month_end(day: str) -> str:
    """The last day of a day's month."""
    return month_days(int(day[:4]), int(day[5:7]))[1].isoformat()


SIGNS = {"after": -1, "before": 1, "following": -1}
DAYS_IN = {
    "second": 0,
    "minute": 0,
    "moment": 0,
    "hour": 0,
    "day": 1,
    "week": 7,
    "month": 30,
    "year": 365,
    "decade": 3650,
}


def offset_of(sentence: Sentence, act: int) -> Offset | None:
    """Where the act's clause, or the noun it hangs on, is so long before or after another act.

    "Washington imposed sanctions on Thursday, a day after the generals left": the leaving is counted from the imposing.
    "The words came two days after a meeting, where ...": so are the meeting and what was done there.
    """
    tokens = sentence.tokens
    below = act
    for at in (act, *governors(tokens, act)):
        token = tokens[at]
        if at != act:
            link = tokens[below]
            if link.dep not in DOWNWARD and not _is_scene_clause(tokens, link):
                return None
        below = at
        if token.dep in {"advcl", "conj"} and token.pos in {"VERB", "AUX"}:
            marks = [
                tokens[c] for c in token.children if tokens[c].dep in {"mark", "prep"} and tokens[c].lemma in SIGNS
            ]
            found = _counted(sentence, marks[0], _clause_above(tokens, token)) if marks else None
            if found is not None or token.dep == "advcl":
                return found
        if token.dep == "prep" and token.lemma in SIGNS and token.i < act:
            return _counted(sentence, token, token.head)
    return None


def _clause_above(tokens: Sequence[Token], token: Token) -> int:
    """What a clause is counted from: the head of the first of those coordinated with it."""
    while token.dep == "conj" and token.head != token.i:
        token = tokens[token.head]
    return token.head


def _is_scene_clause(tokens: Sequence[Token], link: Token) -> bool:
    """Whether a relative clause tells what was done at its noun: "a conference, where they met"."""
    return link.dep == "relcl" and any(tokens[c].lemma in {"where", "when"} for c in link.children)


def _counted(sentence: Sentence, mark: Token, head: int) -> Offset | None:
    lead = COUNTED.search(sentence.text[: mark.start - sentence.start])
    if lead is None:
        return None
    unit = lead["unit"].lower()
    count = count_of(lead["count"]) if lead["count"] else None
    if lead["count"] and lead["count"].lower() == "the":
        count = 1
    start = sentence.start + lead.start()
    if count is None:
        if not lead["plural"]:
            return None
        near, far = rows().apart[unit]
        at = sentence.start + lead.start("unit")
        return Offset(head, SIGNS[mark.lemma], near, far, "day", lead.group("unit") + lead["plural"], at)
    days = count * DAYS_IN[unit]
    near = 0 if lead["less"] else days
    kind = "day" if lead["less"] else unit
    return Offset(head, SIGNS[mark.lemma], near, days, kind, lead.group().strip(), start)
