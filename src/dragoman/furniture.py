"""What stands in a text but is no report: found by the rows of `data/furniture.toml`, never by code of its own.

`skip_spans` gives the spans that coding passes over. It never changes a text; `printed.py` uses the same spans to
keep furniture out of pages that it cleans.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

LINE_LONGEST = 300
"""Code points beyond which a whole line is taken for a paragraph of the report, unless its row says otherwise."""
DATELINE_REACH = 1500
"""Code points from the start of a text in which datelines are looked for."""
WRAP_NARROWEST, WRAP_WIDEST = 50, 120
"""Line lengths in code points between which a text can be wrapped at a fixed width."""
CLOSING = '.!?…:"”’)'
"""What a sentence of a report ends in; captions, credits and headlines mostly don't."""
CREDIT_LONGEST = 400
"""Longest caption that ends in a credit, in code points."""
CREDIT_TAIL = 110
"""Code points at a line's end in which its credit must stand."""

_SENTENCE_START = re.compile(
    r"(?:(?<=[.!?…\"”’)\]])[ \t]{1,3}|(?:^|[ \t])[•·▪|][ \t]{1,3}|^)(?:[–—-]{1,2}[ \t]?)?(?=[\"“‘(\[]?[A-Za-z©])"
)
_LEADING_TAGS = re.compile(r"(?:<[a-z]{1,6}(?:\s[^<>]{0,300})?>\s{0,3}){1,4}", re.I)
_SENTENCE_END = re.compile(r"[.!?…][\"”’)\]]{0,2}(?=\s+[\"“‘(]?[A-Z©0-9]|\s*$)")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of furniture: half-open code points into the text, and what it is (`caption`, `byline`, ...)."""

    start: int
    end: int
    what: str


@dataclass(frozen=True, slots=True)
class Row:
    """One habit of newsrooms, as the data file writes it."""

    what: str
    scope: str
    pattern: re.Pattern[str]
    longest: int
    example: str
    open: bool
    """Whether only a line counts that ends in no full stop."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The data file, compiled."""

    rows: tuple[Row, ...]
    credit: re.Pattern[str]
    """Matches a credit at the end of a line, after a full stop."""
    no_towns: frozenset[str]
    appeal: tuple[re.Pattern[str], ...]
    appeal_longest: int
    line: tuple[Row, ...]
    dateline: tuple[Row, ...]
    within: tuple[Row, ...]
    """Rows that apply at the start of any sentence."""
    rest: tuple[Row, ...]
    inline: tuple[Row, ...]


@cache
def rules() -> Rules:
    """The rows, compiled once."""
    import tomllib
    from importlib.resources import files

    data = tomllib.loads(files("dragoman").joinpath("data/furniture.toml").read_text(encoding="utf-8"))
    rows = tuple(_row(entry) for entry in data["row"])
    return Rules(
        rows=rows,
        credit=_credit(data["credits"]),
        no_towns=frozenset(data["datelines"]["no_towns"]),
        appeal=tuple(re.compile(group) for group in data["appeal"]["groups"]),
        appeal_longest=data["appeal"]["longest"],
        line=tuple(r for r in rows if r.scope == "line"),
        dateline=tuple(r for r in rows if r.scope == "dateline"),
        within=tuple(r for r in rows if r.scope in ("sentence", "tail")),
        rest=tuple(r for r in rows if r.scope == "rest"),
        inline=tuple(r for r in rows if r.scope == "inline"),
    )


def _row(entry: dict[str, Any]) -> Row:
    pattern = entry.get("pattern")
    if pattern is None:
        pattern = "(?i:" + "|".join(_start(s) for s in entry["starts"]) + ")"
    return Row(
        what=entry["what"],
        scope=entry["scope"],
        pattern=re.compile(pattern),
        longest=entry.get("longest", LINE_LONGEST),
        example=entry.get("example", ""),
        open=entry.get("open", False),
    )


def _start(words: str) -> str:
    """A beginning as a pattern: whole words only, so that "related" leaves "relatedly" alone."""
    return re.escape(words) + (r"\b" if words[-1].isalnum() else "")


def _credit(data: dict[str, Any]) -> re.Pattern[str]:
    """Words after a full stop that end in an agency or a domain: `council.org`, `Jo Doe / AFP`, `Pool Photo via AP`."""
    agencies = "|".join(re.escape(a) for a in sorted(data["agencies"], key=len, reverse=True))
    name = r"(?:[A-Z][\w.’'-]{0,25}|via|of|the|and|for|by)"
    names = rf"(?:{name}(?:[ ,]{{1,2}}{name}){{0,7}}\s?[/|,–-]?\s?)"
    end = rf"(?:(?:{agencies})|(?:[\w-]{{1,30}}\.){{1,3}}(?:{data['domains']}))"
    return re.compile(rf"(?:^|[.!?)\"”’]\s{{1,4}})[(©]?\s?{names}?(?:{names}/\s?)?{end}(?:\s?/\s?{end})?\)?\s{{0,4}}$")


def lines(text: str) -> Iterator[tuple[int, int]]:
    """Spans of the lines that hold something, without surrounding blanks."""
    start = 0
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        line = text[start:end]
        left = start + len(line) - len(line.lstrip())
        right = start + len(line.rstrip())
        if left < right:
            yield left, right
        start = end + 1


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Spans of paragraphs: a line each, or a run of lines where the text is wrapped at a fixed width."""
    block: list[tuple[int, int]] = []
    for start, end in lines(text):
        if block and text.count("\n", block[-1][1], start) > 1:
            yield from _unwrapped(text, block)
            block = []
        block.append((start, end))
    yield from _unwrapped(text, block)


def _unwrapped(text: str, block: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    if _is_wrapped(text, block):
        yield block[0][0], block[-1][1]
    else:
        yield from block


def _is_wrapped(text: str, block: list[tuple[int, int]]) -> bool:
    """Whether a run of lines is one paragraph: of a width, and mostly broken amid a sentence."""
    if len(block) < 2:
        return False
    sizes = [end - start for start, end in block]
    longest = max(sizes)
    if longest > WRAP_WIDEST or longest < WRAP_NARROWEST or min(sizes[:-1]) < longest // 2:
        return False
    if len(block) == 2 and not text[block[1][0]].islower():
        return False
    closed = sum(text[end - 1] in CLOSING for _, end in block[:-1])
    return closed * 2 < len(block)


def has_credit(line: str) -> bool:
    """Whether a line ends in a picture credit after a full stop (or is nothing but one)."""
    if len(line) > CREDIT_LONGEST:
        return False
    return rules().credit.search(line[-CREDIT_TAIL:] if len(line) > CREDIT_TAIL else line) is not None


def whole_line(line: str) -> str | None:
    """What a whole line is, where it is furniture; else null."""
    known = rules()
    for row in known.line:
        if len(line) > row.longest or (row.open and line[-1] in ".!…"):
            continue
        if row.pattern.match(line):
            return row.what
    if len(line) <= known.appeal_longest and all(group.search(line) for group in known.appeal):
        return "appeal"
    if has_credit(line):
        return "caption"
    return None


def line_spans(text: str, start: int, end: int, first: bool = False) -> list[Span]:
    """Furniture of one line `[start, end)`; `first` says that a dateline may open it."""
    line = text[start:end]
    tags = _LEADING_TAGS.match(line) if line.startswith("<") else None
    what = whole_line(line[tags.end() :] if tags and tags.end() < len(line) else line)
    if what is not None:
        return [Span(start, end, what)]
    found: list[Span] = []
    if first and (length := dateline_length(line)):
        found.append(Span(start, start + length, "dateline"))
    found.extend(_within(line, start))
    for row in rules().rest:
        match = row.pattern.search(line)
        if match and len(line) - match.start() <= row.longest:
            found.append(Span(start + match.start(), end, row.what))
    for row in rules().inline:
        found.extend(Span(start + m.start(), start + m.end(), row.what) for m in row.pattern.finditer(line))
    return found


def dateline_length(line: str) -> int:
    """Code points of the dateline that opens a paragraph, its dash and blank with it; 0 where there is none."""
    known = rules()
    head = line[:200]
    for row in known.dateline:
        match = row.pattern.match(head)
        if match and re.split(r"[\s,:(]", match.group(), maxsplit=1)[0] not in known.no_towns:
            return match.end()
    return 0


def _within(line: str, offset: int) -> Iterator[Span]:
    """Sentences of a line that are furniture, and tails that run to its end."""
    done = 0
    for opening in _SENTENCE_START.finditer(line):
        begin = opening.end()
        if begin < done:
            continue
        left = opening.start() if "•" in opening.group() else begin
        for row in rules().within:
            if not row.pattern.match(line, begin):
                continue
            if row.scope == "tail":
                if len(line) - begin > row.longest:
                    continue
                end = len(line)
            else:
                stop = _SENTENCE_END.search(line, begin, begin + LINE_LONGEST)
                end = stop.end() if stop else len(line)
                if end - begin > LINE_LONGEST:
                    continue
            yield Span(offset + left, offset + end, row.what)
            done = end
            break


def merged(spans: list[Span]) -> list[tuple[int, int]]:
    """The spans sorted, those that touch or overlap made one."""
    out: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda s: (s.start, s.end)):
        if span.start >= span.end:
            continue
        if out and span.start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], span.end))
        else:
            out.append((span.start, span.end))
    return out
