"""What the workbench reads from a store, for pages and interface alike; safe to use from many threads.

Lists come a page at a time: the rows after (or before) a mark, which is the sort value and the id of the last (or first)
row seen, so that page ten thousand costs what page one does.
"""

from __future__ import annotations

import base64
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar, cast

from dragoman.errors import UsageError
from dragoman.parties import Directory, directory
from dragoman.records import Claim, Commitment, Document, Event, Incident, arrow_schema, from_arrow
from dragoman.store import ORDERS, RECORDS, Store
from dragoman.web.filters import OWN, SORTS, Conditions, Filter, Turn, conditions
from dragoman.web.pool import Pool, Reader, Stamp
from dragoman.web.words import Words, phrases

BRIEF = {"incidents": ("reports", "links"), "commitments": ("made",)}
"""Lists that are long and that a table doesn't show."""

Record = TypeVar("Record")
Answer = TypeVar("Answer")
Key = TypeVar("Key", bound=Hashable)

RECORDS_KEPT = 6_000
"""Records that are kept as they were read; each takes some kilobytes."""

LISTS_KEPT = 96
"""Pages of lists that are kept."""

REMEMBERED = 512
"""Counts and the like that are kept as long as the store stays as it is."""

DOSSIERS = 12
"""Accounts of processes kept likewise; each may be large."""


@dataclass(frozen=True, slots=True)
class Listed(Generic[Record]):
    """One page of a list."""

    records: list[Record]
    total: int
    """Of all pages."""
    after: str
    """Mark with which to ask for the next page; empty on the last."""
    before: str
    """Mark with which to ask for the page before; empty on the first."""
    sort: str
    """The order in force, as in `Turn.sort`."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What a store holds, in numbers."""

    documents: int
    events: int
    incidents: int
    commitments: int
    publishers: tuple[tuple[str, int], ...]
    """Names with the number of their reports, most first."""
    types: tuple[tuple[str, int], ...]
    """Types with the number of their events, most first."""
    statuses: tuple[tuple[str, int], ...]
    first: str | None
    """ISO day of the first report."""
    last: str | None
    linked: bool
    pending: int
    """Reports that came or changed since the store was linked."""


def _one_each(_: Any) -> int:
    return 1


class Memory:
    """Remembers answers for one published state of the store; the longest unused go first.

    `size` bounds the number of answers, or the sum of what each weighs.
    """

    def __init__(self, size: int = REMEMBERED, weigh: Callable[[Any], int] = _one_each) -> None:
        self._size = size
        self._weigh = weigh
        self._held = 0
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()
        self._making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Answer]) -> Answer:
        """The answer under a key, made where it isn't known; who asks for the same meanwhile waits for it."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                known: Answer = self._found[key]
                return known
            making = self._making.setdefault(key, threading.Lock())
        with making:
            with self._lock:
                if key in self._found:
                    return cast(Answer, self._found[key])
            try:
                made = make()
                self.put({key: made})
            finally:
                with self._lock:
                    self._making.pop(key, None)
        return made

    def known(self, keys: Iterable[Hashable]) -> dict[Hashable, Any]:
        """What is known of some keys."""
        with self._lock:
            found = {key: self._found[key] for key in keys if key in self._found}
            for key in found:
                self._found.move_to_end(key)
        return found

    def put(self, made: Mapping[Hashable, Any]) -> None:
        """Remembers answers."""
        with self._lock:
            for key, answer in made.items():
                if key in self._found:
                    self._held -= self._weigh(self._found[key])
                self._found[key] = answer
                self._held += self._weigh(answer)
            while self._held > self._size:
                self._held -= self._weigh(self._found.popitem(last=False)[1])


@dataclass(slots=True)
class Desk:
    """The questions that pages ask."""

    pool: Pool
    words: Words
    memory: Memory = field(default_factory=Memory)
    dossiers: Memory = field(default_factory=lambda: Memory(DOSSIERS))
    records: Memory = field(default_factory=lambda: Memory(RECORDS_KEPT))
    pages: Memory = field(default_factory=lambda: Memory(LISTS_KEPT))

    # --- lists ---------------------------------------------------------------------------------------------------

    def reports(self, wanted: Filter, turn: Turn) -> Listed[Document]:
        """Reports, the latest first unless asked otherwise."""
        return self._listed("documents", Document, wanted, turn)

    def events(self, wanted: Filter, turn: Turn) -> Listed[Event]:
        """Events, the latest first unless asked otherwise."""
        return self._listed("events", Event, wanted, turn)

    def incidents(self, wanted: Filter, turn: Turn, brief: bool = False) -> Listed[Incident]:
        """Incidents, the latest first unless asked otherwise; `brief` ones lack what `BRIEF` leaves out."""
        return self._listed("incidents", Incident, wanted, turn, BRIEF["incidents"] if brief else ())

    def commitments(self, wanted: Filter, turn: Turn, brief: bool = False) -> Listed[Commitment]:
        """Commitments, the latest first unless asked otherwise; `brief` ones lack what `BRIEF` leaves out."""
        return self._listed("commitments", Commitment, wanted, turn, BRIEF["commitments"] if brief else ())

    def batches(self, what: str, wanted: Filter, size: int) -> Iterator[list[dict[str, Any]]]:
        """All records that fit as plain rows, in the order of `dragoman export`.

        They come some at a time, so that a million don't fill the memory.
        """
        with self.pool.reader(limited=False) as store:
            where = self.conditions(store, what, wanted)
            query = _all(store, what, where)
            reader = store.connection.sql(query, params=where.values).to_arrow_reader(size)
            for batch in reader:
                yield batch.to_pylist()

    def _listed(
        self, what: str, cls: type[Record], wanted: Filter, turn: Turn, without: Sequence[str] = ()
    ) -> Listed[Record]:
        key = (self.pool.stamp(), what, wanted, turn, tuple(without))
        return self.pages.get(key, lambda: self._read(what, cls, wanted, turn, without))

    def _read(self, what: str, cls: type[Record], wanted: Filter, turn: Turn, without: Sequence[str]) -> Listed[Record]:
        stamp = self.pool.stamp()
        sort = turn.sort or OWN[what]
        falling = sort.startswith("-")
        key = SORTS[what][sort.removeprefix("-")]
        with self.pool.reader() as store:
            where = self.conditions(store, what, wanted)
            total = self._count(store, what, where)
            back = bool(turn.before)
            rows = _marked(store, what, key, where, falling != back, turn.before or turn.after, turn.size + 1)
            more = len(rows) > turn.size
            rows = rows[: turn.size][:: -1 if back else 1]
            numbers = [row[2] for row in rows]
            records: dict[int, Record] = self._kept(
                stamp, (what, tuple(without)), numbers, lambda left: _by_number(store, what, cls, left, without)
            )
        later = more if not back else True
        earlier = more if back else bool(turn.after)
        return Listed(
            [records[n] for n in numbers],
            total,
            _mark(rows[-1]) if rows and later else "",
            _mark(rows[0]) if rows and earlier else "",
            sort,
        )

    def conditions(self, store: Reader, what: str, wanted: Filter) -> Conditions:
        """What the records that fit must meet, as SQL with parameters."""
        return conditions(what, wanted, store.source, self._holding(store, wanted.q) if wanted.q else None)

    def _holding(self, store: Store, asked: str) -> list[str]:
        """Ids of the reports that hold the words asked for."""
        found = self.words.find(asked)
        if found is not None:
            return found
        wanted = [p.lower() for p in phrases(asked)]
        test = " AND ".join(["contains(lower(concat_ws(' ', title, \"text\")), ?)"] * len(wanted))
        ids: list[str] = store.sql(f"SELECT id FROM documents WHERE {test}", wanted)["id"].to_pylist()
        return ids

    def _count(self, store: Reader, what: str, where: Conditions) -> int:
        def count() -> int:
            number: int = store.sql(_counting(store, what, where), where.values)["n"][0].as_py()
            return number

        plain = where.where().replace(store.source("events"), "")
        return self.memory.get((self.pool.stamp(), what, plain, json.dumps(where.values)), count)

    # --- single records --------------------------------------------------------------------------------------------

    def report(self, ident: str) -> Document | None:
        """The report of an id."""
        return self._one("documents", Document, ident)

    def event(self, ident: str) -> Event | None:
        """The event of an id."""
        return self._one("events", Event, ident)

    def incident(self, ident: str) -> Incident | None:
        """The incident of an id."""
        return self._one("incidents", Incident, ident)

    def commitment(self, ident: str) -> Commitment | None:
        """The commitment of an id."""
        return self._one("commitments", Commitment, ident)

    def _one(self, what: str, cls: type[Record], ident: str) -> Record | None:
        return self._many(what, cls, [ident]).get(ident)

    def events_of(self, document: str) -> list[Event]:
        """The events of a report, in text order."""
        return self._of("events", Event, "document_id", document)

    def claims_of(self, document: str) -> list[Claim]:
        """The attributed statements of a report, in text order."""
        return self._of("claims", Claim, "document_id", document)

    def _of(self, what: str, cls: type[Record], column: str, value: str) -> list[Record]:
        """The records that have a value in a column."""

        def read(left: Sequence[str]) -> dict[str, list[Record]]:
            with self.pool.reader() as store:
                return {value: _where(store, what, cls, column, left)}

        return self._kept(self.pool.stamp(), (what, column), [value], read)[value]

    def events_by_id(self, ids: Sequence[str]) -> dict[str, Event]:
        """Events by id; those that are gone are left out."""
        return self._many("events", Event, ids)

    def documents(self, ids: Sequence[str]) -> dict[str, Document]:
        """Reports by id; those that are gone are left out."""
        return self._many("documents", Document, ids)

    def incidents_by_id(self, ids: Sequence[str]) -> dict[str, Incident]:
        """Incidents by id; those that are gone are left out."""
        return self._many("incidents", Incident, ids)

    def _many(self, what: str, cls: type[Record], ids: Sequence[str]) -> dict[str, Record]:

        def read(left: Sequence[str]) -> dict[str, Record]:
            with self.pool.reader() as store:
                found = _where(store, what, cls, "id", left)
            return {getattr(record, "id"): record for record in found}  # noqa: B009

        return self._kept(self.pool.stamp(), what, list(dict.fromkeys(ids)), read)

    def _kept(
        self, stamp: Stamp, kind: Hashable, keys: Sequence[Key], read: Callable[[Sequence[Key]], Mapping[Key, Answer]]
    ) -> dict[Key, Answer]:
        """What is under each key, read from the store where it isn't kept."""
        known = self.records.known((stamp, kind, key) for key in keys)
        found: dict[Key, Answer] = {key: known[stamp, kind, key] for key in keys if (stamp, kind, key) in known}
        left = [key for key in keys if key not in found]
        if left:
            fresh = read(left)
            self.records.put({(stamp, kind, key): value for key, value in fresh.items()})
            found.update(fresh)
        return found

    def commitments_of(self, incident: str) -> list[Commitment]:
        """The commitments that an incident opens."""
        return self._of("commitments", Commitment, "incident_id", incident)

    def incident_of(self, event_ids: Sequence[str]) -> dict[str, str]:
        """The incident of each event that has one."""

        def read(left: Sequence[str]) -> dict[str, str | None]:
            with self.pool.reader() as store:
                query = f"SELECT event_id, incident_id FROM {store.source('traits')} c WHERE {_among('event_id', left)}"
                found = store.sql(query, left)
            known = zip(found["event_id"].to_pylist(), found["incident_id"].to_pylist(), strict=True)
            return dict.fromkeys(left) | dict(known)

        return {e: i for e, i in self._kept(self.pool.stamp(), "incident_of", event_ids, read).items() if i is not None}

    def counts_of(self, documents: Sequence[str]) -> dict[str, int]:
        """The number of events of each report that has any."""

        def read(left: Sequence[str]) -> dict[str, int]:
            with self.pool.reader() as store:
                condition = _among("document_id", left)
                query = (
                    f"SELECT document_id, count(*) AS n FROM {store.source('events')} c WHERE {condition} GROUP BY 1"
                )
                found = store.sql(query, left)
            known = zip(found["document_id"].to_pylist(), found["n"].to_pylist(), strict=True)
            return dict.fromkeys(left, 0) | dict(known)

        return {d: n for d, n in self._kept(self.pool.stamp(), "counts_of", documents, read).items() if n}

    # --- the store as a whole ----------------------------------------------------------------------------------------

    def facets(self) -> Facets:
        """What the store holds, in numbers."""
        return self.memory.get((self.pool.stamp(), "facets"), self._facets)

    def directory(self) -> Directory:
        """Who takes part in the store's incidents."""

        def make() -> Directory:
            with self.pool.reader() as store:
                return directory(store)

        return self.memory.get((self.pool.stamp(), "directory"), make)

    def stamp(self) -> Stamp:
        """What tells one published state of the store from another."""
        return self.pool.stamp()

    def _facets(self) -> Facets:
        with self.pool.reader() as store:
            counts = {
                t: store.sql(f"SELECT count(*) AS n FROM {t}")["n"][0].as_py()
                for t in ("documents", "events", "incidents", "commitments")
            }
            ends = store.sql("SELECT min(published) AS first, max(published) AS last FROM documents").to_pylist()[0]
            return Facets(
                **counts,
                publishers=_grouped(store, "documents", "publisher"),
                types=_grouped(store, "events", '"type"'),
                statuses=_grouped(store, "events", "status"),
                first=ends["first"],
                last=ends["last"],
                linked=store.meta("rules") is not None,
                pending=store.sql("SELECT count(DISTINCT document_id) AS n FROM pending")["n"][0].as_py(),
            )


def _grouped(store: Store, table: str, column: str) -> tuple[tuple[str, int], ...]:
    rows = store.sql(
        f"SELECT {column} AS v, count(*) AS n FROM {table} WHERE {column} IS NOT NULL GROUP BY 1 ORDER BY n DESC, v"
    ).to_pylist()
    return tuple((row["v"], row["n"]) for row in rows)


def columns(cls: type) -> str:
    """The columns of a record's fields, as a query selects them."""
    return ", ".join(f'"{name}"' for name in arrow_schema(cls).names)


def _select(store: Store, what: str, cls: type[Record], condition: str, values: Sequence[Any]) -> list[Record]:
    rows = store.sql(f"SELECT {columns(cls)} FROM {what} WHERE {condition} ORDER BY {ORDERS[what]}", values)
    return list(from_arrow(rows.cast(arrow_schema(cast(Any, cls))), cls))


def _all(store: Reader, what: str, where: Conditions) -> str:
    """The query for all records that fit, in the order of `dragoman export`."""
    chosen = f" WHERE rowid IN (SELECT n FROM {store.source(what)} c{where.where()})" if where.parts else ""
    return f"SELECT {columns(RECORDS[what])} FROM {what}{chosen} ORDER BY {ORDERS[what]}"


def _counting(store: Reader, what: str, where: Conditions) -> str:
    if not where.parts:
        return f"SELECT count(*) AS n FROM {what}"
    return f"SELECT count(*) AS n FROM {store.source(what)} c{where.where()}"


def _marked(
    store: Reader, what: str, key: str, where: Conditions, falling: bool, mark: str, limit: int
) -> list[tuple[Any, str, int]]:
    """(sort value, id, row number) of the rows after a mark; only narrow columns are read, however wide the rows are."""
    parts, values = list(where.parts), list(where.values)
    sign, order = ("<", "DESC") if falling else (">", "ASC")
    if mark:
        value, ident = _unmark(mark)
        parts.append(f"({key} {sign} ? OR ({key} = ? AND id {sign} ?))")
        values += [value, value, ident]
    told = f" WHERE {' AND '.join(parts)}" if parts else ""
    query = (
        f"SELECT {key} AS k, id, n FROM {store.source(what)} c{told} ORDER BY {key} {order}, id {order} LIMIT {limit}"
    )
    return [(row["k"], row["id"], row["n"]) for row in store.sql(query, values).to_pylist()]


def _among(column: str, values: Sequence[str]) -> str:
    """The condition that a column has one of some values; as single parameters, so that an index is used."""
    return f"{column} IN ({', '.join('?' * len(values))})"


def _where(store: Reader, what: str, cls: type[Record], column: str, values: Sequence[str]) -> list[Record]:
    """The records that have one of some values in a column, in the order of `dragoman export`."""
    if what not in store.ready:
        return _select(store, what, cls, _among(column, values), values)
    query = f"SELECT n FROM {store.source(what)} c WHERE {_among(column, values)}"
    numbers = store.sql(query, values)["n"].to_pylist()
    if not numbers:
        return []
    condition = f"rowid = {int(numbers[0])}" if len(numbers) == 1 else "rowid IN (SELECT unnest(?::BIGINT[]))"
    return _select(store, what, cls, condition, [] if len(numbers) == 1 else [numbers])


def _by_number(
    store: Store, what: str, cls: type[Record], numbers: Sequence[int], without: Sequence[str]
) -> dict[int, Record]:
    """The records of row numbers; the lists named in `without` are left empty."""
    import pyarrow as pa

    schema = arrow_schema(cast(Any, cls))
    shown = ", ".join(f'"{name}"' for name in schema.names if name not in without)
    rows = store.sql(
        f"SELECT {shown}, rowid AS n FROM {what} WHERE rowid IN (SELECT unnest(?::BIGINT[]))", [list(numbers)]
    )
    found: list[int] = rows["n"].to_pylist()
    for name in without:
        rows = rows.append_column(name, pa.array([[]] * rows.num_rows, schema.field(name).type))
    return dict(zip(found, from_arrow(rows.select(schema.names).cast(schema), cls), strict=True))


def _mark(row: tuple[Any, str, int]) -> str:
    text = json.dumps([row[0], row[1]], ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unmark(mark: str) -> tuple[Any, str]:
    try:
        value, ident = json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))
        if not isinstance(value, str | int | float) or not isinstance(ident, str):
            raise ValueError
    except (ValueError, TypeError):
        raise UsageError("this address names no page of the list; go back to its first page") from None
    return value, ident
