"""Corrections: which fields of an event a person may change, what they must be, and the event that comes of it.

A correction is the record's own JSON, only of what changes: `{"type": "ASSAULT", "mode": "aerial", "recipients":
[{"name": "Sudan", "country": "SDN", "sectors": ["MIL"]}]}`. What follows from type, mode and prospect (CAMEO code, quad,
score) is made anew unless it is given. Offsets of what the report's words tell are found; what it doesn't say in these
words stands at the sentence's start, with no length.
"""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar, get_args

from dragoman.codebook import load
from dragoman.errors import UsageError
from dragoman.ontology import HOLDING
from dragoman.records import (
    Attribution,
    Document,
    Event,
    Magnitude,
    Mention,
    Participant,
    Place,
    Prospect,
    Status,
    When,
    stable_id,
    to_dict,
)

FIELDS = (
    "type",
    "mode",
    "prospect",
    "cameo",
    "contexts",
    "actors",
    "recipients",
    "status",
    "historical",
    "date",
    "place",
    "attribution",
    "magnitudes",
)
"""What may be corrected."""

STATUSES: tuple[str, ...] = get_args(Status)
KINDS = ("killed", "injured", "displaced", "detained", "missing", "released", "troops", "money", "participants")

LONGEST = 400
"""Code points of a name or phrase."""
MOST = 50
"""Entries of a list."""


class FieldError(UsageError):
    """A correction can't be; `where` names the field, as `actors[0].country`."""

    def __init__(self, where: str, message: str) -> None:
        super().__init__(f"{where}: {message}")
        self.where = where


def check(changes: object) -> dict[str, Any]:
    """A correction as given, checked and in its plain form: known fields, in the order of `FIELDS`.

    Raises `FieldError` for what can't be.
    """
    if not isinstance(changes, Mapping):
        raise FieldError("changes", 'give an object of fields, such as {"status": "negated"}')
    for name in changes:
        if name not in FIELDS:
            raise FieldError(str(name)[:40], f"no such field to correct; use one of {', '.join(FIELDS)}")
    found = {name: _CHECKS[name](changes[name], name) for name in FIELDS if name in changes}
    if found.get("type") and found.get("mode"):
        _mode_of(found["type"], found["mode"])
    return found


def corrected(event: Event, changes: Mapping[str, Any], document: Document | None, reason: str) -> Event:
    """The event with a checked correction laid over it.

    A mode or prospect that the new type can't have is dropped. Raises `FieldError` for a mode that the event's type lacks.
    """
    book = load()
    kind = changes.get("type", event.type)
    mode = changes.get("mode", event.mode)
    if mode is not None and (kind, mode) not in book.modes:
        if "mode" in changes:
            _mode_of(kind, mode)
        mode = None
    prospect = event.prospect
    if "prospect" in changes:
        prospect = Prospect(**changes["prospect"]) if changes["prospect"] else None
    elif "type" in changes and kind not in HOLDING:
        prospect = None
    moved = (kind, mode, prospect) != (event.type, event.mode, event.prospect)
    cameo = changes.get("cameo") or event.cameo
    if moved and not changes.get("cameo"):
        cameo = book.cameo_for(kind, mode, (prospect.type, prospect.mode) if prospect else None)
    words = _Words(event, document)
    return replace(
        event,
        type=kind,
        mode=mode,
        prospect=prospect,
        cameo=cameo,
        quad=book.quad(kind),
        score=book.score(kind, mode) if moved else event.score,
        contexts=tuple(changes.get("contexts", event.contexts)),
        actors=words.participants(changes["actors"]) if "actors" in changes else event.actors,
        recipients=words.participants(changes["recipients"]) if "recipients" in changes else event.recipients,
        status=changes.get("status", event.status),
        historical=changes.get("historical", event.historical),
        date=words.date(changes["date"]) if "date" in changes else event.date,
        place=words.place(changes["place"]) if "place" in changes else event.place,
        attribution=words.attribution(changes["attribution"]) if "attribution" in changes else event.attribution,
        magnitudes=words.magnitudes(changes["magnitudes"]) if "magnitudes" in changes else event.magnitudes,
        confidence=1.0,
        basis=(*event.basis, reason),
    )


def added(document: Document, where: str, trigger: tuple[int, int], changes: Mapping[str, Any], reason: str) -> Event:
    """An event that a person found where the coder found none.

    Raises `FieldError` where the type is missing, or where the trigger does not lie in the report.
    """
    passage = document.passage(where)
    if where not in ("text", "title"):
        raise FieldError("in", "give text or title")
    if not 0 <= trigger[0] < trigger[1] <= len(passage):
        raise FieldError("trigger", f"give a stretch [start, end) within 0 and {len(passage)}")
    if not changes.get("type"):
        raise FieldError("type", "give the type of the event")
    lead = Mention(
        "title" if where == "title" else "text", sentence_of(passage, trigger), trigger, passage[slice(*trigger)]
    )
    kind = changes["type"]
    plain = Event(
        stable_id("added", document.id, where, trigger, kind), document.id, document.published, kind, None, None,
        load().cameo_for(kind), load().quad(kind), load().score(kind), (), (), (), "actual", False,
        When(None, None, None, None, None, "unknown"), None, (), (), (lead,), 1.0, (),
    )  # fmt: skip
    return corrected(plain, changes, document, reason)


_END = re.compile(r"[.!?][\"”’)]?(?=\s|$)|\n")


def sentence_of(passage: str, trigger: tuple[int, int]) -> tuple[int, int]:
    """Bounds of the sentence that holds a stretch."""
    start, end = 0, len(passage)
    for stop in _END.finditer(passage):
        if stop.end() <= trigger[0]:
            start = stop.end()
        elif stop.end() >= trigger[1]:
            end = stop.end()
            break
    start += len(passage[start:end]) - len(passage[start:end].lstrip())
    return min(start, trigger[0]), end


def plain(event: Event) -> dict[str, Any]:
    """The fields of an event that may be corrected, as its JSON has them."""
    whole = to_dict(event)
    return {name: whole[name] for name in FIELDS}


def dumps(fields: Mapping[str, Any]) -> str:
    """One line of JSON, the same for the same fields."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))


# --- finding words in the report ---------------------------------------------------------------------------------


class _Words:
    """The passage of an event, in which names and places that a person gives are looked for."""

    def __init__(self, event: Event, document: Document | None) -> None:
        self.event = event
        self.lead = event.mentions[0]
        self.passage = "" if document is None else document.passage(self.lead.where)

    def span(self, text: str | None) -> tuple[int, int]:
        """Where words stand: in the sentence, else in the passage, else nowhere (an empty span)."""
        start, end = self.lead.sentence
        if text:
            for low, high in ((start, end), (0, len(self.passage))):
                at = self.passage.find(text, low, high)
                if at >= 0:
                    return at, at + len(text)
        return start, start

    def participant(self, given: Mapping[str, Any]) -> Participant:
        kept = _known((*self.event.actors, *self.event.recipients, *(a.speaker for a in self.event.attribution)), given)
        if kept is not None:
            return kept
        text = given.get("text") or given.get("name") or given.get("country") or ""
        for known in (*self.event.actors, *self.event.recipients):
            if known.text == text and "name" not in given and "entity" not in given:
                return replace(
                    known,
                    country=given.get("country", known.country),
                    sectors=tuple(given.get("sectors", known.sectors)),
                )
        start, end = self.span(text)
        if "start" in given and "end" in given and self.passage[given["start"] : given["end"]] == text:
            start, end = given["start"], given["end"]
        return Participant(
            text, start, end, given.get("name"), given.get("entity"), given.get("country"),
            tuple(given.get("sectors") or ()), given.get("people"),
        )  # fmt: skip

    def participants(self, given: list[dict[str, Any]]) -> tuple[Participant, ...]:
        return tuple(self.participant(p) for p in given)

    def date(self, given: Mapping[str, Any] | None) -> When:
        start, end = (given or {}).get("start"), (given or {}).get("end")
        own = self.event.date
        if (start, end) == (own.start, own.end):
            return own
        return When(start, end, None, None, None, "unknown" if start is None and end is None else "inherited")

    def place(self, given: Mapping[str, Any] | None) -> Place | None:
        if not given:
            return None
        own, text = self.event.place, given.get("text") or given.get("name") or ""
        if own is not None and text in (own.text, own.name):
            return replace(own, **{k: v for k, v in given.items() if k not in ("text", "start_char", "end_char")})
        start, end = self.span(text)
        known = {k: given.get(k) for k in ("country", "admin1", "latitude", "longitude", "geonames_id")}
        return Place(text=text, start_char=start, end_char=end, name=given.get("name") or text, **known)

    def attribution(self, given: list[dict[str, Any]]) -> tuple[Attribution, ...]:
        found = []
        for row in given:
            kept = _known(self.event.attribution, row)
            if kept is not None:
                found.append(kept)
                continue
            cue = row.get("cue") or ""
            at = self.span(cue)
            speaker = self.participant(row["speaker"])
            found.append(
                Attribution(speaker, cue, *at, *self.lead.sentence, bool(row.get("quoted")), bool(row.get("anonymous")))
            )
        return tuple(found)

    def magnitudes(self, given: list[dict[str, Any]]) -> tuple[Magnitude, ...]:
        found = []
        for row in given:
            text = row.get("text") or ""
            kept = _known(self.event.magnitudes, row)
            fresh = Magnitude(
                row["kind"], row.get("low"), row.get("high"), bool(row.get("approximate")), text, *self.span(text)
            )
            found.append(kept or fresh)
        return tuple(found)


Part = TypeVar("Part", Participant, Attribution, Magnitude)


def _known(parts: Iterable[Part], given: Mapping[str, Any]) -> Part | None:
    """The part of the event that already is as given, which keeps all else that is known of it."""
    return next((p for p in parts if _agrees(to_dict(p), given)), None)


def _agrees(whole: Mapping[str, Any], given: Mapping[str, Any]) -> bool:
    return all(
        _agrees(whole[k], v) if isinstance(v, Mapping) else whole.get(k) == v for k, v in given.items() if v is not None
    )


# --- checking ----------------------------------------------------------------------------------------------------


def _text(value: object, where: str) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST or not sound(value):
        raise FieldError(where, f"give 1 to {LONGEST} letters")
    return value.strip()


def sound(value: str) -> bool:
    """Whether a text can be stored: no null character and no half of a surrogate pair."""
    return "\x00" not in value and not any("\ud800" <= c <= "\udfff" for c in value)


def _maybe(value: object, where: str) -> str | None:
    return None if value is None or value == "" else _text(value, where)


def _one_of(known: object, name: str) -> Callable[[object, str], str]:
    def checked(value: object, where: str) -> str:
        if not isinstance(value, str) or value not in known:  # type: ignore[operator]
            raise FieldError(where, f"no {name} {str(value)[:40]!r}")
        return value

    return checked


def _type(value: object, where: str) -> str:
    return _one_of(load().types, "type")(value, where)


def _mode_of(kind: str, mode: str) -> None:
    modes = [m.name for m in load().modes_of(kind)]
    if mode not in modes:
        raise FieldError("mode", f"{kind} has no mode {mode!r}" + (f"; use one of {', '.join(modes)}" if modes else ""))


def _mode(value: object, where: str) -> str | None:
    return None if value is None or value == "" else _one_of({m for _, m in load().modes}, "mode")(value, where)


def _prospect(value: object, where: str) -> dict[str, Any] | None:
    if not value:
        return None
    row = _row(value, where, {"type": _type, "mode": _mode})
    if "type" not in row:
        raise FieldError(f"{where}.type", "give the type of the act that is held out")
    if row.get("mode"):
        _mode_of(row["type"], row["mode"])
    return {"type": row["type"], "mode": row.get("mode")}


def _cameo(value: object, where: str) -> str:
    return _one_of(load().cameo, "CAMEO code")(value, where)


def _list(each: Callable[[object, str], Any]) -> Callable[[object, str], list[Any]]:
    def checked(value: object, where: str) -> list[Any]:
        if not isinstance(value, list | tuple) or len(value) > MOST:
            raise FieldError(where, f"give a list of at most {MOST}")
        return [each(v, f"{where}[{n}]") for n, v in enumerate(value)]

    return checked


def _row(value: object, where: str, known: Mapping[str, Callable[[object, str], Any]]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise FieldError(where, f"give an object with {', '.join(known)}")
    for name in value:
        if name not in known:
            raise FieldError(f"{where}.{str(name)[:40]}", f"unknown; use {', '.join(known)}")
    return {name: check(value[name], f"{where}.{name}") for name, check in known.items() if name in value}


def _given(row: Mapping[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None}


def _number(low: float, high: float) -> Callable[[object, str], float | None]:
    def checked(value: object, where: str) -> float | None:
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise FieldError(where, f"give a number from {low:g} to {high:g}")
        return float(value)

    return checked


def _whole(value: object, where: str) -> int | None:
    number = _number(0, 2**53)(value, where)
    return None if number is None else int(number)


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise FieldError(where, "give true or false")
    return value


def _day(value: object, where: str) -> str | None:
    if value is None or value == "":
        return None
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        try:
            return datetime.date.fromisoformat(value).isoformat()
        except ValueError:
            pass
    raise FieldError(where, "give a day as YYYY-MM-DD")


def _date(value: object, where: str) -> dict[str, Any]:
    known: dict[str, Callable[[object, str], Any]] = dict.fromkeys(("text", "basis", "start_char", "end_char"), _any)
    row = _row(value or {}, where, {"start": _day, "end": _day} | known)
    start, end = row.get("start"), row.get("end")
    if start and end and start > end:
        raise FieldError(where, "ends before it begins")
    return {"start": start, "end": end}


def _any(value: object, where: str) -> object:  # noqa: ARG001 - what the record has and a correction passes over
    return None


def _country(value: object, where: str) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        raise FieldError(where, "give three capital letters, such as SDN or UNO")
    return value


def _sector(value: object, where: str) -> str:
    return _one_of(load().sectors, "sector")(value, where)


def _participant(value: object, where: str) -> dict[str, Any]:
    row = _row(
        value,
        where,
        {
            "text": _maybe, "start": _whole, "end": _whole, "name": _maybe, "entity": _maybe, "country": _country,
            "sectors": _list(_sector), "people": _maybe,
        },
    )  # fmt: skip
    if not (row.get("text") or row.get("name") or row.get("country")):
        raise FieldError(where, "give text, name or country")
    return _given(row)


def _place(value: object, where: str) -> dict[str, Any] | None:
    if not value:
        return None
    row = _row(
        value,
        where,
        {
            "text": _maybe, "start_char": _any, "end_char": _any, "name": _maybe, "country": _country, "admin1": _maybe,
            "latitude": _number(-90, 90), "longitude": _number(-180, 180), "geonames_id": _whole,
        },
    )  # fmt: skip
    if not (row.get("text") or row.get("name")):
        raise FieldError(where, "give text or name of the place")
    return _given(row)


def _attribution(value: object, where: str) -> dict[str, Any]:
    passed: dict[str, Callable[[object, str], Any]] = dict.fromkeys(
        ("cue_start", "cue_end", "content_start", "content_end"), _any
    )
    known: dict[str, Callable[[object, str], Any]] = {"speaker": _participant, "cue": _maybe}
    row = _row(value, where, known | {"quoted": _flag, "anonymous": _flag} | passed)
    if "speaker" not in row:
        raise FieldError(f"{where}.speaker", "give the speaker")
    return _given(row)


def _magnitude(value: object, where: str) -> dict[str, Any]:
    number = _number(0, 1e15)
    row = _row(
        value,
        where,
        {
            "kind": _one_of(KINDS, "kind"), "low": number, "high": number, "approximate": _flag, "text": _maybe,
            "start_char": _any, "end_char": _any,
        },
    )  # fmt: skip
    if "kind" not in row:
        raise FieldError(f"{where}.kind", f"give one of {', '.join(KINDS)}")
    return _given(row)


_CHECKS: Mapping[str, Callable[[object, str], Any]] = {
    "type": _type,
    "mode": _mode,
    "prospect": _prospect,
    "cameo": _cameo,
    "contexts": _list(lambda v, w: _one_of(load().contexts, "context")(v, w)),
    "actors": _list(_participant),
    "recipients": _list(_participant),
    "status": _one_of(STATUSES, "status"),
    "historical": _flag,
    "date": _date,
    "place": _place,
    "attribution": _list(_attribution),
    "magnitudes": _list(_magnitude),
}
