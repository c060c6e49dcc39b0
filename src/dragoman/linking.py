"""Linking a store: incidents and commitments over all its reports, doing again only what new reports may change.

Each event has its block keys beside it in the store. What documents were put in, replaced, taken out or judged since
the last time names the blocks that may pair otherwise than before; their events, and all that were in one component with
them, are paired and clustered anew, and nothing else can have changed. So linking report by report, in any order, gives
what linking all at once gives.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyarrow as pa

from dragoman.commitments import commitments
from dragoman.incidents import RULES, Happening, keys, link, pair
from dragoman.likeness import profile
from dragoman.merging import Source, Told, merge
from dragoman.records import (
    Claim,
    Commitment,
    Document,
    Event,
    Incident,
    arrow_schema,
    from_arrow,
    from_dict,
    stable_id,
    to_arrow,
)
from dragoman.store import Writer
from dragoman.traits import OPENERS, Trait, sketch, traits

MERGED = 5_000
"""Incidents made at a time."""

BATCH = 2_000
"""Documents whose traits are made at a time."""

TRAIT_SCHEMA = pa.schema(
    [
        ("event_id", pa.string()),
        ("document_id", pa.string()),
        ("keys", pa.list_(pa.int64())),
        ("names", pa.list_(pa.string())),
        ("words", pa.list_(pa.string())),
        ("cues", pa.list_(pa.string())),
        ("due", pa.string()),
        ("due_text", pa.string()),
        ("denied", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of linking has done."""

    events: int
    """Events that were looked at again."""
    incidents: int
    """Incidents in the store."""
    commitments: int
    """Commitments in the store."""


def link_store(store: Writer, as_of: str | None = None, rebuild: bool = False) -> Summary:
    """Brings incidents and commitments up to date, all or nothing.

    `as_of` is the day (ISO) for which outcomes are told, by default that of the last report. `rebuild` does everything
    anew, which gives the same.
    """
    with store.transaction():
        if rebuild or store.meta("rules") != str(RULES):
            store.sql("DELETE FROM pending")
            store.sql("INSERT INTO pending SELECT id FROM documents")
            store.sql("INSERT INTO pending SELECT DISTINCT document_id FROM traits")
            _note(store, "rules", str(RULES))
        touched = _refresh(store)
        again = _closure(store, touched)
        _incidents(store, again)
        store.sql("DELETE FROM pending")
        count = _commitments(store, as_of)
        _note(store, "as_of", as_of)
    total = store.sql("SELECT count(*) AS n FROM incidents")["n"][0].as_py()
    return Summary(len(again), total, count)


def _note(store: Writer, name: str, value: str | None) -> None:
    store.sql("DELETE FROM meta WHERE name = ?", [name])
    if value is not None:
        store.sql("INSERT INTO meta VALUES (?, ?)", [name, value])


def _give(store: Writer, name: str, values: Iterable[object], kind: pa.DataType) -> None:
    """A temporary table of one column, `value`."""
    store.connection.register("given", pa.table({"value": pa.array(list(values), kind)}))
    store.sql(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT DISTINCT value FROM given")
    store.connection.unregister("given")


def _refresh(store: Writer) -> set[str]:
    """Makes the traits of pending documents anew; gives the events of blocks that lost or won a member, old and new."""
    store.sql("CREATE OR REPLACE TEMP TABLE changed AS SELECT DISTINCT document_id AS value FROM pending")
    store.sql(
        "CREATE OR REPLACE TEMP TABLE blocks AS SELECT DISTINCT unnest(keys) AS value FROM traits"
        " WHERE document_id IN (SELECT value FROM changed)"
    )
    gone = store.sql(
        "SELECT event_id, component FROM traits WHERE document_id IN (SELECT value FROM changed) AND component IS NOT NULL"
    )
    _give(store, "loosened", gone["component"].to_pylist(), pa.string())
    for table in ("traits", "sketches"):
        store.sql(f"DELETE FROM {table} WHERE document_id IN (SELECT value FROM changed)")
    ids = store.sql("SELECT id FROM documents WHERE id IN (SELECT value FROM changed) ORDER BY id")["id"].to_pylist()
    for start in range(0, len(ids), BATCH):
        _make_traits(store, ids[start : start + BATCH])
    store.sql(
        "INSERT INTO blocks SELECT DISTINCT unnest(keys) FROM traits WHERE document_id IN (SELECT value FROM changed)"
    )
    found = store.sql(
        "SELECT event_id FROM traits WHERE document_id IN (SELECT value FROM changed)"
        " OR component IN (SELECT value FROM loosened)"
        " UNION SELECT event_id FROM (SELECT event_id, unnest(keys) AS key FROM traits)"
        " WHERE key IN (SELECT value FROM blocks)"
    )
    return set(found["event_id"].to_pylist())


def _make_traits(store: Writer, ids: Sequence[str]) -> None:
    _give(store, "batch", ids, pa.string())
    documents = from_arrow(_rows(store, "documents", Document, "id IN (SELECT value FROM batch)"), Document)
    events: dict[str, list[Event]] = defaultdict(list)
    for event in from_arrow(_rows(store, "events", Event, "document_id IN (SELECT value FROM batch)"), Event):
        events[event.document_id].append(event)
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in from_arrow(_rows(store, "claims", Claim, "document_id IN (SELECT value FROM batch)"), Claim):
        claims[claim.document_id].append(claim)
    rows, sketches = [], []
    for document in documents:
        mine = events[document.id]
        sketches.append({"document_id": document.id, "sketch": sketch(document.text)})
        for event, trait in zip(mine, traits(document, mine, claims[document.id]), strict=True):
            rows.append(
                {name: getattr(trait, name) for name in TRAIT_SCHEMA.names if name != "keys"}
                | {"keys": keys(profile(event, trait))}
            )
    store.insert("traits", pa.Table.from_pylist(rows, schema=TRAIT_SCHEMA))
    schema = pa.schema([("document_id", pa.string()), ("sketch", pa.list_(pa.int64()))])
    store.insert("sketches", pa.Table.from_pylist(sketches, schema=schema))


def _rows(store: Writer, table: str, cls: type, condition: str) -> pa.Table:
    columns = ", ".join(f'"{name}"' for name in arrow_schema(cls).names)
    order = "id" if table == "documents" else "document_id, ordinal"
    return store.sql(f"SELECT {columns} FROM {table} WHERE {condition} ORDER BY {order}")


def _closure(store: Writer, touched: set[str]) -> set[str]:
    """The events to be done again: the touched ones and all that were in one component with them."""
    _give(store, "touched", touched, pa.string())
    found = store.sql(
        "SELECT event_id FROM traits WHERE event_id IN (SELECT value FROM touched)"
        " OR component IN (SELECT component FROM traits WHERE event_id IN (SELECT value FROM touched))"
    )
    return set(found["event_id"].to_pylist())


def _incidents(store: Writer, again: set[str]) -> None:
    _give(store, "again", again, pa.string())
    old = "SELECT incident_id FROM traits WHERE event_id IN (SELECT value FROM again)"
    # Incidents whose founding event is gone have no traits left; they go with those whose events are done again.
    store.sql(
        f"DELETE FROM incidents WHERE id IN ({old}) OR id NOT IN (SELECT incident_id FROM traits WHERE incident_id IS NOT NULL)"
    )
    if not again:
        return
    store.sql(
        "CREATE OR REPLACE TEMP TABLE nearby AS SELECT DISTINCT event_id AS value FROM"
        " (SELECT event_id, unnest(keys) AS key FROM traits) WHERE key IN"
        " (SELECT unnest(keys) FROM traits WHERE event_id IN (SELECT value FROM again))"
        " UNION SELECT value FROM again"
    )
    profiles = {t.event.id: t.profile for t in _told(store, "SELECT value FROM nearby")}
    graph = pair(profiles, _blocks(store), judgements(store))
    homes: dict[str, list[str | None]] = {"event": [], "component": [], "incident": []}
    waiting: list[Happening] = []
    for parted in link(profiles, graph, again):
        waiting += parted.happenings
        belongs = {
            p.id: stable_id("incident", h.members[0].id) for h in parted.happenings for p in (*h.members, *h.denials)
        }
        for event in parted.members:
            for name, value in (("event", event), ("component", parted.component), ("incident", belongs.get(event))):
                homes[name].append(value)
        if len(waiting) >= MERGED:
            _merge(store, waiting)
            waiting.clear()
    _merge(store, waiting)
    schema = pa.schema([(n, pa.string()) for n in homes])
    store.connection.register("homes", pa.table(homes, schema=schema))
    store.sql(
        "UPDATE traits SET component = h.component, incident_id = h.incident FROM homes h WHERE event_id = h.event"
    )
    store.connection.unregister("homes")


def _merge(store: Writer, happenings: Sequence[Happening]) -> None:
    """Makes and stores the incidents of happenings, reading their events anew."""
    ids = [p.id for h in happenings for p in (*h.members, *h.denials)]
    if not ids:
        return
    _give(store, "merging", ids, pa.string())
    told = {t.event.id: t for t in _told(store, "SELECT value FROM merging")}
    sources = {
        row["id"]: Source(row["id"], row["publisher"], tuple(row["sketch"] or ()))
        for row in store.sql(
            "SELECT id, publisher, sketch FROM documents LEFT JOIN sketches ON document_id = id WHERE id IN"
            " (SELECT document_id FROM events WHERE id IN (SELECT value FROM merging))"
        ).to_pylist()
    }
    made = [
        merge([told[p.id] for p in h.members], [told[p.id] for p in h.denials], h.links, sources) for h in happenings
    ]
    store.insert("incidents", to_arrow(made, Incident))


def _blocks(store: Writer) -> Iterator[list[str]]:
    """The events of each block, of those nearby, where two or more meet."""
    reader = store.connection.sql(
        "SELECT list(event_id) AS members FROM (SELECT t.event_id, unnest(t.keys) AS key FROM traits t"
        " JOIN events e ON e.id = t.event_id AND e.document_id = t.document_id"
        " WHERE t.event_id IN (SELECT value FROM nearby)) GROUP BY key HAVING count(*) > 1"
    ).to_arrow_reader(10_000)
    for batch in reader:
        yield from batch.column(0).to_pylist()


def _told(store: Writer, query: str) -> Iterator[Told]:
    """Events with their traits, in batches so that nested rows don't fill the memory."""
    names = [n for n in TRAIT_SCHEMA.names if n != "keys"]
    columns = ", ".join(f'e."{n}"' for n in arrow_schema(Event).names)
    told = ", ".join(f"t.{n} AS t_{n}" for n in names)
    reader = store.connection.sql(
        f"SELECT {columns}, {told} FROM events e JOIN traits t ON t.event_id = e.id AND t.document_id = e.document_id"
        f" WHERE e.id IN ({query})"
    ).to_arrow_reader(10_000)
    for batch in reader:
        for row in batch.to_pylist():
            trait = from_dict(Trait, {n: row[f"t_{n}"] for n in names})
            event = from_dict(Event, row)
            yield Told(event, trait, profile(event, trait))


def judgements(store: Writer) -> dict[tuple[str, str], str]:
    """A person's judgement by pair of event ids; the last of a pair counts.

    A side whose event was coded anew under another id is found by document, type and an overlapping trigger.
    """
    found: dict[tuple[str, str], str] = {}
    for row in store.sql('SELECT * FROM reviews ORDER BY "time", id').to_pylist():
        one, other = (_side(store, row, side) for side in ("one", "other"))
        if one is not None and other is not None and one != other:
            found[min(one, other), max(one, other)] = row["judgement"]
    return {couple: judgement for couple, judgement in found.items() if judgement != "unsure"}


def _side(store: Writer, row: dict[str, object], side: str) -> str | None:
    told = store.sql(
        'SELECT id FROM events WHERE id = ? OR (document_id = ? AND "type" = ? AND mentions[1]."trigger"[1] < ?'
        ' AND ? < mentions[1]."trigger"[2]) ORDER BY id <> ?, id LIMIT 1',
        [
            row[f"{side}_event"],
            row[f"{side}_document"],
            row[f"{side}_type"],
            row[f"{side}_end"],
            row[f"{side}_start"],
            row[f"{side}_event"],
        ],
    )
    return told["id"][0].as_py() if told.num_rows else None


def _commitments(store: Writer, as_of: str | None) -> int:
    """Makes the ledger anew from the incidents that open commitments and the events that may bear on them."""
    openers = ", ".join(f"'{t}'" for t in sorted(OPENERS))
    columns = ", ".join(f'"{n}"' for n in arrow_schema(Incident).names)
    opened = from_arrow(
        store.sql(f'SELECT {columns} FROM incidents WHERE "type" IN ({openers}) AND prospect IS NOT NULL ORDER BY id'),
        Incident,
    )
    profiles = {t.event.id: t.profile for t in _told(store, "SELECT id FROM events")} if opened else {}
    day = as_of or store.sql("SELECT max(published) AS day FROM documents")["day"][0].as_py()
    found = commitments(opened, profiles, day)
    store.sql("DELETE FROM commitments")
    if found:
        store.insert("commitments", to_arrow(found, Commitment))
    return len(found)
