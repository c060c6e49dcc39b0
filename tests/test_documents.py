"""Every input format becomes documents, and what can't becomes a reject with a reason; nothing ever raises midway."""

from __future__ import annotations

import datetime
import gzip
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman import furniture
from dragoman.dates import iso_date
from dragoman.documents import REASONS, Limits, read, skip_spans, write_rejects
from dragoman.errors import UsageError
from dragoman.language import is_english, language_code
from dragoman.records import Document, Reject, stable_id

PAGES = Path(__file__).parent / "cases" / "pages"
EXPECTED = json.loads((PAGES / "expected.json").read_text(encoding="utf-8"))
REPORT = "The islanders blocked the ferry port on Monday, and the police did not move in to clear it."
SPANISH = (
    "El gobierno de la isla y los rebeldes del norte se reunieron el lunes en la capital para hablar de una tregua que "
    "se firmó hace un año, pero no llegaron a un acuerdo sobre los presos."
)
PROPERTY = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def documents(*inputs: str | Path, **options: Any) -> list[Document]:
    found = list(read(*inputs, **options))
    assert all(isinstance(x, Document) for x in found), found
    return [x for x in found if isinstance(x, Document)]


def rejects(*inputs: str | Path, **options: Any) -> list[Reject]:
    return [x for x in read(*inputs, **options) if isinstance(x, Reject)]


def put(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data.encode("utf-8") if isinstance(data, str) else data)
    return path


# --- pages -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(EXPECTED))
@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
def test_a_page_gives_its_title_day_address_and_the_report_alone(name: str, packed: bool, tmp_path: Path) -> None:
    path = put(tmp_path, name + ".gz", gzip.compress((PAGES / name).read_bytes())) if packed else PAGES / name
    (document,) = documents(path)
    expected = EXPECTED[name]
    assert document.text.split("\n\n") == expected["paragraphs"]
    for field in ("title", "published", "url", "publisher"):
        assert getattr(document, field) == expected.get(field), field
    assert document.id == stable_id(document.url or document.text)


def test_a_printed_page_in_a_text_field_stays_as_it_is_and_fills_the_missing_fields(tmp_path: Path) -> None:
    text = (PAGES / "harbour-truce.txt").read_text(encoding="utf-8")
    (document,) = documents(put(tmp_path, "a.jsonl", json.dumps({"text": text})))
    expected = EXPECTED["harbour-truce.txt"]
    assert document.text == text
    assert (document.title, document.published, document.url) == (
        expected["title"], expected["published"], expected["url"],
    )  # fmt: skip


def test_fields_that_are_given_win_over_what_the_page_says(tmp_path: Path) -> None:
    text = (PAGES / "harbour-truce.txt").read_text(encoding="utf-8")
    row = {"text": text, "title": "Given", "published": "2020-01-01", "url": "https://example.org/g", "id": 7}
    (document,) = documents(put(tmp_path, "a.jsonl", json.dumps(row)))
    assert document.id == "7"
    assert (document.title, document.published, document.url) == ("Given", "2020-01-01", "https://example.org/g")


def test_what_is_passed_over_in_a_text_field_is_what_a_page_leaves_out() -> None:
    text = (PAGES / "harbour-truce.txt").read_text(encoding="utf-8")
    skipped = [text[a:b] for a, b in skip_spans(text)]
    kept = "".join(c for i, c in enumerate(text) if not any(a <= i < b for a, b in skip_spans(text)))
    assert skipped[0].startswith("Port Rebels")
    assert skipped[-1].endswith("talks-a41")
    for word in ("portcouncil", "Related article", "Read more", "Original url", "May 4"):
        assert word not in kept
    assert "freed</u> eleven sailors." in kept


@pytest.mark.parametrize("row", furniture.rules().rows, ids=lambda r: r.example[:30])
def test_every_row_of_furniture_is_found_by_its_example(row: furniture.Row) -> None:
    spans = furniture.line_spans(row.example, 0, len(row.example), first=True)
    assert row.what in {s.what for s in spans}


@pytest.mark.parametrize(
    "sentence",
    [
        "The Associated Press reported that rebels had shelled the port.",
        "Also on Monday, rebels shelled the port and killed three sailors.",
        "Sponsored by two neighbours, the talks went on into the night.",
        "Video by villagers showed soldiers burning the mill.",
        "Once a month, soldiers search the village.",
        "A message from the rebels reached the capital on Monday.",
        "With agencies unable to reach the valley, the army dropped flour.",
        "By Monday Night",
        "NATO - The alliance sent ships.",
        "Correction officers beat the prisoners, a lawyer said.",
        "“If you want to join, all members must agree,” the minister told the islanders.",
        "Reporting by two monitors has shown that the army shelled the village.",
        "Contact between the two armies broke off on Friday.",
        "Background: The two states have fought three wars.",
    ],
)
def test_a_sentence_of_a_report_is_not_taken_for_furniture(sentence: str) -> None:
    spans = skip_spans(f"{sentence}\n\n{REPORT}")
    assert spans == [] or sentence.startswith("By Monday")


@pytest.mark.parametrize(
    ("line", "dateline"),
    [
        ("SUKHUMI, Georgia — The boats left.", "SUKHUMI, Georgia — "),
        ("PORT LOUIS, June 3 (Agency) - The boats left.", "PORT LOUIS, June 3 (Agency) - "),
        ("Sukhumi, 3 June 2004 (Agency) – The boats left.", "Sukhumi, 3 June 2004 (Agency) – "),
        ("BISSAU: The boats left.", "BISSAU: "),
        ("N'DJAMENA/BANGUI -- The boats left.", "N'DJAMENA/BANGUI -- "),
        ("The boats left - and came back.", ""),
        ("UN - The boats left.", ""),
    ],
)
def test_datelines(line: str, dateline: str) -> None:
    assert line[: furniture.dateline_length(line)] == dateline


# --- tables and JSON ---------------------------------------------------------------------------------------------------

ROWS = [
    {"id": "a", "title": "Ferry", "text": REPORT + "\n\nIt rained.", "published": "2024-08-19T10:00:00Z",
     "url": "https://example.org/a", "publisher": "Courier", "language": "en-GB"},
    {"id": "b", "title": "Talks", "text": 'The islanders said: "No",\tand left.', "published": "19 August 2024",
     "url": "https://example.org/b", "publisher": "Courier", "language": "English"},
]  # fmt: skip


def as_csv(delimiter: str) -> str:
    import csv

    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(ROWS[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(ROWS)
    return out.getvalue()


def as_parquet() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(ROWS), out)
    return out.getvalue()


TABLES: dict[str, Callable[[], str | bytes]] = {
    "a.jsonl": lambda: "\n".join(json.dumps(r) for r in ROWS) + "\n",
    "a.ndjson": lambda: "\r\n\r\n".join(json.dumps(r, ensure_ascii=False) for r in ROWS),
    "list.json": lambda: json.dumps(ROWS, indent=2),
    "wrapped.json": lambda: json.dumps({"count": 2, "more": {"x": [1]}, "tags": ["a"], "articles": ROWS, "next": None}),
    "nested.json": lambda: json.dumps({"response": {"status": "ok", "results": ROWS}}),
    "lines.json": lambda: "\n".join(json.dumps(r) for r in ROWS),
    "a.csv": lambda: as_csv(","),
    "semicolon.csv": lambda: "\ufeff" + as_csv(";"),
    "a.tsv": lambda: as_csv("\t"),
    "utf16.csv": lambda: as_csv(",").encode("utf-16"),
    "a.parquet": as_parquet,
}


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gz"])
@pytest.mark.parametrize("name", TABLES)
def test_a_table_gives_its_rows_byte_for_byte(name: str, packed: bool, tmp_path: Path) -> None:
    data = TABLES[name]()
    raw = data.encode("utf-8") if isinstance(data, str) else data
    path = put(tmp_path, name + ".gz" * packed, gzip.compress(raw) if packed else raw)
    found = documents(path)
    assert [d.text for d in found] == [r["text"] for r in ROWS]
    assert [d.id for d in found] == ["a", "b"]
    assert {d.published for d in found} == {"2024-08-19"}
    assert {d.language for d in found} == {"en"}
    assert found[0].title == "Ferry"
    assert found[0].publisher == "Courier"


def test_parquet_times_and_bytes_are_read(tmp_path: Path) -> None:
    day = pa.array([1724061600123456789], pa.timestamp("ns", "UTC"))
    table = pa.table({"Text": pa.array([REPORT.encode()], pa.binary()), "Published": day})
    pq.write_table(table, tmp_path / "a.parquet")
    (document,) = documents(tmp_path / "a.parquet")
    assert (document.text, document.published) == (REPORT, "2024-08-19")


def test_a_title_known_from_its_mark_leaves_a_day_below_it(tmp_path: Path) -> None:
    (document,) = documents(put(tmp_path, "a.md", f"# Ferry port blocked\n\n*May 4, 2021*\n\n{REPORT}\n"))
    assert (document.title, document.published, document.text) == ("Ferry port blocked", "2021-05-04", REPORT)


def test_a_letter_to_readers_is_passed_over_from_its_opening_to_its_last_appeal(tmp_path: Path) -> None:
    letter = ["A message from the Harbour Post:", "Dear readers,", "The prosecutors have declared the Harbour Post unwanted and threatened its staff.",
              "We shall go on all the same.", "Continue", "Not ready to give today? Remind me later."]  # fmt: skip
    text = "\n\n".join([REPORT, *letter, "The islanders went home."])
    (document,) = documents(put(tmp_path, "a.txt", text))
    assert document.text == f"{REPORT}\n\nThe islanders went home."
    ((start, end),) = skip_spans(text)
    assert (text[start:end].split("\n")[0], text[start:end].split("\n")[-1]) == (letter[0], letter[-1])


def test_tags_in_a_text_field_hide_no_furniture_and_cost_no_paragraph() -> None:
    text = f"Ferry Port Blocked\n\nMay 4, 2021\n\nThe islanders <u>blocked it.</u>\n\n<u>Related article: Ferries</u>\n\n{REPORT}"
    assert [text[a:b] for a, b in skip_spans(text)] == [
        "Ferry Port Blocked",
        "May 4, 2021",
        "<u>Related article: Ferries</u>",
    ]


def test_one_json_object_is_one_document(tmp_path: Path) -> None:
    data = json.dumps({"persons": [{"name": "x"}], "text": REPORT, "places": [{"text": "port"}]})
    (document,) = documents(put(tmp_path, "a.json", data))
    assert document.text == REPORT


def test_the_text_column_can_be_named(tmp_path: Path) -> None:
    path = put(tmp_path, "a.csv", f'Body,text\n"{REPORT}",other\n')
    assert documents(path, text_column="body")[0].text == REPORT


@PROPERTY
@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), st.text(max_size=30))
def test_text_comes_back_byte_for_byte_from_json_lines(tmp_path: Path, text: str, title: str) -> None:
    path = put(
        tmp_path, "a.jsonl", json.dumps({"id": "x", "text": text, "title": title, "language": "en"}, ensure_ascii=False)
    )
    (found,) = read(path)
    if isinstance(found, Document):
        assert found.text == text
    else:
        assert found.reason in {"empty", "not-english"}


@PROPERTY
@given(
    st.binary(max_size=400),
    st.sampled_from(
        [".txt", ".md", ".html", ".jsonl", ".json", ".csv", ".tsv", ".parquet", ".xml", ".warc", ".gz", ""]
    ),
)
def test_any_bytes_give_documents_or_rejects(tmp_path: Path, data: bytes, suffix: str) -> None:
    for found in read(put(tmp_path, "a" + suffix, data)):
        assert isinstance(found, Document) or found.reason in REASONS


@PROPERTY
@given(
    st.text(st.sampled_from('{}[],:"\\ aé0-\nnul text'), max_size=200),
    st.sampled_from([".jsonl", ".json", ".csv", ".xml", ".md", ".txt"]),
)
def test_any_near_miss_of_a_format_gives_documents_or_rejects(tmp_path: Path, data: str, suffix: str) -> None:
    for found in read(put(tmp_path, "a" + suffix, '{"text": "x"}\n' + data)):
        assert isinstance(found, Document) or found.reason in REASONS


FURNITURE_WORDS = st.sampled_from(
    ["Original url:", "https://example.org/a-b", "c-d", "May 4, 2021", "Read more: x", "\n", "\n\n", "KYIV — ", "Photo: A", "By Jo Doe",
     REPORT, "• ", "Sign up for our newsletter.", "<u>", "council.org", " ", "©", "A. ", "é"]
)  # fmt: skip


@PROPERTY
@given(st.one_of(st.text(max_size=300), st.lists(FURNITURE_WORDS, max_size=30).map("".join)))
def test_skipped_spans_lie_within_the_text_sorted_and_apart(text: str) -> None:
    last = -1
    for start, end in skip_spans(text):
        assert last < start < end <= len(text)
        last = end


# --- feeds and archives ------------------------------------------------------------------------------------------------


def test_rss_items_are_documents_and_a_bad_date_a_reject() -> None:
    first, second = read(PAGES / "feed.rss.xml")
    assert isinstance(first, Document)
    assert first.text == "Islanders blocked the ferry port on Monday.\n\nThe police did not move in."
    assert (first.title, first.published) == ("Islanders block ferry port", "2024-08-19")
    assert (first.url, first.publisher) == ("https://example.org/ferry", "Delta Courier")
    assert isinstance(second, Reject)
    assert (second.reason, second.line) == ("bad-date", 2)


def test_atom_entries_are_documents() -> None:
    (entry,) = documents(PAGES / "feed.atom.xml")
    assert (entry.id, entry.published, entry.url) == (
        "tag:example.org,2024:1",
        "2024-02-01",
        "https://example.org/clans",
    )
    assert (entry.text, entry.publisher) == ("The clans freed two hostages.", "Ridge Post")


def as_warc(packed: bool) -> bytes:
    def one(url: str, body: bytes, kind: str, status: str = "200 OK") -> bytes:
        answer = f"HTTP/1.0 {status}\r\nContent-Type: {kind}\r\n\r\n".encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2020-01-01T00:00:00Z\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(answer)}\r\n\r\n"
        )
        record = head.encode() + answer + b"\r\n\r\n"
        return gzip.compress(record) if packed else record

    return b"".join(
        (
            one("https://example.org/river", (PAGES / "river-talks.html").read_bytes(), "text/html; charset=utf-8"),
            one("https://example.org/a.png", b"\x89PNG", "image/png"),
            one("https://example.org/gone", b"<html>gone</html>", "text/html", "404 Not Found"),
            one("https://example.org/plain", REPORT.encode(), "text/plain"),
        )
    )


@pytest.mark.parametrize("name", ["a.warc", "a.warc.gz"])
def test_the_pages_of_a_web_archive_are_documents(name: str, tmp_path: Path) -> None:
    river, plain = documents(put(tmp_path, name, as_warc(name.endswith("gz"))))
    assert (river.title, river.published) == ("River states resume talks", "2019-10-07")
    assert river.url == "https://example.org/river"
    assert plain.text == REPORT


# --- inputs ------------------------------------------------------------------------------------------------------------


def test_folders_are_read_sorted_and_deep_without_hidden_files_and_earlier_rejects(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    put(tmp_path, "b/z.txt", REPORT)
    put(tmp_path, "a.txt", REPORT)
    put(tmp_path, ".hidden.txt", "x")
    put(tmp_path, "notes.log", "x")
    put(tmp_path, "out.rejects.jsonl", "{}")
    assert len(documents(tmp_path)) == 2
    assert len(documents(str(tmp_path / "*.txt"))) == 1
    assert len(documents(str(tmp_path / "**" / "*.txt"))) == 2


@pytest.mark.parametrize("name", ["a.jsonl", "list.json", "a.parquet"])
def test_standard_input_is_told_by_its_first_bytes(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    data = TABLES[name]()
    raw = data.encode("utf-8") if isinstance(data, str) else data
    for given_bytes in (raw, gzip.compress(raw)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given_bytes)))
        assert [d.id for d in documents("-")] == ["a", "b"]


def test_a_missing_input_is_told_before_anything_is_read(tmp_path: Path) -> None:
    for name in ("missing.txt", "*.nothing", "a\0b"):
        with pytest.raises(UsageError, match="no such file"):
            read(put(tmp_path, "a.txt", REPORT), tmp_path / name)
    with pytest.raises(UsageError, match="no input"):
        read()
    with pytest.raises(UsageError, match="two days"):
        read(tmp_path, published="03/04/2024")


def test_the_given_day_fills_in_where_a_document_bears_none(tmp_path: Path) -> None:
    path = put(
        tmp_path, "a.jsonl", json.dumps({"text": REPORT}) + "\n" + json.dumps({"text": REPORT, "date": "2001-02-03"})
    )
    assert [d.published for d in documents(path, published="19.8.2024")] == ["2024-08-19", "2001-02-03"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("The envoy’s café shut.".encode("cp1252"), "The envoy’s café shut."),
        ("The envoy’s café shut.".encode("utf-16"), "The envoy’s café shut."),
        ("The envoy’s café shut.".encode("utf-16-le"), "The envoy’s café shut."),
        ("The envoy’s café shut.".encode("utf-8-sig"), "The envoy’s café shut."),
    ],
)
def test_encodings_are_found(data: bytes, text: str, tmp_path: Path) -> None:
    assert documents(put(tmp_path, "a.txt", data))[0].text == text


def test_a_declared_encoding_counts(tmp_path: Path) -> None:
    body = f"<html><head><meta charset='iso-8859-2'></head><body><p>{REPORT} Wałęsa and Škoda agreed.</p></body></html>"
    assert "Wałęsa and Škoda" in documents(put(tmp_path, "a.html", body.encode("iso-8859-2")))[0].text


# --- rejects -----------------------------------------------------------------------------------------------------------

SMALL = Limits(max_characters=500, max_bytes=4000, max_ratio=20)
ENTITY_BOMB = (
    '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">' for i in range(9))
    + "]><rss><channel><item><description>&j;</description></item></channel></rss>"
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]><rss><item><title>&x;</title></item></rss>'

BROKEN: list[tuple[str, bytes | str, str, int | None]] = [
    ("a.log", "x", "unsupported", None),
    ("a.parquet", b"PAR1 no more", "unreadable", None),
    ("a.jsonl.gz", gzip.compress(b'{"text": "x"}\n' * 400)[:-12], "broken-archive", None),
    ("a.txt.gz", b"\x1f\x8b and so on", "broken-archive", None),
    ("a.warc", b"WARC/1.0 and so on", "broken-archive", None),
    ("a.txt", bytes(range(256)) * 4, "bad-encoding", None),
    ("a.jsonl", '{"text": "éèêë '.encode() + b'\xe9"}', "bad-encoding", 1),
    ("a.jsonl", '{"text": "a \\ud800 b"}', "bad-encoding", 1),
    ("a.jsonl", '{"text": ', "bad-json", 1),
    ("a.jsonl", '\n[1]\n', "bad-json", 2),
    ("a.jsonl", '{"text": ' + "[" * 100_000, "bad-json", 1),
    ("a.json", '[{"text": ' + "[" * 100_000, "bad-json", None),
    ("a.json", '[{"text": "The boats left."}, {"text"', "bad-json", None),
    ("a.jsonl", '{"text": ' + "9" * 5000 + "}", "bad-json", 1),
    ("a.xml", "<rss><channel><item></rss>", "bad-markup", None),
    ("a.xml", "<html><p>no feed</p></html>", "bad-markup", None),
    ("a.xml", ENTITY_BOMB, "bad-markup", None),
    ("a.xml", OUTSIDE, "bad-markup", None),
    ("a.csv", 'id,text\n1,a,b,c\n', "bad-markup", 2),
    ("a.jsonl", '{"body": "x"}', "missing-text", 1),
    ("a.jsonl", '{"text": 7}', "missing-text", 1),
    ("a.csv", "id,body\n1,x\n", "missing-text", None),
    ("a.txt", "", "empty", None),
    ("a.txt", "Original url: https://example.org/a", "empty", None),
    ("a.json", "[]", "empty", None),
    ("a.jsonl", '{"text": " \\n"}', "empty", 1),
    ("a.jsonl", '{"text": null}', "empty", 1),
    ("a.html", "<html><body></body></html>", "empty", None),
    ("a.txt", SPANISH, "not-english", None),
    ("a.jsonl", '{"text": "Да, они ушли."}', "not-english", 1),
    ("a.jsonl", json.dumps({"text": REPORT, "language": "fr-FR"}), "not-english", 1),
    ("a.jsonl", json.dumps({"text": REPORT, "published": "03/04/2024"}), "bad-date", 1),
    ("a.jsonl", json.dumps({"text": REPORT, "published": "2024-02-30"}), "bad-date", 1),
    ("a.jsonl", json.dumps({"text": REPORT, "published": ["2024-02-03"]}), "bad-date", 1),
]  # fmt: skip


@pytest.mark.parametrize(("name", "data", "reason", "line"), BROKEN, ids=lambda v: str(v)[:24])
def test_what_is_broken_becomes_a_reject_with_its_reason_and_line(
    name: str, data: bytes | str, reason: str, line: int | None, tmp_path: Path
) -> None:
    (reject,) = rejects(put(tmp_path, name, data))
    assert (reject.reason, reject.line) == (reason, line)
    assert reject.source == str(tmp_path / name)
    assert reject.detail


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.txt", REPORT * 100),
        ("a.jsonl", json.dumps({"text": REPORT * 10})),
        ("a.jsonl", json.dumps({"text": REPORT * 100})),
        ("a.json", json.dumps([{"text": REPORT * 1000}])),
        ("a.csv", f'id,text\n1,"{REPORT * 100}"\n'),
        ("a.xml", f"<rss><item><description>{REPORT * 1000}</description></item></rss>"),
        ("a.jsonl.gz", gzip.compress(b"\n" * 1_000_000)),
    ],
)
def test_what_is_over_the_limits_is_rejected(name: str, data: str | bytes, tmp_path: Path) -> None:
    assert [r.reason for r in rejects(put(tmp_path, name, data), limits=SMALL)] == ["too-long"]


def test_every_reason_is_tested() -> None:
    coding = {"too-slow", "crashed", "failed"}
    assert {reason for *_, reason, _ in BROKEN} | {"too-long"} == set(REASONS) - coding


def test_a_file_that_becomes_an_empty_folder_before_it_is_read_is_a_reject(tmp_path: Path) -> None:
    path = put(tmp_path, "a.txt", REPORT)
    items = read(path)
    path.unlink()
    path.mkdir()
    assert [x.reason for x in items if isinstance(x, Reject)] == ["empty"]


def test_reading_goes_on_behind_a_broken_line(tmp_path: Path) -> None:
    good = json.dumps({"text": REPORT})
    path = put(tmp_path, "a.jsonl", f"{good}\n{{\n{good}\n" + json.dumps({"text": "x" * 5000}) + f"\n{good}\n")
    found = list(read(path, put(tmp_path, "b.txt", REPORT), limits=SMALL))
    assert [type(x).__name__ for x in found] == ["Document", "Reject", "Document", "Reject", "Document", "Document"]


def test_nul_characters_in_a_field_stay_and_in_a_file_are_no_text(tmp_path: Path) -> None:
    assert documents(put(tmp_path, "a.jsonl", json.dumps({"text": "a\0 b"})))[0].text == "a\0 b"
    assert [r.reason for r in rejects(put(tmp_path, "a.txt", b"\0" * 500))] == ["bad-encoding"]


def test_a_long_list_is_streamed(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write("[" + ",".join(json.dumps({"id": i, "text": REPORT}) for i in range(5000)) + "]")
    items = read(path)
    assert next(items) == documents(put(tmp_path, "b.json", json.dumps({"id": 0, "text": REPORT})))[0]
    assert sum(1 for _ in items) == 4999


@pytest.mark.parametrize(
    "text",
    ["<u" * 40_000, "Original url:\n" * 8_000, "A. " * 40_000, "[" * 80_000, "Read more: " * 9_000, "• " * 50_000, "A B " * 30_000,
     "https://" * 10_000, "<" * 90_000, "&a" * 50_000, "(Photo by " * 9_000, "A\n" * 40_000, "May 1, " * 10_000, "*" * 90_000, "_a " * 30_000],
    ids=lambda t: t[:12],
)  # fmt: skip
def test_hostile_text_takes_linear_time(text: str, tmp_path: Path) -> None:
    began = time.process_time()
    skip_spans(text)
    list(read(put(tmp_path, "a.md", text), put(tmp_path, "a.txt", text)))
    assert time.process_time() - began < 5


def test_rejects_are_written_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.rejects.jsonl"
    assert write_rejects(path, [Reject("a.txt", None, "empty", "é"), Reject("b", 3, "bad-json")]) == 2
    lines = [json.loads(x) for x in path.read_text(encoding="utf-8").splitlines()]
    assert lines[1] == {"source": "b", "line": 3, "reason": "bad-json", "detail": ""}
    before = path.read_bytes()

    def broken() -> Any:
        yield Reject("c", None, "empty")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rejects(path, broken())
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    with pytest.raises(UsageError):
        write_rejects(tmp_path / "none" / "x", [])


# --- days and languages ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2024-08-19", "2024-08-19"), ("2024-08-19T10:00:00Z", "2024-08-19"), ("2024-08-19 23:10:05.123+05:00", "2024-08-19"),
        ("2024/8/9", "2024-08-09"), ("20240819", "2024-08-19"), ("20240819T101500Z", "2024-08-19"), (20240819, "2024-08-19"),
        ("August 19, 2024", "2024-08-19"), ("Aug. 19 2024", "2024-08-19"), ("19 August 2024", "2024-08-19"),
        ("19th of August, 2024", "2024-08-19"), ("Monday, August 19, 2024", "2024-08-19"), ("19-Aug-2024", "2024-08-19"),
        ("Mon, 19 Aug 2024 10:00:00 +0200", "2024-08-19"), ("Published: August 19, 2024 at 10:30 p.m. EDT", "2024-08-19"),
        ("19/08/2024", "2024-08-19"), ("08/19/2024", "2024-08-19"), ("04/04/2024", "2024-04-04"), ("3.4.2024", "2024-04-03"),
        (1724025600, "2024-08-19"), (1724025600000, "2024-08-19"), ("Tue Aug 19", None), ("03/04/2024", None), ("2024", None),
        ("August 2024", None), ("2024-13-01", None), ("31 June 2024", None), ("0001-01-01", None), ("soon", None), (True, None),
    ],
)  # fmt: skip
def test_days(written: object, day: str | None) -> None:
    if day is None:
        with pytest.raises(ValueError, match=r"."):
            iso_date(written)
    else:
        assert iso_date(written) == day


@PROPERTY
@given(st.dates(min_value=datetime.date(1600, 1, 1), max_value=datetime.date(2199, 12, 31)))
def test_a_day_written_in_any_plain_way_is_read_back(day: Any) -> None:
    for form in ("%Y-%m-%d", "%d %B %Y", "%B %d, %Y", "%a, %d %b %Y 09:00:00 GMT", "%d.%m.%Y", "%Y%m%d"):
        assert iso_date(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize(
    "text",
    [
        SPANISH,
        "Le gouvernement de l'île et les rebelles du nord se sont réunis lundi dans la capitale pour parler d'une trêve qui a été signée il y a un an.",
        "Die Regierung der Insel und die Rebellen haben sich am Montag in der Hauptstadt getroffen, um über eine Waffenruhe zu sprechen, die vor einem Jahr unterzeichnet wurde.",
        "De regering van het eiland en de rebellen hebben maandag in de hoofdstad gesproken over een wapenstilstand die een jaar geleden is ondertekend.",
        "Ada hükümeti ve isyancılar bir yıl önce imzalanan ateşkes için pazartesi günü başkentte bir araya geldi ama esirler için bir anlaşma olmadı ve görüşmeler daha sonra devam edecek.",
        "Pemerintah pulau itu dan para pemberontak bertemu pada hari Senin di ibu kota untuk membicarakan gencatan senjata yang ditandatangani setahun yang lalu.",
        "政府与叛军周一在首都会谈。",
    ],
    ids=["es", "fr", "de", "nl", "tr", "id", "zh"],
)
def test_other_languages_are_told_from_english(text: str) -> None:
    assert not is_english(text)
    assert is_english(REPORT)


def test_names_of_languages() -> None:
    assert [language_code(n) for n in ("en", "en_US", "ENG", "English", "fr-CA", "xx")] == ["en"] * 4 + ["fr", "xx"]


def test_importing_the_door_loads_no_heavy_library() -> None:
    heavy = ["trafilatura", "lxml", "pyarrow", "warcio", "charset_normalizer", "defusedxml", "spacy"]
    code = f"import sys, dragoman.documents; print([m for m in {heavy!r} if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
