"""Tells words of time from the names, counts and labels that look like them: "May", "March", "2003 soldiers", "$2003"."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TypeAlias

from dragoman.mentions.time_words import GAP, alternatives, plain, words

Match: TypeAlias = "re.Match[str]"


def is_glued(text: str, start: int) -> bool:
    """Whether the word hangs on what stands before it ("$2003", "No. 5", "3.12")."""
    before = text[start - 1 : start]
    if not before or before.isspace() or before in "([\"'“‘—–":
        return False
    if before == "/" and text[start].isdigit():
        return text[start - 2 : start - 1].isalnum()
    if before in "-/‑":
        return text[start].isdigit() and text[start - 2 : start - 1].isdigit()
    return before.isalnum() or (
        before in "_$£€¥@#.,:&+=" and (before not in ",:" or text[start - 2 : start - 1].isdigit())
    )


@cache
def _never() -> re.Pattern[str]:
    return re.compile(r"\b" + alternatives(words().never) + r"\b")


def is_blocked(text: str, start: int, end: int) -> bool:
    """Whether the place lies in a phrase that holds a time word but is no time."""
    spans = (m.span() for m in _never().finditer(text, max(0, start - 25), end + 25))
    return any(low < end and start < high for low, high in spans)


def is_counted(text: str, end: int) -> bool:
    """Whether a noun that is counted follows: the number before it is no day or year."""
    after = re.compile(rf"{GAP}?(%|[A-Za-z][\w-]*)(?:{GAP}([A-Za-z]+))?").match(text, end)
    if not after:
        return False
    counted = words().counted
    return (
        after[1] == "%"
        or after[1].lower() in counted
        or (
            after[2] is not None and after[2].lower() in counted and after[1].islower() and after[1] not in words().link
        )
    )


_MONTH_LEADS = re.compile(
    r"(?:\b(?:in|since|until|till|by|during|from|between|and|or|to|before|after|through|throughout|of|for|this|last|next|around|about|over|every|each|come|late|early|mid|on|but|than|as|as of|starting|beginning|until)\s|[-–—(/]|^|[.!?:;\n]\s*)$",
    re.IGNORECASE,
)
_SURE_LEADS = re.compile(
    r"\b(?:in|since|until|till|during|last|next|this|late|early|mid|throughout|every)\s$|-$", re.IGNORECASE
)


def is_no_month(match: Match) -> bool:
    """Whether a bare "May" or "March" is rather a name or a verb: told by the words around it."""
    text, start, end = match.string, match.start("month"), match.end("month")
    word = match["month"]
    if not words().month[plain(word)].get("doubtful"):
        return len(word) < 4  # "Jan", "Dec" without a full stop are names
    before, after = text[max(0, start - 14) : start], text[end : end + 12]
    if len(word) == 3 and word != "May":
        return True
    if _SURE_LEADS.search(before):
        return False
    if _NOUN_LEADS.search(before):
        return (
            not re.match(r"\s[a-z]", after)
            or re.match(r"\s(?:on|for|to|in|of|from|by|against|and|was|is|that|which|through|with)\b", after)
            is not None
        )
    if not _MONTH_LEADS.search(before) or _surname(text, word):
        return True
    bare = not re.search(r"[A-Za-z]\s$", before)
    return bare and not re.match(r"(?:,|\s(?:and|saw|brought|the)\b)", after)


_NOUN_LEADS = re.compile(r"\b(?:the|a|an|its|their|his|her|our)\s$", re.IGNORECASE)


@lru_cache(maxsize=16)
def _surname(text: str, month: str) -> bool:
    """Whether the text calls somebody by this word ("Theresa May", "Mrs May")."""
    return any(m[1].lower() not in _no_first_names() for m in re.finditer(rf"\b([A-Z][a-z]+)\s{month}\b(?!\s\d)", text))


@cache
def _no_first_names() -> frozenset[str]:
    w = words()
    return (
        frozenset(w.month)
        | frozenset(w.weekday)
        | w.link
        | {phrase.split()[0] for phrase in [*w.relation, *w.part, *w.which]}
    )


_YEAR_LEADS = re.compile(
    r"(?:\b(?:in|since|until|till|by|during|from|between|and|to|before|after|through|throughout|of|late|early|mid|around|about|circa|the|year|AD|as of|back in|spring|summer|autumn|fall|winter|or)\s|[-–—(/‘'’]|^|\n\s*)$",
    re.IGNORECASE,
)


def is_year(match: Match, year: int) -> bool:
    """Whether a four-digit number is a year and no count, price or label: told by the words around it."""
    text, end = match.string, match.end()
    if not 1000 <= year <= 2100:
        return False
    if match["part"] or match["the_year"]:
        return True
    before = text[max(0, match.start() - 10) : match.start()]
    if re.search(
        r"[$£€#]\s?$|\b(?:No|nos?|page|p|pp|route|flight|article|resolution|unit|room|number|some|than|least|nearly|over|almost|approximately|only|another|all|other)\.?\s$",
        before,
        re.IGNORECASE,
    ):
        return False
    if 1900 <= year <= 2040 and re.search(r"(?:^|[.!?;:\n][\"'”’)]?\s{0,3})(?:In|Since|By|Until)\s$", before):
        return True  # "In 2015 rebels seized the city": who wants 2,015 rebels opens his sentence otherwise
    if is_counted(text, end) or re.match(r"\s?(?:%|°|–\d{4,}|x\b)", text[end : end + 4]):
        return False
    led = _YEAR_LEADS.search(before) is not None
    return led or 1700 <= year <= 2040
