"""When it happened: the thread of dates through a report.

An act gets the date of the expression that the syntax binds to it, else that of the story line before it, else of
publication; the basis says which. What answers an act of the last days without a date of its own ("the rebels rejected
the deal") lies between that act and publication.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from dragoman.binding import VERBAL, auxiliaries, finite, is_main, owner_of, parted, uttered
from dragoman.clauses import UNKNOWN, Clauses, Line
from dragoman.mentions.times import TimeMention
from dragoman.reading import Draft, Reading, Sentence, Token
from dragoman.reckoning import length_of, month_end, rows, shifted
from dragoman.records import When
from dragoman.syntax import covered, governors

LONG_DAYS = 20
"""A stretch of more days is background where its middle is: "in November", told on 3 December."""

MATERIAL = frozenset({"RETREAT", "AID", "COOPERATE", "PROTEST", "SANCTION", "MOBILIZE", "COERCE", "ASSAULT"})

PRONOUNS = frozenset({"he", "she", "it", "they"})

POINTING = frozenset({"the", "this", "that", "these", "those", "their", "its"})
"""Words that make a noun one that was told before."""


class Story(Clauses):
    """The thread of dates through one document."""

    def __init__(self, reading: Reading) -> None:
        super().__init__(reading)
        self._is_past = _is_told_in_past(reading)
        self.quoted = [span for claim in reading.claims if claim.quoted for span in claim.content]

    # -- one act -------------------------------------------------------------------------------------------------------

    def date(self, sentence: Sentence, draft: Draft) -> None:
        """Gives the draft the date that its syntax binds, else its story line's, else that of publication."""
        for find in (
            self.since_clause,
            self.since_then,
            self.counted,
            self.before_clause,
            self.to_come,
            self.lasting,
            self.bound_date,
            self._of_object,
            self._earlier_clause,
            self._standing,
            self._of_governor,
            self._continued,
            self._told_earlier,
        ):
            when = find(sentence, draft)
            if when is not None:
                draft.date = self._clipped(when, draft)
                return
        draft.date = self._by_publication(draft)

    def _by_publication(self, draft: Draft) -> When:
        if self.published is None:
            return UNKNOWN
        start = self.published if draft.status in {"future", "hypothetical"} else shifted(self.published, "day", -1)
        return When(start, self.published, None, None, None, "publication")

    def _clipped(self, when: When, draft: Draft) -> When:
        """What has happened did so by the day of publication: "this week" ends today."""
        if self.published is None or draft.status not in {"actual", "negated"} or when.start is None:
            return when
        if when.end is not None and when.start <= self.published < when.end:
            return replace(when, end=self.published)
        return when

    # -- dates that the story tells ----------------------------------------------------------------------------------------

    def _inherited(self, when: When) -> When:
        return replace(when, basis="inherited")

    def _earlier_clause(self, sentence: Sentence, draft: Draft) -> When | None:
        """The date told before the colon or semicolon that the act stands behind: what follows explains or goes on."""
        tokens, act = sentence.tokens, uttered(sentence.tokens, draft)
        mark = next((tokens[i] for i in range(act, -1, -1) if tokens[i].text in {";", ":"}), None)
        if mark is None or self.published is None or draft.status in {"future", "hypothetical"}:
            return None
        told = [t for t in self.times(sentence) if t.end <= mark.start and t.value_start and t.value_end]
        if not told or (told[-1].value_end or "") > self.published:
            return None
        last = told[-1]
        when = When(last.value_start, last.value_end, last.text, last.start, last.end, "inherited")
        draft.basis.append("time:clause")
        if last.relation == "since":
            draft.basis.append("since")
        if mark.text == ";" and self.answers(draft) and self.is_recent(when):
            return self.until_now(when)
        return self._within(sentence, when, mark)

    def _within(self, sentence: Sentence, when: When, mark: Token) -> When:
        """ "A truce, signed in December 2002, collapsed within six months: ...": up to half a year behind it."""
        for time in self.reading.times.get(sentence.where, ()):
            between = (when.end_char or 0) <= time.start and time.end <= mark.start
            lead = sentence.text[: time.start - sentence.start]
            length = length_of(time.text)
            if between and time.kind == "duration" and lead.endswith("within ") and length and when.end:
                end = shifted(when.end, *length)
                return replace(when, end=month_end(end) if length[0] != "day" else end)
        return when

    def _standing(self, sentence: Sentence, draft: Draft) -> When | None:
        """Background without a date: what somebody "had earlier" done, or does and has done in an aside about him."""
        if draft.status not in {"actual", "negated"} or draft.type == "CONSULT":
            return None
        tokens, act = sentence.tokens, draft.trigger[0]
        verb = finite(tokens, act)
        if verb is None:
            return None
        adverbs = {tokens[c].text.lower() for c in verb.children if tokens[c].dep == "advmod"}
        auxes = auxiliaries(tokens, verb.i)
        past = bool(auxes & {"had", "has", "have"})
        if past and adverbs & rows().background:
            draft.basis.append("time:standing")
            return UNKNOWN
        progressive = verb.tag == "VBG" or "being" in auxes
        aside = verb.dep == "relcl" or (verb.dep == "conj" and tokens[verb.head].dep == "relcl")
        present = verb.tag in {"VBZ", "VBP"} or bool(auxes & {"has", "have", "is", "are"})
        bare = verb.tag in {"VBZ", "VBP"} and draft.type in MATERIAL and draft.status == "actual" and not draft.nominal
        if present and not progressive and (aside or (bare and verb.i == act and self._is_past)):
            draft.basis.append("time:standing")
            return UNKNOWN
        return None

    def _continued(self, sentence: Sentence, draft: Draft) -> When | None:
        """The date of the story line, where an undated act goes on with it."""
        line = self.line
        if draft.status in {"future", "hypothetical"} or sentence.where != "text":
            return None
        tokens = sentence.tokens
        verb = finite(tokens, draft.trigger[0])
        auxes = auxiliaries(tokens, verb.i) if verb is not None else frozenset()
        had = bool(auxes & {"had", "'d"}) and verb is not None and verb.tag == "VBN"
        if had and self.back is not None and self.back[0] == sentence.paragraph:
            draft.basis.append("time:inherited")
            return self._inherited(self.back[1])
        if line is None:
            return None
        if sentence.paragraph != line.paragraph:
            return self._told_again(sentence, draft)
        perfect = bool(auxes & {"has", "have", "'ve", "’ve"})
        if line.lasting and not perfect:
            return None
        recent = self.is_recent(line.when)
        present = verb is not None and (verb.tag in {"VBZ", "VBP"} or bool(auxes & {"is", "are"}))
        if self.answers(draft) and not recent and _is_long(line.when):
            # words in a report are not of the decade that it has just recalled
            return None
        if (perfect or present) and not recent:
            return self._state_since(draft, line) if perfect else None
        if recent and self.answers(draft) and not had and not self._same_doer(tokens, draft):
            draft.basis.append("time:answer")
            return self.until_now(line.when)
        if present or perfect:
            return None
        draft.basis.append("time:inherited")
        return self._inherited(self._last_part(line.when, tokens, draft))

    @staticmethod
    def _last_part(when: When, tokens: Sequence[Token], draft: Draft) -> When:
        """ "The war of 1977 to 1992 ... It ended with an accord": of several years the last one."""
        above = (draft.trigger[0], *governors(tokens, draft.trigger[0]))
        ends = any(tokens[i].lemma in rows().end for i in above)
        if not ends or not when.start or not when.end or when.start[:4] == when.end[:4]:
            return when
        return replace(when, start=when.end[:4] + "-01-01")

    def _state_since(self, draft: Draft, line: Line) -> When | None:
        """ "The war broke out on 15 April. It has driven a million people out": from then to now."""
        if draft.type not in MATERIAL or self.published is None:
            return None
        draft.basis += ["since", "time:inherited"]
        return replace(line.when, end=self.published, basis="inherited")

    @staticmethod
    def _same_doer(tokens: Sequence[Token], draft: Draft) -> bool:
        """Whether the subject of the sentence's own clause only points back: "they agreed", "he said that"."""
        at = draft.trigger[0]
        chain = [at, *governors(tokens, at)]
        for verb in reversed([i for i in chain if tokens[i].pos in VERBAL]):
            subjects = [c for c in tokens[verb].children if tokens[c].dep in {"nsubj", "nsubjpass"}]
            if subjects:
                return tokens[subjects[0]].lemma in PRONOUNS
        return False

    def _told_again(self, sentence: Sentence, draft: Draft) -> When | None:
        """The date of a news act that a later paragraph takes up with a noun: "the meeting was arranged by the emir"."""
        if self.answers(draft):
            return None
        tokens, act = sentence.tokens, draft.trigger[0]
        below = [c for c in tokens[act].children if tokens[c].dep in {"nsubj", "nsubjpass", "dobj"}]
        lent = any(mark.startswith("lent:") for mark in draft.basis)
        nouns = [act] if draft.nominal else below if lent else []
        pointed = any(tokens[c].lemma in POINTING for n in nouns for c in tokens[n].children) or (
            draft.cameo == "057" and any(tokens[n].lemma in {"it", "them"} for n in below)
        )
        for line in reversed(self.told):
            if pointed and line.type == draft.type and (line.cameo == draft.cameo or draft.type == "CONSULT"):
                draft.basis.append("time:told-again")
                return self._inherited(line.when)
        return None

    def _told_earlier(self, sentence: Sentence, draft: Draft) -> When | None:
        """An old date told before an undated act in its own sentence: "a truce, signed in 2002, collapsed as ..."."""
        if self.published is None or draft.status == "future":
            return None
        verb = finite(sentence.tokens, draft.trigger[0])
        if draft.status == "hypothetical" and (verb is None or verb.tag != "VBD"):
            # what was feared then is of then: "fled villagers who feared a massacre"
            return None
        at = sentence.tokens[draft.trigger[0]].start
        for time in reversed(self.reading.times.get(sentence.where, ())):
            inside = sentence.start <= time.start and time.end <= at and not self._of_aside(sentence, time, draft)
            if inside and time.kind == "date" and not time.nested and time.value_end and time.value_end < self.limit():
                draft.basis.append("time:inherited")
                return When(time.value_start, time.value_end, time.text, time.start, time.end, "inherited")
        return None

    def _of_object(self, sentence: Sentence, draft: Draft) -> When | None:
        """The day of the news that the parser hangs on what was made: "signed a truce brokered by Oman on Monday".

        So too "rejected a plan to share power on Monday", but not "made a promise to leave on Monday".
        """
        tokens, act = sentence.tokens, draft.trigger[0]
        made = [c for c in tokens[act].children if tokens[c].dep == "dobj"]
        promised = draft.type in {"AGREE", "CONCEDE", "THREATEN"}
        tags = {"VBN"} if promised else {"VBN", "VB"}
        parts = [c for noun in made for c in tokens[noun].children if tokens[c].dep == "acl" and tokens[c].tag in tags]
        parts += [c for c in tokens[act].children if tokens[c].dep == "ccomp" and self._names(tokens, c)]
        for time in self.times(sentence):
            inside = [t.i for t in covered(tokens, time.start, time.end)]
            if time.kind != "date" or not any(owner_of(tokens, i) in parts for i in inside):
                continue
            when = self._resolved(time, sentence, draft)
            if when is not None and self.is_recent(when) and (when.start or "") <= (self.published or ""):
                draft.basis.append("time:object")
                return when
        return None

    @staticmethod
    def _names(tokens: Sequence[Token], clause: int) -> bool:
        """Whether a clause names a thing: "bombed what it called a camp"."""
        return any(tokens[c].lemma == "what" and tokens[c].tag == "WP" for c in tokens[clause].children)

    @staticmethod
    def _of_aside(sentence: Sentence, time: TimeMention, draft: Draft) -> bool:
        """Whether a date belongs to a participle within the act's own phrases: "peacekeepers, sent in 2020, looked on"."""
        tokens, act = sentence.tokens, draft.trigger[0]
        verb = act if tokens[act].pos in VERBAL else owner_of(tokens, act)
        return any(
            parted(tokens, t.i, verb) and verb in governors(tokens, t.i) for t in covered(tokens, time.start, time.end)
        )

    def _of_governor(self, sentence: Sentence, draft: Draft) -> When | None:
        """What an accusation or denial of the same sentence is about has its date: "accused the army of bombing homes"."""
        tokens = sentence.tokens
        if tokens[draft.trigger[0]].tag != "VBG":
            return None
        dated = {d.trigger[0]: d for d in self.reading.drafts if d.sentence == sentence.index and d.date is not None}
        for above in governors(tokens, draft.trigger[0]):
            lead = dated.get(above)
            if lead is not None and lead.date is not None and self.answers(lead) and lead.date.basis == "inherited":
                return lead.date
            if tokens[above].lemma == "deny" and self.line is not None and self.line.paragraph == sentence.paragraph:
                return self.until_now(self.line.when) if self.is_recent(self.line.when) else None
        return None

    # -- background and the line ---------------------------------------------------------------------------------------------

    def is_background(self, draft: Draft) -> bool:
        """Whether the act lies clearly before the news."""
        date = draft.date
        if date is None or self.published is None:
            return False
        if date.basis == "unknown":
            return draft.status != "hypothetical"
        if date.end is None:
            return False
        limit = self.limit()
        if "since" in draft.basis and date.start is not None:
            # a lasting state that began earlier is background too
            return date.start < limit
        if date.start is not None and (date.end < self.published or "time:passed" in draft.basis):
            first, last = dt.date.fromisoformat(date.start), dt.date.fromisoformat(date.end)
            if (last - first).days > LONG_DAYS:
                return (first + (last - first) / 2).isoformat() < limit
        return date.end < limit

    def close(self, sentence: Sentence, drafts: Sequence[Draft]) -> None:
        """Moves the story line on after a sentence: to the date of its act, else to a date that it tells at all."""
        if self.back is not None and self.back[0] != sentence.paragraph:
            self.back = None
        if sentence.where != "text":
            return
        dated = [line for line in (self._line_of(sentence, draft) for draft in drafts) if line is not None]
        for line in dated:
            self._move(sentence, line)
        if dated:
            return
        for time in self.reading.times.get("text", ()):
            told = sentence.start <= time.start and time.end <= sentence.end
            if not told or not self._is_main_time(sentence, time) or self._is_quoted(time):
                continue
            whole = time.kind in {"date", "range"} and not time.nested and time.value_start and time.value_end
            if whole and (self.published is None or (time.value_start or "") <= self.published):
                when = When(time.value_start, time.value_end, time.text, time.start, time.end, "expression")
                said = any(t.dep == "ROOT" and t.lemma in rows().saying for t in sentence.tokens)
                if said and not self.is_recent(when):
                    return  # "he said in June that ...": only the saying is old
                self._move(sentence, Line(when, sentence.paragraph, time.relation == "since"))
                return

    @staticmethod
    def _line_of(sentence: Sentence, draft: Draft) -> Line | None:
        """Where a main act that has a date of its own leads the story."""
        date = draft.date
        if date is None or not date.start or draft.status not in {"actual", "negated"}:
            return None
        told = date.basis == "expression" or "time:told-again" in draft.basis
        if not told or not is_main(sentence.tokens, draft.trigger[0]):
            return None
        return Line(date, sentence.paragraph, "since" in draft.basis, draft.type, draft.cameo)

    def _is_passing(self, sentence: Sentence, when: When) -> bool:
        """Whether an old date is told in passing: "they last met in 2000"."""
        adverbs = {t.text.lower() for t in sentence.tokens if t.dep == "advmod" and is_main(sentence.tokens, t.head)}
        return bool(adverbs & rows().passing) and not self.is_recent(when)

    def _move(self, sentence: Sentence, line: Line) -> None:
        if self._is_passing(sentence, line.when):
            return
        self.line = line
        if line.lasting:
            self.begun = line.when.start
        if self.is_recent(line.when) and not line.lasting:
            self.news = line.when
            self.told.append(line)

    def _is_quoted(self, time: TimeMention) -> bool:
        """Whether it stands in somebody's words, whose "today" is his own."""
        return any(start <= time.start < end for start, end in self.quoted)

    def _is_main_time(self, sentence: Sentence, time: TimeMention) -> bool:
        """Whether the expression dates the main clause of its sentence; unparsed sentences are taken to be plain."""
        inside = covered(sentence.tokens, time.start, time.end)
        return not inside or is_main(sentence.tokens, owner_of(sentence.tokens, inside[0].i))


def _is_long(when: When) -> bool:
    """Whether a stretch is longer than a year."""
    if not when.start or not when.end:
        return False
    return (dt.date.fromisoformat(when.end) - dt.date.fromisoformat(when.start)).days > YEAR_DAYS


YEAR_DAYS = 366


def _is_told_in_past(reading: Reading) -> bool:
    """Whether the report tells in the past tense, so that its present is what lasts: "Ugandan troops hold the town"."""
    tags = [t.tag for s in reading.sentences if s.where == "text" for t in s.tokens if t.pos == "VERB"]
    return tags.count("VBD") >= 2 * (tags.count("VBZ") + tags.count("VBP")) and tags.count("VBD") > FEW


FEW = 4
"""Verbs of the past up to which nothing is said of how a report is told."""
