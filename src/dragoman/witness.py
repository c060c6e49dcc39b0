"""A coder that gives claims beside events, for stores, which keep both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dragoman.pipeline import Coder
from dragoman.reading import Reading


@dataclass(frozen=True, slots=True)
class Witness(Coder):
    """Codes documents like `Coder`; the events of each document are followed by the claims of the sentences read."""

    def records(self, reading: Reading) -> list[Any]:
        """The events of a reading, then its claims."""
        return [*Coder.records(self, reading), *reading.claims]
