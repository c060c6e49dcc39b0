"""Dragoman reads reports and keeps an account of who did what to whom, when, where, and on whose word.

    >>> import dragoman
    >>> events = dragoman.code("Kenya condemned the raid on Monday.", published="2024-08-19")
    >>> events[0].type
    'ACCUSE'

What is importable from here is the public interface; everything else may change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Loaded on first use: importing the parser takes seconds, `dragoman --help` must not.
_HOMES = {
    "Coder": "dragoman.pipeline",
    "Document": "dragoman.records",
    "DragomanError": "dragoman.errors",
    "Event": "dragoman.records",
    "Reject": "dragoman.records",
    "Store": "dragoman.store",
    "open_store": "dragoman.store",
    "read": "dragoman.documents",
    "to_arrow": "dragoman.records",
}

__all__ = ["Coder", "Document", "DragomanError", "Event", "Reject", "Store", "code", "open_store", "read", "to_arrow"]

if TYPE_CHECKING:
    from dragoman.documents import read
    from dragoman.errors import DragomanError
    from dragoman.pipeline import Coder
    from dragoman.records import Document, Event, Reject, to_arrow
    from dragoman.store import Store, open_store


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        from importlib import import_module

        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'dragoman' has no attribute {name!r}")


def code(text: str, *, published: str | None = None, title: str | None = None, id: str | None = None) -> list[Event]:
    """The events of one text, in text order.

    `published` is its ISO date, against which "on Monday" resolves; without it such dates stay unknown.
    Offsets in the records are code points into `text` (or `title`).
    """
    from dragoman.pipeline import Coder
    from dragoman.records import Document, stable_id

    return Coder().code(Document(id or stable_id(title, text), title, text, published))
