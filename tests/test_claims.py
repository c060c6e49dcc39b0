"""Claims: each construction that reports words or thoughts, and how events are tied to what carries them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from dragoman.claims import DENIED, claims
from dragoman.errors import CodebookError
from dragoman.pipeline import CLAIM_STEPS, read_batch
from dragoman.quotes import quotes
from dragoman.reading import Draft, Reading
from dragoman.records import Claim, Document
from dragoman.speech import build, speech

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "claims.jsonl").read_text(encoding="utf-8").splitlines()
]


@lru_cache(maxsize=1)
def readings() -> dict[str, Reading]:
    """All texts of the cases, read in one batch."""
    texts = list(dict.fromkeys(case["text"] for case in CASES))
    found = read_batch([Document(str(i), None, text) for i, text in enumerate(texts)], CLAIM_STEPS)
    return {reading.document.text: reading for reading in found}


def read(text: str) -> Reading:
    return read_batch([Document("one", None, text)], CLAIM_STEPS)[0]


def words(text: str, spans: tuple[tuple[int, int], ...]) -> list[str]:
    return [text[start:end] for start, end in spans]


def told(text: str, claim: Claim) -> tuple[str | None, str, list[str]]:
    source = " ".join(words(text, claim.source)) or None
    return source, " ".join(words(text, claim.cue)), words(text, claim.content)


@pytest.mark.parametrize("case", CASES, ids=[case["construction"] for case in CASES])
def test_construction(case: dict[str, Any]) -> None:
    text = case["text"]
    found = [told(text, claim) for claim in readings()[text].claims]
    assert (case["source"], case["cue"], case["content"]) in found


@pytest.mark.parametrize(
    "text",
    [
        "The dam makes sure that the valley stays dry.",
        "The convoy crossed the river and reached the town.",
        "It seems that the winter was long.",
        "Two soldiers were killed near the ford.",
        "The ministry called an election.",
    ],
)
def test_no_claim_where_nobody_speaks(text: str) -> None:
    assert [c for c in read(text).claims if c.content and told(text, c)[1] not in {"called"}] == []


def test_claims_stand_in_document_order() -> None:
    reading = read("The mayor said the dam held. “It held,” he said. The envoy denied that it had leaked.")
    places = [claim.cue[0][0] for claim in reading.claims]
    assert places == sorted(places)
    assert len(places) == 3


@pytest.mark.parametrize(
    ("text", "anonymous"),
    [
        ("Officials said that the pipeline had burst.", True),
        ("A source said the minister would resign.", True),
        ("Residents said soldiers had burned the market.", True),
        ("Some said the dam would break.", True),
        ("The convoy was reportedly hit near the ford.", True),
        ("A State Department spokesman said the envoy had left.", False),
        ("Norway said the envoy had left.", False),
        ("Vladimir Putin said the envoy had left.", False),
        ("The Kenyan army said the envoy had left.", False),
    ],
)
def test_anonymous(text: str, anonymous: bool) -> None:
    assert read(text).claims[0].anonymous is anonymous


def test_speaker_is_resolved_like_any_participant() -> None:
    reading = read("Vladimir Putin met the envoy in May. He said that the talks had failed.")
    speaker = reading.claims[-1].speaker
    assert speaker is not None
    assert speaker.country == "RUS"
    assert speaker.text == "He"


def test_spokesman_has_country_and_sector_of_the_institution() -> None:
    speaker = read("A State Department spokesman said the envoy had left.").claims[0].speaker
    assert speaker is not None
    assert speaker.country == "USA"
    assert "GOV" in speaker.sectors


def test_maker_of_a_report_speaks() -> None:
    speaker = read("A report by Amnesty International says that forty prisoners were beaten.").claims[0].speaker
    assert speaker is not None
    assert speaker.name is not None
    assert "Amnesty" in speaker.name


def test_quoted_is_told_apart() -> None:
    assert read("“The bridge is ours,” said the general.").claims[0].quoted
    assert not read("The general said that the bridge was his.").claims[0].quoted


def draft(reading: Reading, word: str) -> Draft:
    """A draft whose trigger is the first token that reads so."""
    for sentence in reading.sentences:
        for token in sentence.tokens:
            if token.text == word:
                made = Draft(sentence.index, (token.i, token.i), "ASSAULT", None, None, "test")
                reading.drafts.append(made)
                return made
    raise AssertionError(word)


def cues(reading: Reading, made: Draft) -> list[str]:
    text = reading.document.text
    return [" ".join(words(text, reading.claims[i].cue)) for i in made.claims]


@pytest.mark.parametrize(
    ("text", "trigger", "expected"),
    [
        ("Yerevan says Moscow told it that rebels had shelled the town.", "shelled", ["says", "told"]),
        ("The general said that rebels had shelled the town.", "shelled", ["said"]),
        ("“Rebels shelled the town,” said the general.", "shelled", ["said"]),
        ("Rebels shelled the town, according to the Red Cross.", "shelled", ["according to"]),
        ("The town was reportedly shelled by rebels.", "shelled", ["reportedly"]),
        ("Rebels shelled the town. The general said it was calm now.", "shelled", []),
        ("The general accused the rebels of shelling the town.", "shelling", ["accused"]),
        ("The general accused the rebels of shelling the town.", "accused", []),
        ("Kyiv says that rebels shelled the town; Moscow denies it.", "shelled", ["says"]),
        ("The envoy offered to meet the rebels; neither side has replied.", "offered", []),
        ("The general vowed to shell the town.", "shell", []),
        ("Villagers feared that rebels would shell the town.", "shell", []),
        ("The general did not say that rebels had shelled the town.", "shelled", []),
        ("The general announced that rebels had shelled the town.", "announced", []),
        ("Yerevan and Baku said that rebels had shelled the town.", "shelled", ["said", "said"]),
    ],
)
def test_events_are_tied_to_what_carries_them(text: str, trigger: str, expected: list[str]) -> None:
    reading = read(text)
    made = draft(reading, trigger)
    claims([reading])
    assert cues(reading, made) == expected


def test_those_who_speak_together_are_one_entry_each() -> None:
    reading = read("Yerevan and Baku said that rebels had shelled the town.")
    assert len(reading.claims) == 1
    made = draft(reading, "shelled")
    claims([reading])
    speakers = [reading.claims[i].speaker for i in made.claims]
    assert [s.country for s in speakers if s is not None] == ["ARM", "AZE"]


@pytest.mark.parametrize(
    ("text", "denied"),
    [
        ("The ministry denied that it had shelled the market.", True),
        ("The ministry said that it had shelled the market.", False),
    ],
)
def test_denial_marks_the_event(text: str, denied: bool) -> None:
    reading = read(text)
    made = draft(reading, "shelled")
    claims([reading])
    assert (DENIED in made.basis) is denied


def test_quotes_pair_within_paragraphs() -> None:
    text = "He said “one day” and left.\n\n“It is late,” she said. “We go."
    found = quotes(text, [(0, 27), (29, len(text))])
    assert [text[q.start : q.end] for q in found] == ["“one day”", "“It is late,”", "“We go."]
    assert [q.full for q in found] == [False, True, True]
    assert [q.open for q in found] == [False, False, True]


def test_quotes_in_typewriter_style_and_no_apostrophes() -> None:
    text = "''We don't leave,'' she said of the rebels' camp."
    assert [text[q.start : q.end] for q in quotes(text, [(0, len(text))])] == ["''We don't leave,''"]


def test_texts_of_marks_only_are_harmless() -> None:
    for text in ("“", '"""', ":", "said", "“” said .", "According to", "― ― ―", "said said said :"):
        assert isinstance(read(text).claims, list)


def test_lexicon_names_every_fault() -> None:
    with pytest.raises(CodebookError) as error:
        build({"cue": [{"words": ["say"], "manner": "song", "forms": ["hum"], "colour": "red"}]})
    for part in ("manner 'song'", "hum", "colour", "example is missing"):
        assert part in str(error.value)


def test_lexicon_carries_by_the_rules_of_the_record() -> None:
    rows = speech()
    carried = {word for word in ("say", "tell", "announce") if any(c.carry for _, c in rows.of("verb", word))}
    assert carried == {"say", "tell", "announce"}
    # an accusation carries the act that it is about ("accused the army of shelling the town"), by its object alone
    assert {form for _, cue in rows.of("verb", "accuse") if cue.carry for form in cue.forms} == {"np"}
    for word in ("urge", "vow", "fear", "hope", "believe"):
        assert not any(cue.carry for _, cue in rows.of("verb", word)), word
