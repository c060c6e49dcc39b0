"""Short reports of every region and register, and the rows that tell modes and prospects: what is coded, and what is not.

`cases/events.jsonl`: `text`; `events` with `kinds` (TYPE or TYPE/mode, any of which is right), `prospect` (a type, or
null where none is asked for) and `trigger` (the word that tells it). A text without events must give no actual one.
"""

import json
import tomllib
from pathlib import Path

import pytest

import dragoman
from dragoman.pipeline import batches, read_batch
from dragoman.records import Document

DAY = "2025-10-15"
CASES = Path(__file__).parent / "cases" / "events.jsonl"
LEXICON = Path(dragoman.__file__).parent / "data" / "lexicons" / "en"


def coded(texts):
    """The readings of the texts, in order."""
    documents = [Document(str(i), None, text, DAY) for i, text in enumerate(texts)]
    return [reading for batch in batches(documents, 64) for reading in read_batch(batch)]


def fits(draft, kinds):
    return any(draft.type == k.split("/")[0] and ("/" not in k or draft.mode == k.split("/")[1]) for k in kinds)


@pytest.fixture(scope="module")
def cases():
    rows = [json.loads(line) for line in CASES.read_text(encoding="utf-8").splitlines()]
    return list(zip(rows, coded([row["text"] for row in rows]), strict=True))


def test_each_event_is_coded(cases):
    wrong = []
    for row, reading in cases:
        for event in row["events"]:
            found = [d for d in reading.drafts if fits(d, event["kinds"])]
            if event["prospect"]:
                found = [d for d in found if d.prospect is not None and d.prospect.type == event["prospect"]]
            if not found:
                wrong.append(f"{row['text']!r}: {event}, not {[(d.type, d.mode, d.prospect) for d in reading.drafts]}")
    assert not wrong, "\n".join(wrong)


def test_tempting_words_tell_nothing(cases):
    wrong = [
        f"{row['text']!r} gave {[(d.type, d.frame) for d in reading.drafts]}"
        for row, reading in cases
        if not row["events"] and any(d.status == "actual" for d in reading.drafts)
    ]
    assert not wrong, "\n".join(wrong)


def rows_of(name, key):
    return tomllib.loads((LEXICON / name).read_text(encoding="utf-8"))[key]


def test_each_hint_gives_its_example_a_prospect():
    rows = rows_of("prospects.toml", "hint")
    wrong = [
        f"{row['example']!r}: {row['type']}, not {[d.prospect for d in reading.drafts]}"
        for row, reading in zip(rows, coded([row["example"] for row in rows]), strict=True)
        if not any(d.prospect is not None and d.prospect.type == row["type"] for d in reading.drafts)
    ]
    assert not wrong, "\n".join(wrong)


def test_each_rule_gives_its_example_a_mode():
    rows = rows_of("modes.toml", "rule")
    wrong = [
        f"{row['example']!r}: {row['type']}/{row['mode']}, not {[(d.type, d.mode) for d in reading.drafts]}"
        for row, reading in zip(rows, coded([row["example"] for row in rows]), strict=True)
        if not any(d.type == row["type"] and d.mode == row["mode"] for d in reading.drafts)
    ]
    assert not wrong, "\n".join(wrong)


def test_what_a_mode_implies_fills_the_prospect():
    rows = rows_of("prospects.toml", "implied")
    wrong = [
        f"{row['example']!r}: {row['content']}, not {[(d.type, d.prospect) for d in reading.drafts]}"
        for row, reading in zip(rows, coded([row["example"] for row in rows]), strict=True)
        if not any(d.prospect is not None and d.prospect.type == row["content"].split("/")[0] for d in reading.drafts)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "kind", "mode"),
    [
        ("Envoys of Chad and Sudan met in Doha.", "CONSULT", "third-party"),
        ("The French premier held talks with the Turkish president in Ankara.", "CONSULT", "visit"),
        ("The presidents of Kenya, Uganda, Rwanda and Burundi met on Friday.", "CONSULT", "multilateral"),
    ],
)
def test_a_meeting_takes_its_mode_from_who_meets_where(text, kind, mode):
    drafts = coded([text])[0].drafts
    assert (kind, mode) in [(d.type, d.mode) for d in drafts], drafts


def test_a_promise_not_to_attack_is_a_concession():
    drafts = coded(["Russia promised not to attack the harbours of Ukraine."])[0].drafts
    assert [(d.type, d.prospect.type) for d in drafts] == [("CONCEDE", "RETREAT")]


def test_what_others_are_made_to_do_is_the_causers():
    drafts = coded(["The king of Nepal had the party leaders arrested."])[0].drafts
    assert [(d.type, d.mode, d.actors[0].country) for d in drafts] == [("COERCE", "arrest", "NPL")]


def test_what_is_let_go_is_released():
    drafts = coded(["The Taliban let the Korean volunteers go."])[0].drafts
    assert ("RETREAT", "release") in [(d.type, d.mode) for d in drafts]
