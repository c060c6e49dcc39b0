"""Readers: what a matched shape of time means. One function for each shape of `time_shapes`, of one signature.

A reader takes the match and returns the expression, or None where the words around show that it is no time after all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from dragoman.mentions.time_doubts import Match, is_counted, is_no_month, is_year
from dragoman.mentions.time_meaning import Meaning
from dragoman.mentions.time_words import Row, plain, words


@dataclass(frozen=True, slots=True)
class Found:
    """An expression in the text and what it means."""

    start: int
    end: int
    meaning: Meaning
    parts: tuple[Found, ...] = ()
    """The ends of a range, each an expression of its own."""


def _month(word: str | None) -> int | None:
    return words().month[plain(word)]["number"] if word else None


def _day(word: str) -> int:
    digits = re.match(r"\d+", word)
    return int(digits.group()) if digits else int(words().ordinal[word.lower()]["number"])


def _part(word: str | None) -> Row:
    if not word:
        return {"part": None}
    return words().part[plain(word).rstrip("-–—‑")]


def _with_part(meaning: Meaning, word: str | None) -> Meaning:
    row = _part(word)
    bound = "before" if row.get("before") else "after" if row.get("after") else None
    return replace(meaning, part=row["part"] or None, bound=bound)


def _cased(match: Match, *groups: str) -> bool:
    """Whether the named groups that matched begin with a capital letter, as months and weekdays do."""
    return all(match[g] is None or match[g][:1].isupper() for g in groups)


def _year_fields(match: Match) -> tuple[int | None, bool]:
    """(year, before the common era) of the year groups."""
    groups = match.groupdict()
    era = (groups.get("era") or "").upper().replace(".", "").strip()
    year = int(groups["year"]) if groups.get("year") else None
    return year, era.startswith("BC")


def day_number(word: str) -> int | None:
    """The number of an ordinal in digits or words, None where it is none."""
    try:
        return _day(word)
    except KeyError:
        return None


def _finish(match: Match, meaning: Meaning) -> Meaning:
    """Add the year that the tail of a date tells: a number, an era, or "of that year"."""
    year, bc = _year_fields(match)
    if match["era2"]:
        bc = True
    meaning = replace(meaning, year=year, bc=bc)
    if match["yrel"]:
        which = words().which[plain(match["yrel"]).removesuffix("year").strip()]
        meaning = replace(meaning, origin="year-" + which["from"], low=which["shift"])
    return meaning


# -- readers


def read_dmy(match: Match) -> Found | None:
    """ "4 May 2004", "Friday, the 4th of May", "4-6 May", "the night of 4 May"."""
    if not _cased(match, "month", "wd"):
        return None
    month = _month(match["month"])
    last = _finish(match, Meaning("day", "date", month=month, day=_day(match["day2"] or match["day"])))
    if not match["day2"]:
        return Found(match.start(), match.end(), last)
    first = replace(last, day=_day(match["day"]))
    return Found(
        match.start(),
        match.end(),
        Meaning("pair", "day-range", first=first, last=last),
        (Found(match.start(), match.end("day"), first), Found(match.start("day2"), match.end(), last)),
    )


def read_mdy(match: Match) -> Found | None:
    """ "May 4, 2004", "Friday, May 4th", "May 4-6"."""
    if not _cased(match, "month", "wd") or (
        match["year"] is None
        and match["yrel"] is None
        and match["era2"] is None
        and is_counted(match.string, match.end())
    ):
        return None
    month = _month(match["month"])
    first = _finish(match, Meaning("day", "date", month=month, day=_day(match["day"])))
    if not match["day2"]:
        return Found(match.start(), match.end(), first)
    last = replace(first, day=_day(match["day2"]))
    return Found(
        match.start(),
        match.end(),
        Meaning("pair", "day-range", first=first, last=last),
        (Found(match.start(), match.end("day"), first), Found(match.start("day2"), match.end(), last)),
    )


def read_month(match: Match) -> Found | None:
    """ "May 2004", "late May", "March-April 1999", "last June", "June of that year"."""
    if not _cased(match, "month", "month2"):
        return None
    meaning = _finish(match, _with_part(Meaning("month", "month", month=_month(match["month"])), match["part"]))
    told = match["year"] or match["yrel"] or match["era2"]
    if match["which"]:
        if told:
            return None
        row = words().which[plain(match["which"])]
        meaning = replace(meaning, origin="month-" + row["from"], low=row["shift"], basis="which-month")
    elif not told and not match["part"] and not match["month2"] and is_no_month(match):
        return None
    if not match["month2"]:
        return Found(match.start(), match.end(), meaning)
    last = replace(meaning, month=_month(match["month2"]), part=None)
    first_year = meaning.year - 1 if meaning.year and (meaning.month or 0) > (last.month or 0) else meaning.year
    first = replace(meaning, year=first_year)
    return Found(
        match.start(),
        match.end(),
        Meaning("pair", "month-range", first=first, last=last),
        (Found(match.start(), match.end("month"), first), Found(match.start("month2"), match.end(), last)),
    )


def read_year(match: Match) -> Found | None:
    """ "1941", "early 1941", "1941-45", "480 BC"."""
    start, end = match.start(), match.end()
    year, bc = _year_fields(match)
    era = match["era"] is not None
    year = year or 0  # a year of one to three digits stands only with its era
    if not era and not is_year(match, year):
        return None
    first = _with_part(Meaning("year", "year", year=None if bc else year, bc=bc), match["part"])
    if not match["year2"]:
        return Found(start, end, first)
    last_year = int(match["year2"])
    if last_year < 100:
        last_year += year // 100 * 100
    if last_year <= year or last_year > year + 200:
        return Found(start, match.end("year"), first) if not match["year2"].isdigit() or last_year < year else None
    last = Meaning("year", "year", year=last_year)
    return Found(
        start,
        end,
        Meaning("pair", "year-range", first=first, last=last),
        (Found(start, match.end("year"), first), Found(match.start("year2"), match.end("year2"), last)),
    )


def read_decade(match: Match) -> Found | None:
    """ "the 1990s", "the mid-1990s", "the '80s"."""
    if match["short"]:
        decade = 1900 + int(match["short"])
        if decade < 1920:
            return None
    else:
        decade = int(match["long"])
    unit = "century" if decade % 100 == 0 and match["long"] and decade < 1900 else "decade"
    meaning = Meaning(unit, unit, index=decade // 100 + 1 if unit == "century" else decade)
    return Found(match.start(), match.end(), _with_part(meaning, match["part"]))


def read_century(match: Match) -> Found | None:
    """ "the late 19th century"."""
    number = _day(match["ord"])
    bc = (match["era"] or "").strip().upper().startswith("B")
    meaning = Meaning("century", "century", index=number, bc=bc)
    return Found(match.start(), match.end(), _with_part(meaning, match["part"])) if number <= 21 else None


def read_quarter(match: Match) -> Found | None:
    """ "the third quarter of 2004", "the first half of the year", "Q1 2004"."""
    groups = match.groupdict()
    number = int(groups["q"]) if groups.get("q") else _day(match["ord"])
    unit = "half" if (groups.get("half") or "q").lower().startswith("h") else "quarter"
    if number > (2 if unit == "half" else 4):
        return None
    meaning = _finish(match, Meaning(unit, unit, index=number))
    if groups.get("the_year"):
        meaning = replace(meaning, origin="year-either", low=0)
    return Found(match.start(), match.end(), meaning)


def read_season(match: Match) -> Found | None:
    """ "the spring of 1942", "last summer", "in the winter"."""
    word = match["season"]
    told = match["year"] or match["yrel"] or match["era2"]
    row = words().season[word.lower()]
    meaning = _finish(match, _with_part(Meaning("season", "season", index=row["number"]), match["part"]))
    text, start, end = match.string, match.start(), match.end()
    if word.lower() == "fall" and re.search(
        r"(?:['’]s?|\b(?:his|her|its|their))\s$", text[max(0, start - 6) : start], re.IGNORECASE
    ):
        return None
    if (
        word.lower() == "fall"
        and not told
        and (not (match["which"] or match["part"]) or re.match(r"\s(?:of|to|in|from)\b", text[end : end + 6]))
    ):
        return None
    if match["which"]:
        if told or match["the"]:
            return None
        which = words().which[plain(match["which"])]
        origin = which["from"]
        return Found(start, end, replace(meaning, origin=origin, low=which["shift"], basis="which-season"))
    if not told:
        led = match["part"] or (
            match["the"]
            and re.search(
                r"\b(?:in|by|during|until|since|over|through|throughout|for|of|before|after|from|to)\s$",
                text[max(0, start - 12) : start],
                re.IGNORECASE,
            )
        )
        led = led or re.search(
            r"\b(?:in|by|until|since|last|this|next|during)\s$", text[max(0, start - 8) : start], re.IGNORECASE
        )
        if not led or re.match(r"\s[A-Z]|-", text[end : end + 2]):
            return None
    return Found(start, end, meaning)


def read_weekday(match: Match) -> Found | None:
    """ "Monday", "late on Monday night", "next Friday", "Tuesday last week", "Fridays"."""
    if not _cased(match, "wd"):
        return None
    index = words().weekday[match["wd"].lower()]["number"]
    text, start, end = match.string, match.start(), match.end()
    if text[end : end + 1] == "s":
        return (
            Found(start, end + 1, Meaning("weekday", "weekdays", origin="none", index=index))
            if not text[end + 1 : end + 2].isalpha()
            else None
        )
    which = words().which[plain(match["which"])] if match["which"] else None
    if match["every"]:
        return Found(start, end, Meaning("weekday", "weekdays", origin="none", index=index))
    if match["week"]:
        which = words().which[plain(match["week"])]
        return Found(
            start,
            end,
            Meaning("weekday", "weekday-of-week", origin="week-" + which["from"], index=index, low=which["shift"]),
        )
    origin = which["from"] if which else "published"
    return Found(
        start,
        end,
        Meaning(
            "weekday",
            "which-weekday" if which else "weekday",
            origin=origin,
            index=index,
            low=which["shift"] if which else None,
        ),
    )


def read_deictic(match: Match) -> Found | None:
    """Fixed phrases of the lexicon: "yesterday", "the day before", "at that time"."""
    row = words().deictic[plain(match["word"])]
    text, start = match.string, match.start()
    if text[start].isupper() and re.search(r"[^\s.!?:;\"“”‘—–-]\s?$", text[max(0, start - 2) : start]) and start:
        return None  # a capital within a sentence: a title ("the Today programme")
    origin = row["from"]
    if match["word"].lower().endswith(("before", "after")) and re.match(
        r"\s(?!(?:and|but|or|in|at|on|as|he|she|they|it|we|had|was|were)\b)\w", text[match.end() : match.end() + 6]
    ):
        origin = "event"
    meaning = Meaning(
        row["unit"],
        "deictic",
        origin=origin,
        low=row["shift"],
        high=row.get("high"),
        window=row.get("window", False),
        part=row.get("part"),
    )
    return Found(match.start(), match.end(), meaning)


def read_which_unit(match: Match) -> Found | None:
    """ "last week", "the following day", "the past two years", "later that month"."""
    unit_row = words().unit[match["unit"].lower()]
    which = words().which[plain(match["which"])]
    count = _count(match["count"])
    shift, origin, unit = which["shift"], which["from"], unit_row["unit"]
    plural = match["unit"].lower().endswith("s")
    if plural and not count:
        if plain(match["which"]) in ("this", "last", "next", "that", "same") or not shift:
            return None
        count = (2, 5)
    if unit in ("hour", "minute") and not count:
        return (
            None
            if shift or unit == "minute"
            else Found(match.start(), match.end(), Meaning(unit, "which-unit", origin=origin, low=0))
        )
    if not count and unit == "day" and plain(match["which"]) == "the last":
        return None
    if count or plain(match["which"]) in ("the past", "this past", "the coming", "the last"):
        if unit == "weekend" and not count:
            return Found(match.start(), match.end(), Meaning(unit, "which-unit", origin=origin, low=shift))
        if count and shift and re.match(r"\sof\s", match.string[match.end() : match.end() + 4]):
            return Found(
                match.start(), match.end(), Meaning(unit, "duration", origin="none")
            )  # "the last two years of the war"
        if shift == 0 or (not count and re.match(r"\sof\b", match.string[match.end() : match.end() + 4])):
            return None
        far = (count[1] if count else 1) * unit_row.get("factor", 1) * shift
        origin = "either" if origin == "anchor" else origin
        meaning = Meaning(unit, "window", origin=origin, low=min(far, 0), high=max(far, 0), window=True)
        return Found(match.start(), match.end(), meaning)
    if (
        unit_row.get("night")
        and plain(match["which"]) == "that"
        and match["unit"].lower() not in ("night", "evening", "morning", "afternoon")
    ):
        return None
    return Found(
        match.start(), match.end(), _with_part(Meaning(unit, "which-unit", origin=origin, low=shift), match["part"])
    )


def read_part_unit(match: Match) -> Found | None:
    """ "the end of the month", "later in the year", "mid-week"."""
    unit = words().unit[match["unit"].lower()]["unit"]
    if plain(match["part"]) in ("early", "late", "earlier", "later"):
        return None
    meaning = Meaning(unit, "part-unit", origin="either", low=0)
    return Found(match.start(), match.end(), _with_part(meaning, match["part"]))


def read_the_unit(match: Match) -> Found | None:
    """ "at the weekend", "during the night": the one just told or just past."""
    meaning = Meaning(words().unit[match["unit"].lower()]["unit"], "the-unit", origin="either", low=0)
    return Found(match.start("the"), match.end(), meaning)


def _count(word: str | None) -> tuple[int, int] | None:
    if not word:
        return None
    if word.isdigit():
        return int(word), int(word)
    row = words().count[plain(word)]
    return int(row["low"]), int(row.get("high") or row["low"])


def read_lead(match: Match) -> Found | None:
    """ "two weeks ago", "a day later", "three days before the vote", "hours later", "a year and a half ago"."""
    unit_row = words().unit[match["unit"].lower()]
    lead = words().lead[plain(match["lead"])]
    count = _count(match["count"])
    if count is None:
        if not match["unit"].lower().endswith("s") or lead["from"] == "event":
            return None
        count = (2, 9)
    factor = unit_row.get("factor", 1)
    low, high, unit = count[0] * factor, count[1] * factor, unit_row["unit"]
    if (match["half"] or match["half1"]) and unit == "year":
        low, high, unit = low * 12 + 6, high * 12 + 6, "month"
    if lead["sign"] < 0:
        low, high = -high, -low
    return Found(
        match.start(), match.end(), Meaning(unit, "counted-" + lead["from"], origin=lead["from"], low=low, high=high)
    )


def read_duration(match: Match) -> Found | None:
    """ "two weeks", "a three-day": a length of time, no days of its own."""
    unit = words().unit[match["unit"].lower()]
    if plain(match["count"]) == "some" and not match["unit"].lower().endswith("s"):
        return None
    if unit.get("night") and match["count"].lower() in ("one", "a", "an"):
        return None
    if plain(match["count"]) in ("a", "an", "one", "the few", "few") or re.match(
        r"[-\s]olds?\b", match.string[match.end() : match.end() + 6]
    ):
        return None
    return Found(match.start(), match.end(), Meaning(unit["unit"], "duration", origin="none"))


def read_set(match: Match) -> Found | None:
    """ "every day", "annually": repetition, no days of its own."""
    return Found(match.start(), match.end(), Meaning("day", "set", origin="none"))


def read_window(match: Match) -> Found | None:
    """ "in recent days", "the coming weeks"."""
    row = words().window[plain(match["window"])]
    unit = match["unit"].lower()
    far = row.get(unit)
    if far is None:
        return None
    base = words().unit[unit]["unit"]
    return Found(
        match.start(),
        match.end(),
        Meaning(base, "window", origin="published", low=min(far, 0), high=max(far, 0), window=True),
    )


def read_clock(match: Match) -> Found | None:
    """ "5.30 p.m.", "0600 hours", "at dawn": an hour of the day just told."""
    return Found(match.start(), match.end(), Meaning("clock", "clock", origin="anchor", low=0))


def read_named(match: Match) -> Found | None:
    """ "Christmas Day 1914", "Ramadan", "D-Day"."""
    key = plain(match["name"])
    row = words().day[key]
    if (
        not match["name"].removeprefix("the ").removeprefix("The ")[:1].isupper()
        and key != "9/11"
        and key != "7/7"
        and "new year" not in key
    ):
        return None
    if row["rule"] == "event":
        return Found(
            match.start("name"), match.end("name"), Meaning("named", "event-day", year=int(row["date"][:4]), name=key)
        )
    meaning = _finish(match, Meaning("named", "named-day", name=key))
    if match["which"]:
        which = words().which[plain(match["which"])]
        if which["from"] == "anchor":
            return Found(match.start("name"), match.end(), meaning)
        meaning = replace(meaning, low=which["shift"])
    return Found(match.start(), match.end(), meaning)


def read_iso(match: Match) -> Found | None:
    """ "2011-08-23"."""
    meaning = Meaning("day", "iso", year=int(match["y"]), month=int(match["m"]), day=int(match["d"]))
    return Found(match.start(), match.end(), meaning)


def read_slash(match: Match) -> Found | None:
    """ "23/08/2011", "23.8.2011"; without days where day and month can't be told apart."""
    first, second, year = int(match["a"]), int(match["b"]), int(match["y"])
    if second > 12 >= first:
        first, second = second, first
    elif not (first > 12 >= second or "." in match.group() or first == second):
        return Found(match.start(), match.end(), Meaning("day", "day-or-month-first", origin="none"))
    return Found(match.start(), match.end(), Meaning("day", "numeric", year=year, month=second, day=first))


def read_month_day_of(match: Match) -> Found | None:
    """ "the 28th of that month", "on the 5th"."""
    row = words().which[plain(match["which"])] if match["which"] and plain(match["which"]) != "the" else None
    origin = "day-" + (row["from"] if row else "anchor")
    meaning = Meaning("day", "day-of-month", origin=origin, day=_day(match["day"]), low=row["shift"] if row else 0)
    return Found(match.start("the"), match.end(), meaning)
