"""Texts to dependency trees: tokens, parts of speech, lemmas, labels and heads, a column each.

The models are those of spaCy's small English pipeline; the arithmetic is our own (`layers`, `arcs`, `words`), about four
times as fast. Where a pipeline of another build is installed, spaCy's own runs, slower.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from threadpoolctl import ThreadpoolController

from dragoman.arcs import LIFTED, Moves, lowered, trees
from dragoman.layers import Network, UnreadableError
from dragoman.vocabulary import language
from dragoman.words import Cut, Words

TOGETHER = 8192
"""Tokens that are read together, some 40 megabytes of figures; a sentence's tree doesn't depend on it."""


@dataclass(slots=True)
class Tree:
    """A parsed text, without its white space; a row a token in each list."""

    texts: list[str]
    starts: list[int]
    """Offsets in the text, code points."""
    senses: list[tuple[str, str]]
    """Universal part of speech and lemma."""
    tags: list[str]
    """Penn Treebank tags."""
    labels: list[str]
    heads: list[int]
    """Index of the head token; its own index at a root."""


class Reader:
    """The pipeline, laid out for reading many sentences at once."""

    def __init__(self, pipeline: Any) -> None:
        self._network = Network(pipeline)
        self._moves = Moves.of(pipeline.get_pipe("parser"))
        self._words = Words(pipeline, self._network)
        self._tags: list[str] = list(pipeline.get_pipe("tagger").labels)
        self._threads = ThreadpoolController()

    def read(self, texts: Sequence[str]) -> list[Tree]:
        """The tree of each text."""
        # the products are too small for a second thread to gain what waking it costs; documents go side by side instead
        with self._threads.limit(limits=1, user_api="blas"):
            return self._read_all(texts)

    def _read_all(self, texts: Sequence[str]) -> list[Tree]:
        found: list[Tree] = []
        cuts = self._words.cut(texts)
        at = 0
        while at < len(cuts):
            size, last = 0, at
            while last < len(cuts) and (last == at or size + len(cuts[last].rows) <= TOGETHER):
                size += len(cuts[last].rows)
                last += 1
            found += self._read(cuts[at:last])
            at = last
        return found

    def _read(self, cuts: Sequence[Cut]) -> list[Tree]:
        lengths = [len(cut.rows) for cut in cuts]
        rows = np.array([row for cut in cuts for row in cut.rows], dtype=np.int64)
        if not len(rows):
            return [Tree([], [], [], [], [], []) for _ in cuts]
        full = [n for n in lengths if n]
        vectors = self._network.encode(self._words.vectors(rows), full)
        tags = self._network.tags(vectors).tolist()
        heads, labels = (part.tolist() for part in trees(self._network, self._moves, vectors, full))
        names, kinds = self._moves.labels, self._tags
        found = []
        at = 0
        for cut, length in zip(cuts, lengths, strict=True):
            part = slice(at, at + length)
            tree = self._tree(cut, [kinds[t] for t in tags[part]], [names[n] for n in labels[part]], heads[part])
            found.append(tree)
            at += length
        return found

    def _tree(self, cut: Cut, tags: list[str], labels: list[str], heads: list[int]) -> Tree:
        if any(LIFTED in label for label in labels):
            lowered(heads, labels, cut.spaces)
        senses = self._words.senses(list(zip(cut.texts, tags, labels, strict=True)))
        made = Tree(cut.texts, cut.starts, senses, tags, labels, heads)
        return without(made, cut.spaces) if cut.spaces else made


def without(tree: Tree, spaces: frozenset[int] | set[int]) -> Tree:
    """The tree without these tokens; their dependents go to their head."""
    keep = [i for i in range(len(tree.texts)) if i not in spaces]
    index = {i: k for k, i in enumerate(keep)}
    heads = []
    for k, i in enumerate(keep):
        head = tree.heads[i]
        while head not in index and tree.heads[head] != head:
            head = tree.heads[head]
        heads.append(index.get(head, k))
    return Tree(
        [tree.texts[i] for i in keep],
        [tree.starts[i] for i in keep],
        [tree.senses[i] for i in keep],
        [tree.tags[i] for i in keep],
        [tree.labels[i] for i in keep],
        heads,
    )


def of_doc(doc: Any) -> Tree:
    """The tree of a document parsed by spaCy."""
    made = Tree(
        [t.text for t in doc],
        [t.idx for t in doc],
        [(t.pos_, t.lemma_) for t in doc],
        [t.tag_ for t in doc],
        [t.dep_ for t in doc],
        [t.head.i for t in doc],
    )
    return without(made, {t.i for t in doc if t.is_space})


@lru_cache(maxsize=1)
def reader() -> Reader | None:
    """The reader, made once a process; None where the installed pipeline is of another build."""
    try:
        return Reader(language())
    except UnreadableError:
        return None


def read(texts: Sequence[str]) -> list[Tree]:
    """The tree of each text, in their order; texts of like length should stand together."""
    own = reader()
    return own.read(texts) if own is not None else [of_doc(doc) for doc in language().pipe(texts, batch_size=64)]
