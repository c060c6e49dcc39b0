"""The documentation can't drift: it names every command and option, its links hold, its generated pages are current."""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"


@pytest.fixture(scope="module")
def build():
    spec = importlib.util.spec_from_file_location("docs_build", DOCS / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def written(build):
    return "\n".join((ROOT / name).read_text(encoding="utf-8") for name in build.WRITTEN)


def pages():
    return [ROOT / "README.md", *sorted(DOCS.rglob("*.md")), ROOT / "src/dragoman/data/lexicons/README.md"]


def test_every_command_stands_in_a_written_page(build, written):
    missing = [
        n for n, c in build.commands().items() if n and not hasattr(c, "commands") and f"dragoman {n}" not in written
    ]
    assert not missing, f"say in docs/howto.md what these are for: {', '.join(missing)}"


def test_every_command_and_option_stands_in_the_reference(build):
    page = (DOCS / "reference" / "cli.md").read_text(encoding="utf-8")
    for name, command in build.commands().items():
        section = page.split(f"## dragoman {name}\n", 1)[1].split("\n## ", 1)[0] if name else page
        for option in build.options_of(command):
            for word in option.opts:
                assert f"`{word}`" in section, f"dragoman {name} {word}; run `make docs`"


def test_every_option_says_what_it_does(build):
    bare = [f"{n} {o.opts[0]}" for n, c in build.commands().items() for o in build.options_of(c) if not o.help]
    assert not bare


def test_written_pages_name_only_options_that_exist(build, written):
    known = {word for c in build.commands().values() for o in build.options_of(c) for word in o.opts} | {"--help"}
    lines = re.findall(r"^dragoman .*$", written, re.M)
    used = {word for line in lines for word in re.findall(r"(?<!\S)--[a-z][a-z-]*", line.split("#")[0].split("|")[0])}
    assert used <= known, used - known


def test_the_explanation_names_every_step():
    from dragoman.pipeline import STEPS

    page = (DOCS / "explanation.md").read_text(encoding="utf-8")
    table = page.split("| step |", 1)[1].split("\n\n", 1)[0]
    assert [s.__name__ for s in STEPS if not re.search(rf"\b{s.__name__}\b", table)] == []


def test_links_lead_somewhere():
    broken = []
    for page in pages():
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if "://" in target:
                continue
            path, _, anchor = target.partition("#")
            file = (page.parent / path).resolve() if path else page
            if not file.exists() or (anchor and file.suffix == ".md" and anchor not in anchors(file)):
                broken.append(f"{page.name}: {target}")
    assert not broken, broken


def anchors(page):
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.M)
    return {re.sub(r"[^\w\- ]", "", h.lower()).replace(" ", "-") for h in headings}


def test_first_screen_of_the_readme_holds_a_report_and_its_table(build):
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    report = (DOCS / "reports" / "cartagena.txt").read_text(encoding="utf-8")
    assert report.strip() in text[:2000]
    assert build.BLOCK.search(text)["body"].strip()


def test_generated_pages_and_shown_outputs_are_current():
    done = subprocess.run(
        [sys.executable, str(DOCS / "build.py"), "--check"], capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
