"""How long a store takes to answer: `python bench/queries.py STORE [LIMIT]`, after `bench/synthetic.py` has made one.

Prints for each filter the rows, the least wall-clock time of five, and the processor's time, in milliseconds; what is
asked for is what a person asks for (a month, a country, two parties, a place), all columns, `LIMIT` rows at most (1,000).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from dragoman.store import Store, open_store

ASKED = 5

Filters = dict[str, dict[str, Any]]


def filters(store: Store, what: str) -> Filters:
    """One filter of each kind, on values that the store holds."""
    row = store.sql(
        f'SELECT "date".start AS day, actors[1].country AS country, place.name AS place, "type", recipients[1].country AS other'
        f" FROM {what} WHERE place.name IS NOT NULL AND len(actors) > 0 AND len(recipients) > 0 ORDER BY id LIMIT 1"
    ).to_pylist()[0]
    month = {"start": f"{row['day'][:7]}-01", "end": f"{row['day'][:7]}-28"}
    country, two = row["country"], [row["country"], row["other"]]
    return {
        "a day": {"start": row["day"], "end": row["day"]},
        "a month": month,
        "a type": {"type": row["type"]},
        "a type in a month": {"type": row["type"], **month},
        "a country": {"country": country},
        "a country in a month": {"country": country, **month},
        "a status": {"status": "future"},
        "a status in a month": {"status": "actual", **month},
        "two parties": {"parties": two},
        "two parties in a month": {"parties": two, **month},
        "a place": {"place": row["place"]},
        "a place and a type": {"place": row["place"], "type": row["type"]},
    }


def least(ask: Callable[[], Any]) -> tuple[int, float, float]:
    """Rows, least wall-clock and least processor time in milliseconds."""
    walls, spent, rows = [], [], 0
    for _ in range(ASKED):
        wall, processor = time.perf_counter(), time.process_time()
        rows = ask().num_rows
        walls.append(1e3 * (time.perf_counter() - wall))
        spent.append(1e3 * (time.process_time() - processor))
    return rows, min(walls), min(spent)


def main() -> None:
    limit = int(sys.argv[2]) if len(sys.argv) > 2 else 1_000
    with open_store(Path(sys.argv[1])) as store:
        for what in ("events", "incidents"):
            total = store.sql(f"SELECT count(*) AS n FROM {what}")["n"][0].as_py()
            print(f"{what}: {total}")
            ask = getattr(store, what)
            for name, options in filters(store, what).items():
                rows, wall, spent = least(lambda ask=ask, options=options: ask(**options, limit=limit))
                print(f"  {name:26} {rows:6} rows {wall:7.0f} ms {spent:7.0f} ms of processor")


if __name__ == "__main__":
    main()
