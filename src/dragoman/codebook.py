"""The ontology as data: what each type, mode, context, sector and CAMEO code means, and how they translate.

Everything lives in TOML files under `data/codebook`, which a political scientist can read and extend:

==================  ==============================================================================
`types.toml`        the 16 PLOVER types: quad, what, why, example, what it is not
`modes.toml`        the modes of each type, with the CAMEO codes that they stand for
`contexts.toml`     PLOVER's contexts, with the nouns by which they are assigned
`sectors.toml`      PLOVER's sectors of actors
`scores.toml`       the conflict-cooperation score of each type and mode
`cameo.toml`        every CAMEO code -> type and mode, and the default code of each type and mode
==================  ==============================================================================

`load()` gives the shipped codebook, `load(folder)` an own one: a file in the folder replaces the shipped file of that name.
`check(folder)` lists everything that is wrong with an own codebook at once.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from dragoman.errors import CodebookError
from dragoman.ontology import (
    NO_EVENT,
    QUADS,
    SCORE_RANGE,
    CameoDefault,
    CameoEntry,
    Codebook,
    ContextEntry,
    Contrast,
    ModeEntry,
    Problem,
    SectorEntry,
    TypeEntry,
)

__all__ = [
    "FILES",
    "FOLDER",
    "NO_EVENT",
    "QUADS",
    "SCORE_RANGE",
    "CameoDefault",
    "CameoEntry",
    "Codebook",
    "ContextEntry",
    "Contrast",
    "ModeEntry",
    "Problem",
    "SectorEntry",
    "TypeEntry",
    "check",
    "codebook_hash",
    "load",
]

DATA = Path(__file__).parent / "data"
FOLDER = DATA / "codebook"
FILES = ("types.toml", "modes.toml", "contexts.toml", "sectors.toml", "scores.toml", "cameo.toml")


def load(folder: Path | str | None = None) -> Codebook:
    """The shipped codebook, or an own one laid over it.

    An own one is cached by content, so that an edited file counts at the next call.
    Raises `CodebookError`, listing all that is wrong at once.
    """
    if folder is None:
        return _shipped()
    return _load(str(folder), _hash_files(_sources(folder)))


@lru_cache(maxsize=1)
def _shipped() -> Codebook:
    """The shipped codebook, which does not change while the program runs."""
    return _load(str(FOLDER), _hash_files(_sources(None)))


def check(folder: Path | str) -> list[Problem]:
    """Everything that is wrong with the codebook in `folder`, in the order of the files; empty when it is sound.

    The folder need hold only the files that differ from the shipped ones.
    """
    return _build(folder)[1]


def codebook_hash() -> str:
    """SHA-256 (hex) over all shipped data: codebook, lexicons, actors, places, models. Equal hashes code alike."""
    files = sorted(path for path in DATA.rglob("*") if path.is_file() and not path.name.startswith("."))
    return _hash_stamped(tuple((path, path.stat().st_size, path.stat().st_mtime_ns) for path in files))


@lru_cache(maxsize=4)
def _load(folder: str, content: str) -> Codebook:  # noqa: ARG001 - the content's hash is only the cache's key
    codebook, problems = _build(folder)
    if codebook is None:
        listed = "\n".join(f"  {problem}" for problem in problems)
        raise CodebookError(f"the codebook in {folder} has {len(problems)} problem(s):\n{listed}")
    return codebook


@lru_cache(maxsize=4)
def _hash_stamped(stamped: tuple[tuple[Path, int, int], ...]) -> str:
    """Sizes and times spare a second reading of some dozens of megabytes; the hash itself is of the content."""
    return _hash_files({path.relative_to(DATA).as_posix(): path for path, _, _ in stamped})


def _hash_files(files: Mapping[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, path in files.items():
        content = path.read_bytes() if path.is_file() else b""
        digest.update(f"{name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _sources(folder: Path | str | None) -> dict[str, Path]:
    own = {} if folder is None else {name: Path(folder) / name for name in FILES}
    return {name: own[name] if name in own and own[name].is_file() else FOLDER / name for name in FILES}


# --- reading: every fault is noted, none stops the reading ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Row:
    """One table of a file, which notes what is missing or of the wrong kind."""

    file: str
    entry: str
    table: Mapping[str, Any]
    problems: list[Problem]

    def fault(self, message: str, cure: str) -> None:
        self.problems.append(Problem(self.file, self.entry, message, cure))

    def known(self, *keys: str) -> None:
        for key in self.table:
            if key not in keys:
                self.fault(f"unknown key {key!r}", f"Remove it, or use one of: {', '.join(keys)}.")

    def text(self, key: str, required: bool = True) -> str:
        value = self.table.get(key, "")
        if not isinstance(value, str):
            self.fault(f"{key} is no text", f'Write {key} = "...".')
            return ""
        if required and not value.strip():
            self.fault(f"{key} is missing or empty", f'Add {key} = "...".')
        return value

    def maybe(self, key: str) -> str | None:
        return self.text(key, required=False) or None

    def number(self, key: str, low: float, high: float) -> float:
        value = self.table.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.fault(f"{key} is missing or no number", f"Add {key} = a number from {low:g} to {high:g}.")
            return low
        if not low <= value <= high:
            self.fault(f"{key} = {value} lies outside {low:g} to {high:g}", "Correct the number.")
        return float(value)

    def quad(self) -> int:
        value = self.number("quad", min(QUADS), max(QUADS))
        if value != int(value):
            self.fault(f"quad = {value} is no whole number", "Use 1, 2, 3 or 4.")
        return int(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            self.fault(f"{key} is no list of texts", f'Write {key} = ["...", "..."].')
            return ()
        if len(set(value)) < len(value):
            twice = sorted({item for item in value if value.count(item) > 1})
            self.fault(f"{key} names twice: {', '.join(twice)}", "Leave each in once.")
        return tuple(value)

    def contrasts(self) -> tuple[Contrast, ...]:
        value = self.table.get("not", [])
        if not isinstance(value, list) or not all(
            isinstance(item, dict) and set(item) == {"this", "but"} for item in value
        ):
            self.fault(
                "not is no list of contrasts", 'Write not = [{ this = "...", but = "TYPE or TYPE/mode or none" }].'
            )
            return ()
        return tuple(Contrast(str(item["this"]), str(item["but"])) for item in value)


class _Reader:
    """Reads the raw files of one codebook into entries, gathering problems on the way."""

    def __init__(self, folder: Path | str | None) -> None:
        self.problems: list[Problem] = []
        self.raw = {name: self._toml(name, path) for name, path in _sources(folder).items()}
        if folder is not None:
            self._strangers(Path(folder))

    def _toml(self, name: str, path: Path) -> Mapping[str, Any]:
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            self.problems.append(Problem(name, "", f"can't be read: {error}", "Correct the file; it is TOML in UTF-8."))
            return {}

    def _strangers(self, folder: Path) -> None:
        if not folder.is_dir():
            self.problems.append(
                Problem(str(folder), "", "is no folder", "Name the folder that holds the codebook's files.")
            )
            return
        for path in sorted(folder.glob("*.toml")):
            if path.name not in FILES:
                self.problems.append(
                    Problem(path.name, "", "is no file of a codebook", f"Rename it to one of {', '.join(FILES)}.")
                )

    def rows(self, file: str, table: Mapping[str, Any] | None = None, prefix: str = "") -> Iterator[tuple[str, _Row]]:
        """Each sub-table of a file (or of a table in it) with its name."""
        for name, value in (self.raw[file] if table is None else table).items():
            if isinstance(value, dict):
                yield name, _Row(file, prefix + name, value, self.problems)
            else:
                self.problems.append(
                    Problem(
                        file, prefix + name, "is no table", f"Write a heading [{prefix}{name}] with its keys below."
                    )
                )

    def part(self, file: str, name: str) -> Mapping[str, Any]:
        """A named table of a file; empty, and noted, where it is missing."""
        value = self.raw[file].get(name)
        if isinstance(value, dict):
            return value
        if self.raw[file]:
            self.problems.append(
                Problem(file, name, "is missing or no table", f"Write headings [{name}.NAME] with their keys below.")
            )
        return {}

    def types(self) -> dict[str, TypeEntry]:
        found = {}
        for name, row in self.rows("types.toml"):
            row.known("quad", "what", "why", "example", "not", "source")
            if not re.fullmatch(r"[A-Z]+", name):
                row.fault("a type's name is in capital letters", "Rename it.")
            texts = (row.text("what"), row.text("why"), row.text("example"))
            found[name] = TypeEntry(name, row.quad(), *texts, row.contrasts(), row.text("source"))
        return found

    def modes(self) -> dict[tuple[str, str], ModeEntry]:
        found = {}
        for type_, group in self.rows("modes.toml"):
            for name, row in self.rows("modes.toml", group.table, f"{type_}."):
                row.known("what", "example", "not", "cameo")
                if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name):
                    row.fault("a mode's name is in small letters and hyphens", "Rename it.")
                found[type_, name] = ModeEntry(
                    type_, name, row.text("what"), row.text("example"), row.contrasts(), row.texts("cameo")
                )
        return found

    def contexts(self) -> dict[str, ContextEntry]:
        found = {}
        for name, row in self.rows("contexts.toml"):
            row.known("what", "not", "keywords")
            keywords = row.texts("keywords")
            if not keywords:
                row.fault("has no keywords", 'Add keywords = ["..."], else the context is never assigned.')
            if any(word != word.lower() for word in keywords):
                row.fault("has keywords in capitals", "Write them in lower case: matching ignores case.")
            found[name] = ContextEntry(name, row.text("what"), row.contrasts(), keywords)
        return found

    def sectors(self) -> dict[str, SectorEntry]:
        found = {}
        for code, row in self.rows("sectors.toml"):
            row.known("name", "what", "example", "not")
            if not re.fullmatch(r"[A-Z]{3}", code):
                row.fault("a sector's code is three capital letters", "Rename it.")
            found[code] = SectorEntry(code, row.text("name"), row.text("what"), row.text("example"), row.contrasts())
        return found

    def scores(self) -> dict[tuple[str, str | None], float]:
        found: dict[tuple[str, str | None], float] = {}
        for type_, row in self.rows("scores.toml", self.part("scores.toml", "scores"), "scores."):
            found[type_, None] = row.number("type", *SCORE_RANGE)
            found |= {(type_, mode): row.number(mode, *SCORE_RANGE) for mode in row.table if mode != "type"}
        return found

    def cameo(self) -> dict[str, CameoEntry]:
        found = {}
        for code, row in self.rows("cameo.toml", self.part("cameo.toml", "codes"), "codes."):
            row.known("name", "type", "mode", "quad", "goldstein", "contexts", "demand", "note")
            if not re.fullmatch(r"(0[1-9]|1\d|20)\d{0,2}", code):
                row.fault("is no CAMEO code", "Use two to four digits that begin with 01 to 20.")
            found[code] = CameoEntry(
                code=code,
                name=row.text("name"),
                type=row.maybe("type"),
                mode=row.maybe("mode"),
                quad=row.quad(),
                goldstein=row.number("goldstein", *SCORE_RANGE),
                contexts=row.texts("contexts"),
                demand=row.maybe("demand"),
                note=row.text("note", required=False),
            )
        return found

    def defaults(self) -> tuple[CameoDefault, ...]:
        found = []
        tables = self.raw["cameo.toml"].get("defaults", [])
        if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
            self.problems.append(
                Problem("cameo.toml", "defaults", "is no list of tables", "Write [[defaults]] with its keys below.")
            )
            return ()
        for number, table in enumerate(tables, start=1):
            row = _Row("cameo.toml", f"defaults {number}", table, self.problems)
            row.known("type", "mode", "prospect", "code", "coarse")
            coarse = table.get("coarse", False) is True
            found.append(
                CameoDefault(row.text("type"), row.maybe("mode"), row.maybe("prospect"), row.text("code"), coarse)
            )
        return tuple(found)


def _build(folder: Path | str | None) -> tuple[Codebook | None, list[Problem]]:
    """The codebook, or None where there are problems; and the problems, in the order of the files."""
    reader = _Reader(None if folder is not None and Path(folder) == FOLDER else folder)
    codebook = Codebook(
        types=MappingProxyType(reader.types()),
        modes=MappingProxyType(reader.modes()),
        contexts=MappingProxyType(reader.contexts()),
        sectors=MappingProxyType(reader.sectors()),
        scores=MappingProxyType(reader.scores()),
        cameo=MappingProxyType(reader.cameo()),
        defaults=reader.defaults(),
    )
    broken = {problem.file for problem in reader.problems if not problem.entry}
    found = reader.problems + [problem for problem in _cross_check(codebook) if problem.file not in broken]
    ranks = {name: rank for rank, name in enumerate(FILES)}
    found.sort(key=lambda problem: ranks.get(problem.file, -1))
    return (None if found else codebook), found


# --- checks between files ----------------------------------------------------------------------------------------


def _cross_check(book: Codebook) -> Iterator[Problem]:
    yield from _check_references(book)
    yield from _check_contrasts(book)
    yield from _check_scores(book)
    yield from _check_crosswalk(book)


def _known_act(book: Codebook, name: str) -> bool:
    """Whether `name` is a type, or a type with one of its modes ("RETREAT/ceasefire")."""
    type_, _, mode = name.partition("/")
    return type_ in book.types and (not mode or (type_, mode) in book.modes)


def _check_references(book: Codebook) -> Iterator[Problem]:
    for type_, name in book.modes:
        if type_ not in book.types:
            yield Problem(
                "modes.toml", f"{type_}.{name}", f"no type {type_}", "Add the type to types.toml, or move the mode."
            )
    for mode in book.modes.values():
        for code in mode.cameo:
            entry = book.cameo.get(code)
            where = ("modes.toml", f"{mode.type}.{mode.name}")
            if entry is None:
                yield Problem(*where, f"no CAMEO code {code}", "Add it to cameo.toml, or correct it.")
            elif entry.type != mode.type:
                yield Problem(*where, f"CAMEO {code} is {entry.type}", f"Name codes of {mode.type} only.")
    for entry in book.cameo.values():
        where = ("cameo.toml", f"codes.{entry.code}")
        if entry.type is not None and not _known_act(book, "/".join(filter(None, (entry.type, entry.mode)))):
            yield Problem(
                *where,
                f"no type and mode {entry.type}/{entry.mode}",
                "Correct it, or add it to types.toml or modes.toml.",
            )
        if entry.type is None and entry.mode is not None:
            yield Problem(*where, "has a mode but no type", "Add the type, or leave the mode out.")
        for context in entry.contexts:
            if context not in book.contexts:
                yield Problem(*where, f"no context {context}", "Add it to contexts.toml, or correct it.")
        if entry.demand is not None and entry.demand not in book.cameo:
            yield Problem(*where, f"no CAMEO code {entry.demand} as its demand", "Add it, or correct it.")


def _check_contrasts(book: Codebook) -> Iterator[Problem]:
    acts = [("types.toml", entry.name, entry.contrasts) for entry in book.types.values()]
    acts += [("modes.toml", f"{mode.type}.{mode.name}", mode.contrasts) for mode in book.modes.values()]
    for file, entry, contrasts in acts:
        for contrast in contrasts:
            if contrast.but != NO_EVENT and not _known_act(book, contrast.but):
                yield Problem(
                    file, entry, f"not: no type or mode {contrast.but!r}", "Name a TYPE, a TYPE/mode, or none."
                )
    siblings = [("contexts.toml", name, context.contrasts, book.contexts) for name, context in book.contexts.items()]
    for file, entry, contrasts, known in siblings:
        for contrast in contrasts:
            if contrast.but != NO_EVENT and contrast.but not in known:
                yield Problem(file, entry, f"not: no context {contrast.but!r}", "Name another context, or none.")
    for code, sector in book.sectors.items():
        for contrast in sector.contrasts:
            if contrast.but != NO_EVENT and contrast.but not in book.sectors:
                yield Problem("sectors.toml", code, f"not: no sector {contrast.but!r}", "Name another sector, or none.")


def _check_scores(book: Codebook) -> Iterator[Problem]:
    wanted: list[tuple[str, str | None]] = [(name, None) for name in book.types]
    wanted += list(book.modes)
    for type_, mode in wanted:
        if (type_, mode) not in book.scores:
            key = mode or "type"
            yield Problem(
                "scores.toml", f"scores.{type_}", f"no score for {key}", f"Add {key} = a number from -10 to 10."
            )
    for type_, mode in book.scores:
        if (type_, mode) not in wanted:
            yield Problem(
                "scores.toml",
                f"scores.{type_}",
                f"a score for {mode or type_}, which is unknown",
                "Remove or correct it.",
            )


def _check_crosswalk(book: Codebook) -> Iterator[Problem]:
    seen: set[tuple[str, str | None, str | None]] = set()
    for number, row in enumerate(book.defaults, start=1):
        where = ("cameo.toml", f"defaults {number}")
        key = (row.type, row.mode, row.prospect)
        if key in seen:
            yield Problem(
                *where, f"a second default for {row.type}/{row.mode} with prospect {row.prospect}", "Keep one."
            )
        seen.add(key)
        for act in filter(None, ("/".join(filter(None, (row.type, row.mode))), row.prospect)):
            if not _known_act(book, act):
                yield Problem(*where, f"no type or mode {act}", "Correct it.")
        entry = book.cameo.get(row.code)
        if entry is None:
            yield Problem(*where, f"no CAMEO code {row.code}", "Add it under [codes], or correct it.")
        elif entry.type != row.type or (not row.coarse and row.prospect is None and entry.mode != row.mode):
            back = f"{entry.type}/{entry.mode}"
            yield Problem(
                *where,
                f"{row.code} leads back to {back}",
                "Choose another code, or set coarse = true if only the mode is lost.",
            )
    for type_, mode in [(name, None) for name in book.types] + list(book.modes):
        if (type_, mode, None) not in seen:
            yield Problem(
                "cameo.toml", "defaults", f"no default for {type_}/{mode}", f'Add [[defaults]] with type = "{type_}".'
            )
