"""A dossier as one page of HTML: no scripts, nothing loaded from elsewhere, every text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from itertools import groupby

from dragoman import __version__
from dragoman.dossier import QUADS, Debt, Dossier, Entry, Quote, Third
from dragoman.dossier_charts import draw_map, draw_network, draw_timeline, letter, marked, near_and_far, ties
from dragoman.dossier_style import STYLE
from dragoman.dossier_text import account, headline, standing
from dragoman.dossier_words import OWED, PEOPLE, days, number, span

LISTED = 500
"""Incidents listed in full; of more, those told by most publishers and reports."""

ROWS = 25
"""Rows of the tables that go with drawings."""

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
"""What a browser may load for the page: nothing but its own style."""


def html(dossier: Dossier) -> str:
    """The page, whole."""
    listed = _listed(dossier.entries)
    known = {e.id for e in listed}
    sections = [
        ("summary", "In short", _summary(dossier, known)),
        ("timeline", "Conflict and cooperation over time", _timeline(dossier, known)),
        ("thirds", "Who mediates, hosts and helps", _thirds(dossier.thirds, known)),
        ("commitments", "What was promised, asked and threatened", _debts(dossier, known)),
        ("contested", "Contested", _contested(dossier, known)),
        ("people", "Casualties and displacement", _people(dossier, known)),
        ("network", "Who has to do with whom", _network(dossier, known)),
        ("map", "Where", _map(dossier)),
        ("incidents", "The incidents", _incidents(dossier, listed)),
    ]
    shown = [s for s in sections if s[2]]
    nav = "".join(f'<a href="#{key}">{escape(name)}</a>' for key, name, _ in shown)
    body = "".join(
        f'<section aria-labelledby="{key}"><h2 id="{key}">{escape(name)}</h2>{text}</section>'
        for key, name, text in shown
    )
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(dossier.title)}: dossier</title><style>{STYLE}</style></head><body>"
        f"<header><h1>{escape(dossier.title)}</h1>{_lead(dossier)}"
        f'<nav aria-label="Contents">{nav}</nav></header><main>{body}</main>{_footer()}</body></html>\n'
    )


def _listed(entries: Sequence[Entry]) -> list[Entry]:
    if len(entries) <= LISTED:
        return list(entries)
    best = sorted(entries, key=lambda e: (-e.publishers, -e.documents, -e.confidence, e.id))[:LISTED]
    keep = {e.id for e in best}
    return [e for e in entries if e.id in keep]


def _lead(dossier: Dossier) -> str:
    sources = ", ".join(dossier.publishers)
    more = f"; {dossier.nameless} of the reports name no publisher" if dossier.nameless else ""
    return (
        f'<p class="lead">{escape(days(dossier.start, dossier.end))} · rests on {dossier.documents} reports, '
        f"{dossier.events} tellings of {len(dossier.entries)} incidents</p>"
        f'<p class="note">Publishers: {escape(sources or "none named")}{more}.</p>'
    )


def _footer() -> str:
    return (
        f"<footer><p>Made by dragoman {escape(__version__)} from stored records alone. An incident is what one or more reports "
        "tell as one happening; the numbers count what is reported, not all that happens. Each id names a record of the "
        "store: <code>dragoman export STORE --what incidents --where \"id = '…'\"</code>.</p></footer>"
    )


# --- small parts -----------------------------------------------------------------------------------------------------


def _cite(ident: str, known: set[str]) -> str:
    """An incident's id, as a link where the incident is listed."""
    safe = escape(ident, quote=True)
    return f'<a class="id" href="#i-{safe}">{safe}</a>' if ident in known else _code(ident)


def _code(ident: str) -> str:
    return f'<code class="id">{escape(ident)}</code>'


def _tag(word: str, kind: str = "") -> str:
    return f'<span class="tag {escape(kind, quote=True)}">{escape(word)}</span>'


def _table(
    heads: Sequence[str],
    rows: Iterable[Sequence[str]],
    caption: str = "",
    numbers: Sequence[str] = (),
    kind: str = "cards",
) -> str:
    """A table of cells that are HTML already; a row of one cell heads those below it.

    On narrow screens each row of kind `cards` becomes a card.
    """
    kinds = ["n" if h in numbers else "d" if h in ("when", "made", "due") else "" for h in heads]
    head = "".join(f'<th scope="col" class="{k}">{escape(h)}</th>' for h, k in zip(heads, kinds, strict=True))

    def line(row: Sequence[str]) -> str:
        if len(row) == 1:
            return f'<tr class="group"><td colspan="{len(heads)}">{row[0]}</td></tr>'
        cells = zip(heads, kinds, row, strict=True)
        inner = "".join(f'<td class="{k}" data-label="{escape(h, quote=True)}">{cell}</td>' for h, k, cell in cells)
        return f"<tr>{inner}</tr>"

    top = f"<caption>{escape(caption)}</caption>" if caption else ""
    return f'<table class="{kind}">{top}<thead><tr>{head}</tr></thead><tbody>{"".join(map(line, rows))}</tbody></table>'


def _when(entry: Entry) -> str:
    first, _, last = days(entry.start, entry.end).partition(" – ")
    return escape(first) + (f' <span class="to">– {escape(last)}</span>' if last else "")


def _quote(quote: Quote) -> str:
    return (
        f"<blockquote>{escape(_flat(quote.before))}<mark>{escape(_flat(quote.trigger))}</mark>{escape(_flat(quote.after))}"
        f"</blockquote>{_source(quote)}"
    )


def _flat(text: str) -> str:
    """White space as one blank; ends are kept, since the parts join."""
    words = " ".join(text.split())
    left = " " if text[:1].isspace() and words else ""
    right = " " if text[-1:].isspace() and words else ""
    return left + words + right if words else (" " if text else "")


def _source(quote: Quote) -> str:
    said = f"on the word of {', '.join(quote.speakers)} · " if quote.speakers else ""
    title = quote.title or ""
    if quote.url and quote.url.lower().startswith(("http://", "https://")):
        link = f'<a rel="noopener noreferrer" href="{escape(quote.url, quote=True)}">{escape(title or quote.url)}</a>'
    else:
        link = escape(title)
    parts = [escape(quote.publisher or "publisher not named"), escape(quote.published or "no date"), link]
    return (
        f'<p class="src">{escape(said)}{" · ".join(p for p in parts if p)} · report {_code(quote.document_id)}'
        f" · event {_code(quote.event_id)}</p>"
    )


def _none(text: str) -> str:
    return f'<p class="note">{escape(text)}</p>'


# --- sections --------------------------------------------------------------------------------------------------------


def _summary(dossier: Dossier, known: set[str]) -> str:
    said = "".join(
        f"<p>{escape(text)}{' ' if ids else ''}{' '.join(_cite(i, known) for i in ids)}</p>"
        for text, ids in account(dossier)
    )
    rows = [
        (
            escape(f.label),
            number(f.incidents),
            f"{f.reports} of {dossier.documents}",
            f'<span class="bar" style="width:{max(f.share * 6, 0.05):.2f}rem"></span> {f.share:.0%}',
        )
        for f in dossier.figures
        if f.incidents
    ]
    heads = ("incidents", "number", "reports", "share of reports")
    return said + _table(heads, rows, "What the figures rest on", ("number", "reports"), "fig")


def _key(extra: str = "") -> str:
    items = "".join(f'<li><span class="q{quad}"></span>{escape(name)}</li>' for quad, name in QUADS.items())
    return f'<ul class="key">{items}{extra}</ul>'


def _timeline(dossier: Dossier, known: set[str]) -> str:
    drawn = draw_timeline(dossier)
    if not drawn:
        return _none("No incident has a date narrow enough to be placed in time.")
    course, names = dossier.timeline, {e.id: e for e in dossier.entries}
    marks = "".join(
        f"<li>{escape(days(names[i].start, names[i].end))}: {escape(headline(names[i]))} {_cite(i, known)}</li>"
        for i in marked(dossier)
    )
    shifts = "".join(
        f"<li>Shift {letter(n)}, {course.unit} from {s.start}: from {s.before:+.1f} to {s.after:+.1f} a {course.unit}</li>"
        for n, s in enumerate(course.shifts)
    )
    shifted = (
        f"<h3>Shifts of the balance</h3><ul>{shifts}</ul>"
        if shifts
        else _none(
            f"No lasting shift of the balance between cooperation and conflict is found in these {course.unit}s."
        )
    )
    left = f" {course.left_out} more have no such date or lie outside." if course.left_out else ""
    note = (
        f"{course.counted} incidents told as having happened, by {course.unit}; dated to within a month.{left} "
        "Balance: incidents of cooperation less those of conflict; shifts found by PELT (Killick and others, 2012)."
    )
    head = f'<h3>Marked incidents</h3><ol class="marks">{marks}</ol>' if marks else ""
    wide = f'<div class="wide" tabindex="0" role="group" aria-label="Timeline, scrolls sideways">{drawn}</div>'
    return f"{_key()}{wide}{_none(note)}{head}{shifted}{_stretches(dossier)}"


def _stretches(dossier: Dossier) -> str:
    course = dossier.timeline
    rows = [(s.start, *(str(s.counts[q - 1]) for q in QUADS)) for s in course.stretches if any(s.counts)]
    table = _table((f"{course.unit} from", *QUADS.values()), rows, "", tuple(QUADS.values()))
    return f'<details><summary>The numbers of the timeline</summary><div class="in">{table}</div></details>'


def _thirds(thirds: Sequence[Third], known: set[str]) -> str:
    if not thirds:
        return _none("The reports tell of no third party between them.")
    rows: list[tuple[str, ...]] = []
    for name, acts in groupby(thirds, key=lambda t: t.name):
        mine = list(acts)
        rows.append((f"{escape(name)} ({len(mine)})",))
        rows += [_third(third, known) for third in mine]
    note = (
        "Outcome: how their own promise or request stands, and accords of the parties within a week that a report "
        "of it tells too. That one follows the other doesn't prove that it is due to it."
    )
    return _table(("does", "when", "incident", "outcome"), rows) + _none(note)


def _third(third: Third, known: set[str]) -> tuple[str, ...]:
    entry = third.incident
    followed = "; ".join(
        f"{escape(headline(e))} ({escape(e.day or '')}) {_cite(e.id, known)}" for e in third.followed[:FOLLOWED_SHOWN]
    )
    if len(third.followed) > FOLLOWED_SHOWN:
        followed += f" and {len(third.followed) - FOLLOWED_SHOWN} more"
    outcome = ", ".join(f"{escape(o)} {_code(i)}" for o, i in third.outcomes)
    after = "; ".join(t for t in (outcome, f"followed: {followed}" if followed else "") if t)
    return (escape(third.role), _when(entry), f"{escape(headline(entry))} {_cite(entry.id, known)}", after)


FOLLOWED_SHOWN = 3
"""Accords told after a mediation, at most."""


def _debts(dossier: Dossier, known: set[str]) -> str:
    if not dossier.debts:
        return _none("The reports tell of no promise, request or threat.")
    rows = [_debt(d, known) for d in dossier.debts]
    at = f"Outcomes as of {dossier.as_of}. " if dossier.as_of else ""
    note = at + "Open: nothing told yet and no deadline passed. Overdue: the deadline has passed and nothing is told."
    return _none(note) + _table(("made", "who", "what", "due", "outcome", "evidence"), rows)


def _debt(debt: Debt, known: set[str]) -> tuple[str, ...]:
    proofs = "<br>".join(
        f"{escape(p.effect)} {escape(p.date or '')}: “{escape(_flat(p.quote.trigger).strip())}”, "
        f"{escape(p.quote.publisher or p.quote.title or 'report')} {_code(p.quote.event_id)}"
        for p in debt.evidence
    )
    whom = f" → {escape(debt.to)}" if debt.to else ""
    due = escape(debt.due or "") + (f' <span class="to">“{escape(debt.due_text)}”</span>' if debt.due_text else "")
    extends = f"<br>prolongs {_code(debt.extends)}" if debt.extends else ""
    return (
        escape(debt.made or ""),
        f"{escape(debt.by or 'not told')}{whom}",
        f"{escape(OWED.get(debt.type, debt.type))}: {escape(debt.owed)}{extends} {_cite(debt.incident_id, known)} {_code(debt.id)}",
        due,
        _tag(debt.outcome, f"o-{debt.outcome}"),
        proofs,
    )


def _contested(dossier: Dossier, known: set[str]) -> str:
    found = [e for e in dossier.entries if e.denied_by]
    if not found:
        return _none("The reports tell of no incident that somebody denies.")
    return "".join(_sides(e, known) for e in found)


def _sides(entry: Entry, known: set[str]) -> str:
    affirmed = ", ".join(entry.affirmed_by) or "the reports in their own voice"
    denied = "".join(_quote(q) for q in entry.denials[:3]) or _none(
        "No record of its own tells the denial; its words stand in the reports on the left."
    )
    return (
        f"<h3>{escape(headline(entry))} ({escape(days(entry.start, entry.end))}) {_cite(entry.id, known)}</h3>"
        f'<div class="two"><div><h4>Affirmed by {escape(affirmed)}</h4>{"".join(_quote(q) for q in entry.quotes[:3])}</div>'
        f"<div><h4>Denied by {escape(', '.join(entry.denied_by))}</h4>{denied}</div></div>"
    )


def _people(dossier: Dossier, known: set[str]) -> str:
    found = [(PEOPLE.index(c.kind), e, c) for e in dossier.entries for c in e.counts if c.kind in PEOPLE]
    rows = [
        (
            count.kind,
            number(count.best),
            span(count.low, count.high),
            _when(entry),
            f"{escape(headline(entry))} {standing(entry, _tag)} {_cite(entry.id, known)}",
            str(count.reports),
        )
        for _, entry, count in sorted(found, key=lambda row: row[0])
    ]
    if not rows:
        return _none("The reports give no numbers of people.")
    note = (
        "Not added up: tolls of a day and tolls of a whole war stand side by side. Number: that of the latest report."
    )
    heads = ("kind", "number", "range", "when", "incident", "tellings")
    return _table(heads, rows, "", ("number", "range", "tellings")) + _none(note)


def _network(dossier: Dossier, known: set[str]) -> str:
    drawn = draw_network(dossier)
    if not drawn:
        return ""
    names, found = dict(dossier.names), ties(dossier.entries)
    rows = [
        (
            f"{escape(names.get(t.one, t.one))} and {escape(names.get(t.other, t.other))}",
            *(str(t.counts[q - 1]) for q in QUADS),
            " ".join(_cite(i, known) for i in t.entries[:3])
            + (f" and {len(t.entries) - 3} more" if len(t.entries) > 3 else ""),
        )
        for t in found[:ROWS]
    ]
    table = _table(("between", *QUADS.values(), "incidents"), rows, "", tuple(QUADS.values()))
    wide = f'<div class="wide" tabindex="0" role="group" aria-label="Network, scrolls sideways">{drawn}</div>'
    more = _none(f"{len(found) - ROWS} more pairs are not in the table.") if len(found) > ROWS else ""
    return f'{_key()}{wide}<details><summary>The numbers of the network</summary><div class="in">{table}{more}</div></details>'


def _map(dossier: Dossier) -> str:
    near, far = near_and_far(dossier)
    if not near:
        return ""
    rows = [
        (
            escape(s.name),
            escape(s.country or ""),
            f"{s.latitude:.2f}, {s.longitude:.2f}",
            str(s.cooperation),
            str(s.conflict),
        )
        for s in [*near, *far][: 2 * ROWS]
    ]
    key = (
        '<ul class="key"><li><span class="q2"></span>mostly cooperation</li><li><span class="q4"></span>mostly conflict</li>'
        '<li><span class="even"></span>as much of both</li></ul>'
    )
    table = _table(
        ("place", "country", "north, east", "cooperation", "conflict"), rows, "", ("cooperation", "conflict")
    )
    off = "; ".join(f"{s.name} {s.total}" for s in far)
    further = _none(f"Further off, not drawn: {off}.") if off else ""
    wide = f'<div class="wide" tabindex="0" role="group" aria-label="Map, scrolls sideways">{draw_map(near)}</div>'
    return f'{key}{wide}{further}<details><summary>The places</summary><div class="in">{table}</div></details>'


def _incidents(dossier: Dossier, listed: Sequence[Entry]) -> str:
    left = len(dossier.entries) - len(listed)
    top = _none(
        "Each opens to its reports, with the words that tell it marked."
        + (f" The {len(listed)} most widely told; {left} more are in the store and in --format json." if left else "")
    )
    parts = [top]
    for month, group in groupby(listed, key=lambda e: (e.day or "")[:7]):
        parts.append(f"<h3>{escape(month or 'Without a date')}</h3>")
        parts += [_incident(e) for e in group]
    return "".join(parts)


def _incident(entry: Entry) -> str:
    quotes = "".join(_quote(q) for q in entry.quotes)
    denials = f"<h4>Denied by {escape(', '.join(entry.denied_by))}</h4>" if entry.denied_by else ""
    denials += "".join(_quote(q) for q in entry.denials)
    return (
        f'<details id="i-{escape(entry.id, quote=True)}"><summary><span class="when">{escape(entry.day or "no date")}</span>'
        f'<span class="stripe q{entry.quad}"></span>{escape(headline(entry))} {standing(entry, _tag)}</summary>'
        f'<div class="in">{_facts(entry)}{quotes}{denials}</div></details>'
    )


def _facts(entry: Entry) -> str:
    facts = [
        ("incident", _code(entry.id)),
        ("date", escape(f"{days(entry.start, entry.end)} ({BASES.get(entry.basis, entry.basis)})")),
        (
            "kind",
            escape(" / ".join(p for p in (entry.type, entry.mode, entry.prospect) if p))
            + f", CAMEO {escape(entry.cameo)}",
        ),
        ("place", escape(", ".join(p for p in (entry.place, entry.country) if p))),
        ("numbers", escape("; ".join(f"{c.kind} {span(c.low, c.high)}" for c in entry.counts))),
        (
            "told by",
            escape(
                f"{entry.documents} {'report' if entry.documents == 1 else 'reports'}, {entry.publishers} independent"
            ),
        ),
        ("affirmed by", escape(", ".join(entry.affirmed_by))),
        ("reports differ", escape("; ".join(entry.spread))),
        ("confidence", f"{entry.confidence:.2f}"),
    ]
    return "<dl>" + "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value) + "</dl>"


BASES = {
    "expression": "from the text",
    "inherited": "from the sentence before",
    "publication": "day of publication",
    "unknown": "not told",
}
"""Where a date comes from."""
