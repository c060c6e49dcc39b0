"""What a run has done so far: one line a document, appended whole, in input order, so that a stopped run can go on.

A run to a file keeps its journal beside it (`OUT.journal`). Killed at any point, the run leaves a journal whose last line
may be broken; `--resume` drops that line, passes over the items that it holds and does the rest. At the end the journal
becomes the output in one move.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from dragoman.careful import Coded, Item
from dragoman.documents import Raw
from dragoman.errors import UsageError
from dragoman.records import Document, Reject, from_dict, to_dict
from dragoman.whole import write_all

OPENING = '{"key": '


class Journal:
    """The journal of one run. Hold the lock of its output while you use it.

    `fingerprint` says what the run is; resuming one of another raises `UsageError`.
    """

    def __init__(self, path: Path, fingerprint: str, resume: bool) -> None:
        self.path = path
        self._under_way: deque[str] = deque()
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        self._held = _whole_bytes(path, fingerprint) if resume else 0
        os.ftruncate(self._handle, self._held)
        os.lseek(self._handle, self._held, os.SEEK_SET)
        if not self._held:
            self._write(json.dumps({"fingerprint": fingerprint}))

    def _write(self, line: str) -> None:
        write_all(self._handle, (line + "\n").encode("utf-8", "surrogatepass"))

    def left(self, items: Iterable[Item]) -> Iterator[Item]:
        """The items that were not in the journal when it was opened; what becomes of them is to be added in their order."""
        done = self._keys()
        waiting = next(done, None)
        for item in items:
            if waiting is not None and waiting == key(item):
                waiting = next(done, None)
                continue
            self._under_way.append(key(item))
            yield item

    def _keys(self) -> Iterator[str]:
        decoder = json.JSONDecoder()
        with self.path.open("rb") as stream:
            at = len(stream.readline())
            while at < self._held:
                line = stream.readline()
                at += len(line)
                yield decoder.raw_decode(line.decode("utf-8", "surrogatepass"), len(OPENING))[0]

    def add(self, coded: Coded) -> None:
        """Appends what became of the next item that was left, whole."""
        head = OPENING + json.dumps(self._under_way.popleft(), ensure_ascii=False)
        if isinstance(coded.item, Reject):
            self._write(f'{head}, "reject": {json.dumps(to_dict(coded.item), ensure_ascii=False)}}}')
        else:
            self._write(f'{head}, "events": [{", ".join(line for _, line in coded.found)}]}}')

    def close(self) -> None:
        """Makes sure that everything is on disk."""
        os.fsync(self._handle)
        os.close(self._handle)

    def read(self) -> Iterator[tuple[list[dict[str, Any]], Reject | None]]:
        """Everything in the journal, in order: (events as plain dicts, reject)."""
        with self.path.open("rb") as stream:
            next(stream)
            for line in stream:
                row = json.loads(line)
                reject = from_dict(Reject, row["reject"]) if "reject" in row else None
                yield row.get("events", []), reject


def _whole_bytes(path: Path, fingerprint: str) -> int:
    """How many bytes of a journal are whole lines."""
    whole = 0
    with path.open("rb") as stream:
        for number, line in enumerate(stream):
            if not line.endswith(b"\n"):
                break
            if number == 0:
                try:
                    found = json.loads(line).get("fingerprint")
                except (ValueError, AttributeError):
                    found = None
                if found != fingerprint:
                    raise UsageError(
                        f"{path} was made with other inputs, options or release; remove it or run without --resume"
                    )
            elif not (line.startswith(OPENING.encode()) and line.endswith(b"}\n")):
                break
            whole += len(line)
    return whole


def key(item: Item) -> str:
    """What tells one input item from the next."""
    if isinstance(item, Raw):
        return f"row {item.source}:{item.row.line}"
    if isinstance(item, Document):
        return f"document {item.id}"
    return f"reject {item.source}:{item.line}"
