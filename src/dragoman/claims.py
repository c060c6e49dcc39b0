"""On whose word: every attributed statement, with its speaker, cue and content.

`statements` reads each sentence; here quotations are given to their cues, run on over sentences and paragraphs, and the
events inside a carrying statement are tied to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.gate import paragraphs
from dragoman.quotes import Quote, quotes
from dragoman.reading import ActorMention, Reading, Sentence
from dragoman.records import Claim, Participant
from dragoman.speech import Cue, Speech, speech
from dragoman.statements import Finder, Statement
from dragoman.syntax import subtree

SAID = Cue("statement", "none", frozenset({"quote"}), frozenset(), True, "")
"""Row of a verb outside the lexicon that stands beside a quotation."""

REACH = 14
"""Tokens between a quotation and its cue, at most."""


def claims(readings: Sequence[Reading]) -> None:
    """Gives each reading its claims, in document order, and ties each draft to the carrying ones that hold it."""
    rows = speech()
    for reading in readings:
        found = Collector(reading, rows).collect()
        reading.claims = [to_claim(reading, s) for s in found]
        attach(reading, found)


class Collector:
    """Gathers the statements of one document."""

    def __init__(self, reading: Reading, rows: Speech) -> None:
        self.reading = reading
        self.rows = rows
        self.text = reading.document.text
        self.quotes = quotes(self.text, list(paragraphs(self.text)))
        self.full = [(q.start, q.end) for q in self.quotes if q.full]
        self.sentences = [s for s in reading.sentences if s.where == "text"]
        self.finders: dict[int, Finder] = {}
        self.found: dict[tuple[int, int], Statement] = {}

    def collect(self) -> list[Statement]:
        for sentence in self.sentences:
            if sentence.tokens:
                finder = Finder(sentence, self.rows, self.full)
                self.finders[sentence.index] = finder
                for made in finder.find():
                    if finder.quote_of(made.cue) is not None:
                        continue
                    self.found[sentence.index, made.cue] = made
        self._give_quotes()
        kept = [s for s in self.found.values() if s.content]
        for statement in kept:
            statement.content = _merged(statement.content)
        return sorted(kept, key=lambda s: (s.sentence, s.cue))

    # -- quotations ----------------------------------------------------------------------------------------------------

    def _give_quotes(self) -> None:
        last: Statement | None = None
        last_quote: Quote | None = None
        for quote in self.quotes:
            if not quote.full:
                continue
            owner = self._owner(quote)
            if owner is None and last is not None and last_quote is not None:
                near = quote.paragraph == last_quote.paragraph
                if near or (last_quote.open and quote.paragraph == last_quote.paragraph + 1):
                    owner = last
            if owner is None:
                owner = self._before(quote)
            if owner is None:
                continue
            owner.content.append((quote.start, quote.end))
            owner.quoted = True
            last, last_quote = owner, quote

    def _owner(self, quote: Quote) -> Statement | None:
        """The cue in the quotation's own sentences."""
        over = [s for s in self.sentences if s.start < quote.end and s.end > quote.start and s.tokens]
        if not over:
            return None
        head = self.text[over[0].start : quote.start].rstrip()
        leads = bool(head) and head[-1] in ",:—–-"
        tries = (self._cue_before, self._cue_after) if leads else (self._cue_after, self._cue_before)
        for attempt in tries:
            got = attempt(over[0] if attempt == self._cue_before else over[-1], quote)
            if got is not None:
                return got
        return None

    def _cue_after(self, sentence: Sentence, quote: Quote) -> Statement | None:
        limit = next((s for s, _ in self.full if s >= quote.end), sentence.end)
        near = [t.i for t in sentence.tokens if quote.end <= t.start < limit][:REACH]
        return self._cue_among(sentence, near)

    def _cue_before(self, sentence: Sentence, quote: Quote) -> Statement | None:
        floor = max((e for _, e in self.full if e <= quote.start), default=sentence.start)
        near = [t.i for t in sentence.tokens if floor <= t.start < quote.start][::-1][: REACH + 6]
        return self._cue_among(sentence, near)

    def _cue_among(self, sentence: Sentence, near: Sequence[int]) -> Statement | None:
        """The first of the tokens that can introduce a quotation."""
        finder = self.finders[sentence.index]
        for i in near:
            token = sentence.tokens[i]
            if token.pos not in {"VERB", "AUX"} or token.dep in {"aux", "auxpass"}:
                continue
            allowed, extra = finder.rows("verb", token)
            row = allowed.get("quote")
            if row is None:
                continue
            return self._statement(sentence, i, row, extra)
        return None

    def _statement(self, sentence: Sentence, i: int, row: Cue, extra: list[int]) -> Statement:
        known = self.found.get((sentence.index, i))
        if known is not None:
            return known
        finder = self.finders[sentence.index]
        token = sentence.tokens[i]
        speakers = [s for s in finder._speakers(token, False) if finder.quote_of(s) is None]
        made = Statement(sentence.index, i, row, "quote", finder._cue_words(token, extra), speakers)
        self.found[sentence.index, i] = made
        return made

    def _before(self, quote: Quote) -> Statement | None:
        """The cue of the sentence before, where that leads up to the quotation."""
        earlier = [s for s in self.sentences if s.end <= quote.start and s.tokens]
        if not earlier:
            return None
        sentence = earlier[-1]
        if sentence.text.rstrip().endswith(":"):
            return self._cue_among(sentence, [t.i for t in sentence.tokens][::-1])
        paragraph = next((s.paragraph for s in self.sentences if s.end > quote.start), -2)
        if sentence.paragraph != paragraph:
            return None
        told = [s for (index, _), s in self.found.items() if index == sentence.index and s.row.carry]
        return told[-1] if told else None


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out


# -- speakers ------------------------------------------------------------------------------------------------------------


def to_claim(reading: Reading, statement: Statement) -> Claim:
    """The record of a statement."""
    sentence = reading.sentences[statement.sentence]
    tokens = sentence.tokens
    mentions: dict[int, ActorMention] = {m.head: m for m in reading.actors if m.sentence == sentence.index}
    speaker: Participant | None = None
    for head in statement.speakers:
        mention = mentions.get(head)
        if mention is not None and mention.parts:
            speaker = mention.parts[0]
            break
    source = []
    for head in statement.speakers[:1]:
        inside = subtree(tokens, head)
        source.append((tokens[inside[0]].start, tokens[inside[-1]].end))
    cue = [(tokens[i].start, tokens[i].end) for i in statement.words]
    return Claim(
        reading.document.id,
        speaker,
        tuple(source),
        tuple(_merged(cue)),
        tuple(statement.content),
        statement.quoted,
        speaker is None,
    )


def attach(reading: Reading, found: Sequence[Statement]) -> None:
    """Ties drafts to the claims whose content holds their trigger, outermost first."""
    for draft in reading.drafts:
        sentence = reading.sentences[draft.sentence]
        if sentence.where != "text":
            continue
        at = sentence.tokens[draft.trigger[0]].start
        holding = [
            (sum(e - s for s, e in made.content), i)
            for i, made in enumerate(found)
            if made.row.carry and any(s <= at < e for s, e in made.content)
        ]
        draft.claims = [i for _, i in sorted(holding, reverse=True)]
