"""The tables of a store, as the steps by which each version grew from the one before.

A new store takes all steps, an older one those that it lacks. A step is never changed once released; a new need is a new
step. The nested columns repeat the records' own fields (`dragoman.records`), and a test holds the two together.
"""

from __future__ import annotations

_PARTICIPANT = (
    'STRUCT("text" VARCHAR, "start" BIGINT, "end" BIGINT, "name" VARCHAR, entity VARCHAR, country VARCHAR,'
    " sectors VARCHAR[], people VARCHAR)"
)
_PROSPECT = 'STRUCT("type" VARCHAR, "mode" VARCHAR)'
_WHEN = 'STRUCT("start" VARCHAR, "end" VARCHAR, "text" VARCHAR, start_char BIGINT, end_char BIGINT, basis VARCHAR)'
_PLACE = (
    'STRUCT("text" VARCHAR, start_char BIGINT, end_char BIGINT, "name" VARCHAR, country VARCHAR, admin1 VARCHAR,'
    " latitude DOUBLE, longitude DOUBLE, geonames_id BIGINT)"
)
_ATTRIBUTION = (
    f"STRUCT(speaker {_PARTICIPANT}, cue VARCHAR, cue_start BIGINT, cue_end BIGINT, content_start BIGINT,"
    " content_end BIGINT, quoted BOOLEAN, anonymous BOOLEAN)"
)
_MAGNITUDE = (
    'STRUCT(kind VARCHAR, low DOUBLE, high DOUBLE, approximate BOOLEAN, "text" VARCHAR, start_char BIGINT,'
    " end_char BIGINT)"
)
_MENTION = 'STRUCT("in" VARCHAR, sentence BIGINT[], "trigger" BIGINT[], "text" VARCHAR)'
_TELLING_FIELDS = (
    'document_id VARCHAR, event_id VARCHAR, published VARCHAR, "in" VARCHAR, sentence BIGINT[], "trigger" BIGINT[]'
)
_TELLING = f"STRUCT({_TELLING_FIELDS})"
_EVIDENCE = f'STRUCT({_TELLING_FIELDS}, effect VARCHAR, "date" VARCHAR, reasons VARCHAR[])'
_COUNT = "STRUCT(kind VARCHAR, best DOUBLE, low DOUBLE, high DOUBLE, reports BIGINT)"
_VARIANT = 'STRUCT(field VARCHAR, "value" VARCHAR, reports BIGINT)'
_LINK = "STRUCT(one VARCHAR, other VARCHAR, score DOUBLE, reasons VARCHAR[])"

_DOCUMENTS = """CREATE TABLE documents (id VARCHAR NOT NULL, title VARCHAR, "text" VARCHAR NOT NULL, published VARCHAR,
    url VARCHAR, publisher VARCHAR, "language" VARCHAR, made_by VARCHAR)"""
# `made_by`: fingerprint of text, release, codebook and options, by which a run knows what it need not do again.

_EVENTS = f"""CREATE TABLE events (id VARCHAR NOT NULL, document_id VARCHAR NOT NULL, published VARCHAR,
    "type" VARCHAR, "mode" VARCHAR, prospect {_PROSPECT}, cameo VARCHAR, quad BIGINT, score DOUBLE, contexts VARCHAR[],
    actors {_PARTICIPANT}[], recipients {_PARTICIPANT}[], status VARCHAR, historical BOOLEAN, "date" {_WHEN},
    place {_PLACE}, attribution {_ATTRIBUTION}[], magnitudes {_MAGNITUDE}[], mentions {_MENTION}[], confidence DOUBLE,
    basis VARCHAR[], ordinal BIGINT)"""

_CLAIMS = f"""CREATE TABLE claims (document_id VARCHAR NOT NULL, speaker {_PARTICIPANT}, source BIGINT[][],
    cue BIGINT[][], content BIGINT[][], quoted BOOLEAN, anonymous BOOLEAN, ordinal BIGINT)"""

_RUNS = """CREATE TABLE runs (id BIGINT, command VARCHAR, "release" VARCHAR, codebook VARCHAR, options VARCHAR,
    started VARCHAR, finished VARCHAR, documents BIGINT, events BIGINT)"""

_INCIDENTS = f"""CREATE TABLE incidents (id VARCHAR NOT NULL, "type" VARCHAR, "mode" VARCHAR, prospect {_PROSPECT},
    cameo VARCHAR, quad BIGINT, score DOUBLE, status VARCHAR, historical BOOLEAN, contexts VARCHAR[],
    actors {_PARTICIPANT}[], recipients {_PARTICIPANT}[], "date" {_WHEN}, place {_PLACE}, counts {_COUNT}[],
    reports {_TELLING}[], documents BIGINT, publishers BIGINT, published_by VARCHAR[], first_report VARCHAR,
    last_report VARCHAR, affirmed_by {_PARTICIPANT}[], denied_by {_PARTICIPANT}[], denials {_TELLING}[],
    spread {_VARIANT}[], links {_LINK}[], confidence DOUBLE)"""

_COMMITMENTS = f"""CREATE TABLE commitments (id VARCHAR NOT NULL, incident_id VARCHAR, made {_TELLING}[],
    "by" {_PARTICIPANT}[], "to" {_PARTICIPANT}[], "type" VARCHAR, prospect {_PROSPECT}, "date" VARCHAR, due VARCHAR,
    due_text VARCHAR, "extends" VARCHAR, outcome VARCHAR, as_of VARCHAR, evidence {_EVIDENCE}[], confidence DOUBLE)"""

_TRAITS = """CREATE TABLE traits (event_id VARCHAR NOT NULL, document_id VARCHAR NOT NULL, keys BIGINT[],
    names VARCHAR[], words VARCHAR[], cues VARCHAR[], due VARCHAR, due_text VARCHAR, denied VARCHAR[],
    component VARCHAR,
    incident_id VARCHAR)"""
# Where linking put each event; up to version 3 also what it knew of it.

_PROFILES = """CREATE TABLE profiles (event_id VARCHAR NOT NULL, document_id VARCHAR NOT NULL, "type" VARCHAR,
    dated BOOLEAN, begins INTEGER, ends INTEGER, spot VARCHAR, published VARCHAR, keys BIGINT[], denied VARCHAR[],
    profile VARCHAR)"""
# What linking knows of each event beyond its record, made from it and its report alone: the days it is looked for in (as
# ordinals; `dated` where they are its own), block keys, who denies it barely, and `dragoman.profiles.pack` of all it compares.

_SKETCHES = "CREATE TABLE sketches (document_id VARCHAR NOT NULL, sketch BIGINT[])"

_SIDE = "{0}_event VARCHAR, {0}_document VARCHAR, {0}_type VARCHAR, {0}_start BIGINT, {0}_end BIGINT"
_REVIEWS = f"""CREATE TABLE reviews (id VARCHAR NOT NULL, {_SIDE.format("one")}, {_SIDE.format("other")},
    judgement VARCHAR, reviewer VARCHAR, note VARCHAR, "time" VARCHAR)"""
# Each side by event id, and by document, type and trigger, so that a judgement outlives events that are coded anew.

_VERDICTS = """CREATE TABLE verdicts (id VARCHAR NOT NULL, document_id VARCHAR NOT NULL, event_id VARCHAR,
    "type" VARCHAR, verdict VARCHAR NOT NULL, "in" VARCHAR, "start" BIGINT, "end" BIGINT, words VARCHAR,
    sentence VARCHAR, fields VARCHAR, seen VARCHAR, note VARCHAR, reviewer VARCHAR, "time" VARCHAR)"""
# What people decided on single events and whole reports (`dragoman.review`), never changed, only added to.

STEPS: tuple[tuple[str, ...], ...] = (
    (
        'CREATE TABLE meta (name VARCHAR NOT NULL, "value" VARCHAR)',
        _DOCUMENTS,
        _EVENTS,
        _CLAIMS,
        _RUNS,
    ),
    (
        _INCIDENTS,
        _COMMITMENTS,
        _TRAITS,
        _SKETCHES,
        _REVIEWS,
        "CREATE TABLE pending (document_id VARCHAR NOT NULL)",
        "INSERT INTO pending SELECT id FROM documents",
    ),
    (_VERDICTS,),
    (
        _PROFILES,
        *(
            f"ALTER TABLE traits DROP COLUMN {name}"
            for name in ("keys", "names", "words", "cues", "due", "due_text", "denied")
        ),
    ),
)
"""Step n brings version n - 1 to version n: 1 reports and events, 2 incidents and commitments, 3 verdicts of reviewers,
4 profiles of events apart from where linking put them."""

VERSION = len(STEPS)

TABLES = ("documents", "events", "claims", "incidents", "commitments", "reviews", "verdicts", "runs")
"""What a person may export and import."""

DERIVED = ("profiles", "traits", "sketches", "pending")
"""What linking makes for itself from the tables above."""
