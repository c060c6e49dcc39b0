"""Our own reading of the parser's network gives what spaCy gives, whatever it is read with."""

import json
import random
from pathlib import Path

import pytest

from dragoman import trees
from dragoman.arcs import lowered
from dragoman.layers import Network, UnreadableError
from dragoman.parse import parse
from dragoman.reading import Reading, Sentence
from dragoman.records import Document
from dragoman.vocabulary import language

SENTENCES = (
    "Kenya condemned the raid on Monday.",
    "The army, which had shelled the town for weeks, withdrew its troops across the river after the truce was signed.",
    "There's a plan to let's say “free” the prisoners; it isn't Uganda's.",
    "What did the envoy say that the rebels had asked for?",
    "He said, she said, and they're gonna go.",
    "Ministers of Chad, Niger and Mali met in Paris, Ghana's president told reporters, to discuss a U.N. mission.",
    "Troops\nmoved  in \t quietly .",
    "Yes.",
    "“We won’t,” said Mr. O'Brien (51), the ex-minister.",
    "On whom it depended nobody could tell at 8a.m. in St. Petersburg, No. 10 or the U.S.",
)


def by_spacy(texts):
    return [trees.of_doc(doc) for doc in language().pipe(texts)]


@pytest.fixture(scope="module")
def reader():
    made = trees.reader()
    assert made is not None, "the installed pipeline is of another build, and reading is slow"
    return made


def test_a_pipeline_without_the_layers_it_needs_is_left_to_spacy():
    class Other:
        def get_pipe(self, name):
            return language().get_pipe("tok2vec" if name == "tagger" else name)

    with pytest.raises(UnreadableError, match="softmax"):
        Network(Other())


@pytest.mark.parametrize("text", SENTENCES)
def test_trees_are_those_of_spacy(reader, text):
    assert reader.read([text]) == by_spacy([text])


def test_a_corpus_of_sentences_is_read_as_by_spacy(reader, corpus_sentences):
    assert reader.read(corpus_sentences) == by_spacy(corpus_sentences)


@pytest.fixture(scope="module")
def corpus_sentences():
    files = sorted((Path(__file__).parent.parent / "corpus").glob("*.jsonl"))
    rows = [json.loads(line)["text"] for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    return random.Random(7).sample(rows, 400)


def test_a_tree_does_not_depend_on_what_is_read_with_it(reader, corpus_sentences):
    some = corpus_sentences[:60]
    together = reader.read(some)
    assert [reader.read([text])[0] for text in some] == together
    assert reader.read(some[::-1])[::-1] == together


def test_nor_on_what_was_read_before(reader, corpus_sentences):
    before = reader.read(list(SENTENCES))
    reader.read(corpus_sentences)
    assert reader.read(list(SENTENCES)) == before


def test_it_is_read_anew_once_too_much_is_remembered(monkeypatch, reader):
    before = reader.read(list(SENTENCES))
    monkeypatch.setattr("dragoman.words.REMEMBERED", 0)
    assert reader.read(list(SENTENCES)) == before


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "\x00", "a" * 5000, "\u202e\u200b", "((((((((((", "é" * 40 + " \xa0 x"]
)
def test_hostile_texts_are_read_as_by_spacy(reader, text):
    assert reader.read([text, "It rained."]) == by_spacy([text, "It rained."])


def test_many_sentences_pass_through_in_several_blocks(reader):
    texts = list(SENTENCES) * 120
    assert reader.read(texts) == reader.read(list(SENTENCES)) * 120


def test_a_lifted_label_goes_to_its_true_head():
    # "asked" governs "whom" only through "for", two levels below
    heads, labels = [1, 1, 1, 2], ["pobj||prep", "ROOT", "xcomp", "prep"]
    lowered(heads, labels)
    assert (heads[0], labels[0]) == (3, "pobj")


def test_a_lifted_label_without_such_a_head_stays_where_it_is():
    heads, labels = [1, 1], ["pobj||prep", "ROOT"]
    lowered(heads, labels)
    assert (heads[0], labels[0]) == (1, "pobj")


def test_tokens_stand_where_the_text_says():
    text = "The envoy  of Mali said:\n“No.”"
    reading = Reading(Document("d", None, text, "2024-05-01"))
    reading.sentences = [Sentence(0, "text", 0, len(text), text, 0)]
    parse([reading])
    tokens = reading.sentences[0].tokens
    assert [text[t.start : t.end] for t in tokens] == [t.text for t in tokens]
    assert all(tokens[c].head == t.i for t in tokens for c in t.children)


def test_another_build_of_the_pipeline_is_read_by_spacy(monkeypatch):
    monkeypatch.setattr(trees, "reader", lambda: None)
    assert trees.read(["Kenya condemned the raid."]) == by_spacy(["Kenya condemned the raid."])
