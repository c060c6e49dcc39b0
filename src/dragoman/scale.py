"""The same steps over many documents: worker processes, whole records only, and runs that can be resumed.

A run to a file keeps a journal beside it (`OUT.journal`): one line a document, appended whole, in input order. Killed at
any point, the run leaves a journal whose last line may be broken; `--resume` drops that line, passes over the documents
that it holds and does the rest. At the end the journal becomes the output in one move. Results don't depend on the
number of workers or the size of batches, for every document is coded by itself.
"""

from __future__ import annotations

import json
import multiprocessing
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import IO, Any

from dragoman.errors import UsageError
from dragoman.pipeline import Coder, batches
from dragoman.records import Document, Event, Reject, from_dict, to_dict

FEW = 24
"""Documents below which starting worker processes costs more than it saves (about 2 s each)."""


@dataclass(frozen=True, slots=True)
class Coded:
    """One input item with what became of it."""

    item: Document | Reject
    events: tuple[Event, ...] = ()


def _code_batch(coder: Coder, documents: Sequence[Document]) -> list[list[Event]]:
    return coder.code_batch(documents)


def code_all(items: Iterable[Document | Reject], coder: Coder, workers: int = 1) -> Iterator[Coded]:
    """Every item in input order with its events; rejects pass through."""
    stream = iter(items)
    if workers > 1:
        first = list(islice(stream, FEW))
        stream = chain(first, stream)
        if len(first) == FEW:
            yield from _side_by_side(stream, coder, workers)
            return
    for batch in batches(stream, coder.batch):
        documents = [d for d in batch if isinstance(d, Document)]
        yield from _joined(batch, coder.code_batch(documents))


def _joined(batch: Sequence[Document | Reject], found: Sequence[list[Event]]) -> Iterator[Coded]:
    events = iter(found)
    for item in batch:
        yield Coded(item, tuple(next(events)) if isinstance(item, Document) else ())


def _pin_threads() -> None:
    """Keeps the numeric libraries of a worker to one thread, so that workers don't fight over cores."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"):
        os.environ[name] = "1"


def _side_by_side(items: Iterator[Document | Reject], coder: Coder, workers: int) -> Iterator[Coded]:
    """Batches over worker processes, in order; at most two batches a worker wait, so memory stays constant."""
    _pin_threads()
    context = multiprocessing.get_context(
        "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
    )
    waiting: deque[tuple[list[Document | Reject], Future[list[list[Event]]]]] = deque()
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        for batch in batches(items, coder.batch):
            documents = [d for d in batch if isinstance(d, Document)]
            waiting.append((batch, pool.submit(_code_batch, coder, documents)))
            while len(waiting) > 2 * workers:
                done, future = waiting.popleft()
                yield from _joined(done, future.result())
        while waiting:
            done, future = waiting.popleft()
            yield from _joined(done, future.result())


class Journal:
    """What a run has done so far, one line a document."""

    def __init__(self, path: Path, fingerprint: str, resume: bool) -> None:
        self.path = path
        self.done: deque[str] = deque()
        whole = 0
        if resume and path.exists():
            whole = self._recover(fingerprint)
        mode = "r+b" if whole else "wb"
        self.stream: IO[bytes] = path.open(mode)
        if whole:
            self.stream.truncate(whole)
            self.stream.seek(whole)
        else:
            self._line({"fingerprint": fingerprint})

    def _recover(self, fingerprint: str) -> int:
        """Reads what is whole; gives the number of bytes that are."""
        whole = 0
        with self.path.open("rb") as stream:
            for number, line in enumerate(stream):
                if not line.endswith(b"\n"):
                    break
                try:
                    row = json.loads(line)
                except ValueError:
                    break
                if number == 0:
                    if row.get("fingerprint") != fingerprint:
                        raise UsageError(
                            f"{self.path} was made with other inputs, options or release; remove it or run without --resume"
                        )
                else:
                    self.done.append(row["key"])
                whole += len(line)
        return whole

    def _line(self, row: dict[str, Any]) -> None:
        self.stream.write(json.dumps(row, ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n")
        self.stream.flush()

    def left(self, items: Iterable[Document | Reject]) -> Iterator[Document | Reject]:
        """The items that are not in the journal yet."""
        for item in items:
            if self.done and self.done[0] == key(item):
                self.done.popleft()
                continue
            yield item

    def add(self, coded: Coded) -> None:
        """Appends a document and its events, whole."""
        row: dict[str, Any] = {"key": key(coded.item)}
        if isinstance(coded.item, Reject):
            row["reject"] = to_dict(coded.item)
        else:
            row["events"] = [to_dict(e) for e in coded.events]
        self._line(row)

    def close(self) -> None:
        """Makes sure that everything is on disk."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        self.stream.close()

    def read(self) -> Iterator[tuple[list[Event], Reject | None]]:
        """Everything in the journal, in order: (events, reject)."""
        with self.path.open("rb") as stream:
            next(stream)
            for line in stream:
                row = json.loads(line)
                reject = from_dict(Reject, row["reject"]) if "reject" in row else None
                yield [from_dict(Event, e) for e in row.get("events", ())], reject


def key(item: Document | Reject) -> str:
    """What tells one input item from the next."""
    if isinstance(item, Reject):
        return f"reject {item.source}:{item.line}"
    return f"document {item.id}"
