"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it is moved there when the block ends, and removed where it fails."""
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
