"""Every error that Dragoman raises on purpose, one family.

::

    DragomanError
    ├── UsageError        the caller asked for something impossible (wrong option, missing file)
    ├── InputError        a document, line or file can't be read (becomes a Reject in a run)
    ├── CodebookError     a codebook, lexicon or actor file is malformed
    └── StoreError        a store can't be opened, is locked, or is of a later version

Each message names what and where, and says what to do about it.
"""

from __future__ import annotations


class DragomanError(Exception):
    """Base of the family; never raised itself."""


class UsageError(DragomanError):
    """The caller asked for something that can't be done; the command line shows it as one line and exits 2."""


class InputError(DragomanError):
    """A document, line or file can't be read.

    `source` is where (a path, with `:line` where known), `reason` a short machine-readable word
    (see `dragoman.documents.REASONS`), `detail` a sentence for people.
    """

    def __init__(self, source: str, reason: str, detail: str = "") -> None:
        super().__init__(f"{source}: {reason}" + (f" ({detail})" if detail else ""))
        self.source = source
        self.reason = reason
        self.detail = detail


class CodebookError(DragomanError):
    """A data file is malformed; the message lists all that is wrong with it at once."""


class StoreError(DragomanError):
    """A store can't be opened, is being written by another process, or was made by a later release."""
