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
from typing import Any

import numpy as np
import pyarrow as pa

from dragoman.cycles import uncollected
from dragoman.incidents import RULES, Graph, Happening, Parted, keys, part, span
from dragoman.ledger import make_ledger
from dragoman.likeness import profile
from dragoman.merging import Source, Told, incident_id, merge
from dragoman.pairing import batches, columns, components, judged_same, meetings, sweep
from dragoman.profiles import pack, unpack
from dragoman.records import Claim, Document, Event, Incident, from_arrow, from_dict, to_arrow
from dragoman.review_overlay import lift, overlay
from dragoman.store import Writer, columns_of
from dragoman.traits import sketch, traits

MERGED = 10_000
"""Events whose incidents are made at a time."""

BATCH = 4_000
"""Documents whose profiles are made at a time."""

PROFILE_SCHEMA = pa.schema(
    [
        ("event_id", pa.string()),
        ("document_id", pa.string()),
        ("type", pa.string()),
        ("dated", pa.bool_()),
        ("begins", pa.int32()),
        ("ends", pa.int32()),
        ("spot", pa.string()),
        ("published", pa.string()),
        ("keys", pa.list_(pa.int64())),
        ("denied", pa.list_(pa.string())),
        ("profile", pa.string()),
    ]
)

HOME_SCHEMA = pa.schema([(n, pa.string()) for n in ("event_id", "document_id", "component", "incident_id")])


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of linking has done."""

    events: int
    """Events that were looked at again."""
    incidents: int
    """Incidents in the store."""
    commitments: int
    """Commitments in the store."""


def link_store(store: Writer, as_of: str | None = None, rebuild: bool = False, reviewed: bool = False) -> Summary:
    """Brings incidents and commitments up to date, all or nothing.

    `as_of` is the day (ISO) for which outcomes are told, by default that of the last report. `rebuild` does everything
    anew, which gives the same. `reviewed` links the events as their reviewers want them (`dragoman.review_overlay`); the
    store notes so, and what is linked without it afterwards is the machine's record again.
    """
    if reviewed or store.meta("linked") == "reviewed":
        store.sql("INSERT INTO pending SELECT DISTINCT document_id FROM verdicts")
    with uncollected():
        if not reviewed:
            return _link(store, as_of, rebuild, None)
        overlay(store)
        try:
            return _link(store, as_of, rebuild, "reviewed")
        finally:
            lift(store)


def _link(store: Writer, as_of: str | None, rebuild: bool, linked: str | None) -> Summary:
    with store.transaction():
        if rebuild or store.meta("rules") != str(RULES):
            store.sql("DELETE FROM pending")
            store.sql("INSERT INTO pending SELECT id FROM documents")
            store.sql("INSERT INTO pending SELECT DISTINCT document_id FROM profiles")
            _note(store, "rules", str(RULES))
        _refresh(store)
        again = store.sql("SELECT count(*) AS n FROM again")["n"][0].as_py()
        if again:
            _incidents(store)
        store.sql("DELETE FROM pending")
        count = make_ledger(store, as_of)
        _note(store, "as_of", as_of)
        _note(store, "linked", linked)
    total = store.sql("SELECT count(*) AS n FROM incidents")["n"][0].as_py()
    return Summary(again, total, count)


def _note(store: Writer, name: str, value: str | None) -> None:
    store.sql("DELETE FROM meta WHERE name = ?", [name])
    if value is not None:
        store.sql("INSERT INTO meta VALUES (?, ?)", [name, value])


def _give(store: Writer, name: str, values: Iterable[object], kind: pa.DataType) -> None:
    """A temporary table of one column, `value`."""
    rows = pa.table({"value": pa.array(list(values), kind)})
    store.temporary(name, rows, "SELECT DISTINCT value FROM given")


def _refresh(store: Writer) -> None:
    """Makes the profiles of pending documents anew, and the temporary table `again` of the events to be linked anew.

    These are the events of blocks that lost or won a member, and all that were in one component with them. Old incidents
    of theirs go, as do those of which nothing is left.
    """
    store.sql("CREATE OR REPLACE TEMP TABLE changed AS SELECT DISTINCT document_id AS value FROM pending")
    mine = "document_id IN (SELECT value FROM changed)"
    store.sql(f"CREATE OR REPLACE TEMP TABLE loosened AS SELECT DISTINCT component AS value FROM traits WHERE {mine}")
    store.sql(
        f"CREATE OR REPLACE TEMP TABLE blocks AS SELECT DISTINCT unnest(keys) AS value FROM profiles WHERE {mine}"
    )
    for table in ("profiles", "traits", "sketches"):
        store.sql(f"DELETE FROM {table} WHERE {mine}")
    everything = not store.sql("SELECT 1 FROM profiles LIMIT 1").num_rows
    for ids, condition in _portions(store):
        _make_profiles(store, ids, condition)
    if everything:
        store.sql("CREATE OR REPLACE TEMP TABLE again AS SELECT event_id AS value FROM profiles")
    else:
        store.sql(f"INSERT INTO blocks SELECT DISTINCT unnest(keys) FROM profiles WHERE {mine}")
        store.sql(
            f"CREATE OR REPLACE TEMP TABLE touched AS SELECT event_id AS value FROM profiles WHERE {mine}"
            " UNION SELECT event_id FROM traits WHERE component IN (SELECT value FROM loosened)"
            " UNION SELECT event_id FROM (SELECT event_id, unnest(keys) AS key FROM profiles)"
            " WHERE key IN (SELECT value FROM blocks)"
        )
        _touch_judged(store)
        store.sql(
            "CREATE OR REPLACE TEMP TABLE again AS SELECT value FROM touched UNION SELECT event_id FROM traits"
            " WHERE component IN (SELECT component FROM traits WHERE event_id IN (SELECT value FROM touched))"
        )
    old = "SELECT incident_id FROM traits WHERE event_id IN (SELECT value FROM again)"
    kept = "SELECT incident_id FROM traits WHERE incident_id IS NOT NULL"
    store.sql(f"DELETE FROM incidents WHERE id IN ({old}) OR id NOT IN ({kept})")
    store.sql("DELETE FROM traits WHERE event_id IN (SELECT value FROM again)")


def _touch_judged(store: Writer) -> None:
    """Two events that a person has judged may share no block; where one is touched the other is."""
    couples = [couple for couple, judgement in judgements(store).items() if judgement == "same"]
    if couples:
        rows = pa.table({"one": [a for a, _ in couples], "other": [b for _, b in couples]})
        store.connection.register("couples", rows)
        for one, other in (("one", "other"), ("other", "one")):
            store.sql(f"INSERT INTO touched SELECT {one} FROM couples WHERE {other} IN (SELECT value FROM touched)")
        store.connection.unregister("couples")


def _portions(store: Writer) -> Iterator[tuple[list[str], str]]:
    """Changed documents in portions, each with a condition on `published` by which the database passes over other months."""
    found = store.sql(
        "SELECT id, published FROM documents WHERE id IN (SELECT value FROM changed) ORDER BY published NULLS FIRST, id"
    )
    ids, days = found["id"].to_pylist(), found["published"].to_pylist()
    for start in range(0, len(ids), BATCH):
        first, last = days[start], days[min(start + BATCH, len(ids)) - 1]
        yield ids[start : start + BATCH], "true" if first is None else f"published BETWEEN '{first}' AND '{last}'"


def _make_profiles(store: Writer, ids: Sequence[str], condition: str) -> None:
    _give(store, "batch", ids, pa.string())
    documents = from_arrow(
        _rows(store, "documents", Document, f"id IN (SELECT value FROM batch) AND {condition}"), Document
    )
    events: dict[str, list[Event]] = defaultdict(list)
    mine = "document_id IN (SELECT value FROM batch)"
    for event in from_arrow(_rows(store, "events", Event, f"{mine} AND {condition}"), Event):
        events[event.document_id].append(event)
    claims: dict[str, list[Claim]] = defaultdict(list)
    for claim in from_arrow(_rows(store, "claims", Claim, mine), Claim):
        claims[claim.document_id].append(claim)
    rows: list[tuple[Any, ...]] = []
    sketches: dict[str, list[Any]] = {"document_id": [], "sketch": []}
    for document in documents:
        sketches["document_id"].append(document.id)
        sketches["sketch"].append(sketch(document.text))
        told = events[document.id]
        for event, trait in zip(told, traits(document, told, claims[document.id]), strict=True):
            p = profile(event, trait)
            days = span(p) or (None, None)
            rows.append((p.id, p.document_id, p.type, p.start is not None, *days, p.spot, p.published, keys(p), trait.denied, pack(p)))  # fmt: skip
    store.insert("profiles", _columns(rows, PROFILE_SCHEMA))
    store.insert(
        "sketches",
        pa.table(sketches, schema=pa.schema([("document_id", pa.string()), ("sketch", pa.list_(pa.int64()))])),
    )


def _columns(rows: Sequence[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    values = zip(*rows, strict=True) if rows else [() for _ in schema]
    return pa.table([pa.array(v, f.type) for v, f in zip(values, schema, strict=True)], schema=schema)


def _rows(store: Writer, table: str, cls: type, condition: str) -> pa.Table:
    order = "id" if table == "documents" else "document_id, ordinal"
    return store.sql(f"SELECT {columns_of(cls)} FROM {table} WHERE {condition} ORDER BY {order}")


# --- incidents ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Parts:
    """The components to be done again, in order of their first event, with their edges."""

    sizes: list[int]
    edges: dict[str, Any]
    """As `dragoman.pairing.columns` gives them, in order of component."""
    begins: Any
    """Where the edges of each component begin; one more than there are components."""
    ids: pa.Array
    """Event ids by rank."""

    def graphs(self, first: int, last: int) -> dict[int, Graph]:
        """The graphs of the components from `first` to before `last` that have edges."""
        found: dict[int, Graph] = defaultdict(Graph)
        chosen = slice(int(self.begins[first]), int(self.begins[last]))
        names = (self.ids.take(pa.array(self.edges[side][chosen])).to_pylist() for side in ("one", "other"))
        rest = (self.edges[name][chosen].tolist() for name in ("part", "score", "denial"))
        for one, other, n, score, denial in zip(*names, *rest, strict=True):
            if denial:
                found[n].denials[one, other] = score
            else:
                found[n].edges[min(one, other), max(one, other)] = score
        return found


def _incidents(store: Writer) -> None:
    """Makes the incidents of the events in `again`, and notes where each event went."""
    parts = _parted(store)
    store.sql(
        f"CREATE OR REPLACE TEMP TABLE told AS SELECT p.n AS t_n, f.denied AS t_denied, f.profile AS t_profile, {columns_of(Event, 'e')}"
        " FROM parts p JOIN profiles f ON f.event_id = p.event_id"
        " JOIN events e ON e.id = p.event_id AND e.document_id = f.document_id ORDER BY p.n, p.event_id"
    )
    judged = judgements(store)
    for first, last in batches(parts.sizes, MERGED):
        rows = store.sql(f"SELECT * FROM told WHERE t_n >= {first} AND t_n < {last} ORDER BY t_n, id").to_pylist()
        graphs = parts.graphs(first, last)
        groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for row in rows:
            groups[row["t_n"]].append(row)
        done = [_part(group, graphs.get(n), judged) for n, group in groups.items()]
        _settle(store, done, {row["id"]: row["document_id"] for row in rows})
        told = {row["id"]: Told(from_dict(Event, row), tuple(row["t_denied"] or ())) for row in rows}
        _merge(store, [h for parted in done for h in parted.happenings], told)
    for table in ("told", "parts", "ranks"):
        store.sql(f"DROP TABLE {table}")


def _part(rows: Sequence[dict[str, Any]], graph: Graph | None, judged: dict[tuple[str, str], str]) -> Parted:
    """The happenings of one component; one event alone needs no clustering."""
    ids = [row["id"] for row in rows]
    if graph is None:
        alone = () if rows[0]["status"] == "negated" else (Happening((ids[0],), (), ()),)
        return Parted(ids[0], tuple(ids), alone)
    graph.judged = judged
    return part(ids, {row["id"]: unpack(row["t_profile"]) for row in rows}, graph)


def _parted(store: Writer) -> _Parts:
    """Weighs the pairs; writes the temporary table `parts` of the components that are done again."""
    ids, wanted = _rank(store)
    found = store.sql("SELECT r.rank, unnest(p.keys) AS key FROM ranks r JOIN profiles p ON p.event_id = r.event_id")
    pairs = meetings(found["key"].to_numpy(), found["rank"].to_numpy(), wanted)
    del found
    judged = judgements(store)
    edges = sweep(pairs, _in_order(store), judged)
    del pairs
    if judged:
        judged_same(edges, {name: n for n, name in enumerate(ids.to_pylist())}, judged)
    label = components(len(ids), edges)
    chosen = np.flatnonzero(wanted)
    _, n = np.unique(label[chosen], return_inverse=True)
    part_of = np.full(len(ids), -1, np.int64)
    part_of[chosen] = n
    store.temporary("parts", pa.table({"event_id": ids.take(pa.array(chosen)), "n": n}))
    held = columns(edges)
    held["part"] = part_of[held["one"]]
    order = np.lexsort((held["other"], held["one"], held["part"]))
    held = {name: values[order] for name, values in held.items()}
    sizes = np.bincount(n)
    begins = np.searchsorted(held["part"], np.arange(len(sizes) + 1))
    return _Parts(sizes.tolist(), held, begins, ids)


def _rank(store: Writer) -> tuple[pa.Array, Any]:
    """The temporary table `ranks` of the events in `again` and all that share a block with them; ids and which are in `again`."""
    near = ""
    if store.sql("SELECT (SELECT count(*) FROM again) < (SELECT count(*) FROM profiles) AS some")["some"][0].as_py():
        near = (
            " WHERE event_id IN (SELECT value FROM again UNION SELECT event_id FROM"
            " (SELECT event_id, unnest(keys) AS key FROM profiles) WHERE key IN (SELECT unnest(keys) FROM profiles"
            " WHERE event_id IN (SELECT value FROM again)))"
        )
    store.sql(
        "CREATE OR REPLACE TEMP TABLE ranks AS SELECT event_id, event_id IN (SELECT value FROM again) AS wanted,"
        " row_number() OVER (ORDER BY begins NULLS FIRST, ends NULLS FIRST, spot NULLS FIRST, published NULLS FIRST, event_id)"
        f" - 1 AS rank FROM profiles{near}"
    )
    found = store.sql("SELECT event_id, wanted FROM ranks ORDER BY rank")
    return found["event_id"].combine_chunks(), found["wanted"].to_numpy()


def _in_order(store: Writer) -> Iterator[tuple[int, Any]]:
    reader = store.connection.sql(
        "SELECT r.rank, p.profile FROM ranks r JOIN profiles p ON p.event_id = r.event_id ORDER BY r.rank"
    ).to_arrow_reader(10_000)
    for batch in reader:
        for rank, line in zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True):
            yield rank, unpack(line)


def _settle(store: Writer, done: Iterable[Parted], documents: dict[str, str]) -> None:
    """Notes the component and the incident of each event."""
    homes: list[tuple[str, str, str, str | None]] = []
    for parted in done:
        belongs = {i: incident_id(h.members[0]) for h in parted.happenings for i in (*h.members, *h.denials)}
        homes += [(i, documents[i], parted.component, belongs.get(i)) for i in parted.members]
    store.insert("traits", _columns(homes, HOME_SCHEMA))


def _merge(store: Writer, happenings: Sequence[Happening], told: dict[str, Told]) -> None:
    """Makes and stores the incidents of happenings."""
    _give(store, "merging", {told[i].event.document_id for h in happenings for i in h.members}, pa.string())
    sources = {
        row["id"]: Source(row["id"], row["publisher"], tuple(row["sketch"] or ()))
        for row in store.sql(
            "SELECT id, publisher, sketch FROM documents LEFT JOIN sketches ON document_id = id"
            " WHERE id IN (SELECT value FROM merging)"
        ).to_pylist()
    }
    made = [merge([told[i] for i in h.members], [told[i] for i in h.denials], h.links, sources) for h in happenings]
    if made:
        store.insert("incidents", to_arrow(made, Incident))


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
