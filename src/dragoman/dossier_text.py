"""A dossier in words: the sentences of its summary, the headlines of its incidents, and the whole of it as Markdown."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from dragoman.dossier import QUADS, Debt, Dossier, Entry, Quote, Third
from dragoman.dossier_words import OWED, PEOPLE, days, number, span


def headline(entry: Entry) -> str:
    """An incident in a line: who, what, to whom, where."""
    whom = f" → {entry.whom}" if entry.whom else ""
    place = f", {entry.place}" if entry.place else ""
    return f"{entry.who or 'doer not told'}{whom}: {entry.act}{place}"


def standing(entry: Entry, tag: Callable[[str, str], str]) -> str:
    """Status, background, denial and breadth of an incident, each in a word, drawn by `tag(word, kind)`."""
    words = [(entry.status, "")]
    words += [("background", "")] if entry.historical else []
    words += [("contested", "denied")] if entry.denied_by else []
    words += [(f"{entry.documents} reports", "")] if entry.documents > 1 else []
    return " ".join(tag(word, kind) for word, kind in words)


def account(dossier: Dossier) -> list[tuple[str, tuple[str, ...]]]:
    """The summary in sentences, each with the ids of the incidents that it rests on."""
    figures = {f.label: f for f in dossier.figures}
    total = len(dossier.entries)
    conflict, peace = figures[QUADS[4]], figures[QUADS[2]]
    found: list[tuple[str, tuple[str, ...]]] = [
        (
            f"{dossier.documents} reports tell {total} incidents. Of these {conflict.incidents} are material conflict "
            f"({conflict.share:.0%} of the reports tell of it), {peace.incidents} material cooperation ({peace.share:.0%}), "
            f"{figures[QUADS[3]].incidents} conflict and {figures[QUADS[1]].incidents} cooperation in words.",
            (),
        )
    ]
    found += _tolls(dossier)
    if dossier.debts:
        counts = Counter(d.outcome for d in dossier.debts)
        told = ", ".join(f"{n} {outcome}" for outcome, n in sorted(counts.items(), key=lambda c: (-c[1], c[0])))
        at = f" as of {dossier.as_of}" if dossier.as_of else ""
        found.append((f"{len(dossier.debts)} promises, requests and threats were made: {told}{at}.", ()))
    between = [t for t in dossier.thirds if t.role in ("mediates", "offers to mediate", "hosts")]
    if between:
        names = ", ".join(dict.fromkeys(f"{t.name} ({t.role})" for t in between))
        ids = tuple(dict.fromkeys(t.incident.id for t in between))
        found.append((f"Between the parties: {names}.", ids))
    contested = [e.id for e in dossier.entries if e.denied_by]
    if contested:
        found.append(
            (
                f"{len(contested)} {'incident is' if len(contested) == 1 else 'incidents are'} denied by someone.",
                tuple(contested),
            )
        )
    return found


def _tolls(dossier: Dossier) -> Iterable[tuple[str, tuple[str, ...]]]:
    """The greatest number of killed and of displaced that any report gives."""
    for kind in ("killed", "displaced"):
        rows = [
            (c.high or 0.0, e, c) for e in dossier.entries for c in e.counts if c.kind == kind and e.status == "told"
        ]
        if rows:
            _, entry, count = max(rows, key=lambda r: (r[0], r[1].id))
            yield (
                f"The highest number of {kind} told of one incident is {span(count.low, count.high)} "
                f"({days(entry.start, entry.end)}).",
                (entry.id,),
            )


# --- Markdown --------------------------------------------------------------------------------------------------------

SPECIAL = re.compile(r"([\\`*_\[\]<>#|~!])")
"""What Markdown could take for markup, HTML included."""


def safe(text: str) -> str:
    """Text as one line in which Markdown sees no markup."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _code(ident: str) -> str:
    return "`" + " ".join(ident.split()).replace("`", "'").replace("|", "/") + "`"


def markdown(dossier: Dossier) -> str:
    """The dossier as Markdown: the same account without its drawings."""
    lines = [f"# {safe(dossier.title)}", ""]
    lines += [
        f"{days(dossier.start, dossier.end)}. Rests on {dossier.documents} reports, {dossier.events} tellings of {len(dossier.entries)} incidents. "
        f"Publishers: {safe(', '.join(dossier.publishers)) or 'none named'}.",
        "",
        "## In short",
        "",
    ]
    for text, ids in account(dossier):
        lines += [f"{safe(text)} {' '.join(map(_code, ids))}".rstrip(), ""]
    rows = [
        (f.label, number(f.incidents), f"{f.reports} of {dossier.documents}", f"{f.share:.0%}")
        for f in dossier.figures
        if f.incidents
    ]
    lines += _table(("incidents", "number", "reports", "share of reports"), rows)
    lines += _course(dossier)
    lines += ["## Who mediates, hosts and helps", "", *_thirds(dossier.thirds)]
    lines += ["## What was promised, asked and threatened", "", *_debts(dossier)]
    lines += ["## Contested", "", *_contested(dossier)]
    lines += ["## Casualties and displacement", "", *_people(dossier)]
    lines += ["## The incidents", ""]
    for entry in dossier.entries:
        lines += _incident(entry)
    return "\n".join(lines).rstrip() + "\n"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of cells that are Markdown already."""
    found = [f"| {' | '.join(row)} |" for row in rows]
    return [f"| {' | '.join(heads)} |", f"|{' --- |' * len(heads)}", *found, ""] if found else []


def _course(dossier: Dossier) -> list[str]:
    course = dossier.timeline
    rows = [(s.start, *(str(s.counts[q - 1]) for q in QUADS)) for s in course.stretches if any(s.counts)]
    if not rows:
        return []
    lines = ["## Conflict and cooperation over time", "", *_table((f"{course.unit} from", *QUADS.values()), rows)]
    for shift in course.shifts:
        lines += [
            f"Shift of the balance from {shift.start}: {shift.before:+.1f} to {shift.after:+.1f} a {course.unit}.",
            "",
        ]
    return lines


def _thirds(thirds: Sequence[Third]) -> list[str]:
    rows = [
        (
            safe(t.name),
            t.role,
            days(t.incident.start, t.incident.end),
            f"{safe(headline(t.incident))} {_code(t.incident.id)}",
            " ".join([*(f"{o} {_code(i)}" for o, i in t.outcomes), *(f"followed {_code(e.id)}" for e in t.followed)]),
        )
        for t in thirds
    ]
    return _table(("who", "does", "when", "incident", "what came of it"), rows) or [
        "The reports tell of no third party.",
        "",
    ]


def _debts(dossier: Dossier) -> list[str]:
    def row(debt: Debt) -> tuple[str, ...]:
        whom = f" → {debt.to}" if debt.to else ""
        proofs = "; ".join(f"{p.effect} {p.date or ''} {_code(p.quote.event_id)}" for p in debt.evidence)
        what = f"{OWED.get(debt.type, debt.type)}: {debt.owed}"
        return (
            debt.made or "",
            safe((debt.by or "not told") + whom),
            f"{safe(what)} {_code(debt.id)}",
            debt.due or "",
            debt.outcome,
            proofs,
        )

    lines = [f"Outcomes as of {dossier.as_of}.", ""] if dossier.debts and dossier.as_of else []
    table = _table(("made", "who", "what", "due", "outcome", "evidence"), map(row, dossier.debts))
    return [*lines, *table] or ["The reports tell of no promise, request or threat.", ""]


def _contested(dossier: Dossier) -> list[str]:
    lines: list[str] = []
    for entry in dossier.entries:
        if entry.denied_by:
            lines += [f"### {safe(headline(entry))} {_code(entry.id)}", ""]
            affirmed = ", ".join(entry.affirmed_by) or "the reports in their own voice"
            lines += [f"Affirmed by {safe(affirmed)}:", "", *(line for q in entry.quotes for line in _quote(q))]
            lines += [
                f"Denied by {safe(', '.join(entry.denied_by))}:",
                "",
                *(line for q in entry.denials for line in _quote(q)),
            ]
    return lines or ["The reports tell of no incident that somebody denies.", ""]


def _people(dossier: Dossier) -> list[str]:
    rows = [
        (c.kind, number(c.best), span(c.low, c.high), days(e.start, e.end), f"{safe(headline(e))} {_code(e.id)}")
        for e in dossier.entries
        for c in e.counts
        if c.kind in PEOPLE
    ]
    return _table(("kind", "number", "range", "when", "incident"), sorted(rows)) or [
        "The reports give no numbers of people.",
        "",
    ]


def _incident(entry: Entry) -> list[str]:
    lines = [f"### {entry.day or 'no date'} {safe(headline(entry))}", ""]
    lines += [f"{standing(entry, lambda word, _: f'({word})')} {_code(entry.id)}", ""]
    for quote in entry.quotes:
        lines += _quote(quote)
    return lines


def _quote(quote: Quote) -> list[str]:
    said = f", on the word of {', '.join(quote.speakers)}" if quote.speakers else ""
    source = f"{quote.publisher or 'publisher not named'}, {quote.published or 'no date'}{said}"
    words = f"{safe(quote.before)} **{safe(quote.trigger)}** {safe(quote.after)}".strip()
    return [f"> {words}", ">", f"> {safe(source)} {_code(quote.event_id)}", ""]
