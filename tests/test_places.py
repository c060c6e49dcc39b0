"""Places in running text: what is one, what it means, and where it is."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dragoman.mentions.place_knowledge import name_key, read_rows
from dragoman.mentions.places import ABSTAIN_BELOW, PlaceMention, find_places, gazetteer

CASES = Path(__file__).parent / "cases"
KINDS = {
    "region",
    "disputed",
    "province",
    "valley",
    "strait",
    "camp",
    "crossing",
    "river",
    "sea",
    "island",
    "mountains",
    "desert",
    "base",
    "town",
    "historical",
    "district",
    "continent",
}


def rows(name: str) -> list[dict[str, str]]:
    return list(csv.DictReader((CASES / name).read_text(encoding="utf-8").splitlines()))


def kilometres(a: float, b: float, c: float, d: float) -> float:
    a, b, c, d = map(math.radians, (a, b, c, d))
    h = math.sin((c - a) / 2) ** 2 + math.cos(a) * math.cos(c) * math.sin((d - b) / 2) ** 2
    return 12742 * math.asin(min(1.0, math.sqrt(h)))


def of(text: str, words: str) -> PlaceMention:
    found = [m for m in find_places(text) if m.text == words]
    assert found, f"{words!r} not found in {[m.text for m in find_places(text)]}"
    return found[0]


@pytest.mark.parametrize("case", rows("places.csv"), ids=lambda c: f"{c['mention']}: {c['why']}")
def test_a_place_is_found_and_resolved(case: dict[str, str]) -> None:
    mention = of(case["text"], case["mention"])
    assert (mention.name, mention.country or "") == (case["name"], case["country"])
    assert mention.latitude is not None
    assert mention.longitude is not None
    assert kilometres(mention.latitude, mention.longitude, float(case["latitude"]), float(case["longitude"])) < 100


@pytest.mark.parametrize("case", rows("not_places.csv"), ids=lambda c: f"{c['words']}: {c['why']}")
def test_what_only_looks_like_a_place_is_left_out(case: dict[str, str]) -> None:
    assert case["words"] not in [m.text for m in find_places(case["text"])]


def test_the_lead_tells_which_country_the_story_is_about() -> None:
    text = "Police fired on a crowd in Victoria, and the mayor resigned."
    assert of(text, "Victoria").country != "CMR"
    assert (
        find_places("Soldiers shot at protesters in Limbe.", lead="Cameroon: unrest in Buea and Douala")[0].country
        == "CMR"
    )


def test_an_uncertain_place_has_no_point() -> None:
    for mention in find_places("A man from San Pedro spoke. A woman from Springfield left."):
        assert (mention.latitude is None) == (mention.confidence < ABSTAIN_BELOW)


def test_one_name_means_one_place_in_a_document() -> None:
    found = [
        m for m in find_places("A school burned in Athens, Georgia. Athens mourned for days.") if m.text == "Athens"
    ]
    assert [m.country for m in found] == ["USA", "USA"]


@settings(max_examples=60, deadline=None)
@given(
    st.text(max_size=60),
    st.sampled_from(["Sana'a’s", "in Kyiv", "Ağdam", "Paris,\nTexas", "U.S.", "the Gulf", "São Tomé and Príncipe"]),
)
def test_offsets_always_slice_the_text(noise: str, place: str) -> None:
    text = f"{noise} {place} {noise}"
    last = 0
    for mention in find_places(text):
        assert text[mention.start : mention.end] == mention.text
        assert mention.start >= last
        last = mention.end


def test_every_row_of_the_extra_places_is_sound() -> None:
    codes = {row["iso3"] for row in read_rows("countries.csv")}
    table = read_rows("extra.csv")
    assert len(table) >= 1500
    for row in table:
        assert row["name"], row
        assert row["kind"] in KINDS, row
        assert row["country"] in codes or not row["country"], row
        assert -90 <= float(row["latitude"]) <= 90, row
        assert -180 <= float(row["longitude"]) <= 180, row
        assert not row["geonames_id"] or int(row["geonames_id"]) > 0, row


def test_first_level_regions_lie_among_the_towns_of_their_country() -> None:
    cities = gazetteer().finder.cities
    codes = cities.country_codes
    boxes = {}
    for number, code in enumerate(codes):
        inside = (cities.countries == number) & (cities.kinds != 1)
        if inside.any():
            lats, lons = cities.latitudes[inside] / 1e4, cities.longitudes[inside] / 1e4
            boxes[code] = (lats.min() - 3, lats.max() + 3, lons.min() - 3, lons.max() + 3)
    for row in read_rows("extra.csv"):
        if row["note"].startswith("admin1") and row["country"] in boxes:
            south, north, west, east = boxes[row["country"]]
            assert south <= float(row["latitude"]) <= north, row
            assert west <= float(row["longitude"]) <= east, row


@pytest.mark.parametrize(
    ("name", "key"), [("São-Tomé", "sao tome"), ("Saint John’s", "st johns"), ("U.S.", "us"), ("Ağdam", "agdam")]
)
def test_names_meet_under_one_key(name: str, key: str) -> None:
    assert name_key(name) == key
