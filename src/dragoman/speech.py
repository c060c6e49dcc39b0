"""The words of saying and thinking, as data: `data/lexicons/en/speech.toml`.

A row tells what a word reports (`manner`), what its content may look like (`forms`) and whether an event in that content
is told on the speaker's word (`carry`). One word may stand in several rows, one a form.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final

from dragoman.errors import CodebookError

MANNERS: Final = frozenset(
    {"statement", "accusation", "denial", "admission", "report", "thought", "request", "promise", "question"}
)
FORMS: Final = frozenset({"that", "quote", "to", "ing", "np", "small", "np-to", "clause", "thrown", "none"})
EFFECTS: Final = frozenset({"", "negated", "hypothetical"})
FORCES: Final = frozenset({"none", "true", "false"})
PARTS: Final = frozenset({"verb", "noun", "adjective", "adverb", "preposition"})
KEYS: Final = frozenset({"words", "pos", "manner", "force", "forms", "carry", "effect", "example"})


@dataclass(frozen=True, slots=True)
class Cue:
    """What one row says of its words."""

    manner: str
    force: str
    """true, false or none: what the word implies of its content."""
    forms: frozenset[str]
    preps: frozenset[str]
    """Prepositions whose object is the content: the X of the forms `prep:X`."""
    carry: bool
    """Whether it gives an event its attribution."""
    effect: str
    """negated, hypothetical or empty."""


@dataclass(frozen=True, slots=True)
class Speech:
    """All rows, by part of speech and first word: ((further words, row), ...), longer phrases first."""

    rows: dict[str, dict[str, tuple[tuple[tuple[str, ...], Cue], ...]]]
    unnamed: frozenset[str] = frozenset()
    """Nouns that speak without being anybody in particular ("officials", "residents")."""
    writing: frozenset[str] = frozenset()
    """Things that speak for their makers ("a report by ...")."""
    stateless: frozenset[str] = frozenset()
    """Speakers whom the place of a story gives no country ("diplomats", "reporters")."""
    foreign: frozenset[str] = frozenset()
    """Adjectives of speakers from elsewhere ("a Western envoy")."""
    linking: frozenset[str] = frozenset()
    """Verbs that join somebody to an adjective of thought ("is sure", "remains wary")."""

    def of(self, pos: str, lemma: str) -> tuple[tuple[tuple[str, ...], Cue], ...]:
        """The rows of a word; empty where it reports nothing."""
        return self.rows.get(pos, {}).get(lemma, ())


def build(table: dict[str, Any]) -> Speech:
    """The table of `speech.toml` indexed; raises `CodebookError` that lists every problem in them."""
    problems: list[str] = []
    found: dict[str, dict[str, list[tuple[tuple[str, ...], Cue]]]] = {}
    for number, row in enumerate(table.get("cue", []), start=1):
        where = f"speech.toml: cue {number}"
        problems += [f"{where}: unknown key {key!r}" for key in sorted(set(row) - KEYS)]
        forms = frozenset(row.get("forms", []))
        preps = frozenset(form[5:] for form in forms if form.startswith("prep:"))
        plain = frozenset(form for form in forms if not form.startswith("prep:"))
        cue = Cue(
            row.get("manner", ""),
            row.get("force", "none"),
            plain,
            preps,
            bool(row.get("carry", False)),
            row.get("effect", ""),
        )
        pos = row.get("pos", "verb")
        problems += [f"{where}: {text}" for text in _faults(cue, pos, row)]
        for words in row.get("words", []):
            first, *rest = words.lower().split()
            found.setdefault(pos, {}).setdefault(first, []).append((tuple(rest), cue))
    if problems:
        raise CodebookError(f"{len(problems)} problems\n  " + "\n  ".join(problems))
    rows = {p: {w: tuple(sorted(v, key=lambda r: -len(r[0]))) for w, v in t.items()} for p, t in found.items()}
    keys = ("unnamed", "writing", "stateless", "foreign", "linking")
    return Speech(rows, *(frozenset(table.get(key, [])) for key in keys))


def _faults(cue: Cue, pos: str, row: dict[str, Any]) -> list[str]:
    checks = (
        (cue.manner in MANNERS, f"manner {cue.manner!r} is unknown"),
        (cue.force in FORCES, f"force {cue.force!r} is unknown"),
        (cue.effect in EFFECTS, f"effect {cue.effect!r} is unknown"),
        (cue.forms <= FORMS, f"unknown forms {sorted(cue.forms - FORMS)}"),
        (bool(cue.forms or cue.preps), "forms are missing"),
        (pos in PARTS, f"pos {pos!r} is unknown"),
        (bool(row.get("words")), "words are missing"),
        (bool(row.get("example")), "example is missing"),
    )
    return [text for good, text in checks if not good]


@lru_cache(maxsize=1)
def speech() -> Speech:
    """The shipped rows, loaded once a process."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "speech.toml"
    return build(tomllib.loads(path.read_text(encoding="utf-8")))
