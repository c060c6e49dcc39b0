"""The command line: a thin face over the library.

Heavy modules are imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import typer.core

from dragoman import __version__
from dragoman.cli_actors import Overlay, actors_app, overlay
from dragoman.cli_code import Inputs, Published, Strict, TextColumn, code
from dragoman.cli_dossier import register as register_dossier
from dragoman.cli_serve import register as register_serve
from dragoman.cli_store import register
from dragoman.errors import DragomanError, UsageError
from dragoman.tally import Tally
from dragoman.whole import text_to

if TYPE_CHECKING:
    from dragoman.careful import Item, Work
    from dragoman.records import Document


class _StoppedError(Exception):
    """Ctrl-C, told by another name: Typer would end the program without a word."""


class _UnheardError(Exception):
    """A broken pipe, likewise."""


class _Group(typer.core.TyperGroup):
    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise _StoppedError from None
        except BrokenPipeError:
            raise _UnheardError from None


app = typer.Typer(
    cls=_Group,
    name="dragoman",
    help="Reads reports and keeps an account of who did what to whom, when, where, and on whose word.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

app.add_typer(actors_app, name="actors")

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


app.command()(code)


def _print(work: Work, read: Iterable[Sequence[Item]], output: Path | None, what: str, strict: bool) -> None:
    """Prints the lines that `work` gives of each document; a document that it fails on is rejected."""
    from dragoman.careful import answers
    from dragoman.records import Reject
    from dragoman.scale import TIME_LIMIT

    with Tally(output=output) as tally, text_to(output) as out:
        for portion in read:
            for item, lines in answers(work, portion, TIME_LIMIT):
                if isinstance(item, Reject):
                    tally.add(0, item)
                    continue
                out.writelines(line + "\n" for line in lines)
                tally.add(len(lines), None)
        tally.close(what, strict)


register(app)
register_dossier(app)
register_serve(app)

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
    from dragoman.documents import read_rows
    from dragoman.listing import list_mentions
    from dragoman.scale import portions

    wanted = tuple(kind or KINDS)
    for name in wanted:
        if name not in KINDS:
            raise UsageError(f"unknown kind {name!r}; use one of {', '.join(KINDS)}")
    folders = overlay(actors)

    def work(documents: Sequence[Document]) -> list[list[str]]:
        return [
            [json.dumps(row, ensure_ascii=False) for row in list_mentions(document, wanted, folders)]
            for document in documents
        ]

    rows = read_rows(*inputs, text_column=text_column, published=published)
    _print(work, portions(rows, 1), output, "mentions", strict)


@app.command()
def claims(
    inputs: Inputs,
    output: Output = None,
    published: Published = None,
    text_column: TextColumn = None,
    strict: Strict = False,
) -> None:
    """Print every attributed statement, one JSON object a line."""
    from dragoman.documents import read_rows
    from dragoman.pipeline import BATCH, CLAIM_STEPS, read_batch
    from dragoman.records import to_json
    from dragoman.scale import portions

    def work(documents: Sequence[Document]) -> list[list[str]]:
        return [[to_json(claim) for claim in reading.claims] for reading in read_batch(documents, CLAIM_STEPS)]

    rows = read_rows(*inputs, text_column=text_column, published=published)
    _print(work, portions(rows, BATCH), output, "claims", strict)


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
    except (_UnheardError, BrokenPipeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise SystemExit(0) from None
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        print(
            f"dragoman: {where}{error.strerror or error}; what was written is whole, --resume goes on", file=sys.stderr
        )
        raise SystemExit(1) from None
    except (_StoppedError, KeyboardInterrupt):
        print("dragoman: stopped; what was written is whole, --resume goes on", file=sys.stderr)
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
