"""Quotations: where quoted words begin and end, over sentences and paragraphs.

Marks are paired within a paragraph. A quotation that a paragraph leaves open and the next one opens again goes on. An
apostrophe is no mark: single quotes count only as pairs of typewriter commas ('').
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

MARK: Final = re.compile(r"''|``|[\"“”„«»]")
OPENERS: Final = frozenset("“„«")
CLOSERS: Final = frozenset("”»")
BEFORE_OPENING: Final = frozenset(" \t\n\r\xa0([{—–-―:/‘'…")
STOP: Final = re.compile(r"[.!?]\s")
WORD: Final = re.compile(r"\w[\w'’-]*")


@dataclass(frozen=True, slots=True)
class Quote:
    """One quoted stretch within a paragraph, marks included."""

    start: int
    end: int
    paragraph: int
    open: bool
    """Whether the paragraph ends before the closing mark."""
    full: bool
    """Whether it stands as a sentence of its own, rather than as a word or phrase of the reporter's sentence."""


def quotes(text: str, paragraphs: Sequence[tuple[int, int]]) -> list[Quote]:
    """All quotations of a text, in order; offsets are code points. Linear in the text."""
    found: list[Quote] = []
    for number, (start, end) in enumerate(paragraphs):
        found.extend(_paired(text, start, end, number))
    return found


def _paired(text: str, start: int, end: int, number: int) -> Iterator[Quote]:
    opened: int | None = None
    inner = start
    last: Quote | None = None
    for match in MARK.finditer(text, start, end):
        mark = match.group()
        if opened is None:
            if mark in CLOSERS or (mark not in OPENERS and not _opens(text, match.start(), match.end(), start, end)):
                continue
            opened, inner = match.start(), match.end()
        elif mark in CLOSERS or (mark not in OPENERS and _closes(text, match.start(), match.end(), end)):
            full = _is_full(text, start, opened, inner, match.start()) or _resumes(text, last, opened, match.start())
            last = Quote(opened, match.end(), number, False, full)
            yield last
            opened = None
    if opened is not None:
        stop = end
        while stop > inner and text[stop - 1].isspace():
            stop -= 1
        if stop > inner:
            yield Quote(opened, stop, number, True, _is_full(text, start, opened, inner, stop))


def _resumes(text: str, last: Quote | None, opened: int, close: int) -> bool:
    """Whether a quotation goes on with one that its cue broke off: "We came," he said, "but they had left." """
    if last is None or not last.full or text[close - 1] not in ".,!?":
        return False
    between = text[last.end : opened].strip()
    return between.endswith(",") and not STOP.search(between) and len(between) < 160


def _opens(text: str, at: int, after: int, start: int, end: int) -> bool:
    return (at == start or text[at - 1] in BEFORE_OPENING) and after < end and not text[after].isspace()


def _closes(text: str, at: int, after: int, end: int) -> bool:
    return not text[at - 1].isspace() or after >= end or text[after].isspace()


def _is_full(text: str, start: int, opened: int, inner: int, close: int) -> bool:
    words = WORD.findall(text, inner, close)
    if not words:
        return False
    before = text[start:opened].rstrip()
    last = text[close - 1 : close]
    lead = text[inner : inner + 3].lstrip("[(‘'… .")[:1]
    at_start = not before or before[-1] in '.!?:…"”'
    capital = lead.isupper() or lead.isdigit()
    if last in ".,!?…—-–" and (at_start or (capital and before[-1] in ",:—–-―") or (capital and len(words) > 3)):
        return True
    if at_start and text[close + 1 : close + 2] in ",.":
        return True
    return before[-1:] in (",", ":") and capital and len(words) > 2
