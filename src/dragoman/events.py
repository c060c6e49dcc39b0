"""What happened: the acts that the predicates of each sentence tell, with their participants.

Each verb, noun or adjective of the lexicon opens an act; the most specific frame whose conditions hold decides type,
mode and code. Participants are taken from the slots that the frame names. An act in the complement of another
("agreed to withdraw") becomes its prospect. What the acts amount to (status, date, place, speaker) is for later steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from dragoman.codebook import load
from dragoman.lexicon import FOLDING, Frame, Lexicon, Operator, lexicon
from dragoman.reading import ActorMention, Draft, Reading, Sentence, Token
from dragoman.records import Participant, Prospect
from dragoman.syntax import Arguments, arguments, clause_form, collect_preps, conjuncts, is_passive, subtree

ARMED = frozenset({"MIL", "REB", "COP", "UAF", "PRM", "SPY"})
CIVIL = frozenset({"CVL", "AGR", "BUS", "EDU", "JRN", "LAB", "MED", "REF", "REL", "SOC", "OPP", "NGO"})
FUTURE_MODALS = frozenset({"will", "would", "'ll", "’ll", "shall", "wo", "'d", "’d"})
NEUTER = frozenset({"it", "this", "that", "these", "them", "they", "which"})
"""Pronouns that may mean a thing named before: "welcomed it"."""
SCENIC = frozenset({"ASSAULT", "COERCE", "MOBILIZE", "RETREAT", "PROTEST"})
"""Material acts whose object or "in" phrase may be a scene and no recipient."""
LOCATIVE = frozenset({"in", "into", "at", "from", "through", "near", "across", "to", "on", "outside", "around", "of"})
REFUSABLE = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT"})
COOPERATIVE = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID"})
YIELDING = frozenset({"CONCEDE", "RETREAT"})


@dataclass(slots=True)
class Act:
    """A predicate of a sentence with the frame that it fills."""

    token: int
    last: int
    frame: Frame
    args: Arguments
    nominal: bool
    type: str
    mode: str | None
    cameo: str | None
    actors: list[Participant] = field(default_factory=list)
    recipients: list[Participant] = field(default_factory=list)
    prospect: Prospect | None = None
    content: int | None = None
    absorbed: bool = False
    """True where another act has taken it in."""
    basis: list[str] = field(default_factory=list)


def events(readings: Sequence[Reading]) -> None:
    """Gives each reading the acts of its sentences, as drafts in text order."""
    rows = lexicon()
    for reading in readings:
        mentions = {(m.sentence, m.head): m for m in reading.actors}
        for sentence in reading.sentences:
            if sentence.tokens:
                reading.drafts += SentenceCoder(reading, sentence, mentions, rows).drafts()


class SentenceCoder:
    """Codes one sentence."""

    def __init__(
        self, reading: Reading, sentence: Sentence, mentions: dict[tuple[int, int], ActorMention], rows: Lexicon
    ) -> None:
        self.reading = reading
        self.sentence = sentence
        self.tokens: list[Token] = sentence.tokens
        self.mentions = mentions
        self.rows = rows
        self.acts: dict[int, Act] = {}
        self.cache: dict[int, Arguments] = {}
        self.consumed: set[int] = set()
        self.places = self._place_tokens()

    def drafts(self) -> list[Draft]:
        """The acts that stand on their own, in text order."""
        for token in self.tokens:
            if token.pos in {"NOUN", "PROPN"}:
                self._open(token, self.rows.nouns, nominal=True)
        for token in self.tokens:
            if token.pos in {"VERB", "AUX"} and token.dep not in {"aux", "auxpass", "amod", "compound"}:
                self._open(token, self.rows.verbs, nominal=False)
            elif token.pos == "ADJ" and token.lemma in self.rows.adjectives:
                self._open_adjective(token)
        for act in list(self.acts.values()):
            self._participants(act)
        self._lend()
        self._results()
        for act in sorted(self.acts.values(), key=lambda a: -a.token):
            if act.frame.prospect or act.frame.fixed_prospect:
                self._fold(act)
        self._operators()
        self._refusals()
        found = [self._draft(a) for a in sorted(self.acts.values(), key=lambda a: a.token) if self._stands(a)]
        return [d for d in found if _nameable(d.actors) or _nameable(d.recipients)]

    # -- frames ---------------------------------------------------------------------------------------------------

    def args(self, index: int) -> Arguments:
        if index not in self.cache:
            self.cache[index] = arguments(self.tokens, index)
        return self.cache[index]

    def _open(
        self, token: Token, table: dict[str, tuple[tuple[tuple[str, ...], Frame], ...]], *, nominal: bool
    ) -> None:
        options = table.get(token.lemma) or (table.get(token.text.lower()) if nominal else None)
        if not options:
            return
        args = self.args(token.i)
        if nominal:
            args, _ = self._support(token.i, args)
        near = self._near(token, nominal)
        for words, frame in options:
            if words and not near.issuperset(words):
                continue
            if self._holds(frame, token, args):
                self.acts[token.i] = Act(
                    token.i,
                    token.i,
                    frame,
                    self.args(token.i),
                    nominal,
                    frame.type,
                    frame.mode,
                    frame.cameo,
                    basis=[f"frame:{frame.id}"],
                )
                if not nominal:
                    self._consume(token, frame, args, words)
                elif any(place == "of" for place, _ in frame.when):
                    # "the lifting of sanctions": the sanctions are no event beside
                    self.consumed.update(args.preps.get("of", []))
                return

    def _open_adjective(self, token: Token) -> None:
        args = self.args(token.i)
        for frame in self.rows.adjectives[token.lemma]:
            if self._holds(frame, token, args):
                self.acts[token.i] = Act(
                    token.i,
                    token.i,
                    frame,
                    args,
                    False,
                    frame.type,
                    frame.mode,
                    frame.cameo,
                    basis=[f"frame:{frame.id}"],
                )
                return

    def _near(self, token: Token, nominal: bool) -> set[str]:
        """Words close to a predicate that may belong to it."""
        near: set[str] = set()
        if nominal:
            for index in (*range(max(0, token.i - 3), token.i), *token.children):
                near |= {self.tokens[index].lemma, self.tokens[index].text.lower()}
            return near
        for child in token.children:
            word = self.tokens[child]
            if word.dep in {
                "prt",
                "prep",
                "advmod",
                "acomp",
                "dobj",
                "attr",
                "oprd",
                "nsubjpass",
                "agent",
                "dative",
                "xcomp",
                "npadvmod",
            }:
                near |= {word.lemma, word.text.lower()}
                for inner in word.children:
                    far = self.tokens[inner]
                    if far.dep in {"pobj", "prep", "compound", "amod", "pcomp", "dobj", "poss"}:
                        near |= {far.lemma, far.text.lower()}
                        if far.dep == "prep":
                            near |= {self.tokens[i].lemma for i in far.children}
        return near

    def _consume(self, token: Token, frame: Frame, args: Arguments, words: tuple[str, ...]) -> None:
        """Nouns that only complete the verb ("sign an agreement") open no act of their own."""
        named = {w for w in words}
        for place, fillers in frame.when:
            if place == "object" and not set(fillers) <= {
                "*",
                "@actor",
                "@armed",
                "@civil",
                "@person",
                "@country",
                "@place",
                "@number",
            }:
                for head in args.object:
                    if self._fills_any(head, tuple(f for f in fillers if f not in {"*", "!"})):
                        self.consumed.add(head)
        for head in [*args.object, *(o for objects in args.preps.values() for o in objects)]:
            if self.tokens[head].lemma in named or self.tokens[head].text.lower() in named:
                self.consumed.add(head)
        del token

    def _holds(self, frame: Frame, token: Token, args: Arguments) -> bool:
        return all(self._condition(c, token, args) for c in frame.when) and not any(
            self._condition(c, token, args) for c in frame.unless
        )

    def _condition(self, condition: tuple[str, tuple[str, ...]], token: Token, args: Arguments) -> bool:
        place, fillers = condition
        if place == "passive":
            return str(args.passive).lower() in fillers
        if place == "clause":
            return (
                args.clause_form in fillers
                or ("*" in fillers and args.clause is not None)
                or ("!" in fillers and args.clause is None)
            )
        if place == "particle":
            return bool(args.particles & set(fillers)) or ("!" in fillers and not args.particles)
        if place == "object-modifier":
            heads = [c for o in args.object for c in self.args(o).modifiers]
        else:
            heads = self._heads(place, token, args)
        if not heads:
            return "!" in fillers
        return any(self._fills_any(h, fillers) for head in heads for h in conjuncts(self.tokens, head))

    def _heads(self, place: str, token: Token, args: Arguments) -> list[int]:
        if place == "subject":
            return args.subject
        if place == "object":
            return args.object
        if place == "dative":
            return args.dative
        if place == "modifier":
            return args.modifiers
        if place == "poss":
            return args.poss
        if place == "of":
            return args.preps.get("of", [])
        if place.startswith("prep:"):
            return args.preps.get(place[5:], [])
        del token
        return []

    def _fills_any(self, head: int, fillers: Iterable[str]) -> bool:
        return any(self._fills(head, f) for f in fillers)

    def _fills(self, head: int, filler: str) -> bool:
        token = self.tokens[head]
        if token.lemma in self.rows.classes["quantity"] and (counted := self._counted(head)):
            return self._fills(counted[0], filler) or token.lemma == filler
        if filler == "*":
            return True
        if filler == "!":
            return False
        if not filler.startswith("@"):
            return token.lemma == filler or token.text.lower() == filler
        name = filler[1:]
        if name in self.rows.classes:
            words = self.rows.classes[name]
            if token.lemma in NEUTER and token.tag in {"PRP", "DT", "WDT"}:
                return not words.isdisjoint(self._things_before(head))
            return (
                token.lemma in words
                or token.text.lower() in words
                or any(
                    self.tokens[c].lemma in words
                    for c in token.children
                    if self.tokens[c].dep == "compound" and token.pos == "PROPN"
                )
            )
        if name.startswith("event"):
            act = self.acts.get(head)
            return act is not None and (name == "event" or act.type in name.split(":")[1].split("|"))
        if name == "place":
            return head in self.places or token.lemma in self.rows.classes["settlement"]
        if name == "number":
            return token.pos == "NUM" or any(self.tokens[c].dep == "nummod" for c in token.children)
        return self._is_actor(head, name)

    def _things_before(self, head: int) -> set[str]:
        """Lemmas of the common nouns that "it" may mean: those before it here and in the sentence before."""
        found = {t.lemma for t in self.tokens[:head] if t.pos == "NOUN"}
        if self.sentence.index:
            before = self.reading.sentences[self.sentence.index - 1]
            if before.where == self.sentence.where:
                found |= {t.lemma for t in before.tokens if t.pos == "NOUN"}
        return found

    def _is_actor(self, head: int, name: str) -> bool:
        mention = self.mentions.get((self.sentence.index, head))
        if mention is None or mention.kind == "modifier":
            return False
        sectors = {s for p in mention.parts for s in p.sectors}
        if name == "country":
            return mention.kind in {"country", "metonym"}
        if name == "person":
            return mention.kind in {"person", "name"} or (mention.kind in {"role", "pronoun"} and not mention.plural)
        if name == "armed":
            return bool(sectors & ARMED)
        if name == "civil":
            return bool(sectors & CIVIL) or mention.kind == "people"
        return bool(mention.parts)

    def _place_tokens(self) -> set[int]:
        found: set[int] = set()
        for place in self.reading.places.get(self.sentence.where, ()):
            if place.start < self.sentence.end and place.end > self.sentence.start:
                found |= {t.i for t in self.tokens if t.start < place.end and t.end > place.start}
        return found

    # -- participants -----------------------------------------------------------------------------------------------

    def _participants(self, act: Act) -> None:
        args = self._supported(act) if act.nominal else act.args
        act.args = args
        if act.frame.reciprocal:
            everyone: list[Participant] = []
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
                    if all(not _same(part, p) for p in everyone):
                        everyone.append(part)
            act.actors = everyone
            return
        for slot in act.frame.actor:
            act.actors = self._slot(act, slot, args)
            if act.actors:
                break
        for slot in act.frame.recipient:
            found = [p for p in self._slot(act, slot, args) if all(not _same(p, a) for a in act.actors)]
            found = [p for p in found if not self._is_scene(act, slot, p)]
            if found:
                act.recipients = found
                break

    def _is_scene(self, act: Act, slot: str, part: Participant) -> bool:
        """Whether a name is only where a material act happens: "bombed Tuzla", "sent troops to Bosnia"."""
        if act.type not in SCENIC:
            return False
        kind = next(
            (m.kind for m in self.reading.actors if m.sentence == self.sentence.index and m.start == part.start), ""
        )
        if slot in {f"prep:{p}" for p in LOCATIVE} or act.type in {"MOBILIZE", "RETREAT"}:
            return kind in {"metonym", "country"}
        return kind == "metonym"

    def _slot(self, act: Act, slot: str, args: Arguments) -> list[Participant]:
        if slot == "of" and act.nominal:
            side = args.preps.get("of", [])
            return (
                self._people(side)
                if (act.frame.of == "object") == (slot in act.frame.recipient) or act.frame.of == "subject"
                else []
            )
        if slot == "subject":
            return self._people(args.subject, through=True)
        if slot == "object":
            return self._people(args.object)
        if slot == "dative":
            return self._people(args.dative)
        if slot == "poss":
            return self._people(args.poss)
        if slot == "modifier":
            return self._modifier_people(args.modifiers)
        if slot.startswith("prep:"):
            return self._people(args.preps.get(slot[5:], []), through=slot != "prep:in")
        if slot.startswith("object-"):
            return self._inside(args.object, slot[7:])
        if slot in {"clause-subject", "clause-object"} and args.clause is not None:
            inner = self.args(args.clause)
            return self._people(
                inner.subject if slot == "clause-subject" else inner.object or inner.preps.get("with", [])
            )
        return []

    def _inside(self, heads: list[int], what: str) -> list[Participant]:
        """Actors named inside an object: "condemned Israel's raid"."""
        found: list[Participant] = []
        for head in heads:
            for noun in conjuncts(self.tokens, head):
                inner = self.args(noun)
                if what == "poss":
                    found += self._people(inner.poss)
                elif what == "modifier":
                    found += self._modifier_people(inner.modifiers)
                else:
                    found += self._people(inner.preps.get(what, []))
        return found

    def _people(self, heads: list[int], through: bool = False) -> list[Participant]:
        """Everyone whom the coordinated phrases at these heads mean; `through` looks inside a phrase that can't act itself."""
        found: list[Participant] = []
        for head in heads:
            for noun in self._members(head):
                mention = self.mentions.get((self.sentence.index, noun))
                parts: Sequence[Participant] = (
                    mention.parts if mention is not None and mention.kind != "modifier" else ()
                )
                if self.tokens[noun].lemma in self.rows.classes["quantity"] and (counted := self._counted(noun)):
                    parts = self._people(counted) or parts
                if not parts and through:
                    inner = self.args(noun)
                    parts = (
                        self._people(inner.poss)
                        or self._people(inner.preps.get("by", []))
                        or self._modifier_people(inner.modifiers)
                    )
                for part in parts:
                    if all(not _same(part, p) for p in found):
                        found.append(part)
        return found

    def _counted(self, noun: int) -> list[int]:
        """What a noun of quantity counts: the Georgians of "thousands of Georgians"."""
        return self.args(noun).preps.get("of", [])

    def _members(self, head: int) -> list[int]:
        """The coordinated phrases at a head; a plural with its members listed is its members."""
        found: list[int] = []
        for noun in conjuncts(self.tokens, head):
            listed = [
                m
                for c in subtree(self.tokens, noun)
                if c > noun and self.tokens[c].dep == "appos" and self._climbs(c, noun)
                for m in conjuncts(self.tokens, c)
                if (self.sentence.index, m) in self.mentions
            ]
            for c in self.tokens[noun].children:
                if self.tokens[c].lemma == "of":
                    # the parser reads "the Contact Group, Britain, France, ..." as one list
                    inner = [m for o in self.tokens[c].children for m in conjuncts(self.tokens, o)]
                    kinds = [m.kind if (m := self.mentions.get((self.sentence.index, i))) else "" for i in inner]
                    if len(inner) > 3 and kinds[0] == "organization" and set(kinds[1:]) <= {"country"}:
                        listed = inner[1:]
            mention = self.mentions.get((self.sentence.index, noun))
            named = mention is not None and mention.kind in {"person", "country", "name"}
            found += listed if len(listed) > 1 and not named else [noun]
        return found

    def _climbs(self, index: int, head: int) -> bool:
        """Whether an apposition hangs on the head, or on the "of" phrase of it."""
        above = self.tokens[index].head
        return above == head or (self.tokens[above].dep == "pobj" and self.tokens[self.tokens[above].head].head == head)

    def _modifier_people(self, modifiers: list[int]) -> list[Participant]:
        found: list[Participant] = []
        for index in modifiers:
            mention = self.mentions.get((self.sentence.index, index))
            if mention is not None:
                found += [p for p in mention.parts if all(not _same(p, q) for q in found)]
        return found

    def _supported(self, act: Act) -> Arguments:
        """The arguments of a nominal act, its light verb's among them."""
        args, verb = self._support(act.token, act.args)
        if verb is not None:
            act.basis.append(f"light:{verb.lemma}")
        return args

    def _support(self, index: int, args: Arguments) -> tuple[Arguments, Token | None]:
        """The arguments of a noun with those that a light verb lends it ("Kenya held talks with"), and that verb."""
        chain = self.tokens[index]
        while chain.dep == "conj" and self.tokens[chain.head].pos in {"NOUN", "PROPN"}:
            chain = self.tokens[chain.head]
        verb = self.tokens[chain.head]
        kind = {"dobj": "object", "nsubjpass": "object", "nsubj": "subject"}.get(chain.dep)
        if chain.dep == "pobj" and self.tokens[verb.head].pos == "VERB" and verb.dep == "prep":
            verb, kind = self.tokens[verb.head], "prep"
        if (
            kind is None
            or verb.pos not in {"VERB", "AUX"}
            or verb.lemma not in self.rows.light.get(kind, frozenset())
            or verb.i in self.acts
        ):
            return args, None
        lent = self.args(verb.i)
        merged = replace(args, preps={k: list(v) for k, v in args.preps.items()}, subject=list(args.subject))
        if kind in {"object", "prep"}:
            merged.subject += [s for s in lent.subject if s not in merged.subject]
        preps = lent.preps
        if kind == "subject":
            # what hangs on the object of "the raids followed the refusal of the army" is not the raids'
            preps = {}
            collect_preps(self.tokens, verb.i, preps)
        for name, heads in preps.items():
            merged.preps.setdefault(name, []).extend(
                h for h in heads if h != index and h not in merged.preps.get(name, ())
            )
        return merged, verb

    def _lend(self) -> None:
        """A noun that tells the act of its verb again gives it mode and doer: "a drone strike killed ten"."""
        for act in self.acts.values():
            verb = self._verb_above(act.token) if act.nominal else None
            if verb is None or verb.type != act.type or verb is act or verb.frame.prospect:
                continue
            if verb.mode is None:
                verb.mode, verb.cameo = act.mode, act.cameo or verb.cameo
            if not verb.actors:
                verb.actors = [p for p in act.actors if all(not _same(p, r) for r in verb.recipients)]
            if not verb.recipients:
                verb.recipients = [p for p in act.recipients if all(not _same(p, a) for a in verb.actors)]
            verb.basis.append(f"lent:{act.frame.id}")
            act.absorbed = True

    def _results(self) -> None:
        """ "Rebels fired a missile at the base, wounding two soldiers" is one act with two recipients."""
        for act in self.acts.values():
            token = self.tokens[act.token]
            above = self.acts.get(token.head)
            if token.dep != "advcl" or token.tag != "VBG" or above is None or above is act or above.type != act.type:
                continue
            above.recipients += [p for p in act.recipients if all(not _same(p, q) for q in (*above.recipients, *above.actors))]
            act.absorbed = True

    def _is_topic(self, index: int) -> bool:
        """Whether a noun only says what talks, money or a plan are about: "money for the disarmament of"."""
        above = self.tokens[self.tokens[index].head]
        return above.lemma in {"on", "about", "for", "over", "towards", "toward"} and above.dep == "prep" and self.tokens[above.head].pos in {"NOUN", "PROPN"}

    def _verb_above(self, index: int) -> Act | None:
        """The verb's act that a noun is subject, object or circumstance of."""
        token = self.tokens[index]
        if token.dep in {"nsubj", "dobj", "nsubjpass"}:
            return self.acts.get(token.head)
        if token.dep == "pobj" and self.tokens[token.head].lemma in {"in", "by", "with", "during"}:
            return self.acts.get(self.tokens[token.head].head)
        return None

    # -- folding ------------------------------------------------------------------------------------------------------

    def _fold(self, act: Act) -> None:
        """Takes the act in the complement in as prospect."""
        if act.frame.fixed_prospect is not None:
            act.prospect = Prospect(*act.frame.fixed_prospect)
        slot = act.frame.prospect or ""
        heads = (
            [act.args.clause]
            if slot == "clause" and act.args.clause is not None
            else self._heads(slot, self.tokens[act.token], act.args)
        )
        if slot == "clause" and not heads:
            heads = [
                *act.args.object,
                *act.args.preps.get("for", []),
                *act.args.preps.get("to", []),
                *act.args.preps.get("on", []),
            ]
        content = self._content(heads)
        if not content:
            return
        first = content[0]
        act.content = first.token
        act.prospect = Prospect(first.type, first.mode)
        for inner in content:
            inner.absorbed = True
        if not act.recipients:
            others = [p for p in [*first.actors, *first.recipients] if all(not _same(p, a) for a in act.actors)]
            wanted = (
                [p for p in first.actors if all(not _same(p, a) for a in act.actors)]
                if act.type == "REQUEST"
                else others
            )
            act.recipients = wanted or ([] if act.type == "REQUEST" else others)

    def _content(self, heads: list[int]) -> list[Act]:
        """The acts that a complement tells: its head, what is coordinated with it, or what a light verb at its head carries."""
        found: list[Act] = []
        for head in heads:
            for index in conjuncts(self.tokens, head):
                if index in self.acts and not self.acts[index].absorbed:
                    found.append(self.acts[index])
                    continue
                token = self.tokens[index]
                if token.pos in {"VERB", "AUX"}:
                    operator = self.rows.operators.get(token.lemma)
                    inner = self.args(index)
                    nested = [inner.clause] if inner.clause is not None and operator is not None else []
                    light = [o for o in inner.object if o in self.acts]
                    found += self._content([*nested, *light])
        return found

    def _operators(self) -> None:
        """Promises over a complement, and "said it would": AGREE, CONCEDE or THREATEN by what is promised."""
        for token in self.tokens:
            operator = self.rows.operators.get(token.lemma)
            if operator is None or token.i in self.acts or operator.kind not in {"fold", "carry"}:
                continue
            if token.pos not in {"VERB", "ADJ", "AUX", "NOUN"} or token.dep in {"amod", "compound"}:
                continue
            args = self.args(token.i)
            if operator.kind == "fold":
                self._promise(token, args, operator, args.clause)
            else:
                self._announced(token, args)

    def _promise(self, token: Token, args: Arguments, operator: Operator, clause: int | None) -> None:
        default = operator.default
        if clause is None and default is None and args.object and token.pos == "VERB":
            # "planned an attack" promises; "committed an atrocity" does not
            if token.lemma not in self.rows.light["promise"]:
                return
        heads = (
            [clause]
            if clause is not None
            else [*args.object, *args.preps.get("to", []), *args.preps.get("on", []), *args.preps.get("for", [])]
        )
        content = self._content(heads)
        if not content:
            if default is None or clause is None:
                return
            self._add(token, args, default, None, None, args.subject, args.preps.get("with", []) or args.dative)
            return
        first = content[0]
        kind = promised_type(first.type)
        if operator.family == "willing" and kind == "CONCEDE":
            kind = "AGREE"
        refused = self._is_negated(token.i) and kind in {"AGREE", "CONCEDE"}
        if refused:
            kind = "REJECT"
        act = self._add(
            token, args, kind, Prospect(first.type, first.mode), first.token, args.subject or args.poss, args.dative
        )
        if refused:
            act.basis.append(f"refused:{token.lemma}")
        if not act.actors:
            act.actors = first.actors
        if not act.recipients:
            act.recipients = [p for p in [*first.recipients, *first.actors] if all(not _same(p, a) for a in act.actors)]
        for inner in content:
            inner.absorbed = True

    def _announced(self, token: Token, args: Arguments) -> None:
        """ "Ghana said it would send police": the promise is the event, the saying its attribution."""
        clause = args.clause
        if clause is None or token.i in self.acts:
            return
        for index in conjuncts(self.tokens, clause):
            verb = self.tokens[index]
            if not any(
                self.tokens[c].lemma in FUTURE_MODALS or self.tokens[c].text.lower() in FUTURE_MODALS
                for c in verb.children
                if self.tokens[c].dep == "aux"
            ):
                continue
            for act in self._content([index]):
                speakers = self._people(args.subject)
                unnamed = is_passive(self.tokens, index) and not act.actors
                if act.type in FOLDING or not speakers or not (unnamed or _overlap(speakers, act.actors)):
                    continue
                if unnamed:
                    # "the minister said that an amnesty would be granted": his own side grants it
                    act.actors = speakers
                act.prospect = Prospect(act.type, act.mode)
                refused = self._is_negated(act.token) or self._is_negated(index)
                act.type, act.mode, act.cameo = promised_type(act.type), None, None
                if refused and act.type in {"AGREE", "CONCEDE"}:
                    act.type = "REJECT"
                    act.basis.append(f"refused:{token.lemma}")
                act.basis.append(f"announced:{token.lemma}")

    def _is_negated(self, index: int) -> bool:
        """Whether a "not" or "never" stands at the predicate, or at the copula of an adjective."""
        token = self.tokens[index]
        spots = [token, self.tokens[token.head]] if token.dep in {"acomp", "attr"} else [token]
        return any(self.tokens[c].dep == "neg" for s in spots for c in s.children)

    def _refusals(self) -> None:
        """ "Turkey will not withdraw": to say that one won't cooperate or yield is to refuse."""
        for act in self.acts.values():
            token = self.tokens[act.token]
            if act.absorbed or act.nominal or act.prospect or act.type not in REFUSABLE or not act.actors:
                continue
            modal = any(self.tokens[c].text.lower() in {"will", "would", "wo"} for c in token.children if self.tokens[c].dep == "aux")
            if modal and self._is_negated(act.token) and not is_passive(self.tokens, act.token):
                act.prospect = Prospect(act.type, act.mode)
                act.type, act.mode, act.cameo = "REJECT", None, None
                act.basis.append("refused:will")

    def _add(
        self,
        token: Token,
        args: Arguments,
        kind: str,
        prospect: Prospect | None,
        content: int | None,
        actors: list[int],
        recipients: list[int],
    ) -> Act:
        frame = Frame(f"operator-{token.lemma}", kind, None, None, (), (), (), (), False, "object", None, None, "", "")
        act = Act(
            token.i,
            token.i,
            frame,
            args,
            False,
            kind,
            None,
            None,
            prospect=prospect,
            content=content,
            basis=[f"operator:{token.lemma}"],
        )
        act.actors = self._people(actors, through=True)
        act.recipients = [p for p in self._people(recipients) if all(not _same(p, a) for a in act.actors)]
        self.acts[token.i] = act
        return act

    # -- drafts -------------------------------------------------------------------------------------------------------

    def _stands(self, act: Act) -> bool:
        if act.absorbed or act.token in self.consumed:
            return False
        token = self.tokens[act.token]
        if act.nominal:
            if token.dep in {"compound", "amod", "nmod", "npadvmod"} or self._is_topic(act.token):
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
        prospect = (act.prospect.type, act.prospect.mode) if act.prospect is not None else None
        cameo = act.cameo or load().cameo_for(act.type, act.mode, prospect)
        return Draft(
            sentence=self.sentence.index,
            trigger=(act.token, act.last),
            type=act.type,
            mode=act.mode,
            cameo=cameo,
            frame=act.frame.id,
            actors=act.actors,
            recipients=act.recipients,
            prospect=act.prospect,
            content=act.content,
            nominal=act.nominal,
            basis=act.basis,
        )


def promised_type(content: str) -> str:
    """The type of promising an act: cooperation is AGREE, yielding CONCEDE, refusing REJECT, the rest THREATEN."""
    if content in COOPERATIVE or content in {"REQUEST"}:
        return "AGREE"
    if content in YIELDING:
        return "CONCEDE"
    if content in {"REJECT", "ACCUSE"}:
        return content
    return "THREATEN"


def _nameable(parts: Iterable[Participant]) -> bool:
    return any(p.country or p.sectors or p.entity or p.people for p in parts)


def _same(a: Participant, b: Participant) -> bool:
    if a.entity and b.entity:
        return a.entity == b.entity
    return (a.country, a.sectors, a.name) == (b.country, b.sectors, b.name) and (
        a.country is not None or a.text == b.text
    )


def _overlap(a: Iterable[Participant], b: Iterable[Participant]) -> bool:
    return any(_same(p, q) or (p.country is not None and p.country == q.country) for p in a for q in b)


__all__ = ["Act", "clause_form", "events", "promised_type"]
