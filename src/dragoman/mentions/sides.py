"""Who "both sides", "the two leaders" and "the three countries" are: parties that the text has set beside or against each other.

Two parties belong together where one list names them, most of all after "between", and where one acts on the other. What
merely stands in one sentence counts little, so that a host or a mediator is no side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice

from dragoman.reading import ActorMention, Sentence, Token
from dragoman.records import Participant
from dragoman.syntax import governors

Told = tuple[Sentence, Token, ActorMention]
"""A mention that was read, with its sentence and head."""
Side = tuple[str | None, str]
"""Country and stance: the government and the rebels of one country are two sides."""

ARMED = frozenset({"REB", "UAF", "PRM", "PRE", "CRM"})
STATE = frozenset({"GOV", "MIL", "COP"})
KINDS = frozenset({"country", "metonym", "organization", "group", "people", "role", "person", "name"})
"""Kinds of mention that can be a side; a description or a pronoun only repeats one."""
ALOOF = frozenset({"UNO", "NGO"})
"""Codes of those who are no side of a conflict."""
SUBJECTS = frozenset({"nsubj", "nsubjpass", "agent", "csubj"})
BESIDE, BETWEEN, AGAINST, NEAR = 2.0, 4.0, 2.0, 0.4
"""How much one sentence tells for a pair: a list of both, a list after "between", one acting on the other, mere nearness."""
ENOUGH = 2.0
"""Weight below which nobody is taken for the two sides."""
HOME = 1.5
"""How much more two sides of one country count: the text is about their war, and foreign states only have a hand in it."""
BARELY = 1.0
"""The same where somebody else speaks of the two sides."""
LATELY = 2
"""Sentences within which a telling counts double."""
SCENES = frozenset({"in", "at", "near", "outside", "around", "inside", "from", "off", "of"})
"""Prepositions after which a state or a capital is where something happens, or whose, and acts itself on nobody."""
NUMBERS = {"two": 2, "both": 2, "three": 3, "four": 4, "five": 5, "six": 6}


def number_of(tokens: Sequence[Token], token: Token) -> int | None:
    """How many a plural says that it means: 2 for "both leaders"; null where it doesn't say."""
    words = [NUMBERS[w] for c in token.children if (w := tokens[c].lemma) in NUMBERS]
    return words[0] if words else None


def side(part: Participant) -> Side:
    """Which side a participant is on."""
    sectors = set(part.sectors)
    if sectors & ARMED:
        return part.country, "armed"
    if sectors & STATE:
        return part.country, "state"
    return part.country, "party" if sectors & {"PTY", "OPP"} else "other"


def verb_above(tokens: Sequence[Token], index: int) -> int:
    """The verb that a noun is an argument of, the first of coordinated verbs; the token itself where there is none."""
    at = index
    for at in islice(governors(tokens, index), 12):
        if tokens[at].pos in {"VERB", "AUX"} and tokens[at].dep != "conj":
            break
    return at


def list_head(tokens: Sequence[Token], index: int) -> int:
    """The first of the list that a noun stands in; an apposition counts as what it explains."""
    for _ in range(8):
        token = tokens[index]
        above = tokens[token.head]
        if token.dep == "pobj" and above.dep == "conj" and tokens[above.head].pos == "ADP":
            # "by the army and by the rebels"
            beside = [c for c in tokens[above.head].children if tokens[c].dep == "pobj"]
            if not beside:
                break
            index = beside[0]
        elif token.dep in {"conj", "appos"} and above.pos in {"NOUN", "PROPN", "PRON"}:
            index = token.head
        else:
            break
    return index


def own_subjects(tokens: Sequence[Token], index: int) -> set[int]:
    """Heads of the subjects of the verb that a noun depends on, those of the verb before in a list of verbs too."""
    own = list_head(tokens, index)
    verb = tokens[own].head
    for _ in range(8):
        if tokens[verb].pos in {"VERB", "AUX"}:
            found = {c for c in tokens[verb].children if tokens[c].dep in SUBJECTS and c != own}
            if found or tokens[verb].dep not in {"conj", "xcomp"}:
                return found
        elif tokens[verb].pos not in {"ADP", "PART", "NOUN", "PROPN", "SCONJ"}:
            return set()
        if tokens[verb].head == verb:
            return set()
        verb = tokens[verb].head
    return set()


def can_be_side(part: Participant) -> bool:
    """Whether a participant may be a party of a conflict or of talks."""
    return part.country is not None and part.country not in ALOOF and side(part)[1] != "other"


def bond(a: Token, b: Token, tokens: Sequence[Token]) -> float:
    """How much one sentence says that two of its nouns are each other's counterparts."""
    first, second = list_head(tokens, a.i), list_head(tokens, b.i)
    if first == second:
        above = tokens[tokens[first].head]
        return BETWEEN if above.lemma in {"between", "among"} else BESIDE
    if verb_above(tokens, a.i) == verb_above(tokens, b.i) and (tokens[first].dep in SUBJECTS) != (
        tokens[second].dep in SUBJECTS
    ):
        return AGAINST
    return NEAR


def pairs(past: Sequence[Told], here: int) -> list[tuple[float, tuple[Participant, Participant]]]:
    """Pairs of sides, the likeliest first, each as they were named last."""
    weights: dict[tuple[Side, Side], float] = {}
    faces = _faces(past)
    for group in _by_sentence(past):
        lately = 2.0 if 0 <= here - group[0][0].index <= LATELY else 1.0
        for key, bound in _bound(group).items():
            home = HOME if key[0][0] == key[1][0] else 1.0
            weights[key] = weights.get(key, 0.0) + bound * lately * home
    ranked = sorted(weights.items(), key=lambda item: -item[1])
    return [(weight, (faces[a], faces[b])) for (a, b), weight in ranked]


def _faces(past: Sequence[Told]) -> dict[Side, Participant]:
    """Who stands for each side: the one told of most, the named before the unnamed, and the latest of equals."""
    told: dict[Side, dict[tuple[str | None, tuple[str, ...]], tuple[float, Participant]]] = {}
    for _, _, m in past:
        for p in m.parts if m.kind in KINDS else ():
            known = told.setdefault(side(p), {})
            count, _ = known.get((p.entity, p.sectors), (0.0, p))
            known[p.entity, p.sectors] = (count + (2.0 if p.entity or "GOV" in p.sectors else 1.0), p)
    return {one: _face(list(known.values())) for one, known in told.items()}


def _face(known: Sequence[tuple[float, Participant]]) -> Participant:
    """Of the bearers of one side the one told of most; a government and its army together are that state."""
    face = max(enumerate(known), key=lambda item: (item[1][0], item[0]))[1][1]
    both = {s for _, p in known for s in p.sectors} & {"GOV", "MIL"}
    if set(face.sectors) & both and len(both) > 1:
        return replace(face, sectors=tuple(dict.fromkeys([*face.sectors, *sorted(both)])))
    return face


def _bound(group: Sequence[Told]) -> dict[tuple[Side, Side], float]:
    """How strongly one sentence binds each pair of sides."""
    found: dict[tuple[Side, Side], float] = {}
    for at, (sentence, t, m) in enumerate(group):
        tied = [(p, q, BESIDE) for i, p in enumerate(m.parts) for q in m.parts[i + 1 :]]
        tied += [(p, q, bond(t, u, sentence.tokens)) for _, u, n in group[at + 1 :] for p in m.parts for q in n.parts]
        for p, q, weight in tied:
            a, b = side(p), side(q)
            if a != b and can_be_side(p) and can_be_side(q):
                key = (a, b) if _order(a) <= _order(b) else (b, a)
                found[key] = max(weight, found.get(key, 0.0))
    return found


def _order(one: Side) -> tuple[str, str]:
    return one[0] or "", one[1]


def _by_sentence(past: Sequence[Told]) -> Iterator[list[Told]]:
    group: list[Told] = []
    for told in past:
        if told[2].kind not in KINDS or _is_scene(*told):
            continue
        if group and group[0][0].index != told[0].index:
            yield group
            group = []
        group.append(told)
    if group:
        yield group


def _is_scene(sentence: Sentence, token: Token, mention: ActorMention) -> bool:
    """Whether a state or capital only tells where something happens, or whose it is."""
    above = sentence.tokens[sentence.tokens[list_head(sentence.tokens, token.i)].head]
    return mention.kind in {"country", "metonym"} and above.pos == "ADP" and above.lemma in SCENES


def lists(past: Sequence[Told]) -> list[list[ActorMention]]:
    """Mentions that stand together, the latest first: coordinated, or one acting on the other."""
    found: list[list[ActorMention]] = []
    for group in _by_sentence(past):
        tokens = group[0][0].tokens
        by_head: dict[int, list[ActorMention]] = {}
        for _, t, m in group:
            by_head.setdefault(list_head(tokens, t.i), []).append(m)
        coordinated = [ms for ms in by_head.values() if len(ms) > 1 or len(ms[0].parts) > 1]
        facing = [
            [m, n] for at, (_, t, m) in enumerate(group) for _, u, n in group[at + 1 :] if bond(t, u, tokens) == AGAINST
        ]
        found += [*facing, *coordinated]
    return found[::-1]


__all__ = [
    "BARELY",
    "ENOUGH",
    "SUBJECTS",
    "Told",
    "can_be_side",
    "list_head",
    "lists",
    "number_of",
    "own_subjects",
    "pairs",
    "side",
    "verb_above",
]
