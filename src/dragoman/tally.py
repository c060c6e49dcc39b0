"""What a run tells of itself: a bar while it works, a summary at its end, and the file of what it rejected."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from dragoman.records import Reject, to_json

SHOWN = 20
"""Rejects printed on stderr where there is no file for them."""


class Tally:
    """Counts what a run has done, with a bar on a terminal.

    `inputs` tell how much there is to read, from which the time left is estimated; input from a pipe tells nothing. Rejects go to
    `OUT.rejects.jsonl` beside `output`, which appears whole when the run is closed; without output the first are printed.
    """

    def __init__(self, inputs: Iterable[str] = (), output: Path | None = None) -> None:
        self.total = _size(inputs)
        self.output = output
        self.read = 0
        self.documents = 0
        self.events = 0
        self.rejected = 0
        self.shown: list[Reject] = []
        self.bar: Any = None
        self._file: IO[str] | None = None

    def __enter__(self) -> Tally:
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
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def add(self, events: int, reject: Reject | None, text: str = "") -> None:
        """One item is done: a document with so many events, or a reject."""
        self.read += len(text)
        if reject is None:
            self.documents += 1
            self.events += events
        else:
            self._reject(reject)
        self._show()

    def add_many(self, documents: int, events: int, rejected: int) -> None:
        """So many are done; the rejects have been written elsewhere."""
        self.documents += documents
        self.events += events
        self.rejected += rejected
        self._show()

    def _show(self) -> None:
        if self.bar is not None:
            elapsed = self.bar.tasks[0].elapsed or 1e-9
            self.bar.update(
                self.task,
                description=f"{self.documents} documents, {self.events} events, "
                f"{self.documents / elapsed:.1f} a second{self._left(elapsed)}",
            )

    def _reject(self, reject: Reject) -> None:
        self.rejected += 1
        if self.output is None:
            if len(self.shown) < SHOWN:
                self.shown.append(reject)
            return
        if self._file is None:
            self._file = self._partial().open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
        self._file.write(to_json(reject) + "\n")

    def _path(self) -> Path:
        assert self.output is not None
        return self.output.with_name(self.output.name + ".rejects.jsonl")

    def _partial(self) -> Path:
        return self._path().with_name(f".{self._path().name}.partial")

    def _left(self, elapsed: float) -> str:
        """About how long it will still take, from the share of the input that is read."""
        if not self.read or self.read >= self.total:
            return ""
        seconds = int(elapsed * (self.total - self.read) / self.read)
        return f", about {seconds // 60}:{seconds % 60:02d} left"

    def close(self, what: str, strict: bool) -> None:
        """Prints the summary and puts the rejects in their place; raises `typer.Exit` 1 where any is one too many."""
        line = f"{self.documents} documents, {self.events} {what}, {self.rejected} rejected"
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self._partial().replace(self._path())
            line += f" (see {self._path()})"
        elif self.output is not None:
            self._path().unlink(missing_ok=True)  # of an earlier run to the same place
        print(line, file=sys.stderr)
        for reject in self.shown:
            at = f":{reject.line}" if reject.line is not None else ""
            why = f"{reject.reason}{'; ' + reject.detail if reject.detail else ''}"
            print(f"rejected {reject.source}{at}: {why}", file=sys.stderr)
        if strict and self.rejected:
            import typer

            raise typer.Exit(1)


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
