"""Processes that code side by side, watched over: order kept, memory constant, and whoever dies or hangs replaced.

The pool never waits for one worker alone. It reads ahead a few portions a worker, hands them out, and gives results in
the order of the input. A worker that ends amid a portion, or takes longer than the limit, is replaced; the portion is
given out again item by item, and the item on which a worker dies or hangs once more is rejected with the reason.
"""

from __future__ import annotations

import os
import pickle
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from dragoman.careful import Coded, Item, rejected
from dragoman.errors import DragomanError
from dragoman.nursery import HEADER, receive, send
from dragoman.pipeline import Coder

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
"""What keeps the numeric libraries of a worker to one thread, so that workers don't fight over cores."""

FORKS = sys.platform == "linux"
"""Whether workers are forked from one process that has loaded everything; elsewhere each loads for itself."""

AHEAD = 4
"""Portions a worker that may be read, under way or waiting for their turn; memory is bounded by it."""

RENEW = 2_000
"""Documents after which a worker is replaced, so that no library's cache grows without end."""

FAILED_STARTS = 3
"""Workers that end before they are ready, one after another, after which the run gives up: it isn't the documents."""


@dataclass(slots=True)
class _Task:
    """Items that one worker codes together."""

    portion: int
    """Number of the portion that they belong to."""
    offset: int
    """Where in it they begin."""
    items: list[Item]
    deaths: int = 0
    """Workers that it has cost."""


@dataclass(slots=True, eq=False)
class _Worker:
    line: socket.socket
    process: subprocess.Popen[bytes] | None = None
    """Where it is our own child; a forked one is the nursery's."""
    pid: int = 0
    """0 until it is ready."""
    tasks: deque[_Task] = field(default_factory=deque)
    """Under way, and waiting behind it."""
    deadline: float = float("inf")
    """When the task under way has taken too long, by the monotonic clock."""
    done: int = 0
    """Documents coded so far."""
    inbox: bytearray = field(default_factory=bytearray)
    outbox: bytearray = field(default_factory=bytearray)


@dataclass(slots=True)
class _Portion:
    """Results of one portion of the input."""

    results: list[Coded | None]
    missing: int


class Pool:
    """Worker processes for one coder. Use it as a context; whatever happens inside, no process stays behind.

    `seconds` is the time limit for a document. Raises what loading the coder raises, and `DragomanError` where
    processes can't be started.
    """

    def __init__(self, coder: Coder, workers: int, seconds: float | None) -> None:
        self._coder = coder
        self._size = max(1, workers)
        self._seconds = seconds
        self._selector = selectors.DefaultSelector()
        self._workers: set[_Worker] = set()
        self._nursery: tuple[subprocess.Popen[bytes], socket.socket] | None = None
        self._todo: deque[_Task] = deque()
        self._portions: dict[int, _Portion] = {}
        self._failed = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in list(self._workers):
            self._bury(worker)
        self._selector.close()
        self._end_nursery()

    def run(self, portions: Iterator[list[Item]]) -> Iterator[Coded]:
        """Every item of the portions, in their order, with what became of it."""
        read = given = 0
        more = True
        while True:
            while more and len(self._todo) < self._size and read - given < AHEAD * self._size:
                items = next(portions, None)
                if items is None:
                    more = False
                else:
                    self._portions[read] = _Portion([None] * len(items), len(items))
                    self._todo.append(_Task(read, 0, items))
                    read += 1
            while given < read and not self._portions[given].missing:
                yield from (coded for coded in self._portions.pop(given).results if coded is not None)
                given += 1
            if given == read:
                if not more:
                    return
                continue
            self._hand_out(more)
            self._turn()

    def _hand_out(self, more: bool) -> None:
        """Gives each worker something to do and, while there is plenty, something to go on with."""
        while self._todo and len(self._workers) < self._size:
            self._start()
        for depth in (0, 1):
            for worker in self._workers:
                plenty = more or len(self._todo) > self._size
                if self._todo and len(worker.tasks) == depth and worker.done < RENEW and (depth == 0 or plenty):
                    task = self._todo.popleft()
                    data = pickle.dumps(task.items, protocol=pickle.HIGHEST_PROTOCOL)
                    worker.outbox += HEADER.pack(len(data)) + data
                    worker.tasks.append(task)
                    if len(worker.tasks) == 1:
                        self._begin(worker)
                    self._listen(worker)

    def _begin(self, worker: _Worker) -> None:
        """Sets the clock for the worker's first task."""
        late = worker.tasks and worker.pid and self._seconds is not None
        worker.deadline = time.monotonic() + (self._seconds or 0) if late else float("inf")

    def _listen(self, worker: _Worker) -> None:
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if worker.outbox else 0)
        self._selector.modify(worker.line, events, worker)

    def _turn(self) -> None:
        """Waits until a worker has something to say, can take more, or is late; sees to it."""
        nearest = min((w.deadline for w in self._workers), default=float("inf"))
        timeout = None if nearest == float("inf") else max(0.0, nearest - time.monotonic())
        for key, events in self._selector.select(timeout):
            worker: _Worker = key.data
            if events & selectors.EVENT_READ:
                self._hear(worker)
            if events & selectors.EVENT_WRITE and worker in self._workers:
                self._speak(worker)
        now = time.monotonic()
        for worker in [w for w in self._workers if w.deadline <= now]:
            self._replace(worker, late=True)

    def _speak(self, worker: _Worker) -> None:
        with suppress(BlockingIOError, ConnectionError):  # of the dead we hear when we listen
            del worker.outbox[: worker.line.send(worker.outbox)]
        self._listen(worker)

    def _hear(self, worker: _Worker) -> None:
        try:
            data = worker.line.recv(1 << 20)
        except BlockingIOError:
            return
        except ConnectionError:
            data = b""
        if not data:
            self._replace(worker, late=False)
            return
        worker.inbox += data
        while len(worker.inbox) >= HEADER.size:
            (size,) = HEADER.unpack_from(worker.inbox)
            if len(worker.inbox) < HEADER.size + size:
                return
            value = pickle.loads(memoryview(worker.inbox)[HEADER.size : HEADER.size + size])
            del worker.inbox[: HEADER.size + size]
            self._take(worker, value)
        if worker.inbox:
            self._begin(worker)  # it is done, for it speaks only then; the rest of a long answer may take its time

    def _take(self, worker: _Worker, value: Any) -> None:
        """A message of a worker: its process id when it is ready, then what became of each task."""
        self._failed = 0
        if isinstance(value, int):
            worker.pid = value
        elif isinstance(value, Exception):
            raise value
        else:
            task = worker.tasks.popleft()
            self._keep(task, value)
            worker.done += len(task.items)
            if worker.done >= RENEW and not worker.tasks:
                self._bury(worker)
                return
        self._begin(worker)

    def _keep(self, task: _Task, results: list[Coded]) -> None:
        portion = self._portions[task.portion]
        portion.results[task.offset : task.offset + len(results)] = results
        portion.missing -= len(results)

    def _replace(self, worker: _Worker, late: bool) -> None:
        """Ends a worker that is dead or late; what it had to do is given out again, or rejected."""
        ready = worker.pid
        tasks = list(worker.tasks)
        if late and FORKS:
            with suppress(ProcessLookupError):
                os.kill(ready, signal.SIGKILL)
        self._bury(worker)
        if not ready:
            self._failed += 1
            if self._failed >= FAILED_STARTS:
                raise DragomanError(
                    "worker processes end as soon as they start; is there memory for them? Try --workers 1"
                )
            self._todo.extendleft(reversed(tasks))
            return
        if tasks:
            first, *rest = tasks
            self._todo.extendleft(reversed([*self._again(first, late), *rest]))

    def _again(self, task: _Task, late: bool) -> list[_Task]:
        """What is left to try of a task that has cost a worker: its items one by one; nothing of a single one."""
        if len(task.items) > 1:
            return [_Task(task.portion, task.offset + k, [item]) for k, item in enumerate(task.items)]
        if not late and not task.deaths:
            return [_Task(task.portion, task.offset, task.items, 1)]  # somebody else may have ended its worker
        if late:
            reject = rejected(task.items[0], "too-slow", f"not read within {self._seconds:g} seconds")
        else:
            reject = rejected(task.items[0], "crashed", "the process that read it ended twice")
        self._keep(task, [Coded(reject)])
        return []

    # -- birth and death

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        process = None
        try:
            if FORKS:
                self._fork(theirs)
            else:
                process = _launched(theirs, "alone")
                send(ours, self._coder)
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        worker = _Worker(ours, process)
        self._workers.add(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)

    def _fork(self, theirs: socket.socket) -> None:
        """Has the nursery bear a worker; a nursery that is gone is made anew."""
        for _ in range(FAILED_STARTS):
            if self._nursery is None:
                self._nursery = self._made_nursery()
            try:
                socket.send_fds(self._nursery[1], [b"w"], [theirs.fileno()])
                return
            except OSError:
                self._end_nursery()
        raise DragomanError("worker processes can't be started; try --workers 1")

    def _made_nursery(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        with ExitStack() as stack:
            ours, theirs = socket.socketpair()
            stack.callback(ours.close)
            with theirs:
                process = _launched(theirs)
            try:
                send(ours, self._coder)
                answer = receive(ours)
            except (EOFError, ConnectionError):
                answer = DragomanError(f"worker processes can't be started (exit {process.wait()}); try --workers 1")
            if isinstance(answer, Exception):
                process.wait()
                raise answer
            stack.pop_all()
            return process, ours

    def _end_nursery(self) -> None:
        if self._nursery is not None:
            process, line = self._nursery
            line.close()  # it ends itself and whoever it has borne
            process.wait()
            self._nursery = None

    def _bury(self, worker: _Worker) -> None:
        self._workers.discard(worker)
        self._selector.unregister(worker.line)
        worker.line.close()
        if worker.process is not None:
            worker.process.kill()
            worker.process.wait()


def _launched(line: socket.socket, *words: str) -> subprocess.Popen[bytes]:
    """A process of the nursery, in a group of its own, so that Ctrl-C reaches only the run itself."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1")}
    command = [sys.executable, "-P", "-W", "ignore", "-m", "dragoman.nursery", str(line.fileno()), *words]
    return subprocess.Popen(
        command,
        pass_fds=[line.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=environment,
        process_group=0,
    )
