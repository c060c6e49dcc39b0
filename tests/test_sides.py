"""Full names in the parse, and who "both sides" are."""

import pytest

from dragoman.mentions.sides import ENOUGH, list_head, pairs
from dragoman.parse import stand_in
from dragoman.pipeline import ACTOR_STEPS, read_batch
from dragoman.records import Document


def read(text, day="2023-06-02"):
    (reading,) = read_batch([Document("one", None, text, day)], ACTOR_STEPS)
    return reading


def told(reading):
    return [(reading.sentences[m.sentence], reading.sentences[m.sentence].tokens[m.head], m) for m in reading.actors]


@pytest.mark.parametrize(
    "text",
    [
        "Kenya asked Bashar al-Assad and Recep Tayyip Erdoğan's envoy to leave or be removed by force.",
        "The vice-president of Ghana, Mahamudu Bawumia, thanked Secretary-General António Guterres.",
        "“Barack Obama of the United States,” he said – “met Kim Jong-un.”",
    ],
)
def test_every_token_stands_where_it_says(text):
    for sentence in read(text).sentences:
        for token in sentence.tokens:
            assert text[token.start : token.end] == token.text


def test_a_full_name_is_one_token():
    tokens = [t.text for s in read("Kenya asked Bashar al-Assad to leave.").sentences for t in s.tokens]
    assert "Bashar al-Assad" in tokens


def test_a_stand_in_takes_the_place_of_each_name():
    text = "Ann Lee met Bo Xu."
    assert stand_in(text, [(0, 7), (12, 17)]) == ("Smith met Smith.", [(0, 2), (10, 0)])


def test_a_list_with_the_preposition_again_is_one_list():
    sentence = read("The firms are run by the army and by the rebels of Sudan.").sentences[0]
    heads = {t.text: list_head(sentence.tokens, t.i) for t in sentence.tokens}
    assert heads["rebels"] == heads["army"]


def test_the_sides_are_those_who_fight_not_the_host():
    text = (
        "Saudi Arabia opened talks in Jeddah. Sudan's army and the Rapid Support Forces had fought for weeks. "
        "The Rapid Support Forces accused the army of shelling markets."
    )
    weight, pair = pairs(told(read(text)), 2)[0]
    assert weight >= ENOUGH
    assert {p.country for p in pair} == {"SDN"}
    assert {"REB", "MIL"} <= {s for p in pair for s in p.sectors}


def test_a_state_alone_makes_no_pair():
    assert pairs(told(read("Kenya closed its border. Kenya's police searched cars.")), 1) == []
