"""Who a phrase means: own sentences, one mention each."""

import csv
from pathlib import Path

import pytest

from dragoman.pipeline import ACTOR_STEPS, read_batch
from dragoman.records import Document

CASES = list(csv.DictReader((Path(__file__).parent / "cases" / "actors.csv").read_text(encoding="utf-8").splitlines()))
"""A mention may name its occurrence ("he#2"). Country: "none" where the resolver must abstain, "*" where any will do,
"A + B" for two. Sectors: all of them, in any order; empty or "*" where any will do. Entity: empty or "*" where any will do."""


@pytest.fixture(scope="module")
def readings():
    documents = [Document(str(i), None, case["text"], case["published"]) for i, case in enumerate(CASES)]
    return read_batch(documents, ACTOR_STEPS)


def parts_of(reading, mention):
    """Everything that the words of a mention resolve to: the mention of that span, else one that begins or ends there."""
    words, _, count = mention.partition("#")
    start = -1
    for _ in range(int(count or 1)):
        start = reading.document.text.index(words, start + 1)
    end = start + len(words)
    found = [m for m in reading.actors if m.kind != "modifier" and m.start < end and m.end > start]
    best = (
        [m for m in found if (m.start, m.end) == (start, end)]
        or [m for m in found if m.start == start or m.end == end]
        or found
    )
    return best[0].parts if best else ()


@pytest.mark.parametrize("number", range(len(CASES)), ids=[f"{c['theme']}-{c['mention']}" for c in CASES])
def test_a_mention_means_whom_it_should(readings, number):
    case = CASES[number]
    parts = parts_of(readings[number], case["mention"])
    told = [(p.country, p.sectors, p.entity) for p in parts]
    if case["country"] == "none":
        assert not parts, told
        return
    assert parts, "unresolved"
    if case["country"] != "*":
        assert sorted(p.country or "" for p in parts) == sorted(case["country"].split(" + ")), told
    if case["sectors"] not in {"", "*"}:
        assert set(parts[0].sectors) == set(case["sectors"].split()), told
    if case["entity"] not in {"", "*"}:
        assert parts[0].entity == case["entity"], told


def test_there_are_cases_of_every_theme():
    assert len(CASES) >= 80
    themes = {c["theme"] for c in CASES}
    assert themes >= {
        "composition",
        "metonym",
        "backed",
        "surname",
        "acronym",
        "pronoun",
        "counterpart",
        "pair",
        "as-of",
    }
