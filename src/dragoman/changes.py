"""Change points of a series: where its level shifts, found by PELT.

The method is that of Killick, Fearnhead and Eckley, "Optimal detection of changepoints with a linear computational cost",
Journal of the American Statistical Association 107 (2012): the parting of the series that costs least, where a stretch
costs the squared distance of its values from their mean and each change costs a penalty. Stretches that can't begin the
best parting any more are dropped on the way, which keeps the cost near linear.
"""

from __future__ import annotations

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

LEAST = 8
"""Values below which a series is too short to speak of a change."""

STRETCH = 3
"""Least number of values on either side of a change; a single outlying value is no new level."""

PENALTY = 3.0
"""Cost of a change in units of variance times the logarithm of the length: one level, one place, and a margin, since
counts of events are burstier than the independent noise for which 2 would do."""

MAD = 1.4826
"""Standard deviation of a normal distribution by its median absolute deviation."""


@dataclass(frozen=True, slots=True)
class Change:
    """A shift of level."""

    at: int
    """Index of the first value of the new level."""
    before: float
    """Mean of the stretch that ends there."""
    after: float
    """Mean of the stretch that begins there."""


def changes(values: Sequence[float], penalty: float | None = None) -> list[Change]:
    """The shifts of level, in order; none where the series is shorter than `LEAST` or doesn't vary.

    `penalty` is the cost of one change, by default from the noise of the series itself.
    """
    total = len(values)
    if total < LEAST or max(values) == min(values):
        return []
    if penalty is None:
        penalty = PENALTY * _noise(values) * math.log(total)
    edges = [0, *_best_parting(values, penalty), total]
    means = [statistics.fmean(values[a:b]) for a, b in itertools.pairwise(edges)]
    return [Change(at, means[n], means[n + 1]) for n, at in enumerate(edges[1:-1])]


def _noise(values: Sequence[float]) -> float:
    """Variance of the noise, from the steps between neighbours, which a few shifts of level don't swell."""
    steps = [b - a for a, b in itertools.pairwise(values)]
    middle = statistics.median(steps)
    spread = MAD * statistics.median(abs(s - middle) for s in steps)
    # In a series of mostly equal values the median step is 0; the plain variance of the steps stands in.
    return (spread**2 if spread else statistics.pvariance(steps)) / 2


def _best_parting(values: Sequence[float], penalty: float) -> list[int]:
    total = len(values)
    sums, squares = [0.0], [0.0]
    for value in values:
        sums.append(sums[-1] + value)
        squares.append(squares[-1] + value * value)

    def cost(a: int, b: int) -> float:
        return squares[b] - squares[a] - (sums[b] - sums[a]) ** 2 / (b - a)

    best = {0: -penalty}
    back: dict[int, int] = {}
    open_starts = [0]
    for end in range(STRETCH, total + 1):
        rated = [(best[a] + cost(a, end) + penalty, a) for a in open_starts if end - a >= STRETCH]
        best[end], back[end] = min(rated)
        kept = {a for value, a in rated if value <= best[end] + penalty}
        open_starts = [a for a in open_starts if a in kept or end - a < STRETCH]
        if end + STRETCH <= total:
            open_starts.append(end)
    found, at = [], back[total]
    while at > 0:
        found.append(at)
        at = back[at]
    return sorted(found)
