"""The catalogue of a store: what its lists are sorted and filtered by, as narrow tables in the server's memory.

A store's rows are wide and nested; to put a million of them in order takes a tenth of a second, and longer where parties
are looked for. The catalogue holds days, types, parties and the like of each row beside its row number, in the lists' own
order. It is made once for each published state of the store, in the background; until it is there, the same questions go
to the same columns worked out on the fly.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

_BOTH = "list_concat({0}, {1})"


def _keys(one: str, other: str) -> str:
    both = _BOTH.format(one, other)
    return (
        f"list_distinct(list_concat(list_transform({both}, lambda p: p.country),"
        f" list_transform({both}, lambda p: p.entity)))"
    )


def _names(one: str, other: str) -> str:
    both = _BOTH.format(one, other)
    return f"lower(array_to_string(list_transform({both}, lambda p: coalesce(p.name, p.text)), '; '))"


_PLACE = "place.country AS land, lower(coalesce(place.name, place.text)) AS spot"

COLUMNS: Mapping[str, str] = {
    "documents": """rowid AS n, id, coalesce(published, '') AS day, published AS first, published AS last,
        coalesce(publisher, '') AS publisher, coalesce(title, '') AS title""",
    "events": f"""rowid AS n, id, coalesce("date"."start", "date"."end", published, '') AS day,
        coalesce("date"."start", "date"."end", published) AS first,
        coalesce("date"."end", "date"."start", published) AS last,
        coalesce(published, '') AS published, coalesce("type", '') AS kind, "mode" AS manner,
        coalesce(status, '') AS status, coalesce(confidence, 0) AS confidence, document_id,
        {_keys("actors", "recipients")} AS keys, {_names("actors", "recipients")} AS names, {_PLACE}""",
    "incidents": f"""rowid AS n, id, coalesce("date"."start", "date"."end", first_report, '') AS day,
        coalesce("date"."start", "date"."end", first_report) AS first,
        coalesce("date"."end", "date"."start", last_report) AS last,
        coalesce("type", '') AS kind, "mode" AS manner, coalesce(status, '') AS status,
        coalesce(confidence, 0) AS confidence, coalesce(documents, 0) AS reports,
        coalesce(publishers, 0) AS publishers, coalesce(len(denied_by), 0) AS denials,
        {_keys("actors", "recipients")} AS keys, {_names("actors", "recipients")} AS names, {_PLACE}""",
    "commitments": f"""rowid AS n, id, coalesce("date", '') AS day, "date" AS first, coalesce(due, "date") AS last,
        coalesce("type", '') AS kind, prospect.mode AS manner, coalesce(outcome, '') AS status,
        coalesce(confidence, 0) AS confidence, coalesce(due, '') AS due, incident_id,
        {_keys('"by"', '"to"')} AS keys, {_names('"by"', '"to"')} AS names""",
    "traits": "rowid AS n, event_id, incident_id",
    "claims": "rowid AS n, document_id, ordinal",
}
"""What the catalogue tells of each row, by table."""

INDEXED: Mapping[str, tuple[str, ...]] = {
    "documents": ("id",),
    "events": ("id", "document_id"),
    "incidents": ("id",),
    "commitments": ("id", "incident_id"),
    "traits": ("event_id",),
    "claims": ("document_id",),
}
"""By what single rows are looked up: of a million they are found in half a millisecond, where reading takes thirty."""

_ORDER: Mapping[str, str] = {"traits": "n", "claims": "n"}


def source(what: str, ready: bool) -> str:
    """What to select from: the catalogue's table, or the same columns worked out on the fly."""
    return f"memory.main.catalogue_{what}" if ready else f"(SELECT {COLUMNS[what]} FROM store.{what})"


def build(connection: duckdb.DuckDBPyConnection, what: str) -> None:
    """Makes the catalogue of one table."""
    order = _ORDER.get(what, "day DESC, id DESC")
    connection.execute(
        f"CREATE TABLE memory.main.catalogue_{what} AS SELECT {COLUMNS[what]} FROM store.{what} ORDER BY {order}"
    )
    for column in INDEXED[what]:
        connection.execute(f"CREATE INDEX {what}_{column} ON memory.main.catalogue_{what} ({column})")
