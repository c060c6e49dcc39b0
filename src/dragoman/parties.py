"""Whom a dossier is about: parties as a person names them, found among the participants that a store holds."""

from __future__ import annotations

import csv
import difflib
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from dragoman.codebook import load
from dragoman.errors import UsageError
from dragoman.records import Participant
from dragoman.store import Store

COUNTRIES = Path(__file__).parent / "data" / "actors" / "countries.csv"

PRONOUNS = Path(__file__).parent / "data" / "lexicons" / "en" / "pronouns.toml"

INTERNATIONAL = {
    "UNO": "United Nations",
    "EUR": "European Union",
    "IGO": "international organizations",
    "NGO": "non-governmental organizations",
    "ISM": "international social movements",
    "IMG": "international militant groups",
    "MNC": "multinational companies",
}
"""PLOVER's codes that stand where a country's would."""

UNSPECIFIC = frozenset({"IGO", "NGO", "ISM", "IMG", "MNC"})
"""Codes of a kind of actor: two with the same one need not be the same actor."""

NEAR = 5
"""Near matches named for a party that is unknown."""


@dataclass(frozen=True, slots=True)
class Party:
    """One party of a process."""

    key: str
    """`country/XXX`, or the entity's key in the actor knowledge."""
    name: str
    country: str | None
    """ISO alpha-3 or PLOVER code; of a group, that of the state it belongs to."""

    @property
    def whole_country(self) -> bool:
        """Whether everybody of the country belongs to it."""
        return self.key.startswith("country/")


@cache
def country_names() -> Mapping[str, str]:
    """Names of countries by code, from the actor knowledge."""
    with COUNTRIES.open(encoding="utf-8", newline="") as rows:
        named = {row["entity"].removeprefix("country/"): row["name"] for row in csv.DictReader(rows)}
    return {**named, **INTERNATIONAL}


@dataclass(frozen=True, slots=True)
class Directory:
    """The participants of a store's incidents."""

    names: Mapping[str, str]
    """Commonest canonical name by entity."""
    countries: Mapping[str, str]
    """Commonest country by entity."""
    codes: frozenset[str]
    """Codes of participants and places."""

    def label(self, key: str) -> str:
        """The name of an actor's key."""
        if key in self.names:
            return self.names[key]
        kind, _, rest = key.partition("/")
        return country_names().get(rest, rest) if kind == "country" else rest.replace("-", " ")

    def find(self, name: str) -> Party:
        """The party that a code, a key or a name means. Raises `UsageError` with near matches where it means none."""
        code = name.removeprefix("country/").upper()
        if code in self.codes:
            return Party(f"country/{code}", country_names().get(code, code), code)
        wanted = name.casefold().strip()
        for key in sorted(self.names):
            if wanted == key.casefold() or wanted == self.names[key].casefold():
                return self._party(key)
        for code in sorted(self.codes):
            if country_names().get(code, "").casefold() == wanted:
                return Party(f"country/{code}", country_names()[code], code)
        raise UsageError(f"no party {name!r} in the store{self._hint(wanted)}")

    def place(self, name: str) -> str:
        """The code of a country in which or by which something happened."""
        code = name.upper()
        if code not in self.codes:
            named = {country_names().get(c, c).casefold(): c for c in sorted(self.codes)}
            if name.casefold() not in named:
                raise UsageError(f"nothing in the store happened in {name!r}{self._hint(name.casefold())}")
            return named[name.casefold()]
        return code

    def _party(self, key: str) -> Party:
        country = self.countries.get(key)
        if key.startswith("country/"):
            return Party(key, self.names[key], key.removeprefix("country/"))
        return Party(key, self.names[key], country)

    def _hint(self, wanted: str) -> str:
        known: dict[str, str] = {}
        for code in sorted(self.codes):
            label = country_names().get(code, code)
            known[code.casefold()] = known[label.casefold()] = f"{code} ({label})"
        for key, name in sorted(self.names.items()):
            known[key.casefold()] = known[name.casefold()] = f"{name} ({key})"
        near = difflib.get_close_matches(wanted, known, NEAR, 0.6)
        near += [k for k in known if wanted in k.split() or (len(wanted) > 3 and wanted in k)]
        found = list(dict.fromkeys(known[k] for k in near))[:NEAR]
        return f"; near it: {', '.join(found)}" if found else "; use a country's ISO code or an actor's id or name"


def directory(store: Store) -> Directory:
    """Who takes part in a store's incidents."""
    rows = store.sql(
        "SELECT p.entity AS entity, p.name AS name, p.country AS country, count(*) AS n FROM"
        " (SELECT unnest(list_concat(actors, recipients)) AS p FROM incidents) GROUP BY ALL"
    ).to_pylist()
    places = store.sql("SELECT DISTINCT place.country AS country FROM incidents WHERE place.country IS NOT NULL")
    names: dict[str, Counter[str]] = defaultdict(Counter)
    countries: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        if row["entity"]:
            if row["name"]:
                names[row["entity"]][row["name"]] += row["n"]
            if row["country"]:
                countries[row["entity"]][row["country"]] += row["n"]
    codes = {row["country"] for row in rows if row["country"]} | set(places["country"].to_pylist())
    return Directory(
        {key: _top(found) for key, found in names.items()},
        {key: _top(found) for key, found in countries.items()},
        frozenset(codes),
    )


def _top(found: Counter[str]) -> str:
    return min(found, key=lambda value: (-found[value], value))


def key_of(participant: Participant, parties: Sequence[Party]) -> str | None:
    """Which actor a participant counts for: a party, else itself, a person for his country; None where nobody knows.

    A party named by itself goes before the country that it belongs to.
    """
    for party in parties:
        if participant.entity == party.key:
            return party.key
    for party in parties:
        if party.whole_country and participant.country == party.country:
            return party.key
    entity, country = participant.entity, participant.country
    if entity and not entity.startswith("person/"):
        return entity
    if country and country not in UNSPECIFIC:
        return f"country/{country}"
    return entity


@cache
def pronouns() -> frozenset[str]:
    """Words that stand for somebody named elsewhere, in small letters."""
    rows = tomllib.loads(PRONOUNS.read_text(encoding="utf-8"))["pronoun"]
    return frozenset(word for row in rows for word in row["words"])


def described(participant: Participant) -> str:
    """A participant for a reader: the name, or the words of the report with country and sectors where they are known."""
    if participant.name:
        return participant.name
    sectors = load().sectors
    known = [country_names().get(participant.country, participant.country)] if participant.country else []
    known += [sectors[s].name if s in sectors else s for s in participant.sectors]
    if known and participant.text.lower() in pronouns():  # "it (Sudan, military)" tells less than "Sudan (military)"
        return f"{known[0]} ({', '.join(known[1:])})" if known[1:] else known[0]
    more = [word for word in known if word and word.lower().rstrip("s") not in participant.text.lower()]
    return f"{participant.text} ({', '.join(more)})" if more else participant.text


def listed(participants: Iterable[Participant]) -> str:
    """Participants for a reader, each once; empty where there are none."""
    return ", ".join(dict.fromkeys(described(p) for p in participants))
