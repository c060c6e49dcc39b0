"""Checks the corpus and turns hand-written rows into its JSON lines.

Rows are written one a line, tab separated (type, mode, prospect, status, register, region, decade, sentence), with the
spans marked in the sentence as `<a>actor</a>`, `<r>recipient</r>`, `<t>trigger</t>`.

    python training/corpus.py convert ROWS.tsv corpus/THEME.jsonl
    python training/corpus.py check corpus
"""

from __future__ import annotations

import hashlib
import json
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from dragoman.codebook import load

TAG = re.compile(r"</?([art])>")
STATUSES = ("actual", "future", "hypothetical", "negated")
REGISTERS = ("wire", "broadsheet", "statement", "ticker", "chronicle")
WITH_PROSPECT = ("AGREE", "CONCEDE", "REQUEST", "REJECT", "THREATEN")
PERMUTATIONS = 64
BANDS = 16
"""MinHash of 64 permutations in 16 bands of 4: pairs of Jaccard 0.5 are found with 64 %, of 0.7 with 99 %."""
NEAR = 0.5
"""Jaccard over word trigrams from which two sentences count as near-duplicates."""


def unmark(marked: str) -> tuple[str, dict[str, list[int]]]:
    """The sentence without tags, and the span of each."""
    text, spans, at = [], {}, 0
    length = 0
    for match in TAG.finditer(marked):
        piece = marked[at : match.start()]
        text.append(piece)
        length += len(piece)
        name = match.group(1)
        if match.group().startswith("</"):
            if name not in spans or len(spans[name]) == 2:
                raise ValueError(f"</{name}> closes nothing")
            spans[name].append(length)
        else:
            if name in spans:
                raise ValueError(f"<{name}> stands twice")
            spans[name] = [length]
        at = match.end()
    text.append(marked[at:])
    if any(len(s) != 2 for s in spans.values()):
        raise ValueError("a tag is not closed")
    return "".join(text), spans


def act(value: str, row: str) -> tuple[str, str | None]:
    """TYPE or TYPE/mode, checked against the codebook."""
    book = load()
    name, _, mode = value.partition("/")
    modes = {m.name for m in book.modes_of(name)}
    if mode and mode not in modes:
        raise ValueError(f"{row}: {name} has no mode {mode}")
    return name, mode or None


def record(line: str, theme: str, number: int) -> dict[str, object]:
    """One corpus row; raises ValueError that says what is wrong."""
    cells = line.rstrip("\n").split("\t")
    if len(cells) != 8:
        raise ValueError(f"{len(cells)} cells instead of 8")
    kind, mode, prospect, status, register, region, decade, marked = (c.strip() for c in cells)
    text, spans = unmark(marked)
    if "a" not in spans and "r" not in spans:
        raise ValueError("neither <a> nor <r>")
    if kind != "NONE" and "t" not in spans:
        raise ValueError("no <t>")
    if status not in STATUSES:
        raise ValueError(f"status {status}")
    if kind != "NONE":
        act(kind + ("" if mode == "-" else f"/{mode}"), "type")
    own = (
        None
        if prospect == "-" or kind not in WITH_PROSPECT
        else dict(zip(("type", "mode"), act(prospect, "prospect"), strict=True))
    )
    return {
        "id": f"{theme}-{number:04d}",
        "text": text,
        "actor": spans.get("a"),
        "recipient": spans.get("r"),
        "trigger": spans.get("t"),
        "type": kind,
        "mode": None if mode == "-" else mode,
        "prospect": own,
        "status": status,
        "register": register,
        "region": region,
        "decade": decade,
    }


def convert(source: Path, target: Path) -> None:
    """Writes the rows of a hand-written file; prints each faulty line and leaves it out."""
    seen: set[str] = set()
    written = 0
    with target.open("w", encoding="utf-8") as out:
        for number, line in enumerate(source.open(encoding="utf-8"), start=1):
            if not line.strip():
                continue
            try:
                row = record(line, target.stem, written + 1)
            except (ValueError, KeyError) as error:
                print(f"{source.name}:{number}: {error}")
                continue
            except Exception as error:  # a codebook error names its own cure
                print(f"{source.name}:{number}: {error}")
                continue
            if str(row["text"]) in seen:
                print(f"{source.name}:{number}: stands already")
                continue
            seen.add(str(row["text"]))
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
            written += 1
    print(f"{target}: {written} rows")


def read(folder: Path) -> Iterator[dict]:
    """Every row of the corpus, in the order of files and lines."""
    for file in sorted(folder.glob("*.jsonl")):
        with file.open(encoding="utf-8") as stream:
            yield from (json.loads(line) for line in stream)


def shingles(text: str, masked: bool) -> set[str]:
    """Word trigrams; with names masked, capitalised words and numbers are one symbol."""
    words = re.findall(r"[\w'’-]+", text)
    if masked:
        words = ["X" if w[:1].isupper() or w[:1].isdigit() else w for w in words]
    words = [w.lower() for w in words]
    return {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))}


def near_duplicates(texts: list[str], masked: bool) -> set[int]:
    """Indices of sentences that have an earlier near-duplicate."""
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    grams = [shingles(t, masked) for t in texts]
    found: set[int] = set()
    for i, own in enumerate(grams):
        hashes = [hashlib.blake2b(g.encode(), digest_size=8).digest() for g in own]
        values = [int.from_bytes(h, "big") for h in hashes]
        signature = [
            min((v * (2 * p + 1) + p * 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF for v in values)
            for p in range(PERMUTATIONS)
        ]
        width = PERMUTATIONS // BANDS
        for band in range(BANDS):
            key = (band, repr(signature[band * width : (band + 1) * width]).encode())
            for j in buckets[key]:
                if i not in found and len(own & grams[j]) >= NEAR * len(own | grams[j]):
                    found.add(i)
            buckets[key].append(i)
    return found


def check(folder: Path) -> None:
    """Prints how the corpus is made up and how much of it is alike."""
    rows = list(read(folder))
    texts = [r["text"] for r in rows]
    for row in rows:
        for name in ("actor", "recipient", "trigger"):
            span = row[name]
            assert span is None or 0 <= span[0] < span[1] <= len(row["text"]), row["id"]
    print(f"{len(rows)} rows")
    for name in ("type", "status", "register", "decade"):
        print(name, dict(Counter(r[name] for r in rows).most_common()))
    for masked in (False, True):
        share = len(near_duplicates(texts, masked)) / max(1, len(rows))
        print(f"near-duplicates {'with names masked' if masked else 'over words'}: {100 * share:.2f} %")


if __name__ == "__main__":
    if sys.argv[1] == "convert":
        convert(Path(sys.argv[2]), Path(sys.argv[3]))
    else:
        check(Path(sys.argv[2]))
