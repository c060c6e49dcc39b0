"""The gate drops what can tell nothing and keeps what may, and costs next to no event."""

from pathlib import Path

import pytest

from dragoman import read
from dragoman.gate import gate, openers
from dragoman.lexicon import lexicon
from dragoman.pipeline import STEPS, gate_all, read_batch, to_events
from dragoman.reading import Reading
from dragoman.records import Document

GOLD = Path(__file__).parent / "gold" / "reports.jsonl"


def judged(text: str) -> tuple[bool, str]:
    reading = Reading(Document("d", None, text, "2024-05-01"))
    gate([reading])
    (sentence,) = reading.sentences
    return sentence.kept, sentence.why


@pytest.mark.parametrize(
    "text",
    [
        "Kenya condemned the raid.",
        "They signed the accord at dawn.",
        "He was arrested.",
        "The delegation agreed to return.",
        "Its withdrawal from the valley took a week.",
        "She refused.",
        # a word of the lexicon without the words that it needs, but somebody known to whom "he" may point back
        "Vladimir Putin made his name there.",
    ],
)
def test_a_sentence_that_may_tell_an_act_is_kept(text):
    assert judged(text)[0]


def test_a_sentence_that_can_tell_none_is_dropped():
    assert judged("Grey skies.") == (False, "no frame word")


def test_an_empty_text_has_no_sentence():
    reading = Reading(Document("d", None, "", None))
    gate([reading])
    assert reading.sentences == []


def test_a_word_that_needs_others_opens_nothing_alone():
    needy = next(form for form, needs in sorted(openers().with_others.items()) if all(all(n) for n in needs))
    assert judged(f"Slowly, very slowly, {needy}.") == (False, "frame word without the words it needs")


def test_every_example_of_the_lexicon_is_kept():
    dropped = [f.id for f in lexicon().frames if not judged_all(f.example)]
    assert not dropped


def judged_all(text: str) -> bool:
    """Whether some sentence of the text is kept."""
    reading = Reading(Document("d", None, text, "2024-05-01"))
    gate([reading])
    return any(s.kept for s in reading.sentences)


def test_it_loses_at_most_one_event_in_a_hundred():
    documents = [d for d in read(GOLD) if isinstance(d, Document)]

    def found(steps):
        return {
            (e.document_id, e.type, e.mentions[0].trigger) for r in read_batch(documents, steps) for e in to_events(r)
        }

    wide, shut = found((gate_all, *STEPS[1:])), found(STEPS)
    assert len(wide - shut) <= len(wide) / 100
