"""Input cut into shares for many machines: whole files, or ranges of lines or row groups where files are long.

A share names where its rows come from and how many lines stand before them, so that a reject tells the right line. The
same input gives the same shares, whoever cuts it; that is what makes a run of many machines resumable.
"""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from dragoman.documents import Raw, Settings, read_source
from dragoman.encodings import encoding_of
from dragoman.errors import InputError
from dragoman.records import Reject, stable_id
from dragoman.remote import file_system, is_address
from dragoman.sources import WINDOW, Source, find_sources, suffix_kind

LONG = 32 << 20
"""Bytes of a share: longer files of lines or row groups are cut, shorter files go together. Some 5,000 reports, a few
minutes of one core."""

MANY = 1_000
"""Files of a share; each is opened for itself, which takes its time too."""


@dataclass(frozen=True, slots=True)
class Share:
    """A piece of the input that one process codes."""

    name: str
    """As it was given; rejects tell it."""
    address: str
    """Where any machine finds it: an address or an absolute path."""
    size: int
    """Bytes of the file or files, whole, by which one that has changed is known."""
    kind: str = "whole"
    """`whole`, `lines` (start and end are bytes) or `groups` (start and end are row groups)."""
    others: Sequence[tuple[str, str]] = ()
    """(name, address) of further files, read whole."""
    start: int = 0
    end: int = 0
    before: int = 0
    """Lines or rows before it."""

    @property
    def key(self) -> str:
        """Its name among the outputs."""
        others = [address for _, address in self.others]
        return stable_id(self.address, str(self.size), self.kind, str(self.start), str(self.end), *others)


@dataclass(frozen=True, slots=True)
class Range:
    """A nominal piece of a file, whose lines are to be counted."""

    address: str
    start: int
    end: int


Counted = tuple[int, int]
"""(number of line ends in a range, offset behind the first of them, -1 where there is none)."""

Count = Callable[[Sequence[Range]], Sequence[Counted]]
"""Counts the lines of ranges, here or on many machines."""


def cut(inputs: Sequence[str], count: Count) -> Iterator[Share | Reject]:
    """The shares of the inputs, in their order; what can't be read is a reject. Raises what `find_sources` raises."""
    small: list[Share] = []
    for source in find_sources(inputs):
        if isinstance(source, InputError):
            yield Reject(source.source, None, source.reason, source.detail)
            continue
        address = source.name if source.path is None else os.path.abspath(source.path)
        try:
            for share in _of_file(source.name, address, count):
                if small and (share.kind != "whole" or len(small) == MANY or _bytes(small) + share.size > LONG):
                    yield _together(small)
                    small = []
                if share.kind == "whole":
                    small.append(share)
                else:
                    yield share
        except (OSError, ValueError) as error:
            yield Reject(source.name, None, "unreadable", str(error)[:160])
    if small:
        yield _together(small)


def _bytes(small: Sequence[Share]) -> int:
    return sum(share.size for share in small)


def _together(small: Sequence[Share]) -> Share:
    """Whole files as one share."""
    first, *rest = small
    return replace(first, size=_bytes(small), others=tuple((share.name, share.address) for share in rest))


def _of_file(name: str, address: str, count: Count) -> Iterator[Share]:
    system, path = file_system(address)
    (info,) = system.get_file_info([path])
    whole = Share(name, address, info.size)
    kind = suffix_kind(name)
    if info.size <= LONG or name.endswith(".gz") or kind not in ("jsonl", "parquet"):
        yield whole
    elif kind == "parquet":
        with system.open_input_file(path) as file:
            yield from _groups(whole, file)
    else:
        with system.open_input_stream(path) as file:
            head = file.read(WINDOW)
        if encoding_of(head, whole=False) == "utf-8":
            yield from _lines(whole, count)
        else:
            yield whole


def _groups(whole: Share, file: Any) -> Iterator[Share]:
    """Row groups of a Parquet file, some together where they are small."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        metadata = pq.ParquetFile(file).metadata
    except (pa.ArrowException, OSError):
        yield whole  # whoever reads it tells what is wrong with it
        return
    first = rows = before = size = 0
    for group in range(metadata.num_row_groups):
        size += metadata.row_group(group).total_byte_size
        rows += metadata.row_group(group).num_rows
        if size >= LONG or group == metadata.num_row_groups - 1:
            yield replace(whole, kind="groups", start=first, end=group + 1, before=before)
            first, before, size = group + 1, rows, 0


def _lines(whole: Share, count: Count) -> Iterator[Share]:
    """Ranges of whole lines: each begins behind the first line end of its nominal range."""
    ranges = [Range(whole.address, at, min(at + LONG, whole.size)) for at in range(0, whole.size, LONG)]
    start = before = passed = 0
    for one, (ends, behind) in zip(ranges, count(ranges), strict=True):
        if one.start and behind >= 0:
            yield replace(whole, kind="lines", start=start, end=behind, before=before)
            start, before = behind, passed + 1
        passed += ends
    yield replace(whole, kind="lines", start=start, end=whole.size, before=before)


def count_lines(one: Range) -> Counted:
    """The line ends of a range."""
    system, path = file_system(one.address)
    ends, behind, at = 0, -1, one.start
    with system.open_input_file(path) as file:
        file.seek(one.start)
        while at < one.end and (data := file.read(min(1 << 20, one.end - at))):
            if behind < 0 and (found := data.find(b"\n")) >= 0:
                behind = at + found + 1
            ends += data.count(b"\n")
            at += len(data)
    return ends, behind


def rows_of(share: Share, settings: Settings) -> Iterator[Raw | Reject]:
    """The rows of a share; whatever keeps it from being read is a reject."""
    if share.kind != "whole":
        yield from _part(share, settings)
        return
    for name, address in ((share.name, share.address), *share.others):
        source = Source(address, None if is_address(address) else Path(address))
        try:
            for row in read_source(source, settings):
                yield replace(row, source=name)
        except InputError as error:
            yield Reject(name, None, error.reason, error.detail)


def _part(share: Share, settings: Settings) -> Iterator[Raw | Reject]:
    import pyarrow as pa

    from dragoman.formats import Broken, Origin, parquet_rows, read_jsonl

    origin = Origin(share.name, settings.text_column, settings.limits, encoding="utf-8")
    system, path = file_system(share.address)
    try:
        with system.open_input_file(path) as file:
            if share.kind == "groups":
                rows = parquet_rows(file, origin, range(share.start, share.end))
            else:
                rows = read_jsonl(io.BufferedReader(_Range(file, share.start, share.end), WINDOW), origin)
            for row in rows:
                line = share.before + (row.line or 0)
                if isinstance(row, Broken):
                    yield Reject(share.name, line, row.reason, row.detail)
                else:
                    yield Raw(share.name, replace(row, line=line), settings)
    except (pa.ArrowException, OSError) as error:
        yield Reject(share.name, None, "unreadable", str(error)[:160])


class _Range(io.RawIOBase):
    """The bytes of a file from `start` to `end`."""

    def __init__(self, file: BinaryIO, start: int, end: int) -> None:
        self._file = file
        self._left = end - start
        file.seek(start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        data = self._file.read(min(len(view), self._left))
        view[: len(data)] = data
        self._left -= len(data)
        return len(data)
