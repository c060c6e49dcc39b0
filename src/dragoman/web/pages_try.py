"""Try it: a report pasted or given as a file, coded at once, kept in the store if wanted."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Form, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from dragoman.dates import check_day
from dragoman.documents import read
from dragoman.errors import UsageError
from dragoman.records import Claim, Document, Event, Reject, stable_id
from dragoman.web import coding
from dragoman.web.marks import pieces, spans
from dragoman.web.pages import Card, report_address, said
from dragoman.web.render import page

router = APIRouter()

LARGEST = 8 << 20
"""Bytes of a file."""

READ = 20
"""Reports taken from one file; more are for `dragoman code`."""


@router.get("/try")
def blank(request: Request) -> Response:
    """The empty form."""
    return page(request, "try.html", problem="", results=[], given={}, took=0.0, rejects=[])


@router.post("/try")
def coded(
    request: Request,
    text: Annotated[str, Form()] = "",
    title: Annotated[str, Form()] = "",
    published: Annotated[str, Form()] = "",
    publisher: Annotated[str, Form()] = "",
    file: UploadFile | None = None,
) -> Response:
    """The events of what was given."""
    given = {"text": text, "title": title, "published": published, "publisher": publisher}
    try:
        documents, rejects = _documents(given, file)
    except UsageError as error:
        return page(request, "try.html", 400, problem=str(error), results=[], given=given, took=0.0, rejects=[])
    begun = time.perf_counter()
    results = [_result(d, *coding.coded(d)) for d in documents]
    took = time.perf_counter() - begun
    return page(request, "try.html", problem="", results=results, given=given, took=took, rejects=rejects)


@router.post("/try/keep")
def keep(
    request: Request,
    text: Annotated[str, Form()],
    title: Annotated[str, Form()] = "",
    published: Annotated[str, Form()] = "",
    publisher: Annotated[str, Form()] = "",
    ident: Annotated[str, Form()] = "",
) -> Response:
    """Puts a report with its events into the store and shows it there."""
    if request.app.state.settings.read_only:
        raise HTTPException(403, "This server only reads; start it without --read-only to keep reports.")
    given = {"text": text, "title": title, "published": published, "publisher": publisher}
    document = _pasted(given, ident or None)
    coding.keep(request.app.state.session, document, *coding.coded(document))
    return RedirectResponse(report_address(document.id), 303)


def _documents(given: dict[str, str], file: UploadFile | None) -> tuple[list[Document], list[Reject]]:
    """What was given, as documents; a file goes before pasted text."""
    if file is None or not file.filename:
        return [_pasted(given)], []
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UsageError(f"the file is larger than {LARGEST >> 20} MB; use `dragoman code FILE --store STORE`")
    suffixes = "".join(Path(Path(file.filename).name).suffixes[-2:])[:24]
    with tempfile.TemporaryDirectory(prefix="dragoman-") as folder:
        path = Path(folder) / f"report{suffixes or '.txt'}"
        path.write_bytes(content)
        found: list[Document] = []
        rejects: list[Reject] = []
        for item in read(path, published=_day(given["published"])):
            if isinstance(item, Reject):
                rejects.append(item)
            elif len(found) < READ:
                found.append(item)
    if not found and not rejects:
        raise UsageError("the file holds no report; give text, HTML, JSON, CSV, Parquet, RSS or WARC")
    return found, rejects


def _pasted(given: dict[str, str], ident: str | None = None) -> Document:
    text = given["text"].replace("\r\n", "\n").strip("\n")
    if not text.strip():
        raise UsageError("there is no report yet; paste its text or choose a file")
    if len(text) > coding.LONGEST:
        raise UsageError(
            f"the report is longer than {coding.LONGEST:,} letters; use `dragoman code FILE --store STORE`"
        )
    title = given["title"].strip()[:500] or None
    day = _day(given["published"])
    publisher = given["publisher"].strip()[:200] or None
    return Document(ident or stable_id("pasted", title, text, day), title, text, day, None, publisher, "en")


def _day(value: str) -> str | None:
    value = value.strip()
    if value:
        check_day(value)
    return value or None


def _result(document: Document, events: list[Event], claims: list[Claim]) -> dict[str, object]:
    return {
        "document": document,
        "title_pieces": pieces(document.title or "", spans(events, "title")),
        "text_pieces": pieces(document.text, spans(events, "text")),
        "cards": [Card(n, e, None, (), 0, (), ()) for n, e in enumerate(events)],
        "claims": [said(c, document.text) for c in claims],
    }
