"""Many people at once: `python bench/load.py STORE [--clients 50] [--seconds 60] [--think 0] [--grow FILE TIMES]`.

Starts `dragoman serve` on a copy of a store (make one with `bench/synthetic.py`) and lets clients read pages and ask the
interface, one after another each, over connections that stay open; every twentieth request gives a verdict. `--think` is
the pause in seconds between an answer and a client's next request: 0 drives the server to its limit, about 1 is people.
Gives for pages and for the interface the number of answers, of errors, and the 50th, 95th and 99th percentile in ms.
`--grow` makes a store so many times as large by copying its rows under other ids, and stops. `--single` asks for each
address alone, some times, and gives the time that the server itself takes when nobody else asks.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from urllib.parse import quote

from fuzz_api import free_port, wait

from dragoman.store import open_store, writing

SEED = 5
WARM = 3.0
"""Seconds at the start that don't count: first pages fill caches, as they do once in a server's life."""


def addresses(path: Path, reading: bool) -> list[tuple[str, str]]:
    """(kind, address) of what the clients ask for, as often as they ask for it."""
    rng = random.Random(SEED)
    with open_store(path) as store:
        pick = {
            table: store.sql(f"SELECT id FROM {table} USING SAMPLE 200 ROWS (reservoir, 7)")["id"].to_pylist()
            for table in ("documents", "events", "incidents", "commitments")
        }
        codes = store.sql(
            "SELECT actors[1].country AS c, count(*) AS n FROM incidents WHERE len(actors) > 0 GROUP BY 1 ORDER BY n DESC LIMIT 12"
        )["c"].to_pylist()
        days = store.sql("SELECT min(published) AS a, max(published) AS b FROM documents").to_pylist()[0]
    years = range(int(days["a"][:4]), int(days["b"][:4]) + 1)
    found: list[tuple[str, str]] = [("page", "/")] * 10
    for _ in range(60):
        code, year, kind = rng.choice(codes), rng.choice(years), rng.choice(["ASSAULT", "CONSULT", "ACCUSE", "AGREE"])
        month = f"from={year}-{rng.randrange(1, 10):02}-01&to={year}-{rng.randrange(10, 13)}-28"
        found += [
            ("page", "/reports"),
            ("page", f"/reports?{month}"),
            ("page", f"/reports/{quote(rng.choice(pick['documents']), safe='')}"),
            ("page", f"/reports/{quote(rng.choice(pick['documents']), safe='')}"),
            ("page", f"/events?type={kind}&{month}"),
            ("page", f"/events?actor={code}&sort=-confidence"),
            ("page", "/events"),
            ("page", f"/incidents?actor={code}&type={kind}"),
            ("page", f"/incidents/{rng.choice(pick['incidents'])}"),
            ("page", f"/commitments?actor={code}"),
            ("page", f"/commitments/{rng.choice(pick['commitments'])}"),
            ("page", "/review"),
            ("api", f"/api/v1/events?type={kind}&{month}"),
            ("api", f"/api/v1/events/{rng.choice(pick['events'])}"),
            ("api", f"/api/v1/incidents?actor={code}"),
            ("api", f"/api/v1/reports/{quote(rng.choice(pick['documents']), safe='')}"),
            ("api", "/api/v1/queue?size=20"),
            ("api", "/api/v1"),
            *([] if reading else [("write", rng.choice(pick["events"]))]),
        ]
    return found


class Client:
    """One person: one connection, one request after another."""

    def __init__(self, port: int, number: int) -> None:
        self.port = port
        self.name = f"Reader {number}"
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def ask(self, kind: str, address: str) -> tuple[int, int]:
        """(status, bytes) of one request."""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)
        assert self.reader is not None
        body = b""
        head = f"GET {address} HTTP/1.1\r\n"
        if kind == "write":
            body = json.dumps({"verdict": "accept", "event_id": address, "reviewer": self.name}).encode()
            head = f"POST /api/v1/reviews HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        self.writer.write(f"{head}Host: 127.0.0.1:{self.port}\r\nAccept-Encoding: gzip\r\n\r\n".encode() + body)
        answer = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
        status = int(answer.split(" ", 2)[1])
        size = 0
        if "content-length:" in answer:
            size = int(answer.split("content-length:", 1)[1].split("\r\n", 1)[0])
            await self.reader.readexactly(size)
        elif "chunked" in answer:
            while length := int((await self.reader.readline()).strip(), 16):
                size += len(await self.reader.readexactly(length + 2))
            await self.reader.readline()
        return status, size


async def drive(
    port: int, asked: list[tuple[str, str]], clients: int, seconds: float, think: float
) -> dict[str, list[float]]:
    """Seconds of every answer by kind; errors under `error`."""
    times: dict[str, list[float]] = defaultdict(list)
    begin = time.perf_counter()

    async def person(number: int) -> None:
        rng = random.Random(SEED + number)
        client = Client(port, number)
        await asyncio.sleep(rng.random() * max(think, 0.2))
        while (at := time.perf_counter()) - begin < seconds + WARM:
            kind, address = rng.choice(asked)
            try:
                status, _ = await client.ask(kind, address)
            except (OSError, asyncio.IncompleteReadError) as problem:
                status, client.writer = 599, None
                print(f"{address}: {problem}", file=sys.stderr)
            if at - begin >= WARM:
                times[kind].append(time.perf_counter() - at)
                times[address.split("?")[0].rsplit("/", 1)[0] + "/" if kind == "page" else kind].append(
                    time.perf_counter() - at
                )
            if status >= 400:
                times["error"].append(time.perf_counter() - at)
                print(f"{status} {kind} {address}", file=sys.stderr)
            if think:
                await asyncio.sleep(rng.expovariate(1 / think))

    await asyncio.gather(*(person(n) for n in range(clients)))
    return times


def processor(process: int) -> float:
    """Seconds of processor time that a process has used (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def settle(process: int) -> None:
    """Until a server that has just started has loaded what it needs and rests."""
    for _ in range(120):
        before = processor(process)
        time.sleep(1)
        if processor(process) - before < 0.05:
            return


async def alone(port: int, process: int, asked: list[tuple[str, str]], rounds: int = 20) -> None:
    """Prints the times of each kind of address when nobody else asks, and the processor time that the server took."""
    client = Client(port, 0)
    groups: dict[str, list[str]] = defaultdict(list)
    for kind, address in asked:
        if kind != "write":
            path, _, query = address.partition("?")
            known = (
                path
                if path.count("/") < 2 or (path.startswith("/api") and path.count("/") < 4)
                else path.rsplit("/", 1)[0] + "/ID"
            )
            groups[known + ("?..." if query else "")].append(address)
    for name, members in sorted(groups.items()):
        times, used = [], 0.0
        for number, address in enumerate((members * rounds)[:rounds]):
            if number == 1:
                used = processor(process)
            begun = time.perf_counter()
            status, _ = await client.ask("page", address)
            times.append(time.perf_counter() - begun)
            assert status < 400, (status, address)
        print(
            f"  {name:<32} first {1000 * times[0]:7.1f} ms, median {1000 * sorted(times)[len(times) // 2]:7.1f} ms, worst {1000 * max(times):7.1f} ms, processor {1000 * (processor(process) - used) / (rounds - 1):6.1f} ms"
        )


def percentile(times: list[float], share: float) -> float:
    """In ms; 0 of nothing."""
    return 1000 * sorted(times)[min(len(times) - 1, int(share * len(times)))] if times else 0.0


def grow(source: Path, target: Path, times: int) -> None:
    """A store so many times as large: the same rows under other ids."""
    shutil.copyfile(source, target)
    ids = {
        "documents": ("id",),
        "events": ("id", "document_id"),
        "claims": ("document_id",),
        "incidents": ("id",),
        "commitments": ("id", "incident_id"),
        "traits": ("event_id", "document_id", "incident_id"),
    }
    with writing(target) as store:
        for table, columns in ids.items():
            store.sql(f"CREATE TEMP TABLE once AS SELECT * FROM {table}")
            for number in range(1, times):
                fresh = ", ".join(f"{c} || '~{number}' AS {c}" for c in columns)
                store.sql(f"INSERT INTO {table} BY NAME SELECT * REPLACE ({fresh}) FROM once")
            store.sql("DROP TABLE once")
        for table in ("incidents", "commitments"):
            count = store.sql(f"SELECT count(*) AS n FROM {table}")["n"][0].as_py()
            print(f"{count} {table}")
    with open_store(target) as reader:
        print(f"{reader.sql('SELECT count(*) AS n FROM events')['n'][0].as_py()} events in {target}")


def main() -> None:
    """Runs what was asked for."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("store", type=Path)
    options.add_argument("--clients", type=int, default=50)
    options.add_argument("--seconds", type=float, default=60)
    options.add_argument("--think", type=float, default=0)
    options.add_argument("--reading", action="store_true")
    options.add_argument("--single", action="store_true")
    options.add_argument("--grow", nargs=2, metavar=("FILE", "TIMES"))
    given = options.parse_args()
    if given.grow:
        grow(given.store, Path(given.grow[0]), int(given.grow[1]))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.duckdb"
        shutil.copyfile(given.store, path)
        asked = addresses(path, given.reading)
        port = free_port()
        server = subprocess.Popen([sys.executable, "-m", "dragoman.cli", "serve", str(path), "--port", str(port)])
        try:
            wait(f"http://127.0.0.1:{port}")
            settle(server.pid)
            if given.single:
                asyncio.run(alone(port, server.pid, asked))
                return
            used, own = processor(server.pid), time.process_time()
            times = asyncio.run(drive(port, asked, given.clients, given.seconds, given.think))
            used, own = processor(server.pid) - used, time.process_time() - own
        finally:
            server.terminate()
            server.wait(60)
    total = sum(len(times[kind]) for kind in ("page", "api", "write"))
    share = given.seconds / (given.seconds + WARM)
    print(
        f"  processor time an answer: server {1000 * used * share / total:.1f} ms, clients {1000 * own * share / total:.1f} ms"
    )
    report(times, given)


def report(times: dict[str, list[float]], given: argparse.Namespace) -> None:
    """Prints the figures."""
    errors = len(times.pop("error", []))
    for kind, found in sorted(times.items(), key=lambda row: (row[0] not in ("page", "api", "write"), row[0])):
        p50, p95, p99 = (percentile(found, s) for s in (0.5, 0.95, 0.99))
        print(
            f"  {kind:<24} {len(found):6} answers, {len(found) / given.seconds:7.1f} a second; ms: p50 {p50:7.1f}  p95 {p95:7.1f}  p99 {p99:7.1f}"
        )
    print(f"{given.clients} clients, {given.seconds:g} s, {given.think:g} s to think: {errors} errors")
    raise SystemExit(1 if errors else 0)


if __name__ == "__main__":
    main()
