"""The server's hold on the store's one writer: taken at the first write, given back after a quiet while.

What people decide (reviews, judgements) is written to the writer's draft (`dragoman.store.writing`) and read from there
at once; giving the writer back publishes it, so that other programs see it and may write. In between the published file
stays as it is, and all that is read from it may be remembered.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from dragoman.errors import StoreError
from dragoman.store import Store, Writer, writing

if TYPE_CHECKING:
    from pathlib import Path

    from dragoman.web.pool import Pool

QUIET = 60.0
"""Seconds without a write after which what was written is published."""

LONGEST = 600.0
"""Seconds after which it is published even while people go on writing; the next write then costs a copy of the store."""

PATIENCE = 10.0
"""Seconds for which a write waits for another, and a read for the writer to be given back."""

BRIEF = 0.5
"""Seconds for which readers are held up so that what was written can be published; else it is tried again later."""

CLOSED = ("enable_external_access", "python_enable_replacements", "autoload_known_extensions")
"""What the writer's database may not do either: reach files, this program's variables, extensions."""


class ReadOnlyError(StoreError):
    """Something was to be written to a server that only reads."""

    status = 403


class BusyError(StoreError):
    """Somebody else is writing; the same request will do later."""


class Session:
    """One store, written by the threads of one server in turn. Close it at the end."""

    def __init__(self, path: Path, pool: Pool, read_only: bool = False, quiet: float = QUIET) -> None:
        self.path = path
        self.pool = pool
        self.read_only = read_only
        self.quiet = quiet
        self.writes = 0
        """How many writes there were: grows with every one, so that answers may be kept until the next."""
        self._changed: dict[str, int] = {}
        """The last write in which verdicts in a report changed, by the report's id."""
        self._changed_all = 0
        """The last write of which it isn't known what it changed."""
        self._only: set[str] | None = None
        self._gate = threading.Condition()
        self._readers = 0
        self._changing = False
        self._write_lock = threading.Lock()
        self._writer: Writer | None = None
        self._held = ExitStack()
        self._taken = self._written = 0.0
        self._closed = threading.Event()
        if not read_only:
            self._recover()
        self._keeper = threading.Thread(target=self._keep, name="dragoman-session", daemon=True)
        self._keeper.start()

    @contextmanager
    def reading(self, limited: bool = True) -> Iterator[Store]:
        """The store with all that was written, for one thread and a short while (see `Pool.reader`)."""
        with self._gate:
            self._await(lambda: not self._changing)
            writer = self._writer
            if writer is not None:
                cursor = writer.connection.cursor()
                self._readers += 1
        if writer is None:
            with self.pool.reader(limited) as store:
                yield store
            return
        try:
            yield Store(cursor, self.path)
        finally:
            with suppress(Exception):
                cursor.close()
            with self._gate:
                self._readers -= 1
                self._gate.notify_all()

    @contextmanager
    def writing(self, publish: bool = False) -> Iterator[Writer]:
        """The store to write to; one at a time. `publish` lets pages see at once what was changed in the records.

        Raises `ReadOnlyError`, or `BusyError` where another thread or program writes for longer than one can wait.
        """
        if self.read_only:
            raise ReadOnlyError("this server only reads; start it without --read-only to write")
        if not self._write_lock.acquire(timeout=PATIENCE):
            raise BusyError("another write is going on; try again in a moment")
        try:
            self._only = None
            yield self._take()
            self._note()
            self._written = time.monotonic()
            if publish:
                self._release()
        finally:
            self._write_lock.release()

    def only(self, reports: Iterable[str]) -> None:
        """Says, amid a write, that it changes nothing but verdicts in these reports."""
        self._only = {*(self._only or ()), *reports}

    def has_changed(self, reports: frozenset[str] | None, since: int) -> bool:
        """Whether verdicts in any of the reports (null for all) may have changed after so many writes."""
        if self.writes == since:
            return False
        if reports is None or self._changed_all > since:
            return True
        return any(self._changed.get(report, 0) > since for report in reports)

    def close(self) -> None:
        """Publishes what was written and writes no more."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._keeper.join()
        with self._write_lock:
            self._release()

    def _note(self) -> None:
        """Notes what was written, before it counts as written: who reads the count must find the rest."""
        number = self.writes + 1
        if self._only is None:
            self._changed_all = number
        else:
            self._changed.update(dict.fromkeys(self._only, number))
        self.writes = number

    def _await(self, condition: Callable[[], bool], patience: float = PATIENCE) -> None:
        if not self._gate.wait_for(condition, patience):
            raise BusyError("the store is changing hands; try again in a moment")

    def _take(self) -> Writer:
        if self._writer is None:
            try:
                writer = self._held.enter_context(writing(self.path))
            except StoreError as error:
                raise BusyError(str(error)) from None
            for name in CLOSED:
                writer.connection.execute(f"SET {name} = false")
            self._taken = self._written = time.monotonic()
            with self._gate:
                self._writer = writer
        return self._writer

    def _release(self, patience: float = PATIENCE) -> None:
        """Gives the writer back while nobody reads from it; called with the write lock held."""
        with self._gate:
            if self._writer is None:
                return
            self._changing = True
            try:
                self._await(lambda: self._readers == 0, patience)
                self._writer = None
                self._held.close()
            finally:
                self._changing = False
                self._gate.notify_all()

    def _recover(self) -> None:
        """Takes up what a killed server had committed, unless somebody is writing just now."""
        if self.path.with_name(f".{self.path.name}.draft").exists():
            with suppress(StoreError), writing(self.path):
                pass

    def _keep(self) -> None:
        """Publishes after a quiet while."""
        while not self._closed.wait(min(1.0, self.quiet / 2)):
            now = time.monotonic()
            due = now - self._written > self.quiet or now - self._taken > LONGEST
            if self._writer is None or not due or not self._write_lock.acquire(blocking=False):
                continue
            try:
                with suppress(BusyError):
                    self._release(BRIEF)
            finally:
                self._write_lock.release()
