"""Whether a text is English: a cheap test by script and by function words, no model.

Function words are a third or more of running English and hardly any of another language's. The word lists are rows of
`data/languages.toml`; where another language's words outnumber the English ones, the text is that language's.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any

SAMPLE = 6000
"""Code points looked at: enough for a stable share, and the same cost for any length."""
SHORT = 20
"""Words below which function words prove nothing; such a text is judged by its script alone."""
ENGLISH_SHARE = 0.10
"""Least share of English function words. English news measures 0.25 to 0.50, lists of names 0.1 to 0.2, others below 0.08."""
LATIN_SHARE = 0.5
"""Least share of Latin letters among all letters."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_LETTER = re.compile(r"[^\W\d_]")
_LATIN = re.compile(r"[A-Za-z\u00aa\u00ba\u00c0-\u024f\u1e00-\u1eff\ufb00-\ufb06\uff21-\uff3a\uff41-\uff5a]")


@cache
def _words() -> dict[str, frozenset[str]]:
    """Function words of each language, keyed by ISO 639-1."""
    return {code: frozenset(row["words"].split()) for code, row in _rows().items()}


@cache
def _names() -> dict[str, str]:
    """ISO 639-1 code by every lower-case name of a language that fields use (`english`, `eng`, `en`)."""
    return {name: code for code, row in _rows().items() for name in (code, *row["names"])}


def _rows() -> dict[str, Any]:
    import tomllib
    from importlib.resources import files

    text = files("dragoman").joinpath("data/languages.toml").read_text(encoding="utf-8")
    rows: dict[str, Any] = tomllib.loads(text)["language"]
    return rows


def language_code(name: str) -> str:
    """The ISO 639-1 code for `en-US`, `eng`, `English` and the like; an unknown name comes back lower-case."""
    plain = name.strip().lower().replace("_", "-")
    head = plain.split("-")[0].strip()
    return _names().get(plain) or _names().get(head) or head


def is_latin(text: str) -> bool:
    """Whether most letters of the text are Latin; true for a text with hardly any letters."""
    sample = text[:SAMPLE]
    letters = len(_LETTER.findall(sample))
    return letters < 5 or len(_LATIN.findall(sample)) >= LATIN_SHARE * letters


def is_english(text: str) -> bool:
    """Whether the text reads as English. Short texts in Latin letters pass: they prove nothing."""
    if not is_latin(text):
        return False
    words = [w.lower().replace("’", "'") for w in _WORD.findall(text[:SAMPLE])]
    if len(words) < SHORT:
        return True
    counts = Counter(words)
    shares = {code: sum(counts[w] for w in known if w in counts) / len(words) for code, known in _words().items()}
    english = shares.pop("en")
    return english >= ENGLISH_SHARE and english >= max(shares.values(), default=0.0)
