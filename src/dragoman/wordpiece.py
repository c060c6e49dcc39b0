"""The word pieces of BERT's uncased vocabulary, with offsets.

A page of code in place of a library that would bring forty megabytes of client software into every installation. The
algorithm is Google's WordPiece: lower case, no accents, punctuation alone, then the longest piece that fits, again and
again. `tests/test_wordpiece.py` holds known splits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

RUN = re.compile(r"\S+")

REMEMBERED = 50_000
"""Runs whose pieces are kept, some ten megabytes."""

LONGEST = 100
"""Code points of the longest word that is split; a longer one is unknown, as in the original."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Ids of the pieces and where each stands (code points, half-open)."""

    ids: list[int]
    offsets: list[tuple[int, int]]


class WordPiece:
    """Splits text by a vocabulary of pieces; pieces inside a word begin with `##`."""

    def __init__(self, vocabulary: Mapping[str, int]) -> None:
        self.vocabulary = dict(vocabulary)
        self.unknown = self.vocabulary["[UNK]"]
        self._known: dict[str, list[tuple[int, int, int]]] = {}

    @classmethod
    def from_text(cls, text: str) -> WordPiece:
        """From the text of a `vocab.txt`: a piece a line, its number the id."""
        return cls({piece: number for number, piece in enumerate(text.rstrip("\n").split("\n"))})

    def encode(self, text: str) -> Pieces:
        """The pieces of a text."""
        ids: list[int] = []
        offsets: list[tuple[int, int]] = []
        for run in RUN.finditer(text):
            for number, start, end in self._pieces(run.group()):
                ids.append(number)
                offsets.append((run.start() + start, run.start() + end))
        return Pieces(ids, offsets)

    def _pieces(self, run: str) -> list[tuple[int, int, int]]:
        """(id, start, end) of the pieces of a run without white space."""
        known = self._known.get(run)
        if known is not None:
            return known
        found = []
        for word, at in _words(run):
            start = at
            for number, length in self._split(word):
                found.append((number, start, min(len(run), start + length)))
                start += length
        if len(self._known) < REMEMBERED:
            self._known[run] = found
        return found

    def _split(self, word: str) -> list[tuple[int, int]]:
        """(id, length) of the pieces of one plain word; the whole word is unknown where a rest fits nothing."""
        found: list[tuple[int, int]] = []
        start = 0
        while start < len(word) <= LONGEST:
            end = len(word)
            while end > start and (word[start:end] if not start else f"##{word[start:end]}") not in self.vocabulary:
                end -= 1
            if end == start:
                return [(self.unknown, len(word))]
            found.append((self.vocabulary[word[start:end] if not start else f"##{word[start:end]}"], end - start))
            start = end
        return found or [(self.unknown, len(word))]


def _words(run: str) -> list[tuple[str, int]]:
    """The plain words of a run and where each begins; punctuation and ideographs stand alone."""
    parts: list[tuple[str, int]] = []
    open_word = False
    for at, char in enumerate(run):
        kind = unicodedata.category(char) if ord(char) > 127 else ""
        if kind in {"Cc", "Cf", "Co", "Mn"} or char in "\x00\ufffd":
            continue
        alone = kind.startswith("P") or (not kind and not char.isalnum()) or _is_ideograph(char)
        plain = char.lower() if not kind else _plain(char)
        if open_word and not alone:
            parts[-1] = (parts[-1][0] + plain, parts[-1][1])
        elif plain:
            parts.append((plain, at))
        open_word = not alone
    return parts


def _plain(char: str) -> str:
    """The letter in lower case without its accents."""
    return "".join(c for c in unicodedata.normalize("NFD", char.lower()) if unicodedata.category(c) != "Mn")


def _is_ideograph(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\uf900" <= char <= "\ufaff"
