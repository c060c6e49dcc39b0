"""What linking needs to know of an event beyond its record: the telling words of its sentence, and its deadline.

Everything here is a function of one stored document and one of its events, never of other documents, so that linking
gives the same result in whatever order reports come in.
"""

from __future__ import annotations

import csv
import datetime
import json
import re
import tomllib
import unicodedata
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from typing import Any

from dragoman.mentions.times import TimeMention, find_times, resolve
from dragoman.records import Claim, Document, Event, Participant, to_dict

MATERIAL_CONFLICT = 4
"""The quad of deeds that are denied."""

OPENERS = frozenset({"AGREE", "CONCEDE", "REQUEST", "THREATEN"})
"""Types that open a commitment, given a prospect."""

SHINGLE = 5
"""Words a shingle: long enough that two reporters don't share one by chance."""

SKETCH = 64
"""Shingles kept of a document, those of the lowest hash: shares of up to a sixteenth are told apart."""

NAMES = 10
WORDS = 24
"""Telling names and words kept of a sentence; more are of long lists, which tell little."""


@dataclass(frozen=True, slots=True)
class Trait:
    """Words and deadline of one event."""

    event_id: str
    document_id: str
    names: tuple[str, ...]
    """Names in the sentence other than those of well-known parties, folded, sorted."""
    words: tuple[str, ...]
    """Stems of the content words of the sentence, sorted."""
    cues: tuple[str, ...]
    """Of `withdrawn`, `failed`, `prolonged`: what words before the trigger say has become of it; `fulfilled`; `edge` of a day."""
    due: str | None
    """The last day (ISO) to keep what is promised, asked or threatened."""
    due_text: str | None
    denied: tuple[str, ...] = ()
    """Who denies it in the same report without telling the deed again, as JSON of `Participant`."""


@dataclass(frozen=True, slots=True)
class LinkingWords:
    """The rows of `data/linking.toml`."""

    stop_words: frozenset[str]
    no_names: frozenset[str]
    families: dict[str, str]
    mode_groups: dict[str, tuple[frozenset[str], ...]]
    cues: dict[str, tuple[int, re.Pattern[str]]]
    taking_back: frozenset[str]
    prolonging: frozenset[str]
    daily: frozenset[str]
    denying: frozenset[str]
    units: dict[str, float]
    numbers: dict[str, int]


@lru_cache(maxsize=1)
def linking_words() -> LinkingWords:
    """The words, read once."""
    path = resources.files("dragoman") / "data" / "linking.toml"
    rows: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return LinkingWords(
        frozenset(rows["stop_words"]),
        frozenset(rows["no_names"]),
        rows["families"],
        {name: tuple(frozenset(g) for g in groups) for name, groups in rows["mode_groups"].items()},
        {name: (int(cue["reach"]), _any_of(cue["words"])) for name, cue in rows["cues"].items()},
        frozenset(rows["taking_back"]["words"]),
        frozenset(rows["prolonging"]["words"]),
        frozenset(rows["daily"]["types"]),
        frozenset(rows["denying"]["words"]),
        rows["units"],
        rows["numbers"],
    )


@lru_cache(maxsize=1)
def countries() -> frozenset[str]:
    """Stems of the names of countries, and so of most of their peoples: too widely shared to tell a happening."""
    plain = {
        "republic",
        "islands",
        "island",
        "saint",
        "united",
        "democratic",
        "people's",
        "states",
        "state",
        "federation",
    }
    table = resources.files("dragoman") / "data" / "places" / "countries.csv"
    with table.open(encoding="utf-8") as rows:
        named = [w for row in csv.DictReader(rows) for w in tokens(row["name"]) if len(w) > 3 and w not in plain]
    return frozenset(stem(w) for w in named)


def _any_of(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + r")\b")


def fold(text: str) -> str:
    """Lower case without accents."""
    if text.isascii():
        return text.lower()
    plain = unicodedata.normalize("NFKD", text)
    return "".join(c for c in plain if not unicodedata.combining(c)).lower()


_POSSESSIVE = re.compile(r"[’']s?$")
_TOKEN = re.compile(r"[^\W\d_][\w’'-]*", re.UNICODE)


def tokens(text: str) -> list[str]:
    """The words of a text, folded, possessive endings off."""
    return [_POSSESSIVE.sub("", t) if t[-1] in "s'’" else t for t in _TOKEN.findall(fold(text))]


def stem(word: str) -> str:
    """What is left of a word when its endings are off, roughly: five letters."""
    return word[:5]


def traits(document: Document, events: Sequence[Event], claims: Sequence[Claim] = ()) -> list[Trait]:
    """The traits of the events of one document."""
    known = _known(events)
    times = find_times(document.text, document.published) if any(e.type in OPENERS for e in events) else []
    denied = _denied(document, events, claims)
    return [replace(_trait(document, e, known, times), denied=tuple(denied.get(e.id, ()))) for e in events]


REACH = 600
"""Code points within which a denial follows what it denies in the same report: about a paragraph."""


def _denied(document: Document, events: Sequence[Event], claims: Sequence[Claim]) -> dict[str, list[str]]:
    """Bare denials ("the police denied that their men had fired") by the event that they deny.

    A denial that tells the deed again is an event of its own, negated, and is left to linking.
    """
    found: dict[str, list[str]] = {}
    retold = [m.trigger[0] for e in events if e.status == "negated" for m in e.mentions if m.where == "text"]
    for claim in claims:
        cue = {t for start, end in claim.cue for t in tokens(document.text[start:end])}
        if claim.speaker is None or not claim.cue or not cue & linking_words().denying:
            continue
        if any(start <= at < end for at in retold for start, end in claim.content):
            continue
        speaker, at = claim.speaker, claim.cue[0][0]
        told = [e for e in events if e.status == "actual" and 0 <= at - _place_in(e) <= REACH and _accused(e, speaker)]
        told = [e for e in told if e.actors or e.type == "ACCUSE" or _same_words(document, e, claim)]
        if told:
            found.setdefault(max(told, key=_place_in).id, []).append(json.dumps(to_dict(speaker), ensure_ascii=False))
    return found


def _same_words(document: Document, event: Event, claim: Claim) -> bool:
    """Whether a denial uses a telling word of the sentence that it denies."""
    rows = linking_words()
    denied = {
        stem(t)
        for start, end in claim.content
        for t in tokens(document.text[start:end])
        if len(t) > 3 and t not in rows.stop_words
    }
    told = {stem(t) for m in event.mentions if m.where == "text" for t in tokens(document.text[slice(*m.sentence)])}
    return bool(denied & told)


def _place_in(event: Event) -> int:
    """Where the body tells an event last; far off where only the headline does."""
    return max((m.trigger[0] for m in event.mentions if m.where == "text"), default=1 << 40)


def _accused(event: Event, speaker: Participant) -> bool:
    """Whether a deed of conflict may be the speaker's own: he did it, or nobody is named and he didn't suffer it."""
    if event.quad != MATERIAL_CONFLICT and event.type != "ACCUSE":
        return False
    blamed = event.recipients if event.type == "ACCUSE" else event.actors
    if blamed:
        return any(_one(p, speaker) for p in blamed)
    return event.type != "ACCUSE" and not any(_one(p, speaker) for p in event.recipients)


def _one(p: Participant, q: Participant) -> bool:
    """Whether two participants may be one, by entity, words, or country and sector."""
    if p.entity is not None and p.entity == q.entity:
        return True
    if {stem(t) for t in tokens(p.text) if len(t) > 3} & {stem(t) for t in tokens(q.text) if len(t) > 3}:
        return True
    return p.country is not None and p.country == q.country and bool({*p.sectors} & {*q.sectors})


def _known(events: Sequence[Event]) -> frozenset[str]:
    """First letters of the words of the document's well-known parties, whose names tell no happening from another."""
    parts: list[Participant] = [p for e in events for p in (*e.actors, *e.recipients)]
    parts += [a.speaker for e in events for a in e.attribution]
    shared = [p for p in parts if p.entity is not None and not p.entity.startswith("person/")]
    return frozenset(t[:4] for p in shared for t in tokens(f"{p.text} {p.name or ''}") if len(t) > 2)


def _trait(document: Document, event: Event, known: frozenset[str], times: Sequence[TimeMention]) -> Trait:
    rows = linking_words()
    names: set[str] = set()
    words: set[str] = set()
    cues: set[str] = set()
    for mention in event.mentions:
        passage = document.passage(mention.where)
        sentence = passage[slice(*mention.sentence)]
        if mention.where == "text" or len(event.mentions) == 1:
            names |= _names(sentence, known, rows)
            words |= {stem(w) for w in tokens(sentence) if len(w) > 3 and w not in rows.stop_words}
        for name, (reach, pattern) in rows.cues.items():
            first = max(mention.sentence[0], mention.trigger[0] - reach) if reach else mention.sentence[0]
            if pattern.search(fold(passage[first : mention.trigger[0] if reach else mention.sentence[1]])):
                cues.add(name)
    words -= {stem(n) for n in names}
    due, due_text = deadline(document, event, times)
    return Trait(
        event.id, event.document_id, tuple(sorted(names)[:NAMES]), tuple(sorted(words)[:WORDS]), tuple(sorted(cues)), due, due_text
    )  # fmt: skip


def _names(sentence: str, known: frozenset[str], rows: LinkingWords) -> set[str]:
    found = set()
    for match in _TOKEN.finditer(sentence):
        word = match.group()
        if not word[0].isupper() or match.start() == 0 or len(word) < 3:
            continue
        name = tokens(word)[0]
        common = name in rows.no_names or name in rows.stop_words or stem(name) in countries()
        if not common and name[:4] not in known:
            found.add(name)
    return found


# --- deadlines ---------------------------------------------------------------------------------------------------


def deadline(document: Document, event: Event, times: Sequence[TimeMention]) -> tuple[str | None, str | None]:
    """The last day to keep a commitment and the words that tell it; nulls where none is told.

    "By" and "until" a day are that day, "before" it the day before, a truce of a length ends that long after it begins,
    and a day or week named for the deed is its last day.
    """
    if event.type not in OPENERS or event.published is None:
        return None, None
    mention = next((m for m in event.mentions if m.where == "text"), None)
    if mention is None:
        return None, None
    made = min(event.date.end or event.published, event.published)
    inside = [t for t in times if mention.trigger[1] <= t.start and t.end <= mention.sentence[1] and not t.nested]
    found = [c for t in inside if (c := _candidate(document, event, t, made, inside)) is not None]
    if not found:
        return None, None
    _, due, text = min(found, key=lambda c: c[0])
    return due, text


RANKS = {"until": 0, "by": 0, "before": 0, "within": 1, "length": 2, "day": 3}
"""What tells a deadline best, of several expressions in one sentence."""


def _candidate(
    document: Document, event: Event, time: TimeMention, made: str, inside: Sequence[TimeMention]
) -> tuple[int, str, str] | None:
    before = fold(document.text[max(0, time.start - 12) : time.start])
    if time.kind == "duration":
        return _length(document, event, time, made, before, inside)
    if time.relation in ("since", "after") or time.kind == "set":
        return None
    start, end = time.value_start, time.value_end
    if end is None or end < made:
        start, end = resolve(time, published=document.published, tense="future")
    if end is None or end < made or (time.start == event.date.start_char and end <= (document.published or end)):
        return None
    if (time.relation == "before" or re.search(r"\bbefore (?:the )?$", before)) and start is not None:
        return RANKS["before"], _shift(start, -1), time.text
    if time.relation in ("until", "by") or re.search(r"\b(?:by|until|till)(?: the)? $", before):
        return RANKS["by"], end, time.text
    if end == made and start == made:
        return None
    if time.relation == "from" and start is not None:
        return RANKS["day"], start, time.text
    return RANKS["day"], end, time.text


def _length(
    document: Document, event: Event, time: TimeMention, made: str, before: str, inside: Sequence[TimeMention]
) -> tuple[int, str, str] | None:
    days = days_in(time.text)
    if days is None:
        return None
    after = fold(document.text[time.end : time.end + 12])
    if re.match(r"\s*(?:ago|earlier|later|before|old\b|of war|of fighting)", after):
        return None
    truce = event.prospect is not None and event.prospect.mode == "ceasefire"
    within = bool(re.search(r"\b(?:within|in|another|gave \w+|for)(?: the)?(?: next)? $", before))
    if not truce and not within:
        return None
    begins = next(
        (t.value_start for t in inside if t.relation == "from" and t.value_start and t.value_start >= made), made
    )
    return RANKS["within" if within and not truce else "length"], _shift(begins, max(1, round(days))), time.text


def days_in(text: str) -> float | None:
    """The days of a length of time ("72-hour", "two months", "a fortnight"); None where it tells no number."""
    rows = linking_words()
    count: float | None = None
    for word in re.findall(r"[\w.]+", fold(text)):
        unit = next((u for u in rows.units if word in (u, u + "s")), None)
        if unit is not None:
            return (count if count is not None else 1) * rows.units[unit]
        if word.replace(".", "", 1).isdigit():
            count = float(word)
        elif word in rows.numbers:
            count = rows.numbers[word]
        elif word not in ("the", "next", "of", "more", "about", "some", "another"):
            count = None
    return None


def _shift(day: str, by: int) -> str:
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=by)).isoformat()


# --- near-copies -------------------------------------------------------------------------------------------------


def sketch(text: str) -> list[int]:
    """The lowest hashes of a text's shingles, by which near-copies of one agency text are known."""
    words = tokens(text)
    shingles = {zlib.crc32(" ".join(words[i : i + SHINGLE]).encode()) for i in range(max(1, len(words) - SHINGLE + 1))}
    return sorted(shingles)[:SKETCH]


def overlap(one: Sequence[int], other: Sequence[int]) -> float:
    """The share of shingles that two texts have in common, estimated from their sketches; 0 to 1."""
    if not one or not other:
        return 0.0
    union = sorted({*one, *other})[: min(SKETCH, max(len(one), len(other)))]
    both = {*one} & {*other}
    return sum(h in both for h in union) / len(union)
