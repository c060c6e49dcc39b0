"""Readers of one store for many requests at once; each sees the store as it was last published.

::

    pool = Pool(Path("process.duckdb"))
    with pool.reader() as store:            # a `dragoman.store.Store`; one a request, never shared between threads
        store.sql("SELECT count(*) FROM events")

The writer of a store moves a new file into its place (`dragoman.store`). The pool sees that by the file's stamp and gives
new readers the new file, while those at work finish on the old one.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dragoman.errors import StoreError
from dragoman.store import Store, open_store
from dragoman.web import catalogue

if TYPE_CHECKING:
    import duckdb

THREADS = 2
"""Of the database, for all readers together: a page is many short questions, not one long one."""

SECONDS = 60.0
"""What one reader may take, a page's questions together; files that are exported may take longer."""

MEMORY = "1GB"
"""What the database may hold in memory before it goes to disk."""

LOCKED = (
    "enable_external_access = false",
    "python_enable_replacements = false",
    "autoload_known_extensions = false",
    "autoinstall_known_extensions = false",
    "lock_configuration = true",
)
"""What a question can't do, whoever asks it: reach files, the network or variables of the program, or undo this."""

Stamp = tuple[int, int, int]
"""Inode, time of change in nanoseconds, size: another one is another file."""


@dataclass(slots=True)
class _Opened:
    """One published state of the store."""

    stamp: Stamp
    connection: duckdb.DuckDBPyConnection
    readers: int = 0
    retired: bool = False
    ready: set[str] = field(default_factory=set)
    """Tables whose catalogue is made."""


class Reader(Store):
    """A store to read from, with its catalogue."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, ready: frozenset[str]) -> None:
        super().__init__(connection, path)
        self.ready = ready

    def source(self, what: str) -> str:
        """What to select the catalogue of a table from."""
        return catalogue.source(what, what in self.ready)


@dataclass(slots=True)
class Pool:
    """Opens a store for reading, again whenever a writer has published a new one."""

    path: Path
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)
    _ready: threading.Condition = field(default_factory=threading.Condition, repr=False)
    _current: _Opened | None = field(default=None, repr=False)
    _running: dict[int, tuple[float, duckdb.DuckDBPyConnection]] = field(default_factory=dict, repr=False)
    _watched: bool = field(default=False, repr=False)
    _ended: threading.Event = field(default_factory=threading.Event, repr=False)

    def __post_init__(self) -> None:
        with open_store(self.path):
            """Brings a store of an earlier release up to date, and complains where it is none."""

    @contextmanager
    def reader(self, limited: bool = True) -> Iterator[Reader]:
        """A store to read from, for one thread. Raises `StoreError` where the file is gone or no store.

        What takes longer than `SECONDS` is stopped, unless it is not `limited`.
        """
        opened = self._take()
        cursor = opened.connection.cursor()
        if limited:
            self._watch(cursor)
        try:
            cursor.execute("USE store")
            yield Reader(cursor, self.path, frozenset(opened.ready))
        finally:
            with self._lock:
                self._running.pop(id(cursor), None)
            cursor.close()
            self._give_back(opened)

    def _watch(self, cursor: duckdb.DuckDBPyConnection) -> None:
        """Notes when a cursor began; the first one starts the thread that stops those that take too long."""
        with self._lock:
            self._running[id(cursor)] = (time.monotonic(), cursor)
            if not self._watched:
                self._watched = True
                threading.Thread(target=self._stop_late_ones, name="watch", daemon=True).start()

    def _stop_late_ones(self) -> None:
        while not self._ended.wait(1.0):
            with self._lock:  # a cursor leaves the list under the same lock before it is closed
                for begun, cursor in self._running.values():
                    if time.monotonic() - begun > SECONDS:
                        cursor.interrupt()

    def stamp(self) -> Stamp:
        """What tells one published state from another; good as a key of caches."""
        try:
            found = self.path.stat()
        except OSError:
            raise StoreError(f"the store {self.path} is gone; put it back and load the page again") from None
        return (found.st_ino, found.st_mtime_ns, found.st_size)

    def close(self) -> None:
        """Ends reading."""
        self._ended.set()
        with self._lock:
            opened, self._current = self._current, None
            if opened is not None:
                self._retire(opened)

    def _take(self) -> _Opened:
        stamp = self.stamp()
        with self._lock:
            if self._current is None or self._current.stamp != stamp:
                fresh = _Opened(stamp, _attached(self.path))
                if self._current is not None:
                    self._retire(self._current)
                self._current = fresh
                fresh.readers += 1  # for the thread that makes the catalogue
                threading.Thread(target=self._catalogue, args=(fresh,), name="catalogue", daemon=True).start()
            self._current.readers += 1
            return self._current

    def settle(self) -> None:
        """Waits until the catalogue of the store as it is now is made."""
        with self._ready, self.reader(limited=False):
            self._ready.wait_for(
                lambda: self._current is None or self._current.ready >= set(catalogue.COLUMNS), timeout=600
            )

    def _catalogue(self, opened: _Opened) -> None:
        """Makes the catalogue, table by table; one that can't be made leaves the slower way."""
        import duckdb

        try:
            with suppress(duckdb.Error):
                cursor = opened.connection.cursor()
                for what in catalogue.COLUMNS:
                    if opened.retired:
                        break
                    catalogue.build(cursor, what)
                    with self._ready:
                        opened.ready.add(what)
                        self._ready.notify_all()
        finally:
            self._give_back(opened)

    def _give_back(self, opened: _Opened) -> None:
        with self._lock:
            opened.readers -= 1
            if opened.retired and opened.readers == 0:
                opened.connection.close()

    @staticmethod
    def _retire(opened: _Opened) -> None:
        opened.retired = True
        if opened.readers == 0:
            opened.connection.close()


def _attached(path: Path) -> duckdb.DuckDBPyConnection:
    """A database of its own with the store in it: unlike `connect`, it never shares a file that was replaced."""
    import duckdb

    config: dict[str, str | bool | int | float | list[str]] = {
        "threads": THREADS,
        "memory_limit": MEMORY,
        "temp_directory": _scratch(),
    }
    connection = duckdb.connect(":memory:", config=config)
    try:
        quoted = "'" + str(path).replace("'", "''") + "'"
        connection.execute(f"ATTACH {quoted} AS store (READ_ONLY)")
        for setting in LOCKED:
            connection.execute(f"SET {setting}")
    except duckdb.Error as error:
        connection.close()
        raise StoreError(f"{path} can't be opened as a store: {str(error).splitlines()[0]}") from None
    return connection


@cache
def _scratch() -> str:
    """A folder of our own for what doesn't fit in memory; questions may reach nothing else, not even other temporary files."""
    folder = tempfile.mkdtemp(prefix="dragoman-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
