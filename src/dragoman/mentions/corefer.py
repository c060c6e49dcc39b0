"""Who is meant by a surname, a pronoun or a description, given what was read before.

The resolver keeps the mentions of the document in reading order and looks back: same sentence first, then the subject
of the sentence before, then the nearest that fits, at most `REACH` sentences away. It abstains where nothing fits;
an unresolved pronoun has no parts and takes part in nothing.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from importlib import resources

from dragoman.lexicon import lexicon
from dragoman.mentions.knowledge import PLOVER_CODES, Entry, Hit, Knowledge, Role, surname_of, winning
from dragoman.reading import ActorMention, Reading, Sentence, Token
from dragoman.records import Participant

REACH = 4
"""Sentences that a pronoun may look back; beyond it one in two was wrong on our own reports."""

FAR = 12
"""Sentences that "the group" or "the alliance" may look back."""

AHEAD = 1.3
"""How much oftener than the next it has to be named."""

DOMINANT = 0.33
"""Share of all country mentions that one country needs to be taken for the scene of a bare "the army"."""

COMPOUND = re.compile(r"[-\u2010\u2011][a-z]")
"""What follows a name that is only the first half of a compound."""

PERSONAL = frozenset({"person", "name"})
PARTY = frozenset({"GOV", "MIL", "REB", "PRE", "PTY", "OPP", "UAF", "PRM"})
"""Sectors of those who can be a side of a conflict or of talks."""
SUBJECT_DEPS = frozenset({"nsubj", "nsubjpass", "agent", "csubj"})
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


@lru_cache(maxsize=1)
def calendar_words() -> frozenset[str]:
    """Capitalised words that name days and months, which are nobody."""
    import calendar

    return frozenset([*calendar.day_name, *calendar.month_name, *(f"{d}s" for d in calendar.day_name)]) - {""}


@lru_cache(maxsize=1)
def word_lists() -> dict[str, dict[str, str]]:
    """Descriptions and pronouns by word: {"description": {word: kind}, "pronoun": {word: number}}."""
    folder = resources.files("dragoman") / "data" / "lexicons" / "en"
    described = tomllib.loads((folder / "descriptions.toml").read_text(encoding="utf-8"))
    pronouns = tomllib.loads((folder / "pronouns.toml").read_text(encoding="utf-8"))
    kinds: dict[str, str] = {}
    for row in described["description"]:
        for word in row["words"]:
            kinds[word] = f"{kinds[word]} {row['kind']}" if word in kinds else row["kind"]
    return {
        "description": kinds,
        "counterpart": {w: "counterpart" for row in described["counterpart"] for w in row["words"]},
        "former": {w: "former" for row in described["former"] for w in row["words"]},
        "backed": {w: "backed" for row in described["backed"] for w in row["words"]},
        "stance": {w: "stance" for row in described["stance"] for w in row["words"]},
        "pronoun": {w: row["number"] for row in pronouns["pronoun"] for w in row["words"]},
        "who": {w: row["who"] for row in pronouns["pronoun"] for w in row["words"]},
    }


class Memory:
    """What a reader remembers of the document so far."""

    def __init__(self, known: Knowledge, day: str | None) -> None:
        self.known = known
        self.day = day
        self.past: list[tuple[Sentence, Token, ActorMention]] = []
        self.surnames: dict[str, Participant] = {}
        self.countries: Counter[str] = Counter()
        self.owner_entity: str | None = None
        self.land: str | None = None
        """Country of the disputed or foreign land last told of, where "ethnic Armenians" then live."""
        self.homes: dict[str, str] = {}
        """Where this text says that a people lives: "Bosnian Serbs" makes later "Serbs" those of Bosnia."""
        self.told: Counter[tuple[str | None, str | None, str]] = Counter()

    # -- before reading -----------------------------------------------------------------------------------------------

    def study(self, reading: Reading) -> None:
        """Notes every full name and country of the document, so that a headline's surname finds its bearer."""
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
                    made = Participant(hit.text, hit.start, hit.end, entry.name, entry.entity, country, sectors)
                    for name in {surname_of(entry.name), hit.text.split()[-1], hit.text.split()[0]}:
                        self.surnames.setdefault(name, made)
                # "Turkish-backed", "French-speaking": the story need not play there
                tied = COMPOUND.match(passage, hit.end) is not None
                if entry.country and len(entry.country) == 3 and entry.kind != "person" and not tied:
                    self.countries[entry.country] += 1

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
        alive = winning([e for e in hit.entries if e.holds(day)] or hit.entries)
        persons = {e.entity for e in alive if e.kind == "person"}
        if len(persons) > 1:
            holders = [e for e in alive if e.kind == "person" and self.known.offices(e.entity, day)]
            alive = holders or alive
        order = AS_MODIFIER if modifier and not any(e.people in self.homes for e in alive if e.people) else SPECIFIC
        return min(alive, key=lambda e: order.get(e.kind, 9), default=None)

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

    def surname(self, word: str) -> Participant | None:
        """The person whom a bare surname means: named in full in this text, else the one office-holder of that name."""
        if word in self.surnames:
            return self.surnames[word]
        bearers = [e for e in self.known.bearers(word) if self.known.offices(e, self.day)]
        top = [
            e
            for e in bearers
            if any(
                "president" in o.title or "prime minister" in o.title or "GOV" not in o.sectors
                for o in self.known.offices(e, self.day)
            )
        ]
        chosen = bearers if len(bearers) == 1 else top
        if len(chosen) != 1:
            return None
        country, sectors = self.office(chosen[0], self.day)
        if self.countries and country not in self.countries:
            return None
        name = self.known.terms(chosen[0])[0].name
        return Participant(word, 0, 0, name, chosen[0], country, sectors)

    def introduce(self, name: str, who: Participant) -> None:
        """Remembers a person whom only this text names."""
        if name:
            self.surnames.setdefault(name.split()[-1], who)

    # -- while reading ------------------------------------------------------------------------------------------------

    def note(self, sentence: Sentence, token: Token, mention: ActorMention) -> None:
        """Adds a resolved mention to what was read."""
        if mention.kind == "modifier":
            return
        self.told.update(_key(p) for p in mention.parts)
        if mention.kind != "pronoun":
            self.past.append((sentence, token, mention))

    def _before(
        self, sentence: Sentence, token: Token, reach: int = REACH
    ) -> list[tuple[Sentence, Token, ActorMention]]:
        """Earlier mentions, likeliest antecedent first: nearer sentences, subjects before others."""
        fit: list[tuple[float, int, tuple[Sentence, Token, ActorMention]]] = []
        for s, t, m in self.past:
            if s.where != sentence.where and s.where == "title":
                continue
            gap = sentence.index - s.index
            if gap > reach or gap < 0 or (gap == 0 and t.i >= token.i):
                continue
            rank = gap * 2 + (0 if t.dep in SUBJECT_DEPS else 1) + (0 if any(p.country for p in m.parts) else 1.5)
            fit.append((rank, -t.i if gap == 0 else t.i, (s, t, m)))
        fit.sort(key=lambda item: item[:2])
        return [item[2] for item in fit]

    def pronoun(
        self, sentence: Sentence, token: Token, mention: ActorMention, found: dict[tuple[int, int], ActorMention]
    ) -> None:
        """Resolves a pronoun in place, or leaves it without parts."""
        word = token.text.lower()
        number = word_lists()["pronoun"].get(word)
        who = word_lists()["who"].get(word, "any")
        mention.kind = "pronoun"
        if token.tag == "WP$":
            self._whose(sentence, token, mention, found)
            return
        if number == "speaker":
            self._quoted(sentence, token, mention, found)
            return
        if number is None:
            return
        for s, t, m in self._before(sentence, token):
            listed = number == "many" and not m.plural and len(self._coordinated(m, found)) > 1
            if not (listed or _agrees(m, number, who, self.known)) or (
                s.index == sentence.index
                and _is_subject_of(sentence.tokens, t, token.head)
                and token.dep in {"dobj", "pobj"}
                and not word.endswith(("self", "selves"))
            ):
                continue
            parts = m.parts
            if number == "many" and len(parts) == 1 and not m.plural:
                parts = self._coordinated(m, found)
            mention.parts = tuple(replace(p, text=token.text, start=token.start, end=token.end) for p in parts)
            mention.plural = number == "many"
            mention.basis = (f"pronoun:{word}",)
            return

    def _quoted(
        self, sentence: Sentence, token: Token, mention: ActorMention, found: dict[tuple[int, int], ActorMention]
    ) -> None:
        """ "We" in a quotation is who says it: the subject of the speech verb that the quotation hangs on."""
        tokens = sentence.tokens
        carrying = {k for k, o in lexicon().operators.items() if o.kind == "carry"}
        at = token.i
        for _ in range(12):
            at = tokens[at].head
            if tokens[at].lemma in carrying:
                for child in tokens[at].children:
                    speaker = found.get((sentence.index, child))
                    if tokens[child].dep == "nsubj" and speaker is not None and speaker.parts:
                        parts = (replace(p, text=token.text, start=token.start, end=token.end) for p in speaker.parts)
                        mention.parts = tuple(parts)
                        mention.basis = (f"pronoun:{token.text.lower()}",)
                return
            if tokens[at].head == at:
                return

    def _whose(
        self, sentence: Sentence, token: Token, mention: ActorMention, found: dict[tuple[int, int], ActorMention]
    ) -> None:
        """ "Belgium, whose envoys were expelled": the noun that the relative clause hangs on."""
        verb = sentence.tokens[token.head].head
        for _ in range(4):
            if sentence.tokens[verb].dep == "relcl":
                owner = found.get((sentence.index, sentence.tokens[verb].head))
                if owner is not None:
                    parts = (replace(p, text=token.text, start=token.start, end=token.end) for p in owner.parts)
                    mention.parts = tuple(parts)
                    mention.basis = ("pronoun:whose",)
                return
            verb = sentence.tokens[verb].head

    def _coordinated(
        self, mention: ActorMention, found: dict[tuple[int, int], ActorMention]
    ) -> tuple[Participant, ...]:
        """The mention with those coordinated to it: "Kenya and Uganda ... they"."""
        for s, t, m in self.past:
            if m is mention:
                parts = list(m.parts)
                for (index, head), other in found.items():
                    if index == s.index and s.tokens[head].dep == "conj" and s.tokens[head].head == t.i:
                        parts += other.parts
                return tuple(parts)
        return mention.parts

    def description(
        self, sentence: Sentence, token: Token, mention: ActorMention, found: dict[tuple[int, int], ActorMention]
    ) -> None:
        """Resolves "the two leaders", "his Turkish counterpart", "the group", or leaves it without parts."""
        lists = word_lists()
        lemma = token.lemma
        if lemma in lists["counterpart"]:
            self._counterpart(sentence, token, mention, found)
            return
        kinds = lists["description"].get(lemma, "").split()
        if not kinds or not _definite(sentence.tokens, token):
            return
        mention.kind = "description"
        earlier = [
            m for _, _, m in self._before(sentence, token, FAR) if any(_is_kind(m, k, self.known) for k in kinds)
        ]
        if _is_plural_noun(token):
            parts: list[Participant] = []
            if "side" in kinds:
                earlier = self._main_sides(sentence)
            for m in earlier:
                for part in m.parts:
                    if all(_key(part) != _key(p) and _is_other_side(part, p) for p in parts):
                        parts.append(part)
                if len(parts) >= 2:
                    break
            if len(parts) < 2:
                return
            parts = parts[:2]
        elif "side" in kinds and (owner := self._possessor(sentence, token, found)) is not None:
            # "its rival" is the other side, not the one whose rival it is
            others = [m for m in self._main_sides(sentence) if _key(m.parts[0]) != _key(owner)]
            if not others:
                return
            parts = [others[0].parts[0]]
        elif earlier and len(earlier[0].parts) == 1:
            named = [m for m in earlier if m.kind in {"organization", "group", "country"} or m.parts[0].entity]
            parts = [(named or earlier)[0].parts[0]]
        else:
            return
        mention.parts = tuple(
            replace(p, text=_words(sentence, mention), start=mention.start, end=mention.end) for p in parts
        )
        mention.basis = (f"description:{lemma}",)

    def body_before(self, sentence: Sentence, token: Token) -> Participant | None:
        """The organization or armed group that was named last."""
        for _, _, m in self._before(sentence, token, FAR):
            if len(m.parts) == 1 and _is_kind(m, "body", self.known) and m.kind in {"organization", "group"}:
                return m.parts[0]
        return None

    def _possessor(
        self, sentence: Sentence, token: Token, found: dict[tuple[int, int], ActorMention]
    ) -> Participant | None:
        """Whose rival, neighbour or enemy a description is, where a pronoun tells it."""
        for child in token.children:
            owner = found.get((sentence.index, child))
            if sentence.tokens[child].tag == "PRP$" and owner is not None and len(owner.parts) == 1:
                return owner.parts[0]
        return None

    def _main_sides(self, sentence: Sentence) -> list[ActorMention]:
        """Parties told of so far, the most told and lately told first: who "both sides" are."""
        best: dict[tuple[str | None, str | None, str], tuple[float, ActorMention]] = {}
        kinds = {"country", "metonym", "organization", "group", "people", "role", "person"}
        for place, (s, _, m) in enumerate(self.past):
            if len(m.parts) != 1 or m.kind not in kinds:
                continue
            part = m.parts[0]
            if not part.country or not set(part.sectors) & PARTY:
                continue
            key = _key(part)
            # of two told as often the later one is nearer to the reader's mind
            weight = self.told[key] + (3 if 0 <= sentence.index - s.index <= 2 else 0) + place * 1e-4
            if key not in best or weight >= best[key][0]:
                best[key] = (weight, m)
        return [m for _, m in sorted(best.values(), key=lambda item: -item[0])]

    def _counterpart(
        self, sentence: Sentence, token: Token, mention: ActorMention, found: dict[tuple[int, int], ActorMention]
    ) -> None:
        """ "his Azerbaijani counterpart": that state's holder of the same office, named in this text or not."""
        state: Participant | None = None
        owner: ActorMention | None = None
        for child in sentence.tokens[token.i].children:
            got = found.get((sentence.index, child))
            if sentence.tokens[child].dep == "poss":
                owner = got
            elif got is not None and got.parts:
                state = got.parts[0]
        if state is None:
            for i in range(mention.first, token.i):
                got = found.get((sentence.index, i))
                if got is not None and got.parts and got.kind == "modifier":
                    state = got.parts[0]
        if state is None:
            return
        sectors = owner.parts[0].sectors if owner is not None and owner.parts else ("GOV",)
        for person in self.surnames.values():
            if person.country == state.country and set(person.sectors) & set(sectors):
                mention.parts = (replace(person, text=_words(sentence, mention), start=mention.start, end=mention.end),)
                break
        else:
            mention.parts = (
                Participant(_words(sentence, mention), mention.start, mention.end, None, None, state.country, sectors),
            )
        mention.kind = "description"
        mention.basis = ("counterpart",)

    def definite(
        self, sentence: Sentence, token: Token, role: Role, sectors: tuple[str, ...], mention: ActorMention
    ) -> Participant | None:
        """Whom "the president", "the rebels", "the army" means where the phrase itself names no country."""
        for _, t, m in self._before(sentence, token):
            if len(m.parts) != 1:
                continue
            part = m.parts[0]
            if not part.country or not (set(part.sectors) & set(sectors)):
                continue
            if role.kind == "office":
                held = self.known.offices(part.entity, self.day) if part.entity else []
                if any(role.words in o.title for o in held) or t.lemma == token.lemma:
                    return part
            elif (t.lemma == token.lemma and m.kind != "modifier") or (
                role.kind == "agent"
                and m.plural
                and mention.plural
                and m.kind in {"group", "people"}
                and "REB" in sectors
                and "REB" in part.sectors
            ):
                return part
        return None

    def story_country(self) -> str | None:
        """The country where the story plays, if one dominates it."""
        states = Counter({c: n for c, n in self.countries.items() if c not in PLOVER_CODES or c == "XKX"})
        total = sum(states.values())
        if not total:
            return None
        (code, count), *rest = states.most_common(2)
        second = rest[0][1] if rest else 0
        return code if count >= DOMINANT * total and count >= AHEAD * second else None


def _is_other_side(a: Participant, b: Participant) -> bool:
    """Whether two participants can stand against each other: another state, or another kind of party in the same."""
    return a.country != b.country or not set(a.sectors) & set(b.sectors) or "/" not in (a.entity or "")


def _key(part: Participant) -> tuple[str | None, str | None, str]:
    return (part.entity, part.country, "" if part.entity or part.country else part.text)


def _words(sentence: Sentence, mention: ActorMention) -> str:
    return sentence.text[mention.start - sentence.start : mention.end - sentence.start]


def _definite(tokens: list[Token], token: Token) -> bool:
    return any(
        tokens[c].lemma in {"the", "both", "these", "those", "this", "that", "two", "three"} or tokens[c].tag == "PRP$"
        for c in token.children
    )


def _is_plural_noun(token: Token) -> bool:
    return token.tag in {"NNS", "NNPS"}


def _is_subject_of(tokens: list[Token], token: Token, verb: int) -> bool:
    """Whether a noun is subject of the verb, alone or in a list."""
    while token.dep == "conj" and tokens[token.head].i != token.i:
        token = tokens[token.head]
    return token.head == verb and token.dep in SUBJECT_DEPS


def _agrees(mention: ActorMention, number: str, who: str, known: Knowledge) -> bool:
    """Whether a pronoun of that number and kind may mean the mention."""
    if not mention.parts:
        return False
    if who == "person":
        return (
            not mention.plural
            and len(mention.parts) == 1
            and (
                mention.kind in PERSONAL
                or (mention.kind in {"role", "description", "unknown"} and not _is_body(mention, known))
            )
        )
    if who == "thing":
        return (
            len(mention.parts) == 1
            and not mention.plural
            and (mention.kind in {"country", "organization", "group", "metonym"} or _is_body(mention, known))
        )
    if number == "many":
        return mention.plural or mention.kind in {"group", "people", "organization"} or len(mention.parts) > 1
    return True


def _is_body(mention: ActorMention, known: Knowledge) -> bool:
    role = next((b[5:] for b in mention.basis if b.startswith("role:")), None)
    found = known.roles.get(tuple(role.split())) if role else None
    return found is not None and found.kind in {"body", "asset"}


def _is_kind(mention: ActorMention, kind: str, known: Knowledge) -> bool:
    if kind == "person":
        return mention.kind in PERSONAL or (
            mention.kind == "role" and not mention.plural and not _is_body(mention, known)
        )
    if kind == "country":
        return mention.kind in {"country", "metonym"}
    if kind == "body":
        named = any((p.entity or "").startswith(("group/", "organization/")) for p in mention.parts)
        return mention.kind in {"organization", "group"} or named or _is_body(mention, known)
    return (
        mention.kind in {"country", "metonym", "organization", "group", "people", "person"}
        or _is_body(mention, known)
        or (mention.kind == "role" and mention.plural)
    )
