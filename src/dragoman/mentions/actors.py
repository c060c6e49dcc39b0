"""Who: every noun phrase that can act, and whom it means.

A phrase is read from its head outwards. A known name gives its entity; a role noun gives sectors, and what stands
around it (adjective, possessor, "of" phrase, organization) gives the country: "Armenian Defence Minister Suren Papikyan"
is ARM GOV MIL though nobody listed him. Pronouns and descriptions are resolved by `mentions.corefer`, which abstains
where nothing fits.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any

from dragoman.mentions.around import OFFICES, ORGANIZED, STATE_KINDS, Around
from dragoman.mentions.corefer import as_said, words_of
from dragoman.mentions.knowledge import Hit, Role, knowledge
from dragoman.mentions.phrases import (
    counts_people,
    is_backer,
    is_former,
    is_head,
    is_plural,
    is_relation,
    phrase,
    region,
    right_owners,
)
from dragoman.mentions.pointers import calendar_words, word_lists
from dragoman.mentions.sides import list_head, number_of
from dragoman.reading import ActorMention, Reading, Sentence, Token
from dragoman.records import Participant
from dragoman.syntax import conjuncts, covered

NAMED = frozenset({"person", "name", "country", "metonym", "organization", "group"})
"""Kinds of mention that tell who a role before or after them is: "longtime guarantor Moscow"."""
FIRST_PERSON = frozenset({"i", "we", "me", "us", "my", "our"})


def actors(readings: Sequence[Reading]) -> None:
    """Gives each reading its actor mentions, in text order."""
    for reading in readings:
        reading.actors = Finder(reading, knowledge(reading.actor_folders)).find()


class Finder(Around):
    """Finds the actor mentions of one reading, sentence by sentence, with what was read before in mind."""

    def find(self) -> list[ActorMention]:
        self.memory.study(self.reading)
        for sentence in self.reading.sentences:
            if not sentence.tokens:
                continue
            owner = self._hit_tokens(sentence)
            # who speaks comes first, so that the "we" of a quotation before the speech verb finds him
            for token in sorted(sentence.tokens, key=lambda t: t.text.lower() in FIRST_PERSON):
                if self._is_owning_body(sentence.tokens, token) and (sentence.index, token.i) not in self.found:
                    self._owning_body(sentence, token, owner)
                    continue
                if token.pos == "PUNCT" or (not is_head(token) and token.i not in owner):
                    continue
                if (sentence.index, token.i) not in self.found:
                    self._mention(sentence, token, owner)
        return sorted(self.found.values(), key=lambda m: (m.sentence, m.head))

    def _is_owning_body(self, tokens: Sequence[Token], token: Token) -> bool:
        """Whether a noun before a thing names whose it is: the navy of "navy boats", not the army of "army chief"."""
        if token.dep != "compound" or token.pos != "NOUN":
            return False
        role = self.role_at(tokens, token.i)
        return (
            role is not None and role.kind == "body" and bool(role.sectors) and self.role_at(tokens, token.head) is None
        )

    def _owning_body(self, sentence: Sentence, token: Token, owner: dict[int, Hit]) -> None:
        """Notes such a body as a modifier, with the country that the phrase or the story gives it."""
        role = self.role_at(sentence.tokens, token.i)
        if role is None or token.i in owner:
            return
        mention = ActorMention(sentence.index, token.i, token.i, token.i, token.start, token.end, (), "modifier", False)
        country, _, _ = self._modifiers(sentence, sentence.tokens[token.head], owner, mention)
        country = country or self.memory.story_country()
        mention.basis = (f"role:{role.words}",)
        mention.parts = (self._participant(sentence, mention, country=country, sectors=role.sectors),)
        self.found[sentence.index, token.i] = mention

    def _hit_tokens(self, sentence: Sentence) -> dict[int, Hit]:
        """Which known name covers which token."""
        owner: dict[int, Hit] = {}
        hits = self.reading.hits.get(sentence.where, ())
        first = bisect_left(hits, sentence.start, key=attrgetter("start"))
        for hit in hits[max(0, first - 1) :]:
            if hit.start >= sentence.end:
                break
            owner |= {token.i: hit for token in covered(sentence.tokens, hit.start, hit.end)}
        return owner

    def _mention(self, sentence: Sentence, token: Token, owner: dict[int, Hit]) -> ActorMention | None:
        tokens = sentence.tokens
        first, last = phrase(tokens, token.i)
        hit = owner.get(token.i)
        if hit is not None:
            covered = [i for i, h in owner.items() if h is hit]
            first, last = min(first, *covered), max(last, *covered)
            if not is_head(token):
                first, last = min(covered), max(covered)
        mention = ActorMention(
            sentence.index,
            token.i,
            first,
            last,
            tokens[first].start,
            tokens[last].end,
            (),
            "unknown",
            is_plural(token),
        )
        if token.pos == "PRON" or token.tag in {"PRP", "PRP$", "WP$"}:
            self.memory.pronoun(sentence, token, mention, self.found)
        elif hit is not None:
            self._from_hit(sentence, token, hit, owner, mention)
        else:
            self._from_words(sentence, token, owner, mention)
        if not mention.parts:
            return None
        self.found[sentence.index, token.i] = mention
        self.memory.note(sentence, token, mention)
        return mention

    def _participant(self, sentence: Sentence, mention: ActorMention, **values: Any) -> Participant:
        told = values.get
        return Participant(
            words_of(sentence, mention),
            mention.start,
            mention.end,
            told("name"),
            told("entity"),
            told("country"),
            told("sectors", ()),
            told("people"),
        )

    # -- a known name at the head ------------------------------------------------------------------------------------

    def _from_hit(
        self, sentence: Sentence, token: Token, hit: Hit, owner: dict[int, Hit], mention: ActorMention
    ) -> None:
        head = is_head(token)
        entry = self.memory.pick(hit, self.day, modifier=not head and not self._is_ethnic(sentence.tokens, token))
        if entry is None:
            return
        values: dict[str, object] = {"name": entry.name, "entity": entry.entity, "country": entry.country}
        sectors = entry.sectors
        kind = entry.kind
        if kind == "person":
            country, sectors = self.memory.office(entry.entity, self.day)
            values["country"] = country
        elif kind in STATE_KINDS:
            sectors = self._state_sectors(entry, head)
            kind = {"seat": "metonym", "demonym": "people", "adjective": "modifier"}.get(kind, "country")
            if entry.kind == "demonym" and head:
                values |= {"people": None, "entity": None, "name": None}
        elif kind == "people":
            values |= {"people": entry.people, "entity": entry.entity, "name": None}
            sectors = sectors or ("CVL",)
        elif kind == "member":
            kind = "group"
        modifiers = self._modifiers(sentence, token, owner, mention)
        if kind in {"people", "modifier"} and head:
            country, extra, people = modifiers
            if country:
                values["country"] = country
            if extra:
                sectors = tuple(dict.fromkeys([*extra, *[s for s in sectors if s not in {"CVL", "GOV"}]]))
            if people:
                values["people"] = people
        if entry.kind in {"country", "adjective"} and entry.country and "PRE" in entry.sectors:
            self.memory.land = entry.country
        if entry.kind in {"people", "demonym"} and self._is_ethnic(sentence.tokens, token) and self.memory.land:
            # "ethnic Armenians" of a land that another state claims live in that state
            values["country"] = self.memory.land
            values["people"] = entry.people or entry.name
        if entry.kind == "people" and not modifiers[0]:
            home = self.memory.homes.get(entry.people or "") or (
                self.memory.dwelling(entry.states) if entry.country is None else None
            )
            values["country"] = home or values["country"]
        if entry.kind in {"group", "organization"} and self.memory.is_namesake(hit):
            values |= {"country": self.memory.story_country(), "entity": None, "name": None}
        if (
            kind == "people"
            and head
            and sectors == ("CVL",)
            and self._bears_arms(sentence.tokens, mention.first, token.i)
        ):
            sectors = ("UAF",)
        if kind == "person" and sectors in {(), ("ELI",)}:
            sectors = self._told_office(sentence, token, owner, mention) or sectors
        mention.kind = kind if head else "modifier"
        mention.basis = (f"actor:{entry.entity}",)
        mention.parts = (self._participant(sentence, mention, sectors=sectors, **values),)

    def _told_office(
        self, sentence: Sentence, token: Token, owner: dict[int, Hit], mention: ActorMention
    ) -> tuple[str, ...]:
        """What the words beside a person's name say he is, where the knowledge gives him no office on the day.

        A rank alone is none: a general stays one when he has left the army.
        """
        tokens = sentence.tokens
        if is_former(tokens, mention.first, token.i):
            return ()
        roles, covered = self._roles_before(tokens, mention.first, token.i)
        if roles and any(tokens[i].text.lower().rstrip(".") not in word_lists()["rank"] for i in covered):
            return tuple(roles)
        for child in token.children:
            if tokens[child].dep == "appos" and tokens[child].pos == "NOUN":
                first, _ = phrase(tokens, child)
                if not is_former(tokens, first, child) and (said := self._apposed_role(sentence, token, owner)):
                    return said.sectors
        return ()

    # -- a role, a description or an unknown name at the head ----------------------------------------------------------

    def _from_words(self, sentence: Sentence, token: Token, owner: dict[int, Hit], mention: ActorMention) -> None:
        tokens = sentence.tokens
        role = self.role_at(tokens, token.i)
        if role is None and counts_people(tokens, token):
            self._from_count(sentence, token, owner, mention)
            return
        paired = mention.plural and number_of(tokens, token) is not None
        told = role is not None and (
            (" " in role.words and role.kind == "office")
            or self._is_named(tokens, mention.first, token.i, owner)
            or any(tokens[c].dep == "appos" and tokens[c].pos == "PROPN" for c in token.children)
        )
        if role is not None and not role.sectors and told:
            # "the Fatah movement" is Fatah, and points back to nobody
            self._from_role(sentence, token, role, owner, mention)
            return
        if role is not None and (not role.sectors or (paired and token.lemma in word_lists()["description"])):
            # "the group", "the country": first whom it points back to
            self.memory.description(sentence, token, mention, self.found)
            if mention.parts:
                return
            if not role.sectors and token.lemma in word_lists()["description"]:
                self._some(sentence, token, role, owner, mention)
                return
        if role is not None:
            self._from_role(sentence, token, role, owner, mention)
        elif token.pos == "PROPN" and token.text[:1].isupper() and token.text not in calendar_words():
            self._from_name(sentence, token, owner, mention)
        if not mention.parts:
            self.memory.description(sentence, token, mention, self.found)

    def _from_count(self, sentence: Sentence, token: Token, owner: dict[int, Hit], mention: ActorMention) -> None:
        """A number without a noun: more of those counted before it in the sentence, else people."""
        verb = sentence.tokens[token.head]
        for index in range(token.i - 1, -1, -1):
            earlier = self.found.get((sentence.index, index))
            if (
                earlier is not None
                and earlier.kind == "role"
                and earlier.plural
                and sentence.tokens[index].head != verb.i
            ):
                mention.kind, mention.basis = "role", ("number",)
                mention.parts = as_said(earlier.parts, words_of(sentence, mention), mention.start, mention.end)
                return
        mention.plural = True
        self._from_role(sentence, token, self.known.roles["people",], owner, mention)

    def _is_named(self, tokens: Sequence[Token], first: int, head: int, owner: dict[int, Hit]) -> bool:
        """Whether a body's own name stands before the noun for it."""
        hit = owner.get(head - 1)
        entry = self.memory.pick(hit, self.day) if hit is not None and head - 1 >= first else None
        return entry is not None and entry.kind in {"group", "organization"} and not is_backer(tokens, head - 1)

    def _some(self, sentence: Sentence, token: Token, role: Role, owner: dict[int, Hit], mention: ActorMention) -> None:
        """Several states or bodies that the text doesn't name: "five countries of the region", "120 organisations"."""
        tokens = sentence.tokens
        pointing = {tokens[c].lemma for c in token.children} & {"the", "no", "these", "those"}
        counted = any(tokens[c].dep == "nummod" for c in token.children)
        if not mention.plural or any(tokens[c].tag == "PRP$" for c in token.children):
            return
        country, extra, people = self._modifiers(sentence, token, owner, mention)
        if pointing and not counted and not (country or people):
            return
        single = self.known.roles.get((token.lemma,))
        sectors = single.sectors if single is not None else ()
        if token.lemma in word_lists()["official"]:
            sectors = ("GOV",)
        if people and not (sectors or extra):
            # "the main Tuareg groups" are of a people, as its villagers are
            sectors = ("CVL",)
        mention.kind, mention.basis = "unknown", (f"role:{role.words}", "some")
        part = self._participant(sentence, mention, country=country, sectors=(*extra, *sectors), people=people)
        mention.parts = (part,)

    def _from_role(
        self, sentence: Sentence, token: Token, role: Role, owner: dict[int, Hit], mention: ActorMention
    ) -> None:
        country, extra, people = self._modifiers(sentence, token, owner, mention)
        named = self._appositive(sentence, token, owner)
        if named is not None:
            mention.parts, mention.kind, mention.basis = named.parts, named.kind, (*named.basis, f"role:{role.words}")
            return
        sectors = tuple(dict.fromkeys([*extra, *role.sectors]))
        if role.sectors == ("CVL",) and ORGANIZED & set(extra):
            # "Renamo men" are Renamo's, "rebel youths" no civilians
            sectors = tuple(extra)
        if country is None and not people:
            country, sectors = self._of_whom(sentence, token, owner, role, sectors)
        sectors = self._settled(sectors, role, country, people)
        if role.kind == "office" and OFFICES & set(sectors) and is_former(sentence.tokens, mention.first, token.i):
            sectors = ("ELI",)
        entity = self.memory.owner_entity
        basis = [f"role:{role.words}"]
        mention.kind = "role"
        area = "" if country == "" else region(sentence.tokens, mention.first, token.i)
        if not country and area is not None and ("GOV" in sectors or not people):
            country = area if area == "EUR" or "GOV" in sectors else None
            basis.append("region")
        elif not country:
            same = self.memory.definite(sentence, token, role, sectors, mention)
            if same is not None:
                mention.parts = as_said([same], words_of(sentence, mention), mention.start, mention.end)
                mention.basis = (*basis, "definite")
                return
            whose = is_relation(token) and any(sentence.tokens[c].dep == "poss" for c in token.children)
            country = None if whose else self.memory.home(role)
            if whose:
                # "its former ruler" is some other state or body, not a person out of office
                sectors = ()
            if country:
                basis.append("story-country")
        if not sectors and not country and role.kind == "asset":
            return
        mention.basis = tuple(basis)
        name = self._name_beside(sentence, token)
        made = self._participant(
            sentence,
            mention,
            country=country,
            sectors=sectors,
            people=people,
            entity=None if name else entity,
            name=name,
        )
        self.memory.introduce(name or "", made)
        several = self._owners(sentence, token, owner, mention, role, made) if mention.plural else []
        mention.parts = tuple(several) if len(several) > 1 else (made,)

    def _settled(
        self, sectors: tuple[str, ...], role: Role, country: str | None, people: str | None
    ) -> tuple[str, ...]:
        """Sectors that don't contradict each other: leaders of rebels are no government, a people's forces no state's army."""
        if "REB" in sectors and "GOV" in sectors and "REB" not in role.sectors:
            sectors = tuple(s for s in sectors if s != "GOV")
        if people and "MIL" in sectors and "PRE" not in sectors and self._is_foreign_people(people, country, role):
            sectors = tuple("REB" if s == "MIL" else s for s in sectors)
        return sectors

    def _of_whom(
        self, sentence: Sentence, token: Token, owner: dict[int, Hit], role: Role, sectors: tuple[str, ...]
    ) -> tuple[str | None, tuple[str, ...]]:
        """Country and sectors from the phrase that tells whose a role is: "a spokesman for its ministry", "a leader of the group"."""
        tokens = sentence.tokens
        for i in right_owners(tokens, token.i):
            if i in owner or tokens[i].pos == "PROPN" or tokens[tokens[i].head].lemma not in {"of", "for"}:
                continue
            made = self.found.get((sentence.index, i)) or self._mention(sentence, tokens[i], owner)
            if made is None or len(made.parts) != 1 or made.kind == "unknown":
                continue
            whose = made.parts[0]
            if whose.country is None and "region" in made.basis:
                # "a mission of Scandinavian observers" is not of the country where it works
                return "" if role.sectors or sectors else "IGO", sectors
            if not role.sectors:
                return whose.country, tuple(dict.fromkeys([*sectors, *whose.sectors]))
            if role.kind != "body":
                rebel = tuple(s for s in whose.sectors if s == "REB" and s not in sectors)
                return whose.country, (*rebel, *sectors)
        if not role.sectors and not sectors and token.lemma in word_lists()["belonging"]:
            body = self.memory.body_before(sentence, token)
            if body is not None:
                # "three masked members" are those of the group last named
                return body.country, body.sectors
        return None, sectors

    def _is_foreign_people(self, people: str, country: str | None, role: Role) -> bool:
        """Whether the forces of a people are no state's army: it has no state, or they stand in another."""
        if role.words.split()[-1] not in word_lists()["host"] and role.words.rstrip("s") not in word_lists()["host"]:
            return False
        states = {
            e.country
            for e in self.known.entries(people)
            if e.kind in {"adjective", "demonym"} and e.entity.startswith("country/")
        }
        return country not in states

    def _name_beside(self, sentence: Sentence, token: Token) -> str | None:
        """The name that an apposition gives to a role, where nobody knows it: "a Renamo spokesman, Fernando Mazanga"."""
        tokens = sentence.tokens
        for child in token.children:
            if tokens[child].dep == "appos" and tokens[child].pos == "PROPN" and not is_plural(token):
                first, last = phrase(tokens, child)
                words = [t.text for t in tokens[first : last + 1] if t.pos == "PROPN"]
                return " ".join(words) if len(words) > 1 else None
        return None

    def _owners(
        self,
        sentence: Sentence,
        token: Token,
        owner: dict[int, Hit],
        mention: ActorMention,
        role: Role,
        made: Participant,
    ) -> list[Participant]:
        """The bearers of "the presidents of Rwanda and Uganda", "envoys of the army and of the rebels", each once."""
        tokens = sentence.tokens
        found: list[Participant] = []
        for i in range(mention.first, token.i):
            hit = owner.get(i)
            entry = self.memory.pick(hit, self.day, modifier=True) if hit is not None else None
            owns = entry is not None and entry.kind in STATE_KINDS | {"organization"}
            if entry is not None and owns and entry.country and not is_backer(tokens, i):
                found.append(replace(made, country=entry.country, entity=None))
        # a body has one owner but for states: "the governments of Spain and France", "the command of the army"
        apart = role.kind != "body"
        right = [] if found else [j for k in right_owners(tokens, token.i) for j in conjuncts(tokens, k)]
        for i in right:
            hit = owner.get(i)
            entry = self.memory.pick(hit, self.day) if hit is not None else None
            if entry is not None and entry.kind in STATE_KINDS and entry.country:
                found.append(replace(made, country=entry.country, entity=None))
            elif apart and tokens[tokens[list_head(tokens, i)].head].lemma in {"of", "for"}:
                whose = self.found.get((sentence.index, i)) or self._mention(sentence, tokens[i], owner)
                if whose is not None and len(whose.parts) == 1 and whose.parts[0].country:
                    part = whose.parts[0]
                    found.append(replace(made, country=part.country, sectors=part.sectors or made.sectors, entity=None))
        kept: list[Participant] = []
        for part in found:
            if all((part.country, part.sectors) != (p.country, p.sectors) for p in kept):
                kept.append(part)
        return kept

    def _appositive(self, sentence: Sentence, token: Token, owner: dict[int, Hit]) -> ActorMention | None:
        """The named person beside a role: "the army chief, General X"; known only where the name resolves."""
        for child in sentence.tokens[token.i].children:
            other = sentence.tokens[child]
            if other.dep == "appos" and other.pos == "PROPN":
                made = self.found.get((sentence.index, child)) or self._mention(sentence, other, owner)
                if made is not None and made.kind in NAMED:
                    return made
        return None

    def _from_name(self, sentence: Sentence, token: Token, owner: dict[int, Hit], mention: ActorMention) -> None:
        half = self.memory.halves.get(token.text)
        if half is not None and mention.first == token.i:
            mention.kind, mention.basis = "country", (f"actor:{half.entity}", "half")
            state = {"name": half.name, "entity": half.entity, "country": half.country, "sectors": ("GOV",)}
            mention.parts = (self._participant(sentence, mention, **state),)
            return
        known = self._bearer(sentence.tokens, mention.first, token)
        country, extra, people = self._modifiers(sentence, token, owner, mention)
        if known is not None:
            mention.parts = as_said([known], words_of(sentence, mention), mention.start, mention.end)
            mention.kind = "person"
            mention.basis = ("surname",)
            return
        roles, told = self._roles_before(sentence.tokens, mention.first, token.i)
        sectors = tuple(dict.fromkeys([*extra, *roles]))
        apposed = self._apposed_role(sentence, token, owner)
        if apposed is not None and not country and not apposed.country:
            country = self.memory.story_country()
        if apposed is not None and not sectors:
            country, sectors = apposed.country or country, apposed.sectors
        name = " ".join(
            t.text
            for t in sentence.tokens[mention.first : token.i + 1]
            if t.pos == "PROPN" and t.i not in told and t.i not in owner
        )
        if not sectors and not country and not name:
            return
        mention.kind = "name" if (roles or told or apposed is not None) else "unknown"
        if (roles or told) and not country:
            country = self.memory.story_country()
        mention.basis = ("composed",)
        made = self._participant(sentence, mention, country=country, sectors=sectors, people=people, name=name or None)
        mention.parts = (made,)
        if mention.kind == "name":
            self.memory.introduce(name, made)

    def _apposed_role(self, sentence: Sentence, token: Token, owner: dict[int, Hit]) -> Participant | None:
        """What an apposition tells of an unknown name: "Suren Papikyan, the Armenian defence minister"."""
        for child in token.children:
            other = sentence.tokens[child]
            if other.dep == "appos" and other.pos in {"NOUN", "PROPN"} and self.role_at(sentence.tokens, child):
                made = self.found.get((sentence.index, child)) or self._mention(sentence, other, owner)
                if made is not None and made.parts:
                    return made.parts[0]
        return None


__all__ = ["actors"]
