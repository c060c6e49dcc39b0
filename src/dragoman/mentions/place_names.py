"""Which capitalised names of a text may be places: longest match, and what the words around a name say about it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from dragoman.mentions.place_knowledge import (
    COMMON,
    GIVEN,
    STATES,
    SURNAME,
    Cities,
    Listed,
    Place,
    load_context,
    load_demonyms,
    name_key,
)

_UP = "A-ZÀ-ÖØ-ÞĀĂĄĆČĐĎĒĖĘĚĞĢĪĮİĶĹĻĽŁŃŅŇŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽȘȚƏḐḨṢṬẔ"
_WORD = rf"(?:[A-Z]\.){{2,}}[A-Z]?|(?:St|Ste|Mt|Ft|Sta|Sto|Pt)\.|(?:(?:a[lshdrtnz]h?|e[lszrd]|ul)-)?[{_UP}](?:[^\W\d_]|['’ʼ‘`ʻ](?=[^\W\d_]))*"
_LINK = r"(?: |-(?:au|aux|de|du|des|la|le|les|sur|en|on|upon|under|al|el|ez|es|do|da|by)-|-|–|\u00a0|\n(?!\n)| (?:of the|of|and|the|de la|de los|de las|de|del|la|le|les|los|las|da|do|dos|das|di|du|des|au|aux|den|der|upon|on|sur|sous|en|el|al|ez|es|az|ash|as|ar|e|y|i)[ -]| d['’])"
_RUN = re.compile(rf"(?<![\w&@#])(?:{_WORD})(?:{_LINK}(?:{_WORD}))*")
_TOKEN = re.compile(_WORD)
_POSSESSIVE = re.compile(r"['’]s?$")
_BEFORE = re.compile(r"([^\W\d_][\w'’-]*)[ \n\u00a0]+$")
_AFTER = re.compile(r"[ \n\u00a0]+([^\W\d_]+)")
_TITLE = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Sir|Gen|Col|Lt|Maj|Capt|Sgt|Sen|Rep|Gov|Prof|Rev|President|Senator|General|Judge)\.? +$"
)
_HYPHENED = re.compile(r"[-–][a-z]+")
_TAIL = re.compile(
    r" (?:refugee |border |air |nuclear |detention )?(?:camp|crossing|peninsula|corridor|base|airbase|dam|prison|bridge|border|plant|compound|islands|archipelago)\b"
)
"""Lower-case words that end a listed name ("Rafah crossing")."""
_OF = re.compile(r"([^\W\d_]+) of (?:the )?$")
_DEMONYM = re.compile(r"(?<!\w)[A-Z][a-z]{3,}(?!\w)")
_SENTENCE_START = re.compile(r"(?:^|[.!?:]['\"”’)]*\s+|[\n\"“‘(]\s*)$")

LONGEST = 6
"""Words in the longest name tried."""
LARGE = 200_000
"""People from which a city's bare name is taken for the city with no other sign. Below it a name needs a sign."""
LARGE_SHARED = 400_000
"""The same for names that are also surnames or given names (Houston, Austin)."""
FAMOUS = 1_000_000
"""People from which a city's name counts as a place's even where it is also an ordinary word or a surname (Shanghai)."""
SHORT_ALIAS = 5
"""Letters under which an alternate spelling is too like other words to be taken bare."""


@dataclass(slots=True)
class Name:
    """A name in the text that may be a place, with what its surroundings say."""

    text: str
    start: int
    end: int
    key: str
    options: list[tuple[Place, bool]]
    """What it may mean, each with whether the name is only an alternate spelling."""
    flags: int = 0
    """COMMON, GIVEN, SURNAME bits of a one-word name."""
    located: bool = False
    """Stands where places stand: after "in", before "-based", before "province", with its container."""
    noun: str = ""
    """The word for its kind that follows or precedes ("province", "city"), lower case."""
    rejected: str = ""
    """Why it is no place here: person, organization, word; empty where it may be one."""
    initial: bool = False
    """Opens a sentence, where any word is capitalised."""
    strong: bool = False
    """Located by a word that hardly goes with anything but a place ("in", "near")."""
    listed_with: set[str] = field(default_factory=set)
    """Countries whose regions stand beside it in a list: "USA" in "Oregon, Washington and Idaho"."""
    container: list[Name] = field(default_factory=list)
    """The name that encloses it: "Bulacan" of "Pandi, Bulacan"."""
    contents: list[Name] = field(default_factory=list)
    """The names that it encloses."""

    @property
    def only_alias(self) -> bool:
        """Whether the name is no place's own name, only an alternate spelling of a city's."""
        return all(alias for _, alias in self.options)

    @property
    def known(self) -> bool:
        """Means a country, region or other listed place, or a large city: taken as a place unless something speaks against it."""
        for place, alias in self.options:
            if place.kind not in ("city", "district"):
                if place.kind in ("town", "camp") and self.flags & GIVEN:
                    continue
                if not place.minor or (len(self.text.split()) > 1):
                    return True
            elif alias and len(self.key) < SHORT_ALIAS:
                continue
            elif place.population >= (LARGE_SHARED if self.flags & (GIVEN | SURNAME) or alias else LARGE):
                return not self.flags & COMMON
        return False


@dataclass(frozen=True, slots=True)
class _Token:
    start: int
    end: int
    key: str
    link: str
    """What stands between it and the word before: " ", "-", " of ", "" at the start of a run."""


def _tokens(text: str, run: re.Match[str]) -> list[_Token]:
    found: list[_Token] = []
    last = run.start()
    for match in _TOKEN.finditer(text, run.start(), run.end()):
        end = match.end()
        word = match.group()
        if word[-2:] in ("'s", "’s"):
            end -= 2
            word = word[:-2]
        found.append(_Token(match.start(), end, name_key(word), text[last : match.start()] if found else ""))
        last = match.end()
    return found


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds names in raw text."""

    cities: Cities
    listed: Listed

    def options(self, key: str) -> list[tuple[Place, bool]]:
        """Every place that a key may mean."""
        listed = [
            (place, place.kind == "province" and name_key(place.name) != key)
            for place in self.listed.index.get(key, ())
        ]
        return listed if key in self.listed.articled else listed + self.cities.find(key)

    def names(self, text: str) -> Iterator[Name]:
        """Names that may be places, in text order, with their surroundings judged."""
        known: dict[str, list[tuple[Place, bool]]] = {}
        for run in _RUN.finditer(text):
            tokens = _tokens(text, run)
            at = 0
            while at < len(tokens):
                width, key = self._longest(text, tokens, at)
                if width:
                    name = self._name(text, tokens, at, at + width, key)
                    if name.key not in known:
                        known[name.key] = self.options(name.key)
                    name.options = known[name.key]
                    self._look_around(text, tokens, at, at + width, name)
                    yield name
                at += width or 1

    def _longest(self, text: str, tokens: list[_Token], at: int) -> tuple[int, str]:
        first = tokens[at]
        for stop in range(min(len(tokens), at + LONGEST), at, -1):
            last = tokens[stop - 1]
            key = first.key if stop == at + 1 else name_key(text[first.start : last.end])
            if key not in self.listed.index and key not in self.cities.keys:
                continue
            surface = text[first.start : last.end]
            short = stop == at + 1 and len(key) <= 4 and surface.isupper()
            if short != (key in self.listed.capitals) and (short or key in self.listed.capitals):
                continue
            if len(key) < 3 and not short and key not in self.listed.dotted:
                continue
            if key in self.listed.articled and text[max(0, first.start - 4) : first.start].lower() != "the ":
                continue
            if key in self.listed.dotted and (
                text[last.end : last.end + 1] != "." or text[max(0, first.start - 2) : first.start] != ", "
            ):
                continue
            return stop - at, key
        return 0, ""

    def _name(self, text: str, tokens: list[_Token], at: int, stop: int, key: str) -> Name:
        start, end = tokens[at].start, tokens[stop - 1].end
        tail = _TAIL.match(text, end)
        if tail and (longer := name_key(text[start : tail.end()])) in self.listed.index:
            end, key = tail.end(), longer
        return Name(text[start:end], start, end, key, [], self._flags(key, stop - at))

    def _look_around(self, text: str, tokens: list[_Token], at: int, stop: int, name: Name) -> None:
        self._look_left(text, tokens, at, name)
        if not name.rejected:
            self._look_right(text, tokens, stop, name)
        if (
            stop == at + 1
            and (name.key in load_demonyms() or name.key in _never())
            and name.key not in self.listed.dotted
        ):
            name.rejected = "word"
        if "$" in (text[name.end : name.end + 1], text[name.start - 1 : name.start]):
            name.rejected = "money"

    def _flags(self, key: str, words: int) -> int:
        if words > 1 or key in self.listed.capitals | self.listed.articled | self.listed.dotted:
            return 0
        number = self.cities.keys.get(key)
        flags = self.cities.flags[number] if number is not None else GIVEN * (key in self.cities.given_names)
        if key in load_context()["ambiguous"]:
            flags |= COMMON
        if key in load_context()["given"]:
            flags |= GIVEN
        solid = any(
            not p.minor and (p.kind != "province" or p.country in STATES) for p in self.listed.index.get(key, ())
        )
        if number is not None and not solid:
            solid = any(p.capital or p.population >= FAMOUS for p, alias in self.cities.find(key, 3) if not alias)
        return flags & GIVEN if solid else flags

    def _look_left(self, text: str, tokens: list[_Token], at: int, name: Name) -> None:
        if at == 0 or text[tokens[at - 1].end : name.start] != tokens[at].link:
            self._look_before(text, name)
            return
        roles = load_context()
        previous, link = tokens[at - 1], tokens[at].link.strip()
        if link == "":
            self._look_at_word_before(text, previous, at, name)
        elif link in ("of", "of the"):
            if previous.key in roles["organization"] or previous.key in roles["peerage"]:
                name.rejected = "organization"
            elif link == "of the" and name.flags & COMMON:
                name.rejected = "word"
            else:
                name.located = True
                if previous.key in roles["settlement_noun"]:
                    name.noun = previous.key
        elif link in ("-", "–"):
            place = (
                previous.key in self.listed.index or previous.key in self.cities.keys or previous.key in load_demonyms()
            )
            if not place and (name.flags & (GIVEN | SURNAME) or not name.known):
                name.rejected = "person"
        elif (
            link in ("al", "el", "ez", "az", "ash", "as", "ar", "d'", "d’", "de", "del", "de la", "du", "des")
            and not name.known
        ):
            name.rejected = "organization"

    def _look_before(self, text: str, name: Name) -> None:
        roles = load_context()
        before = _BEFORE.search(text, max(0, name.start - 30), name.start)
        word = before[1].lower() if before else ""
        name.initial = bool(_SENTENCE_START.search(text[max(0, name.start - 6) : name.start]))
        name.located = word in roles["locative"]
        name.strong = word in roles["strong_locative"]
        if word in roles["settlement_noun"] or (word == "of" and _of_settlement(text, name.start)):
            name.noun = _kind_before(text, name.start) if word == "of" else word
            name.located = True
        if (before and before[1] in roles["title"]) or _TITLE.search(text, max(0, name.start - 8), name.start):
            name.rejected = "person"
        if (
            word in ("the", "a", "an")
            and name.flags
            and not name.known
            and all(p.kind in ("city", "district") for p, _ in name.options)
        ):
            name.rejected = "word"

    def _look_at_word_before(self, text: str, previous: _Token, at: int, name: Name) -> None:
        roles = load_context()
        opens = at == 1 and bool(_SENTENCE_START.search(text[max(0, previous.start - 6) : previous.start]))
        if previous.key in roles["function"]:
            name.located = previous.key in roles["locative"]
            name.strong = previous.key in roles["strong_locative"]
            if previous.key == "the" and name.flags and not name.known:
                name.rejected = "word"
        elif previous.key in roles["modifier"] or previous.key in load_demonyms():
            name.located = previous.key in roles["modifier"]
        elif previous.key in roles["title"]:
            name.rejected = "person"
        elif (
            previous.key in ("province", "state", "republic", "island", "county", "region")
            or previous.key in self.listed.index
        ):
            name.rejected = "" if name.known else "person"
        elif opens and previous.key not in self.cities.given_names and name.known and not name.flags:
            pass
        else:
            name.rejected = "person"

    def _look_right(self, text: str, tokens: list[_Token], stop: int, name: Name) -> None:
        roles = load_context()
        after = _AFTER.match(text, name.end)
        if after and after[1].lower() in roles["product"] and not any(p.kind == "country" for p, _ in name.options):
            name.rejected = "product"
            return
        if stop == len(tokens) or tokens[stop].link.strip() not in ("", "-"):
            word = after[1].lower() if after else ""
            if word in roles["region_noun"]:
                name.noun = name.noun or word
                name.located = True
            if _HYPHENED.match(text, name.end) and not name.known:
                name.rejected = "word"
            if text.startswith(("-based", "-born", "-area", " area"), name.end):
                name.located = True
            if (
                stop < len(tokens)
                and tokens[stop].link.strip() in ("al", "el", "ez", "az", "ash", "as", "ar")
                and not name.known
            ):
                name.rejected = "organization"
            return
        following, link = tokens[stop].key, tokens[stop].link
        if text[name.end : tokens[stop].start] != link:
            return  # "Kenya's Rift Valley": a possessive stands between
        self._look_at_word_after(following, link, name)

    def _look_at_word_after(self, following: str, link: str, name: Name) -> None:
        roles = load_context()
        if link == "-":
            if following not in self.listed.index and following not in load_demonyms() and not name.known:
                name.rejected = "person"
        elif following in roles["feature"]:
            name.rejected = "feature"
        elif following in roles["region_noun"]:
            name.noun, name.located = following, True
        elif following in roles["organization"]:
            name.rejected = "organization"
        elif following in roles["office"] or following in roles["function"]:
            pass
        elif following in roles["facility"]:
            if following not in ("airport", "hospital", "harbour", "harbor", "port", "station") and not name.known:
                name.rejected = "organization"
        elif (
            following in roles["title"]
            or following in load_demonyms()
            or (name.known and following in self.listed.index)
        ):
            pass
        elif name.flags & (GIVEN | SURNAME | COMMON):
            name.rejected = "person"
        elif not name.known or name.only_alias:
            name.rejected = "organization"


def demonym_countries(text: str) -> Iterator[str]:
    """The country code of each demonym in the text."""
    demonyms = load_demonyms()
    for match in _DEMONYM.finditer(text):
        if code := demonyms.get(match.group().lower()):
            yield code


@lru_cache(maxsize=1)
def _never() -> frozenset[str]:
    """Words that name institutions and offices, never a place by themselves."""
    roles = load_context()
    return (
        roles["organization"]
        | roles["facility"]
        | roles["office"]
        | roles["title"]
        | roles["function"]
        | roles["never"]
    )


def _kind_before(text: str, start: int) -> str:
    found = _OF.search(text[max(0, start - 30) : start])
    return found[1].lower() if found else ""


def _of_settlement(text: str, start: int) -> bool:
    roles = load_context()
    word = _kind_before(text, start)
    return word in roles["settlement_noun"] or word in roles["relative"]


_NAME = rf"(?:{_WORD})(?:[ -](?:{_WORD})){{0,2}}"
_UNLISTED = (
    re.compile(
        rf"\b(?:villages?|towns?|city|district|hamlet|suburb|settlement|municipality|neighbou?rhood|outskirts|islands?) of ({_NAME})"
    ),
    re.compile(
        rf"\b(?:in|near|at|from|around|outside|of|to|on|along|across)(?: the)? ((?:{_WORD})(?:[ -](?:{_WORD}))? "
        r"(?:Valley|Bay|River|Creek|Mountains?|Hills|Heights|Forest|Peninsula|Islands?|Gorge|Plains?|Beach|Falls|County|District|Province|Square))\b"
    ),
    re.compile(
        rf"\b(?:in|near|at|from|around|outside|of|to)(?: the)? ({_NAME}) "
        r"(?:village|district|province|county|refugee camp|camp|governorate|township|slums?|neighbou?rhood|island|valley|oblast)\b"
    ),
)
_UNLISTED_INSIDE = re.compile(rf"\b(?:in|near|at|from|around|outside|of|to) ({_NAME}), ")


def unlisted_names(text: str, taken: list[Name], enclosing: set[int]) -> Iterator[tuple[int, int]]:
    """Spans of names that stand as places do ("the village of Zorava", "in Zorava, Syria") and that no knowledge holds.

    `taken` are the names found; `enclosing` the starts of those that may enclose another place.
    """
    marked = bytearray(len(text) + 1)
    for name in taken:
        marked[name.start : name.end] = b"\x01" * (name.end - name.start)
    skip = _never() | load_context()["title"] | frozenset(load_demonyms())
    for pattern in (*_UNLISTED, _UNLISTED_INSIDE):
        for match in pattern.finditer(text):
            start, end = match.span(1)
            if pattern is _UNLISTED_INSIDE and match.end() not in enclosing:
                continue
            words = match[1].replace("-", " ").split()
            if any(marked[start:end]) or match[1].isupper() or any(name_key(word) in skip for word in words):
                continue
            marked[start:end] = b"\x01" * (end - start)
            yield start, end
