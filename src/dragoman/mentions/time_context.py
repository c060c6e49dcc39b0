"""Reads expressions of time in order and gives each the year, month or day that the text before it has set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

from dragoman.mentions.time_joins import Joined
from dragoman.mentions.time_meaning import NOTHING, Frame, Meaning, Open, Tense, days_of
from dragoman.mentions.time_words import alternatives, words

NEAR = 100
"""Code points within which, in news, a month without a year may follow a dated month of the past ("In September 2020
the war began. In November ...")."""

REACH = 1500
"""Code points beyond which "the next day" no longer counts from a date told before it in news."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An expression with its days."""

    start: int
    end: int
    meaning: Meaning
    days: Open
    relation: str | None
    nested: bool
    anchored: bool


@dataclass(slots=True)
class _Story:
    """What the text has told so far."""

    published: date | None
    narrative: bool
    year: int | None = None
    month: int | None = None
    dated_at: int = -10_000
    """Where the last date with a month stood."""
    told: Open = NOTHING
    """The last date, of any precision."""
    told_at: int = -10_000
    day: Open = NOTHING
    """The last single day."""
    day_at: int = -10_000
    passing: tuple[int, int, int | None] | None = None
    """Where a year was named in passing, and the year and month that hold again after it."""
    placed: list[Placed] = field(default_factory=list)
    years: dict[int, int] = field(default_factory=dict)
    """How often the text names each year."""

    def dwells(self, year: int) -> bool:
        """Whether the text names this year or its neighbours more than in passing."""
        near = sum(self.years.get(y, 0) for y in (year - 1, year, year + 1))
        return near >= max(2, 0.04 * sum(self.years.values()))


def place(text: str, joined: Sequence[Joined], published: date | None, narrative: bool | None) -> list[Placed]:
    """Every expression with its days, in the order given."""
    if narrative is None:
        narrative = tells_history(joined, published)
    story = _Story(published, narrative)
    for item in joined:
        if item.meaning.year is not None:
            story.years[item.meaning.year] = story.years.get(item.meaning.year, 0) + 1
    for at, item in enumerate(joined):
        _place(text, item, joined[at + 1] if at + 1 < len(joined) else None, story)
    return story.placed


DWELLING = 5
"""Mentions of years before the last that a chronicle has at least."""

YEARLESS = 3
"""Days and months without a year that a chronicle has at least; where there are fewer, nothing hangs on it."""

PAST_PER_RECENT = 4
"""Such mentions for each day counted from publication, above which a text is a chronicle: wars told by an encyclopedia
have dozens, newspaper features two or three."""


def tells_history(joined: Sequence[Joined], published: date | None) -> bool:
    """Whether the text is a chronicle: it names years of the past more often than days counted from publication."""
    if published is None:
        return True
    past = sum(1 for j in joined if _own_year(j.meaning, published) and not j.nested)
    recent = sum(1 for j in joined if _is_news(j.meaning))
    yearless = sum(1 for j in joined if j.meaning.floating)
    return past >= DWELLING and past + yearless > PAST_PER_RECENT * recent and yearless >= YEARLESS


def _own_year(meaning: Meaning, published: date) -> bool:
    inner = meaning.last or meaning.first or meaning
    return inner.bc or (inner.year is not None and inner.year < published.year - 1)


def _is_news(meaning: Meaning) -> bool:
    if meaning.unit == "weekday":
        return meaning.origin == "published"
    return meaning.origin.endswith("published") and meaning.unit != "moment"


def _place(text: str, item: Joined, after: Joined | None, story: _Story) -> None:
    if story.passing and _ends_aside(text, story.passing[0], item.start):
        story.year, story.month = story.passing[1:]
        story.passing = None
    meaning = _dated(text, item, item.meaning, story)
    anchor = _anchor(meaning, item.start, story)
    if meaning.unit == "clock" and after and _ON.fullmatch(text[item.end : after.start]):
        dated = _dated(text, after, after.meaning, story)  # "at 5 am on 3 October": the day stands behind the hour
        anchor = days_of(dated, Frame(story.published, None, anchor))
    tense = None if story.narrative else _tense(text, item)
    days = days_of(meaning, Frame(story.published, tense, anchor))
    anchored = _counts_from_anchor(meaning)
    story.placed.append(Placed(item.start, item.end, meaning, days, item.relation, item.nested, anchored))
    _remember(text, item, meaning, days, story)


_ON = re.compile(r",?\s(?:[A-Z]{3,4}\s)?(?:on\s|of\s)?(?:the\s)?")


def _counts_from_anchor(meaning: Meaning) -> bool:
    if meaning.origin == "event":
        return True
    if meaning.first or meaning.last:
        return any(_counts_from_anchor(m) for m in (meaning.first, meaning.last) if m)
    return meaning.origin.endswith(("anchor", "event"))


def _dated(text: str, item: Joined, meaning: Meaning, story: _Story) -> Meaning:
    """The meaning with the year that the context gives it."""
    if meaning.first or meaning.last:
        first = _dated(text, item, meaning.first, story) if meaning.first else None
        last = _dated(text, item, meaning.last, story) if meaning.last else None
        if first and last and first.year and last.year is None and last.floating:
            last = replace(last, year=first.year)
        return replace(meaning, first=first, last=last)
    if meaning.origin.endswith("either"):
        # "the end of the year": the one being told, in a report that of its publication
        source = "anchor" if story.narrative and story.told[0] else "published"
        meaning = replace(meaning, origin=meaning.origin.replace("either", source))
    if story.narrative and meaning.unit == "weekday" and meaning.origin == "published" and story.day[0]:
        return replace(meaning, origin="anchor")
    if (
        story.narrative
        and meaning.basis == "which-unit"
        and meaning.origin == "published"
        and meaning.low == 0
        and story.told[0]
    ):
        return replace(meaning, origin="anchor")  # "this day" of a chronicle is the day being told
    if not meaning.floating or story.year is None or _is_fresh(meaning, story):
        return meaning
    if story.narrative or (
        meaning.unit in ("day", "month")
        and item.start - story.dated_at <= NEAR
        and "\n" not in text[max(0, story.dated_at) : item.start]
    ):
        return replace(meaning, year=_year_for(meaning, story))
    return meaning


FRESH = 45
"""Days before publication within which a day of a month needs no year: a report gives the year of older ones."""


def _is_fresh(meaning: Meaning, story: _Story) -> bool:
    """Whether a day without a year, read as the last one before publication, is news: no year told before it counts."""
    if story.narrative or story.published is None or meaning.unit != "day":
        return False
    day = days_of(meaning, Frame(story.published, "past"))[0]
    return day is not None and 0 <= (story.published - day).days <= FRESH


def _month_of(meaning: Meaning) -> int | None:
    if meaning.month:
        return meaning.month
    if meaning.unit == "season" and meaning.index:
        return 3 * meaning.index
    if meaning.unit == "named" and meaning.name:
        return words().day[meaning.name].get("month") if words().day[meaning.name]["rule"] != "islamic" else None
    return None


WRAP = 8
"""Months by which a month must lie behind the one told before it to be taken for the next year's: "in December 1941 ...
in January". Smaller steps back are a chronicler's looking back."""


def _year_for(meaning: Meaning, story: _Story) -> int | None:
    month = _month_of(meaning)
    if story.year is None or month is None or story.month is None:
        return story.year
    return story.year + 1 if story.month - month >= WRAP else story.year


def _anchor(meaning: Meaning, start: int, story: _Story) -> Open:
    """What a relative expression counts from: the last single day for days and hours, else the last date of any kind."""
    if meaning.origin == "event" or (meaning.unit == "moment" and not story.narrative):
        return NOTHING
    by_day = (
        meaning.unit in ("day", "weekday", "hour", "minute", "clock", "week", "weekend") and "-" not in meaning.origin
    )
    if not story.narrative and start - (story.day_at if by_day else story.told_at) > REACH:
        return NOTHING
    if by_day and not (story.told_at > story.day_at and _is_month(story.told) and meaning.unit == "day"):
        return story.day
    return story.told


def _is_month(days: Open) -> bool:
    return days[0] is not None and days[1] is not None and 26 < (days[1] - days[0]).days < 32


def _remember(text: str, item: Joined, meaning: Meaning, days: Open, story: _Story) -> None:
    start, end = days
    if meaning.first or meaning.last or meaning.window or start is None or end is None:
        return
    if meaning.unit in ("moment", "clock", "century", "decade") or meaning.origin in ("none", "event"):
        return
    if story.narrative and meaning.origin == "published":
        return
    if not story.narrative and story.published and start > story.published:
        return  # what is to come is no day that a report counts on from
    if _in_brackets(text, item.start, item.end) and (meaning.unit == "year" or item.nested):
        return
    if meaning.unit == "year":
        if not _sets_year(text, item, start.year, story):
            return
        if start.year != story.year:
            if story.year is not None and not _opens_sentence(text, item.start):
                story.passing = story.passing or (item.end, story.year, story.month)
            else:
                story.passing = None
            story.month = None
        story.told, story.told_at, story.year = days, item.end, start.year
        return
    story.told, story.told_at, story.year, story.passing = days, item.end, start.year, None
    story.month = start.month
    if (
        meaning.origin == "calendar"
        and meaning.unit in ("day", "month")
        and story.published
        and start.year < story.published.year
    ):
        story.dated_at = item.end
    if (end - start).days <= 1:
        story.day, story.day_at = days, item.end


def _ends_aside(text: str, start: int, end: int) -> bool:
    """Whether a year named in passing no longer holds: its sentence has ended."""
    return end - start > NEAR or _STOP.search(text, start, end) is not None


_STOP = re.compile(r"\n|[.!?][\"'”’)]?\s")

_OPENING = re.compile(r"(?:^|[.!?:;\n][\"'”’)]?\s*)(?:[A-Z][a-z]+,?\s)?(?:[A-Za-z]+,?\s){0,4}$")


def _opens_sentence(text: str, start: int) -> bool:
    """Whether the expression stands within the first words of its sentence, as a chronicle's own dates do."""
    return _OPENING.search(text[max(0, start - 40) : start]) is not None


LEAP = 8
"""Years beyond which a year named by itself must be one that the text dwells on to become the year of what follows."""


def _sets_year(text: str, item: Joined, year: int, story: _Story) -> bool:
    """Whether a year named by itself is the story's and not an aside ("declassified in 2005", "as in 1812")."""
    if item.nested and not re.match(
        r"[^\S\n]*(?:[-–—]\s?\d{2,4}|to\s\d{4})?[^\S\n]*(?:\n|$)", text[item.end : item.end + 12]
    ):
        return False
    if story.year is None or abs(year - story.year) <= LEAP:
        return True
    return story.dwells(year)


def _in_brackets(text: str, start: int, end: int) -> bool:
    """Whether the expression is the first or last thing within brackets, as life spans and asides are."""
    return text[max(0, start - 1) : start] == "(" or (
        text[end : end + 1] == ")" and "(" in text[max(0, start - 14) : start]
    )


@cache
def _ahead_pattern() -> re.Pattern[str]:
    return re.compile(rf"(?:\b|(?<=['’])){alternatives(words().ahead)}\b[^.;:,\"“”—]{{0,70}}$", re.IGNORECASE)


@cache
def _intent_pattern() -> re.Pattern[str]:
    return re.compile(
        rf"\b{alternatives(words().intent)}\b[^.;:]{{0,50}}\bto\s(?!(?:the|an?|his|her|their|its)\b)[a-z]+\b[^.;:]*$"
    )


_REPORTING = re.compile(r"\b(?:said|told|announced|reported|added|wrote|warned|that|who|which)\b[^.;]*$", re.IGNORECASE)
_BACK = re.compile(r"\b(?:was|were|had|did|\w{3,}ed)\b[^.;:]*$")


def _tense(text: str, item: Joined) -> Tense | None:
    """Future where the words before the expression, within its clause, look ahead, past where they look back.

    A date that something is done by, from or until says nothing about itself with a verb of the past before it.
    """
    before = text[max(0, item.start - 110) : item.start]
    match = _ahead_pattern().search(before)
    if (match and not _REPORTING.search(match.group())) or _intent_pattern().search(before):
        return "future"
    return "past" if item.relation not in ("by", "from", "until") and _BACK.search(before) else None
