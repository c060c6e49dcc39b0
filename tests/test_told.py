"""How sure, when, and on whose word: reports of our own with what each of their acts amounts to.

`cases/told.jsonl` holds one report a line: `id`, `published`, `text` and `events`. An event is found by one of its `type`s
(parted by a bar) at or beside its words in the text (`at`), else at them by any, and is held to what it names: `date` (first
and last day, or null where the text tells none), `status`, `historical`, and `speakers` (words of each, outermost first;
empty where the reporter says it; the empty word for an unnamed one). `cases/status.csv` is the same for one sentence a row.
"""

from __future__ import annotations

import csv
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dragoman.pipeline import Coder
from dragoman.records import Document, Event

CASES = [json.loads(line) for line in (Path(__file__).parent / "cases" / "told.jsonl").read_text("utf-8").splitlines()]

HELD = [
    pytest.param(index, event, field, id=f"{case['id']}: {event['at']} {field}")
    for index, case in enumerate(CASES)
    for event in case["events"]
    for field in ("date", "status", "historical", "speakers")
    if field in event
]


@cache
def coded() -> list[list[Event]]:
    return Coder().code_batch([Document(c["id"], None, c["text"], c["published"]) for c in CASES])


NEAR = 80
"""Code points between the words of a case and its act's trigger at most: "told" may lead for "would be pardoned"."""


def event_at(index: int, wanted: dict[str, Any]) -> Event:
    start = CASES[index]["text"].index(wanted["at"])
    end = start + len(wanted["at"])
    kinds = wanted["type"].split("|")
    near = [
        (event.type not in kinds, abs(m.trigger[0] - start), number, event)
        for number, event in enumerate(coded()[index])
        for m in event.mentions
        if m.trigger[0] < end + (NEAR if event.type in kinds else 0)
        and m.trigger[1] > start - (NEAR if event.type in kinds else 0)
    ]
    if near:
        return min(near, key=lambda found: found[:3])[3]
    raise AssertionError(
        f"no {wanted['type']} at {wanted['at']!r}: {[(e.type, e.mentions[0].text) for e in coded()[index]]}"
    )


def are_spoken_by(event: Event, speakers: list[str]) -> bool:
    told = [a.speaker.text.lower() for a in event.attribution]
    return len(told) == len(speakers) and all(
        any(option.lower() in text for option in want.split("|")) for want, text in zip(speakers, told, strict=True)
    )


@pytest.mark.parametrize(("index", "wanted", "field"), HELD)
def test_an_act_is_told_as_the_report_tells_it(index: int, wanted: dict[str, Any], field: str) -> None:
    event = event_at(index, wanted)
    if field == "date":
        assert [event.date.start, event.date.end] == (wanted["date"] or [None, None]), event.basis
    elif field == "status":
        assert event.status in wanted["status"].split("|"), event.basis
    elif field == "historical":
        assert event.historical is wanted["historical"], (event.date, event.basis)
    else:
        assert are_spoken_by(event, wanted["speakers"]), event.attribution


STATUS = (Path(__file__).parent / "cases" / "status.csv").read_text("utf-8").splitlines()


@pytest.mark.parametrize("row", list(csv.DictReader(STATUS)), ids=lambda r: r["text"])
def test_an_act_is_done_due_possible_or_not_done(row: dict[str, str]) -> None:
    events = Coder().code(Document("a", None, row["text"], "2024-06-26"))
    start = row["text"].index(row["at"])
    found = [
        e
        for e in events
        if e.type in row["type"].split("|") and any(abs(m.trigger[0] - start) < 12 for m in e.mentions)
    ]
    assert [e.status for e in found] == [row["status"]], [(e.type, e.status, e.basis) for e in events]
