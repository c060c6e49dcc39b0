"""A document on its way through the steps: what each step reads and what it adds.

`Reading` is the one mutable thing in Dragoman. A step of `pipeline.STEPS` takes readings, adds its own field to each
and touches no other. All offsets are code points into the passage's own string (text or title).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dragoman.records import Claim, Document, Magnitude, Mention, Participant, Place, Prospect, Status, When, Where

if TYPE_CHECKING:
    from dragoman.mentions.knowledge import Hit
    from dragoman.mentions.places import PlaceMention
    from dragoman.mentions.quantities import QuantityMention
    from dragoman.mentions.times import TimeMention


@dataclass(slots=True)
class Token:
    """One token of a parsed sentence."""

    i: int
    """Index in its sentence."""
    text: str
    lemma: str
    """Lower-case lemma."""
    pos: str
    """Universal part of speech (NOUN, PROPN, VERB, AUX, ...)."""
    tag: str
    """Penn Treebank tag (VBD, VBN, NNP, ...)."""
    dep: str
    """spaCy's English (ClearNLP) dependency label: nsubj, nsubjpass, dobj, pobj, agent, prep, conj, ..."""
    head: int
    """Index of the head token; its own index at the root."""
    start: int
    end: int
    """Offsets into the passage (text or title)."""
    children: list[int] = field(default_factory=list)
    """Indices of dependents, in text order."""


@dataclass(slots=True)
class Sentence:
    """One sentence of title or text."""

    index: int
    """Position among the sentences of the reading (title first)."""
    where: Where
    start: int
    end: int
    text: str
    """Exactly the passage's `[start:end]`."""
    paragraph: int
    """Number of its paragraph; the title is paragraph -1."""
    kept: bool = True
    """False where the gate found that it can't hold an event; then it is not parsed."""
    tokens: list[Token] = field(default_factory=list)
    """Empty until parsed."""
    why: str = ""
    """Why the gate let it pass or dropped it."""


@dataclass(slots=True)
class ActorMention:
    """A noun phrase that denotes somebody who can act: a name, a role, a body, a people, or a pronoun."""

    sentence: int
    head: int
    """Index of the head token in its sentence."""
    first: int
    last: int
    """First and last token of the phrase, inclusive."""
    start: int
    end: int
    """Offsets into the passage."""
    parts: tuple[Participant, ...]
    """Whom it means: one, or several for "the two leaders" and for lists; empty where the resolver abstains."""
    kind: str
    """name, role, people, country, organization, group, metonym, pronoun, description or unknown."""
    plural: bool
    basis: tuple[str, ...] = ()


@dataclass(slots=True)
class Slot:
    """A participant slot of a draft: the words that fill it, before and after resolution."""

    head: int
    """Token index of the phrase's head in the draft's sentence."""
    parts: tuple[Participant, ...] = ()


@dataclass(slots=True)
class Draft:
    """An event as one predicate tells it, before weaving."""

    sentence: int
    trigger: tuple[int, int]
    """First and last token of the trigger, inclusive."""
    type: str
    mode: str | None
    cameo: str | None
    frame: str
    """Id of the lexicon frame."""
    actors: list[Participant] = field(default_factory=list)
    recipients: list[Participant] = field(default_factory=list)
    prospect: Prospect | None = None
    content: int | None = None
    """Token index of the head of the clause that states the offered, requested or accused act, if any."""
    status: Status = "actual"
    historical: bool = False
    date: When | None = None
    place: Place | None = None
    claims: list[int] = field(default_factory=list)
    """Indices into `Reading.claims`, outermost first."""
    magnitudes: list[Magnitude] = field(default_factory=list)
    nominal: bool = False
    confidence: float = 0.5
    basis: list[str] = field(default_factory=list)
    mentions: list[Mention] = field(default_factory=list)


@dataclass(slots=True)
class Reading:
    """A document and all that the steps have found in it so far."""

    document: Document
    actor_folders: tuple[str, ...] = ()
    """The user's folders of actor knowledge, which overlay ours."""
    skipped: Sequence[tuple[int, int]] = ()
    """Spans of `text` that are no report (captions, credits, related-article lines, footers)."""
    sentences: list[Sentence] = field(default_factory=list)
    hits: dict[Where, list[Hit]] = field(default_factory=dict)
    """Matches of the actor knowledge in title and text, by offset."""
    actors: list[ActorMention] = field(default_factory=list)
    places: dict[Where, list[PlaceMention]] = field(default_factory=dict)
    times: dict[Where, list[TimeMention]] = field(default_factory=dict)
    quantities: dict[Where, list[QuantityMention]] = field(default_factory=dict)
    drafts: list[Draft] = field(default_factory=list)
    claims: list[Claim] = field(default_factory=list)
