"""Which frame a predicate fills: the conditions of the lexicon, tested on the arguments in a sentence."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dragoman.lexicon import Frame, Lexicon
from dragoman.mentions.phrases import counts_people
from dragoman.participants import SentenceView
from dragoman.reading import ActorMention, Reading, Sentence, Token
from dragoman.records import Participant, Prospect
from dragoman.syntax import Arguments, collect_preps, conjuncts, is_negated

CLOSE = frozenset(
    [
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
        "intj",
    ]
)
"""Dependents of a verb whose words may belong to its frame."""
INNER = frozenset(["pobj", "prep", "advmod", "compound", "amod", "pcomp", "dobj", "poss", "appos", "oprd"])
"""Dependents of those that may."""
HANGING = ("by", "against", "on", "at", "over")
"""Prepositions that belong to a noun though the parser hangs them on the verb: "feared riots by youths"."""
PARTICLES = frozenset({"down", "up", "off", "out", "over", "back", "away", "in"})
CAUSING = frozenset({"have", "get"})
"""Verbs whose subject has the deed of a participle below done by others."""
OFFICIAL = frozenset({"GOV", "LEG", "JUD", "MIL", "COP", "SPY", "REB", "PRM", "UAF", "PTY", "OPP", "ELI", "PRE"})
"""Sectors of those who act for a state, a party or an armed group."""
TITLING = frozenset({"compound", "nmod"})
"""Dependents of a name that may be its title."""
PROMISES = frozenset({"AGREE", "CONCEDE", "THREATEN"})
"""Types of frames that may promise what their clause tells."""
LETTING = frozenset({"let"})
"""Verbs that take a bare infinitive with its doer: what is let go is their object."""
NEUTER = frozenset({"it", "this", "that", "these", "them", "they", "which"})
"""Pronouns that may mean a thing named before: "welcomed it"."""


@dataclass(slots=True)
class Act:
    """A predicate of a sentence with the frame that it fills."""

    token: int
    frame: Frame
    args: Arguments
    nominal: bool
    type: str = field(init=False)
    """As the frame has them, until what the act holds changes them: so mode and CAMEO code."""
    mode: str | None = field(init=False)
    cameo: str | None = field(init=False)
    actors: list[Participant] = field(default_factory=list)
    recipients: list[Participant] = field(default_factory=list)
    prospect: Prospect | None = None
    content: int | None = None
    absorbed: bool = False
    """True where another act has taken it in."""
    basis: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.type, self.mode, self.cameo = self.frame.type, self.frame.mode, self.frame.cameo


class FrameMatcher(SentenceView):
    """Opens an act at each predicate whose words and arguments fill a frame."""

    def __init__(
        self, reading: Reading, sentence: Sentence, mentions: dict[tuple[int, int], ActorMention], rows: Lexicon
    ) -> None:
        super().__init__(reading, sentence, mentions, rows)
        self.acts: dict[int, Act] = {}
        self.consumed: set[int] = set()
        """Nouns that only complete a verb and open no act of their own."""

    def open_all(self) -> None:
        """Opens the acts of the sentence: nouns first, so that verbs can ask for them."""
        for token in self.tokens:
            if token.pos in {"NOUN", "PROPN"}:
                self._open(token, self.rows.nouns, nominal=True)
        for token in self.tokens:
            if token.pos in {"VERB", "AUX"} and token.dep not in {"aux", "auxpass", "amod", "compound"}:
                self._open(token, self.rows.verbs, nominal=False)
            elif token.pos == "ADJ" and token.lemma in self.rows.adjectives:
                self._open_adjective(token)

    def _open(
        self, token: Token, table: dict[str, tuple[tuple[tuple[str, ...], Frame], ...]], *, nominal: bool
    ) -> None:
        options = table.get(token.lemma) or (table.get(token.text.lower()) if nominal else None)
        if not options:
            return
        args = self._caused(token, self.args(token.i))
        if nominal:
            args, _ = self.support(token.i, args)
        near = self._near(token, nominal)
        for words, frame in options:
            if words and not near.issuperset(words):
                continue
            own = args if nominal else self._with_particle_object(words, args)
            if self._holds(frame, own):
                kept = self.args(token.i) if nominal else own
                self.acts[token.i] = Act(token.i, frame, kept, nominal, basis=[f"frame:{frame.id}"])
                if not nominal:
                    self._consume(token, frame, own, words)
                elif any(place == "of" for place, _ in frame.when):
                    # "the lifting of sanctions": the sanctions are no event beside
                    self.consumed.update(args.preps.get("of", []))
                return

    def _caused(self, token: Token, args: Arguments) -> Arguments:
        """ "Had his rivals arrested": who has it done is the doer, and the participle's subject the undergoer."""
        if token.lemma in LETTING and not args.object and args.clause is not None:
            # "let the volunteers go" is "allowed the volunteers to go"
            return replace(args, object=list(self.args(args.clause).subject), clause_form="to")
        above = self.tokens[token.head]
        if token.tag != "VBN" or token.dep not in {"ccomp", "xcomp"} or above.lemma not in CAUSING:
            return args
        if args.passive or not args.subject or any(self.tokens[c].dep in {"aux", "auxpass"} for c in token.children):
            return args
        return replace(args, subject=self.args(above.i).subject, object=args.subject, passive=True)

    @staticmethod
    def _with_particle_object(words: tuple[str, ...], args: Arguments) -> Arguments:
        """ "Voted down the budget": a particle that the parser took for a preposition gives its object to the verb."""
        if len(words) == 1 and not args.object and words[0] in PARTICLES and args.preps.get(words[0]):
            return replace(args, object=list(args.preps[words[0]]))
        return args

    def _open_adjective(self, token: Token) -> None:
        args = self.args(token.i)
        for frame in self.rows.adjectives[token.lemma]:
            if self._holds(frame, args):
                self.acts[token.i] = Act(token.i, frame, args, nominal=False, basis=[f"frame:{frame.id}"])
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
            named = word.dep == "ccomp" and (
                word.pos in {"NOUN", "ADJ", "PROPN"} or word.tag == "VBN" or token.lemma in LETTING
            )
            if word.dep in CLOSE or named:
                near |= {word.lemma, word.text.lower()}
                for inner in word.children:
                    far = self.tokens[inner]
                    if far.dep in INNER:
                        near |= {far.lemma, far.text.lower()}
                        if far.dep == "prep":
                            near |= {self.tokens[i].lemma for i in far.children}
        return near

    def _consume(self, token: Token, frame: Frame, args: Arguments, words: tuple[str, ...]) -> None:
        """Nouns that only complete the verb ("sign an agreement") open no act of their own."""
        named = set(words)
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
                    own = self.tokens[head].head == token.i
                    if own and self.fills_any(head, tuple(f for f in fillers if f not in {"*", "!"})):
                        self.consumed.add(head)
        for head in [*args.object, *(o for objects in args.preps.values() for o in objects)]:
            if self.tokens[head].lemma in named or self.tokens[head].text.lower() in named:
                self.consumed.add(head)

    def _holds(self, frame: Frame, args: Arguments) -> bool:
        # a plain loop: it is run some thousand times a report
        for condition in frame.when:
            if not self.condition(condition, args):
                return False
        if frame.unless and any(self.condition(condition, args) for condition in frame.unless):
            return False
        return not self._forgoes(frame, args.clause)

    def _forgoes(self, frame: Frame, clause: int | None) -> bool:
        """Whether what the frame promises or threatens is what its clause says will not be done: "vowed not to attack"."""
        if clause is None or frame.type not in PROMISES or not is_negated(self.tokens, clause):
            return False
        operator = self.rows.operators.get(self.tokens[self.tokens[clause].head].lemma)
        vows = operator is not None and operator.kind == "fold"
        return vows or (frame.prospect == "clause" and frame.type != "THREATEN")

    def condition(self, condition: tuple[str, tuple[str, ...]], args: Arguments) -> bool:
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
            heads = self.heads(place, args)
        if not heads:
            return "!" in fillers
        for head in heads:
            for each in conjuncts(self.tokens, head):
                if self.fills_any(each, fillers):
                    return True
        return False

    def heads(self, place: str, args: Arguments) -> list[int]:
        if place == "subject":
            return args.subject
        if place == "object":
            return args.object
        if place == "dative":
            return args.dative
        if place == "modifier":
            return args.modifiers
        if place == "complement":
            return self._complement(args)
        if place == "poss":
            return args.poss
        if place == "of":
            return args.preps.get("of", [])
        if place.startswith("prep:"):
            return args.preps.get(place[5:], [])
        return []

    def _complement(self, args: Arguments) -> list[int]:
        """What a complement says of its subject: "said the plan was unacceptable" gives the adjective; a negated one says nothing."""
        if args.clause is None or is_negated(self.tokens, args.clause):
            return []
        found = [args.clause]
        for child in self.tokens[args.clause].children:
            if self.tokens[child].dep in {"attr", "acomp", "oprd", "dobj"}:
                found += conjuncts(self.tokens, child)
        return found

    def fills_any(self, head: int, fillers: tuple[str, ...]) -> bool:
        token = self.tokens[head]
        counts = token.lemma in self.rows.classes["quantity"]
        if counts and (counted := self._counted(head)):
            return self.fills_any(counted[0], fillers) or token.lemma in fillers
        asked = self.rows.sorted_fillers(fillers)
        if asked.anything:
            return True
        if counts and counts_people(self.tokens, token):
            # "scores were wounded": no scores of a match
            return "people" in asked.words or any(self._is_a(head, f[1:]) for f in asked.others)
        if token.lemma in NEUTER and token.tag in {"PRP", "DT", "WDT"}:
            words = asked.plain
            if asked.of_classes and not asked.of_classes.isdisjoint(self._things_before(head)):
                return True
        else:
            words = asked.words
        if token.lemma in words or token.text.lower() in words:
            return True
        if token.pos == "PROPN" and not words.isdisjoint(self._words_of(token)):
            return True
        return any(self._is_a(head, f[1:]) for f in asked.others)

    def _is_a(self, head: int, name: str) -> bool:
        """Whether a head is one of those whom no list of words gives: an act, a place, a number, an actor."""
        token = self.tokens[head]
        if name.startswith("event"):
            act = self.acts.get(head)
            return act is not None and (name == "event" or act.type in name.split(":")[1].split("|"))
        if name == "place":
            return head in self.places or token.lemma in self.rows.classes["settlement"]
        if name == "number":
            return token.pos == "NUM" or any(self.tokens[c].dep == "nummod" for c in token.children)
        if name == "official":
            return self._is_official(head)
        return self.is_actor(head, name)

    def _is_official(self, head: int) -> bool:
        """Whether a head names a state, a body, or somebody who acts for one or bears arms."""
        mention = self.mention(head)
        if mention is None or mention.kind == "modifier" or not mention.parts:
            return False
        sectors = {s for p in mention.parts for s in p.sectors}
        return bool(sectors & OFFICIAL) or mention.kind in {"country", "metonym", "organization"}

    def _words_of(self, token: Token) -> set[str]:
        """Lemma and form of a head; of a name also the titles before it: "President Boric", "Storm Daniel"."""
        words = {token.lemma, token.text.lower()}
        if token.pos == "PROPN":
            titles = [self.tokens[c] for c in token.children if c < token.i and self.tokens[c].dep in TITLING]
            words |= {t.lemma for t in titles}
        return words

    def supported(self, act: Act) -> Arguments:
        """The arguments of a nominal act, its light verb's among them."""
        args, verb = self.support(act.token, self._blamed(act.token, act.args))
        if verb is not None:
            act.basis.append(f"light:{verb.lemma}")
        return args

    def _blamed(self, index: int, args: Arguments) -> Arguments:
        """The arguments of what somebody is blamed for, with him as its doer: "blamed the attack on the rebels"."""
        noun = self.tokens[index]
        blamed = self.blamed(noun.head) if noun.dep in {"dobj", "nsubjpass"} else []
        if not blamed:
            return args
        at = [h for h in args.preps.get("on", []) if h not in blamed]
        return replace(args, preps={**args.preps, "on": at, "by": blamed})

    def blamed(self, verb: int) -> list[int]:
        """Whom a verb blames: its last "on", for the parser hangs both of "the attack on the convoy on rebels" on the deed."""
        if self.tokens[verb].lemma not in self.rows.classes["blaming"]:
            return []
        return sorted(self.args(verb).preps.get("on", []))[-1:]

    def support(self, index: int, args: Arguments) -> tuple[Arguments, Token | None]:
        """The arguments of a noun with those that a light verb lends it ("Kenya held talks with"), and that verb."""
        chain = self.tokens[index]
        while chain.dep == "conj" and self.tokens[chain.head].pos in {"NOUN", "PROPN"}:
            chain = self.tokens[chain.head]
        verb = self.tokens[chain.head]
        kind = {"dobj": "object", "nsubjpass": "object", "nsubj": "subject"}.get(chain.dep)
        if chain.dep == "pobj" and self.tokens[verb.head].pos == "VERB" and verb.dep == "prep":
            verb, kind = self.tokens[verb.head], "prep"
        if chain.dep == "pobj" and verb.pos == "VERB" and self._is_occasion(chain):
            # "told him during a visit to Baku", "in talks with": the doer of the verb is the visitor
            lent = self.args(verb.i)
            if not args.poss and not args.subject and lent.subject and not lent.passive:
                return replace(args, subject=list(lent.subject)), None
        if (
            kind is None
            or verb.pos not in {"VERB", "AUX"}
            or verb.lemma not in self.rows.light.get(kind, frozenset())
            or verb.i in self.acts
        ):
            return self._hanging(index, args, verb), None
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

    def _is_occasion(self, noun: Token) -> bool:
        """Whether a noun is the occasion on which something is done: "during the talks", "on a visit"."""
        prep = self.tokens[noun.head].lemma
        return prep == "during" or (prep == "on" and noun.lemma in self.rows.classes["journey"])

    def _hanging(self, index: int, args: Arguments, verb: Token) -> Arguments:
        """The arguments of the object of an active verb with what the parser hung too high."""
        token = self.tokens[index]
        if token.dep != "dobj" or verb.pos != "VERB" or token.head != verb.i:
            return args
        lent: dict[str, list[int]] = {}
        collect_preps(self.tokens, verb.i, lent)
        mine = {k: v for k in HANGING if k not in args.preps and (v := [h for h in lent.get(k, []) if h > index])}
        if not mine:
            return args
        return replace(args, preps=args.preps | mine, subject=[*args.subject, *mine.get("by", [])])
