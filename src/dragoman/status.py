"""Whether an act is told as done, due, possible or not done.

Cues are rows (`data/lexicons/en/cues.toml`) found over the parse: dependents of the act, the conjunction of its clause, and
the words that govern it.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources

from dragoman.binding import VERBAL
from dragoman.claims import DENIED
from dragoman.lexicon import lexicon
from dragoman.reading import Draft, Token
from dragoman.records import Status
from dragoman.syntax import governors

COMING = frozenset({"will", "would", "'ll", "’ll", "'d", "wo", "shall"})
"""Auxiliaries of what is announced."""


@dataclass(frozen=True, slots=True)
class Cues:
    """Effects by place of the cue, then word."""

    child: dict[str, str]
    mark: dict[str, str]
    governor: dict[str, str]
    prep: dict[str, str]
    passive: dict[str, str]
    present: dict[str, str]
    wish: dict[str, str]
    undone: dict[str, str]
    frame: dict[str, str]
    settled: dict[str, str]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The cue rows, loaded once a process."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "cues.toml"
    table: dict[str, dict[str, str]] = {place.name: {} for place in fields(Cues)}
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["cue"]:
        for word in row["words"]:
            table[row["where"]].setdefault(word, row["effect"])
    return Cues(**table)


def status(tokens: Sequence[Token], draft: Draft) -> Status:
    """Whether the act is told as done, due, possible or not done."""
    index = draft.trigger[0]
    rules = cues()
    announced = any(b.startswith("announced:") for b in draft.basis)
    if announced:
        # "said it would send": the promise was made, whatever the modal says of the deed
        index = next(
            (
                i
                for i in governors(tokens, index)
                if tokens[i].pos in VERBAL and any(b == f"announced:{tokens[i].lemma}" for b in draft.basis)
            ),
            index,
        )
    effect = _from_children(tokens, index, rules)
    if any(b.startswith("refused:") for b in draft.basis):
        # the refusal was uttered; its "will not" says nothing against it
        effect = None
    if effect == "negated" and (draft.frame in rules.frame or (draft.type == "THREATEN" and _is_modal(tokens, index))):
        # the act is told by its very "not": "no longer considers itself bound", "would not sit idle"
        effect = None
    if DENIED in draft.basis:
        effect = "negated"
    if effect is None and draft.nominal and any(b.startswith("light:") for b in draft.basis):
        effect = _from_verb_of(tokens, index, rules)
    above = _from_above(tokens, index, rules, wished=draft.type == "AGREE")
    if effect == "negated" or above == "negated":
        if {effect, above} == {"negated", "hypothetical"}:
            return "hypothetical"
        return "negated"
    return _strongest(effect, above)


def _is_modal(tokens: Sequence[Token], index: int) -> bool:
    return any(tokens[c].text.lower() in COMING for c in tokens[index].children)


def _strongest(*effects: str | None) -> Status:
    if "hypothetical" in effects:
        return "hypothetical"
    if "future" in effects:
        return "future"
    return "actual"


def _from_children(tokens: Sequence[Token], index: int, rules: Cues) -> str | None:
    found: list[str] = []
    for child in tokens[index].children:
        token = tokens[child]
        if token.dep not in {"neg", "aux", "advmod", "det", "amod", "mark", "preconj", "auxpass"}:
            if token.dep in {"nsubj", "nsubjpass", "dobj"} and any(
                tokens[c].dep in {"det", "neg"} and tokens[c].lemma in {"no", "neither"} for c in token.children
            ):
                found.append("negated")
            continue
        word = token.text.lower() if token.dep in {"aux", "neg", "auxpass"} else token.lemma
        table = rules.mark if token.dep == "mark" else rules.child
        effect = table.get(word) or (rules.child.get(token.text.lower()) if token.dep == "amod" else None)
        if token.dep == "advmod" and any(tokens[c].lemma == "no" for c in token.children):
            effect = "negated"  # "no longer"
        if (
            effect == "negated"
            and token.dep == "advmod"
            and any(tokens[c].lemma == "only" for c in (*token.children, min(child + 1, len(tokens) - 1)))
        ):
            continue
        if effect:
            found.append(effect)
    if (
        tokens[index].dep == "conj"
        and tokens[index].pos in VERBAL
        and not any(tokens[c].dep == "aux" for c in tokens[index].children)
    ):
        shared = [
            tokens[c].text.lower() for c in tokens[tokens[index].head].children if tokens[c].dep in {"aux", "neg"}
        ]
        found += [e for w in shared if (e := rules.child.get(w))]
        if any(t.lemma == "nor" for t in tokens[tokens[index].head : index]):
            found.append("negated")
    return next((e for e in ("negated", "hypothetical", "future") if e in found), None)


def _from_verb_of(tokens: Sequence[Token], index: int, rules: Cues) -> str | None:
    """A noun's act takes the status of the support verb that carries it: "no talks were held", "will hold talks"."""
    token = tokens[index]
    if token.dep == "pobj" and tokens[tokens[token.head].head].pos in VERBAL | {"NOUN"}:
        token = tokens[token.head]
        if tokens[token.head].pos == "NOUN":
            # "took no part in the talks"
            token = tokens[token.head]
            if any(tokens[c].lemma == "no" for c in token.children):
                return "negated"
    elif token.dep not in {"nsubj", "nsubjpass", "dobj", "attr", "conj"}:
        return None
    head = tokens[token.head]
    return _from_children(tokens, head.i, rules) if head.pos in VERBAL else None


def _from_above(tokens: Sequence[Token], index: int, rules: Cues, *, wished: bool = False) -> str | None:
    """What the words above an act make of it; `wished` acts are done by wishing them."""
    below, found = index, list[str]()
    for above in governors(tokens, index):
        link, head = tokens[below], tokens[above]
        if any(tokens[i].text == ";" for i in range(min(below, above), max(below, above))):
            break
        if link.dep == "prep" and head.lemma in rules.settled:
            # "planned to report on the outcome of the talks": they were held, whatever becomes of the report
            break
        if link.dep in SIDEWAYS and head.pos in VERBAL | {"NOUN", "PROPN"}:
            if link.dep != "conj" or _has_own_tense(tokens, link, head):
                break
        elif link.dep in {"advcl", "csubj", "nsubj", "nsubjpass", "poss", "npadvmod"}:
            found += _of_clause(tokens, link, head, rules, nominal=below == index)
            break
        elif head.dep in {"prep", "agent"} or link.dep in {"pobj", "pcomp"}:
            near = (head.lemma, *(tokens[c].lemma for c in head.children if tokens[c].dep == "advmod" and c < head.i))
            found += [e for word in near if (e := rules.prep.get(word))]
        else:
            effects, ends = _of_complement(tokens, link, head, rules, wished)
            found += effects
            if ends:
                break
        below = above
    return next((e for e in ("negated", "hypothetical", "future") if e in found), None)


SIDEWAYS = frozenset({"relcl", "conj", "parataxis", "appos"})

COMPLEMENTS = frozenset({"xcomp", "ccomp", "dobj", "acl", "pobj", "pcomp", "prep", "amod"})
"""Links over which a governor reaches the act below it."""


def _of_clause(tokens: Sequence[Token], link: Token, head: Token, rules: Cues, *, nominal: bool) -> list[str]:
    """What its own conjunction, its place as a subject, or the undoing of it makes of a clause or noun."""
    below = {tokens[c].lemma for c in link.children if tokens[c].dep in {"mark", "advmod"}}
    infinitive = link.tag == "VB" and any(tokens[c].tag == "TO" for c in link.children)
    found: list[str] = []
    if link.dep == "advcl":
        found += [e for m in below if (e := rules.mark.get(m))]
        if {"rather", "than"} <= below:
            found.append("negated")
        close = link.i > head.i and tokens[link.i - 1].text != ","
        if link.tag == "VBG" and close and not below and rules.governor.get(head.lemma) == "negated":
            # "ruled out attacking"
            found.append("negated")
        if infinitive and not _is_transparent(head):
            found.append("hypothetical")
    if link.dep == "csubj" and infinitive:
        found.append("hypothetical")
    if link.dep == "nsubjpass" and _is_undone(tokens, head, rules):
        found.append("negated")
    if link.dep == "nsubj" and nominal and link.pos == "NOUN" and _is_supposed(tokens, link, head):
        found.append("hypothetical")
    return found


def _is_undone(tokens: Sequence[Token], head: Token, rules: Cues) -> bool:
    """ "The attack was called off", "was averted"."""
    particles = [tokens[c].text.lower() for c in head.children if tokens[c].dep == "prt"]
    return head.lemma in rules.undone or any(f"{head.lemma} {p}" in rules.undone for p in particles)


def _is_supposed(tokens: Sequence[Token], noun: Token, head: Token) -> bool:
    """ "A Turkish invasion would anger Washington": an act that nobody has told of before."""
    pointed = any(tokens[c].lemma in {"the", "this", "that"} or tokens[c].dep == "poss" for c in noun.children)
    return not pointed and any(tokens[c].text.lower() in {"would", "could", "might"} for c in head.children)


def _of_complement(
    tokens: Sequence[Token], link: Token, head: Token, rules: Cues, wished: bool
) -> tuple[list[str], bool]:
    """What the governor of a complement makes of it, and whether its scope ends there."""
    found: list[str] = []
    if link.dep in {"ccomp", "acl"}:
        marks = [tokens[c].lemma for c in link.children if tokens[c].dep in {"mark", "advmod"}]
        found += [e for m in marks if (e := rules.mark.get(m))]
        if head.pos == "NOUN" and any(tokens[c].lemma == "no" for c in head.children):
            # "there was no proof that"
            found.append("hypothetical")
    modal = any(tokens[c].dep == "aux" and tokens[c].tag != "TO" for c in link.children)
    if link.dep == "acl" and link.tag == "VB" and not modal:
        found.append("hypothetical")
    if link.dep == "xcomp":
        if head.lemma == "be" and (due := _is_due(tokens, link, head)) is not None:
            return [*found, due], True
        if head.lemma == "have" and any(tokens[c].lemma == "yet" for c in head.children):
            return [*found, "negated"], True
    meant = wished and link.dep == "xcomp" and head.lemma in rules.wish
    effect = None if meant else _of_governor(tokens, head, rules)
    if effect is not None and link.dep in COMPLEMENTS:
        weak = effect == "negated" and link.dep == "ccomp" and head.lemma != "deny"
        found.append("hypothetical" if weak else effect)
    if link.dep == "dobj" and _is_undone(tokens, head, rules):
        found.append("negated")
    if head.pos in VERBAL and link.dep == "xcomp" and (over := _from_children(tokens, head.i, rules)):
        found.append(over)
    return found, link.dep == "ccomp" and rules.governor.get(head.lemma) is None


def _has_own_tense(tokens: Sequence[Token], link: Token, head: Token) -> bool:
    """Whether a coordinated verb leaves the infinitive before it: "are to join the council and have pledged to disarm"."""
    infinitive = any(tokens[c].tag == "TO" for c in head.children)
    perfect = any(tokens[c].dep == "aux" and tokens[c].tag in {"VBP", "VBZ", "VBD"} for c in link.children)
    return infinitive and (perfect or link.tag in {"VBD", "VBZ", "VBP"})


def _of_governor(tokens: Sequence[Token], head: Token, rules: Cues) -> str | None:
    passive = any(tokens[c].dep == "auxpass" for c in head.children)
    if passive and head.lemma in rules.passive:
        return rules.passive[head.lemma]
    aux = [tokens[c] for c in head.children if tokens[c].dep == "aux"]
    unsure = head.tag in {"VBZ", "VBP", "VBG"} or any(a.tag in {"MD", "TO"} for a in aux)
    return rules.governor.get(head.lemma) or (rules.present.get(head.lemma) if unsure else None)


def _is_due(tokens: Sequence[Token], link: Token, head: Token) -> str | None:
    """ "Is to meet": it will; "was to have met": it did not."""
    aux = {tokens[c].text.lower() for c in link.children if tokens[c].dep == "aux"}
    if "to" not in aux:
        return None
    return "negated" if head.tag == "VBD" and "have" in aux else "future"


def _is_transparent(token: Token) -> bool:
    operator = lexicon().operators.get(token.lemma)
    return operator is not None and operator.kind == "transparent"
