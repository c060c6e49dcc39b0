"""What an act amounts to: status, date, place, magnitudes and whether it is background.

Status comes from cues (`data/lexicons/en/cues.toml`) found over the parse: dependents of the act, the conjunction of
its clause, and the words that govern it. The date is that of the expression which the syntax binds to the act, else
of the story line before it, else of publication.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dragoman.binding import VERBAL
from dragoman.codebook import load
from dragoman.dating import Story
from dragoman.mentions.corefer import Memory
from dragoman.mentions.knowledge import knowledge
from dragoman.reading import Draft, Reading, Sentence
from dragoman.records import Participant
from dragoman.scene import place
from dragoman.status import COMING, status
from dragoman.syntax import governors, subtree


def qualify(readings: Sequence[Reading]) -> None:
    """Completes each draft of each reading."""
    for reading in readings:
        story = Story(reading)
        by_sentence: dict[int, list[Draft]] = {}
        for draft in reading.drafts:
            by_sentence.setdefault(draft.sentence, []).append(draft)
        for sentence in reading.sentences:
            drafts = by_sentence.get(sentence.index, [])
            for draft in drafts:
                _announce(reading, sentence, draft)
                draft.status = status(sentence.tokens, draft)
                story.date(sentence, draft)
                _name_of_the_past(reading.document.published, sentence, draft)
                draft.place = place(reading, sentence, draft)
                draft.historical = story.is_background(draft)
                _fill_countries(sentence, draft)
                _as_of(reading, draft)
                _magnitudes(reading, sentence, draft)
            story.close(sentence, drafts)


# -- what its own words make of an act ---------------------------------------------------------------------------------------


PROMISED = frozenset({"AGREE", "CONCEDE", "THREATEN", "REJECT"})
"""Types that are done by saying what one will do."""


def _announce(reading: Reading, sentence: Sentence, draft: Draft) -> None:
    """Marks what its own doer says he will do: "told parliament that an amnesty would be granted" grants it in words."""
    if draft.type not in PROMISED or any(b.startswith(("announced:", "refused:")) for b in draft.basis):
        return
    tokens, at = sentence.tokens, draft.trigger[0]
    verb = next((i for i in (at, *governors(tokens, at)) if tokens[i].pos in VERBAL), at)
    if tokens[verb].dep != "ccomp" or not any(tokens[c].text.lower() in COMING for c in tokens[verb].children):
        return
    cue = tokens[tokens[verb].head]
    for index in draft.claims:
        claim = reading.claims[index]
        if claim.speaker is None or not any(start <= cue.start < end for start, end in claim.cue):
            continue
        mine = {p.country for p in draft.actors if p.country}
        if not draft.actors or claim.speaker.country in mine:
            draft.actors = draft.actors or [claim.speaker]
            draft.basis.append(f"announced:{cue.lemma}")


def _name_of_the_past(published: str | None, sentence: Sentence, draft: Draft) -> None:
    """A noun with an old date of its own names what was, whatever is thought of it: "felt bound by the 1991 ceasefire"."""
    date = draft.date
    if (
        not draft.nominal
        or draft.status != "hypothetical"
        or date is None
        or not (date.end and date.basis == "expression")
    ):
        return
    if date.end >= (published or date.end):
        return
    own = [sentence.tokens[i] for i in subtree(sentence.tokens, draft.trigger[0])]
    if any(t.start < (date.end_char or 0) and t.end > (date.start_char or 0) for t in own):
        draft.status = "actual"


# -- places and participants -----------------------------------------------------------------------------------------------


def _fill_countries(sentence: Sentence, draft: Draft) -> None:
    """Gives local actors without a country that of the place where the act happened ("gunmen" in Kano)."""
    if draft.place is None or draft.place.country is None or load().quad(draft.type) != 4:
        return
    country = draft.place.country
    own = [sentence.tokens[i] for i in subtree(sentence.tokens, draft.trigger[0])]
    if not any(t.start < draft.place.end_char and t.end > draft.place.start_char for t in own):
        return

    def local(part: Participant) -> Participant:
        if part.country is None and part.entity is None and part.sectors:
            return replace(part, country=country)
        return part

    draft.actors = [local(p) for p in draft.actors]
    draft.recipients = [local(p) for p in draft.recipients]


def _as_of(reading: Reading, draft: Draft) -> None:
    """Persons get country and sectors as of the event's own date, where it lies before publication."""
    if draft.date is None or draft.date.basis not in {"expression", "inherited"} or draft.date.end is None:
        return
    memory = Memory(knowledge(reading.actor_folders), draft.date.end)
    first, last, today = draft.date.start or draft.date.end, draft.date.end, reading.document.published

    def dated(part: Participant) -> Participant:
        if part.entity is None or not part.entity.startswith("person/"):
            return part
        if part.sectors != memory.office(part.entity, today)[1]:
            # the text itself tells what he was: "the rebel leader"
            return part
        country, sectors = memory.office(part.entity, first)
        if sectors in {(), ("ELI",)}:
            country, sectors = memory.office(part.entity, last)
        return replace(part, country=country or part.country, sectors=sectors or part.sectors)

    draft.actors = [dated(p) for p in draft.actors]
    draft.recipients = [dated(p) for p in draft.recipients]


def _magnitudes(reading: Reading, sentence: Sentence, draft: Draft) -> None:
    """The quantities below the act."""
    tokens = sentence.tokens
    near = [q for q in reading.quantities.get(sentence.where, ()) if q.start < sentence.end and q.end > sentence.start]
    if not near:
        return
    spans = [(tokens[i].start, tokens[i].end) for i in subtree(tokens, draft.trigger[0])]
    for quantity in near:
        if any(s >= quantity.start and e <= quantity.end for s, e in spans):
            magnitude = quantity.magnitude()
            if magnitude is not None:
                draft.magnitudes.append(magnitude)
