"""The store: one DuckDB file of documents, events, claims, incidents, commitments, reviews and runs.

::

    with writing("process.duckdb") as store:            # one writer at a time
        store.put([(document, events, claims)])
    with open_store("process.duckdb") as store:         # any number of readers meanwhile
        store.events(type="ASSAULT", start="2023-04-15").to_pandas()
        store.sql("SELECT type, count(*) FROM events GROUP BY type")

The writer works on a draft beside the file (`.NAME.draft`) and moves it into place when it is done or is told to
`publish`. Readers so see a whole store at every moment, none waits for another, and what a killed writer had committed
is taken up by the next one.
"""

from __future__ import annotations

import datetime
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.commitments import as_of as stand
from dragoman.dates import check_day
from dragoman.errors import StoreError, UsageError
from dragoman.records import (
    Claim,
    Commitment,
    Document,
    Event,
    Incident,
    arrow_schema,
    from_arrow,
    stable_id,
    to_arrow,
)
from dragoman.schema import DERIVED, STEPS, TABLES, VERSION
from dragoman.whole import locked

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MEMORY = "1GB"
"""What the database of a writer may hold in memory before it goes to disk; linking itself needs the rest."""

JUDGEMENTS = ("same", "different", "unsure")

RECORDS: dict[str, type] = {
    "documents": Document,
    "events": Event,
    "claims": Claim,
    "incidents": Incident,
    "commitments": Commitment,
}
"""The record class of each table that holds records."""

ORDERS = {
    "documents": "published NULLS FIRST, id",
    "events": "published NULLS FIRST, document_id, ordinal",
    "claims": "document_id, ordinal",
    "incidents": '"date"."start" NULLS FIRST, id',
    "commitments": '"date" NULLS FIRST, id',
}
"""The order in which records are given, the same for the same content however it came in."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records are asked for; None leaves a side open."""

    start: str | None = None
    """ISO day: records whose date ends on it or later; a record without a date counts from its publication."""
    end: str | None = None
    """ISO day: records whose date begins on it or earlier."""
    type: str | None = None
    country: str | None = None
    """Of any participant or the place."""
    status: str | None = None
    """Of a commitment: its outcome."""
    where: str | None = None
    """A condition in DuckDB's SQL over the columns of the record."""
    parties: Sequence[str] = ()
    """Who takes part, all of them, on either side: codes of countries (`SDN`) or keys of the actor knowledge (`group/eln`)."""
    place: str | None = None
    """The name of the place, in full; capitals don't matter."""
    limit: int | None = None
    """So many records at most, the first in order."""


def quoted(value: str) -> str:
    """A text as SQL writes it."""
    return "'" + value.replace("'", "''") + "'"


def columns_of(record: type, table: str = "") -> str:
    """The columns of a record's class as SQL lists them, of one table where several are asked."""
    before = f"{table}." if table else ""
    return ", ".join(f'{before}"{name}"' for name in arrow_schema(record).names)


def among(column: str, values: Sequence[str]) -> str:
    """The condition that a column has one of some values, which are its parameters."""
    return f"{column} IN ({', '.join('?' * len(values))})"


class Store:
    """A store to read from. Close it, or use it as a context."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.connection = connection
        self.path = path

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends reading; tables already given stay good."""
        self.connection.close()

    def sql(self, query: str, parameters: Sequence[Any] | None = None) -> pa.Table:
        """The answer to a query in DuckDB's SQL. Raises `UsageError` where it can't be answered."""
        import duckdb
        import pyarrow as pa

        try:
            found = self.connection.sql(query, params=parameters)
            return pa.table({}) if found is None else found.to_arrow_table()
        except duckdb.InterruptException:
            raise StoreError("the answer took too long and was stopped; ask for less, such as a shorter time") from None
        except duckdb.Error as error:
            raise UsageError(f"the query fails: {str(error).splitlines()[0]}") from None

    def temporary(self, name: str, rows: pa.Table, query: str = "SELECT * FROM given") -> None:
        """Makes a temporary table of rows, or of what a query makes of them under the name `given`."""
        self.connection.register("given", rows)
        self.sql(f"CREATE OR REPLACE TEMP TABLE {name} AS {query}")
        self.connection.unregister("given")

    def documents(self, start: str | None = None, end: str | None = None, where: str | None = None) -> pa.Table:
        """The reports published in a range of days."""
        return self.select("documents", Selection(start, end, where=where))

    def events(
        self,
        start: str | None = None,
        end: str | None = None,
        type: str | None = None,
        country: str | None = None,
        status: str | None = None,
        where: str | None = None,
        parties: Sequence[str] = (),
        place: str | None = None,
        limit: int | None = None,
    ) -> pa.Table:
        """The events that fit; see `Selection`."""
        chosen = Selection(start, end, type, country, status, where, parties, place, limit)
        return self.select("events", chosen)

    def claims(self, start: str | None = None, end: str | None = None, where: str | None = None) -> pa.Table:
        """The attributed statements of the reports published in a range of days."""
        return self.select("claims", Selection(start, end, where=where))

    def incidents(
        self,
        start: str | None = None,
        end: str | None = None,
        type: str | None = None,
        country: str | None = None,
        status: str | None = None,
        where: str | None = None,
        parties: Sequence[str] = (),
        place: str | None = None,
        limit: int | None = None,
    ) -> pa.Table:
        """The happenings that fit; see `Selection`."""
        chosen = Selection(start, end, type, country, status, where, parties, place, limit)
        return self.select("incidents", chosen)

    def commitments(
        self,
        as_of: str | None = None,
        start: str | None = None,
        end: str | None = None,
        type: str | None = None,
        country: str | None = None,
        status: str | None = None,
        where: str | None = None,
        parties: Sequence[str] = (),
    ) -> pa.Table:
        """What was promised, asked or threatened up to a day (ISO), and how it stood then; without a day as last linked."""
        as_of = as_of or self.meta("as_of")
        if as_of is None:
            return self.select("commitments", Selection(start, end, type, country, status, where, parties))
        found = self.select("commitments", Selection(start, end or as_of, type, country, None, where, parties))
        then = [stand(c, as_of) for c in from_arrow(found, Commitment) if c.date is None or c.date <= as_of]
        return to_arrow([c for c in then if status is None or c.outcome == status], Commitment)

    def select(self, what: str, selection: Selection) -> pa.Table:
        """Records of one table, in its order, with the columns of their class."""
        if what not in RECORDS:
            raise UsageError(f"no table {what!r}; use one of {', '.join(RECORDS)}")
        schema = arrow_schema(RECORDS[what])
        conditions = _conditions(what, selection)
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        if selection.limit is not None and selection.limit < 0:
            raise UsageError(f"no limit {selection.limit}; give 0 or more")
        order = f" ORDER BY {ORDERS[what]}"
        order += "" if selection.limit is None else f" LIMIT {selection.limit:d}"
        if where and not self._laid_over(what):
            # First which rows, by the few columns that are asked about, then all columns of these: a fifth of the time.
            where = f" WHERE rowid IN (SELECT rowid FROM {what}{where}{order})"
        return self.sql(f"SELECT {columns_of(RECORDS[what])} FROM {what}{where}{order}").cast(schema)

    def _laid_over(self, table: str) -> bool:
        """Whether a temporary view stands before a table, as that of the reviewed events does."""
        query = "SELECT 1 FROM duckdb_views() WHERE view_name = ? AND temporary"
        return bool(self.connection.execute(query, [table]).fetchall())

    def meta(self, name: str) -> str | None:
        """What the store notes of itself under a name; None where it notes nothing."""
        found = self.sql('SELECT "value" FROM meta WHERE name = ?', [name])
        return found["value"][0].as_py() if found.num_rows else None

    def version(self) -> int:
        """The version of the store's tables."""
        return _version(self.connection)

    def export_parquet(self, folder: str | Path) -> None:
        """Writes every table as Parquet, documents and events partitioned by month of publication.

        The folder must be new or empty. What linking derives is left out; it is made again.
        """
        target = Path(folder)
        if target.exists() and any(target.iterdir()):
            raise UsageError(f"{target} is not empty; give a new folder")
        target.mkdir(parents=True, exist_ok=True)
        for table in TABLES:
            place = quoted(str(target / table))
            if table in ("documents", "events"):
                query = f"SELECT *, coalesce(substr(published, 1, 7), 'undated') AS month FROM {table} ORDER BY {ORDERS[table]}"
                self.connection.execute(f"COPY ({query}) TO {place} (FORMAT parquet, PARTITION_BY (month))")
            else:
                (target / table).mkdir()
                place = quoted(str(target / table / "all.parquet"))
                self.connection.execute(f"COPY {table} TO {place} (FORMAT parquet)")
        (target / "store.json").write_text(json.dumps({"version": self.version()}) + "\n", encoding="utf-8")


class Writer(Store):
    """A store to write to; get one from `writing`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, path: Path, draft: Path) -> None:
        super().__init__(connection, path)
        self.draft = draft

    def put(self, coded: Iterable[tuple[Document, Sequence[Event], Sequence[Claim]]], made_by: str = "") -> None:
        """Stores documents with what was read from them, all or nothing; a document that is there is replaced whole."""
        latest = {document.id: (document, events, claims) for document, events, claims in coded}
        documents = [d for d, _, _ in latest.values()]
        if not documents:
            return
        table = to_arrow(documents, Document)
        prints = [fingerprint(d, made_by) for d in documents]
        with self.transaction():
            self.remove([d.id for d in documents])
            self.insert("documents", _with(table, "made_by", prints))
            rows: dict[str, list[tuple[int, Event | Claim]]] = {
                "events": [(n, e) for _, events, _ in latest.values() for n, e in enumerate(events)],
                "claims": [(n, c) for _, _, claims in latest.values() for n, c in enumerate(claims)],
            }
            for name, found in rows.items():
                if found:
                    records = to_arrow([record for _, record in found], RECORDS[name])
                    self.insert(name, _with(records, "ordinal", [n for n, _ in found]))

    def remove(self, documents: Sequence[str]) -> None:
        """Takes documents out with their events and claims; linking sees to the rest."""
        self._given("gone", documents)
        for table, column in (("documents", "id"), ("events", "document_id"), ("claims", "document_id")):
            self.connection.execute(f"DELETE FROM {table} WHERE {column} IN (SELECT value FROM gone)")
        self.connection.execute("INSERT INTO pending SELECT value FROM gone")
        self.connection.unregister("gone")

    def holds(self, document: Document, made_by: str = "") -> bool:
        """Whether the same document is there already, read by the same release with the same options."""
        found = self.connection.execute(
            "SELECT 1 FROM documents WHERE id = ? AND made_by = ?", [document.id, fingerprint(document, made_by)]
        )
        return bool(found.fetchall())

    def judge(self, one: str, other: str, judgement: str, reviewer: str = "", note: str = "") -> None:
        """Records a person's judgement of two events; the last one of a pair counts, `unsure` leaves it to the rules.

        Raises `UsageError` for an unknown event or judgement.
        """
        if judgement not in JUDGEMENTS:
            raise UsageError(f"no judgement {judgement!r}; use one of {', '.join(JUDGEMENTS)}")
        sides: list[Any] = []
        for ident in sorted((one, other)):
            row = self.connection.execute(
                'SELECT id, document_id, "type", mentions[1]."trigger"[1], mentions[1]."trigger"[2] FROM events WHERE id = ?',
                [ident],
            ).fetchall()
            if not row:
                raise UsageError(f"no event {ident!r} in {self.path}")
            sides += row[0]
        now = _now()
        with self.transaction():
            self.connection.execute(
                f"INSERT INTO reviews VALUES ({', '.join('?' * 15)})",
                [stable_id(*sides, judgement, now), *sides, judgement, reviewer, note, now],
            )
            self.connection.execute("INSERT INTO pending VALUES (?), (?)", [sides[1], sides[6]])

    def begin_run(self, command: str, release: str, codebook: str, options: str) -> int:
        """Notes that a run begins; gives its number."""
        number = int(self.connection.execute("SELECT coalesce(max(id), 0) + 1 FROM runs").fetchall()[0][0])
        self.connection.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, NULL, 0, 0)",
            [number, command, release, codebook, options, _now()],
        )
        return number

    def end_run(self, number: int, documents: int, events: int) -> None:
        """Notes what a run has done."""
        self.connection.execute(
            "UPDATE runs SET finished = ?, documents = ?, events = ? WHERE id = ?", [_now(), documents, events, number]
        )

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing."""
        self.connection.begin()
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def insert(self, table: str, rows: pa.Table) -> None:
        """Adds rows by the names of their columns."""
        self.connection.register("incoming", rows)
        self.connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")
        self.connection.unregister("incoming")

    def _given(self, name: str, values: Sequence[str]) -> None:
        import pyarrow as pa

        self.connection.register(name, pa.table({"value": pa.array(values, pa.string())}))

    def publish(self) -> None:
        """Lets readers who open the store from now on see what is written so far."""
        self.connection.execute("CHECKPOINT")
        partial = self.path.with_name(f".{self.path.name}.partial")
        shutil.copyfile(self.draft, partial)
        partial.replace(self.path)

    def import_parquet(self, folder: str | Path) -> None:
        """Takes in what `export_parquet` wrote; documents that are there already are replaced.

        Raises `UsageError` where the folder holds no export, `StoreError` where a later release made it.
        """
        source = Path(folder)
        try:
            version = int(json.loads((source / "store.json").read_text(encoding="utf-8"))["version"])
        except (OSError, ValueError, KeyError):
            raise UsageError(f"{source} holds no exported store") from None
        if version > VERSION:
            raise StoreError(f"{source} was made by a later release of dragoman; update dragoman")
        with self.transaction():
            found = self.connection.execute(f"SELECT id FROM read_parquet({_parts(source / 'documents')})").fetchall()
            self.remove([row[0] for row in found])
            for table in ("documents", "events", "claims", "reviews", "verdicts", "runs"):
                if any((source / table).rglob("*.parquet")):
                    self._take(table, source / table)

    def _take(self, table: str, folder: Path) -> None:
        rows = f"SELECT * EXCLUDE (month) FROM read_parquet({_parts(folder)}, hive_partitioning=true)"
        if table not in ("documents", "events"):
            rows = f"SELECT * FROM read_parquet({_parts(folder)})"
        if table in ("reviews", "verdicts", "runs"):
            rows += f" WHERE id NOT IN (SELECT id FROM {table})"
        self.connection.execute(f"INSERT INTO {table} BY NAME {rows}")


def _parts(folder: Path) -> str:
    return quoted(str(folder / "**" / "*.parquet"))


def _with(table: pa.Table, name: str, values: Sequence[Any]) -> pa.Table:
    import pyarrow as pa

    return table.append_column(name, pa.array(values))


def _now() -> str:
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="microseconds")


def fingerprint(document: Document, made_by: str) -> str:
    """What must be the same for a document not to be read again."""
    return stable_id(document.title, document.text, document.published, document.publisher, made_by)


def _conditions(what: str, s: Selection) -> list[str]:
    begin, finish = {
        "events": ('coalesce("date"."start", "date"."end", published)', 'coalesce("date"."end", "date"."start", published)'),
        "incidents": ('coalesce("date"."start", "date"."end", first_report)', 'coalesce("date"."end", "date"."start", last_report)'),
        "commitments": ('"date"', '"date"'),
        "documents": ("published", "published"),
        "claims": (("(SELECT published FROM documents d WHERE d.id = document_id)",) * 2),
    }[what]  # fmt: skip
    found = []
    for day, condition in ((s.start, f"{finish} >= "), (s.end, f"{begin} <= ")):
        if day is not None:
            check_day(day)
            found.append(condition + quoted(day))
    if s.type is not None:
        found.append(f'"type" = {quoted(s.type.upper())}' if what not in ("documents", "claims") else "false")
    if s.status is not None:
        column = {"events": "status", "incidents": "status", "commitments": "outcome"}.get(what)
        found.append(f"{column} = {quoted(s.status)}" if column else "false")
    if s.country is not None:
        found.append(_of_country(what, quoted(s.country.upper())))
    found += [_of_party(what, party) for party in s.parties]
    if s.place is not None:
        known = what in ("events", "incidents")
        found.append(f"lower(place.name) = {quoted(s.place.lower())}" if known else "false")
    if s.where is not None:
        found.append(f"({s.where})")
    return found


def _of_country(what: str, country: str) -> str:
    if what == "documents":
        return f"id IN (SELECT document_id FROM events WHERE {_of_country('events', country)})"
    if what == "claims":
        return f"speaker.country = {country}"
    found = [_on_a_side(what, "country", country)]
    if what != "commitments":
        found.append(f"place.country = {country}")
    return f"({' OR '.join(found)})"


def _of_party(what: str, party: str) -> str:
    if what in ("documents", "claims"):
        return "false"
    country = len(party) == 3 and "/" not in party
    return _on_a_side(what, "country" if country else "entity", quoted(party.upper() if country else party))


def _on_a_side(what: str, field: str, value: str) -> str:
    sides = ('"by"', '"to"') if what == "commitments" else ("actors", "recipients")
    found = [f"list_contains(list_transform({side}, lambda p: p.{field}), {value})" for side in sides]
    return f"({' OR '.join(found)})"


def open_store(path: str | Path) -> Store:
    """A store to read from. One of an earlier release is brought up to date first.

    Raises `StoreError` where there is none, where the file is no store, or where a later release made it.
    """
    path = Path(path)
    if not path.is_file():
        raise StoreError(f"no store at {path}; make one with `dragoman code INPUT --store {path}`")
    connection = _connect(path, read_only=True)
    try:
        version = _checked(connection, path)
    except BaseException:
        connection.close()
        raise
    if version < VERSION:
        connection.close()
        with writing(path):
            pass
        connection = _connect(path, read_only=True)
    return Store(connection, path)


def _connect(path: Path, read_only: bool) -> duckdb.DuckDBPyConnection:
    import duckdb

    try:
        return duckdb.connect(str(path), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise StoreError(
                f"{path} is held open for writing by another program; close it there and try again"
            ) from None
        raise StoreError(f"{path} can't be opened as a store: {str(error).splitlines()[0]}") from None
    except duckdb.Error as error:
        raise StoreError(f"{path} can't be opened as a store: {str(error).splitlines()[0]}") from None


def _version(connection: duckdb.DuckDBPyConnection) -> int:
    import duckdb

    try:
        rows = connection.execute("SELECT \"value\" FROM meta WHERE name = 'version'").fetchall()
    except duckdb.CatalogException:
        return 0
    return int(rows[0][0]) if rows else 0


def _checked(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    version = _version(connection)
    if version > VERSION:
        raise StoreError(
            f"{path} was made by a later release of dragoman (its tables are version {version}, this release knows"
            f" {VERSION}); update dragoman"
        )
    if version == 0 and connection.execute("SELECT 1 FROM information_schema.tables").fetchall():
        raise StoreError(f"{path} is a DuckDB file but no store of dragoman; give another path")
    return version


def migrate(connection: duckdb.DuckDBPyConnection, target: int = VERSION) -> None:
    """Brings the tables from their version to `target`, all or nothing."""
    version = _version(connection)
    if version >= target:
        return
    connection.begin()
    try:
        for statement in (s for step in STEPS[version:target] for s in step):
            connection.execute(statement)
        connection.execute("DELETE FROM meta WHERE name = 'version'")
        connection.execute("INSERT INTO meta VALUES ('version', ?)", [str(target)])
    except BaseException:
        connection.rollback()
        raise
    connection.commit()


@contextmanager
def writing(path: str | Path) -> Iterator[Writer]:
    """The one writer of a store, which is made where there is none; what is committed is moved into place at the end.

    Raises `StoreError` where another writer is at work, where the file is no store, or where a later release made it.
    """
    path = Path(path)
    if not path.parent.is_dir():
        raise UsageError(f"{path.parent} is no folder; make it first")
    with locked(path):
        draft = path.with_name(f".{path.name}.draft")
        if not draft.exists() and path.exists():
            partial = path.with_name(f".{path.name}.partial")
            shutil.copyfile(path, partial)
            partial.replace(draft)
        connection = _connect(draft, read_only=False)
        try:
            connection.execute(f"SET memory_limit = '{MEMORY}'")
            _checked(connection, path)
            migrate(connection)
        except BaseException:
            connection.close()
            _discard(draft)
            raise
        try:
            yield Writer(connection, path, draft)
        finally:
            with suppress(Exception):
                connection.execute("CHECKPOINT")
            connection.close()
            if not draft.with_name(draft.name + ".wal").exists():
                draft.replace(path)


def _discard(draft: Path) -> None:
    draft.unlink(missing_ok=True)
    draft.with_name(draft.name + ".wal").unlink(missing_ok=True)


__all__ = ["DERIVED", "Selection", "Store", "Writer", "migrate", "open_store", "writing"]
