"""Whatever a document does to the process that reads it, the others are coded, in order, and it is rejected by reason."""

import os
import signal
import sys
import threading
import time
from itertools import count, islice
from pathlib import Path

import pytest

from dragoman import workers
from dragoman.errors import DragomanError
from dragoman.records import Document, Reject
from dragoman.scale import Crew, code_all, portions
from odd import Odd, Stillborn, Unloadable

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no worker processes on Windows")


@pytest.fixture(autouse=True)
def _importable(monkeypatch):
    """Worker processes find the odd coder."""
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))


def documents(*deeds, of=40):
    """So many plain documents with the deeds strewn among them, each under its number."""
    texts = ["plain words"] * of
    for place, deed in enumerate(deeds):
        texts[5 + 7 * place] = f"{deed} words"
    return [Document(str(n), None, text) for n, text in enumerate(texts)]


def coded(items, coder=None, **crew):
    return list(code_all(items, coder or Odd(), Crew(**{"workers": 2, "seconds": 20.0} | crew)))


def outcome(result):
    return result.item.reason if isinstance(result.item, Reject) else result.events[0].document_id


def expected(items, reason):
    return [d.id if d.text.startswith("plain") else reason for d in items]


@pytest.mark.parametrize("forks", [True, False], ids=["forked", "alone"])
def test_order_is_that_of_the_input(forks, monkeypatch):
    monkeypatch.setattr(workers, "FORKS", forks and workers.FORKS)
    items = documents(of=100)
    assert [outcome(r) for r in coded(items)] == [d.id for d in items]


def test_rejects_pass_through_in_their_place():
    items = [*documents(of=30), Reject("a.txt", 3, "empty"), *documents(of=30)]
    found = coded(items)
    assert found[30].item == items[30]
    assert len(found) == 61


@pytest.mark.parametrize("deed", ["KILL", "EXIT", "SEGV"])
def test_a_document_that_ends_its_process_is_rejected_and_nothing_else_is_lost(deed):
    items = documents(deed, deed)
    assert [outcome(r) for r in coded(items)] == expected(items, "crashed")


@pytest.mark.parametrize("deed", ["HANG", "SLEEP", "STOP"])
def test_a_document_that_hangs_is_rejected_after_the_time_limit(deed):
    items = documents(deed)
    begin = time.monotonic()
    assert [outcome(r) for r in coded(items, seconds=2.0)] == expected(items, "too-slow")
    assert time.monotonic() - begin < 100


def test_one_that_hangs_without_a_pool_is_rejected_too():
    items = documents("HANG", of=8)
    assert [outcome(r) for r in coded(items, workers=1, seconds=1.0)] == expected(items, "too-slow")


@pytest.mark.parametrize("crew", [{"workers": 1}, {"workers": 2}])
@pytest.mark.parametrize("deed", ["FAIL", "EAT"])
def test_a_document_on_which_an_error_is_raised_is_rejected_with_it(crew, deed):
    if deed == "EAT" and (crew["workers"] == 1 or sys.platform != "linux"):
        pytest.skip("only a worker's memory is bounded, and only on Linux")
    items = documents(deed)
    results = coded(items, **crew)
    assert [outcome(r) for r in results] == expected(items, "failed")
    assert "Error" in results[5].item.detail


def test_a_worker_that_somebody_kills_costs_no_document(tmp_path):
    items = documents(of=40)
    coder = Odd(pause=0.05, marks=str(tmp_path))
    killed = []

    def kill():
        while not killed:
            time.sleep(0.02)
            pids = {int(line) for f in tmp_path.iterdir() for line in f.read_text().split()}
            for pid in pids:
                os.kill(pid, signal.SIGKILL)
                killed.append(pid)

    threading.Thread(target=kill, daemon=True).start()
    assert [outcome(r) for r in coded(items, coder)] == [d.id for d in items]
    assert killed


def test_a_reject_says_where_the_document_is_from():
    items = [Document("a", None, "FAIL words", url="https://example.org/a"), Document("b", None, "FAIL words")]
    assert [r.item.source for r in coded(items, workers=1)] == ["https://example.org/a", "b"]


def test_input_is_read_only_a_little_ahead():
    read = []

    def endless():
        for n in count():
            read.append(n)
            yield Document(str(n), None, "plain words")

    stream = code_all(endless(), Odd(), Crew(2))
    first = list(islice(stream, 50))
    time.sleep(0.3)
    assert [outcome(r) for r in first] == [str(n) for n in range(50)]
    assert len(read) <= 50 + (2 * workers.AHEAD + 3) * Odd().batch
    stream.close()


def test_no_process_stays_behind(tmp_path):
    stream = code_all(documents(of=200), Odd(pause=0.01, marks=str(tmp_path)), Crew(2))
    next(stream)
    pids = {int(line) for f in tmp_path.iterdir() for line in f.read_text().split()}
    stream.close()
    deadline = time.monotonic() + 10
    while any(alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert pids
    assert not any(alive(pid) for pid in pids)


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path(f"/proc/{pid}/stat").exists() or " Z " not in Path(f"/proc/{pid}/stat").read_text()


def test_a_worker_is_renewed_after_so_many_documents(tmp_path, monkeypatch):
    monkeypatch.setattr(workers, "RENEW", 16)
    items = documents(of=80)
    assert [outcome(r) for r in coded(items, Odd(marks=str(tmp_path)))] == [d.id for d in items]
    assert len({f.read_text() for f in tmp_path.iterdir()}) >= 4


def test_numeric_libraries_of_a_worker_keep_to_one_thread(monkeypatch):
    seen = {}

    def launched(_command, **options):
        seen.update(options["env"])
        raise OSError("enough seen")

    monkeypatch.setattr(workers.subprocess, "Popen", launched)
    with pytest.raises(OSError, match="enough"):
        coded(documents())
    assert {seen[name] for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")} == {"1"}


@pytest.mark.parametrize("forks", [True, False], ids=["forked", "alone"])
def test_what_keeps_a_coder_from_loading_is_raised_here(forks, monkeypatch):
    monkeypatch.setattr(workers, "FORKS", forks and workers.FORKS)
    with pytest.raises(ValueError, match="actors is broken"):
        coded(documents(), Unloadable())


@pytest.mark.parametrize("forks", [True, False], ids=["forked", "alone"])
def test_processes_that_can_not_be_started_end_the_run_with_one_line(forks, monkeypatch):
    monkeypatch.setattr(workers, "FORKS", forks and workers.FORKS)
    with pytest.raises(DragomanError, match="--workers 1"):
        coded(documents(), Stillborn())


def test_an_answer_longer_than_a_socket_holds_arrives():
    items = [Document(str(n), None, "word " * 100_000) for n in range(30)]
    found = coded(items)
    assert [len(r.item.text) for r in found] == [500_000] * 30


def test_long_documents_make_small_portions():
    long = Document("a", None, "w" * 300_000)
    assert [len(p) for p in portions([long] * 5, 8)] == [2, 2, 1]
    assert [len(p) for p in portions(documents(of=20), 8)] == [8, 8, 4]
