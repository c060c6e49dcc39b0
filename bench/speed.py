"""Measures of speed and memory, each in a process of its own: `python bench/speed.py WHAT COUNT` prints one JSON object.

`run.py` starts it with the numeric libraries kept to one thread, so that figures are those of one core. Rates come from the wall
clock; ratios between programs from processor seconds, which neighbours on the machine disturb less.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from texts import documents, repeated

from dragoman.records import Document

SLICE = 10
"""Reports that each program reads before the next one has its turn, so that all meet the same weather."""


def stages(count: int) -> dict[str, float]:
    """Seconds by step, documents and events a second, and the peak memory of one process."""
    from dragoman.pipeline import BATCH, STEPS, Coder, batches, to_events
    from dragoman.reading import Reading

    _, texts = documents(count)
    Coder().code(texts[0])  # loads all knowledge
    spent: dict[str, float] = {step.__name__: 0.0 for step in STEPS} | {"records": 0.0}
    events = 0
    begin = time.perf_counter()
    for batch in batches(texts, BATCH):
        readings = [Reading(document) for document in batch]
        for step in STEPS:
            at = time.perf_counter()
            step(readings)
            spent[step.__name__] += time.perf_counter() - at
        at = time.perf_counter()
        events += sum(len(to_events(reading)) for reading in readings)
        spent["records"] += time.perf_counter() - at
    seconds = time.perf_counter() - begin
    words = sum(len(d.text.split()) for d in texts)
    found = {"documents": len(texts), "words": words, "events": events, "seconds": seconds}
    found |= {"documents a second": len(texts) / seconds, "events a second": events / seconds}
    found |= {f"step {name} seconds": value for name, value in spent.items()}
    return found | {"peak MB": _peak()}


def ratios(count: int) -> dict[str, float]:
    """Processor seconds of Dragoman, of spaCy's default pipeline and of its parser alone over the same texts, in turns."""
    from dragoman.pipeline import Coder

    _, texts = documents(count)
    coder = Coder()
    default, parser = _pipeline(full=True), _pipeline(full=False)
    programs: dict[str, Callable[[list[Document]], Any]] = {
        "dragoman": lambda some: coder.code_batch(some),
        "spaCy default": lambda some: list(default.pipe([_whole(d) for d in some], batch_size=16)),
        "spaCy parse only": lambda some: list(parser.pipe([_whole(d) for d in some], batch_size=16)),
    }
    for run in programs.values():
        run(texts[:2])
    spent = dict.fromkeys(programs, 0.0)
    for start in range(0, len(texts), SLICE):
        for name, run in programs.items():
            at = time.process_time()
            run(texts[start : start + SLICE])
            spent[name] += time.process_time() - at
    found = {f"{name} documents a processor second": len(texts) / seconds for name, seconds in spent.items()}
    found["times as fast as spaCy default"] = spent["spaCy default"] / spent["dragoman"]
    found["times as fast as spaCy parse only"] = spent["spaCy parse only"] / spent["dragoman"]
    return found


def _whole(document: Document) -> str:
    return f"{document.title}\n\n{document.text}" if document.title else document.text


def _pipeline(full: bool) -> Any:
    """spaCy's small English pipeline as it comes, or what a parse needs of it."""
    import importlib

    from dragoman.vocabulary import MODELS

    for name in MODELS:
        try:
            package = importlib.import_module(name)
        except ImportError:
            continue
        return package.load() if full else package.load(exclude=["ner", "senter", "lemmatizer", "attribute_ruler"])
    raise SystemExit(f"no English spaCy pipeline is installed; install one of {', '.join(MODELS)}")


def workers(count: int) -> dict[str, float]:
    """Documents a second of the whole run with one process and with two workers, and seconds until the first record.

    Both code the reports once and three times over; the difference is two rounds, so that starting cancels out and both are equally
    warm. By the wall clock it needs two idle cores to mean anything. Beside it stands what processor seconds allow on two cores: what
    the process that reads and writes takes of a document is no worker's.
    """
    from dragoman.pipeline import Coder
    from dragoman.scale import Crew, code_all

    _, texts = documents(count)
    coder = Coder()
    coder.code(texts[0])
    spent: dict[tuple[int, int], float] = {}
    clocks: dict[tuple[int, int], float] = {}
    first = float("inf")
    for crew in (1, 2):
        for rounds in (1, 3):
            at, clock = time.perf_counter(), time.process_time()
            for number, _ in enumerate(code_all(repeated(texts, rounds * count), coder, Crew(crew))):
                if not number and crew == 2:
                    first = min(first, time.perf_counter() - at)
            spent[crew, rounds], clocks[crew, rounds] = time.perf_counter() - at, time.process_time() - clock
    one, two = (2 * count / (spent[crew, 3] - spent[crew, 1]) for crew in (1, 2))
    alone, shared = clocks[1, 3] / (3 * count), clocks[2, 3] / (3 * count)
    return {
        "1 worker documents a second": one,
        "2 workers documents a second": two,
        "two workers against one": two / one,
        "two against one as processor seconds allow": 2 * alone / (alone + shared),
        "2 workers seconds to the first record": first,
    }


def gate(count: int) -> dict[str, float]:
    """Share of sentences that the gate keeps, and of events lost by it."""
    from dragoman.pipeline import STEPS, gate_all, read_batch, to_events

    _, texts = documents(count)
    readings = read_batch(texts)
    kept = sum(s.kept for r in readings for s in r.sentences)
    sentences = sum(len(r.sentences) for r in readings)
    shut = {(e.document_id, e.type, e.mentions[0].trigger) for r in readings for e in to_events(r)}
    opened = read_batch(texts, (gate_all, *STEPS[1:]))
    wide = {(e.document_id, e.type, e.mentions[0].trigger) for r in opened for e in to_events(r)}
    return {"sentences kept %": 100 * kept / sentences, "events lost %": 100 * len(wide - shut) / max(1, len(wide))}


def soak(count: int) -> dict[str, float]:
    """Growth of memory over `count` reports, the set repeated under new ids: KB a report after the first fifth.

    Prints the resident size after each thousand reports on stderr. No worker is renewed here, as one is in a run, so that a leak would
    show.
    """
    from dragoman.pipeline import BATCH, Coder, batches

    _, texts = documents(10_000)
    coder = Coder()
    marks: list[tuple[int, float]] = []
    done = 0
    for batch in batches(repeated(texts, count), BATCH):
        coder.code_batch(batch)
        done += len(batch)
        marks.append((done, _resident()))
        if done // 1_000 > (done - len(batch)) // 1_000:
            print(f"{done} reports, {_resident() / 1024:.1f} MB", file=sys.stderr, flush=True)
    late = [m for m in marks if m[0] >= count / 5]
    slope = (late[-1][1] - late[0][1]) / max(1, late[-1][0] - late[0][0])
    return {"soak reports": done, "soak growth KB a report": slope, "soak peak MB": _peak()}


def ready(count: int) -> dict[str, float]:
    """Seconds from the start of this process's work to the first coded sentence."""
    del count
    begin = time.perf_counter()
    import dragoman

    dragoman.code("Kenya condemned the raid on Monday.", published="2024-08-19")
    return {"ready to code seconds": time.perf_counter() - begin}


def names(count: int) -> dict[str, float]:
    """Loading of the actor knowledge, and how fast all its names are matched at once, in processor seconds."""
    from dragoman.mentions.knowledge import Knowledge

    _, texts = documents(count)
    at = time.process_time()
    known = Knowledge()
    found = {"actor knowledge load seconds": time.process_time() - at, "actor knowledge peak MB": _peak()}
    text = "\n\n".join(d.text for d in texts)
    known.find(text)
    at = time.process_time()
    hits = len(known.find(text))
    spent = time.process_time() - at
    return found | {"names matched": hits, "MB matched a second": len(text.encode()) / 1e6 / spent}


def _peak() -> float:
    """Largest resident size so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)


def _resident() -> float:
    """Resident size now, in KB; the peak where the system doesn't tell."""
    statm = Path("/proc/self/statm")
    if not statm.is_file():
        return _peak() * 1024
    return int(statm.read_text().split()[1]) * resource.getpagesize() / 1024


MEASURES = {
    "stages": stages,
    "ratios": ratios,
    "workers": workers,
    "gate": gate,
    "soak": soak,
    "ready": ready,
    "names": names,
}

if __name__ == "__main__":
    print(json.dumps(MEASURES[sys.argv[1]](int(sys.argv[2]))))
