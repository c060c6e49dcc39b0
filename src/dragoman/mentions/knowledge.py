"""The actor knowledge: every name of `data/actors/*.csv`, matched at once.

One Aho-Corasick automaton holds all names; a text is matched in one pass. Matches keep to word boundaries and to case
("IS" is not "is"), but a name also matches in capitals and without its diacritics. What a name stands for depends on
the date: offices, countries and groups have a first and a last day.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

import ahocorasick

from dragoman.errors import CodebookError

FILES = ("countries", "organizations", "groups", "persons", "peoples")
"""The themes of the actor knowledge, later ones giving way to earlier where one alias names two things."""

PLOVER_CODES = frozenset({"UNO", "EUR", "IGO", "NGO", "ISM", "IMG", "MNC", "XKX"})
NOT_NAMES = frozenset(
    "Mend Pace Arena Shape Swift Start Salt Aids Rally Force Unity Front Accord Sail Care Mission Target Amal Fast Rain Fair Hope Cord Dawn Gain Grain Press Space Labour".split()
)
"""Acronyms that are ordinary words or names when written with one capital."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one name may stand for."""

    entity: str
    name: str
    kind: str
    """country, adjective, demonym, seat, organization, group, member, person or people."""
    country: str | None
    sectors: tuple[str, ...]
    start: str
    end: str
    """ISO dates as precise as known; empty where open."""
    people: str | None = None
    title: str = ""
    """Office in words, for persons."""
    states: tuple[str, ...] = ()

    def holds(self, day: str | None) -> bool:
        """Whether the entry holds on that ISO day; without a day every entry does."""
        if day is None:
            return True
        if self.start and day < self.start[: len(day)] and day[: len(self.start)] < self.start:
            return False
        return not (self.end and day[: len(self.end)] > self.end)


@dataclass(frozen=True, slots=True)
class Hit:
    """A name found in a text."""

    start: int
    end: int
    text: str
    entries: tuple[Entry, ...]
    """Everything the name may stand for; several rows for the offices of one person."""


@dataclass(frozen=True, slots=True)
class Role:
    """A common noun for a person or a body that can act."""

    words: str
    plural: bool
    sectors: tuple[str, ...]
    kind: str
    """office, agent, body or asset."""


def _cells(value: str | None) -> list[str]:
    return [part.strip() for part in (value or "").split("|") if part.strip()]


def _strip(text: str) -> str:
    """The text without diacritics, of the same length; a letter that has no plain form stays."""
    out = []
    for char in text:
        plain = unicodedata.normalize("NFD", char)[:1] if ord(char) > 127 else char
        out.append(plain if len(plain) == 1 else char)
    return "".join(out)


def _rows(path: Path | Any) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from csv.DictReader(stream)


def _entries(theme: str, row: dict[str, str]) -> Iterator[tuple[str, Entry]]:
    """(name as written, what it stands for) of one row."""
    entity, name = row["entity"], row["name"]
    country = row.get("country") or None
    sectors = tuple((row.get("sectors") or "").split())
    start, end = row.get("start") or "", row.get("end") or ""
    states = tuple(_cells(row.get("states")))

    def entry(kind: str, sectors: tuple[str, ...] = sectors, people: str | None = None) -> Entry:
        return Entry(entity, name, kind, country, sectors, start, end, people, row.get("title") or "", states)

    if theme == "countries":
        for alias in [name, *_cells(row.get("aliases"))]:
            yield alias, entry("country")
        for alias in _cells(row.get("adjectives")):
            yield alias, entry("adjective")
        for alias in _cells(row.get("demonyms")):
            yield alias, entry("demonym")
        for alias in _cells(row.get("seats")):
            yield alias, entry("seat")
    elif theme == "peoples":
        for alias in [name, *_cells(row.get("nouns"))]:
            yield alias, entry("people", people=name)
    else:
        kind = theme[:-1]
        for alias in [name, *_cells(row.get("aliases"))]:
            yield alias, entry(kind)
        for alias in _cells(row.get("members")):
            yield alias, entry("member")


class Knowledge:
    """All that is known of actors, ready to match.

    `extra` are folders of CSV files of the same format that overlay the shipped ones: their entries come first.
    """

    def __init__(self, extra: Iterable[Path] = ()) -> None:
        self.names: dict[str, list[Entry]] = {}
        self.persons: dict[str, list[Entry]] = {}
        self.by_surname: dict[str, list[str]] = {}
        self.by_entity: dict[str, list[Entry]] = {}
        for folder in [*extra, resources.files("dragoman") / "data" / "actors"]:
            self._load(folder)
        self.roles = load_roles(resources.files("dragoman") / "data" / "actors" / "roles.csv")
        self.role_words = frozenset(phrase[-1] for phrase in self.roles)
        self._automaton = self._build()

    def _load(self, folder: Path | Any) -> None:
        for theme in FILES:
            path = folder / f"{theme}.csv"
            if not path.is_file():
                continue
            for number, row in enumerate(_rows(path), start=2):
                if None in row.values() or not row.get("entity"):
                    raise CodebookError(f"{path}:{number}: too few cells or no entity; give every column of the header")
                self._add(theme, row)

    def _add(self, theme: str, row: dict[str, str]) -> None:
        first = True
        for alias, entry in _entries(theme, row):
            self.names.setdefault(alias, []).append(entry)
            if first:
                self.by_entity.setdefault(entry.entity, []).append(entry)
                if theme == "persons":
                    self.persons.setdefault(entry.entity, []).append(entry)
                    surname = surname_of(entry.name)
                    known = self.by_surname.setdefault(_strip(surname), [])
                    if entry.entity not in known:
                        known.append(entry.entity)
                first = False

    def _build(self) -> Any:
        automaton = ahocorasick.Automaton()
        keys: dict[str, str] = {}
        for alias in self.names:
            for form in {alias, _strip(alias)}:
                keys.setdefault(form, alias)
        for alias in self.names:
            # an acronym or a short name in capitals stays as it is: "WHO" must not come from "Who"
            if len(alias) > 4:
                keys.setdefault(_strip(alias).upper(), alias)
            # British papers write acronyms that are said as words with one capital: "Isis", "Nato"
            if 4 <= len(alias) <= 8 and alias.isalpha() and alias.isupper() and alias.capitalize() not in NOT_NAMES:
                keys.setdefault(alias.capitalize(), alias)
        for form, alias in keys.items():
            automaton.add_word(form, (len(form), alias))
        if len(automaton):
            automaton.make_automaton()
        return automaton

    def find(self, text: str) -> list[Hit]:
        """Every known name in the text, longest first where they overlap, in text order."""
        if not len(self._automaton) or not text:
            return []
        plain = text if text.isascii() else _strip(text)
        found: list[tuple[int, int, str]] = []
        for last, (length, alias) in self._automaton.iter(plain):
            start, end = last - length + 1, last + 1
            if (start and plain[start - 1].isalnum()) or (end < len(plain) and plain[end].isalnum()):
                continue
            found.append((start, end, alias))
        found.sort(key=lambda item: (item[0], -item[1]))
        hits: list[Hit] = []
        reach = 0
        for start, end, alias in found:
            if start < reach:
                continue
            hits.append(Hit(start, end, text[start:end], tuple(self.names[alias])))
            reach = end
        return hits

    def offices(self, entity: str, day: str | None) -> list[Entry]:
        """The offices that a person holds on the day; empty for one who holds none then."""
        return [e for e in self.persons.get(entity, ()) if e.holds(day)]


def surname_of(name: str) -> str:
    """The part of a full name that news uses alone: the last word, with its particle ("de Klerk" -> "Klerk" too)."""
    return name.split()[-1] if name else ""


def load_roles(path: Path | Any) -> dict[tuple[str, ...], Role]:
    """Role nouns by their lower-case words, singular and plural."""
    roles: dict[tuple[str, ...], Role] = {}
    if not path.is_file():
        return roles
    for row in _rows(path):
        sectors = tuple((row["sectors"] or "").split())
        forms = [(row["role"], False), *((p, True) for p in _cells(row["plural"]))]
        for words, plural in forms:
            roles.setdefault(tuple(words.lower().split()), Role(words, plural, sectors, row["kind"]))
    return roles


@lru_cache(maxsize=4)
def knowledge(extra: tuple[Path, ...] = ()) -> Knowledge:
    """The knowledge, loaded once a process."""
    return Knowledge(extra)
