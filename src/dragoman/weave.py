"""One happening told several times in one report is one record with all its mentions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.reading import Draft, Reading
from dragoman.reckoning import rows
from dragoman.records import Mention, Participant, meet


def weave(readings: Sequence[Reading]) -> None:
    """Merges the drafts of each reading that tell the same happening; the best-told one leads."""
    for reading in readings:
        for draft in reading.drafts:
            draft.mentions = [_mention(reading, draft)]
        kept: list[Draft] = []
        for draft in sorted(
            reading.drafts, key=lambda d: (reading.sentences[d.sentence].where == "title", d.sentence, d.trigger)
        ):
            twin = next((k for k in kept if same(reading, k, draft)), None)
            if twin is None:
                kept.append(draft)
            else:
                merge(twin, draft)
        reading.drafts = sorted(_told_below(reading, kept), key=lambda d: (d.sentence, d.trigger))
        for draft in reading.drafts:
            _date_by_larger(reading, draft)


def _date_by_larger(reading: Reading, draft: Draft) -> None:
    """An undated act in the course of a dated one has its date: "did not intervene in the offensive" of last September."""
    if draft.nominal or draft.date is None or draft.date.basis != "publication":
        return
    sentence = reading.sentences[draft.sentence]
    verb = sentence.tokens[draft.trigger[0]]
    nouns = [
        sentence.tokens[n]
        for p in verb.children
        if sentence.tokens[p].dep == "prep" and sentence.tokens[p].lemma in rows().within
        for n in sentence.tokens[p].children
        if sentence.tokens[n].dep == "pobj"
    ]
    for other in reading.drafts:
        if other is draft or other.date is None or other.date.basis != "expression" or not other.historical:
            continue
        told = [m for m in other.mentions if m.where == sentence.where]
        if any(meet(m.trigger, (n.start, n.end)) for m in told for n in nouns):
            draft.date, draft.historical = replace(other.date, basis="inherited"), True
            draft.basis.append("time:larger-act")
            return


def _told_below(reading: Reading, kept: list[Draft]) -> list[Draft]:
    """Leaves out what only the headline tells where the first sentences tell acts: in other words it is one of those."""
    body = [d for d in kept if reading.sentences[d.sentence].where == "text"]
    first = next((s.index for s in reading.sentences if s.where == "text"), 0)
    if any(d.sentence - first < LEAD for d in body):
        return body
    return kept


def _mention(reading: Reading, draft: Draft) -> Mention:
    sentence = reading.sentences[draft.sentence]
    first, last = sentence.tokens[draft.trigger[0]], sentence.tokens[draft.trigger[1]]
    text = sentence.text[first.start - sentence.start : last.end - sentence.start]
    return Mention(sentence.where, (sentence.start, sentence.end), (first.start, last.end), text)


def same(reading: Reading, a: Draft, b: Draft) -> bool:
    """Whether two drafts of one report tell one happening."""
    if a.type != b.type or (a.prospect and b.prospect and a.prospect.type != b.prospect.type):
        return False
    if "title" in {reading.sentences[a.sentence].where, reading.sentences[b.sentence].where}:
        return _is_headline_of(reading, a, b)
    if (a.mode and b.mode and a.mode != b.mode) or a.status != b.status:
        return False
    if not (_compatible(a.actors, b.actors) and _compatible(a.recipients, b.recipients)):
        return False
    if not (_shares(a.actors, b.actors) or _shares(a.recipients, b.recipients)):
        return False
    if _is_mutual(a) != _is_mutual(b) and not _within(a, b) and not _within(b, a):
        return False
    if not _dates_meet(a, b):
        return False
    if a.sentence == b.sentence:
        return a.nominal != b.nominal
    if not (a.nominal or b.nominal) and not _is_same_word(a, b):
        return False
    near = abs(a.sentence - b.sentence)
    return near <= NEAR or ((a.nominal or b.nominal) and near <= FAR) or (a.cameo == b.cameo == SIGNED and near <= FAR)


NEAR = 2
"""Sentences within which two tellings of one type by the same parties are one happening."""

FAR = 12
"""The same where one of them is a noun ("the raid"), which mostly points back, or both tell a signing."""

SIGNED = "057"
LEAD = 5
"""Sentences of the body in which a headline's event is told."""


def _is_same_word(a: Draft, b: Draft) -> bool:
    """Whether two verbs say the same: by one frame, or by a code that is more than its root ("signed", "concluded")."""
    if a.frame == b.frame:
        return True
    coded = a.cameo == b.cameo and a.cameo is not None and not a.cameo.endswith("0")
    return coded and a.prospect is None and b.prospect is None


def _is_headline_of(reading: Reading, a: Draft, b: Draft) -> bool:
    """A headline tells an event of the first paragraphs again, in fewer and other words: "rivals sign" for two armies."""
    text, title = (a, b) if reading.sentences[a.sentence].where == "text" else (b, a)
    if reading.sentences[text.sentence].where == "title":
        return False
    first = next(s.index for s in reading.sentences if s.where == "text")
    if text.sentence - first >= LEAD or text.historical:
        return False
    if not title.actors and not title.recipients:
        return True
    mine = {p.country for p in (*text.actors, *text.recipients) if p.country}
    other = {p.country for p in (*title.actors, *title.recipients) if p.country}
    return not mine or not other or bool(mine & other)


def merge(lead: Draft, other: Draft) -> None:
    """Takes what the other mention adds into the lead."""
    lead.mentions += other.mentions
    lead.mode = lead.mode or other.mode
    lead.prospect = lead.prospect or other.prospect
    lead.place = lead.place or other.place
    _merge_parties(lead, other)
    if other.date is not None and (
        lead.date is None or (lead.date.basis != "expression" and other.date.basis == "expression")
    ):
        lead.date = other.date
        lead.historical = other.historical
    # the same number told again is one number: whoever sums must not count it twice
    told = {(m.kind, m.low, m.high) for m in lead.magnitudes}
    lead.magnitudes += [m for m in other.magnitudes if (m.kind, m.low, m.high) not in told]
    if not other.claims and other.mentions[0].where == "text":
        # a headline leaves out on whose word it stands; a sentence of the body that does tells it on the report's own
        lead.claims = []


def _merge_parties(lead: Draft, other: Draft) -> None:
    """Parties of the better-told mention; of talks held on a visit, the visitor acts and those he spoke to receive."""
    mutual, directed = (lead, other) if _is_mutual(lead) else (other, lead)
    if directed.mode == "visit" and directed.actors and directed.recipients and _is_mutual(mutual):
        hosts = [p for p in mutual.actors if not any(_may_be(p, a) for a in directed.actors)]
        lead.actors, lead.recipients = directed.actors, hosts or directed.recipients
        return
    lead.actors = lead.actors or other.actors
    if not _is_mutual(lead):
        lead.recipients = lead.recipients or other.recipients


def _is_mutual(draft: Draft) -> bool:
    """Whether all parties stand as actors: a meeting, a two-sided fight."""
    return len(draft.actors) > 1 and not draft.recipients


def _within(directed: Draft, mutual: Draft) -> bool:
    """Whether the recipients of one are among the parties of the other: "met him" and "their meeting"."""
    mine = {p.country for p in directed.recipients if p.country}
    return bool(mine) and mine <= {p.country for p in mutual.actors}


def _compatible(a: Sequence[Participant], b: Sequence[Participant]) -> bool:
    """Whether two lists may be the same people: everyone of the shorter list is somebody of the longer."""
    short, long = sorted((a, b), key=len)
    return all(any(_may_be(p, q) for q in long) for p in short)


def _may_be(p: Participant, q: Participant) -> bool:
    """Whether two participants may be one: "Ankara" and "Erdogan", "the rebels" and "the FARC", but not army and rebels."""
    if p.entity and q.entity:
        if p.entity == q.entity:
            return True
        kinds = {p.entity.split("/")[0], q.entity.split("/")[0]}
        if len(kinds) == 1 or "country" not in kinds:
            return False
    states = [x for x in (p, q) if (x.entity or "").startswith("country/")]
    if p.name and q.name and p.name != q.name and not states:
        return False
    if p.country and q.country and p.country != q.country:
        return False
    return not p.sectors or not q.sectors or bool(set(p.sectors) & set(q.sectors))


def _shares(a: Sequence[Participant], b: Sequence[Participant]) -> bool:
    return any(_may_be(p, q) and (p.country or p.entity or p.text.lower() == q.text.lower()) for p in a for q in b)


def _dates_meet(a: Draft, b: Draft) -> bool:
    if a.date is None or b.date is None or a.date.start is None or b.date.start is None:
        return True
    if "publication" in {a.date.basis, b.date.basis} and a.historical == b.historical:
        return True
    if any(d.nominal and d.date is not None and d.date.basis == "publication" for d in (a, b)):
        # a noun without a date of its own points back: "after the offensive"
        return True
    return a.date.start <= (b.date.end or b.date.start) and b.date.start <= (a.date.end or a.date.start)
