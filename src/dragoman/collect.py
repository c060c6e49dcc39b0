"""The statements of a whole document: what each sentence reports, and the quotations given to their cues.

A quotation goes to the cue of its own sentence, behind it or before it; without one to the cue that leads up to it, or to
the speaker of the quotation before it. So a speech runs on over sentences and paragraphs, as one statement with several spans.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from typing import Final

from dragoman.gate import paragraphs
from dragoman.quotes import Quote, quotes
from dragoman.reading import Reading, Sentence
from dragoman.speech import Cue, Speech
from dragoman.statements import Finder, Statement

SAID: Final = Cue("statement", "none", frozenset({"quote"}), frozenset(), True, "")
"""Row of a bare name that stands beside what it said: a signature or a label."""

NESTING: Final = frozenset({"that", "quote", "clause"})
"""Forms of content that count even inside another's words."""

REACH: Final = 14
"""Tokens between a quotation and the cue behind it, at most."""

LEAD: Final = 20
"""Tokens between a quotation and the cue before it, at most."""


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
            self._close_quotes(statement)
            statement.content = merged(statement.content)
        return self._outer(sorted(kept, key=lambda s: (s.sentence, s.cue)))

    def _outer(self, kept: list[Statement]) -> list[Statement]:
        """Drops what stands inside another's content, unless it carries a clause: "he said she feared" is one claim."""
        spans: list[tuple[int, int]] = sorted(span for s in kept for span in s.content)
        reach: list[int] = []
        for _, end in spans:
            reach.append(max(end, reach[-1]) if reach else end)
        starts = [start for start, _ in spans]
        found = []
        for statement in kept:
            at = self.reading.sentences[statement.sentence].tokens[statement.cue].start
            held = bisect_right(starts, at)
            inside = held > 0 and reach[held - 1] > at
            if not inside or (statement.row.carry and statement.form in NESTING):
                found.append(statement)
        return found

    def _close_quotes(self, statement: Statement) -> None:
        """Stretches a content that ends or begins inside a quotation to its marks, unless the cue stands there too."""
        cue = self.reading.sentences[statement.sentence].tokens[statement.cue].start
        low, high = statement.content[0][0], statement.content[-1][1]
        for quote in self.quotes:
            if quote.end < low or quote.start > high or quote.start <= cue < quote.end or quote.end - quote.start > 800:
                continue
            for k, (start, end) in enumerate(statement.content):
                if start <= quote.start < end <= quote.end:
                    statement.content[k] = (start, quote.end)
                elif quote.start <= start < quote.end < end:
                    statement.content[k] = (quote.start, end)

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
        near = [t.i for t in sentence.tokens if floor <= t.start < quote.start][::-1][:LEAD]
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


def merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The spans in order, those that touch or overlap made one."""
    out: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((start, end))
    return out
