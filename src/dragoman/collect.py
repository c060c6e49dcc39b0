"""The statements of a whole document: what each sentence reports, and the quotations given to their cues.

A quotation goes to the cue of its own sentence, behind it or before it; without one to the cue that leads up to it, or to
the speaker of the quotation before it. So a speech runs on over sentences and paragraphs, as one statement with several spans.
"""

from __future__ import annotations

import re
from bisect import bisect_right
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

PERSONS: Final = frozenset({"person", "name", "organization", "role", "unknown"})

LABEL: Final = re.compile(r"(?P<name>[A-Z][\w.’'-]*(?: [A-Za-z][\w.’'-]*){0,4})(?P<mark>:)\s+")
SIGNATURE: Final = re.compile(
    r"[ \t\xa0]*(?P<mark>―|—|–|--|-)[ \t\xa0]*(?P<name>[A-Z][\w.’'-]*(?: [A-Z][\w.’'-]*){0,4})\s*(?:\n|$)"
)

LONGEST: Final = 800
"""Code points of the longest quotation that a content is stretched to: a lost mark may make a longer one."""

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
        self.paragraphs = list(paragraphs(self.text))
        self.quotes = quotes(self.text, self.paragraphs)
        self.speaking = {
            p.text.split()[-1].lower() for m in reading.actors if m.kind in PERSONS for p in m.parts if p.text
        }
        self.sentences = [s for s in reading.sentences if s.where == "text"]
        self.starts = [s.start for s in self.sentences]
        self.quote_starts = [q.start for q in self.quotes]
        self.finders: dict[int, Finder] = {}
        self.found: dict[tuple[int, int], Statement] = {}

    def collect(self) -> list[Statement]:
        for sentence in self.sentences:
            if sentence.tokens:
                near = self._quotes_near(sentence.start, sentence.end)
                finder = Finder(sentence, self.rows, [(q.start, q.end) for q in near if q.full])
                self.finders[sentence.index] = finder
                for made in finder.find():
                    if finder.quote_of(made.cue) is not None:
                        continue
                    self.found[sentence.index, made.cue] = made
        self._give_quotes()
        self._give_blocks()
        self._give_labels()
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
        for quote in self._quotes_near(low, high):
            if quote.start <= cue < quote.end or quote.end - quote.start > LONGEST:
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
            owner = self._signature(quote) or self._owner(quote)
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
        over = self._over(quote)
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

    def _over(self, quote: Quote) -> list[Sentence]:
        """The parsed sentences that a quotation runs over."""
        at = max(0, bisect_right(self.starts, quote.start) - 1)
        found = []
        while at < len(self.sentences) and self.sentences[at].start < quote.end:
            if self.sentences[at].end > quote.start and self.sentences[at].tokens:
                found.append(self.sentences[at])
            at += 1
        return found

    def _quotes_near(self, start: int, end: int) -> list[Quote]:
        """The quotations that a stretch of text touches; quotations never overlap."""
        at = max(0, bisect_right(self.quote_starts, start) - 1)
        found = []
        while at < len(self.quotes) and self.quotes[at].start <= end:
            if self.quotes[at].end >= start:
                found.append(self.quotes[at])
            at += 1
        return found

    def _cue_after(self, sentence: Sentence, quote: Quote) -> Statement | None:
        near_quotes = [q for q in self._quotes_near(sentence.start, sentence.end) if q.full]
        limit = next((q.start for q in near_quotes if q.start >= quote.end), sentence.end)
        near = [t.i for t in sentence.tokens if quote.end <= t.start < limit][:REACH]
        return self._cue_among(sentence, near)

    def _cue_before(self, sentence: Sentence, quote: Quote) -> Statement | None:
        near_quotes = [q for q in self._quotes_near(sentence.start, sentence.end) if q.full]
        floor = max((q.end for q in near_quotes if q.end <= quote.start), default=sentence.start)
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
        speakers = [s for s in finder.speakers(token, False) if finder.quote_of(s) is None]
        made = Statement(sentence.index, i, row, "quote", finder.cue_words(token, extra), speakers)
        self.found[sentence.index, i] = made
        return made

    def _signature(self, quote: Quote) -> Statement | None:
        """A quotation with its speaker's name behind a dash on the same line."""
        match = SIGNATURE.match(self.text, quote.end)
        if match is None:
            return None
        return self._named(match.span("name"), match.span("mark"))

    def _named(self, name: tuple[int, int], mark: tuple[int, int]) -> Statement | None:
        """A statement whose cue is a mark beside a name."""
        at = bisect_right(self.starts, name[0]) - 1
        if at < 0 or not self.sentences[at].tokens:
            return None
        sentence = self.sentences[at]
        inside = [t.i for t in sentence.tokens if name[0] <= t.start < name[1]]
        if not inside or any(sentence.tokens[i].pos == "VERB" for i in inside):
            return None
        heads = [i for i in inside if sentence.tokens[i].head not in inside] or inside
        head = heads[-1]
        made = Statement(sentence.index, head, SAID, "quote", [head], [head], source=[name], label=[mark])
        self.found[sentence.index, head] = made
        return made

    def _give_labels(self) -> None:
        """ "NAME: words" at the head of a paragraph, as in transcripts and headlines."""
        for start, end in self.paragraphs:
            match = LABEL.match(self.text, start, end)
            if match is None or not self._can_speak(match.group("name")) or self._is_place(match.span("name")):
                continue
            at, stop = match.end(), end
            while stop > at and (self.text[stop - 1].isspace() or self.text[stop - 1] == "."):
                stop -= 1
            if len(self.text[at:stop].split()) < 3:
                continue
            made = self._named(match.span("name"), match.span("mark"))
            if made is not None:
                made.content.append((at, stop))

    def _is_place(self, span: tuple[int, int]) -> bool:
        """Whether a label only tells where: "Brussels: the ministers back the plan"."""
        return any((p.start, p.end) == span for p in self.reading.places.get("text", ()))

    def _can_speak(self, name: str) -> bool:
        """Whether a label can be somebody's: a person or body of the text, or a piece of writing."""
        words = name.split()
        return words[-1].lower() in self.rows.writing or words[-1].lower() in self.speaking

    def _give_blocks(self) -> None:
        """A paragraph without marks that a cue with a colon leads up to."""
        for k, sentence in enumerate(self.sentences[:-1]):
            after = self.sentences[k + 1]
            if not sentence.tokens or not sentence.text.rstrip().endswith(":") or after.paragraph == sentence.paragraph:
                continue
            start, end = self.paragraphs[after.paragraph]
            if self._quotes_near(start, start):
                continue
            made = self._cue_among(sentence, [t.i for t in sentence.tokens][::-1][:LEAD])
            if made is not None and not made.content:
                made.content.append((start, end))

    def _before(self, quote: Quote) -> Statement | None:
        """The cue of the sentence before, where that leads up to the quotation."""
        at = bisect_right(self.starts, quote.start) - 1
        while at >= 0 and (self.sentences[at].end > quote.start or not self.sentences[at].tokens):
            at -= 1
        if at < 0:
            return None
        sentence = self.sentences[at]
        if sentence.text.rstrip().endswith(":"):
            return self._cue_among(sentence, [t.i for t in sentence.tokens][::-1])
        if sentence.paragraph != quote.paragraph:
            return None
        cues = [t.i for t in sentence.tokens if (sentence.index, t.i) in self.found]
        told = [s for s in (self.found[sentence.index, i] for i in cues) if s.row.carry]
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
