"""Who is meant by a surname, a pronoun or a description, given what was read before.

The resolver keeps the mentions of the document in reading order and looks back: same sentence first, then the subject
of the sentence before, then the nearest that fits, at most `REACH` sentences away. It abstains where nothing fits;
an unresolved pronoun has no parts and takes part in nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dragoman.lexicon import lexicon
from dragoman.mentions.knowledge import Knowledge, Role
from dragoman.mentions.pointers import word_lists
from dragoman.mentions.recall import Recall
from dragoman.mentions.sides import (
    BARELY,
    ENOUGH,
    SUBJECTS,
    Told,
    can_be_side,
    list_head,
    lists,
    number_of,
    own_subjects,
    pairs,
    side,
    verb_above,
)
from dragoman.reading import ActorMention, Sentence, Token
from dragoman.records import Participant

REACH = 4
"""Sentences that a pronoun may look back; beyond it one in two was wrong on our own reports."""

FAR = 12
"""Sentences that "the group" or "the alliance" may look back."""

BODIES = ("group/", "organization/", "country/", "polity/")
"""Beginnings of the keys of what "it" may mean."""

PERSONAL = frozenset({"person", "name"})
OF_STATES = frozenset({"modifier", "people", "country"})
"""Kinds of what tells whose counterparts are meant: "his Indian and Pakistani counterparts"."""
PARTY = frozenset({"GOV", "MIL", "REB", "PRE", "PTY", "OPP", "UAF", "PRM"})
"""Sectors of those who can be a side of a conflict or of talks."""
IRREGULAR = frozenset({"REB", "PRM", "UAF", "CRM"})
"""Sectors of armed people who are no state's forces."""


class Memory(Recall):
    """What a reader remembers of the document so far."""

    def __init__(self, known: Knowledge, day: str | None) -> None:
        super().__init__(known, day)
        self.past: list[Told] = []
        self.bodies: list[Told] = []
        """Organizations and groups that were named only before a noun: "NATO jets"."""
        self.groups: list[ActorMention] = []
        """Armed groups that were named."""
        self.owner_entity: str | None = None
        self.land: str | None = None
        """Country of the disputed or foreign land last told of, where "ethnic Armenians" then live."""
        self.told: Counter[tuple[str | None, str | None, str]] = Counter()

    # -- while reading ------------------------------------------------------------------------------------------------

    def note(self, sentence: Sentence, token: Token, mention: ActorMention) -> None:
        """Adds a resolved mention to what was read."""
        if mention.kind == "modifier":
            if any((p.entity or "").startswith(("organization/", "group/")) for p in mention.parts):
                self.bodies.append((sentence, token, mention))
            return
        self.told.update(_key(p) for p in mention.parts)
        if mention.kind != "pronoun":
            self.past.append((sentence, token, mention))
        if mention.kind == "group":
            self.groups.append(mention)

    def _lately(self, sentence: Sentence, reach: int) -> list[Told]:
        """What was told from `reach` sentences before a sentence on, in reading order."""
        first = len(self.past)
        while first and sentence.index - self.past[first - 1][0].index <= reach:
            first -= 1
        return self.past[first:]

    def _bodies_lately(self, sentence: Sentence) -> list[ActorMention]:
        """Bodies that were named only before a noun within `FAR` sentences, the latest first."""
        return [m for s, _, m in reversed(self.bodies) if sentence.index - s.index <= FAR]

    def _before(self, sentence: Sentence, token: Token, reach: int = REACH) -> list[Told]:
        """Earlier mentions, likeliest antecedent first: nearer sentences, subjects before others."""
        fit: list[tuple[float, int, Told]] = []
        for s, t, m in self._lately(sentence, reach):
            if s.where != sentence.where and s.where == "title":
                continue
            gap = sentence.index - s.index
            if gap == 0 and t.i >= token.i:
                continue
            rank = gap * 2 + (0 if t.dep in SUBJECTS else 1) + (0 if any(p.country for p in m.parts) else 1.5)
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
            single = number == "many" and not m.plural
            parts = self._coordinated(s, t, m, found) if single and len(m.parts) == 1 else m.parts
            listed = single and len(parts) > 1
            if not (listed or _agrees(m, number, who, self.known)) or (
                s.index == sentence.index
                and token.dep in {"dobj", "pobj", "dative"}
                and list_head(sentence.tokens, t.i) in own_subjects(sentence.tokens, token.i)
                and not word.endswith(("self", "selves"))
            ):
                continue
            mention.parts = as_said(parts, token.text, token.start, token.end)
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
                        mention.parts = as_said(speaker.parts, token.text, token.start, token.end)
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
                    mention.parts = as_said(owner.parts, token.text, token.start, token.end)
                    mention.basis = ("pronoun:whose",)
                return
            verb = sentence.tokens[verb].head

    @staticmethod
    def _coordinated(
        sentence: Sentence, token: Token, mention: ActorMention, found: dict[tuple[int, int], ActorMention]
    ) -> tuple[Participant, ...]:
        """The mention with those coordinated to it: "Kenya and Uganda ... they"."""
        parts = list(mention.parts)
        for child in token.children:
            other = found.get((sentence.index, child))
            if other is not None and sentence.tokens[child].dep == "conj":
                parts += other.parts
        return tuple(parts)

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
        counted = lemma in lists["mutual"]
        if not kinds or not _definite(sentence.tokens, token, counted=counted):
            return
        mention.kind = "description"
        if _is_plural_noun(token):
            parts = self._several(sentence, token, kinds, found)
            if not parts:
                return
            self._point(mention, sentence, parts, lemma)
            return
        earlier = [
            m for _, _, m in self._before(sentence, token, FAR) if any(_is_kind(m, k, self.known) for k in kinds)
        ]
        holder = self._possessor(sentence, token, found) if "country" in kinds else None
        if holder is not None and lemma not in lists["relation"]:
            # "his country" is the state whose minister he is
            home = next(iter(self.known.states(holder.country or "")), None)
            if home is not None:
                who = Participant("", 0, 0, home.name, home.entity, home.country, ("GOV",))
                self._point(mention, sentence, [who], lemma)
            return
        if "country" in kinds:
            rest = sentence.text[mention.end - sentence.start :]
            earlier = [m for m in earlier if m.kind in {"country", "metonym"} and not _named_in(m, rest)]
            near = [m for m in earlier if m.sentence == sentence.index]
            if not near and (state := self._state_acting(sentence, token, rest)) is not None:
                self._point(mention, sentence, [state], lemma)
                return
        if "armed" in kinds or "joint" in kinds:
            # "the group" is rather the guerrillas than the union of states that was named between
            earlier += self._bodies_lately(sentence)
            earlier.sort(key=lambda m: _unlikely(m, "armed" in kinds))
        if "side" in kinds and (owner := self._possessor(sentence, token, found)) is not None:
            # "its rival" is the other side, not the one whose rival it is
            sides = [m for m in self._main_sides(sentence) if can_be_side(m.parts[0])]
            others = [m for m in sides if side(m.parts[0]) != side(owner)]
            if (owner.entity or "").startswith("person/"):
                # a person's rival is a person, of his own country first
                persons = [m for m in sides if m.kind in PERSONAL and _key(m.parts[0]) != _key(owner)]
                others = sorted(persons, key=lambda m: m.parts[0].country != owner.country) or others
            if not others:
                return
            parts = [others[0].parts[0]]
        elif earlier and len(earlier[0].parts) == 1:
            named = [m for m in earlier if m.kind in {"organization", "group", "country"} or m.parts[0].entity]
            parts = [(named or earlier)[0].parts[0]]
        else:
            return
        self._point(mention, sentence, parts, lemma)

    @staticmethod
    def _point(mention: ActorMention, sentence: Sentence, parts: Sequence[Participant], lemma: str) -> None:
        """Lets a description mean these."""
        mention.parts = as_said(parts, words_of(sentence, mention), mention.start, mention.end)
        mention.basis = (f"description:{lemma}",)

    def _several(
        self, sentence: Sentence, token: Token, kinds: Sequence[str], found: dict[tuple[int, int], ActorMention]
    ) -> list[Participant]:
        """Whom a plural description means: as many as it says, two where it doesn't; empty where nobody fits.

        Whoever acts on them in the same clause is none of them: "Uganda's president urged both leaders".
        """
        tokens = sentence.tokens
        number = number_of(tokens, token)
        outside = [
            p
            for i in own_subjects(tokens, token.i)
            if (m := found.get((sentence.index, i))) is not None
            for p in m.parts
        ]
        if (owner := self._possessor(sentence, token, found)) is not None:
            outside.append(owner)
        barred = {_key(p) for p in outside}
        past = self._lately(sentence, FAR)
        if "person" in kinds:
            named = self._listed(past, number, barred, "person")
            if named or "side" not in kinds:
                return named or (self._latest_persons(sentence, token, number, barred) if number else [])
        if number is None and "side" not in kinds:
            return []
        if number in {None, 2} and "side" in kinds:
            within = next(
                (m.parts[0].country for c in token.children if (m := found.get((sentence.index, c))) and m.parts), None
            )
            fit = [
                (weight, pair)
                for weight, pair in pairs(past, sentence.index)
                if not {side(p) for p in outside} & {side(p) for p in pair}
                and not any(_key(p) in barred for p in pair)
                and (within is None or {p.country for p in pair} == {within})
                and _suits(token.lemma, pair)
            ]
            # who speaks of "both sides" is mostly neither, though a president may say that both have agreed
            speaker = {
                side(p)
                for i in own_subjects(tokens, verb_above(tokens, token.i))
                if (m := found.get((sentence.index, i))) is not None
                for p in m.parts
            }
            others = [pair for weight, pair in fit if weight >= BARELY and not speaker & {side(p) for p in pair}]
            told = [pair for weight, pair in fit if weight >= ENOUGH]
            if chosen := (others if speaker else []) or told:
                return list(chosen[0])
        return self._listed(past, number, barred, kinds[0])

    def _listed(
        self, past: Sequence[Told], number: int | None, barred: set[tuple[str | None, str | None, str]], kind: str
    ) -> list[Participant]:
        """The members of the last list of that size, all of the kind."""
        for members in lists(past):
            parts = [p for m in members for p in m.parts]
            if not all(_is_kind(m, kind, self.known) or (len(m.parts) > 1 and m.kind == "role") for m in members):
                continue
            if len({_key(p) for p in parts}) == len(parts) == (number or 2) and not any(
                _key(p) in barred for p in parts
            ):
                return parts
        return []

    def _latest_persons(
        self, sentence: Sentence, token: Token, number: int, barred: set[tuple[str | None, str | None, str]]
    ) -> list[Participant]:
        """The last persons named, each once."""
        parts: list[Participant] = []
        for _, _, m in self._before(sentence, token, FAR):
            if m.kind not in PERSONAL or len(m.parts) != 1:
                continue
            part = m.parts[0]
            if _key(part) not in barred and all(_key(part) != _key(p) for p in parts):
                parts.append(part)
            if len(parts) == number:
                return parts
        return []

    def _state_acting(self, sentence: Sentence, token: Token, rest: str) -> Participant | None:
        """The one state whose officials or soldiers the sentence has named: "Turkish officials ... the country's army"."""
        codes = {
            m.parts[0].country
            for _, t, m in self._lately(sentence, 0)
            if t.i < token.i
            and len(m.parts) == 1
            and m.kind in {"role", "person"}
            and set(m.parts[0].sectors) & {"GOV", "MIL"}
        }
        state = next(iter(self.known.states(next(iter(codes)) or "")), None) if len(codes) == 1 else None
        if state is None or state.name in rest:
            return None
        return Participant("", 0, 0, state.name, state.entity, state.country, ("GOV",))

    def body_before(self, sentence: Sentence, token: Token) -> Participant | None:
        """The organization or armed group that was named last; "alliance" and "bloc" are rather bodies of states."""
        earlier = [
            m
            for _, _, m in self._before(sentence, token, FAR)
            if len(m.parts) == 1 and _is_kind(m, "body", self.known) and m.kind in {"organization", "group"}
        ]
        earlier += [m for m in self._bodies_lately(sentence) if len(m.parts) == 1]
        kinds = word_lists()["description"].get(token.lemma, "").split()
        if "armed" in kinds or "joint" in kinds:
            earlier.sort(key=lambda m: _unlikely(m, "armed" in kinds))
        return earlier[0].parts[0] if earlier else None

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
        states = [
            got.parts[0]
            for i in range(mention.first, token.i)
            if (got := found.get((sentence.index, i))) is not None and got.kind in OF_STATES and got.parts
        ]
        apart = list({p.country: p for p in states}.values())
        if _is_plural_noun(token) and len(apart) > 1:
            sectors = next(
                (
                    g.parts[0].sectors
                    for c in token.children
                    if (g := found.get((sentence.index, c))) and sentence.tokens[c].dep == "poss" and g.parts
                ),
                ("GOV",),
            )
            self._point(
                mention, sentence, [replace(p, name=None, entity=None, sectors=sectors) for p in apart], token.lemma
            )
            mention.kind = "description"
            return
        for child in sentence.tokens[token.i].children:
            got = found.get((sentence.index, child))
            if sentence.tokens[child].dep == "poss":
                owner = got
            elif got is not None and got.parts:
                state = got.parts[0]
        if state is None and _is_plural_noun(token) and owner is not None and owner.parts:
            # "his two counterparts": the two sides of which he is none
            if several := self._several(sentence, token, ("side",), found):
                self._point(mention, sentence, several, token.lemma)
                mention.kind = "description"
            return
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
                mention.parts = as_said([person], words_of(sentence, mention), mention.start, mention.end)
                break
        else:
            mention.parts = (
                Participant(
                    words_of(sentence, mention), mention.start, mention.end, None, None, state.country, sectors
                ),
            )
        mention.kind = "description"
        mention.basis = ("counterpart",)

    def definite(
        self, sentence: Sentence, token: Token, role: Role, sectors: tuple[str, ...], mention: ActorMention
    ) -> Participant | None:
        """Whom "the president", "the rebels", "the army" means where the phrase itself names no country."""
        pointing = _definite(sentence.tokens, token)
        apart = set(sectors) - {"GOV", "LEG", "CVL", "ELI"}
        doers = own_subjects(sentence.tokens, token.i)
        for s, t, m in self._before(sentence, token):
            if len(m.parts) != 1 or (s.index == sentence.index and list_head(s.tokens, t.i) in doers):
                # whoever acts on the president is not he
                continue
            part = m.parts[0]
            if not part.country:
                continue
            if pointing and _is_same_force(role, sectors, mention, m):
                return part
            if not set(part.sectors) & set(sectors):
                continue
            if role.kind == "office":
                held = self.known.offices(part.entity, self.day) if part.entity else []
                if any(role.words in o.title for o in held) or t.lemma == token.lemma:
                    return part
            elif t.lemma == token.lemma and m.kind != "modifier":
                return part
            alone = pointing and role.kind != "body" and not mention.plural
            if alone and m.kind in PERSONAL and set(part.sectors) & apart:
                # "the guerrilla leader" after his name
                return part
        return self._only_force(role, sectors, mention) if pointing else None

    def _only_force(self, role: Role, sectors: Sequence[str], mention: ActorMention) -> Participant | None:
        """The one armed group of the text so far, however far back "the rebels" were named."""
        groups = {
            m.parts[0].entity: m.parts[0]
            for m in self.groups
            if len(m.parts) == 1 and m.parts[0].entity and _is_same_force(role, sectors, mention, m)
        }
        return next(iter(groups.values())) if len(groups) == 1 else None


def _unlikely(mention: ActorMention, armed: bool) -> int:
    """How far a body is from "the group" (an armed one) or "the alliance" (of states, and not of all the world)."""
    part = mention.parts[0]
    if armed:
        return not (part.entity or "").startswith("group/")
    return 2 if not (part.entity or "").startswith("organization/") else part.country not in {"EUR", "IGO"}


def _is_same_force(role: Role, sectors: Sequence[str], mention: ActorMention, earlier: ActorMention) -> bool:
    """Whether "the rebels" or "the paramilitaries" are an armed group, or the fighters of a people, named before."""
    told = {s for p in earlier.parts for s in p.sectors} & IRREGULAR
    return (
        role.kind in {"agent", "body"}
        and earlier.kind in {"group", "people"}
        and (mention.plural or role.kind == "body")
        and bool(told)
        and bool(set(sectors) & IRREGULAR)
    )


def _named_in(mention: ActorMention, text: str) -> bool:
    """Whether a state stands by name in a text: who goes on to write "Syria" doesn't mean it by "the country"."""
    return any(p.name is not None and p.name in text for p in mention.parts)


def _suits(lemma: str, pair: Sequence[Participant]) -> bool:
    """Whether a description can be said of both: "the two governments" are no rebels."""
    if lemma in word_lists()["official"]:
        return all(side(p)[1] == "state" for p in pair) and pair[0].country != pair[1].country
    return True


def _key(part: Participant) -> tuple[str | None, str | None, str]:
    return (part.entity, part.country, "" if part.entity or part.country else part.text)


def as_said(parts: Iterable[Participant], text: str, start: int, end: int) -> tuple[Participant, ...]:
    """The same participants in the words that mean them here."""
    return tuple(replace(p, text=text, start=start, end=end) for p in parts)


def words_of(sentence: Sentence, mention: ActorMention) -> str:
    """The words of a mention of that sentence."""
    return sentence.text[mention.start - sentence.start : mention.end - sentence.start]


def _definite(tokens: list[Token], token: Token, counted: bool = False) -> bool:
    """Whether a description points back; a bare number is enough where it is `counted`: "two sides", but not "two men"."""
    return any(
        tokens[c].lemma in {"the", "both", "these", "those", "this", "that"}
        or tokens[c].tag == "PRP$"
        or (counted and tokens[c].lemma in {"two", "three"})
        for c in token.children
    )


def _is_plural_noun(token: Token) -> bool:
    return token.tag in {"NNS", "NNPS"}


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
        # "the group ... it": a description of a body or a state
        again = mention.kind == "description" and (mention.parts[0].entity or "").startswith(BODIES)
        return (
            len(mention.parts) == 1
            and not (mention.plural and mention.kind == "role")
            and (mention.kind in {"country", "organization", "group", "metonym"} or _is_body(mention, known) or again)
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
