"""One process's share of the work: a few items are coded together, and what fails is found and rejected alone.

Nothing that a document holds may end a run. Where reading a batch raises an error each of its items is read by itself,
so that the one at fault is known and the others lose nothing.
"""

from __future__ import annotations

import json
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from dragoman.documents import Raw, judge
from dragoman.pipeline import Coder
from dragoman.records import Claim, Document, Event, Reject, from_dict, to_json

Item: TypeAlias = Document | Raw | Reject
"""What comes in: a document, a row that is yet to become one, or what was rejected before."""

RECORDS: dict[str, type[Event] | type[Claim]] = {"Event": Event, "Claim": Claim}
"""Classes of what a coder finds, by the name under which it travels between processes."""


class TooSlow(BaseException):
    """The time limit is over. No `Exception`, so that no library's own handler swallows it."""


@dataclass(frozen=True, slots=True)
class Coded:
    """One input item with what became of it."""

    item: Document | Reject
    found: tuple[tuple[str, str], ...] = ()
    """(name of the class, JSON) of each record, in the order in which the coder gave them."""

    @property
    def events(self) -> tuple[Any, ...]:
        """The records as objects: events, and claims where the coder gives them."""
        return tuple(from_dict(RECORDS[name], json.loads(line)) for name, line in self.found)


Work: TypeAlias = Callable[[Sequence[Document]], Sequence[Any]]
"""Gives each document its answer."""


def code_portion(coder: Coder, items: Sequence[Item], seconds: float | None = None) -> list[Coded]:
    """Every item with its records or the reason for which it has none; see `answers`."""

    def work(documents: Sequence[Document]) -> list[tuple[tuple[str, str], ...]]:
        return [packed(records) for records in coder.code_batch(documents)]

    return [Coded(item, found or ()) for item, found in answers(work, items, seconds)]


def answers(work: Work, items: Sequence[Item], seconds: float | None) -> list[tuple[Document | Reject, Any]]:
    """Every item as a document with its answer, or as a reject with None.

    `seconds` bounds the items together, then each, where the platform can interrupt; null where somebody else does.
    """
    try:
        with limited(seconds):
            return _together(work, items)
    except (Exception, TooSlow):
        return [_alone(work, item, seconds) for item in items]


def _together(work: Work, items: Sequence[Item]) -> list[tuple[Document | Reject, Any]]:
    judged = [judge(item) for item in items]
    found = iter(work([item for item in judged if isinstance(item, Document)]))
    return [(item, next(found) if isinstance(item, Document) else None) for item in judged]


def _alone(work: Work, item: Item, seconds: float | None) -> tuple[Document | Reject, Any]:
    try:
        with limited(seconds):
            return _together(work, [item])[0]
    except TooSlow:
        return rejected(item, "too-slow", f"not read within {seconds:g} seconds"), None
    except Exception as error:
        return rejected(item, "failed", f"{type(error).__name__}: {str(error)[:160]}"), None


def packed(records: Sequence[Any]) -> tuple[tuple[str, str], ...]:
    """Records as they travel between processes and stand in a journal."""
    return tuple((type(record).__name__, to_json(record)) for record in records)


def rejected(item: Item, reason: str, detail: str) -> Reject:
    """The item as a reject; of a document it is the address or id that says where it came from."""
    if isinstance(item, Reject):
        return item
    if isinstance(item, Raw):
        return Reject(item.source, item.row.line, reason, detail)
    return Reject(item.url or item.id, None, reason, detail)


@contextmanager
def limited(seconds: float | None) -> Iterator[None]:
    """Raises `TooSlow` in the block when the time is over; without limit off the main thread, where none can be set."""
    if seconds is None or threading.current_thread() is not threading.main_thread() or not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: object) -> None:
        raise TooSlow

    before = signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
