"""Events and mentions in every format: JSON lines, CSV, Parquet, PLOVER JSON, a CAMEO table, a table for people.

Files are written beside their place and moved there when whole, so that a reader never sees half of one.
"""

from __future__ import annotations

import csv
import io
import json
import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from dragoman.errors import UsageError
from dragoman.records import Event, Participant, arrow_schema, to_dict, to_json
from dragoman.whole import whole

FORMATS = ("table", "jsonl", "parquet", "csv", "plover", "cameo")

ROWS_A_GROUP = 10_000
"""Events a Parquet row group: a few MB, so that writing keeps constant memory."""

CSV_COLUMNS = [
    "id",
    "document_id",
    "published",
    "type",
    "mode",
    "prospect_type",
    "prospect_mode",
    "cameo",
    "quad",
    "score",
    "contexts",
    "actors",
    "actor_countries",
    "actor_sectors",
    "recipients",
    "recipient_countries",
    "recipient_sectors",
    "status",
    "historical",
    "date_start",
    "date_end",
    "date_basis",
    "place",
    "latitude",
    "longitude",
    "place_country",
    "attribution",
    "magnitudes",
    "sentence_start",
    "sentence_end",
    "trigger",
    "mentions",
    "confidence",
    "basis",
]

CAMEO_COLUMNS = [
    "EventID",
    "Date",
    "Source",
    "SourceCountry",
    "SourceSectors",
    "Target",
    "TargetCountry",
    "TargetSectors",
    "EventCode",
    "RootCode",
    "QuadClass",
    "Goldstein",
    "Status",
    "Historical",
    "Latitude",
    "Longitude",
    "Place",
    "DocumentID",
    "Confidence",
]
"""In the manner of the CAMEO and ICEWS tables: one row for each pair of actor and recipient."""


class Writer(Protocol):
    """Takes events one by one."""

    def write(self, event: Event) -> None: ...

    def close(self) -> None: ...


class _Text(ABC):
    """A writer of text lines; the stream belongs to the caller."""

    def __init__(self, stream: IO[str]) -> None:
        self.stream = stream

    @abstractmethod
    def write(self, event: Event) -> None: ...

    def close(self) -> None:
        self.stream.flush()


class Jsonl(_Text):
    """One event a line, every field."""

    def write(self, event: Event) -> None:
        self.stream.write(to_json(event) + "\n")


class Plover(_Text):
    """PLOVER's own JSON: names and nesting of the manual, one event a line."""

    def write(self, event: Event) -> None:
        self.stream.write(json.dumps(plover(event), ensure_ascii=False) + "\n")


class _Rows(_Text):
    columns: tuple[str, ...] | list[str] = ()
    delimiter = ","

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(stream)
        self.writer = csv.writer(stream, delimiter=self.delimiter, lineterminator="\n")
        self.writer.writerow(self.columns)


class Csv(_Rows):
    """One event a row; lists are joined with `; `."""

    columns = CSV_COLUMNS

    def write(self, event: Event) -> None:
        flat = flatten(event)
        self.writer.writerow([flat[c] for c in self.columns])


class Cameo(_Rows):
    """One row for each pair of actor and recipient, tab separated."""

    columns = CAMEO_COLUMNS
    delimiter = "\t"

    def write(self, event: Event) -> None:
        for source, target in pairs(event):
            self.writer.writerow(cameo_row(event, source, target))


class Table(_Text):
    """A table for people, sized to the terminal; it has to hold all rows before it prints them."""

    def __init__(self, stream: IO[str]) -> None:
        super().__init__(stream)
        self.events: list[Event] = []

    def write(self, event: Event) -> None:
        self.events.append(event)

    def close(self) -> None:
        show_table(self.events, self.stream)


class Parquet:
    """The Arrow schema of the record, in row groups."""

    def __init__(self, path: Path) -> None:
        import pyarrow.parquet as pq

        self.schema = arrow_schema(Event)
        self.writer = pq.ParquetWriter(path, self.schema, compression="zstd")
        self.rows: list[dict[str, Any]] = []

    def write(self, event: Event) -> None:
        self.rows.append(to_dict(event))
        if len(self.rows) >= ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        import pyarrow as pa

        if self.rows:
            self.writer.write_table(pa.Table.from_pylist(self.rows, schema=self.schema))
            self.rows.clear()

    def close(self) -> None:
        self._flush()
        self.writer.close()


STREAMED: dict[str, type[_Text]] = {"jsonl": Jsonl, "csv": Csv, "plover": Plover, "cameo": Cameo, "table": Table}


def open_writer(format: str, stream: IO[str]) -> Writer:
    """A writer to a text stream."""
    if format not in STREAMED:
        raise UsageError(f"format {format} can't be written to a stream; give a file with -o")
    writer: Writer = STREAMED[format](stream)
    return writer


@contextmanager
def writing(format: str, path: Path | None) -> Iterator[Writer]:
    """A writer to a file (moved into place when whole) or to standard output."""
    if path is None:
        writer = open_writer(format, sys.stdout)
        yield writer
        writer.close()
        return
    with whole(path) as partial:
        if format == "parquet":
            writer = Parquet(partial)
            yield writer
            writer.close()
            return
        with partial.open("w", encoding="utf-8", newline="") as stream:
            writer = open_writer(format, stream)
            yield writer
            writer.close()
            stream.flush()
            os.fsync(stream.fileno())


def _names(parts: Iterable[Participant]) -> str:
    return "; ".join(p.name or p.text for p in parts)


def flatten(event: Event) -> dict[str, Any]:
    """An event as one flat row."""
    lead = event.mentions[0]
    place = event.place
    return {
        "id": event.id,
        "document_id": event.document_id,
        "published": event.published,
        "type": event.type,
        "mode": event.mode,
        "prospect_type": event.prospect.type if event.prospect else None,
        "prospect_mode": event.prospect.mode if event.prospect else None,
        "cameo": event.cameo,
        "quad": event.quad,
        "score": event.score,
        "contexts": "; ".join(event.contexts),
        "actors": _names(event.actors),
        "actor_countries": "; ".join(p.country or "" for p in event.actors),
        "actor_sectors": "; ".join(" ".join(p.sectors) for p in event.actors),
        "recipients": _names(event.recipients),
        "recipient_countries": "; ".join(p.country or "" for p in event.recipients),
        "recipient_sectors": "; ".join(" ".join(p.sectors) for p in event.recipients),
        "status": event.status,
        "historical": str(event.historical).lower(),
        "date_start": event.date.start,
        "date_end": event.date.end,
        "date_basis": event.date.basis,
        "place": (place.name or place.text) if place else None,
        "latitude": place.latitude if place else None,
        "longitude": place.longitude if place else None,
        "place_country": place.country if place else None,
        "attribution": "; ".join(a.speaker.name or a.speaker.text for a in event.attribution),
        "magnitudes": "; ".join(f"{m.kind} {m.text}" for m in event.magnitudes),
        "sentence_start": lead.sentence[0],
        "sentence_end": lead.sentence[1],
        "trigger": lead.text,
        "mentions": len(event.mentions),
        "confidence": event.confidence,
        "basis": "; ".join(event.basis),
    }


def pairs(event: Event) -> Iterator[tuple[Participant | None, Participant | None]]:
    """(source, target) pairs; the parties of a reciprocal event are paired both ways, as dyadic tables expect."""
    if event.recipients or len(event.actors) < 2:
        for source in event.actors or (None,):
            for target in event.recipients or (None,):
                yield source, target
        return
    for source in event.actors:
        for target in event.actors:
            if source is not target:
                yield source, target


def cameo_row(event: Event, source: Participant | None, target: Participant | None) -> list[Any]:
    """One row of the CAMEO table."""

    def three(part: Participant | None) -> list[str]:
        return ["", "", ""] if part is None else [part.name or part.text, part.country or "", " ".join(part.sectors)]

    place = event.place
    from dragoman.codebook import load

    entry = load().cameo.get(event.cameo)
    return [
        event.id,
        event.date.start or "",
        *three(source),
        *three(target),
        event.cameo,
        event.cameo[:2],
        event.quad,
        entry.goldstein if entry is not None else event.score,
        event.status,
        str(event.historical).lower(),
        place.latitude if place and place.latitude is not None else "",
        place.longitude if place and place.longitude is not None else "",
        (place.name or place.text) if place else "",
        event.document_id,
        event.confidence,
    ]


def plover(event: Event) -> dict[str, Any]:
    """The event under PLOVER's names: `event_type`, `event_mode`, `actors` and `recipients` with three-letter codes."""

    def side(parts: Iterable[Participant]) -> list[dict[str, Any]]:
        return [
            {
                "actor_text": p.text,
                "wiki": None,
                "country": p.country,
                "sector": list(p.sectors),
                "name": p.name,
                "entity": p.entity,
            }
            for p in parts
        ]

    place = event.place
    return {
        "event_id": event.id,
        "event_type": event.type,
        "event_mode": [event.mode] if event.mode else [],
        "event_context": list(event.contexts),
        "quad_code": event.quad,
        "cameo_code": event.cameo,
        "gsscore": event.score,
        "date": {"start": event.date.start, "end": event.date.end},
        "actors": side(event.actors),
        "recipients": side(event.recipients),
        "status": event.status,
        "historical": event.historical,
        "geolocation": None
        if place is None
        else {
            "name": place.name,
            "country": place.country,
            "admin1": place.admin1,
            "lat": place.latitude,
            "lon": place.longitude,
            "geonameid": place.geonames_id,
        },
        "magnitudes": [to_dict(m) for m in event.magnitudes],
        "attribution": [
            {"speaker": a.speaker.name or a.speaker.text, "anonymous": a.anonymous} for a in event.attribution
        ],
        "source": {
            "document_id": event.document_id,
            "published": event.published,
            "sentence": list(event.mentions[0].sentence),
        },
        "confidence": event.confidence,
    }


def show_table(events: Iterable[Event], stream: IO[str]) -> None:
    """Prints events as a table for people."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table as Grid

    console = Console(file=stream, width=None if stream.isatty() else 160)
    grid = Grid(box=None, pad_edge=False, header_style="bold")
    for name, options in (
        ("date", {"no_wrap": True}),
        ("type", {"no_wrap": True}),
        ("actors", {"ratio": 3}),
        ("recipients", {"ratio": 3}),
        ("status", {}),
        ("said by", {"ratio": 2}),
        ("words", {"ratio": 2}),
    ):
        grid.add_column(name, **options)
    count = 0
    for event in events:
        count += 1
        kind = event.type + (f"/{event.mode}" if event.mode else "")
        if event.prospect is not None:
            kind += f" > {event.prospect.type}"
        style = {1: "green", 2: "green", 3: "yellow", 4: "red"}[event.quad]
        status = event.status + (", historical" if event.historical else "")
        grid.add_row(
            _day(event),
            f"[{style}]{kind}[/]",
            _who(event.actors),
            _who(event.recipients),
            status,
            escape("; ".join(a.speaker.name or a.speaker.text for a in event.attribution)),
            escape(event.mentions[0].text),
        )
    console.print(grid)
    console.print(f"{count} events")


def _who(parts: Iterable[Participant]) -> str:
    from rich.markup import escape

    shown = []
    for part in parts:
        code = " ".join(filter(None, [part.country, *part.sectors]))
        shown.append(escape(part.name or part.text) + (f" [dim]{code}[/]" if code else ""))
    return "; ".join(shown)


def _day(event: Event) -> str:
    start, end = event.date.start, event.date.end
    if start is None:
        return f"to {end}" if end else "?"
    if end is None or end == start or event.date.basis == "publication":
        return end or start
    if start.endswith("-01-01") and end == f"{start[:4]}-12-31":
        return start[:4]
    if start[:7] == end[:7] and start.endswith("-01") and end[8:] in {"28", "29", "30", "31"}:
        return start[:7]
    return f"{start}..{end}"


def explain(event: Event, text: str, title: str | None) -> str:
    """In words: why this type, these actors, this date."""
    lead = event.mentions[0]
    passage = (title or "") if lead.where == "title" else text
    out = io.StringIO()
    out.write(
        f"{event.type}{'/' + event.mode if event.mode else ''}  (CAMEO {event.cameo}, confidence {event.confidence})\n"
    )
    out.write(f"  sentence   {passage[lead.sentence[0] : lead.sentence[1]]}\n")
    out.write(f"  trigger    {lead.text!r} at {lead.where} {lead.trigger[0]}..{lead.trigger[1]}\n")
    for label, parts in (("actor", event.actors), ("recipient", event.recipients)):
        for part in parts:
            out.write(
                f"  {label:<10} {part.text!r} = {part.name or 'no name'} ({part.entity or 'no entity'}; {part.country or '?'} {' '.join(part.sectors)})\n"
            )
    out.write(
        f"  date       {event.date.start}..{event.date.end} by {event.date.basis}"
        + (f" {event.date.text!r}" if event.date.text else "")
        + "\n"
    )
    out.write(f"  status     {event.status}{', historical' if event.historical else ''}\n")
    for attribution in event.attribution:
        out.write(f"  said by    {attribution.speaker.text!r} ({attribution.cue!r})\n")
    out.write(f"  why        {'; '.join(event.basis)}\n")
    return out.getvalue()
