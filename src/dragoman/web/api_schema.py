"""What the interface says of itself: the shapes of records, pages and errors as OpenAPI schemas.

The shapes are derived from the record classes, whose docstrings tell what each field means.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal, Union, get_args, get_origin

from dragoman import records
from dragoman.dossier import Dossier
from dragoman.review import Review
from dragoman.review_agreement import Agreement

Schema = dict[str, Any]

CLASSES: tuple[type, ...] = (
    records.Document,
    records.Event,
    records.Claim,
    records.Incident,
    records.Commitment,
    Dossier,
    Agreement,
)


def schemas() -> dict[str, Schema]:
    """Every named shape of the interface."""
    found: dict[str, Schema] = {}
    for cls in CLASSES:
        _shape(cls, found)
    found["Review"] = _review(found)
    found["Error"] = {
        "type": "object",
        "required": ["error"],
        "properties": {
            "error": {
                "type": "object",
                "required": ["code", "message", "where"],
                "properties": {
                    "code": {"type": "string", "description": "a short word for programs, such as not_found"},
                    "message": {"type": "string", "description": "a sentence for people"},
                    "where": {"type": ["string", "null"], "description": "the field or parameter that is wrong"},
                },
            }
        },
    }
    for name in ("Document", "Event", "Claim", "Incident", "Commitment", "Review"):
        found[f"{name}Page"] = page_of({"$ref": f"#/components/schemas/{name}"})
    return found


def page_of(item: Schema) -> Schema:
    """A page of a list."""
    return {
        "type": "object",
        "required": ["records", "total", "after", "before"],
        "properties": {
            "records": {"type": "array", "items": item},
            "total": {"type": "integer", "minimum": 0, "description": "records of all pages"},
            "after": {
                "type": ["string", "null"],
                "description": "give it as `after` for the next page; null on the last",
            },
            "before": {"type": ["string", "null"], "description": "give it as `before` for the page before"},
            "sort": {"type": ["string", "null"]},
        },
    }


def _shape(cls: type, found: dict[str, Schema]) -> Schema:
    name = cls.__name__
    if name not in found:
        found[name] = {}
        hints = typing.get_type_hints(cls)
        properties = {f.metadata.get("name", f.name): _of(hints[f.name], found) for f in dataclasses.fields(cls)}
        summary = (cls.__doc__ or "").strip().splitlines()
        found[name].update(
            {
                "type": "object",
                "description": summary[0] if summary else name,
                "properties": properties,
                "required": list(properties),
            }
        )
    return {"$ref": f"#/components/schemas/{name}"}


def _of(hint: Any, found: dict[str, Schema]) -> Schema:
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        inner = _of(next(a for a in args if a is not type(None)), found)
        if type(None) not in args:
            return inner
        if isinstance(inner.get("type"), str) and "enum" not in inner:
            return inner | {"type": [inner["type"], "null"]}
        return {"anyOf": [inner, {"type": "null"}]}
    if origin is Literal:
        return {"type": "string", "enum": list(args)}
    if origin in (tuple, list):
        if args and args[-1] is not Ellipsis and origin is tuple:
            return {"type": "array", "items": _of(args[0], found), "minItems": len(args), "maxItems": len(args)}
        return {"type": "array", "items": _of(args[0], found)}
    if dataclasses.is_dataclass(hint):
        return _shape(typing.cast(type, hint), found)
    return dict(_PLAIN.get(hint, {}))


_PLAIN: Mapping[Any, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
}


def _review(found: dict[str, Schema]) -> Schema:
    _shape(Review, found)
    shape = found.pop("Review")
    properties = shape["properties"]
    properties["in"] = properties.pop("where")
    properties["fields"] = {"type": "object", "description": "what was corrected, as in the event's JSON"}
    properties["seen"] = {"type": ["object", "null"], "description": "the event as the reviewer saw it"}
    properties["now"] = {"type": ["string", "null"], "description": "id of the event that it belongs to now"}
    properties["orphan"] = {"type": "boolean", "description": "whether it fits no event any more"}
    return shape | {"required": list(properties)}


def answers(
    shape: str | Schema, *errors: int, status: int = 200, media: str = "application/json"
) -> dict[int | str, Any]:
    """The responses of an operation: its shape, and the errors that it may give."""
    schema = {"$ref": f"#/components/schemas/{shape}"} if isinstance(shape, str) else shape
    fault = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    told: dict[int | str, Any] = {status: {"description": "as asked", "content": {media: {"schema": schema}}}}
    for code in sorted({400, 401, 422, 503, *errors}):
        told[code] = {"description": FAULTS[code], "content": fault}
    return told


def files(*errors: int) -> dict[int | str, Any]:
    """The responses of an operation that gives a file, in any of the formats of exports."""
    found = answers({"type": "string"}, *errors)
    media = (
        "application/x-ndjson",
        "text/csv",
        "text/tab-separated-values",
        "text/plain",
        "application/vnd.apache.parquet",
    )
    found[200]["content"] = {kind: {"schema": {"type": "string"}} for kind in media}
    return found


FAULTS: Mapping[int, str] = {
    400: "the request can't be answered as it is",
    401: "the token is missing",
    403: "the server only reads, or the request comes from another site",
    404: "there is no such record",
    408: "the request came too slowly",
    413: "too much was sent",
    422: "a parameter is of the wrong kind",
    503: "the store can't be read or written just now",
}
