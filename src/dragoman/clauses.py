"""Dates that the clause of an act tells: its own expression, "since", "a day after", "a four-year war"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dragoman.binding import VERBAL, Bound, auxiliaries, bound, finite, owner_of, uttered
from dragoman.mentions.time_meaning import Tense
from dragoman.mentions.times import TimeMention, resolve
from dragoman.reading import Draft, Reading, Sentence, Token
from dragoman.reckoning import LENGTH, back_by, length_of, month_end, offset_of, rows, shifted
from dragoman.records import When
from dragoman.syntax import covered, governors, subtree

RECENT_DAYS = 7
"""News of the last seven days before publication is not background."""

SPOKEN = frozenset({"AGREE", "SUPPORT", "CONCEDE", "REQUEST", "ACCUSE", "REJECT", "THREATEN"})
"""Types that answer what was told before, each at its own time; a signing (CAMEO 057) does not."""

PERFECT = frozenset({"have", "has", "'ve", "’ve"})

LONG_UNITS = frozenset({"week", "month", "year", "decade", "century", "generation"})
"""Units whose bare plural makes a state that lasts: "accused for months of torture"."""

UNKNOWN = When(None, None, None, None, None, "unknown")
"""Background without a date."""


@dataclass(frozen=True, slots=True)
class Line:
    """Where the story is: the last date told of what happened."""

    when: When
    paragraph: int
    lasting: bool = False
    """Whether it is a state that goes on ("since 2015")."""
    type: str | None = None
    cameo: str | None = None
    """The act that was dated."""


class Clauses:
    """Dates acts by what their own sentence tells, knowing where the story is."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.published = reading.document.published
        self.line: Line | None = None
        self.news: When | None = None
        """The last day told that is news."""
        self.told: list[Line] = []
        """The dated news acts so far."""
        self.begun: str | None = None
        """Since when a state lasts of which the report told last: "since March 24"."""
        self.back: tuple[int, When] | None = None
        """Paragraph and date of what the sentence before told of an earlier time than its own."""

    # -- what is news ----------------------------------------------------------------------------------------------------

    def is_recent(self, when: When) -> bool:
        """Whether it is of the last days before publication."""
        return self.published is not None and bool(when.end) and (when.end or "") >= self.limit()

    def limit(self) -> str:
        """The first day that is still news; empty where the day of publication is unknown."""
        return shifted(self.published, "day", -RECENT_DAYS) if self.published else ""

    @staticmethod
    def answers(draft: Draft) -> bool:
        """Whether the act is a word about something told before."""
        return draft.type in SPOKEN and draft.cameo != "057"

    def until_now(self, when: When) -> When:
        """From a day of the news to publication, at least the day before it: when something was said about it."""
        assert self.published is not None
        yesterday = shifted(self.published, "day", -1)
        start = min(when.start or yesterday, yesterday)
        return When(start, self.published, when.text, when.start_char, when.end_char, "inherited")

    # -- the act's own expression ------------------------------------------------------------------------------------------

    def times(self, sentence: Sentence) -> list[TimeMention]:
        return [
            t
            for t in self.reading.times.get(sentence.where, ())
            if t.start >= sentence.start
            and t.end <= sentence.end
            and t.kind not in {"duration", "set"}
            and not t.nested
            and (t.value_start or t.value_end or (t.meaning.origin == "anchor" and (t.meaning.low or 0) < 0))
        ]

    def _bind(self, sentence: Sentence, draft: Draft) -> Bound | None:
        times = [t for t in self.times(sentence) if not self._only_clock(t) and not self._is_due(t, draft)]
        if not times:
            return None
        acts = {d.trigger[0] for d in self.reading.drafts if d.sentence == sentence.index}
        return bound(sentence, draft, times, acts)

    def _only_clock(self, time: TimeMention) -> bool:
        """Whether an expression tells only the time of day of the day that the story is at: "before dawn"."""
        return time.meaning.unit == "clock" and self.line is not None

    def _is_due(self, time: TimeMention, draft: Draft) -> bool:
        """Whether it tells when a promise or demand is to be kept, not when it was made: "pledged to leave by May"."""
        if draft.type not in SPOKEN or draft.status not in {"actual", "negated"} or self.published is None:
            return False
        return time.relation in {"by", "until"} or bool(time.value_start and time.value_start > self.published)

    def bound_date(self, sentence: Sentence, draft: Draft) -> When | None:
        found = self._bind(sentence, draft)
        if found is None:
            return None
        when = self._resolved(found.time, sentence, draft)
        if when is None:
            return None
        if found.beside and self.answers(draft) and self.is_recent(when):
            draft.basis.append("time:answer")
            return self.until_now(when)
        draft.basis.append(f"time:{found.time.basis}")
        return self._spoken_of(sentence, draft, when)

    def _spoken_of(self, sentence: Sentence, draft: Draft, when: When) -> When:
        """What somebody said on a day that others "had" done was done that day or the day before."""
        tokens = sentence.tokens
        verb = finite(tokens, draft.trigger[0])
        single = when.start == when.end and when.start is not None and when.start_char is not None
        if verb is None or not single or "had" not in auxiliaries(tokens, verb.i) or verb.dep != "ccomp":
            return when
        if draft.type not in {"ASSAULT", "COERCE"}:
            # "announced that it had ended its campaign": the announcing ends it
            return when
        at, end = when.start_char or 0, when.end_char or 0
        if any(at <= tokens[i].start < end for i in subtree(tokens, verb.i)):
            return when
        return replace(when, start=shifted(when.start or "", "day", -1))

    def _resolved(self, time: TimeMention, sentence: Sentence, draft: Draft) -> When | None:
        tense = tense_of(sentence.tokens, draft)
        anchor = self._anchor(time, sentence) if time.anchored else None
        start, end = resolve(time, published=self.published, tense=tense, anchor=anchor)
        if start is None and time.anchored and anchor is None and (time.meaning.low or 0) < 0 and self.published:
            # "the previous month" of nothing told counts from the news itself
            start, end = resolve(time, published=self.published, anchor=(self.published, self.published))
        if start is None and time.relation == "until" and end is not None and end < (self.published or ""):
            return When(None, end, time.text, time.start, time.end, "expression")
        if start is None:
            return None
        if time.meaning.bound == "before" or (time.kind == "vague" and time.meaning.unit != "moment"):
            draft.basis.append("time:passed")
        if time.relation == "since" and self._only_its_start(sentence, time, draft):
            start, end = resolve(
                replace(time, meaning=time.meaning.first or time.meaning), published=self.published, tense="past"
            )
            return When(start, end, time.text, time.start, time.end, "expression")
        if time.relation == "since" or (time.meaning.window and end == self.published and time.kind == "range"):
            draft.basis.append("since")
            end = self._end_of_state(sentence, draft) or end
        if (
            time.basis == "counted-published"
            and time.meaning.unit == "year"
            and time.meaning.low == -1
            and self.published
        ):
            # "a year ago" is nearer than the calendar year: the month
            day = shifted(self.published, "year", -1)
            start, end = day[:8] + "01", month_end(day)
        if time.relation == "before" and time.basis == "named-day" and start[8:] != "01":
            # "before Christmas": that month, up to the day
            start, end = start[:8] + "01", shifted(start, "day", -1)
        return When(start, end, time.text, time.start, time.end, "expression")

    def _anchor(self, time: TimeMention, sentence: Sentence) -> tuple[str, str] | None:
        """What "two days later" counts from: the date told before it in the sentence, else the story line's."""
        before = [
            t
            for t in self.times(sentence)
            if t.end <= time.start and not t.anchored and t.value_start and t.value_end and t.relation != "since"
        ]
        if before:
            last = before[-1]
            return (last.value_start or "", last.value_end or "")
        if time.meaning.origin == "year-anchor" and time.value_start and time.value_end:
            # "of that year": the one told last, in whatever clause
            return time.value_start, time.value_end
        line = self.line
        if line is not None and line.paragraph != sentence.paragraph and time.meaning.unit in {"hour", "minute"}:
            # "hours later" at the head of a paragraph goes on with the news
            line = self.told[-1] if self.told else line
        if line is not None and line.when.start and line.when.end:
            return line.when.start, line.when.end
        return None

    @staticmethod
    def _only_its_start(sentence: Sentence, time: TimeMention, draft: Draft) -> bool:
        """Whether the act stands in the clause that tells what was on the day: "since Friday, when jets bombed"."""
        tokens = sentence.tokens
        for at in (draft.trigger[0], *governors(tokens, draft.trigger[0])):
            token = tokens[at]
            if token.dep in {"relcl", "advcl"} and any(tokens[c].lemma == "when" for c in token.children):
                return time.end <= token.start
        return False

    def _end_of_state(self, sentence: Sentence, draft: Draft) -> str | None:
        """Until when "since" reaches, where not to the day of publication: of what was told "last month" to then."""
        tokens = sentence.tokens
        verb = finite(tokens, draft.trigger[0])
        if verb is None or self.published is None:
            return None
        if verb.dep == "ccomp" and tokens[verb.head].pos in VERBAL:
            own = set(subtree(tokens, verb.i))
            for time in self.times(sentence):
                outside = [t for t in covered(tokens, time.start, time.end) if t.i not in own]
                dated = any(owner_of(tokens, t.i) == verb.head for t in outside)
                if dated and time.value_end and time.value_end < self.published:
                    return time.value_end
        return None

    def since_clause(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "Have been killed since the war began in 1983": from then to now."""
        tokens = sentence.tokens
        for child in tokens[draft.trigger[0]].children:
            since = [
                c for c in (child, *tokens[child].children) if tokens[c].lemma == "since" and tokens[c].tag == "IN"
            ]
            if not since or child < draft.trigger[0]:
                continue
            inside = [tokens[i] for i in subtree(tokens, draft.trigger[0]) if i > since[0]]
            for time in self.times(sentence):
                covers = any(t.start < time.end and t.end > time.start for t in inside) and time.relation != "since"
                if covers and time.value_start and self.published and time.value_start <= self.published:
                    draft.basis.append("since")
                    return When(time.value_start, self.published, time.text, time.start, time.end, "expression")
            if any(tokens[c].dep == "mark" for c in since) and self.published:
                return self._since_it_began(sentence, draft, tokens[child])
        return None

    def _since_it_began(self, sentence: Sentence, draft: Draft, clause: Token) -> When | None:
        """ "Have fled since the war began": since the start that was told, else for a time unknown."""
        tokens = sentence.tokens
        verb = finite(tokens, draft.trigger[0])
        if verb is None or not auxiliaries(tokens, verb.i) & PERFECT:
            return None
        draft.basis += ["since", "time:since-clause"]
        if self.begun is None:
            return UNKNOWN
        inside = [tokens[i] for i in subtree(tokens, clause.i)]
        text = sentence.text[inside[0].start - sentence.start : inside[-1].end - sentence.start]
        return When(self.begun, self.published, text, inside[0].start, inside[-1].end, "inherited")

    def since_then(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "In June they raided the road, where lorries have since been escorted": from that June to now."""
        tokens = sentence.tokens
        verb = finite(tokens, draft.trigger[0])
        if verb is None or self.published is None:
            return None
        below = [c for c in verb.children if tokens[c].lemma == "since"]
        bare = [c for c in below if all(tokens[k].lemma == "ever" for k in tokens[c].children)]
        if not bare or not auxiliaries(tokens, verb.i) & PERFECT:
            return None
        told = [t for t in self.times(sentence) if t.end <= tokens[bare[0]].start and t.value_start]
        since = told[-1].value_start if told else self.line.when.start if self.line is not None else None
        if since is None or since > self.published:
            return None
        draft.basis += ["since", "time:since-then"]
        return When(since, self.published, "since", tokens[bare[0]].start, tokens[bare[0]].end, "expression")

    def counted(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "Washington imposed sanctions on Thursday, a day after the generals left the talks": they left on Wednesday."""
        offset = offset_of(sentence, uttered(sentence.tokens, draft))
        if offset is None:
            return None
        main = self._main_days(sentence, offset.head)
        if main is None:
            return None
        low, high = offset.days(main)
        draft.basis.append("time:counted")
        when = When(low, high, offset.text, offset.start, offset.start + len(offset.text), "expression")
        self.back = (sentence.paragraph, when)
        return when

    def before_clause(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "Took in refugees before it closed the border last year": background, of a time not told."""
        tokens, act = sentence.tokens, draft.trigger[0]
        for child in tokens[act].children:
            clause = tokens[child]
            marked = any(tokens[c].lemma == "before" and tokens[c].dep == "mark" for c in clause.children)
            if clause.dep != "advcl" or not marked or tokens[act].tag not in {"VBD", "VBN"} or child < act:
                continue
            inside = [tokens[i] for i in subtree(tokens, child)]
            held = [t for t in self.times(sentence) if any(k.start < t.end and k.end > t.start for k in inside)]
            if held and (held[0].value_end or "") < (self.published or ""):
                draft.basis.append("time:before")
                return UNKNOWN
        return None

    def to_come(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "Will meet within five days": from now to then."""
        if draft.status != "future" or self.published is None:
            return None
        own = [sentence.tokens[i] for i in subtree(sentence.tokens, draft.trigger[0])]
        for time in self.reading.times.get(sentence.where, ()):
            inside = any(t.start < time.end and t.end > time.start for t in own) and time.start >= sentence.start
            length = length_of(time.text)
            within = sentence.text[: time.start - sentence.start].endswith("within ")
            if inside and within and time.kind == "duration" and length is not None:
                start, end = shifted(self.published, "day", -1), shifted(self.published, *length)
                return When(start, end, time.text, time.start, time.end, "expression")
        return None

    def _main_days(self, sentence: Sentence, verb: int) -> tuple[str, str] | None:
        """The days of the clause that another one is counted from: its own, else those of the news, else of publication."""
        for draft in self.reading.drafts:
            told = draft.date
            same = draft.sentence == sentence.index and draft.trigger[0] == verb
            if same and told is not None and told.basis == "expression" and told.start and told.end:
                return told.start, told.end
        probe = Draft(sentence.index, (verb, verb), "", None, None, "")
        found = self._bind(sentence, probe)
        when = self._resolved(found.time, sentence, probe) if found is not None else None
        when = when or self.news
        if when is not None and when.start and when.end:
            return when.start, when.end
        return (self.published, self.published) if self.published else None

    @staticmethod
    def _is_bare(tokens: Sequence[Token], noun: int) -> bool:
        return not any(tokens[c].dep in {"nummod", "det", "amod", "quantmod"} for c in tokens[noun].children)

    # -- states that last ------------------------------------------------------------------------------------------------

    def lasting(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "A four-decade war", "have fought for ten years", "the war broke out on 15 April": from then to now.

        Where its end is told ("a four-month truce expired on 1 May"), from as long before that.
        """
        if self.published is None or draft.status not in {"actual", "negated"}:
            return None
        tokens, act = sentence.tokens, draft.trigger[0]
        verb = finite(tokens, act)
        dated = self.bound_date(sentence, draft)
        if dated is not None and draft.nominal and verb is not None and verb.i != act:
            return self._begun_or_ended(sentence, draft, verb, dated)
        if dated is not None:
            return dated
        length = self._length(sentence, draft, verb)
        if length is None:
            return None
        draft.basis += ["since", "time:length"]
        start = back_by(self.published, *length[:2]) if length[1] else None
        at, end = length[2], length[3]
        text = sentence.text[at - sentence.start : end - sentence.start]
        if start is None:
            return UNKNOWN
        return When(start, self.published, text, at, end, "expression")

    def _begun_or_ended(self, sentence: Sentence, draft: Draft, verb: Token, when: When) -> When:
        act = sentence.tokens[draft.trigger[0]]
        of_verb = act.head == verb.i and act.dep in {"nsubj", "nsubjpass"}
        if not of_verb or when.start is None or when.end is None or self.published is None:
            return when
        if verb.lemma in rows().begin and act.lemma in rows().lasting and not self.is_recent(when):
            draft.basis.append("since")
            return replace(when, end=self.published)
        if verb.lemma in rows().end:
            length = length_of(self._phrase(sentence, act.i))
            if length is not None:
                return replace(when, start=back_by(when.end, *length))
        return when

    @staticmethod
    def _phrase(sentence: Sentence, noun: int) -> str:
        """The words before a noun that belong to it."""
        tokens = sentence.tokens
        before = [i for i in subtree(tokens, noun) if i <= noun]
        return sentence.text[tokens[before[0]].start - sentence.start : tokens[noun].end - sentence.start]

    def _length(self, sentence: Sentence, draft: Draft, verb: Token | None) -> tuple[str, int, int, int] | None:
        """(unit, count, start, end) of how long the act has lasted; a count of 0 where it isn't told ("decades-long")."""
        tokens, act = sentence.tokens, draft.trigger[0]
        perfect = verb is not None and bool(auxiliaries(tokens, verb.i) & PERFECT)
        lasting = [
            i for i in (act, *tokens[act].children) if tokens[i].pos == "NOUN" and tokens[i].lemma in rows().lasting
        ]
        for noun in lasting:
            before = [i for i in subtree(tokens, noun) if i < noun]
            if not before:
                continue
            start = tokens[before[0]].start
            phrase = sentence.text[start - sentence.start : tokens[noun].start - sentence.start]
            match = LENGTH.search(phrase)
            counted = length_of(phrase)
            if match is not None and counted is not None:
                return (*counted, start + match.start(), start + match.end())
            if any(word in phrase for word in ("s-long ", "s-old ", "long-running", "long-standing", "s long ")):
                return "year", 0, start, tokens[noun].end
        if verb is not None and (perfect or verb.dep == "acl"):
            for prep in verb.children:
                spans = [
                    tokens[c] for c in tokens[prep].children if tokens[c].dep == "pobj" and self._is_bare(tokens, c)
                ]
                if tokens[prep].lemma == "for" and spans and spans[0].lemma in LONG_UNITS:
                    return "year", 0, tokens[prep].start, spans[0].end
        if not perfect or verb is None:
            return None
        for time in self.reading.times.get(sentence.where, ()):
            inside = covered(tokens, time.start, time.end)
            if time.kind == "duration" and time.start >= sentence.start and inside:
                above = tokens[inside[-1].head]
                counted = length_of(time.text)
                if above.lemma == "for" and above.head in {verb.i, act} and counted is not None:
                    return (*counted, time.start, time.end)
        return None


def tense_of(tokens: Sequence[Token], draft: Draft) -> Tense | None:
    """The tense of an act's verb, which decides whether "on Monday" is the last or the next one; None for a bare noun."""
    verb = finite(tokens, draft.trigger[0])
    if draft.status == "future":
        return "future"
    if verb is None:
        return None
    auxes = {tokens[c].text.lower() for c in verb.children if tokens[c].dep in {"aux", "auxpass"}}
    if auxes & {"will", "shall", "'ll", "’ll"} or (
        verb.tag in {"VBP", "VBZ"} and "to" in {tokens[c].text.lower() for c in verb.children}
    ):
        return "future"
    if verb.tag in {"VBD", "VBN"} or auxes & {"was", "were", "had", "has", "have", "did"}:
        return "past"
    return "present"
