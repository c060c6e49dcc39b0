"""Pages that are kept as they were sent, and sent again while nothing that they show has changed.

A page says with `render.page(..., keep=...)` that it depends on its address, the reader's name, the published store and,
of what people decide, only on the verdicts in some reports. The guard (`safety`) stands before this one, so that nobody is
sent what they may not see.
"""

from __future__ import annotations

from collections.abc import MutableMapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dragoman.errors import StoreError
from dragoman.web.desk import Memory

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

    from dragoman.web.pool import Stamp
    from dragoman.web.session import Session

    Message = MutableMapping[str, Any]

ROOM = 48 << 20
"""Bytes of all kept pages together, as they are sent; the longest unused go first."""

EVERY = None
"""What a page keeps to that shows something of all verdicts."""


@dataclass(frozen=True, slots=True)
class _Page:
    start: Message
    body: bytes
    stamp: Stamp
    writes: int
    """How many writes there were before it was made."""
    reports: frozenset[str] | None
    """Ids of the reports whose verdicts it shows; null for all."""


class Kept:
    """ASGI middleware that keeps pages."""

    def __init__(self, app: ASGIApp, session: Session) -> None:
        self.app = app
        self._session = session
        self._pages = Memory(ROOM, lambda page: len(page.body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the page that is kept; else lets it be made, and keeps it where it says that it may be kept."""
        if scope["type"] != "http" or scope["method"] != "GET":
            await self.app(scope, receive, send)
            return
        key = _key(scope)
        writes = self._session.writes  # read before the page is: what is written meanwhile makes it old
        try:
            stamp = self._session.pool.stamp()
        except StoreError:
            await self.app(scope, receive, send)
            return
        page: _Page | None = self._pages.known([key]).get(key)
        if page is not None and page.stamp == stamp and not self._session.has_changed(page.reports, page.writes):
            await send(dict(page.start))
            await send({"type": "http.response.body", "body": page.body})
            return
        copy = _Copy(send)
        await self.app(scope, receive, copy)
        keep = scope["state"].get("keep", False)
        if keep is not False and copy.start is not None and copy.start["status"] == 200:
            self._pages.put({key: _Page(copy.start, copy.body, stamp, writes, keep)})


class _Copy:
    """Passes an answer on and keeps a copy of one that comes whole, without a cookie."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: Message | None = None
        self.start: Message | None = None
        """The head, once the answer is there whole."""
        self.body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            if not any(name.lower() == b"set-cookie" for name, _ in message["headers"]):
                self._head = dict(message)
        elif message["type"] == "http.response.body" and not message.get("more_body", False):
            self.start, self.body = self._head, message.get("body", b"")
        else:
            self._head = None
        await self._send(message)


def _key(scope: Scope) -> tuple[str, str, str, bool]:
    """What a page depends on, of what is asked."""
    zipped = any(name == b"accept-encoding" and b"gzip" in value for name, value in scope["headers"])
    query = scope.get("query_string", b"").decode("latin-1")
    return (scope["path"], query, scope["state"]["reviewer"], zipped)
