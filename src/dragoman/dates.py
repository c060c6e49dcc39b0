"""A day of publication as sources write it, brought to ISO 8601.

The day is the one written, in the zone it was written in; a time of day and a zone are passed over. What could be two
different days (`03/04/2024`) or is no whole day (`August 2024`) is an error, never a guess.
"""

from __future__ import annotations

import datetime
import re

from dragoman.errors import UsageError

FIRST_YEAR, LAST_YEAR = 1600, 2199
"""Years outside are taken for errors: no news is older, and a row from the year 9999 is a placeholder."""

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("january", "jan"), ("february", "feb", "febr"), ("march", "mar"), ("april", "apr"), ("may",),
            ("june", "jun"), ("july", "jul"), ("august", "aug"), ("september", "sep", "sept"),
            ("october", "oct"), ("november", "nov"), ("december", "dec"),
        ),
        start=1,
    )
    for name in names
}  # fmt: skip

_MONTH = r"(?P<month>" + "|".join(sorted(_MONTHS, key=len, reverse=True)) + r")\b\.?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>\d{4})"
_LEAD = (
    r"\s{0,9}(?:(?:first |last |originally )?(?:published|updated|posted|created|modified|date|dated|issued)"
    r"(?: on| at)?:?\s{1,4})?(?:(?:mon|tues?|wed(?:nes)?|thur?s?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s{1,4})?"
)
_TIME = r"(?:[\s,;|·•–—@-]{0,6}(?:at\s{1,3})?T?\d{1,2}(?:[:.h]\d\d[^\n]{0,40}|\s?[ap]\.?m\b[^\n]{0,30}))?\s{0,9}"

_WORDED = (
    re.compile(_LEAD + _DAY + r"[\s-]{1,3}(?:of )?" + _MONTH + r"[\s,-]{1,3}" + _YEAR + r"\b" + _TIME, re.I),
    re.compile(_LEAD + _MONTH + r"\s{1,3}" + _DAY + r"\s{0,2}[,\s]\s{0,3}" + _YEAR + r"\b" + _TIME, re.I),
)
_ISO = re.compile(
    _LEAD + r"(?P<year>\d{4})(?P<sep>[-/.]?)(?P<month>\d{1,2})(?P=sep)(?P<day>\d{1,2})"
    r"(?:(?:T|\s)?\s{0,3}\d{2}:?\d{2}[^\n]{0,40}|Z|[+-]\d\d:?\d\d)?\s{0,9}",
    re.I,
)
_NUMERIC = re.compile(_LEAD + r"(?P<a>\d{1,2})(?P<sep>[-/.])(?P<b>\d{1,2})(?P=sep)(?P<year>\d{4})" + _TIME, re.I)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?(?:\.0+)?")


def iso_date(value: object) -> str:
    """The day that `value` writes, as `YYYY-MM-DD`.

    Takes strings (ISO 8601, RFC 822, "August 19, 2024", "19 Aug 2024", "19/08/2024", "19.08.2024", "20240819"),
    `datetime` and `date`, and Unix times in seconds or milliseconds (UTC).
    Raises `ValueError` with a sentence for people where it is no day, or could be two.
    """
    if isinstance(value, datetime.datetime):
        return _checked(value.year, value.month, value.day, value)
    if isinstance(value, datetime.date):
        return _checked(value.year, value.month, value.day, value)
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError(f"{_shown(value)} is no date")
    text = str(value).strip()
    if len(text) > 120:
        raise ValueError(f"{_shown(text)} is no date")
    if match := _EPOCH.fullmatch(text):
        return _from_epoch(match.group())
    for pattern in _WORDED:
        if match := pattern.fullmatch(text):
            month = _MONTHS[match["month"].lower()]
            return _checked(int(match["year"]), month, int(match["day"]), text)
    if match := _ISO.fullmatch(text):
        if not match["sep"] and not (len(match["month"]) == len(match["day"]) == 2):
            raise ValueError(f"{_shown(text)} is no date")
        return _checked(int(match["year"]), int(match["month"]), int(match["day"]), text)
    if match := _NUMERIC.fullmatch(text):
        return _from_numbers(int(match["a"]), int(match["b"]), int(match["year"]), match["sep"], text)
    raise ValueError(f"{_shown(text)} is no date of a whole day; write it as YYYY-MM-DD")


def _from_numbers(a: int, b: int, year: int, separator: str, text: str) -> str:
    """Day and month in either order; dots are written day first everywhere, else both above 12 or equal must decide."""
    if separator == "." or a == b or a > 12:
        return _checked(year, b, a, text)
    if b > 12:
        return _checked(year, a, b, text)
    raise ValueError(f"{_shown(text)} could be two days; write it as YYYY-MM-DD")


def _from_epoch(digits: str) -> str:
    seconds = int(digits.split(".")[0])
    if seconds >= 10**12:
        seconds //= 1000
    day = datetime.datetime.fromtimestamp(seconds, tz=datetime.UTC)
    return _checked(day.year, day.month, day.day, digits)


def _checked(year: int, month: int, day: int, written: object) -> str:
    try:
        date = datetime.date(year, month, day)
    except ValueError:
        raise ValueError(f"{_shown(written)} is a day that doesn't exist") from None
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"{_shown(written)} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return date.isoformat()


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


def check_day(day: str) -> None:
    """Raises `UsageError` where an option's value is no ISO day; the sentence names it and the form."""
    try:
        datetime.date.fromisoformat(day)
    except ValueError:
        raise UsageError(f"{day!r} is no day; write it as YYYY-MM-DD") from None
