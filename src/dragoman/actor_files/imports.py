"""Dictionaries of other coders and tables as rows of our tables, every line accounted for."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from dragoman.actor_files.codes import Code, disjoint
from dragoman.actor_files.dictionaries import (
    NOBODY,
    Agent,
    Line,
    Named,
    Outcome,
    decode,
    is_agents,
    people_kind,
    read_actors,
    read_agents,
)
from dragoman.actor_files.folders import GROUP_SECTORS, entity_for, simple_row
from dragoman.actor_files.names import clean, particles, slug, spellings
from dragoman.errors import UsageError
from dragoman.mentions.actor_tables import COLUMNS, fault
from dragoman.mentions.knowledge import knowledge

STATE = frozenset({"country", "adjective", "demonym", "seat"})
SIMPLE = ("name", "country", "sectors", "aliases", "title", "start", "end", "kind", "note")
"""Columns of a table that isn't one of ours; only the first is needed, with one of the next two."""


@dataclass(slots=True)
class Imported:
    """The rows made of some files, by theme, and what became of each line."""

    rows: dict[str, list[list[str]]] = field(default_factory=dict)
    lines: list[Line] = field(default_factory=list)

    def add(self, theme: str, row: list[str]) -> None:
        """Adds a row."""
        self.rows.setdefault(theme, []).append(row)

    def counts(self) -> Counter[Outcome]:
        """How many lines came to what."""
        return Counter(line.outcome for line in self.lines)

    def left_out(self) -> list[Line]:
        """The lines, or parts of lines, that weren't imported and aren't comments."""
        return [line for line in self.lines if line.outcome in {"ignored", "malformed", "in part"}]


def read_files(paths: Sequence[Path]) -> Imported:
    """Reads dictionaries and tables. Raises `UsageError` for a file that can't be read."""
    made = Imported()
    for path in paths:
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise UsageError(f"can't read {path}: {error.strerror or error}") from None
        lines = decode(raw, str(path))
        made.lines += lines
        if path.suffix.lower() == ".csv":
            _table(lines, made)
        elif is_agents(lines):
            _agents(lines, made)
        else:
            _actors(lines, made)
    return made


def summary(made: Imported) -> str:
    """One line: how many lines there were and what became of them."""
    counts = made.counts()
    told = ", ".join(f"{counts[o]} {o}" for o in ("imported", "in part", "ignored", "malformed", "comment", "blank"))
    rows = ", ".join(f"{len(rows)} {theme}" for theme, rows in made.rows.items())
    return f"{len(made.lines)} lines: {told}; rows: {rows or 'none'}"


def write_account(path: Path, made: Imported) -> None:
    """Writes what was left out, and why, as CSV: file, line, outcome, reason, text."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("file", "line", "outcome", "reason", "text"))
        for line in made.left_out():
            writer.writerow((line.file, line.number, line.outcome, line.detail, line.text))


# -- tables ------------------------------------------------------------------------------------------------------------


def _table(lines: list[Line], made: Imported) -> None:
    """A CSV with the header of one of our tables, or with a simple one."""
    rows = csv.reader(io.StringIO("\n".join(line.text for line in lines), newline=""))
    first = before = 0
    reader: Callable[[list[str]], tuple[str, list[str]]] | None = None
    try:
        for row in rows:
            own = lines[before : rows.line_num]
            first, before = before, rows.line_num
            if not row:
                own[0].put("blank")
            elif reader is None:
                reader = _row_reader([cell.strip() for cell in row])
                own[0].put("comment", "the header")
            else:
                try:
                    made.add(*reader(row))
                except ValueError as error:
                    for line in own:
                        line.put("malformed", str(error))
    except (csv.Error, ValueError) as error:
        for line in lines[first:]:
            line.put("malformed", str(error))


def _row_reader(header: list[str]) -> Callable[[list[str]], tuple[str, list[str]]]:
    theme = next((theme for theme, columns in COLUMNS.items() if list(columns) == header), None)
    if theme is None and ("name" not in header or set(header) - set(SIMPLE)):
        strange = ", ".join(c or "an empty one" for c in header if c not in SIMPLE)
        raise ValueError(f"unknown columns ({strange}); use {','.join(SIMPLE)} or the header of one of our tables")

    def read(row: list[str]) -> tuple[str, list[str]]:
        if theme is not None:
            wrong = fault(theme, row)
            if wrong is not None:
                raise ValueError(wrong)
            return theme, row
        if len(row) != len(header):
            raise ValueError(f"{len(row)} cells instead of {len(header)}; quote cells that hold commas")
        return simple_row(dict(zip(header, row, strict=True)))

    return read


# -- actors ------------------------------------------------------------------------------------------------------------


def _actors(lines: list[Line], made: Imported) -> None:
    people = people_kind(lines)
    for actor in read_actors(lines):
        if not actor.codes:
            for line, _ in actor.names:
                if actor.nobody:
                    _leave_out(line, NOBODY)
                elif line.outcome == "imported":
                    line.put(
                        "malformed",
                        "no code before the next name; give [CODE], or + before the next line if it is a synonym",
                    )
        elif people is not None:
            _people(actor, people, made)
        else:
            _actor(actor, made)


def _people(actor: Named, kind: str, made: Imported) -> None:
    """An ethnic or religious group: its code is a name again, and tells no state."""
    names = _names(actor, frozenset())
    if names:
        country = next((e.country for n in names for e in knowledge().entries(n) if e.kind == "people"), None) or ""
        row = [f"people/{slug(names[0])}", names[0], " | ".join(names[1:]), kind, country, "", _note(actor)]
        made.add("peoples", row)
    _settle_codes(actor, bool(names), "its names are left out")


def _note(actor: Named) -> str:
    line = actor.names[0][0]
    return f"{Path(line.file).name}:{line.number}"


def _names(actor: Named, known: frozenset[str]) -> list[str]:
    """The names as news writes them; lines of names that are left out get their verdict. `known` needn't be given again."""
    found: dict[str, None] = {}
    for line, raw in actor.names:
        forms = spellings(raw)
        if not forms:
            _leave_out(line, "an ordinary word; it would match everywhere")
        elif not known.isdisjoint(forms):
            _leave_out(line, "known already, of the same country")
        else:
            found |= dict.fromkeys(form.replace("|", " ") for form in forms)
    return list(found)


def _leave_out(line: Line, reason: str) -> None:
    if line.outcome == "imported":
        line.put("ignored", reason)


def _actor(actor: Named, made: Imported) -> None:
    codes = _usable(actor)
    if not codes:
        for line, _ in actor.names:
            _leave_out(line, "no code that says of which country or sector it is")
        return
    theme = _theme(actor, codes)
    known = frozenset[str]()
    if theme == "countries":
        forms = {form for _, raw in actor.names for form in spellings(raw)}
        states = {c.country for c in codes}
        known = frozenset(
            f for f in forms if any(e.kind in STATE and {e.country} == states for e in knowledge().entries(f))
        )
    names = _names(actor, known)
    if not names:
        _settle_codes(actor, False, "its names are left out")
        return
    if theme == "persons":
        codes = _without_needless(actor, codes)
    for code in disjoint(codes):
        made.add(theme, _row(theme, names, code, actor))


def _usable(actor: Named) -> list[Code]:
    """The codes that tell country or sector; the lines of others get their verdict."""
    codes: list[Code] = []
    for line, code in actor.codes:
        if code.lost:
            line.put(
                "malformed", f"{code.unknown[0]} is no country; use an ISO 3166 alpha-3 code, IGO, NGO, MNC, IMG or INT"
            )
        elif code.country is None and not code.sectors:
            _leave_out(line, f"no country or sector that we know in {' '.join(code.unknown) or 'the code'}")
        elif not code.dated and any(not c.dated for c in codes):
            _leave_out(line, "a second code without a time never applies")
        else:
            codes.append(code)
            if code.unknown and line.outcome == "imported":
                line.put("in part", f"unknown part {' '.join(code.unknown)} of the code is left out")
    return codes


def _theme(actor: Named, codes: Sequence[Code]) -> str:
    sectors = {s for code in codes for s in code.sectors}
    bodies = {"IGO", "UNO", "EUR", "NGO", "MNC", "IMG", "ISM"}
    if not sectors and not any(code.country in bodies for code in codes):
        return "countries"
    if _is_personal(clean(actor.names[0][1])) and (
        "ELI" in sectors or any(c.dated and c.country not in {"MNC", "IMG"} for c in codes)
    ):
        return "persons"
    return "groups" if sectors & GROUP_SECTORS else "organizations"


def _is_personal(name: str) -> bool:
    """Whether a name may be a person's: two to five words, none of them a common noun for a body, as "army" is."""
    words = name.lower().split()
    if not 2 <= len(words) <= 5 or any(c.isdigit() for c in name):
        return False
    roles = [knowledge().roles.get((word,)) for word in words]
    return not any((role is not None and role.kind in {"body", "asset"}) for role in roles) and not any(
        particles().get(word) for word in words
    )


def _without_needless(actor: Named, codes: list[Code]) -> list[Code]:
    """Leaves out that somebody is elite of his country outside his offices, which holds anyway and would hide our offices."""
    offices = {c.country for c in codes if c.sectors != ("ELI",)}
    kept = []
    for code in codes:
        if code.sectors == ("ELI",) and code.country in {None, *offices} and offices:
            for line, other in actor.codes:
                if other is code and not any(c is not code and li is line for li, c in actor.codes):
                    _leave_out(line, "outside his offices a person is ELI anyway")
        else:
            kept.append(code)
    return kept


def _row(theme: str, names: list[str], code: Code, actor: Named) -> list[str]:
    country = code.country or ""
    kind = {"persons": "person", "groups": "group", "organizations": "organization", "countries": "country"}[theme]
    values: Mapping[str, str] = {
        "entity": f"country/{country}" if theme == "countries" else entity_for(kind, names[0], country),
        "name": names[0],
        "aliases": " | ".join(names[1:]),
        "country": country,
        "sectors": " ".join(code.sectors),
        "start": code.start,
        "end": code.end,
        "note": _note(actor),
    }
    if theme == "countries":
        # dictionaries list towns and regions beside a state's names, so they stand for it as its capital does
        values = {**values, "name": _state_name(country, names[0]), "aliases": "", "seats": " | ".join(names)}
    return [values.get(column, "") for column in COLUMNS[theme]]


@lru_cache(maxsize=512)
def _state_name(code: str, default: str) -> str:
    """What we call the state of a code; its first row that still holds."""
    return next((e.name for e in knowledge().states(code)), default)


def _settle_codes(actor: Named, used: bool, reason: str) -> None:
    if not used:
        for line, _ in actor.codes:
            _leave_out(line, reason)


# -- agents ------------------------------------------------------------------------------------------------------------


def _agents(lines: list[Line], made: Imported) -> None:
    used: Counter[int] = Counter()
    reasons: dict[int, str] = {}
    agents = list(read_agents(lines))
    for agent in agents:
        row, reason = _role(agent)
        if row is None:
            reasons[agent.line.number] = reason
        else:
            made.add("roles", row)
            used[agent.line.number] += 1
    for agent in agents:
        if not used[agent.line.number]:
            _leave_out(agent.line, reasons[agent.line.number])
        elif agent.code.unknown and agent.line.outcome == "imported":
            agent.line.put("in part", f"unknown part {' '.join(agent.code.unknown)} of the code is left out")


def _role(agent: Agent) -> tuple[list[str] | None, str]:
    """The row of an agent noun, or null and the reason why it is left out."""
    noun = clean(agent.noun).lower()
    if not agent.code.sectors:
        return None, "no sector that we know in the code"
    roles = knowledge().roles
    same = roles.get(tuple(noun.split()))
    if same is not None and set(same.sectors) == set(agent.code.sectors):
        return None, "known already, with the same sectors"
    if agent.plural is None:
        plural = _plural(noun)
    else:
        plural = clean(agent.plural).lower()
    head = noun.split(" of ")[0].split()[-1]
    like = same or roles.get((head,)) or roles.get((noun.split()[-1],))
    kind = like.kind if like is not None else "agent"
    return [noun, plural, " ".join(agent.code.sectors), kind, f"{Path(agent.line.file).name}:{agent.line.number}"], ""


def _plural(noun: str) -> str:
    """The regular plural; of a phrase with "of", that of its first noun. Nouns that are plural already stay."""
    first, of, rest = noun.partition(" of ")
    word = first.split()[-1]
    role = knowledge().roles.get((word,))
    if (
        (role is not None and role.plural)
        or word.endswith(("men", "people"))
        or (word[-1] == "s" and word[-2:] != "ss")
    ):
        return ""
    if word.endswith("man"):
        made = f"{first[:-2]}en"
    elif word.endswith("y") and word[-2:-1] not in "aeiou":
        made = f"{first[:-1]}ies"
    elif word.endswith(("s", "x", "z", "ch", "sh")):
        made = f"{first}es"
    else:
        made = f"{first}s"
    return f"{made}{of}{rest}"


__all__ = ["Imported", "read_files", "summary", "write_account"]
