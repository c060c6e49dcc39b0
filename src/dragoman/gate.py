"""Which sentences can hold an event at all: decided from raw text, before any parsing.

The text is cut into paragraphs and sentences, what is no report (captions, credits, footers) is passed over, and a
sentence is kept where it has a frame word and either all other words that one of its frames asks for ("sign" an accord) or a
known name, to which a later sentence may point back. Its doer need not be named: it may be a pronoun.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from dragoman.documents import skip_spans
from dragoman.lexicon import Frame, Lexicon, lexicon
from dragoman.mentions.knowledge import knowledge
from dragoman.reading import Reading, Sentence
from dragoman.vocabulary import forms

END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’»)\]]*+(?=\s)|\n+")
"""Where a sentence may end. Linear: a run of marks is tried once, from its beginning, and given back never."""

STARTS = re.compile(r"[\"'“‘«(\[—–-]*\s*[A-Z0-9À-ÖØ-Þ]")
WORD = re.compile(r"[A-Za-zÀ-ÿ]+(?:['’][a-z]+)?")

LONGEST = 1200
"""Code points of the longest sentence that is parsed whole; longer ones are cut at a semicolon, comma or space."""


def gate(readings: Sequence[Reading]) -> None:
    """Gives each reading its sentences and the known names in its text; marks which sentences are worth parsing."""
    for reading in readings:
        known = knowledge(reading.actor_folders)
        document = reading.document
        reading.skipped = skip_spans(document.text)
        reading.sentences = list(_sentences(reading))
        reading.hits = {"title": known.find(document.title or ""), "text": known.find(document.text)}
        spans = {where: [h.start for h in hits] for where, hits in reading.hits.items()}
        for sentence in reading.sentences:
            starts = spans[sentence.where]
            named = bisect_left(starts, sentence.start) < bisect_left(starts, sentence.end)
            sentence.why, sentence.kept = _judged(sentence.text, named)


def _judged(text: str, named: bool) -> tuple[str, bool]:
    """Why a sentence is kept or dropped, and whether it is kept; `named` says that it has a known name."""
    words = {word.lower() for word in WORD.findall(text)}
    words |= {word[:-2] for word in words if word[-2:] in {"'s", "’s"}}
    rows = openers()
    if not words.isdisjoint(rows.alone):
        return "frame word", True
    found = words & rows.with_others.keys()
    if any(not any(words.isdisjoint(need) for need in needs) for word in found for needs in rows.with_others[word]):
        return "frame words", True
    if found and named:
        return "frame word and known name", True
    return ("frame word without the words it needs" if found else "no frame word"), False


def _sentences(reading: Reading) -> Iterator[Sentence]:
    index = 0
    title = reading.document.title
    if title and title.strip():
        shown = title[:LONGEST]  # what is longer is no headline
        yield Sentence(index, "title", 0, len(shown), shown, -1)
        index += 1
    for paragraph, (start, end) in enumerate(paragraphs(reading.document.text)):
        for first, last in split(reading.document.text, start, end):
            for a, b in _without(first, last, reading.skipped, reading.document.text):
                yield Sentence(index, "text", a, b, reading.document.text[a:b], paragraph)
                index += 1


def _without(start: int, end: int, skipped: Sequence[tuple[int, int]], text: str) -> Iterator[tuple[int, int]]:
    """What is left of a sentence outside the skipped spans."""
    for a, b in skipped:
        if b <= start or a >= end:
            continue
        if a > start:
            yield from _trimmed(start, a, text)
        start = max(start, b)
        if start >= end:
            return
    yield from _trimmed(start, end, text)


def _trimmed(start: int, end: int, text: str) -> Iterator[tuple[int, int]]:
    while start < end and (text[start].isspace() or text[start] in "—–"):
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the paragraphs: split at blank lines, or at every line where the text has none."""
    pattern = r"\n[ \t]*\n\s*" if re.search(r"\n[ \t]*\n", text) else r"\n+"
    at = 0
    for match in re.finditer(pattern, text):
        if match.start() > at:
            yield at, match.start()
        at = match.end()
    if at < len(text):
        yield at, len(text)


def split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Spans of the sentences of a paragraph."""
    short = abbreviations()
    at = start
    for match in END.finditer(text, start, end):
        stop = match.end()
        if match.group().startswith("\n"):
            # a single line break inside a paragraph is white space
            continue
        if not STARTS.match(text, _skip_space(text, stop, end)):
            continue
        if match.group()[0] == ".":
            before = re.search(r"[\w.&]+$", text[max(start, match.start() - 24) : match.start()])
            word = before.group() if before else ""
            if (
                word in short
                or (len(word) == 1 and word.isupper() and word != "I")
                or re.fullmatch(r"(?:[A-Za-z]\.)+[A-Za-z]", word)
            ):
                continue
        yield from _cut(text, at, stop)
        at = _skip_space(text, stop, end)
    if at < end:
        yield from _cut(text, at, end)


def _skip_space(text: str, at: int, end: int) -> int:
    while at < end and text[at].isspace():
        at += 1
    return at


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    while end - start > LONGEST:
        window = text[start : start + LONGEST]
        at = max(window.rfind("; "), window.rfind(", "), window.rfind(" "))
        at = at + 1 if at > LONGEST // 2 else LONGEST
        yield start, start + at
        start += at
    if end > start:
        yield start, end


@lru_cache(maxsize=1)
def abbreviations() -> frozenset[str]:
    """Words whose full stop ends no sentence."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "abbreviations.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


Needs = tuple[frozenset[str], ...]
"""Sets of forms, of each of which one must stand in the sentence."""

NEUTER = frozenset({"it", "this", "that", "these", "them", "they", "which"})
"""What may stand for a thing told before, and so for any word of a class."""


@dataclass(frozen=True, slots=True)
class Openers:
    """The forms of words, in lower case, that can open an act."""

    alone: frozenset[str]
    """With nothing more than parties."""
    with_others: dict[str, tuple[Needs, ...]]
    """Only with other words in the sentence: for each form what its frames need, a frame a time."""


@lru_cache(maxsize=1)
def openers() -> Openers:
    """The forms by which the lexicon's frames and its operators that are acts themselves can be opened."""
    rows = lexicon()
    found: dict[str, list[Needs]] = {}
    every = lru_cache(maxsize=None)(_all_forms)
    asked = lru_cache(maxsize=None)(lambda fillers: _asked(fillers, rows))
    for table in (rows.verbs, rows.nouns):
        for lemma, options in table.items():
            for others, frame in options:
                needs = (*(every(word) for word in others), *_needs(frame, asked))
                for form in every(lemma):
                    found.setdefault(form, []).append(needs)
    for lemma, frames in rows.adjectives.items():
        found.setdefault(lemma, []).extend(tuple(_needs(frame, asked)) for frame in frames)
    for operator in rows.operators.values():
        for form in every(operator.lemma):
            found.setdefault(form, []).append(() if operator.kind == "fold" else (frozenset(),))
    alone = frozenset(form for form, needs in found.items() if () in needs)
    return Openers(alone, {form: tuple(needs) for form, needs in found.items() if form not in alone})


def _all_forms(word: str) -> frozenset[str]:
    return frozenset(forms(word))


def _needs(frame: Frame, asked: Callable[[tuple[str, ...]], frozenset[str] | None]) -> Iterable[frozenset[str]]:
    """The sets of forms of which a frame's conditions ask one each."""
    for place, fillers in frame.when:
        if place not in {"passive", "clause", "particle"} and (need := asked(fillers)) is not None:
            yield need


def _asked(fillers: tuple[str, ...], rows: Lexicon) -> frozenset[str] | None:
    """The forms that fill a condition; None where it may be filled by nothing, by anything or by a party, place or number."""
    found: set[str] = set()
    for filler in fillers:
        if filler in {"*", "!"} or (filler.startswith("@") and filler[1:] not in rows.classes):
            return None
        words = rows.classes[filler[1:]] if filler.startswith("@") else (filler,)
        found.update(NEUTER if filler.startswith("@") else ())
        found.update(form for word in words for form in _all_forms(word))
    return frozenset(found)
