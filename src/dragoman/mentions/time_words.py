"""The English words that tell time, read from `data/lexicons/en/times.toml` into tables and regular-expression fragments."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

GAP = r"(?:[^\S\n]{1,4}|[^\S\n]{0,4}\n[^\S\n]{0,4}(?=\S))"
"""White space within an expression: up to four blanks, or one line break as in hard-wrapped text."""

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Words:
    """The rows of the lexicon by table, each table keyed by lower-case word."""

    month: dict[str, Row]
    weekday: dict[str, Row]
    season: dict[str, Row]
    unit: dict[str, Row]
    which: dict[str, Row]
    window: dict[str, Row]
    part: dict[str, Row]
    count: dict[str, Row]
    lead: dict[str, Row]
    deictic: dict[str, Row]
    set: dict[str, Row]
    daypart: dict[str, Row]
    day: dict[str, Row]
    ordinal: dict[str, Row]
    relation: dict[str, str]
    never: frozenset[str]
    """Phrases that hold a time word but are no time, as written."""
    counted: frozenset[str]
    """Nouns that make a four-digit number before them a count."""
    link: frozenset[str]
    """Words after a year or day that show that no counted noun follows."""
    ahead: frozenset[str]
    """Signs that a clause looks ahead."""
    intent: frozenset[str]
    """Verbs that look ahead with an infinitive."""


@cache
def words() -> Words:
    """The lexicon, read once."""
    path = files("dragoman") / "data" / "lexicons" / "en" / "times.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    keyed = {name: _keyed(data[name]) for name in Words.__dataclass_fields__ if name in data and name != "relation"}
    keyed["weekday"] |= {short.lower(): {**row, "is_short": True} for row in data["weekday"] for short in row["short"]}
    return Words(
        month=keyed["month"],
        weekday=keyed["weekday"],
        season=keyed["season"],
        unit=keyed["unit"],
        which=keyed["which"],
        window=keyed["window"],
        part=keyed["part"],
        count=keyed["count"],
        lead=keyed["lead"],
        deictic=keyed["deictic"],
        set=keyed["set"],
        daypart=keyed["daypart"],
        day=keyed["day"],
        ordinal=keyed["ordinal"],
        relation={w: row["relation"] for row in data["relation"] for w in row["words"]},
        never=frozenset(w for row in data["not"] for w in row["words"]),
        counted=frozenset(w.lower() for w in keyed["counted"]),
        link=frozenset(keyed["link"]),
        ahead=frozenset(keyed["ahead"]),
        intent=frozenset(keyed["intent"]),
    )


def _keyed(rows: list[Row]) -> dict[str, Row]:
    return {word.lower().replace("’", "'"): row for row in rows for word in row["words"]}


def alternatives(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases, the longest first; a blank stands for any gap, an apostrophe for both kinds."""
    parts = sorted({p.replace("’", "'") for p in phrases}, key=lambda p: (-len(p), p))
    return (
        "(?:" + "|".join(re.escape(p).replace(r"\ ", GAP).replace(" ", GAP).replace("'", "['’]") for p in parts) + ")"
    )


def plain(phrase: str) -> str:
    """The form under which a matched phrase is looked up: lower case, single blanks, straight apostrophes, no full stop."""
    return " ".join(phrase.lower().replace("’", "'").split()).rstrip(".")
