"""The way in: every input format -> `Document`, or a `Reject` with a reason.

::

    for item in read("news/*.jsonl", "feed.xml", "-"):
        if isinstance(item, Reject): ...

Bad input never stops a run and never vanishes. Texts from tables, JSON and Parquet stay byte for byte; pages (text,
Markdown, HTML, feeds, WARC) are brought to the report alone, see `printed`. Memory is that of one document, whatever
the size of the input.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dragoman.dates import iso_date
from dragoman.errors import InputError, UsageError
from dragoman.language import is_english, is_latin, language_code
from dragoman.printed import find_footer, find_head, read_page, skip_spans
from dragoman.records import Document, Reject, stable_id, to_json
from dragoman.sources import Limits, Source, find_sources, kind_of, opened

if TYPE_CHECKING:
    from dragoman.formats import Row

__all__ = ["REASONS", "Document", "Limits", "Reject", "read", "skip_spans", "write_rejects"]

REASONS: dict[str, str] = {
    "unreadable": "the file can't be opened or read: no permission, a damaged disk or a damaged Parquet file",
    "unsupported": "the name has a suffix of no known format",
    "broken-archive": "gzip or WARC data is damaged or cut off; what came before the damage was read",
    "bad-encoding": "the bytes are no text in any known encoding, or a row holds bytes that don't fit the file's",
    "bad-json": "a line or element is no JSON object, or is nested too deeply",
    "bad-markup": "XML or CSV is broken, is no feed, or uses forbidden XML (entity declarations)",
    "missing-text": "there is no text field or column, or its value is no text",
    "empty": "there is no text: an empty file, folder or field, or a page with no report on it",
    "too-long": "a text, line, element or record is over the limits, or packed data unpacks beyond reason",
    "not-english": "the language field names another language, or the text reads as one",
    "bad-date": "the date of publication is no whole day, or could be two; write it as YYYY-MM-DD",
    "too-slow": "the document took longer than the time limit; its process was ended and replaced",
    "crashed": "the process that read the document died of it (out of memory, or a fault in a library) and was replaced",
    "failed": "reading the document raised an error that no rule foresees; please report it",
}
"""Every reason a `Reject` can have, with what it means."""


def read(
    *inputs: str | Path,
    text_column: str | None = None,
    published: str | None = None,
    limits: Limits | None = None,
) -> Iterator[Document | Reject]:
    """The documents that the inputs hold, and a `Reject` for each thing that is none, in the order of the input.

    `inputs` are files, folders (read recursively, sorted, known suffixes only), globs, or `-` for standard input; each
    may be gzipped. `text_column` names the column or key that holds the text (`text` unless given). `published` is
    the date of publication for documents that bear none, in any form that `dates.iso_date` reads.

    Raises `UsageError` at once, before anything is read, where an input doesn't exist or `published` is no date.
    """
    return map(judge, read_rows(*inputs, text_column=text_column, published=published, limits=limits))


@dataclass(frozen=True, slots=True)
class Settings:
    """How rows become documents; see `read`."""

    text_column: str | None = None
    published: str | None = None
    """ISO date for documents that bear none."""
    limits: Limits = field(default_factory=Limits)

    @classmethod
    def of(cls, text_column: str | None, published: str | None, limits: Limits | None = None) -> Settings:
        """Those for what a caller gave. Raises `UsageError` where `published` is no date."""
        try:
            default = iso_date(published) if published is not None else None
        except ValueError as error:
            raise UsageError(f"published: {error}") from None
        return cls(text_column, default, limits or Limits())


@dataclass(frozen=True, slots=True)
class Raw:
    """One row as its format gives it; `judge` makes it a document or a reject, in whichever process."""

    source: str
    row: Row
    settings: Settings


def read_rows(
    *inputs: str | Path,
    text_column: str | None = None,
    published: str | None = None,
    limits: Limits | None = None,
) -> Iterator[Raw | Reject]:
    """What `read` reads, not yet judged: cutting files into rows is quick, cleaning a page is work for many processes."""
    settings = Settings.of(text_column, published, limits)
    return _read(find_sources(inputs), settings)


def _read(sources: Iterable[Source | InputError], settings: Settings) -> Iterator[Raw | Reject]:
    for source in sources:
        if isinstance(source, InputError):
            yield Reject(source.source, None, source.reason, source.detail)
        else:
            yield from read_source(source, settings)


def read_source(source: Source, settings: Settings) -> Iterator[Raw | Reject]:
    """The rows of one source; what keeps it from being read on is a last reject."""
    from dragoman.formats import Broken, Origin

    try:
        with opened(source, settings.limits) as stream:
            head = stream.peek(4096)
            packed = source.path is None or head[:4] != b"PAR1" or os.path.basename(source.name).endswith(".gz")
            origin = Origin(source.name, settings.text_column, settings.limits, None if packed else source.path)
            row = None
            for row in _reader(kind_of(source, head))(stream, origin):
                if isinstance(row, Broken):
                    yield Reject(source.name, row.line, row.reason, row.detail)
                else:
                    yield Raw(source.name, row, settings)
            if row is None:
                yield Reject(source.name, None, "empty", "the file holds no document")
    except InputError as error:
        yield Reject(source.name, None, error.reason, error.detail)
    except UnicodeError as error:
        yield Reject(source.name, None, "bad-encoding", str(error)[:200])


def _reader(kind: str) -> Any:
    from dragoman import formats, jsonarrays, webpages

    return {
        "text": formats.read_text,
        "markdown": formats.read_markdown,
        "html": formats.read_html,
        "jsonl": formats.read_jsonl,
        "json": jsonarrays.read_json,
        "csv": formats.read_csv,
        "tsv": formats.read_tsv,
        "parquet": formats.read_parquet,
        "feed": webpages.read_feed,
        "warc": webpages.read_warc,
    }[kind]


def judge(item: Document | Raw | Reject) -> Document | Reject:
    """A row as a document, or why it is none; what is one of them already stays as it is."""
    if not isinstance(item, Raw):
        return item
    row, source, settings = item.row, item.source, item.settings
    try:
        fields = dict(row.fields)
        # A web page's markup may be far longer than its report; the size of the file bounds it.
        text = _checked_text(fields.get("text"), source, None if row.page else settings.limits)
        if row.page is None:
            _complete(fields, text)
        else:
            fields = _cleaned(fields, text, row.page)
            text = fields["text"]
            if not text.strip():
                raise InputError(source, "empty", "nothing is left of the page but its furniture")
            _checked_text(text, source, settings.limits)
        published = _published(fields.get("published"), source) or settings.published
        url = _string(fields.get("url"))
        return Document(
            id=_string(fields.get("id")) or stable_id(url or text),
            title=_string(fields.get("title"), stripped=False),
            text=text,
            published=published,
            url=url,
            publisher=_string(fields.get("publisher")),
            language=_language(fields.get("language"), text, source),
        )
    except InputError as error:
        return Reject(source, row.line, error.reason, error.detail)


def _checked_text(value: Any, source: str, limits: Limits | None) -> str:
    """The text, where it is one within the limits (null: not asked here)."""
    if isinstance(value, bytes):  # Parquet written without the mark for text
        try:
            value = value.decode("utf-8")
        except UnicodeDecodeError:
            raise InputError(source, "bad-encoding", "the text is binary and no UTF-8") from None
    if _is_absent(value):
        raise InputError(source, "empty", "the text is null")
    if not isinstance(value, str):
        raise InputError(source, "missing-text", f"the text is no string but {type(value).__name__}")
    if not value.strip():
        raise InputError(source, "empty", "the text is empty")
    if limits is not None and len(value) > limits.max_characters:
        raise InputError(source, "too-long", f"{len(value)} characters, at most {limits.max_characters} are read")
    if not _is_encodable(value):
        raise InputError(source, "bad-encoding", "the text holds bytes or surrogates that are no characters")
    return value


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _is_absent(value: Any) -> bool:
    """Null in whichever way a format writes it: nothing, NaN, blank."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def _string(value: Any, stripped: bool = True) -> str | None:
    """A field as a string; null where it is absent or blank, or is a list or an object."""
    if _is_absent(value) or isinstance(value, bool | list | dict | bytes):
        return None
    text = str(value)
    if not text.strip():
        return None
    return (text.strip() if stripped else text).encode("utf-8", "replace").decode("utf-8")


def _published(value: Any, source: str) -> str | None:
    if _is_absent(value) or (isinstance(value, str) and not value.strip()):
        return None
    try:
        return iso_date(value)
    except ValueError as error:
        raise InputError(source, "bad-date", str(error)) from None


def _language(value: Any, text: str, source: str) -> str:
    """`en`, or an `InputError`. A text said to be English is doubted only where its script is another."""
    named = _string(value)
    if named is not None and (code := language_code(named)) != "en":
        raise InputError(source, "not-english", f"the language is given as {code}")
    if not (is_latin(text) if named else is_english(text)):
        raise InputError(source, "not-english", "the text reads as another language")
    return "en"


def _complete(fields: dict[str, Any], text: str) -> None:
    """Takes title, day and address from a printed page in a text field, where its record has no field for them."""
    missing = [name for name in ("title", "published", "url") if _string(fields.get(name)) is None]
    if not missing:
        return
    footer = find_footer(text)
    head = find_head(text, bool(footer))
    found = {
        "title": head.title if head else None,
        "published": head.published if head else None,
        "url": footer.url if footer else None,
    }
    fields.update({name: found[name] for name in missing if found[name]})


def _cleaned(fields: dict[str, Any], text: str, kind: str) -> dict[str, Any]:
    """The fields of a page: what its format tells, completed by what stands on the page; `text` is the report alone."""
    if kind == "markdown":
        from dragoman.markdown import read_markdown_text

        marked = read_markdown_text(text)
        front = {k: marked.fields[k] for k in _FRONT if k in marked.fields}
        fields |= {_FRONT[k]: v for k, v in front.items()}
        text = marked.text
        if marked.title:
            fields["title"] = fields.get("title") or marked.title
    elif kind == "fragment":
        from dragoman.webpages import fragment_text

        text = fragment_text(text)
    if kind == "html":
        from dragoman.webpages import read_web_page

        page = read_web_page(text, url=fields.get("url"))
    else:
        page = read_page(text, title=_string(fields.get("title")))
    if page is None:
        return {**fields, "text": ""}
    told = {"title": page.title, "published": page.published, "url": page.url, "publisher": page.publisher}
    return {**told, **{k: v for k, v in fields.items() if _string(v) is not None}, "text": page.text}


_FRONT = {
    "id": "id", "title": "title", "date": "published", "published": "published", "url": "url", "link": "url",
    "publisher": "publisher", "source": "publisher", "language": "language", "lang": "language",
}  # fmt: skip
"""Front matter keys by the field that they fill."""


def write_rejects(path: str | Path, rejects: Iterable[Reject]) -> int:
    """Writes the rejects as JSON Lines and returns how many there were.

    The file appears whole or not at all: it is written beside its place and moved there. Raises `UsageError` where
    that can't be done.
    """
    import tempfile

    target = Path(path)
    count = 0
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent)
        try:
            with open(handle, "w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
                for reject in rejects:
                    file.write(to_json(reject) + "\n")
                    count += 1
                file.flush()
                os.fsync(file.fileno())
            os.chmod(name, 0o666 & ~_umask())
            os.replace(name, target)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise UsageError(f"can't write {target}: {error.strerror or error}") from None
    return count


def _umask() -> int:
    """The process's mask of permissions; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
