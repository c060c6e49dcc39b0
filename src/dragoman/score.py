"""How right: events against annotated reports.

A gold report is `{id, title, text, published, events: [...], not_events: [...]}`; a gold event names the types that are
accepted (the first is preferred), a verbatim `anchor` in text or title, actors and recipients with country, sectors and a
substring, status, historical, date, place, attribution, prospect, and `optional` where the rules leave room. A prediction
matches a gold event where its type is accepted and one of its mentions stands in the anchor's sentence; pairs are chosen
greedily by the number of fields that agree. Optional events neither gain nor cost. `tests/gold/README.md` has the rules.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dragoman.errors import UsageError
from dragoman.records import meet

ROUNDS = 1000
"""Bootstrap resamples of reports behind an interval; the 95 % bounds move by less than 0.005 beyond that."""

Row = dict[str, Any]
SENTENCE = re.compile(r"[.!?][\"”’]?(?=\s)|\n")


def _sentence(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds of the sentence or sentences that hold `[start, end)`."""
    left = 0
    for match in SENTENCE.finditer(text):
        if match.end() <= start:
            left = match.end()
        elif match.end() >= end:
            return left, match.end()
    return left, len(text)


def _words(part: Row) -> str:
    return f"{part.get('text') or ''} {part.get('name') or ''}".lower()


def _countries(parts: Iterable[Row]) -> set[str]:
    return {p["country"] for p in parts if p.get("country")}


def _found(gold: Row, parts: Iterable[Row]) -> bool:
    match = (gold.get("match") or "").lower()
    return any(
        (gold.get("country") and gold["country"] == p.get("country")) or (match and match in _words(p)) for p in parts
    )


def participants_agree(gold: list[Row], predicted: list[Row]) -> bool:
    """Every gold participant found, no foreign country added; none expected, none given."""
    if not gold:
        return not predicted
    if not all(_found(g, predicted) for g in gold):
        return False
    return not _countries(gold) or _countries(predicted) <= _countries(gold)


def sectors_agree(gold: list[Row], predicted: list[Row]) -> bool:
    """Every gold participant with sectors shares one with some predicted participant."""
    have = [set(p.get("sectors") or ()) for p in predicted]
    return all(any(set(g["sectors"]) & h for h in have) for g in gold if g.get("sectors"))


def _date(gold: Row, predicted: Row | None) -> tuple[bool, bool]:
    """(overlap, exact)"""
    if not predicted or not predicted.get("start"):
        return False, False
    start, end = predicted["start"], predicted.get("end") or predicted["start"]
    return start <= gold["end"] and end >= gold["start"], (start, end) == (gold["start"], gold["end"])


def _is_self(parts: list[Row], speakers: list[Row]) -> bool:
    """Whether every speaker is a doer himself."""
    return bool(speakers) and all(
        any((s.get("country") and s["country"] == p.get("country")) or _found(p, [s]) or _found(s, [p]) for p in parts)
        for s in speakers
    )


def _attribution(gold: Row, predicted: Row) -> bool | None:
    """Whether the speaker is right; null where neither side names one other than the doer."""
    want = gold.get("attribution") or []
    have = [a["speaker"] | {"anonymous": a.get("anonymous")} for a in predicted.get("attribution") or []]
    want = [] if _is_self(gold.get("actors") or [], want) else want
    have = [] if _is_self(predicted.get("actors") or [], have) else have
    if not want and not have:
        return None
    if not want or not have:
        return False
    return _found(want[-1], have) or (not want[-1].get("country") and any(h["anonymous"] for h in have))


def compare(gold: Row, predicted: Row) -> dict[str, bool]:
    """Which fields of a matched pair agree; a field that the gold leaves open is left out."""
    actors, recipients = gold.get("actors") or [], gold.get("recipients") or []
    own_actors, own_recipients = predicted.get("actors") or [], predicted.get("recipients") or []
    right = [participants_agree(actors, own_actors), participants_agree(recipients, own_recipients)]
    if predicted["type"] == "CONSULT" and not all(right):
        # who visits and who hosts is often a matter of taste: the parties as one set are enough
        right = [participants_agree(actors + recipients, own_actors + own_recipients)] * 2
    fields: dict[str, bool | None] = {
        "actors": right[0],
        "recipients": right[1],
        "sectors": sectors_agree(actors, own_actors) and sectors_agree(recipients, own_recipients),
        "status": gold.get("status", "actual") == predicted["status"],
        "historical": bool(gold.get("historical")) == predicted["historical"],
        "attribution": _attribution(gold, predicted),
        "type_strict": gold["types"][0] == predicted["type"],
    }
    if gold.get("date"):
        fields["date_overlap"], fields["date_exact"] = _date(gold["date"], predicted.get("date"))
    if gold.get("modes"):
        fields["mode"] = predicted.get("mode") in gold["modes"]
    if gold.get("prospect"):
        fields["prospect"] = (predicted.get("prospect") or {}).get("type") == gold["prospect"]
    if gold.get("place"):
        place = predicted.get("place") or {}
        fields["place"] = gold["place"].lower() in _words(place)
    return {k: v for k, v in fields.items() if v is not None}


def is_whole(fields: dict[str, bool]) -> bool:
    """Whether the record as a whole is right: type, participants, status and day."""
    return fields["actors"] and fields["recipients"] and fields["status"] and fields.get("date_overlap", True)


@dataclass(slots=True)
class Tally:
    """Counts over one report, or over many."""

    hit: int = 0
    spurious: int = 0
    missed: int = 0
    whole: int = 0
    decoys: int = 0
    decoys_hit: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    levels: list[tuple[float, bool]] = field(default_factory=list)
    """(confidence, right) of every prediction that counts."""
    lines: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Adds the counts of another report."""
        for name in ("hit", "spurious", "missed", "whole", "decoys", "decoys_hit"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("asked", "right", "confusion"):
            getattr(self, name).update(getattr(other, name))
        self.levels += other.levels
        self.lines += other.lines

    @property
    def precision(self) -> float:
        """Share of predictions that are right; 0 without any."""
        return self.hit / (self.hit + self.spurious) if self.hit + self.spurious else 0.0

    @property
    def recall(self) -> float:
        """Share of gold events that are found; 0 without any."""
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return _harmonic(self.precision, self.recall)

    @property
    def record_f1(self) -> float:
        """F1 of records that are right as a whole."""
        return _harmonic(self.whole / max(1, self.hit + self.spurious), self.whole / max(1, self.hit + self.missed))


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


@dataclass(frozen=True, slots=True)
class Result:
    """What an evaluation found."""

    reports: int
    total: Tally
    intervals: dict[str, tuple[float, float]]

    def as_dict(self) -> Row:
        """Figures as plain values."""
        t = self.total
        return {
            "reports": self.reports,
            "gold_events": t.hit + t.missed,
            "predicted": t.hit + t.spurious,
            "precision": round(t.precision, 3),
            "recall": round(t.recall, 3),
            "event_f1": round(t.f1, 3),
            "record_f1": round(t.record_f1, 3),
            "intervals_95": {k: [round(a, 3), round(b, 3)] for k, (a, b) in self.intervals.items()},
            "decoys_coded_as_actual": f"{t.decoys_hit}/{t.decoys}",
            "fields": {k: round(t.right[k] / t.asked[k], 3) for k in sorted(t.asked)},
            "calibration_error": round(calibration_error(t.levels), 3),
        }

    def render(self, errors: bool = False) -> str:
        """Text for people: figures, the fields, the commonest confusions, the trade of precision for recall."""
        d = self.as_dict()
        lines = [f"{d['reports']} reports, {d['gold_events']} gold events, {d['predicted']} predicted"]
        for name in ("precision", "recall", "event_f1", "record_f1"):
            bounds = d["intervals_95"].get(name)
            lines.append(
                f"  {name:<10} {d[name]:.3f}" + (f"  (95 %: {bounds[0]:.3f} to {bounds[1]:.3f})" if bounds else "")
            )
        lines.append(
            f"  not-events coded as actual: {d['decoys_coded_as_actual']}; calibration error {d['calibration_error']:.3f}"
        )
        lines.append("fields, over matched events")
        lines += [f"  {k:<12} {v:.3f}  ({self.total.asked[k]})" for k, v in d["fields"].items()]
        confused = [(pair, n) for pair, n in self.total.confusion.most_common() if pair[0] != pair[1]][:10]
        lines.append("commonest confusions (gold, coded in its sentence)")
        lines += [f"  {gold} as {got}: {n}" for (gold, got), n in confused]
        lines.append("confidence at least, precision, recall")
        lines += [f"  {level:.1f}  {p:.3f}  {r:.3f}" for level, p, r in curve(self.total)]
        lines.append("reliability: confidence, records, share right")
        lines += [
            f"  {mean:.2f}  {count:>4}  {share:.2f}  {'#' * round(share * 20)}"
            for mean, count, share in reliability(self.total.levels)
        ]
        if errors:
            lines += ["", *self.total.lines]
        return "\n".join(lines)


def evaluate(gold: Path, predicted: Path) -> Result:
    """Scores a file of events against a file of annotated reports."""
    reports = _load(gold)
    events: dict[str, list[Row]] = defaultdict(list)
    for event in _load(predicted):
        events[str(event["document_id"])].append(event)
    return evaluate_rows(reports, events)


def evaluate_rows(reports: list[Row], events: dict[str, list[Row]]) -> Result:
    """The same over rows: reports, and events by document."""
    tallies = [score_report(r, events.get(str(r["id"]), [])) for r in reports]
    total = Tally()
    for tally in tallies:
        total.add(tally)
    return Result(len(reports), total, _intervals(tallies))


def _load(path: Path) -> list[Row]:
    rows = []
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, start=1):
            if line.strip():
                try:
                    rows.append(json.loads(line))
                except ValueError as error:
                    raise UsageError(f"{path}:{number}: not a JSON object ({error})") from None
    return rows


def score_report(report: Row, predictions: list[Row]) -> Tally:
    """Matches the events of one report."""
    tally = Tally()
    gold = [g | {"_at": _anchor(report, g)} for g in report["events"]]
    pairs = []
    for i, g in enumerate(gold):
        where, bounds, exact = g["_at"]
        for j, p in enumerate(predictions):
            mine = [m for m in p["mentions"] if m["in"] == where]
            if p["type"] in g["types"] and any(meet(m["sentence"], bounds) for m in mine):
                fields = compare(g, p)
                near = any(meet(m["trigger"], exact) for m in mine)
                pairs.append((2 * near + sum(fields.values()), -i, -j, fields))
    matched: dict[int, int] = {}
    taken: set[int] = set()
    for _, i, j, fields in sorted(pairs, key=lambda p: p[:3], reverse=True):
        if -i in matched or -j in taken:
            continue
        matched[-i] = -j
        taken.add(-j)
        if not gold[-i].get("optional"):
            _count_hit(tally, report, gold[-i], predictions[-j], fields)
    _count_rest(tally, report, gold, predictions, matched, taken)
    return tally


def _anchor(report: Row, gold: Row) -> tuple[str, tuple[int, int], tuple[int, int]]:
    for where in ("text", "title"):
        passage = report.get(where) or ""
        at = passage.find(gold["anchor"])
        if at >= 0:
            exact = (at, at + len(gold["anchor"]))
            return where, _sentence(passage, *exact), exact
    raise UsageError(f"report {report['id']}: the anchor {gold['anchor']!r} stands neither in text nor title")


def _count_hit(tally: Tally, report: Row, gold: Row, predicted: Row, fields: dict[str, bool]) -> None:
    tally.hit += 1
    tally.whole += is_whole(fields)
    tally.asked.update(fields.keys())
    tally.right.update(k for k, v in fields.items() if v)
    tally.levels.append((predicted["confidence"], True))
    wrong = [k for k, v in fields.items() if not v]
    if wrong:
        tally.lines.append(f"{report['id']} wrong {', '.join(wrong)}: {predicted['type']} {gold['anchor']!r}")


def _count_rest(
    tally: Tally, report: Row, gold: list[Row], predictions: list[Row], matched: dict[int, int], taken: set[int]
) -> None:
    def stands_in(p: Row, g: Row) -> bool:
        return any(m["in"] == g["_at"][0] and meet(m["sentence"], g["_at"][1]) for m in p["mentions"])

    for i, g in enumerate(gold):
        if i not in matched and not g.get("optional"):
            tally.missed += 1
            tally.lines.append(f"{report['id']} missed {'|'.join(g['types'])}: {g['anchor']!r}")
            here = [p["type"] for p in predictions if stands_in(p, g)]
            tally.confusion[g["types"][0], here[0] if here else "nothing"] += 1
    for j, p in enumerate(predictions):
        if j in taken or any(g.get("optional") and i not in matched and stands_in(p, g) for i, g in enumerate(gold)):
            continue
        tally.spurious += 1
        tally.levels.append((p["confidence"], False))
        tally.lines.append(f"{report['id']} spurious {p['type']} {p['status']}: {p['mentions'][0]['text']!r}")
    for snippet in report.get("not_events") or []:
        at = report["text"].find(snippet)
        span = (at, at + len(snippet))
        tally.decoys += 1
        tally.decoys_hit += any(
            p["status"] == "actual" and any(m["in"] == "text" and meet(m["trigger"], span) for m in p["mentions"])
            for p in predictions
        )


def _intervals(tallies: list[Tally]) -> dict[str, tuple[float, float]]:
    """95 % bounds by resampling whole reports, seeded."""
    if len(tallies) < 2:
        return {}
    measures: dict[str, Callable[[Tally], float]] = {
        "precision": lambda t: t.precision,
        "recall": lambda t: t.recall,
        "event_f1": lambda t: t.f1,
        "record_f1": lambda t: t.record_f1,
    }
    rng = random.Random(7)
    drawn: dict[str, list[float]] = {k: [] for k in measures}
    for _ in range(ROUNDS):
        total = Tally()
        for tally in rng.choices(tallies, k=len(tallies)):
            for name in ("hit", "spurious", "missed", "whole"):
                setattr(total, name, getattr(total, name) + getattr(tally, name))
        for name, measure in measures.items():
            drawn[name].append(measure(total))
    return {k: (sorted(v)[int(0.025 * ROUNDS)], sorted(v)[int(0.975 * ROUNDS) - 1]) for k, v in drawn.items()}


def calibration_error(levels: list[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error over bins of equal width; 0 without predictions."""
    off = sum(count * abs(mean - share) for mean, count, share in reliability(levels, bins))
    return off / len(levels) if levels else 0.0


def reliability(levels: list[tuple[float, bool]], bins: int = 10) -> list[tuple[float, int, float]]:
    """(mean confidence, records, share of them right) of each bin of equal width that holds any, lowest first."""
    out = []
    for b in range(bins):
        inside = [(c, r) for c, r in levels if min(bins - 1, int(c * bins)) == b]
        if inside:
            count = len(inside)
            out.append((sum(c for c, _ in inside) / count, count, sum(r for _, r in inside) / count))
    return out


def curve(total: Tally) -> list[tuple[float, float, float]]:
    """(least confidence, precision, recall) in steps of a tenth."""
    out = []
    for level in (x / 10 for x in range(10)):
        kept = [r for c, r in total.levels if c >= level]
        out.append((level, sum(kept) / len(kept) if kept else 0.0, sum(kept) / max(1, total.hit + total.missed)))
    return out
