"""What happened: the acts that the predicates of each sentence tell, with their participants.

Each verb, noun or adjective of the lexicon opens an act (`frames`); participants are taken from the slots that its
frame names (`participants`); an act in the complement of another ("agreed to withdraw") becomes its prospect
(`folding`). What the acts amount to (status, date, place, speaker) is for later steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.codebook import load
from dragoman.doubts import MAX_DISTANCE, Doubt, settle, telling_verbs
from dragoman.frames import Act
from dragoman.lexicon import lexicon
from dragoman.mentions.sides import ENOUGH, pairs
from dragoman.modes import Modes
from dragoman.ontology import HOLDING
from dragoman.participants import is_own, nameable, same, without
from dragoman.reading import Draft, Reading, Token
from dragoman.records import Participant
from dragoman.syntax import Arguments, subtree

SCENIC = frozenset({"ASSAULT", "COERCE", "MOBILIZE", "RETREAT", "PROTEST"})
"""Material acts whose object or "in" phrase may be a scene and no recipient."""
STAGED = frozenset({"ASSAULT", "PROTEST"})
"""Material acts before whose nouns the name of a city says where: "Minsk protests", "a Kabul blast killed ten"."""
CONVENED = frozenset({"CONSULT", "SUPPORT"})
"""Others of which that holds: "the Geneva talks", "the Dayton accord"."""
SUFFERED = frozenset({"ASSAULT", "COERCE", "AID", "MOBILIZE"})
"""Acts that a people undergoes as civilians."""
UTTERED = frozenset({"AGREE", "CONCEDE", "THREATEN", "RETREAT", "PROTEST"})
"""Acts whose own doers are nobody's recipients: "promised that his fighters would disarm", "withdrew its troops"."""
HOSTED = frozenset({"CONSULT", "AID", "COOPERATE"})
"""Acts whose "in" phrase names a party: the host, the helped."""
LOCATIVE = frozenset({"in", "into", "at", "from", "through", "near", "across", "to", "on", "outside", "around", "of"})


def events(readings: Sequence[Reading]) -> None:
    """Gives each reading the acts of its sentences, as drafts in text order."""
    rows = lexicon()
    doubts: list[Doubt] = []
    for reading in readings:
        mentions = {(m.sentence, m.head): m for m in reading.actors}
        for sentence in reading.sentences:
            if sentence.tokens:
                coder = SentenceCoder(reading, sentence, mentions, rows)
                reading.drafts += coder.drafts()
                doubts += coder.doubts()
    settle(doubts)


class SentenceCoder(Modes):
    """Codes one sentence."""

    def drafts(self) -> list[Draft]:
        """The acts that stand on their own, in text order."""
        self.open_all()
        for act in list(self.acts.values()):
            self._participants(act)
        self.fold_all()
        self._parties_of_accords()
        self.tell_modes()
        self.settle_prospects()
        found = [self._draft(a) for a in sorted(self.acts.values(), key=lambda a: a.token) if self._stands(a)]
        return [d for d in found if nameable(d.actors) or nameable(d.recipients)]

    def doubts(self) -> list[Doubt]:
        """Verbs that mostly tell an act, whose frames don't hold here, with a named doer and somebody else in their reach."""
        found = []
        telling = telling_verbs()
        for token in self.tokens:
            if token.pos != "VERB" or token.i in self.acts or token.dep in {"amod", "compound"}:
                continue
            if (
                token.lemma not in telling
                or token.lemma in self.rows.operators
                or any(token.lemma in words for words in self.rows.light.values())
            ):
                continue
            if self._is_held(token):
                continue
            args = self.args(token.i)
            actors = [p for p in self.people(args.subject) if p.country or p.entity or p.sectors]
            reach = [*args.object, *args.dative, *(h for heads in args.preps.values() for h in heads)]
            named = [p for p in self.people(reach) if (p.country or p.entity) and not self.is_located(p)]
            others = without(named, actors)
            if actors and others and abs(others[0].start - actors[0].end) <= MAX_DISTANCE:
                found.append(
                    Doubt(
                        self.reading,
                        self.sentence,
                        token.i,
                        tuple(actors),
                        tuple(p for p in others if p.start == others[0].start),
                    )
                )
        return found

    def _is_held(self, token: Token) -> bool:
        """Whether a verb stands in what an act above it holds: "planned to meet him and share the news" is one record."""
        while token.dep in {"conj", "xcomp"} and token.head != token.i:
            token = self.tokens[token.head]
            above = self.acts.get(token.i)
            if above is not None and not above.absorbed:
                return above.prospect is not None
        return False

    def _parties_of_accords(self) -> None:
        """A dated accord or truce named as a noun is between the two parties that the passage is about."""
        for act in self.acts.values():
            if not act.nominal or act.absorbed or act.actors or act.recipients or not self._is_accord(act):
                continue
            near = [t for t in self.reading.times.get(self.sentence.where, ()) if not t.nested and t.kind == "date"]
            own = [self.tokens[i] for i in subtree(self.tokens, act.token)]
            if any(t.start < w.end and t.end > w.start for t in own for w in near):
                act.actors = self._main_parties()
                act.basis.append("parties:passage")

    @staticmethod
    def _is_accord(act: Act) -> bool:
        return act.mode == "ceasefire" or (act.type == "SUPPORT" and act.cameo == "057")

    def _main_parties(self) -> list[Participant]:
        """The two sides of the passage, up to this sentence; empty where there are not two."""
        told = [
            (sentence, sentence.tokens[m.head], m)
            for m in self.reading.actors
            if m.sentence <= self.sentence.index and (sentence := self.reading.sentences[m.sentence])
        ]
        best = next(iter(pairs(told, self.sentence.index)), None)
        return list(best[1]) if best is not None and best[0] >= ENOUGH else []

    def _participants(self, act: Act) -> None:
        args = self.supported(act) if act.nominal else act.args
        if not act.nominal and (blamed := self.blamed(act.token)):
            args = replace(args, preps={**args.preps, "on": blamed})
        act.args = args
        if act.frame.reciprocal:
            everyone: list[Participant] = []
            # what the frame asks for as object is what is done, not a party: "exchanged prisoners"
            if act.type != "CONSULT":
                args = replace(args, object=[h for h in args.object if h not in self.consumed])
            for slot in (
                "subject",
                "poss",
                "object",
                "prep:with",
                "prep:between",
                "prep:among",
                "modifier",
                *act.frame.actor,
            ):
                for part in self._slot(act, slot, args):
                    if all(not same(part, p) for p in everyone):
                        everyone.append(part)
            if len(everyone) == 1 and act.nominal and act.type == "ASSAULT":
                everyone += without(self.people(self._fallen(act.token)), everyone)
            act.actors = everyone
            return
        for slot in act.frame.actor:
            if slot == "prep:from" and not act.nominal:
                # "sanctions from the Union", but not "driven from their homes"
                continue
            act.actors = self._slot(act, slot, args)
            if act.actors:
                break
        for slot in act.frame.recipient:
            found = without(self._slot(act, slot, args), act.actors)
            found = [p for p in found if not self._is_scene(act, slot, p) and not self._is_thing(act, p)]
            if found and slot == "prep:with" and act.type == "SUPPORT" and act.cameo == "057":
                # who signs an accord with somebody is one party of two
                act.actors = [*act.actors, *found]
                break
            if found:
                act.recipients = found
                break
        else:
            # "asked Russia for money": whoever is asked is the object, where the frame names no other
            asked = args.object if act.type == "REQUEST" and not act.nominal else []
            told = self.allowed(args) or self.people([h for h in asked if h not in self.consumed])
            act.recipients = without(told, act.actors)

    def _fallen(self, index: int) -> list[int]:
        """The other side of a fight in which somebody died: "ten soldiers were killed in a clash with rebels"."""
        prep = self.tokens[self.tokens[index].head]
        verb = self.tokens[prep.head]
        if self.tokens[index].dep != "pobj" or prep.lemma not in {"in", "during"}:
            return []
        if verb.lemma not in self.rows.classes["falling"]:
            return []
        args = self.args(verb.i)
        return args.object if args.passive else args.subject

    @staticmethod
    def _is_thing(act: Act, part: Participant) -> bool:
        """Whether an "it" is the deed or text that was praised or refused, and nobody."""
        return act.type in {"SUPPORT", "REJECT"} and part.text.lower() in {"it", "this", "that"}

    def _is_scene(self, act: Act, slot: str, part: Participant) -> bool:
        """Whether a name is only where a material act happens: "bombed Tuzla", "sent troops to Bosnia"."""
        if act.type not in SCENIC:
            return act.type not in HOSTED and slot.startswith("prep:") and self.is_located(part)
        if self.is_building(part):
            return True
        kind = next(
            (m.kind for m in self.reading.actors if m.sentence == self.sentence.index and m.start == part.start), ""
        )
        if (part.entity or "").startswith("polity/") and slot in {"object", "of", "prep:of"}:
            # a disputed land that is taken is where it happens
            return True
        if kind == "unknown" and part.country is None and not part.sectors:
            return True
        if act.type == "RETREAT":
            # "returned to Benin" has a recipient, "withdrew from Benin" and "from schools" a scene
            return slot in {"prep:from", "prep:in", "prep:out of"} or (
                kind in {"metonym", "country"} and slot != "prep:to"
            )
        if slot in {"prep:on", "prep:at"}:
            # a blockade or an attack on a state is done to it; on its capital it happens there
            return kind == "metonym" or (part.entity or "").startswith("polity/")
        if slot in {f"prep:{p}" for p in LOCATIVE} or act.type == "MOBILIZE":
            return kind in {"metonym", "country"}
        return kind == "metonym"

    def _slot(self, act: Act, slot: str, args: Arguments) -> list[Participant]:
        if slot == "of" and act.nominal:
            side = args.preps.get("of", [])
            return (
                self.people(side)
                if (act.frame.of == "object") == (slot in act.frame.recipient) or act.frame.of == "subject"
                else []
            )
        if slot == "subject":
            found = self.people(args.subject, through=True)
            scenes = self._scenes_before(args.subject) if act.type in STAGED else set()
            return [p for p in found if p.end not in scenes]
        if slot == "object":
            return self.people(args.object)
        if slot == "dative":
            return self.people(args.dative)
        if slot == "poss":
            return self.people(args.poss)
        if slot == "modifier":
            cities = self.cities if act.type in STAGED | CONVENED else frozenset()
            return self.modifier_people([m for m in args.modifiers if m not in cities])
        if slot.startswith("prep:"):
            return self.people(args.preps.get(slot[5:], []), through=slot != "prep:in")
        if slot.startswith("object-"):
            return self.inside(args.object, slot[7:])
        if slot in {"clause-subject", "clause-object"} and args.clause is not None:
            inner = self.args(args.clause)
            if slot == "clause-subject":
                return self.people(inner.subject)
            # "agreed to give Ukraine money": to whom, before what
            return self.people(inner.dative) or self.people(inner.object or inner.preps.get("with", []))
        return []

    def _scenes_before(self, heads: list[int]) -> set[int]:
        """Where the names of cities before nouns end: the Kabul of "a Kabul blast"."""
        return {self.tokens[m].end for h in heads for m in self.args(h).modifiers if m in self.cities}

    def _is_topic(self, index: int) -> bool:
        """Whether a noun only says what talks, money or a plan are about: "money for the disarmament of"."""
        above = self.tokens[self.tokens[index].head]
        return (
            above.lemma in {"on", "about", "for", "over", "towards", "toward"}
            and above.dep == "prep"
            and self.tokens[above.head].pos in {"NOUN", "PROPN"}
            and self.tokens[above.head].lemma not in self.rows.classes["answer"]
        )

    def _stands(self, act: Act) -> bool:
        if act.absorbed or act.token in self.consumed:
            return False
        token = self.tokens[act.token]
        if act.nominal and (token.dep in {"compound", "amod", "nmod", "npadvmod"} or self._is_topic(act.token)):
            return False
        return not self._in_condition(act.token)

    def _in_condition(self, index: int) -> bool:
        """Whether the act stands in the "if" or "unless" of a threat, demand or refusal."""
        for _ in range(8):
            token = self.tokens[index]
            if token.dep == "advcl" and any(
                self.tokens[c].dep == "mark" and self.tokens[c].lemma in {"if", "unless"} for c in token.children
            ):
                head = self.acts.get(token.head)
                return head is not None and head.type in {"THREATEN", "REQUEST", "REJECT"}
            if token.head == index:
                return False
            index = token.head
        return False

    def _draft(self, act: Act) -> Draft:
        act.actors = self.as_fighters(act.actors)
        if act.type not in SUFFERED:
            act.recipients = self.as_fighters(act.recipients)
        if act.type in UTTERED:
            act.recipients = [p for p in act.recipients if not is_own(p, act.actors)]
        if act.type in {"AGREE", "CONCEDE", "REJECT"} and not act.recipients:
            act.recipients = without(self.allowed(act.args), act.actors)
        if act.type == "THREATEN" and not act.recipients:
            act.recipients = without(self.warned(act.token), act.actors)
        prospect = (act.prospect.type, act.prospect.mode) if act.prospect is not None else None
        cameo = act.cameo or load().cameo_for(act.type, act.mode, prospect)
        return Draft(
            sentence=self.sentence.index,
            trigger=(act.token, act.token),
            type=act.type,
            mode=act.mode,
            cameo=cameo,
            frame=act.frame.id,
            actors=act.actors,
            recipients=act.recipients,
            prospect=act.prospect if act.type in HOLDING else None,
            content=act.content,
            nominal=act.nominal,
            basis=act.basis,
        )
