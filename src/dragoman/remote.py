"""Files by address: object stores and other file systems, through pyarrow (s3, gs, abfs, hdfs, file) or fsspec.

An address has a scheme (`s3://bucket/news/`); what has none is a path of this machine and no concern of this module.
pyarrow knows the common stores by itself; any other scheme works where fsspec and its driver are installed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, cast

from dragoman.errors import InputError, UsageError

ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]{1,20}://")


def is_address(name: str) -> bool:
    """Whether a name is an address and no path."""
    return ADDRESS.match(name) is not None


def file_system(name: str) -> tuple[Any, str]:
    """(pyarrow file system, path within it) of an address or a path of this machine.

    Raises `UsageError` where nobody knows the scheme.
    """
    from pyarrow import fs

    if not is_address(name):
        return fs.LocalFileSystem(), os.path.abspath(name)
    try:
        found: tuple[Any, str] = fs.FileSystem.from_uri(name)
        return found
    except (ValueError, OSError) as error:
        reason = str(error).splitlines()[0][:120]
    try:
        import fsspec
    except ImportError:
        raise UsageError(f"{name} can't be reached: {reason}; other schemes need fsspec installed") from None
    try:
        system, path = fsspec.url_to_fs(name)
    except (ValueError, ImportError, OSError) as error:
        raise UsageError(f"{name} can't be reached: {str(error).splitlines()[0][:120]}") from None
    return fs.PyFileSystem(fs.FSSpecHandler(system)), path


def listed(name: str) -> Iterator[str]:
    """The address of the file at an address, or of every file below it, sorted.

    Raises `UsageError` where there is nothing or it can't be looked into.
    """
    from pyarrow import fs

    system, path = file_system(name)
    root = name[: name.index("://") + 3]
    try:
        (info,) = system.get_file_info([path])
        if info.type == fs.FileType.NotFound:
            raise UsageError(f"no such file or folder: {name}")
        found = [info] if info.type == fs.FileType.File else system.get_file_info(fs.FileSelector(path, recursive=True))
    except OSError as error:
        raise UsageError(f"{name} can't be read: {str(error).splitlines()[0][:160]}") from None
    for one in sorted(found, key=lambda i: i.path):
        if one.type == fs.FileType.File:
            yield name if one.path == path else root + one.path


def open_stream(name: str) -> BinaryIO:
    """The file at an address as a stream of bytes that can seek. Raises `InputError` where it can't be opened."""
    system, path = file_system(name)
    try:
        return cast(BinaryIO, system.open_input_file(path))
    except OSError as error:
        raise InputError(name, "unreadable", str(error).splitlines()[0][:160]) from None
