"""Every mention of a document as plain rows: a geoparser, a time tagger and an actor tagger in their own right."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dragoman.mentions.places import find_places
from dragoman.mentions.quantities import find_quantities
from dragoman.mentions.times import find_times
from dragoman.records import Document


def list_mentions(
    document: Document, kinds: Sequence[str], actor_folders: tuple[str, ...] = ()
) -> Iterator[dict[str, Any]]:
    """Rows `{document_id, kind, text, start, end, ...}` in text order, kind by kind; offsets are code points into `text`.

    Only actors need the parser; places, times and quantities are read from raw text.
    """
    for kind in kinds:
        for row in _actors(document, actor_folders) if kind == "actor" else LISTERS[kind](document):
            yield {"document_id": document.id, "kind": kind, **row}


def _actors(document: Document, actor_folders: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    from dragoman.pipeline import ACTOR_STEPS, read_batch

    (reading,) = read_batch([document], ACTOR_STEPS, actor_folders)
    for mention in reading.actors:
        sentence = reading.sentences[mention.sentence]
        if sentence.where == "title" or mention.kind == "modifier":
            continue
        for part in mention.parts:
            yield {
                "text": part.text,
                "start": part.start,
                "end": part.end,
                "name": part.name,
                "entity": part.entity,
                "country": part.country,
                "sectors": list(part.sectors),
                "people": part.people,
                "mention": mention.kind,
                "basis": list(mention.basis),
            }


def _places(document: Document) -> Iterator[dict[str, Any]]:
    for place in find_places(document.text, lead=document.title or ""):
        yield {
            "text": place.text,
            "start": place.start,
            "end": place.end,
            "name": place.name,
            "country": place.country,
            "admin1": place.admin1,
            "latitude": place.latitude,
            "longitude": place.longitude,
            "geonames_id": place.geonames_id,
            "confidence": place.confidence,
        }


def _times(document: Document) -> Iterator[dict[str, Any]]:
    for time in find_times(document.text, document.published):
        yield {
            "text": time.text,
            "start": time.start,
            "end": time.end,
            "date": {"start": time.value_start, "end": time.value_end},
            "basis": time.basis,
        }


def _quantities(document: Document) -> Iterator[dict[str, Any]]:
    for quantity in find_quantities(document.text):
        yield {
            "text": quantity.text,
            "start": quantity.start,
            "end": quantity.end,
            "quantity": quantity.kind,
            "low": quantity.low,
            "high": quantity.high,
            "approximate": quantity.approximate,
            "noun": quantity.noun,
        }


LISTERS = {"place": _places, "time": _times, "quantity": _quantities}
