"""What is known of places: countries, GeoNames cities, the rows of ``extra.csv``, and the words that stand around names."""

from __future__ import annotations

import csv
import json
import unicodedata
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

CITY, DISTRICT, CAPITAL = 0, 1, 2
"""Kinds of row in ``cities.bin``: a populated place, a second-level division, a country's capital."""
COMMON, GIVEN, SURNAME = 1, 2, 4
"""What else a name is (bits): an ordinary English word, a person's given name, a surname."""
STATES = frozenset({"USA", "CAN", "AUS", "GBR"})
"""Countries whose first-level regions English reports name like countries."""

_LETTERS = str.maketrans(
    {
        "ı": "i", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d", "ð": "d", "ß": "ss", "æ": "ae", "Æ": "ae",
        "ə": "a", "Ə": "a", "œ": "oe", "þ": "th", "-": " ", "–": " ", ".": "", "'": "", "’": "", "‘": "", "ʼ": "", "ʻ": "",
        "`": "", "ʿ": "", "ʾ": "", ",": "", "\n": " ", "\u00a0": " ",
    }
)  # fmt: skip
_PLAIN = str.maketrans({"-": " ", ".": "", "'": "", ",": "", "\n": " "})


def name_key(name: str) -> str:
    """The form under which a name is looked up: lower case, no accents, apostrophes or full stops, hyphens as spaces, "saint" as "st"."""
    if name.isascii():
        key = name.translate(_PLAIN).lower()
    else:
        marked = unicodedata.normalize("NFKD", name.translate(_LETTERS))
        key = "".join(c for c in marked if not unicodedata.combining(c)).lower()
    if "  " in key or "saint" in key:
        key = " ".join("st" if part == "saint" else part for part in key.split())
    return key


@dataclass(frozen=True, slots=True)
class Place:
    """One place that a name may mean."""

    name: str
    country: str
    """ISO 3166-1 alpha-3 (XKX for Kosovo); empty for seas and for what several countries share."""
    admin1: str
    """First-level region, as ``extra.csv`` names it; may be empty."""
    latitude: float
    longitude: float
    kind: str
    """``country``, ``city``, or a kind of ``extra.csv``."""
    population: int
    """People; 0 where unknown."""
    geonames_id: int | None
    minor: bool = False
    """True for physical features and districts taken wholesale, which yield to any better-known namesake."""
    capital: bool = False
    """True for a country's capital city."""


@dataclass(frozen=True, slots=True)
class Cities:
    """The arrays of ``cities.bin``; a row becomes a `Place` only when a text names it."""

    latitudes: npt.NDArray[np.int32]
    longitudes: npt.NDArray[np.int32]
    populations: npt.NDArray[np.int32]
    ids: npt.NDArray[np.int32]
    countries: npt.NDArray[np.uint16]
    regions: npt.NDArray[np.uint16]
    kinds: npt.NDArray[np.uint8]
    postings: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int32]
    flags: bytes
    names: list[bytes]
    keys: dict[str, int]
    country_codes: list[str]
    region_names: list[str]
    given_names: frozenset[str]

    def place(self, row: int) -> Place:
        """The place of a row number."""
        return Place(
            self.names[row].decode(),
            self.country_codes[self.countries[row]],
            self.region_names[self.regions[row]],
            round(float(self.latitudes[row]) / 1e4, 4),
            round(float(self.longitudes[row]) / 1e4, 4),
            "district" if self.kinds[row] == DISTRICT else "city",
            int(self.populations[row]),
            int(self.ids[row]) or None,
            self.kinds[row] == DISTRICT,
            self.kinds[row] == CAPITAL,
        )

    def find(self, key: str, limit: int = 60) -> list[tuple[Place, bool]]:
        """The places of a key, most populous first, each with whether the name is only an alternate spelling."""
        at = self.keys.get(key)
        if at is None:
            return []
        found = self.postings[self.offsets[at] : self.offsets[at + 1]][:limit]
        return [(self.place(int(p) >> 1), bool(p & 1)) for p in found]


def _open(name: str) -> Any:
    return files("dragoman") / "data" / "places" / name


def load_cities() -> Cities:
    """Read ``cities.bin``. Raises FileNotFoundError where the package lacks it (``training/build_places.py`` makes it)."""
    block = memoryview(zlib.decompress(_open("cities.bin").read_bytes()))
    end = bytes(block[: 1 << 20]).index(b"\n")
    head = json.loads(bytes(block[:end]))
    at = end + 1
    arrays: list[Any] = []
    rows, keys = head["rows"], head["keys"]
    for kind, count in (
        ("<i4", rows), ("<i4", rows), ("<i4", rows), ("<i4", rows), ("<u2", rows), ("<u2", rows), ("<u1", rows),
        ("<i4", head["postings"]), ("<i4", keys + 1), ("<u1", keys),
    ):  # fmt: skip
        size = np.dtype(kind).itemsize * count
        arrays.append(np.frombuffer(block[at : at + size], kind).copy())
        at += size
    names = bytes(block[at : at + head["names"]]).split(b"\n")
    words = str(block[at + head["names"] :], "utf-8").split("\n")
    lats, lons, people, ids, nations, regions, kinds, postings, offsets, flags = arrays
    return Cities(
        lats, lons, people, ids, nations, regions, kinds, postings, offsets, flags.tobytes(),
        names, dict(zip(words, range(keys), strict=True)), head["countries"], head["regions"], frozenset(head["given"]),
    )  # fmt: skip


def read_rows(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file under ``data/places``."""
    return list(csv.DictReader(_open(name).read_text(encoding="utf-8").splitlines()))


@dataclass(frozen=True, slots=True)
class Listed:
    """Countries and the rows of ``extra.csv``."""

    index: dict[str, list[Place]]
    """By name key."""
    capitals: frozenset[str]
    """Keys that count only when written in capitals ("US", "CAR")."""
    articled: frozenset[str]
    """Keys that count only after "the" ("the Gulf")."""
    dotted: frozenset[str]
    """Abbreviations that count only between a comma and a full stop ("Roanoke, Va.")."""
    countries: dict[str, Place]
    """By alpha-3 code."""


def _listed_places() -> Iterator[tuple[Place, list[str]]]:
    for row in read_rows("countries.csv"):
        place = Place(
            row["name"], row["iso3"], "", float(row["latitude"]), float(row["longitude"]), "country",
            int(row["population"]), int(row["geonames_id"]),
        )  # fmt: skip
        yield place, [row["name"], *row["aliases"].split("|")]
    for row in read_rows("extra.csv"):
        gid = int(row["geonames_id"]) if row["geonames_id"] else None
        place = Place(
            row["name"], row["country"], row["admin1"], float(row["latitude"]), float(row["longitude"]), row["kind"],
            0, gid, row["note"] == "Natural Earth",
        )  # fmt: skip
        yield place, [row["name"], *row["aliases"].split("|")]


def load_places() -> Listed:
    """Read countries and ``extra.csv``."""
    index: dict[str, list[Place]] = defaultdict(list)
    capitals: set[str] = set()
    lower: set[str] = set()
    articled: set[str] = set()
    bare: set[str] = set()
    dotted: set[str] = set()
    countries = {}
    for place, names in _listed_places():
        if place.kind == "country":
            countries[place.country] = place
        for name in names:
            if not name:
                continue
            key = name_key(name.removeprefix("the "))
            (articled if name.startswith("the ") else bare).add(key)
            if name.endswith(".") and name.count(".") == 1:
                dotted.add(key)
            if len(key) <= 4:
                (capitals if name.isupper() else lower).add(key)
            if place not in index[key]:
                index[key].append(place)
    return Listed(dict(index), frozenset(capitals - lower), frozenset(articled - bare), frozenset(dotted), countries)


@lru_cache(maxsize=1)
def load_context() -> dict[str, frozenset[str]]:
    """Words around names by role (``context.csv``), lower case."""
    roles: dict[str, set[str]] = defaultdict(set)
    for row in read_rows("context.csv"):
        roles[row["role"]].update(row["words"].split())
    return {role: frozenset(words) for role, words in roles.items()}


@lru_cache(maxsize=1)
def load_demonyms() -> dict[str, str]:
    """Demonym ("kenyan") -> alpha-3 code: a hint at the story's country, never a place."""
    return {word: row["country"] for row in read_rows("demonyms.csv") for word in row["demonyms"].lower().split("|")}
