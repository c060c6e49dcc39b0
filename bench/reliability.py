"""Draws how well the confidence keeps its word: of the records given 0.8, are 8 in 10 right?

    python bench/reliability.py [GOLD [OUT.svg]]

Codes the annotated reports (our own unless told), scores them, and draws one dot for each tenth of confidence: its records'
mean confidence across, the share of them that is right upwards, the dot's area growing with their number. Below it stands
what each least confidence (`--min-confidence`) costs. Prints the same figures.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from texts import ROOT

from dragoman.pipeline import Coder
from dragoman.records import Document, to_dict
from dragoman.score import Tally, calibration_error, curve, evaluate_rows, reliability

SIDE, LEFT, TOP, GAP = 300, 56, 62, 70
"""Pixels: a panel's side, the margins, the room between the panels."""


def tally(gold: Path) -> Tally:
    """The reports coded and scored."""
    reports: list[dict[str, Any]] = [json.loads(line) for line in gold.read_text(encoding="utf-8").splitlines()]
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in Coder().code_all(Document(r["id"], r["title"], r["text"], r["published"]) for r in reports):
        events[event.document_id].append(to_dict(event))
    return evaluate_rows(reports, events).total


def panel(x: int, title: str, across: str, upwards: str) -> list[str]:
    """Frame, grid and words of one panel whose axes run from 0 to 1."""
    parts = [f'<text x="{x + SIDE / 2}" y="{TOP - 40}" text-anchor="middle" font-weight="600">{title}</text>']
    for step in range(6):
        at = step / 5
        left, up = x + at * SIDE, TOP + SIDE - at * SIDE
        parts += [
            f'<path d="M{left} {TOP}V{TOP + SIDE}M{x} {up}H{x + SIDE}" stroke="#dde3ea"/>',
            f'<text x="{left}" y="{TOP + SIDE + 18}" text-anchor="middle">{at:.1f}</text>',
            f'<text x="{x - 8}" y="{up + 4}" text-anchor="end">{at:.1f}</text>',
        ]
    middle = TOP + SIDE / 2
    return [
        *parts,
        f'<text x="{x + SIDE / 2}" y="{TOP + SIDE + 38}" text-anchor="middle">{across}</text>',
        f'<text transform="translate({x - 38} {middle}) rotate(-90)" text-anchor="middle">{upwards}</text>',
    ]


def drawing(total: Tally) -> str:
    """Both panels as one SVG."""
    first, second = LEFT, LEFT + SIDE + GAP
    error = calibration_error(total.levels)
    parts = panel(first, f"Reliability (calibration error {error:.3f})", "confidence", "share right")
    parts.append(f'<path d="M{first} {TOP + SIDE}L{first + SIDE} {TOP}" stroke="#8a97a6" stroke-dasharray="4 4"/>')
    for mean, count, share in reliability(total.levels):
        x, y = first + mean * SIDE, TOP + SIDE - share * SIDE
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + count**0.5:.1f}" fill="#1f6f8b" fill-opacity=".75"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{y - 6 - count**0.5:.1f}" text-anchor="middle" fill="#3c4a58">{count}</text>'
        )
    parts += panel(second, "What --min-confidence costs", "recall", "precision")
    points = [(second + r * SIDE, TOP + SIDE - p * SIDE, level) for level, p, r in curve(total)]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
    parts.append(f'<polyline points="{line}" fill="none" stroke="#b4513a" stroke-width="2"/>')
    parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#b4513a"/>' for x, y, _ in points]
    for x, y, level in (points[0], points[-1]):
        parts.append(f'<text x="{x:.1f}" y="{y + 20:.1f}" text-anchor="middle" fill="#3c4a58">{level:.1f}</text>')
    width, height = second + SIDE + 20, TOP + SIDE + 56
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
        f'aria-label="Reliability of the confidence, and precision against recall" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="#1d2733">\n'
        f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def main() -> None:
    """Draws and prints."""
    gold = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "tests" / "gold" / "reports.jsonl"
    out = Path(sys.argv[2]) if len(sys.argv) > 2 else ROOT / "docs" / "reliability.svg"
    total = tally(gold)
    out.write_text(drawing(total), encoding="utf-8")
    for mean, count, share in reliability(total.levels):
        print(f"confidence {mean:.2f}: {count} records, {share:.2f} right")
    for level, precision, recall in curve(total):
        print(f"at least {level:.1f}: precision {precision:.3f}, recall {recall:.3f}")
    print(f"calibration error {calibration_error(total.levels):.3f}; drawn in {out.name}")


if __name__ == "__main__":
    main()
