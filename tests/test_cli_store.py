"""`code --store`, `link` and `export`: from reports to a ledger by commands alone."""

import csv
import json
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

REPORTS = [
    {"id": "a", "published": "2024-05-15", "publisher": "A", "text": "Kenya promised on Monday to release 20 Ethiopian prisoners by 30 May. Eritrea denied that it had shelled the town of Adwa."},
    {"id": "b", "published": "2024-05-29", "publisher": "B", "text": "Kenya released 20 Ethiopian prisoners on Tuesday."},
]  # fmt: skip


def dragoman(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "dragoman.cli", *map(str, arguments)],
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("store")
    (path / "news.jsonl").write_text("\n".join(map(json.dumps, REPORTS)) + "\n", encoding="utf-8")
    run = dragoman("code", "news.jsonl", "--store", "s.duckdb", cwd=path)
    assert run.returncode == 0, run.stderr
    assert "2 documents" in run.stderr
    linked = dragoman("link", "s.duckdb", cwd=path)
    assert linked.returncode == 0, linked.stderr
    return path


def rows(folder, *arguments):
    run = dragoman("export", "s.duckdb", *arguments, cwd=folder)
    assert run.returncode == 0, run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]


def test_events_are_those_of_code(folder):
    plain = dragoman("code", "news.jsonl", "--format", "jsonl", cwd=folder)
    assert rows(folder) == [json.loads(line) for line in plain.stdout.splitlines()]


def test_every_kind_of_record_comes_out(folder):
    assert [d["id"] for d in rows(folder, "--what", "documents")] == ["a", "b"]
    assert rows(folder, "--what", "claims")
    incident = rows(folder, "--what", "incidents")[0]
    assert {"id", "type", "date", "reports", "publishers", "affirmed_by", "denied_by"} <= set(incident)
    assert {"document_id", "event_id", "sentence", "trigger"} <= set(incident["reports"][0])
    commitment = rows(folder, "--what", "commitments")[0]
    assert {"id", "made", "by", "to", "type", "prospect", "due", "outcome", "as_of", "evidence"} <= set(commitment)


def test_filters_reach_the_store(folder):
    assert {e["type"] for e in rows(folder, "--type", "RETREAT")} == {"RETREAT"}
    assert {e["document_id"] for e in rows(folder, "--from", "2024-05-20")} == {"b"}
    assert {e["document_id"] for e in rows(folder, "--to", "2024-05-20")} == {"a"}
    assert all(e["status"] == "negated" for e in rows(folder, "--status", "negated"))
    assert rows(folder, "--country", "KEN")
    assert rows(folder, "--where", "confidence > 2") == []


def test_tables_and_parquet(folder):
    run = dragoman("export", "s.duckdb", "--what", "commitments", "--format", "csv", cwd=folder)
    table = list(csv.DictReader(run.stdout.splitlines()))
    assert table
    assert "Kenya" in table[0]["by"]
    for what in ("events", "incidents"):
        assert (
            dragoman(
                "export", "s.duckdb", "--what", what, "--format", "parquet", "-o", f"{what}.parquet", cwd=folder
            ).returncode
            == 0
        )
        assert pq.read_table(folder / f"{what}.parquet").num_rows
    assert (
        dragoman("export", "s.duckdb", "--what", "all", "--format", "parquet", "-o", "all", cwd=folder).returncode == 0
    )
    assert (folder / "all" / "documents").is_dir()


def test_the_same_input_again_changes_nothing(folder):
    before = rows(folder)
    run = dragoman("code", "news.jsonl", "--store", "s.duckdb", cwd=folder)
    assert "2 documents, 0 events" in run.stderr
    assert rows(folder) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["link", "none.duckdb"],
        ["export", "none.duckdb"],
        ["export", "s.duckdb", "--what", "nonsense"],
        ["export", "s.duckdb", "--what", "incidents", "--format", "cameo"],
        ["export", "s.duckdb", "--format", "parquet"],
        ["export", "s.duckdb", "--from", "May"],
        ["export", "s.duckdb", "--where", "nonsense = 1"],
        ["link", "s.duckdb", "--as-of", "May"],
        ["code", "news.jsonl", "--store", "t.duckdb", "-o", "out.jsonl"],
        ["code", "news.jsonl", "--store", "missing/t.duckdb"],
    ],
)
def test_wrong_use_is_one_line_and_exit_2(folder, arguments):
    run = dragoman(*arguments, cwd=folder)
    assert run.returncode == 2
    assert len(run.stderr.strip().splitlines()) == 1
    assert run.stderr.startswith("dragoman: ")


def test_own_actors_are_known_in_a_store_too(folder):
    (folder / "own").mkdir()
    (folder / "own" / "groups.csv").write_text(
        "entity,name,aliases,members,country,sectors,start,end,states,note\n"
        "group/veldora-front,Veldora Front,,,KEN,REB,,,,\n",
        encoding="utf-8",
    )
    (folder / "own.txt").write_text("The Veldora Front attacked Eritrea on Monday.", encoding="utf-8")
    options = ("own.txt", "--published", "2024-05-15", "--actors", "own")
    plain = dragoman("code", *options, "--format", "jsonl", cwd=folder)
    assert dragoman("code", *options, "--store", "own.duckdb", cwd=folder).returncode == 0
    stored = dragoman("export", "own.duckdb", cwd=folder)
    assert stored.stdout == plain.stdout
    assert json.loads(plain.stdout)["actors"][0]["entity"] == "group/veldora-front"
