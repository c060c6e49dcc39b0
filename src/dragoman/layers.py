"""The parser's network in plain matrix arithmetic: from words to tags and to what each word adds to a parser state.

spaCy runs the same layers one batch and one layer object at a time; most of that time is overhead and small products.
Here the weights of the loaded pipeline are laid out once for large products. A word's vector before context depends on
the word alone, so it is computed once a word and kept in a table. Figures agree with spaCy's to rounding.

Arrays: a row a token; float32 throughout. Between sentences stand `PAD` rows of zeros, as in spaCy, so that nothing
leaks from one sentence into the next; with that a sentence's figures don't depend on what it is read with.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

PAD = 4
"""Rows of zeros around a sentence: one for each layer with a window of one word to either side."""

EPSILON = np.float32(1e-8)
"""Added to the variance in layer normalisation, as in thinc."""

ROWS = 1536
"""Tokens that go through the layers together: their figures fit a processor's second cache."""


class UnreadableError(Exception):
    """The pipeline isn't built as this module expects; spaCy's own parser is to be used."""


class Maxout:
    """The largest of several linear maps, normalised: thinc's `maxout >> layernorm`."""

    def __init__(self, model: Any) -> None:
        maxout, norm = _named(model, "maxout"), _named(model, "layernorm")
        weights = maxout.get_param("W")
        width, pieces, inputs = weights.shape
        # one block of columns a piece, so that the largest is found over whole blocks
        self.weights = np.ascontiguousarray(weights.transpose(1, 0, 2).reshape(pieces * width, inputs).T)
        self.bias = np.ascontiguousarray(maxout.get_param("b").T.reshape(-1))
        self.scale, self.shift = norm.get_param("G"), norm.get_param("b")
        self.width, self.pieces = width, pieces

    def __call__(self, inputs: Floats) -> Floats:
        every = inputs @ self.weights
        every += self.bias
        width = self.width
        best: Floats = np.maximum(every[:, :width], every[:, width : 2 * width])
        for piece in range(2, self.pieces):
            np.maximum(best, every[:, piece * width : (piece + 1) * width], out=best)
        best -= best.mean(axis=1, keepdims=True)
        variance = np.einsum("ij,ij->i", best, best)
        variance /= np.float32(width)
        variance += EPSILON
        best *= (1 / np.sqrt(variance))[:, None]
        best *= self.scale
        best += self.shift
        return best


class Network:
    """The layers of a loaded spaCy pipeline whose tagger and parser listen to one embedding."""

    def __init__(self, pipeline: Any) -> None:
        try:
            embed, encode = pipeline.get_pipe("tok2vec").model.layers
            tagger = pipeline.get_pipe("tagger").model
            parser = pipeline.get_pipe("parser").model
            self.columns: list[str] = list(_named(embed, "extract_features").attrs["columns"])
            self._tables = [m for m in embed.walk() if m.name == "hashembed"]
            self._mixer = Maxout(embed)
            self._layers = [Maxout(m) for m in encode.walk() if m.name.startswith("residual(") and ")>>" not in m.name]
            windows = [m.attrs["window_size"] for m in encode.walk() if m.name == "expand_window"]
            softmax = _named(tagger, "softmax")
            self._tag_weights, self._tag_bias = np.ascontiguousarray(softmax.get_param("W").T), softmax.get_param("b")
            self._read_parser(parser)
            for model in (tagger, parser):
                _named(model, "tok2vec-listener")
        except (KeyError, ValueError, AttributeError) as problem:
            raise UnreadableError(str(problem)) from problem
        if windows != [1] * PAD or len(self._layers) != PAD or len(self._tables) != len(self.columns):
            raise UnreadableError("layers of the embedding")
        self.width = self._mixer.width

    def _read_parser(self, parser: Any) -> None:
        narrow, lower, upper = _named(parser.layers[0], "linear"), parser.layers[1], parser.layers[2]
        self._narrow, self._narrow_bias = np.ascontiguousarray(narrow.get_param("W").T), narrow.get_param("b")
        weights = lower.get_param("W")
        slots, width, pieces, inputs = weights.shape
        if (slots, pieces) != (8, 2) or parser.attrs["unseen_classes"]:
            raise UnreadableError("layers of the parser")
        self.hidden = width
        self._lower = np.ascontiguousarray(weights.transpose(0, 2, 1, 3).reshape(slots * pieces * width, inputs).T)
        self._padding = lower.get_param("pad")[0].transpose(0, 2, 1).reshape(slots, pieces * width)
        self.state_bias: Floats = np.ascontiguousarray(lower.get_param("b").T.reshape(-1))
        self.move_weights: Floats = np.ascontiguousarray(upper.get_param("W").T)
        self.move_bias: Floats = upper.get_param("b")

    def embed(self, features: NDArray[np.uint64]) -> Floats:
        """Vectors before context of words given by their features: a row a word, a column for each of `columns`."""
        parts = []
        for column, table in enumerate(self._tables):
            vectors = table.get_param("E")
            ids = np.ascontiguousarray(features[:, column])
            keys = table.ops.hash(ids, table.attrs["seed"]) % vectors.shape[0]
            parts.append(table.ops.gather_add(vectors, keys))
        return self._mixer(np.concatenate(parts, axis=1))

    def encode(self, words: Floats, lengths: Sequence[int]) -> Floats:
        """Vectors in context of sentences of these lengths that follow one another."""
        done: list[Floats] = []
        part: list[int] = []
        at = size = 0
        for length in lengths:
            if part and size + PAD * (len(part) + 1) + length > ROWS:
                done.append(self._block(words[at : at + size], part))
                at, size, part = at + size, 0, []
            part.append(length)
            size += length
        if part:
            done.append(self._block(words[at:], part))
        return np.concatenate(done)

    def _block(self, words: Floats, lengths: Sequence[int]) -> Floats:
        size = np.asarray(lengths)
        starts = PAD * np.arange(1, len(size) + 1) + np.cumsum(size) - size
        places = np.repeat(starts - (np.cumsum(size) - size), size) + np.arange(len(words))
        rows, width = len(words) + PAD * (len(size) + 1), self.width
        padded = np.zeros((rows + 2, width), dtype=np.float32)
        padded[places + 1] = words
        window = np.empty((rows, 3 * width), dtype=np.float32)
        for layer in self._layers:
            for side in range(3):
                window[:, side * width : (side + 1) * width] = padded[side : side + rows]
            padded[1:-1] += layer(window)
        return padded[places + 1]

    def tags(self, vectors: Floats) -> Ints:
        """The number of the likeliest tag of each token."""
        scores = vectors @ self._tag_weights
        scores += self._tag_bias
        best: Ints = scores.argmax(axis=1)
        return best

    def states(self, vectors: Floats) -> Floats:
        """What each token adds to a parser state in each of eight slots: rows of tokens times slots, padding last."""
        narrow = vectors @ self._narrow
        narrow += self._narrow_bias
        found = np.empty((len(vectors) + 1, self._lower.shape[1]), dtype=np.float32)
        np.matmul(narrow, self._lower, out=found[:-1])
        found[-1] = self._padding.reshape(-1)
        return found.reshape(-1, 2 * self.hidden)


def _named(model: Any, name: str) -> Any:
    """The layer of this name below a model. Raises `UnreadableError` where there is none."""
    for layer in model.walk():
        if layer.name == name:
            return layer
    raise UnreadableError(f"no layer {name}")
