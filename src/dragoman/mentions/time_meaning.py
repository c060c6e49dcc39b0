"""What an expression of time means before a calendar is laid to it, and the days that it comes to in a given frame."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from dragoman.mentions.calendars import (
    Days,
    century_days,
    easter,
    islamic_days,
    month_days,
    narrow,
    nth_weekday,
    season_days,
    week_days,
    year_days,
)
from dragoman.mentions.time_words import words

Tense: TypeAlias = Literal["past", "future", "present"]
Open: TypeAlias = tuple[date | None, date | None]
"""First and last day; None where that side is open or unknown."""

NOTHING: Open = (None, None)


@dataclass(frozen=True, slots=True)
class Meaning:
    """An expression as understood, without its context."""

    unit: str
    """day, weekday, week, weekend, month, quarter, half, season, year, decade, century, named, hour, minute, moment,
    clock, or pair, since, until for what is made of other meanings."""
    basis: str
    """Short name of the rule that found it."""
    origin: str = "calendar"
    """What it counts from: calendar (its own fields), published, anchor (what was told before), either (the anchor in
    a chronicle, publication in news), event (an event named beside it), beside (a date named beside it, `first`) or none (a duration, a set: no days)."""
    year: int | None = None
    month: int | None = None
    day: int | None = None
    index: int | None = None
    """Season 1 to 4, quarter 1 to 4, half 1 to 2, century, first year of a decade, or weekday 0 to 6."""
    name: str | None = None
    """Key of a named day."""
    low: int | None = None
    high: int | None = None
    """Units from the origin (negative: before), both ends inclusive; None where nothing is counted."""
    window: bool = False
    """Whether low to high is a stretch of days reaching to the origin, not whole calendar units."""
    part: str | None = None
    """early, mid, late, start, end, first-half, second-half."""
    bound: str | None = None
    """before or after the day of publication within the period ("earlier this month")."""
    move: int = 0
    """Days to add at the end: -1 for "the eve of"."""
    move_years: int = 0
    """Years to add: 10 for "the tenth anniversary of"."""
    first: Meaning | None = None
    last: Meaning | None = None
    """The ends of a pair."""
    bc: bool = False
    """Before the common era: no ISO day."""

    @property
    def floating(self) -> bool:
        """A calendar date whose year is not told."""
        return (
            self.origin == "calendar"
            and self.year is None
            and not self.bc
            and self.unit in ("day", "month", "season", "named", "quarter", "half")
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """What an expression is read against."""

    published: date | None = None
    tense: Tense | None = None
    anchor: Open = NOTHING


def days_of(meaning: Meaning, frame: Frame) -> Open:
    """The days it comes to; (None, None) where it abstains. Never raises."""
    try:
        start, end = _days(meaning, frame)
        if start is None and end is None:
            return NOTHING
        if meaning.move_years:
            start, end = _add_years(start, meaning.move_years), _add_years(end, meaning.move_years)
        if meaning.move and start:
            start = end = start + timedelta(meaning.move)
    except (ValueError, OverflowError, TypeError):
        return NOTHING
    return start, end


def _add_years(day: date | None, years: int) -> date | None:
    if day is None:
        return None
    shifted = month_days(day.year + years, day.month)
    return shifted[0].replace(day=min(day.day, shifted[1].day))


def _days(meaning: Meaning, frame: Frame) -> Open:
    if meaning.unit in ("pair", "since", "until"):
        return _compound(meaning, frame)
    if meaning.bc or meaning.origin == "none":
        return NOTHING
    if meaning.origin == "beside":
        base = days_of(meaning.first, frame) if meaning.first else NOTHING
        return _counted(replace(meaning, origin="anchor", first=None), Frame(frame.published, frame.tense, base))
    if meaning.origin == "event":
        return _counted(replace(meaning, origin="anchor"), frame)
    if "-" in meaning.origin:
        return _placed(meaning, frame)
    if meaning.unit == "weekday":
        return _weekday(meaning, frame)
    if meaning.floating:
        return _nearest(meaning, frame)
    if meaning.origin == "calendar":
        days = _calendar(meaning)
        return narrow(days, meaning.part, meaning.unit) if days else NOTHING
    return _counted(meaning, frame)


def _compound(meaning: Meaning, frame: Frame) -> Open:
    if meaning.unit == "since" and frame.tense is None:
        frame = replace(frame, tense="past")  # what one counts from lies behind: "since March", told in December
    first = days_of(meaning.first, frame) if meaning.first else NOTHING
    last = days_of(meaning.last, frame) if meaning.last else NOTHING
    if meaning.unit == "since":
        end = frame.published
        return first[0], end if first[0] and end and end >= first[0] else None
    if meaning.unit == "until":
        return None, last[1]
    if first[0] and last[1] and last[1] < first[0]:
        return NOTHING
    return (first[0], last[1]) if first[0] and last[1] else NOTHING


def _calendar(meaning: Meaning) -> Days | None:
    year = meaning.year
    index = meaning.index or 0
    if meaning.unit == "century":
        return century_days(index)
    if meaning.unit == "decade":
        return year_days(index, 10)
    if year is None:
        return None
    if meaning.unit == "day" and meaning.month and meaning.day:
        day = date(year, meaning.month, meaning.day)
        return day, day
    if meaning.unit == "month" and meaning.month:
        return month_days(year, meaning.month)
    if meaning.unit == "season":
        return season_days(year, index)
    if meaning.unit == "quarter":
        return month_days(year, 3 * index - 2, 3)
    if meaning.unit == "half":
        return month_days(year, 6 * index - 5, 6)
    if meaning.unit == "named" and meaning.name:
        return _named(meaning.name, year)
    return year_days(year) if meaning.unit == "year" else None


def _placed(meaning: Meaning, frame: Frame) -> Open:
    """A date whose year or month is told by reference: "of that year", "this June", "the 28th of that month"."""
    scale, source = meaning.origin.split("-")
    base = frame.published
    if source == "anchor" or (source == "either" and frame.anchor[0]):
        base = frame.anchor[0]
    if base is None and scale == "day" and frame.published and not meaning.low:
        # "on the 14th" of nothing told: the last one before publication
        base = frame.published
        if (meaning.day or 1) > base.day and frame.tense != "future":
            base = month_days(base.year, base.month - 1)[0]
    if base is None:
        return NOTHING
    shift = meaning.low or 0
    if scale == "year":
        return _days(replace(meaning, origin="calendar", year=base.year + shift, low=None), frame)
    if scale == "day":
        month = month_days(base.year, base.month + shift)[0]
        day = month.replace(day=meaning.day or 1)
        return day, day
    if scale == "week":
        day = week_days(base + timedelta(7 * shift))[0] + timedelta(meaning.index or 0)
        return day, day
    options = [month_days(year, meaning.month or 1) for year in range(base.year - 1, base.year + 2)]
    if shift < 0:
        found = max(d for d in options if d[1] < base)
    elif shift > 0:
        found = min(d for d in options if d[0] > base)
    else:
        found = next(d for d in options if d[0].year == base.year)
    return narrow(found, meaning.part, "month")


def _named(name: str, year: int) -> Days | None:
    row = words().day[name]
    length = row.get("length", 1)
    if row["rule"] == "islamic":
        return islamic_days(year, row["month"], row["day"], length)
    if row["rule"] == "easter":
        first = easter(year) + timedelta(row["offset"])
    elif row["rule"] == "nth":
        first = nth_weekday(year, row["month"], row["weekday"], row["n"])
    elif row["rule"] == "event":
        first = date.fromisoformat(row["date"])
    else:
        first = date(year, row["month"], row["day"])
    return first, first + timedelta(length - 1)


def _nearest(meaning: Meaning, frame: Frame) -> Open:
    """A date without a year: the nearest by tense to the day of publication."""
    today = frame.published
    if today is None:
        return NOTHING
    found: list[Days] = []
    for year in range(today.year - 4, today.year + 5):  # four years either way: 29 February
        try:
            days = _calendar(replace(meaning, year=year))
        except ValueError:
            continue
        if days:
            found.append(narrow(days, meaning.part, meaning.unit))
    if meaning.low is not None:  # "last June" ends before, "next June" begins after the day of publication
        found = [d for d in found if (d[1] < today if meaning.low < 0 else d[0] > today)] if meaning.low else found
    if frame.tense == "future":
        found = [d for d in found if d[1] >= today] or found
    elif frame.tense == "past":
        found = [d for d in found if d[0] <= today] or found
    if not found:
        return NOTHING
    return min(found, key=lambda d: (_distance(d, today), d))


AHEAD_COST = 2.5
"""How many days back weigh as much as one day ahead for a date without year and tense: reports mostly tell the past."""


def _distance(days: Days, today: date) -> float:
    if days[0] > today:
        return (days[0] - today).days * AHEAD_COST
    return max(0.0, float((today - days[1]).days))


def _weekday(meaning: Meaning, frame: Frame) -> Open:
    wanted = meaning.index or 0
    base = frame.published
    shift = meaning.low
    if meaning.origin == "anchor":
        base = frame.anchor[0]
        if base is None:
            return NOTHING
        if shift is not None and shift < 0:
            day = base - timedelta((base.weekday() - wanted - 1) % 7 + 1)
        elif shift is not None and shift > 0:
            day = base + timedelta((wanted - base.weekday() - 1) % 7 + 1)
        else:
            day = base + timedelta((wanted - base.weekday()) % 7)
        return day, day
    if base is None:
        return NOTHING
    ahead = frame.tense == "future"
    if shift is not None and shift < 0:
        day = base - timedelta((base.weekday() - wanted - 1) % 7 + 1)
    elif (shift is not None and shift > 0) or (ahead and base.weekday() != wanted):
        day = base + timedelta((wanted - base.weekday() - 1) % 7 + 1)
    else:
        day = base - timedelta((base.weekday() - wanted) % 7)
    return day, day


def _counted(meaning: Meaning, frame: Frame) -> Open:
    """So many units from the day of publication or from what was told before."""
    base = frame.published
    if meaning.origin == "anchor" or (meaning.origin == "either" and frame.anchor[0]):
        base = frame.anchor[0]
        if base is None:
            return NOTHING
    if base is None or meaning.low is None:
        return NOTHING
    high = meaning.high if meaning.high is not None else meaning.low
    if meaning.window:
        return _window(base, meaning.unit, meaning.low, high)
    start = _unit_days(meaning, base, meaning.low, frame)[0]
    end = _unit_days(meaning, base, high, frame)[1]
    narrowed = narrow((start, end), meaning.part, meaning.unit)
    if meaning.bound == "before" and start <= base:
        return start, min(end, base)
    if meaning.bound == "after" and base <= end:
        return max(start, base), end
    return narrowed


def _unit_days(meaning: Meaning, base: date, shift: int, frame: Frame) -> Days:
    unit = meaning.unit
    if unit in ("day", "clock"):
        last = frame.anchor[1] if meaning.origin == "anchor" and frame.anchor[1] else base
        return base + timedelta(shift), last + timedelta(shift)
    if unit in ("hour", "minute", "moment"):
        last = frame.anchor[1] if meaning.origin == "anchor" and frame.anchor[1] else base
        step = timedelta(shift // 24 if shift >= 0 else -(-shift // 24)) if unit == "hour" else timedelta(0)
        return base + step, last + step
    if unit == "week":
        return week_days(base + timedelta(7 * shift))
    if unit == "weekend":
        saturday = week_days(base)[0] + timedelta(5 + 7 * shift)
        if shift == 0 and saturday > base and frame.tense != "future":
            saturday -= timedelta(7)
        return saturday, saturday + timedelta(1)
    if unit == "month":
        return month_days(base.year, base.month + shift)
    if unit == "season":
        return _season_from(meaning, base, shift)
    if unit == "decade":
        return year_days(base.year // 10 * 10 + 10 * shift, 10)
    if unit == "century":
        return century_days(base.year // 100 + 1 + shift)
    return year_days(base.year + shift)


def _season_from(meaning: Meaning, base: date, shift: int) -> Days:
    season = meaning.index or 1
    options = [season_days(base.year + y, season) for y in range(-2, 3)]
    if shift < 0:
        return max(d for d in options if d[1] < base)
    if shift > 0:
        return min(d for d in options if d[0] > base)
    return min(options, key=lambda d: (d[0].year != base.year, abs((d[0] - base).days)))


def _window(base: date, unit: str, low: int, high: int) -> Open:
    return _step(base, unit, low), _step(base, unit, high)


def _step(base: date, unit: str, count: int) -> date:
    if unit in ("day", "week", "weekend"):
        return base + timedelta(count * (1 if unit == "day" else 7))
    if unit in ("hour", "minute", "moment"):
        return base + timedelta((count - 23) // 24 if count < 0 else (count + 23) // 24) if unit == "hour" else base
    months = count * {"month": 1, "season": 3, "year": 12, "decade": 120, "century": 1200}[unit]
    whole = month_days(base.year, base.month + months)
    return whole[0].replace(day=min(base.day, whole[1].day))
