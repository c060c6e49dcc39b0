"""The same happening across documents: which events tell it, and what they tell together.

1. Blocking: events meet only in blocks (family of types, a party or a name, a span of days), so that the cost is near
   linear in the number of events.
2. Each pair that meets is scored (`likeness`); what scores above 0 is an edge.
3. Clustering: edges are taken from the strongest down; two clusters join if their best-told members agree on the
   average, none of these rules out another, and all named days lie within one day of each other. So a run of daily
   fights, each like the next, never becomes one.
4. A denial joins no cluster; it is laid beside the incident that it fits best.

Everything depends on the set of events alone, not on the order in which they came; clusters in different components of
the graph of edges don't see each other, so that a component can be done again by itself.
"""

from __future__ import annotations

import datetime
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from dragoman.likeness import VETO, Profile, alike, likeness
from dragoman.records import Link

RULES = 2
"""Version of the rules of linking; a store linked by another is linked anew as a whole."""

THRESHOLD = 0.0
"""Log-odds from which two events are taken for one happening."""

AGREEMENT = 0.0
"""Least average likeness between the best-told members of two clusters that join."""

RETOLD = -1.2
"""Log-odds from which background is taken for a retelling of the one happening that it fits clearly best."""

MARGIN = 0.8
"""By how much that happening must fit better than any other."""

BEST_TOLD = 4
"""Members that speak for a cluster: enough to catch a stray, few enough to keep joining cheap."""

WEEK = 8
"""Days of a narrow block."""

SEASON = 91
"""Days of a wide block."""

SLACK = 2
"""Days by which reports of one happening may miss each other."""

MONTHS = 190
"""Days up to which parties alone, with the kind of act, make a wide block; beyond it only names do."""

NARROW = 14
"""Days up to which a date counts as narrow."""

LONGEST = 400
"""Days of a range that are looked at, its last ones: what began long ago is told by how it stands now."""

REACH = 600
"""Code points within which a denial follows what it denies in the same document."""

DENIAL_NEAR = 2.5
"""For a denial in the same document shortly after what it denies, in place of the penalty for one document."""

ACCUSED = 0.5
"""Likeness of a denial by the accused to the accusation, where the deed itself is no event of its own."""

JUDGED = 100.0


@dataclass(slots=True)
class Graph:
    """Which events may tell one happening."""

    edges: dict[tuple[str, str], float] = field(default_factory=dict)
    """Log-odds by pair of event ids, the lesser first; above the threshold, or of background above `RETOLD`."""
    denials: dict[tuple[str, str], float] = field(default_factory=dict)
    """(denying event, denied event)."""
    judged: Mapping[tuple[str, str], str] = field(default_factory=dict)
    """A person's judgement by pair of event ids, the lesser first."""


@lru_cache(maxsize=200_000)
def _seed(*parts: str) -> int:
    return int.from_bytes(hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest(), "big")


def _mixed(seed: int, number: int) -> int:
    """A seed and a number as one positive key (the finalizer of splitmix64): a block for each season, without hashing anew."""
    x = (seed + number * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
    x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
    x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
    return (x ^ (x >> 31)) >> 1


def span(profile: Profile) -> tuple[int, int] | None:
    """The days within which an event is looked for, as ordinals, `LONGEST` at most; None where nothing is known.

    What has no date may have happened in the year before its report.
    """
    start, end = profile.start, profile.end
    if start is None or end is None:
        if profile.published is None:
            return None
        end = datetime.date.fromisoformat(profile.published).toordinal()
        return end - 365, end
    return max(start, end - LONGEST), end


def keys(profile: Profile) -> list[int]:
    """The blocks that an event belongs to; a function of the event alone."""
    family, found = profile.family, set()
    if profile.speakers or profile.status == "negated" or profile.type == "ACCUSE":
        found.add(_mixed(_seed("document", profile.document_id), 0))
    parts = [*profile.actors, *profile.recipients][:6]
    names = {*profile.names} | {p.entity for p in parts if p.entity and p.entity.startswith("person/")}
    if profile.spot is not None:
        names.add(f"@{profile.spot}")
    days = span(profile)
    if days is None:
        return sorted(found)
    start, end = days
    sides = {p.country or p.entity or " ".join(sorted(p.words)) for p in parts}
    seeds = [_seed("name", family, name) for name in names]
    if end - start <= MONTHS:
        seeds += [_seed("side", family, profile.mode or profile.cameo, side) for side in sides]
    for season in range((start - SLACK) // SEASON, (end + SLACK) // SEASON + 1):
        found.update([_mixed(seed, season) for seed in seeds])
    if end - start <= NARROW:
        seeds = [_seed("week", family, side) for side in sides]
        for week in range((start - SLACK) // WEEK, (end + SLACK) // WEEK + 1):
            found.update([_mixed(seed, week) for seed in seeds])
    return sorted(found)


def weigh(a: Profile, b: Profile, judged: Mapping[tuple[str, str], str]) -> tuple[float, bool] | None:
    """The log-odds of an edge between two events and whether it is a denial; None where there is none."""
    if b.id < a.id:
        a, b = b, a
    one, other = a.status == "negated", b.status == "negated"
    if one and other:
        return None
    if one or other:
        deny, told = (a, b) if one else (b, a)
        if not deny.speakers or told.status != "actual":
            return None
        score = denial(deny, told)
        return (score, True) if score >= THRESHOLD else None
    if a.status != b.status or (judged and judged.get((a.id, b.id)) == "different"):
        return None
    score = likeness(a, b)[0]
    return (round(score, 6), False) if score >= (RETOLD if _retells(a, b) else THRESHOLD) else None


def _retells(a: Profile, b: Profile) -> bool:
    """Whether one report tells as background what another tells too: an act of one manner or to one end."""
    if a.document_id == b.document_id or not (a.historical or b.historical):
        return False
    return (a.mode is not None and a.mode == b.mode) or (a.prospect is not None and b.prospect is not None)


def denial(deny: Profile, told: Profile) -> float:
    """The log-odds that an event denies what another tells."""
    here = deny.document_id == told.document_id
    gap = deny.sentence - told.sentence
    near = here and 0 <= gap <= REACH
    if told.type == "ACCUSE" and deny.type != "ACCUSE":
        accused = near and any(alike(p, q) > 0 for p in told.recipients for q in deny.actors)
        return ACCUSED if accused else VETO
    score, reasons = likeness(deny, told)
    if score > VETO and near:
        score += DENIAL_NEAR - sum(w for name, w in reasons if name == "same document")
    return score


class _Cluster:
    """Events taken for one happening so far."""

    __slots__ = ("first", "last", "lead", "members")

    def __init__(self, profile: Profile) -> None:
        self.members = [profile]
        self.lead = [profile]
        self.first = profile.day
        self.last = profile.day

    def may_join(self, other: _Cluster, judged: Mapping[tuple[str, str], str], least: float = AGREEMENT) -> bool:
        days = [d for d in (self.first, self.last, other.first, other.last) if d is not None]
        if days and max(days) - min(days) > 1:
            return False
        if judged and any(_judged(judged, p, q) == "different" for p in self.members for q in other.members):
            return False
        scores = [_pinned(judged, p, q) for p in self.lead for q in other.lead]
        return min(scores) > VETO and sum(scores) / len(scores) >= least

    def take(self, other: _Cluster) -> None:
        self.members += other.members
        self.lead = sorted(self.lead + other.lead, key=_told_best)[:BEST_TOLD]
        days = [d for d in (self.first, self.last, other.first, other.last) if d is not None]
        self.first, self.last = (min(days), max(days)) if days else (None, None)


def _told_best(profile: Profile) -> tuple[bool, int, int, str]:
    """The best-told first: its day named, its date narrow, its parties told."""
    parties = bool(profile.actors) + bool(profile.recipients) + (profile.spot is not None)
    return (profile.day is None, min(profile.width, 400), -parties, profile.id)


def _judged(judged: Mapping[tuple[str, str], str], p: Profile, q: Profile) -> str | None:
    one, other = p.id, q.id
    return judged.get((one, other) if one < other else (other, one))


def _pinned(judged: Mapping[tuple[str, str], str], p: Profile, q: Profile) -> float:
    return JUDGED if judged and _judged(judged, p, q) == "same" else likeness(p, q)[0]


def cluster(
    component: Sequence[str], profiles: Mapping[str, Profile], graph: Graph, edges: Sequence[tuple[str, str]]
) -> list[list[Profile]]:
    """The happenings of one component: its events that are no denial, parted; in order of their first event."""
    home = {i: _Cluster(profiles[i]) for i in component if profiles[i].status != "negated"}
    ordered = sorted(edges, key=lambda e: (-graph.edges[e], e))
    for one, other in ordered:
        score = graph.edges[one, other]
        a, b = home[one], home[other]
        if score >= THRESHOLD and a is not b and (score >= JUDGED or a.may_join(b, graph.judged)):
            _join(home, a, b)
    _join_retold(home, [e for e in ordered if graph.edges[e] < THRESHOLD], graph)
    parted = {id(c): c for c in home.values()}
    return sorted((sorted(c.members, key=founding) for c in parted.values()), key=lambda m: founding(m[0]))


def _join(home: dict[str, _Cluster], a: _Cluster, b: _Cluster) -> None:
    if len(a.members) < len(b.members):
        a, b = b, a
    a.take(b)
    for profile in b.members:
        home[profile.id] = a


def _join_retold(home: dict[str, _Cluster], weak: Sequence[tuple[str, str]], graph: Graph) -> None:
    """Joins background to the happening that it fits clearly best, where there is one."""
    touching: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for edge in weak:
        touching[edge[0]].append(edge)
        touching[edge[1]].append(edge)
    for one, other in weak:
        a, b = home[one], home[other]
        if a is b or not a.may_join(b, graph.judged, RETOLD):
            continue
        least = graph.edges[one, other] - MARGIN
        near = (e for c in (a, b) for p in c.members[:BEST_TOLD] for e in touching[p.id] if graph.edges[e] > least)
        if not any(_rival(home, e, a, b, graph) for e in near):
            _join(home, a, b)


def _rival(home: dict[str, _Cluster], edge: tuple[str, str], a: _Cluster, b: _Cluster, graph: Graph) -> bool:
    """Whether an edge leads from one of two clusters to a third that it might join as well."""
    x, y = home[edge[0]], home[edge[1]]
    return x is not y and {id(x), id(y)} != {id(a), id(b)} and x.may_join(y, graph.judged, RETOLD)


def founding(profile: Profile) -> tuple[str, str, int, str]:
    """The order in which reports found an incident: by publication."""
    return (profile.published or "9999", profile.document_id, profile.sentence, profile.id)


@dataclass(frozen=True, slots=True)
class Happening:
    """Events that tell one happening, founding report first, and those that deny it, by id."""

    members: tuple[str, ...]
    denials: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Parted:
    """What became of one component."""

    component: str
    members: tuple[str, ...]
    happenings: tuple[Happening, ...]


def part(members: Sequence[str], profiles: Mapping[str, Profile], graph: Graph) -> Parted:
    """The happenings of one component: `members` are its events in order of id, `graph` holds its edges alone."""
    clusters = cluster(members, profiles, graph, list(graph.edges))
    home = {p.id: n for n, members in enumerate(clusters) for p in members}
    denied = _denied(graph, profiles, home)
    happenings = [
        Happening(tuple(p.id for p in told), tuple(sorted(denied.get(n, ()))), tuple(_links(told, graph)))
        for n, told in enumerate(clusters)
    ]
    return Parted(members[0], tuple(members), tuple(happenings))


def _denied(graph: Graph, profiles: Mapping[str, Profile], home: Mapping[str, int]) -> dict[int, list[str]]:
    """Each denial's best incident: the deed itself before the accusation of it."""
    best: dict[str, tuple[bool, float, str]] = {}
    for (deny, told), score in graph.denials.items():
        rank = (profiles[told].type != "ACCUSE", score, told)
        best[deny] = max(best.get(deny, rank), rank)
    found: dict[int, list[str]] = defaultdict(list)
    for deny, (_, _, told) in best.items():
        found[home[told]].append(deny)
    return found


def _links(members: Sequence[Profile], graph: Graph) -> list[Link]:
    """The strongest link of each member to another, explained; members are few, or their leads stand for them."""
    if len(members) < 2:
        return []
    leads = sorted(members, key=_told_best)[: 2 * BEST_TOLD]
    chosen: dict[tuple[str, str], tuple[Profile, Profile]] = {}
    for profile in members:
        rated = []
        for other in leads:
            if other is not profile:
                a, b = (profile, other) if profile.id < other.id else (other, profile)
                couple = (a.id, b.id)
                score = graph.edges.get(couple)
                rated.append((round(likeness(a, b)[0] if score is None else score, 2), couple, a, b))
        _, couple, a, b = max(rated, key=lambda r: r[:2])
        chosen[couple] = (a, b)
    return [_explained(*pair, graph.edges.get(couple, 0.0)) for couple, pair in sorted(chosen.items())]


def _explained(a: Profile, b: Profile, edge: float) -> Link:
    if edge >= JUDGED:
        return Link(a.id, b.id, JUDGED, ("a person's judgement +100",))
    score, reasons = likeness(a, b)
    shown = sorted((r for r in reasons if r[1]), key=lambda r: (-abs(r[1]), r[0]))
    return Link(a.id, b.id, round(score, 2), tuple(f"{name} {weight:+.2f}" for name, weight in shown))
