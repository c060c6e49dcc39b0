"""How likely two events tell one happening: a sum of weights, each of which can be named.

A weight is a log-odds: +0.7 doubles the odds that both tell one happening, -0.7 halves them. They were set on our own
series of reports (`examples/`, Sudan in 2023) and on happenings retold by hand, so that what is told twice scores above
0 and what only resembles it (the next day's fight, the second meeting of the same two men) below. What rules a pair out
whatever else speaks for it is `VETO`.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

from dragoman.records import Event, Participant
from dragoman.traits import Trait, fold, linking_words, stem, tokens

VETO = -100.0
"""No evidence outweighs it: other day, other kind of act, another place far away."""

# --- weights -----------------------------------------------------------------------------------------------------
BASE = -2.3
"""Any two events that share a party or a name in one season: mostly two happenings."""

SAME_PROSPECT = 0.8
OTHER_PROSPECT = VETO
"""An offer to mediate is no offer of arms."""
KIN_TYPE = -0.6
"""ASSAULT told as COERCE: possible, seldom."""
SAME_MODE = 0.6
ONE_MODE = -0.1
"""Told in one report only; for a mode of its own kind (abduction, release) more, see OTHER_MODE."""
SAME_CODE = 0.5
OTHER_CODE = -0.7
"""CAMEO codes of other roots or branches within one PLOVER type without modes."""

SAME_DAY = 2.2
"""Both texts name the day."""
SAME_NEWS = 1.2
"""The same day, at least once only by publication."""
SAME_SPAN = ((7, 1.3), (31, 1.0), (100, 0.6), (400, 0.2))
"""Overlap of ranges: the wider of the two in days, and the weight."""
NEXT_DAY = -0.3
"""Days one apart: a night, or two reporters' counting."""
NEXT_DAY_AGAIN = -1.3
"""The same for acts that are done day after day: fights, protests, talks, accusations."""
ABOUT_THEN = -0.5
"""A loose date ("a little over a week ago") that misses the other by less than a quarter of its width."""
NEAR_NEWS = -0.6
"""Up to four days apart where one day is only that of publication."""
LATE_NEWS = -2.4
"""Up to sixty days apart where an undated telling was taken for news."""
NO_DAY = -0.4

SAME_PERSON = 1.2
SAME_GROUP = 0.9
SAME_STATE = 0.7
SAME_SIDE = 0.5
"""The same country's forces, officials or rebels, differently named."""
SAME_PEOPLE = 0.3
"""Unnamed people of one trade, whose country one report takes from where they live and another from where they are."""
VAGUE_SIDE = 0.25
OTHER_PARTY = -2.6
"""Both tell who, and none of one is among the other."""
RECIPIENT = 1.2
"""Recipients tell happenings apart better than actors do: factor on the weights above."""

SAME_PLACE = 1.4
NEAR_PLACE = ((25.0, 1.2), (80.0, 0.5))
"""Kilometres up to which two places count as near, and the weight."""
SAME_PROVINCE = 0.5
FAR_PLACE = -2.2
"""Both tell a place below the country, more than 150 km apart."""
FAR = 150.0

SAME_COUNT = 1.2
CLOSE_COUNT = 0.4
OTHER_COUNT = -0.9
"""One number is more than three times the other: even tolls that climb seldom do."""

SHARED_NAME = 0.9
SHARED_NAMES = 2.0
"""At most, however many names are shared."""
SHARED_WORD = 0.3
SHARED_WORDS = 1.5
SAME_TRIGGER = 0.5

SAME_DOCUMENT = -2.5
"""One report seldom tells a happening as two events; weaving has joined what it could."""
SAME_SENTENCE = -0.4
"""Two predicates for one deed in one sentence ("bombed ... and killed")."""

STATE = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "SPY"})
REBEL = frozenset({"REB", "UAF", "CRM"})
SIGNING = "057"
MATERIAL_CONFLICT = 4


class Party(NamedTuple):
    """A participant as linking compares it."""

    entity: str | None
    country: str | None
    side: str
    """`state`, `rebel` or `civil`; empty where the record doesn't tell."""
    sectors: frozenset[str]
    words: frozenset[str]


@lru_cache(maxsize=200_000)
def _party(text: str, name: str | None, entity: str | None, country: str | None, sectors: tuple[str, ...]) -> Party:
    found = frozenset(sectors)
    side = "rebel" if found & REBEL else "state" if found & STATE else "civil" if found else ""
    return Party(entity, country, side, found, frozenset(stem(t) for t in tokens(f"{text} {name or ''}") if len(t) > 3))


def party(part: Participant) -> Party:
    """A participant as linking compares it."""
    return _party(part.text, part.name, part.entity, part.country, part.sectors)


def _ordinal(day: str | None) -> int | None:
    return datetime.date.fromisoformat(day).toordinal() if day else None


@dataclass(frozen=True)
class Profile:
    """An event as linking compares it."""

    event: Event
    trait: Trait

    @cached_property
    def start(self) -> int | None:
        """First possible day, as an ordinal."""
        date = self.event.date
        return _ordinal(date.start or date.end)

    @cached_property
    def end(self) -> int | None:
        """Last possible day, as an ordinal."""
        date = self.event.date
        return _ordinal(date.end or date.start)

    @cached_property
    def width(self) -> int:
        """Days that the date leaves open beyond one; a large number for no date."""
        return 10_000 if self.start is None or self.end is None else self.end - self.start

    @cached_property
    def day(self) -> int | None:
        """The day, where the text itself names it."""
        return self.start if self.event.date.basis == "expression" and self.width <= 1 else None

    @cached_property
    def family(self) -> str:
        """The types that reports of one happening may use for each other share a family."""
        return linking_words().families.get(self.event.type, self.event.type)

    @cached_property
    def actors(self) -> tuple[Party, ...]:
        return tuple(party(p) for p in self.event.actors)

    @cached_property
    def recipients(self) -> tuple[Party, ...]:
        return tuple(party(p) for p in self.event.recipients)

    @cached_property
    def mutual(self) -> bool:
        """Whether all parties stand as actors."""
        return len(self.actors) > 1 and not self.recipients

    @cached_property
    def names(self) -> frozenset[str]:
        return frozenset(self.trait.names)

    @cached_property
    def words(self) -> frozenset[str]:
        return frozenset(self.trait.words)

    @cached_property
    def trigger(self) -> str:
        found = tokens(self.event.mentions[0].text) if self.event.mentions else []
        return stem(found[0]) if found else ""

    @cached_property
    def group(self) -> int | None:
        """The group of modes that this one belongs to within its type."""
        groups = linking_words().mode_groups.get(self.event.type, ())
        return next((n for n, g in enumerate(groups) if self.event.mode in g), None)

    @cached_property
    def spot(self) -> str | None:
        """The place below its country, as one word."""
        place = self.event.place
        if place is None or place.name is None or place.admin1 is None:
            return None
        return fold(place.name)


Reason = tuple[str, float]


def likeness(a: Profile, b: Profile) -> tuple[float, list[Reason]]:
    """The log-odds that both tell one happening, and what they are made of, in fixed order.

    Symmetric. Status is not looked at: whoever asks decides whether a denial may stand for what it denies.
    """
    reasons: list[Reason] = [("base", BASE)]
    for compare in COMPARED:
        for reason in compare(a, b):
            if reason[1] <= VETO:
                return VETO, [reason]
            reasons.append(reason)
    return sum(w for _, w in reasons), reasons


def _kind(a: Profile, b: Profile) -> Iterable[Reason]:
    x, y = a.event, b.event
    if a.family != b.family:
        # What one side calls an entry of troops the other denies as an attack.
        denied = "negated" in (x.status, y.status) and x.quad == y.quad == MATERIAL_CONFLICT
        yield ("denied act", KIN_TYPE) if denied else ("other type", VETO)
    elif x.type != y.type:
        yield "kindred type", KIN_TYPE
    if x.type == y.type == "SUPPORT" and (x.cameo == SIGNING) != (y.cameo == SIGNING):
        yield "signing or not", VETO
    if x.prospect is not None and y.prospect is not None:
        same = x.prospect.type == y.prospect.type and (
            x.prospect.mode is None or y.prospect.mode is None or x.prospect.mode == y.prospect.mode
        )
        yield ("same prospect", SAME_PROSPECT) if same else ("other prospect", OTHER_PROSPECT)
    if x.mode is not None and y.mode is not None and x.type == y.type:
        if x.mode == y.mode:
            yield "same mode", SAME_MODE
        elif a.group != b.group:
            yield "other mode", VETO
    elif x.mode != y.mode:
        yield "mode once", ONE_MODE
    elif x.type == y.type and x.prospect is None:
        yield ("same code", SAME_CODE) if x.cameo == y.cameo else ("other code", OTHER_CODE if x.cameo[:3] != y.cameo[:3] else 0.0)


def _time(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.start is None or b.start is None or a.end is None or b.end is None:
        yield "no day", NO_DAY
        return
    gap = max(a.start, b.start) - min(a.end, b.end)
    weak = "publication" in (a.event.date.basis, b.event.date.basis)
    if gap <= 0:
        wide = max(a.width, b.width)
        if wide <= 2:
            yield ("same news", SAME_NEWS) if weak else ("same day", SAME_DAY)
            return
        yield "same span", next((w for days, w in SAME_SPAN if wide <= days), 0.0)
    elif a.day is not None and b.day is not None and gap > 1:
        yield "other day", VETO
    elif gap <= 1 and max(a.width, b.width) <= 2:
        yield "next day", NEXT_DAY_AGAIN if a.event.type in linking_words().daily else NEXT_DAY
    elif gap <= max(1, max(a.width, b.width) // 4) and max(a.width, b.width) <= 31:
        yield "about then", ABOUT_THEN
    elif weak and gap <= 4:
        yield "near news", NEAR_NEWS
    elif _taken_for_news(a, b) and gap <= 60:
        yield "late news", LATE_NEWS
    else:
        yield "other time", VETO


def _taken_for_news(a: Profile, b: Profile) -> bool:
    """Whether the later of two events has no date of its own, and so may be background told without one."""
    early, late = (a, b) if (a.start or 0) <= (b.start or 0) else (b, a)
    return late.event.date.basis == "publication" and early.event.document_id != late.event.document_id


def _parties(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.mutual or b.mutual:
        both = _sides(a.actors + a.recipients, b.actors + b.recipients)
        if both is not None:
            yield "parties", both * (RECIPIENT if both > 0 and len(a.actors + a.recipients) > 1 < len(b.actors + b.recipients) else 1.0)
        return
    who = _sides(a.actors, b.actors)
    if who is not None:
        yield "actors", who
    whom = _sides(a.recipients, b.recipients)
    if whom is not None:
        yield "recipients", whom * RECIPIENT


def _sides(one: tuple[Party, ...], other: tuple[Party, ...]) -> float | None:
    """The best that any party of one side is found in the other; None where a side is empty."""
    if not one or not other:
        return None
    return max(alike(p, q) for p in one for q in other)


def alike(p: Party, q: Party) -> float:
    """The weight of two participants being one, from OTHER_PARTY to SAME_PERSON."""
    if p.entity is not None and p.entity == q.entity:
        kind = p.entity.split("/", 1)[0]
        return SAME_PERSON if kind == "person" else SAME_STATE if kind == "country" else SAME_GROUP
    if p.country is not None and q.country is not None and p.country != q.country:
        unnamed = p.entity is None and q.entity is None and p.side == q.side == "civil"
        return SAME_PEOPLE if unnamed and p.sectors & q.sectors else OTHER_PARTY
    if p.side and q.side and p.side != q.side and "civil" not in (p.side, q.side):
        return OTHER_PARTY
    kinds = {p.entity.split("/", 1)[0], q.entity.split("/", 1)[0]} if p.entity and q.entity else set()
    if kinds in ({"group"}, {"organization"}) or (kinds == {"person"} and not p.words & q.words):
        return OTHER_PARTY
    if p.words & q.words:
        return SAME_GROUP if p.country == q.country else SAME_SIDE
    if p.country is not None and p.country == q.country and p.side == q.side:
        return SAME_STATE if "GOV" in p.sectors & q.sectors else SAME_SIDE
    if p.side and q.side and p.side != q.side:
        return OTHER_PARTY / 2
    return VAGUE_SIDE


def _place(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.spot is None or b.spot is None:
        return
    if a.spot == b.spot:
        yield "same place", SAME_PLACE
        return
    x, y = a.event.place, b.event.place
    assert x is not None
    assert y is not None
    km = distance(x.latitude, x.longitude, y.latitude, y.longitude)
    near = next((w for limit, w in NEAR_PLACE if km is not None and km <= limit), None)
    if near is not None:
        yield "near place", near
    elif x.country == y.country and x.admin1 == y.admin1:
        yield "same province", SAME_PROVINCE
    elif km is not None and km > FAR:
        yield "far place", FAR_PLACE


def distance(lat: float | None, lon: float | None, lat2: float | None, lon2: float | None) -> float | None:
    """Kilometres between two points on the globe; None where a coordinate is missing."""
    if lat is None or lon is None or lat2 is None or lon2 is None:
        return None
    p, q = math.radians(lat), math.radians(lat2)
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 12_742 * math.asin(min(1.0, math.sqrt(h)))


def _counts(a: Profile, b: Profile) -> Iterable[Reason]:
    for m in a.event.magnitudes:
        other = next((n for n in b.event.magnitudes if n.kind == m.kind), None)
        one, two = (m.low or m.high), (other.low or other.high) if other is not None else None
        if not one or not two:
            continue
        ratio = max(one, two) / min(one, two)
        if ratio == 1:
            yield f"same number {m.kind}", SAME_COUNT
        elif ratio <= 1.6:
            yield f"close number {m.kind}", CLOSE_COUNT
        elif ratio > 3:
            yield f"other number {m.kind}", OTHER_COUNT
        return


def _wording(a: Profile, b: Profile) -> Iterable[Reason]:
    if names := a.names & b.names:
        yield f"names {' '.join(sorted(names))}", min(SHARED_NAMES, SHARED_NAME * len(names))
    if words := a.words & b.words:
        yield f"words {' '.join(sorted(words))}", min(SHARED_WORDS, SHARED_WORD * len(words))
    if a.trigger and a.trigger == b.trigger:
        yield "same trigger", SAME_TRIGGER


def _document(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.event.document_id != b.event.document_id:
        return
    one, other = a.event.mentions[0], b.event.mentions[0]
    together = one.where == other.where and one.sentence == other.sentence
    yield ("same sentence", SAME_SENTENCE) if together else ("same document", SAME_DOCUMENT)


COMPARED: tuple[Callable[[Profile, Profile], Iterable[Reason]], ...] = (_time, _kind, _parties, _place, _counts, _wording, _document)
"""What is compared, the most telling first, so that most pairs are ruled out at once."""
