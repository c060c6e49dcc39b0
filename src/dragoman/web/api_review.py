"""Review for programs: verdicts, the queue, judgements of incidents, agreement."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field, StrictStr
from starlette.exceptions import HTTPException

from dragoman import review
from dragoman.errors import UsageError
from dragoman.records import to_dict
from dragoman.review_fields import FieldError
from dragoman.web import reviewing
from dragoman.web.api import Size, numbered, told
from dragoman.web.api_schema import answers

router = APIRouter(prefix="/api/v1")

Skip = Annotated[int, Query(ge=0, le=10**9, description="how many to pass over")]
Name = Annotated[StrictStr, Field(min_length=1, max_length=review.LONGEST_NAME)]
Ident = Annotated[StrictStr, Field(min_length=1, max_length=400)]
Note = Annotated[StrictStr, Field(max_length=review.LONGEST_NOTE)]
Offset = Annotated[int, Field(ge=0, le=10**9)]
Asked = Annotated[str | None, Query(max_length=400)]


class Verdict(BaseModel):
    """One verdict: of an event (`event_id`), of a report (`document_id`), or of a stretch of a report (`add`)."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    verdict: Literal["accept", "reject", "correct", "add", "done", "undo"]
    reviewer: Name
    event_id: Ident | None = None
    """For accept, reject and correct."""
    document_id: Ident | None = None
    """For add and done."""
    review_id: Ident | None = None
    """For undo: the reviewer's own verdict that is taken back."""
    where: Annotated[Literal["text", "title"], Field(alias="in")] = "text"
    start: Offset | None = None
    """For add: where the words begin that tell the event, in code points."""
    end: Offset | None = None
    fields: dict[str, Any] = {}
    """For correct and add: fields as in the event's JSON."""
    note: Note = ""


class Judgement(BaseModel):
    """Whether two events tell one happening."""

    model_config = ConfigDict(extra="forbid")

    one: Ident
    other: Ident
    judgement: Literal["same", "different", "unsure"]
    reviewer: Name
    note: Note = ""


class Linking(BaseModel):
    """How to link."""

    model_config = ConfigDict(extra="forbid")

    reviewed: bool = False
    """Link the events as reviewers want them."""


@router.get("/reviews", responses=answers("ReviewPage"), summary="Verdicts")
def reviews(
    request: Request,
    document: Asked = None,
    event: Asked = None,
    reviewer: Asked = None,
    orphans: Annotated[bool, Query(description="only those that fit no event any more")] = False,
    size: Size = 50,
    after: Skip = 0,
) -> Response:
    """The verdicts that stand, oldest first, each with the event that it belongs to now."""
    state = request.app.state
    found = reviewing.standing_of(state, None if document is None else [document])
    kept = [
        p
        for p in found
        if (event is None or event in (p.event_id, p.review.event_id))
        and (reviewer is None or p.review.reviewer == reviewer)
        and (p.orphan or not orphans)
    ]
    rows = [review.to_row(p) for p in kept[after : after + size]]
    return told(numbered(rows, len(kept), size, after))


@router.get("/reviews/{ident}", responses=answers("Review", 404), summary="A verdict")
def one(request: Request, ident: str) -> Response:
    """A verdict that stands."""
    for placing in reviewing.standing_of(request.app.state, None):
        if placing.review.id == ident:
            return told(review.to_row(placing))
    raise HTTPException(404, f"There is no review {ident[:80]!r} that stands in this store.")


@router.post(
    "/reviews",
    status_code=201,
    responses=answers({"type": "object", "required": ["reviews"], "properties": {"reviews": {"type": "array", "items": {"$ref": "#/components/schemas/Review"}}}}, 403, 413, status=201),
    summary="Give a verdict",
)  # fmt: skip
def give(request: Request, verdict: Verdict) -> Response:
    """Adds a verdict; the machine's record stays as it is. `done` also lets all other events of the report pass."""
    with request.app.state.session.writing() as store, store.transaction():
        found = _give(store, verdict)
        reviewing.concern(request, found)
    return told({"reviews": reviewing.given_rows(found)}, 201)


def _give(store: Any, v: Verdict) -> list[review.Review]:
    if v.verdict == "undo":
        return [review.undo(store, _needed(v.review_id, "review_id"), v.reviewer)]
    if v.verdict == "done":
        return review.done(store, _needed(v.document_id, "document_id"), v.reviewer, v.note)
    if v.verdict == "add":
        if v.start is None or v.end is None:
            raise FieldError("start", "give start and end of the words that tell the event")
        document = _needed(v.document_id, "document_id")
        return [review.add(store, document, v.where, (v.start, v.end), v.fields, v.reviewer, v.note)]
    ident = _needed(v.event_id, "event_id")
    if v.verdict == "correct":
        return [review.correct(store, ident, v.fields, v.reviewer, v.note)]
    if v.fields:
        raise FieldError("fields", f"{v.verdict} changes nothing; use correct")
    return [(review.accept if v.verdict == "accept" else review.reject)(store, ident, v.reviewer, v.note)]


def _needed(value: str | None, where: str) -> str:
    if value is None:
        raise FieldError(where, "is needed for this verdict")
    return value


@router.get("/queue", responses=answers({"type": "object"}), summary="What to review first")
def queue(
    request: Request,
    reviewer: Annotated[str, Query(max_length=review.LONGEST_NAME)] = "",
    second: Annotated[bool, Query(description="reports that somebody else has read, for agreement")] = False,
    size: Size = 50,
    after: Skip = 0,
) -> Response:
    """Events by doubt and importance: (1 - confidence) x (0.5 + |score|/20) x (1 + log2(reports)), background half."""
    found, total = reviewing.queue(request.app.state, reviewer, second, size, after)
    rows = [
        {
            "event": to_dict(w.event), "doubt": round(w.doubt, 6), "importance": round(w.importance, 6),
            "reports": w.reports, "reasons": list(w.reasons),
        }
        for w in found
    ]  # fmt: skip
    return told(numbered(rows, total, size, after))


@router.get("/agreement", responses=answers({"type": "array", "items": {"$ref": "#/components/schemas/Agreement"}}), summary="Agreement of readers")  # fmt: skip
def agreement(request: Request) -> Response:
    """Krippendorff's alpha (nominal) by field, over the events that two or more readers have judged."""
    return told([to_dict(a) for a in reviewing.agreement(request.app.state)])


@router.get("/judgements", responses=answers({"type": "object"}), summary="Judgements of incidents")
def judgements(request: Request, size: Size = 50, after: Skip = 0) -> Response:
    """Every judgement of two events, oldest first; the last of a pair counts."""
    columns = 'id, one_event AS one, other_event AS other, judgement, reviewer, note, "time"'
    with request.app.state.session.reading() as store:
        total = store.sql("SELECT count(*) AS n FROM reviews")["n"][0].as_py()
        query = f'SELECT {columns} FROM reviews ORDER BY "time", id LIMIT ? OFFSET ?'
        rows = store.sql(query, [size, after]).to_pylist()
    return told(numbered(rows, total, size, after))


@router.post(
    "/judgements",
    status_code=201,
    responses=answers({"type": "object"}, 403, 413, status=201),
    summary="Judge two events",
)
def judge(request: Request, judgement: Judgement) -> Response:
    """Whether two events tell one happening; incidents follow at the next linking."""
    if judgement.one == judgement.other:
        raise UsageError("an event is always itself; give two")
    with request.app.state.session.writing() as store:
        store.judge(judgement.one, judgement.other, judgement.judgement, judgement.reviewer, judgement.note)
    return told(judgement.model_dump(), 201)


@router.post("/link", responses=answers({"type": "object"}, 403, 413), summary="Link the store again")
def link(request: Request, linking: Linking) -> Response:
    """Joins incidents and follows commitments again, so that they follow new reports, judgements and verdicts."""
    from dragoman.linking import link_store

    with request.app.state.session.writing(publish=True) as store:
        done = link_store(store, reviewed=linking.reviewed)
    return told({"events": done.events, "incidents": done.incidents, "commitments": done.commitments})
