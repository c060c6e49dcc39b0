"""A user's folder of actor tables: rows are added whole, never doubled, and a file appears whole or not at all."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from dragoman.actor_files.names import slug
from dragoman.errors import UsageError
from dragoman.mentions.actor_tables import COLUMNS, THEMES, cells, fault
from dragoman.mentions.knowledge import knowledge

KINDS = {"person": "persons", "organization": "organizations", "group": "groups"}
"""Theme by the kind that `add` takes."""

GROUP_SECTORS = frozenset({"REB", "PTY", "PRM", "OPP", "CRM", "UAF"})
"""Sectors of armed groups, parties and movements."""


def check_folders(folders: Sequence[str]) -> list[str]:
    """Loads the folders over ours and gives what had to be left out, a line each: file, line, fault and cure.

    Raises `UsageError` where a folder doesn't exist or holds no table.
    """
    for folder in folders:
        path = Path(folder)
        if not path.is_dir():
            raise UsageError(f"{folder} is no folder; make one with `dragoman actors add` or `dragoman actors import`")
        if not any((path / f"{theme}.csv").is_file() for theme in COLUMNS):
            raise UsageError(f"{folder} holds no actor table; it needs one of {', '.join(f'{t}.csv' for t in COLUMNS)}")
    return knowledge(tuple(folders)).problems if folders else []


def simple_row(values: Mapping[str, str]) -> tuple[str, list[str]]:
    """(theme, row) of an entry told by name, country, sectors, aliases, title, start, end, kind and note.

    The kind is person where there is a title, else group for rebels, parties and the like, else organization. A name that
    we know keeps its entity. Raises ValueError with the cure where something is wrong.
    """
    name, sectors = values.get("name", "").strip(), values.get("sectors", "").upper().replace(",", " ").split()
    if not name:
        raise ValueError("no name; give one")
    kind = values.get("kind", "") or (
        "person" if values.get("title") else "group" if GROUP_SECTORS & set(sectors) else "organization"
    )
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind}; use {', '.join(KINDS)}")
    if not values.get("country") and not sectors:
        raise ValueError("neither country nor sectors; give one of them")
    aliases = values.get("aliases", "").replace(";", "|")
    country = values.get("country", "").upper()
    given = dict(values) | {
        "entity": entity_for(kind, name, country),
        "name": name,
        "aliases": " | ".join(cells(aliases)),
        "country": country,
        "sectors": " ".join(sectors),
    }
    theme = KINDS[kind]
    row = [given.get(column, "") for column in COLUMNS[theme]]
    wrong = fault(theme, row)
    if wrong is not None:
        raise ValueError(wrong)
    return theme, row


def entity_for(kind: str, name: str, country: str) -> str:
    """The entity that we know under the name, of that kind and country; else a new one."""
    for entry in knowledge().entries(name):
        if entry.kind == kind and (not country or entry.country == country):
            return entry.entity
    return f"{kind}/{slug(name)}"


def add_rows(folder: Path, rows: Mapping[str, Iterable[list[str]]]) -> int:
    """Adds rows by theme to the tables of a folder, which is made where it isn't; gives the number of new rows."""
    added = 0
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for theme in (*THEMES, "roles"):
            new = list(rows.get(theme, ()))
            if new:
                added += _add_to(folder / f"{theme}.csv", theme, new)
    except OSError as error:
        raise UsageError(f"can't write to {folder}: {error.strerror or error}") from None
    return added


def _add_to(path: Path, theme: str, new: list[list[str]]) -> int:
    old: list[list[str]] = []
    if path.exists():
        try:
            old = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline="")))
        except (UnicodeDecodeError, csv.Error) as error:
            raise UsageError(f"{path} is no CSV in UTF-8 ({error}); mend it first") from None
        if not old or tuple(old[0]) != COLUMNS[theme]:
            raise UsageError(f"{path} has another header; the first line must be: {','.join(COLUMNS[theme])}")
        old = old[1:]
    known = {tuple(row) for row in old}
    fresh = [row for row in dict.fromkeys(map(tuple, new)) if row not in known]
    if fresh:
        partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
        with partial.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(COLUMNS[theme])
            writer.writerows(old)
            writer.writerows(fresh)
        partial.replace(path)
    return len(fresh)
