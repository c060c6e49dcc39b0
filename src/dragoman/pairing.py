"""Which events of a whole store may tell one happening, held as numbers and read in order of day.

Events are ranked by the day on which they begin. Two meet where they share a block (`incidents.keys`); since no block is
wider than a season, all whom an event meets lie within some months of it, and only the profiles of these months are in
memory while the pairs are weighed.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dragoman.incidents import JUDGED, weigh
from dragoman.likeness import Profile

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Ranks = npt.NDArray[np.int64]

FEW = 25
"""Members of a block up to which all pairs meet."""

FOLLOWERS = 10
"""Members that each one meets in a larger block, next in order of day and place."""

PAIRS = 50_000
"""Pairs taken up at a time."""


@dataclass(slots=True)
class Edges:
    """Pairs of ranks that may tell one happening, as columns: a store of a million events has more than a million."""

    one: array[int] = field(default_factory=lambda: array("q"))
    """The lesser rank; of a denial that of the denying event."""
    other: array[int] = field(default_factory=lambda: array("q"))
    score: array[float] = field(default_factory=lambda: array("d"))
    """Log-odds."""
    denial: array[int] = field(default_factory=lambda: array("b"))
    """1 where one denies what the other tells."""

    def add(self, one: int, other: int, score: float, denial: bool) -> None:
        """One more pair."""
        self.one.append(one)
        self.other.append(other)
        self.score.append(score)
        self.denial.append(denial)


def meetings(keys: Ranks, ranks: Ranks, wanted: npt.NDArray[np.bool_]) -> Ranks:
    """Each pair of wanted events that meets, once, as rows of two ranks, in order of the lesser, then of the greater.

    `keys` and `ranks` are the blocks and the events in them, in any order; `wanted` tells by rank.
    """
    import numpy as np

    order = np.lexsort((ranks, keys))
    keys, ranks = keys[order], ranks[order]
    edge = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])) if len(keys) else np.zeros(0, np.int64)
    sizes = np.diff(np.concatenate([edge, [len(keys)]]))
    small = np.repeat(sizes <= FEW, sizes)
    codes = []
    for step in range(1, FEW):
        together = keys[step:] == keys[:-step]
        if step > FOLLOWERS:
            together &= small[:-step]
        at = np.flatnonzero(together & wanted[ranks[:-step]] & wanted[ranks[step:]])
        codes.append((ranks[at] << 32) | ranks[at + step])
    met = np.unique(np.concatenate(codes)) if codes else np.zeros(0, np.int64)
    return np.stack([met >> 32, met & 0xFFFFFFFF], axis=1)


def sweep(pairs: Ranks, profiles: Iterator[tuple[int, Profile]], judged: Mapping[tuple[str, str], str]) -> Edges:
    """Weighs the pairs. `profiles` gives rank and profile in order of rank, and is read as far as it is needed."""
    edges = Edges()
    window: dict[int, Profile] = {}
    low = read = 0
    for start in range(0, len(pairs), PAIRS):
        chunk = pairs[start : start + PAIRS]
        for gone in range(low, int(chunk[0, 0])):
            window.pop(gone, None)
        low, need = int(chunk[0, 0]), int(chunk[:, 1].max())
        while read <= need:
            rank, profile = next(profiles)
            read = rank + 1
            if rank >= low:
                window[rank] = profile
        for one, other in chunk.tolist():
            a, b = window[one], window[other]
            found = weigh(a, b, judged)
            if found is not None:
                score, denial = found
                first, second = (other, one) if denial and a.status != "negated" else (one, other)
                edges.add(first, second, score, denial)
    return edges


def judged_same(edges: Edges, ranks: Mapping[str, int], judged: Mapping[tuple[str, str], str]) -> None:
    """Adds the pairs that a person has taken for one; they count in place of what the rules said of them."""
    same = {(ranks[a], ranks[b]) for (a, b), j in judged.items() if j == "same" and a in ranks and b in ranks}
    if not same:
        return
    same = {(min(couple), max(couple)) for couple in same}
    rows = zip(edges.one, edges.other, edges.score, edges.denial, strict=True)
    kept = [row for row in rows if row[3] or (row[0], row[1]) not in same]
    edges.one, edges.other = array("q", [r[0] for r in kept]), array("q", [r[1] for r in kept])
    edges.score, edges.denial = array("d", [r[2] for r in kept]), array("b", [r[3] for r in kept])
    for one, other in sorted(same):
        edges.add(one, other, JUDGED, False)


def components(count: int, edges: Edges) -> Ranks:
    """For each rank below `count`, the least rank that it is joined with by edges, directly or through others."""
    import numpy as np

    root = list(range(count))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for one, other in zip(edges.one, edges.other, strict=True):
        a, b = find(one), find(other)
        if a != b:
            root[max(a, b)] = min(a, b)
    return np.array([find(i) for i in range(count)], dtype=np.int64)


def batches(sizes: Iterable[int], limit: int) -> Iterator[tuple[int, int]]:
    """Half-open ranges of parts whose sizes add up to about `limit`."""
    begin = total = count = 0
    for size in sizes:
        total += size
        count += 1
        if total >= limit:
            yield begin, count
            begin, total = count, 0
    if count > begin:
        yield begin, count


def columns(edges: Edges) -> dict[str, Any]:
    """The edges as arrays that can be sorted and cut."""
    import numpy as np

    kinds = {"one": np.int64, "other": np.int64, "score": np.float64, "denial": np.int8}
    return {name: np.frombuffer(getattr(edges, name), dtype=kind) for name, kind in kinds.items()}
