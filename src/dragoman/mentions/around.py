"""What the words around a head tell of it: role words, owners, peoples, backers."""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.mentions.corefer import Memory
from dragoman.mentions.knowledge import Entry, Hit, Knowledge, Role
from dragoman.mentions.phrases import is_backer, is_former, is_relation, right_owners
from dragoman.mentions.pointers import word_lists
from dragoman.reading import ActorMention, Reading, Sentence, Token
from dragoman.records import Participant

STATE_KINDS = frozenset({"country", "seat", "adjective", "demonym"})
OFFICES = frozenset({"GOV", "LEG", "JUD", "MIL", "COP", "SPY"})
"""Sectors that somebody has by his office, and loses with it."""

ORGANIZED = frozenset({"REB", "PTY", "PRM", "UAF", "MIL"})
"""Sectors whose men are no civilians."""


class Around:
    """Reads what stands beside the heads of one reading's noun phrases."""

    def __init__(self, reading: Reading, known: Knowledge) -> None:
        self.reading = reading
        self.known = known
        self.day = reading.document.published
        self.memory = Memory(known, self.day)
        self.found: dict[tuple[int, int], ActorMention] = {}

    def _mention(self, sentence: Sentence, token: Token, owner: dict[int, Hit]) -> ActorMention | None:
        """The mention that a token heads, made now; whoever finds mentions says how."""
        raise NotImplementedError

    def role_at(self, tokens: Sequence[Token], head: int) -> Role | None:
        """The longest role noun that ends at the token, or has it as head before "of": "leader of the opposition"."""
        known = self.known
        lemma = tokens[head].lemma
        if lemma in known.role_heads or tokens[head].text.lower() in known.role_heads:
            for length in (5, 4, 3):
                words = tuple(t.text.lower() for t in tokens[head : head + length])
                role = known.roles.get(words) or known.roles.get((lemma, *words[1:]))
                if role is not None and len(words) == length:
                    return role
        if lemma not in known.role_words and tokens[head].text.lower() not in known.role_words:
            return None
        for length in (4, 3, 2, 1):
            if head - length + 1 < 0:
                continue
            words = tuple(t.text.lower() for t in tokens[head - length + 1 : head + 1])
            role = known.roles.get(words) or known.roles.get((*words[:-1], lemma))
            if role is not None:
                return role
        return None

    def _roles_before(self, tokens: Sequence[Token], first: int, head: int) -> tuple[list[str], set[int]]:
        """Sectors of the role words before a name ("Defence Minister"), and the tokens they cover."""
        sectors: list[str] = []
        covered: set[int] = set()
        i = head - 1
        while i >= first:
            role = self.role_at(tokens, i)
            if role is None:
                i -= 1
                continue
            width = len(role.words.split())
            sectors = [*role.sectors, *[s for s in sectors if s not in role.sectors]]
            covered.update(range(max(first, i - width + 1), i + 1))
            i -= width
        if OFFICES & set(sectors) and is_former(tokens, first, head):
            sectors = ["ELI"]
        return sectors, covered

    def _bearer(self, tokens: Sequence[Token], first: int, token: Token) -> Participant | None:
        """The person whom a surname means, with the titles and names that stand before it."""
        _, covered = self._roles_before(tokens, first, token.i)
        titles: list[str] = []
        i = token.i - 1
        while i >= first and (role := self.role_at(tokens, i)) is not None:
            titles.append(role.words)
            i -= len(role.words.split())
        named = any(
            tokens[i].pos == "PROPN" and i not in covered and tokens[i].lemma.rstrip(".") not in word_lists()["address"]
            for i in range(first, token.i)
        )
        return self.memory.surname(token.text, titles, named)

    def _modifiers(
        self, sentence: Sentence, token: Token, owner: dict[int, Hit], mention: ActorMention
    ) -> tuple[str | None, list[str], str | None]:
        """(country, sectors, people) that the words around a head tell of it."""
        tokens = sentence.tokens
        self.memory.owner_entity = None
        country: str | None = None
        sectors: list[str] = []
        people: str | None = None
        for i in range(mention.first, token.i):
            hit = owner.get(i)
            if hit is None:
                if tokens[i].dep in {"amod", "compound", "nmod", "poss"}:
                    role = self.role_at(tokens, i)
                    if role is not None and tokens[i].head in range(i, token.i + 1):
                        sectors += [s for s in role.sectors if s not in sectors]
                continue
            if owner.get(token.i) is hit or is_backer(tokens, i):
                continue
            entry = self.memory.meant(hit, modifier=not self._is_ethnic(tokens, tokens[i]))
            if entry is None:
                continue
            country, people = self._owner(entry, country, people, sectors)
            if self._is_ethnic(tokens, tokens[i]) and self.memory.land:
                country = self.memory.land
            elif entry.entity.startswith("polity/") and not entry.sectors:
                # "Tigrayan forces" are those of the people, whatever the region is in the state
                people = people or next((e.people for e in hit.entries if e.kind == "people"), None)
        for child in token.children:
            if tokens[child].dep == "poss" and country is None and child not in owner and not is_relation(token):
                made = self.found.get((sentence.index, child)) or self._mention(sentence, tokens[child], owner)
                if made is not None and len(made.parts) == 1:
                    country = made.parts[0].country
                    taken = made.parts[0].sectors if self._takes(tokens, token) else ("REB",)
                    sectors += [s for s in made.parts[0].sectors if s in taken and s not in sectors]
        for i in right_owners(tokens, token.i):
            hit = owner.get(i)
            entry = self.memory.meant(hit) if hit is not None else None
            if entry is not None and country is None:
                country, people = self._owner(entry, country, people, sectors)
        if country is None and self.memory.owner_entity is None and not sectors:
            country, sectors = self._body_meant(sentence, token, mention)
        return country, sectors, people

    def _takes(self, tokens: Sequence[Token], token: Token) -> bool:
        """Whether a role has no sector but that of whom it belongs to: "its chairman"."""
        role = self.role_at(tokens, token.i)
        return role is not None and not role.sectors

    def _body_meant(self, sentence: Sentence, token: Token, mention: ActorMention) -> tuple[str | None, list[str]]:
        """Country and sectors of the body that a noun before the head points back to: "alliance jets"."""
        kinds = word_lists()["description"]
        for i in range(mention.first, token.i):
            if sentence.tokens[i].dep == "compound" and "body" in kinds.get(sentence.tokens[i].lemma, "").split():
                body = self.memory.body_before(sentence, sentence.tokens[i])
                if body is not None:
                    self.memory.owner_entity = body.entity
                    return body.country, list(body.sectors)
        return None, []

    def _owner(
        self, entry: Entry, country: str | None, people: str | None, sectors: list[str]
    ) -> tuple[str | None, str | None]:
        if entry.kind == "people":
            if country and entry.people:
                self.memory.homes.setdefault(entry.people, country)
            home = self.memory.homes.get(entry.people or "") or entry.country or self.memory.dwelling(entry.states)
            return country or home, entry.people
        if entry.kind == "demonym":
            return country or entry.country, people
        if entry.kind in {"organization", "group", "member"}:
            self.memory.owner_entity = entry.entity or None
            sectors += [s for s in entry.sectors if s not in sectors]
            return entry.country or country, people
        if entry.kind == "person":
            held, office = self.memory.office(entry.entity, self.day)
            sectors += [s for s in office if s not in sectors and s != "ELI"]
            return country or held, people
        if entry.sectors and "PRE" in entry.sectors:
            # those in arms against the state that claims the land are its rebels, whatever they call themselves
            sectors += [s for s in entry.sectors if s not in sectors]
        return country or entry.country, people

    @staticmethod
    def _is_ethnic(tokens: Sequence[Token], token: Token) -> bool:
        """Whether an adjective is said of a people and not of a state: "ethnic Russian"."""
        return token.i > 0 and tokens[token.i - 1].lemma == "ethnic"

    @staticmethod
    def _bears_arms(tokens: Sequence[Token], first: int, head: int) -> bool:
        """Whether the words before a people say that it is armed: "masked Serbs"."""
        return any(tokens[i].text.lower() in word_lists()["bearing"] for i in range(first, head))

    @staticmethod
    def _state_sectors(entry: Entry, head: bool) -> tuple[str, ...]:
        """A state that acts is its government; its people in the plural are civilians."""
        if entry.kind == "demonym" and head:
            return ("CVL",)
        return entry.sectors if {"GOV", "REB"} & set(entry.sectors) else (*entry.sectors, "GOV")
