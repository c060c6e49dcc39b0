"""The tables of actor knowledge: their columns, their rows, and what can be wrong with a row.

A folder holds up to six CSV files, one a theme. Lists inside a cell are separated by ` | `, sectors by spaces; dates are
ISO, as precise as known, and empty where open.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

COLUMNS: dict[str, tuple[str, ...]] = {
    "countries": (
        "entity", "name", "aliases", "adjectives", "demonyms", "seats", "country", "sectors", "start", "end",
        "states", "note",
    ),
    "organizations": ("entity", "name", "aliases", "country", "sectors", "start", "end", "note"),
    "groups": ("entity", "name", "aliases", "members", "country", "sectors", "start", "end", "states", "note"),
    "persons": ("entity", "name", "aliases", "title", "country", "sectors", "start", "end", "note"),
    "peoples": ("entity", "name", "nouns", "kind", "country", "states", "note"),
    "roles": ("role", "plural", "sectors", "kind", "note"),
}  # fmt: skip
"""Columns by theme, in the order of the file."""

THEMES = ("countries", "organizations", "groups", "persons", "peoples")
"""The themes that name somebody, later ones giving way to earlier where one alias names two things."""

PLOVER_CODES = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC", "XKX"})
"""Codes that stand where a country would, for those who belong to none."""

ROLE_KINDS = frozenset({"office", "agent", "body", "asset"})

DATE = re.compile(r"[012]\d{3}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?)?")
"""An ISO day, month or year."""


def cells(value: str) -> list[str]:
    """The parts of a list inside a cell."""
    return [part.strip() for part in value.split("|") if part.strip()] if value else []


def shipped() -> Traversable:
    """The folder of tables that comes with the package."""
    return resources.files("dragoman") / "data" / "actors"


@lru_cache(maxsize=1)
def country_codes() -> frozenset[str]:
    """Every code that may stand in the column `country`: those of our own table, and PLOVER's."""
    at = COLUMNS["countries"].index("country")
    return PLOVER_CODES | {row[at] for _, row in read_table(shipped() / "countries.csv", "countries")} - {""}


@lru_cache(maxsize=1)
def sector_codes() -> frozenset[str]:
    """Every PLOVER sector."""
    text = (resources.files("dragoman") / "data" / "codebook" / "sectors.toml").read_text(encoding="utf-8")
    return frozenset(re.findall(r"^\[([A-Z]{3})\]$", text, re.MULTILINE))


def read_table(path: Path | Traversable, theme: str) -> Iterator[tuple[int, list[str]]]:
    """(line of the file, cells) of every row after the header, blank lines left out.

    A file whose header isn't that of the theme, or whose bytes are no UTF-8, raises ValueError with the cure.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError("not UTF-8; save the file as UTF-8") from None
    rows = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        if tuple(next(rows, ())) != COLUMNS[theme]:
            raise ValueError(f"wrong header; the first line must be: {','.join(COLUMNS[theme])}")
        for row in rows:
            if row:
                yield rows.line_num, row
    except csv.Error as error:
        raise ValueError(f"line {rows.line_num} is no CSV ({error}); quote cells that hold commas or quotes") from None


def fault(theme: str, row: Sequence[str]) -> str | None:
    """What is wrong with a row and how to mend it; null where nothing is."""
    columns = COLUMNS[theme]
    if len(row) != len(columns):
        return (
            f"{len(row)} cells instead of {len(columns)}; give every column of the header and quote cells with commas"
        )
    values = dict(zip(columns, row, strict=True))
    for column in columns[:2] if theme != "roles" else ("role", "kind"):
        if not values[column].strip():
            return f"no {column}; give one"
    unknown = [s for s in values.get("sectors", "").split() if s not in sector_codes()]
    if unknown:
        return f"unknown sector {unknown[0]}; use {' '.join(sorted(sector_codes()))}"
    if values.get("country") and values["country"] not in country_codes():
        return f"unknown country {values['country']}; use an ISO 3166 alpha-3 code or {' '.join(sorted(PLOVER_CODES))}"
    if theme == "roles" and values["kind"] not in ROLE_KINDS:
        return f"unknown kind {values['kind']}; use {', '.join(sorted(ROLE_KINDS))}"
    return fault_of_dates(values.get("start", ""), values.get("end", ""))


def fault_of_dates(start: str, end: str) -> str | None:
    """What is wrong with a pair of dates; null where nothing is."""
    for day in (start, end):
        if day and not DATE.fullmatch(day):
            return f"{day} is no date; write YYYY, YYYY-MM or YYYY-MM-DD"
    width = min(len(start), len(end))
    if start and end and end[:width] < start[:width]:
        return f"the end {end} lies before the start {start}; change one of them"
    return None
