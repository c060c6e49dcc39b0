"""The actor knowledge: every name of `data/actors/*.csv`, matched at once.

One Aho-Corasick automaton holds all names; a text is matched in one pass. Matches keep to word boundaries and to case
("IS" is not "is"), but a name also matches in capitals, without its diacritics and with either apostrophe. What a name
stands for depends on the date: offices, countries and groups have a first and a last day.

Rows stay rows until a text names them: an `Entry` is made when it is first asked for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import ahocorasick

from dragoman.errors import CodebookError
from dragoman.mentions.actor_tables import (
    COLUMNS,
    PLOVER_CODES,
    THEMES,
    cells,
    country_codes,
    fault,
    read_table,
    shipped,
)

GRACE_YEARS = 2
"""Years for which an office that a list gave to somebody in a month is still taken for his, where no later list tells:
half a usual term, so that a minister is dropped about as often too early as too late."""

LATER_UNKNOWN = re.compile(r"in office (\d{4})(-\d\d), later unknown")
"""The note of such an office."""

KINDS = ("country", "adjective", "demonym", "seat", "organization", "group", "person", "member", "people")
_WIDTH = 16
"""A reference to a name is the number of its row times this, plus the place of its kind in `KINDS`."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one name may stand for."""

    entity: str
    name: str
    """Without the qualifier in brackets that tells namesakes apart."""
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
    note: str = ""
    overlay: bool = False
    """Whether it comes from a user's folder; such an entry wins on the days on which it holds."""

    def holds(self, day: str | None) -> bool:
        """Whether the entry holds on that ISO day; without a day every entry does."""
        if day is None:
            return True
        if self.start and day < self.start[: len(day)] and day[: len(self.start)] < self.start:
            return False
        return not (self.end and day[: len(self.end)] > self.end)


def winning(entries: Sequence[Entry]) -> list[Entry]:
    """Those from a user's folder where there are any, else all."""
    return [e for e in entries if e.overlay] or list(entries)


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


class _Plain(dict[int, str]):
    """What each letter is without its diacritics, one for one; filled as letters come."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        plain = unicodedata.normalize("NFD", char)[:1] if code > 127 else char
        self[code] = plain or char
        return self[code]


@lru_cache(maxsize=1)
def _plain_letters() -> _Plain:
    # letters with a bar or without a dot have no decomposition; apostrophes, hyphens and spaces have variants
    given = dict(zip("łŁøØđĐðħıŧ’ʼ‘`\u2010\u2011\u00a0\u202f", "lLoOdDdhit''''--  ", strict=True))
    return _Plain({ord(k): v for k, v in given.items()})


ARTICLE = re.compile(r"[AaEe][lL][- ](?=[A-Z])")
"""The Arabic article before a name, which reports write in eight ways: "Al Thani", "el-Sisi"."""


def plain(text: str) -> str:
    """The text without diacritics, with straight apostrophes and one spelling of the Arabic article, of the same length."""
    flat = text if text.isascii() and "`" not in text else text.translate(_plain_letters())
    return ARTICLE.sub(_article, flat)


def _article(match: re.Match[str]) -> str:
    at, found = match.start(), match.group()
    if at and match.string[at - 1].isalnum():
        return found
    return "al-" if found[1] == "l" else "AL-"


@lru_cache(maxsize=1)
def acronym_words() -> frozenset[str]:
    """Acronyms, in lower case, that are ordinary words or names when written otherwise ("WHO", "SWIFT")."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "acronym_words.txt"
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


class Knowledge:
    """All that is known of actors, ready to match.

    `extra` are folders of CSV files of the same format that overlay the shipped ones: on the days on which an entry of
    theirs holds, it alone counts for its name. Faulty rows of such folders are left out and told in `problems`.
    """

    def __init__(self, extra: Iterable[Path] = ()) -> None:
        self.problems: list[str] = []
        """What was left out of the user's folders: file, line, fault and cure."""
        self.roles: dict[tuple[str, ...], Role] = {}
        self._rows: list[list[str]] = []
        self._themes: list[tuple[int, str]] = []
        self._names: dict[str, list[int]] = {}
        self._offices: dict[str, list[int]] = {}
        self._surnames: dict[str, list[str]] = {}
        self._made: dict[int, Entry] = {}
        for folder in extra:
            self._load(folder, checked=True)
        self._own = len(self._rows)
        self._load(shipped(), checked=False)
        self.role_words = frozenset(phrase[-1] for phrase in self.roles)
        self.role_heads = frozenset(phrase[0] for phrase in self.roles if len(phrase) > 2 and phrase[1] == "of")
        self._lengths: list[int] = []
        self._references: list[list[int]] = []
        self._wary: set[int] = set()
        self._automaton = self._build()

    # -- loading -------------------------------------------------------------------------------------------------------

    def _load(self, folder: Path | Traversable, checked: bool) -> None:
        for theme in (*THEMES, "roles"):
            path = folder / f"{theme}.csv"
            if not path.is_file():
                continue
            try:
                rows = self._checked(path, theme) if checked else read_table(path, theme)
                if theme == "roles":
                    self._add_roles(rows)
                    continue
                self._themes.append((len(self._rows), theme))
                self._add(theme, rows)
            except (ValueError, IndexError) as error:
                if not checked:
                    raise CodebookError(f"{path}: {error}") from None
                self.problems.append(f"{path}: {error}")

    def _checked(self, path: Path | Traversable, theme: str) -> Iterator[tuple[int, list[str]]]:
        for line, row in read_table(path, theme):
            wrong = fault(theme, row)
            if wrong is None:
                yield line, row
            else:
                self.problems.append(f"{path}:{line}: {wrong}")

    def _add(self, theme: str, rows: Iterable[tuple[int, list[str]]]) -> None:
        """Files the names of each row under their plain form."""
        columns = _name_columns(theme)
        before: list[str] = []
        forms: list[tuple[str, int]] = []
        for _, row in rows:
            if row[:3] != before or theme != "persons":
                forms = _forms(row, columns)
                before = row[:3]
                if theme == "persons":
                    self._add_surname(row)
            base = len(self._rows) * _WIDTH
            self._rows.append(row)
            for form, kind in forms:
                known = self._names.get(form)
                if known is None:
                    self._names[form] = [base + kind]
                else:
                    known.append(base + kind)
            if theme == "persons":
                self._offices.setdefault(row[0], []).append(base + _PERSON)

    def _add_surname(self, row: list[str]) -> None:
        known = self._surnames.setdefault(plain(surname_of(row[1])), [])
        if row[0] not in known:
            known.append(row[0])

    def _add_roles(self, rows: Iterable[tuple[int, list[str]]]) -> None:
        for _, (role, plural, sectors, kind, _note) in rows:
            codes = tuple(sectors.split())
            words = tuple(role.lower().split())
            if words not in self.roles:
                self.roles[words] = Role(role, False, codes, kind)
            for form in cells(plural):
                words = tuple(form.lower().split())
                if words not in self.roles:
                    self.roles[words] = Role(form, True, codes, kind)

    def _build(self) -> Any:
        automaton = ahocorasick.Automaton(ahocorasick.STORE_INTS)
        words = acronym_words()
        others: dict[str, int] = {}
        for number, (form, references) in enumerate(self._names.items()):
            self._lengths.append(len(form))
            self._references.append(references)
            automaton.add_word(form, number)
            # an acronym or a short name in capitals stays as it is: "WHO" must not come from "Who"
            if len(form) > 4 and len(upper := form.upper()) == len(form):
                others.setdefault(upper, number)
            if form.isupper() and form.isalpha():
                if form.lower() in words:
                    self._wary.add(number)
                # British papers write acronyms that are said as words with one capital: "Isis", "Nato"
                elif 4 <= len(form) <= 8:
                    others.setdefault(form.capitalize(), number)
        for form, number in others.items():
            if form not in self._names:
                automaton.add_word(form, number)
        if len(automaton):
            automaton.make_automaton()
        return automaton

    # -- looking up ----------------------------------------------------------------------------------------------------

    def _entry(self, reference: int) -> Entry:
        made = self._made.get(reference)
        if made is None:
            number, kind = divmod(reference, _WIDTH)
            theme = next(name for first, name in reversed(self._themes) if first <= number)
            made = self._made[reference] = _entry(theme, self._rows[number], KINDS[kind], number < self._own)
        return made

    def entries(self, name: str) -> tuple[Entry, ...]:
        """Everything that a name may stand for, exactly as written but for diacritics; empty where it is unknown."""
        return tuple(self._entry(r) for r in self._names.get(plain(name), ()))

    def names(self) -> Iterator[str]:
        """Every name in its plain form."""
        return iter(self._names)

    def everything(self) -> Iterator[tuple[str, Entry]]:
        """Every (name in its plain form, what it may stand for)."""
        for name, references in self._names.items():
            for reference in references:
                yield name, self._entry(reference)

    def find(self, text: str) -> list[Hit]:
        """Every known name in the text, longest first where they overlap, in text order."""
        if not len(self._automaton) or not text:
            return []
        flat = plain(text)
        found: list[tuple[int, int, int]] = []
        for last, number in self._automaton.iter(flat):
            start, end = last - self._lengths[number] + 1, last + 1
            if (start and flat[start - 1].isalnum()) or (end < len(flat) and flat[end].isalnum()):
                continue
            if number in self._wary and _in_capitals(flat, start, end):
                continue
            found.append((start, -end, number))
        found.sort()
        hits: list[Hit] = []
        reach = 0
        for start, end, number in found:
            longer = hits and start < reach and -end > reach and -end - start > reach - hits[-1].start
            if longer:
                # "the Sudan" gives way to "Sudan People's Liberation Movement"
                hits.pop()
            if start >= reach or longer:
                reach = -end
                entries = tuple(self._entry(r) for r in self._references[number])
                hits.append(Hit(start, reach, text[start:reach], entries))
        return hits

    def terms(self, entity: str) -> list[Entry]:
        """Every office period of a person, whenever it was; empty for one who is no person or unknown."""
        return [self._entry(r) for r in self._offices.get(entity, ())]

    def offices(self, entity: str, day: str | None) -> list[Entry]:
        """The offices that a person holds on the day; empty for one who holds none then."""
        return winning([e for e in self.terms(entity) if e.holds(day)])

    def states(self, code: str) -> list[Entry]:
        """The states and polities of a country code, as countries; those without an end first."""
        number = COLUMNS["countries"].index("country")
        found = [
            self._entry(i * _WIDTH)
            for first, theme in self._themes
            if theme == "countries"
            for i in range(first, next((f for f, _ in self._themes if f > first), len(self._rows)))
            if self._rows[i][number] == code
        ]
        return sorted(found, key=lambda e: (bool(e.end), not e.entity.startswith("country/")))

    def bearers(self, surname: str) -> Sequence[str]:
        """Entities of the persons of that surname."""
        return self._surnames.get(plain(surname), ())


_PERSON = KINDS.index("person")


def _name_columns(theme: str) -> list[tuple[int, int]]:
    """(column that holds names, kind of these names as a place in `KINDS`) of a theme."""
    kinds = {
        "countries": {"name": 0, "aliases": 0, "adjectives": 1, "demonyms": 2, "seats": 3},
        "organizations": {"name": 4, "aliases": 4},
        "groups": {"name": 5, "aliases": 5, "members": 7},
        "persons": {"name": _PERSON, "aliases": _PERSON},
        "peoples": {"name": 8, "nouns": 8},
    }[theme]
    return [(COLUMNS[theme].index(column), kind) for column, kind in kinds.items()]


INITIALS = re.compile(r"(?<=[a-z]) (?:[A-Z]\. ?)+(?=[A-Z][a-z])")
"""Middle initials, which most reports leave out: "Mark T. Esper" is "Mark Esper"."""

EASTERN = re.compile(r"(?<=\b[A-Z][a-z])([a-z]*)-([a-z])(?=[a-z]+$)")
"""The hyphen of a Korean or Chinese given name: "Moon Jae-in" is also written "Moon Jae In"."""


def _parted(match: re.Match[str]) -> str:
    return f"{match[1]} {match[2].upper()}"


def _forms(row: Sequence[str], columns: Sequence[tuple[int, int]]) -> list[tuple[str, int]]:
    """(plain form, kind) of every name of a row, each once."""
    found: dict[tuple[str, int], None] = {}
    for column, kind in columns:
        value = row[column]
        if value:
            for name in cells(value) if "|" in value else (value.strip(),):
                found[plain(name), kind] = None
                if kind == _PERSON and "." in name and (short := INITIALS.sub(" ", name)) != name:
                    found[plain(short), kind] = None
                if kind == _PERSON and "-" in name and (parted := EASTERN.sub(_parted, name)) != name:
                    found[plain(parted), kind] = None
    return list(found)


def _entry(theme: str, row: Sequence[str], kind: str, overlay: bool) -> Entry:
    values = dict(zip(COLUMNS[theme], row, strict=True))
    name = values["name"].split(" (")[0] if values["name"].endswith(")") else values["name"]
    end, note = values.get("end", ""), values["note"]
    if not end and (unknown := LATER_UNKNOWN.search(note)):
        end = f"{int(unknown[1]) + GRACE_YEARS}{unknown[2]}"
    return Entry(
        values["entity"],
        name,
        kind,
        values["country"] or None,
        tuple(values.get("sectors", "").split()),
        values.get("start", ""),
        end,
        name if theme == "peoples" else None,
        values.get("title", ""),
        tuple(cells(values.get("states", ""))),
        note,
        overlay,
    )


def _in_capitals(text: str, start: int, end: int) -> bool:
    """Whether the rest of the line is in capitals too, so that an acronym can't be told from the word."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    rest = text[first:start] + text[end : last if last >= 0 else len(text)]
    return rest.isupper()


def surname_of(name: str) -> str:
    """The part of a full name that news uses alone: the last word."""
    return name.split()[-1] if name else ""


@lru_cache(maxsize=4)
def knowledge(extra: tuple[str, ...] = ()) -> Knowledge:
    """The knowledge with the user's folders over it, loaded once a process."""
    return Knowledge(Path(folder) for folder in extra)


__all__ = [
    "GRACE_YEARS",
    "PLOVER_CODES",
    "Entry",
    "Hit",
    "Knowledge",
    "Role",
    "acronym_words",
    "country_codes",
    "knowledge",
    "plain",
    "surname_of",
    "winning",
]
