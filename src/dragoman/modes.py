"""The mode of an act whose own words tell none, from who does it, with what and where.

Most modes come from the frame. What is left is told by the arguments: gunmen attack with firearms, jets from the air
(`modes.toml`); four parties at a table meet multilaterally, two on a third's soil as guests of a third party.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.folding import Folding
from dragoman.frames import Act
from dragoman.participants import ARMED
from dragoman.records import Participant
from dragoman.syntax import subtree

MANY = 4
"""Parties from which a meeting is one of many."""
SEATS = frozenset({"in", "at"})
"""Prepositions of the place where one meets."""
TALKING = frozenset({"040", "046"})
"""CAMEO codes of plain meetings and negotiations."""


class Modes(Folding):
    """Gives acts the mode that their arguments tell."""

    def tell_modes(self) -> None:
        """Fills in what the frames left open; what is offered or demanded counts as the prospect's mode."""
        for act in self.acts.values():
            if act.mode is None:
                act.mode = self._by_rule(act)
            if act.mode is None and act.type == "THREATEN" and act.prospect is None:
                # what the armed threaten, where nothing else is told, is force
                act.mode = "violence" if act.actors and all(ARMED & set(p.sectors) for p in act.actors) else None
            if act.mode is None and act.type == "CONSULT" and act.frame.reciprocal:
                self._meeting(act)

    def _by_rule(self, act: Act) -> str | None:
        for mode, conditions in self.rows.mode_rules.get(act.type, ()):
            if all(self.condition(c, act.args) for c in conditions):
                act.basis.append(f"mode:{mode}")
                return mode
        return None

    def _meeting(self, act: Act) -> None:
        """Many parties make a meeting multilateral; two who meet in a third country are its guests."""
        if len(act.actors) >= MANY:
            act.mode = "multilateral"
            act.basis.append("mode:parties")
            return
        countries = {p.country for p in act.actors}
        if len(countries) < 2 or None in countries:
            return
        seats = self._seats(act)
        if len(seats) == 1 and not seats & countries:
            act.mode = "third-party"
            act.basis.append("mode:place")
        elif len(seats) == 1 and len(act.actors) == 2 and act.cameo in TALKING:
            self._as_visit(act, next(iter(seats)))

    def _as_visit(self, act: Act, seat: str | None) -> None:
        """Two who talk in the country of one: the other is the visitor."""
        hosts: list[Participant] = [p for p in act.actors if p.country == seat]
        guests = [p for p in act.actors if p.country != seat]
        if len(hosts) == 1 and len(guests) == 1:
            act.mode = "visit"
            act.basis.append("mode:host")

    def _seats(self, act: Act) -> set[str | None]:
        """Countries of the places where the act is told to happen."""
        spots = [h for p in SEATS for h in act.args.preps.get(p, [])]
        spans = [self._span(h) for h in spots]
        places = self.reading.places.get(self.sentence.where, ())
        return {p.country for p in places if p.country and any(a <= p.start < b for a, b in spans)}

    def _span(self, head: int) -> tuple[int, int]:
        below: Sequence[int] = subtree(self.tokens, head)
        return self.tokens[below[0]].start, self.tokens[below[-1]].end
