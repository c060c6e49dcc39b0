"""The same steps over many documents: in this process or in many, in the order of the input, whatever the documents hold.

Results don't depend on the number of workers or the size of batches, for every document is coded by itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat

from dragoman.careful import Coded, Item, code_portion
from dragoman.documents import Raw
from dragoman.pipeline import Coder
from dragoman.records import Document

FEW = 24
"""Documents below which starting worker processes costs more than it saves (about 2 s)."""

GROWTH = (8, 16)
"""Documents that each worker is given at first, and the second time; then as many as fill the parser's batches.

So the first records come soon, and workers end together even where there are few documents.
"""

CHARACTERS = 400_000
"""Code points of one portion from which it takes no more documents, so that long documents keep memory constant."""

TIME_LIMIT = 60.0
"""Seconds for one document unless told otherwise; 2 million characters, the longest that is read, take about 25 here."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does the work."""

    workers: int | None = None
    """Processes; null for one a core that this process may use. 1 codes in this process, without another."""
    seconds: float | None = TIME_LIMIT
    """Time limit for a document; null for none."""
    apart: bool = False
    """Whether even a single worker, or a few documents, get a process of their own, which they may bring down."""

    def size(self) -> int:
        """The number of processes."""
        return self.workers or cores()


def cores() -> int:
    """Cores that this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def code_all(items: Iterable[Item], coder: Coder, crew: Crew | None = None) -> Generator[Coded, None, None]:
    """Every item in input order with its records, or with the reason for which it was rejected.

    Closing the iterator ends every process. Raises what loading the coder raises, and `DragomanError` where worker
    processes can't be started.
    """
    crew = crew or Crew()
    stream = iter(items)
    if sys.platform != "win32" and (crew.workers != 1 or crew.apart):
        first = list(islice(stream, 0 if crew.apart else FEW))
        stream = chain(first, stream)
        if crew.apart or len(first) == FEW:
            yield from _side_by_side(stream, coder, crew)
            return
    for portion in portions(stream, coder.batch):
        yield from code_portion(coder, portion, crew.seconds)


def _side_by_side(stream: Iterator[Item], coder: Coder, crew: Crew) -> Generator[Coded, None, None]:
    from dragoman.workers import Pool

    with Pool(coder, crew.size(), crew.seconds) as pool:
        small = chain.from_iterable(repeat(min(size, coder.batch), crew.size()) for size in GROWTH)
        yield from pool.run(portions(stream, coder.batch, small))


def portions(items: Iterable[Item], most: int, small: Iterable[int] = ()) -> Iterator[list[Item]]:
    """The items in lists of at most `most`, the first ones of at most as many as `small` says; fewer where they are long."""
    portion: list[Item] = []
    size = 0
    bounds = chain(small, repeat(most))
    bound = next(bounds)
    for item in items:
        portion.append(item)
        size += _length(item)
        if len(portion) >= bound or size >= CHARACTERS:
            yield portion
            portion, size = [], 0
            bound = next(bounds)
    if portion:
        yield portion


def _length(item: Item) -> int:
    """Code points of the item's text, where it has one."""
    if isinstance(item, Document):
        return len(item.text)
    text = item.row.fields.get("text") if isinstance(item, Raw) else None
    return len(text) if isinstance(text, str | bytes) else 0
