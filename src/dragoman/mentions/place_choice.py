"""Which of several namesakes a text means: renown, the story's countries, the enclosing name, and the other places."""

from __future__ import annotations

import math
from collections import Counter

from dragoman.mentions.place_knowledge import STATES, Place
from dragoman.mentions.place_names import Name

RENOWN = {
    "country": 18.0, "continent": 18.0, "disputed": 14.5, "sea": 14.0, "region": 13.0, "strait": 13.0, "province": 12.5,
    "island": 12.5, "base": 12.0, "historical": 12.0, "river": 11.5, "desert": 12.0, "mountains": 11.5, "camp": 11.5,
    "crossing": 11.5, "valley": 11.5, "town": 11.5, "district": 11.5,
}  # fmt: skip
"""How well known a listed place is, on the scale on which a city of a million people stands at 12 (`PER_DECADE`).
Set by hand so that the usual reading of a bare name wins."""
STATE_BONUS = 2.5
"""What a first-level region of `STATES` is worth beyond others."""
NAMESAKE_LOSS = 6.0
"""What a region costs that is named like its own country (the state of México)."""
PER_DECADE = 2.5
"""What ten times the population is worth."""
CAPITAL_GAIN = 5.5
"""What being a country's capital is worth to a city called by its own name."""
CITY_OF_REGION = 3.5
"""What a city of 50,000 or more (a million in `STATES`) is worth over the region that bears its name, where no word tells that the region is meant."""
IN_LIST = 5.0
"""What a state is worth in a list of states ("Oregon, Washington and Idaho")."""
MINOR_LOSS = 5.5
ALIAS_LOSS = 3.0
"""What an alternate spelling costs: most are other languages' names."""
STORY = 4.0
"""What the story's main country is worth: as much as a population 40 times as large. Between 3 and 6, and with `PER_DECADE` between 2 and 3,
the toponyms resolved rightly on news articles change by less than 1 in 1,000."""
INSIDE, OUTSIDE = 9.0, -3.0
"""What an enclosing name is worth to a place within it and costs one that is not."""
ENCLOSING = 5.0
"""What it is worth to a place that it encloses a namesake of what stands before it ("Athens, Georgia")."""
NEAR = ((60.0, 2.5), (200.0, 2.0), (600.0, 1.0))
"""Worth of the nearest other place of the text, by distance in km."""
LITTLE_KNOWN = 10.0
"""Renown under which an enclosing name that does not fit speaks against a place (a city of some 160,000)."""
UNENCLOSED = 0.3
"""What is left of the confidence then."""
ANCHORS = 60
"""Places whose neighbourhood counts: keeps long documents linear in time."""
REACH = 5.5
"""Degrees of latitude beyond which no other place is near by `NEAR`."""
SUREST = 0.98
"""The most that is claimed: of the mentions with no rival at all, 2 in 100 are none of the places known by that name."""
SAME_KM = 100.0
"""Candidates this near each other are one answer."""


def kilometres(a: Place, b: Place) -> float:
    """Great-circle distance."""
    p, q = math.radians(a.latitude), math.radians(b.latitude)
    h = (
        math.sin((q - p) / 2) ** 2
        + math.cos(p) * math.cos(q) * math.sin(math.radians(b.longitude - a.longitude) / 2) ** 2
    )
    return 12742 * math.asin(min(1.0, math.sqrt(h)))


def renown(place: Place, alias: bool = False) -> float:
    """How likely a bare name means the place, before any context (see `RENOWN`)."""
    if place.kind == "city":
        score = PER_DECADE * math.log10((place.population + 100) / 1e6) + 12.0
        return score - (ALIAS_LOSS if alias else 0) + (CAPITAL_GAIN if place.capital and not alias else 0)
    if place.kind == "district" and place.minor:
        return 8.0
    score = RENOWN.get(place.kind, 11.0) - (MINOR_LOSS if place.minor else 0) - (1.5 if alias else 0)
    if place.kind == "province" and place.country in STATES:
        score += STATE_BONUS
    return score


def encloses(outer: Place, inner: Place) -> bool:
    """Whether `inner` may lie in `outer`."""
    if outer is inner or (outer.name == inner.name and outer.kind == inner.kind):
        return False
    if outer.kind == "country":
        return inner.kind != "country" and outer.country == inner.country
    if outer.kind == "province":
        return (
            inner.kind not in ("country", "province")
            and outer.country == inner.country
            and outer.admin1 == inner.admin1
        )
    if outer.kind == "district":
        return inner.kind == "city" and outer.country == inner.country and kilometres(outer, inner) < 80
    if outer.kind in ("region", "disputed", "historical", "island", "valley"):
        return (
            inner.kind in ("city", "town", "district", "province", "camp")
            and kilometres(outer, inner) < 500
            and (not outer.country or outer.country == inner.country)
        )
    if outer.kind == "city":
        return (
            inner.kind in ("city", "town", "district", "camp", "base")
            and inner.population < outer.population
            and kilometres(outer, inner) < 30
            and outer.population > 500_000
        )
    return False


def _noun_fit(noun: str, place: Place) -> float:
    """How a place suits the word for its kind that stands beside its name."""
    if not noun:
        return -1.5 if place.kind == "district" and place.minor else 0.0
    if noun in (
        "province",
        "state",
        "governorate",
        "oblast",
        "prefecture",
        "region",
        "canton",
        "republic",
        "krai",
        "territory",
        "provinces",
    ):
        return 5.0 if place.kind in ("province", "region", "disputed") else 0.0 if place.kind == "country" else -2.0
    if noun in ("county", "district", "division", "parish", "raion"):
        return 4.0 if place.kind == "district" else 0.0
    if noun in (
        "city",
        "town",
        "village",
        "suburb",
        "capital",
        "port",
        "settlement",
        "hamlet",
        "neighborhood",
        "neighbourhood",
    ):
        return 4.0 if place.kind in ("city", "town", "camp") else -4.0
    if noun in ("island", "islands"):
        return 5.0 if place.kind == "island" else 0.0
    return 0.0


def _story(place: Place, votes: dict[str, float], top: float) -> float:
    weight = votes.get(place.country, 0.0)
    if not weight:
        return 0.0
    return STORY * (0.5 * weight / top + 0.5 * min(1.0, weight / 3))


def _static(name: Name, votes: dict[str, float], top: float) -> list[float]:
    scores = []
    nations = [p.country for p, _ in name.options if p.kind == "country"]
    own = any(p.population >= 20_000 for p, alias in name.options if not alias)
    regions = {(p.country, p.admin1) for p, _ in name.options if p.kind == "province"}
    for place, alias in name.options:
        score = renown(place, alias) + _story(place, votes, top) + _noun_fit(name.noun, place)
        if place.kind == "country" and len(nations) < 2:
            score = renown(place) + _noun_fit(name.noun, place)
        if alias and place.kind == "city" and own:
            score -= ALIAS_LOSS
        if place.kind == "province" and place.country in name.listed_with:
            score += IN_LIST
        if (
            place.kind == "city"
            and place.population >= (1_000_000 if place.country in STATES else 50_000)
            and not name.noun
            and (place.country, place.admin1) in regions
        ):
            score += CITY_OF_REGION
        if place.country in nations and place.kind != "country":
            score -= NAMESAKE_LOSS
        if name.container:
            inside = any(encloses(outer, place) for c in name.container for outer, _ in c.options)
            score += INSIDE if inside else OUTSIDE
        if name.contents and any(encloses(place, inner) for n in name.contents for inner, _ in n.options):
            score += ENCLOSING
        scores.append(score)
    return scores


def _pick(name: Name, scores: list[float]) -> tuple[Place, float]:
    best = max(range(len(scores)), key=lambda n: (scores[n], -n))
    top = scores[best]
    place = name.options[best][0]
    near = total = 0.0
    for score, (other, _) in zip(scores, name.options, strict=True):
        weight = math.exp(score - top)
        total += weight
        if other is place or kilometres(other, place) <= SAME_KM:
            near += weight
    return place, round(SUREST * near / total, 3)


def resolve(names: list[Name], votes: dict[str, float]) -> list[tuple[Place, float]]:
    """For each name the place it most likely means, and how likely (0 to 1)."""
    top = max(votes.values(), default=0.0) or 1.0
    static = [_static(name, votes, top) for name in names]
    _share(names, static)
    chosen = [_pick(name, scores) for name, scores in zip(names, static, strict=True)]
    for _ in range(2):
        anchors = _anchors(names, chosen)
        known: dict[str, tuple[list[tuple[Place, bool]], list[float]]] = {}
        chosen = [
            _pick(name, _with_neighbours(name, scores, anchors, known))
            for name, scores in zip(names, static, strict=True)
        ]
    return [_doubted(name, place, sure) for name, (place, sure) in zip(names, chosen, strict=True)]


def _anchors(names: list[Name], chosen: list[tuple[Place, float]]) -> list[tuple[str, Place]]:
    """The places most often named with some certainty, each with its key."""
    counts = Counter(
        (name.key, place)
        for name, (place, sure) in zip(names, chosen, strict=True)
        if sure > 0.6 and place.kind not in ("country", "continent", "sea")
    )
    return [anchor for anchor, _ in counts.most_common(ANCHORS)]


def _doubted(name: Name, place: Place, sure: float) -> tuple[Place, float]:
    """A little-known place outside what the text encloses it in ("Stroud, Ontario") is most likely a namesake that is not listed."""
    if renown(place) < LITTLE_KNOWN and any(_is_region(c) for c in name.container):
        inside = any(encloses(outer, place) for c in name.container for outer, _ in c.options)
        return place, sure if inside else round(sure * UNENCLOSED, 3)
    return place, sure


def _is_region(name: Name) -> bool:
    """Whether the best known place of that name is a country or a region, and so no mere neighbour in a list of towns."""
    return max(name.options, key=lambda option: renown(*option))[0].kind in (
        "country",
        "province",
        "region",
        "disputed",
    )


def _with_neighbours(
    name: Name,
    scores: list[float],
    anchors: list[tuple[str, Place]],
    known: dict[str, tuple[list[tuple[Place, bool]], list[float]]],
) -> list[float]:
    """The scores with what the anchors nearby are worth; `known` keeps that worth for the name's other mentions."""
    if len(scores) < 2:
        return scores
    kept = known.get(name.key)
    if kept is None or kept[0] != name.options:
        others = [place for key, place in anchors if key != name.key]
        kept = known[name.key] = name.options, [_nearness(place, others) for place, _ in name.options]
    return [score + worth for score, worth in zip(scores, kept[1], strict=True)]


def _nearness(place: Place, others: list[Place]) -> float:
    """What the nearest of the others is worth to a place."""
    if place.kind == "country" or not others:
        return 0.0
    # a degree of longitude is at least this many of the ones that `REACH` counts
    reach = 1.1 * REACH / max(0.02, math.cos(math.radians(min(89.0, abs(place.latitude) + REACH))))
    close = [
        other
        for other in others
        if abs(other.latitude - place.latitude) < REACH
        and (abs(other.longitude - place.longitude) < reach or abs(other.longitude - place.longitude) > 360 - reach)
    ]
    distance = min((kilometres(place, other) for other in close), default=math.inf)
    return next((worth for limit, worth in NEAR if distance <= limit), 0.0)


def _share(names: list[Name], static: list[list[float]]) -> None:
    """One sense a document: a name with no enclosing name of its own takes over what the same name shows elsewhere."""
    shown: dict[str, list[float]] = {}
    for name, scores in zip(names, static, strict=True):
        if name.container:
            kept = shown.get(name.key)
            shown[name.key] = [max(a, b) for a, b in zip(kept, scores, strict=True)] if kept else list(scores)
    for name, scores in zip(names, static, strict=True):
        if not name.container and name.key in shown:
            scores[:] = shown[name.key]
