"""`dragoman serve`: says where it is, serves, ends on Ctrl-C, and says what is missing."""

import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.request

import pytest

from dragoman.records import Document
from dragoman.store import writing

pytest.importorskip("fastapi")


@pytest.fixture
def store(tmp_path):
    with writing(tmp_path / "s.duckdb") as store:
        store.put([(Document("a", "First", "One."), [], [])])
    return tmp_path / "s.duckdb"


def start(store, *options):
    process = subprocess.Popen(
        [sys.executable, "-m", "dragoman.cli", "serve", str(store), "--port", "0", *options],
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    told = process.stderr.readline()
    return process, told, re.search(r"http://[^ ]+/", told)[0]


def end(process):
    process.send_signal(signal.SIGINT)
    return process.communicate(timeout=60)[1]


def test_it_says_where_it_is_and_ends_on_ctrl_c(store):
    process, _, address = start(store)
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/", address)
    with urllib.request.urlopen(address + "reports") as answer:
        assert b"First" in answer.read()
    rest = end(process)
    assert process.returncode == 0, rest
    assert "Traceback" not in rest


def test_on_another_address_a_token_is_needed(store):
    process, _, address = start(store, "--host", "0.0.0.0")
    token = re.search(r"Token, printed this once: (\S+)", process.stderr.readline())[1]
    address = re.sub(r"//[^:]+:", "//127.0.0.1:", address) + "api/v1/reports"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(address)
    asked = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(asked) as answer:
        assert answer.status == 200
    end(process)


def test_no_store_is_one_clear_line(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.cli", "serve", str(tmp_path / "none.duckdb")], capture_output=True, text=True
    )
    assert done.returncode == 2
    assert "no store at" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_missing_extra_is_named(store):
    code = (
        "import sys; sys.modules['fastapi'] = None; sys.argv[1:] = ['serve', sys.argv[1]];"
        " from dragoman.cli import main; main()"
    )
    done = subprocess.run([sys.executable, "-c", code, str(store)], capture_output=True, text=True)
    assert done.returncode == 2
    assert "pip install 'dragoman[serve]'" in done.stderr


def test_a_taken_port_is_told(store):
    process, _, address = start(store)
    port = re.search(r":(\d+)/", address)[1]
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.cli", "serve", str(store), "--port", port],
        capture_output=True,
        text=True,
        timeout=120,
    )
    end(process)
    assert done.returncode == 2
    assert port in done.stderr
    assert "--port" in done.stderr
