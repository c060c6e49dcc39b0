"""Where it happened: the place that syntax and nearness give to an act, never the dateline by default."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dragoman.mentions.places import PlaceMention
from dragoman.reading import Draft, Reading, Sentence, Token
from dragoman.records import Place
from dragoman.syntax import covered, subtree

STATIC = frozenset(
    {"in", "at", "near", "outside", "inside", "around", "across", "off", "throughout", "along", "within"}
)
MOVING = frozenset(
    {"on", "from", "into", "to", "over", "through", "of", "toward", "towards", "beyond", "between", "against"}
)
LOCATIVE = STATIC | MOVING

FARTHEST = 11.0
"""Cost above which a place of the sentence is not taken for the act's; tuned on our own gold reports."""

BROAD = {"country": 3.0, "continent": 6.0, "region": 1.0, "sea": 3.0, "mountains": 1.0, "river": 0.5}
"""Cost by kind: of two places the narrower is meant."""

POINTING = {
    "city": "town",
    "capital": "town",
    "town": "town",
    "village": "town",
    "port": "town",
    "province": "region",
    "region": "region",
    "enclave": "region",
    "island": "region",
    "territory": "region",
}
"""Nouns that point back to a place: "the city", "the province"."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place of the sentence with what speaks against it."""

    cost: float
    place: Place


def place(reading: Reading, sentence: Sentence, draft: Draft) -> Place | None:
    """The place below the act, else the nearest that a locative preposition brings into its clause."""
    if not sentence.tokens:
        return None
    own = set(subtree(sentence.tokens, draft.trigger[0]))
    found = [
        *_named(reading, sentence, draft, own),
        *_unlisted(reading, sentence, draft, own),
        *_pointed(reading, sentence, draft, own),
    ]
    best = min(found, key=lambda c: c.cost, default=None)
    return best.place if best is not None and best.cost <= FARTHEST else None


def _named(reading: Reading, sentence: Sentence, draft: Draft, own: set[int]) -> Iterator[Candidate]:
    tokens = sentence.tokens
    for mention in _inside(reading, sentence):
        inside = covered(tokens, mention.start, mention.end)
        if not inside:
            continue
        head = inside[-1]
        locative = locative_of(tokens, head)
        target = head.dep in {"dobj", "nsubjpass"} and head.head == draft.trigger[0] and mention.kind != "country"
        if locative is None and not target:
            continue
        yield Candidate(_cost(draft, head, own, locative) + BROAD.get(mention.kind, 0.0), as_place(mention))


def _inside(reading: Reading, sentence: Sentence) -> list[PlaceMention]:
    return [p for p in reading.places.get(sentence.where, ()) if p.start >= sentence.start and p.end <= sentence.end]


def _cost(draft: Draft, head: Token, own: set[int], locative: str | None) -> float:
    cost = abs(head.i - draft.trigger[0]) * 0.2
    cost += 0.0 if head.i in own else 6.0
    return cost + (0.0 if locative is None or locative in STATIC else 2.0)


def _unlisted(reading: Reading, sentence: Sentence, draft: Draft, own: set[int]) -> Iterator[Candidate]:
    """A capitalised name after "in" or "near" that no gazetteer has is a place all the same, without coordinates."""
    tokens = sentence.tokens
    if not any(t.dep == "pobj" and (tokens[t.head].lemma in STATIC or tokens[t.head].lemma == "on") for t in tokens):
        return
    taken = {
        i
        for m in reading.actors
        if m.sentence == sentence.index and m.kind not in {"unknown"}
        for i in range(m.first, m.last + 1)
    }
    taken |= {t.i for p in _inside(reading, sentence) for t in covered(tokens, p.start, p.end)}
    times = [w for w in reading.times.get(sentence.where, ()) if w.start < sentence.end and w.end > sentence.start]
    taken |= {t.i for w in times for t in covered(tokens, w.start, w.end)}
    for token in tokens:
        above = tokens[token.head]
        if token.dep != "pobj" or above.lemma not in STATIC | {"on"} or token.i in taken:
            continue
        names = [i for i in (*token.children, token.i) if tokens[i].pos == "PROPN" and i not in taken and i <= token.i]
        if not names or (above.lemma == "on" and token.pos == "PROPN"):
            continue
        first, last = tokens[min(names)], token
        text = sentence.text[first.start - sentence.start : last.end - sentence.start]
        yield Candidate(
            _cost(draft, token, own, above.lemma) + 1.0,
            Place(text, first.start, last.end, None, None, None, None, None, None),
        )


def _pointed(reading: Reading, sentence: Sentence, draft: Draft, own: set[int]) -> Iterator[Candidate]:
    """ "The city", "the province": the last place of that size told before."""
    tokens = sentence.tokens
    for token in tokens:
        size = POINTING.get(token.lemma)
        if size is None or not any(tokens[c].lemma in {"the", "this", "that"} for c in token.children):
            continue
        if any(tokens[c].lemma == "of" for c in token.children):
            continue  # "the town of Shire" names its own place
        locative = locative_of(tokens, token)
        target = token.dep in {"dobj", "nsubjpass"} and token.head == draft.trigger[0]
        if locative is None and not target:
            continue
        before = [
            p
            for p in reading.places.get(sentence.where, ())
            if p.end <= token.start and _size(p) == size and p.latitude is not None
        ]
        if before:
            told = before[-1]
            made = as_place(told)
            text = sentence.text[token.start - sentence.start : token.end - sentence.start]
            yield Candidate(
                _cost(draft, token, own, locative) + 0.5,
                Place(
                    text,
                    token.start,
                    token.end,
                    made.name,
                    made.country,
                    made.admin1,
                    made.latitude,
                    made.longitude,
                    made.geonames_id,
                ),
            )


def _size(mention: PlaceMention) -> str:
    if mention.kind in {"city", "town", "capital", "village"}:
        return "town"
    return "" if mention.kind in {"country", "continent", "sea"} else "region"


def as_place(mention: PlaceMention) -> Place:
    """A place mention as the record holds it."""
    return Place(
        mention.text,
        mention.start,
        mention.end,
        mention.name,
        mention.country,
        mention.admin1,
        mention.latitude,
        mention.longitude,
        mention.geonames_id,
    )


def locative_of(tokens: Sequence[Token], head: Token) -> str | None:
    """The preposition that makes a phrase a place, through lists, appositions and owners ("in Ankara's palace")."""
    above = tokens[head.head]
    while (
        head.dep in {"conj", "appos", "compound", "nmod", "poss", "amod"}
        and above.i != head.i
        and above.pos in {"PROPN", "NOUN"}
    ):
        head, above = above, tokens[above.head]
    if head.dep == "pobj" and above.lemma in LOCATIVE:
        return above.lemma
    return None
