"""A cluster gives the records that one process gives, byte for byte, and takes up what was stopped."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

from dragoman.cli import app

HERE = Path(__file__).parent
INSTALLED = importlib.util.find_spec("ray") is not None
needs_ray = pytest.mark.skipif(not INSTALLED, reason="Ray is not installed (pip install -e '.[ray]')")


@pytest.fixture(scope="module")
def seen(tmp_path_factory):
    """What a run on two nodes saw, see `two_nodes.py`."""
    folder = tmp_path_factory.mktemp("ray")
    done = subprocess.run(
        [sys.executable, str(HERE / "two_nodes.py"), str(folder)],
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1]) | {"folder": folder}


@needs_ray
def test_two_nodes_give_the_records_of_one_process(seen):
    assert seen["same as local"]
    assert seen["events"] > 60
    assert seen["rejects"] == 2


@needs_ray
def test_both_nodes_have_worked(seen):
    assert seen["nodes"] == 2
    assert seen["shares"] >= 8


@needs_ray
def test_events_are_parted_by_year(seen):
    years = ["2020", "2021", "2022", "2023", "undated"]
    assert seen["years"] == [f"year={year}" for year in years]


@needs_ray
def test_a_stopped_run_is_taken_up_where_it_was(seen):
    assert seen["same when resumed"]
    assert seen["kept"]
    assert seen["told again"] == seen["shares"]


@needs_ray
@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("not without resume", "--resume"),
        ("not another run", "other options"),
        ("not changed input", "gone or changed"),
    ],
)
def test_an_output_that_holds_something_else_is_refused(seen, case, words):
    assert words in seen[case]


@needs_ray
def test_duckdb_reads_what_a_cluster_wrote(seen):
    import duckdb

    files = seen["folder"] / "out" / "events" / "*" / "*.parquet"
    query = f"SELECT count(*), count(DISTINCT id) FROM read_parquet('{files}', hive_partitioning = true) WHERE year = '2021'"
    with duckdb.connect() as connection:
        ((count, ids),) = connection.execute(query).fetchall()
    assert 0 < count == ids < seen["events"]


@pytest.mark.parametrize(
    "words", [[], ["-o", "x.parquet", "--format", "jsonl"], ["-o", "x", "--explain"], ["--store", "x.duckdb"]]
)
def test_what_a_cluster_can_not_do_is_refused(tmp_path, words):
    from typer.testing import CliRunner

    path = tmp_path / "a.txt"
    path.write_text("They met on Monday.")
    done = CliRunner().invoke(app, ["code", str(path), "--engine", "ray", *words])
    assert "--engine ray writes Parquet to a folder" in str(done.exception)


@pytest.mark.skipif(INSTALLED, reason="Ray is installed")
def test_without_ray_it_is_said_how_to_get_it(tmp_path):
    from typer.testing import CliRunner

    path = tmp_path / "a.txt"
    path.write_text("They met on Monday.")
    done = CliRunner().invoke(app, ["code", str(path), "--engine", "ray", "-o", str(tmp_path / "out")])
    assert "pip install 'dragoman[ray]'" in str(done.exception)
