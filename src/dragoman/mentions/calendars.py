"""Calendar arithmetic: the days of a month, season, decade or holiday, and the thirds that "early" and "late" mean.

Everything works on `datetime.date` (proleptic Gregorian), ranges inclusive at both ends. Years outside 1 to 9999 raise
`ValueError` or `OverflowError`; callers abstain then.
"""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from typing import TypeAlias

Days: TypeAlias = tuple[date, date]
"""First and last day, both inclusive."""


def year_days(year: int, years: int = 1) -> Days:
    """The days of `years` whole years beginning with `year`."""
    return date(year, 1, 1), date(year + years - 1, 12, 31)


def month_days(year: int, month: int, months: int = 1) -> Days:
    """The days of `months` whole months beginning with `month`, which may lie outside 1 to 12 (13 is next January)."""
    first = date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)
    last = month + months - 1
    last_year, last_month = year + (last - 1) // 12, (last - 1) % 12 + 1
    return first, date(last_year, last_month, calendar.monthrange(last_year, last_month)[1])


def week_days(day: date) -> Days:
    """The week from Monday that holds the day."""
    monday = day - timedelta(day.weekday())
    return monday, monday + timedelta(6)


def season_days(year: int, season: int) -> Days:
    """Meteorological seasons of the northern hemisphere: 1 spring, 2 summer, 3 autumn, 4 winter (December of `year` to
    February of the next)."""
    return month_days(year, 3 * season, 3)


def century_days(century: int) -> Days:
    """The 19th century is 1801 to 1900, but is written here as people count it: 1800 to 1899."""
    return year_days((century - 1) * 100 or 1, 100)


def easter(year: int) -> date:
    """Western Easter Sunday by the anonymous Gregorian algorithm (Meeus, Jones, Butcher)."""
    golden = year % 19
    hundreds = year // 100
    epact = (hundreds - hundreds // 4 - (8 * hundreds + 13) // 25 + 19 * golden + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - golden) // 11))
    offset = moon - (year + year // 4 + moon + 2 - hundreds + hundreds // 4) % 7
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


def islamic(year: int, month: int, day: int) -> date:
    """The Gregorian day of a day of the tabular Islamic calendar (civil epoch); moon sighting may differ by a day."""
    julian_day = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30 + 1948440 - 1
    return date.fromordinal(julian_day - 1721425)


def islamic_days(year: int, month: int, day: int, length: int) -> Days | None:
    """The first occurrence that begins within the Gregorian year: `length` days from the Islamic month and day."""
    guess = int((year - 622) * 33 / 32)
    for candidate in range(max(1, guess - 1), guess + 3):
        first = islamic(candidate, month, day)
        if first.year == year:
            return first, first + timedelta(length - 1)
    return None


def nth_weekday(year: int, month: int, weekday: int, n: int) -> date:
    """The n-th weekday (0 Monday) of a month; n = -1 is its last."""
    first, last = month_days(year, month)
    if n < 0:
        return last - timedelta((last.weekday() - weekday) % 7)
    return first + timedelta((weekday - first.weekday()) % 7 + 7 * (n - 1))


def narrow(days: Days, part: str | None, unit: str) -> Days:
    """The part of a period that a word picks out.

    `early`, `mid` and `late` are thirds, `first-half` and `second-half` halves, rounded to whole months within a year
    and whole years within a decade or century. `start` and `end` are thirds too, but of a year its first or last month.
    """
    if not part:
        return days
    start, end = days
    if unit in ("year", "decade", "century"):
        return _narrow_months(start, end, part)
    length = (end - start).days + 1
    third = max(1, length // 3)
    if part in ("early", "start"):
        return start, start + timedelta(third - 1)
    if part in ("late", "end"):
        return start + timedelta(min(2 * third, length - 1)), end
    if part == "mid":
        return start + timedelta(min(third, length - 1)), start + timedelta(min(2 * third, length) - 1)
    half = max(1, length // 2)
    if part == "first-half":
        return start, start + timedelta(half - 1)
    return start + timedelta(min(half, length - 1)), end


def _narrow_months(start: date, end: date, part: str) -> Days:
    years = end.year - start.year + 1
    if years > 1:
        return _narrow_years(start.year, years, part)
    first, size = {
        "start": (1, 1),
        "end": (12, 1),
        "early": (1, 4),
        "mid": (5, 4),
        "late": (9, 4),
        "first-half": (1, 6),
        "second-half": (7, 6),
    }[part]
    return month_days(start.year, first, size)


def _narrow_years(first: int, years: int, part: str) -> Days:
    third, two_thirds, tenth = -(-years // 3), -(-2 * years // 3), years // 10
    low, high = {
        "start": (0, tenth),
        "end": (years - tenth, years),
        "early": (0, third),
        "mid": (third, two_thirds),
        "late": (two_thirds, years),
        "first-half": (0, years // 2),
        "second-half": (years // 2, years),
    }[part]
    return year_days(first + low, high - low)
