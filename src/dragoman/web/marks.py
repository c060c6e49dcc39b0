"""A report's text parted where its events' words begin and end, so that a page can mark them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dragoman.records import Event

ROLES = {
    "t": "the words that tell it",
    "s": "sentence",
    "a": "doer",
    "r": "to whom",
    "d": "date",
    "p": "place",
    "w": "on whose word",
    "n": "number",
}
"""What a stretch of text is to an event, by the letter that stands in the page."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text of which all holds that holds of any of it."""

    text: str
    roles: str
    """`0t 0s 3a`: to which events (by number) it is what; empty for plain text."""
    lead: int | None
    """The event whose trigger it is; the narrowest where there are several."""
    first: bool
    """Whether the trigger begins here."""


@dataclass(frozen=True, slots=True)
class Span:
    """Part of a text that is something to an event."""

    start: int
    end: int
    number: int
    role: str


def spans(events: Sequence[Event], where: str) -> list[Span]:
    """What each event, by its number in the list, marks in a report's text or title."""
    found: list[Span] = []
    for number, event in enumerate(events):
        for mention in event.mentions:
            if mention.where == where:
                found.append(Span(*mention.trigger, number, "t"))
                found.append(Span(*mention.sentence, number, "s"))
        if event.mentions[0].where == where:
            found += [Span(start, end, number, role) for start, end, role in _parts(event)]
        if where == "text":
            found += [Span(a.cue_start, a.cue_end, number, "w") for a in event.attribution]
            found += [Span(a.speaker.start, a.speaker.end, number, "w") for a in event.attribution]
    return [s for s in found if s.start < s.end]


def _parts(event: Event) -> Iterable[tuple[int, int, str]]:
    yield from ((p.start, p.end, "a") for p in event.actors)
    yield from ((p.start, p.end, "r") for p in event.recipients)
    if event.date.start_char is not None and event.date.end_char is not None:
        yield event.date.start_char, event.date.end_char, "d"
    if event.place is not None:
        yield event.place.start_char, event.place.end_char, "p"
    yield from ((m.start_char, m.end_char, "n") for m in event.magnitudes)


def pieces(text: str, marked: Sequence[Span]) -> list[Piece]:
    """The text in pieces, in order; joined again they are the text."""
    length = len(text)
    begins: dict[int, list[Span]] = defaultdict(list)
    ends: dict[int, list[Span]] = defaultdict(list)
    for span in marked:
        start, end = max(0, span.start), min(span.end, length)
        if start < end:
            begins[start].append(span)
            ends[end].append(span)
    found: list[Piece] = []
    live: list[Span] = []
    last = 0
    for at in sorted({0, length, *begins, *ends}):
        if at > last:
            found.append(_piece(text[last:at], live, last))
        live = [s for s in live if s not in ends[at]] + begins[at]
        last = at
    return found


def _piece(text: str, live: Sequence[Span], at: int) -> Piece:
    roles = " ".join(dict.fromkeys(f"{s.number}{s.role}" for s in live))
    triggers = sorted((s for s in live if s.role == "t"), key=lambda s: (s.end - s.start, s.number))
    lead = triggers[0] if triggers else None
    return Piece(text, roles, lead.number if lead else None, lead is not None and lead.start == at)


def excerpt(event: Event, text: str, title: str | None) -> tuple[str, str, str]:
    """The sentence that tells an event best, parted at its trigger."""
    lead = event.mentions[0]
    passage = (title or "") if lead.where == "title" else text
    (start, end), (begin, stop) = lead.sentence, lead.trigger
    start, end = min(start, begin), max(end, stop)
    return flat(passage[start:begin]), flat(passage[begin:stop]), flat(passage[stop:end])


def flat(text: str) -> str:
    """White space as single blanks; ends are kept, since parts join."""
    words = " ".join(text.split())
    left = " " if text[:1].isspace() and words else ""
    right = " " if text[-1:].isspace() and words else ""
    return left + words + right if words else (" " if text else "")
