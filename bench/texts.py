"""What the bench reads: annotated sets and plain texts, found by what their rows hold, never by name.

Sets lie in a folder `shared/dev` beside the checkout where there is one; else only the sample reports are read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman.records import Document

ROOT = Path(__file__).resolve().parent.parent
SETS = ROOT.parent / "shared" / "dev"
EXAMPLES = ROOT / "examples"

KINDS = (
    ("events", {"events", "not_events"}, "score", ()),
    ("relations", {"actor", "recipient"}, "relate", ()),
    ("claims", {"claims"}, "claims", ()),
    ("places", {"places"}, "mentions", ("place",)),
    ("times", {"times"}, "mentions", ("time",)),
)
"""(kind, keys of a row that only this kind has, stem of its scorer, words before the scorer's two paths)."""

ENOUGH = 100
"""Rows of text without annotation from which a file counts as a set for speed."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """A set with the scorer that knows how to read it."""

    kind: str
    path: Path
    scorer: Path
    words: tuple[str, ...]


def annotated() -> list[Annotated]:
    """Every annotated set beside the checkout; empty where there is none."""
    found = []
    for path in sorted(SETS.glob("*.jsonl")):
        keys = _keys(path)
        for kind, wanted, stem, words in KINDS:
            scorer = SETS / f"{stem}.py"
            if wanted <= keys and scorer.is_file():
                found.append(Annotated(kind, path, scorer, words))
                break
    order = [kind for kind, *_ in KINDS]
    return sorted(found, key=lambda a: order.index(a.kind))


def story() -> tuple[Path, Path, Path] | None:
    """(reports of one process, what they share and promise, its scorer), or None where there is no such set."""
    for path in sorted(SETS.glob("*.jsonl")):
        gold, scorer = path.with_suffix(".gold.json"), SETS / f"{path.stem}.py"
        if gold.is_file() and scorer.is_file():
            return path, gold, scorer
    return None


def _keys(path: Path) -> set[str]:
    with path.open(encoding="utf-8") as stream:
        row = json.loads(stream.readline() or "{}")
    return set(row) if isinstance(row, dict) else set()


def _plain_set() -> Path | None:
    """The largest set of texts without annotation."""
    marks = {key for _, wanted, *_ in KINDS for key in wanted} | {"storyline"}
    plain = []
    for path in SETS.glob("*.jsonl"):
        if "text" in _keys(path) and not marks & _keys(path):
            rows = sum(1 for _ in path.open(encoding="utf-8"))
            if rows >= ENOUGH:
                plain.append((rows, path))
    return max(plain)[1] if plain else None


def documents(count: int) -> tuple[str, list[Document]]:
    """(what they are, `count` reports): evenly drawn from the set beside the checkout, else the samples over and over."""
    from dragoman.documents import read

    source = _plain_set()
    path = source if source is not None else EXAMPLES
    found = [item for item in read(str(path)) if isinstance(item, Document)]
    if source is None:
        return "the sample reports, repeated", list(repeated(found, count))
    if count >= len(found):
        return "newspaper reports", found
    step = len(found) / count
    return "newspaper reports", [found[int(i * step)] for i in range(count)]


def repeated(found: Sequence[Document], count: int) -> Iterator[Document]:
    """`count` documents: those given, over and over, under new ids."""
    for i in range(count):
        yield replace(found[i % len(found)], id=f"{found[i % len(found)].id}-{i}")
