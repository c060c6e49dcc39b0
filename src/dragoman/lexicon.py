"""The lexicon as data: frames, operators, classes and light verbs of `data/lexicons/en`.

Loading checks every row and reports all that is wrong at once. `data/lexicons/README.md` says what each key means.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from typing import Any

from dragoman.errors import CodebookError

FOLDING = frozenset({"AGREE", "CONCEDE", "REQUEST", "REJECT", "THREATEN", "ACCUSE"})
"""Types whose frames may hold the prospective act that stands in a complement."""

CONDITIONS = frozenset(
    [
        "object",
        "subject",
        "dative",
        "of",
        "poss",
        "clause",
        "passive",
        "modifier",
        "object-modifier",
        "particle",
        "prep",
        "complement",
    ]
)
SLOTS = frozenset(
    {
        "subject",
        "object",
        "dative",
        "poss",
        "of",
        "modifier",
        "object-poss",
        "object-of",
        "object-modifier",
        "object-by",
        "clause-subject",
        "clause-object",
    }
)
FRAME_KEYS = frozenset(
    {
        "id",
        "verbs",
        "nouns",
        "adjectives",
        "type",
        "mode",
        "cameo",
        "when",
        "unless",
        "actor",
        "recipient",
        "reciprocal",
        "of",
        "prospect",
        "general",
        "example",
        "not",
        "note",
    }
)
OPERATOR_KINDS = frozenset({"transparent", "negated", "hypothetical", "fold", "carry"})

Conditions = tuple[tuple[str, tuple[str, ...]], ...]
"""(place, allowed fillers) pairs, such as (("object", ("@forces", "!")), ("prep:from", ("*",)))."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What a set of words means when the conditions on its arguments hold."""

    id: str
    type: str
    mode: str | None
    cameo: str | None
    when: Conditions
    unless: Conditions
    actor: tuple[str, ...]
    recipient: tuple[str, ...]
    reciprocal: bool
    of: str
    """What an "of" phrase of the noun is: subject or object."""
    prospect: str | None
    """Slot where the prospective act is told."""
    fixed_prospect: tuple[str, str | None] | None
    example: str
    counter: str
    general: bool = False
    """True for a row with wide conditions, which is asked only where no other row of the word holds."""

    @property
    def weight(self) -> int:
        """How specific the frame is: the number of its conditions."""
        return len(self.when)


@dataclass(frozen=True, slots=True)
class Operator:
    """What becomes of an act in the complement of a word."""

    lemma: str
    kind: str
    family: str
    """For folds: promise (cooperative act: AGREE, yielding act: CONCEDE, hostile act: THREATEN)."""
    default: str | None
    """For folds: the type where the complement tells no act of the ontology."""


@dataclass(frozen=True, slots=True)
class Fillers:
    """The fillers of a condition, sorted by how they are tested."""

    anything: bool
    plain: frozenset[str]
    """Words that stand in the condition itself."""
    of_classes: frozenset[str]
    """Words of its classes."""
    words: frozenset[str]
    """Both."""
    others: tuple[str, ...]
    """Actors, places, events and numbers."""


@dataclass(frozen=True, slots=True)
class Lexicon:
    """All rows, indexed by lemma."""

    verbs: dict[str, tuple[tuple[tuple[str, ...], Frame], ...]]
    """First word of the verb to (further words, frame), most specific first."""
    nouns: dict[str, tuple[tuple[tuple[str, ...], Frame], ...]]
    """Last word of the noun to (words before it, frame)."""
    adjectives: dict[str, tuple[Frame, ...]]
    operators: dict[str, Operator]
    classes: dict[str, frozenset[str]]
    prospect_modes: dict[tuple[str, str], str]
    """Mode of a holding act by (its type, the type or type/mode that it holds)."""
    implied: dict[tuple[str, str], tuple[str, str | None]]
    """What an act holds by its (type, mode) where no words tell it."""
    hints: dict[str, tuple[tuple[tuple[str, ...], tuple[str, str | None]], ...]]
    """First word of a deed that is no act by itself to (further words, the prospect that it tells); longest first."""
    mode_rules: dict[str, tuple[tuple[str, Conditions], ...]]
    """By type, (mode, conditions): the mode of an act whose own words tell none, from its arguments."""
    light: dict[str, frozenset[str]]
    """Support verbs by kind: `object` ("hold talks"), `subject` ("talks took place"), `prep` ("engaged in talks")."""
    frames: tuple[Frame, ...]
    remembered: dict[tuple[str, ...], Fillers] = field(default_factory=dict)
    """Fillers sorted before."""

    def sorted_fillers(self, fillers: tuple[str, ...]) -> Fillers:
        """The fillers sorted by how they are tested, worked out once."""
        made = self.remembered.get(fillers)
        if made is None:
            plain = frozenset(f for f in fillers if f not in {"*", "!"} and not f.startswith("@"))
            classes = [f[1:] for f in fillers if f.startswith("@") and f[1:] in self.classes]
            words = frozenset(w for name in classes for w in self.classes[name])
            others = tuple(f for f in fillers if f.startswith("@") and f[1:] not in self.classes)
            made = self.remembered[fillers] = Fillers("*" in fillers, plain, words, plain | words, others)
        return made


def _conditions(table: dict[str, Any], where: str, problems: list[str]) -> Conditions:
    found: list[tuple[str, tuple[str, ...]]] = []
    for key, value in table.items():
        if key not in CONDITIONS:
            problems.append(f"{where}: unknown condition {key!r}; use one of {', '.join(sorted(CONDITIONS))}")
        elif key == "prep":
            found += [(f"prep:{p}", tuple(v) if isinstance(v, list) else (v,)) for p, v in value.items()]
        elif isinstance(value, bool):
            found.append((key, (str(value).lower(),)))
        else:
            fillers = value if isinstance(value, list) else [value]
            found.append((key, tuple(str(v).lower() if isinstance(v, bool) else v for v in fillers)))
    return tuple(found)


def _slots(row: dict[str, Any], key: str, defaults: dict[str, Any], where: str, problems: list[str]) -> tuple[str, ...]:
    slots = row.get(key, defaults.get(row.get("type", ""), {}).get(key, []))
    problems += [
        f"{where}: unknown slot {slot!r} in {key}; use one of {', '.join(sorted(SLOTS))} or prep:X, object-X"
        for slot in slots
        if slot not in SLOTS and not slot.startswith(("prep:", "object-"))
    ]
    return tuple(slots)


def _frame(row: dict[str, Any], defaults: dict[str, Any], where: str, problems: list[str]) -> Frame:
    problems += [f"{where}: unknown key {key!r}" for key in sorted(set(row) - FRAME_KEYS)]
    problems += [f"{where}: {key} is missing" for key in ("type", "example") if not row.get(key)]
    prospect = row.get("prospect")
    fixed = (prospect["type"], prospect.get("mode")) if isinstance(prospect, dict) else None
    return Frame(
        id=str(row.get("id", "")),
        type=row.get("type", ""),
        mode=row.get("mode"),
        cameo=row.get("cameo"),
        when=_conditions(row.get("when", {}), where, problems),
        unless=_conditions(row.get("unless", {}), where, problems),
        actor=_slots(row, "actor", defaults, where, problems),
        recipient=_slots(row, "recipient", defaults, where, problems),
        reciprocal=bool(row.get("reciprocal", False)),
        of=row.get("of", "object"),
        prospect=prospect if isinstance(prospect, str) else None,
        fixed_prospect=fixed,
        example=row.get("example", ""),
        counter=row.get("not", ""),
        general=bool(row.get("general", False)),
    )


def load(folder: Any) -> Lexicon:
    """Reads a lexicon folder; raises `CodebookError` that lists every problem in it."""
    problems: list[str] = []
    defaults = _toml(folder / "defaults.toml", problems)
    verbs: dict[str, list[tuple[tuple[str, ...], Frame]]] = {}
    nouns: dict[str, list[tuple[tuple[str, ...], Frame]]] = {}
    adjectives: dict[str, list[Frame]] = {}
    frames: list[Frame] = []
    seen: dict[str, str] = {}
    files = sorted((f for f in (folder / "events").iterdir() if f.name.endswith(".toml")), key=lambda f: f.name)
    for file in files:
        for number, row in enumerate(_toml(file, problems).get("frame", []), start=1):
            where = f"{file.name}: frame {number} ({row.get('id', 'no id')})"
            frame = _frame(row, defaults, where, problems)
            if frame.id in seen:
                problems.append(f"{where}: the id stands already in {seen[frame.id]}")
            seen[frame.id] = file.name
            frames.append(frame)
            for words in row.get("verbs", []):
                first, *rest = words.lower().split()
                verbs.setdefault(first, []).append((tuple(rest), frame))
            for words in row.get("nouns", []):
                *before, last = words.lower().split()
                nouns.setdefault(last, []).append((tuple(before), frame))
            for word in row.get("adjectives", []):
                adjectives.setdefault(word.lower(), []).append(frame)
    operators = _operators(_toml(folder / "operators.toml", problems), problems)
    classes = _classes(folder, problems)
    prospects = _toml(folder / "prospects.toml", problems)
    mode_rules = _mode_rules(_toml(folder / "modes.toml", problems), problems)
    asked = [(f"frame {f.id}", (*f.when, *f.unless)) for f in frames]
    asked += [(f"modes.toml: {kind}/{mode}", when) for kind, rules in mode_rules.items() for mode, when in rules]
    _check_classes(asked, classes, problems)
    light = {k: frozenset(v) for k, v in _toml(folder / "light.toml", problems).items()}
    if problems:
        raise CodebookError(f"{folder}: {len(problems)} problems\n  " + "\n  ".join(problems))

    def ranked(
        table: dict[str, list[tuple[tuple[str, ...], Frame]]],
    ) -> dict[str, tuple[tuple[tuple[str, ...], Frame], ...]]:
        def rank(item: tuple[tuple[str, ...], Frame]) -> tuple[bool, int]:
            return item[1].general, -(item[1].weight + 2 * len(item[0]))

        return {k: tuple(sorted(v, key=rank)) for k, v in table.items()}

    return Lexicon(
        ranked(verbs),
        ranked(nouns),
        {k: tuple(sorted(v, key=lambda f: (f.general, -f.weight))) for k, v in adjectives.items()},
        operators,
        classes,
        _prospect_modes(prospects),
        _implied(prospects),
        _hints(prospects),
        mode_rules,
        light,
        tuple(frames),
    )


def _prospect_modes(table: dict[str, Any]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for row in table.get("row", []):
        for kind in row["types"]:
            for content in row["content"]:
                found.setdefault((kind, content), row["mode"])
    return found


def _implied(table: dict[str, Any]) -> dict[tuple[str, str], tuple[str, str | None]]:
    found: dict[tuple[str, str], tuple[str, str | None]] = {}
    for row in table.get("implied", []):
        kind, _, mode = row["content"].partition("/")
        found |= {(t, row["mode"]): (kind, mode or None) for t in row["types"]}
    return found


def _hints(table: dict[str, Any]) -> dict[str, tuple[tuple[tuple[str, ...], tuple[str, str | None]], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], tuple[str, str | None]]]] = {}
    for row in table.get("hint", []):
        for words in row["words"]:
            first, *rest = words.lower().split()
            found.setdefault(first, []).append((tuple(rest), (row["type"], row.get("mode"))))
    return {k: tuple(sorted(v, key=lambda item: -len(item[0]))) for k, v in found.items()}


def _mode_rules(table: dict[str, Any], problems: list[str]) -> dict[str, tuple[tuple[str, Conditions], ...]]:
    found: dict[str, list[tuple[str, Conditions]]] = {}
    for number, row in enumerate(table.get("rule", []), start=1):
        where = f"modes.toml: rule {number}"
        for when in row["when"]:
            found.setdefault(row["type"], []).append((row["mode"], _conditions(when, where, problems)))
    return {k: tuple(v) for k, v in found.items()}


BUILT_IN = frozenset({"actor", "official", "person", "country", "armed", "civil", "place", "event", "number"})


def _check_classes(
    asked: list[tuple[str, Conditions]], classes: dict[str, frozenset[str]], problems: list[str]
) -> None:
    for where, conditions in asked:
        for _, fillers in conditions:
            for filler in fillers:
                name = filler[1:].split(":")[0]
                if filler.startswith("@") and name not in classes and name not in BUILT_IN:
                    problems.append(f"{where}: unknown class {filler}; add it to classes.toml")


def _classes(folder: Any, problems: list[str]) -> dict[str, frozenset[str]]:
    """The classes of nouns; a class that stands in several files is their union."""
    found: dict[str, frozenset[str]] = {}
    files = [folder / "classes.toml"]
    if (folder / "classes").is_dir():
        files += sorted((folder / "classes").iterdir(), key=lambda f: f.name)
    for file in files:
        for name, words in _toml(file, problems).items():
            found[name] = found.get(name, frozenset()) | frozenset(words)
    return found


def _operators(table: dict[str, Any], problems: list[str]) -> dict[str, Operator]:
    found: dict[str, Operator] = {}
    for number, row in enumerate(table.get("operator", []), start=1):
        if row.get("kind") not in OPERATOR_KINDS:
            problems.append(
                f"operators.toml: operator {number}: kind must be one of {', '.join(sorted(OPERATOR_KINDS))}"
            )
            continue
        for lemma in row["words"]:
            found[lemma] = Operator(lemma, row["kind"], row.get("family", "promise"), row.get("default"))
    return found


def _toml(file: Any, problems: list[str]) -> dict[str, Any]:
    if not file.is_file():
        return {}
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{file.name}: not valid TOML: {error}")
        return {}


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The shipped lexicon, loaded once a process."""
    return load(resources.files("dragoman") / "data" / "lexicons" / "en")
