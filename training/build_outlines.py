"""Makes `data/places/outlines.bin` of Natural Earth: `python training/build_outlines.py countries-50m.json`.

The input is the file of that name in the npm package `world-atlas` (Natural Earth 1:50m as TopoJSON, public domain). Each
country's rings are kept as whole hundredths of a degree, differences of neighbours as variable-length numbers, the
whole packed with zlib.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src" / "dragoman" / "data" / "places" / "outlines.bin"

Point = tuple[int, int]

LEAST = 12
"""Square hundredths of a degree below which an island is left out (about 15 square kilometres at the equator)."""


def arcs(topology: dict) -> list[list[Point]]:
    """The arcs in hundredths of a degree."""
    (kx, ky), (x0, y0) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        line: list[Point] = []
        for dx, dy in arc:
            x, y = x + dx, y + dy
            point = (round((x * kx + x0) * 100), round((y * ky + y0) * 100))
            if not line or line[-1] != point:
                line.append(point)
        found.append(line)
    return found


def rings(topology: dict) -> Iterator[list[Point]]:
    """The outer and inner rings of every country."""
    lines = arcs(topology)
    for shape in topology["objects"]["countries"]["geometries"]:
        if shape["type"] is None:
            continue
        polygons = [shape["arcs"]] if shape["type"] == "Polygon" else shape["arcs"]
        for polygon in polygons:
            for ring in polygon:
                points: list[Point] = []
                for number in ring:
                    line = lines[number] if number >= 0 else lines[~number][::-1]
                    points += line[1:] if points else line
                yield points


def area(ring: list[Point]) -> float:
    """Twice the area is the sum of cross products."""
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise(ring))) / 2


def packed(values: Iterator[int]) -> bytes:
    """Signed whole numbers as zigzag varints."""
    out = bytearray()
    for value in values:
        rest = value << 1 if value >= 0 else (~value << 1) | 1
        while rest > 127:
            out.append(rest & 127 | 128)
            rest >>= 7
        out.append(rest)
    return bytes(out)


def numbers(kept: list[list[Point]]) -> Iterator[int]:
    """The number of rings; of each the number of its points and their differences."""
    yield len(kept)
    for ring in kept:
        yield len(ring)
        x = y = 0
        for point in ring:
            yield point[0] - x
            yield point[1] - y
            x, y = point


def main() -> None:
    topology = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    kept = [ring for ring in rings(topology) if area(ring) >= LEAST]
    TARGET.write_bytes(zlib.compress(packed(numbers(kept)), 9))
    print(f"{len(kept)} rings, {sum(map(len, kept))} points, {TARGET.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
