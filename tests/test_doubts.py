"""The learned model is asked about verbs that mostly tell an act, and about no others."""

import pytest

from dragoman import events
from dragoman.doubts import telling_verbs
from dragoman.lexicon import lexicon
from dragoman.pipeline import STEPS, read_batch
from dragoman.records import Document


def asked(monkeypatch, text: str) -> list[str]:
    """The verbs of a text that are put to the model."""
    found: list[str] = []
    monkeypatch.setattr(events, "settle", lambda doubts: found.extend(d.sentence.tokens[d.token].lemma for d in doubts))
    read_batch([Document("d", None, text, "2024-05-01")], STEPS[: STEPS.index(events.events) + 1])
    return found


def test_telling_verbs_are_verbs_of_the_lexicon():
    assert telling_verbs() <= set(lexicon().verbs)


@pytest.mark.parametrize("verb", ["see", "leave", "bring", "have"])
def test_general_verbs_are_not_telling(verb):
    assert verb not in telling_verbs()


def test_a_telling_verb_outside_its_frames_is_put_to_the_model(monkeypatch):
    assert asked(monkeypatch, "Ghana suspended its work for Togo.") == ["suspend"]


def test_a_general_verb_is_not(monkeypatch):
    assert asked(monkeypatch, "Ghana saw Togo at the summit.") == []
