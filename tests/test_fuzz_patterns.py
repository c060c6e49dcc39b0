"""Every pattern in the program takes linear time: no text, however it is made, may hang a reader.

A pattern is tried on baits that are made from its own pieces: whatever it can repeat, repeated, and then something that
makes it fail. What takes quadratic time on 8,000 code points takes a second and more; linear patterns take a millisecond.
"""

import importlib
import pkgutil
import re
import sys
import time
from pathlib import Path
from re import _constants as op
from re import _parser as parser

import pytest

import dragoman

LENGTH = 8_000
"""Code points of a bait."""

SECONDS = 0.25
"""Processor seconds that a pattern may take for one bait."""

BOUNDED = {
    ("gate.py", r"[\w.&]+$"): "looks back over 24 code points",
    ("mentions/time_context.py", "_OPENING"): "looks back over 40 code points",
    ("mentions/place_names.py", "_BEFORE"): "looks back over 30 code points",
    ("mentions/place_names.py", "_OF"): "looks back over 30 code points",
    ("mentions/places.py", "_KIND_OF"): "looks between two names that stand close",
    ("reckoning.py", "COUNTED"): "looks into one sentence, which has at most 1,200 code points",
    ("reckoning.py", "LENGTH"): "looks into one expression of time",
    ("mentions/quantities.py", r"[A-Za-z]+\s[A-Za-z]+"): "is asked only what begins behind a number",
    ("markdown.py", "_HEADING"): "looks into lines of at most 1,200 code points",
    ("actor_files/dictionaries.py", "COMMENT"): "looks into lines of a dictionary that a user chose to import",
    ("actor_files/codes.py", "SPELLING"): "looks into a code of such a line",
    ("actor_files/codes.py", "DATED"): "looks into a date of such a line",
}
"""Patterns that only ever meet a short piece of text, by file and name or words, and why it is short."""

ENDS = ("", "\x00", " ", "x", "!", "\n", ".", "“")


def collected():
    """Every pattern that the program compiles, while importing all of it and coding a document, with where."""
    found = {}
    compiled = re._compile

    def noting(pattern, flags):
        made = compiled(pattern, flags)
        frame = sys._getframe(2)
        file = frame.f_code.co_filename
        if "/dragoman/" in file and "site-packages" not in file and isinstance(made.pattern, str):
            found.setdefault((made.pattern, made.flags), file.rsplit("/dragoman/", 1)[1])
        return made

    re._compile = noting
    try:
        for module in list(sys.modules):
            if module.split(".")[0] == "dragoman":
                del sys.modules[module]
        package = importlib.import_module("dragoman")
        for module in pkgutil.walk_packages(package.__path__, "dragoman."):
            try:
                importlib.import_module(module.name)
            except ImportError:
                continue  # an extra that isn't installed
        from dragoman.pipeline import CLAIM_STEPS, Coder, read_batch
        from dragoman.records import Document

        document = Document(
            "a", "Talks held", "Kenya said on Monday, May 3, that 200 people fled to Uganda.", "2024-05-06"
        )
        Coder().code(document)
        read_batch([document], CLAIM_STEPS)
    finally:
        re._compile = compiled
    return found


def named():
    """(file, pattern) -> (name, whether it is only asked what begins at a given place) of patterns that have a name."""
    root = Path(dragoman.__file__).parent
    sources = {str(path.relative_to(root)): path.read_text(encoding="utf-8") for path in root.rglob("*.py")}
    everything = "\n".join(sources.values())
    found = {}
    for file, source in sources.items():
        module = importlib.import_module("dragoman." + file.removesuffix(".py").replace("/", "."))
        for name in re.findall(r"^(\w+)(?:: \w+)? = re\.compile\(", source, re.M):
            made = getattr(module, name)
            used = set(re.findall(rf"\b{name}\.(\w+)\(", everything))
            found[file, made.pattern] = (name, bool(used) and used <= {"match", "fullmatch"})
    return found


def pieces(tree):
    """Short texts that parts of a pattern match, those of repeated parts above all."""
    out = []
    for code, argument in tree:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            body = argument[2]
            inner = sample(body)
            if argument[1] > 8 and inner:
                out.append(inner)
                out.extend(letter for letter in letters(body) if letter != inner)
            out += pieces(body)
        elif code is op.SUBPATTERN:
            out += pieces(argument[3])
        elif code is op.BRANCH:
            for branch in argument[1]:
                out += pieces(branch)
        elif code in (op.ASSERT, op.ASSERT_NOT):
            out += pieces(argument[1])
        elif code is op.ATOMIC_GROUP:
            out += pieces(argument)
    return out


def letters(tree):
    """Some characters that the first atom of a part takes."""
    for code, argument in tree:
        if code is op.IN:
            return [
                c for c in " a1.,-\nA'\t" if any(takes(item, c) for item in argument) != (argument[0][0] is op.NEGATE)
            ]
        if code is op.SUBPATTERN:
            return letters(argument[3])
        return [one(code, argument)]
    return []


def takes(item, character):
    code, argument = item
    if code is op.LITERAL:
        return ord(character) == argument
    if code is op.RANGE:
        return argument[0] <= ord(character) <= argument[1]
    if code is op.CATEGORY:
        return bool(
            re.match(
                {op.CATEGORY_SPACE: r"\s", op.CATEGORY_WORD: r"\w", op.CATEGORY_DIGIT: r"\d"}.get(argument, r"\W"),
                character,
            )
        )
    return False


def one(code, argument):
    """One character that an atom takes."""
    if code is op.LITERAL:
        return chr(argument)
    if code is op.IN:
        return next(iter(letters([(code, argument)])), "") or next(
            (chr(a) for c, a in argument if c is op.LITERAL), "a"
        )
    if code is op.CATEGORY:
        return {op.CATEGORY_SPACE: " ", op.CATEGORY_DIGIT: "1"}.get(argument, "a")
    return "a" if code in (op.ANY, op.NOT_LITERAL) else ""


def sample(tree):
    """A text that a pattern matches, more or less."""
    out = []
    for code, argument in tree:
        if code in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            out.append(sample(argument[2]) * max(1, min(argument[0], 3)))
        elif code is op.SUBPATTERN:
            out.append(sample(argument[3]))
        elif code is op.BRANCH:
            out.append(sample(argument[1][0]))
        elif code is op.ATOMIC_GROUP:
            out.append(sample(argument))
        elif code not in (op.ASSERT, op.ASSERT_NOT, op.AT, op.GROUPREF):
            out.append(one(code, argument))
    return "".join(out)


def baits(pattern, flags):
    tree = parser.parse(pattern, flags & ~re.DEBUG)
    whole = sample(tree)
    repeated = list(dict.fromkeys([*pieces(tree), whole, " ", "a", "1", "A ", '"', "\n", "-", "."]))[:24]
    for piece in filter(None, repeated):
        body = (piece * (LENGTH // len(piece) + 1))[:LENGTH]
        for end in ENDS[:3]:
            yield body + end
        yield whole[:-1] + body + "\x00"
        yield whole[: len(whole) // 2] + body + "\x00"


def slowest(pattern, flags, anchored=False):
    """(processor seconds, bait) of the bait that takes longest."""
    made = re.compile(pattern, flags)
    worst = (0.0, "")
    for bait in baits(pattern, flags):
        begin = time.process_time()
        if not anchored:
            for _ in made.finditer(bait):
                pass
        made.match(bait)
        spent = time.process_time() - begin
        if spent > worst[0]:
            worst = (spent, bait)
        if spent > SECONDS:
            break
    return worst


@pytest.fixture(scope="module")
def patterns():
    before = {name: module for name, module in sys.modules.items() if name.split(".")[0] == "dragoman"}
    try:
        return collected()
    finally:
        for name in [n for n in sys.modules if n.split(".")[0] == "dragoman"]:
            del sys.modules[name]
        sys.modules.update(before)
        importlib.invalidate_caches()


def test_every_pattern_takes_linear_time(patterns):
    assert len(patterns) > 100
    names = named()
    slow = []
    for (pattern, flags), file in sorted(patterns.items()):
        name, anchored = names.get((file, pattern), (pattern, False))
        if (file, name) in BOUNDED:
            continue
        spent, bait = slowest(pattern, flags, anchored)
        if spent > SECONDS:
            slow.append(f"{file}: {pattern[:120]!r} takes {spent:.1f} s for {bait[:30]!r}...{bait[-10:]!r}")
    assert not slow, "\n".join(slow)


def test_bait_finds_what_is_quadratic():
    linear = slowest(r"\w+", 0)[0]
    assert linear < SECONDS
    assert slowest(r"\s+$", 0)[0] > 5 * linear
    assert slowest(r"[a-z]+ of", 0)[0] > 5 * linear
