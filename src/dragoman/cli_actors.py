"""`dragoman actors`: look up, explain and extend the actor knowledge."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from dragoman.errors import UsageError

actors_app = typer.Typer(
    help="Look up, explain and extend the actor knowledge.", no_args_is_help=True, rich_markup_mode=None
)

Overlay = Annotated[
    list[str] | None, typer.Option("--actors", metavar="FOLDER", help="Own actor tables that go before ours.")
]


@actors_app.command()
def find(
    text: Annotated[str, typer.Argument(metavar="TEXT", help="A name or a part of one.")],
    actors: Overlay = None,
    limit: Annotated[int, typer.Option(min=1, help="Entities to print at most.")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a line.")] = False,
) -> None:
    """Print the entries whose names match."""
    from dataclasses import asdict

    from dragoman.actor_files.lookup import find, span
    from dragoman.mentions.knowledge import knowledge

    found = find(knowledge(overlay(actors)), text, limit)
    if not found:
        print(f"nothing is known of {text!r}", file=sys.stderr)
        raise typer.Exit(1)
    for one in found:
        if as_json:
            print(json.dumps(asdict(one), ensure_ascii=False))
            continue
        print(f"{one.name} ({one.entity}): {', '.join(one.matched)}")
        for entry in one.entries:
            code = " ".join((entry.country or "no country", *entry.sectors))
            print(f"  {entry.title or entry.kind}: {code}, {span(entry)}{', yours' if entry.overlay else ''}")


@actors_app.command()
def explain(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A name as reports write it, or a surname.")],
    on: Annotated[str | None, typer.Option("--on", metavar="DATE", help="The day for which it is asked.")] = None,
    actors: Overlay = None,
) -> None:
    """Say what a name stands for on a day, why, what else it may mean, and which offices the person held when."""
    from dragoman.actor_files.lookup import render
    from dragoman.dates import iso_date
    from dragoman.mentions.knowledge import knowledge

    try:
        day = iso_date(on) if on is not None else None
    except ValueError as error:
        raise UsageError(f"--on: {error}") from None
    told = render(knowledge(overlay(actors)), name, day)
    if not told:
        print(f"nothing is known of {name!r}; try `dragoman actors find`", file=sys.stderr)
        raise typer.Exit(1)
    print(told)


@actors_app.command()
def add(
    name: Annotated[str, typer.Option("--name", help="As reports write it.")],
    file: Annotated[Path, typer.Option("--file", metavar="FOLDER", help="Folder of your tables; made if need be.")],
    country: Annotated[str, typer.Option(help="ISO 3166 alpha-3 code, or UNO, EUR, IGO, NGO, ISM, IMG, MNC.")] = "",
    sectors: Annotated[str, typer.Option(help="PLOVER sectors, separated by spaces or commas.")] = "",
    aliases: Annotated[str, typer.Option(help="Other names, separated by ; or |.")] = "",
    title: Annotated[str, typer.Option(help="Office in words; makes the entry a person.")] = "",
    start: Annotated[str, typer.Option(help="First day, month or year, ISO.")] = "",
    end: Annotated[str, typer.Option(help="Last day, month or year, ISO.")] = "",
    kind: Annotated[str, typer.Option(help="person, organization or group; guessed where it is left out.")] = "",
    note: Annotated[str, typer.Option(help="Where you know it from.")] = "",
) -> None:
    """Add an entry to a folder of your own; give that folder to other commands with --actors."""
    from dragoman.actor_files.folders import add_rows, simple_row

    values = {
        "name": name, "country": country, "sectors": sectors, "aliases": aliases, "title": title, "start": start,
        "end": end, "kind": kind, "note": note,
    }  # fmt: skip
    try:
        theme, row = simple_row(values)
    except ValueError as error:
        raise UsageError(str(error)) from None
    added = add_rows(file, {theme: [row]})
    print(f"{'added to' if added else 'already in'} {file / theme}.csv: {row[0]}", file=sys.stderr)


@actors_app.command("import")
def import_(
    files: Annotated[
        list[Path], typer.Argument(metavar="FILE...", help="PETRARCH, Phoenix or CAMEO dictionaries, or CSV.")
    ],
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FOLDER", help="Folder of your tables.")],
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 if a line is malformed.")] = False,
) -> None:
    """Read actor and agent dictionaries of other coders, with their dated codes, and CSV into a folder of your own.

    What is left out is listed with its reason in FOLDER/import.csv.
    """
    from dragoman.actor_files.folders import add_rows
    from dragoman.actor_files.imports import read_files, summary, write_account

    made = read_files(files)
    added = add_rows(output, made.rows)
    write_account(output / "import.csv", made)
    faulty = sorted(made.left_out(), key=lambda line: ("malformed", "in part", "ignored").index(line.outcome))
    faulty = [line for line in faulty if line.outcome != "ignored"]
    for line in faulty[:SHOWN]:
        print(f"{line.file}:{line.number}: {line.detail}", file=sys.stderr)
    if len(faulty) > SHOWN:
        print(f"and {len(faulty) - SHOWN} more", file=sys.stderr)
    print(f"{summary(made)}; {added} rows are new (see {output / 'import.csv'})", file=sys.stderr)
    if strict and made.counts()["malformed"]:
        raise typer.Exit(1)


SHOWN = 20
"""Faulty lines that are printed; the file of the account has all."""


def overlay(folders: list[str] | None) -> tuple[str, ...]:
    """The folders as the knowledge takes them, checked; what is faulty in them is told on stderr."""
    from dragoman.actor_files.folders import check_folders

    chosen = tuple(folders or ())
    for problem in check_folders(chosen):
        print(f"left out {problem}", file=sys.stderr)
    return chosen
