"""How a dossier says types, statuses and outcomes in plain words."""

from __future__ import annotations

from collections.abc import Mapping

from dragoman.records import Prospect

QUAD_NAMES = ("cooperation in words", "material cooperation", "conflict in words", "material conflict")
"""What the quads 1 to 4 are called."""

PEOPLE = ("killed", "injured", "missing", "displaced", "detained", "released")
"""Kinds of counts that are of people, in the order in which they are told."""

ACTS: Mapping[str, str] = {
    "AGREE": "agrees or offers",
    "CONSULT": "talks",
    "SUPPORT": "supports or signs",
    "CONCEDE": "concedes",
    "COOPERATE": "cooperates",
    "AID": "helps",
    "RETREAT": "yields",
    "REQUEST": "asks",
    "ACCUSE": "accuses",
    "REJECT": "refuses",
    "THREATEN": "threatens",
    "PROTEST": "protests",
    "SANCTION": "reduces relations",
    "MOBILIZE": "mobilizes",
    "COERCE": "coerces",
    "ASSAULT": "uses force",
}

THINGS: Mapping[str, str] = {
    "AGREE": "an offer",
    "CONSULT": "talks",
    "SUPPORT": "an accord or support",
    "CONCEDE": "a concession",
    "COOPERATE": "cooperation",
    "AID": "aid",
    "RETREAT": "giving way",
    "REQUEST": "a request",
    "ACCUSE": "an accusation",
    "REJECT": "a refusal",
    "THREATEN": "a threat",
    "PROTEST": "protest",
    "SANCTION": "cutting relations",
    "MOBILIZE": "mobilizing",
    "COERCE": "coercion",
    "ASSAULT": "force",
}

MANNERS: Mapping[tuple[str, str], str] = {
    ("CONSULT", "visit"): "visits",
    ("CONSULT", "third-party"): "mediates",
    ("CONSULT", "multilateral"): "meets with several",
    ("CONSULT", "phone"): "telephones",
    ("RETREAT", "withdraw"): "withdraws",
    ("RETREAT", "release"): "releases",
    ("RETREAT", "ceasefire"): "observes a ceasefire",
    ("RETREAT", "disarm"): "disarms",
    ("RETREAT", "access"): "grants access",
    ("RETREAT", "resign"): "resigns",
    ("RETREAT", "return"): "gives back",
    ("REQUEST", "assist"): "asks for help",
    ("REQUEST", "change"): "asks for a change",
    ("REQUEST", "yield"): "asks to give way",
    ("REQUEST", "meet"): "asks to meet or talk",
    ("ACCUSE", "disapprove"): "criticises",
    ("ACCUSE", "allege"): "accuses of a deed",
    ("ACCUSE", "investigate"): "investigates",
    ("REJECT", "assist"): "refuses to help",
    ("REJECT", "change"): "refuses a change",
    ("REJECT", "yield"): "refuses to give way",
    ("REJECT", "meet"): "refuses to meet or talk",
    ("PROTEST", "demo"): "demonstrates",
    ("PROTEST", "riot"): "riots",
    ("PROTEST", "strike"): "strikes",
    ("SANCTION", "expel"): "expels or drives out",
    ("SANCTION", "withdraw"): "breaks off or walks out",
    ("SANCTION", "discontinue"): "suspends or imposes sanctions",
    ("SANCTION", "convict"): "convicts",
    ("COERCE", "seize"): "seizes",
    ("COERCE", "arrest"): "arrests",
    ("COERCE", "deport"): "deports",
    ("ASSAULT", "abduct"): "abducts",
    ("ASSAULT", "aerial"): "attacks from the air",
    ("ASSAULT", "drone"): "attacks with drones",
    ("ASSAULT", "heavy-weapons"): "fires heavy weapons",
    ("ASSAULT", "firearms"): "shoots",
    ("ASSAULT", "explosives"): "bombs",
    ("ASSAULT", "targeted"): "kills on purpose",
}
"""Types with a mode where the two together have a plainer verb."""

CODED: Mapping[str, str] = {
    "039": "offers to mediate",
    "045": "mediates",
    "057": "signs or concludes an accord",
    "196": "breaks a ceasefire by arms",
}
"""CAMEO codes that say it more plainly than the type."""

GOALS: Mapping[tuple[str, str], str] = {
    ("RETREAT", "withdraw"): "a withdrawal",
    ("RETREAT", "release"): "a release",
    ("RETREAT", "ceasefire"): "a ceasefire",
    ("RETREAT", "disarm"): "disarmament",
    ("RETREAT", "access"): "access",
    ("RETREAT", "resign"): "a resignation",
    ("RETREAT", "return"): "a return",
    ("CONSULT", "third-party"): "mediation",
    ("CONSULT", "visit"): "a visit",
    ("CONSULT", "multilateral"): "talks with several",
    ("COERCE", "arrest"): "arrest",
}
"""What is held out, where type and mode together have a plainer noun."""

STATUSES: Mapping[str, str] = {
    "actual": "told",
    "future": "planned",
    "hypothetical": "feared or possible",
    "negated": "denied",
}

OWED: Mapping[str, str] = {
    "AGREE": "agreed or offered",
    "CONCEDE": "promised to yield",
    "REQUEST": "asked",
    "THREATEN": "threatened",
}
"""How a commitment was made, by its type."""


def act(type_: str, mode: str | None, prospect: Prospect | None, cameo: str = "") -> str:
    """What is done, and what is held out by it: `asks to give way: a ceasefire`."""
    said = CODED.get(cameo) or (MANNERS.get((type_, mode)) if mode else None)
    if said is None:
        said = ACTS.get(type_, type_.lower()) + (f" ({plain(mode)})" if mode else "")
    return f"{said}: {prospect_words(prospect)}" if prospect else said


def prospect_words(prospect: Prospect) -> str:
    """What is promised, asked, refused or threatened."""
    thing = THINGS.get(prospect.type, prospect.type.lower())
    if not prospect.mode:
        return thing
    return GOALS.get((prospect.type, prospect.mode)) or f"{thing} ({plain(prospect.mode)})"


def plain(mode: str) -> str:
    """A mode without its hyphens."""
    return mode.replace("-", " ")


def status_word(status: str) -> str:
    """A status in words."""
    return STATUSES.get(status, status)


def number(value: float | None) -> str:
    """A number with its thousands apart."""
    if value is None:
        return "?"
    return f"{value:,.0f}" if value == int(value) else f"{value:,.2f}"


def span(low: float | None, high: float | None) -> str:
    """A range, or one number where its ends are the same."""
    return number(low) if low == high else f"{number(low)}–{number(high)}"


def days(start: str | None, end: str | None) -> str:
    """A day or a range of days."""
    if not start and not end:
        return "no date"
    if start == end or not end:
        return start or ""
    return f"{start} – {end}" if start else f"up to {end}"
