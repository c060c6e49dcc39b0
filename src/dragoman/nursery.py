"""The process from which workers are born: it loads all knowledge once and forks, so that a new worker costs nothing.

Started by `workers`, never by a person: `python -m dragoman.nursery FD`, where FD is its end of a pair of sockets. It
gets the coder, answers whether it could be loaded, and then forks a worker for each socket that it is handed. Where
the system can't fork safely, `python -m dragoman.nursery FD alone` is itself a worker.

A worker takes portions of items and gives back what became of them, one at a time, until its socket closes.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import socket
import struct
import sys
from contextlib import suppress
from typing import Any

HEADER = struct.Struct("!Q")
"""Length of what follows, in bytes."""

MEMORY = 4 << 30
"""Bytes of data that a worker may hold; a document that takes more is rejected before the machine swaps."""

SAMPLE = (
    "The ministers of Chad and Niger met in Paris on Monday, and Kenya condemned the raid that killed two soldiers."
)
"""A first report, so that whatever is loaded when first needed is loaded before workers are born."""


def send(line: socket.socket, value: Any) -> None:
    """Sends a value whole."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    line.sendall(HEADER.pack(len(data)) + data)


def receive(line: socket.socket) -> Any:
    """The next value. Raises `EOFError` where the other side has gone."""
    (size,) = HEADER.unpack(_exactly(line, HEADER.size))
    return pickle.loads(_exactly(line, size))


def _exactly(line: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        more = line.recv(min(1 << 20, size - len(data)))
        if not more:
            raise EOFError
        data += more
    return bytes(data)


def main(arguments: list[str]) -> None:
    """Serves until the other side goes, then ends itself and every worker."""
    line = socket.socket(fileno=int(arguments[0]))
    _bound_memory()
    with suppress(EOFError, ConnectionError):
        coder = receive(line)
        try:
            _load(coder)
        except Exception as error:
            send(line, error)
            return
        send(line, os.getpid())
        if arguments[1:] == ["alone"]:
            _serve(line, coder)
        else:
            _bear(line, coder)
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)  # whoever started us is gone: no worker may outlive it


def _load(coder: Any) -> None:
    from dragoman.records import Document

    coder.code_batch([Document("sample", "Ministers meet", SAMPLE, "2024-05-15")])


def _bound_memory() -> None:
    with suppress(ImportError, ValueError, OSError):
        import resource

        _, hard = resource.getrlimit(resource.RLIMIT_DATA)
        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY if hard < 0 else min(MEMORY, hard), hard))


def _bear(line: socket.socket, coder: Any) -> None:
    """Forks a worker for each socket handed over."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the system buries the dead
    gc.collect()
    gc.freeze()  # what is loaded stays shared: the collector would write to all of its pages
    while True:
        data, handles, _, _ = socket.recv_fds(line, 1, 1)
        if not data:
            return
        if os.fork():
            os.close(handles[0])
            continue
        try:
            line.close()
            _live(handles[0], coder)
        finally:
            os._exit(0)  # a worker never comes back to where the nursery stands


def _live(handle: int, coder: Any) -> None:
    """A worker's life."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as file:
        # Where memory runs out the system is to end a worker, which is replaced, and not the run.
        file.write("500")
    own = socket.socket(fileno=handle)
    with suppress(EOFError, ConnectionError):
        send(own, os.getpid())
        _serve(own, coder)


def _serve(line: socket.socket, coder: Any) -> None:
    from dragoman.careful import code_portion

    while True:
        items = receive(line)
        send(line, code_portion(coder, items))


if __name__ == "__main__":
    main(sys.argv[1:])
