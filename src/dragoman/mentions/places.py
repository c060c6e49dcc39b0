"""Places in a text and where they are.

Names are found by longest match against countries, cities and the listed regions, seas, camps and crossings; the words
around a name tell whether it is a place there; what a name means follows from the countries of the story, the name that
encloses it ("Paris, Texas"), the other places, and how well known each candidate is.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from dragoman.mentions.knowledge import Hit
from dragoman.mentions.place_choice import encloses, renown, resolve
from dragoman.mentions.place_knowledge import (
    COMMON,
    GIVEN,
    Place,
    load_cities,
    load_places,
)
from dragoman.mentions.place_names import Finder, Name, demonym_countries, unlisted_names

ABSTAIN_BELOW = 0.35
"""Confidence under which a place keeps its name but gets no coordinates. On news articles with known toponyms, of the mentions given 0.4 to 0.7
some two thirds were within 161 km of the truth, of those given 0.8 and more 97 in 100; below 0.35 a namesake is likelier than not."""

_ENCLOSED = (", ", " in ", " (", ", in ", " ,")
_KIND_OF = re.compile(
    r" in (?:the )?[a-z-]+ |,? ?(?:(?:a|the) )?(?:[\w-]+ )?(?:city|town|village|suburb|district|area|region|province|port|neighbou?rhood|part|county|camp|hamlet|settlement|municipality) ?(?:in|of) (?:the |\w+ern |north |south |east |west )?"
)
_ENCLOSING = frozenset({"country", "province", "region", "disputed", "district", "island", "historical", "city"})
SURNAME_STRONG, SHARED_STRONG = 20_000, 80_000
"""People from which a city whose name is also a surname, or a given name, is believed after "in" or "near"."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A place named in a text."""

    text: str
    """As written."""
    start: int
    end: int
    """Code points, half-open."""
    name: str
    """Canonical name; as written where it stays unresolved."""
    country: str | None
    """ISO 3166-1 alpha-3; None for seas, for what several countries share, and where unresolved."""
    admin1: str | None
    latitude: float | None
    longitude: float | None
    """Decimal degrees; None where the resolver abstains. Regions and countries have a point inside them."""
    geonames_id: int | None
    kind: str
    """country, city, province, region, disputed, sea and so on; ``unknown`` where unresolved."""
    confidence: float
    """Chance that the point is right, from 0 to 1."""


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Places by name, and the finder over them. Loading takes a few tenths of a second and some 80 MB; use `gazetteer`."""

    finder: Finder

    @classmethod
    def load(cls) -> Gazetteer:
        """Read the shipped knowledge."""
        return cls(Finder(load_cities(), load_places()))

    def find(self, text: str, *, lead: str = "") -> list[PlaceMention]:
        """As `find_places`."""
        names = list(self.finder.names(text))
        _contain(text, names)
        accepted = _accept(names)
        votes = _votes(text, accepted)
        if lead:
            for code, weight in _votes(
                lead, [n for n in self.finder.names(lead) if n.known and not n.rejected]
            ).items():
                votes[code] += weight
        accepted += _supported(names, accepted, votes)
        accepted.sort(key=lambda name: name.start)
        mentions = [_mention(name, choice) for name, choice in zip(accepted, resolve(accepted, votes), strict=True)]
        enclosing = {m.start for m in mentions if m.kind in _ENCLOSING and m.kind != "city"}
        mentions += [
            _unresolved(text[s:e], s, e, 0.0)
            for s, e in unlisted_names(text, [n for n in names if n.rejected != "feature"], enclosing)
        ]
        return sorted(mentions, key=lambda mention: mention.start)


@lru_cache(maxsize=1)
def gazetteer() -> Gazetteer:
    """The shipped gazetteer, loaded once."""
    return Gazetteer.load()


def find_places(text: str, *, lead: str = "") -> list[PlaceMention]:
    """Every place named in a document, in text order, resolved with the whole document as context.

    `lead` is text that stands outside (title, dateline): it tells which countries the story is about and is not searched.
    A mention whose point is too uncertain has no coordinates (`ABSTAIN_BELOW`).
    """
    return gazetteer().find(text, lead=lead)


def outside_names(found: Sequence[PlaceMention], hits: Iterable[Hit]) -> list[PlaceMention]:
    """The places that are no part of a person's full name: "Paul" in "Paul-Henri Damiba" is no province."""
    named = [(h.start, h.end) for h in hits if all(e.kind == "person" for e in h.entries)]
    return [p for p in found if not any(s <= p.start and p.end <= e and (s, e) != (p.start, p.end) for s, e in named)]


def _contain(text: str, names: list[Name]) -> None:
    """Note for each name the one that encloses it: "Pandi, Bulacan", "Pandi in Bulacan"."""
    for name, following in pairwise(names):
        between = text[name.end : following.start]
        if following.rejected:
            continue
        if between in (", ", " and ", ", and ", " or ", ", or "):
            shared = _listed_beside(name, following)
            name.listed_with |= shared
            following.listed_with |= shared
        if any(p.kind == "country" for p, _ in name.options) and not (
            between == ", " and any(p.kind == "province" and p.country == "USA" for p, _ in following.options)
        ):
            continue
        if between in _ENCLOSED or (
            between.endswith((" in ", " of ")) and len(between) < 40 and _KIND_OF.fullmatch(between)
        ):
            if between == ", " and (
                not any(p.kind in _ENCLOSING for p, _ in following.options) or _listed_beside(name, following)
            ):
                continue
            name.container.append(following)
            following.contents.append(name)


def _listed_beside(name: Name, following: Name) -> set[str]:
    """Countries of which both names have a first-level region; "" where both name countries: items of one list."""
    ranks = [
        {p.country if p.kind == "province" else "" for p, _ in n.options if p.kind in ("country", "province")}
        for n in (name, following)
    ]
    return ranks[0] & ranks[1]


def _accept(names: list[Name]) -> list[Name]:
    """Names taken as places on their own evidence, or on that of the same name elsewhere in the text."""
    persons = {word for n in names if n.rejected == "person" for word in n.key.split()}
    good = {n.key for n in names if _stands(n, persons)}
    good |= {c.key for n in names if n.key in good and not n.rejected for c in n.container if _holds(c, n)}
    return [
        n
        for n in names
        if not n.rejected and (_stands(n, persons) or (n.key in good and not (n.initial and n.flags & COMMON)))
    ]


def _holds(outer: Name, inner: Name) -> bool:
    return any(encloses(o, i) for o, _ in outer.options for i, _ in inner.options)


def _stands(name: Name, persons: set[str]) -> bool:
    if name.rejected:
        return False
    if name.noun or any(_holds(outer, name) for outer in name.container):
        return True
    if name.key in persons and not name.strong:
        return False
    if name.flags & COMMON:
        return name.located and not name.initial and max((p.population for p, _ in name.options), default=0) > 50_000
    if name.known:
        return True
    people = max((p.population for p, alias in name.options if not alias), default=0)
    if name.flags:
        return name.strong and people >= (SHARED_STRONG if name.flags & GIVEN else SURNAME_STRONG)
    return name.located and not name.only_alias


def _supported(names: list[Name], accepted: list[Name], votes: dict[str, float]) -> list[Name]:
    """Smaller places that the story's countries speak for."""
    taken = {id(n) for n in accepted}
    persons = {word for n in names if n.rejected == "person" for word in n.key.split()}
    top = max(votes.values(), default=0.0)
    return [
        n
        for n in names
        if id(n) not in taken and not n.rejected and not n.flags and not n.initial and n.key not in persons
        and any(votes.get(p.country, 0) >= 0.5 * top > 0 and (p.population >= (20_000 if a and not n.located else 1000 if n.located else 5000) or p.kind not in ("city", "district")) for p, a in n.options)
    ]  # fmt: skip


def _votes(text: str, names: list[Name]) -> dict[str, float]:
    """How often the text speaks of each country: by name, by demonym, by places that only one country can claim."""
    votes: dict[str, float] = defaultdict(float)
    for code in demonym_countries(text):
        votes[code] += 0.7
    for name in names:
        if name.container:
            for code in {
                i.country for i, _ in name.options for c in name.container for o, _ in c.options if encloses(o, i)
            }:
                votes[code] += 0.5
            continue
        ranked = sorted(((renown(p, a), p.country) for p, a in name.options), reverse=True)
        best = ranked[0]
        rival = next((score for score, country in ranked if country != best[1]), 0.0)
        if best[1] and best[0] - rival >= 3:
            votes[best[1]] += 1.0
    return votes


def _unresolved(written: str, start: int, end: int, confidence: float) -> PlaceMention:
    return PlaceMention(written, start, end, written, None, None, None, None, None, "unknown", confidence)


def _mention(name: Name, choice: tuple[Place, float]) -> PlaceMention:
    place, confidence = choice
    if confidence < ABSTAIN_BELOW:
        return _unresolved(name.text, name.start, name.end, confidence)
    return PlaceMention(
        name.text, name.start, name.end, place.name, place.country or None, place.admin1 or None,
        place.latitude, place.longitude, place.geonames_id, place.kind, confidence,
    )  # fmt: skip
