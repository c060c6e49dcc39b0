"""Sentences to tokens and dependencies, in batches.

spaCy's small English pipeline does the work, without its entity recogniser. Only what the gate kept is parsed, shortest
sentences first, so that a batch holds texts of like length.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dragoman.reading import Reading, Sentence, Token
from dragoman.vocabulary import common_lemmas, common_words, frame_forms, language, lemma_corrections

BATCH = 64
"""Sentences a batch; larger ones gain nothing on a CPU and cost memory."""


TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
"""Markup left in a text that was given as a field; it is read as white space, so that offsets hold."""


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def parse(readings: Sequence[Reading]) -> None:
    """Gives each kept sentence its tokens."""
    todo = [s for r in readings for s in r.sentences if s.kept and not s.tokens and s.text.strip()]
    todo.sort(key=lambda s: len(s.text))
    names = {
        id(s): [(h.start, h.end) for h in r.hits.get("title", ())]
        for r in readings
        for s in r.sentences[:1]
        if s.where == "title"
    }
    mend = frame_forms()
    texts = [
        headline_case(s.text, names.get(id(s), ())) if s.where == "title" else TAG.sub(_blank, s.text) for s in todo
    ]
    for sentence, doc in zip(todo, language().pipe(texts, batch_size=BATCH), strict=True):
        sentence.tokens = tokens_of(doc, sentence, mend)


def tokens_of(doc: Any, sentence: Sentence, mend: Mapping[str, str]) -> list[Token]:
    """Light tokens of a parsed sentence; white space is dropped and its dependents go to its head.

    `mend` gives the lemma of forms that the lemmatizer makes a word of that nobody knows ("readmitted").
    """
    keep = [t for t in doc if not t.is_space]
    index = {t.i: k for k, t in enumerate(keep)}
    tokens: list[Token] = []
    wrong = lemma_corrections()
    known = common_lemmas()
    for k, t in enumerate(keep):
        head = t.head
        while head.i not in index and head.head.i != head.i:
            head = head.head
        start = sentence.start + t.idx
        end = start + len(t.text)
        text = sentence.text[t.idx : t.idx + len(t.text)]
        lemma = t.lemma_.lower() or text.lower()
        if t.pos_ == "VERB":
            lemma = wrong["verb"].get(lemma, lemma)
            if lemma not in known:
                lemma = mend.get(text.lower(), lemma)
        elif t.pos_ == "NOUN":
            lemma = wrong["noun"].get(text.lower(), lemma)
        tokens.append(Token(k, text, lemma, t.pos_, t.tag_, t.dep_, index.get(head.i, k), start, end))
    for token in tokens:
        if token.head != token.i:
            tokens[token.head].children.append(token.i)
    return tokens


def headline_case(title: str, names: Sequence[tuple[int, int]] = ()) -> str:
    """A title-cased headline with its common words in lower case, of the same length, so that the parser reads it.

    A headline counts as title-cased where most of its longer words begin with a capital. Names stay: a word keeps its
    capital unless its lower-case form is an English word of the parser's own tables. `names` are spans that stay.
    """
    words = title.split()
    long = [w for w in words if len(w) > 3 and w[0].isalpha()]
    if len(long) < 3 or sum(w[0].isupper() for w in long) < 0.7 * len(long):
        return title
    common = common_words()
    out, at = [], 0
    first = True
    for word in words:
        start = title.index(word, at)
        out.append(title[at:start])
        core = word.strip("'\"‘’“”,.:;!?()")
        lower = core.lower()
        named = any(start < b and a < start + len(word) for a, b in names)
        if not first and not named and core[:1].isupper() and core[1:].islower() and lower in common:
            word = word.replace(core, lower)
        out.append(word)
        at = start + len(word)
        first = False
    out.append(title[at:])
    return "".join(out)
