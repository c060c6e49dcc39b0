"""What was promised, asked or threatened, and what became of it.

A commitment is opened by an incident of AGREE, CONCEDE, REQUEST or THREATEN with a prospect. Later events bear on it:
the deed itself keeps it, the deed told as not done breaks it, as does force during a truce; its addressee's refusal
refuses it, its maker's words withdraw it. All that bears on it is kept with its day, so that the outcome can be told as
of any day. Where more than one decides, the first does, but for a deed that is told in so many words to have been done.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.likeness import Party, Profile, alike, party
from dragoman.merging import telling
from dragoman.records import Commitment, Effect, Evidence, Incident, Outcome, Prospect, stable_id
from dragoman.traits import OPENERS, linking_words, tokens

HORIZON = 400
"""Days after which a deed is no more taken for the keeping of a commitment without a deadline."""

GRACE = 7
"""Days after the deadline within which a deed still keeps it: reports date deeds loosely."""

LATE = 365
"""Days after the deadline within which a deed is told to have come late, and so broke it."""

TRUCE = 30
"""Days for which a truce without a told end counts as under trial."""

MATCH = 0.5
"""Least weight of a deed that keeps a commitment; see `_bearing`."""

OBJECT = 1.0
"""The deed's object is that of the commitment: the same person, place or thing is named."""

OTHER_OBJECT = -1.5
"""Both name an object, and none is shared: freed someone else."""

WORD = 0.2
"""A content word shared, up to five."""

DOER = 0.5
"""The doer is the one who owes it."""

BREACH = "196"
"""CAMEO: a ceasefire broken by arms."""

KINSHIP: Mapping[str, frozenset[str]] = {
    "CONSULT": frozenset({"CONSULT"}),
    "SUPPORT": frozenset({"SUPPORT"}),
    "COOPERATE": frozenset({"COOPERATE", "CONSULT"}),
    "AID": frozenset({"AID", "MOBILIZE"}),
    "RETREAT": frozenset({"RETREAT"}),
    "CONCEDE": frozenset({"CONCEDE", "RETREAT"}),
    "ASSAULT": frozenset({"ASSAULT"}),
    "COERCE": frozenset({"COERCE"}),
    "SANCTION": frozenset({"SANCTION"}),
    "MOBILIZE": frozenset({"MOBILIZE", "ASSAULT"}),
    "PROTEST": frozenset({"PROTEST"}),
    "AGREE": frozenset({"AGREE", "SUPPORT", "CONSULT"}),
}
"""Types of the deed by type of the prospect; a type not listed is its own."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A commitment with what is needed to find what bears on it."""

    commitment: Commitment
    made: tuple[Profile, ...]
    doers: tuple[Party, ...]
    """Who has to do it: its maker, or the addressee of a request."""
    others: tuple[Party, ...]
    day: int
    due: int | None
    names: frozenset[str]
    words: frozenset[str]


def commitments(incidents: Sequence[Incident], profiles: Mapping[str, Profile], day: str | None) -> list[Commitment]:
    """The commitments that the incidents open, as they stand on a day (ISO; None: on that of the last report)."""
    day = day or max((p.event.published for p in profiles.values() if p.event.published), default=None)
    opened = [o for i in incidents if (o := _open(i, profiles)) is not None]
    opened.sort(key=lambda o: (o.day, o.commitment.id))
    index = _Index(profiles.values())
    found = []
    for owed in opened:
        evidence = tuple(sorted(_evidence(owed, index), key=lambda e: (e.date or "", e.published or "", e.event_id)))
        commitment = replace(owed.commitment, evidence=evidence, extends=_extended(owed, opened))
        found.append(replace(as_of(commitment, day), evidence=evidence) if day else commitment)
    return sorted(found, key=lambda c: (c.date or "", c.id))


def _open(incident: Incident, profiles: Mapping[str, Profile]) -> Owed | None:
    if incident.type not in OPENERS or incident.prospect is None or incident.status != "actual":
        return None
    told = [profiles[r.event_id] for r in incident.reports if r.event_id in profiles]
    made = [p for p in told if not _takes_back(p)]
    day = next((d for d in (made[0].event.date.end if made else None, incident.date.end, incident.first_report) if d), None)
    if not made or day is None:
        return None
    day = min(d for d in (day, incident.first_report) if d)
    due, due_text = _due(made, incident)
    commitment = Commitment(
        id=stable_id("commitment", incident.id),
        incident_id=incident.id,
        made=tuple(telling(p.event) for p in made),
        by=incident.actors,
        to=incident.recipients,
        type=incident.type,
        prospect=incident.prospect,
        date=day,
        due=due,
        due_text=due_text,
        extends=None,
        outcome="open",
        as_of=None,
        evidence=(),
        confidence=incident.confidence,
    )
    by = _distinct(q for p in made for q in p.actors)
    to = _distinct(q for p in made for q in p.recipients)
    doers, others = (to, by) if incident.type == "REQUEST" else (by, to)
    names = frozenset(n for p in made for n in p.names)
    words = frozenset(w for p in made for w in p.words)
    return Owed(commitment, tuple(made), doers, others, _ordinal(day), _ordinal(due) if due else None, names, words)


def _distinct(parts: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(dict.fromkeys(parts))


def _ordinal(day: str) -> int:
    return datetime.date.fromisoformat(day).toordinal()


def _due(made: Sequence[Profile], incident: Incident) -> tuple[str | None, str | None]:
    """The deadline that most reports tell, else the earliest told; a date of the promise that lies ahead is one too."""
    told = sorted((p.trait.due, p.trait.due_text) for p in made if p.trait.due is not None)
    if told:
        return max(told, key=lambda d: (sum(d[0] == e[0] for e in told), -_ordinal(d[0] or "9999-12-31")))
    for profile in made:
        date = profile.event.date
        if date.end is not None and date.basis == "expression" and date.end > (profile.event.published or date.end):
            return date.end, date.text
    return None, None


def _takes_back(profile: Profile) -> bool:
    return "withdrawn" in profile.trait.cues


# --- what bears on it --------------------------------------------------------------------------------------------


class _Index:
    """Events by type and country, so that each commitment looks at few."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self.rows: dict[tuple[str, str], dict[str, Profile]] = defaultdict(dict)
        for profile in profiles:
            for country in _countries((*profile.actors, *profile.recipients)) or {""}:
                self.rows[profile.event.type, country][profile.event.id] = profile

    def find(self, types: Iterable[str], parties: Iterable[Party]) -> list[Profile]:
        """The events of these types in which one of these countries takes part, by day."""
        found: dict[str, Profile] = {}
        for type_ in types:
            for country in _countries(parties) | {""}:
                found |= self.rows.get((type_, country), {})
        return sorted(found.values(), key=lambda p: (p.end or 0, p.event.id))


def _countries(parties: Iterable[Party]) -> set[str]:
    return {p.country or p.entity or "" for p in parties}


def _evidence(owed: Owed, index: _Index) -> Iterable[Evidence]:
    own = {p.event.id for p in owed.made}
    prospect = owed.commitment.prospect
    types = KINSHIP.get(prospect.type, frozenset({prospect.type}))
    everyone = (*owed.doers, *owed.others)
    for profile in index.find(types, owed.doers or everyone):
        if profile.event.id not in own:
            yield from _deed(owed, profile, prospect)
    if prospect.mode == "ceasefire":
        for profile in index.find({"ASSAULT", "SANCTION"}, everyone):
            yield from _breach(owed, profile)
    for profile in index.find({"REJECT"}, everyone):
        yield from _refusal(owed, profile)
    for profile in index.find({*OPENERS, "SANCTION", "REJECT"}, owed.doers if owed.commitment.type != "REQUEST" else owed.others):
        if profile.event.id not in own:
            yield from _withdrawal(owed, profile)


def _note(profile: Profile, effect: Effect, reasons: Sequence[str]) -> Evidence:
    t = telling(profile.event)
    event = profile.event
    day = event.date.end if event.date.basis != "unknown" else None
    day = min(d for d in (day, event.published) if d) if day or event.published else None
    return Evidence(t.document_id, t.event_id, t.published, t.where, t.sentence, t.trigger, effect, day, tuple(reasons))


def _after(owed: Owed, profile: Profile, until: int) -> bool:
    """Whether an event lies after the making, or is told later and may lie after it, and before a day."""
    if profile.start is None or profile.end is None:
        return False
    later = profile.event.published is not None and _ordinal(profile.event.published) > owed.day
    begins = profile.start >= owed.day if profile.width <= 1 else profile.end > owed.day
    return later and begins and profile.start <= until


def _fits(parties: Iterable[Party], others: Sequence[Party]) -> bool:
    return any(alike(p, q) > 0.3 for p in parties for q in others)


def _deed(owed: Owed, profile: Profile, prospect: Prospect) -> Iterable[Evidence]:
    event = profile.event
    due = owed.due
    if event.status not in ("actual", "negated") or not _after(owed, profile, (due + LATE) if due else owed.day + HORIZON):
        return
    if prospect.mode is not None and event.mode is not None and prospect.mode != event.mode and not _same_group(prospect, event.mode):
        return
    weight, reasons = _bearing(owed, profile)
    if event.status == "negated" or "failed" in profile.trait.cues:
        if weight >= MATCH and not _fits_speaker(profile, owed.doers):
            yield _note(profile, "broken", [*reasons, "told as not done"])
        return
    if weight < MATCH:
        return
    if due is not None and profile.start is not None and profile.start > due + GRACE and event.date.basis not in ("publication", "unknown"):
        yield _note(profile, "broken", [*reasons, "done late"])
    else:
        yield _note(profile, "kept", reasons)


def _same_group(prospect: Prospect, mode: str) -> bool:
    groups = linking_words().mode_groups.get(prospect.type, ())
    return any(prospect.mode in g and mode in g for g in groups)


def _fits_speaker(profile: Profile, doers: Sequence[Party]) -> bool:
    """Whether one who owes it says so himself, which is a denial and no failure."""
    return any(_fits([party(a.speaker)], doers) for a in profile.event.attribution)


def _bearing(owed: Owed, profile: Profile) -> tuple[float, list[str]]:
    """How much a deed looks like what is owed, and why."""
    event = profile.event
    mutual = owed.commitment.prospect.type in ("CONSULT", "SUPPORT", "COOPERATE")
    doing = profile.actors if not mutual else (*profile.actors, *profile.recipients)
    if not doing or not owed.doers or not _fits(doing, owed.doers):
        return -1.0, []
    weight, reasons = DOER, ["doer"]
    shared = owed.words & profile.words
    if shared:
        weight += min(5, len(shared)) * WORD
        reasons.append(f"words {' '.join(sorted(shared))}")
    objects = owed.names | {w for p in owed.others for w in p.words}
    theirs = profile.names | {w for p in profile.recipients for w in p.words}
    same = objects & theirs
    if same:
        weight += OBJECT
        reasons.append(f"object {' '.join(sorted(same))}")
    elif _names_object(owed) and profile.recipients and event.type in ("RETREAT", "AID", "COERCE"):
        weight += OTHER_OBJECT
    if owed.others and mutual and _fits(doing, owed.others):
        weight += DOER
        reasons.append("addressee")
    return weight, reasons


def _names_object(owed: Owed) -> bool:
    return bool(owed.others) and owed.commitment.prospect.mode in ("release", "arrest", None)


def _breach(owed: Owed, profile: Profile) -> Iterable[Evidence]:
    """Force by a party during a truce, or a party's word that it is over."""
    event = profile.event
    ends = owed.due if owed.due is not None else owed.day + TRUCE
    if event.status != "actual" or not _after(owed, profile, ends) or owed.commitment.type == "REQUEST":
        return
    doing = profile.actors
    if event.type == "SANCTION":
        if event.mode == "discontinue" and _fits(doing, owed.doers) and not event.recipients:
            yield _note(profile, "withdrawn", ["ended by its maker"])
        return
    if event.date.basis in ("publication", "unknown") and event.historical:
        return
    sides = _fits(doing, owed.doers) and (not event.recipients or not owed.others or _fits(profile.recipients, owed.others))
    other = bool(owed.others) and _fits(doing, owed.others) and _fits(profile.recipients, owed.doers)
    broken = event.cameo == BREACH or ((sides or other) and (profile.end is None or profile.end <= ends))
    if broken and profile.width <= 31:
        yield _note(profile, "broken", ["force during the truce"])


def _refusal(owed: Owed, profile: Profile) -> Iterable[Evidence]:
    event, prospect = profile.event, owed.commitment.prospect
    addressees = owed.doers if owed.commitment.type == "REQUEST" else owed.others
    if event.status != "actual" or not _after(owed, profile, owed.day + HORIZON) or not _fits(profile.actors, addressees):
        return
    same = event.prospect is not None and event.prospect.type == prospect.type
    if event.prospect is not None and not same:
        return
    shared = (owed.words | owed.names) & (profile.words | profile.names)
    if same or (len(shared) >= 2 and profile.start is not None and profile.start - owed.day <= 60):
        yield _note(profile, "refused", ["addressee", *(["same deed"] if same else []), f"words {' '.join(sorted(shared))}"])


def _withdrawal(owed: Owed, profile: Profile) -> Iterable[Evidence]:
    """The maker's words that take it back: "dropped its threat to", "has withdrawn its offer of"."""
    event, prospect = profile.event, owed.commitment.prospect
    makers = owed.others if owed.commitment.type == "REQUEST" else owed.doers
    if event.status != "actual" or not _after(owed, profile, owed.day + HORIZON) or not _fits(profile.actors, makers):
        return
    said = "withdrawn" in profile.trait.cues or bool(linking_words().taking_back & set(tokens(event.mentions[0].text)))
    if not said:
        return
    same = event.prospect is not None and event.prospect.type == prospect.type and event.type == owed.commitment.type
    shared = (owed.words | owed.names) & (profile.words | profile.names)
    if same or len(shared) >= 2:
        yield _note(profile, "withdrawn", ["maker", f"words {' '.join(sorted(shared))}"])


def _extended(owed: Owed, opened: Sequence[Owed]) -> str | None:
    """The latest earlier commitment of the same maker to the same that this one prolongs in words."""
    told = any(
        "prolonged" in p.trait.cues or linking_words().prolonging & set(tokens(p.event.mentions[0].text)) for p in owed.made
    )
    if not told:
        return None
    before = [
        o
        for o in opened
        if o.commitment.id != owed.commitment.id
        and o.day < owed.day
        and o.commitment.prospect.type == owed.commitment.prospect.type
        and (o.commitment.prospect.mode or owed.commitment.prospect.mode) == (owed.commitment.prospect.mode or o.commitment.prospect.mode)
        and _fits(o.doers, owed.doers)
    ]
    return before[-1].commitment.id if before else None


# --- outcomes ----------------------------------------------------------------------------------------------------


def as_of(commitment: Commitment, day: str) -> Commitment:
    """The commitment as it stands at the end of a day (ISO): only what had been reported by then counts."""
    known = [e for e in commitment.evidence if (e.date or "") <= day and (e.published or "") <= day]
    return replace(commitment, outcome=_outcome(commitment, known, day), as_of=day, evidence=tuple(known))


def _outcome(commitment: Commitment, known: Sequence[Evidence], day: str) -> Outcome:
    kept = [e for e in known if e.effect == "kept"]
    against = [e for e in known if e.effect != "kept"]
    first = kept and not any((e.date or "") <= (kept[0].date or "") for e in against)
    if first and (commitment.prospect.mode != "ceasefire" or not against or commitment.due is None):
        return "kept"
    if against:
        return against[0].effect
    if kept:
        return "kept"
    if commitment.due is not None and commitment.due < day:
        return "overdue"
    return "open"
