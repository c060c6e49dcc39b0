"""Makes and executes `docs/charts.ipynb`: `pip install -e ".[charts]"`, then `python docs/notebook.py`.

The cells stand here, so that they can be read and changed as text; a test runs the code of each and compares the
notebook's cells with these. Lines that begin with `!` are commands of the shell. What a cell's last line gives is shown
as a chart (SVG), a table, or as it is written.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "docs" / "charts.ipynb"

CELLS = [
    ("markdown", """# The account of a process, in charts

The reports of Sudan's war in `examples/` were written for this project. Here they are coded into a store, linked, and drawn.
Charts need the extra: `pip install "dragoman[charts]"`. To make this notebook anew: `python docs/notebook.py`."""),
    ("code", "!dragoman code examples/sudan* --store process.duckdb\n!dragoman link process.duckdb"),
    ("markdown", """A store is opened for reading. Whatever is asked of it comes as an Arrow table, which pandas and polars take as it is."""),
    ("code", """from dragoman import charts, open_store

store = open_store("process.duckdb")
incidents = store.incidents()
commitments = store.commitments()
incidents.num_rows, commitments.num_rows"""),
    ("markdown", """Questions that the filters don't foresee are asked in SQL. Here: which happenings do most independent publishers tell?"""),
    ("code", """store.sql('''
    SELECT "date".start AS day, "type", place.name AS place, publishers, len(reports) AS tellings
    FROM incidents ORDER BY publishers DESC, tellings DESC, day LIMIT 5
''')"""),
    ("markdown", """## When

Cooperation stands above the axis and conflict below it, so that the picture holds without its colours. An incident whose date
is wider than a month can't be put into a week; the subtitle counts those left out."""),
    ("code", "charts.timeline(store.incidents(start=\"2023-04-01\", end=\"2024-01-31\"))"),
    ("markdown", """## Who

Pairs of parties: an arrow is what one does to the other, a dash what both do together."""),
    ("code", "charts.dyads(incidents, most=10)"),
    ("code", "charts.network(incidents, most=9)"),
    ("markdown", """## Where"""),
    ("code", "charts.map(store.incidents(country=\"SDN\"), width=520)"),
    ("markdown", """## What was promised

Each line runs from the day of a promise, demand or threat to the day it was due, or to what decided it; dots are evidence.
The ledger can be told as of any day: on 21 May 2023 nothing was known yet of what came later."""),
    ("code", "charts.ledger(store.commitments(as_of=\"2023-05-21\"), most=12)"),
    ("code", "charts.ledger(commitments, most=16, theme=\"dark\")"),
    ("markdown", """A chart is an `altair` chart: it can be changed further, and saved with `chart.save("ledger.svg")` (or `.png`; `.html` with `inline=True`, which then needs no network)."""),
    ("code", "store.close()"),
]  # fmt: skip


class Session:
    """What the cells of a notebook share: names, a folder to write into, and the commands of this checkout."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {}
        if not (folder / "examples").exists():
            (folder / "examples").symlink_to(ROOT / "examples")

    def run(self, source: str) -> tuple[str, Any]:
        """What a cell prints, and the value of its last line."""
        if source.startswith("!"):
            return "".join(self._command(line.removeprefix("!")) for line in source.splitlines()), None
        tree = ast.parse(source)
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        printed = io.StringIO()
        here = Path.cwd()
        os.chdir(self.folder)
        try:
            with contextlib.redirect_stdout(printed):
                exec(compile(tree, "<cell>", "exec"), self.names)
                value = eval(compile(ast.Expression(last.value), "<cell>", "eval"), self.names) if last else None
        finally:
            os.chdir(here)
        return printed.getvalue(), value

    def _command(self, line: str) -> str:
        env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(line, shell=True, cwd=self.folder, env=env, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{line}: {done.stderr.strip()}")
        return done.stdout + done.stderr


def shown(value: Any) -> dict[str, Any]:
    """A value as a notebook shows it."""
    plain = {"text/plain": repr(value).splitlines(keepends=True)}
    if type(value).__module__.startswith("altair"):
        return {"image/svg+xml": _svg(value), "text/plain": [value.to_dict()["description"]]}
    if hasattr(value, "to_pylist"):
        return {"text/html": _html(value), "text/plain": [f"{value.num_rows} rows: {', '.join(value.column_names)}"]}
    return plain


def _svg(chart: Any) -> list[str]:
    import vl_convert

    drawn: str = vl_convert.vegalite_to_svg(chart.to_json(), vl_version=None)
    return drawn.splitlines(keepends=True)


def _html(table: Any) -> list[str]:
    from html import escape

    cell = lambda v: "" if v is None else escape(str(v))  # noqa: E731
    head = "".join(f"<th>{escape(n)}</th>" for n in table.column_names)
    body = "".join("<tr>" + "".join(f"<td>{cell(v)}</td>" for v in r.values()) + "</tr>\n" for r in table.to_pylist())
    return f"<table><thead><tr>{head}</tr></thead><tbody>\n{body}</tbody></table>".splitlines(keepends=True)


def executed(folder: Path) -> dict[str, Any]:
    """The notebook with the outputs of its cells, as JSON of notebook format 4.5."""
    session, cells, count = Session(folder), [], 0
    for number, (kind, source) in enumerate(CELLS):
        cell: dict[str, Any] = {"cell_type": kind, "id": f"cell-{number}", "metadata": {}, "source": source.splitlines(keepends=True)}  # fmt: skip
        if kind == "code":
            count += 1
            printed, value = session.run(source)
            outputs: list[dict[str, Any]] = []
            if printed:
                outputs.append({"output_type": "stream", "name": "stdout", "text": printed.splitlines(keepends=True)})
            if value is not None:
                outputs.append({"output_type": "execute_result", "execution_count": count, "metadata": {}, "data": shown(value)})  # fmt: skip
            cell |= {"execution_count": count, "outputs": outputs}
        cells.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return {"cells": cells, "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}}, "nbformat": 4, "nbformat_minor": 5}  # fmt: skip


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        made = executed(Path(folder))
    NOTEBOOK.write_text(json.dumps(made, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"{NOTEBOOK.relative_to(ROOT)} written, {NOTEBOOK.stat().st_size // 1024} kB")


if __name__ == "__main__":
    main()
