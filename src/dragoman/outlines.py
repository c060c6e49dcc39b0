"""The outlines of the world's countries, for maps: Natural Earth 1:50m (public domain), shipped with the program."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

OUTLINES = Path(__file__).parent / "data" / "places" / "outlines.bin"

Point = tuple[float, float]
"""Degrees east and north."""

Box = tuple[float, float, float, float]
"""West, south, east, north, in degrees."""

Ring = tuple[Point, ...]


@cache
def rings() -> tuple[tuple[Box, Ring], ...]:
    """Every ring with its bounds, in no order that means anything."""
    numbers = _numbers(zlib.decompress(OUTLINES.read_bytes()))
    found = []
    for _ in range(next(numbers)):
        x = y = 0
        points = []
        for _ in range(next(numbers)):
            x, y = x + next(numbers), y + next(numbers)
            points.append((x / 100, y / 100))
        xs, ys = [p[0] for p in points], [p[1] for p in points]
        found.append(((min(xs), min(ys), max(xs), max(ys)), tuple(points)))
    return tuple(found)


def _numbers(data: bytes) -> Iterator[int]:
    """Zigzag varints."""
    value = shift = 0
    for byte in data:
        value |= (byte & 127) << shift
        if byte & 128:
            shift += 7
        else:
            yield (value >> 1) ^ -(value & 1)
            value = shift = 0


def within(box: Box) -> list[Ring]:
    """The rings that meet a box, cut at its edges (Sutherland and Hodgman); none where there is only sea."""
    west, south, east, north = box
    found = []
    for (w, s, e, n), ring in rings():
        if w > east or e < west or s > north or n < south:
            continue
        inside = w >= west and e <= east and s >= south and n <= north
        cut = ring if inside else _cut(ring, box)
        if len(cut) > 2:
            found.append(tuple(cut))
    return found


def _cut(ring: Sequence[Point], box: Box) -> Sequence[Point]:
    west, south, east, north = box
    for axis, limit, keep in ((0, west, 1), (0, east, -1), (1, south, 1), (1, north, -1)):
        ring = _half(ring, axis, limit, keep)
    return ring


def _half(ring: Sequence[Point], axis: int, limit: float, keep: int) -> list[Point]:
    """What of a ring lies on one side of a line."""
    found: list[Point] = []
    for n, point in enumerate(ring):
        last = ring[n - 1]
        here, there = (point[axis] - limit) * keep >= 0, (last[axis] - limit) * keep >= 0
        if here != there:
            share = (limit - last[axis]) / (point[axis] - last[axis])
            other = last[1 - axis] + share * (point[1 - axis] - last[1 - axis])
            found.append((limit, other) if axis == 0 else (other, limit))
        if here:
            found.append(point)
    return found
