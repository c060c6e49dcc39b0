"""The command that writes the dossier of a process."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dragoman.cli_store import existing
from dragoman.errors import UsageError
from dragoman.whole import whole

if TYPE_CHECKING:
    from dragoman.dossier import Dossier

FORMATS = ("html", "md", "json")


def register(app: typer.Typer) -> None:
    """Adds the command to the command line."""
    app.command()(dossier)


def dossier(
    store: Annotated[Path, typer.Argument(metavar="STORE", help="A store made with `dragoman code --store`, linked.")],
    parties: Annotated[
        list[str] | None,
        typer.Argument(metavar="PARTY...", help="Country (ISO alpha-3), or an actor's id or name as the store has it."),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to this file; needed for a page.")
    ] = None,
    format: Annotated[
        str | None, typer.Option("--format", help="html, md or json; by the suffix of -o, else html.")
    ] = None,
    place: Annotated[
        list[str] | None,
        typer.Option("--place", metavar="COUNTRY", help="Take in all that happened there; may be given several times."),
    ] = None,
    start: Annotated[str | None, typer.Option("--from", metavar="DATE", help="First day (YYYY-MM-DD).")] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="DATE", help="Last day (YYYY-MM-DD).")] = None,
    as_of: Annotated[
        str | None, typer.Option(metavar="DATE", help="Day for which the outcomes of commitments are told.")
    ] = None,
) -> None:
    """Write the account of a process, every line citing its evidence: one page that works offline."""
    from dragoman.dates import check_day
    from dragoman.dossier import gather
    from dragoman.review_overlay import overlay
    from dragoman.store import open_store

    chosen = format or _by_suffix(output)
    if chosen not in FORMATS:
        raise UsageError(f"unknown format {chosen!r}; use one of {', '.join(FORMATS)}")
    if output is None and chosen == "html":
        raise UsageError("a page needs a file; give it with -o FILE.html, or use --format md or json")
    if output is not None and not output.resolve().parent.is_dir():
        raise UsageError(f"{output.parent} is no folder; make it first")
    existing(store)
    for day in (start, end, as_of):
        if day is not None:
            check_day(day)
    with open_store(store) as reader:
        if reader.meta("linked") == "reviewed":
            overlay(reader)
        text = _write(gather(reader, parties or [], place or [], start, end, as_of), chosen)
    if output is None:
        sys.stdout.write(text)
        sys.stdout.flush()
        return
    with whole(output) as partial:
        partial.write_text(text, encoding="utf-8", errors="replace")


def _by_suffix(output: Path | None) -> str:
    suffixes = {".md": "md", ".markdown": "md", ".json": "json"}
    return suffixes.get(output.suffix.lower(), "html") if output is not None else "html"


def _write(found: Dossier, format: str) -> str:
    if format == "json":
        import json

        from dragoman.records import to_dict

        return json.dumps(to_dict(found), ensure_ascii=False, indent=1) + "\n"
    if format == "md":
        from dragoman.dossier_text import markdown

        return markdown(found)
    from dragoman.dossier_page import html

    return html(found)
