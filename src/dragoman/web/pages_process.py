"""The dossier of a process, live: parties and days are chosen in the address."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from dragoman.dates import check_day
from dragoman.dossier import Dossier, Entry, gather
from dragoman.dossier_charts import (
    Spot,
    Tie,
    draw_map,
    draw_network,
    draw_timeline,
    letter,
    marked,
    near_and_far,
    ties,
)
from dragoman.dossier_text import account, headline, standing
from dragoman.dossier_words import OWED
from dragoman.errors import StoreError, UsageError
from dragoman.parties import country_names
from dragoman.timeline import Stretch
from dragoman.web.desk import Desk
from dragoman.web.render import page

router = APIRouter()

PARTIES = 8
"""Parties and places that may be named at once."""

LISTED = 300
"""Incidents listed on the page; of more, those told most widely."""

PATIENCE = 60.0
"""Seconds for which one waits for its turn."""

_turn = threading.Semaphore(2)
"""Processes put together at a time, so that readers of other pages don't wait for them."""

ROWS = 100
"""Rows of the tables that go with drawings."""

PEOPLE_SHOWN = 300
"""Numbers of people on the page."""

SUGGESTED = 400
"""Names offered while one types."""

PEOPLE = ("killed", "injured", "missing", "displaced", "detained", "released")


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a reader asked for."""

    parties: tuple[str, ...]
    places: tuple[str, ...]
    start: str | None
    end: str | None
    as_of: str | None

    @classmethod
    def parse(cls, request: Request) -> Chosen:
        """Raises `UsageError` for a day that can't be or too many parties."""
        query = request.query_params

        def names(field: str) -> tuple[str, ...]:
            found = tuple(dict.fromkeys(v.strip()[:200] for v in query.getlist(field) if v.strip()))
            if len(found) > PARTIES:
                raise UsageError(f"too many names at once; give at most {PARTIES}")
            return found

        days: dict[str, str | None] = {}
        for field in ("from", "to", "as_of"):
            value = query.get(field, "").strip() or None
            if value is not None:
                check_day(value)
            days[field] = value
        return cls(names("party"), names("in"), days["from"], days["to"], days["as_of"])


@router.get("/processes")
def process(request: Request) -> Response:
    """The form, and the account where parties are chosen."""
    desk: Desk = request.app.state.desk
    blank = Chosen((), (), None, None, None)
    try:
        chosen = Chosen.parse(request)
        found = gathered(desk, chosen) if chosen.parties or chosen.places else None
    except UsageError as error:
        return page(
            request, "processes.html", 400, chosen=blank, names=suggestions(desk), pairs=pairs(desk), problem=str(error)
        )
    if found is None:
        return page(request, "processes.html", chosen=chosen, names=suggestions(desk), pairs=pairs(desk), problem="")
    return page(
        request, "process.html", chosen=chosen, names=suggestions(desk), query=request.url.query, **_told(found)
    )


def gathered(desk: Desk, chosen: Chosen) -> Dossier:
    """The dossier of what is chosen, remembered as long as the store stays as it is. Raises `UsageError`."""

    def make() -> Dossier:
        if not _turn.acquire(timeout=PATIENCE):
            raise StoreError("other processes are being put together; wait a moment and load the page again")
        try:
            with desk.pool.reader() as store:
                return gather(store, chosen.parties, chosen.places, chosen.start, chosen.end, chosen.as_of)
        finally:
            _turn.release()

    return desk.dossiers.get((desk.stamp(), chosen), make)


def suggestions(desk: Desk) -> list[tuple[str, str]]:
    """(what to type, what it is) of those who take part."""

    def make() -> list[tuple[str, str]]:
        book = desk.directory()
        found = [(country_names().get(code, code), code) for code in sorted(book.codes)]
        found += sorted((name, key) for key, name in book.names.items() if not key.startswith("country/"))
        return found[:SUGGESTED]

    return desk.memory.get((desk.stamp(), "suggestions"), make)


def pairs(desk: Desk) -> list[tuple[str, str, str, str, int]]:
    """The pairs of countries or groups with most incidents between them: (key, name, key, name, incidents)."""

    def make() -> list[tuple[str, str, str, str, int]]:
        book = desk.directory()
        with desk.pool.reader() as store:
            rows = store.sql(_PAIRS).to_pylist()
        return [(r["one"], book.label(r["one"]), r["other"], book.label(r["other"]), r["n"]) for r in rows]

    return desk.memory.get((desk.stamp(), "pairs"), make)


_KEY = "coalesce(CASE WHEN starts_with(p.entity, 'person/') THEN NULL ELSE p.entity END, 'country/' || p.country)"

_PAIRS = f"""
WITH sides AS (
  SELECT id, unnest(list_distinct(list_transform(list_concat(actors, recipients), lambda p: {_KEY}))) AS k
  FROM incidents USING SAMPLE 50000 ROWS (reservoir, 7)
), kept AS (SELECT id, k FROM sides WHERE k IS NOT NULL AND k NOT IN ('country/IGO', 'country/NGO', 'country/IMG'))
SELECT a.k AS one, b.k AS other, count(*) AS n FROM kept a JOIN kept b ON a.id = b.id AND a.k < b.k
GROUP BY 1, 2 ORDER BY n DESC, one, other LIMIT 12
"""
"""Persons count for their country, so that a process is between sides."""


def _told(found: Dossier) -> dict[str, Any]:
    """What the page shows of a dossier; each mark of a drawing leads to the row that lists its incidents."""
    near, far = near_and_far(found)
    by_id = {e.id: e for e in found.entries}
    bonds = ties(found.entries)
    spots = [*near, *far]
    bond_at = {(t.one, t.other): n for n, t in enumerate(bonds[:ROWS])}
    spot_at = {s: n for n, s in enumerate(spots[:ROWS])}
    names = dict(found.names)

    def to_tie(tie: Tie) -> str:
        n = bond_at.get((tie.one, tie.other))
        return "" if n is None else f"#tie-{n}"

    def to_spot(spot: Spot) -> str:
        n = spot_at.get(spot)
        return "" if n is None else f"#spot-{n}"

    return {
        "dossier": found,
        "account": account(found),
        "by_id": by_id,
        "headline": headline,
        "standing": _standing,
        "letter": letter,
        "owed": OWED,
        "marked": [by_id[i] for i in marked(found)],
        "timeline": draw_timeline(found, lambda s: f"#from-{s.start}", "/incidents/{}".format),
        "stretches": [(s, _within(found, s)) for s in found.timeline.stretches if any(s.counts)],
        "network": draw_network(found, to_tie),
        "map": draw_map(near, to_spot),
        "spots": spots[:ROWS],
        "far": far,
        "ties": [(names.get(t.one, t.one), names.get(t.other, t.other), t) for t in bonds[:ROWS]],
        "contested": [e for e in found.entries if e.denied_by],
        "people": sorted(
            ((PEOPLE.index(c.kind), c, e) for e in found.entries for c in e.counts if c.kind in PEOPLE),
            key=lambda row: (row[0], row[2].day or ""),
        )[:PEOPLE_SHOWN],
        "listed_entries": [{"month": (e.day or "")[:7], "entry": e} for e in _listed(found.entries)],
    }


def _within(found: Dossier, stretch: Stretch) -> list[Entry]:
    """The incidents of a stretch of the timeline, most widely told first."""
    inside = [e for e in found.entries if e.status == "told" and e.start and stretch.start <= e.start <= stretch.end]
    return sorted(inside, key=lambda e: (-e.publishers, -e.documents, e.start or "", e.id))


def _standing(entry: Entry) -> list[tuple[str, str]]:
    """Status, background, denial and breadth, as (word, kind)."""
    found: list[tuple[str, str]] = []

    def tag(word: str, kind: str) -> str:
        found.append((word, kind))
        return ""

    standing(entry, tag)
    return found


def _listed(entries: tuple[Entry, ...]) -> list[Entry]:
    if len(entries) <= LISTED:
        return list(entries)
    best = sorted(entries, key=lambda e: (-e.publishers, -e.documents, -e.confidence, e.id))[:LISTED]
    keep = {e.id for e in best}
    return [e for e in entries if e.id in keep]
