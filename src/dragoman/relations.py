"""What does A do to B here: the learned model, a small encoder run by ONNX Runtime.

The sentence is given with actor, recipient and, where known, trigger marked; the model answers with probabilities of
type, mode, prospect and status. Weights, vocabulary and figures stand in `data/models` and are made by
`training/train.py` from `corpus/` alone.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from dragoman.wordpiece import WordPiece

MAX_TOKENS = 160
"""Word pieces kept of a sentence; of longer ones the window around the marks."""

MARKS = {"actor": (1, 2), "recipient": (3, 4), "trigger": (5, 6)}
"""Ids of the opening and closing marks: the unused symbols of the BERT vocabulary."""

START, END = 101, 102

Span = Sequence[int] | None


@dataclass(frozen=True, slots=True)
class Query:
    """A sentence with its marked parties; offsets are code points into `text`."""

    text: str
    actor: tuple[int, int] | None
    recipient: tuple[int, int] | None
    trigger: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model holds most likely, with probabilities by type."""

    type: str
    mode: str | None
    prospect: str | None
    status: str
    types: dict[str, float]
    """Probability of each of the 16 types and NONE."""


def encode(tokenizer: WordPiece, text: str, actor: Span, recipient: Span, trigger: Span) -> dict[str, list[int]]:
    """Token ids with marks around the spans, and the places of the opening marks (0 where a span is absent)."""
    made = tokenizer.encode(text)
    ids: list[int] = []
    places = [0, 0, 0]
    spans = [("actor", actor), ("recipient", recipient), ("trigger", trigger)]
    opened = [False, False, False]
    for token, (start, end) in zip(made.ids, made.offsets, strict=True):
        for k, (name, span) in enumerate(spans):
            if span is not None and not opened[k] and start < span[1] and end > span[0]:
                places[k] = len(ids) + 1
                ids.append(MARKS[name][0])
                opened[k] = True
        ids.append(token)
        for name, span in spans:
            if span is not None and start < span[1] <= end:
                ids.append(MARKS[name][1])
    if len(ids) > MAX_TOKENS - 2:
        marked = [p - 1 for p in places if p]
        middle = (min(marked) + max(marked)) // 2 if marked else 0
        left = max(0, min(middle - (MAX_TOKENS - 2) // 2, len(ids) - (MAX_TOKENS - 2)))
        ids = ids[left : left + MAX_TOKENS - 2]
        places = [p - left if 0 < p - left <= len(ids) else 0 for p in places]
    return {"ids": [START, *ids, END], "places": places}


class Relations:
    """The model, loaded."""

    def __init__(self, folder: Any, threads: int = 1) -> None:
        import onnxruntime as ort

        self.tokenizer = WordPiece.from_text((folder / "vocab.txt").read_text(encoding="utf-8"))
        self.labels: dict[str, list[str]] = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        # the fused layers of the higher levels are slower on a processor, by a quarter
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        self.session = ort.InferenceSession(
            (folder / "relations.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
        )

    def ask(self, queries: Sequence[Query]) -> list[Answer]:
        """An answer to each query, in their order.

        Each is asked alone: the model's eight-bit arithmetic scales to what is read together, so that in a batch an answer
        would depend on its neighbours. On a processor alone is as fast.
        """
        import numpy as np

        answers = []
        for query in queries:
            item = encode(self.tokenizer, query.text, query.actor, query.recipient, query.trigger)
            ids = np.array([item["ids"]], dtype=np.int64)
            places = np.array([item["places"]], dtype=np.int64)
            outputs = self.session.run(None, {"ids": ids, "mask": np.ones_like(ids), "places": places})
            answers.append(self._answer([_softmax(o)[0] for o in outputs]))
        return answers

    def _answer(self, shares: Sequence[Any]) -> Answer:
        types = {name: round(float(p), 4) for name, p in zip(self.labels["type"], shares[0], strict=True)}
        best = max(types, key=lambda t: types[t])
        mode = best_mode(self.labels["mode"], shares[1], best)
        prospect = self.labels["prospect"][int(shares[2].argmax())]
        status = self.labels["status"][int(shares[3].argmax())]
        return Answer(best, mode, None if prospect == "-" else prospect, status, types)


def best_mode(labels: Sequence[str], shares: Any, type_: str) -> str | None:
    """The likeliest mode of that type, null where none is likelier."""
    own = [(float(shares[k]), label.split("/")[1]) for k, label in enumerate(labels) if label.startswith(f"{type_}/")]
    if not own:
        return None
    share, mode = max(own)
    return mode if share > float(shares[0]) else None


def _softmax(values: Any) -> Any:
    import numpy as np

    raised = np.exp(values - values.max(axis=-1, keepdims=True))
    return raised / raised.sum(axis=-1, keepdims=True)


@lru_cache(maxsize=1)
def relations() -> Relations | None:
    """The shipped model, loaded once a process; None where the package was built without weights."""
    folder = resources.files("dragoman") / "data" / "models"
    if not (folder / "relations.onnx").is_file():
        return None
    return Relations(folder)
