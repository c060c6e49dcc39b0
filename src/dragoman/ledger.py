"""The ledger over a store: every commitment with what bears on it, made anew from incidents and profiles.

Commitments are taken up in order of the day they were made, and events in order of their last day, so that only the
events of the year or two that may bear on a commitment are in memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pyarrow as pa

from dragoman.commitments import BEARING, Earlier, Index, Owed, as_of, earlier, evidence, extended, opened, until
from dragoman.likeness import Profile
from dragoman.profiles import unpack
from dragoman.records import Commitment, Incident, from_dict, to_arrow
from dragoman.store import Writer, columns_of
from dragoman.traits import OPENERS

PORTION = 2_000
"""Commitments, and five times as many events, read at a time."""


def make_ledger(store: Writer, day: str | None) -> int:
    """Makes the commitments of a store anew as of a day (ISO; None: that of the last report); gives how many there are."""
    day = day or store.sql("SELECT max(published) AS day FROM documents")["day"][0].as_py()
    store.sql("DELETE FROM commitments")
    _tables(store)
    count, before = 0, list[Earlier]()
    index, later = Index(), _Later(store)
    for portion in _owed(store):
        index.forget(portion[0].day)
        for profile in later.upto(max(map(until, portion))):
            index.add(profile)
        found = []
        for owed in portion:
            bears = evidence(owed, index)
            commitment = replace(owed.commitment, evidence=bears, extends=extended(owed, before))
            found.append(replace(as_of(commitment, day), evidence=bears) if day else commitment)
            before.append(earlier(owed))
        store.insert("commitments", to_arrow(found, Commitment))
        count += len(found)
    for table in ("opening", "owing", "bearing"):
        store.sql(f"DROP TABLE {table}")
    return count


def _tables(store: Writer) -> None:
    """Temporary tables: incidents that open commitments (`opening`), those in order of day (`owing`), events (`bearing`)."""
    types = ", ".join(f"'{t}'" for t in sorted(OPENERS))
    store.sql(
        f"CREATE OR REPLACE TEMP TABLE opening AS SELECT row_number() OVER (ORDER BY id) - 1 AS t_n, {columns_of(Incident, 'i')}, t_made FROM"
        f" (SELECT * FROM incidents WHERE \"type\" IN ({types}) AND prospect IS NOT NULL AND status = 'actual') i"
        " JOIN (SELECT t.incident_id, list(p.profile) AS t_made FROM traits t JOIN profiles p ON p.event_id = t.event_id"
        f' WHERE p."type" IN ({types}) GROUP BY t.incident_id) m ON m.incident_id = i.id'
    )
    rows: list[tuple[int, str]] = [(o.day, o.commitment.incident_id) for o in _read(store, "opening")]
    rows.sort(key=lambda row: (row[0], row[1]))
    days = pa.table(
        {"t_n": pa.array(range(len(rows)), pa.int64()), "incident": pa.array([i for _, i in rows], pa.string())}
    )
    query = "SELECT o.* REPLACE (g.t_n AS t_n) FROM opening o JOIN given g ON g.incident = o.id ORDER BY g.t_n"
    store.temporary("owing", days, query)
    bearing = ", ".join(f"'{t}'" for t in sorted(BEARING))
    store.sql(
        "CREATE OR REPLACE TEMP TABLE bearing AS SELECT row_number() OVER (ORDER BY ends, event_id) - 1 AS t_n, ends, profile"
        f' FROM profiles WHERE dated AND "type" IN ({bearing})'
        f" AND EXISTS (SELECT 1 FROM owing) ORDER BY ends, event_id"
    )


def _rows(store: Writer, table: str, size: int) -> Iterator[list[dict[str, Any]]]:
    """The rows of a temporary table by its number, in portions, since no reading may stay open while another is made."""
    total = store.sql(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py()
    for start in range(0, total, size):
        found = store.sql(f"SELECT * FROM {table} WHERE t_n >= {start} AND t_n < {start + size} ORDER BY t_n")
        yield found.drop_columns(["t_n"]).to_pylist()


def _read(store: Writer, table: str) -> Iterator[Owed]:
    for rows in _rows(store, table, PORTION):
        for row in rows:
            made = {p.id: p for p in map(unpack, row["t_made"])}
            owed = opened(from_dict(Incident, row), made)
            if owed is not None:
                yield owed


def _owed(store: Writer) -> Iterator[list[Owed]]:
    """What is owed, in order of day, in portions."""
    portion = []
    for owed in _read(store, "owing"):
        portion.append(owed)
        if len(portion) >= PORTION:
            yield portion
            portion = []
    if portion:
        yield portion


class _Later:
    """Events in order of their last day, read as far as they are asked for."""

    def __init__(self, store: Writer) -> None:
        self._rows = (row for rows in _rows(store, "bearing", 5 * PORTION) for row in rows)
        self._next = next(self._rows, None)

    def upto(self, day: int) -> Iterator[Profile]:
        """The next events up to a day (ordinal)."""
        while self._next is not None and self._next["ends"] <= day:
            yield unpack(self._next["profile"])
            self._next = next(self._rows, None)
