"""Which sentences can hold an event at all: decided from raw text, before any parsing.

The text is cut into paragraphs and sentences, what is no report (captions, credits, footers) is passed over, and a
sentence is kept where it has a frame word. A frame word alone is enough: its doer may be a pronoun.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from importlib import resources

from dragoman.documents import skip_spans
from dragoman.lexicon import lexicon
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
        words = frame_words()
        for sentence in reading.sentences:
            found = next((w for w in WORD.findall(sentence.text) if w.lower() in words), None)
            sentence.kept = found is not None
            sentence.why = f"frame word {found!r}" if found else "no frame word"


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


@lru_cache(maxsize=1)
def frame_words() -> frozenset[str]:
    """Every form of every word that can open an act, in lower case."""
    rows = lexicon()
    words = {*rows.verbs, *rows.nouns, *rows.adjectives, *rows.operators}
    return frozenset(form for word in words for form in forms(word))
