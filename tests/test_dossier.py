"""The dossier: one page that holds the account, cites its records, and runs or fetches nothing."""

import json
import re
import subprocess
import sys

import pytest

from dragoman.changes import changes
from dragoman.parties import described
from dragoman.records import Participant

HOSTILE = "<script>alert(1)</script>"

REPORTS = [
    {
        "id": "one",
        "title": f"Sudan accuses Chad {HOSTILE}",
        "text": f"Sudan accused Chad of arming rebels on Monday {HOSTILE}. Chad rejected the accusation on Tuesday.",
        "published": "2024-05-15",
        "publisher": "The <b>Gazette</b>",
        "url": 'https://example.org/"onmouseover="x',
    },
    {
        "id": "two",
        "title": "Chad and Sudan to talk",
        "text": "Sudan and Chad agreed on Thursday to hold talks in Jeddah next week. Saudi Arabia will host the talks.",
        "published": "2024-05-17",
    },
    {
        "id": "three",
        "title": "Neighbours trade",
        "text": "Kenya and Uganda signed a trade agreement in Nairobi on Friday.",
        "published": "2024-05-18",
    },
]


def dragoman(*arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "dragoman.cli", *arguments], cwd=cwd, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    home = tmp_path_factory.mktemp("dossier")
    (home / "reports.jsonl").write_text("".join(json.dumps(r) + "\n" for r in REPORTS), encoding="utf-8")
    assert dragoman("code", "reports.jsonl", "--store", "bare.duckdb", cwd=home).returncode == 0
    assert dragoman("code", "reports.jsonl", "--store", "linked.duckdb", cwd=home).returncode == 0
    assert dragoman("link", "linked.duckdb", cwd=home).returncode == 0
    return home


def written(folder, *arguments):
    run = dragoman("dossier", "linked.duckdb", *arguments, cwd=folder)
    assert run.returncode == 0, run.stderr
    return run.stdout


def test_a_page_runs_and_fetches_nothing(folder):
    written(folder, "SDN", "TCD", "-o", "page.html")
    page = (folder / "page.html").read_text(encoding="utf-8")
    assert page.startswith(("<!doctype html>", "<!DOCTYPE html>"))
    assert HOSTILE not in page
    assert "<b>Gazette" not in page
    assert '"onmouseover=' not in page
    assert not re.search(r"<(link|img|iframe)\b|\bsrc=|@import|url\((?!#)", page)
    assert 'name="viewport"' in page
    assert "prefers-color-scheme" in page
    assert "@media print" in page


def test_every_incident_is_cited_and_others_are_left_out(folder):
    account = json.loads(written(folder, "SDN", "TCD", "--format", "json"))
    table = dragoman("export", "linked.duckdb", "--what", "incidents", cwd=folder).stdout.splitlines()
    about = {
        row["id"]
        for row in map(json.loads, table)
        if {"SDN", "TCD"} & {p["country"] for p in [*row["actors"], *row["recipients"]]}
    }
    text = json.dumps(account)
    assert about
    assert all(one in text for one in about)
    assert "Nairobi" not in text
    page = written(folder, "SDN", "TCD", "--format", "md")
    assert all(one in page for one in about)


def test_a_period_and_a_place_narrow_it(folder):
    early = written(folder, "SDN", "TCD", "--format", "md", "--to", "2024-05-14")
    assert "Jeddah" not in early
    there = json.loads(written(folder, "--place", "KEN", "--format", "json"))
    assert "Uganda" in json.dumps(there)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("linked.duckdb", "Atlantis", "--format", "md"), "Atlantis"),
        (("bare.duckdb", "SDN", "TCD", "--format", "md"), "dragoman link"),
        (("none.duckdb", "SDN", "--format", "md"), "none.duckdb"),
        (("linked.duckdb", "SDN"), "-o"),
        (("linked.duckdb", "SDN", "--format", "md", "--from", "May"), "'May'"),
        (("linked.duckdb", "SDN", "--format", "pdf"), "'pdf'"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(folder, arguments, told):
    run = dragoman("dossier", *arguments, cwd=folder)
    assert run.returncode == 2
    assert told in run.stderr
    assert len(run.stderr.strip().splitlines()) == 1


def test_a_change_of_level_is_found_and_noise_is_not():
    calm = [1, 0, 2, 1, 1, 0, 1, 2, 1, 0]
    assert changes(calm) == []
    found = changes([*calm, *(v + 9 for v in calm)])
    assert len(found) == 1


@pytest.mark.parametrize(
    ("text", "country", "sectors", "told"),
    [
        ("two soldiers", "SDN", ("MIL",), "two soldiers (Sudan, military)"),
        ("18 civilians", "SDN", ("CVL",), "18 civilians (Sudan)"),
        ("Sudan's army", "SDN", ("MIL",), "Sudan's army (military)"),
        ("it", "SDN", ("MIL",), "Sudan (military)"),
        ("They", "TCD", (), "Chad"),
        ("them", None, (), "them"),
    ],
)
def test_who_is_told_for_a_reader_without_saying_it_twice(text, country, sectors, told):
    assert described(Participant(text, 0, len(text), None, None, country, sectors)) == told
