"""Files that appear whole or not at all, streams that hold whole records only, and the lock of what is being written."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from dragoman.errors import StoreError


def is_stream(path: Path) -> bool:
    """Whether the path is there and is no regular file: a device or a named pipe, which is written to as it stands."""
    return path.exists() and not path.is_file()


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it is moved there when the block ends, and removed where it fails."""
    if is_stream(path):
        yield path
        return
    path = Path(os.path.realpath(path))
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def text_to(path: Path | None) -> Iterator[IO[str]]:
    """A stream of UTF-8 text to a file that appears when whole, or to standard output where there is no path."""
    if path is None:
        yield sys.stdout
        sys.stdout.flush()
        return
    with whole(path) as partial, partial.open("w", encoding="utf-8", newline="") as stream:
        yield stream


def write_all(handle: int, data: bytes) -> None:
    """Writes all of it, whatever the system takes at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


class Records(io.TextIOBase):
    """A text stream that hands on what was written since the last `flush` in one piece.

    A program killed between two flushes so leaves whole records in a file; and where one can't be written whole, as on a
    full disk, its first half is taken back.
    """

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self._waiting: list[str] = []

    def fileno(self) -> int:
        return self._handle

    def isatty(self) -> bool:
        return os.isatty(self._handle)

    def writable(self) -> bool:
        return True

    def write(self, text: str, /) -> int:
        self._waiting.append(text)
        return len(text)

    def flush(self) -> None:
        data = "".join(self._waiting).encode("utf-8", "surrogatepass")
        self._waiting.clear()
        if not data:
            return
        before = _length(self._handle)
        try:
            write_all(self._handle, data)
        except BaseException:
            if before is not None:
                os.ftruncate(self._handle, before)
            raise


def _length(handle: int) -> int | None:
    """The length of the regular file that is written at its end; null for pipes, devices and files written amid."""
    import stat

    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode) or os.lseek(handle, 0, os.SEEK_CUR) not in (0, status.st_size):
        return None
    return status.st_size


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds `.NAME.lock` beside `path` while it is written; the system frees it when the process ends, however it ends.

    Raises `StoreError` where another process holds it.
    """
    import fcntl

    lock = path.with_name(f".{path.name}.lock")
    while True:
        stream = lock.open("a+", encoding="utf-8")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stream.seek(0)
            holder = stream.read().strip()
            stream.close()
            raise StoreError(
                f"{path} is being written by another process{f' ({holder})' if holder else ''}; wait until it is done"
            ) from None
        if _same_file(stream.fileno(), lock):
            break
        stream.close()  # the holder before us removed the file between our opening and our locking it
    try:
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        yield
    finally:
        lock.unlink(missing_ok=True)
        stream.close()


def _same_file(handle: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False
