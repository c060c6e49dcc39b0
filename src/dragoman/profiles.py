"""Profiles as the store keeps them: one line of JSON each, made once, read whenever an event is linked again.

Reading one back costs a tenth of making it from the event and its report, and a party that takes part in a thousand events
is one object in memory.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache
from sys import intern

from dragoman.likeness import Party, Profile
from dragoman.records import Prospect, Telling

_BETWEEN = "\x1f"
"""Stands between the parts of a party; no text holds it, for it is a control character that readers take out."""


def pack(profile: Profile) -> str:
    """The profile as one line."""
    p, t = profile, profile.telling
    return json.dumps(
        [
            p.id, p.document_id, p.published, p.type, p.family, p.mode, p.group,
            [p.prospect.type, p.prospect.mode] if p.prospect else None,
            p.cameo, p.quad, p.status, p.historical, p.basis, p.start, p.end, p.date_text,
            [_packed(q) for q in p.actors], [_packed(q) for q in p.recipients], [_packed(q) for q in p.speakers],
            p.spot, p.country, p.province, p.latitude, p.longitude, p.counts,
            " ".join(p.said), " ".join(p.names), " ".join(p.words), " ".join(p.cues), p.due, p.due_text,
            t.where, t.sentence, t.trigger, p.sentence,
        ],
        ensure_ascii=False,
        separators=(",", ":"),
    )  # fmt: skip


def unpack(line: str) -> Profile:
    """The inverse of `pack`."""
    (
        ident, document_id, published, type_, family, mode, group, prospect, cameo, quad, status, historical, basis, start, end,
        date_text, actors, recipients, speakers, spot, country, province, latitude, longitude, counts, said, names, words, cues,
        due, due_text, where, sentence, trigger, at,
    ) = json.loads(line)  # fmt: skip
    return Profile(
        ident,
        document_id,
        published and intern(published),
        intern(type_),
        intern(family),
        mode and intern(mode),
        group,
        _prospect(*prospect) if prospect else None,
        intern(cameo),
        quad,
        intern(status),  # type: ignore[arg-type]
        historical,
        intern(basis),  # type: ignore[arg-type]
        start,
        end,
        date_text,
        _parties(actors),
        _parties(recipients),
        _parties(speakers),
        spot and intern(spot),
        country and intern(country),
        province and intern(province),
        latitude,
        longitude,
        tuple([(intern(kind), number) for kind, number in counts]),
        _words(said),
        _words(names),
        _words(words),
        _words(cues),
        due,
        due_text,
        Telling(document_id, ident, published, where, tuple(sentence), tuple(trigger)),
        at,
    )


def _words(joined: str) -> tuple[str, ...]:
    return tuple(map(intern, joined.split(" "))) if joined else ()


def _parties(rows: Sequence[str]) -> tuple[Party, ...]:
    return tuple(map(_party, rows)) if rows else ()


def _packed(party: Party) -> str:
    sets = (" ".join(sorted(party.sectors)), " ".join(sorted(party.words)))
    return _BETWEEN.join(
        (_or_nothing(party.entity), _or_nothing(party.country), party.side, *sets, "1" if party.named else "")
    )


def _or_nothing(value: str | None) -> str:
    return "" if value is None else value


@lru_cache(maxsize=200_000)
def _party(row: str) -> Party:
    entity, country, side, sectors, words, named = row.split(_BETWEEN)
    return Party(entity or None, country or None, intern(side), _set(sectors), _set(words), bool(named))


def _set(joined: str) -> frozenset[str]:
    return frozenset(map(intern, joined.split()))


@lru_cache(maxsize=1_000)
def _prospect(type_: str, mode: str | None) -> Prospect:
    return Prospect(type_, mode)
