"""Markdown -> a page: front matter, title, and the words without their marks."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FIELD = re.compile(r"([A-Za-z][\w-]{0,40})\s{0,5}:\s{0,5}(.*)")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~)")
_HEADING = re.compile(r"\s{0,3}#{1,6}\s+(.{1,1000}?)\s{0,9}#{0,6}\s{0,9}$")
_UNDERLINE = re.compile(r"\s{0,3}(?:=+|-+)\s{0,9}$")
_QUOTE = re.compile(r"(?:\s{0,3}>\s?){1,9}")
_ITEM = re.compile(r"\s{0,9}(?:[-*+]|\d{1,4}[.)])\s+")
_COMMENT = re.compile(r"<!--.{0,5000}?-->", re.S)
_INLINE = (
    (re.compile(r"!\[[^\[\]\n]{0,500}\]\([^()\n]{0,2000}\)"), ""),
    (re.compile(r"\[([^\[\]\n]{1,1000})\]\((?:[^()\n]|\([^()\n]{0,200}\)){0,500}\)"), r"\1"),
    (re.compile(r"\[([^\[\]\n]{1,1000})\]\[[^\[\]\n]{0,200}\]"), r"\1"),
    (re.compile(r"\[\^[\w-]{1,40}\]"), ""),
    (re.compile(r"<((?:https?://|mailto:)[^<>\s]{1,2000})>"), r"\1"),
    (re.compile(r"(?<![\w*])\*{1,3}(?=\S)([^*\n]{1,2000}?)(?<=\S)\*{1,3}(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_{1,3}(?=\S)([^_\n]{1,2000}?)(?<=\S)_{1,3}(?![\w_])"), r"\1"),
    (re.compile(r"`([^`\n]{1,1000})`"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+.!>~|-])"), r"\1"),
)
_DEFINITION = re.compile(r"\s{0,3}\[[^\[\]\n]{1,200}\]:\s")


@dataclass(frozen=True, slots=True)
class Markdown:
    """A Markdown file, read."""

    fields: dict[str, str]
    """Front matter by lower-case key; empty where there is none."""
    title: str | None
    """The first heading of the first level, where it opens the text."""
    text: str


def read_markdown_text(source: str) -> Markdown:
    """The words of a Markdown text, with its front matter (`---` or `+++`) and its opening `# ` title apart."""
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    fields, body = _front_matter(source.lstrip("\n"))
    title: str | None = None
    out: list[str] = []
    fenced = False
    for line in _COMMENT.sub("", body).split("\n"):
        if _FENCE.match(line):
            fenced = not fenced
            continue
        if fenced or _DEFINITION.match(line):
            continue
        heading = _HEADING.match(line) if len(line) < 1200 else None
        if heading and title is None and not "".join(out).strip() and line.lstrip().startswith("# "):
            title = _words(heading[1])
            continue
        if _UNDERLINE.match(line) and out and out[-1].strip():
            out.append("")
            continue
        out.extend(("", _words(heading[1]), "") if heading else (_line(line),))
    return Markdown(fields, title, "\n".join(out))


def _front_matter(source: str) -> tuple[dict[str, str], str]:
    mark = source[:3]
    if mark not in ("---", "+++") or source[3:4] != "\n":
        return {}, source
    end = source.find(f"\n{mark}", 3)
    if end < 0 or end > 20_000:
        return {}, source
    fields: dict[str, str] = {}
    for line in source[4:end].split("\n"):
        match = _FIELD.fullmatch(line.replace(" = ", ": ", 1) if mark == "+++" else line)
        if match and match[2].strip():
            value = match[2].strip()
            quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
            fields[match[1].lower()] = value[1:-1] if quoted else value
    rest = source[end + 4 :]
    return fields, rest[rest.find("\n") + 1 :] if "\n" in rest else ""


def _line(line: str) -> str:
    """One line without the marks of quotes and lists; an item is a paragraph of its own."""
    if quote := _QUOTE.match(line):
        line = line[quote.end() :]
    if item := _ITEM.match(line):
        return "\n" + _words(line[item.end() :])
    return _words(line)


def _words(line: str) -> str:
    if not any(mark in line for mark in "[*_`<\\"):
        return line
    for pattern, kept in _INLINE:
        line = pattern.sub(kept, line)
    return line
