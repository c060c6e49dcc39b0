"""What a text tells before it is read sentence by sentence: whom its names mean, and where it plays.

A name stands for different things on different days and in different texts. Full names give their bearers to bare
surnames, states named in the lead weigh most for where the story plays, and a body whose name many states share is the
story's own.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from dragoman.mentions.knowledge import PLOVER_CODES, Entry, Hit, Knowledge, Role, surname_of, winning
from dragoman.mentions.pointers import word_lists
from dragoman.reading import Reading
from dragoman.records import Participant

RARE = 4
"""Persons that may bear a surname for the head of a state that the text doesn't name to be meant by it."""

HALVES = ("North", "South", "East", "West")

SCENE = re.compile(r"\b(?:in|into|across|inside|throughout)(?: (?:the |[a-z]+(?:ern|-[a-z]+) ))? ?$")
"""What stands before a state in which something happens: "in northern Mali"."""

AHEAD = 1.3
"""How much oftener than the next it has to be named."""

FAR_AHEAD = 2.0
"""How much oftener it has to be named where it has less than that share: a crisis on which all the world speaks."""

ADJECTIVE = 0.5
"""How much "American" counts for where the story plays, beside "America"."""

HOMELAND = 0.5
"""How much a person named counts for his country, beside the country itself."""

DOMINANT = 0.33
"""Share of all country mentions that one country needs to be taken for the scene of a bare "the army"."""

COMPOUND = re.compile(r"[-\u2010\u2011][a-z]")
"""What follows a name that is only the first half of a compound."""

SPECIFIC = {
    "person": 0,
    "country": 1,
    "organization": 1,
    "group": 1,
    "member": 2,
    "seat": 2,
    "people": 3,
    "demonym": 4,
    "adjective": 5,
}

AS_MODIFIER = {**SPECIFIC, "adjective": 2, "people": 3}


class Recall:
    """What is known of the names of one text."""

    def __init__(self, known: Knowledge, day: str | None) -> None:
        self.known = known
        self.day = day
        self.surnames: dict[str, Participant] = {}
        self.countries: dict[str, float] = {}
        """States that the text tells of, and how much."""
        self._alive: dict[tuple[str, str | None], list[Entry]] = {}
        """What a name may stand for on a day, worked out before."""
        self.homelands: Counter[str] = Counter()
        """States of the persons named, for a text that names no state."""
        self.halves: dict[str, Entry] = {}
        """What "the North" and "the South" are where a state of that name is told of."""
        self.homes: dict[str, str] = {}
        """Where this text says that a people lives: "Bosnian Serbs" makes later "Serbs" those of Bosnia."""

    # -- before reading -----------------------------------------------------------------------------------------------

    def study(self, reading: Reading) -> None:
        """Notes every full name and country of the document, so that a headline's surname finds its bearer."""
        opening = next((s.end for s in reading.sentences if s.where == "text"), 0)
        for where, hits in reading.hits.items():
            passage = (reading.document.title or "") if where == "title" else reading.document.text
            for hit in hits:
                entry = self.pick(hit, self.day)
                if entry is None:
                    continue
                self._note_home(hit, entry)
                if entry.kind in {"group", "organization", "member"}:
                    self._note_short(hit, entry)
                if entry.kind == "person":
                    country, sectors = self.office(entry.entity, self.day)
                    self.homelands.update([country] if country else [])
                    made = Participant(hit.text, hit.start, hit.end, entry.name, entry.entity, country, sectors)
                    for name in {surname_of(entry.name), hit.text.split()[-1], hit.text.split()[0]}:
                        self.surnames.setdefault(name, made)
                if entry.kind in {"country", "adjective", "demonym"}:
                    self._note_half(hit)
                # "Turkish-backed", "French-speaking", "pro-Russian": the story need not play there
                tied = COMPOUND.match(passage, hit.end) is not None or passage[: hit.start].endswith(("-", "\u2011"))
                common = entry.kind in {"group", "organization"} and _is_generic(hit.text)
                if entry.country and entry.kind != "person" and not tied and not common:
                    # the lead tells where the story plays, and so does what happens "in" a state
                    lead = where == "title" or hit.start < opening
                    scene = SCENE.search(passage, max(0, hit.start - 24), hit.start) is not None
                    # but talks are held in the capitals of third states
                    weight = 1.0 + lead + scene if entry.kind != "seat" or not scene else 1.0
                    # adjectives tell whose soldiers act, wherever they are
                    weight *= ADJECTIVE if entry.kind in {"adjective", "demonym"} else 1
                    self.countries[entry.country] = self.countries.get(entry.country, 0.0) + weight

    def _note_half(self, hit: Hit) -> None:
        """ "The North" is short for North Korea where that is told of; "the South" is then its other half."""
        first, _, rest = hit.text.partition(" ")
        if first in HALVES and rest:
            for half in HALVES:
                for form in (rest, rest.removesuffix("n")):
                    states = [
                        e for e in self.known.entries(f"{half} {form}") if e.kind == "country" and e.holds(self.day)
                    ]
                    if states:
                        self.halves.setdefault(half, states[0])

    def _note_short(self, hit: Hit, entry: Entry) -> None:
        """A body's last word stands for it later on: "the Tigers" after "the Tamil Tigers"."""
        *before, last = hit.text.split()
        if before and last[:1].isupper() and last.lower() not in self.known.role_words:
            self.surnames.setdefault(
                last, Participant(hit.text, hit.start, hit.end, entry.name, entry.entity, entry.country, entry.sectors)
            )

    def _note_home(self, hit: Hit, entry: Entry) -> None:
        """ "Bosnian Serbs" tells where this text's Serbs live."""
        *before, last = hit.text.split()
        if before and entry.country:
            for other in self.known.entries(last):
                if other.kind == "people" and other.people and other.country != entry.country:
                    self.homes.setdefault(other.people, entry.country)

    def pick(self, hit: Hit, day: str | None, modifier: bool = False) -> Entry | None:
        """The likeliest of the things that a name stands for on a day; as a modifier a state's adjective goes before its people."""
        alive = self._alive.get((hit.text, day))
        if alive is None:
            alive = winning([e for e in hit.entries if e.holds(day)] or hit.entries)
            self._alive[hit.text, day] = alive
        if len(alive) == 1:
            return alive[0]
        alive = [e for e in alive if not self._is_namesake(e, hit)] or alive
        persons = {e.entity for e in alive if e.kind == "person"}
        if len(persons) > 1:
            holders = [e for e in alive if e.kind == "person" and self.known.offices(e.entity, day)]
            alive = holders or alive
        order = AS_MODIFIER if modifier and not any(e.people in self.homes for e in alive if e.people) else SPECIFIC
        return min(alive, key=lambda e: order.get(e.kind, 9), default=None)

    def _is_namesake(self, entry: Entry, hit: Hit) -> bool:
        """Whether a body of a general name is another state's: the Liberation Army of a story about Macedonia."""
        return (
            entry.kind in {"group", "organization"}
            and not entry.overlay
            and entry.country is not None
            and entry.country not in PLOVER_CODES
            and bool(self.countries)
            and entry.country not in self.countries
            and _is_generic(hit.text)
        )

    def meant(self, hit: Hit, modifier: bool = False) -> Entry | None:
        """What a name stands for in this text; a namesake of a known body is one of the story's own country."""
        entry = self.pick(hit, self.day, modifier)
        if entry is not None and entry.kind in {"group", "organization"} and self.is_namesake(hit):
            return replace(entry, country=self.story_country(), entity="", name=hit.text)
        return entry

    def is_namesake(self, hit: Hit) -> bool:
        """Whether all that a name may stand for is of states that the text doesn't tell of."""
        alive = [e for e in hit.entries if e.holds(self.day)] or list(hit.entries)
        return all(self._is_namesake(e, hit) for e in alive)

    def office(self, entity: str, day: str | None) -> tuple[str | None, tuple[str, ...]]:
        """(country, sectors) of a person on a day; outside all offices ELI of the country of the last one."""
        held = self.known.offices(entity, day) if day else []
        if held:
            sectors = tuple(dict.fromkeys(s for e in held for s in e.sectors))
            return held[0].country, sectors
        rows = self.known.terms(entity)
        if not rows:
            return None, ()
        before = [e for e in rows if not day or not e.start or e.start <= day]
        latest = max(before or rows, key=lambda e: e.start)
        if not day:
            return latest.country, latest.sectors
        lasting = tuple(s for s in latest.sectors if s in {"REB", "PTY", "OPP", "REL", "CRM"})
        return latest.country, lasting or ("ELI",)

    def surname(self, word: str, titles: Sequence[str] = (), named: bool = False) -> Participant | None:
        """The person whom a surname means: named in full in this text, else the one office-holder of that name.

        `titles` are the role words before it; `named` says that a first name stands before it, so that he is rather
        somebody else. A head of state or government of a state that the text doesn't name is meant where his title
        stands before the name ("President Bush"), or where all the world calls him by it ("Obama warned Iran").
        """
        if word in self.surnames:
            return self.surnames[word]
        if named:
            return None
        held = {e: o for e in self.known.bearers(word) if (o := self.known.offices(e, self.day))}
        top = [e for e, offices in held.items() if any(_is_high(o) for o in offices)]
        local = [
            e for e in (held if len(held) == 1 else top) if not self.countries or held[e][0].country in self.countries
        ]
        lists = word_lists()
        titled = [e for e, offices in held.items() if any(_is_titled(o.title, titles) for o in offices)]
        famous = [
            e
            for e, offices in held.items()
            if any(o.title in lists["heading"] and o.country in lists["household"] for o in offices)
        ]
        heads = [e for e, offices in held.items() if any(o.title in lists["heading"] for o in offices)]
        only = heads if len(self.known.bearers(word)) <= RARE else []
        for chosen in (titled, local, [] if titles else famous, [] if titles else only):
            if len(chosen) == 1:
                country, sectors = self.office(chosen[0], self.day)
                name = self.known.terms(chosen[0])[0].name
                return Participant(word, 0, 0, name, chosen[0], country, sectors)
        return None

    def introduce(self, name: str, who: Participant) -> None:
        """Remembers a person whom only this text names."""
        if name:
            self.surnames.setdefault(name.split()[-1], who)

    def dwelling(self, states: Sequence[str]) -> str | None:
        """Where a people of several states lives in this text: in the one of them that it tells of."""
        told = [c for c in states if c in self.countries]
        return told[0] if len(told) == 1 else None

    def home(self, role: Role) -> str | None:
        """Country of a role of which nothing is told: the story's, but peacekeepers and envoys come from elsewhere."""
        sender = word_lists()["outsider"].get(role.words.split()[-1].removesuffix("s"))
        if sender is None:
            return self.story_country()
        return sender if sender and sender in self.countries else None

    def story_country(self) -> str | None:
        """The country where the story plays, if one dominates it."""
        told = dict(self.countries)
        for code, persons in self.homelands.items():
            told[code] = told.get(code, 0.0) + persons * HOMELAND
        states = sorted(
            ((n, c) for c, n in told.items() if c not in PLOVER_CODES or c == "XKX"), key=lambda one: -one[0]
        )
        if not states:
            return None
        count, code = states[0]
        total, second = sum(n for n, _ in states), states[1][0] if len(states) > 1 else 0.0
        if count >= FAR_AHEAD * second:
            return code
        return code if count >= DOMINANT * total and count >= AHEAD * second else None


def _is_high(office: Entry) -> bool:
    """Whether an office makes its holder known by surname in news of his own state."""
    return "president" in office.title or "prime minister" in office.title or "GOV" not in office.sectors


def _is_titled(title: str, roles: Sequence[str]) -> bool:
    """Whether an office is what the words before the name say: "President", "Foreign Minister"."""
    return any(title == role or title.startswith(f"{role} ") for role in roles)


def _is_generic(name: str) -> bool:
    """Whether a body's name is made of words that the bodies of many states share: "National Liberation Army"."""
    return all(w.lower() in word_lists()["generic"] for w in name.replace("'s", "").replace("’s", "").split())
