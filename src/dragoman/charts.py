"""Charts of incidents and commitments for notebooks, reports and slides, made with Altair.

::

    from dragoman import charts, open_store
    with open_store("process.duckdb") as store:
        charts.timeline(store.incidents())                         # shows itself in a notebook
        charts.ledger(store.commitments()).save("ledger.svg")      # or .png, .pdf; .html with inline=True

Each function takes a table of incidents (events do as well; `ledger` takes commitments) as `Store` gives them, or the
same in pandas or polars, and gives an `altair` chart with a title, units, tooltips and a description for screen readers.
Colours keep apart for the colour-blind and on a dark ground (`theme="dark"`); what colour tells is told by place, shape or
dashes too. Needs the extra `charts`: `pip install "dragoman[charts]"`.
"""

from __future__ import annotations

import datetime
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from dragoman import outlines
from dragoman.chart_style import (
    OUTCOMES,
    PALETTES,
    Palette,
    Theme,
    by_quad,
    finished,
    load_altair,
    nothing,
    palette_of,
    values,
)
from dragoman.dossier_words import OWED, QUAD_NAMES, THINGS
from dragoman.errors import UsageError
from dragoman.parties import country_names
from dragoman.timeline import Timeline
from dragoman.timeline import timeline as counted

if TYPE_CHECKING:
    from dragoman.chart_style import Drawing

Row = Mapping[str, Any]

NAMED = 14
"""Places named on a map at most."""

DAY = datetime.timedelta(days=1)


def rows_of(table: Any, *needed: str) -> list[dict[str, Any]]:
    """The rows of an Arrow table, of a frame of pandas or polars, or of a sequence of dicts.

    Raises `UsageError` where it is none of these or lacks a needed column.
    """
    if isinstance(table, Sequence):
        rows = [dict(row) for row in table]
        names = set(rows[0]) if rows else set(needed)
    else:
        import narwhals as nw

        try:
            frame = nw.from_native(table, eager_only=True)
        except TypeError:
            raise UsageError(f"a chart is drawn of a table or frame, not of {type(table).__name__}") from None
        rows, names = frame.rows(named=True), set(frame.columns)
    missing = [name for name in needed if name not in names]
    if missing:
        raise UsageError(f"the table has no column {', '.join(missing)}; give what `Store` gives")
    return rows


def _list(value: Any) -> list[Any]:
    """A nested list as a list; pandas makes arrays of lists and NaN of absent ones."""
    return [] if value is None or isinstance(value, float) else list(value)


def _record(value: Any) -> Row:
    """A nested record; empty where it is absent."""
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    """A string; None where it is absent, which pandas writes as NaN."""
    return value if isinstance(value, str) and value else None


def _days(row: Row) -> tuple[str | None, str | None]:
    date = _record(row["date"])
    start, end = _text(date.get("start")), _text(date.get("end"))
    return start or end, end or start


def _named(part: Row) -> str:
    """A participant as a chart names it: its country's government by the country's name."""
    country = _text(part.get("country"))
    if str(part.get("entity") or "").startswith("country/") and country:
        return country_names().get(country, country)
    return _text(part.get("name")) or (country_names().get(country, country) if country else None) or str(part["text"])


def _names(parts: Any) -> list[str]:
    return list(dict.fromkeys(_named(p) for p in _list(parts)))


# --- over time -----------------------------------------------------------------------------------------------------


def timeline(incidents: Any, *, title: str | None = None, theme: Theme = "light", width: int = 760) -> Drawing:
    """Incidents of cooperation (upwards) and conflict (downwards) by week, month or year; dashes mark shifts of their balance.

    Weeks are counted up to two years, months up to thirty. Incidents without a date, or with one wider than a month, can't
    be counted, and the subtitle says how many these are.
    """
    alt, palette = load_altair(), palette_of(theme)
    rows = rows_of(incidents, "date", "quad")
    dated = [(*_days(row), int(row["quad"])) for row in rows]
    days = sorted(start for start, _, _ in dated if start)
    if not days:
        return nothing(alt, "No incident has a date.", palette)
    found = counted(dated, days[0], max(end for _, end, _ in dated if end))
    bars = (
        alt.Chart(values(_stacked(found)))
        .mark_rect(stroke=palette.ground, strokeWidth=0.5)
        .encode(
            x=alt.X("start:T", title=f"{found.unit} from", axis=alt.Axis(format=FORMATS[found.unit], labelOverlap=True, labelFlush=True)),
            x2="end:T",
            y=alt.Y("low:Q", title="incidents: conflict below, cooperation above", axis=alt.Axis(format="d", labelExpr="format(abs(datum.value), 'd')", tickMinStep=1)),
            y2="high:Q",
            color=by_quad(alt, palette),
            tooltip=[
                alt.Tooltip("start:T", title=f"{found.unit} from", format="%d %b %Y"),
                alt.Tooltip("kind:N"),
                alt.Tooltip("incidents:Q", title="incidents"),
            ],
        )
    )  # fmt: skip
    axis = alt.Chart(values([{"zero": 0}])).mark_rule(color=palette.soft).encode(y="zero:Q")
    chart = alt.layer(bars, axis, *_shifts(alt, found, palette)).properties(width=width, height=280)
    left = f", {found.left_out} left out for want of a narrow date" if found.left_out else ""
    shifts = f"; {len(found.shifts)} shifts of the balance, dashed" if found.shifts else ""
    subtitle = f"{found.counted} incidents by {found.unit}{left}{shifts}"
    return finished(chart, title or "Cooperation and conflict over time", subtitle, _told(found), palette)


FORMATS = {"week": "%d %b %Y", "month": "%b %Y", "year": "%Y"}
"""How the axis of time writes the first day of a stretch."""

SIDES = ((1, 1), (0, 1), (2, -1), (3, -1))
"""Quads by index with their side of the axis: deeds of cooperation next to it, then words; below it words, then deeds."""


def _stacked(found: Timeline) -> list[Row]:
    rows: list[Row] = []
    for stretch in found.stretches:
        ends = {1: 0, -1: 0}
        for quad, side in SIDES:
            count = stretch.counts[quad]
            if count:
                low = ends[side]
                ends[side] += side * count
                after = datetime.date.fromisoformat(stretch.end) + DAY
                rows.append(
                    {"start": stretch.start, "end": after.isoformat(), "low": low, "high": ends[side], "kind": QUAD_NAMES[quad], "incidents": count}
                )  # fmt: skip
    return rows


def _shifts(alt: Any, found: Timeline, palette: Palette) -> list[Any]:
    if not found.shifts:
        return []
    rows = [{"start": s.start, "before": s.before, "after": s.after} for s in found.shifts]
    rule = alt.Chart(values(rows)).mark_rule(color=palette.ink, strokeDash=[5, 4], strokeWidth=1.5)
    tips = [
        alt.Tooltip("start:T", title="the balance shifts", format="%d %b %Y"),
        alt.Tooltip("before:Q", title=f"cooperation less conflict before, a {found.unit}", format="+.1f"),
        alt.Tooltip("after:Q", title="after", format="+.1f"),
    ]
    return [rule.encode(x="start:T", tooltip=tips)]


def _told(found: Timeline) -> str:
    sums = [sum(s.counts[q] for s in found.stretches) for q in range(4)]
    kinds = ", ".join(f"{count} of {name}" for count, name in zip(sums, QUAD_NAMES, strict=True))
    span = f"from {found.stretches[0].start} to {found.stretches[-1].end}"
    shifts = "".join(f" The balance moves from {s.before:+.1f} to {s.after:+.1f} at {s.start}." for s in found.shifts)
    return f"Bars by {found.unit} {span}: {kinds}.{shifts}"


# --- who and whom ----------------------------------------------------------------------------------------------------


def _pairs(rows: Sequence[Row]) -> dict[tuple[str, str, str], Counter[int]]:
    """Incidents by pair (one, joint, other) and quad; `joint` is "to" for an act on another, "and" for one done together."""
    found: dict[tuple[str, str, str], Counter[int]] = defaultdict(Counter)
    for row in rows:
        actors, recipients = _names(row["actors"]), _names(row["recipients"])
        if recipients:
            couples = {(a, "to", b) for a in actors for b in recipients if a != b}
        else:
            couples = {(a, "and", b) for n, a in enumerate(sorted(actors)) for b in sorted(actors)[n + 1 :]}
        for couple in couples:
            found[couple][int(row["quad"])] += 1
    return found


def dyads(
    incidents: Any, *, most: int = 12, title: str | None = None, theme: Theme = "light", width: int = 560
) -> Drawing:
    """Who deals with whom: incidents by pair of parties and kind, conflict to the left, cooperation to the right.

    `most` pairs are drawn, those with most incidents. "A → B" is what A does to B, "A – B" what both do together.
    """
    alt, palette = load_altair(), palette_of(theme)
    pairs = _pairs(rows_of(incidents, "quad", "actors", "recipients"))
    top = sorted(pairs, key=lambda p: (-pairs[p].total(), p))[:most]
    if not top:
        return nothing(alt, "No incident has two named parties.", palette)
    rows: list[Row] = []
    for couple in top:
        ends = {1: 0, -1: 0}
        label = f"{couple[0]} {'→' if couple[1] == 'to' else '–'} {couple[2]}"
        for quad, side in SIDES:
            count = pairs[couple][quad + 1]
            if count:
                low = ends[side]
                ends[side] += side * count
                rows.append(
                    {"pair": label, "low": low, "high": ends[side], "kind": QUAD_NAMES[quad], "incidents": count}
                )
    order = list(dict.fromkeys(row["pair"] for row in rows))
    chart = (
        alt.Chart(values(rows))
        .mark_bar(stroke=palette.ground, strokeWidth=0.5)
        .encode(
            y=alt.Y("pair:N", sort=order, title=None, axis=alt.Axis(labelLimit=320)),
            x=alt.X("low:Q", title="incidents: conflict left, cooperation right", axis=alt.Axis(labelExpr="format(abs(datum.value), 'd')", tickMinStep=1)),
            x2="high:Q",
            color=by_quad(alt, palette),
            tooltip=["pair:N", alt.Tooltip("kind:N", title="kind"), alt.Tooltip("incidents:Q", title="incidents")],
        )
        .properties(width=width, height=alt.Step(22))
    )  # fmt: skip
    first = f"{order[0]} has most, {pairs[top[0]].total()}"
    subtitle = f"{len(top)} of {len(pairs)} pairs, those with most incidents"
    return finished(
        chart, title or "Who deals with whom", subtitle, f"Bars by pair of parties: {subtitle}. {first}.", palette
    )


def network(
    incidents: Any, *, most: int = 14, title: str | None = None, theme: Theme = "light", size: int = 520
) -> Drawing:
    """The parties as points on a circle, each line the incidents between two: blue and solid where cooperation prevails, orange
    and dashed where conflict does, grey where they are even. `most` parties are drawn, those with most incidents."""
    alt, palette = load_altair(), palette_of(theme)
    ties: dict[tuple[str, str], Counter[int]] = defaultdict(Counter)
    for (one, _, other), quads in _pairs(rows_of(incidents, "quad", "actors", "recipients")).items():
        ties[min(one, other), max(one, other)].update(quads)
    weight: Counter[str] = Counter()
    for couple, quads in ties.items():
        for name in couple:
            weight[name] += quads.total()
    chosen = [name for name, _ in sorted(weight.items(), key=lambda item: (-item[1], item[0]))[:most]]
    if not chosen:
        return nothing(alt, "No incident has two named parties.", palette)
    spots = {name: _spot(n, len(chosen)) for n, name in enumerate(chosen)}
    edges = [_edge(couple, quads, spots) for couple, quads in sorted(ties.items()) if set(couple) <= set(chosen)]
    nodes = [{"name": n, "incidents": weight[n], "x": x, "y": y, "side": _side(x)} for n, (x, y) in spots.items()]
    space = alt.Scale(domain=[-1.9, 1.9])
    across, up = (alt.X("x:Q", scale=space, axis=None), alt.Y("y:Q", scale=alt.Scale(domain=[-1.25, 1.25]), axis=None))
    ties_drawn = alt.Chart(values(edges)).mark_rule(opacity=0.85, strokeCap="round").encode(
        x=across, y=up, x2="x2:Q", y2="y2:Q",
        size=alt.Size("incidents:Q", scale=alt.Scale(range=[1.5, 9]), legend=None),
        color=alt.Color("balance:N", scale=alt.Scale(domain=list(BALANCES), range=[palette.quads[1], palette.soft, palette.quads[3]]), legend=alt.Legend(title=None)),
        strokeDash=alt.StrokeDash("balance:N", scale=alt.Scale(domain=list(BALANCES), range=[[1, 0], [2, 3], [7, 4]]), legend=alt.Legend(title=None)),
        tooltip=["between:N", "incidents:Q", alt.Tooltip("cooperation:Q"), alt.Tooltip("conflict:Q")],
    )  # fmt: skip
    points = alt.Chart(values(nodes)).mark_circle(color=palette.ink, opacity=1).encode(
        x=across, y=up, size=alt.value(110), tooltip=["name:N", "incidents:Q"]
    )  # fmt: skip
    chart = alt.layer(ties_drawn, points, *_node_names(alt, nodes, across, up)).properties(
        width=size + 180, height=size
    )
    thickest = max((e["incidents"] for e in edges), default=0)
    subtitle = (
        f"{len(chosen)} of {len(weight)} parties, {len(edges)} ties; the thicker the more incidents, {thickest} at most"
    )
    told = f"{subtitle}. Most incidents: {', '.join(f'{n} {weight[n]}' for n in chosen[:5])}."
    return finished(chart, title or "Who acts on whom", subtitle, f"A network of parties on a circle: {told}", palette)


BALANCES = ("more cooperation", "even", "more conflict")
"""How a tie may stand."""


def _spot(n: int, of: int) -> tuple[float, float]:
    """The place of a party on the circle, from the top clockwise."""
    turn = 2 * math.pi * n / of
    return round(math.sin(turn), 4), round(math.cos(turn), 4)


def _side(x: float) -> str:
    return "left" if x > 0.05 else "right" if x < -0.05 else "center"


def _edge(couple: tuple[str, str], quads: Counter[int], spots: Mapping[str, tuple[float, float]]) -> Row:
    good, bad = quads[1] + quads[2], quads[3] + quads[4]
    (x, y), (x2, y2) = spots[couple[0]], spots[couple[1]]
    balance = BALANCES[0] if good > bad else BALANCES[2] if bad > good else BALANCES[1]
    between = " and ".join(couple)
    return {"x": x, "y": y, "x2": x2, "y2": y2, "between": between, "incidents": good + bad, "cooperation": good, "conflict": bad, "balance": balance}  # fmt: skip


def _node_names(alt: Any, nodes: Sequence[Row], across: Any, up: Any) -> list[Any]:
    """Names outside the circle: set to the side they stand on."""
    found = []
    for side, dx in (("left", 10), ("right", -10), ("center", 0)):
        rows = [n for n in nodes if n["side"] == side]
        if rows:
            for dy, part in ((-14, [r for r in rows if r["y"] > 0]), (14, [r for r in rows if r["y"] <= 0])):
                if part:
                    mark = {"align": side, "dx": dx, "dy": dy if side == "center" else 0, "fontSize": 12, "limit": 210}
                    found.append(alt.Chart(values(part)).mark_text(**mark).encode(x=across, y=up, text="name:N"))
    return found


# --- where -----------------------------------------------------------------------------------------------------------


def map(incidents: Any, *, title: str | None = None, theme: Theme = "light", width: int = 680) -> Drawing:
    """Where incidents happened: a circle for each place, as large as their number, in the colour of the commonest kind.

    Places known only by their country are drawn as open circles at its middle; incidents without a place are counted in
    the subtitle. The land is drawn from the outlines that come with the program; nothing is loaded from elsewhere.
    """
    alt, palette = load_altair(), palette_of(theme)
    rows = rows_of(incidents, "quad", "place")
    spots = _spots(rows)
    if not spots:
        return nothing(alt, "No incident has a place.", palette)
    box = _box(spots)
    height = round(width / (box[2] - box[0]) / _narrowing(box) * (box[3] - box[1]))
    rings = [
        {"outline": n, "order": k, "x": x, "y": y}
        for n, ring in enumerate(half for ring in outlines.within(box) for half in _halves(ring))
        for k, (x, y) in enumerate(_thinned(ring, 2 * (box[2] - box[0]) / width))
    ]
    across = alt.X(
        "x:Q", scale=alt.Scale(domain=[box[0], box[2]], nice=False), title=None, axis=_degrees(alt, "E", "W")
    )
    up = alt.Y("y:Q", scale=alt.Scale(domain=[box[1], box[3]], nice=False), title=None, axis=_degrees(alt, "N", "S"))
    land = alt.Chart(values(rings)).mark_line(filled=True, fill=palette.land, stroke=palette.line, strokeWidth=1, clip=True).encode(
        x=across, y=up, order="order:O", detail="outline:N"
    )  # fmt: skip
    circles = alt.Chart(values(spots)).mark_circle(stroke=palette.ground, strokeWidth=1).encode(
        x=across, y=up, color=by_quad(alt, palette),
        size=alt.Size("incidents:Q", scale=alt.Scale(domain=[0, max(s["incidents"] for s in spots)], range=[0, 900]), legend=alt.Legend(title="incidents", tickCount=3, format="d", symbolFillColor=palette.soft)),
        opacity=alt.condition("datum.whole", alt.value(0.35), alt.value(0.85)),
        tooltip=["place:N", "incidents:Q", *(alt.Tooltip(f"{q}:Q") for q in QUAD_NAMES), "latest:T"],
    )  # fmt: skip
    said = alt.Chart(values(_labelled(spots, box))).encode(x=across, y=up, text="place:N")
    halo = said.mark_text(dy=-13, fontSize=12, stroke=palette.ground, strokeWidth=3, strokeOpacity=0.8)
    chart = alt.layer(land, circles, halo, said.mark_text(dy=-13, fontSize=12)).properties(width=width, height=height)
    placed = sum(s["incidents"] for s in spots)
    subtitle = (
        f"{placed} of {len(rows)} incidents have a place; {len(spots)} places; faint where only the country is known"
    )
    told = ", ".join(f"{s['place']} {s['incidents']}" for s in spots[:5])
    return finished(
        chart, title or "Where it happened", subtitle, f"A map of {len(spots)} places. Most incidents: {told}.", palette
    )


def _spots(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """The places, most incidents first."""
    found: dict[tuple[str, float, float], list[Row]] = defaultdict(list)
    whole = set()
    for row in rows:
        place = _record(row["place"])
        x, y, name = place.get("longitude"), place.get("latitude"), _text(place.get("name"))
        if name is None or x is None or y is None or math.isnan(x) or math.isnan(y):
            continue
        found[name, round(x, 3), round(y, 3)].append(row)
        if _text(place.get("admin1")) is None:
            whole.add(name)
    made = []
    for (name, x, y), told in found.items():
        quads = Counter(int(r["quad"]) for r in told)
        latest = max((d for r in told if "date" in r and (d := _days(r)[1])), default=None)
        commonest = min(quads, key=lambda q: (-quads[q], -q))
        counts = {kind: quads[n + 1] for n, kind in enumerate(QUAD_NAMES)}
        made.append({"place": name, "x": x, "y": y, "incidents": len(told), "kind": QUAD_NAMES[commonest - 1], "whole": name in whole, "latest": latest} | counts)  # fmt: skip
    return sorted(made, key=lambda s: (-s["incidents"], s["place"]))


def _degrees(alt: Any, plus: str, minus: str) -> Any:
    side = f"datum.value > 0 ? '{plus}' : datum.value < 0 ? '{minus}' : ''"
    return alt.Axis(grid=True, tickCount=5, labelExpr=f"format(abs(datum.value), '~r') + '°' + ({side})")


def _labelled(spots: Sequence[Row], box: outlines.Box) -> list[Row]:
    """The places that are named, those with most incidents first, as far as no name is written over another."""
    found: list[Row] = []
    for spot in spots:
        near = (
            abs(spot["x"] - other["x"]) < (box[2] - box[0]) * 0.009 * (len(spot["place"]) + len(other["place"]) + 2) / 2
            and abs(spot["y"] - other["y"]) < (box[3] - box[1]) * 0.05
            for other in found
        )
        if len(found) < NAMED and not any(near):
            found.append(spot)
    return found


def _halves(ring: outlines.Ring) -> Iterable[outlines.Ring]:
    """A ring, in two where it crosses the line on which the date changes."""
    if any(abs(a[0] - b[0]) > 180 for a, b in pairwise(ring)):
        yield from (half for half in (tuple(p for p in ring if p[0] < 0), tuple(p for p in ring if p[0] >= 0)) if half)
    else:
        yield ring


def _narrowing(box: outlines.Box) -> float:
    """How much narrower a degree of longitude is than one of latitude in the middle of a box."""
    return math.cos(math.radians(min(80.0, abs(box[1] + box[3]) / 2)))


def _box(spots: Sequence[Row]) -> outlines.Box:
    """The degrees that hold all places with a margin, at least four across, neither twice as wide as high nor higher than wide."""
    west, east = min(s["x"] for s in spots), max(s["x"] for s in spots)
    south, north = min(s["y"] for s in spots), max(s["y"] for s in spots)
    wide, high = max(2.0, (east - west) * 0.58), max(1.5, (north - south) * 0.58)
    x, y = (west + east) / 2, (south + north) / 2
    across = _narrowing((x, y, x, y))
    wide = max(wide, high / across)
    high = max(high, wide * across / 2)
    return x - wide, max(-89.0, y - high), x + wide, min(89.0, y + high)


def _thinned(ring: outlines.Ring, least: float) -> Iterable[outlines.Point]:
    """A ring without the points that lie nearer to the one before than `least` degrees."""
    last: outlines.Point | None = None
    for point in ring:
        if last is None or abs(point[0] - last[0]) + abs(point[1] - last[1]) >= least:
            yield point
            last = point


# --- what was promised -----------------------------------------------------------------------------------------------


def ledger(
    commitments: Any, *, most: int = 40, title: str | None = None, theme: Theme = "light", width: int = 620
) -> Drawing:
    """Commitments as lines from the day each was made to the day it was due, with what became of it at its end.

    Colour and shape tell the outcome; dots tell the days of evidence. A commitment without a deadline runs to what decided
    it, or to the day for which outcomes are told. `most` are drawn, the latest.
    """
    alt, palette = load_altair(), palette_of(theme)
    rows = [
        r for r in rows_of(commitments, "by", "type", "prospect", "date", "due", "outcome", "as_of") if _text(r["date"])
    ]
    if not rows:
        return nothing(alt, "No commitment has a date.", palette)
    rows.sort(key=lambda r: (r["date"], str(r.get("id"))))
    drawn = [_owed(n, row) for n, row in enumerate(rows[-most:])]
    order = [row["owed"] for row in drawn]
    across = alt.X("made:T", title="day", axis=alt.Axis(format="%d %b %Y", labelOverlap=True, labelFlush=True))
    down = alt.Y(
        "owed:N", sort=order, title=None, axis=alt.Axis(labelLimit=360, labelExpr="split(datum.label, '\u2063')[0]")
    )
    color = alt.Color(
        "outcome:N",
        scale=alt.Scale(domain=list(OUTCOMES), range=list(palette.outcomes)),
        legend=alt.Legend(title="outcome"),
    )
    tips = ["by:N", "to:N", "what:N", alt.Tooltip("made:T", format="%d %b %Y"), alt.Tooltip("due:N"), "outcome:N", alt.Tooltip("until:T", title="line ends", format="%d %b %Y")]  # fmt: skip
    base = alt.Chart(values(drawn)).encode(y=down, color=color, tooltip=tips)
    lines = base.mark_rule(strokeWidth=3, opacity=0.6).encode(x=across, x2="until:T")
    begins = base.mark_tick(thickness=2, height=12).encode(x=across)
    ends = base.mark_point(filled=True, size=110, opacity=1).encode(
        x="until:T",
        shape=alt.Shape("outcome:N", scale=alt.Scale(domain=list(OUTCOMES), range=["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"])),
    )  # fmt: skip
    layers = [lines, begins, ends]
    evidence = [e for row in drawn for e in row["evidence"]]
    if evidence:
        dots = alt.Chart(values(evidence)).mark_circle(size=26, color=palette.ink, opacity=1)
        layers.append(dots.encode(x="day:T", y=down, tooltip=[alt.Tooltip("day:T", format="%d %b %Y"), "effect:N"]))
    chart = alt.layer(*layers).properties(width=width, height=alt.Step(22))
    counts = Counter(row["outcome"] for row in drawn)
    told = ", ".join(f"{counts[o]} {o}" for o in OUTCOMES if counts[o])
    shown = f"{len(drawn)} of {len(rows)} commitments" if len(rows) > len(drawn) else f"{len(rows)} commitments"
    day = f", as of {drawn[-1]['as_of']}" if drawn[-1]["as_of"] else ""
    return finished(
        chart,
        title or "What was promised, asked and threatened",
        f"{shown}{day}: {told}",
        f"Lines for {shown}{day}: {told}.",
        palette,
    )


def _owed(number: int, row: Row) -> dict[str, Any]:
    prospect = _record(row["prospect"])
    by, to = ", ".join(_names(row["by"])) or "somebody", ", ".join(_names(row.get("to")))
    what = f"{OWED.get(row['type'], row['type'])}: {THINGS.get(str(prospect.get('type')), prospect.get('type'))}"
    told = [e for e in _list(row.get("evidence")) if _text(_record(e).get("date"))]
    owed = f"{by} {what}\u2063{number}"
    as_of, due = _text(row["as_of"]), _text(row["due"])
    decided = min((e["date"] for e in told if e["effect"] == row["outcome"]), default=None)
    until = due or decided or as_of or row["date"]
    return {
        "owed": owed, "by": by, "to": to, "what": what, "made": row["date"], "due": due or "no day told",
        "until": max(until, row["date"]), "outcome": row["outcome"], "as_of": as_of,
        "evidence": [{"owed": owed, "day": e["date"], "effect": e["effect"]} for e in told],
    }  # fmt: skip


__all__ = ["PALETTES", "dyads", "ledger", "map", "network", "timeline"]
