"""What changed between two codings of the same reports, record by record, against annotated reports.

    dragoman code GOLD --format jsonl -o old.jsonl     # at the old commit
    dragoman code GOLD --format jsonl -o new.jsonl     # at the new one
    python bench/compare.py old.jsonl new.jsonl GOLD

    python bench/compare.py --against HEAD~1 [GOLD ...] # does all three, on our own annotated reports unless told

Lists each gold event that is newly found or lost, each field that has become right or wrong in an event that both
codings find, and each record without a gold event that is gone or new; then the figures of both. Exits 1 where the new
coding has a lower event or record F1, so that a script may ask it. `make bench` compares with the last commit;
`make bench AGAINST=v0.3` with any other.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

from texts import ROOT

from dragoman.score import Result, evaluate

OWN = ROOT / "tests" / "gold" / "reports.jsonl"
"""The annotated reports that every checkout has."""

LINE = re.compile(
    r"(?P<report>.+?) (?P<what>missed|spurious|wrong) (?P<detail>.+?): (?:[A-Z]+ )?(?P<words>['\"].*)$", re.S
)
"""How `dragoman eval --errors` words an error."""

Faults = dict[tuple[str, str, str], str]
"""(report, words of the event, fault) -> type as written."""


def faults(result: Result) -> Faults:
    """Every error of a coding; a record with three wrong fields gives three."""
    found: Faults = {}
    for line in result.total.lines:
        match = LINE.match(line)
        if match is None:
            raise SystemExit(f"can't read the error {line!r}; bench/compare.py has to follow dragoman.score")
        report, what, detail, words = match.group("report", "what", "detail", "words")
        if what == "wrong":
            for name in detail.split(", "):
                found[report, words, f"wrong {name}"] = ""
        elif what == "missed":
            found[report, words, "missed"] = detail
        else:
            found[report, words, f"spurious {detail}"] = ""
    return found


def differences(old: Faults, new: Faults) -> Iterator[tuple[str, tuple[str, str, str], str]]:
    """("gain" or "loss", fault, type); fields of an event that only one coding finds are no differences."""
    for sign, here, there in (("gain", old, new), ("loss", new, old)):
        for key, kind in here.items():
            report, words, fault = key
            found_by_one = fault.startswith("wrong") and (report, words, "missed") in there
            if key not in there and not found_by_one:
                yield sign, key, kind


def worded(sign: str, fault: str) -> str:
    """The fault as what became of it."""
    if fault == "missed":
        return "found" if sign == "gain" else "no longer found"
    if fault.startswith("spurious"):
        return (
            f"{'no longer' if sign == 'gain' else 'now'} coded without a gold event, {fault.removeprefix('spurious ')}"
        )
    return f"{fault.removeprefix('wrong ')} {'right' if sign == 'gain' else 'wrong'}"


def compare(old_path: Path, new_path: Path, gold: Path) -> int:
    """Prints what is gained and lost; 1 where the new coding has a lower event or record F1."""
    old, new = evaluate(gold, old_path), evaluate(gold, new_path)
    counts = {"gain": 0, "loss": 0}
    for sign, (report, words, fault), kind in sorted(differences(faults(old), faults(new))):
        counts[sign] += 1
        print(f"{'+' if sign == 'gain' else '-'} {report}: {words} {kind} {worded(sign, fault)}".replace("  ", " "))
    print(f"\n{counts['gain']} gains, {counts['loss']} losses")
    before, after = old.as_dict(), new.as_dict()
    for name in ("precision", "recall", "event_f1", "record_f1"):
        print(f"  {name:<10} {before[name]:.3f} -> {after[name]:.3f}")
    for name in sorted(before["fields"]):
        print(f"  {name:<12} {before['fields'][name]:.3f} -> {after['fields'].get(name, 0):.3f}")
    return int(after["event_f1"] < before["event_f1"] or after["record_f1"] < before["record_f1"])


def source_of(commit: str, folder: Path) -> Path:
    """The package as it was at a commit, written into the folder; raises `SystemExit` where git knows no such commit."""
    packed = subprocess.run(["git", "archive", commit, "src"], cwd=ROOT, capture_output=True, check=False)
    if packed.returncode:
        raise SystemExit(f"{commit}: {packed.stderr.decode(errors='replace').strip()}")
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(folder, filter="data")
    return folder / "src"


def coded(source: Path, gold: Path, answer: Path) -> bool:
    """Whether the package at `source` could code the reports; the reason is printed where it could not."""
    done = subprocess.run(
        [sys.executable, "-m", "dragoman.cli", "code", str(gold), "--format", "jsonl", "-o", str(answer)],
        env={**os.environ, "PYTHONPATH": str(source)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        print(f"{source}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}", file=sys.stderr)
    return done.returncode == 0


def against(commit: str, sets: Sequence[Path]) -> int:
    """Codes each set with the package of a commit and with the checkout, and prints the differences; 1 where one got worse."""
    worse = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        before = source_of(commit, folder)
        for gold in sets:
            print(f"\n{gold.stem}: what changed since {commit}")
            old, new = folder / "old.jsonl", folder / "new.jsonl"
            if coded(before, gold, old) and coded(ROOT / "src", gold, new):
                worse |= compare(old, new, gold)
    return worse


def main(arguments: list[str]) -> int:
    if len(arguments) >= 2 and arguments[0] == "--against":
        return against(arguments[1], [Path(a) for a in arguments[2:]] or [OWN])
    if len(arguments) != 3 or not all(Path(a).is_file() for a in arguments):
        usage = "python bench/compare.py OLD.jsonl NEW.jsonl GOLD, or: --against COMMIT [GOLD ...]"
        print(f"usage: {usage}", file=sys.stderr)
        return 2
    return compare(*map(Path, arguments))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
