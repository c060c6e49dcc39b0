"""Who acts on whom: own reports of a few sentences, in which the parties must be found through pronouns and descriptions."""

import json
from pathlib import Path

import pytest

from dragoman.pipeline import read_batch, to_events
from dragoman.records import Document

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "cases" / "parties.jsonl").read_text(encoding="utf-8").splitlines()
]
"""`trigger` is a word of the predicate. Parties: "COUNTRY SECTORS", joined by " + "; of sectors parted by "/" any will do;
the country * is any; "none" where there may be nobody; null where the case doesn't ask."""

FOUND = 0.9
"""Share of the events that must be found at all; which words tell an act is for `test_frames`."""


@pytest.fixture(scope="module")
def readings():
    documents = [Document(str(i), None, case["text"], case["published"]) for i, case in enumerate(CASES)]
    return [to_events(reading) for reading in read_batch(documents)]


def matches(wanted, parts):
    if wanted is None:
        return True
    if wanted == "none":
        return not parts
    specs = [spec.split(" ") for spec in wanted.split(" + ")]
    countries = {spec[0] for spec in specs}
    for country, *sectors in specs:
        accepted = set(sectors[0].split("/")) - {"*"} if sectors else set()
        if not any(country in {"*", p.country} and (not accepted or accepted & set(p.sectors)) for p in parts):
            return False
    return "*" in countries or {p.country for p in parts if p.country} <= countries


def event_at(events, case, wanted):
    start = case["text"].index(wanted["trigger"])
    end = start + len(wanted["trigger"])
    for event in events:
        if wanted["types"] and event.type not in wanted["types"]:
            continue
        if any(m.trigger[0] < end and m.trigger[1] > start for m in event.mentions):
            return event
    return None


def is_right(event, wanted):
    actors, recipients = wanted["actors"], wanted["recipients"]
    if event.type == "CONSULT" and actors and recipients:
        # who visits and who is visited is the same meeting
        together = actors if recipients == "none" else f"{actors} + {recipients}"
        return matches(together, [*event.actors, *event.recipients])
    return matches(actors, event.actors) and matches(recipients, event.recipients)


@pytest.mark.parametrize("number", range(len(CASES)), ids=[c["text"][:40] for c in CASES])
def test_the_parties_of_each_event_are_right(readings, number):
    case = CASES[number]
    for wanted in case["events"]:
        event = event_at(readings[number], case, wanted)
        if event is not None:
            told = [[(p.text, p.country, *p.sectors) for p in side] for side in (event.actors, event.recipients)]
            assert is_right(event, wanted), (wanted, told)


def test_nearly_all_events_are_found(readings):
    asked = [(events, case, w) for events, case in zip(readings, CASES, strict=True) for w in case["events"]]
    found = [event_at(*one) is not None for one in asked]
    assert sum(found) >= FOUND * len(asked), f"{sum(found)} of {len(asked)}"
    assert len(asked) >= 250
