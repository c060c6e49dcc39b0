"""Printed web pages: a report as saved or pasted text, with what the page had around it.

Such a page opens with a headline, a day and a captioned picture, mixes links to other articles into its paragraphs and
closes with the address it came from. `read_page` takes title, day and address from there and keeps the report alone.
Plain text without any of this stays what it is.
"""

from __future__ import annotations

import html
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from dragoman import furniture
from dragoman.dates import iso_date
from dragoman.furniture import CLOSING, Span

HEAD_LINES = 7
"""Lines at the top of a page among which its day is looked for."""
HEADLINE_LONGEST = 250
"""Code points of the longest headline on a page that bears a day."""
TITLE_LONGEST = 150
"""The same where only its shape tells that a first line is a headline."""
CAPTION_LONGEST = 300
"""Code points of the longest caption below the day of a page."""
LETTER_LONGEST = 9
"""Paragraphs of a letter to readers, from its opening to its last appeal."""
FOOTER_LINES = 15
"""Lines at the end of a page among which its address is looked for."""
URL_LONGEST = 2000
"""Code points."""

_TAG = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|em|font|i|mark|q|s|small|span|strike|strong|sub|sup|tt|u)(?:\s[^<>]{0,1000})?/?>",
    re.I,
)
_BREAK = re.compile(r"<(?:br|/?p|/?div|hr)(?:\s[^<>]{0,1000})?/?>", re.I)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,12}\d{0,2});", re.I)
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f\u3000]+")
_PIECE = re.compile(r"\s[|•·—–]\s")
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s<>\"]{3,}", re.I)
_FRAGMENT = re.compile(r"[\w\-.~:/?#\[\]@!$&'()*+,;=%]+")
_NAMELIKE = re.compile(r"[A-Z][a-z]+[.,]?")


@dataclass(frozen=True, slots=True)
class Page:
    """A page, read: `text` is the report alone, its paragraphs parted by one blank line."""

    title: str | None
    text: str
    published: str | None
    """ISO date, null where the page bears none."""
    url: str | None
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the report."""

    title: str | None
    published: str | None
    spans: tuple[Span, ...]
    """Headline, day, bylines and captions, in text order."""


@dataclass(frozen=True, slots=True)
class Footer:
    """The address a page came from, and the span of its label and of the address as written."""

    url: str
    start: int
    end: int


def read_page(text: str, title: str | None = None, shaped: bool = True) -> Page:
    """The report on a page, and the title, day and address that it bears.

    `title` is one known from elsewhere; a first line equal to it is left out. With `shaped` false the first line of a
    page without a day is never taken for a headline.
    """
    text = plain(text)
    footer = find_footer(text)
    head = find_head(text, bool(footer), title is not None) or (
        _shaped_head(text) if shaped and title is None else None
    )
    spans = [*(head.spans if head else ()), *_body_spans(text, head, footer, title)]
    return Page(
        title=title or (head.title if head else None),
        text=_kept(text, furniture.merged([s for s in spans if s.what != "url"])),
        published=head.published if head else None,
        url=footer.url if footer else None,
    )


def skip_spans(text: str) -> list[tuple[int, int]]:
    """Spans of `text` that are no report: headline and day of a printed page, captions, credits, bylines, datelines,
    links to other articles, appeals, notices, footers and addresses.

    Half-open code points into `text` as it is, sorted, never overlapping; empty for a text that is all report.
    """
    footer = find_footer(text)
    head = find_head(text, bool(footer))
    return furniture.merged([*(head.spans if head else ()), *_body_spans(text, head, footer, None)])


def plain(text: str) -> str:
    """The text without inline tags and character entities, with `\\n` line ends."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    if "<" in text:
        text = _TAG.sub("", _BREAK.sub("\n", text))
    if "&" in text:
        text = _ENTITY.sub(lambda m: html.unescape(m.group()), text)
    return text


def find_head(text: str, footed: bool = False, titled: bool = False) -> Head | None:
    """What stands above the report of a printed page; null where no line bears a day.

    With `footed` (the page closes with its address) a first line shaped like a headline is enough; with `titled` (its
    title is known from elsewhere) the day may stand without one.
    """
    top = _top(text)
    for index, (start, end) in enumerate(top[:HEAD_LINES]):
        if end - start > HEADLINE_LONGEST:
            break
        day = _day(text[start:end])
        if day is not None:
            return _dated_head(text, top, index, day, titled)
    return _shaped_head(text) if footed and not titled else None


def _top(text: str) -> list[tuple[int, int]]:
    top: list[tuple[int, int]] = []
    for span in furniture.lines(text):
        top.append(span)
        if len(top) == HEAD_LINES + 6:
            break
    return top


def _day(line: str) -> str | None:
    """The day a line bears, where it bears nothing else but a byline or a time."""
    if len(line) > 120 or not any(c.isdigit() for c in line):
        return None
    for piece in (line, *_PIECE.split(line)):
        if any(c.isalpha() or c in "/-." for c in piece):
            try:
                return iso_date(piece)
            except ValueError:
                continue
    return None


def _dated_head(text: str, top: Sequence[tuple[int, int]], index: int, day: str, titled: bool) -> Head | None:
    above, below = top[:index], top[index + 1 :]
    spans = [Span(*top[index], "date")]
    named = _headline(text, above)
    if (
        not named
        and not above
        and not titled
        and below
        and _is_headline(text[below[0][0] : below[0][1]], HEADLINE_LONGEST)
    ):
        named, below = [below[0]], below[1:]
    if not named and not (titled and not above):
        return None
    spans += [Span(*line, "headline") for line in named]
    spans += [Span(*line, "byline") for line in above if line not in named and _is_label(text[line[0] : line[1]])]
    spans += _captions(text, below)
    title = " ".join(_tidy(text[start:end]) for start, end in named) or None
    return Head(title, day, tuple(sorted(spans, key=lambda s: s.start)))


def _headline(text: str, above: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The line above the day that is the headline (two, where it is wrapped); section labels and bylines aren't."""
    for index, (start, end) in enumerate(above):
        line = text[start:end]
        if furniture.whole_line(line) or (len(line.split()) < 4 and index + 1 < len(above) and _is_label(line)):
            continue
        following = above[index + 1] if index + 1 < len(above) else None
        if following and text.count("\n", end, following[0]) == 1 and text[following[0]].islower():
            return [above[index], following]
        return [above[index]]
    return []


def _is_label(line: str) -> bool:
    """A section name, a byline: what stands about a headline and tells nothing."""
    return len(line.split()) < 6 or furniture.whole_line(line) is not None


def _captions(text: str, below: Sequence[tuple[int, int]]) -> list[Span]:
    """Captions and credits between the day and the report: short lines that end in no sentence's end."""
    found: list[Span] = []
    for index, (start, end) in enumerate(below[:-1]):
        line = _TAG.sub("", text[start:end]).strip() or " "
        if furniture.whole_line(line) or (len(line) <= CAPTION_LONGEST and line[-1] not in CLOSING):
            found.append(Span(start, end, "caption"))
            continue
        credit = text[below[index + 1][0] : below[index + 1][1]]
        if (
            len(line) > CAPTION_LONGEST
            or furniture.whole_line(credit) not in ("credit", "caption")
            or index + 2 >= len(below)
        ):
            break
        found.append(Span(start, end, "caption"))
    return found


def _is_headline(line: str, longest: int) -> bool:
    return len(line) <= longest and line[-1] not in ".!?…,;:" and len(line.split()) > 1 and line[0] not in "-*•"


def _shaped_head(text: str) -> Head | None:
    """A first line that is short, ends in no stop and has a blank line and more text below it."""
    top = _top(text)
    if len(top) < 2 or text.count("\n", top[0][1], top[1][0]) < 2:
        return None
    line = text[top[0][0] : top[0][1]]
    if not _is_headline(line, TITLE_LONGEST) or furniture.whole_line(line) or furniture.dateline_length(line):
        return None
    return Head(_tidy(line), None, (Span(*top[0], "headline"),))


def find_footer(text: str) -> Footer | None:
    """The address at the end of a page: after a label ("Original url:"), or alone on the last line."""
    tail = list(furniture.lines(text[-6000:]))[-FOOTER_LINES:]
    shift = max(0, len(text) - 6000)
    labels = [row.pattern for row in furniture.rules().line if row.what == "footer"]
    for start, end in reversed(tail):
        line = text[start + shift : end + shift]
        for label in labels:
            if match := label.match(line):
                joined = _joined_url(text, start + shift + match.end())
                if joined:
                    return Footer(joined[0], start + shift, joined[1])
    if tail:
        start, end = tail[-1][0] + shift, tail[-1][1] + shift
        if _ADDRESS.fullmatch(text[start:end]) and start > 0:
            return Footer(text[start:end], start, end)
    return None


def _joined_url(text: str, start: int) -> tuple[str, int] | None:
    """The address after a label and where it ends; blanks and line ends that wrapping put into it are taken out."""
    rest = text[start : start + 2 * URL_LONGEST]
    spans = list(furniture.lines(rest))
    if not spans or not _ADDRESS.match(rest, spans[0][0]):
        return None
    url, end = _joined_line(rest, *spans[0])
    if end == spans[0][1]:
        for (_, before), (left, right) in itertools.pairwise(spans):
            fragment = rest[left:right]
            blank = rest.count("\n", before, left) > 1
            if not _FRAGMENT.fullmatch(fragment) or _NAMELIKE.fullmatch(fragment) or _ADDRESS.match(fragment):
                break
            if blank and not ("-" in fragment.strip("-") or "/" in fragment):
                break
            url, end = url + fragment, right
    return (url, start + end) if len(url) <= URL_LONGEST else None


def _joined_line(rest: str, left: int, right: int) -> tuple[str, int]:
    """The address that begins a line: all of the line where it can be one broken address, else its first word."""
    parts = rest[left:right].split()
    whole = len(parts) <= 4 and all(
        _FRAGMENT.fullmatch(p) and not _NAMELIKE.fullmatch(p) and not _ADDRESS.match(p) for p in parts[1:]
    )
    if whole and (len(parts) == 1 or _day(" ".join(parts[1:])) is None):
        return "".join(parts), right
    return parts[0], left + len(parts[0])


def _body_spans(text: str, head: Head | None, footer: Footer | None, title: str | None) -> list[Span]:
    """Furniture below the head and above the footer's end."""
    spans = [Span(footer.start, footer.end, "footer")] if footer else []
    taken = {s.start for s in head.spans} if head else set()
    letter: tuple[int, int] | None = None  # where a letter to readers began, and with which paragraph
    for number, (start, end) in enumerate(furniture.paragraphs(text)):
        if start in taken or (footer and footer.start <= start < footer.end):
            continue
        flat = text[start:end].replace("\n", " ")
        if number == 0 and title is not None and _tidy(flat) == _tidy(title):
            spans.append(Span(start, end, "headline"))
            continue
        found = furniture.line_spans(flat, 0, len(flat), first=start < furniture.DATELINE_REACH)
        spans.extend(Span(start + span.start, start + span.end, span.what) for span in found)
        whole = {s.what for s in found if s.end - s.start == len(flat)}
        if letter and "appeal" in whole and number - letter[1] <= LETTER_LONGEST:
            spans.append(Span(letter[0], end, "letter"))
        elif "letter" in whole and not (letter and number - letter[1] <= LETTER_LONGEST):
            letter = (start, number)
    return spans


def _kept(text: str, cuts: Sequence[tuple[int, int]]) -> str:
    """The paragraphs of the text outside the cuts, one blank line between them."""
    out: list[str] = []
    position = 0
    for start, end in furniture.paragraphs(text):
        pieces: list[str] = []
        at = start
        while position < len(cuts) and cuts[position][1] <= start:
            position += 1
        look = position
        while look < len(cuts) and cuts[look][0] < end:
            pieces.append(text[at : max(at, cuts[look][0])])
            at = max(at, cuts[look][1])
            look += 1
        pieces.append(text[at:end] if at < end else "")
        paragraph = _tidy(" ".join(p for p in pieces if p.strip()))
        if paragraph:
            out.append(paragraph)
    return "\n\n".join(out)


def _tidy(text: str) -> str:
    return _BLANKS.sub(" ", text.replace("\n", " ")).strip()
