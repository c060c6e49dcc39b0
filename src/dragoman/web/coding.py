"""Reports coded while somebody waits, for pages and programs alike, and put into the store if wanted."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from dragoman.cli_store import made_by
from dragoman.records import Claim, Document, Event
from dragoman.web.session import Session
from dragoman.witness import Witness

LONGEST = 200_000
"""Code points of a report."""

WARM = "Officials met their counterparts in Geneva on Monday."

_turn = threading.Semaphore(2)
"""Reports coded at a time; the others wait their turn."""


def coded(document: Document) -> tuple[list[Event], list[Claim]]:
    """The events and claims of a report, as `dragoman code` and `dragoman claims` give them."""
    with _turn:
        (found,) = Witness().code_batch([document])
    records: list[Event | Claim] = list(found)
    return [r for r in records if isinstance(r, Event)], [r for r in records if isinstance(r, Claim)]


def warm_up() -> None:
    """Loads the language model and knowledge, so that the first reader need not wait for them."""
    coded(Document("warm", None, WARM, "2024-01-02"))


def keep(session: Session, document: Document, events: Sequence[Event], claims: Sequence[Claim]) -> None:
    """Puts a report into the store with what was coded in it; one of the same id is replaced."""
    with session.writing(publish=True) as store:
        store.put([(document, events, claims)], made_by({"min_confidence": 0.0, "actors": []}))
