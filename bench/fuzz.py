"""Ten thousand hostile inputs through every reader and all steps: each is coded or rejected, none crashes, none hangs.

    python bench/fuzz.py                        10,000 inputs
    python bench/fuzz.py --count 500 --seed 7   fewer, others
    python bench/fuzz.py --keep FOLDER          keeps the inputs on which something went wrong

An input that kills or hangs its process, or raises an error that no rule foresees, is a finding; any finding makes exit 1.
"""

from __future__ import annotations

import argparse
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from dragoman.careful import TooSlow, limited  # noqa: E402
from dragoman.documents import read_rows  # noqa: E402
from dragoman.pipeline import Coder  # noqa: E402
from dragoman.records import Reject  # noqa: E402
from dragoman.scale import Crew, code_all  # noqa: E402
from hostile import file  # noqa: E402

FAULTS = ("failed", "crashed", "too-slow")
"""Reasons that tell of a fault of ours."""

SLICE = 100
"""Inputs laid down and coded at a time."""


class Hunt:
    """What happened so far."""

    def __init__(self, limit: float, keep: Path | None) -> None:
        self.limit = limit
        self.keep = keep
        self.outcomes: Counter[str] = Counter()
        self.faults: list[str] = []
        self.slowest = 0.0

    def fault(self, path: Path, what: str) -> None:
        self.faults.append(f"{path.name}: {what}")
        print(f"FAULT {path.name}: {what}", flush=True)
        if self.keep is not None:
            self.keep.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, self.keep / path.name)

    def rows(self, path: Path) -> list[object]:
        """The rows of one file, read under the limit."""
        begin = time.perf_counter()
        found: list[object] = []
        try:
            with limited(self.limit):
                found.extend(read_rows(path))
        except TooSlow:
            self.fault(path, f"reading takes over {self.limit:g} s")
        except Exception as error:
            self.fault(path, f"reading raises {type(error).__name__}: {str(error)[:100]}")
        self.slowest = max(self.slowest, time.perf_counter() - begin)
        if not found:
            self.fault(path, "vanished without a reject")
        return found

    def run(self, paths: list[Path]) -> None:
        rows = [(path, row) for path in paths for row in self.rows(path)]
        stream = code_all((row for _, row in rows), Coder(), Crew(1, self.limit, apart=True))  # type: ignore[misc]
        for (path, _), coded in zip(rows, stream, strict=True):
            if isinstance(coded.item, Reject):
                self.outcomes[coded.item.reason] += 1
                if coded.item.reason in FAULTS:
                    self.fault(path, f"{coded.item.reason}: {coded.item.detail}")
            else:
                self.outcomes["coded"] += 1


def main() -> int:
    parser = argparse.ArgumentParser(description="Hunt for input that does harm.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--limit", type=float, default=5.0, help="seconds for one input")
    parser.add_argument("--keep", type=Path, help="folder for inputs that do harm")
    chosen = parser.parse_args()
    hunt = Hunt(chosen.limit, chosen.keep)
    begin = time.perf_counter()
    for start in range(chosen.first, chosen.first + chosen.count, SLICE):
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for number in range(start, min(start + SLICE, chosen.first + chosen.count)):
                suffix, data = file(random.Random(f"{chosen.seed} {number}"))
                path = Path(folder) / f"{chosen.seed}-{number:05d}{suffix}"
                path.write_bytes(data)
                paths.append(path)
            hunt.run(paths)
        print(
            f"{start + len(paths)} inputs, {time.perf_counter() - begin:.0f} s, {len(hunt.faults)} faults", flush=True
        )
    print(f"slowest to read {hunt.slowest:.1f} s")
    for reason, count in hunt.outcomes.most_common():
        print(f"{count:>8} {reason}")
    print(f"{len(hunt.faults)} faults")
    return 1 if hunt.faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
