"""Full-text search over a store's reports, kept beside the store and brought up to date when the store changes.

The words are held in SQLite's full-text index (`.NAME.words`), which comes with Python; where the folder can't be written,
in a temporary file. Until it is ready, `find` gives None and the caller looks through the texts themselves.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from dragoman.errors import UsageError
from dragoman.web.pool import Pool, Stamp

LAYOUT = "1"
"""Changes when the index is made otherwise; an older one is thrown away."""

BATCH = 2_000
"""Reports read into the index at a time."""

STALE = 0.3
"""Share of rows of replaced reports from which the index is made anew: they can't be taken out, only passed over."""

_TOKEN = re.compile(r'"([^"]+)"|(\S+)')


def phrases(asked: str) -> list[str]:
    """The words and quoted phrases of a search, each to be found. Raises `UsageError` where there are none."""
    found = [(quoted or word).replace('"', " ").strip() for quoted, word in _TOKEN.findall(asked)]
    found = [p for p in found if any(c.isalnum() for c in p)]
    if not found:
        raise UsageError(f"nothing to search for in {asked!r}; give a word")
    return found


class Words:
    """The index of one store."""

    def __init__(self, pool: Pool, keep: bool = True) -> None:
        self.pool = pool
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._worker: threading.Thread | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.path = self._place(keep)

    def _place(self, keep: bool) -> Path:
        beside = self.pool.path.with_name(f".{self.pool.path.name}.words")
        if keep:
            try:
                with beside.open("ab"):
                    return beside
            except OSError:
                pass
        self._folder = tempfile.TemporaryDirectory(prefix="dragoman-")
        return Path(self._folder.name) / "words"

    def find(self, asked: str) -> list[str] | None:
        """Ids of the reports that hold all words and phrases asked for; None while the index is not up to date."""
        wanted = phrases(asked)
        if self._stamp != self.pool.stamp():
            self.refresh()
            return None
        query = " ".join('"' + p + '"' for p in wanted)
        try:
            with contextlib.closing(self._connect()) as index:
                rows = index.execute(
                    "SELECT d.id FROM words w JOIN reports d ON d.number = w.rowid WHERE words MATCH ?", [query]
                ).fetchall()
        except sqlite3.Error:
            return None
        return [row[0] for row in rows]

    def refresh(self, wait: bool = False) -> None:
        """Brings the index up to date, in the background unless told to wait."""
        with self._lock:
            if self._worker is None or not self._worker.is_alive():
                self._worker = threading.Thread(target=self._build, name="words", daemon=True)
                self._worker.start()
            worker = self._worker
        if wait:
            worker.join()

    def close(self) -> None:
        """Waits for work under way and clears what is temporary."""
        worker = self._worker
        if worker is not None:
            worker.join(timeout=10)
        if self._folder is not None:
            self._folder.cleanup()

    def _connect(self) -> sqlite3.Connection:
        return sqlite3.connect(self.path, timeout=5)

    def _build(self) -> None:
        """Takes in reports that are new or changed; a failure leaves the slower way of searching."""
        with contextlib.suppress(sqlite3.Error, OSError):
            stamp = self.pool.stamp()
            with contextlib.closing(self._connect()) as index:
                _prepare(index)
                self._take_in(index)
            self._stamp = stamp

    def _take_in(self, index: sqlite3.Connection) -> None:
        have = dict(index.execute("SELECT id, print FROM reports").fetchall())
        with self.pool.reader(limited=False) as store:
            table = store.sql("SELECT id, coalesce(made_by, '') AS print FROM documents ORDER BY id")
            now = dict(zip(table["id"].to_pylist(), table["print"].to_pylist(), strict=True))
            gone = [i for i in have if now.get(i) != have[i]]
            fresh = [i for i in now if have.get(i) != now[i]]
            index.executemany("DELETE FROM reports WHERE id = ?", [(i,) for i in gone])
            index.commit()
            for start in range(0, len(fresh), BATCH):
                self._add(index, store.sql(_TEXTS, [fresh[start : start + BATCH]]).to_pylist(), now)

    @staticmethod
    def _add(index: sqlite3.Connection, rows: Sequence[dict[str, str]], prints: dict[str, str]) -> None:
        for row in rows:
            made = index.execute("INSERT INTO reports (id, print) VALUES (?, ?)", [row["id"], prints[row["id"]]])
            index.execute(
                "INSERT INTO words (rowid, title, text) VALUES (?, ?, ?)", [made.lastrowid, row["title"], row["text"]]
            )
        index.commit()


_TEXTS = "SELECT id, coalesce(title, '') AS title, \"text\" FROM documents WHERE id IN (SELECT unnest(?::VARCHAR[]))"


def _prepare(index: sqlite3.Connection) -> None:
    """Makes the tables where there are none, or where they are of another layout or mostly of replaced reports."""
    index.execute("PRAGMA journal_mode = WAL")
    index.execute("PRAGMA synchronous = OFF")
    if index.execute("PRAGMA user_version").fetchone()[0] == int(LAYOUT):
        live, most = index.execute("SELECT count(*), coalesce(max(number), 0) FROM reports").fetchone()
        if most - live <= STALE * max(most, 1):
            return
    index.executescript(
        "DROP TABLE IF EXISTS words; DROP TABLE IF EXISTS reports;"
        "CREATE TABLE reports (number INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT UNIQUE, print TEXT);"
        "CREATE VIRTUAL TABLE words USING fts5(title, text, content='', tokenize='porter unicode61 remove_diacritics 2');"
        f"PRAGMA user_version = {LAYOUT};"
    )
    index.commit()
