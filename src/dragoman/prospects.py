"""What a complement holds: the act that is offered, asked for, refused or threatened.

Mostly it is an act with a frame of its own. Many deeds are none by themselves ("go on talking", "hand back the guns")
and yet tell what kind of act is meant: the hints of `prospects.toml` name those.
"""

from __future__ import annotations

from collections.abc import Iterable

from dragoman.frames import Act, FrameMatcher
from dragoman.ontology import HOLDING
from dragoman.reading import Token
from dragoman.records import Prospect
from dragoman.syntax import conjuncts, subtree

DEPTH = 4
"""Words from the head of a complement down to the one that tells the deed: "offered | to help | bring about | talks"."""
FURTHER = ("in", "on", "to", "for", "into", "with", "of", "at")
"""Prepositions that lead from a light verb or noun to the deed: "take part in the talks", "plan for a truce"."""
CONTENT_PREPS = ("for", "to", "on", "of", "with", "in", "against")
"""Where a holding act may tell its content without a clause."""


SPOKEN = frozenset({"055", "056"})
"""CAMEO codes of concessions that are words and no deeds: apologies and pardons."""


def deed(act: Act) -> Prospect:
    """What holding an act means: a concession that is promised or refused is the deed, not its announcement."""
    if act.type == "CONCEDE" and act.cameo not in SPOKEN:
        return Prospect("RETREAT", None)
    return Prospect(act.type, act.mode)


class Content(FrameMatcher):
    """Finds the acts in complements."""

    def content(self, heads: list[int]) -> list[Act]:
        """The acts that a complement tells: its head, what is coordinated with it, or what a light verb at its head carries."""
        found: list[Act] = []
        for head in heads:
            for index in conjuncts(self.tokens, head):
                if index in self.acts and not self.acts[index].absorbed:
                    found.append(self.acts[index])
                    continue
                token = self.tokens[index]
                if token.pos in {"VERB", "AUX"}:
                    inner = self.args(index)
                    nested = ([inner.clause] if inner.clause is not None else []) or self._carried(token)
                    told = [o for o in inner.object if o in self.acts]
                    # "refused to take part in the talks"
                    told += [
                        o for p in ("in", "on", "to", "for", "into") for o in inner.preps.get(p, []) if o in self.acts
                    ]
                    found += self.content(told[:1] or nested)
        return found

    def hinted(self, heads: Iterable[int], depth: int = 0) -> Prospect | None:
        """The deed that the words of a complement tell where they are no act by themselves; nearest word first."""
        if depth > DEPTH:
            return None
        deeper: list[int] = []
        for head in heads:
            for index in conjuncts(self.tokens, head):
                token = self.tokens[index]
                if (held := self._hint(token)) is not None:
                    return held
                deeper += self._below(token)
        return self.hinted(deeper, depth + 1) if deeper else None

    def _hint(self, token: Token) -> Prospect | None:
        options = self.rows.hints.get(token.lemma, ())
        if not options:
            return None
        near = self._reach(token)
        return next((Prospect(*held) for words, held in options if near.issuperset(words)), None)

    def _reach(self, token: Token) -> set[str]:
        """Words in the reach of a deed's word: its own phrase, two links down."""
        below = [c for c in token.children if self.tokens[c].dep not in {"nsubj", "relcl", "advcl", "conj", "punct"}]
        far = [i for c in below for i in self.tokens[c].children if self.tokens[c].dep != "ccomp"]
        farther = [i for c in far if self.tokens[c].dep in {"prep", "pobj"} for i in self.tokens[c].children]
        return {self.tokens[i].lemma for i in (*below, *far, *farther)}

    def _carried(self, token: Token) -> list[int]:
        """The gerund that a transparent verb carries: "go on paying", which the parser hangs on it as an adverb clause."""
        operator = self.rows.operators.get(token.lemma)
        if operator is None or operator.kind != "transparent":
            return []
        below = [self.tokens[c] for c in token.children]
        far = [self.tokens[i] for t in below if t.dep == "prep" for i in t.children]
        return [
            t.i for t in (*below, *far) if t.tag == "VBG" and t.dep in {"advcl", "pcomp", "xcomp"} and t.i > token.i
        ]

    def _below(self, token: Token) -> list[int]:
        """Where the deed may be told if the word itself only carries it."""
        inner = self.args(token.i)
        clause = [inner.clause] if inner.clause is not None else []
        if token.pos in {"VERB", "AUX"}:
            operator = self.rows.operators.get(token.lemma)
            if token.lemma in self.rows.light["object"] or (operator is not None and operator.kind == "transparent"):
                return [
                    *clause,
                    *self._carried(token),
                    *inner.object,
                    *(h for p in FURTHER for h in inner.preps.get(p, [])),
                ]
            return clause
        if token.pos in {"NOUN", "ADJ"}:
            return [*clause, *(h for p in FURTHER for h in inner.preps.get(p, []))]
        return []

    def hint_of(self, act: Act, heads: list[int]) -> Prospect | None:
        """What a holding act holds by its words: at the named place, else wherever its complement may stand."""
        args = act.args
        below = set(subtree(self.tokens, act.token))
        clause = [args.clause] if args.clause is not None else []
        spots = [*heads, *clause, *args.object, *(h for p in CONTENT_PREPS for h in args.preps.get(p, []))]
        return self.hinted(dict.fromkeys(h for h in spots if h in below))

    def settle_prospects(self) -> None:
        """Gives each holding act that tells nothing else what its mode implies."""
        for act in self.acts.values():
            if act.type in HOLDING and act.prospect is None and act.mode is not None:
                held = self.rows.implied.get((act.type, act.mode))
                act.prospect = Prospect(*held) if held is not None else None
