"""A cluster of two nodes on this machine: codes the same input by it and without, stops and resumes it, prints what it saw.

    python tests/two_nodes.py FOLDER

An example, too: on a real cluster leave `Cluster` out and give `ray.init` nothing, or the address of the head.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

os.environ |= {"RAY_USAGE_STATS_ENABLED": "0", "RAY_BACKEND_LOG_LEVEL": "fatal"}

import pyarrow as pa
import pyarrow.parquet as pq
import ray
from ray.cluster_utils import Cluster

from dragoman import shares
from dragoman.documents import Settings, read_rows
from dragoman.errors import UsageError
from dragoman.pipeline import Coder
from dragoman.records import Reject, to_json
from dragoman.scale import Crew, code_all
from dragoman.scale_ray import Plan, code_on_cluster

TEXTS = (
    "Kenya condemned the raid on Monday. Ethiopia accused Eritrea of shelling a village.",
    "Gunmen killed two soldiers near Goma on Tuesday, officials said.",
    "The ministers of Chad and Niger met in Paris. They discussed the border.",
)


def corpus(folder: Path) -> list[str]:
    """A file of lines, a Parquet file and a page, with a broken line and an empty text among them."""
    rows = [{"id": f"d{n}", "text": TEXTS[n % 3], "published": f"20{20 + n % 4}-05-1{n % 9}"} for n in range(48)]
    rows[5].pop("published")
    lines = [json.dumps(row) for row in rows]
    lines[17] = "{broken"
    (folder / "news.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    table = pa.table({"id": [f"p{n}" for n in range(9)], "text": [*TEXTS * 2, "", *TEXTS[:2]]})
    pq.write_table(table, folder / "more.parquet", row_group_size=3)
    (folder / "page.txt").write_text(f"{TEXTS[0]}\n\n{TEXTS[1]}\n", encoding="utf-8")
    return [str(folder / "news.jsonl"), f"file://{folder / 'more.parquet'}", str(folder / "page.txt")]


def local(inputs: list[str]) -> tuple[list[str], list[str]]:
    """Sorted records and rejects of a run without a cluster."""
    events, rejects = [], []
    for coded in code_all(read_rows(*inputs), Coder(), Crew(1)):
        if isinstance(coded.item, Reject):
            rejects.append(to_json(coded.item))
        else:
            events += [line for _, line in coded.found]
    return sorted(events), sorted(rejects)


def written(out: Path) -> tuple[list[str], list[str]]:
    """Sorted records and rejects of the cluster's files."""
    events = [
        json.dumps(row, ensure_ascii=False)
        for path in out.glob("events/*/*.parquet")
        for row in pq.read_table(path, partitioning=None).to_pylist()
    ]
    rejects = [line for path in out.glob("rejects/*.jsonl") for line in path.read_text("utf-8").splitlines()]
    return sorted(events), sorted(rejects)


def refused(inputs: list[str], plan: Plan, resume: bool) -> str:
    try:
        code_on_cluster(inputs, plan, None, resume, [].append)
    except UsageError as error:
        return str(error)
    return ""


def main(folder: Path) -> None:
    inputs = corpus(folder)
    shares.LONG = 900
    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "object_store_memory": 80 << 20})
    cluster.add_node(num_cpus=1, object_store_memory=80 << 20)
    ray.init(address=cluster.address, log_to_driver=False, logging_level="ERROR")
    out = folder / "out"
    plan = Plan(str(out), Coder(), Settings(), "this run")
    first: list[object] = []
    code_on_cluster(inputs, plan, None, False, first.append)
    whole = written(out)
    done = sorted((out / "done").iterdir())
    nodes = {json.loads(path.read_text())["node"] for path in done}
    files = len(list(out.rglob("*")))
    for path in done[::2]:  # as if these had been under way when the run was killed
        path.unlink()
    before = {path: path.stat().st_mtime_ns for path in out.glob("done/*")}
    again: list[object] = []
    code_on_cluster(inputs, plan, 1, True, again.append)
    kept = sum(path.stat().st_mtime_ns == at for path, at in before.items())
    seen = {
        "shares": len(done),
        "nodes": len(nodes),
        "same as local": whole == local(inputs),
        "events": len(whole[0]),
        "rejects": len(whole[1]),
        "years": sorted(path.name for path in (out / "events").iterdir()),
        "same when resumed": written(out) == whole and len(list(out.rglob("*"))) == files,
        "told again": len(again),
        "kept": kept == len(before),
        "not without resume": refused(inputs, plan, False),
        "not another run": refused(inputs, Plan(str(out), Coder(), Settings(), "another"), True),
    }
    (folder / "page.txt").write_text("Something else was reported on Monday.", encoding="utf-8")
    seen["not changed input"] = refused(inputs, plan, True)
    ray.shutdown()
    cluster.shutdown()
    print(json.dumps(seen))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
