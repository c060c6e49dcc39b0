"""Input that means harm: texts on which patterns and parsers stumble, and files of every format that lie or burst."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import zlib
from collections.abc import Callable

PLAIN = (
    "The ministers of Chad and Niger met in Paris on Monday.",
    "Kenya condemned the raid that killed two soldiers near Goma last week.",
    "“We will not leave the valley by 30 November,” President Idriss Deby said.",
    "Rebels shelled the port at dawn, an official said on condition of anonymity.",
    "Armenia accused Azerbaijan of shelling a village; Baku denied that it had fired.",
    "About 2,000 people fled to Uganda in the past three days, the U.N. refugee agency said.",
)
"""Sentences of news into which harm is put."""

WORDS = (
    "the of and to in that by who which he she they it said told accused attacked killed met signed threatened not would could if "
    "unless after before since Monday May 2023 last next week years ago president minister rebels army Russia Ukraine Israel Hamas "
    "U.N. Mr. Gen. two hundred million $ % Paris Gaza talks ceasefire agreement sanctions “ ” ‘ ’ \" ' ( ) , . ; : — - ... al-Assad"
).split()

BAIT = (
    "a", "A", "9", " ", "\n", "\t", "\u00a0", ".", ",", ";", "-", "—", "'", '"', "“", "”", "‘", "’", "(", ")", "[", "<", ">", "&", "$",
    "%", "/", ":", "*", "_", "#", "|", "=", "\\", "\x00", "\x0b", "\x85", "\u2028", "\u200b", "\u202e", "\u2066", "\ufeff", "\u0301",
    "\ufffd", "\U0001f469\u200d", "A.", "a.b.", "1,", "1.", "1-", "1/1/", "12:", "$1 ", "1 million ", "one hundred and ", "\n \n", "\r\n",
    " \t", "Monday ", "last ", "the last ", "May ", "May 1 ", "1 May, ", "2023 ", "in 2023 ", "-2023", "two days ", "ago ", "since ",
    "the 1st of ", "early mid-late ", "week of ", "Mr. ", "Gen. ", "President ", "Prime Minister ", "of the ", "al-", "de la ", "O'",
    "Kim Jong ", "the minister of ", "who ", "that he said ", "he said that ", "said ", "according to ", "“he said, ", "’s ", "not ",
    "if ", "accused of ", "and attacked ", "Russia and ", "Russia, ", "his ", "they ", "the two ", "hundreds of thousands of ",
    "at least ", "more than ", "killed ", "killed two and ", "By ", "Read more: ", "Related article\n", "(Reporting by ", "© ", "PARIS, ",
    "PARIS — ", "http://", "www.", "a@", "<a ", "<b>", "</b>", "<!--", "<![CDATA[", "&amp;", "&#x", "]]>", "{", "[[", "![](", "> ",
    "- - ", "```\n", "---\n", "Photo: ", "* * *\n", "Getty Images ", "Updated ", "1:00 p.m. ", "GMT ", "3 ½ ", "½", "²", "٣", "Ⅷ", "ﬁ", "ß",
)  # fmt: skip
"""What is repeated until something breaks."""

Chance = random.Random


def text(chance: Chance) -> str:
    """One hostile text; most are short, a few have a million characters."""
    return chance.choice(TEXTS)(chance)


def _length(chance: Chance) -> int:
    """Characters: hundreds as a rule, a hundred thousand now and then."""
    return chance.choice((200, 1_000, 3_000, 10_000, 30_000)) if chance.random() < 0.98 else 100_000


def _repeated(chance: Chance) -> str:
    bait = chance.choice(BAIT)
    if " " not in bait and chance.random() < 0.02:
        return bait * (1_000_000 // len(bait))  # a word of a million characters
    return bait * (_length(chance) // len(bait) + 1)


def _between(chance: Chance) -> str:
    """Plain news, bait, plain news."""
    return f"{chance.choice(PLAIN)} {_repeated(chance)}{chance.choice(('', '!', 'x', '. '))}{chance.choice(PLAIN)}"


def _two(chance: Chance) -> str:
    pair = chance.choice(BAIT) + chance.choice(BAIT)
    return chance.choice(PLAIN) + pair * (_length(chance) // len(pair) + 1) + chance.choice(PLAIN)


def _words(chance: Chance) -> str:
    return " ".join(chance.choice(WORDS) for _ in range(min(20_000, _length(chance)) // 5))


def _strewn(chance: Chance) -> str:
    """News with odd characters strewn in."""
    letters = list(" ".join(chance.choice(PLAIN) for _ in range(8)))
    for _ in range(chance.randrange(1, 200)):
        letters.insert(chance.randrange(len(letters)), chance.choice(BAIT))
    return "".join(letters)


def _nested(chance: Chance) -> str:
    depth = min(20_000, _length(chance))
    left, right = chance.choice(
        (("(", ")"), ("“", "”"), ("[", "]"), ("<b>", "</b>"), ("he said that “", "”"), ("{", "}"))
    )
    return f"{PLAIN[0]} {left * depth}{chance.choice(PLAIN)}{right * depth}"


def _unicode(chance: Chance) -> str:
    ranges = (
        (0, 0x250),
        (0x300, 0x370),
        (0x590, 0x700),
        (0x2000, 0x2070),
        (0x4E00, 0x4F00),
        (0xFE00, 0xFFFF),
        (0x1F300, 0x1F700),
    )
    low, high = chance.choice(ranges)
    odd = "".join(chr(chance.randrange(low, high)) for _ in range(min(3_000, _length(chance))))
    return " ".join((*PLAIN, odd, *PLAIN))


def _shuffled(chance: Chance) -> str:
    """Pieces of news in a wrong order, cut anywhere."""
    whole = " ".join(PLAIN)
    cuts = sorted(chance.randrange(len(whole)) for _ in range(12))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    chance.shuffle(pieces)
    return chance.choice(("", " ", "\n", "\n\n")).join(pieces)


def _long_sentence(chance: Chance) -> str:
    part = chance.choice(
        (
            "Kenya attacked Chad and ",
            "which said that ",
            "the army of Chad, ",
            "in Paris on Monday ",
            "who killed two, ",
        )
    )
    return "Rebels said that " + part * (min(30_000, _length(chance)) // len(part) + 1)


def _numbers(chance: Chance) -> str:
    number = chance.choice(
        (
            "9" * 5_000,
            "1e999",
            "-" * 50 + "1",
            "1," + "000," * 500,
            "99999-99-99",
            "0x" + "f" * 99,
            "10" * 200 + " million",
        )
    )
    return f"They killed {number} people on {number} and paid ${number}. {number}"


TEXTS: tuple[Callable[[Chance], str], ...] = (
    _repeated, _between, _two, _words, _strewn, _nested, _unicode, _shuffled, _long_sentence, _numbers,
)  # fmt: skip


def _value(chance: Chance) -> object:
    """A value for a field that shouldn't have it."""
    return chance.choice(
        (
            None,
            True,
            -1,
            10**400,
            1e308,
            float("nan"),
            [],
            {},
            "",
            " ",
            "\ud800",
            "9" * 400,
            "2023-02-30",
            ["a"] * 99,
            {"text": "x"},
            "\x00",
        )
    )


def _row(chance: Chance) -> dict[str, object]:
    row: dict[str, object] = {"id": chance.choice(("a", 7, None)), "text": text(chance)}
    for name in ("title", "published", "url", "publisher", "language", "text"):
        if chance.random() < 0.2:
            row[name] = _value(chance)
    if chance.random() < 0.2:
        row["title"] = text(chance)
    return row


def _jsonl(chance: Chance) -> bytes:
    lines = [json.dumps(_row(chance)) for _ in range(chance.randrange(1, 4))]
    if chance.random() < 0.3:
        depth = chance.choice((50, 5_000, 100_000))
        lines.append(
            chance.choice(
                (
                    f'{{"text": {"[" * depth}',
                    "[" * depth + "]" * depth,
                    '{"a":' * depth,
                    '{"text": 1' + "0" * 9_999 + "}",
                )
            )
        )
    if chance.random() < 0.3:
        lines.append(json.dumps(_row(chance))[: chance.randrange(1, 60)])
    return "\n".join(lines).encode()


def _json(chance: Chance) -> bytes:
    rows = [_row(chance) for _ in range(2)]
    made = json.dumps(chance.choice((rows, {"articles": rows}, {"response": {"docs": rows}}, rows[0], {"text": rows})))
    return chance.choice(
        (made, made[:-3], "[" * 100_000, made + made, '{"articles": [' + "[]," * 9_999, "\ufeff" + made)
    ).encode()


def _csv(chance: Chance) -> bytes:
    out = io.StringIO()
    mark = chance.choice(",;\t")
    writer = csv.writer(out, delimiter=mark)
    writer.writerow(["id", "text", "date"])
    for _ in range(2):
        writer.writerow([1, text(chance).replace("\x00", ""), chance.choice(("", "2023-01-01", "13/13/2023"))])
    made = out.getvalue()
    return chance.choice(
        (made, made + '"' + "x" * 300_000, made.replace('"', ""), made + "\x00", "text\n" + '""' * 50_000)
    ).encode("utf-8", "replace")


def _page(chance: Chance) -> bytes:
    body = text(chance).encode("utf-8", "replace").decode()
    depth = chance.choice((10, 1_000, 30_000))
    return chance.choice(
        (
            f"<html><body><p>{body}</p></body></html>", "<div>" * depth + body, f"<p>{body}" * 3, "<table><tr><td>" * (depth // 10) + body,
            f"<html><head><title>{body[:9_999]}</title></head><body><article><p>{PLAIN[1]}</p></article>", f"<p {'a=1 ' * depth}>{body}</p>",
            f"<script>{body}</script><p>{PLAIN[0]}</p>", f"<!-- {body} <p>{PLAIN[0]}", "<a href='x'>" * depth + body, "&lt;" * depth + body,
            f"<meta charset='{chance.choice(('utf-7', 'x' * 99, 'idna', 'base64'))}'><p>{body}</p>", f"<svg><![CDATA[{body}]]></svg>" * 3,
        )
    ).encode()  # fmt: skip


def _feed(chance: Chance) -> bytes:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = text(chance).encode("utf-8", "replace").decode().replace("&", "&amp;").replace("<", "&lt;")
    item = f"<item><title>t</title><description>{body}</description><pubDate>{chance.choice(('x', 'Mon, 01 Jan 2023', '9' * 99))}</pubDate></item>"
    return chance.choice(
        (
            f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha">{laughs}]><rss><channel><item><title>&l9;</title></item></channel></rss>',
            '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><rss><channel><item><description>&x;</description></item></channel></rss>',
            f"<rss><channel>{item * 2}</channel></rss>", f"<rss><channel>{item}", "<rss>" + "<channel>" * 50_000, f"<rss><channel>{item[:99]}\x00",
            f"<feed><entry><content type='html'>{body}</content></entry></feed>", "<rss " + "a='1' " * 9_999 + ">", "<a/>",
        )
    ).encode()  # fmt: skip


def _archive(chance: Chance) -> bytes:
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + _page(chance)[:200_000]
    length = chance.choice((len(page), len(page) * 2, 10**15, -5, "x"))
    head = f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Length: {length}\r\n\r\n".encode()
    return (head + page + b"\r\n\r\n") * chance.randrange(1, 3)


def _parquet(chance: Chance) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    out = io.BytesIO()
    texts = [text(chance)[:50_000].encode("utf-8", "replace").decode() for _ in range(3)]
    pq.write_table(pa.table({"text": texts, "date": ["2023-01-01", None, "x"]}), out)
    return out.getvalue()


def _plain(chance: Chance) -> bytes:
    return text(chance).encode(chance.choice(("utf-8", "utf-16", "cp1252", "utf-8-sig")), "replace")


MAKERS: dict[str, Callable[[Chance], bytes]] = {
    ".txt": _plain, ".md": _plain, ".html": _page, ".jsonl": _jsonl, ".json": _json, ".csv": _csv, ".tsv": _csv, ".xml": _feed,
    ".warc": _archive, ".parquet": _parquet,
}  # fmt: skip
"""Who makes a file of each suffix."""

BOMB = zlib.compressobj(9, zlib.DEFLATED, 31)
BOMB_DATA = BOMB.compress(b"a" * (64 << 20)) + BOMB.flush()
"""64 MB of one letter in 64 KB of gzip."""


def file(chance: Chance) -> tuple[str, bytes]:
    """(suffix, content) of one hostile file."""
    suffix = chance.choice(tuple(MAKERS))
    data = MAKERS[suffix](chance)
    kind = chance.random()
    if kind < 0.08:
        data = data[: chance.randrange(len(data) + 1)]
    elif kind < 0.16 and data:
        broken = bytearray(data)
        for _ in range(chance.randrange(1, 30)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        data = bytes(broken)
    elif kind < 0.2:
        data = chance.randbytes(chance.randrange(2_000))
    if chance.random() < 0.1:
        packed = chance.choice(
            (gzip.compress(data), BOMB_DATA, gzip.compress(data) + b"rubbish", gzip.compress(data)[:-5])
        )
        return f"{suffix}.gz", packed
    return suffix, data
