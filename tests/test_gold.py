"""Reports that we wrote and annotated ourselves: quality has floors that only rise."""

import json
from collections import defaultdict
from pathlib import Path

import pytest

from dragoman.pipeline import Coder
from dragoman.records import Document, to_dict
from dragoman.score import evaluate_rows

GOLD = Path(__file__).parent / "gold"
FLOORS = json.loads((GOLD / "floors.json").read_text(encoding="utf-8"))
SETS = sorted(FLOORS)
MEASURES = ("precision", "recall", "event_f1", "record_f1")


@pytest.fixture(scope="module")
def results():
    found = {}
    for name in SETS:
        reports = [json.loads(line) for line in (GOLD / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]
        documents = [Document(r["id"], r["title"], r["text"], r["published"]) for r in reports]
        events = defaultdict(list)
        for event in Coder().code_all(documents):
            events[event.document_id].append(to_dict(event))
        found[name] = evaluate_rows(reports, events).as_dict()
    return found


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("name", SETS)
def test_events_keep_their_floor(results, name, measure):
    assert results[name][measure] >= FLOORS[name][measure]


@pytest.mark.parametrize(("name", "field"), [(n, f) for n in SETS for f in sorted(FLOORS[n]["fields"])])
def test_fields_keep_their_floor(results, name, field):
    assert results[name]["fields"][field] >= FLOORS[name]["fields"][field]


@pytest.mark.parametrize("name", SETS)
def test_few_tempting_sentences_are_coded_as_actual(results, name):
    hit, asked = map(int, results[name]["decoys_coded_as_actual"].split("/"))
    assert hit <= FLOORS[name]["decoys"] * asked
