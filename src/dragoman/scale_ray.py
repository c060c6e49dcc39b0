"""The same steps on a cluster, with Ray Data: input cut into shares, each coded on some machine, written as Parquet.

::

    OUT/run.json                          what was run
    OUT/events/year=2023/SHARE.parquet    events by year of publication (`year=undated` where there is none)
    OUT/rejects/SHARE.jsonl               where there are any
    OUT/done/SHARE.json                   written last: this share is whole

A share is coded like any local run: by a process apart that is watched over, with the same limits. A machine that is lost
costs the shares under way, which Ray gives to another. Running the same command again with `--resume` passes over the
shares that are done. OUT and the inputs must be reachable from every machine: object stores or a shared file system.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from dragoman.documents import Settings
from dragoman.errors import UsageError
from dragoman.export import Parquet
from dragoman.pipeline import BATCH, Coder
from dragoman.records import Event, Reject, from_dict, to_json
from dragoman.remote import file_system, is_address
from dragoman.scale import TIME_LIMIT, portions
from dragoman.shares import Range, Share, count_lines, cut, rows_of
from dragoman.whole import locked
from dragoman.workers import Pool

UNDATED = "undated"
"""The year of events whose report bears no date."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What every machine is told."""

    output: str
    """Folder or address."""
    coder: Coder
    settings: Settings
    fingerprint: str
    """What must be the same for a stopped run to be taken up."""
    seconds: float | None = TIME_LIMIT


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a share."""

    documents: int
    events: int
    rejects: int
    node: str = ""
    """The machine that coded it."""


# -- one share, on whatever machine -------------------------------------------------------------------------------------


def code_share(plan: Plan, share: Share, pool: Pool, node: str = "") -> Done:
    """Codes a share and lays down its files, the marker last; done again it writes the same."""
    documents = events = 0
    rejects: list[Reject] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as open_files:
        parts: dict[str, Parquet] = {}
        for coded in pool.run(portions(rows_of(share, plan.settings), BATCH)):
            if isinstance(coded.item, Reject):
                rejects.append(coded.item)
                continue
            documents += 1
            year = coded.item.published[:4] if coded.item.published else UNDATED
            for _, line in coded.found:
                if year not in parts:
                    parts[year] = Parquet(Path(folder) / f"{year}.parquet")
                    open_files.callback(parts[year].close)
                parts[year].write(from_dict(Event, json.loads(line)))
                events += 1
        open_files.close()
        for year in sorted(parts):
            _put(
                plan.output, f"events/year={year}/{share.key}.parquet", (Path(folder) / f"{year}.parquet").read_bytes()
            )
    if rejects:
        _put(plan.output, f"rejects/{share.key}.jsonl", "".join(to_json(r) + "\n" for r in rejects).encode())
    done = Done(documents, events, len(rejects), node)
    _put(plan.output, f"done/{share.key}.json", (json.dumps(asdict(share) | asdict(done)) + "\n").encode())
    return done


def _put(output: str, name: str, data: bytes) -> None:
    """Lays down a file whole: object stores do so by themselves, elsewhere it is moved into place."""
    system, root = file_system(output)
    path = f"{root}/{name}"
    system.create_dir(os.path.dirname(path), recursive=True)
    partial = path if is_address(output) and not output.startswith("file:") else f"{path}.{os.getpid()}.partial"
    with system.open_output_stream(partial) as stream:
        stream.write(data)
    if partial != path:
        system.move(partial, path)


# -- the run ------------------------------------------------------------------------------------------------------------


def code_on_cluster(
    inputs: Sequence[str], plan: Plan, workers: int | None, resume: bool, tell: Callable[[Done], None]
) -> list[Reject]:
    """Codes the inputs with Ray Data on the cluster that `RAY_ADDRESS` names, or that runs here, or on this machine alone.

    `workers` bounds the processes on all machines together; null takes every core. `tell` hears of each share, those of
    a run that is resumed included. Gives what could not be read at all. Raises `UsageError` where Ray isn't installed,
    where the output holds another run, or where inputs have changed since.
    """
    with ExitStack() as held:
        if not is_address(plan.output):
            plan = replace(plan, output=os.path.abspath(plan.output))
            Path(plan.output).mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(Path(plan.output)))
        done = _taken_up(plan, resume)
        ray = _connected()
        shares: dict[str, Share] = {}
        unread: list[Reject] = []
        for one in cut(inputs, _counter(ray)):
            if isinstance(one, Reject):
                unread.append(one)
            else:
                shares[one.key] = one
        if stale := set(done) - set(shares):
            raise UsageError(
                f"{plan.output} holds {len(stale)} parts of input that is gone or changed; give a new folder"
            )
        for key in done:
            tell(done[key])
        for result in _spread(ray, plan, [s for key, s in shares.items() if key not in done], workers):
            tell(result)
    return unread


def _taken_up(plan: Plan, resume: bool) -> dict[str, Done]:
    """The shares that an earlier run of the same kind has done, by key."""
    from pyarrow import fs

    system, root = file_system(plan.output)
    (info,) = system.get_file_info([f"{root}/run.json"])
    if info.type == fs.FileType.NotFound:
        if any(i.base_name for i in system.get_file_info(fs.FileSelector(root, allow_not_found=True))):
            raise UsageError(f"{plan.output} is not empty; give a new folder")
        _put(plan.output, "run.json", (json.dumps({"fingerprint": plan.fingerprint}) + "\n").encode())
        return {}
    if not resume:
        raise UsageError(f"{plan.output} holds a run; go on with it by --resume, or give a new folder")
    with system.open_input_stream(f"{root}/run.json") as stream:
        if json.loads(stream.read())["fingerprint"] != plan.fingerprint:
            raise UsageError(f"{plan.output} was made with other options or another release; give a new folder")
    found = {}
    for one in system.get_file_info(fs.FileSelector(f"{root}/done", allow_not_found=True)):
        if one.base_name.endswith(".json"):
            with system.open_input_stream(one.path) as stream:
                row = json.loads(stream.read())
            found[one.base_name.removesuffix(".json")] = from_dict(Done, row)
    return found


def _connected() -> Any:
    """Ray, connected to a cluster; what it would tell its makers and the terminal is turned off."""
    import logging

    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError:
        raise UsageError("--engine ray needs Ray; install it with: pip install 'dragoman[ray]'") from None
    if not ray.is_initialized():
        ray.init(logging_level=logging.ERROR, log_to_driver=False)
    ray.data.DataContext.get_current().enable_progress_bars = False
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    return ray


def _counter(ray: Any) -> Callable[[Sequence[Range]], Sequence[tuple[int, int]]]:
    count = ray.remote(num_cpus=1)(count_lines)

    def counted(ranges: Sequence[Range]) -> Sequence[tuple[int, int]]:
        found: Sequence[tuple[int, int]] = ray.get([count.remote(one) for one in ranges])
        return found

    return counted


class _Codes:
    """An actor of Ray Data: codes the shares that come its way."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.pool = Pool(plan.coder, 1, plan.seconds)  # ends with this process

    def __call__(self, batch: dict[str, Any]) -> dict[str, Any]:
        import ray

        node = ray.get_runtime_context().get_node_id()
        done = [code_share(self.plan, Share(**json.loads(text)), self.pool, node) for text in batch["share"]]
        return {"done": [json.dumps(asdict(one)) for one in done]}


def _spread(ray: Any, plan: Plan, shares: Sequence[Share], workers: int | None) -> Iterator[Done]:
    """Codes the shares on all machines; gives what became of each as it is done."""
    if not shares:
        return
    size = min(len(shares), workers or int(ray.cluster_resources().get("CPU", 1)))
    items = [{"share": json.dumps(asdict(share))} for share in shares]
    data = ray.data.from_items(items, override_num_blocks=min(len(items), 20_000))
    coded = data.map_batches(
        _Codes,
        fn_constructor_args=(plan,),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=max(1, size), max_tasks_in_flight_per_actor=2),
        num_cpus=1,
    )
    for row in _rows(coded.iter_batches(batch_size=None, batch_format="pyarrow")):
        yield from_dict(Done, json.loads(row))


def _rows(batches: Iterable[Any]) -> Iterator[str]:
    for batch in batches:
        yield from batch.column("done").to_pylist()
