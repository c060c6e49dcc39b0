"""What was promised, asked or threatened, and what became of it.

A commitment is opened by an incident of AGREE, CONCEDE, REQUEST or THREATEN with a prospect. Later events bear on it:
the deed itself keeps it, the deed told as not done breaks it, as does force during a truce; its addressee's refusal
refuses it, its maker's words withdraw it. All that bears on it is kept with its day, so that the outcome can be told as
of any day. Where more than one decides, the first does, but for a deed that is told in so many words to have been done.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from dragoman.likeness import Party, Profile, alike
from dragoman.records import Commitment, Effect, Evidence, Incident, Outcome, Prospect, stable_id
from dragoman.traits import OPENERS, linking_words

HORIZON = 400
"""Days after which a deed is no more taken for the keeping of a commitment without a deadline."""

GRACE = 7
"""Days after the deadline within which a deed still keeps it: reports date deeds loosely."""

LATE = 365
"""Days after the deadline within which a deed is told to have come late, and so broke it."""

LATE_MATCH = 1.9
"""Least weight of a deed that came late: past the deadline, only what is clearly the same deed counts."""

TRUCE = 30
"""Days for which a truce without a told end counts as under trial."""

MATCH = 0.65
"""Least weight of a deed that keeps a commitment; see `_bearing`."""

OBJECT = 1.0
"""The deed's object is that of the commitment: the same person, place or thing is named."""

OTHER_OBJECT = -1.5
"""Both name an object, and none is shared: freed someone else."""

WORD = 0.2
"""A content word shared, up to five."""

DOER = 0.5
"""The doer is the one who owes it; alone it is too little, for states meet and fight all the time."""

FULFILLED = 0.5
"""The report itself says that a promise was kept by it."""

MANNER = 0.2
"""The mode is the one that is owed."""

SPAN = 120
"""Days that the date of a deed may leave open."""

MUTUAL = frozenset({"CONSULT", "SUPPORT", "COOPERATE"})
"""Deeds that parties do together."""

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

BEARING = frozenset(
    {*OPENERS, "ASSAULT", "SANCTION", "REJECT", "ACCUSE", *KINSHIP, *(t for k in KINSHIP.values() for t in k)}
)
"""Types of all events that may bear on a commitment."""


@dataclass(frozen=True, slots=True)
class Owed:
    """A commitment with what is needed to find what bears on it."""

    commitment: Commitment
    made: tuple[Profile, ...]
    doers: tuple[Party, ...]
    """Who has to do it: its maker, or the addressee of a request."""
    others: tuple[Party, ...]
    day: int
    told: int
    """The day of its first report."""
    due: int | None
    names: frozenset[str]
    words: frozenset[str]


def opened(incident: Incident, profiles: Mapping[str, Profile]) -> Owed | None:
    """What an incident owes; None where it opens nothing. `profiles` holds those of its reports."""
    if incident.type not in OPENERS or incident.prospect is None or incident.status != "actual":
        return None
    told = [profiles[r.event_id] for r in incident.reports if r.event_id in profiles]
    made = [p for p in told if not _takes_back(p)]
    day = next((d for d in (_iso(made[0].end) if made else None, incident.date.end, incident.first_report) if d), None)
    if not made or day is None:
        return None
    day = min(d for d in (day, incident.first_report) if d)
    due, due_text = _due(made)
    commitment = Commitment(
        id=stable_id("commitment", incident.id),
        incident_id=incident.id,
        made=tuple(p.telling for p in made),
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
    told_on = _ordinal(incident.first_report or day)
    return Owed(
        commitment, tuple(made), doers, others, _ordinal(day), told_on, _ordinal(due) if due else None, names, words
    )


def _distinct(parts: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(dict.fromkeys(parts))


def _ordinal(day: str) -> int:
    return datetime.date.fromisoformat(day).toordinal()


def _iso(day: int | None) -> str | None:
    return None if day is None else datetime.date.fromordinal(day).isoformat()


def _due(made: Sequence[Profile]) -> tuple[str | None, str | None]:
    """The deadline that most reports tell, else the earliest told; a date of the promise that lies ahead is one too."""
    told = sorted((p.due, p.due_text) for p in made if p.due is not None)
    if told:
        return max(told, key=lambda d: (sum(d[0] == e[0] for e in told), -_ordinal(d[0] or "9999-12-31")))
    for profile in made:
        ahead = profile.published is not None and (_iso(profile.start) or "") > profile.published
        if ahead and profile.basis == "expression":
            return _iso(profile.end), profile.date_text
    return None, None


def _takes_back(profile: Profile) -> bool:
    return "withdrawn" in profile.cues


# --- what bears on it --------------------------------------------------------------------------------------------


class Index:
    """Events by type and country, so that each commitment looks at few.

    Events come in order of their last day, and what lies before the first day that is still asked for may be let go.
    """

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], list[tuple[int, str, Profile]]] = defaultdict(list)

    def add(self, profile: Profile) -> None:
        """One more event, that ends no earlier than those that are there."""
        row = (profile.end or 0, profile.id, profile)
        parts = (*profile.actors, *profile.recipients)
        for key in _countries(parts) | {f"~{word}" for p in parts for word in p.words}:
            self.rows[profile.type, key].append(row)

    def forget(self, day: int) -> None:
        """Lets go what ends before a day."""
        for rows in self.rows.values():
            del rows[: bisect_left(rows, day, key=lambda r: r[0])]

    def find(self, types: Iterable[str], parties: Iterable[Party], first: int, last: int) -> list[Profile]:
        """The events of these types, of a span of days, in which one of these countries takes part, by day.

        Where a party's country isn't known, those in which a party shares a word with one of these: no other is alike.
        """
        found: dict[str, Profile] = {}
        parties = tuple(parties)
        wanted = _countries(parties)
        if ANYWHERE in wanted:
            wanted |= {f"~{word}" for p in parties for word in p.words}
        for type_ in sorted(types):
            for key in sorted(wanted):
                rows = self.rows.get((type_, key), [])
                begin = bisect_left(rows, first, key=lambda r: r[0])
                for end, ident, profile in rows[begin:]:
                    if end > last:
                        break
                    found[ident] = profile
        return sorted(found.values(), key=lambda p: (p.end or 0, p.id))


ANYWHERE = ""


def _countries(parties: Iterable[Party]) -> set[str]:
    return {p.country or p.entity or ANYWHERE for p in parties}


def until(owed: Owed) -> int:
    """The last day on which something may bear on it, as an ordinal."""
    return max(owed.due + LATE if owed.due is not None else 0, owed.day + HORIZON) + SPAN


def evidence(owed: Owed, index: Index) -> tuple[Evidence, ...]:
    """All that bears on a commitment, by day; the index holds what ends from its making to `until` it."""
    return tuple(sorted(_evidence(owed, index), key=lambda e: (e.date or "", e.published or "", e.event_id)))


def _evidence(owed: Owed, index: Index) -> Iterable[Evidence]:
    own = {p.id for p in owed.made}
    prospect = owed.commitment.prospect
    types = KINSHIP.get(prospect.type, frozenset({prospect.type}))
    everyone = (*owed.doers, *owed.others)
    last = until(owed)

    def near(kinds: Iterable[str], parties: Sequence[Party]) -> Iterable[Profile]:
        return (p for p in index.find(kinds, parties, owed.day, last) if p.id not in own)

    for profile in near(types, everyone if prospect.type in MUTUAL or not owed.doers else owed.doers):
        yield from _deed(owed, profile, prospect)
    if prospect.mode == "ceasefire":
        for profile in near({"ASSAULT", "SANCTION"}, everyone):
            yield from _breach(owed, profile)
    for profile in near({"REJECT"}, everyone):
        yield from _refusal(owed, profile)
    for profile in near(
        {*OPENERS, "SANCTION", "REJECT"}, owed.others if owed.commitment.type == "REQUEST" else owed.doers
    ):
        yield from _withdrawal(owed, profile)


def _note(profile: Profile, effect: Effect, reasons: Sequence[str]) -> Evidence:
    t = profile.telling
    day = _iso(profile.end) if profile.basis != "unknown" else None
    day = min(d for d in (day, profile.published) if d) if day or profile.published else None
    return Evidence(t.document_id, t.event_id, t.published, t.where, t.sentence, t.trigger, effect, day, tuple(reasons))


def _after(owed: Owed, profile: Profile, until: int) -> bool:
    """Whether an event lies after the making, or may do so and is told later, and before a day."""
    if profile.start is None or profile.end is None or profile.start > until:
        return False
    later = profile.published is not None and _ordinal(profile.published) > owed.told
    if not later:
        return profile.day is not None and profile.start > owed.day
    return profile.start >= owed.day if profile.width <= 1 else profile.end > owed.day


def _fits(parties: Iterable[Party], others: Sequence[Party]) -> bool:
    return any(alike(p, q) > 0.3 for p in parties for q in others)


def _deed(owed: Owed, profile: Profile, prospect: Prospect) -> Iterable[Evidence]:
    due = owed.due
    if profile.status not in ("actual", "negated") or not _after(
        owed, profile, (due + LATE) if due else owed.day + HORIZON
    ):
        return
    if (
        prospect.mode is not None
        and profile.mode is not None
        and prospect.mode != profile.mode
        and not _same_group(prospect, profile.mode)
    ):
        return
    weight, reasons = _bearing(owed, profile)
    if profile.status == "negated" or "failed" in profile.cues:
        if weight >= MATCH and not _fits_speaker(profile, owed.doers):
            yield _note(profile, "broken", [*reasons, "told as not done"])
        return
    if weight < MATCH:
        return
    truce = prospect.mode == "ceasefire" and owed.commitment.type != "REQUEST" and profile.basis == "expression"
    if truce and profile.start is not None and profile.start > (due if due is not None else owed.day + TRUCE):
        return  # one that begins only after this one has run out, or long after it was made, is another
    dated = profile.basis not in ("publication", "unknown")
    if due is None or profile.start is None or profile.start <= due + GRACE or not dated:
        yield _note(profile, "kept", reasons)
    elif prospect.mode != "ceasefire" and weight >= LATE_MATCH:
        yield _note(profile, "broken", [*reasons, LATELY])


LATELY = "done late"


def _same_group(prospect: Prospect, mode: str) -> bool:
    groups = linking_words().mode_groups.get(prospect.type, ())
    return any(prospect.mode in g and mode in g for g in groups)


def _fits_speaker(profile: Profile, doers: Sequence[Party]) -> bool:
    """Whether one who owes it says so himself, which is a denial and no failure."""
    return _fits(profile.speakers, doers)


def _bearing(owed: Owed, profile: Profile) -> tuple[float, list[str]]:
    """How much a deed looks like what is owed, and why."""
    mutual = owed.commitment.prospect.type in MUTUAL
    doing = (*profile.actors, *profile.recipients) if mutual else profile.actors
    if not _fits(doing, (*owed.doers, *owed.others) if mutual else owed.doers):
        return -1.0, []
    weight, reasons = DOER, ["doer"]
    if owed.commitment.prospect.mode is not None and profile.mode == owed.commitment.prospect.mode:
        weight += MANNER
        reasons.append(f"mode {profile.mode}")
    if "fulfilled" in profile.cues:
        weight += FULFILLED
        reasons.append("told as promised")
    own = {w for p in owed.doers for w in p.words}
    shared = owed.words.intersection(profile.words) - own
    if shared:
        weight += min(5, len(shared)) * WORD
        reasons.append(f"words {' '.join(sorted(shared))}")
    objects, theirs = _objects(owed), {w for p in profile.recipients for w in p.words}
    same = ((objects | owed.names) & theirs.union(profile.names)) | (owed.words & theirs) - own
    known = {p.entity for p in owed.others if p.entity} & {p.entity for p in profile.recipients}
    if same or (known and not mutual):
        weight += OBJECT
        reasons.append(f"object {' '.join(sorted(same or {k for k in known if k}))}")
    elif objects and theirs and not mutual:
        weight += OTHER_OBJECT
    if mutual and owed.others and owed.doers and _fits(doing, owed.others) and _fits(doing, owed.doers):
        weight += DOER
        reasons.append("addressee")
    return weight, reasons


def _objects(owed: Owed) -> set[str]:
    """Words of whom or what the deed is to be done to; a request's addressee is its doer, no object."""
    return set() if owed.commitment.type == "REQUEST" else {w for p in owed.others for w in p.words}


def _breach(owed: Owed, profile: Profile) -> Iterable[Evidence]:
    """Force between the parties during a truce, or a party's word that it is over."""
    ends = owed.due if owed.due is not None else owed.day + TRUCE
    if profile.status != "actual" or not _after(owed, profile, ends) or owed.commitment.type == "REQUEST":
        return
    if profile.type == "SANCTION":
        if profile.mode == "discontinue" and _fits(profile.actors, owed.doers) and not profile.recipients:
            yield _note(profile, "withdrawn", ["ended by its maker"])
        return
    sides = (*owed.doers, *owed.others)
    if profile.width > 31 or profile.end is None or profile.end > ends or not _fits(profile.actors, sides):
        return
    armed = [p for p in profile.recipients if p.side in ("state", "rebel") and p.country in _countries(sides)]
    if profile.cameo == BREACH or armed or profile.mutual:
        yield _note(profile, "broken", ["force during the truce"])


def _refusal(owed: Owed, profile: Profile) -> Iterable[Evidence]:
    prospect = owed.commitment.prospect
    addressees = owed.doers if owed.commitment.type == "REQUEST" else owed.others
    if (
        profile.status != "actual"
        or not _after(owed, profile, owed.day + HORIZON)
        or not _fits(profile.actors, addressees)
    ):
        return
    same = profile.prospect is not None and profile.prospect.type == prospect.type
    if profile.prospect is not None and not same:
        return
    shared = _common(owed, profile)
    if same or (len(shared) >= 2 and profile.start is not None and profile.start - owed.day <= 60):
        yield _note(
            profile, "refused", ["addressee", *(["same deed"] if same else []), f"words {' '.join(sorted(shared))}"]
        )


def _common(owed: Owed, profile: Profile) -> set[str]:
    """Telling words of both, other than those of the parties."""
    own = {w for p in (*owed.doers, *owed.others) for w in p.words}
    return set(owed.words | owed.names).intersection((*profile.words, *profile.names)) - own


def _withdrawal(owed: Owed, profile: Profile) -> Iterable[Evidence]:
    """The maker's words that take it back: "dropped its threat to", "has withdrawn its offer of"."""
    prospect = owed.commitment.prospect
    makers = owed.others if owed.commitment.type == "REQUEST" else owed.doers
    if profile.status != "actual" or not _after(owed, profile, owed.day + HORIZON) or not _fits(profile.actors, makers):
        return
    named = _takes_back(profile)
    if not named and not linking_words().taking_back.intersection(profile.said):
        return
    if not named and owed.due is not None and profile.start is not None and profile.start > owed.due:
        return
    if profile.type == "SANCTION" and (profile.mode == "withdraw") != (prospect.type == "CONSULT"):
        return
    same = (
        profile.type == owed.commitment.type and profile.prospect is not None and profile.prospect.type == prospect.type
    )
    shared = _common(owed, profile)
    if same or len(shared) >= 2 or (profile.type == "SANCTION" and prospect.type == "CONSULT" and shared):
        yield _note(profile, "withdrawn", ["maker", f"words {' '.join(sorted(shared))}"])


@dataclass(frozen=True, slots=True)
class Earlier:
    """What a later commitment needs to know to prolong an earlier one."""

    id: str
    day: int
    prospect: Prospect
    doers: tuple[Party, ...]


def earlier(owed: Owed) -> Earlier:
    """A commitment as later ones see it."""
    return Earlier(owed.commitment.id, owed.day, owed.commitment.prospect, owed.doers)


def extended(owed: Owed, before: Sequence[Earlier]) -> str | None:
    """The latest earlier commitment of the same maker to the same that this one prolongs in words.

    `before` holds those made earlier, by day and id.
    """
    if not any("prolonged" in p.cues or linking_words().prolonging.intersection(p.said) for p in owed.made):
        return None
    prospect = owed.commitment.prospect
    for other in reversed(before):
        same = other.prospect.type == prospect.type and prospect.mode in (None, other.prospect.mode or prospect.mode)
        if other.day < owed.day and same and _fits(other.doers, owed.doers):
            return other.id
    return None


# --- outcomes ----------------------------------------------------------------------------------------------------


def as_of(commitment: Commitment, day: str) -> Commitment:
    """The commitment as it stands at the end of a day (ISO): only what had been reported by then counts."""
    known = [e for e in commitment.evidence if (e.date or "") <= day and (e.published or "") <= day]
    return replace(commitment, outcome=_outcome(commitment, known, day), as_of=day, evidence=tuple(known))


def _outcome(commitment: Commitment, known: Sequence[Evidence], day: str) -> Outcome:
    kept = [e for e in known if e.effect == "kept"]
    against = [e for e in known if e.effect != "kept"]
    if commitment.prospect.mode == "ceasefire" and commitment.due is not None:
        # That a truce was observed can be told only after its last day; then it outweighs single shots.
        observed = [e for e in kept if max(e.date or "", e.published or "") > commitment.due]
        if observed:
            return "kept"
        kept = kept if commitment.due < day else []
    if kept and not any((e.date or "") < (kept[0].date or "") for e in against):
        return "kept"
    if against:
        return against[0].effect
    if kept:
        return "kept"
    if commitment.due is not None and commitment.due < day:
        return "overdue"
    return "open"
