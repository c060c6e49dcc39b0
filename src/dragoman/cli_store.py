"""The commands that work on a store: `link`, `export`, and what `code --store` does."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman import __version__
from dragoman.errors import StoreError, UsageError
from dragoman.whole import text_to, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pyarrow as pa

    from dragoman.records import Document, Reject
    from dragoman.scale import Crew
    from dragoman.store import Writer

WHAT = ("documents", "events", "claims", "incidents", "commitments")
RECORD_FORMATS = ("jsonl", "csv", "parquet")

FLUSH = 64
"""Documents written to the store at a time."""

PUBLISH_EVERY = 300.0
"""Seconds after which readers may see what a long run has written; moving it into place costs a copy of the store."""


Reviewed = Annotated[
    bool, typer.Option("--reviewed", help="With the verdicts of reviewers: rejected events gone, corrections made.")
]


def register(app: typer.Typer) -> None:
    """Adds the commands to the command line."""
    app.command()(link)
    app.command()(export)


def link(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A store made with `dragoman code --store`.")],
    as_of: Annotated[
        str | None, typer.Option(help="Day (YYYY-MM-DD) for which outcomes are told; the last report's if not given.")
    ] = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Link everything anew; the result is the same.")] = False,
    reviewed: Reviewed = False,
) -> None:
    """Find the happenings that reports share, and follow what was promised, asked or threatened."""
    from dragoman.dates import check_day
    from dragoman.linking import link_store
    from dragoman.store import writing

    existing(store)
    if as_of is not None:
        check_day(as_of)
    with writing(store) as writer:
        done = link_store(writer, as_of, rebuild, reviewed)
    print(f"{done.events} events linked, {done.incidents} incidents, {done.commitments} commitments", file=sys.stderr)


def export(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A store made with `dragoman code --store`.")],
    what: Annotated[
        str, typer.Option(help="documents, events, claims, incidents, commitments, or all (Parquet only).")
    ] = "events",
    format: Annotated[
        str,
        typer.Option(
            "--format",
            help="jsonl, csv or parquet; events also table, plover and cameo, and gold: the reports that reviewers have"
            " read to the end, annotated for `dragoman eval`.",
        ),
    ] = "jsonl",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="PATH", help="Write here instead of to standard output.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="First day (YYYY-MM-DD).")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last day (YYYY-MM-DD).")] = None,
    type: Annotated[str | None, typer.Option("--type", help="One of the 16 types.")] = None,
    country: Annotated[
        str | None, typer.Option("--country", help="Of a participant or the place (ISO alpha-3).")
    ] = None,
    status: Annotated[str | None, typer.Option("--status", help="Status of an event, outcome of a commitment.")] = None,
    where: Annotated[str | None, typer.Option("--where", metavar="SQL", help="A condition over the columns.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Day for which the outcomes of commitments are told.")] = None,
    reviewed: Reviewed = False,
) -> None:
    """Write what a store holds, in any format, filtered."""
    from dragoman.export import FORMATS
    from dragoman.review_overlay import overlay
    from dragoman.store import Selection, open_store

    existing(store)
    if format == "gold" and what == "events":
        _write_gold(store, output)
        return
    if reviewed and what == "all":
        raise UsageError("--what all writes the store as it is, verdicts beside the events; leave --reviewed out")
    formats = (*FORMATS, "gold") if what == "events" else RECORD_FORMATS
    if what not in (*WHAT, "all"):
        raise UsageError(f"no such thing {what!r} in a store; use one of {', '.join((*WHAT, 'all'))}")
    if format not in formats:
        raise UsageError(f"{what} can't be written as {format!r}; use one of {', '.join(formats)}")
    if output is None and (format == "parquet" or what == "all"):
        raise UsageError("parquet can't be written to a terminal or pipe; give a file or folder with -o")
    with open_store(store) as reader:
        if what == "all":
            assert output is not None
            reader.export_parquet(output)
            return
        if reviewed:
            overlay(reader)
        if what == "commitments":
            table = reader.commitments(as_of, start, end, type, country, status, where)
        else:
            table = reader.select(what, Selection(start, end, type, country, status, where))
        if what == "events":
            _write_events(table, format, output)
        else:
            _write_records(table, format, output)


def existing(store: Path) -> None:
    """Raises `UsageError` where there is no store."""
    if not store.is_file():
        raise UsageError(f"no store at {store}; make one with `dragoman code INPUT --store {store}`")


def _write_gold(store: Path, output: Path | None) -> None:
    from dragoman.review_gold import gold
    from dragoman.store import open_store

    count = 0
    with open_store(store) as reader, text_to(output) as out:
        for row in gold(reader):
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    print(f"{count} reports that a reviewer has read to the end", file=sys.stderr)


def _write_events(table: pa.Table, format: str, output: Path | None) -> None:
    from dragoman.export import writing
    from dragoman.records import Event, from_dict

    with writing(format, output) as writer:
        for batch in table.to_batches(max_chunksize=5_000):
            for row in batch.to_pylist():
                writer.write(from_dict(Event, row))


def _write_records(table: pa.Table, format: str, output: Path | None) -> None:
    if format == "parquet":
        import pyarrow.parquet as pq

        assert output is not None
        with whole(output) as partial:
            pq.write_table(table, partial, compression="zstd")
        return
    with text_to(output) as out:
        if format == "jsonl":
            for batch in table.to_batches(max_chunksize=5_000):
                for row in batch.to_pylist():
                    out.write(json.dumps(row, ensure_ascii=False) + "\n")
            return
        import csv

        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(table.column_names)
        for batch in table.to_batches(max_chunksize=5_000):
            for row in batch.to_pylist():
                writer.writerow([cell(value) for value in row.values()])


def cell(value: Any) -> Any:
    """One cell of a flat table: parties by name, lists joined, records as JSON."""
    if isinstance(value, list):
        if all(isinstance(v, dict) and "name" in v and "text" in v for v in value):
            return "; ".join(v["name"] or v["text"] for v in value)
        if all(isinstance(v, str) for v in value):
            return "; ".join(value)
    return json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value


# --- coding into a store -----------------------------------------------------------------------------------------


@dataclass(slots=True)
class Done:
    """What coding into a store came to."""

    documents: int = 0
    events: int = 0
    passed: int = 0
    """Documents that the store held already, read by the same release with the same options."""


def made_by(options: dict[str, Any]) -> str:
    """What reads a document with these options: a store passes over documents that the same has read already."""
    from dragoman.codebook import codebook_hash

    return json.dumps([__version__, codebook_hash(), options], sort_keys=True)


def code_into(
    path: Path,
    documents: Iterable[Document | Reject],
    options: dict[str, Any],
    crew: Crew,
    tell: Callable[[int, Reject | None], None],
) -> Done:
    """Codes documents into a store, in whole batches; those that it holds already are passed over.

    `tell` is called for each document or reject with the number of its events.
    """
    import duckdb

    from dragoman.codebook import codebook_hash
    from dragoman.store import writing

    done, maker = Done(), made_by(options)
    try:
        with writing(path) as store:
            run = store.begin_run("code", __version__, codebook_hash(), json.dumps(options, sort_keys=True))
            _code_all(store, _left(store, documents, maker, done, tell), options, crew, maker, done, tell)
            store.end_run(run, done.documents, done.events)
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise StoreError(
            f"{path} can't be written: {reason}; what is in it is whole, the same command goes on"
        ) from None
    return done


def _left(
    store: Writer,
    documents: Iterable[Document | Reject],
    made_by: str,
    done: Done,
    tell: Callable[[int, Reject | None], None],
) -> Iterator[Document | Reject]:
    from dragoman.records import Document

    for item in documents:
        if isinstance(item, Document) and store.holds(item, made_by):
            done.passed += 1
            tell(0, None)
        else:
            yield item


def _code_all(
    store: Writer,
    documents: Iterable[Document | Reject],
    options: dict[str, Any],
    crew: Crew,
    made_by: str,
    done: Done,
    tell: Callable[[int, Reject | None], None],
) -> None:
    import time

    from dragoman.records import Claim, Event, Reject
    from dragoman.scale import code_all
    from dragoman.witness import Witness

    waiting: list[tuple[Document, list[Event], list[Claim]]] = []
    published = time.monotonic()
    try:
        for coded in code_all(documents, Witness(**options), crew):
            if isinstance(coded.item, Reject):
                tell(0, coded.item)
                continue
            found: tuple[Event | Claim, ...] = coded.events
            events = [r for r in found if isinstance(r, Event)]
            waiting.append((coded.item, events, [r for r in found if isinstance(r, Claim)]))
            done.documents += 1
            done.events += len(events)
            tell(len(events), None)
            if len(waiting) >= FLUSH:
                store.put(waiting, made_by)
                waiting.clear()
                if time.monotonic() - published > PUBLISH_EVERY:
                    store.publish()
                    published = time.monotonic()
    finally:
        store.put(waiting, made_by)
