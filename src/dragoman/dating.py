"""When it happened: the thread of dates through a report.

An act gets the date of the expression that the syntax binds to it, else that of the story line before it, else of
publication; the basis says which.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence, Set

from dragoman.mentions.time_meaning import Tense
from dragoman.mentions.time_words import plain, words
from dragoman.mentions.times import TimeMention, resolve
from dragoman.reading import Draft, Reading, Sentence, Token
from dragoman.records import When
from dragoman.syntax import governors, subtree

RECENT_DAYS = 7
"""News of the last seven days before publication is not background."""

VERBAL = frozenset({"VERB", "AUX"})

AFTER = re.compile(r"(?P<count>[A-Za-z]+|\d{1,2}) (?P<unit>day|week)s? $", re.IGNORECASE)
"""What stands before "after" where a clause is dated from another: "two days after"."""


class Story:
    """The thread of dates through one document."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.published = reading.document.published
        self.line: When | None = None
        self.line_paragraph = -2

    def date(self, sentence: Sentence, draft: Draft) -> None:
        """Gives the draft the date that its syntax binds, else its story line's, else that of publication."""
        since = self._since_clause(sentence, draft)
        if since is not None:
            draft.date = since
            return
        before = self._day_after(sentence, draft)
        if before is not None:
            draft.date = before
            draft.basis.append("time:day-after")
            return
        bound = self._bound(sentence, draft)
        if bound is not None:
            when = self._resolved(bound, sentence, draft)
            if when is not None:
                draft.date = when
                draft.basis.append(f"time:{bound.basis}")
                return
        if self.line is not None and self._continues(sentence, draft):
            draft.date = When(
                self.line.start, self.line.end, self.line.text, self.line.start_char, self.line.end_char, "inherited"
            )
            draft.basis.append("time:inherited")
            return
        if (told := self._told_earlier(sentence, draft)) is not None:
            draft.date = told
            draft.basis.append("time:inherited")
            return
        if self.published is None:
            draft.date = When(None, None, None, None, None, "unknown")
            return
        day = dt.date.fromisoformat(self.published)
        start = day if draft.status in {"future", "hypothetical"} else day - dt.timedelta(1)
        draft.date = When(start.isoformat(), self.published, None, None, None, "publication")

    def _continues(self, sentence: Sentence, draft: Draft) -> bool:
        """Whether an undated act goes on with the dated one before: same paragraph, told in the past tense."""
        if self.line is None or sentence.paragraph != self.line_paragraph:
            return False
        if draft.status in {"future", "hypothetical"}:
            return False
        verb = _finite(sentence.tokens, draft.trigger[0])
        return verb is None or verb.tag in {"VBD", "VBN"} or _perfect_past(sentence.tokens, verb.i)

    def _bound(self, sentence: Sentence, draft: Draft) -> TimeMention | None:
        """The time expression that belongs to the act: below it, or below what it hangs on, nearest first."""
        times = [
            t
            for t in self.reading.times.get(sentence.where, ())
            if t.start >= sentence.start
            and t.end <= sentence.end
            and t.kind not in {"duration", "set"}
            and not t.nested
            and (t.value_start or t.value_end)
            and not self._only_clock(t)
        ]
        if not times:
            return None
        tokens = sentence.tokens
        at: dict[int, TimeMention] = {}
        for time in times:
            for token in tokens:
                if token.start < time.end and token.end > time.start:
                    at[token.i] = time
        trigger = self._uttered(sentence, draft)
        acts = {d.trigger[0] for d in self.reading.drafts if d.sentence == sentence.index}
        owner = {i: _owner(tokens, i, acts) for i in at}
        own = [i for i in at if owner[i] == trigger]
        if not own and draft.nominal:
            # "the truce, signed in December": what was done with a noun's thing dates it
            done = {c for c in tokens[trigger].children if tokens[c].dep == "acl" and c not in acts}
            own = [i for i in at if owner[i] in done]
        below = trigger
        for above in governors(tokens, trigger):
            if own:
                break
            link = tokens[below]
            if link.dep == "relcl" and above in at:
                # "since Friday, when jets bombed"
                return at[above]
            if link.dep == "relcl" and above not in acts:
                # "in an offensive that ended in their flight": what the clause says of a dated act is of its date
                break
            own = [i for i in at if owner[i] == above]
            below = above
        # last, what dates a thing that the act belongs to: "stationed there under a 2020 accord"
        own = own or [i for i in subtree(tokens, trigger) if i in at and not _parted(tokens, i, trigger)]
        return at[min(own, key=lambda i: abs(i - trigger))] if own else None

    @staticmethod
    def _uttered(sentence: Sentence, draft: Draft) -> int:
        """The verb whose time counts: of an announced act that of the announcing."""
        tokens, trigger = sentence.tokens, draft.trigger[0]
        for above in governors(tokens, trigger):
            if f"announced:{tokens[above].lemma}" in draft.basis:
                return above
        return trigger

    def _day_after(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "Washington imposed sanctions on Thursday, a day after the generals left the talks": they left on Wednesday."""
        tokens, trigger = sentence.tokens, draft.trigger[0]
        clause = tokens[trigger]
        mark = next(
            (tokens[c] for c in clause.children if tokens[c].dep == "mark" and tokens[c].lemma == "after"), None
        )
        if clause.dep != "advcl" or mark is None:
            return None
        lead = AFTER.search(sentence.text[: mark.start - sentence.start])
        row = words().count.get(plain(lead["count"])) if lead is not None else None
        if lead is None or (row is None and not lead["count"].isdigit()):
            return None
        days = int(lead["count"] if row is None else row["low"]) * {"day": 1, "week": 7}[lead["unit"]]
        main = self._main_day(sentence, clause.head)
        if main is None:
            return None
        day = (dt.date.fromisoformat(main) - dt.timedelta(days)).isoformat()
        start = sentence.start + lead.start()
        return When(day, day, lead.group().strip(), start, start + len(lead.group().rstrip()), "expression")

    def _main_day(self, sentence: Sentence, verb: int) -> str | None:
        """The last day of the clause that a subordinate one hangs on; that of publication where it tells none."""
        probe = Draft(sentence.index, (verb, verb), "", None, None, "")
        bound = self._bound(sentence, probe)
        when = self._resolved(bound, sentence, probe) if bound is not None else None
        return when.end if when is not None else self.published

    def _told_earlier(self, sentence: Sentence, draft: Draft) -> When | None:
        """An old date told before an undated act in its own sentence: "a truce, signed in 2002, collapsed: ..."."""
        if self.published is None or draft.status in {"future", "hypothetical"}:
            return None
        limit = (dt.date.fromisoformat(self.published) - dt.timedelta(RECENT_DAYS)).isoformat()
        at = sentence.tokens[draft.trigger[0]].start
        for time in reversed(self.reading.times.get(sentence.where, ())):
            inside = sentence.start <= time.start and time.end <= at and not self._of_aside(sentence, time, draft)
            if inside and time.kind == "date" and not time.nested and time.value_end and time.value_end < limit:
                return When(time.value_start, time.value_end, time.text, time.start, time.end, "inherited")
        return None

    @staticmethod
    def _of_aside(sentence: Sentence, time: TimeMention, draft: Draft) -> bool:
        """Whether a date belongs to a participle within the act's own phrases: "peacekeepers, sent in 2020, looked on"."""
        tokens, act = sentence.tokens, draft.trigger[0]
        verb = act if tokens[act].pos in VERBAL else _owner(tokens, act)
        return any(
            _parted(tokens, t.i, verb) and verb in governors(tokens, t.i)
            for t in tokens
            if t.start < time.end and t.end > time.start
        )

    def _since_clause(self, sentence: Sentence, draft: Draft) -> When | None:
        """ "Have been killed since the war began in 1983": from then to now."""
        tokens = sentence.tokens
        for child in tokens[draft.trigger[0]].children:
            marks = {tokens[c].lemma for c in tokens[child].children if tokens[c].dep == "mark"}
            if tokens[child].dep != "advcl" or "since" not in marks:
                continue
            inside = set(subtree(tokens, child))
            for time in self.reading.times.get(sentence.where, ()):
                covers = any(i in inside and tokens[i].start < time.end and tokens[i].end > time.start for i in inside)
                if covers and time.value_start and self.published and time.value_start <= self.published:
                    draft.basis.append("since")
                    return When(time.value_start, self.published, time.text, time.start, time.end, "expression")
        return None

    def _only_clock(self, time: TimeMention) -> bool:
        """Whether an expression tells only the time of day of the day that the story is at: "before dawn"."""
        return time.kind == "time" and self.line is not None and time.value_start == self.published

    def _resolved(self, time: TimeMention, sentence: Sentence, draft: Draft) -> When | None:
        tense = _tense(sentence.tokens, draft)
        anchor = None
        if time.anchored and self.line is not None and self.line.start and self.line.end:
            anchor = (self.line.start, self.line.end)
        start, end = resolve(time, published=self.published, tense=tense, anchor=anchor)
        if start is None:
            return None
        if time.relation == "since":
            draft.basis.append("since")
        return When(start, end, time.text, time.start, time.end, "expression")

    def is_background(self, draft: Draft) -> bool:
        """Whether the act lies clearly before the news."""
        if draft.date is None or self.published is None:
            return False
        if draft.date.basis == "unknown":
            return draft.status != "hypothetical"
        if draft.date.end is None:
            return False
        limit = dt.date.fromisoformat(self.published) - dt.timedelta(RECENT_DAYS)
        if "since" in draft.basis and draft.date.start is not None:
            # a lasting state that began earlier is background too
            return draft.date.start < limit.isoformat()
        return draft.date.end < limit.isoformat()

    def close(self, sentence: Sentence, drafts: Sequence[Draft]) -> None:
        """Moves the story line on after a sentence: to the date of its act, else to a date that it tells at all."""
        if sentence.where != "text":
            return
        for draft in drafts:
            date = draft.date
            if not _is_main(sentence.tokens, draft.trigger[0]):
                continue
            if date is not None and date.basis == "expression" and date.start and draft.status in {"actual", "negated"}:
                self.line, self.line_paragraph = date, sentence.paragraph
                return
        for time in self.reading.times.get("text", ()):
            told = sentence.start <= time.start and time.end <= sentence.end
            if not told or not self._is_main_time(sentence, time):
                continue
            if time.kind in {"date", "range"} and not time.nested and time.value_start and time.value_end:
                if self.published is None or time.value_start <= self.published:
                    self.line = When(time.value_start, time.value_end, time.text, time.start, time.end, "expression")
                    self.line_paragraph = sentence.paragraph
                return

    def _is_main_time(self, sentence: Sentence, time: TimeMention) -> bool:
        """Whether the expression dates the main clause of its sentence; unparsed sentences are taken to be plain."""
        for token in sentence.tokens:
            if token.start < time.end and token.end > time.start:
                return _is_main(sentence.tokens, _owner(sentence.tokens, token.i))
        return True


def _is_main(tokens: Sequence[Token], index: int) -> bool:
    """Whether a predicate is the main clause's, or coordinated with it, or what its speech verb reports."""
    while tokens[index].dep in {"conj", "ccomp"} and tokens[index].head != index:
        index = tokens[index].head
    return tokens[index].dep == "ROOT"


def _owner(tokens: Sequence[Token], index: int, acts: Set[int] = frozenset()) -> int:
    """The predicate that a word belongs to: the nearest verb or nominal act above it, the word itself where none is."""
    for above in governors(tokens, index):
        if tokens[above].pos in VERBAL or above in acts:
            return above
    return index


def _parted(tokens: Sequence[Token], index: int, act: int) -> bool:
    """Whether another verb stands between a time expression and the act above it."""
    for above in governors(tokens, index):
        if above == act:
            return False
        if tokens[above].pos in VERBAL:
            return True
    return True


def _finite(tokens: Sequence[Token], index: int) -> Token | None:
    """The verb that carries the tense of an act."""
    for i in (index, *governors(tokens, index)):
        if tokens[i].pos in VERBAL and tokens[i].tag not in {"VB", "VBG"}:
            return tokens[i]
    return None


def _tense(tokens: Sequence[Token], draft: Draft) -> Tense | None:
    verb = _finite(tokens, draft.trigger[0])
    if draft.status == "future":
        return "future"
    if verb is None:
        return None
    helpers = {tokens[c].text.lower() for c in verb.children if tokens[c].dep in {"aux", "auxpass"}}
    if helpers & {"will", "shall", "'ll", "’ll"} or (
        verb.tag in {"VBP", "VBZ"} and "to" in {tokens[c].text.lower() for c in verb.children}
    ):
        return "future"
    if verb.tag in {"VBD", "VBN"} or helpers & {"was", "were", "had", "has", "have", "did"}:
        return "past"
    return "present"


def _perfect_past(tokens: Sequence[Token], index: int) -> bool:
    return (
        any(tokens[c].text.lower() in {"had", "'d"} and tokens[c].dep == "aux" for c in tokens[index].children)
        and tokens[index].tag == "VBN"
    )
