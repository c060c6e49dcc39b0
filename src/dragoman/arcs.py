"""From parser states to trees: the arc-eager transition system over many sentences at once.

The parser reads a sentence word by word with a stack; at each step the network scores moves (shift, reduce, an arc to the
left or right with its label, a sentence break) and the best valid one is made. The system is that of spaCy 3 (Honnibal and
Johnson 2015: Nivre's arc-eager, where a word without a head goes back to the buffer), greedy. spaCy steps through states
one by one; here one step moves every sentence of a batch, so that each operation is one over arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dragoman.layers import Floats, Ints, Network, UnreadableError

SHIFT, REDUCE, LEFT, RIGHT, BREAK = range(5)
NAMES = {"S": SHIFT, "D": REDUCE, "L": LEFT, "R": RIGHT, "B": BREAK}
LIFTED = "||"
"""In a label such as "prep||dobj": the arc was lifted when the parser was trained, and its true head has the second label."""

SENTENCES = 256
"""Sentences that step together: enough that steps cost little each, few enough that their states stay in the cache."""


@dataclass(slots=True)
class Moves:
    """The moves of a parser, by their number."""

    kind: Ints
    """Shift, reduce, left, right or break."""
    label: Ints
    """Index into `labels`; 0, the root's, for moves that make no arc."""
    labels: list[str]
    invalid: Floats
    """For each of the 32 sets of valid kinds, what is added to the score of each move: 0 or minus infinity."""

    @classmethod
    def of(cls, parser: Any) -> Moves:
        """Those of a loaded spaCy parser."""
        names = [parser.moves.class_name(i) for i in range(parser.moves.n_moves)]
        kind, label, labels = [], [], {"ROOT": 0}
        for name in names:
            letter, _, rest = name.partition("-")
            if letter not in NAMES or rest == "subtok":
                raise UnreadableError(f"move {name}")
            kind.append(NAMES[letter])
            label.append(labels.setdefault(rest, len(labels)) if kind[-1] in {LEFT, RIGHT} else 0)
        kinds = np.array(kind)
        valid = (np.arange(32)[:, None] >> kinds[None, :]) & 1
        return cls(kinds, np.array(label), list(labels), np.where(valid, 0, -np.inf).astype(np.float32))


class _Stack:
    """The states of a batch of sentences.

    A row of cells a sentence, all rows in one flat array; a word is named by its cell. Row `r` begins at cell
    `r * width`; cell `r * width + length` and those after it stand for "no word".
    """

    def __init__(self, lengths: Ints) -> None:
        rows = len(lengths)
        self.width = int(lengths.max()) + 4
        cells = rows * self.width
        base = np.arange(rows) * self.width
        self.none = cells
        self.heads = np.full(cells + 1, -1)
        self.labels = np.zeros(cells + 1, dtype=np.int64)
        self.left = np.full(cells + 1, self.none)
        """The last child to the left of each word."""
        self.right = np.full(cells + 1, self.none)
        self.before = np.full(cells + 1, self.none)
        """The child of the same head that was the last to the right before this one."""
        self.starts = np.zeros(cells + 1, dtype=bool)
        self.shifted = np.zeros(cells + 1, dtype=bool)
        """Words that came back from the stack and may not be shifted again."""
        self.stack = np.full(cells + 4, self.none)
        self.back = np.full(cells + 4, self.none)
        # of the sentences not yet done:
        self.base = base + 3
        """Where the first word of a sentence's stack stands; below it three cells of "no word"."""
        self.top = self.base.copy()
        """Behind the stack's top."""
        self.back_base = base + 3
        self.back_top = base + 3
        """Behind the top of what came back, which comes before the rest of the buffer."""
        self.next = base.copy()
        self.end = base + lengths

    def keep(self, unfinished: NDArray[np.bool_]) -> None:
        """Drops the finished sentences."""
        for name in ("base", "top", "back_base", "back_top", "next", "end"):
            setattr(self, name, getattr(self, name)[unfinished])


def trees(network: Network, moves: Moves, vectors: Floats, lengths: Sequence[int]) -> tuple[Ints, Ints]:
    """(heads, labels) of the tokens of sentences that follow one another.

    A head is the index of a token in its sentence, a root's its own; a label is an index into `moves.labels`.
    """
    heads, labels = [], []
    at = 0
    for first in range(0, len(lengths), SENTENCES):
        part = np.array(lengths[first : first + SENTENCES])
        size = int(part.sum())
        some_heads, some_labels = _parsed(network, moves, network.states(vectors[at : at + size]), part)
        heads.append(some_heads)
        labels.append(some_labels)
        at += size
    return np.concatenate(heads), np.concatenate(labels)


def _parsed(network: Network, moves: Moves, states: Floats, lengths: Ints) -> tuple[Ints, Ints]:
    made = _Stack(lengths)
    offsets = np.cumsum(lengths) - lengths
    size = int(lengths.sum())
    cells = np.repeat(np.arange(len(lengths)) * made.width - offsets, lengths) + np.arange(size)
    # the row of `states` for each cell: the padding's where there is no word
    row = np.full(made.none + 1, size * 8)
    row[cells] = np.arange(size) * 8
    while len(made.next):
        _step(network, moves, states, row, made)
        unfinished = (made.top > made.base) | (made.next < made.end) | (made.back_top > made.back_base)
        if not unfinished.all():
            made.keep(unfinished)
    heads = made.heads[cells]
    within = np.arange(size) - np.repeat(offsets, lengths)
    labels = made.labels[cells]
    labels[heads < 0] = 0
    local = heads - (cells - within)
    return np.where(heads < 0, within, local), labels


SLOTS = np.arange(8)[:, None]


def _step(network: Network, moves: Moves, states: Floats, row: Ints, s: _Stack) -> None:
    """One move of every sentence."""
    # take() does what indexing does, in half the time on arrays as short as these
    waiting = s.back_top - s.back_base
    none = s.none
    b0 = np.where(waiting > 0, s.back.take(s.back_top - 1), np.where(s.next < s.end, s.next, none))
    after = s.next + 1 - waiting
    b1 = np.where(waiting > 1, s.back.take(s.back_top - 2), np.where(after < s.end, after, none))
    s0, s1, s2 = s.stack.take(s.top - 1), s.stack.take(s.top - 2), s.stack.take(s.top - 3)
    words = np.array((b0, b1, s0, s1, s2, s.left.take(b0), s.left.take(s0), s.right.take(s0)))
    scores = _scores(network, states, row.take(words) + SLOTS)
    depth, left_over = s.top - s.base, s.end - s.next + waiting
    scores += moves.invalid.take(_valid(s, b0, b1, depth, left_over), axis=0)
    best = scores.argmax(axis=1)
    _make(s, moves.kind.take(best), moves.label.take(best), b0, b1, s0, depth, waiting)


def _scores(network: Network, states: Floats, context: Ints) -> Floats:
    """The score of each move (columns) in each state, from the rows of `states` for its eight words (rows of `context`)."""
    summed = states.take(context[0], axis=0)
    for slot in context[1:]:
        summed += states.take(slot, axis=0)
    summed += network.state_bias
    hidden = np.maximum(summed[:, : network.hidden], summed[:, network.hidden :])
    scores: Floats = hidden @ network.move_weights
    scores += network.move_bias
    return scores


def _valid(s: _Stack, b0: Ints, b1: Ints, depth: Ints, left_over: Ints) -> Ints:
    """The set of valid kinds of each sentence, as bits."""
    full, some, two = depth > 0, left_over > 0, left_over > 1
    begins = s.starts.take(b0)
    arc = full & some & ~begins
    shift = ~full | (two & ~begins & ~s.shifted.take(b0))
    halt = two & (b1 == b0 + 1) & ~s.starts.take(b1)
    bits: Ints = (
        shift.astype(np.int64) * (1 << SHIFT)
        + full * (1 << REDUCE)
        + arc * ((1 << LEFT) + (1 << RIGHT))
        + halt * (1 << BREAK)
    )
    return bits


def _make(s: _Stack, kind: Ints, label: Ints, b0: Ints, b1: Ints, s0: Ints, depth: Ints, waiting: Ints) -> None:
    """Makes the chosen moves."""
    left = np.flatnonzero(kind == LEFT)
    if len(left):
        word, head = s0[left], b0[left]
        old = s.heads[word]
        again = np.flatnonzero(old >= 0)
        if len(again):
            # the word had a head further left, whose last child it was
            s.right[old[again]] = s.before[word[again]]
        s.heads[word], s.labels[word] = head, label[left]
        s.left[head] = word
        s.shifted[head] = False
        s.top[left] -= 1
    right = np.flatnonzero(kind == RIGHT)
    if len(right):
        word, head = b0[right], s0[right]
        s.heads[word], s.labels[word] = head, label[right]
        s.before[word] = s.right[head]
        s.right[head] = word
    push = np.flatnonzero((kind == SHIFT) | (kind == RIGHT))
    if len(push):
        s.stack[s.top[push]] = b0[push]
        s.top[push] += 1
        from_back = waiting[push] > 0
        s.back_top[push] -= from_back
        s.next[push] += ~from_back
    reduce = np.flatnonzero(kind == REDUCE)
    if len(reduce):
        s.top[reduce] -= 1
        returns = reduce[(s.heads[s0[reduce]] < 0) & (depth[reduce] > 1)]
        if len(returns):
            word = s0[returns]
            s.shifted[word] = True
            s.back[s.back_top[returns]] = word
            s.back_top[returns] += 1
    halts = np.flatnonzero(kind == BREAK)
    if len(halts):
        s.starts[b1[halts]] = True


def lowered(heads: list[int], labels: list[str], spaces: frozenset[int] | set[int] = frozenset()) -> None:
    """Puts words with a lifted label where they belong, in place: Nivre and Nilsson 2005, head scheme.

    The true head is the first word with the label's second half, searched for below the head, level by level. `spaces`
    are indices of tokens of white space, which are nobody's head.
    """
    for word, label in enumerate(labels):
        if LIFTED in label:
            label, wanted = label.split(LIFTED)
            heads[word] = _head_below(word, wanted, heads, labels, spaces)
            labels[word] = label


def _head_below(word: int, wanted: str, heads: list[int], labels: list[str], spaces: frozenset[int] | set[int]) -> int:
    level = [heads[word]]
    for _ in heads:
        below = []
        for head in level:
            for child, own in enumerate(heads):
                if own != head or child in {head, word} or child in spaces:
                    continue
                if labels[child] == wanted:
                    return child
                below.append(child)
        level = below
    return heads[word]
