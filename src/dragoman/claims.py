"""On whose word: every attributed statement, with its speaker, cue and content.

`statements` reads each sentence and `collect` a document. Here statements become records: their speakers are resolved like
any participant, and the events inside a carrying statement are tied to it.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from dragoman.collect import Collector, merged
from dragoman.reading import ActorMention, Draft, Reading, Sentence
from dragoman.records import Claim, Participant
from dragoman.speech import Speech, speech
from dragoman.statements import Statement
from dragoman.syntax import antecedent, conjuncts, subtree

DENIED = "claim:denied"
"""Mark in `Draft.basis` of an act that its speaker denies."""

Mentions = dict[tuple[int, int], ActorMention]


@dataclass(frozen=True, slots=True)
class Told:
    """A claim with the statement it was made of."""

    claim: Claim
    statement: Statement


def claims(readings: Sequence[Reading]) -> None:
    """Gives each reading its claims, in document order, and ties each draft to the carrying ones that hold it.

    Speakers who speak together are one claim; where events hang on their words, one each with the same content.
    """
    rows = speech()
    for reading in readings:
        mentions = {(m.sentence, m.head): m for m in reading.actors}
        told: list[Told] = []
        for statement in Collector(reading, rows).collect():
            found = Voice(reading, statement, mentions, rows).claims()
            together = len(found) if statement.row.carry and reading.drafts else 1
            told += [Told(claim, statement) for claim in found[:together]]
        reading.claims = [t.claim for t in told]
        attach(reading, told)


class Voice:
    """Whose words a statement is."""

    def __init__(self, reading: Reading, statement: Statement, mentions: Mentions, rows: Speech) -> None:
        self.reading = reading
        self.statement = statement
        self.sentence: Sentence = reading.sentences[statement.sentence]
        self.mentions = mentions
        self.rows = rows

    def claims(self) -> list[Claim]:
        """One record for each that speaks; the first stands for all."""
        heads = self._heads()
        source = self.statement.source or self._source(heads[:1])
        cue = self.statement.label or merged([self._span(i, i) for i in self.statement.words])
        return [
            Claim(
                self.reading.document.id,
                speaker,
                tuple(source),
                tuple(cue),
                tuple(self.statement.content),
                self.statement.quoted,
                anonymous,
            )
            for speaker, anonymous in self._speakers(heads)
        ]

    def _heads(self) -> list[int]:
        tokens = self.sentence.tokens
        found: list[int] = []
        for head in self.statement.speakers:
            found += [i for i in conjuncts(tokens, head) if i not in found]
        return found

    def _speakers(self, heads: list[int]) -> list[tuple[Participant | None, bool]]:
        found: list[tuple[Participant | None, bool]] = []
        for head in heads:
            parts = self._resolved(head)
            unnamed = self._is_unnamed(head, parts)
            parts = parts or (self._words(head),)
            found += [(self._owned(head, part), unnamed) for part in parts]
        return found or [(None, True)]

    def _resolved(self, head: int) -> tuple[Participant, ...]:
        """Whom the phrase means: its own mention, that of a relative's antecedent, or that of a report's maker."""
        tokens = self.sentence.tokens
        meant = antecedent(tokens, head)
        mention = self.mentions.get((self.sentence.index, meant))
        if mention is not None and mention.parts:
            return self._unplaced(meant, mention.parts)
        if tokens[meant].lemma in self.rows.writing:
            for i in self._makers(meant):
                maker = self.mentions.get((self.sentence.index, i))
                if maker is not None and len(maker.parts) == 1:
                    start, end = self._phrase(head)
                    words = self.reading.document.text[start:end]
                    return (replace(maker.parts[0], text=words, start=start, end=end),)
                if maker is not None and maker.parts:
                    return maker.parts
        return ()

    def _unplaced(self, head: int, parts: tuple[Participant, ...]) -> tuple[Participant, ...]:
        """The parts, a country that only the place of the story lends taken from diplomats, reporters and the like."""
        tokens = self.sentence.tokens
        inside = subtree(tokens, head)
        foreign = any(tokens[i].lemma in self.rows.foreign or tokens[i].text in self.rows.foreign for i in inside)
        told = any((tokens[i].text[:1].isupper() and i > 0) or tokens[i].dep == "poss" for i in inside if i != head)
        names = {tokens[head].lemma, *(f"{tokens[c].text.lower()} {tokens[head].lemma}" for c in tokens[head].children)}
        if not foreign and (told or not names & self.rows.stateless):
            return parts
        return tuple(p if p.name or p.entity else replace(p, country=None) for p in parts)

    def _makers(self, head: int) -> list[int]:
        """ "a report by the ministry", "the ministry's report", "a ministry report"."""
        tokens = self.sentence.tokens
        found = [c for c in tokens[head].children if tokens[c].dep in {"poss", "compound", "nmod"}]
        for child in tokens[head].children:
            if tokens[child].lemma in {"by", "from", "of"}:
                found += [c for c in tokens[child].children if tokens[c].dep == "pobj"]
        return found

    def _words(self, head: int) -> Participant:
        """A speaker of whom only the words are known."""
        start, end = self._phrase(head)
        return Participant(self.reading.document.text[start:end], start, end, None, None, None)

    def _owned(self, head: int, part: Participant) -> Participant:
        """A speaker without a country has that of his owner: "the movement's news agency"."""
        tokens = self.sentence.tokens
        if part.country is not None or part.entity is not None:
            return part
        owners = [self.mentions.get((self.sentence.index, c)) for c in tokens[head].children if tokens[c].dep == "poss"]
        countries = {p.country for owner in owners if owner is not None for p in owner.parts}
        return replace(part, country=countries.pop()) if len(countries) == 1 else part

    def _is_unnamed(self, head: int, parts: tuple[Participant, ...]) -> bool:
        token = self.sentence.tokens[antecedent(self.sentence.tokens, head)]
        if any(p.name or p.entity for p in parts) and token.lemma not in self.rows.unnamed:
            return False
        if token.pos == "PROPN" and token.lemma not in self.rows.unnamed:
            return False
        if token.lemma in self.rows.unnamed:
            named = any(
                self.sentence.tokens[c].dep == "appos" and self.sentence.tokens[c].pos == "PROPN"
                for c in token.children
            )
            return not named and not (token.lemma in self.rows.writing and parts)
        return not parts

    def _source(self, heads: Sequence[int]) -> list[tuple[int, int]]:
        return [self._phrase(head) for head in heads]

    def _phrase(self, head: int) -> tuple[int, int]:
        inside = subtree(self.sentence.tokens, head)
        cue = self.statement.cue
        inside = [i for i in inside if (i < cue) == (head < cue)] or [head]
        return self._span(inside[0], inside[-1])

    def _span(self, first: int, last: int) -> tuple[int, int]:
        tokens = self.sentence.tokens
        while last > first and tokens[last].text in {",", "—", "–", "-"}:
            last -= 1
        return tokens[first].start, tokens[last].end


# -- events ----------------------------------------------------------------------------------------------------------------


def attach(reading: Reading, told: Sequence[Told]) -> None:
    """Ties drafts to the carrying claims whose content holds their trigger, outermost first."""
    near = _by_sentence(reading, told)
    for draft in reading.drafts:
        sentence = reading.sentences[draft.sentence]
        if sentence.where != "text":
            continue
        at = sentence.tokens[draft.trigger[0]].start
        here = near.get(draft.sentence, ())
        holding = [(_size(told[i]), i) for i in here if _holds(told[i], at) and not _is_cue(draft, told[i])]
        holding.sort(key=lambda item: (-item[0], item[1]))
        draft.claims = _once(told, [i for _, i in holding])
        _joint(reading, told, draft)
        if any(told[i].statement.row.effect == "negated" for i in draft.claims):
            draft.basis.append(DENIED)


def _once(told: Sequence[Told], held: Sequence[int]) -> list[int]:
    """The claims without those of a speaker who speaks in one further out: "he said ..., adding that ..." is one word."""
    kept: dict[tuple[str, str], int] = {}
    for index in held:
        speaker = told[index].claim.speaker
        name = str(index) if speaker is None else speaker.entity or speaker.name or speaker.text.lower()
        kept.setdefault((name, told[index].statement.row.effect), index)
    return list(kept.values())


def _joint(reading: Reading, told: Sequence[Told], draft: Draft) -> None:
    """A "joint statement" speaks for those whose act it tells."""
    country = next((p.country for p in draft.actors if p.country), None)
    for index in draft.claims:
        claim = told[index].claim
        if country and claim.speaker and claim.speaker.country is None and "joint " in claim.speaker.text.lower():
            reading.claims[index] = replace(claim, speaker=replace(claim.speaker, country=country))


def _by_sentence(reading: Reading, told: Sequence[Told]) -> dict[int, list[int]]:
    """The carrying claims by the sentences that their contents touch."""
    texts = [s for s in reading.sentences if s.where == "text"]
    starts = [s.start for s in texts]
    near: dict[int, list[int]] = {}
    for i, one in enumerate(told):
        if not one.statement.row.carry or one.statement.muted:
            continue
        touched: set[int] = set()
        for start, end in one.claim.content:
            first = max(0, bisect_right(starts, start) - 1)
            touched.update(s.index for s in texts[first : bisect_left(starts, end)])
        for index in touched:
            near.setdefault(index, []).append(i)
    return near


def _size(told: Told) -> int:
    return sum(end - start for start, end in told.claim.content)


def _holds(told: Told, at: int) -> bool:
    return any(start <= at < end for start, end in told.claim.content)


def _is_cue(draft: Draft, told: Told) -> bool:
    """Whether the event's trigger is the claim's own cue."""
    first, last = draft.trigger
    return told.statement.sentence == draft.sentence and any(first <= i <= last for i in told.statement.words)
