"""CAMEO actor codes and their dates in our terms: ISO country or PLOVER code, PLOVER sectors, ISO days.

A CAMEO code is a row of three-letter parts: whose somebody is, then what he is ("AFGGOVMIL"). A part that is neither a
state nor a sector (an organization, a faith, a region) says what the name says anyway and is passed over.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib import resources

from dragoman.mentions.actor_tables import PLOVER_CODES, country_codes

PIVOT = 30
"""Two-digit years above it are of the 20th century, the others of the 21st, as in the dictionaries themselves."""

OPEN = ""
"""A day left open."""

SPELLING = re.compile(r"\s*([A-Z~]+(?:\d{3}[A-Z]*)?)\s*(.*?)\s*")
DATED = re.compile(r"([<>]?)\s*(\d+)\s*(?:-\s*(\d+))?")


class CodeError(ValueError):
    """A code or date that can't be read; the message tells the cure."""


@dataclass(frozen=True, slots=True)
class Code:
    """What a code says of a name, and when."""

    country: str | None
    sectors: tuple[str, ...]
    start: str
    end: str
    """ISO days, inclusive; empty where open."""
    unknown: tuple[str, ...] = ()
    """Parts that nobody knows."""
    lost: bool = False
    """Whether the first part, which says whose somebody is, is among them."""

    @property
    def dated(self) -> bool:
        """Whether it holds for a time only."""
        return bool(self.start or self.end)


@lru_cache(maxsize=1)
def parts_known() -> dict[str, tuple[str, str]]:
    """(kind, value) of every CAMEO part that isn't simply an ISO country code."""
    path = resources.files("dragoman") / "data" / "codebook" / "cameo_actors.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return {row["code"]: (row["kind"], row["value"]) for row in rows}


def read_code(text: str) -> Code:
    """Reads what stands between square brackets: `AFGGOV 900101-991231`, `RUS >911226`, `~MIL`.

    Raises `CodeError` with the cure where code or date are malformed.
    """
    match = SPELLING.fullmatch(text)
    if match is None:
        raise CodeError(f"[{text}] holds no code; write three capital letters a part, as in [AFGGOV]")
    letters, days = match[1].replace("~", ""), match[2]
    if len(letters) % 3:
        raise CodeError(f"{match[1]} is no row of three-letter parts; add or remove a letter")
    start, end = _days(days) if days else (OPEN, OPEN)
    parts = [letters[i : i + 3] for i in range(0, len(letters), 3)]
    country, sectors, unknown = _meaning(parts)
    return Code(country, sectors, start, end, unknown, lost=parts[0] in unknown)


def _meaning(parts: list[str]) -> tuple[str | None, tuple[str, ...], tuple[str, ...]]:
    """(country, sectors, parts unknown) of the parts of a code."""
    state: str | None = None
    body: str | None = None
    sectors: list[str] = []
    unknown: list[str] = []
    for part in parts:
        kind, value = parts_known().get(part, ("", ""))
        if kind == "sector":
            sectors.append(value)
        elif kind == "body":
            # "IGOUNO" is a body of the United Nations
            body = value if body is None or value in {"UNO", "EUR"} else body
        elif kind == "country" and (part != "SUN" or not state):
            state = value
        elif not kind and part in country_codes() - PLOVER_CODES:
            # "GBRVGB": the dependency, "USRARM": the republic
            state = part
        elif not kind and not part.isdigit():
            unknown.append(part)
    if not sectors and body in {"MNC", "IMG"}:
        sectors.append("BUS" if body == "MNC" else "REB")
    return body or state, tuple(dict.fromkeys(sectors)), tuple(unknown)


def _days(text: str) -> tuple[str, str]:
    """(first day, last day) of `900101-991231`, `<990101` or `>990101`."""
    match = DATED.fullmatch(text)
    if match is None or (match[1] and match[3]) or not (match[1] or match[3]):
        raise CodeError(f"{text!r} is no time; write <YYMMDD, >YYMMDD or YYMMDD-YYMMDD")
    first = _day(match[2])
    if match[1] == ">":
        return first.isoformat(), OPEN
    if match[1] == "<":
        return OPEN, (first - timedelta(days=1)).isoformat()
    last = _day(match[3])
    if last < first:
        raise CodeError(f"{text} ends before it begins; change one of the days")
    return first.isoformat(), last.isoformat()


def _day(digits: str) -> date:
    if len(digits) not in {6, 8}:
        raise CodeError(f"{digits} is no day; write YYMMDD or YYYYMMDD")
    if len(digits) == 6:
        digits = f"{19 if int(digits[:2]) > PIVOT else 20}{digits}"
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise CodeError(f"{digits} is no day of the calendar; correct month or day") from None


def day_before(day: str) -> str:
    """The ISO day before an ISO day."""
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def day_after(day: str) -> str:
    """The ISO day after an ISO day."""
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def disjoint(codes: list[Code]) -> list[Code]:
    """The codes with times that don't overlap: an earlier one in the list goes before a later one on every day.

    Codes without a time fill what the others leave open.
    """
    from dataclasses import replace

    ordered = [c for c in codes if c.dated] + [c for c in codes if not c.dated]
    taken: list[tuple[str, str]] = []
    found: list[Code] = []
    for code in ordered:
        for start, end in _free(code.start, code.end, taken):
            found.append(replace(code, start=start, end=end))
        taken.append((code.start, code.end))
    return sorted(found, key=lambda c: c.start)


def _free(start: str, end: str, taken: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """What is left of a time when others are taken out of it."""
    left = [(start, end)]
    for first, last in taken:
        rest: list[tuple[str, str]] = []
        for a, b in left:
            if (last and a and a > last) or (first and b and b < first):
                rest.append((a, b))
                continue
            if first and (not a or a < first):
                rest.append((a, day_before(first)))
            if last and (not b or b > last):
                rest.append((day_after(last), b))
        left = rest
    return left
