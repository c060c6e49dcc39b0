"""One happening told several times in one report is one record."""

from __future__ import annotations

import dragoman
from dragoman.records import Event


def of_type(text: str, kind: str) -> list[Event]:
    return [e for e in dragoman.code(text, published="2024-08-19") if e.type == kind]


def test_of_talks_held_on_a_visit_the_visitor_acts_and_the_host_receives() -> None:
    (talks,) = of_type(
        "President William Ruto held talks with his Rwandan counterpart on Monday. "
        "Ruto praised President Paul Kagame during a state visit to Kigali.",
        "CONSULT",
    )
    assert talks.mode == "visit"
    assert [p.country for p in talks.actors] == ["KEN"]
    assert [p.country for p in talks.recipients] == ["RWA"]
    assert len(talks.mentions) == 2


def test_what_is_coordinated_within_a_plan_is_no_record_of_its_own() -> None:
    found = of_type(
        "Kenya's William Ruto said he planned to meet Yoweri Museveni and share the outcome with Rwanda.", "AGREE"
    )
    assert len(found) == 1
    assert found[0].prospect is not None
    assert found[0].prospect.type == "CONSULT"


def test_a_number_told_again_stands_once() -> None:
    (raid,) = of_type(
        "Jets of the coalition bombed Hodeidah on Monday and killed 12 people. The raid by the coalition killed 12 people.",
        "ASSAULT",
    )[:1]
    assert [m.low for m in raid.magnitudes].count(12) <= 1


def test_what_only_the_headline_says_is_one_of_the_acts_told_below_it() -> None:
    report = dragoman.Document(
        "a",
        "Talks in Luanda as Kenya Offers Troops",
        "Kenya offered on Monday to send soldiers to Congo.",
        "2024-08-19",
    )
    assert all(any(m.where == "text" for m in e.mentions) for e in dragoman.Coder().code(report))


def test_an_undated_act_in_the_course_of_a_dated_one_has_its_date() -> None:
    (stood_by,) = of_type(
        "Kenya's army took the town of Bura in an offensive in March 2021. "
        "Ethiopia accused Djibouti of cowardice after Djiboutian peacekeepers did not intervene in Kenya's offensive.",
        "MOBILIZE",
    )
    assert stood_by.status == "negated"
    assert stood_by.historical
    assert (stood_by.date.start, stood_by.date.end) == ("2021-03-01", "2021-03-31")
