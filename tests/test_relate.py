"""The two voices of `relate`, and how they are put together."""

from __future__ import annotations

import pytest

from dragoman.codebook import load
from dragoman.reading import Draft
from dragoman.relate import Pair, committed, decide, relate
from dragoman.relations import Answer


def answer(status: str = "actual", **types: float) -> Answer:
    best = max(types, key=lambda t: types[t])
    return Answer(best, None, None, status, {t: types.get(t, 0.0) for t in load().types} | types)


def draft(type_: str, status: str = "actual") -> Draft:
    return Draft(
        sentence=0, trigger=(0, 0), type=type_, mode=None, cameo="", frame="f", actors=[], recipients=[], status=status
    )


PAIR = Pair("x", "A met B", (0, 1), (6, 7))


def test_a_meeting_that_the_model_holds_to_be_planned_is_a_commitment() -> None:
    assert decide(PAIR, [], answer("future", CONSULT=0.9, AGREE=0.05)).type == "AGREE"
    assert decide(PAIR, [], answer("actual", CONSULT=0.9, AGREE=0.05)).type == "CONSULT"


def test_probabilities_stay_probabilities() -> None:
    moved = committed(answer("future", CONSULT=0.6, AID=0.3, AGREE=0.1))
    assert sum(moved.values()) == pytest.approx(1.0)


def test_a_full_vote_of_the_frames_overrules_a_model_that_is_not_sure() -> None:
    assert decide(PAIR, [(1.0, draft("AID"))], answer(CONSULT=0.6, AID=0.3)).type == "AID"


def test_without_a_vote_the_model_decides_and_without_both_the_answer_is_still_a_type() -> None:
    assert decide(PAIR, [], answer(REJECT=0.8, ACCUSE=0.2)).type == "REJECT"
    assert decide(PAIR, [], None).type in load().types


def test_a_planned_visit_told_by_its_doer_is_agree() -> None:
    text = "The president of Kenya will visit Uganda on Monday."
    found = next(relate([Pair("y", text, (0, 22), (34, 40))]))
    assert (found.type, found.quad) == ("AGREE", 1)
