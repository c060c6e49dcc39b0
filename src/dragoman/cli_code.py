"""`dragoman code`: documents in, events out, to a stream, a file, a store or a cluster."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman import __version__
from dragoman.cli_actors import Overlay, overlay
from dragoman.errors import UsageError
from dragoman.tally import Tally
from dragoman.whole import Records, is_stream, locked, text_to

if TYPE_CHECKING:
    from dragoman.careful import Item
    from dragoman.pipeline import Coder
    from dragoman.scale import Crew

ENGINES = ("local", "ray")

Inputs = Annotated[list[str], typer.Argument(metavar="INPUT...", help="File, folder, glob or - for standard input.")]
Published = Annotated[str | None, typer.Option(help="Date of publication (YYYY-MM-DD) for input without one.")]
TextColumn = Annotated[str | None, typer.Option(help="Column of a table that holds the text.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 if anything was rejected.")]


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be coded, and how."""

    inputs: tuple[str, ...]
    text_column: str | None
    published: str | None
    size_limit: int
    options: dict[str, Any]
    """Of the coder."""
    crew: Crew
    strict: bool

    def coder(self) -> Coder:
        from dragoman.pipeline import Coder

        return Coder(**self.options)

    def rows(self) -> Iterator[Item]:
        """The input as rows, to be judged by whoever codes them."""
        from dragoman.documents import read_rows
        from dragoman.sources import Limits

        limits = Limits(max_characters=self.size_limit)
        return read_rows(*self.inputs, text_column=self.text_column, published=self.published, limits=limits)

    def fingerprint(self) -> str:
        """What must be the same for a stopped run to be taken up, the inputs aside."""
        from dragoman.codebook import codebook_hash

        reading = [self.text_column, self.published, self.size_limit]
        return json.dumps([__version__, codebook_hash(), reading, self.options])


def code(
    inputs: Inputs,
    format: Annotated[
        str | None,
        typer.Option(
            "--format", help="table (default on a terminal), jsonl (default in a pipe), parquet, csv, plover or cameo."
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option("--output", "-o", metavar="PATH", help="Write to this file instead of standard output."),
    ] = None,
    published: Published = None,
    text_column: TextColumn = None,
    workers: Annotated[
        int, typer.Option(min=0, help="Worker processes; 0 for one a core, 1 to code without another process.")
    ] = 0,
    time_limit: Annotated[
        float, typer.Option(min=0.0, help="Seconds for one document, after which it is rejected; 0 for no limit.")
    ] = 60.0,
    size_limit: Annotated[
        int, typer.Option(min=1, help="Characters of the longest document that is read; longer ones are rejected.")
    ] = 2_000_000,
    engine: Annotated[
        str, typer.Option(help="local, or ray: a cluster; then -o is a folder or the address of one (s3://...).")
    ] = "local",
    min_confidence: Annotated[
        float, typer.Option(min=0.0, max=1.0, help="Leave out records below this confidence.")
    ] = 0.0,
    explain: Annotated[bool, typer.Option("--explain", help="Say in words why each event was coded so.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where a run to the same output was stopped.")] = False,
    store: Annotated[
        Path | None, typer.Option("--store", metavar="FILE.duckdb", help="Put documents and events into a store.")
    ] = None,
    actors: Overlay = None,
    strict: Strict = False,
) -> None:
    """Read documents and print or write their events."""
    from dragoman.export import FORMATS
    from dragoman.scale import Crew

    _check(format, output, engine, store, resume, explain)
    path = Path(output) if output is not None else None
    format = format or _default_format(path)
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; use one of {', '.join(FORMATS)}")
    if format == "parquet" and path is None and engine == "local":
        raise UsageError("parquet can't be written to a terminal or pipe; give a file with -o")
    options: dict[str, Any] = {"min_confidence": min_confidence, "actors": overlay(actors)}
    crew = Crew(workers or None, time_limit or None)
    job = Job(tuple(inputs), text_column, published, size_limit, options, crew, strict)
    if engine == "ray":
        _code_on_cluster(job, output or "", resume)
    elif store is not None:
        _code_to_store(job, store)
    elif explain:
        _explain(job)
    elif path is None or is_stream(path):
        _code_to_stream(job, format, path)
    else:
        _code_to_file(job, format, path, resume)


def _check(
    format: str | None, output: str | None, engine: str, store: Path | None, resume: bool, explain: bool
) -> None:
    """Raises `UsageError` for options that don't go together."""
    if engine not in ENGINES:
        raise UsageError(f"unknown engine {engine!r}; use one of {', '.join(ENGINES)}")
    if engine == "ray" and (output is None or store is not None or explain or format not in (None, "parquet")):
        raise UsageError(
            "--engine ray writes Parquet to a folder; give it with -o, without --store, --explain or --format"
        )
    if resume and output is None:
        raise UsageError("--resume needs the output file of the stopped run; give it with -o")
    if store is not None and (explain or output is not None):
        raise UsageError("--store takes the place of -o and --explain; use `dragoman export` on the store afterwards")


def _default_format(output: Path | None) -> str:
    if output is None:
        return "table" if sys.stdout.isatty() else "jsonl"
    by_suffix = {".parquet": "parquet", ".csv": "csv", ".tsv": "cameo"}
    return by_suffix.get(output.suffix, "jsonl")


def _code_to_stream(job: Job, format: str, output: Path | None) -> None:
    from dragoman.export import open_writer
    from dragoman.records import Reject
    from dragoman.scale import code_all

    with Tally(job.inputs) as tally, _stream(output) as stream:
        writer = open_writer(format, stream)
        with closing(code_all(job.rows(), job.coder(), job.crew)) as coded:
            for done in coded:
                if isinstance(done.item, Reject):
                    tally.add(0, done.item)
                    continue
                if format == "jsonl":
                    stream.write("".join(f"{line}\n" for _, line in done.found))
                else:
                    for event in done.events:
                        writer.write(event)
                stream.flush()
                tally.add(len(done.found), None, done.item.text)
        writer.close()
    tally.close("events", job.strict)


@contextmanager
def _stream(output: Path | None) -> Iterator[Any]:
    """Standard output, or a device or named pipe, as a stream of whole records."""
    if output is not None:
        with output.open("wb", buffering=0) as file:
            yield Records(file.fileno())
        return
    try:
        handle = sys.stdout.fileno()
    except (OSError, ValueError):  # a stream of a program that called us
        yield sys.stdout
        return
    sys.stdout.flush()
    yield Records(handle)


def _code_to_file(job: Job, format: str, output: Path, resume: bool) -> None:
    from dragoman.journal import Journal
    from dragoman.scale import code_all

    if not output.parent.is_dir():
        raise UsageError(f"{output.parent} is no folder; make it first")
    with locked(output):
        fingerprint = json.dumps([job.fingerprint(), job.inputs])
        journal = Journal(output.with_name(output.name + ".journal"), fingerprint, resume)
        rows = journal.left(job.rows())
        with Tally(job.inputs) as tally, closing(code_all(rows, job.coder(), job.crew)) as coded:
            for done in coded:
                journal.add(done)
                tally.add(len(done.found), None, getattr(done.item, "text", ""))
        journal.close()
        with Tally(output=output) as total:
            _put_together(journal.read(), format, output, total)
            journal.path.unlink()
            total.close("events", job.strict)


def _put_together(rows: Iterable[tuple[list[dict[str, Any]], Any]], format: str, output: Path, total: Tally) -> None:
    """Makes the output of the journal."""
    from dragoman.export import writing
    from dragoman.records import Event, from_dict

    if format == "jsonl":  # what the journal holds is what the output shall hold
        with text_to(output) as stream:
            for events, reject in rows:
                stream.writelines(json.dumps(event, ensure_ascii=False) + "\n" for event in events)
                total.add(len(events), reject)
        return
    with writing(format, output) as writer:
        for events, reject in rows:
            for event in events:
                writer.write(from_dict(Event, event))
            total.add(len(events), reject)


def _code_to_store(job: Job, store: Path) -> None:
    from dragoman.cli_store import code_into
    from dragoman.documents import judge

    with Tally(output=store) as tally:
        code_into(store, map(judge, job.rows()), job.options, job.crew, tally.add)
        tally.close("events", job.strict)


def _code_on_cluster(job: Job, output: str, resume: bool) -> None:
    from dragoman.documents import Settings
    from dragoman.scale_ray import Plan, code_on_cluster
    from dragoman.sources import Limits

    settings = Settings.of(job.text_column, job.published, Limits(max_characters=job.size_limit))
    plan = Plan(output, job.coder(), settings, job.fingerprint(), job.crew.seconds)
    with Tally() as tally:
        unread = code_on_cluster(
            job.inputs, plan, job.crew.workers, resume, lambda d: tally.add_many(d.documents, d.events, d.rejects)
        )
        for reject in unread:
            tally.add(0, reject)
        tally.close("events", job.strict)


def _explain(job: Job) -> None:
    from dragoman.export import explain
    from dragoman.records import Reject
    from dragoman.scale import Crew, code_all

    with Tally() as tally:
        for done in code_all(job.rows(), job.coder(), Crew(1, job.crew.seconds)):
            if isinstance(done.item, Reject):
                tally.add(0, done.item)
                continue
            print(f"== {done.item.title or done.item.id} ({done.item.published or 'no date'})")
            for event in done.events:
                print(explain(event, done.item.text, done.item.title))
            tally.add(len(done.found), None)
    tally.close("events", job.strict)
