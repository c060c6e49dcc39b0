"""The English words that tell how many, read from `data/lexicons/en/quantities.toml`, and what number words come to."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from dragoman.mentions.time_words import Row


@dataclass(frozen=True, slots=True)
class Counts:
    """The rows of the lexicon by table, each keyed by lower-case word."""

    number: dict[str, int]
    scale: dict[str, int]
    vague: dict[str, tuple[int, int]]
    modifier: dict[str, str]
    """Effect of a word before the number: least, most, about or exact."""
    after: dict[str, str]
    signs: tuple[str, ...]
    """Currency signs, which stand before the number."""
    currency: frozenset[str]
    """Currency words, which stand behind it."""
    noun: dict[str, Row]
    cue: dict[str, Row]
    label: frozenset[str]
    stop: frozenset[str]
    """Words at which a noun phrase has ended."""
    reckoning: frozenset[str]
    """Nouns for a reckoning itself: "by one estimate" counts nobody."""


@cache
def counts() -> Counts:
    """The lexicon, read once."""
    path = files("dragoman") / "data" / "lexicons" / "en" / "quantities.toml"
    data = tomllib.loads(path.read_text(encoding="utf-8"))

    def keyed(table: str) -> dict[str, Row]:
        return {word.lower(): row for row in data[table] for word in row["words"]}

    return Counts(
        number={w: row["value"] for w, row in keyed("number").items()},
        scale={w: row["value"] for w, row in keyed("scale").items()},
        vague={w: (row["low"], row["high"]) for w, row in keyed("vague").items()},
        modifier={w: row["effect"] for w, row in keyed("modifier").items()},
        after={w: row["effect"] for w, row in keyed("after").items()},
        signs=tuple(w for row in data["currency"] if row["place"] == "before" for w in row["words"]),
        currency=frozenset(w.lower() for row in data["currency"] if row["place"] == "after" for w in row["words"]),
        noun=keyed("noun"),
        cue=keyed("cue"),
        label=frozenset(keyed("label")),
        stop=frozenset(keyed("stop")),
        reckoning=frozenset(keyed("reckoning")),
    )


def value_of(words: str) -> float | None:
    """The number that digits or words come to ("1.2bn", "two hundred and fifty", "half a million"); None if none."""
    digits = re.match(r"\d[\d,]*(?:\.\d+)?", words)
    if digits:
        value = float(digits.group().replace(",", ""))
        rest = words[digits.end() :].strip().lower().split()
        for word in rest:
            value *= counts().scale.get(word, 1)
        return value
    return _spelled(words.lower())


def _spelled(words: str) -> float | None:
    total = current = 0.0
    seen = False
    for word in re.findall(r"[a-z]+", words):
        if word in counts().number:
            current, seen = current + counts().number[word], True
        elif word == "half":
            current, seen = 0.5, True
        elif word in counts().scale:
            factor = counts().scale[word]
            seen = True
            if factor > 100:
                total, current = total + (current or 1) * factor, 0.0
            else:
                current = (current or 1) * factor
        elif word not in ("a", "an", "and"):
            return None
    return total + current if seen else None
