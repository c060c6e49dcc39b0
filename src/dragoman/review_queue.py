"""What to review first: the events whose mistakes would cost most.

The order is by what leaving an event unread is expected to cost,

    doubt x importance = (1 - confidence) x (0.5 + |score| / 20) x (1 + log2(reports)) x (0.5 if historical)

`confidence` is calibrated, so doubt is the chance that the record is wrong. `score` is PLOVER's conflict-cooperation score
(-10 to 10): a battle or a peace accord weighs up to twice as much as small talk. `reports` are the documents that tell
the event's incident: a mistake there spreads. Background weighs half. Equal ones come in the order of their ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dragoman.review import Placed, placed_quickly, reviews, standing
from dragoman.store import Store

MOST = 2_000
"""Events that one list holds; by the time they are reviewed, the next are the first."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """An event's place in the queue."""

    event_id: str
    document_id: str
    doubt: float
    """0 to 1: the chance that the record is wrong."""
    importance: float
    """0.25 and up."""
    reports: int
    """Documents that tell its incident; 1 before linking."""

    @property
    def priority(self) -> float:
        """By which the queue is ordered, greatest first."""
        return self.doubt * self.importance


_QUERY = """
SELECT e.id, e.document_id, 1 - e.confidence AS doubt, coalesce(i.documents, 1) AS reports,
    (0.5 + abs(e.score) / 20) * (1 + log2(coalesce(i.documents, 1))) * (CASE WHEN e.historical THEN 0.5 ELSE 1 END)
        AS importance
FROM events e LEFT JOIN traits t ON t.event_id = e.id AND t.document_id = e.document_id
    LEFT JOIN incidents i ON i.id = t.incident_id
{where} ORDER BY doubt * importance DESC, e.id LIMIT ?
"""


def ranked(store: Store, documents: Sequence[str] | None = None, most: int = MOST) -> list[Ranked]:
    """The events that ought to be reviewed first, reviewed or not; only of some documents if given."""
    where = "" if documents is None else "WHERE e.document_id IN (SELECT unnest(?::VARCHAR[]))"
    values = [most] if documents is None else [list(documents), most]
    rows = store.sql(_QUERY.format(where=where), values).to_pylist()
    return [Ranked(r["id"], r["document_id"], r["doubt"], r["importance"], r["reports"]) for r in rows]


def read_by_others(found: Iterable[Placed], reviewer: str) -> list[str]:
    """Documents that somebody else has read to the end, and this reviewer has not: reading them gives agreement."""
    done = [p.review for p in found if p.review.verdict == "done"]
    mine = {r.document_id for r in done if r.reviewer == reviewer}
    return sorted({r.document_id for r in done if r.reviewer != reviewer} - mine)


def queue(
    store: Store,
    reviewer: str = "",
    second: bool = False,
    found: Iterable[Ranked] | None = None,
    verdicts: Sequence[Placed] | None = None,
) -> list[Ranked]:
    """What this reviewer should look at, first things first: the events on which nobody has given a verdict.

    With `second`, the events of reports that somebody else has read and he has not, which makes two readers of one report.
    `found` spares the ranking where it is known (see `ranked`), `verdicts` reading those that stand.
    """
    told = placed_quickly(store, standing(reviews(store))) if verdicts is None else verdicts
    if second:
        own = {p.event_id for p in told if p.review.reviewer == reviewer}
        documents = read_by_others(told, reviewer)
        return [r for r in ranked(store, documents) if r.event_id not in own] if documents else []
    taken = {p.event_id for p in told}
    return [r for r in (ranked(store) if found is None else found) if r.event_id not in taken]
