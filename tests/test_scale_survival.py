"""Whole records only, whatever ends a run; and a run that was ended ten times gives what one that was not gives."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dragoman.errors import StoreError
from dragoman.whole import Records, locked, whole

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals and locks are those of POSIX")

HERE = Path(__file__).parent
PROGRAM = (
    "import odd, sys, dragoman.cli_code as c; from dragoman.cli import main;"
    "pause = float(sys.argv.pop(1)); c.Job.coder = lambda self: odd.Odd(pause=pause); main()"
)
"""`dragoman` with a coder that takes a given time for a document and leaves one record that names it."""


def hear():
    """Makes a program hear Ctrl-C: a shell's background job is deaf to it, and so is what that starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def start(*arguments, cwd, pause=0.0, **options):
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(pause), "code", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(HERE)},
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, "preexec_fn": hear} | options,
    )


def run(*arguments, cwd, **options):
    with start(*arguments, cwd=cwd, **options) as process:
        out, err = process.communicate(timeout=100)
    return subprocess.CompletedProcess(arguments, process.returncode, out, err)


@pytest.fixture
def folder(tmp_path):
    words = "The ministers met in the capital and they signed what they had agreed."
    rows = [{"id": f"d{n}", "text": f"{words} {n}"} for n in range(400)]
    rows[7]["text"] = ""
    rows[111] = {"id": "no text"}
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    return tmp_path


def lines(path):
    """The records of a file of which every line must be whole."""
    data = path.read_bytes()
    assert data == b"" or data.endswith(b"\n")
    return [json.loads(line) for line in data.splitlines()]


def wait_for(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("workers", [1, 2])
def test_ten_times_killed_is_as_good_as_never(folder, workers):
    assert run("news.jsonl", "-o", "never.jsonl", cwd=folder).returncode == 0
    chance = random.Random(workers)
    journal = folder / "often.jsonl.journal"
    for _ in range(10):
        process = start("news.jsonl", "-o", "often.jsonl", "--resume", "--workers", workers, cwd=folder, pause=0.004)
        size = journal.stat().st_size if journal.exists() else 0
        wait_for(lambda before=size: journal.exists() and journal.stat().st_size > before)
        time.sleep(chance.random() * 0.05)
        process.kill()
        process.communicate()
    done = run("news.jsonl", "-o", "often.jsonl", "--resume", "--workers", workers, cwd=folder)
    assert done.returncode == 0, done.stderr
    for suffix in ("", ".rejects.jsonl"):
        assert (folder / f"often.jsonl{suffix}").read_bytes() == (folder / f"never.jsonl{suffix}").read_bytes()
    assert len(lines(folder / "often.jsonl.rejects.jsonl")) == 2
    assert not [p.name for p in folder.iterdir() if "often" in p.name and p.suffix != ".jsonl"]


def short_of_disk(size):
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return limit


def test_a_full_disk_ends_the_run_with_one_line_and_it_goes_on_when_there_is_room(folder):
    full = run("news.jsonl", "-o", "out.jsonl", cwd=folder, preexec_fn=short_of_disk(20_000))
    assert full.returncode == 1
    assert len(full.stderr.strip().splitlines()) == 1, full.stderr
    assert "--resume" in full.stderr
    assert not (folder / "out.jsonl").exists()
    assert run("news.jsonl", "-o", "out.jsonl", "--resume", cwd=folder).returncode == 0
    assert run("news.jsonl", "-o", "other.jsonl", cwd=folder).returncode == 0
    assert (folder / "out.jsonl").read_bytes() == (folder / "other.jsonl").read_bytes()


def test_a_full_disk_leaves_whole_records_on_a_stream(folder):
    with (folder / "out.jsonl").open("wb") as out:
        full = run("news.jsonl", cwd=folder, stdout=out, preexec_fn=short_of_disk(20_000))
    assert full.returncode == 1
    assert len(full.stderr.strip().splitlines()) == 1, full.stderr
    assert 50 < len(lines(folder / "out.jsonl")) < 398


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="the system has no /dev/full")
@pytest.mark.parametrize("words", [["-o", "/dev/full"], []])
def test_a_device_is_written_to_as_it_stands(folder, words):
    with open("/dev/full", "wb") as full:
        done = run("news.jsonl", *words, cwd=folder, stdout=full)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert Path("/dev/full").is_char_device()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_broken_pipe_ends_the_run_quietly(folder, workers):
    with start("news.jsonl", "--workers", workers, cwd=folder, pause=0.01) as process:
        assert json.loads(process.stdout.readline())
        process.stdout.close()
        assert process.stderr.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
def test_control_c_leaves_what_can_be_resumed(folder, workers):
    journal = folder / "out.jsonl.journal"
    with start("news.jsonl", "-o", "out.jsonl", "--workers", workers, cwd=folder, pause=0.01) as process:
        wait_for(lambda: journal.exists() and journal.stat().st_size > 3_000)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "--resume" in err
    lines(journal)
    assert run("news.jsonl", "-o", "out.jsonl", "--resume", cwd=folder).returncode == 0
    assert len(lines(folder / "out.jsonl")) == 398


def test_a_stream_that_is_killed_holds_whole_records(folder):
    with (folder / "out.jsonl").open("wb") as out:
        process = start("news.jsonl", "--workers", 1, cwd=folder, pause=0.005, stdout=out)
        wait_for(lambda: (folder / "out.jsonl").stat().st_size > 5_000)
        process.kill()
        process.communicate()
    assert 20 < len(lines(folder / "out.jsonl")) < 398


def test_two_runs_on_one_output_are_refused(folder):
    journal = folder / "out.jsonl.journal"
    with start("news.jsonl", "-o", "out.jsonl", cwd=folder, pause=0.02, stderr=subprocess.DEVNULL) as first:
        wait_for(journal.exists)
        for words in ([], ["--resume"]):
            second = run("news.jsonl", "-o", "out.jsonl", *words, cwd=folder)
            assert second.returncode == 1
            assert f"({first.pid})" in second.stderr
            assert len(second.stderr.strip().splitlines()) == 1
    assert first.returncode == 0
    assert len(lines(folder / "out.jsonl")) == 398


def test_two_runs_on_one_store_are_refused(folder):
    with locked(folder / "news.duckdb"):
        second = run("news.jsonl", "--store", "news.duckdb", cwd=folder)
    assert second.returncode == 1
    assert "is being written by another process" in second.stderr
    assert len(second.stderr.strip().splitlines()) == 1


def test_resume_with_another_date_of_publication_is_refused(folder):
    (folder / "out.jsonl.journal").write_text('{"fingerprint": "what was run before"}\n', encoding="utf-8")
    again = run("news.jsonl", "-o", "out.jsonl", "--resume", "--published", "2024-05-05", cwd=folder)
    assert again.returncode == 2
    assert "other inputs, options or release" in again.stderr


def test_rejects_of_an_earlier_run_do_not_stay(folder):
    stale = folder / "out.jsonl.rejects.jsonl"
    stale.write_text("{}\n", encoding="utf-8")
    (folder / "good.jsonl").write_text('{"id": "a", "text": "They met in the capital on Monday."}\n', encoding="utf-8")
    assert run("good.jsonl", "-o", "out.jsonl", cwd=folder).returncode == 0
    assert not stale.exists()


def test_a_document_over_the_size_limit_is_rejected(folder):
    assert run("news.jsonl", "-o", "out.jsonl", "--size-limit", 10, cwd=folder).returncode == 0
    assert {r["reason"] for r in lines(folder / "out.jsonl.rejects.jsonl")} == {"too-long", "empty", "missing-text"}
    assert lines(folder / "out.jsonl") == []


@pytest.mark.parametrize("workers", [1, 2])
def test_a_document_over_the_time_limit_is_rejected(folder, workers):
    rows = [{"id": "slow", "text": "SLEEP was what they did in the capital that night, the ministers said."}]
    rows += [json.loads(line) for line in (folder / "news.jsonl").read_text().splitlines()[20:60]]
    (folder / "slow.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    words = ["slow.jsonl", "-o", "out.jsonl", "--time-limit", 1.5, "--workers", workers]
    assert run(*words, cwd=folder).returncode == 0
    (reject,) = lines(folder / "out.jsonl.rejects.jsonl")
    assert (reject["source"], reject["line"], reject["reason"]) == ("slow.jsonl", 1, "too-slow")
    assert len(lines(folder / "out.jsonl")) == 40


def test_records_are_written_whole_or_not_at_all(tmp_path):
    path = tmp_path / "out"
    with path.open("wb", buffering=0) as file:
        stream = Records(file.fileno())
        stream.write("one\n")
        stream.write("two\n")
        assert path.read_bytes() == b""
        stream.flush()
        assert path.read_bytes() == b"one\ntwo\n"


def test_a_lock_is_held_once_and_given_back(tmp_path):
    path = tmp_path / "out"
    with locked(path), pytest.raises(StoreError, match=str(os.getpid())), locked(path):
        pass
    with locked(path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_link_keeps_pointing_to_its_file(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with whole(tmp_path / "link") as partial:
        partial.write_text("new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_text() == "new"


@pytest.mark.parametrize("command", ["claims", "mentions"])
def test_other_commands_reject_what_they_fail_on(tmp_path, monkeypatch, command):
    from typer.testing import CliRunner

    from dragoman import listing, pipeline
    from dragoman.cli import app

    def failing(real):
        def read(documents, *rest):
            if "unlucky" in str(documents):
                raise RuntimeError("a fault of ours")
            return real(documents, *rest)

        return read

    monkeypatch.setattr(listing, "list_mentions", failing(listing.list_mentions))
    monkeypatch.setattr(pipeline, "read_batch", failing(pipeline.read_batch))
    rows = [
        {"id": f"d{n}", "text": f"The minister said on Monday that {who} had left Paris."}
        for n, who in enumerate(("they", "the unlucky", "we"))
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows), encoding="utf-8")
    done = CliRunner().invoke(app, [command, str(tmp_path / "a.jsonl"), "-o", str(tmp_path / "out")])
    assert done.exit_code == 0, done.exception
    assert {json.loads(line)["document_id"] for line in (tmp_path / "out").read_text().splitlines()} == {"d0", "d2"}
    (reject,) = lines(tmp_path / "out.rejects.jsonl")
    assert (reject["line"], reject["reason"]) == (2, "failed")
