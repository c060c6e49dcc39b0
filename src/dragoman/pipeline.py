"""The table of contents of coding: the steps, in order, and the coder that runs them.

A step is a function over a batch of readings that adds its own field to each:

=========== ============================ =================================
step        needs                        gives
=========== ============================ =================================
gate        document                     sentences, hits, skipped
parse       sentences                    tokens
actors      hits, tokens                 actors
places      document, hits               places
times       document                     times
quantities  document                     quantities
events      tokens, actors, places       drafts
claims      tokens, actors, drafts       claims
qualify     drafts, times, places        status, dates, places of drafts
weave       drafts                       drafts, one a happening
confidence  drafts                       their confidence
=========== ============================ =================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from typing import TypeVar

from dragoman.claims import claims
from dragoman.codebook import load
from dragoman.confidence import confidence
from dragoman.cycles import uncollected
from dragoman.documents import Reject
from dragoman.events import events
from dragoman.gate import gate
from dragoman.mentions.actors import actors
from dragoman.mentions.places import PlaceMention, find_places, outside_names
from dragoman.mentions.quantities import find_quantities
from dragoman.mentions.times import find_times
from dragoman.parse import parse
from dragoman.qualify import qualify
from dragoman.reading import Draft, Reading
from dragoman.records import Attribution, Document, Event, Participant, When, Where, stable_id
from dragoman.weave import weave


def places(readings: Sequence[Reading]) -> None:
    """Gives each reading the places of title and text."""
    for reading in readings:
        text, title = reading.document.text, reading.document.title or ""
        found: dict[Where, list[PlaceMention]] = {
            "title": find_places(title, lead=text[:2000]),
            "text": find_places(text, lead=title),
        }
        reading.places = {k: outside_names(v, reading.hits.get(k, ())) for k, v in found.items()}


def times(readings: Sequence[Reading]) -> None:
    """Gives each reading the times of title and text; what has a day of publication is read as news."""
    for reading in readings:
        day = reading.document.published
        narrative = False if day is not None else None
        reading.times = {
            "title": find_times(reading.document.title or "", day, narrative=narrative),
            "text": find_times(reading.document.text, day, narrative=narrative),
        }


def quantities(readings: Sequence[Reading]) -> None:
    """Gives each reading the quantities of title and text."""
    for reading in readings:
        reading.quantities = {
            "title": find_quantities(reading.document.title or ""),
            "text": find_quantities(reading.document.text),
        }


def gate_all(readings: Sequence[Reading]) -> None:
    """The gate left open: every sentence is kept."""
    gate(readings)
    for reading in readings:
        for sentence in reading.sentences:
            sentence.kept = True


Step = Callable[[Sequence[Reading]], None]

STEPS: tuple[Step, ...] = (gate, parse, actors, places, times, quantities, events, claims, qualify, weave, confidence)

ACTOR_STEPS: tuple[Step, ...] = (gate_all, parse, actors)
"""What naming the actors of a document needs."""

CLAIM_STEPS: tuple[Step, ...] = (gate_all, parse, actors, claims)
"""What claims need; every sentence is read, since a claim need hold no event."""

RELATE_STEPS: tuple[Step, ...] = (gate_all, parse, actors, places, times, quantities, events, qualify)
"""What reading a marked pair needs."""

BATCH = 32
"""Documents read together: enough to fill the parser's batches, few enough for constant memory."""

Item = TypeVar("Item")


def read_batch(
    documents: Sequence[Document], steps: Sequence[Step] = STEPS, actor_folders: tuple[str, ...] = ()
) -> list[Reading]:
    """The documents taken through the steps; `actor_folders` hold the user's own actor knowledge."""
    readings = [Reading(document, actor_folders) for document in documents]
    for step in steps:
        step(readings)
    return readings


def batches(items: Iterable[Item], size: int = BATCH) -> Iterator[list[Item]]:
    """The items in lists of at most `size`."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


@dataclass(frozen=True, slots=True)
class Coder:
    """Codes documents. Holds only its configuration, so that it can be pickled; knowledge is loaded once a process."""

    min_confidence: float = 0.0
    """Records below it are left out; 0 to 1."""
    batch: int = field(default=BATCH)
    actors: tuple[str, ...] = ()
    """Folders of actor knowledge that overlay ours, the first before the second; see `dragoman actors`."""

    def code(self, document: Document) -> list[Event]:
        """The events of one document, in text order."""
        return self.code_batch([document])[0]

    def code_batch(self, documents: Sequence[Document]) -> list[list[Event]]:
        """The records of each document."""
        with uncollected():
            # the readings are gone when the collector comes back
            return [self.records(reading) for reading in read_batch(documents, STEPS, self.actors)]

    def records(self, reading: Reading) -> list[Event]:
        """What is kept of a reading: its events, in text order."""
        return [e for e in to_events(reading) if e.confidence >= self.min_confidence]

    def code_all(self, documents: Iterable[Document | Reject]) -> Iterator[Event]:
        """The events of all documents, lazily, batch by batch; rejects are passed over."""
        for batch in batches((d for d in documents if isinstance(d, Document)), self.batch):
            for found in self.code_batch(batch):
                yield from found


def to_events(reading: Reading) -> list[Event]:
    """The drafts of a reading as final records."""
    return [_event(reading, draft) for draft in reading.drafts]


def _event(reading: Reading, draft: Draft) -> Event:
    book = load()
    document = reading.document
    lead = draft.mentions[0]
    ident = stable_id(document.id, document.text, draft.type, lead.where, *lead.trigger)
    return Event(
        id=ident,
        document_id=document.id,
        published=document.published,
        type=draft.type,
        mode=draft.mode,
        prospect=draft.prospect,
        cameo=draft.cameo or book.cameo_for(draft.type, draft.mode),
        quad=book.quad(draft.type),
        score=book.score(draft.type, draft.mode),
        contexts=contexts(reading, draft),
        actors=tuple(draft.actors),
        recipients=tuple(draft.recipients),
        status=draft.status,
        historical=draft.historical,
        date=draft.date or When(None, None, None, None, None, "unknown"),
        place=draft.place,
        attribution=_attribution(reading, draft),
        magnitudes=tuple(draft.magnitudes),
        mentions=tuple(draft.mentions),
        confidence=round(draft.confidence, 3),
        basis=tuple(dict.fromkeys(draft.basis)),
    )


def _attribution(reading: Reading, draft: Draft) -> tuple[Attribution, ...]:
    found = []
    for index in draft.claims:
        claim = reading.claims[index]
        cue = claim.cue[0] if claim.cue else (claim.content[0][0], claim.content[0][0])
        source = claim.source[0] if claim.source else cue
        speaker = claim.speaker or Participant(reading.document.text[source[0] : source[1]], *source, None, None, None)
        content = (min(s for s, _ in claim.content), max(e for _, e in claim.content))
        found.append(
            Attribution(speaker, reading.document.text[cue[0] : cue[1]], *cue, *content, claim.quoted, claim.anonymous)
        )
    return tuple(found)


def contexts(reading: Reading, draft: Draft) -> tuple[str, ...]:
    """PLOVER contexts whose keywords stand in the sentence of the event."""
    sentence = reading.sentences[draft.sentence]
    words = {t.lemma for t in sentence.tokens} | {t.text.lower() for t in sentence.tokens}
    return tuple(name for name, keywords in _context_words() if not words.isdisjoint(keywords))


@cache
def _context_words() -> tuple[tuple[str, frozenset[str]], ...]:
    return tuple((name, frozenset(entry.keywords)) for name, entry in load().contexts.items())
