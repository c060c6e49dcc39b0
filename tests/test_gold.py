"""Reports that we wrote and annotated ourselves: quality has floors that only rise."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from dragoman.pipeline import Coder
from dragoman.records import Document, to_dict
from dragoman.score import evaluate_rows

GOLD = Path(__file__).parent / "gold" / "reports.jsonl"
FLOORS = json.loads((Path(__file__).parent / "gold" / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def result():
    reports = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    documents = [Document(r["id"], r["title"], r["text"], r["published"]) for r in reports]
    events = defaultdict(list)
    for event in Coder().code_all(documents):
        events[event.document_id].append(to_dict(event))
    return evaluate_rows(reports, events).as_dict()


@pytest.mark.parametrize("measure", ["precision", "recall", "event_f1", "record_f1"])
def test_events_keep_their_floor(result, measure):
    assert result[measure] >= FLOORS[measure]


@pytest.mark.parametrize("name", sorted(FLOORS["fields"]))
def test_fields_keep_their_floor(result, name):
    assert result["fields"][name] >= FLOORS["fields"][name]


def test_few_tempting_sentences_are_coded_as_actual(result):
    hit, asked = map(int, result["decoys_coded_as_actual"].split("/"))
    assert hit <= FLOORS["decoys"] * asked
