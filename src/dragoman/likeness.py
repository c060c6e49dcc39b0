"""How likely two events tell one happening: a sum of weights, each of which can be named.

A weight is a log-odds: +0.7 doubles the odds that both tell one happening, -0.7 halves them. They were set by hand, not
fitted: with our own series of reports (`examples/`, Sudan in 2023) and retellings made for it (`tests/retold.py`) at hand,
and corrected where errors on development reports showed that a rule was missing. What is told twice should score above 0,
what only resembles it (the next day's fight, the second meeting of the same two men) below. What rules a pair out
whatever else speaks for it is `VETO`.
"""

from __future__ import annotations

import datetime
import math
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from dragoman.records import DateBasis, Event, Participant, Prospect, Status, Telling
from dragoman.traits import OPENERS, Trait, fold, linking_words, stem, tokens

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
NEXT_DAY_AGAIN = -2.6
"""The same for acts that are done day after day (fights, protests, talks, accusations), where both texts name the day."""
NEXT_NEWS_AGAIN = -1.3
"""The same where one day is only that of publication or of the sentence before."""
EDGE_OF_DAY = -0.8
"""The same where either is told of a night or dawn, which belongs to both days."""
ABOUT_THEN = -0.5
"""A loose date ("a little over a week ago") that misses the other by less than a quarter of its width."""
NEAR_NEWS = -0.6
"""Up to four days apart where one day is only that of publication or of the sentence before."""
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
SAME_LAND = 0.35
"""The same country or body, with no sector told of one: the United Nations and their secretary-general."""
VAGUE_SIDE = 0.25
OTHER_PARTY = -2.6
"""Both tell who, and none of one is among the other."""
RECIPIENT = 1.2
"""Recipients tell happenings apart better than actors do: factor on the weights above."""

SAME_PLACE = 1.4
NEAR_PLACE = ((25.0, 1.2), (80.0, 0.5))
"""Kilometres up to which two places count as near, and the weight."""
SAME_PROVINCE = 0.5
FAR_PLACE = -4.0
"""Both tell a place below the country, more than 150 km apart: one deed has one place."""
FAR_WORDS = -1.5
"""The same for words: one report has the place where they were said, another the place that they are about."""
FAR = 150.0

SAME_COUNT = 1.2
SAME_FEW = 0.9
"""The same number of recipients below ten, as "two guerrillas": fewer than ten are often as many by chance."""
CLOSE_COUNT = 0.4
OTHER_COUNT = -1.5
"""One number is more than three times the other: even tolls that climb seldom do."""

SHARED_NAME = 0.9
SHARED_NAMES = 2.0
"""At most, however many names are shared."""
SHARED_WORD = 0.3
SHARED_WORDS = 1.5
SAME_TRIGGER = 0.5

NOTHING_TELLING = -1.2
"""Neither day, place, number, addressee nor three words are shared, nor a manner of act that is seldom done twice."""

SAME_DOCUMENT = -2.5
"""One report seldom tells a happening as two events; weaving has joined what it could."""

STATE = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "SPY"})
REBEL = frozenset({"REB", "UAF", "CRM"})
SAID = frozenset({"AGREE", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
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
    named: bool
    """Whether a name of its own is known; unnamed are "the army", "two soldiers"."""


@lru_cache(maxsize=200_000)
def _party(text: str, name: str | None, entity: str | None, country: str | None, sectors: tuple[str, ...]) -> Party:
    found = frozenset(sectors)
    side = "rebel" if found & REBEL else "state" if found & STATE else "civil" if found else ""
    words = frozenset(stem(t) for t in tokens(f"{text} {name or ''}") if len(t) > 3)
    return Party(entity, country, side, found, words, name is not None)


def party(part: Participant) -> Party:
    """A participant as linking compares it."""
    return _party(part.text, part.name, part.entity, part.country, part.sectors)


UNDATED = 10_000
"""Days that an event without a date leaves open."""


@lru_cache(maxsize=50_000)
def _ordinal(day: str | None) -> int | None:
    return datetime.date.fromisoformat(day).toordinal() if day else None


@dataclass(frozen=True, slots=True)
class Profile:
    """An event as linking compares it: small, since linking a whole store holds one of each event."""

    id: str
    document_id: str
    published: str | None
    type: str
    family: str
    """The types that reports of one happening may use for each other share a family."""
    mode: str | None
    group: int | None
    """The group of modes that this one belongs to within its type."""
    prospect: Prospect | None
    cameo: str
    quad: int
    status: Status
    historical: bool
    basis: DateBasis
    """Of the date."""
    start: int | None
    """First possible day, as an ordinal."""
    end: int | None
    """Last possible day, as an ordinal."""
    date_text: str | None
    actors: tuple[Party, ...]
    recipients: tuple[Party, ...]
    speakers: tuple[Party, ...]
    spot: str | None
    """The place below its country, as one word."""
    country: str | None
    """Of the place."""
    province: str | None
    latitude: float | None
    longitude: float | None
    counts: tuple[tuple[str, float], ...]
    said: tuple[str, ...]
    """The words of the trigger."""
    names: tuple[str, ...]
    words: tuple[str, ...]
    cues: tuple[str, ...]
    due: str | None
    due_text: str | None
    telling: Telling
    sentence: int
    """Where the sentence that tells it best begins."""

    @property
    def width(self) -> int:
        """Days that the date leaves open beyond one; a large number for no date."""
        return UNDATED if self.start is None or self.end is None else self.end - self.start

    @property
    def day(self) -> int | None:
        """The day, where the text itself names it."""
        return self.start if self.basis == "expression" and self.width <= 1 else None

    @property
    def mutual(self) -> bool:
        """Whether all parties stand as actors."""
        return len(self.actors) > 1 and not self.recipients


def profile(event: Event, trait: Trait) -> Profile:
    """An event and its traits as linking compares them."""
    rows = linking_words()
    groups = rows.mode_groups.get(event.type, ())
    date, place = event.date, event.place
    local = place is not None and place.name is not None and place.admin1 is not None
    lead = event.mentions[0]
    return Profile(
        id=event.id,
        document_id=event.document_id,
        published=event.published,
        type=sys.intern(event.type),
        family=rows.families.get(event.type, sys.intern(event.type)),
        mode=sys.intern(event.mode) if event.mode else None,
        group=next((n for n, g in enumerate(groups) if event.mode in g), None),
        prospect=_prospect(event.prospect.type, event.prospect.mode) if event.prospect else None,
        cameo=sys.intern(event.cameo),
        quad=event.quad,
        status=event.status,
        historical=event.historical,
        basis=date.basis,
        start=_ordinal(date.start or date.end),
        end=_ordinal(date.end or date.start),
        date_text=date.text if event.type in OPENERS else None,
        actors=tuple(map(party, event.actors)),
        recipients=tuple(map(party, event.recipients)),
        speakers=tuple(party(a.speaker) for a in event.attribution),
        spot=sys.intern(fold(place.name)) if local and place is not None and place.name else None,
        country=place.country if place is not None else None,
        province=place.admin1 if place is not None else None,
        latitude=place.latitude if place is not None else None,
        longitude=place.longitude if place is not None else None,
        counts=(*((m.kind, n) for m in event.magnitudes if (n := m.low or m.high)), *_numbered(event.recipients)),
        said=tuple(map(sys.intern, tokens(lead.text))),
        names=tuple(map(sys.intern, trait.names)),
        words=tuple(map(sys.intern, trait.words)),
        cues=tuple(map(sys.intern, trait.cues)),
        due=trait.due,
        due_text=trait.due_text,
        telling=telling(event),
        sentence=lead.sentence[0] if lead.where == "text" else -1,
    )


TOLD_NUMBER = re.compile(r"\d[\d,]*|[a-z]+")


def _numbered(parts: Sequence[Participant]) -> Iterable[tuple[str, float]]:
    """How many recipients there are, where their own words begin with it ("eleven soldiers", "about a dozen men")."""
    known = linking_words().numbers
    for part in parts:
        for word in TOLD_NUMBER.findall(fold(part.text))[:4] if part.name is None else ():
            number = float(word.replace(",", "")) if word[0].isdigit() else known.get(word, 0)
            if number > 1:
                yield RECIPIENTS, number
                return


RECIPIENTS = "recipients"


@lru_cache(maxsize=1_000)
def _prospect(type_: str, mode: str | None) -> Prospect:
    return Prospect(type_, mode)


def telling(event: Event) -> Telling:
    """Where an event is told best; in the body rather than in the headline."""
    mention = next((m for m in event.mentions if m.where == "text"), event.mentions[0])
    return Telling(event.document_id, event.id, event.published, mention.where, mention.sentence, mention.trigger)


def width(event: Event) -> int:
    """Days that an event's date leaves open beyond one; a large number for no date."""
    start, end = _ordinal(event.date.start or event.date.end), _ordinal(event.date.end or event.date.start)
    return UNDATED if start is None or end is None else end - start


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
    once = ("same mode", SAME_MODE) in reasons and a.type not in linking_words().daily
    if not once and not any(_is_telling(reason) for reason in reasons):
        reasons.append(("nothing telling", NOTHING_TELLING))
    return sum(w for _, w in reasons), reasons


TELLING_WEIGHT = 0.9
"""Least weight of a reason that tells one happening from others of its kind."""

PLAIN = ("same mode", "same code", "same prospect", "same trigger", "actors", "same span")
"""Reasons that speak for any two acts of one kind by one party in one season, however weighty."""


def _is_telling(reason: Reason) -> bool:
    return reason[1] >= TELLING_WEIGHT and not reason[0].startswith(PLAIN)


def _kind(a: Profile, b: Profile) -> Iterable[Reason]:
    x, y = a, b
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
        yield (
            ("same code", SAME_CODE)
            if x.cameo == y.cameo
            else ("other code", OTHER_CODE if x.cameo[:3] != y.cameo[:3] else 0.0)
        )


def _time(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.start is None or b.start is None or a.end is None or b.end is None:
        yield "no day", NO_DAY
        return
    gap = max(a.start, b.start) - min(a.end, b.end)
    weak = "publication" in (a.basis, b.basis)
    loose = weak or "inherited" in (a.basis, b.basis)
    if gap <= 0:
        wide = max(a.width, b.width)
        if wide <= 2:
            yield ("same news", SAME_NEWS) if weak else ("same day", SAME_DAY)
            return
        yield "same span", next((w for days, w in SAME_SPAN if wide <= days), 0.0)
    elif a.day is not None and b.day is not None and gap > 1:
        yield "other day", VETO
    elif gap <= 1 and max(a.width, b.width) <= 2:
        again = NEXT_NEWS_AGAIN if a.day is None or b.day is None else NEXT_DAY_AGAIN
        again = EDGE_OF_DAY if "edge" in a.cues or "edge" in b.cues else again
        yield "next day", again if a.type in linking_words().daily else NEXT_DAY
    elif gap <= max(1, max(a.width, b.width) // 4) and max(a.width, b.width) <= 31:
        yield "about then", ABOUT_THEN
    elif loose and gap <= 4:
        yield "near news", NEAR_NEWS
    elif _taken_for_news(a, b) and gap <= 60:
        yield "late news", LATE_NEWS
    else:
        yield "other time", VETO


def _taken_for_news(a: Profile, b: Profile) -> bool:
    """Whether the later of two events has no date of its own, and so may be background told without one."""
    early, late = (a, b) if (a.start or 0) <= (b.start or 0) else (b, a)
    return late.basis == "publication" and early.document_id != late.document_id


def _parties(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.mutual or b.mutual:
        both = _sides(a.actors + a.recipients, b.actors + b.recipients)
        if both is not None:
            yield (
                "parties",
                both
                * (RECIPIENT if both > 0 and len(a.actors + a.recipients) > 1 < len(b.actors + b.recipients) else 1.0),
            )
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
        if p.named and q.named:
            return SAME_PERSON
        return SAME_GROUP if p.country == q.country else SAME_SIDE
    if p.country is not None and p.country == q.country and p.side == q.side:
        return SAME_STATE if "GOV" in p.sectors & q.sectors else SAME_SIDE
    if p.side and q.side and p.side != q.side:
        return OTHER_PARTY / 2
    return SAME_LAND if p.country is not None and p.country == q.country else VAGUE_SIDE


def _place(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.spot is None or b.spot is None:
        return
    if a.spot == b.spot:
        yield "same place", SAME_PLACE
        return
    km = distance(a.latitude, a.longitude, b.latitude, b.longitude)
    near = next((w for limit, w in NEAR_PLACE if km is not None and km <= limit), None)
    if near is not None:
        yield "near place", near
    elif a.country == b.country and a.province == b.province:
        yield "same province", SAME_PROVINCE
    elif km is not None and km > FAR:
        yield "far place", FAR_WORDS if a.type in SAID else FAR_PLACE


def distance(lat: float | None, lon: float | None, lat2: float | None, lon2: float | None) -> float | None:
    """Kilometres between two points on the globe; None where a coordinate is missing."""
    if lat is None or lon is None or lat2 is None or lon2 is None:
        return None
    p, q = math.radians(lat), math.radians(lat2)
    h = math.sin((q - p) / 2) ** 2 + math.cos(p) * math.cos(q) * math.sin(math.radians(lon2 - lon) / 2) ** 2
    return 12_742 * math.asin(min(1.0, math.sqrt(h)))


def _counts(a: Profile, b: Profile) -> Iterable[Reason]:
    for kind, one in a.counts:
        two = next((n for k, n in b.counts if k == kind), None)
        if two is None:
            continue
        ratio = max(one, two) / min(one, two)
        if ratio == 1:
            yield f"same number {kind}", SAME_FEW if kind == RECIPIENTS and one < 10 else SAME_COUNT
        elif ratio <= 1.6:
            yield f"close number {kind}", CLOSE_COUNT
        elif ratio > 3:
            yield f"other number {kind}", OTHER_COUNT
        return


def _wording(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.document_id == b.document_id:
        return  # one sentence shares its words with itself
    # What was weighed as party or place isn't weighed again as a word.
    counted = {w for side in (a.actors, a.recipients, b.actors, b.recipients) for p in side for w in p.words}
    places = set(a.spot.split()) if a.spot is not None and a.spot == b.spot else set()
    names = {n for n in set(a.names).intersection(b.names) - places if stem(n) not in counted}
    if names:
        yield f"names {' '.join(sorted(names))}", min(SHARED_NAMES, SHARED_NAME * len(names))
    if words := set(a.words).intersection(b.words) - counted:
        yield f"words {' '.join(sorted(words))}", min(SHARED_WORDS, SHARED_WORD * len(words))
    if a.said and b.said and stem(a.said[0]) == stem(b.said[0]):
        yield "same trigger", SAME_TRIGGER


def _document(a: Profile, b: Profile) -> Iterable[Reason]:
    if a.document_id == b.document_id:
        yield "same document", SAME_DOCUMENT


COMPARED: tuple[Callable[[Profile, Profile], Iterable[Reason]], ...] = (
    _time,
    _kind,
    _parties,
    _place,
    _counts,
    _wording,
    _document,
)
"""What is compared, the most telling first, so that most pairs are ruled out at once."""
