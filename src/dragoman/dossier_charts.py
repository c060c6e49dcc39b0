"""The drawings of a dossier as inline SVG: timeline, network, map. No tiles, no scripts, nothing from elsewhere.

Colours are classes (`q1` to `q4`, by quad) that the page's style sheet fills; what colour tells is told by place or dashes
too: cooperation stands above the axis and conflict below it, words are dashed and deeds solid.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from dragoman.dossier import Dossier, Entry
from dragoman.dossier_words import QUAD_NAMES
from dragoman.outlines import within
from dragoman.parties import country_names
from dragoman.timeline import Stretch

NODES = 14
"""Actors drawn in the network; more are told in its table."""

LABELS = 14
"""Places named on the map."""

UNITS: Mapping[str, str] = {"week": "week from", "month": "month from", "year": "year from"}

STACK = ((1, -1), (0, -1), (2, 1), (3, 1))
"""Quads by index with their side of the axis: deeds of cooperation at the axis, then words, below it words, then deeds."""

TITLE = re.compile("<title>(.*?)</title>")
"""What a mark says of itself; escaped already."""


def _svg(width: int, height: int, title: str, description: str, body: Iterable[str], name: str) -> str:
    body = list(body)
    role = "group" if any("<a " in part for part in body) else "img"  # what is an image can't be entered
    return (
        f'<svg class="{name}" viewBox="0 0 {width} {height}" role="{role}" aria-labelledby="{name}-t {name}-d">'
        f'<title id="{name}-t">{escape(title)}</title><desc id="{name}-d">{escape(description)}</desc>'
        + "".join(body)
        + "</svg>"
    )


def _text(x: float, y: float, text: str, anchor: str = "start", name: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" class="{name}">{escape(text)}</text>'


def _line(x1: float, y1: float, x2: float, y2: float, name: str) -> str:
    return f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" class="{name}"/>'


def _linked(drawn: str, address: str) -> str:
    """What is drawn as a link, where it leads somewhere."""
    if not address:
        return drawn
    label = "; ".join(TITLE.findall(drawn))
    return f'<a href="{escape(address, quote=True)}" aria-label="{label}">{drawn}</a>'


# --- timeline ------------------------------------------------------------------------------------------------------


def draw_timeline(
    dossier: Dossier, bar: Callable[[Stretch], str] | None = None, mark: Callable[[str], str] = "#i-{}".format
) -> str:
    """Incidents by week, month or year, with marked incidents by number and shifts by letter; empty without any.

    `bar` gives the address that a stretch leads to, `mark` that of an incident's id.
    """
    stretches = dossier.timeline.stretches
    if not dossier.timeline.counted:
        return ""
    width, left, right, top, height = 960, 46, 14, 46, 220
    above = max(max(s.counts[0] + s.counts[1] for s in stretches), 1)
    below = max(max(s.counts[2] + s.counts[3] for s in stretches), 1)
    scale = height / (above + below)
    axis = top + above * scale
    step = (width - left - right) / len(stretches)
    body = [*_scale(above, below, scale, axis, left, width - right)]
    for n, stretch in enumerate(stretches):
        drawn = _bars(stretch, left + n * step, step, axis, scale, dossier.timeline.unit)
        body.append(_linked(drawn, bar(stretch) if bar and drawn else ""))
    body.append(_line(left, axis, width - right, axis, "axis"))
    body += _dates(stretches, left, step, top + height, dossier.timeline.unit)
    body += _marks(dossier, stretches, left, step, top, top + height, mark)
    unit = dossier.timeline.unit
    return _svg(
        width,
        top + height + 34,
        f"Incidents of cooperation and conflict per {unit}",
        f"Cooperation upwards, conflict downwards, {len(stretches)} {unit}s from {stretches[0].start}; the table below gives the numbers.",
        body,
        "timeline",
    )


def _scale(above: int, below: int, scale: float, axis: float, left: float, right: float) -> Iterable[str]:
    every = next((k for k in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000) if k * scale >= 26), 5000)
    for value in range(-(below // every) * every, above + 1, every):
        y = axis - value * scale
        yield _line(left, y, right, y, "grid")
        yield _text(left - 8, y + 4, str(abs(value)), "end", "small")
    yield f'<text transform="translate(13 {axis - above * scale / 2:.1f}) rotate(-90)" text-anchor="middle" class="small">cooperation</text>'
    yield f'<text transform="translate(13 {axis + below * scale / 2:.1f}) rotate(-90)" text-anchor="middle" class="small">conflict</text>'


def _bars(stretch: Stretch, x: float, step: float, axis: float, scale: float, unit: str) -> str:
    if not any(stretch.counts):
        return ""
    ends = {-1: axis, 1: axis}
    said = ", ".join(f"{QUAD_NAMES[q]} {stretch.counts[q]}" for q, _ in STACK if stretch.counts[q])
    found = [f"<g><title>{UNITS[unit]} {stretch.start}: {said}</title>"]
    gap = min(2.0, step * 0.15)
    for quad, side in STACK:
        size = stretch.counts[quad] * scale
        if size:
            y = ends[side] - size if side < 0 else ends[side]
            found.append(
                f'<rect x="{x + gap / 2:.1f}" y="{y:.1f}" width="{max(step - gap, 1):.1f}" height="{size:.1f}" class="q{quad + 1}"/>'
            )
            ends[side] += side * size
    return "".join([*found, "</g>"])


def _dates(stretches: Sequence[Stretch], left: float, step: float, bottom: float, unit: str) -> Iterable[str]:
    """Labels at the first stretch of each month or year, as many as have room."""
    cut = 4 if unit == "year" or (unit == "month" and len(stretches) > 24) else 7
    firsts: dict[str, int] = {}
    for n, stretch in enumerate(stretches):
        firsts.setdefault(stretch.end[:cut] if unit == "week" else stretch.start[:cut], n)
    free = 0.0
    for label, n in firsts.items():
        x = left + n * step
        if x >= free and x < left + len(stretches) * step - 30:
            yield _line(x, bottom, x, bottom + 6, "axis")
            yield _text(x, bottom + 20, label, "start", "small")
            free = x + 62


def _marks(
    dossier: Dossier,
    stretches: Sequence[Stretch],
    left: float,
    step: float,
    top: float,
    bottom: float,
    mark: Callable[[str], str],
) -> Iterable[str]:
    for n, shift in enumerate(dossier.timeline.shifts):
        x = left + [s.start for s in stretches].index(shift.start) * step
        yield _line(x, top - 4, x, bottom, "shift")
        yield _text(x + 3, bottom - 4, f"shift {letter(n)}", "start", "small strong")
    days = {e.id: e.day or "" for e in dossier.entries}
    row_free = [0.0, 0.0]
    for n, ident in enumerate(marked(dossier)):
        at = next((i for i, s in enumerate(stretches) if s.start <= days[ident] <= s.end), None)
        if at is None:
            continue
        x = left + (at + 0.5) * step
        row = 0 if x >= row_free[0] else 1
        row_free[row] = x + 22
        y = top - 14 - 20 * row
        yield _line(x, y + 9, x, top + 6, "mark")
        yield (
            f'<a href="{escape(mark(ident), quote=True)}" aria-label="marked incident {n + 1}"><circle cx="{x:.1f}" cy="{y:.1f}" r="9" class="mark"/>'
            f"{_text(x, y + 4, str(n + 1), 'middle', 'mark')}</a>"
        )


def marked(dossier: Dossier) -> list[str]:
    """Ids of the marked incidents in order of day; the first has number 1."""
    main = set(dossier.main)
    return [e.id for e in dossier.entries if e.id in main]


def letter(n: int) -> str:
    """A, B, C and so on, then the number."""
    return chr(65 + n) if n < 26 else str(n + 1)


# --- network -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Tie:
    """What passes between two actors."""

    one: str
    other: str
    counts: tuple[int, int, int, int]
    """Incidents by quad."""
    entries: tuple[str, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


def ties(entries: Iterable[Entry]) -> list[Tie]:
    """Pairs of actors with the incidents between them, most first; those told as having happened."""
    counts: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    told: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in entries:
        if entry.status != "told" or not 1 <= entry.quad <= 4:
            continue
        doers, others = entry.actor_keys, entry.recipient_keys
        pairs = {(a, b) for a in doers for b in (others or doers) if a != b}
        for pair in {(min(p), max(p)) for p in pairs}:
            counts[pair][entry.quad - 1] += 1
            told[pair].append(entry.id)
    found = [Tie(*pair, (c[0], c[1], c[2], c[3]), tuple(told[pair])) for pair, c in counts.items()]
    return sorted(found, key=lambda t: (-t.total, t.one, t.other))


def draw_network(dossier: Dossier, to: Callable[[Tie], str] | None = None) -> str:
    """Actors on a circle, parties largest; empty where no two of them have to do with each other.

    `to` gives the address that a tie leads to.
    """
    found = ties(dossier.entries)
    weight: Counter[str] = Counter()
    for tie in found:
        weight[tie.one] += tie.total
        weight[tie.other] += tie.total
    own = [p.key for p in dossier.parties if p.key in weight]
    rest = sorted((k for k in weight if k not in own), key=lambda k: (-weight[k], k))
    nodes = [*own, *rest][:NODES]
    if len(nodes) < 2:
        return ""
    width, height, radius = 760, 470, 170
    order = _spread_parties(nodes, len(own))
    place = {
        key: (
            width / 2 + radius * 1.15 * math.cos(angle := 2 * math.pi * n / len(order) - math.pi / 2),
            height / 2 + radius * math.sin(angle),
        )
        for n, key in enumerate(order)
    }
    shown = [t for t in found if t.one in place and t.other in place]
    most = max((max(t.counts) for t in shown), default=1)
    names = dict(dossier.names)
    body = [_linked(_edge(t, place, names, most), to(t) if to else "") for t in reversed(shown)]
    body += [_node(key, *place[key], names.get(key, key), key in own, width / 2, height / 2) for key in order]
    return _svg(
        width,
        height,
        "Who has to do with whom",
        "Lines between actors, as wide as their incidents are many, by kind of incident; the table gives the numbers.",
        body,
        "network",
    )


def _spread_parties(nodes: Sequence[str], parties: int) -> list[str]:
    """The parties at even distances, the others between them."""
    order: list[str] = []
    own, rest = list(nodes[:parties]), list(nodes[parties:])
    for n, key in enumerate(own):
        share = rest[n * len(rest) // len(own) : (n + 1) * len(rest) // len(own)]
        order += [key, *share]
    return order or rest


def _edge(tie: Tie, place: Mapping[str, tuple[float, float]], names: Mapping[str, str], most: int) -> str:
    (x1, y1), (x2, y2) = place[tie.one], place[tie.other]
    length = math.hypot(x2 - x1, y2 - y1) or 1.0
    across, along = -(y2 - y1) / length, (x2 - x1) / length
    kinds = [q for q in range(4) if tie.counts[q]]
    found = []
    for n, quad in enumerate(kinds):
        bend = (n - (len(kinds) - 1) / 2) * 22
        cx, cy = (x1 + x2) / 2 + across * bend, (y1 + y2) / 2 + along * bend
        wide = 1.2 + 6.8 * math.sqrt(tie.counts[quad] / most)
        pair = f"{names.get(tie.one, tie.one)} and {names.get(tie.other, tie.other)}"
        found.append(
            f'<path d="M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {x2:.1f} {y2:.1f}" class="tie s{quad + 1}" stroke-width="{wide:.1f}">'
            f"<title>{escape(pair)}: {QUAD_NAMES[quad]} {tie.counts[quad]}</title></path>"
        )
    return "".join(found)


def _node(key: str, x: float, y: float, name: str, party: bool, cx: float, cy: float) -> str:
    size = 11 if party else 6
    side = "start" if x > cx + 20 else "end" if x < cx - 20 else "middle"
    dx = {"start": size + 5, "end": -size - 5, "middle": 0}[side]
    dy = 4 if side != "middle" else (size + 15 if y > cy else -size - 7)
    label = name if len(name) <= 28 else name[:27] + "…"
    return (
        f'<g><title>{escape(name)} ({escape(key)})</title><circle cx="{x:.1f}" cy="{y:.1f}" r="{size}" class="{"party" if party else "node"}"/>'
        f"{_text(x + dx, y + dy, label, side, 'halo strong' if party else 'halo')}</g>"
    )


# --- map -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Spot:
    """A place with its incidents."""

    name: str
    country: str | None
    latitude: float
    longitude: float
    cooperation: int
    conflict: int
    entries: tuple[str, ...]

    @property
    def total(self) -> int:
        return self.cooperation + self.conflict

    @property
    def whole(self) -> bool:
        """Whether it is a country as a whole, drawn at its middle."""
        return self.country is not None and country_names().get(self.country) == self.name


def spots(entries: Iterable[Entry]) -> list[Spot]:
    """The places that have coordinates, most incidents first."""
    found: dict[tuple[str, str | None, float, float], list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.latitude is not None and entry.longitude is not None and entry.status == "told":
            found[entry.place or "", entry.country, entry.latitude, entry.longitude].append(entry)
    rows = [
        Spot(*where, sum(e.quad < 3 for e in es), sum(e.quad > 2 for e in es), tuple(e.id for e in es))
        for where, es in found.items()
    ]
    return sorted(rows, key=lambda s: (-s.total, s.name))


def near_and_far(dossier: Dossier) -> tuple[list[Spot], list[Spot]]:
    """Places in or about the parties' countries, and those further off, which would shrink the map."""
    homes = {p.country for p in dossier.parties} | set(dossier.places)
    found = spots(dossier.entries)
    home = [s for s in found if s.country in homes] or found
    if not home:
        return [], []
    south, north = min(s.latitude for s in home), max(s.latitude for s in home)
    west, east = min(s.longitude for s in home), max(s.longitude for s in home)
    reach = max(0.6 * max(north - south, east - west), 2.0)

    def close(s: Spot) -> bool:
        return south - reach <= s.latitude <= north + reach and west - reach <= s.longitude <= east + reach

    return [s for s in found if close(s)], [s for s in found if not close(s)]


def draw_map(shown: Sequence[Spot], to: Callable[[Spot], str] | None = None) -> str:
    """Places by latitude and longitude (equirectangular, true to scale at the middle); empty where there are none.

    `to` gives the address that a place leads to.
    """
    if not shown:
        return ""
    middle = (min(s.latitude for s in shown) + max(s.latitude for s in shown)) / 2
    squeeze = max(math.cos(math.radians(middle)), 0.2)
    xs, ys = [s.longitude * squeeze for s in shown], [s.latitude for s in shown]
    breadth, tall = max(max(xs) - min(xs), 1.0), max(max(ys) - min(ys), 1.0)
    width = 760
    left, right, margin = 60, 130, 46
    scale = min((width - left - right) / breadth, 460 / tall)
    height = int(max(tall * scale, 120)) + 2 * margin
    x0 = left + ((width - left - right) - breadth * scale) / 2 - min(xs) * scale
    y0 = height / 2 + (max(ys) + min(ys)) / 2 * scale

    def at(latitude: float, longitude: float) -> tuple[float, float]:
        return x0 + longitude * squeeze * scale, y0 - latitude * scale

    body = [
        *_land(x0, y0, squeeze * scale, scale, width, height),
        *_graticule(x0, y0, squeeze * scale, scale, width, height),
    ]
    most = max(s.total for s in shown)
    rings = [(*at(s.latitude, s.longitude), 4 + 12 * math.sqrt(s.total / most)) for s in shown]
    taken = [(x - r, y - r, x + r, y + r) for x, y, r in rings]
    labels = []
    for n, (spot, (x, y, size)) in enumerate(zip(shown, rings, strict=True)):
        whole = " whole" if spot.whole else ""
        kind = "q4" if spot.conflict > spot.cooperation else "q2" if spot.cooperation > spot.conflict else "even"
        drawn = (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{size:.1f}" class="spot {kind}{whole}"><title>{escape(spot.name)}: '
            f"cooperation {spot.cooperation}, conflict {spot.conflict}</title></circle>"
        )
        body.append(_linked(drawn, to(spot) if to else ""))
        if n < LABELS:
            labels.append(_label(f"{spot.name} {spot.total}", x, y, size, width, taken))
    return _svg(
        width,
        height,
        "Where it happened",
        "Places as circles, as large as their incidents are many; the table gives the numbers.",
        [*body, *labels],
        "map",
    )


def _land(x0: float, y0: float, across: float, up: float, width: int, height: int) -> Iterable[str]:
    """The countries' outlines, a little beyond the edges so that these show no seam."""
    box = ((-4 - x0) / across, (y0 - height - 4) / up, (width + 4 - x0) / across, (y0 + 4) / up)
    paths = []
    for ring in within(box):
        points = dict.fromkeys(f"{x0 + lon * across:.1f} {y0 - lat * up:.1f}" for lon, lat in ring)
        if len(points) > 2:
            paths.append("M" + "L".join(points) + "Z")
    if paths:
        yield f'<path class="land" d="{"".join(paths)}"/>'


def _graticule(x0: float, y0: float, across: float, up: float, width: int, height: int) -> Iterable[str]:
    every = next((k for k in (0.5, 1, 2, 5, 10, 15, 30) if k * up >= 60), 45.0)
    for n in range(math.ceil((0 - x0) / across / every), math.floor((width - x0) / across / every) + 1):
        x = x0 + n * every * across
        yield _line(x, 0, x, height, "grid")
        yield _text(x + 3, height - 5, _degrees(n * every, "E", "W"), "start", "small")
    for n in range(math.ceil((y0 - height) / up / every), math.floor(y0 / up / every) + 1):
        y = y0 - n * every * up
        yield _line(0, y, width, y, "grid")
        yield _text(4, y - 4, _degrees(n * every, "N", "S"), "start", "small")


def _degrees(value: float, plus: str, minus: str) -> str:
    return f"{abs(value):g}°{plus if value > 0 else minus if value < 0 else ''}"


def _label(
    text: str, x: float, y: float, size: float, width: int, taken: list[tuple[float, float, float, float]]
) -> str:
    """A name beside its circle where there is room; left out rather than written over another."""
    long = 7.2 * len(text)
    for side, dy in (("start", 4), ("end", 4), ("start", 17), ("start", -10), ("end", 17), ("end", -10)):
        a = x + size + 4 if side == "start" else x - size - 4 - long
        box = (a, y + dy - 11, a + long, y + dy + 3)
        clear = all(box[2] < t[0] or box[0] > t[2] or box[3] < t[1] or box[1] > t[3] for t in taken)
        if clear and box[0] > 0 and box[2] < width:
            taken.append(box)
            return _text(x + size + 4 if side == "start" else x - size - 4, y + dy, text, side, "halo")
    return ""
