"""Actor and agent dictionaries of the TABARI, PETRARCH and Phoenix coders, and tables, line by line.

::

    NAME_IN_CAPITALS_ [CODE]            ; a name with its code
    +SYNONYM_                           ; another name of the one above
        [CODE 900101-991231]            ; the code in that time; <990101 before, >990101 from then on
    AGENT_NOUN {PLURAL} [~GOV]          ; an agent: what he is, not whose
    !SET! = ONE, OTHER                  ; words to be put for !SET! in agents

Every physical line gets exactly one verdict; nothing is passed over in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Literal

from dragoman.actor_files.codes import Code, CodeError, read_code

Outcome = Literal["imported", "in part", "ignored", "malformed", "comment", "blank"]

BRACKETED = re.compile(r"\[([^\[\]]*)\]")
COMMENT = re.compile(r"\s*[;#].*$|\s+//.*$")
SET = re.compile(r"!([A-Z_]+)!\s*=\s*(.*)")
SET_USE = re.compile(r"!([A-Z_]+)!")
NOBODY = "[---] says that nobody is meant"
PLURAL = re.compile(r"\{([^{}]*)\}")


@dataclass(slots=True)
class Line:
    """A physical line with what became of it."""

    file: str
    number: int
    text: str
    outcome: Outcome = "imported"
    detail: str = ""
    """The reason it was ignored, or what is wrong with it and how to mend it."""

    def put(self, outcome: Outcome, detail: str = "") -> None:
        """Sets the verdict."""
        self.outcome, self.detail = outcome, detail


@dataclass(slots=True)
class Named:
    """An actor of a dictionary: names as spelled there, and codes, each with its line."""

    names: list[tuple[Line, str]] = field(default_factory=list)
    codes: list[tuple[Line, Code]] = field(default_factory=list)
    nobody: bool = False
    """Whether the dictionary says with [---] that nobody is meant."""


@dataclass(slots=True)
class Agent:
    """An agent noun of a dictionary, with its plural where one is given; an empty one means that there is none."""

    line: Line
    noun: str
    plural: str | None
    code: Code


def decode(raw: bytes, file: str) -> list[Line]:
    """The lines of a file. Old dictionaries mix encodings, so each line is read as UTF-8, else as Windows Latin-1."""
    lines = []
    for number, line in enumerate(raw.removeprefix(b"\xef\xbb\xbf").splitlines(), start=1):
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            text = line.decode("cp1252", "replace")
        lines.append(Line(file, number, text))
    return lines


def is_agents(lines: Sequence[Line]) -> bool:
    """Whether a dictionary is one of agents: its codes bear a tilde."""
    codes = [code for line in lines for code in BRACKETED.findall(COMMENT.sub("", line.text))]
    return sum("~" in code for code in codes) * 2 > len(codes)


def people_kind(lines: Sequence[Line]) -> str | None:
    """ethnic or faith for a dictionary that says in its head that it lists ethnic or religious groups, else null."""
    head = " ".join(line.text for line in lines[:12] if line.text.startswith("#")).lower()
    if re.search(r"ethnic\W+(?:\W*groups?\W+)?codes|ethnic groups", head):
        return "ethnic"
    return (
        "faith"
        if re.search(r"religio(?:n|us)\W+(?:groups?\W+)?(?:\W*groups?\W+)?codes|religious groups", head)
        else None
    )


def read_actors(lines: Sequence[Line]) -> Iterator[Named]:
    """The actors of a dictionary, in order; gives its verdict to every line that belongs to none."""
    current = Named()
    for line in lines:
        body = _body(line)
        if body is None:
            continue
        name, codes = _split(line, body)
        if name is None:
            if body[0] not in "+[":
                # what follows belongs to this line, not to the name before it
                if current.names:
                    yield current
                current = Named()
            continue
        if name and not (name.startswith("+") and not codes):
            # a new name; a synonym with a code of its own is one too
            if current.names:
                yield current
            current = Named()
        if name:
            _add_name(current, line, name)
        if codes:
            _add_codes(current, line, codes)
    if current.names:
        yield current


def _body(line: Line) -> str | None:
    """The line without its comment; null where nothing else is in it."""
    text = line.text.strip()
    if not text:
        line.put("blank")
    elif text.startswith(("#", ";", "//", "<!--")):
        line.put("comment")
    else:
        return COMMENT.sub("", text).strip()
    return None


def _split(line: Line, body: str) -> tuple[str | None, list[str]]:
    """(name, codes between brackets) of a line; the name is null where the line is malformed."""
    codes = BRACKETED.findall(body)
    rest = BRACKETED.sub("\0", body)
    name, _, after = rest.partition("\0")
    if "[" in rest or "]" in rest:
        line.put("malformed", "a bracket without its other half; write the code as [CODE]")
        return None, []
    if after.replace("\0", "").strip():
        line.put("malformed", "text after the code; put ; before a comment")
        return None, []
    name = name.strip()
    if "+" in name[1:]:
        line.put("malformed", "+ inside a name; give each synonym a line of its own")
        return None, []
    if name and not any(c.isalpha() for c in name):
        line.put("malformed", f"{name!r} is no name; write letters, with _ for spaces")
        return None, []
    return name, codes


def _add_name(current: Named, line: Line, name: str) -> None:
    if name.startswith("+") and not current.names and line.text.strip().startswith("+") and "[" not in line.text:
        line.put("malformed", "a synonym without a name above it; remove the +")
        return
    current.names.append((line, name.lstrip("+").strip()))


def _add_codes(current: Named, line: Line, codes: Sequence[str]) -> None:
    if not current.names:
        line.put("malformed", "a code without a name above it; put a name before it")
        return
    good = 0
    faults: list[str] = []
    empty = 0
    for text in codes:
        if not text.strip(" -"):
            empty += 1
            continue
        try:
            current.codes.append((line, read_code(text)))
            good += 1
        except CodeError as error:
            faults.append(str(error))
    if faults:
        line.put("malformed" if not good else "in part", "; ".join(faults))
    elif empty and not good:
        current.nobody = True
        line.put("ignored", NOBODY)


def read_agents(lines: Sequence[Line]) -> Iterator[Agent]:
    """The agents of a dictionary, sets put in, in order; gives its verdict to every line that holds none."""
    sets: dict[str, list[str]] = {}
    for line in lines:
        body = _body(line)
        if body is None:
            continue
        if match := SET.fullmatch(body):
            sets[match[1]] = [word.strip() for word in match[2].split(",") if word.strip()]
            continue
        if re.search(r"\[[^\]]*\}$", body):
            line.put("malformed", "a bracket without its other half; write the code as [~CODE]")
            continue
        plural = PLURAL.search(body)
        name, codes = _split(line, PLURAL.sub(" ", body))
        if name is None:
            continue
        if not name or len(codes) != 1:
            line.put("malformed", "an agent needs a noun and one code; write NOUN [~CODE]")
            continue
        try:
            code = read_code(codes[0])
        except CodeError as error:
            line.put("malformed", str(error))
            continue
        missing = [word for word in SET_USE.findall(name) if word not in sets]
        if missing:
            line.put("malformed", f"no set !{missing[0]}! above; write !{missing[0]}! = WORD, WORD")
            continue
        for noun in _filled(name, sets):
            yield Agent(line, noun, plural[1].strip() if plural else None, code)


def _filled(name: str, sets: dict[str, list[str]]) -> Iterator[str]:
    """The noun with every word of its sets put in."""
    parts = SET_USE.split(name)
    choices = [sets[part] if i % 2 else [part] for i, part in enumerate(parts)]
    for words in product(*choices):
        yield "".join(words)
