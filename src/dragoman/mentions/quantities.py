"""Finds numbers of people and money in a text: how many, of what, and what the words around say befell them.

Works on raw text without a parser, in time linear in its length. Numbers that tell a time, a percentage, an age or a
label ("Resolution 1701") are left out.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache

from dragoman.mentions.quantity_words import counts, value_of
from dragoman.mentions.time_patterns import find as find_time_expressions
from dragoman.mentions.time_words import GAP, alternatives, plain
from dragoman.records import Magnitude


@dataclass(frozen=True, slots=True)
class QuantityMention:
    """A number expression: as written, where it stands, as understood."""

    text: str
    """Exactly the passage's `[start:end]`: the number with its modifiers and currency, without the noun."""
    start: int
    end: int
    """Offsets in code points, half-open."""
    low: float | None
    """At least so many; null where only an upper bound is told."""
    high: float | None
    """At most so many; null where only a lower bound is told."""
    approximate: bool
    """True for "about 300" and "dozens"; a bound ("at least 12") alone is not approximate."""
    kind: str | None
    """killed, injured, displaced, detained, missing, released, troops, money or participants where the words nearby
    tell it: a hint that the event step may overrule; else null."""
    noun: str | None
    """What is counted, as written; null where no noun follows ("killing 12")."""
    part: bool = False
    """Whether it counts some of those counted before it ("12 people, three of them children"): no sum of its own."""

    def magnitude(self, kind: str | None = None) -> Magnitude | None:
        """As a magnitude of an event, of the given kind or its own; None where neither is known, and for a part."""
        told = kind or self.kind
        if told is None or self.part:
            return None
        return Magnitude(told, self.low, self.high, self.approximate, self.text, self.start, self.end)


@dataclass(frozen=True, slots=True)
class _Number:
    start: int
    end: int
    low: float | None
    high: float | None
    approximate: bool
    money: bool


def find_quantities(text: str, *, times: Sequence[tuple[int, int]] | None = None) -> list[QuantityMention]:
    """The quantities of the text, by offset.

    `times` are the spans of its expressions of time, which hold no quantities; None has them found here.
    """
    if times is None:
        times = [(f.start, f.end) for f in find_time_expressions(text)]
    spans = sorted(times)
    starts = [s for s, _ in spans]
    numbers = [n for n in _numbers(text) if not _within(n, spans, starts) and not _reckoned(text, n)]
    parts = _parts(text, numbers)
    found: list[QuantityMention] = []
    before = 0
    for at, number in enumerate(numbers):
        after = next((n.start for n in numbers[at + 1 :] if n.start not in parts), len(text))
        mention = _mention(text, number, before, after)
        if mention:
            found.append(replace(mention, part=number.start in parts))
        if number.start not in parts:
            before = number.end
    return found


_PART_BEFORE = re.compile(r"\b(?:including|among (?:them|whom)|counting)\s(?:at least\s|some\s)?$", re.IGNORECASE)
_PART_BEHIND = re.compile(r"\s(?:\w+\s)?of\s(?:them|whom|the (?:dead|victims|wounded|injured))\b", re.IGNORECASE)


def _parts(text: str, numbers: Sequence[_Number]) -> frozenset[int]:
    """Where the numbers begin that tell some of those counted before: "three of them", "including three", a sum laid out."""
    found: set[int] = set()
    for at, number in enumerate(numbers[1:], start=1):
        whole = numbers[at - 1]
        lead = text[whole.end : number.start]
        if re.search(r"[.!?]\s", lead):
            continue
        if _PART_BEFORE.search(lead) or _PART_BEHIND.match(text, number.end):
            found.add(number.start)
        elif ":" in lead:
            found |= _laid_out(text, whole, numbers[at:])
    return frozenset(found)


def _laid_out(text: str, whole: _Number, rest: Sequence[_Number]) -> set[int]:
    """The summands of "17 people: nine soldiers and eight civilians"; empty where they don't come to the sum."""
    total = 0.0
    for at, number in enumerate(rest):
        if number.low is None or number.low != number.high or re.search(r"[.!?]\s", text[whole.end : number.start]):
            return set()
        total += number.low
        if total == whole.low:
            return {n.start for n in rest[: at + 1]} if at else set()
    return set()


def _within(number: _Number, spans: Sequence[tuple[int, int]], starts: Sequence[int]) -> bool:
    at = bisect_right(starts, number.end - 1) - 1
    return at >= 0 and any(low < number.end and number.start < high for low, high in spans[max(0, at - 2) : at + 1])


# -- numbers


@cache
def _pattern() -> re.Pattern[str]:
    c = counts()
    scale = rf"(?:{GAP}?{alternatives(w for w in c.scale if len(w) <= 2)}\b|{GAP}{alternatives(w for w in c.scale if len(w) > 2)}\b)"
    digits = rf"(?:\d{{1,3}}(?:,\d{{3}}){{1,4}}|\d{{1,9}})(?:\.\d{{1,3}})?(?![\d]){scale}{{0,2}}"
    word = alternatives([*c.number, *(w for w in c.scale if len(w) > 2)]) + r"\b"
    spelled = rf"(?:half{GAP}a{GAP})?(?:an?{GAP})?{word}(?:(?:-|{GAP}|(?:(?<=hundred)|(?<=thousand)|(?<=million)){GAP}and{GAP}){word}){{0,6}}"
    number = rf"(?:{digits}|{spelled})"
    signs = "(?:" + "|".join(sorted(map(re.escape, c.signs), key=len, reverse=True)) + ")"
    vague = alternatives(c.vague) + r"\b"
    modifier = alternatives(c.modifier)
    return re.compile(
        rf"(?P<modifier>(?:{modifier}{GAP}){{1,2}})?(?P<between>between{GAP}|from{GAP})?"
        rf"(?:(?P<vague>{vague})|(?P<sign>{signs}{GAP}?)?(?P<first>{number})"
        rf"(?:(?P<link>{GAP}?[-–—]{GAP}?|{GAP}to{GAP}|{GAP}and{GAP}|{GAP}or{GAP}){signs}?(?P<second>{number}))?)"
        rf"(?:{GAP}(?P<after>{alternatives(c.after)})\b)?",
        re.IGNORECASE,
    )


@cache
def _beginnings() -> frozenset[str]:
    c = counts()
    phrases = [*c.number, *c.scale, *c.vague, *c.modifier, "between", "from", "half", "a", "an"]
    return frozenset(p.split()[0].split("-")[0] for p in phrases)


@cache
def _telling() -> frozenset[str]:
    c = counts()
    return (
        frozenset([*c.number, *c.scale])
        | {w for phrase in c.vague for w in phrase.split()[-1:]}
        | {"few", "couple", "handful", "pair"}
    )


_NEAR = 7
"""Words within which an expression that begins with a common word comes to its number."""


def _numbers(text: str) -> Iterator[_Number]:
    limit = 0
    for start in _candidates(text):
        if start < limit or _glued(text, start):
            continue
        match = _pattern().match(text, start)
        number = _read(match) if match else None
        if number:
            yield number
            limit = number.end


def _candidates(text: str) -> list[int]:
    """Where a number expression may begin; a currency sign belongs to the number behind it."""
    beginnings, telling = _beginnings(), _telling()
    found: list[int] = []
    distance = _NEAR + 1
    for match in reversed(list(re.finditer(r"[A-Za-z]+|\d+", text))):
        word = match.group().lower()
        digit = word[0].isdigit()
        distance = 0 if digit or word in telling else distance + 1
        if digit or (distance <= _NEAR and word in beginnings):
            found.append(_with_sign(text, match.start()) if digit else match.start())
    found.reverse()
    return found


def _with_sign(text: str, start: int) -> int:
    for sign in sorted(counts().signs, key=len, reverse=True):
        if text[max(0, start - len(sign)) : start] == sign:
            return start - len(sign)
    return start


def _glued(text: str, start: int) -> bool:
    """Whether what stands before makes it part of a longer word or number."""
    before = text[start - 1 : start]
    if not before or before.isspace() or before in "([\"'“‘—–":
        return False
    if before in ".,:":
        return text[start - 2 : start - 1].isdigit() or not text[start - 2 : start - 1]
    return before.isalnum() or before in "-_/#@&+."


def _read(match: re.Match[str]) -> _Number | None:
    c = counts()
    text = match.string
    if match["vague"]:
        low, high = c.vague[plain(match["vague"])]
        return _bounded(match, float(low), float(high), True)
    first = value_of(match["first"])
    if first is None:
        return None
    end = match.end("first")
    if re.match(r"(?:st|nd|rd|th)\b|-[A-Za-z]|['’]s\b|[°:]\d?|/\d|\.\d", text[end : end + 4]) and not match["second"]:
        return None
    second = _second(match, first)
    if second is not None:
        scaled = _shared_scale(match, first, second)
        return _bounded(match, scaled, second, False)
    return _bounded(match, first, first, False, short=match["second"] is not None)


def _second(match: re.Match[str], first: float) -> float | None:
    if not match["second"]:
        return None
    link = match["link"].strip().lower()
    if link == "and" and (match["between"] or "").strip().lower() != "between":
        return None
    second = value_of(match["second"])
    return second if second is not None and second > first else None


def _shared_scale(match: re.Match[str], first: float, second: float) -> float:
    """ "two to three million": the scale of the second number holds for the first too."""
    words = match["second"].lower().split()
    scale = counts().scale.get(words[-1], 1) if len(words) > 1 else 1
    return first * scale if first < 1000 <= second and scale > 1 and first * scale < second else first


def _bounded(match: re.Match[str], low: float, high: float, vague: bool, *, short: bool = False) -> _Number:
    c = counts()
    words = plain(match["modifier"] or "")
    effects: set[str] = set()
    if match["modifier"]:
        effects = {effect for phrase, effect in c.modifier.items() if re.search(rf"\b{re.escape(phrase)}\b", words)}
        effects = {_longest_effect(words)} | ({"about"} if "about" in effects and "estimated" in words else set())
    if match["after"] and not short:
        effects.add(c.after[plain(match["after"])])
    end = match.end("first") if short else match.end()
    start = (
        match.start()
        if low != high or vague or not match["between"]
        else match.start("sign" if match["sign"] else "first")
    )
    bounds: tuple[float | None, float | None] = (low, high)
    if "least" in effects:
        bounds = (low, None)
    elif "most" in effects:
        bounds = (None, high)
    return _Number(start, end, *bounds, vague or "about" in effects, match["sign"] is not None)


def _longest_effect(words: str) -> str:
    """The effect of the longest modifier within the words: "no more than" is not "more than"."""
    table = counts().modifier
    return (
        table[max((p for p in table if re.search(rf"(?:^|\s){re.escape(p)}(?:\s|$)", words)), key=len, default="exact")]
        if words
        else "exact"
    )


# -- what is counted

_NEXT = re.compile(r"(?:[^\S\n]|\n(?!\n)){1,3}(?:of\s|of the\s)?")
_WORD = re.compile(r"[A-Za-z][\w’'-]*")
_CLAUSE_END = re.compile(r"[.;:!?](?:\s|$)|\n")

REACH = 60
"""Code points on either side within which a word tells what befell those who are counted."""


def _mention(text: str, number: _Number, before: int, after: int) -> QuantityMention | None:
    noun, noun_key = _noun(text, number.end)
    money = number.money or noun_key == "money"
    row = counts().noun.get(noun_key or "", {})
    kind = "money" if money else _kind(text, number, row, before, after)
    if not row and not money and (_labelled(text, number) or _aside(text, number)):
        return None
    if not row and number.low == number.high == 1 and re.match(r"\sof\b", text[number.end : number.end + 4]):
        return None  # "one of its leaders"
    if re.match(r"\s?(?:%|per\s?cent|percent|percentage|degrees|points?\b)", text[number.end : number.end + 12]):
        return None
    if kind is None and noun is None:
        return None
    return QuantityMention(
        text[number.start : number.end],
        number.start,
        number.end,
        number.low,
        number.high,
        number.approximate,
        kind,
        noun,
    )


def _noun(text: str, end: int) -> tuple[str | None, str | None]:
    """The noun that is counted, as written and as its lexicon key; `money` is the key of a currency word."""
    c = counts()
    lead = _NEXT.match(text, end)
    if not lead:
        return None, None
    at = lead.end()
    first: str | None = None
    for _ in range(5):
        word = _WORD.match(text, at)
        if not word:
            break
        key = word.group().lower()
        two = re.compile(r"[A-Za-z]+\s[A-Za-z]+").match(text, at)
        if two and two.group().lower() in c.noun:
            return two.group(), two.group().lower()
        if key in c.currency:
            return word.group(), "money"
        if key in c.noun:
            return word.group(), key
        if key in c.cue or key in c.stop:
            break
        if first is None and key.endswith("s") and not key.endswith("ss"):
            first = word.group()
        gap = re.compile(r"[^\S\n]").match(text, word.end())
        if not gap:
            break
        at = gap.end()
    return first, first.lower() if first else None


def _kind(text: str, number: _Number, row: dict[str, object], before: int, after: int) -> str | None:
    """What befell them: by a verb right before, else the first word behind, else the nearest before, else the noun."""
    person = bool(row.get("person"))
    own = row.get("kind")
    if own is not None and not person:
        return str(own)
    left_low = max(before, number.start - REACH)
    left = _last_clause(text[left_low : number.start])
    near = _last_cue(left)
    counted = person or (not row and not _thing(text, number.end))
    if near and counted and _ADJACENT.fullmatch(left[near[1] :]):
        return near[0]
    right = text[number.end : min(after, number.end + REACH)]
    if _INCLUDING.search(right):  # "12 people, including three children, were killed"
        right = text[number.end : number.end + 2 * REACH]
    stop = _CLAUSE_END.search(right)
    cue = _first_cue(right[: stop.start()] if stop else right, person)
    if cue and counted:
        return cue
    if near and counted and len(left) - near[1] <= 40 and own is None:
        return near[0]
    return str(own) if own is not None else None


_ADJACENT = re.compile(r"\s*(?:(?:the|his|her|its|their|of|a|an|some|all|up|to|them|him)\s){0,3}", re.IGNORECASE)
_INCLUDING = re.compile(r"\b(?:including|among them|most of them|mostly)\s(?:at least\s)?$", re.IGNORECASE)


def _reckoned(text: str, number: _Number) -> bool:
    """Whether reckonings are counted ("by one estimate"), and so nobody."""
    follows = _WORD.match(text, number.end + 1)
    return follows is not None and follows.group().lower() in counts().reckoning


def _thing(text: str, end: int) -> bool:
    """Whether the noun that follows is a thing: only people are killed, detained or freed."""
    noun, _ = _noun(text, end)
    return noun is not None


def _last_clause(before: str) -> str:
    stops = list(_CLAUSE_END.finditer(before))
    return before[stops[-1].end() :] if stops else before


@cache
def _cues() -> re.Pattern[str]:
    return re.compile(rf"\b{alternatives(counts().cue)}\b", re.IGNORECASE)


def _last_cue(before: str) -> tuple[str, int] | None:
    found = list(_cues().finditer(before))
    return (str(counts().cue[plain(found[-1].group())]["kind"]), found[-1].end()) if found else None


def _first_cue(after: str, person: bool) -> str | None:
    for match in _cues().finditer(after):
        row = counts().cue[plain(match.group())]
        if person or not row.get("person") or match.start() < 14:
            return str(row["kind"])
    return None


def _aside(text: str, number: _Number) -> bool:
    """Whether the number is an age ("Ivan Petrov, 29, fled") or a manner ("cut in two")."""
    before, after = text[max(0, number.start - 16) : number.start], text[number.end : number.end + 1]
    age = (
        re.search(r"[A-Z][\w’'-]+,\s$", before) is not None
        and after in (",", ".", ")", ";")
        and number.high is not None
        and number.high < 110
    )
    return age or re.search(r"\b(?:cut|split|divided|break|broken)\s(?:\w+\s)?in(?:to)?\s$", before) is not None


def _labelled(text: str, number: _Number) -> bool:
    """Whether the number names a thing ("Resolution 1701", "Radio 4", "aged 12")."""
    before = text[max(0, number.start - 24) : number.start]
    word = re.search(r"([A-Za-z-]+)\.?\s$", before)
    if not word:
        return False
    return word[1].lower() in counts().label or (
        word[1][0].isupper() and not re.search(r"(?:^|[.!?]\s)[A-Za-z-]+\s$", before) and text[number.start].isdigit()
    )
