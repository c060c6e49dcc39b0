"""The record: what a report is, what an event is, and how both travel as JSON and Arrow.

Every class is frozen and slotted; the meaning and unit of each field stands beneath it. All offsets are Unicode code
points, half-open `[start, end)`, into `Document.text`, or into `Document.title` where the mention says `in: title`.
Dates are ISO 8601 strings (`YYYY-MM-DD`), both ends of a range inclusive. An absent value is null (`None`), an absent
list is empty; neither is ever left out.

The Arrow schema and the JSON form are derived from the classes, so that there is one place to change.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
import typing
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from functools import cache, partial
from operator import itemgetter
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin

if typing.TYPE_CHECKING:
    import pyarrow as pa

Status = Literal["actual", "future", "hypothetical", "negated"]
"""Whether the event happened, is scheduled, is conditional or feared, or is said not to have happened."""

DateBasis = Literal["expression", "inherited", "publication", "unknown"]
"""How a date was found: an expression in the text, the story line before, the day of publication, or not at all."""

Where = Literal["text", "title"]


@dataclass(frozen=True, slots=True)
class Document:
    """One report."""

    id: str
    """Given by the source, or a stable hash of url or text."""
    title: str | None
    text: str
    """The body alone; for tables and JSON exactly as given."""
    published: str | None = None
    """ISO date of publication."""
    url: str | None = None
    publisher: str | None = None
    language: str | None = None
    """ISO 639-1, `en` for what Dragoman codes."""

    def passage(self, where: str | None) -> str:
        """The text that offsets in the `title` are into, else the body; empty where there is no title."""
        return (self.title or "") if where == "title" else self.text


@dataclass(frozen=True, slots=True)
class Reject:
    """Input that could not be coded, kept with its reason."""

    source: str
    """Path or url, `-` for standard input."""
    line: int | None
    """1-based line or row within the source, where it has any."""
    reason: str
    """A short word from `dragoman.documents.REASONS`."""
    detail: str = ""
    """One sentence for people."""


@dataclass(frozen=True, slots=True)
class Participant:
    """Who takes part: the words, where they stand, and whom they mean."""

    text: str
    """The smallest full noun phrase as written."""
    start: int
    end: int
    name: str | None
    """Canonical name; null where only a description is known."""
    entity: str | None
    """Key into the actor knowledge, such as `person/vladimir-putin`; null where it abstains."""
    country: str | None
    """ISO 3166-1 alpha-3, XKX, or PLOVER's UNO, EUR, IGO, NGO, ISM, IMG, MNC."""
    sectors: tuple[str, ...] = ()
    """PLOVER sectors, as of the event's date."""
    people: str | None = None
    """Ethnic or religious group where one is named."""


def meet(a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether two spans `[start, end)` of one text share a code point."""
    return a[0] < b[1] and b[0] < a[1]


@dataclass(frozen=True, slots=True)
class Prospect:
    """The act that is offered, promised, planned, requested, refused or threatened."""

    type: str
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class When:
    """When it happened, as narrowly as the text allows."""

    start: str | None
    """First possible day (ISO), null where unknown."""
    end: str | None
    """Last possible day (ISO), inclusive."""
    text: str | None
    """The expression as written; null unless `basis` is `expression` or `inherited`."""
    start_char: int | None
    end_char: int | None
    basis: DateBasis


@dataclass(frozen=True, slots=True)
class Place:
    """Where it happened."""

    text: str
    start_char: int
    end_char: int
    name: str | None
    country: str | None
    admin1: str | None
    latitude: float | None
    """Degrees north, WGS 84."""
    longitude: float | None
    """Degrees east, WGS 84."""
    geonames_id: int | None


@dataclass(frozen=True, slots=True)
class Attribution:
    """On whose word: one speaker of an event, outermost first in `Event.attribution`."""

    speaker: Participant
    cue: str
    """The words that carry it ("said", "according to")."""
    cue_start: int
    cue_end: int
    content_start: int
    content_end: int
    quoted: bool
    anonymous: bool
    """True where the source is unnamed ("officials said on condition of anonymity")."""


@dataclass(frozen=True, slots=True)
class Claim:
    """An attributed statement, event or not."""

    document_id: str
    speaker: Participant | None
    source: tuple[tuple[int, int], ...]
    cue: tuple[tuple[int, int], ...]
    content: tuple[tuple[int, int], ...]
    quoted: bool
    anonymous: bool


@dataclass(frozen=True, slots=True)
class Magnitude:
    """A number that belongs to the event."""

    kind: str
    """killed, injured, displaced, detained, missing, released, troops, money or participants."""
    low: float | None
    high: float | None
    approximate: bool
    text: str
    start_char: int
    end_char: int


@dataclass(frozen=True, slots=True)
class Mention:
    """One place in the document that tells the event."""

    where: Where = field(metadata={"name": "in"})
    """`in` in JSON: whether the offsets are into text or title."""
    sentence: tuple[int, int]
    trigger: tuple[int, int]
    text: str
    """The trigger's words as written."""


@dataclass(frozen=True, slots=True)
class Event:
    """Who did what to whom, when, where, and on whose word."""

    id: str
    """Stable: the same document, text and release give the same id."""
    document_id: str
    published: str | None
    type: str
    """One of PLOVER's 16 types."""
    mode: str | None
    prospect: Prospect | None
    cameo: str
    """The most specific CAMEO code that fits."""
    quad: int
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."""
    score: float
    """PLOVER conflict-cooperation score, -10 (conflict) to 10 (cooperation)."""
    contexts: tuple[str, ...]
    actors: tuple[Participant, ...]
    recipients: tuple[Participant, ...]
    status: Status
    historical: bool
    date: When
    place: Place | None
    attribution: tuple[Attribution, ...]
    magnitudes: tuple[Magnitude, ...]
    mentions: tuple[Mention, ...]
    """Best first; participants' offsets are into the passage of `mentions[0]`, unless they are found only elsewhere."""
    confidence: float
    """0 to 1: of the records given 0.8, 8 in 10 are right."""
    basis: tuple[str, ...]
    """Short machine-readable reasons."""


Effect = Literal["kept", "broken", "refused", "withdrawn"]
"""What an event does to a commitment."""

Outcome = Literal["open", "kept", "broken", "refused", "withdrawn", "overdue"]
"""How a commitment stands as of a day."""


@dataclass(frozen=True, slots=True)
class Telling:
    """One event of one report that tells a happening, and where."""

    document_id: str
    event_id: str
    published: str | None
    where: Where = field(metadata={"name": "in"})
    sentence: tuple[int, int]
    trigger: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Variant:
    """One value that reports give to a field on which they differ."""

    field: str
    """Name of the field: `type`, `mode`, `date`, `place`, `killed` and so on."""
    value: str
    """As text; a range of dates as `start..end`, of numbers as `low..high`."""
    reports: int
    """Number of tellings that give it."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number of an incident, merged from its reports."""

    kind: str
    """As in `Magnitude`."""
    best: float | None
    """The number of the latest report that gives one, since tolls are corrected; its lower end where it is a range."""
    low: float | None
    """The least number that any report gives."""
    high: float | None
    """The greatest number that any report gives."""
    reports: int
    """Number of tellings that give one."""


@dataclass(frozen=True, slots=True)
class Link:
    """Why two events are taken for one happening."""

    one: str
    """Event id."""
    other: str
    """Event id."""
    score: float
    """Log-odds that both tell one happening; 0 is even, a person's judgement is +/-100."""
    reasons: tuple[str, ...]
    """`feature +weight`, weightiest first; what they add up to is `score`."""


@dataclass(frozen=True, slots=True)
class Incident:
    """A happening: what events of one or more reports tell together."""

    id: str
    """Made of its earliest report's event, so that it stays while later reports join."""
    type: str
    mode: str | None
    prospect: Prospect | None
    cameo: str
    quad: int
    score: float
    status: Status
    """`actual`, `future` or `hypothetical`; denials are no incident of their own."""
    historical: bool
    """True where every report tells it as background."""
    contexts: tuple[str, ...]
    actors: tuple[Participant, ...]
    """Named as the best report names them; offsets are into that report (`reports[0]`)."""
    recipients: tuple[Participant, ...]
    date: When
    """The narrowest well-founded date; offsets as with actors."""
    place: Place | None
    """The narrowest place that most reports agree on; offsets as with actors."""
    counts: tuple[Count, ...]
    reports: tuple[Telling, ...]
    """Best-told first; a document may tell it more than once."""
    documents: int
    """Number of documents that tell it."""
    publishers: int
    """Number of independent publishers: near-copies of one agency text count once."""
    published_by: tuple[str, ...]
    """Their names, sorted; documents without one are left out."""
    first_report: str | None
    """ISO date of the earliest publication that tells it."""
    last_report: str | None
    affirmed_by: tuple[Participant, ...]
    """Speakers on whose word a report tells it; empty where all tell it in their own voice."""
    denied_by: tuple[Participant, ...]
    """Speakers who say that it did not happen, or that it was not they."""
    denials: tuple[Telling, ...]
    spread: tuple[Variant, ...]
    """The values of each field on which reports differ, most reported first."""
    links: tuple[Link, ...]
    """The strongest link of each report to another; empty for a single report."""
    confidence: float
    """0 to 1: that of its surest report."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """An event that bears on a commitment."""

    document_id: str
    event_id: str
    published: str | None
    where: Where = field(metadata={"name": "in"})
    sentence: tuple[int, int]
    trigger: tuple[int, int]
    effect: Effect
    date: str | None
    """The day from which it counts (ISO): when it happened, else when it was reported."""
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Commitment:
    """What was promised, asked or threatened, and what became of it."""

    id: str
    incident_id: str
    """The incident of its making."""
    made: tuple[Telling, ...]
    by: tuple[Participant, ...]
    """Who made it."""
    to: tuple[Participant, ...]
    """Whom it addresses; may be empty."""
    type: str
    """AGREE, CONCEDE, REQUEST or THREATEN."""
    prospect: Prospect
    date: str | None
    """The day on which it was made (ISO), else of its first report."""
    due: str | None
    """The last day to keep it (ISO); null where none is told."""
    due_text: str | None
    """The words that tell it."""
    extends: str | None
    """The commitment that this one prolongs."""
    outcome: Outcome
    as_of: str | None
    """The day for which `outcome` holds (ISO)."""
    evidence: tuple[Evidence, ...]
    """In order of day; the outcome is that of the first that decides."""
    confidence: float


Record = TypeVar("Record")


@cache
def _layout(cls: Hashable) -> tuple[tuple[str, str, Any], ...]:
    """(attribute, JSON name, type) of each field of a record class."""
    record = cast(Any, cls)
    hints = typing.get_type_hints(record)
    return tuple((f.name, f.metadata.get("name", f.name), hints[f.name]) for f in dataclasses.fields(record))


def to_dict(record: Any) -> dict[str, Any]:
    """The record as plain dicts, lists, strings and numbers, in the order of its fields."""
    return {
        name: value if (value := getattr(record, attr)) is None or write is None else write(value)
        for attr, name, write in _writers(cast(Hashable, type(record)))
    }


Write = Callable[[Any], Any]


@cache
def _writers(cls: Hashable) -> tuple[tuple[str, str, Write | None], ...]:
    """(attribute, JSON name, how a value is made plain or None where it is so already) of each field of a record class."""
    return tuple((attr, name, _writer(hint)) for attr, name, hint in _layout(cls))


def _writer(hint: Any) -> Write | None:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _writer(next(a for a in get_args(hint) if a is not type(None)))
    if origin is tuple:
        inner = _writer(get_args(hint)[0])
        return list if inner is None else lambda values: [inner(v) for v in values]
    return to_dict if dataclasses.is_dataclass(hint) else None


def from_dict(cls: type[Record], data: dict[str, Any]) -> Record:
    """The inverse of `to_dict`. Unknown keys are ignored; a missing key raises `KeyError` unless it has a default."""
    fields, builds = _builders(cast(Hashable, cls))
    try:
        given = fields(data)
    except KeyError:
        return _from_part(cls, data)
    return cls(
        *[value if value is None or build is None else build(value) for value, build in zip(given, builds, strict=True)]
    )


def _from_part(cls: type[Record], data: dict[str, Any]) -> Record:
    values: dict[str, Any] = {}
    for attr, name, hint in _layout(cast(Hashable, cls)):
        if name in data:
            values[attr] = _build(hint, data[name])
    try:
        return cls(**values)
    except TypeError as error:
        raise KeyError(f"{cls.__name__}: {error}") from None


Build = Callable[[Any], Any]


@cache
def _builders(cls: Hashable) -> tuple[Callable[[Any], tuple[Any, ...]], tuple[Build | None, ...]]:
    """What takes all fields of a record class from a dict at once, and how each is built or None where it stays as it is."""
    layout = _layout(cls)
    names = [name for _, name, _ in layout]
    take: Callable[[Any], tuple[Any, ...]] = itemgetter(*names) if len(names) > 1 else lambda data: (data[names[0]],)
    return take, tuple(_builder(hint) for _, _, hint in layout)


def _builder(hint: Any) -> Build | None:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _builder(next(a for a in get_args(hint) if a is not type(None)))
    if origin is tuple:
        args = get_args(hint)
        if len(args) == 2 and args[1] is Ellipsis:
            inner = _builder(args[0])
            return tuple if inner is None else lambda values: tuple([inner(v) for v in values])
        if all(_builder(a) is None for a in args):
            return lambda values: tuple([v for v, _ in zip(values, args, strict=True)])
        return lambda values: tuple([_build(a, v) for a, v in zip(args, values, strict=True)])
    if dataclasses.is_dataclass(hint):
        return partial(from_dict, cast(type, hint))
    return float if hint is float else None


def _build(hint: Any, value: Any) -> Any:
    build = _builder(hint)
    return value if value is None or build is None else build(value)


def to_json(record: Any) -> str:
    """One line of JSON, the same bytes for the same record."""
    return json.dumps(to_dict(record), ensure_ascii=False, separators=(", ", ": "))


@cache
def arrow_schema(cls: type = Event) -> pa.Schema:
    """The Arrow (and so Parquet) schema of a record class, nested columns and all."""
    import pyarrow as pa

    return pa.schema([pa.field(name, _arrow_type(hint)) for _, name, hint in _layout(cls)])


def _arrow_type(hint: Any) -> Any:
    import pyarrow as pa

    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _arrow_type(next(a for a in get_args(hint) if a is not type(None)))
    if origin is Literal:
        return pa.string()
    if origin is tuple:
        return pa.list_(_arrow_type(get_args(hint)[0]))
    if dataclasses.is_dataclass(hint):
        return pa.struct([pa.field(name, _arrow_type(inner)) for _, name, inner in _layout(cast(type, hint))])
    return {str: pa.string(), int: pa.int64(), float: pa.float64(), bool: pa.bool_()}[hint]


def to_arrow(records: typing.Iterable[Any], cls: type = Event) -> pa.Table:
    """A `pyarrow.Table` of the records; `.to_pandas()`, polars and DuckDB read it as it is."""
    import pyarrow as pa

    return pa.Table.from_pylist([to_dict(r) for r in records], schema=arrow_schema(cls))


def from_arrow(table: pa.Table, cls: type[Record]) -> list[Record]:
    """The inverse of `to_arrow`."""
    return [from_dict(cls, row) for row in table.to_pylist()]


def stable_id(*parts: object) -> str:
    """16 hexadecimal digits that depend on the parts alone."""
    joined = "\x1f".join("" if p is None else str(p) for p in parts)
    return hashlib.blake2b(joined.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
