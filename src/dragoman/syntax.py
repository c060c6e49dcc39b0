"""Who does what in a parsed sentence: the arguments of a predicate, whatever its construction.

spaCy's trees name surface functions. This module undoes voice, control, relative clauses, participles and coordination,
so that a frame only asks for the subject (the doer) and the object (the undergoer). All results are token indices.
"""

from __future__ import annotations

import calendar
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dragoman.reading import Token

NOUNY = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ", "DET", "SYM", "X"})
RELATIVE = frozenset({"who", "which", "that", "whom"})
SUBJECTS = frozenset({"nsubj", "csubj"})
# a noun after these is undergone, not doing, when a gerund hangs below it: "accused Israel of bombing"
CALENDAR = frozenset(
    [
        *(d.lower() for d in calendar.day_name),
        *(m.lower() for m in calendar.month_name if m),
        *("second", "minute", "hour", "day", "week", "weekend", "month", "year", "decade", "century"),
        *("morning", "afternoon", "evening", "night", "dawn", "dusk", "noon", "midnight"),
    ]
)
"""Heads of phrases that only tell when."""
DATING = frozenset({"in", "on", "at", "for", "during", "by", "over"})
"""Prepositions that make no argument where their object only tells when."""
BLAMING = frozenset({"accuse", "suspect", "convict", "acquit", "clear", "absolve", "charge", "exonerate", "find"})
"""Verbs whose object is the doer of the gerund after "of"."""
CAPTIVE = frozenset({"hostage", "captive", "prisoner"})
"""Objects that a passive keeps: "the reporter taken hostage by the militia"."""
OBJECT_CONTROL_PREPS = frozenset({"of", "for", "with", "from", "into"})


@dataclass(slots=True)
class Arguments:
    """The arguments of one predicate."""

    subject: list[int] = field(default_factory=list)
    """Doers: nsubj of actives, agents of passives, what control, relatives and conjunction bring."""
    object: list[int] = field(default_factory=list)
    """Undergoers: dobj of actives, nsubjpass of passives."""
    dative: list[int] = field(default_factory=list)
    preps: dict[str, list[int]] = field(default_factory=dict)
    """Objects of the prepositions below the predicate, and below its object."""
    clause: int | None = None
    clause_form: str | None = None
    """to, that or ing."""
    passive: bool = False
    particles: set[str] = field(default_factory=set)
    poss: list[int] = field(default_factory=list)
    modifiers: list[int] = field(default_factory=list)
    """Adjectives and compounds before a noun."""


def conjuncts(tokens: Sequence[Token], head: int) -> list[int]:
    """The token and all that is coordinated with it, in text order."""
    found = [head]
    for child in tokens[head].children:
        token = tokens[child]
        if token.dep == "conj" and (token.pos in NOUNY) == (tokens[head].pos in NOUNY):
            found.extend(conjuncts(tokens, child))
    return found


def is_negated(tokens: Sequence[Token], index: int) -> bool:
    """Whether a "not" or "never" stands at the predicate, or at the copula of an adjective."""
    token = tokens[index]
    spots = [token, tokens[token.head]] if token.dep in {"acomp", "attr"} else [token]
    return any(tokens[c].dep == "neg" for s in spots for c in s.children)


def is_passive(tokens: Sequence[Token], verb: int) -> bool:
    """Whether the verb stands in the passive, a reduced relative ("troops stationed in") counted in."""
    token = tokens[verb]
    deps = {tokens[c].dep for c in token.children}
    if deps & {"auxpass", "nsubjpass", "csubjpass"}:
        return True
    if token.tag != "VBN":
        return False
    captive = [c for c in token.children if tokens[c].dep == "dobj" and tokens[c].lemma in CAPTIVE]
    if "aux" in deps or ("dobj" in deps and not (captive and token.dep == "acl")):
        return False
    if token.dep in {"acl", "amod", "relcl"} and not deps & SUBJECTS:
        return True
    if token.dep == "conj" and not deps & SUBJECTS:
        return is_passive(tokens, token.head)
    return token.dep in {"advcl", "ROOT", "ccomp", "oprd", "xcomp"} and not deps & SUBJECTS


def antecedent(tokens: Sequence[Token], index: int) -> int:
    """The noun that a relative pronoun stands for; the token itself otherwise."""
    token = tokens[index]
    if token.lemma not in RELATIVE or token.tag not in {"WDT", "WP", "IN", "DT"}:
        return index
    verb = token.head
    for _ in range(4):
        if tokens[verb].dep == "relcl":
            return _whole_list(tokens, tokens[verb].head, verb)
        if tokens[verb].head == verb:
            break
        verb = tokens[verb].head
    return index


def _whole_list(tokens: Sequence[Token], noun: int, verb: int) -> int:
    """The first of "Kenya and Uganda, which have mediated" where the verb is plural: the whole list is meant."""
    plural = tokens[verb].tag == "VBP" or any(
        tokens[c].text.lower() in {"have", "are", "were"} for c in tokens[verb].children
    )
    while plural and tokens[noun].dep == "conj" and tokens[tokens[noun].head].pos in {"PROPN", "NOUN"}:
        noun = tokens[noun].head
    return noun


def _children(tokens: Sequence[Token], head: int, deps: frozenset[str] | set[str]) -> list[int]:
    return [c for c in tokens[head].children if tokens[c].dep in deps]


def _own_subject(tokens: Sequence[Token], verb: int) -> tuple[list[int], list[int]]:
    """(active, passive) subjects that hang on the verb itself."""
    active = [antecedent(tokens, c) for c in _children(tokens, verb, SUBJECTS)]
    passive = [antecedent(tokens, c) for c in _children(tokens, verb, {"nsubjpass", "csubjpass"})]
    return active, passive


def _agents(tokens: Sequence[Token], verb: int) -> list[int]:
    found = []
    for child in tokens[verb].children:
        token = tokens[child]
        if token.dep == "agent" or (token.dep == "prep" and token.lemma == "by" and is_passive(tokens, verb)):
            found += _children(tokens, child, {"pobj"})
    return found


def _surface_subject(tokens: Sequence[Token], verb: int, depth: int = 0) -> list[int]:
    """Whoever stands as grammatical subject, through conjunction and control; for passives the undergoer."""
    if depth > 6:
        return []
    active, passive = _own_subject(tokens, verb)
    if active or passive:
        return active or passive
    token = tokens[verb]
    head = token.head
    if head == verb:
        return _swallowed(tokens, verb)
    parent = tokens[head]
    if token.dep == "conj":
        return _surface_subject(tokens, head, depth + 1)
    if token.dep == "xcomp":
        objects = _children(tokens, head, {"dobj", "dative"})
        objects = [o for o in objects if tokens[o].pos in NOUNY and o < verb]
        if objects and not is_passive(tokens, head):
            return objects
        return _surface_subject(tokens, head, depth + 1)
    if token.dep in {"advcl", "ccomp", "dep", "parataxis", "oprd"} and parent.pos in {"VERB", "AUX"}:
        return _surface_subject(tokens, head, depth + 1)
    if token.dep == "acl" and token.tag == "VBD":
        # "The Thai navy trained with ...": the parser took the subject for the root
        return [head]
    if token.dep in {"acl", "relcl"}:
        if token.tag in {"VBG", "VBN"} or token.dep == "relcl":
            return [head]
        return _holder(tokens, head, depth + 1)
    if token.dep in {"pcomp", "pobj"}:
        return _gerund_subject(tokens, head, depth + 1)
    if token.dep in {"acomp", "attr"}:
        return _surface_subject(tokens, head, depth + 1)
    return []


def _swallowed(tokens: Sequence[Token], verb: int) -> list[int]:
    """The subject that the parser hangs on the scene before it: "In Addis Ababa the African Union urged ..."."""
    for prep in _children(tokens, verb, {"prep"}):
        if prep > 1 or prep > verb:
            continue
        for scene in _children(tokens, prep, {"pobj"}):
            for child in _children(tokens, scene, {"appos"}):
                between = {tokens[i].text for i in range(scene + 1, child)}
                if "," not in between and any(tokens[c].dep == "det" for c in tokens[child].children):
                    return [child]
    return []


def _gerund_subject(tokens: Sequence[Token], prep: int, depth: int) -> list[int]:
    """Doer of "bombing" in "accused Israel of bombing", "by bombing Israel", "its plan for bombing"."""
    governor = tokens[prep].head
    if tokens[governor].pos in {"VERB", "AUX"}:
        if tokens[prep].lemma in OBJECT_CONTROL_PREPS:
            if is_passive(tokens, governor):
                return _surface_subject(tokens, governor, depth)
            objects = _children(tokens, governor, {"dobj"})
            if objects:
                return objects
        if is_passive(tokens, governor):
            return _agents(tokens, governor) or _surface_subject(tokens, governor, depth)
        return _surface_subject(tokens, governor, depth)
    if tokens[governor].pos in {"NOUN", "PROPN"}:
        verb = tokens[tokens[governor].head]
        if tokens[prep].lemma == "of" and tokens[governor].dep == "dobj" and verb.lemma in BLAMING:
            # the parser hangs "of breaking the truce" on the accused
            return [governor]
        return _holder(tokens, governor, depth)
    return []


def _holder(tokens: Sequence[Token], noun: int, depth: int) -> list[int]:
    """Who has the decision in "its decision to withdraw", "made a promise to withdraw"."""
    owners = _children(tokens, noun, {"poss"})
    if owners:
        return owners
    token = tokens[noun]
    for child in token.children:
        if tokens[child].dep == "prep" and tokens[child].lemma in {"by", "of"}:
            return _children(tokens, child, {"pobj"})
    if token.dep == "dobj" and token.head != noun:
        return _surface_subject(tokens, token.head, depth + 1)
    return []


def collect_preps(tokens: Sequence[Token], head: int, into: dict[str, list[int]]) -> None:
    """Adds the objects of the prepositions below a token, by preposition ("out of" under "out of" and "of")."""
    for child in tokens[head].children:
        token = tokens[child]
        if token.dep in {"prep", "dative", "agent", "advmod", "prt"} and token.tag in {
            "IN",
            "TO",
            "RP",
            "RB",
            "VBG",
            "VBN",
        }:
            if token.lemma in DATING and _is_temporal(tokens, child):
                continue
            name = token.lemma if token.tag not in {"VBG", "VBN"} else token.text.lower()
            objects = [antecedent(tokens, o) for o in _children(tokens, child, {"pobj"})]
            if objects:
                into.setdefault(name, []).extend(objects)
            for noun in objects:
                # "called for talks with France": the inner phrase counts where the predicate has none of its own
                for inner in _children(tokens, noun, {"prep"}):
                    if tokens[inner].lemma != "of":
                        into.setdefault(tokens[inner].lemma, _children(tokens, inner, {"pobj"}))
            for inner in _children(tokens, child, {"prep"}):
                far = _children(tokens, inner, {"pobj"})
                if far:
                    into.setdefault(f"{name} {tokens[inner].lemma}", []).extend(far)
                    into.setdefault(tokens[inner].lemma, []).extend(far)


def _clause(tokens: Sequence[Token], verb: int) -> tuple[int | None, str | None]:
    """The complement clause of a predicate and its form."""
    for child in tokens[verb].children:
        token = tokens[child]
        if token.dep in {"xcomp", "ccomp", "acl", "oprd"} and token.pos in {"VERB", "AUX", "ADJ", "NOUN"}:
            return child, clause_form(tokens, child)
        if token.dep == "advcl" and child > verb and clause_form(tokens, child) == "to":
            return child, "to"
        if token.dep == "prep":
            for inner in token.children:
                if tokens[inner].dep == "pcomp" and tokens[inner].pos in {"VERB", "AUX"}:
                    return inner, "ing"
    for noun in _children(tokens, verb, {"dobj", "nsubjpass", "attr"}):
        for child in _children(tokens, noun, {"acl"}):
            if clause_form(tokens, child) == "to":
                return child, "to"
    return None, None


def clause_form(tokens: Sequence[Token], head: int) -> str:
    """to, ing or that (also a finite clause without the word)."""
    token = tokens[head]
    for child in token.children:
        if tokens[child].tag == "TO" and child < head:
            return "to"
    if token.tag == "VBG" and not _children(tokens, head, {"aux", "nsubj"}):
        return "ing"
    return "that"


def arguments(tokens: Sequence[Token], index: int) -> Arguments:
    """The arguments of a verb, or of a noun or adjective that tells an act."""
    if tokens[index].pos in {"VERB", "AUX"}:
        return _verb_arguments(tokens, index)
    if tokens[index].pos == "ADJ":
        found = _verb_arguments(tokens, index)
        if not found.subject and tokens[index].dep in {"acomp", "attr", "oprd", "conj"}:
            found.subject = _surface_subject(tokens, tokens[index].head)
        return found
    return _noun_arguments(tokens, index)


def _verb_arguments(tokens: Sequence[Token], verb: int) -> Arguments:
    found = Arguments(passive=is_passive(tokens, verb))
    surface = _surface_subject(tokens, verb)
    objects = [antecedent(tokens, c) for c in _children(tokens, verb, {"dobj", "attr"})]
    objects = objects or _small_clause(tokens, verb)
    if found.passive:
        found.subject, found.object = _agents(tokens, verb), [*surface, *objects]
    else:
        found.subject, found.object = surface, objects
        if not objects and tokens[verb].dep == "relcl":
            gap = tokens[verb].head
            if gap not in surface and not _children(tokens, verb, {"ccomp", "xcomp"}):
                found.object = [gap]
    for child in tokens[verb].children:
        token = tokens[child]
        if token.dep == "dative":
            found.dative += [child] if token.pos in NOUNY else _children(tokens, child, {"pobj"})
        elif token.dep in {"prt", "advmod"} or (token.dep == "prep" and not _is_temporal(tokens, child)):
            found.particles.add(token.lemma)
    collect_preps(tokens, verb, found.preps)
    for noun in found.object:
        if noun > verb or found.passive:
            collect_preps(tokens, noun, found.preps)
    if tokens[verb].dep == "conj" and not found.object and not found.passive:
        _share_object(tokens, verb, found)
    found.clause, found.clause_form = _clause(tokens, verb)
    return found


def _is_temporal(tokens: Sequence[Token], prep: int) -> bool:
    """Whether a preposition only dates its verb: "in 1990", "on Monday", "for three weeks"."""
    objects = [tokens[o] for o in _children(tokens, prep, {"pobj"})]
    return bool(objects) and all(o.lemma in CALENDAR or (o.text.isdigit() and len(o.text) == 4) for o in objects)


def _small_clause(tokens: Sequence[Token], verb: int) -> list[int]:
    """The object of "declared the envoy unwelcome", which the parser reads as a clause without a verb."""
    for child in _children(tokens, verb, {"ccomp", "oprd"}):
        if tokens[child].pos in {"NOUN", "ADJ", "PROPN"}:
            return _children(tokens, child, {"nsubj", "poss", "compound"})[:1]
    return []


def _share_object(tokens: Sequence[Token], verb: int, found: Arguments) -> None:
    """ "Rebels attacked and burned the village": the object of the later verb serves the earlier, not the reverse."""
    for child in tokens[verb].children:
        if tokens[child].dep == "conj" and tokens[child].pos == "VERB":
            found.object = _children(tokens, child, {"dobj"})
            return


def _noun_arguments(tokens: Sequence[Token], noun: int) -> Arguments:
    found = Arguments()
    found.poss = _children(tokens, noun, {"poss"})
    found.modifiers = _children(tokens, noun, {"amod", "compound", "nmod", "npadvmod"})
    for modifier in list(found.modifiers):
        found.modifiers += _children(tokens, modifier, {"conj", "compound", "nmod", "npadvmod", "amod"})
    collect_preps(tokens, noun, found.preps)
    for inner in list(found.preps.get("of", [])):
        # "the cessation of hostilities between A and B": what hangs on the inner noun belongs to the act as well
        far: dict[str, list[int]] = {}
        collect_preps(tokens, inner, far)
        for name, heads in far.items():
            if name != "of":
                found.preps.setdefault(name, heads)
    found.clause, found.clause_form = _clause(tokens, noun)
    found.subject = found.preps.get("by", [])
    return found


def governors(tokens: Sequence[Token], index: int) -> Iterator[int]:
    """The chain of heads above a token, nearest first, without the token itself."""
    seen = {index}
    while tokens[index].head not in seen:
        index = tokens[index].head
        seen.add(index)
        yield index


def subtree(tokens: Sequence[Token], head: int) -> list[int]:
    """All tokens below and at the head, in text order."""
    found, stack = [], [head]
    while stack:
        at = stack.pop()
        found.append(at)
        stack.extend(tokens[at].children)
    return sorted(found)


def covered(tokens: Sequence[Token], start: int, end: int) -> Sequence[Token]:
    """The tokens of a sentence that share a code point with the span `[start, end)` of its passage, in text order."""
    first = bisect_right(tokens, start, key=lambda t: t.end)
    return tokens[first : bisect_left(tokens, end, lo=first, key=lambda t: t.start)]
