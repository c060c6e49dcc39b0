"""The command line: a thin face over the library.

Heavy modules are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dragoman import __version__
from dragoman.cli_actors import Overlay, actors_app, overlay
from dragoman.cli_dossier import register as register_dossier
from dragoman.cli_store import register
from dragoman.errors import DragomanError, UsageError
from dragoman.whole import text_to

if TYPE_CHECKING:
    from dragoman.records import Document, Reject

app = typer.Typer(
    name="dragoman",
    help="Reads reports and keeps an account of who did what to whom, when, where, and on whose word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(actors_app, name="actors")

Inputs = Annotated[list[str], typer.Argument(metavar="INPUT...", help="File, folder, glob or - for standard input.")]
Published = Annotated[str | None, typer.Option(help="Date of publication (YYYY-MM-DD) for input without one.")]
TextColumn = Annotated[str | None, typer.Option(help="Column of a table that holds the text.")]
Strict = Annotated[bool, typer.Option("--strict", help="Exit 1 if anything was rejected.")]
Output = Annotated[
    Path | None, typer.Option("--output", "-o", metavar="PATH", help="Write to this file instead of standard output.")
]


def _version(value: bool) -> None:
    if value:
        print(f"dragoman {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what is done on stderr.")] = False,
) -> None:
    del version
    if verbose:
        import logging

        logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s: %(message)s")


@app.command()
def code(
    inputs: Inputs,
    format: Annotated[
        str | None,
        typer.Option(
            "--format", help="table (default on a terminal), jsonl (default in a pipe), parquet, csv, plover or cameo."
        ),
    ] = None,
    output: Output = None,
    published: Published = None,
    text_column: TextColumn = None,
    workers: Annotated[int, typer.Option(min=0, help="Worker processes; 0 for one a core.")] = 1,
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

    format = format or _default_format(output)
    if format not in FORMATS:
        raise UsageError(f"unknown format {format!r}; use one of {', '.join(FORMATS)}")
    if format == "parquet" and output is None:
        raise UsageError("parquet can't be written to a terminal or pipe; give a file with -o")
    if resume and output is None:
        raise UsageError("--resume needs the output file of the stopped run; give it with -o")
    documents = _documents(inputs, text_column, published)
    count = workers or os.cpu_count() or 1
    options: dict[str, Any] = {"min_confidence": min_confidence, "actors": overlay(actors)}
    if store is not None:
        if explain or output is not None:
            raise UsageError(
                "--store takes the place of -o and --explain; use `dragoman export` on the store afterwards"
            )
        _code_to_store(documents, store, options, count, strict)
    elif explain:
        _explain(documents, options, strict)
    elif output is None:
        _code_to_stream(documents, inputs, format, options, count, strict)
    else:
        _code_to_file(documents, inputs, format, output, options, count, resume, strict)


def _default_format(output: Path | None) -> str:
    if output is None:
        return "table" if sys.stdout.isatty() else "jsonl"
    by_suffix = {".parquet": "parquet", ".csv": "csv", ".tsv": "cameo"}
    return by_suffix.get(output.suffix, "jsonl")


def _documents(inputs: list[str], text_column: str | None, published: str | None) -> Iterator[Document | Reject]:
    from dragoman.documents import read

    return read(*inputs, text_column=text_column, published=published)


def _size(inputs: Iterable[str]) -> int:
    """Bytes of the input files, folders counted whole; 0 where a part of it is unknown."""
    total = 0
    for name in inputs:
        path = Path(name)
        if path.is_file():
            total += path.stat().st_size
        elif path.is_dir():
            total += sum(f.stat().st_size for f in path.rglob("*") if f.is_file())
        else:
            return 0
    return total


class _Tally:
    """Counts what a run has done, with a bar on a terminal.

    `inputs` tell how much there is to read, from which the time left is estimated; input from a pipe tells nothing.
    """

    def __init__(self, inputs: Iterable[str] = ()) -> None:
        self.total = _size(inputs)
        self.read = 0
        self.documents = 0
        self.events = 0
        self.rejects: list[Reject] = []
        self.bar: Any = None

    def __enter__(self) -> _Tally:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            self.bar = Progress(
                SpinnerColumn(),
                TextColumn("{task.description}"),
                TimeElapsedColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
            self.task = self.bar.add_task("reading")
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def add(self, events: int, reject: Reject | None, text: str = "") -> None:
        self.read += len(text)
        if reject is None:
            self.documents += 1
            self.events += events
        else:
            self.rejects.append(reject)
        if self.bar is not None:
            elapsed = self.bar.tasks[0].elapsed or 1e-9
            self.bar.update(
                self.task,
                description=f"{self.documents} documents, {self.events} events, "
                f"{self.documents / elapsed:.1f} a second{self._left(elapsed)}",
            )

    def _left(self, elapsed: float) -> str:
        """About how long it will still take, from the share of the input that is read."""
        if not self.read or self.read >= self.total:
            return ""
        seconds = int(elapsed * (self.total - self.read) / self.read)
        return f", about {seconds // 60}:{seconds % 60:02d} left"

    def close(self, what: str, output: Path | None, strict: bool) -> None:
        """Prints the summary and writes the rejects."""
        line = f"{self.documents} documents, {self.events} {what}, {len(self.rejects)} rejected"
        if self.rejects and output is not None:
            from dragoman.documents import write_rejects

            path = output.with_name(output.name + ".rejects.jsonl")
            write_rejects(path, self.rejects)
            line += f" (see {path})"
        print(line, file=sys.stderr)
        if output is None:
            for reject in self.rejects[:20]:
                at = f":{reject.line}" if reject.line is not None else ""
                print(
                    f"rejected {reject.source}{at}: {reject.reason}{'; ' + reject.detail if reject.detail else ''}",
                    file=sys.stderr,
                )
        if strict and self.rejects:
            raise typer.Exit(1)


def _coded(documents: Iterable[Document | Reject], options: dict[str, Any], workers: int) -> Iterator[Any]:
    from dragoman.pipeline import Coder
    from dragoman.scale import code_all

    return code_all(documents, Coder(**options), workers)


def _code_to_stream(
    documents: Iterable[Document | Reject],
    inputs: list[str],
    format: str,
    options: dict[str, Any],
    workers: int,
    strict: bool,
) -> None:
    from dragoman.export import writing
    from dragoman.records import Reject

    with _Tally(inputs) as tally, writing(format, None) as writer:
        for done in _coded(documents, options, workers):
            for event in done.events:
                writer.write(event)
            if isinstance(done.item, Reject):
                tally.add(0, done.item)
            else:
                tally.add(len(done.events), None, done.item.text)
    tally.close("events", None, strict)


def _code_to_file(
    documents: Iterable[Document | Reject],
    inputs: list[str],
    format: str,
    output: Path,
    options: dict[str, Any],
    workers: int,
    resume: bool,
    strict: bool,
) -> None:
    from dragoman.codebook import codebook_hash
    from dragoman.export import writing
    from dragoman.scale import Journal

    if not output.parent.is_dir():
        raise UsageError(f"{output.parent} is no folder; make it first")
    journal = Journal(
        output.with_name(output.name + ".journal"), json.dumps([__version__, codebook_hash(), inputs, options]), resume
    )
    with _Tally(inputs) as tally:
        for done in _coded(journal.left(documents), options, workers):
            journal.add(done)
            if tally.bar is not None:
                tally.add(len(done.events), None, getattr(done.item, "text", ""))
    journal.close()
    total = _Tally()
    with writing(format, output) as writer:
        for events, reject in journal.read():
            for event in events:
                writer.write(event)
            total.add(len(events), reject)
    journal.path.unlink()
    total.close("events", output, strict)


def _code_to_store(
    documents: Iterable[Document | Reject], store: Path, options: dict[str, Any], workers: int, strict: bool
) -> None:
    from dragoman.cli_store import code_into

    with _Tally() as tally:
        code_into(store, documents, options, workers, tally.add)
    tally.close("events", store, strict)


def _explain(documents: Iterable[Document | Reject], options: dict[str, Any], strict: bool) -> None:
    from dragoman.export import explain
    from dragoman.records import Reject

    with _Tally() as tally:
        for done in _coded(documents, options, 1):
            if isinstance(done.item, Reject):
                tally.add(0, done.item)
                continue
            print(f"== {done.item.title or done.item.id} ({done.item.published or 'no date'})")
            for event in done.events:
                print(explain(event, done.item.text, done.item.title))
            tally.add(len(done.events), None)
    tally.close("events", None, strict)


register(app)
register_dossier(app)

KINDS = ("actor", "place", "time", "quantity")


@app.command()
def mentions(
    inputs: Inputs,
    kind: Annotated[
        list[str] | None, typer.Option(help="actor, place, time or quantity; may be given several times.")
    ] = None,
    output: Output = None,
    published: Published = None,
    text_column: TextColumn = None,
    actors: Overlay = None,
    strict: Strict = False,
) -> None:
    """Print every actor, place, time and quantity with what it resolves to, one JSON object a line."""
    from dragoman.listing import list_mentions
    from dragoman.records import Document

    wanted = tuple(kind or KINDS)
    for name in wanted:
        if name not in KINDS:
            raise UsageError(f"unknown kind {name!r}; use one of {', '.join(KINDS)}")
    folders = overlay(actors)
    with _Tally() as tally, text_to(output) as out:
        for item in _documents(inputs, text_column, published):
            if not isinstance(item, Document):
                tally.add(0, item)
                continue
            count = 0
            for row in list_mentions(item, wanted, folders):
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
            tally.add(count, None)
    tally.close("mentions", output, strict)


@app.command()
def claims(
    inputs: Inputs,
    output: Output = None,
    published: Published = None,
    text_column: TextColumn = None,
    strict: Strict = False,
) -> None:
    """Print every attributed statement, one JSON object a line."""
    from dragoman.pipeline import CLAIM_STEPS, batches, read_batch
    from dragoman.records import Document, to_json

    with _Tally() as tally, text_to(output) as out:
        for batch in batches(_documents(inputs, text_column, published)):
            found = iter(read_batch([d for d in batch if isinstance(d, Document)], CLAIM_STEPS))
            for item in batch:
                if not isinstance(item, Document):
                    tally.add(0, item)
                    continue
                reading = next(found)
                for claim in reading.claims:
                    out.write(to_json(claim) + "\n")
                tally.add(len(reading.claims), None)
    tally.close("claims", output, strict)


@app.command()
def relate(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE.jsonl", help="Rows {id, text, actor: [s, e], recipient: [s, e]}; - for standard input."
        ),
    ],
    output: Output = None,
) -> None:
    """Say what a marked actor does to a marked recipient, row by row."""
    from dataclasses import asdict

    from dragoman.relate import read_pairs
    from dragoman.relate import relate as answer

    if file != "-" and not Path(file).is_file():
        raise UsageError(f"{file} is no file")
    with ExitStack() as open_files:
        lines = sys.stdin if file == "-" else open_files.enter_context(Path(file).open(encoding="utf-8"))
        out = open_files.enter_context(text_to(output))
        for relation in answer(read_pairs(lines, file)):
            out.write(json.dumps(asdict(relation), ensure_ascii=False) + "\n")


@app.command()
def codebook(
    type: Annotated[str | None, typer.Argument(metavar="[TYPE]", help="One of the 16 types.")] = None,
    check: Annotated[
        Path | None, typer.Option("--check", metavar="DIR", help="Validate an own codebook in this folder.")
    ] = None,
) -> None:
    """Show the ontology, or check an own one."""
    from dragoman import codebook as book

    if check is not None:
        if not check.is_dir():
            raise UsageError(f"{check} is no folder")
        problems = book.check(check)
        for problem in problems:
            print(problem)
        print(f"{len(problems)} problems", file=sys.stderr)
        raise typer.Exit(1 if problems else 0)
    print(book.load().render(type.upper() if type else None))


@app.command()
def schema(format: Annotated[str, typer.Option("--format", help="text or arrow.")] = "text") -> None:
    """Print the fields of an event record."""
    from dragoman.records import Event, arrow_schema

    if format not in {"text", "arrow"}:
        raise UsageError(f"unknown format {format!r}; use text or arrow")
    if format == "arrow":
        print(arrow_schema(Event))
        return
    for field in arrow_schema(Event):
        print(f"{field.name}: {field.type}")


@app.command(name="eval")
def evaluate(
    gold: Annotated[Path, typer.Argument(metavar="GOLD", help="Annotated reports, JSON lines.")],
    predicted: Annotated[
        Path, typer.Argument(metavar="PREDICTED", help="Events as `dragoman code` writes them, JSON lines.")
    ],
    errors: Annotated[bool, typer.Option("--errors", help="List every missed, spurious and wrong event.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Compare events with annotated reports: precision, recall, F1 of events and of each field."""
    from dragoman import score

    for path in (gold, predicted):
        if not path.is_file():
            raise UsageError(f"{path} is no file")
    result = score.evaluate(gold, predicted)
    print(json.dumps(result.as_dict(), indent=1) if as_json else result.render(errors=errors))


def main() -> None:
    """The entry point: one clear line and exit 2 for what the caller got wrong, no traceback."""
    try:
        app(standalone_mode=True)
    except UsageError as error:
        print(f"dragoman: {error}", file=sys.stderr)
        raise SystemExit(2) from None
    except DragomanError as error:
        print(f"dragoman: {error}", file=sys.stderr)
        raise SystemExit(1) from None
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except KeyboardInterrupt:
        print("dragoman: stopped; what was written is whole, --resume goes on", file=sys.stderr)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
