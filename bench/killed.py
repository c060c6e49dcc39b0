"""A run that is killed ten times at random points and resumed gives what a run that is not gives.

python bench/killed.py                 the set beside the checkout, else the sample reports
python bench/killed.py --documents 60  fewer
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from texts import documents

from dragoman.records import to_dict


def command(folder: Path, name: str, *words: str) -> list[str]:
    output = ["-o", str(folder / f"{name}.jsonl")]
    return [sys.executable, "-m", "dragoman.cli", "code", str(folder / "news.jsonl"), *output, *words]


def main() -> int:
    parser = argparse.ArgumentParser(description="Kill a run again and again.")
    parser.add_argument("--documents", type=int, default=249)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    what, texts = documents(chosen.documents)
    chance = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lines = [json.dumps(to_dict(d), ensure_ascii=False) + "\n" for d in texts]
        (folder / "news.jsonl").write_text("".join(lines), encoding="utf-8")
        begin = time.perf_counter()
        subprocess.run(command(folder, "never"), check=True, capture_output=True)
        spent = time.perf_counter() - begin
        journal = folder / "often.jsonl.journal"
        kills = 0
        for _ in range(chosen.kills):
            process = subprocess.Popen(
                command(folder, "often", "--resume"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            try:
                process.wait(timeout=chance.uniform(0.1, 1.2) * spent / 2)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
                kills += 1
            held = sum(1 for _ in journal.open("rb")) if journal.exists() else 0
            print(f"killed {kills} times, {held} lines in the journal", flush=True)
            if process.returncode == 0:
                break
        subprocess.run(command(folder, "often", "--resume"), check=True, capture_output=True)
        same = (folder / "often.jsonl").read_bytes() == (folder / "never.jsonl").read_bytes()
        print(f"{len(texts)} {what}, killed {kills} times: {'the same bytes' if same else 'NOT THE SAME'}")
    return 0 if same else 1


if __name__ == "__main__":
    raise SystemExit(main())
