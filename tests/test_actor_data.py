"""The actor knowledge that comes with the package: right codes, right dates, agreement with second sources."""

import csv
from collections import defaultdict
from itertools import pairwise
from pathlib import Path

import pytest

from dragoman.lexicon import lexicon
from dragoman.mentions.actor_tables import THEMES, fault, fault_of_dates, read_table, shipped
from dragoman.mentions.knowledge import Knowledge, acronym_words, knowledge, plain

CASES = Path(__file__).parent / "cases"


def cases(name):
    return list(csv.DictReader((CASES / name).read_text(encoding="utf-8").splitlines()))


@pytest.fixture(scope="module")
def known():
    return knowledge()


@pytest.mark.parametrize("theme", [*THEMES, "roles"])
def test_every_row_has_valid_codes_and_dates(theme):
    faults = [
        f"{line}: {wrong}"
        for line, row in read_table(shipped() / f"{theme}.csv", theme)
        if (wrong := fault(theme, row))
    ]
    assert not faults


def test_there_is_as_much_as_promised():
    entities = defaultdict(set)
    for theme in THEMES:
        for _, row in read_table(shipped() / f"{theme}.csv", theme):
            entities[theme].add(row[0])
    assert len(entities["persons"]) >= 3500
    assert len(entities["organizations"]) >= 400
    assert len(entities["groups"]) >= 700
    assert len(entities["peoples"]) >= 150
    assert sum(1 for _ in read_table(shipped() / "roles.csv", "roles")) >= 900


def test_nobody_holds_the_same_office_twice_on_a_day(known):
    terms = defaultdict(set)
    for name, entry in known.everything():
        if entry.kind == "person":
            terms[entry.entity, entry.title, entry.country].add((entry.start or "0000", entry.end or "9999"))
            assert fault_of_dates(entry.start, entry.end) is None, name
    for key, spans in terms.items():
        for (_, end), (start, _) in pairwise(sorted(spans)):
            width = min(len(end), len(start))
            assert start[:width] >= end[:width], (key, end, start)


def test_no_name_is_an_ordinary_word(known):
    # names that are at once the noun for their members stand in both
    rows = lexicon()
    ordinary = {*rows.verbs, *rows.nouns, *rows.adjectives}
    found = set()
    for name in known.names():
        if " " in name:
            continue
        written = name == name.lower() or (name[:1].isupper() and not name.isupper())
        if written and name.lower() in ordinary:
            found.add(name)
    assert found <= {"Reunion", "LeT"}, "would match at the beginning of a sentence"


def test_acronyms_that_are_words_are_listed(known):
    rows = lexicon()
    ordinary = {*rows.verbs, *rows.nouns, *rows.adjectives}
    acronyms = {n.lower() for n in known.names() if n.isupper() and n.isalpha() and len(n) > 1}
    assert acronyms & ordinary <= acronym_words()


@pytest.mark.parametrize("case", cases("actors_second_source.csv"), ids=lambda c: c["alias"])
def test_groups_agree_with_a_second_source(known, case):
    found = [(e.country, e.sectors) for e in known.entries(case["alias"])]
    assert any(
        country == case["country"] and (not case["sector"] or case["sector"] in sectors) for country, sectors in found
    ), found


@pytest.mark.parametrize("case", cases("persons_second_source.csv"), ids=lambda c: c["name"])
def test_offices_agree_with_a_second_source(known, case):
    entities = {e.entity for e in known.entries(case["name"]) if e.kind == "person"}
    held = [(o.country, o.title) for entity in entities for o in known.offices(entity, case["on"])]
    assert any(country == case["country"] and case["title"] in title for country, title in held), held


@pytest.mark.parametrize("case", cases("roles_second_reading.csv"), ids=lambda c: c["role"])
def test_roles_agree_with_a_second_reading(known, case):
    role = known.roles[tuple(case["role"].split())]
    assert set(case["sectors"].split()) <= set(role.sectors)


def test_an_office_of_which_no_end_is_known_ends_after_two_years(known):
    guessed = [e for _, e in known.everything() if e.kind == "person" and "later unknown" in e.note]
    assert guessed
    assert all(e.end for e in guessed)
    one = next(e for e in guessed if "2022-07" in e.note)
    assert one.end == "2024-07"
    assert one.holds("2024-07-20")
    assert not one.holds("2024-08-01")


def test_names_are_shown_without_their_qualifier(known):
    assert not [e.name for _, e in known.everything() if e.name.endswith(")")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Cote d'Ivoire", ["Cote d'Ivoire"]),
        ("Côte d’Ivoire", ["Côte d’Ivoire"]),
        ("CÔTE D’IVOIRE", ["CÔTE D’IVOIRE"]),
        ("the WHO sent staff", ["WHO"]),
        ("those who sent staff", []),
        ("TALKS IS ALL WHO WANT PACE", []),
        ("MINISTERS MEET IN ANGOLA", ["ANGOLA"]),
        ("Chadian", ["Chadian"]),
        ("Chadians", ["Chadians"]),
        ("Chadia", []),
        ("Nato and Isis", ["Nato", "Isis"]),
        ("Lech Wałęsa", ["Lech Wałęsa"]),
    ],
)
def test_names_are_found_as_written(known, text, found):
    assert [hit.text for hit in known.find(text)] == found


def test_plain_text_has_the_length_of_the_text():
    for text in ("İstanbul", "Łódź’s", "ﬁn", "ß", "Å\u0327", "𝔄", "\u00a0‑"):
        assert len(plain(text)) == len(text)


def test_offsets_hold_after_letters_that_change_their_length(known):
    text = "İİ ﬁ ß: Kenya"
    (hit,) = known.find(text)
    assert text[hit.start : hit.end] == hit.text == "Kenya"


def test_loading_makes_no_entry_before_it_is_asked_for():
    fresh = Knowledge()
    assert not fresh._made
    fresh.find("Kenya")
    assert 0 < len(fresh._made) < 10
    assert not fresh.problems
