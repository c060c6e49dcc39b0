"""Expressions of time: what is found, where it stands, and the days it comes to."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dragoman.mentions.calendars import easter, islamic_days, month_days, narrow, year_days
from dragoman.mentions.time_words import words
from dragoman.mentions.times import TimeMention, find_times, resolve

CASES = Path(__file__).parent / "cases" / "times.csv"


def load_cases() -> list[dict[str, str]]:
    with CASES.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def found(
    text: str, expression: str, published: str | None = "2023-09-20", *, narrative: bool | None = None
) -> TimeMention:
    mentions = find_times(text, published, narrative=narrative)
    fitting = [m for m in mentions if m.text == expression]
    assert fitting, [m.text for m in mentions]
    return fitting[0]


@pytest.mark.parametrize(
    "case", [c for c in load_cases() if c["expression"]], ids=lambda c: f"{c['text'][:48]} -> {c['expression']}"
)
def test_an_expression_comes_to_its_days(case: dict[str, str]) -> None:
    mention = found(case["text"], case["expression"], case["published"], narrative=bool(case["narrative"]))
    assert (mention.value_start or "", mention.value_end or "") == (case["start"], case["end"])


@pytest.mark.parametrize("text", [c["text"] for c in load_cases() if not c["expression"]])
def test_words_that_only_look_like_time_are_left_alone(text: str) -> None:
    assert find_times(text, "2023-09-20") == []


def test_every_word_of_the_lexicon_has_an_example_that_is_not_empty() -> None:
    tables = words()
    for name in (
        "month",
        "weekday",
        "season",
        "unit",
        "which",
        "window",
        "part",
        "count",
        "lead",
        "deictic",
        "set",
        "day",
    ):
        assert all(row["example"].strip() for row in getattr(tables, name).values()), name


def test_ends_of_a_range_are_listed_as_nested_mentions() -> None:
    mentions = find_times("They met from 3 May 2004 to 5 June 2004.", None)
    assert [(m.text, m.nested) for m in mentions] == [
        ("3 May 2004", True),
        ("3 May 2004 to 5 June 2004", False),
        ("5 June 2004", True),
    ]


def test_a_future_verb_moves_a_weekday_ahead() -> None:
    monday = found("The council meets on Monday.", "Monday")
    assert resolve(monday, published="2023-09-20", tense="future") == ("2023-09-25", "2023-09-25")
    assert resolve(monday, published="2023-09-20", tense="past") == ("2023-09-18", "2023-09-18")


def test_a_weekday_is_the_day_of_publication_itself_in_either_tense() -> None:
    wednesday = found("The council meets on Wednesday.", "Wednesday")
    for tense in ("past", "future"):
        assert resolve(wednesday, published="2023-09-20", tense=tense) == ("2023-09-20", "2023-09-20")


def test_tense_decides_the_year_of_a_bare_month() -> None:
    may = found("The ministers gather in May.", "May")
    assert resolve(may, published="2023-09-20", tense="past") == ("2023-05-01", "2023-05-31")
    assert resolve(may, published="2023-09-20", tense="future") == ("2024-05-01", "2024-05-31")


def test_an_anchored_mention_follows_the_event_before() -> None:
    later = found("Two days later the king fled.", "Two days later")
    assert later.anchored
    assert later.value_start is None
    assert resolve(later, published="2023-09-20", anchor=("2004-05-03", "2004-05-03")) == ("2004-05-05", "2004-05-05")


def test_an_event_named_beside_a_count_is_its_anchor() -> None:
    after = found("Two days after the vote the king fled.", "Two days after")
    assert resolve(after, published=None, anchor=("2004-05-03", "2004-05-03")) == ("2004-05-05", "2004-05-05")


def test_without_tense_or_anchor_the_value_stays() -> None:
    for text, expression in [
        ("He left on Monday.", "Monday"),
        ("In 2004 he ruled. The next year he fell.", "The next year"),
    ]:
        mention = found(text, expression)
        assert resolve(mention, published="2023-09-20") == (mention.value_start, mention.value_end)


def test_a_chronicle_is_recognised_by_its_years() -> None:
    text = (
        "The war began in 1931. In 1932 the coast was lost. By May the army had withdrawn. In 1933 a truce was signed. "
        "It broke in June. In 1934 the north rose. In 1935 the capital fell. In August the king fled."
    )
    assert found(text, "August", "2010-06-01").value_start == "1935-08-01"
    assert found(text, "May", "2010-06-01").value_start == "1932-05-01"


def test_a_report_that_names_old_years_stays_a_report() -> None:
    text = "The two met on Monday. They had fought in 1991 and 1994. Last week they spoke. In August they will sign."
    assert found(text, "August", "2010-06-01").value_start == "2010-08-01"


@pytest.mark.parametrize(
    ("text", "expression", "relation"),
    [
        ("It must end by 30 November.", "30 November", "by"),
        ("It has lasted since 2022.", "2022", "since"),
        ("It lasted until May 2004.", "May 2004", "until"),
        ("It ended before Easter.", "Easter", "before"),
        ("It began after 1991.", "1991", "after"),
        ("It began in 1991.", "1991", "in"),
    ],
)
def test_the_word_before_gives_the_relation(text: str, expression: str, relation: str) -> None:
    assert found(text, expression).relation == relation


@pytest.mark.parametrize(
    ("text", "expression", "kind"),
    [
        ("They fought for two weeks.", "two weeks", "duration"),
        ("Patrols pass every day.", "every day", "set"),
        ("They pray on Fridays.", "Fridays", "set"),
        ("In the spring of 1942 it fell.", "the spring of 1942", "season"),
        ("It fell at 5:30 p.m. in the rain.", "5:30 p.m.", "time"),
        ("The town is now empty.", "now", "vague"),
        ("It fell between 1914 and 1918.", "1914 and 1918", "range"),
        ("It fell in 1914.", "1914", "date"),
    ],
)
def test_kinds(text: str, expression: str, kind: str) -> None:
    assert found(text, expression).kind == kind


def test_a_surname_of_the_text_is_no_month() -> None:
    text = "Theresa May flew to Brussels. Critics of May were few. In May she had won."
    assert [m.text for m in find_times(text, "2018-11-20")] == ["May"]


def test_direction_is_told_from_publication() -> None:
    assert found("It fell in 1914.", "1914").direction == "past"
    assert found("They meet next week.", "next week").direction == "future"
    assert found("They meet next week.", "next week", None).direction == "future"
    assert found("He arrives today.", "today").direction is None


def test_a_date_that_is_none_leaves_relative_expressions_open() -> None:
    for published in (None, "", "soon"):
        assert found("He left yesterday.", "yesterday", published).value_start is None


def test_computed_calendar() -> None:
    assert [easter(y).isoformat() for y in (1818, 1943, 2000, 2024)] == [
        "1818-03-22",
        "1943-04-25",
        "2000-04-23",
        "2024-03-31",
    ]
    eid = islamic_days(2023, 10, 1, 3)
    assert eid is not None
    assert eid[0].isoformat() == "2023-04-22"
    assert month_days(1900, 2)[1].isoformat() == "1900-02-28"
    assert [d.isoformat() for d in narrow(year_days(1990, 10), "late", "decade")] == ["1997-01-01", "1999-12-31"]


def test_an_expression_may_run_over_a_line_break() -> None:
    assert found("They signed on 4\nMarch 1998 in Rome.", "4\nMarch 1998").value_start == "1998-03-04"


@pytest.mark.parametrize(
    ("text", "expression", "day"),
    [
        ("The two agreed on Monday to free all captives by 15 November.", "15 November", "2023-11-15"),
        ("She promised to reopen the road by Christmas.", "Christmas", "2023-12-25"),
        ("The two agreed on Monday to free all captives by 15 November.", "Monday", "2023-09-18"),
        ("The road was reopened by 15 November.", "15 November", "2023-11-15"),
        ("The road was reopened on 15 November.", "15 November", "2022-11-15"),
    ],
)
def test_what_is_promised_lies_ahead(text: str, expression: str, day: str) -> None:
    assert found(text, expression).value_start == day


def test_a_month_goes_on_from_the_dated_one_before_it() -> None:
    text = "War broke out in September 2020. In November a truce was signed."
    assert found(text, "November").value_start == "2020-11-01"


PIECES = st.sampled_from(
    [
        "in ",
        "the ",
        "May ",
        "12",
        "-",
        "15 ",
        "1999",
        ", ",
        "last ",
        "week ",
        "two ",
        "days later ",
        "\n",
        "since ",
        "Monday",
        "İ",
        " of ",
        "mid-",
        "1990s",
        "BC ",
        "31 ",
        "February ",
        "Ramadan ",
        "end of ",
        "that ",
        "year ",
        "ago ",
        "’s ",
        "٣",
        "a ",
    ]
)


@given(
    st.text() | st.lists(PIECES, max_size=24).map("".join), st.none() | st.dates().map(str), st.none() | st.booleans()
)
def test_no_text_raises_and_offsets_slice(text: str, published: str | None, narrative: bool | None) -> None:
    for mention in find_times(text, published, narrative=narrative):
        assert text[mention.start : mention.end] == mention.text != ""
        if mention.value_start and mention.value_end:
            assert mention.value_start <= mention.value_end
        resolve(mention, published=published, tense="future", anchor=("2000-02-29", "2000-03-05"))
