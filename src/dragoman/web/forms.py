"""Fields of a correction's form that are written as lines: numbers and contexts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dragoman.records import Event, Magnitude
from dragoman.review_fields import KINDS, FieldError

_COUNT = re.compile(r"(?P<kind>[a-z]+)\s+(?P<low>\d[\d,.]*)(?:\s*[-–]\s*(?P<high>\d[\d,.]*))?(?P<about>\s+about)?")


def count_line(count: Magnitude) -> str:
    """A number as one line of a form: `killed 12`, `injured 10-15`, `displaced 5000 about`."""
    low, high = (f"{v:.15g}" if v is not None else "" for v in (count.low, count.high))
    span = low if low == high or not high else f"{low or 0}-{high}"
    return f"{count.kind} {span}" + (" about" if count.approximate else "")


def counts(text: str) -> list[dict[str, Any]]:
    """Numbers from the lines of a form. Raises `FieldError` for a line that is none."""
    found = []
    for number, line in enumerate(_shown(text)):
        match = _COUNT.fullmatch(line)
        if match is None or match["kind"] not in KINDS:
            raise FieldError(
                f"magnitudes[{number}]",
                f"write one number a line, as killed 12 or injured 10-15; kinds: {', '.join(KINDS)}",
            )
        low = float(match["low"].replace(",", ""))
        high = float(match["high"].replace(",", "")) if match["high"] else low
        found.append({"kind": match["kind"], "low": low, "high": high, "approximate": bool(match["about"])})
    return found


def contexts(text: str) -> list[str]:
    """Contexts as a form has them, parted by commas or blanks."""
    return [word for word in re.split(r"[,\s]+", text.strip().lower()) if word]


def more(event: Event, form: Mapping[str, str]) -> dict[str, Any]:
    """What the form says of numbers and contexts otherwise than the event; a field that it lacks stays."""
    found: dict[str, Any] = {}
    if "contexts" in form and contexts(form["contexts"]) != list(event.contexts):
        found["contexts"] = contexts(form["contexts"])
    if "magnitudes" in form and _shown(form["magnitudes"]) != [count_line(m) for m in event.magnitudes]:
        found["magnitudes"] = counts(form["magnitudes"])
    return found


def _shown(text: str) -> list[str]:
    return [" ".join(row.split()) for row in text.splitlines() if row.strip()]
