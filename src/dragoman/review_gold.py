"""Gold from review: annotated reports for `dragoman eval`, in the format of `dragoman.score`.

Only reports that somebody has read to the end (`done`) are gold, since in others a missing event means nothing. Their
events are those that people accepted, corrected or added, with the values that they saw or gave, whatever the coder has
come to since; the words of rejected ones are `not_events`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from dragoman.records import Document, Event, Participant, meet
from dragoman.review import Placed, Review, base, deciding, documents_with, moved, opinion, placed, reviews, standing
from dragoman.store import Store

Row = dict[str, Any]


def gold(store: Store, reviewer: str | None = None) -> Iterator[Row]:
    """Annotated reports in the order of their publication; of one reviewer alone if given, else the last verdict counts."""
    found = [p for p in placed(store, standing(reviews(store))) if reviewer is None or p.review.reviewer == reviewer]
    finished = {p.review.document_id for p in found if p.review.verdict == "done"}
    documents = documents_with(store, finished)
    told: dict[str, list[Placed]] = defaultdict(list)
    for placing in found:
        if placing.review.document_id in documents and placing.review.verdict != "done":
            told[placing.review.document_id].append(placing)
    for document in sorted(documents.values(), key=lambda d: (d.published or "", d.id)):
        yield annotated(document, told[document.id])


def annotated(document: Document, found: Sequence[Placed]) -> Row:
    """One report with what people found in it; of several verdicts on one event the last counts."""
    groups: dict[str, list[Placed]] = defaultdict(list)
    for placing in found:
        groups[placing.event_id or placing.review.event_id or ""].append(placing)
    events, refused = [], []
    for group in groups.values():
        last = deciding(group)
        review = last.review
        trigger = last.trigger or moved(review, document)
        if trigger is None:
            continue
        if review.verdict == "reject":
            if review.where == "text":
                refused.append(trigger)
            continue
        event = base(last, document) if review.verdict == "add" else opinion(review)
        if event is not None:
            events.append((review, trigger, event))
    events.sort(key=lambda row: (row[0].where or "", row[1]))
    kept = [trigger for review, trigger, _ in events if review.where == "text"]
    return {
        "id": document.id,
        "title": document.title,
        "published": document.published,
        "url": document.url,
        "publisher": document.publisher,
        "text": document.text,
        "events": [_event(document, *row) for row in events],
        "not_events": [anchor(document.text, span) for span in sorted(refused) if not any(meet(span, k) for k in kept)],
    }


def _event(document: Document, review: Review, trigger: tuple[int, int], event: Event) -> Row:
    passage = document.passage(review.where)
    row: Row = {
        "types": [event.type],
        "anchor": anchor(passage, trigger),
        "actors": [_participant(p) for p in event.actors],
        "recipients": [_participant(p) for p in event.recipients],
        "status": event.status,
        "historical": event.historical,
        "date": {"start": event.date.start, "end": event.date.end or event.date.start} if event.date.start else None,
        "place": (event.place.text or event.place.name) if event.place else None,
        "attribution": [
            {"country": a.speaker.country, "match": a.speaker.name or a.speaker.text} for a in event.attribution
        ]
        or None,
        "prospect": event.prospect.type if event.prospect else None,
        "cameo": event.cameo,
        "optional": False,
        "by": review.reviewer,
    }
    if event.mode:
        row["modes"] = [event.mode]
    return row


def _participant(part: Participant) -> Row:
    row: Row = {"country": part.country, "match": part.name or part.text}
    if part.sectors:
        row["sectors"] = list(part.sectors)
    return row


def anchor(passage: str, trigger: tuple[int, int]) -> str:
    """The trigger's words, with as many of the words around them as make them the first of their kind in the passage."""
    start, end = trigger
    while passage.find(passage[start:end]) != start:
        before, after = passage.rfind(" ", 0, max(0, start - 1)) + 1, passage.find(" ", end + 1)
        if start == 0 and end == len(passage):
            break
        if (end < len(passage) and after - end <= start - before) or start == 0:
            end = len(passage) if after < 0 else after
        else:
            start = before
    return passage[start:end]
