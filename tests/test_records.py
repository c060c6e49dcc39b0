"""The record travels losslessly as JSON and Arrow, and its schema is the contract."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.records import (
    Attribution,
    Claim,
    Document,
    Event,
    Magnitude,
    Mention,
    Participant,
    Place,
    Prospect,
    Reject,
    When,
    arrow_schema,
    from_arrow,
    from_dict,
    stable_id,
    to_arrow,
    to_dict,
    to_json,
)

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
maybe = st.none() | words
offset = st.integers(0, 10_000)
number = st.none() | st.floats(0, 1e9)
lists = lambda s, n=3: st.lists(s, max_size=n).map(tuple)  # noqa: E731

participant = st.builds(Participant, words, offset, offset, maybe, maybe, maybe, lists(words), maybe)
when = st.builds(
    When, maybe, maybe, maybe, st.none() | offset, st.none() | offset, st.sampled_from(["expression", "unknown"])
)
place = st.builds(Place, words, offset, offset, maybe, maybe, maybe, number, number, st.none() | offset)
attribution = st.builds(Attribution, participant, words, offset, offset, offset, offset, st.booleans(), st.booleans())
magnitude = st.builds(Magnitude, words, number, number, st.booleans(), words, offset, offset)
mention = st.builds(
    Mention, st.sampled_from(["text", "title"]), st.tuples(offset, offset), st.tuples(offset, offset), words
)
event = st.builds(
    Event,
    words, words, maybe, words, maybe, st.none() | st.builds(Prospect, words, maybe), words, st.integers(1, 4), st.floats(-10, 10), lists(words),
    lists(participant), lists(participant), st.sampled_from(["actual", "future", "hypothetical", "negated"]), st.booleans(), when, st.none() | place,
    lists(attribution), lists(magnitude), lists(mention), st.floats(0, 1), lists(words),
)  # fmt: skip

CONTRACT = """id document_id published type mode prospect cameo quad score contexts actors recipients status historical date place
attribution magnitudes mentions confidence basis""".split()


@given(event)
def test_an_event_survives_json(e):
    assert from_dict(Event, json.loads(to_json(e))) == e


@settings(max_examples=40, deadline=None)
@given(st.lists(event, max_size=3))
def test_events_survive_arrow(events):
    assert from_arrow(to_arrow(events), Event) == events


def test_the_fields_are_those_of_the_contract_in_its_order():
    assert arrow_schema(Event).names == CONTRACT


def test_a_mention_says_in_which_passage_it_stands():
    assert next(iter(to_dict(Mention("title", (0, 5), (0, 2), "ab")))) == "in"


@pytest.mark.parametrize("cls", [Document, Reject, Claim])
def test_every_record_has_an_arrow_schema(cls):
    assert len(arrow_schema(cls)) > 3


def test_a_missing_field_is_named():
    with pytest.raises(KeyError, match="Document"):
        from_dict(Document, {"id": "1"})


@given(words, words)
def test_ids_depend_on_the_parts_alone_and_on_their_borders(a, b):
    assert stable_id(a, b) == stable_id(a, b)
    assert len(stable_id(a, b)) == 16
    assert stable_id("ab", "c") != stable_id("a", "bc")
