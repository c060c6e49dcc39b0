"""Where no frame holds: verbs with a doer and somebody it is done to, put to the learned model.

The frames read most of what happens; the model is asked only where a verb that mostly tells an act stands in a construction
that fits none of its frames, with a named doer and a named recipient. Its answer counts where it is surer than `SURE`;
a record of it says so in its basis.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from dragoman.codebook import load
from dragoman.ontology import HOLDING
from dragoman.reading import Draft, Reading, Sentence
from dragoman.records import Participant, Prospect
from dragoman.relations import Answer, Query, relations

SURE = 0.9
"""Least probability at which the model's type is taken without a frame. On our own gold reports .6 and .75 gave a hundredth
more recall for a hundredth of precision, a draw; the surer one is kept."""

MAX_DISTANCE = 240
"""Code points between doer and recipient; farther ones rarely belong together."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """A verb whose frames don't hold."""

    reading: Reading
    sentence: Sentence
    token: int
    actors: tuple[Participant, ...]
    recipients: tuple[Participant, ...]


@lru_cache(maxsize=1)
def telling_verbs() -> frozenset[str]:
    """Verbs that tell an act in three tenths or more of their uses in our corpus; `training/telling.py` lists them."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "telling_verbs.txt"
    return frozenset(path.read_text(encoding="utf-8").split())


def settle(doubts: Sequence[Doubt]) -> None:
    """Adds a draft for each doubt on which the model is sure."""
    model = relations()
    if model is None or not doubts:
        return
    for doubt, answer in zip(doubts, model.ask([_query(d) for d in doubts]), strict=True):
        share = answer.types[answer.type]
        if answer.type != "NONE" and share >= SURE:
            doubt.reading.drafts.append(_draft(doubt, answer, share))
            doubt.reading.drafts.sort(key=lambda d: (d.sentence, d.trigger))


def _query(doubt: Doubt) -> Query:
    sentence, token = doubt.sentence, doubt.sentence.tokens[doubt.token]

    def local(start: int, end: int) -> tuple[int, int]:
        return start - sentence.start, end - sentence.start

    actor, recipient = doubt.actors[0], doubt.recipients[0]
    return Query(
        sentence.text,
        local(actor.start, actor.end),
        local(recipient.start, recipient.end),
        local(token.start, token.end),
    )


def _draft(doubt: Doubt, answer: Answer, share: float) -> Draft:
    prospect = Prospect(answer.prospect) if answer.prospect else None
    held = (prospect.type, None) if prospect is not None else None
    return Draft(
        sentence=doubt.sentence.index,
        trigger=(doubt.token, doubt.token),
        type=answer.type,
        mode=answer.mode,
        cameo=load().cameo_for(answer.type, answer.mode, held),
        frame="model",
        actors=list(doubt.actors),
        recipients=list(doubt.recipients),
        prospect=prospect if answer.type in HOLDING else None,
        basis=[f"model:{answer.type}={share:.2f}"],
    )
