"""What a codebook holds: types, modes, contexts, sectors, CAMEO codes, and the ways between them.

Read-only records with the look-ups that belong to them. `dragoman.codebook` reads, checks and caches them; get one there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from dragoman.errors import UsageError

QUADS: Mapping[int, str] = MappingProxyType(
    {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}
)
SCORE_RANGE = (-10.0, 10.0)
"""Lowest and highest score, PLOVER's and Goldstein's alike: -10 utmost conflict, +10 utmost cooperation."""

HOLDING = frozenset({"AGREE", "CONCEDE", "REQUEST", "REJECT", "THREATEN"})
"""Types whose record names the act that it offers, yields, asks for, refuses or threatens."""

NO_EVENT = "none"
"""What a contrast names where the thing it describes is coded as nothing at all."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """A tempting confusion: `this` is not of the entry at hand; it belongs to `but`."""

    this: str
    but: str
    """`TYPE`, `TYPE/mode`, the name of a sibling context or sector, or `none`: not coded."""


@dataclass(frozen=True, slots=True)
class TypeEntry:
    """One of the 16 types of event."""

    name: str
    quad: int
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."""
    what: str
    why: str
    example: str
    contrasts: tuple[Contrast, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ModeEntry:
    """One mode of one type. Modes of different types may share a name ("release", "withdraw")."""

    type: str
    name: str
    what: str
    example: str
    contrasts: tuple[Contrast, ...]
    cameo: tuple[str, ...]
    """The CAMEO codes that say this; empty where CAMEO has none of its own."""


@dataclass(frozen=True, slots=True)
class ContextEntry:
    """One PLOVER context: what an event is about, whatever its type."""

    name: str
    what: str
    contrasts: tuple[Contrast, ...]
    keywords: tuple[str, ...]
    """Lower-case nouns and noun phrases, singular, that assign the context where they stand in the event's sentence.

    The longest keyword wins a stretch of text: "war crime" hides "crime"."""


@dataclass(frozen=True, slots=True)
class SectorEntry:
    """One PLOVER sector: the part of society that an actor belongs to."""

    code: str
    name: str
    what: str
    example: str
    contrasts: tuple[Contrast, ...]


@dataclass(frozen=True, slots=True)
class CameoEntry:
    """One CAMEO code of two (a root), three or four digits."""

    code: str
    name: str
    type: str | None
    """The PLOVER type; None where the code is no event, or where its subcodes divide between types (root 08)."""
    mode: str | None
    """The PLOVER mode; None where the code leaves it open."""
    quad: int
    """The quad of CAMEO's root, which may differ from the quad of the PLOVER type."""
    goldstein: float
    contexts: tuple[str, ...]
    demand: str | None
    """For an appeal (root 02): the code of the same content as a demand (root 10); else None."""
    note: str


@dataclass(frozen=True, slots=True)
class CameoDefault:
    """One row of the way from PLOVER to CAMEO."""

    type: str
    mode: str | None
    prospect: str | None
    """`TYPE` or `TYPE/mode` of the act promised, asked, refused or threatened; None: any or none."""
    code: str
    coarse: bool
    """True where CAMEO has no code of its own for the mode, so that the way back loses it."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault of an own codebook."""

    file: str
    entry: str
    """The entry, such as `RETREAT.ceasefire` or `codes.0871`; empty where the whole file is meant."""
    message: str
    cure: str

    def __str__(self) -> str:
        where = f"{self.file} [{self.entry}]" if self.entry else self.file
        return f"{where}: {self.message}. {self.cure}"


@dataclass(frozen=True, slots=True)
class Codebook:
    """The whole ontology, read-only. Get one from `dragoman.codebook.load`."""

    types: Mapping[str, TypeEntry]
    modes: Mapping[tuple[str, str], ModeEntry]
    contexts: Mapping[str, ContextEntry]
    sectors: Mapping[str, SectorEntry]
    scores: Mapping[tuple[str, str | None], float]
    cameo: Mapping[str, CameoEntry]
    defaults: tuple[CameoDefault, ...]

    def type_(self, name: str) -> TypeEntry:
        """The entry of a type, in whatever case; `UsageError` naming all types if there is none."""
        entry = self.types.get(name.upper())
        if entry is None:
            raise UsageError(f"no event type {name!r}; one of {', '.join(self.types)}")
        return entry

    def modes_of(self, type_: str) -> tuple[ModeEntry, ...]:
        """The modes of a type in the order of the codebook; empty for a type without modes."""
        name = self.type_(type_).name
        return tuple(mode for mode in self.modes.values() if mode.type == name)

    def quad(self, type_: str) -> int:
        """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."""
        return self.type_(type_).quad

    def score(self, type_: str, mode: str | None = None) -> float:
        """The conflict-cooperation score (-10 to +10) of a mode; the type's own without a mode or for an unknown one."""
        name = self.type_(type_).name
        return self.scores.get((name, mode), self.scores[name, None])

    def cameo_for(self, type_: str, mode: str | None = None, prospect: tuple[str, str | None] | None = None) -> str:
        """The default CAMEO code for a type, mode and prospect.

        The most specific row wins: a prospect with its mode before the event's own mode before a prospect's bare type.
        Where the words tell more ("condolences", "oil embargo"), the caller may know a better code of the same type.
        """
        name = self.type_(type_).name
        kinds = () if prospect is None else (prospect[0], f"{prospect[0]}/{prospect[1]}")
        best, best_rank = "", -1
        for row in self.defaults:
            if row.type != name or row.mode not in (None, mode) or not (row.prospect is None or row.prospect in kinds):
                continue
            rank = 2 * (row.mode is not None) + (4 if "/" in (row.prospect or "") else row.prospect is not None)
            if rank > best_rank:
                best, best_rank = row.code, rank
        return best

    def as_demand(self, code: str) -> str:
        """The demand (root 10) of the same content as an appeal (root 02); any other code stays as it is."""
        entry = self.cameo.get(code)
        return entry.demand if entry is not None and entry.demand is not None else code

    def plover_for(self, code: str) -> tuple[str | None, str | None]:
        """The PLOVER type and mode of a CAMEO code.

        An unknown subcode ("1719") counts as its nearest known ancestor ("171"). `(None, None)`: no PLOVER event;
        `UsageError` if not even the root is known.
        """
        for length in range(len(code), 1, -1):
            entry = self.cameo.get(code[:length])
            if entry is not None:
                return entry.type, entry.mode
        raise UsageError(f"no CAMEO code {code!r}; codes have two to four digits and begin with 01 to 20")

    def render(self, type_: str | None = None) -> str:
        """The codebook as Markdown that also reads well on a terminal: an overview, or one type in full."""
        lines = _overview(self) if type_ is None else _page(self, self.type_(type_))
        return "\n".join(lines) + "\n"


# --- showing -----------------------------------------------------------------------------------------------------


def _overview(book: Codebook) -> list[str]:
    lines = ["# The codebook", "", "## Types", ""]
    for entry in book.types.values():
        modes = ", ".join(mode.name for mode in book.modes_of(entry.name))
        lines += [f"**{entry.name}** ({QUADS[entry.quad]}, score {book.score(entry.name):+g}): {entry.what}"]
        lines += [f"  modes: {modes}", ""] if modes else [""]
    lines += ["## Contexts", ""]
    lines += [f"- **{context.name}**: {context.what}" for context in book.contexts.values()]
    lines += ["", "## Sectors", ""]
    lines += [f"- **{sector.code}** {sector.name}: {sector.what}" for sector in book.sectors.values()]
    return lines


def _page(book: Codebook, entry: TypeEntry) -> list[str]:
    code = book.cameo_for(entry.name)
    lines = [f"# {entry.name}", ""]
    lines += [
        f"Quad {entry.quad} ({QUADS[entry.quad]}), score {book.score(entry.name):+g}, CAMEO {code} by default.",
        "",
    ]
    lines += ["## What it is", "", entry.what, "", "## Why it is kept apart", "", entry.why, ""]
    lines += ["## Example", "", f"> {entry.example}", "", *_contrast_lines(entry.contrasts)]
    for mode in book.modes_of(entry.name):
        codes = ", ".join(mode.cameo) or "none of its own"
        lines += [f"## {entry.name}/{mode.name}", "", mode.what, "", f"> {mode.example}", ""]
        lines += [
            f"Score {book.score(entry.name, mode.name):+g}. CAMEO: {codes}.",
            "",
            *_contrast_lines(mode.contrasts),
        ]
    lines += ["## CAMEO codes", ""]
    lines += [f"- {row.code} {row.name}" for row in book.cameo.values() if row.type == entry.name]
    return [*lines, "", "## Source", "", entry.source]


def _contrast_lines(contrasts: tuple[Contrast, ...]) -> list[str]:
    if not contrasts:
        return []
    shown = [f"- {item.this} -> {'no event' if item.but == NO_EVENT else item.but}" for item in contrasts]
    return ["Not this, but that:", "", *shown, ""]
