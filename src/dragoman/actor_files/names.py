"""Names of dictionaries in capitals ("KOFI_ANNAN_") as news writes them ("Kofi Annan")."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from importlib import resources

from dragoman.lexicon import lexicon
from dragoman.mentions.knowledge import Knowledge, acronym_words, knowledge

SHORT = 4
"""Letters of the longest single word that is given in capitals too; longer ones match in capitals by themselves."""

PREFIXED = re.compile(r"^(mc|o'|d')(\w{2,})$")
IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")


@lru_cache(maxsize=1)
def particles() -> dict[str, bool]:
    """Words that stay small inside a name; true for those that always do."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "name_particles.txt"
    found: dict[str, bool] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        how, _, words = line.partition(":")
        if how in {"always", "mostly"}:
            found |= {word: how == "always" for word in words.split() if word not in found}
    return found


def clean(raw: str) -> str:
    """A dictionary's spelling with spaces for underscores and no mark of the word's end."""
    return " ".join(unicodedata.normalize("NFC", raw).replace("_", " ").split())


def spellings(raw: str) -> list[str]:
    """How news may write a dictionary's name, the likeliest first; empty where no letter is in it.

    A name that isn't in capitals stays as it is. Short single words come in capitals too ("Farc", "FARC"), words between
    brackets at the end are a name of their own.
    """
    name = clean(raw)
    inside = [m.strip() for m in IN_BRACKETS.findall(name)]
    name = " ".join(IN_BRACKETS.sub(" ", name).split())
    if not any(c.isalpha() for c in name):
        return []
    if name != name.upper():
        return [name]
    found = [_cased(name, small=True), _cased(name, small=False)]
    if " " not in name and len(name) <= SHORT:
        found.append(name)
    if is_ordinary(found[0]):
        found = [name] if knowledge().entries(name) else []
    found += [word for word in inside if _is_short_for(word, name)]
    return list(dict.fromkeys(found))


def _is_short_for(word: str, name: str) -> bool:
    """Whether what stands in brackets is made of initials of the name, in order: "ISLAMIC_ARMY_OF_ADEN_(IAA)"."""
    initials = iter([part[0] for part in re.split(r"[\s-]+", name) if part])
    return 2 <= len(word) <= 8 and word.isalpha() and all(letter in initials for letter in word)


def _cased(name: str, small: bool) -> str:
    return " ".join(
        "-".join(_word(part, first=not (i or k), small=small) for k, part in enumerate(word.split("-")))
        for i, word in enumerate(name.split())
    )


def _word(word: str, first: bool, small: bool) -> str:
    lower = word.lower()
    if "." in word or any(c.isdigit() for c in word):
        return word
    if lower in particles() and (small or particles()[lower]) and (not first or (small and lower in {"al", "el"})):
        return lower
    if _is_acronym(word, lower):
        return word
    match = PREFIXED.match(lower)
    return match[1].capitalize() + match[2].capitalize() if match else lower[:1].upper() + lower[1:]


def _is_acronym(word: str, lower: str) -> bool:
    """Whether a word stays in capitals: it is known as an acronym and nothing else, or can't be spoken."""
    if lower in acronym_words() or lower in particles() or not 2 <= len(word) <= 6:
        return False
    known = knowledge()
    if known.entries(word):
        return not known.entries(word.capitalize())
    return len(word) > 2 and not set(lower) & set("aeiouy")


@lru_cache(maxsize=1)
def ordinary_words() -> frozenset[str]:
    """Words of the lexicon and of the list of acronyms that are words, in lower case."""
    rows = lexicon()
    return frozenset({*rows.verbs, *rows.nouns, *rows.adjectives, *acronym_words(), *particles()})


def is_ordinary(name: str) -> bool:
    """Whether a single word is an ordinary word or a common noun for people, which would match everywhere."""
    known: Knowledge = knowledge()
    lower = name.lower()
    if " " in name or known.entries(name):
        return False
    return lower in ordinary_words() or (lower,) in known.roles


def slug(name: str) -> str:
    """A name as the last part of an entity: small letters, digits and hyphens."""
    flat = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", flat).strip("-") or "x" + "".join(f"{ord(c):x}" for c in name[:12])
