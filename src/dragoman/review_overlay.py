"""The record as its reviewers want it: for one connection, `events` reads as if every verdict had been carried out.

The tables stay as they are; a temporary view of the same name lies over them, so that whatever reads events (exports,
dossiers, linking) reads the reviewed ones. The last verdict on an event counts, whoever gave it: a rejected event is
gone, an accepted one has confidence 1, a corrected one its new fields, an added one is there. Each says so in its `basis`
(`review/correct NAME`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from dragoman.records import Document, Event, to_arrow
from dragoman.review import (
    Placed,
    Review,
    base,
    deciding,
    documents_with,
    events_with,
    placed,
    result,
    reviews,
    standing,
)
from dragoman.store import Store, among


@dataclass(frozen=True, slots=True)
class Decision:
    """What counts of all that was said on one event."""

    event_id: str
    document_id: str
    before: Event | None
    """The machine's record; None for an event that a person added."""
    after: Event | None
    """None where it is rejected."""
    review: Review
    """The verdict that counts."""


def decisions(store: Store, document: str | None = None) -> list[Decision]:
    """What counts, by event, in the order of the verdicts; orphans are left out."""
    found = [p for p in placed(store, standing(reviews(store, document))) if p.event_id is not None and not p.orphan]
    groups: dict[str, list[Placed]] = defaultdict(list)
    for placing in found:
        groups[placing.event_id or ""].append(placing)
    events = events_with(store, groups)
    documents = documents_with(store, (p.review.document_id for p in found))
    told = [_decide(ident, group, events.get(ident), documents) for ident, group in groups.items()]
    return [d for d in told if d is not None]


def _decide(
    ident: str, group: Sequence[Placed], event: Event | None, documents: dict[str, Document]
) -> Decision | None:
    review = deciding(group).review
    document = documents[review.document_id]
    origin = event
    if origin is None:
        adds = [p for p in group if p.review.verdict == "add"]
        if not adds:
            return None
        origin = base(adds[-1], document)
    if review.verdict == "add" and event is None:
        return Decision(ident, document.id, None, origin, review)
    return Decision(ident, document.id, event, result(review, origin, document), review)


def overlay(store: Store) -> int:
    """Lays the verdicts over `events` for this connection; gives how many events they touch.

    What is read afterwards through the same connection is the reviewed record, until `lift`.
    """
    import pyarrow as pa

    lift(store)
    found = decisions(store)
    after = [d.after for d in found if d.after is not None]
    home = _home(store)
    ordinals = _ordinals(store, [d.event_id for d in found])
    table = to_arrow(after, Event).append_column(
        "ordinal", pa.array([ordinals.get(e.id, 1_000_000) for e in after], pa.int64())
    )
    store.temporary("reviewed", table)
    store.temporary("overruled", pa.table({"id": pa.array([d.event_id for d in found], pa.string())}))
    store.connection.execute(
        f"CREATE OR REPLACE TEMP VIEW events AS SELECT * FROM {home}.events WHERE id NOT IN (SELECT id FROM overruled)"
        " UNION ALL BY NAME SELECT * FROM reviewed"
    )
    return len(found)


def lift(store: Store) -> None:
    """Takes the verdicts off again."""
    store.connection.execute("DROP VIEW IF EXISTS temp.main.events")


@contextmanager
def reviewed(store: Store) -> Iterator[Store]:
    """The store with the verdicts laid over it, for as long as the block lasts."""
    overlay(store)
    try:
        yield store
    finally:
        lift(store)


def _home(store: Store) -> str:
    """The database and schema in which the tables themselves lie, quoted."""
    row = store.connection.execute("SELECT current_database(), current_schema()").fetchall()[0]
    return ".".join('"' + str(name).replace('"', '""') + '"' for name in row)


def _ordinals(store: Store, ids: Sequence[str]) -> dict[str, int]:
    if not ids:
        return {}
    query = f"SELECT id, ordinal FROM events WHERE {among('id', ids)}"
    return dict(store.connection.execute(query, list(ids)).fetchall())
