"""Bytes -> text: by byte order mark, as UTF-8, as declared, else as the likeliest of the older encodings."""

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"(?:charset|encoding)\s{0,3}=\s{0,3}[\"']?\s{0,3}([A-Za-z0-9_.:-]{2,40})", re.I)
_WEB_LATIN = frozenset({"iso8859-1", "ascii", "cp1252"})
"""What the web calls Latin 1 or ASCII is Windows 1252 in practice, with its curly quotes."""
LATIN_PLAIN = 0.9
"""Share of ASCII among bytes from which a text that is no UTF-8 is taken for Windows 1252, which English is."""


def encoding_of(sample: bytes, whole: bool = True, declared: bool = False) -> str | None:
    """The encoding of a text that begins with `sample`; null where none fits (it is no text).

    `whole` says that the sample is all of it, else it may end amid a character; `declared` that a declaration within
    it (HTML's `charset`, XML's `encoding`) counts.
    """
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return name
    if wide := _wide(sample):
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(sample, final=whole)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    if _is_damaged_utf8(sample):
        return "utf-8"
    if declared and (declaration := _declaration(sample)):
        return declaration
    return _guessed(sample)


def decoded(data: bytes, declared: bool = False) -> str | None:
    """The bytes as text, null where they are none: binary, or of no known encoding."""
    encoding = encoding_of(data, declared=declared)
    if encoding is None:
        return None
    try:
        text = data.decode(encoding, "replace" if encoding == "utf-8" else "strict")
    except UnicodeError:
        guess = _guessed(data)
        if guess is None or guess == encoding:
            return None
        try:
            text = data.decode(guess)
        except UnicodeError:
            return None
    return None if _is_binary(text) else text


def _is_damaged_utf8(sample: bytes) -> bool:
    """Whether a few bytes alone keep it from being UTF-8: other encodings hardly ever form its sequences by chance."""
    text = sample.decode("utf-8", "surrogateescape")
    odd = [c for c in text if c >= "\x80"]
    stray = sum("\udc80" <= c <= "\udcff" for c in odd)
    return len(odd) - stray > 2 * stray


def _is_binary(text: str) -> bool:
    """Whether control characters show that it is no text."""
    head = text[:4096]
    odd = sum(c < " " and c not in "\t\n\r\f\x1b" for c in head)
    return odd * 50 > len(head)


def _wide(sample: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of its ASCII is zero."""
    head = sample[:2048]
    if len(head) < 4:
        return None
    even, odd = head[0::2].count(0) * 2 / len(head), head[1::2].count(0) * 2 / len(head)
    if odd > 0.5 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.5 and odd < 0.05 else None


def _declaration(sample: bytes) -> str | None:
    match = _DECLARED.search(sample[:4096])
    if not match:
        return None
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
        return None if name == "utf-8" else "cp1252" if name in _WEB_LATIN else name if "".encode(name) == b"" else None
    except (LookupError, UnicodeError):
        return None


def _guessed(sample: bytes) -> str | None:
    """Windows 1252 for what is mostly ASCII, else what charset-normalizer finds likeliest."""
    head = sample[:WINDOW]
    if not head or head.count(0) * 50 > len(head):
        return None
    plain = len(head.translate(None, bytes(range(128, 256))))
    if plain >= LATIN_PLAIN * len(head):
        try:
            head.decode("cp1252")
            return "cp1252"
        except UnicodeDecodeError:
            pass
    from charset_normalizer import from_bytes

    best = from_bytes(head).best()
    return best.encoding if best is not None else None


WINDOW = 1 << 15
"""Bytes of the sample that decide."""
