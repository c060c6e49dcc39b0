"""Who takes part: the participants that the phrases of one sentence bring, and what fills the slots of a frame."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from dragoman.lexicon import Lexicon
from dragoman.reading import ActorMention, Reading, Sentence, Token
from dragoman.records import Participant
from dragoman.syntax import Arguments, arguments, conjuncts, covered, subtree

if TYPE_CHECKING:
    from dragoman.mentions.places import PlaceMention

ARMED = frozenset({"MIL", "REB", "COP", "UAF", "PRM", "SPY"})
NAMED = frozenset({"person", "name", "country", "organization", "group"})
"""Kinds of mention that are somebody by name."""
CIVIL = frozenset({"CVL", "AGR", "BUS", "EDU", "JRN", "LAB", "MED", "REF", "REL", "SOC", "OPP", "NGO"})


OWN = frozenset({"his", "her", "its", "their", "our", "my"})
"""Possessives that make somebody the actor's own."""
FOLLOWERS = frozenset({"followers", "supporters", "men", "loyalists", "members", "comrades", "troops", "people"})
"""Unarmed people who are somebody's side."""


class SentenceView:
    """One parsed sentence with its mentions: whom a phrase means, and whom the phrase's own words name."""

    def __init__(
        self, reading: Reading, sentence: Sentence, mentions: dict[tuple[int, int], ActorMention], rows: Lexicon
    ) -> None:
        self.reading = reading
        self.sentence = sentence
        self.tokens: list[Token] = sentence.tokens
        self.mentions = mentions
        self.rows = rows
        near = [p for p in reading.places.get(sentence.where, ()) if p.start < sentence.end and p.end > sentence.start]
        self.places = self._covered(near)
        self.cities = self._covered([p for p in near if p.kind != "country"])
        self._arguments: dict[int, Arguments] = {}
        self._apposed = any(t.dep == "appos" for t in self.tokens)

    def args(self, index: int) -> Arguments:
        """The arguments of the predicate at a token, worked out once."""
        if index not in self._arguments:
            self._arguments[index] = arguments(self.tokens, index)
        return self._arguments[index]

    def mention(self, index: int) -> ActorMention | None:
        """The actor mention whose head the token is."""
        return self.mentions.get((self.sentence.index, index))

    def _covered(self, places: Iterable[PlaceMention]) -> set[int]:
        """The tokens of place names of this sentence."""
        return {t.i for p in places for t in covered(self.tokens, p.start, p.end)}

    def people(self, heads: list[int], through: bool = False) -> list[Participant]:
        """Everyone whom the coordinated phrases at these heads mean; `through` looks inside a phrase that can't act itself."""
        found: list[Participant] = []
        for head in heads:
            for noun in self.members(head):
                mention = self.mention(noun)
                parts: Sequence[Participant] = (
                    mention.parts if mention is not None and mention.kind != "modifier" else ()
                )
                if self._is_quantity(noun) and (counted := self._counted(noun)):
                    parts = self.people(counted) or parts
                if not parts and through:
                    inner = self.args(noun)
                    parts = (
                        self.people(inner.poss)
                        or self.people(inner.preps.get("by", []))
                        or self.modifier_people(inner.modifiers)
                    )
                for part in parts:
                    if all(not same(part, p) for p in found):
                        found.append(part)
        return found

    def _is_quantity(self, index: int) -> bool:
        """Whether a noun or number only counts what its "of" phrase names."""
        token = self.tokens[index]
        return token.lemma in self.rows.classes["quantity"] or token.pos == "NUM"

    def _counted(self, noun: int) -> list[int]:
        """What a noun of quantity counts: the Georgians of "thousands of Georgians"."""
        return self.args(noun).preps.get("of", [])

    def members(self, head: int) -> list[int]:
        """The coordinated phrases at a head; a plural with its members listed is its members."""
        found: list[int] = []
        for noun in conjuncts(self.tokens, head):
            below = subtree(self.tokens, noun) if self._apposed else ()
            listed = [
                m
                for c in below
                if c > noun and self.tokens[c].dep == "appos" and self._climbs(c, noun)
                for m in conjuncts(self.tokens, c)
                if (self.sentence.index, m) in self.mentions
            ]
            for c in self.tokens[noun].children:
                if self.tokens[c].lemma == "of":
                    # the parser reads "the Contact Group, Britain, France, ..." as one list
                    inner = [m for o in self.tokens[c].children for m in conjuncts(self.tokens, o)]
                    kinds = [m.kind if (m := self.mention(i)) else "" for i in inner]
                    if len(inner) > 3 and kinds[0] == "organization" and set(kinds[1:]) <= {"country"}:
                        listed = inner[1:]
            mention = self.mention(noun)
            named = mention is not None and mention.kind in {"person", "country", "name"}
            found += listed if len(listed) > 1 and not named else [noun, *self._misplaced(noun)]
        return found

    def _misplaced(self, noun: int) -> list[int]:
        """Named members of a list that the parser hangs on an apposition: "its envoy, Ali Taha, and John Garang"."""
        return [
            m
            for c in self.tokens[noun].children
            if self.tokens[c].dep == "appos"
            for m in conjuncts(self.tokens, c)[1:]
            if (other := self.mention(m)) is not None and other.kind in NAMED
        ]

    def _climbs(self, index: int, head: int) -> bool:
        """Whether an apposition hangs on the head, or on the "of" phrase of it."""
        above = self.tokens[index].head
        return above == head or (self.tokens[above].dep == "pobj" and self.tokens[self.tokens[above].head].head == head)

    def modifier_people(self, modifiers: list[int]) -> list[Participant]:
        found: list[Participant] = []
        for index in modifiers:
            mention = self.mention(index)
            if mention is not None:
                found += without(mention.parts, found)
        return found

    def inside(self, heads: list[int], what: str) -> list[Participant]:
        """Actors named inside an object: "condemned Israel's raid"."""
        found: list[Participant] = []
        for head in heads:
            for noun in conjuncts(self.tokens, head):
                inner = self.args(noun)
                if what == "poss":
                    found += self.people(inner.poss)
                elif what == "modifier":
                    found += self.modifier_people(inner.modifiers)
                else:
                    found += self.people(inner.preps.get(what, []))
        return found

    def is_located(self, part: Participant) -> bool:
        """Whether a participant only stands in an "in" or "at" phrase, as the scene."""
        token = next((t for t in self.tokens if t.start < part.end <= t.end), None)
        return token is not None and token.dep == "pobj" and self.tokens[token.head].lemma in {"in", "at", "near"}

    def is_building(self, part: Participant) -> bool:
        """Whether a participant is a house that an institution has, or a town's: where it happens, and nobody."""
        inside = covered(self.tokens, part.start, part.end)
        if ARMED & set(part.sectors):
            return False
        return any(t.i in self.cities for t in inside) or bool(
            inside and inside[-1].lemma in self.rows.classes["building"]
        )

    def allowed(self, args: Arguments) -> list[Participant]:
        """Whom a promise or refusal is about that lets them do something: "agreed to let the Acehnese form parties"."""
        clause = args.clause
        if clause is None or self.tokens[clause].lemma not in self.rows.classes["letting"]:
            return []
        inner = self.args(clause)
        below = [
            c
            for v in self.tokens[clause].children
            if self.tokens[v].dep in {"ccomp", "xcomp"}
            for c in self.args(v).subject
        ]
        return self.people(inner.object or below)

    def warned(self, index: int) -> list[Participant]:
        """Whom a threat is for: whose deed it answers ("if the guerrillas broke their word"), or who is to suffer."""
        verbs = [index]
        for _ in range(3):
            args = self.args(verbs[-1])
            if args.clause is None:
                break
            verbs.append(args.clause)
        while self.tokens[index].dep in {"xcomp", "ccomp"} and self.tokens[index].head != index:
            index = self.tokens[index].head
            verbs.append(index)
        for verb in verbs:
            for child in self.tokens[verb].children:
                clause = self.tokens[child]
                marks = {self.tokens[c].lemma for c in clause.children if self.tokens[c].dep == "mark"}
                if clause.dep == "advcl" and marks & {"if", "unless", "until"}:
                    return self.people(self.args(child).subject)
        # "vowed that Tehran would pay"
        return self.people(self.args(verbs[1]).subject) if len(verbs) > 1 else []

    def as_fighters(self, parts: Sequence[Participant]) -> list[Participant]:
        """A people that acts is its armed men, where the text tells of its forces: "the Serbs" after "the Serb army"."""
        return [replace(p, sectors=("REB",)) if self._is_at_war(p) else p for p in parts]

    def _is_at_war(self, part: Participant) -> bool:
        if part.people is None or part.sectors != ("CVL",):
            return False
        word = part.people.split()[-1]
        return any(
            "REB" in p.sectors and p.country == part.country and p is not part and word in p.text
            for m in self.reading.actors
            for p in m.parts
        )

    def is_actor(self, head: int, name: str) -> bool:
        mention = self.mention(head)
        if mention is None or mention.kind == "modifier":
            return False
        sectors = {s for p in mention.parts for s in p.sectors}
        if self.tokens[head].lemma == "it" and name in {"actor", "person", "civil"}:
            # as an object "it" mostly means a thing: "welcomed it"
            return False
        if name == "country":
            return mention.kind in {"country", "metonym"}
        if name == "person":
            return mention.kind in {"person", "name"} or (mention.kind in {"role", "pronoun"} and not mention.plural)
        if name == "armed":
            return bool(sectors & ARMED)
        if name == "civil":
            return bool(sectors & CIVIL) or mention.kind == "people"
        return bool(mention.parts)

    def _things_before(self, head: int) -> set[str]:
        """Lemmas of the common nouns that "it" may mean: those before it here and in the sentence before."""
        found = {t.lemma for t in self.tokens[:head] if t.pos == "NOUN"}
        if self.sentence.index:
            before = self.reading.sentences[self.sentence.index - 1]
            if before.where == self.sentence.where:
                found |= {t.lemma for t in before.tokens if t.pos == "NOUN"}
        return found


def is_own(part: Participant, actors: Iterable[Participant]) -> bool:
    """Whether a participant is the actors' own: "his forces", a state's soldiers."""
    theirs = any(a.country == part.country for a in actors)
    words = part.text.lower().split()
    if part.entity is None and words[0] in OWN and theirs:
        # but "its victims" are others
        return bool(ARMED & set(part.sectors)) or words[-1] in FOLLOWERS
    # "Jakarta undertook to withdraw soldiers" need not say whose they are
    forces = bool(part.sectors) and set(part.sectors) <= {"MIL", "COP"}
    return forces and theirs and any(set(a.sectors) & {"GOV", "MIL"} for a in actors if a.country == part.country)


def nameable(parts: Iterable[Participant]) -> bool:
    return any(p.country or p.sectors or p.entity or p.people for p in parts)


def same(a: Participant, b: Participant) -> bool:
    if a.entity and b.entity:
        return a.entity == b.entity
    return (a.country, a.sectors, a.name) == (b.country, b.sectors, b.name) and (
        a.country is not None or a.text == b.text
    )


def without(parts: Iterable[Participant], others: Sequence[Participant]) -> list[Participant]:
    """Those of the parts who are none of the others, in their order."""
    return [p for p in parts if all(not same(p, q) for q in others)]


def overlap(a: Iterable[Participant], b: Iterable[Participant]) -> bool:
    return any(same(p, q) or (p.country is not None and p.country == q.country) for p in a for q in b)
