"""The web's own formats: pages, fragments of pages, feeds (RSS 2.0, RSS 1.0, Atom) and WARC archives."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from dragoman.encodings import decoded
from dragoman.errors import InputError
from dragoman.formats import Broken, Origin, Row
from dragoman.printed import Page, read_page
from dragoman.sources import BinaryReader

_BLOCKS = frozenset(
    ("address", "article", "aside", "blockquote", "body", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer",
     "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "td",
     "th", "tr", "ul")
)  # fmt: skip
_DROPPED = frozenset(
    ("script", "style", "noscript", "template", "iframe", "svg", "figure", "figcaption", "form", "nav", "button", "select",
     "head")
)  # fmt: skip
_TAGLIKE = re.compile(r"<[a-zA-Z!/][^<>]{0,2000}>|&[a-z#0-9]{2,10};")
_NO_XML_CHARACTER = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def read_web_page(markup: str, url: str | None = None) -> Page | None:
    """The report of a web page with its title, day and address; null where the page holds no text.

    The report is found by trafilatura, which tells it from menus, comments and teasers; `printed` takes out the rest.
    """
    import trafilatura

    _hush("trafilatura", "htmldate")
    markup = _NO_XML_CHARACTER.sub("", markup)
    dates = {"original_date": True, "extensive_search": False, "outputformat": "%Y-%m-%d"}
    try:
        found: Any = trafilatura.bare_extraction(
            markup, url=url, with_metadata=True, include_comments=False, include_tables=False,
            date_extraction_params=dates,
        )  # fmt: skip
    except Exception:  # third-party code on hostile markup: whatever it raises, the page is read the plain way
        found = None
    text = (found.text if found is not None else None) or fragment_text(markup)
    if not text.strip():
        return None
    title = (found.title if found is not None else None) or None
    page = read_page("\n\n".join(text.split("\n")), title=title)
    return Page(
        title=page.title,
        text=page.text,
        published=(found.date if found is not None else None) or page.published,
        url=url or (found.url if found is not None else None) or page.url,
        publisher=(found.sitename if found is not None else None) or None,
    )


def _hush(*libraries: str) -> None:
    """Keeps the libraries' remarks on odd markup off standard error; a caller who sets up logging still gets them."""
    import logging

    for library in libraries:
        logger = logging.getLogger(library)
        if not logger.handlers:
            logger.addHandler(logging.NullHandler())


def fragment_text(markup: str) -> str:
    """The text of an HTML fragment, its blocks parted by a blank line; plain text comes back as it is."""
    if not _TAGLIKE.search(markup):
        return markup
    import lxml.etree
    import lxml.html

    parser = lxml.html.HTMLParser(huge_tree=False, no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = lxml.html.document_fromstring(_NO_XML_CHARACTER.sub("", markup), parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return ""
    pieces: list[str] = []
    dropped = 0
    for event, node in lxml.etree.iterwalk(root, events=("start", "end")):
        tag = node.tag if isinstance(node.tag, str) else ""
        if event == "start":
            dropped += tag in _DROPPED
            pieces.append("\n\n" if tag in _BLOCKS else "")
            pieces.append(" ".join((node.text or "").split("\n")) if not dropped else "")
        else:
            dropped -= tag in _DROPPED
            pieces.append("\n\n" if tag in _BLOCKS else "")
            pieces.append(" ".join((node.tail or "").split("\n")) if not dropped else "")
    return "\n\n".join(line.strip() for line in "".join(pieces).split("\n") if line.strip())


def read_feed(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """The items of a feed, each as one document; entities are never expanded nor anything fetched."""
    from xml.etree.ElementTree import ParseError

    import defusedxml
    import defusedxml.ElementTree

    bounded = _Bounded(stream, origin)
    number = 0
    publisher: str | None = None
    root: Any = None
    within = False
    try:
        for event, node in defusedxml.ElementTree.iterparse(bounded, events=("start", "end")):
            root = node if root is None else root
            name = _local(node.tag)
            if event == "start":
                within = within or name in ("item", "entry", "image")
                continue
            if name == "title" and not within and publisher is None:
                publisher = _said(node)
            elif name in ("item", "entry"):
                number += 1
                within = False
                yield Row(number, _item(node, publisher), page="fragment")
                node.clear()
                _forget(root)
                bounded.start_anew()
            elif name == "image":
                within = False
    except defusedxml.DefusedXmlException as error:
        raise InputError(origin.name, "bad-markup", f"forbidden XML: {type(error).__name__}") from None
    except (ParseError, ValueError, LookupError) as error:
        raise InputError(origin.name, "bad-markup", f"the XML is broken: {error}") from None
    if number == 0:
        raise InputError(origin.name, "bad-markup", "the XML is no feed: it has neither item nor entry")


def _forget(root: Any) -> None:
    """Drops items that have been read, which else would pile up below their parent."""
    for parent in (root, *list(root)[:1]):
        for child in list(parent):
            if _local(child.tag) in ("item", "entry"):
                parent.remove(child)


def _local(tag: object) -> str:
    return str(tag).rsplit("}", 1)[-1].lower()


def _said(node: Any) -> str | None:
    """All text in an element, null where there is none."""
    return " ".join("".join(node.itertext()).split()) or None


def _item(node: Any, publisher: str | None) -> dict[str, Any]:
    """The fields of an RSS item or Atom entry; the longest of its texts is the document's."""
    fields: dict[str, Any] = {"publisher": publisher, "text": ""}
    days: dict[str, str | None] = {}
    for child in node:
        name = _local(child.tag)
        if name in ("encoded", "content", "description", "summary"):
            markup = "".join(child.itertext())
            if len(markup) > len(fields["text"]):
                fields["text"] = markup
        elif name == "title":
            fields["title"] = _said(child)
        elif name == "link":
            if child.get("rel", "alternate") == "alternate":
                fields.setdefault("url", child.get("href") or _said(child))
        elif name in ("guid", "id"):
            fields["id"] = _said(child)
        elif name in ("pubdate", "published", "date", "issued", "updated"):
            days[name] = _said(child)
        elif name in ("language", "lang"):
            fields["language"] = _said(child)
        elif name == "source":
            fields["publisher"] = _said(child) or publisher
    fields["published"] = next(
        (days[n] for n in ("pubdate", "published", "issued", "date", "updated") if days.get(n)), None
    )
    return fields


class _Bounded:
    """A stream that gives at most `max_bytes` from one item's end to the next."""

    def __init__(self, stream: BinaryIO, origin: Origin) -> None:
        self._stream = stream
        self._origin = origin
        self._since = 0

    def start_anew(self) -> None:
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        # The parser begins anew at an unfinished tag with every piece: pieces that grow keep a long one in linear time.
        data = self._stream.read(max(size, self._since))
        self._since += len(data)
        if self._since > self._origin.limits.max_bytes:
            detail = f"an element has more than {self._origin.limits.max_bytes} bytes"
            raise InputError(self._origin.name, "too-long", detail)
        return data


def read_warc(stream: BinaryReader, origin: Origin) -> Iterator[Row | Broken]:
    """The pages of a web archive: answers that are HTML or plain text, and extracted texts (WET).

    Requests, pictures, scripts and failed answers are no documents and are passed over. The day an archive was
    crawled is no day of publication.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    number = pages = 0
    try:
        for item in _quiet(ArchiveIterator(stream)):
            number += 1
            if item.rec_type is None:
                raise InputError(origin.name, "broken-archive", f"record {number} has no type")
            kind = _page_kind(item)
            if kind is None:
                continue
            pages += 1
            limit = origin.limits.max_bytes
            data = item.content_stream().read(limit + 1)
            if len(data) > limit:
                yield Broken(number, "too-long", f"the record holds more than {limit} bytes")
                continue
            text = decoded(data, declared=kind == "html") if data.strip() else ""
            if text is None:
                yield Broken(number, "bad-encoding", "the record is no text in any known encoding")
            else:
                yield Row(number, {"text": text, "url": item.rec_headers.get_header("WARC-Target-URI")}, page=kind)
    except InputError:
        raise
    except (ArchiveLoadFailed, OSError, EOFError, ValueError, AttributeError, TypeError, KeyError, IndexError) as error:
        detail = f"the archive is damaged behind record {number}: {str(error)[:120]}"
        raise InputError(origin.name, "broken-archive", detail) from None
    if number == 0:
        raise InputError(origin.name, "broken-archive", "the archive holds no record")
    if pages == 0:
        raise InputError(origin.name, "empty", "the archive holds no page")


def _quiet(records: Any) -> Any:
    """The iterator without its remarks on standard error, which would mix with the run's own."""
    records.INC_RECORD = ""
    return records


def _page_kind(item: Any) -> str | None:
    """How the record's text is to be cleaned; null where it is no page."""
    if item.rec_type not in ("response", "resource", "conversion"):
        return None
    headers = item.http_headers
    if headers is not None and headers.get_statuscode() != "200":
        return None
    kind = (headers or item.rec_headers).get_header("Content-Type") or ""
    if "html" in kind.lower():
        return "html"
    return "text" if kind.lower().startswith("text/plain") else None
