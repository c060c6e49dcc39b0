"""A coder for tests of survival: it reads nothing and does to its process what a document says."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman.pipeline import Coder
from dragoman.records import Claim, Document


@dataclass(frozen=True, slots=True)
class Odd(Coder):
    """Gives each document one record that names it."""

    pause: float = 0.0
    """Seconds that a document takes."""
    marks: str | None = None
    """Folder in which each document leaves a file with the id of the process that read it."""

    def code_batch(self, documents: Sequence[Document]) -> list[list[Claim]]:
        return [self._one(document) for document in documents]

    def _one(self, document: Document) -> list[Claim]:
        word = document.text.split()[0]
        if word in DEEDS:
            DEEDS[word]()
        if self.pause:
            time.sleep(self.pause)
        if self.marks:
            with open(os.path.join(self.marks, document.id), "a", encoding="ascii") as file:
                file.write(f"{os.getpid()}\n")
        return [Claim(document.id, None, (), ((0, 1),), ((0, len(document.text)),), False, False)]


@dataclass(frozen=True, slots=True)
class Unloadable(Odd):
    """Can't even be loaded."""

    def code_batch(self, documents: Sequence[Document]) -> list[list[Claim]]:
        del documents
        raise ValueError("the folder of actors is broken")


@dataclass(frozen=True, slots=True)
class Stillborn(Odd):
    """Ends the process that loads it."""

    def code_batch(self, documents: Sequence[Document]) -> list[list[Claim]]:
        del documents
        os._exit(3)


def _fail() -> None:
    raise RuntimeError("a fault of ours")


def _hang() -> None:
    while True:
        pass


DEEDS = {
    "KILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "EXIT": lambda: os._exit(0),
    "SEGV": lambda: ctypes.string_at(0),
    "HANG": _hang,
    "SLEEP": lambda: time.sleep(600),
    "STOP": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "FAIL": _fail,
    "EAT": lambda: bytearray(64 << 30),
}
"""What a document's first word does."""
