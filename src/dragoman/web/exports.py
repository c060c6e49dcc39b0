"""A view of the store as a file, in every format of `dragoman export`, written while it is read."""

from __future__ import annotations

import csv
import io
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

from fastapi.responses import Response, StreamingResponse

from dragoman.cli_store import RECORD_FORMATS, cell
from dragoman.errors import UsageError
from dragoman.export import FORMATS, open_writer, writing
from dragoman.records import Event, arrow_schema, from_dict
from dragoman.store import RECORDS
from dragoman.web.desk import Desk
from dragoman.web.filters import Filter

ROWS = 2_000
"""Records read and sent at a time."""

MOST_IN_TABLE = 20_000
"""Events that a table for people may have: it must be held whole to know its widths."""

MEDIA = {
    "jsonl": "application/x-ndjson",
    "plover": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "cameo": "text/tab-separated-values; charset=utf-8",
    "table": "text/plain; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}

SUFFIXES = {"plover": "plover.jsonl", "cameo": "tsv", "table": "txt"}


def formats(what: str) -> tuple[str, ...]:
    """The formats that a kind of record can be written in."""
    return FORMATS if what == "events" else RECORD_FORMATS


def stream(desk: Desk, what: str, wanted: Filter, format: str) -> tuple[str, str, Iterator[bytes]]:
    """(file name, media type, content) of the records that fit. Raises `UsageError` before the first byte."""
    if what not in RECORDS or what == "claims":
        raise UsageError(f"no such thing {what!r} in a store; use one of documents, events, incidents, commitments")
    if format not in formats(what):
        raise UsageError(f"{what} can't be written as {format!r}; use one of {', '.join(formats(what))}")
    name = f"{what}.{SUFFIXES.get(format, format)}"
    if format == "parquet":
        return name, MEDIA[format], _parquet(desk, what, wanted)
    if what == "events":
        return name, MEDIA[format], _events(desk, wanted, format)
    return name, MEDIA[format], _records(desk, what, wanted, format)


def attached(name: str, media: str, content: Iterator[bytes]) -> Response:
    """The answer that brings a file."""
    return StreamingResponse(
        content, media_type=media, headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _events(desk: Desk, wanted: Filter, format: str) -> Iterator[bytes]:
    out = io.StringIO()
    writer = open_writer(format, out)
    count = 0
    for rows in desk.batches("events", wanted, ROWS):
        for row in rows:
            writer.write(from_dict(Event, row))
        count += len(rows)
        if format == "table" and count > MOST_IN_TABLE:
            out.write(f"Only the first {count} events are shown; narrow the view, or take another format.\n")
            break
        yield _taken(out)
    writer.close()
    yield _taken(out)


def _records(desk: Desk, what: str, wanted: Filter, format: str) -> Iterator[bytes]:
    out = io.StringIO()
    rows_out = csv.writer(out, lineterminator="\n") if format == "csv" else None
    if rows_out is not None:
        rows_out.writerow(arrow_schema(RECORDS[what]).names)
    for rows in desk.batches(what, wanted, ROWS):
        for row in rows:
            if rows_out is not None:
                rows_out.writerow([cell(value) for value in row.values()])
            else:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
        yield _taken(out)
    yield _taken(out)


def _parquet(desk: Desk, what: str, wanted: Filter) -> Iterator[bytes]:
    """Parquet ends with its own index, so that it is written to a file of its own first."""
    with tempfile.TemporaryDirectory(prefix="dragoman-") as folder:
        path = Path(folder) / "export.parquet"
        _write_parquet(desk, what, wanted, path)
        with path.open("rb") as content:
            while block := content.read(1 << 20):
                yield block


def _write_parquet(desk: Desk, what: str, wanted: Filter, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    if what == "events":
        with writing("parquet", path) as writer:
            for rows in desk.batches(what, wanted, ROWS):
                for row in rows:
                    writer.write(from_dict(Event, row))
        return
    schema = arrow_schema(RECORDS[what])
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        for rows in desk.batches(what, wanted, ROWS):
            out.write_table(pa.Table.from_pylist(rows, schema=schema))


def _taken(out: io.StringIO) -> bytes:
    text = out.getvalue()
    out.seek(0)
    out.truncate()
    return text.encode("utf-8", errors="replace")
