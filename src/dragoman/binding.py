"""Which expression of time the syntax binds to an act."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from dragoman.mentions.times import TimeMention
from dragoman.reading import Draft, Sentence, Token
from dragoman.syntax import covered, governors, subtree

VERBAL = frozenset({"VERB", "AUX"})

BREAKS = frozenset({";", ":"})
"""Marks that a date does not reach over by itself."""

SUBJECTS = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})


@dataclass(frozen=True, slots=True)
class Bound:
    """An expression with how it dates the act."""

    time: TimeMention
    beside: bool = False
    """Whether it dates a clause that the act's own, with a subject of its own, is only added to."""


def bound(sentence: Sentence, draft: Draft, times: Sequence[TimeMention], acts: Set[int]) -> Bound | None:
    """The expression that belongs to the act: below it, or below what it hangs on, nearest first."""
    tokens = sentence.tokens
    trigger = uttered(tokens, draft)
    at = _places(tokens, times, trigger)
    if not at:
        return None
    owner = {i: _raised(tokens, owner_of(tokens, i, acts), time) for i, time in at.items()}
    own = [i for i in at if owner[i] == trigger and not _of_relative(tokens, i, trigger)]
    own = own or _behind_relative(tokens, owner, trigger)
    if not own and draft.nominal:
        # "the truce, signed in December": what was done with a noun's thing dates it
        done = {c for c in tokens[trigger].children if tokens[c].dep == "acl" and c not in acts}
        own = [i for i in at if owner[i] in done]
    if own:
        return Bound(at[_nearest(own, trigger)])
    found = _from_above(tokens, at, owner, trigger, acts)
    if found is not None:
        return found
    # last, what dates a thing that the act belongs to: "stationed there under a 2020 accord"
    own = [i for i in subtree(tokens, trigger) if i in at and not parted(tokens, i, trigger)]
    return Bound(at[_nearest(own, trigger)]) if own else None


def _raised(tokens: Sequence[Token], owner: int, time: TimeMention) -> int:
    """ "Has refused to renounce force since May": the refusing lasts, whatever the parser hangs it on."""
    if time.relation == "since" and tokens[owner].dep == "xcomp":
        perfect = any(tokens[c].lemma == "have" for c in tokens[tokens[owner].head].children if tokens[c].dep == "aux")
        return tokens[owner].head if perfect else owner
    return owner


def _nearest(places: Sequence[int], trigger: int) -> int:
    return min(places, key=lambda i: abs(i - trigger))


def _places(tokens: Sequence[Token], times: Sequence[TimeMention], trigger: int) -> dict[int, TimeMention]:
    """The tokens of the expressions that no colon or semicolon parts from the act."""
    found: dict[int, TimeMention] = {}
    for time in times:
        for token in covered(tokens, time.start, time.end):
            low, high = sorted((token.i, trigger))
            if not any(tokens[i].text in BREAKS for i in range(low, high)):
                found[token.i] = time
    return found


def _from_above(
    tokens: Sequence[Token],
    at: Mapping[int, TimeMention],
    owner: Mapping[int, int],
    trigger: int,
    acts: Set[int],
) -> Bound | None:
    below, beside = trigger, False
    for above in governors(tokens, trigger):
        link = tokens[below]
        if link.dep == "relcl" and _is_terms(tokens, link):
            beside = False
        if link.dep in {"relcl", "advcl"} and (named := _when_clause(tokens, link, at)) is not None:
            # "since Friday, when jets bombed"
            return Bound(named)
        if link.dep == "relcl" and above not in acts and not _is_terms(tokens, link):
            # "in an offensive that ended in their flight": what the clause says of a dated act is of its date
            return None
        beside = beside or (link.dep == "conj" and _has_subject(tokens, link, named=True))
        own = [i for i in at if owner[i] == above and not _of_relative(tokens, i, above)]
        if beside and any(t.dep == "relcl" and _is_terms(tokens, t) for t in tokens[above:trigger]):
            # "an accord under which the rebels disarm and the army withdraws", whatever the parser coordinates
            beside = False
        if beside:
            fronted = [i for i in own if i < _subject_of(tokens, above)]
            beside = not fronted
            own = fronted or own
        if own:
            return Bound(at[_nearest(own, trigger)], beside)
        below = above
    return None


def _when_clause(tokens: Sequence[Token], link: Token, at: Mapping[int, TimeMention]) -> TimeMention | None:
    """The date right before a clause with "when" or "as": "11 months ago, when the army invaded"."""
    opening = min(subtree(tokens, link.i))
    if not any(tokens[i].lemma == "when" for i in link.children):
        return at.get(link.head) if link.dep == "relcl" else None
    before = opening - 1
    while before > 0 and tokens[before].text in {",", "—", "–"}:
        before -= 1
    return at.get(before) or (at.get(link.head) if link.dep == "relcl" else None)


def _is_terms(tokens: Sequence[Token], link: Token) -> bool:
    """Whether a relative clause tells what a text lays down: "an accord under which the rebels gave up their arms"."""
    return any(
        tokens[c].lemma in {"under", "by", "in"} and any(tokens[g].lemma == "which" for g in tokens[c].children)
        for c in link.children
        if tokens[c].dep == "prep"
    )


def _has_subject(tokens: Sequence[Token], token: Token, *, named: bool = False) -> bool:
    """Whether a verb has a subject of its own; `named`: one that is no pronoun and so may be somebody else."""
    return any(tokens[c].dep in SUBJECTS and not (named and tokens[c].pos == "PRON") for c in token.children)


def _subject_of(tokens: Sequence[Token], verb: int) -> int:
    return min((c for c in tokens[verb].children if tokens[c].dep in SUBJECTS), default=verb)


def _relative_above(tokens: Sequence[Token], index: int) -> Token | None:
    """The head of the relative clause that a token stands in."""
    for above in (index, *governors(tokens, index)):
        if tokens[above].dep == "relcl":
            return tokens[above]
    return None


def _of_relative(tokens: Sequence[Token], index: int, act: int) -> bool:
    """Whether a date that the parser hangs on the act stands right behind a relative clause between subject and act.

    "An accord that he concluded in Lusaka in 1994 collapsed": the year is that of the concluding.
    """
    if index > act:
        return False
    clause = [t for t in tokens[: index + 1] if t.dep == "relcl" and t.i < index and tokens[t.head].i < t.i]
    for verb in clause:
        subjects = [c for c in tokens[act].children if tokens[c].dep in SUBJECTS]
        inside = verb.head in subjects or any(verb.head in subtree(tokens, s) for s in subjects)
        if inside and not any(tokens[i].text == "," for i in range(verb.i, index)):
            return True
    return False


def _behind_relative(tokens: Sequence[Token], owner: Mapping[int, int], trigger: int) -> list[int]:
    """Dates within the act's own relative clause that the parser gave to the main verb."""
    verb = _relative_above(tokens, trigger)
    if verb is None or verb.i != trigger:
        return []
    main = next((a for a in governors(tokens, verb.head) if tokens[a].pos in VERBAL), None)
    if main is None or main < trigger:
        return []
    return [i for i in owner if owner[i] == main and trigger < i < main and _of_relative(tokens, i, main)]


def uttered(tokens: Sequence[Token], draft: Draft) -> int:
    """The verb whose time counts: of an announced act that of the announcing."""
    trigger = draft.trigger[0]
    for above in governors(tokens, trigger):
        if f"announced:{tokens[above].lemma}" in draft.basis:
            return above
    return trigger


def is_main(tokens: Sequence[Token], index: int) -> bool:
    """Whether a predicate is the main clause's, or coordinated with it, or what its speech verb reports."""
    while tokens[index].dep in {"conj", "ccomp", "xcomp"} and tokens[index].head != index:
        index = tokens[index].head
    return tokens[index].dep == "ROOT"


def owner_of(tokens: Sequence[Token], index: int, acts: Set[int] = frozenset()) -> int:
    """The predicate that a word belongs to: the nearest verb or nominal act above it, the word itself where none is."""
    for above in governors(tokens, index):
        if tokens[above].pos in VERBAL or above in acts:
            return above
    return index


def parted(tokens: Sequence[Token], index: int, act: int) -> bool:
    """Whether another verb stands between a time expression and the act above it."""
    for above in governors(tokens, index):
        if above == act:
            return False
        if tokens[above].pos in VERBAL:
            return True
    return True


def finite(tokens: Sequence[Token], index: int) -> Token | None:
    """The verb that carries the tense of an act."""
    for i in (index, *governors(tokens, index)):
        if tokens[i].pos in VERBAL and tokens[i].tag not in {"VB", "VBG"}:
            return tokens[i]
    return None


def auxiliaries(tokens: Sequence[Token], verb: int) -> frozenset[str]:
    """The auxiliaries of a verb, lower case; those of the verb it is coordinated with where it has none of its own."""
    found = frozenset(tokens[c].text.lower() for c in tokens[verb].children if tokens[c].dep in {"aux", "auxpass"})
    shared = tokens[verb].dep == "conj" and not _has_subject(tokens, tokens[verb])
    return auxiliaries(tokens, tokens[verb].head) if not found and shared and tokens[verb].head != verb else found
