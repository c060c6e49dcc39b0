"""JSON that is no JSON Lines: a list of documents, one document, or an object that holds a list of them.

Elements are read one at a time from a sliding window, so that a file of any length takes the memory of one element.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

from dragoman.errors import InputError
from dragoman.formats import Broken, Origin, Row, json_error, record, text_stream
from dragoman.sources import WINDOW, BinaryReader

CONTAINERS = frozenset(
    ("articles", "data", "docs", "documents", "entries", "hits", "items", "news", "posts", "records", "reports", "response",
     "results", "rows", "stories")
)  # fmt: skip
"""Keys whose list holds documents, even where the first of them has no text."""

_BLANK = " \t\n\r"
_STEP = 8
"""Code points after a number or name that must be seen before it is taken for whole."""


def read_json(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """Every document of the file, numbered by its place in the list; values that follow each other are read in turn."""
    window = _Window(text_stream(stream, origin, newline=""), origin)
    number = 0
    while window.peek():
        for value in _documents(window, origin):
            number += 1
            yield record(value, number, origin)
    if number == 0:
        raise InputError(origin.name, "empty", "the file holds no document")


def _documents(window: _Window, origin: Origin) -> Iterator[Any]:
    mark = window.peek()
    if mark == "[":
        yield from window.elements()
    elif mark == "{":
        yield from _object(window, origin)
    else:
        yield window.value()


def _object(window: _Window, origin: Origin) -> Iterator[Any]:
    """The documents of the object's list, where it has one; else the object itself."""
    wanted = (origin.text_column or "text").lower()
    own: dict[str, Any] = {}
    listed = False
    window.take("{")
    if window.peek() == "}":
        window.take("}")
        yield own
        return
    while True:
        key = window.value()
        window.take(":")
        has_text = any(k.lower() == wanted for k in own)
        if window.peek() == "[" and not has_text and _holds_documents(str(key), window, wanted):
            listed = True
            yield from window.elements()
        else:
            own[str(key)] = value = window.value()
            if str(key).lower() in CONTAINERS and isinstance(value, dict) and (inner := _inner(value, wanted)):
                listed = True
                yield from inner
        if window.take(",}") == "}":
            break
    if not listed or any(k.lower() == wanted for k in own):
        yield own


def _holds_documents(key: str, window: _Window, wanted: str) -> bool:
    """Whether the list ahead is one of documents: by its key, or because its first element has a text."""
    first = window.first_element()
    if not isinstance(first, dict):
        return False
    return key.lower() in CONTAINERS or any(str(k).lower() == wanted for k in first)


def _inner(value: dict[str, Any], wanted: str) -> list[Any]:
    """The list of documents one level down, as services wrap their answers."""
    for inner in value.values():
        first = inner[0] if isinstance(inner, list) and inner else None
        if isinstance(first, dict) and any(str(k).lower() == wanted for k in first):
            return list(inner)
    return []


class _Window:
    """A sliding window over JSON text: the next value, mark or element, read on as far as it needs."""

    def __init__(self, text: io.TextIOWrapper, origin: Origin) -> None:
        self._text = text
        self._origin = origin
        self._buffer = ""
        self._at = 0
        self._ended = False
        self._decoder = json.JSONDecoder(strict=False)

    def _more(self, size: int) -> bool:
        """Reads on; false at the end."""
        data = "" if self._ended else self._text.read(size)
        self._ended = self._ended or not data
        self._buffer = self._buffer[self._at :] + data
        self._at = 0
        return bool(data)

    def peek(self) -> str:
        """The next mark that is no blank, without taking it; empty at the end."""
        while True:
            while self._at < len(self._buffer):
                if self._buffer[self._at] not in _BLANK:
                    return self._buffer[self._at]
                self._at += 1
            if not self._more(WINDOW):
                return ""

    def ahead(self, size: int) -> str:
        """Up to `size` code points from here, untaken."""
        while len(self._buffer) - self._at < size and self._more(max(size, WINDOW)):
            pass
        return self._buffer[self._at : self._at + size]

    def take(self, marks: str) -> str:
        """Takes the next mark, which must be one of `marks`."""
        mark = self.peek()
        if not mark or mark not in marks:
            raise self._broken(f"expected {' or '.join(marks)}, found {mark or 'the end'}")
        self._at += 1
        return mark

    def elements(self) -> Iterator[Any]:
        """The elements of the list ahead."""
        self.take("[")
        if self.peek() == "]":
            self.take("]")
            return
        while True:
            yield self.value()
            if self.take(",]") == "]":
                return

    def value(self) -> Any:
        """Takes the next value, whole."""
        if not self.peek():
            raise self._broken("the file ends amid a value")
        value, size = self._decoded(0)
        self._at += size
        return value

    def first_element(self) -> Any:
        """The first element of the list ahead, untaken; null for an empty list."""
        rest = self.ahead(WINDOW)
        offset = len(rest) - len(rest[1:].lstrip(_BLANK))
        return None if rest[offset : offset + 1] in ("]", "") else self._decoded(offset)[0]

    def _decoded(self, offset: int) -> tuple[Any, int]:
        """The value `offset` code points from here, and how far it reaches; nothing is taken.

        The window doubles while the value is cut off, up to `max_bytes`.
        """
        while True:
            try:
                value, end = self._decoder.raw_decode(self._buffer, self._at + offset)
            except RecursionError as error:
                raise self._broken(json_error(error)) from None
            except ValueError as error:
                size = len(self._buffer) - self._at
                if size > self._origin.limits.max_bytes:
                    detail = f"an element has more than {self._origin.limits.max_bytes} characters"
                    raise InputError(self._origin.name, "too-long", detail) from None
                if not self._more(max(size, WINDOW)):
                    raise self._broken(json_error(error)) from None
                continue
            reach = end - self._at
            if end + _STEP > len(self._buffer) and self._more(WINDOW):
                continue  # "12" at the window's end may go on as "123"
            return value, reach

    def _broken(self, detail: str) -> InputError:
        return InputError(self._origin.name, "bad-json", detail)
