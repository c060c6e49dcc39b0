"""Whatever comes in is coded or rejected with its reason; nothing crashes, hangs or vanishes.

A small part of what `bench/fuzz.py` does ten thousand times, and the worst known kinds by name.
"""

import gzip
import json
import random
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dragoman.careful import code_portion
from dragoman.documents import REASONS, Raw, judge, read, read_rows
from dragoman.listing import list_mentions
from dragoman.pipeline import Coder
from dragoman.records import Document, Reject
from hostile import BAIT, BOMB_DATA, PLAIN, file

FAULTS = {"failed", "crashed", "too-slow"}
SECONDS = 5.0
"""Processor seconds for one input."""

few = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
)


def outcomes(path):
    """What became of each row of a file: "coded" or the reason why not."""
    begin = time.process_time()
    rows = list(read_rows(path))
    found = [c.item.reason if isinstance(c.item, Reject) else "coded" for c in code_portion(Coder(), rows)]
    assert time.process_time() - begin < SECONDS * max(1, len(rows))
    assert found, "vanished without a reject"
    assert not FAULTS & set(found), rows
    return found


def put(folder, name, data):
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    return path


@pytest.mark.parametrize("number", range(40))
def test_hostile_files(tmp_path, number):
    suffix, data = file(random.Random(f"test {number}"))
    assert set(outcomes(put(tmp_path, f"hostile{suffix}", data))) <= {"coded", *REASONS}


@few
@given(st.text(max_size=400), st.sampled_from(PLAIN), st.one_of(st.none(), st.text(max_size=60)))
def test_any_text_is_coded(odd, plain, title):
    events = Coder().code(Document("a", title, f"{plain} {odd} {plain}", "2024-05-15"))
    for event in events:
        passage = (title or "") if event.mentions[0].where == "title" else f"{plain} {odd} {plain}"
        assert passage[slice(*event.mentions[0].trigger)]
        assert 0 <= event.confidence <= 1


@few
@given(st.lists(st.sampled_from((*BAIT, *PLAIN)), max_size=30).map(" ".join))
def test_any_mixture_of_bait_and_news_is_read_in_all_its_parts(text):
    document = Document("a", None, text, "2024-05-15")
    Coder().code(document)
    for row in list_mentions(document, ("actor", "place", "time", "quantity"), ()):
        assert text[row["start"] : row["end"]] == row["text"]


@few
@given(
    st.binary(max_size=600),
    st.sampled_from((".txt", ".jsonl", ".json", ".csv", ".xml", ".html", ".warc", ".parquet", ".md", ".gz")),
)
def test_any_bytes_under_any_name_end_as_documents_or_rejects(tmp_path, data, suffix):
    found = list(read(put(tmp_path, f"a{suffix}", data)))
    assert found
    assert all(isinstance(f, Document) or f.reason in REASONS for f in found)


BOMBS = {
    "a word of a million characters.txt": "Rebels shelled " + "a" * 1_000_000,
    "a title of a million characters.jsonl": json.dumps({"text": PLAIN[0], "title": "attacked " * 110_000}),
    "a sentence of a thousand acts.txt": "Rebels said that " + "Kenya attacked Chad and " * 1_000,
    "said that she said.txt": "The minister said that " + "he said that she said that " * 500 + "they met.",
    "nested quotes.txt": "He said: " + "“she said ‘" * 5_000 + PLAIN[1] + "’”" * 5_000,
    "brackets.txt": PLAIN[0] + "(" * 20_000 + PLAIN[1] + ")" * 20_000,
    "full stops.txt": PLAIN[0] + "." * 200_000 + "x" + PLAIN[1],
    "blank lines.txt": PLAIN[0] + "\n \t" * 100_000 + PLAIN[1],
    "nothing visible.txt": PLAIN[0] + "\u200b\u202e\u2066\ufeff" * 20_000 + PLAIN[1],
    "marks on marks.txt": PLAIN[0] + " e" + "\u0301" * 50_000 + " " + PLAIN[1],
    "nul.txt": PLAIN[0] + "\x00" * 300 + PLAIN[1] * 9,
    "digits.txt": f"They killed {'9' * 20_000} people on 2023-{'1' * 9_000} and paid ${'1,' * 20_000}",
    "dates.txt": "Monday last May 1 2023 the 1st of the week of " * 2_000,
    "surrogate.jsonl": '{"text": "\\ud800 ' + PLAIN[0] + '"}',
    "deep.json": "[" * 100_000,
    "deep.jsonl": '{"text":' * 100_000 + "1" + "}" * 100_000,
    "a number of ten thousand digits.jsonl": '{"text": "' + PLAIN[0] + '", "published": ' + "9" * 10_000 + "}",
    "a giant field.csv": "text\n" + '"' + "x" * 3_000_000,
    "quotes.csv": "text\n" + '"' * 300_001,
    "laughs.xml": '<!DOCTYPE r [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>',
    "an endless tag.xml": "<rss " + "a" * 8_000_000,
    "a deep page.html": "<div>" * 50_000 + PLAIN[0],
    "a bomb.txt.gz": BOMB_DATA,
    "a bomb.xml.gz": BOMB_DATA,
    "a bomb.jsonl.gz": BOMB_DATA,
    "cut.warc.gz": gzip.compress(b"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: 99999\r\n\r\nHTTP/1.1 200 OK\r\n\r\n")[:-9],
    "no page.warc": b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n",
    "cut.parquet": b"PAR1" + b"\x15\x04" * 200,
}  # fmt: skip
"""The worst known kinds, by file name."""


@pytest.mark.parametrize("name", BOMBS)
def test_the_worst_known_kinds(tmp_path, name):
    outcomes(put(tmp_path, name, BOMBS[name]))


def test_time_grows_no_faster_than_the_text():
    """Three times the text takes at most five times the time, for news and for bait."""
    for text in (" ".join(PLAIN) + "\n\n", "Kenya attacked Chad and ", "“he said, ", "2 May ", "Mr. A. "):
        spent = []
        for size in (8_000, 24_000):
            document = Document("a", None, text * (size // len(text)), "2024-05-15")
            begin = time.process_time()
            Coder().code(document)
            spent.append(time.process_time() - begin)
        assert spent[1] < 5 * spent[0] + 0.3, (text, spent)


def test_a_judged_row_is_the_document_that_reading_gives(tmp_path):
    path = put(tmp_path, "a.txt", f"{PLAIN[0]}\n\n{PLAIN[1]}")
    assert [judge(r) for r in read_rows(path) if isinstance(r, Raw)] == list(read(path))
