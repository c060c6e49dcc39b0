"""The type of what a marked actor does to a marked recipient: always one of the 16, for hand-coded and foreign data.

Two voices answer. The frames read the sentence and vote for the acts whose participants are the marked ones; the
learned model gives probabilities of types for the marked pair. The votes are added to the model's log-probabilities
(`FRAME_WEIGHT`), which is a naive Bayes product of two independent witnesses.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.codebook import load
from dragoman.errors import InputError
from dragoman.ontology import HOLDING
from dragoman.pipeline import RELATE_STEPS, batches, read_batch
from dragoman.reading import Draft, Reading
from dragoman.records import Document, Participant, meet
from dragoman.relations import Answer, Query, relations

FRAME_WEIGHT = 4.0
"""Nats that a full vote of the frames adds; from 2 to 4 makes no difference on the held-out tenth of `corpus/`, and of equals
the explainable voice is given more."""

HALF_WEIGHT = 0.75
"""Share of a vote for an act of which one marked party is found and the other is not: mostly the span of the other is cut
differently by the reader, so that it counts for more than half."""

NEAR_WEIGHT = 0.4
"""Share of a vote for an act in the sentence with which neither marked party takes part."""

FLOOR = 1e-4
"""Least probability of a type, so that the frames may overrule a model that is sure and wrong."""

BATCH = 64


@dataclass(frozen=True, slots=True)
class Pair:
    """One row: a text with the spans of actor and recipient (code points, half-open)."""

    id: Any
    text: str
    actor: tuple[int, int]
    recipient: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Relation:
    """The answer to a pair."""

    id: Any
    type: str
    mode: str | None
    prospect: dict[str, str | None] | None
    quad: int
    status: str
    confidence: float
    basis: list[str]


def read_pairs(lines: Iterable[str], source: str) -> Iterator[Pair]:
    """Rows of a JSON-lines file; raises `InputError` that names the line."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        where = f"{source}:{number}"
        try:
            row = json.loads(line)
            text, actor, recipient = row["text"], tuple(row["actor"]), tuple(row["recipient"])
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(where, "bad-row", f"give id, text, actor and recipient; {error}") from None
        for name, span in (("actor", actor), ("recipient", recipient)):
            if len(span) != 2 or not 0 <= span[0] < span[1] <= len(text):
                raise InputError(where, "bad-span", f"{name} {span} does not lie in a text of {len(text)} characters")
        yield Pair(row.get("id"), text, actor, recipient)


def relate(pairs: Iterable[Pair]) -> Iterator[Relation]:
    """An answer to each pair, in order."""
    for batch in batches(pairs, BATCH):
        readings = read_batch([Document(str(i), None, p.text) for i, p in enumerate(batch)], RELATE_STEPS)
        model = relations()
        answers: Sequence[Answer | None] = [None] * len(batch)
        if model is not None:
            answers = model.ask([Query(p.text, p.actor, p.recipient) for p in batch])
        for pair, reading, answer in zip(batch, readings, answers, strict=True):
            yield decide(pair, votes(pair, reading), answer)


def votes(pair: Pair, reading: Reading) -> list[tuple[float, Draft]]:
    """The acts of the sentence with the share of a vote that each has, best first."""
    found = []
    for draft in reading.drafts:
        tokens = reading.sentences[draft.sentence].tokens
        trigger = (tokens[draft.trigger[0]].start, tokens[draft.trigger[1]].end)
        acts = _takes_part(pair.actor, draft.actors)
        suffers = _takes_part(pair.recipient, draft.recipients) or (
            not draft.recipients and _takes_part(pair.recipient, draft.actors)
        )
        inside = meet(trigger, pair.actor) or meet(trigger, pair.recipient)
        share = 1.0 if acts and suffers else HALF_WEIGHT if acts or suffers else 0.0
        if not share:
            between = (
                pair.actor[1] <= trigger[0] <= pair.recipient[0] or pair.recipient[1] <= trigger[0] <= pair.actor[0]
            )
            share = NEAR_WEIGHT * (0.5 if between else 0.25)
        found.append((share * (0.3 if inside else 1.0), draft))
    return sorted(found, key=lambda v: (-v[0], v[1].sentence, v[1].trigger))


def _takes_part(span: tuple[int, int], parts: Iterable[Participant]) -> bool:
    return any(meet(span, (p.start, p.end)) for p in parts)


COOPERATIVE = frozenset({"CONSULT", "SUPPORT", "COOPERATE", "AID"})

PLANNED = 0.9
"""Share of the model's probability of a cooperative act that goes to AGREE where the model holds the act to be future."""


def committed_type(draft: Draft) -> str:
    """The type of an act, a planned one taken as its doer's commitment: "will visit" is AGREE, as "plans to visit" is."""
    return "AGREE" if draft.status == "future" and draft.type in COOPERATIVE else draft.type


def committed(answer: Answer) -> dict[str, float]:
    """The model's probabilities of the types, planned cooperation taken as a commitment, as the frames' is."""
    types = dict(answer.types)
    if answer.status == "future":
        for name in COOPERATIVE & types.keys():
            moved = PLANNED * types[name]
            types[name] -= moved
            types["AGREE"] += moved
    return types


def decide(pair: Pair, ballots: Sequence[tuple[float, Draft]], answer: Answer | None) -> Relation:
    """Adds up the voices; without a model and without a frame the answer is the commonest type, CONSULT."""
    book = load()
    types = list(book.types)
    model = committed(answer) if answer is not None else {}
    scores = {t: math.log(max(FLOOR, model.get(t, 1 / len(types)))) for t in types}
    best: dict[str, Draft] = {}
    voice: dict[str, float] = {}
    for share, draft in ballots:
        kind = committed_type(draft)
        best.setdefault(kind, draft)
        voice[kind] = max(voice.get(kind, 0.0), share)
    for name, share in voice.items():
        scores[name] += FRAME_WEIGHT * share
    top = max(scores.values())
    weights = {t: math.exp(s - top) for t, s in scores.items()}
    total = sum(weights.values())
    if not ballots and answer is None:
        weights["CONSULT"] *= 1.01
    kind = max(types, key=lambda t: weights[t])
    chosen = best.get(kind)
    basis = [f"frames:{d.frame}={s:.2f}" for s, d in ballots[:3]]
    if answer is not None:
        basis.append(f"model:{answer.type}={answer.types.get(answer.type, 0.0):.2f}")
    mode = chosen.mode if chosen is not None else None
    if mode is None and answer is not None and answer.type == kind:
        mode = answer.mode
    prospect: dict[str, str | None] | None = None
    if chosen is not None and chosen.type != kind:
        prospect, mode = {"type": chosen.type, "mode": chosen.mode}, None
    elif chosen is not None and chosen.prospect is not None:
        prospect = {"type": chosen.prospect.type, "mode": chosen.prospect.mode}
    elif answer is not None and answer.prospect and kind in HOLDING:
        prospect = {"type": answer.prospect, "mode": None}
    status = chosen.status if chosen is not None else (answer.status if answer is not None else "actual")
    return Relation(pair.id, kind, mode, prospect, book.quad(kind), status, round(weights[kind] / total, 3), basis)
