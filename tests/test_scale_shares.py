"""Input cut into shares gives the same rows as input read whole, with the same line numbers, wherever it is cut."""

import gzip
import json
from itertools import pairwise

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman import shares
from dragoman.documents import Raw, Settings, judge, read
from dragoman.errors import UsageError
from dragoman.records import Reject
from dragoman.shares import count_lines, cut, rows_of

WORDS = "The ministers met in the capital on Monday and they signed the agreement."


def count(ranges):
    return [count_lines(one) for one in ranges]


def pieces(*inputs):
    return list(cut([str(i) for i in inputs], count))


def read_by_shares(*inputs):
    found = []
    for share in pieces(*inputs):
        rows = [share] if isinstance(share, Reject) else rows_of(share, Settings())
        found += [judge(row) if isinstance(row, Raw) else row for row in rows]
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.sampled_from([f"{WORDS} é", "", "{broken", "short one, they said"]), min_size=1, max_size=30),
    size=st.integers(20, 600),
    last=st.booleans(),
)
def test_lines_are_cut_anywhere_and_none_is_lost_or_read_twice(tmp_path, lines, size, last):
    path = tmp_path / "news.jsonl"
    rows = [
        t if t in ("", "{broken") else json.dumps({"id": n, "text": t}, ensure_ascii=False) for n, t in enumerate(lines)
    ]
    path.write_bytes("\n".join(rows).encode() + b"\n" * last)
    before, shares.LONG = shares.LONG, size
    try:
        assert read_by_shares(path) == list(read(path))
    finally:
        shares.LONG = before


def test_a_long_file_makes_shares_of_about_the_size(tmp_path, monkeypatch):
    monkeypatch.setattr(shares, "LONG", 1_000)
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps({"id": n, "text": WORDS}) + "\n" for n in range(100)))
    found = pieces(path)
    assert len(found) == -(-path.stat().st_size // 1_000)
    assert found[0].start == 0
    assert all(a.end == b.start for a, b in pairwise(found))
    assert len({s.key for s in found}) == len(found)


def test_row_groups_are_shares(tmp_path, monkeypatch):
    monkeypatch.setattr(shares, "LONG", 100)
    path = tmp_path / "news.parquet"
    pq.write_table(
        pa.table({"id": [str(n) for n in range(20)], "text": [f"{WORDS} {n}" for n in range(19)] + [""]}),
        path,
        row_group_size=3,
    )
    assert len(pieces(path)) == 7
    assert read_by_shares(path) == list(read(path))


@pytest.mark.parametrize("name", ["news.jsonl.gz", "news.csv", "news.txt"])
def test_what_can_not_be_cut_is_one_share(tmp_path, monkeypatch, name):
    monkeypatch.setattr(shares, "LONG", 100)
    path = tmp_path / name
    data = "".join(json.dumps({"text": WORDS}) + "\n" for _ in range(50)).encode()
    path.write_bytes(gzip.compress(data, compresslevel=0) if name.endswith("gz") else b"text\n" + data)
    assert [s.kind for s in pieces(path)] == ["whole"]


def test_wide_characters_keep_a_file_in_one_piece(tmp_path, monkeypatch):
    monkeypatch.setattr(shares, "LONG", 100)
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps({"text": WORDS}) + "\n" for _ in range(9)), encoding="utf-16")
    assert len(pieces(path)) == 1
    assert read_by_shares(path) == list(read(path))


def test_a_damaged_parquet_file_is_a_reject(tmp_path, monkeypatch):
    monkeypatch.setattr(shares, "LONG", 10)
    (tmp_path / "news.parquet").write_bytes(b"PAR1" + b"x" * 500)
    (found,) = read_by_shares(tmp_path / "news.parquet")
    assert found.reason == "unreadable"


def test_an_address_is_read_like_a_path(tmp_path):
    folder = tmp_path / "news"
    folder.mkdir()
    (folder / "a.jsonl").write_text(json.dumps({"id": "a", "text": WORDS}) + "\n")
    (folder / "b.txt").write_text(WORDS)
    (folder / "c.pdf").write_text("no format of ours")
    pq.write_table(pa.table({"id": ["d"], "text": [WORDS]}), folder / "d.parquet")
    here, there = list(read(folder)), list(read(f"file://{folder}"))
    assert here == there
    assert len(here) == 3
    assert read_by_shares(f"file://{folder}") == here


@pytest.mark.parametrize("address", ["file:///nowhere/at/all", "nosuchscheme://bucket/key"])
def test_an_address_that_leads_nowhere_is_refused_at_once(address):
    with pytest.raises(UsageError):
        read(address)


def test_small_files_go_together_as_far_as_they_fit(tmp_path, monkeypatch):
    for n in range(10):
        (tmp_path / f"{n}.txt").write_text(f"{WORDS} {n}")
    (tmp_path / "5.txt").write_text("")
    monkeypatch.setattr(shares, "LONG", 300)
    assert [1 + len(s.others) for s in pieces(tmp_path)] == [4, 5, 1]
    assert read_by_shares(tmp_path) == list(read(tmp_path))
    monkeypatch.setattr(shares, "MANY", 2)
    assert {1 + len(s.others) for s in pieces(tmp_path)} == {2}


def test_the_key_of_a_share_changes_with_the_file(tmp_path):
    path = tmp_path / "a.txt"
    path.write_text(WORDS)
    (before,) = pieces(path)
    path.write_text(WORDS + " More.")
    (after,) = pieces(path)
    assert before.key != after.key
