"""Inputs -> byte streams: files, folders, globs and standard input, unpacked, bounded and sniffed.

Nothing here holds more than a window of a file. What can't be opened or unpacked raises `InputError`.
"""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias, cast

from dragoman.errors import InputError, UsageError
from dragoman.remote import is_address, listed, open_stream

SUFFIXES = {
    ".txt": "text", ".text": "text", ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html",
    ".xhtml": "html", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json", ".csv": "csv", ".tsv": "tsv",
    ".parquet": "parquet", ".xml": "feed", ".rss": "feed", ".atom": "feed", ".warc": "warc",
}  # fmt: skip
"""What a name's end says of the format; `.gz` behind any of them is unpacked."""

BinaryReader: TypeAlias = "io.BufferedReader[io.RawIOBase]"
"""A buffered stream of bytes that can be looked into without taking (`peek`)."""

WINDOW = 1 << 16
"""Bytes read at a time, and looked at for format and encoding."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep hostile or broken input from filling memory. What exceeds one is a reject, `too-long`."""

    max_characters: int = 2_000_000
    """Longest text of one document, in code points (about 300,000 words)."""
    max_bytes: int = 16 * 2**20
    """Most bytes, unpacked, of whatever must be held whole: a text or web page, a line, an element, a WARC record."""
    max_ratio: int = 200
    """Most bytes unpacked per packed byte, once `max_bytes` have come out: text packs 3 to 20 times, a bomb 1000."""


@dataclass(frozen=True, slots=True)
class Source:
    """One input: a file, or where `path` is null what lies at an address, or standard input (`-`)."""

    name: str
    path: Path | None


def find_sources(inputs: Sequence[str | Path]) -> Iterator[Source | InputError]:
    """The files that the inputs name, in their order; folders and globs sorted by name, read as they are walked.

    Raises `UsageError` at once where an input names nothing; an empty folder gives an `InputError` in its place.
    """
    if not inputs:
        raise UsageError("no input: name a file, a folder, a glob, or - for standard input")
    for given in inputs:
        if is_address(str(given)) and next(listed(str(given)), None) is not None:
            continue
        if "\0" in str(given) or not (str(given) == "-" or _exists(str(given)) or _globbed(str(given))):
            raise UsageError(f"no such file or folder: {given}")
    return _walk(inputs)


def _exists(name: str) -> bool:
    try:
        return os.path.exists(name)
    except (OSError, ValueError):
        return False


def _globbed(name: str) -> list[str]:
    import glob

    if not glob.has_magic(name):
        return []
    return sorted(n for n in glob.glob(name, recursive=True) if not n.endswith(".rejects.jsonl"))


def _walk(inputs: Sequence[str | Path]) -> Iterator[Source | InputError]:
    for given in inputs:
        name = str(given)
        if name == "-":
            yield Source("-", None)
        elif is_address(name):
            yield from _at(name)
        elif os.path.isdir(name):
            yield from _folder(name)
        elif os.path.exists(name):
            yield Source(name, Path(name))
        else:
            for match in _globbed(name):
                if os.path.isdir(match):
                    yield from _folder(match)
                else:
                    yield Source(match, Path(match))


def _at(name: str) -> Iterator[Source | InputError]:
    """The file at an address, or those of known suffix below it."""
    found = False
    for address in listed(name):
        file = os.path.basename(address)
        if address == name or (suffix_kind(file) and not file.startswith(".") and not file.endswith(".rejects.jsonl")):
            found = True
            yield Source(address, None)
    if not found:
        yield InputError(name, "empty", "there is no file of a known suffix")


def _folder(name: str) -> Iterator[Source | InputError]:
    """Files of known suffix below a folder; hidden ones and rejects of earlier runs are passed over."""
    found = False
    failed: list[InputError] = []

    def note(error: OSError) -> None:
        failed.append(InputError(error.filename or name, "unreadable", error.strerror or str(error)))

    for root, folders, names in os.walk(name, onerror=note):
        folders[:] = sorted(f for f in folders if not f.startswith("."))
        for file in sorted(names):
            path = os.path.join(root, file)
            if file.startswith(".") or file.endswith(".rejects.jsonl") or not os.path.isfile(path):
                continue
            if suffix_kind(file):
                found = True
                yield Source(path, Path(path))
    yield from failed
    if not found and not failed:
        yield InputError(name, "empty", "the folder holds no file of a known suffix")


def suffix_kind(name: str) -> str | None:
    """The format that a name's suffix says; null where it is unknown."""
    plain = name.lower().removesuffix(".gz")
    return SUFFIXES.get(os.path.splitext(plain)[1])


def kind_of(source: Source, head: bytes) -> str:
    """The format of a source: by its suffix, or by its first bytes where it has none (a pipe, standard input)."""
    name = os.path.basename(source.name).lower().removesuffix(".gz")
    if kind := suffix_kind(name):
        return kind
    if source.name != "-" and os.path.splitext(name)[1]:
        known = " ".join(sorted(SUFFIXES))
        raise InputError(source.name, "unsupported", f"no known suffix; known are {known}, each also with .gz")
    return _sniffed(head)


def _sniffed(head: bytes) -> str:
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith(b"WARC/"):
        return "warc"
    start = head.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip()[:4000].lower()
    if start.startswith(b"["):
        return "json"
    if start.startswith(b"{"):
        first = start.split(b"\n", 1)[0].rstrip()
        return "jsonl" if first.endswith(b"}") or (len(start) == 4000 and b"\n" not in start) else "json"
    if start.startswith((b"<?xml", b"<rss", b"<feed", b"<rdf")) and b"<html" not in start:
        return "feed"
    return "html" if start.startswith((b"<!doctype html", b"<html", b"<?xml", b"<head", b"<body")) else "text"


@contextlib.contextmanager
def opened(source: Source, limits: Limits) -> Iterator[BinaryReader]:
    """The source as bytes, unpacked where its first two bytes are gzip's, whatever its name."""
    with contextlib.ExitStack() as stack:
        try:
            if is_address(source.name):
                raw: BinaryIO = stack.enter_context(open_stream(source.name))
            elif source.path is None:
                raw = cast(BinaryIO, getattr(sys.stdin, "buffer", sys.stdin))
            else:
                raw = stack.enter_context(open(source.path, "rb", buffering=0))
            stream: BinaryReader = io.BufferedReader(_Filled(raw, source.name), WINDOW)
            head = stream.peek(2)
        except OSError as error:
            raise InputError(source.name, "unreadable", error.strerror or str(error)) from None
        if head[:2] == b"\x1f\x8b":
            stream = io.BufferedReader(_Unpacked(cast(BinaryIO, stream), source.name, limits), WINDOW)
        yield stream


class _Filled(io.RawIOBase):
    """A stream that gives full windows, also from a pipe, so that a look ahead sees enough; tells its errors as ours."""

    def __init__(self, raw: BinaryIO, name: str) -> None:
        self._raw = raw
        self._name = name

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        view = memoryview(cast(bytearray, buffer))
        done = 0
        while done < len(view):
            try:
                data = self._raw.read(len(view) - done)
            except OSError as error:
                raise InputError(self._name, "unreadable", error.strerror or str(error)) from None
            if not data:
                break
            view[done : done + len(data)] = data
            done += len(data)
        return done


class _Counted(io.RawIOBase):
    """Counts the packed bytes that were asked for."""

    def __init__(self, raw: BinaryIO) -> None:
        self._raw = raw
        self.count = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._raw.read(size)
        self.count += len(data)
        return data


class _Unpacked(io.RawIOBase):
    """A gzip stream, unpacked; a damaged one raises `broken-archive`, a bomb `too-long`."""

    def __init__(self, raw: BinaryIO, name: str, limits: Limits) -> None:
        self._packed = _Counted(raw)
        import gzip

        self._gzip = gzip.GzipFile(fileobj=cast(BinaryIO, self._packed), mode="rb")
        self._name = name
        self._limits = limits
        self._out = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        import zlib

        view = memoryview(cast(bytearray, buffer))
        try:
            data = self._gzip.read1(len(view))
        except (OSError, EOFError, zlib.error) as error:
            raise InputError(self._name, "broken-archive", f"the gzip data is damaged: {error}") from None
        self._out += len(data)
        if self._out > self._limits.max_bytes and self._out > self._limits.max_ratio * self._packed.count:
            raise InputError(self._name, "too-long", f"unpacks to over {self._limits.max_ratio} times its size")
        view[: len(data)] = data
        return len(data)


def read_whole(stream: BinaryIO, name: str, limits: Limits) -> bytes:
    """All bytes of a stream of at most `max_bytes`; a longer one raises `too-long`."""
    data = stream.read(limits.max_bytes + 1)
    if len(data) > limits.max_bytes:
        raise InputError(name, "too-long", f"holds more than {limits.max_bytes} bytes")
    return data
