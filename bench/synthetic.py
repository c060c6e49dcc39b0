"""A store of invented events, seeded, to measure linking: `python bench/synthetic.py 100000 [FOLDER]`.

Conflicts of two states or of a state and its rebels go on for years; each has happenings, each happening is told by one
to five reports with the usual differences (a day off, another word, a missing party, a toll that climbs). The true
happening of each event is known, so that joining can be judged as well as timed. `bench/queries.py` measures what is asked
of the store that is left in FOLDER.
"""

from __future__ import annotations

import datetime
import gc
import multiprocessing
import random
import resource
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dragoman.codebook import load
from dragoman.linking import link_store
from dragoman.pipeline import batches
from dragoman.records import Claim, Document, Event, Magnitude, Mention, Participant, Place, Prospect, When, stable_id
from dragoman.store import open_store, writing

SEED = 20240817
EVENTS_A_DOCUMENT = 5
TELLINGS = (1, 1, 1, 2, 2, 3, 5)
EVENTS_A_CONFLICT = 2_500
"""So that more events are more conflicts and years, as in a growing archive, not one ever denser war."""

KINDS = [
    ("ASSAULT", "heavy-weapons", None, "shelled", 8),
    ("ASSAULT", "aerial", None, "bombed", 4),
    ("ASSAULT", "abduct", None, "abducted", 2),
    ("CONSULT", None, None, "met", 6),
    ("ACCUSE", "allege", None, "accused", 5),
    ("AGREE", None, Prospect("CONSULT"), "offered", 3),
    ("CONCEDE", None, Prospect("RETREAT", "release"), "promised", 3),
    ("REQUEST", "yield", Prospect("RETREAT", "ceasefire"), "urged", 3),
    ("RETREAT", "release", None, "released", 2),
    ("SUPPORT", None, None, "signed", 2),
    ("SANCTION", "discontinue", None, "suspended", 2),
]
SYLLABLES = [
    "ba",
    "da",
    "ko",
    "lu",
    "mi",
    "no",
    "ra",
    "sa",
    "ta",
    "vi",
    "zo",
    "ke",
    "pa",
    "ru",
    "shi",
    "ga",
    "du",
    "fe",
    "ni",
    "mo",
]
NOUNS = [
    "village",
    "camp",
    "market",
    "bridge",
    "convoy",
    "post",
    "hospital",
    "column",
    "depot",
    "airfield",
    "quarter",
    "harbour",
    "school",
    "road",
    "mine",
    "dam",
]


@dataclass(frozen=True, slots=True)
class Happening:
    """What really took place."""

    number: int
    day: datetime.date
    event: Event
    words: str


def name(rng: random.Random, parts: int = 3) -> str:
    return "".join(rng.choice(SYLLABLES) for _ in range(parts)).capitalize()


def side(conflict: int, second: bool, rng: random.Random) -> Participant:
    country = f"{chr(65 + conflict % 26)}{chr(65 + conflict // 26 % 26)}{chr(65 + conflict // 676 % 26)}"
    if second:
        return Participant("the rebels", 0, 11, f"Front {conflict}", f"group/front-{conflict}", country, ("REB",))
    if rng.random() < 0.3:
        return Participant("the army", 0, 8, None, None, country, ("MIL",))
    return Participant(country, 0, 3, country, f"country/{country}", country, ("GOV",))


def happenings(count: int, rng: random.Random) -> Iterator[Happening]:
    """As many happenings as give about `count` events."""
    total = max(1, round(count / (sum(TELLINGS) / len(TELLINGS))))
    conflicts = max(1, count // EVENTS_A_CONFLICT)
    places = [[(name(rng), rng.uniform(-30, 50), rng.uniform(-20, 100)) for _ in range(12)] for _ in range(conflicts)]
    weights = [k[4] for k in KINDS]
    book = load()
    for number in range(total):
        conflict = rng.randrange(conflicts)
        type_, mode, prospect, trigger, _ = rng.choices(KINDS, weights)[0]
        day = datetime.date(2015, 1, 1) + datetime.timedelta(days=rng.randrange(3650))
        spot, lat, lon = rng.choice(places[conflict])
        one = side(conflict, False, rng)
        other = side(conflict, True, rng)
        if rng.random() < 0.5:
            one, other = other, one
        killed = rng.randrange(1, 60)
        cameo = book.cameo_for(type_, mode, (prospect.type, prospect.mode) if prospect else None)
        event = Event(
            "", "", None, type_, mode, prospect, cameo, book.quad(type_), book.score(type_, mode), (), (one,), (other,), "actual", False,
            When(day.isoformat(), day.isoformat(), None, None, None, "expression"),
            Place(spot, 0, len(spot), spot, one.country, f"Province {number % 7}", lat, lon, None) if rng.random() < 0.6 else None,
            (), (Magnitude("killed", killed, killed, False, str(killed), 0, 2),) if type_ == "ASSAULT" else (),
            (Mention("text", (0, 0), (0, 0), trigger),), 0.8, (),
        )  # fmt: skip
        yield Happening(number, day, event, f"{trigger} a {rng.choice(NOUNS)} and a {rng.choice(NOUNS)} near {spot}")


def tellings(happening: Happening, rng: random.Random) -> Iterator[tuple[datetime.date, Event, str]]:
    """The happening as each report has it."""
    for n in range(rng.choice(TELLINGS)):
        event = happening.event
        late = 0 if n == 0 else rng.choice((0, 0, 1, 1, 2, 40, 200))
        date = event.date
        if late >= 40:
            first = happening.day.replace(day=1)
            date = When(
                first.isoformat(), (first + datetime.timedelta(days=29)).isoformat(), None, None, None, "expression"
            )
        elif rng.random() < 0.3:
            date = replace(date, basis="publication", end=(happening.day + datetime.timedelta(days=1)).isoformat())
        event = replace(event, date=date, historical=late >= 40)
        if rng.random() < 0.2:
            event = replace(event, recipients=())
        if rng.random() < 0.3:
            event = replace(event, place=None)
        if event.magnitudes and rng.random() < 0.3:
            toll = event.magnitudes[0]
            event = replace(event, magnitudes=(replace(toll, low=(toll.low or 0) + 2, high=(toll.high or 0) + 2),))
        yield happening.day + datetime.timedelta(days=late + 1), event, happening.words


def corpus(count: int, truth: dict[str, int], seed: int = SEED) -> Iterator[tuple[Document, list[Event], list[Claim]]]:
    """Documents with their events, day by day; notes the happening of each event in `truth`."""
    rng = random.Random(seed)
    drawn = sorted(happenings(count, rng), key=lambda h: (h.day, h.number))
    ahead: dict[datetime.date, list[tuple[int, Event, str]]] = defaultdict(list)
    last = drawn[-1].day + datetime.timedelta(days=400)
    day, at = drawn[0].day, 0
    while day <= last:
        while at < len(drawn) and drawn[at].day == day:
            for published, event, words in tellings(drawn[at], rng):
                ahead[published].append((drawn[at].number, event, words))
            at += 1
        rows = ahead.pop(day, [])
        rng.shuffle(rows)
        for start in range(0, len(rows), EVENTS_A_DOCUMENT):
            document, events = _document(day, start, rows[start : start + EVENTS_A_DOCUMENT], truth, rng)
            yield document, events, []
        day += datetime.timedelta(days=1)


def _document(
    day: datetime.date, start: int, rows: list[tuple[int, Event, str]], truth: dict[str, int], rng: random.Random
) -> tuple[Document, list[Event]]:
    ident = f"{day}-{start}"
    text, events = "", []
    for position, (number, event, words) in enumerate(rows):
        sentence = f"{'The rebels' if event.actors[0].sectors == ('REB',) else 'Its army'} {words}. "
        span = (len(text), len(text) + len(sentence))
        at = len(text) + sentence.index(event.mentions[0].text)
        mention = replace(event.mentions[0], sentence=span, trigger=(at, at + len(event.mentions[0].text)))
        key = stable_id(ident, position)
        truth[key] = number
        events.append(replace(event, id=key, document_id=ident, published=day.isoformat(), mentions=(mention,)))
        text += sentence
    return Document(ident, None, text, day.isoformat(), None, f"Paper {rng.randrange(40)}", "en"), events


def judge(path: Path) -> tuple[float, float]:
    """Precision and recall of the pairs of events that share an incident."""
    import pyarrow.parquet as pq

    rows = pq.read_table(path.with_suffix(".parquet"))
    truth = dict(zip(rows["event"].to_pylist(), rows["happening"].to_pylist(), strict=True))
    with open_store(path) as store:
        table = store.sql("SELECT event_id, incident_id FROM traits")
    home = dict(zip(table["event_id"].to_pylist(), table["incident_id"].to_pylist(), strict=True))
    pairs = lambda values: sum(n * (n - 1) // 2 for n in Counter(values).values())  # noqa: E731
    both = pairs((home[e], truth[e]) for e in truth)
    return both / max(1, pairs(home[e] for e in truth)), both / max(1, pairs(truth.values()))


def make(count: int, path: Path) -> None:
    """Writes the store of about `count` events, and beside it the true happening of each."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    gc.disable()  # the happenings drawn ahead are millions of objects, which the collector would walk again and again
    truth: dict[str, int] = {}
    with writing(path) as store:
        for batch in batches(corpus(count, truth), 5_000):
            store.put(batch)
    table = pa.table({"event": list(truth), "happening": list(truth.values())})
    pq.write_table(table, path.with_suffix(".parquet"))
    print(f"stored in {time.process_time():.1f} s of processor", flush=True)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    folder = Path(sys.argv[2]) if len(sys.argv) > 2 else Path(tempfile.mkdtemp())
    path = folder / f"synthetic-{count}.duckdb"
    path.unlink(missing_ok=True)
    # In a process of its own, so that the memory told is that of linking.
    maker = multiprocessing.get_context("spawn").Process(target=make, args=(count, path))
    maker.start()
    maker.join()
    with writing(path) as store:
        begun, used = time.perf_counter(), time.process_time()
        done = link_store(store)
        linked, spent = time.perf_counter() - begun, time.process_time() - used
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"events {done.events}  linked in {linked:.1f} s ({spent:.1f} s of processor)")
    print(f"  {1e6 * spent / done.events:.0f} microseconds of processor an event, {memory:.2f} GB at most", flush=True)
    precision, recall = judge(path)
    found = f"{done.incidents} incidents, {done.commitments} commitments"
    print(f"  {found}; pairs: precision {precision:.3f}, recall {recall:.3f}")


if __name__ == "__main__":
    main()
