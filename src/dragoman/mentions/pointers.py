"""The words that point back to somebody or tell whose somebody is: `descriptions.toml` and `pronouns.toml`."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from importlib import resources


@lru_cache(maxsize=1)
def calendar_words() -> frozenset[str]:
    """Capitalised words that name days and months, which are nobody."""
    import calendar

    return frozenset([*calendar.day_name, *calendar.month_name, *(f"{d}s" for d in calendar.day_name)]) - {""}


THEMES = (
    "counterpart",
    "former",
    "mutual",
    "official",
    "backed",
    "stance",
    "bearing",
    "host",
    "rank",
    "generic",
    "belonging",
    "relation",
    "address",
    "household",
    "heading",
    "crowd",
    "remainder",
    "befalling",
)
"""Lists of `descriptions.toml` that are words alone."""


@lru_cache(maxsize=1)
def word_lists() -> dict[str, dict[str, str]]:
    """Descriptions and pronouns by word: {"description": {word: kind}, "pronoun": {word: number}}."""
    folder = resources.files("dragoman") / "data" / "lexicons" / "en"
    described = tomllib.loads((folder / "descriptions.toml").read_text(encoding="utf-8"))
    pronouns = tomllib.loads((folder / "pronouns.toml").read_text(encoding="utf-8"))
    kinds: dict[str, str] = {}
    for row in described["description"]:
        for word in row["words"]:
            kinds[word] = f"{kinds[word]} {row['kind']}" if word in kinds else row["kind"]
    lists = {theme: {w: theme for row in described[theme] for w in row["words"]} for theme in THEMES}
    return lists | {
        "description": kinds,
        "outsider": {w: row["code"] for row in described["outsider"] for w in row["words"]},
        "region": {w: row["code"] for row in described["region"] for w in row["words"]},
        "pronoun": {w: row["number"] for row in pronouns["pronoun"] for w in row["words"]},
        "who": {w: row["who"] for row in pronouns["pronoun"] for w in row["words"]},
    }


__all__ = ["calendar_words", "word_lists"]
