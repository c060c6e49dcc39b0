"""Byte streams -> rows: what each format says of each document, before anything is judged.

One generator a format, all of one signature. A row that is broken comes as an `InputError` in its place and reading
goes on; where nothing more can be read the `InputError` is raised.
"""

from __future__ import annotations

import contextlib
import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dragoman.encodings import decoded, encoding_of
from dragoman.errors import InputError
from dragoman.sources import WINDOW, BinaryReader, Limits, read_whole

FIELDS: dict[str, tuple[str, ...]] = {
    "text": ("text",),
    "id": ("id", "document_id", "doc_id"),
    "title": ("title", "headline"),
    "published": ("published", "published_at", "publishedat", "publication_date", "pub_date", "pubdate", "date"),
    "url": ("url", "link"),
    "publisher": ("publisher", "source"),
    "language": ("language", "lang"),
}
"""Names of columns and keys by field, best first, matched without regard to case; all but `text` are optional."""

BATCH = 64
"""Rows of a Parquet file held at a time."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where rows come from and how to read them."""

    name: str
    text_column: str | None
    limits: Limits
    path: Path | None = None
    """The file itself, where it lies on disk unpacked; for formats read from their end."""
    encoding: str | None = None
    """Of the text, where it is known before; else it is found."""


@dataclass(frozen=True, slots=True)
class Row:
    """One document as its source gives it."""

    line: int | None
    """1-based line, row, element or record."""
    fields: dict[str, Any]
    """By the names of `FIELDS`, those that the source has."""
    page: str | None = None
    """How the text is to be cleaned: `text`, `markdown` or `html`; null where it stays byte for byte."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One row that can't be read; reading goes on behind it."""

    line: int | None
    reason: str
    detail: str


Reader = Callable[[BinaryReader, Origin], Iterator[Row | Broken]]


def read_text(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """The whole file as one page of text."""
    yield Row(None, {"text": _whole_text(stream, origin)}, page="text")


def read_markdown(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """The whole file as one page of Markdown."""
    yield Row(None, {"text": _whole_text(stream, origin)}, page="markdown")


def read_html(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """The whole file as one web page."""
    yield Row(None, {"text": _whole_text(stream, origin, declared=True)}, page="html")


def _whole_text(stream: BinaryReader, origin: Origin, declared: bool = False) -> str:
    data = read_whole(stream, origin.name, origin.limits)
    if not data.strip():
        raise InputError(origin.name, "empty", "the file is empty")
    text = decoded(data, declared=declared)
    if text is None:
        raise InputError(origin.name, "bad-encoding", "the bytes are no text in any known encoding")
    return text


def text_stream(stream: BinaryReader, origin: Origin, newline: str) -> io.TextIOWrapper:
    """The stream as text. Bytes that don't fit become lone surrogates, so that only their own row is lost."""
    head = stream.peek(WINDOW)[:WINDOW]
    encoding = origin.encoding or encoding_of(head, whole=len(head) < WINDOW)
    if encoding is None:
        raise InputError(origin.name, "bad-encoding", "the bytes are no text in any known encoding")
    return io.TextIOWrapper(stream, encoding=encoding, errors="surrogateescape", newline=newline)


def _lines(text: io.TextIOWrapper, limits: Limits) -> Iterator[str | None]:
    """Lines with their ends; null for one longer than `max_bytes` code points, which is passed over."""
    while line := text.readline(limits.max_bytes):
        if len(line) < limits.max_bytes or line.endswith("\n"):
            yield line
            continue
        while (more := text.readline(WINDOW)) and not more.endswith("\n"):
            pass
        yield None


def read_jsonl(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """One JSON object a line; blank lines are passed over."""
    text = text_stream(stream, origin, newline="\n")
    for number, line in enumerate(_lines(text, origin.limits), start=1):
        if line is None:
            yield Broken(number, "too-long", f"the line has more than {origin.limits.max_bytes} characters")
        elif line.strip():
            try:
                value = json.loads(line, strict=False)
            except (ValueError, RecursionError) as error:
                yield Broken(number, "bad-json", json_error(error))
            else:
                yield record(value, number, origin)


def json_error(error: Exception) -> str:
    """What is wrong with the JSON, in a few words."""
    return "nested too deeply" if isinstance(error, RecursionError) else str(error)[:200]


def record(value: Any, line: int | None, origin: Origin) -> Row | Broken:
    """A JSON value as a row; only an object is one."""
    if not isinstance(value, dict):
        return Broken(line, "bad-json", f"expected an object, found {type(value).__name__}")
    names = Columns(list(value), origin.text_column)
    if names.text is None:
        return Broken(line, "missing-text", names.missing())
    return Row(line, {field: value[name] for field, name in names.chosen.items()})


class Columns:
    """Which of the names that a source has are which field."""

    def __init__(self, names: list[str], text_column: str | None) -> None:
        self._names = names
        self._wanted = text_column or "text"
        self.chosen: dict[str, str] = {}
        by_plain: dict[str, str] = {}
        for name in names:
            by_plain.setdefault(str(name).strip().lower(), name)
        for field, aliases in FIELDS.items():
            known = (text_column,) if field == "text" and text_column else aliases
            for alias in known:
                found = alias if alias in names else by_plain.get(alias.lower())
                if found is not None and (field == "text" or found != text_column):
                    self.chosen[field] = found
                    break

    @property
    def text(self) -> str | None:
        """The name of the column that holds the text."""
        return self.chosen.get("text")

    def missing(self) -> str:
        """One sentence on a missing text column."""
        shown = ", ".join(str(n)[:30] for n in self._names[:12]) or "none"
        return f"no column {self._wanted!r} (there are: {shown}); name the one that holds the text with --text-column"


def read_csv(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """Comma-separated rows below a header; semicolons, tabs and bars are found by the header."""
    return _table(stream, origin, None)


def read_tsv(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """Tab-separated rows below a header, quoted like CSV where quotes are needed."""
    return _table(stream, origin, "\t")


def _table(stream: BinaryReader, origin: Origin, delimiter: str | None) -> Iterator[Row | Broken]:
    # The csv module bounds fields for the whole process; ours only ever rises to what a document may hold.
    csv.field_size_limit(min(sys.maxsize, max(csv.field_size_limit(), origin.limits.max_bytes)))
    text = text_stream(stream, origin, newline="")
    over: list[bool] = []

    def feed() -> Iterator[str]:
        for line in _lines(text, origin.limits):
            if line is None:
                over.append(True)
            else:
                yield line

    source = feed()
    first = next(source, "")
    if over or not first.strip():
        raise InputError(origin.name, *(("too-long", "the first line is too long") if over else ("empty", "no header")))
    mark = delimiter or max(",;\t|", key=first.count)
    header = _header(first, source, mark, origin)
    names = Columns(header, origin.text_column)
    if names.text is None:
        raise InputError(origin.name, "missing-text", names.missing())
    place = {field: header.index(name) for field, name in names.chosen.items()}
    rows = csv.reader(source, delimiter=mark)
    number = 1
    while True:
        number += 1
        try:
            cells = next(rows)
        except StopIteration:
            break
        except csv.Error as error:
            yield Broken(number, "bad-markup", f"the row is no CSV: {error}")
            continue
        while over:
            over.pop()
            yield Broken(number, "too-long", f"a line has more than {origin.limits.max_bytes} characters")
        if not cells:
            number -= 1
        elif len(cells) > len(header):
            yield Broken(number, "bad-markup", f"the row has {len(cells)} cells, the header {len(header)}")
        else:
            yield Row(number, {field: cells[i] for field, i in place.items() if i < len(cells)})
    if over:
        yield Broken(number, "too-long", f"a line has more than {origin.limits.max_bytes} characters")


def _header(first: str, rest: Iterator[str], mark: str, origin: Origin) -> list[str]:
    """The names in the first row, which may run over line ends within quotes."""

    def chained() -> Iterator[str]:
        yield first
        yield from rest

    try:
        return [cell.strip() for cell in next(csv.reader(chained(), delimiter=mark))]
    except (csv.Error, StopIteration) as error:
        raise InputError(origin.name, "bad-markup", f"the header is no CSV: {error}") from None


def read_parquet(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """The rows of a Parquet file, some at a time; only the columns that are fields are read."""
    import tempfile

    import pyarrow as pa

    with contextlib.ExitStack() as stack:
        whole: Any = str(origin.path)
        if origin.path is None:  # Parquet is read from its end: a pipe or packed file is laid down first
            whole = stack.enter_context(tempfile.TemporaryFile())
            while data := stream.read(WINDOW):
                whole.write(data)
            whole.seek(0)
        try:
            yield from parquet_rows(whole, origin)
        except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError) as error:
            raise InputError(origin.name, "unreadable", f"the Parquet file is damaged: {str(error)[:160]}") from None


def _whole_seconds(batch: Any) -> Any:
    """The batch with its times cut to seconds: Python has none finer than a microsecond, and we need the day."""
    import pyarrow as pa

    columns = [
        column.cast(pa.timestamp("s", column.type.tz), safe=False) if pa.types.is_timestamp(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, names=batch.schema.names)


def parquet_rows(whole: Any, origin: Origin, groups: Sequence[int] | None = None) -> Iterator[Row | Broken]:
    """The rows of the row groups (all if null) of an open file or path, numbered from 1."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(whole, pre_buffer=False) as file:
        names = Columns([str(name) for name in file.schema_arrow.names], origin.text_column)
        if names.text is None:
            raise InputError(origin.name, "missing-text", names.missing())
        number = 0
        columns = sorted(set(names.chosen.values()))
        for batch in file.iter_batches(batch_size=BATCH, row_groups=groups, columns=columns):
            for cells in _whole_seconds(batch).to_pylist():
                number += 1
                yield Row(number, {field: cells[name] for field, name in names.chosen.items()})
