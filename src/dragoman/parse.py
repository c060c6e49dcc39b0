"""Sentences to tokens and dependencies, in batches.

`trees` does the work, by the models of spaCy's small English pipeline. Only what the gate kept is parsed, shortest
sentences first, so that those that are read together are of like length.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING

from dragoman.reading import Reading, Sentence, Token
from dragoman.trees import Tree, read
from dragoman.vocabulary import common_lemmas, common_words, frame_forms, lemma_corrections

if TYPE_CHECKING:
    from dragoman.mentions.knowledge import Hit

TAG = re.compile(r"</?[A-Za-z][^<>]{0,200}>")
"""Markup left in a text that was given as a field; it is read as white space, so that offsets hold."""


VICE = re.compile(r"(?<=\b[Vv]ice)-(?=[A-Za-z])|(?<=\b[Ss]ecretary)-(?=[Gg]eneral\b)")
"""The hyphen of "vice-president" and "secretary-general", at which the parser would break the title."""

STAND_IN = "Smith"
"""What the parser reads for a person's full name, which it would often take apart: "Bashar al-Assad" is one token, a name."""


_start = attrgetter("start")


def _blank(match: re.Match[str]) -> str:
    return " " * len(match.group())


def parse(readings: Sequence[Reading]) -> None:
    """Gives each kept sentence its tokens."""
    todo = [
        (s, r.hits.get(s.where, ()))
        for r in readings
        for s in r.sentences
        if s.kept and not s.tokens and s.text.strip()
    ]
    todo.sort(key=lambda row: len(row[0].text))
    mend = frame_forms()
    texts, moves = [], []
    for s, hits in todo:
        if s.where == "title":
            text = headline_case(s.text, [(h.start, h.end) for h in hits])
        else:
            text = TAG.sub(_blank, s.text)
        text, moved = stand_in(VICE.sub(" ", text), full_names(s, hits))
        texts.append(text)
        moves.append(moved)
    for (sentence, _), tree, moved in zip(todo, read(texts), moves, strict=True):
        sentence.tokens = tokens_of(tree, sentence, mend, moved)


def full_names(sentence: Sentence, hits: Sequence[Hit]) -> list[tuple[int, int]]:
    """Spans, in the sentence, of the names of more than one word that can only be a person's."""
    found = []
    for hit in hits[bisect_left(hits, sentence.start, key=_start) :]:
        if hit.end > sentence.end:
            break
        if not hit.text.isalpha() and all(e.kind == "person" for e in hit.entries):
            found.append((hit.start - sentence.start, hit.end - sentence.start))
    return found


def stand_in(text: str, names: Sequence[tuple[int, int]]) -> tuple[str, list[tuple[int, int]]]:
    """The text with a plain name for each of these spans, and for each (where it stands now, how much longer it was)."""
    out, moves, at, shift = [], [], 0, 0
    for start, end in names:
        out += [text[at:start], STAND_IN]
        longer = end - start - len(STAND_IN)
        moves.append((start - shift, longer))
        shift += longer
        at = end
    return "".join([*out, text[at:]]), moves


def _given(offset: int, moves: Sequence[tuple[int, int]]) -> int:
    """The offset in the text as given; an offset behind a stand-in lies behind the name."""
    return offset + sum(longer for start, longer in moves if offset >= start + len(STAND_IN))


def tokens_of(
    tree: Tree, sentence: Sentence, mend: Mapping[str, str], moves: Sequence[tuple[int, int]] = ()
) -> list[Token]:
    """Light tokens of a parsed sentence.

    `mend` gives the lemma of forms that the lemmatizer makes a word of that nobody knows ("readmitted"); `moves` are
    those of `stand_in`.
    """
    tokens: list[Token] = []
    verbs, nouns = lemma_corrections()["verb"], lemma_corrections()["noun"]
    known = common_lemmas()
    stood_in = {at for at, _ in moves}
    first = sentence.start
    columns = zip(tree.texts, tree.starts, tree.senses, tree.tags, tree.labels, tree.heads, strict=True)
    for k, (text, start, (pos, lemma), tag, label, head) in enumerate(columns):
        named = start in stood_in
        end = start + len(text)
        if moves:
            start, end = _given(start, moves), _given(end, moves)
            text = sentence.text[start:end]
        lower = text.lower()
        lemma = lower if named else lemma.lower() or lower
        if pos == "VERB":
            lemma = verbs.get(lemma, lemma)
            if lemma not in known:
                lemma = mend.get(lower, lemma)
        elif pos == "NOUN":
            lemma = nouns.get(lower, lemma)
        tokens.append(Token(k, text, lemma, pos, tag, label, head, first + start, first + end, []))
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
