"""The command line keeps the promises of its Behaviour: one clear line, whole records, the same bytes."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dragoman.records import Event, from_dict

REPORTS = [
    {"id": "a", "title": "Kenya condemns raid", "published": "2024-05-15", "text": "Kenya condemned the raid on Monday. Ethiopia accused Eritrea of shelling a village."},
    {"id": "b", "title": None, "published": "2024-05-16", "text": "Gunmen killed two soldiers near Goma on Tuesday, officials said."},
    {"id": "c", "title": None, "published": "2024-05-17", "text": "The ministers of Chad and Niger met in Paris. They discussed the border."},
]  # fmt: skip


def dragoman(*arguments, cwd, input=None):
    return subprocess.run(
        [sys.executable, "-m", "dragoman.cli", *map(str, arguments)],
        cwd=cwd,
        input=input,
        capture_output=True,
        text=True,
        timeout=120,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cli")
    lines = [json.dumps(r) for r in REPORTS]
    (path / "news.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (path / "broken.jsonl").write_text("\n".join([lines[0], "{not json", lines[1]]) + "\n", encoding="utf-8")
    many = [json.dumps(r | {"id": f"{r['id']}{i}"}) for i in range(20) for r in REPORTS]
    (path / "many.jsonl").write_text("\n".join(many) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def coded(folder):
    run = dragoman("code", "news.jsonl", cwd=folder)
    assert run.returncode == 0, run.stderr
    return run


def test_a_pipe_gets_json_lines(coded):
    events = [from_dict(Event, json.loads(line)) for line in coded.stdout.splitlines()]
    assert {"ACCUSE", "ASSAULT", "CONSULT"} <= {e.type for e in events}
    assert "3 documents" in coded.stderr


def test_offsets_slice_the_text(coded):
    texts = {r["id"]: r for r in REPORTS}
    for line in coded.stdout.splitlines():
        event = json.loads(line)
        lead = event["mentions"][0]
        passage = texts[event["document_id"]][lead["in"]]
        assert passage[slice(*lead["trigger"])] == lead["text"]
        for part in event["actors"] + event["recipients"]:
            assert part["text"] in (texts[event["document_id"]]["text"], part["text"])


@pytest.mark.parametrize("format", ["jsonl", "csv", "plover", "cameo", "table"])
def test_every_text_format_is_written(folder, format):
    run = dragoman("code", "news.jsonl", "--format", format, cwd=folder)
    assert run.returncode == 0
    assert len(run.stdout.splitlines()) >= 4


def test_csv_has_a_column_for_each_name(folder):
    rows = list(csv.DictReader(dragoman("code", "news.jsonl", "--format", "csv", cwd=folder).stdout.splitlines()))
    assert rows[0]["document_id"] == "a"
    assert None not in rows[0]


def test_parquet_holds_the_same_events(folder, coded):
    import pyarrow.parquet as pq

    assert dragoman("code", "news.jsonl", "-o", "out.parquet", cwd=folder).returncode == 0
    rows = pq.read_table(folder / "out.parquet").to_pylist()
    assert rows == [json.loads(line) for line in coded.stdout.splitlines()]


def test_a_broken_line_is_rejected_and_the_rest_coded(folder):
    run = dragoman("code", "broken.jsonl", "-o", "broken.out", cwd=folder)
    assert run.returncode == 0
    rejects = [json.loads(line) for line in (folder / "broken.out.rejects.jsonl").read_text().splitlines()]
    assert [(r["line"], r["reason"]) for r in rejects] == [(2, "bad-json")]
    assert {json.loads(line)["document_id"] for line in (folder / "broken.out").read_text().splitlines()} == {"a", "b"}


def test_strict_exits_1_on_a_reject(folder):
    assert dragoman("code", "broken.jsonl", "--strict", cwd=folder).returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["code", "nowhere.txt"],
        ["code", "news.jsonl", "--format", "xlsx"],
        ["code", "news.jsonl", "--format", "parquet"],
        ["code", "news.jsonl", "--resume"],
        ["code", "news.jsonl", "--published", "yesterday"],
        ["code", "news.jsonl", "-o", "no/such/folder/out.jsonl"],
        ["code", "news.jsonl", "--no-such-option"],
        ["mentions", "news.jsonl", "--kind", "weather"],
        ["codebook", "DANCE"],
        ["codebook", "--check", "nowhere"],
        ["eval", "nowhere.jsonl", "news.jsonl"],
        ["relate", "nowhere.jsonl"],
        ["schema", "--format", "xsd"],
    ],
)
def test_a_wrong_call_is_one_clear_line_and_exit_2(folder, arguments):
    run = dragoman(*arguments, cwd=folder)
    assert run.returncode == 2
    assert "Traceback" not in run.stderr
    assert run.stderr.strip()


def test_standard_input_is_read(folder):
    run = dragoman(
        "code",
        "-",
        "--published",
        "2024-05-15",
        cwd=folder,
        input="Sudan accused Chad of arming the rebels on Monday.\n",
    )
    assert json.loads(run.stdout.splitlines()[0])["type"] == "ACCUSE"


def test_workers_and_batches_change_no_byte(folder):
    one = dragoman("code", "many.jsonl", "--workers", "1", cwd=folder).stdout
    assert dragoman("code", "many.jsonl", "--workers", "2", cwd=folder).stdout == one


def test_a_killed_run_is_resumed_to_the_same_bytes(folder):
    whole = dragoman("code", "many.jsonl", cwd=folder).stdout
    command = [sys.executable, "-m", "dragoman.cli", "code", "many.jsonl", "-o", "killed.jsonl"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    journal = folder / "killed.jsonl.journal"
    deadline = time.time() + 60
    while time.time() < deadline and (not journal.exists() or journal.stat().st_size < 2000) and process.poll() is None:
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert not (folder / "killed.jsonl").exists()
    with journal.open("ab") as stream:
        stream.write(b'{"key": "document torn')
    assert dragoman("code", "many.jsonl", "-o", "killed.jsonl", "--resume", cwd=folder).returncode == 0
    assert (folder / "killed.jsonl").read_text(encoding="utf-8") == whole
    assert not journal.exists()


def test_resume_refuses_other_inputs(folder):
    journal = folder / "other.jsonl.journal"
    journal.write_text(json.dumps({"fingerprint": "another run"}) + "\n")
    run = dragoman("code", "news.jsonl", "-o", "other.jsonl", "--resume", cwd=folder)
    assert run.returncode == 2
    assert "--resume" in run.stderr


def test_explain_says_why(folder):
    text = dragoman("code", "news.jsonl", "--explain", cwd=folder).stdout
    assert "trigger" in text
    assert "frame:" in text
    assert "actor" in text


def test_mentions_are_one_object_a_line(folder):
    rows = [json.loads(line) for line in dragoman("mentions", "news.jsonl", cwd=folder).stdout.splitlines()]
    assert {r["kind"] for r in rows} == {"actor", "place", "time", "quantity"}
    texts = {r["id"]: r["text"] for r in REPORTS}
    assert all(texts[r["document_id"]][r["start"] : r["end"]] == r["text"] for r in rows)


def test_claims_are_one_object_a_line(folder):
    rows = [json.loads(line) for line in dragoman("claims", "news.jsonl", cwd=folder).stdout.splitlines()]
    assert rows
    assert set(rows[0]) == {"document_id", "speaker", "source", "cue", "content", "quoted", "anonymous"}


def test_relate_answers_every_row_in_order(folder):
    text = "Kenya condemned Ethiopia on Monday."
    rows = [{"id": i, "text": text, "actor": [0, 5], "recipient": [16, 24]} for i in (2, 1)]
    run = dragoman("relate", "-", cwd=folder, input="".join(json.dumps(r) + "\n" for r in rows))
    answers = [json.loads(line) for line in run.stdout.splitlines()]
    assert [a["id"] for a in answers] == [2, 1]
    assert {a["type"] for a in answers} == {"ACCUSE"}


def test_the_codebook_is_readable(folder):
    assert "ACCUSE" in dragoman("codebook", cwd=folder).stdout
    assert "disapprove" in dragoman("codebook", "accuse", cwd=folder).stdout


def test_an_own_codebook_is_checked(folder):
    own = folder / "own"
    own.mkdir(exist_ok=True)
    (own / "types.toml").write_text("[ACCUSE]\nquad = 9\n")
    run = dragoman("codebook", "--check", "own", cwd=folder)
    assert run.returncode == 1
    assert "types.toml" in run.stdout


def test_schema_names_every_field(folder):
    assert "attribution" in dragoman("schema", cwd=folder).stdout


def test_eval_prints_figures(folder):
    gold = Path(__file__).parent / "gold" / "reports.jsonl"
    (folder / "none.jsonl").write_text("")
    run = dragoman("eval", gold, "none.jsonl", "--json", cwd=folder)
    assert json.loads(run.stdout)["recall"] == 0.0


def test_help_answers_at_once(folder):
    times = []
    for _ in range(3):
        began = time.perf_counter()
        assert dragoman("--help", cwd=folder).returncode == 0
        times.append(time.perf_counter() - began)
    assert min(times) < 0.6
