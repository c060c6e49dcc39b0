"""A real Chromium on a real server. Where no Chromium is, these tests are named as not run; `DRAGOMAN_BROWSER=required`
(set by `.ci/run`) makes that a failure."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.served import Served, chromium

ROOT = Path(__file__).parent.parent.parent
SCREENS = ROOT / "artifacts" / "screens"
REQUIRED = os.environ.get("DRAGOMAN_BROWSER") == "required"

HOSTILE = {
    "id": 'evil/"><script>window.__hit=1</script>',
    "title": "<img src=x onerror=window.__hit=2> envoy meets rebels",
    "text": "Kenya accused <script>window.__hit=3</script> Uganda of shelling Busia on Monday.\n\n"
    '"><svg onload=window.__hit=4> Uganda denied that it had shelled the town. {{ 7*7 }} ${7*7} javascript:window.__hit=5',
    "published": "2024-05-21",
    "publisher": "'><iframe srcdoc='<script>parent.__hit=6</script>'>",
    "url": "javascript:window.__hit=7",
}


def missing():
    try:
        import axe_playwright_python  # noqa: F401
        import fastapi  # noqa: F401
        import playwright  # noqa: F401
    except ImportError as error:
        return f"{error.name} is not installed"
    return None if chromium() else "no Chromium on this machine (tests/browser/chromium.sh installs Debian's)"


def pytest_collection_modifyitems(items):
    why = missing()
    mine = [i for i in items if Path(__file__).parent in i.path.parents]
    if why and mine and REQUIRED:
        raise pytest.UsageError(f"the browser tests can't run: {why}")
    for item in mine if why else ():
        item.add_marker(pytest.mark.skip(reason=f"not run: {why}"))


def pytest_terminal_summary(terminalreporter):
    skipped = [r for r in terminalreporter.stats.get("skipped", []) if "tests/browser/" in r.nodeid]
    if skipped:
        terminalreporter.section("browser tests not run")
        for report in skipped:
            terminalreporter.line(f"{report.nodeid}: {report.longrepr[2]}")


@pytest.fixture(scope="session")
def reports(tmp_path_factory):
    """Reports of the examples on Sudan, and one that means harm."""
    folder = tmp_path_factory.mktemp("workbench")
    (folder / "evil.jsonl").write_text(json.dumps(HOSTILE) + "\n", encoding="utf-8")
    names = ["sudan-2023.jsonl", "sudan-seven-day-ceasefire.html", "sudan-igad.warc.gz", "georgia-ticker.txt.gz"]
    inputs = [str(ROOT / "examples" / n) for n in names]
    run(folder, "code", *inputs, str(folder / "evil.jsonl"), "--store", "process.duckdb")
    run(folder, "link", "process.duckdb")
    return folder / "process.duckdb"


def run(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.cli", *arguments], cwd=folder, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def store(reports, tmp_path):
    """A store of one's own, to write to."""
    return shutil.copy(reports, tmp_path / "process.duckdb")


@pytest.fixture(scope="session")
def base(reports):
    """A workbench to read from."""
    served = Served(reports, sql=True)
    yield served.base
    served.stop()


@pytest.fixture
def own(store):
    """A workbench of one's own, to write to."""
    served = Served(store)
    yield served.base
    served.stop()


@pytest.fixture(scope="session")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=chromium(), args=["--no-sandbox", "--disable-dev-shm-usage"])
        yield found
        found.close()


@pytest.fixture
def open_page(browser):
    """Opens pages; at the end none of them may have complained on its console."""
    contexts, problems = [], []

    def make(width=1440, theme="light", **options):
        context = browser.new_context(
            viewport={"width": width, "height": 900 if width > 600 else 844}, color_scheme=theme, **options
        )
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("console", lambda m: problems.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: problems.append(str(e)))
        contexts.append(context)
        return page

    make.problems = problems
    yield make
    for context in contexts:
        context.close()
    assert problems == []
