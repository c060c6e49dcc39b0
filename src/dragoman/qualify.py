"""What an act amounts to: status, date, place, magnitudes and whether it is background.

Status comes from cues (`data/lexicons/en/cues.toml`) found over the parse: dependents of the act, the conjunction of
its clause, and the words that govern it. The date is that of the expression which the syntax binds to the act, else
of the story line before it, else of publication.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from dragoman.claims import DENIED
from dragoman.codebook import load
from dragoman.dating import Story
from dragoman.lexicon import lexicon
from dragoman.mentions.corefer import Memory
from dragoman.mentions.knowledge import knowledge
from dragoman.reading import Draft, Reading, Sentence, Token
from dragoman.records import Participant, Status
from dragoman.scene import place
from dragoman.syntax import governors, subtree

VERBAL = frozenset({"VERB", "AUX"})


@dataclass(frozen=True, slots=True)
class Cues:
    """Effects by place of the cue, then word."""

    child: dict[str, str]
    mark: dict[str, str]
    governor: dict[str, str]
    prep: dict[str, str]
    passive: dict[str, str]
    present: dict[str, str]
    wish: dict[str, str]


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The cue rows, loaded once a process."""
    path = resources.files("dragoman") / "data" / "lexicons" / "en" / "cues.toml"
    table: dict[str, dict[str, str]] = {
        name: {} for name in ("child", "mark", "governor", "prep", "passive", "present", "wish")
    }
    for row in tomllib.loads(path.read_text(encoding="utf-8"))["cue"]:
        for word in row["words"]:
            table[row["where"]].setdefault(word, row["effect"])
    return Cues(**table)


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


# -- status -----------------------------------------------------------------------------------------------------------


def status(tokens: Sequence[Token], draft: Draft) -> Status:
    """Whether the act is told as done, due, possible or not done."""
    index = draft.trigger[0]
    rules = cues()
    announced = any(b.startswith("announced:") for b in draft.basis)
    if announced:
        # "said it would send": the promise was made, whatever the modal says of the deed
        index = next(
            (
                i
                for i in governors(tokens, index)
                if tokens[i].pos in VERBAL and any(b == f"announced:{tokens[i].lemma}" for b in draft.basis)
            ),
            index,
        )
    effect = _from_children(tokens, index, rules)
    if any(b.startswith("refused:") for b in draft.basis):
        # the refusal was uttered; its "will not" says nothing against it
        effect = None
    if draft.type == "THREATEN" and effect == "negated" and _is_modal(tokens, index):
        # "would not sit idle" threatens by its very "not"
        effect = None
    if DENIED in draft.basis:
        effect = "negated"
    if effect is None and draft.nominal and any(b.startswith("light:") for b in draft.basis):
        effect = _from_verb_of(tokens, index, rules)
    above = _from_above(tokens, index, rules, wished=draft.type == "AGREE")
    if effect == "negated" or above == "negated":
        if {effect, above} == {"negated", "hypothetical"}:
            return "hypothetical"
        return "negated"
    return _strongest(effect, above)


def _is_modal(tokens: Sequence[Token], index: int) -> bool:
    return any(tokens[c].text.lower() in COMING for c in tokens[index].children)


PROMISED = frozenset({"AGREE", "CONCEDE", "THREATEN", "REJECT"})
"""Types that are done by saying what one will do."""
COMING = frozenset({"will", "would", "'ll", "’ll", "'d", "wo", "shall"})


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


def _strongest(*effects: str | None) -> Status:
    if "hypothetical" in effects:
        return "hypothetical"
    if "future" in effects:
        return "future"
    return "actual"


def _from_children(tokens: Sequence[Token], index: int, rules: Cues) -> str | None:
    found: list[str] = []
    for child in tokens[index].children:
        token = tokens[child]
        if token.dep not in {"neg", "aux", "advmod", "det", "amod", "mark", "preconj", "auxpass"}:
            if token.dep in {"nsubj", "nsubjpass", "dobj"} and any(
                tokens[c].dep in {"det", "neg"} and tokens[c].lemma in {"no", "neither"} for c in token.children
            ):
                found.append("negated")
            continue
        word = token.text.lower() if token.dep in {"aux", "neg", "auxpass"} else token.lemma
        effect = rules.child.get(word) if token.dep != "mark" else rules.mark.get(word)
        if (
            effect == "negated"
            and token.dep == "advmod"
            and any(tokens[c].lemma == "only" for c in (*token.children, min(child + 1, len(tokens) - 1)))
        ):
            continue
        if effect:
            found.append(effect)
    if (
        tokens[index].dep == "conj"
        and tokens[index].pos in VERBAL
        and not any(tokens[c].dep == "aux" for c in tokens[index].children)
    ):
        shared = [
            tokens[c].text.lower() for c in tokens[tokens[index].head].children if tokens[c].dep in {"aux", "neg"}
        ]
        found += [e for w in shared if (e := rules.child.get(w))]
    return next((e for e in ("negated", "hypothetical", "future") if e in found), None)


def _from_verb_of(tokens: Sequence[Token], index: int, rules: Cues) -> str | None:
    """A noun's act takes the status of the support verb that carries it: "no talks were held", "will hold talks"."""
    token = tokens[index]
    if token.dep == "pobj" and tokens[tokens[token.head].head].pos in VERBAL | {"NOUN"}:
        token = tokens[token.head]
        if tokens[token.head].pos == "NOUN":
            # "took no part in the talks"
            token = tokens[token.head]
            if any(tokens[c].lemma == "no" for c in token.children):
                return "negated"
    elif token.dep not in {"nsubj", "nsubjpass", "dobj", "attr", "conj"}:
        return None
    head = tokens[token.head]
    return _from_children(tokens, head.i, rules) if head.pos in VERBAL else None


def _from_above(tokens: Sequence[Token], index: int, rules: Cues, *, wished: bool = False) -> str | None:
    """What the words above an act make of it; `wished` acts are done by wishing them."""
    below = index
    found: list[str] = []
    for above in governors(tokens, index):
        link = tokens[below]
        head = tokens[above]
        if any(tokens[i].text == ";" for i in range(min(below, above), max(below, above))):
            break
        if link.dep in {"relcl", "conj", "parataxis", "appos"} and tokens[above].pos in VERBAL | {"NOUN", "PROPN"}:
            if link.dep != "conj" or _has_own_tense(tokens, link, head):
                break
            below = above
            continue
        if link.dep in {"advcl", "ccomp", "acl"}:
            marks = [tokens[c].lemma for c in link.children if tokens[c].dep in {"mark", "advmod"}]
            found += [e for m in marks if (e := rules.mark.get(m))]
        if (
            link.dep == "acl"
            and link.tag == "VB"
            and not any(tokens[c].dep == "aux" and tokens[c].tag != "TO" for c in link.children)
        ):
            found.append("hypothetical")
        if link.dep == "advcl":
            if link.tag == "VB" and not _is_transparent(head) and any(tokens[c].tag == "TO" for c in link.children):
                found.append("hypothetical")
            break
        if link.dep in {"nsubj", "nsubjpass", "poss", "npadvmod"}:
            break
        if head.dep in {"prep", "agent"} or link.dep in {"pobj", "pcomp"}:
            if (effect := rules.prep.get(head.lemma)) is not None:
                found.append(effect)
            below = above
            continue
        if link.dep == "xcomp" and head.lemma == "be" and (due := _is_due(tokens, link, head)) is not None:
            found.append(due)
            break
        effect = (
            None if wished and link.dep == "xcomp" and head.lemma in rules.wish else _of_governor(tokens, head, rules)
        )
        if effect is not None and link.dep in {
            "xcomp",
            "ccomp",
            "dobj",
            "acl",
            "pobj",
            "pcomp",
            "prep",
            "amod",
        }:
            found.append(
                "hypothetical" if effect == "negated" and link.dep == "ccomp" and head.lemma != "deny" else effect
            )
        if head.pos in VERBAL and link.dep in {"xcomp", "dobj", "prep", "ccomp"}:
            over = _from_children(tokens, above, rules)
            if link.dep in {"xcomp"} and over:
                found.append(over)
        if link.dep == "ccomp" and rules.governor.get(head.lemma) is None:
            break
        below = above
    return next((e for e in ("negated", "hypothetical", "future") if e in found), None)


def _has_own_tense(tokens: Sequence[Token], link: Token, head: Token) -> bool:
    """Whether a coordinated verb leaves the infinitive before it: "are to join the council and have pledged to disarm"."""
    infinitive = any(tokens[c].tag == "TO" for c in head.children)
    perfect = any(tokens[c].dep == "aux" and tokens[c].tag in {"VBP", "VBZ", "VBD"} for c in link.children)
    return infinitive and (perfect or link.tag in {"VBD", "VBZ", "VBP"})


def _of_governor(tokens: Sequence[Token], head: Token, rules: Cues) -> str | None:
    passive = any(tokens[c].dep == "auxpass" for c in head.children)
    if passive and head.lemma in rules.passive:
        return rules.passive[head.lemma]
    aux = [tokens[c] for c in head.children if tokens[c].dep == "aux"]
    unsure = head.tag in {"VBZ", "VBP", "VBG"} or any(a.tag in {"MD", "TO"} for a in aux)
    return rules.governor.get(head.lemma) or (rules.present.get(head.lemma) if unsure else None)


def _is_due(tokens: Sequence[Token], link: Token, head: Token) -> str | None:
    """ "Is to meet": it will; "was to have met": it did not."""
    aux = {tokens[c].text.lower() for c in link.children if tokens[c].dep == "aux"}
    if "to" not in aux:
        return None
    return "negated" if head.tag == "VBD" and "have" in aux else "future"


def _is_transparent(token: Token) -> bool:
    operator = lexicon().operators.get(token.lemma)
    return operator is not None and operator.kind == "transparent"


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
