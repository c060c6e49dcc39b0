"""A coder that gives claims beside events, for stores, which keep both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dragoman.pipeline import Coder, read_batch, to_events
from dragoman.records import Document


@dataclass(frozen=True, slots=True)
class Witness(Coder):
    """Codes documents like `Coder`; the events of each document are followed by the claims of the sentences read."""

    def code_batch(self, documents: Sequence[Document]) -> list[list[Any]]:
        """The events and then the claims of each document."""
        return [
            [*(e for e in to_events(reading) if e.confidence >= self.min_confidence), *reading.claims]
            for reading in read_batch(documents)
        ]
