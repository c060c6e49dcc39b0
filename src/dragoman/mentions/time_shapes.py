"""The shapes in which English tells time: patterns over raw text, the words that can begin them, and their readers.

No pattern has an unbounded repeat, so that matching stays linear in the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from dragoman.mentions import time_readers as read
from dragoman.mentions.time_doubts import Match
from dragoman.mentions.time_words import GAP, alternatives, words

DASH = r"[-–—‑]"

Reader: TypeAlias = Callable[[Match], read.Found | None]


@dataclass(frozen=True, slots=True)
class Shape:
    """One way to tell a time."""

    name: str
    begins: frozenset[str]
    """Lower-case words that can begin it; `#` stands for any number."""
    pattern: re.Pattern[str]
    reader: Reader


# fmt: off
# Name; words that can begin it (`*month`: the first words of that table of the lexicon); pattern, in which `{NAME}` is a
# fragment below and a blank any gap; reader.
_ROWS: tuple[tuple[str, str, str, Reader], ...] = (
    ("dmy", "# *ordinal the *daypart *weekday early late", r"{DPRE}(?:(?P<wd>{WD})(?: (?:early |late )?{DAYPART})?,? )?(?:the )?(?P<day>{DAY})(?:(?:[-–—/]| ?[–—-] ?| to | and | or | until | through | till )(?:the )?(?P<day2>{DAY}))?(?: (?:of )?|-)(?P<month>{MONTH}){YTAIL}", read.read_dmy),
    ("mdy", "*month the *daypart *weekday early late", r"{DPRE}(?:(?P<wd>{WD})(?: (?:early |late )?{DAYPART})?,? )?(?P<month>{MONTH}),? (?:the )?(?P<day>{DAY})(?:(?:[-–—/]| ?[–—-] ?| to | and | or | through | until )(?:the )?(?P<day2>{DAY})(?! {MONTH}))?{YTAIL}", read.read_mdy),
    ("month", "*month *part mid *which", r"(?:(?P<part>{PART}) ?)?(?:(?P<which>{WHICH}) )?(?P<month>{MONTH})(?:(?:[-–—/]| ?[–—] ?| and | to | or | through | until )(?P<month2>{MONTH})(?! \d{1,2}\b))?{YTAIL}", read.read_month),
    ("year", "# the *part mid", r"(?:(?P<part>{PART}) ?)?(?P<the_year>(?:the )?year )?(?:(?P<year>{YEAR})|\d{1,3}(?={ERA}))(?P<era>{ERA})?(?:(?:[-–—/]| ?[–—] ?)(?P<year2>\d{4}|\d{2})(?![\w]|[-–—]\d))?", read.read_year),
    ("decade", "# the *part mid", r"(?:the )?(?:(?P<part>{PART}) ?(?:the )?)?(?:(?P<long>(?:1\d|20)\d0)['’]?s|['’]?(?P<short>[2-9]0)['’]?s)\b", read.read_decade),
    ("century", "# the *ordinal *part mid", r"(?:the )?(?:(?P<part>{PART}) ?(?:the )?)?(?P<ord>{ORD})(?:-| )century\b(?P<era>{ERA})?", read.read_century),
    ("quarter", "the *ordinal #", r"(?:the )?(?P<ord>{ORD}) (?P<half>quarter|half)(?: of)?(?:(?: of)?(?P<the_year> the year\b)|{YEARTOLD})", read.read_quarter),
    ("q", "q h", r"(?P<half>Q|H)(?P<q>[1-4]){YTAIL}", read.read_quarter),
    ("season", "*season the *part mid *which", r"(?:(?P<part>{PART}) ?)?(?:(?P<which>{WHICH}) )?(?P<the>the )?(?P<season>{SEASON}){YTAIL}", read.read_season),
    ("weekday", "*weekday *weekdays *daypart late early every each the *which", r"(?:(?:the )?(?:early |late )?{DAYPART} (?:of|on) )?(?:(?:late|early) (?:on )?)?(?:(?P<every>every|each) )?(?:(?P<which>{WHICH}) )?(?P<wd>{WEEKDAY})(?=s?(?!\w))(?: (?:early |late )?{DAYPART})?(?: (?:of )?(?P<week>last|next|this|the following|the previous) week\b)?", read.read_weekday),
    ("deictic", "*deictic", r"(?P<word>{DEICTIC})(?: (?:morning|afternoon|evening|night))?\b", read.read_deictic),
    ("which-unit", "*which *part mid", r"(?:(?P<part>{PART}) (?:on |in )?)?(?P<which>{WHICH}) (?:(?P<count>{COUNT}) )?(?P<unit>{UNIT})", read.read_which_unit),
    ("part-unit", "*part mid", r"(?P<part>{PART})(?: (?:the )?|)(?P<unit>{UNIT})", read.read_part_unit),
    ("the-unit", "in during at by through throughout", r"(?:in|during|at|by|through|throughout) (?P<the>the )(?P<unit>morning|afternoon|evening|night|weekend)\b(?! of)", read.read_the_unit),
    ("over-weekend", "the", r"(?P<the>the )(?P<unit>weekend)\b", read.read_the_unit),
    ("lead", "# *count *unit", r"(?:(?P<count>{COUNT})(?:-| )(?:more |full |further |short |whole |or so )?(?P<half1>and a half )?)?(?P<unit>{UNIT})(?P<half> and a half)? (?P<lead>{LEAD})", read.read_lead),
    ("duration", "# *count", r"(?P<count>{COUNT})(?:(?:-| )(?:more |full |further |long |or so )?)(?P<unit>{UNIT})(?:-long)?", read.read_duration),
    ("set", "*set", r"{SET}\b", read.read_set),
    ("window", "*window", r"(?P<window>{WINDOW}) (?P<unit>{UNIT})", read.read_window),
    ("clock", "#", r"(?:(?:[01]?\d|2[0-3])(?:[:.][0-5]\d)? ?(?:a\.m\.|p\.m\.|am\b|pm\b|AM\b|PM\b|o['’]clock\b)|(?:[01]?\d|2[0-3]):[0-5]\d(?::\d\d)?(?: ?(?:hrs|hours|hr|h|GMT|UTC|CET|EST|BST)\b)?(?!\d)|(?:[01]\d|2[0-3])[0-5]\d ?(?:hrs|hours|GMT)\b)", read.read_clock),
    ("dawn", "at before after", r"(?:at|before|after) (?:about |around )?(?:dawn|dusk|noon|midday|midnight|daybreak|nightfall|sunrise|sunset|first light)\b", read.read_clock),
    ("named", "*day *which", r"(?:(?P<which>{WHICH}) )?(?P<name>{NAMED})(?!\w){YTAIL}", read.read_named),
    ("iso", "#", r"(?P<y>[12]\d{3})-(?P<m>[01]\d)-(?P<d>[0-3]\d)(?!\d)", read.read_iso),
    ("numeric", "#", r"(?P<a>[0-3]?\d)(?P<sep>[./])(?P<b>[0-3]?\d)(?P=sep)(?P<y>[12]\d{3})(?!\d)", read.read_slash),
    ("day-of-month", "the", r"(?P<the>the )(?P<day>\d{1,2}(?:st|nd|rd|th)|{ORD}) (?:day )?of (?P<which>{WHICH}) month\b", read.read_month_day_of),
    ("on-the-day", "on", r"on (?P<the>the )(?P<day>\d{1,2}(?:st|nd|rd|th))(?P<which>(?<=x))?(?! (?:and|to|or|until) (?:the )?\d)(?= ?[,.;]| (?:and|when|to|he|they|it|at|with|but|by|was|were|had)\b)", read.read_month_day_of),
)
# fmt: on


def _fragments() -> dict[str, str]:
    w = words()
    months = "|".join(
        alternatives([m]) + (r"\.?" if len(m) <= 4 and m not in ("may", "june", "july") else "")
        for m in sorted(w.month, key=len, reverse=True)
    )
    ordinals = alternatives(w.ordinal)
    rel = r"(?:this|last|next|that|the same|that same|the following|the next|the previous|the preceding)"
    year_told = r"(?:,? (?:of |in )?(?:the year )?|/|-)(?P<year>{YEAR})(?P<era>{ERA})?|(?P<era2> \d{1,3}{ERA})|,? (?:of |in |earlier |later )?(?P<yrel>{YREL})"
    return {
        "DPRE": r"(?:(?:early |late )?(?:in )?(?:the )?(?:early |late )?{DAYPART} (?:of |on )?)?(?:the )?",
        "YTAIL": f"(?:{year_told})?",
        "YEARTOLD": year_told,
        "DEICTIC": alternatives(w.deictic),
        "SET": alternatives(w.set),
        "WINDOW": alternatives(w.window),
        "NAMED": alternatives(w.day),
        "MONTH": rf"(?:{months})(?!\w)",
        "DAY": rf"(?:(?:3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?(?![\w]|[.,:]\d)|{ordinals}\b)",
        "YEAR": r"[12]\d{3}(?!\w|[.,]\d)",
        "YREL": rel.replace(" ", GAP) + GAP + r"year\b",
        "ERA": rf"(?:{GAP}?(?:BCE|BC|B\.C\.E\.|B\.C\.|AD|A\.D\.|CE)(?!\w))",
        "WD": alternatives(w.weekday) + r"\b\.?",
        "WEEKDAY": alternatives(d for d, row in w.weekday.items() if not row.get("is_short")),
        "SEASON": alternatives(w.season) + r"\b",
        "UNIT": alternatives(w.unit) + r"\b",
        "DAYPART": alternatives(w.daypart) + r"\b",
        "PART": "(?:" + alternatives(w.part) + rf"\b|(?:early|mid|late){DASH})",
        "WHICH": alternatives(w.which) + r"\b",
        "COUNT": rf"(?:\d{{1,3}}|{alternatives(w.count)})\b",
        "LEAD": alternatives(w.lead) + r"\b",
        "ORD": rf"(?:\d{{1,2}}(?:st|nd|rd|th)|{ordinals})\b",
    }


def _pattern(shape: str) -> re.Pattern[str]:
    """Compile a shape: `{NAME}` is a fragment, a blank any gap."""
    for name, fragment in _fragments().items():  # those that hold others come first
        shape = shape.replace("{" + name + "}", fragment)
    return re.compile(shape.replace(" ", GAP), re.IGNORECASE)


@cache
def shapes() -> tuple[Shape, ...]:
    """All shapes, compiled once."""
    return tuple(Shape(name, _beginnings(begins), _pattern(pattern), reader) for name, begins, pattern, reader in _ROWS)


def _beginnings(spec: str) -> frozenset[str]:
    found: set[str] = set()
    for item in spec.split():
        phrases = _table_words(item[1:]) if item.startswith("*") else [item]
        for phrase in phrases:
            token = re.match(r"[A-Za-z]+|\d+|#", phrase)
            if token:
                found.add("#" if token.group()[0].isdigit() else token.group().lower())
    return frozenset(found)


def _table_words(table: str) -> list[str]:
    if table == "weekdays":
        return [f"{day}s" for day in words().weekday]
    return list(getattr(words(), table))


@cache
def by_beginning() -> dict[str, tuple[Shape, ...]]:
    """The shapes by the word that begins them."""
    table: dict[str, list[Shape]] = {}
    for shape in shapes():
        for word in shape.begins:
            table.setdefault(word, []).append(shape)
    return {word: tuple(found) for word, found in table.items()}
