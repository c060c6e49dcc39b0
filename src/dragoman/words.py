"""What is known of a word out of context: its pieces, its row in the network's table, its part of speech and lemma.

spaCy's tokenizer, attribute ruler and lemmatizer answer; each answer depends on the word, its tag and its label alone, so
that it is asked for once and remembered. Memory is bounded: past `REMEMBERED` words everything is forgotten, and what a
text gives never depends on what was read before.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from spacy.attrs import IDS
from spacy.strings import get_string_id
from spacy.tokens import Doc

from dragoman.layers import Floats, Network, UnreadableError

REMEMBERED = 60_000
"""Runs of text without white space, and words with their tag and label, that are remembered; some 60 megabytes."""

RUNS = re.compile(r"\s+|\S+")

PLAIN = re.compile(r"([\"“‘(]?)([A-Za-z]{2,})((?:[,;:?!)\"”]|['’]s|(?<=[a-z]{2})\.)?)")
"""A word with one mark on either side at most, each a token; a full stop behind capitals may belong to them."""

ATTRIBUTES = frozenset({"LOWER", "TAG", "DEP", "IS_SPACE"})
"""What the rules for parts of speech may look at, for answers to be kept by word, tag and label."""


@dataclass(frozen=True, slots=True)
class Run:
    """The tokens of a run of text without white space."""

    texts: tuple[str, ...]
    starts: tuple[int, ...]
    """Offsets in the run, code points."""
    rows: tuple[int, ...]
    """Rows in the table, where the text goes on behind a space."""
    last: int
    """The last token's row where nothing follows."""


@dataclass(slots=True)
class Cut:
    """A text cut into tokens."""

    texts: list[str]
    starts: list[int]
    rows: list[int]
    spaces: frozenset[int]
    """Indices of tokens of white space."""


ANY_OTHER = "dep"
"""Stands for every label that no rule for parts of speech asks for."""

Sense = tuple[str, str]
"""Part of speech and lemma."""

Named = tuple[str, str, str]
"""A token's text, tag and label."""


class Words:
    """The memory of words of one pipeline."""

    def __init__(self, pipeline: Any, network: Network) -> None:
        self._pipeline, self._network = pipeline, network
        self._ruler = pipeline.get_pipe("attribute_ruler")
        self._lemmatizer = pipeline.get_pipe("lemmatizer")
        index = self._lemmatizer.lookups.get_table("lemma_index")
        for part in list(index):
            # lists as they come: looking a form up in one costs more than the rest of the lemmatizer
            index[part] = dict.fromkeys(index[part])
        self._special, self._openers = _Spelled(), _Spelled()
        self._opening_labels: set[str] = set()
        self._labels: set[str] = set()
        """Labels that some rule asks for, or rules out."""
        self._read_rules()
        if ANY_OTHER in self._labels:
            raise UnreadableError("rules for labels")
        getters = pipeline.vocab.lex_attr_getters
        flags = {"SPACY", "IS_SPACE"}
        self._getters = [None if name in flags else getters[IDS[name]] for name in network.columns]
        self._exceptions: dict[str, Any] = pipeline.tokenizer.rules
        self._forget()

    def _read_rules(self) -> None:
        """Which words and labels the rules treat one by one, and which may open a rule about two words."""
        for rule in self._ruler.patterns:
            for pattern in rule["patterns"]:
                if len(pattern) > 2 or any(set(token) - ATTRIBUTES for token in pattern):
                    raise UnreadableError("rules for parts of speech")
                for token in pattern:
                    self._special.add(token.get("LOWER"))
                    asked = token.get("DEP", {})
                    for labels in [[asked]] if isinstance(asked, str) else asked.values():
                        self._labels.update(labels)
                if len(pattern) == 2:
                    opener = pattern[0]
                    if "LOWER" in opener:
                        self._openers.add(opener["LOWER"])
                    else:
                        self._opening_labels.add(opener["DEP"])

    def _forget(self) -> None:
        self._lemmatizer.cache.clear()
        self._runs: dict[str, Run | None] = {}
        self._rows: dict[bytes, int] = {}
        self._new: list[NDArray[np.uint64]] = []
        self._table: Floats = np.zeros((0, self._network.width), dtype=np.float32)
        self._senses: dict[Named, tuple[Sense, bool]] = {}
        self._pairs: dict[tuple[Named, Named], tuple[Sense, Sense]] = {}
        self._rules: dict[tuple[str, str, str], Any] = {}
        self._features_known: dict[str, NDArray[np.uint64]] = {}

    def cut(self, texts: Sequence[str]) -> list[Cut]:
        """The tokens of each text."""
        if max(len(self._runs), len(self._rows), len(self._senses)) > REMEMBERED:
            self._forget()
        return [self._cut(text) for text in texts]

    def vectors(self, rows: NDArray[np.int64]) -> Floats:
        """The vectors before context of these rows."""
        if self._new:
            self._table = np.concatenate([self._table, self._network.embed(np.array(self._new))])
            self._new = []
        return self._table[rows]

    def _cut(self, text: str) -> Cut:
        texts: list[str] = []
        starts: list[int] = []
        rows: list[int] = []
        at = 0
        run = None
        known = self._runs
        for piece in text.split(" "):
            run = known[piece] if piece in known else self._run(piece)
            if run is None:
                return self._cut_with_spaces(text)
            texts += run.texts
            rows += run.rows
            starts += [at + start for start in run.starts] if at else run.starts
            at += len(piece) + 1
        if run is not None:
            rows[-1] = run.last
        return Cut(texts, starts, rows, frozenset())

    def _cut_with_spaces(self, text: str) -> Cut:
        """A text with line breaks, tabs or two spaces in a row: what isn't one space behind a word is a token, as in spaCy."""
        made = Cut([], [], [], frozenset())
        spaces: set[int] = set()
        for match in RUNS.finditer(text):
            piece, at = match.group(), match.start()
            run = self._runs[piece] if piece in self._runs else self._run(piece)
            if run is None:
                if at and piece[0] == " ":
                    piece, at = piece[1:], at + 1
                if not piece:
                    continue
                run = self._white(piece)
                spaces.add(len(made.texts))
            made.texts += run.texts
            made.starts += [at + start for start in run.starts]
            made.rows += run.rows
            if text[match.end() : match.end() + 1] != " ":
                made.rows[-1] = run.last
        made.spaces = frozenset(spaces)
        return made

    def _run(self, piece: str) -> Run | None:
        """The tokens of a run; None for an empty one, or one with white space in it."""
        made = self._plain_run(piece)
        if made is None and piece.split() == [piece]:
            doc = self._pipeline.tokenizer(piece)
            features = self._features(doc)
            rows = [self._row(f) for f in features[:-1]]
            last = self._row(features[-1])
            features[-1, self._network.columns.index("SPACY")] = 1
            rows.append(self._row(features[-1]))
            tokens = list(doc)
            made = Run(tuple(t.text for t in tokens), tuple(t.idx for t in tokens), tuple(rows), last)
        self._runs[piece] = made
        return made

    def _plain_run(self, piece: str) -> Run | None:
        """The tokens of a word of letters with at most one mark before and behind it, which need no tokenizer.

        Most of what is new in a text is of this kind. None where the tokenizer has a rule of its own for the word.
        """
        match = PLAIN.fullmatch(piece)
        if match is None or piece in self._exceptions:
            return None
        before, word, behind = match.groups()
        if word in self._exceptions or (behind and word + behind in self._exceptions):
            return None
        parts = [part for part in (before, word, behind) if part]
        features = [self._features_of(part) for part in parts]
        rows = [self._row(f) for f in features]
        spaced = features[-1].copy()
        spaced[self._network.columns.index("SPACY")] = 1
        starts = (0, len(before), len(before) + len(word)) if before else (0, len(word))
        return Run(tuple(parts), starts[: len(parts)], (*rows[:-1], self._row(spaced)), rows[-1])

    def _features_of(self, word: str) -> NDArray[np.uint64]:
        """The features of a word without white space, behind which no space stands, for which the tokenizer has no rule."""
        known = self._features_known.get(word)
        if known is None:
            values = [get_string_id(getter(word)) if getter else 0 for getter in self._getters]
            known = self._features_known[word] = np.array(values, dtype=np.uint64)
        return known

    def _white(self, piece: str) -> Run:
        """The token of a run of white space."""
        row = self._row(self._features(self._pipeline.tokenizer(piece))[0])
        return Run((piece,), (0,), (row,), row)

    def _features(self, doc: Any) -> NDArray[np.uint64]:
        features: NDArray[np.uint64] = doc.to_array(self._network.columns).reshape(len(doc), -1)
        return features

    def _row(self, features: NDArray[np.uint64]) -> int:
        key = features.tobytes()
        row = self._rows.get(key)
        if row is None:
            row = self._rows[key] = len(self._rows)
            self._new.append(features.copy())
        return row

    def senses(self, named: Sequence[Named]) -> list[Sense]:
        """Part of speech and lemma of the tokens of a sentence."""
        found: list[Sense] = []
        known = self._senses
        carried: Sense | None = None
        labels = self._labels
        for at, (text, tag, label) in enumerate(named):
            word = (text, tag, label if label in labels else ANY_OTHER)
            sense, opens = known[word] if word in known else self._sense(word)
            if opens and at + 1 < len(named):
                pair = (word, named[at + 1])
                first, second = self._pairs[pair] if pair in self._pairs else self._pair(pair)
                found.append(carried or first)
                carried = second
            else:
                found.append(carried or sense)
                carried = None
        return found

    def _sense(self, word: Named) -> tuple[Sense, bool]:
        text, tag, label = word
        lower = text.lower()
        key = (lower if lower in self._special else "", tag, label)
        token = self._rules.get(key)
        if token is None:
            token = self._rules[key] = self._ruled([word])[0]
        lemma = token.lemma_ if token.lemma else self._lemmatizer.rule_lemmatize(_Plain(text, token))[0]
        opens = lower in self._openers or label in self._opening_labels
        made = self._senses[word] = ((token.pos_, lemma), opens)
        return made

    def _pair(self, pair: tuple[Named, Named]) -> tuple[Sense, Sense]:
        doc = self._lemmatizer(self._ruled(pair))
        first, second = ((t.pos_, t.lemma_) for t in doc)
        made = self._pairs[pair] = (first, second)
        return made

    def _ruled(self, words: Sequence[Named]) -> Any:
        """A document of these words with what the rules say of them."""
        doc = Doc(self._pipeline.vocab, words=[text for text, _, _ in words])
        for token, (_, tag, label) in zip(doc, words, strict=True):
            token.tag_, token.dep_ = tag, label
        return self._ruler(doc)


class _Spelled:
    """Spellings in lower case that rules ask for: words, lists of words and expressions."""

    def __init__(self) -> None:
        self._words: set[str] = set()
        self._expressions: list[re.Pattern[str]] = []

    def add(self, wanted: str | dict[str, Any] | None) -> None:
        """Adds what a rule asks of a word's spelling; None where it asks nothing."""
        if isinstance(wanted, str):
            self._words.add(wanted)
        elif wanted is not None:
            for operator, value in wanted.items():
                if operator == "IN":
                    self._words.update(value)
                elif operator == "REGEX":
                    self._expressions.append(re.compile(value))
                else:
                    raise UnreadableError("rules for spellings")

    def __contains__(self, lower: str) -> bool:
        return lower in self._words or any(e.search(lower) for e in self._expressions)


class _Plain:
    """What the lemmatizer asks of a token: its text, and the part of speech and features of one ruled like it."""

    __slots__ = ("morph", "orth", "pos", "pos_", "text")

    def __init__(self, text: str, like: Any) -> None:
        self.text = text
        self.orth = get_string_id(text)
        self.pos, self.pos_, self.morph = like.pos, like.pos_, like.morph
