"""One run of the bench: speed, memory, start-up and, where annotated sets lie beside the checkout, quality.

    python bench/run.py                   about two minutes
    python bench/run.py --documents 249   every report of the set, some minutes more
    python bench/run.py --soak 20000      memory over many reports as well
    python bench/run.py --only quality    or: speed
    python bench/run.py --against HEAD    and which records the checkout gains and loses against that commit
    python bench/run.py --no-record       compares, but leaves bench/last.json as it is

Prints each figure beside the last recorded one and writes `bench/last.json`. Figures of different machines do not
compare: the machine is recorded with them, and said where it differs. Ratios within one run compare everywhere.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from compare import OWN, against
from texts import ROOT, Annotated, annotated, documents, story

LAST = ROOT / "bench" / "last.json"
HERE = Path(__file__).parent

COMMANDS = {
    "events": ("code", "--format", "jsonl"),
    "relations": ("relate",),
    "claims": ("claims",),
    "places": ("mentions", "--kind", "place"),
    "times": ("mentions", "--kind", "time"),
}
"""The command that answers each kind of set."""

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
"""What keeps the numeric libraries to one thread."""

BUSY = 0.5
"""Load a core above which the run says that the machine is busy."""

Figures = dict[str, float]


def measured(what: str, count: int) -> Figures:
    """One measure, in a fresh process."""
    done = subprocess.run(
        [sys.executable, str(HERE / "speed.py"), what, str(count)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **dict.fromkeys(THREADS, "1")},
    )
    if done.returncode:
        print(f"{what} could not be measured: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return {}
    found: Figures = json.loads(done.stdout)
    return found


def start_up() -> Figures:
    """Least of three: seconds to import, to print the help, and to have the first sentence coded."""

    def least(*words: str) -> float:
        spent = []
        for _ in range(3):
            begin = time.perf_counter()
            subprocess.run([sys.executable, *words], check=True, capture_output=True)
            spent.append(time.perf_counter() - begin)
        return min(spent)

    bare = least("-c", "pass")
    return {
        "import seconds": least("-c", "import dragoman") - bare,
        "help seconds": least("-m", "dragoman.cli", "--help"),
        "ready to code seconds": min(measured("ready", 0).get("ready to code seconds", float("inf")) for _ in range(2)),
    }


def speed(count: int) -> Iterator[tuple[str, Figures]]:
    """Figures by heading."""
    yield "start-up", start_up()
    found = measured("stages", count)
    steps = {k: v for k, v in found.items() if k.startswith("step ")}
    yield "one process", {k: v for k, v in found.items() if k not in steps}
    yield (
        "milliseconds a document by step",
        {k.removeprefix("step ").removesuffix(" seconds"): 1000 * v / found["documents"] for k, v in steps.items()},
    )
    yield "against spaCy on the same texts, one core", measured("ratios", count)
    yield "actor knowledge, one core", measured("names", count)
    yield "side by side", measured("workers", count)
    yield "gate", measured("gate", max(8, count // 5))


def quality() -> Iterator[tuple[str, Figures]]:
    """Figures of each annotated set by its own scorer."""
    with tempfile.TemporaryDirectory() as folder:
        for known in annotated():
            yield f"quality: {known.kind}", scored(known, Path(folder) / f"{known.kind}.jsonl")
        if (told := story()) is not None:
            yield "quality: links", linked(*told, Path(folder))


def scored(known: Annotated, answer: Path) -> Figures:
    """What a set's scorer says of our answer, with the seconds that the answer took."""
    begin = time.perf_counter()
    words = [*COMMANDS[known.kind], str(known.path), "-o", str(answer)]
    done = subprocess.run([sys.executable, "-m", "dragoman.cli", *words], capture_output=True, text=True, check=False)
    spent = time.perf_counter() - begin
    if done.returncode:
        print(f"{known.kind}: {done.stderr.strip()}", file=sys.stderr)
        return {}
    score = [sys.executable, str(known.scorer), *known.words, str(known.path), str(answer)]
    said = subprocess.run(score, capture_output=True, text=True, check=True).stdout
    return dict(_numbers(json.loads(said))) | {"answer seconds": spent}


def linked(reports: Path, gold: Path, scorer: Path, folder: Path) -> Figures:
    """What the scorer of a process says of its incidents and commitments."""
    store = str(folder / "links.duckdb")
    runs = [["code", str(reports), "--store", store], ["link", store]]
    parts = [str(folder / f"{what}.jsonl") for what in ("events", "incidents", "commitments")]
    runs += [["export", store, "--what", Path(part).stem, "-o", part] for part in parts]
    for words in runs:
        run = [sys.executable, "-m", "dragoman.cli", *words]
        done = subprocess.run(run, capture_output=True, text=True, check=False)
        if done.returncode:
            print(f"links: {done.stderr.strip()}", file=sys.stderr)
            return {}
    score = [sys.executable, str(scorer), str(gold), *parts, str(reports)]
    return dict(_numbers(json.loads(subprocess.run(score, capture_output=True, text=True, check=True).stdout)))


def _numbers(table: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, float]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _numbers(value, f"{prefix}{name} ")
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield prefix + name.replace("_", " "), float(value)
        elif isinstance(value, str) and value.replace("/", "").isdigit() and "/" in value:
            part, whole = map(int, value.split("/"))
            yield prefix + name.replace("_", " ") + " %", 100 * part / max(1, whole)


def setting() -> dict[str, str]:
    """What the figures depend on."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    changed = subprocess.run(
        ["git", "status", "--porcelain", "--", "src"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    return {
        "when": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M"),
        "commit": commit + (" and changes" if changed else ""),
        "machine": f"{_processor()}, {os.cpu_count()} cores",
        "load": f"{os.getloadavg()[0]:.1f} at the start",
        "python": platform.python_version(),
        "spacy": version("spacy"),
    }


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def show(heading: str, now: Figures, last: Figures) -> None:
    """One group of figures beside the last recorded ones."""
    print(f"\n{heading}")
    for name, value in now.items():
        before = last.get(name)
        change = f"{before:>12.3f} {_change(value, before):>8}" if before is not None else ""
        print(f"  {name:<44} {value:>12.3f} {change}")


def _change(now: float, before: float) -> str:
    return f"{100 * (now - before) / before:+.1f} %" if before else ""


def main() -> None:
    parser = argparse.ArgumentParser(description="Measure speed, memory, start-up and quality.")
    parser.add_argument("--documents", type=int, default=48, help="reports that each measure of speed reads")
    parser.add_argument("--only", choices=("speed", "quality"), help="measure only this")
    parser.add_argument("--soak", type=int, default=0, help="follow memory over so many reports as well")
    parser.add_argument("--against", metavar="COMMIT", help="list records gained and lost against it")
    parser.add_argument("--no-record", action="store_true", help="leave bench/last.json as it is")
    chosen = parser.parse_args()
    last = json.loads(LAST.read_text(encoding="utf-8")) if LAST.is_file() else {"setting": {}, "figures": {}}
    now: dict[str, Any] = {"setting": setting(), "figures": dict(last["figures"]) if chosen.only else {}}
    what, _ = documents(1)
    now["setting"] |= {"texts": f"{chosen.documents} {what}"}
    for key, value in now["setting"].items():
        was = last["setting"].get(key)
        print(f"{key:<8} {value}" + (f"   (last: {was})" if was not in (None, value) else ""))
    if os.getloadavg()[0] > BUSY * (os.cpu_count() or 1):
        print("\nThe machine is busy: rates by the wall clock are too low; ratios by processor time still hold.")
    print(f"\n{'':<46} {'now':>12} {'last':>12} {'change':>8}")
    groups: list[Iterator[tuple[str, Figures]]] = []
    if chosen.only != "quality":
        groups.append(speed(chosen.documents))
    if chosen.soak:
        groups.append(iter([("soak", measured("soak", chosen.soak))]))
    if chosen.only != "speed":
        groups.append(quality())
    for group in groups:
        for heading, figures in group:
            now["figures"][heading] = {k: round(v, 4) for k, v in figures.items()}
            show(heading, figures, last["figures"].get(heading, {}))
            sys.stdout.flush()
    if chosen.against:
        against(chosen.against, [OWN, *(a.path for a in annotated() if a.kind == "events")])
    if not chosen.no_record:
        LAST.write_text(json.dumps(now, indent=1) + "\n", encoding="utf-8")
        print(f"\nrecorded in {LAST.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
