"""Quantities: what is found, its bounds, and what the words around say of it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.mentions.quantities import QuantityMention, find_quantities
from dragoman.mentions.quantity_words import value_of

CASES = Path(__file__).parent / "cases" / "quantities.csv"


def load_cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(text: str, expression: str) -> QuantityMention:
    mentions = find_quantities(text)
    fitting = [m for m in mentions if m.text == expression]
    assert fitting, [m.text for m in mentions]
    return fitting[0]


@pytest.mark.parametrize(
    "case", [c for c in load_cases() if c["expression"]], ids=lambda c: f"{c['text'][:48]} -> {c['expression']}"
)
def test_a_number_is_read_with_its_bounds_and_kind(case: dict[str, str]) -> None:
    mention = found(case["text"], case["expression"])
    bounds = tuple(float(case[b]) if case[b] else None for b in ("low", "high"))
    assert (mention.low, mention.high) == bounds
    assert mention.approximate == (case["approximate"] == "yes")
    assert (mention.kind or "", mention.noun or "") == (case["kind"], case["noun"])


@pytest.mark.parametrize("text", [c["text"] for c in load_cases() if not c["expression"]])
def test_numbers_that_count_nothing_are_left_alone(text: str) -> None:
    assert find_quantities(text) == []


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("1.2bn", 1.2e9),
        ("12,500", 12500),
        ("two hundred and five", 205),
        ("half a million", 5e5),
        ("three dozen", 36),
        ("boats", None),
    ],
)
def test_words_come_to_numbers(words: str, value: float | None) -> None:
    assert value_of(words) == value


def test_spans_of_time_given_from_outside_hold_no_quantities() -> None:
    assert find_quantities("They left 30 men.", times=[(0, 12)]) == []


def test_a_quantity_of_known_kind_is_a_magnitude() -> None:
    killed = found("Three soldiers were killed.", "Three").magnitude()
    assert killed is not None
    assert (killed.kind, killed.low, killed.start_char, killed.end_char) == ("killed", 3.0, 0, 5)
    boats = found("It sank two boats.", "two")
    assert boats.magnitude() is None
    assert boats.magnitude("missing") is not None


PIECES = st.sampled_from(
    [
        "12",
        ",",
        "000",
        " ",
        "at least ",
        "two ",
        "hundred ",
        "and ",
        "people ",
        "killed ",
        "$",
        "bn ",
        "-",
        "between ",
        "dozens ",
        "of ",
        "İ",
        "\n",
        "٣",
        ".",
        "half a ",
        "million ",
        "5 May ",
        "'s ",
    ]
)


@given(st.text() | st.lists(PIECES, max_size=24).map("".join))
def test_no_text_raises_and_offsets_slice(text: str) -> None:
    for mention in find_quantities(text):
        assert text[mention.start : mention.end] == mention.text != ""
        if mention.low is not None and mention.high is not None:
            assert mention.low <= mention.high


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Clashes left 15 dead, including three children.", ["three"]),
        ("Five people, two of them policemen, were shot dead.", ["two"]),
        ("The blast killed 17 people: nine soldiers and eight civilians.", ["nine", "eight"]),
        ("The rebels freed 300 prisoners, among them 20 officers.", ["20"]),
        ("The army killed 25 rebels. Two of its own men died.", []),
        ("The blast killed 17 people: the town had 40,000.", []),
    ],
)
def test_a_part_of_what_was_counted_adds_nothing_to_a_sum(text: str, parts: list[str]) -> None:
    mentions = find_quantities(text)
    assert [m.text for m in mentions if m.part] == parts
    assert all(m.magnitude("killed") is None for m in mentions if m.part)
