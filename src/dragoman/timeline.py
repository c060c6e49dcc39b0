"""How conflict and cooperation go over time: incidents counted by week, month or year, with the shifts of their balance."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from dragoman.changes import changes

WIDTH = 31
"""Days up to which a date is narrow enough to be counted in one stretch."""

WEEKS = 740
"""Days up to which a time is parted into weeks."""

MONTHS = 11_000
"""Days up to which it is parted into months; beyond, into years."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A week (from Monday), month or year."""

    start: str
    """ISO day."""
    end: str
    """ISO day, inclusive."""
    counts: tuple[int, int, int, int]
    """Incidents by quad: cooperation in words, material cooperation, conflict in words, material conflict."""

    @property
    def balance(self) -> int:
        """Incidents of cooperation less those of conflict."""
        return self.counts[0] + self.counts[1] - self.counts[2] - self.counts[3]


@dataclass(frozen=True, slots=True)
class Shift:
    """Where the balance moves to another level."""

    start: str
    """First day of the first stretch of the new level."""
    before: float
    """Mean balance of the level that ends."""
    after: float


@dataclass(frozen=True, slots=True)
class Timeline:
    """Incidents over time."""

    unit: str
    """week, month or year."""
    stretches: tuple[Stretch, ...]
    shifts: tuple[Shift, ...]
    counted: int
    left_out: int
    """Incidents without a date, with one wider than `WIDTH` days, or outside the time."""


def timeline(rows: Sequence[tuple[str | None, str | None, int]], start: str | None, end: str | None) -> Timeline:
    """Counts incidents given as (first day, last day, quad) between two days; empty where a day is not known."""
    if not start or not end or start > end:
        return Timeline("week", (), (), 0, len(rows))
    first, last = datetime.date.fromisoformat(start), datetime.date.fromisoformat(end)
    length = (last - first).days
    unit = "week" if length <= WEEKS else "month" if length <= MONTHS else "year"
    begins = list(_begins(first, last, unit))
    where = {begin: n for n, begin in enumerate(begins)}
    counts = [[0, 0, 0, 0] for _ in begins]
    counted = 0
    for row in rows:
        day = _narrow(row[0], row[1])
        if day is not None and first <= day <= last and 1 <= row[2] <= 4:
            counts[where[_BEGIN[unit](day)]][row[2] - 1] += 1
            counted += 1
    ends = [b - datetime.timedelta(days=1) for b in (*begins[1:], _next(begins[-1], unit))]
    stretches = tuple(
        Stretch(b.isoformat(), e.isoformat(), (c[0], c[1], c[2], c[3]))
        for b, e, c in zip(begins, ends, counts, strict=True)
    )
    shifts = tuple(
        Shift(stretches[c.at].start, round(c.before, 2), round(c.after, 2))
        for c in changes([float(s.balance) for s in stretches])
    )
    return Timeline(unit, stretches, shifts, counted, len(rows) - counted)


def _narrow(start: str | None, end: str | None) -> datetime.date | None:
    if not start:
        return None
    first = datetime.date.fromisoformat(start)
    wide = end is not None and (datetime.date.fromisoformat(end) - first).days >= WIDTH
    return None if wide else first


_BEGIN: dict[str, Callable[[datetime.date], datetime.date]] = {
    "week": lambda day: day - datetime.timedelta(days=day.weekday()),
    "month": lambda day: day.replace(day=1),
    "year": lambda day: day.replace(month=1, day=1),
}
"""The first day of the stretch that a day belongs to."""


def _next(begin: datetime.date, unit: str) -> datetime.date:
    step = {"week": 7, "month": 32, "year": 366}[unit]
    return _BEGIN[unit](begin + datetime.timedelta(days=step))


def _begins(first: datetime.date, last: datetime.date, unit: str) -> Iterable[datetime.date]:
    begin = _BEGIN[unit](first)
    while begin <= last:
        yield begin
        begin = _next(begin, unit)
