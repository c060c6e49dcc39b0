"""What a noun phrase is made of, and what its words say of it, token by token."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dragoman.mentions.pointers import word_lists
from dragoman.reading import Token

HEADS = frozenset({"NOUN", "PROPN", "PRON", "NUM", "ADJ", "X"})
INSIDE = frozenset({"compound", "amod", "nmod", "nummod", "det", "poss", "quantmod", "predet", "npadvmod"})
HYPHENS = frozenset({"-", "‑", "–"})
OWN_PREPS = frozenset({"of", "from", "in", "for"})
"""Prepositions after a role that tell whose it is: "president of Serbia", "rebels in Yemen"."""


def is_relation(token: Token) -> bool:
    """Whether a noun tells how somebody stands to its possessor, and not whose he is: "its former ruler"."""
    return token.lemma in word_lists()["relation"]


def region(tokens: Sequence[Token], first: int, head: int) -> str | None:
    """The code of the part of the world that the words before a head name; empty for one that is no body."""
    regions = word_lists()["region"]
    words = [t.text.lower() for t in tokens[first:head]]
    found: list[str] = []
    at = 0
    while at < len(words):
        width = next((w for w in (2, 1) if " ".join(words[at : at + w]) in regions), 0)
        if width:
            found.append(regions[" ".join(words[at : at + width])])
        at += width or 1
    return (found[0] if len(found) == 1 else "") if found else None


def right_owners(tokens: Sequence[Token], head: int) -> Iterable[int]:
    """Heads of the phrases after a head that tell whose it is: "envoys of the army and of the rebels"."""
    preps = [c for c in tokens[head].children if c > head and _owns(tokens[c])]
    preps += [c for prep in preps for c in tokens[prep].children if _owns(tokens[c])]
    for prep in preps:
        for inner in tokens[prep].children:
            if tokens[inner].dep == "pobj" and tokens[inner].pos in {"PROPN", "NOUN"}:
                yield inner


def _owns(token: Token) -> bool:
    return token.pos == "ADP" and token.dep in {"prep", "conj"} and token.lemma in OWN_PREPS


def is_backer(tokens: Sequence[Token], index: int) -> bool:
    """Whether the name tells a backer or a stance, not the owner: "Turkish-backed", "anti-Taliban"."""
    lists = word_lists()
    after = index + 1
    if after + 1 < len(tokens) and tokens[after].text in HYPHENS:
        return tokens[after + 1].lemma in lists["backed"] or tokens[after + 1].text.lower() in lists["backed"]
    before = index - 1
    return before >= 1 and tokens[before].text in HYPHENS and tokens[before - 1].text.lower() in lists["stance"]


def is_former(tokens: Sequence[Token], first: int, head: int) -> bool:
    """Whether the words before a head say that the office is past: "the former Togolese minister"."""
    return any(tokens[i].lemma in word_lists()["former"] for i in range(first, head))


def is_head(token: Token) -> bool:
    """Whether the token heads a noun phrase."""
    if token.pos not in HEADS and token.tag not in {"PRP$", "PRP", "WP$"}:
        return False
    if token.tag in {"PRP$", "WP$"}:
        return True
    if token.dep in {"compound", "amod", "nmod", "det", "nummod", "quantmod", "npadvmod", "predet", "advmod"}:
        return False
    return not (token.pos in {"ADJ", "NUM"} and token.dep in {"acomp", "amod", "attr", "nummod"})


def is_plural(token: Token) -> bool:
    return token.tag in {"NNS", "NNPS"} or token.lemma in {"they", "police", "people"}


COUNTABLE = frozenset({"nsubj", "nsubjpass", "dobj"})
"""Places in a sentence where a bare number may mean people."""


def counts_people(tokens: Sequence[Token], token: Token) -> bool:
    """Whether a number or word of quantity without a noun means people: "dozens were detained", "an attack killed 12"."""
    if any(tokens[c].lemma in {"of", "%", "percent"} and tokens[c].dep != "quantmod" for c in token.children):
        return False
    words = word_lists()
    crowd = token.lemma in words["crowd"] and token.tag == "NNS"
    if token.dep == "ROOT":
        # of a headline the verb hangs on the number: "at least 12 killed in blast"
        verbs = [c for c in token.children if tokens[c].dep == "acl"]
    elif token.dep not in COUNTABLE:
        return False
    elif crowd:
        return True
    else:
        verbs = [token.head]
    some = crowd or token.tag == "CD" or token.lemma in words["remainder"]
    return some and any(tokens[v].lemma in words["befalling"] for v in verbs)


def phrase(tokens: Sequence[Token], head: int) -> tuple[int, int]:
    """First and last token of the smallest full noun phrase at a head, without its article."""
    first = head
    while first > 0:
        before = tokens[first - 1]
        if before.head == head or (
            before.dep in INSIDE | {"punct", "case", "amod", "cc", "conj", "advmod"}
            and _climbs_to(tokens, before.i, head)
        ):
            if (
                before.dep
                in {
                    "prep",
                    "mark",
                    "cc",
                    "punct",
                    "advmod",
                    "relcl",
                    "appos",
                    "nsubj",
                    "aux",
                    "cop",
                    "neg",
                    "conj",
                    "preconj",
                    "dobj",
                    "expl",
                    "intj",
                }
                and before.head == head
            ):
                break
            if before.pos == "VERB" and before.dep not in {"amod", "compound"}:
                break
            first -= 1
            continue
        break
    while first < head and (
        tokens[first].dep in {"det", "predet", "punct", "preconj", "cc"} or tokens[first].tag == "PDT"
    ):
        first += 1
    return first, head


def _climbs_to(tokens: Sequence[Token], index: int, head: int) -> bool:
    for _ in range(6):
        index = tokens[index].head
        if index == head:
            return True
    return False
