"""Statements of one sentence: each word that reports, with who it hangs on and what it reports.

A cue is matched by lemma in `speech.toml`; what counts as its content follows from the tree: a clause, an infinitive, an
object, the object of a preposition, or all of the clause around it. Where the cue is thrown in ("..., she said, ...")
its content is the rest of the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from dragoman.reading import Sentence, Token
from dragoman.speech import Cue, Speech
from dragoman.syntax import arguments, clause_form, is_passive, subtree

Range = tuple[int, int]
"""First and last token, inclusive."""

TRAILING = frozenset({"for", "as", "over", "of", "against", "about", "with", "on", "to", "in", "from"})
"""Prepositional phrases right behind an object that belong to what is said: "praised the crew for its calm"."""

GENERIC = Cue("statement", "none", frozenset({"that"}), frozenset(), False, "")
"""A verb outside the lexicon with a finite complement: "the judge reasoned that ..."."""

PREDICATIVE = frozenset({"dobj", "nsubj", "oprd", "xcomp", "ccomp", "acomp", "attr", "prep", "dative"})
UNSURE = frozenset({"could", "may", "might", "would", "should", "can", "must", "if", "unless", "whether"})
NOBODY = frozenset({"neither", "nobody", "no", "none"})
NEGATIONS = frozenset({"not", "n't", "n’t", "never", "nobody", "none"})


@dataclass(slots=True)
class Statement:
    """One report of words or thoughts, before its quotations are gathered."""

    sentence: int
    cue: int
    """Index of the cue's head token."""
    row: Cue
    form: str
    words: list[int] = field(default_factory=list)
    """Tokens of the cue."""
    speakers: list[int] = field(default_factory=list)
    """Heads of the phrases that name the source."""
    content: list[tuple[int, int]] = field(default_factory=list)
    """Offsets into the passage, half-open."""
    source: list[tuple[int, int]] = field(default_factory=list)
    """Offsets of the source where no parsed phrase names it (signatures, labels)."""
    label: list[tuple[int, int]] = field(default_factory=list)
    """Offsets of the cue where it is a mark and no word."""
    quoted: bool = False
    muted: bool = False
    """Whether it is denied or only possible that it was said ("did not say that")."""


class Finder:
    """Finds the statements of one sentence. `inside` tells of an offset whether it lies in a full quotation."""

    def __init__(self, sentence: Sentence, speech: Speech, full: Sequence[tuple[int, int]]) -> None:
        self.sentence = sentence
        self.tokens = sentence.tokens
        self.speech = speech
        self.full = full

    def quote_of(self, index: int) -> tuple[int, int] | None:
        """The full quotation that a token stands in."""
        at = self.tokens[index].start
        return next((span for span in self.full if span[0] <= at < span[1]), None)

    def find(self) -> Iterator[Statement]:
        """All statements, by their cue's place."""
        for token in self.tokens:
            made = self._at(token)
            if made is not None:
                yield made

    def _at(self, token: Token) -> Statement | None:
        if token.text.lower() == "according":
            return self._according(token)
        if token.pos in {"VERB", "AUX"}:
            return self._participle(token) or self._verb(token)
        if token.pos in {"NOUN", "PROPN"}:
            return self._noun(token)
        if token.pos == "ADJ":
            return self._adjective(token)
        if token.pos == "ADV" and self.speech.of("adverb", token.lemma):
            return self._adverb(token)
        return None

    # -- verbs ---------------------------------------------------------------------------------------------------------

    def rows(self, pos: str, token: Token) -> tuple[dict[str, Cue], list[int]]:
        """What the word's rows allow: form to row, with the further words of a phrase that was matched."""
        allowed: dict[str, Cue] = {}
        extra: list[int] = []
        for rest, row in self.speech.of(pos, token.lemma):
            found = self._rest(token, rest)
            if found is None or (extra and not rest):
                continue
            extra = extra or found
            for form in row.forms:
                allowed.setdefault(form, row)
            for prep in row.preps:
                allowed.setdefault(f"prep:{prep}", row)
        return allowed, extra

    def _rest(self, token: Token, rest: tuple[str, ...]) -> list[int] | None:
        found: list[int] = []
        near = range(token.i + 1, min(token.i + 4, len(self.tokens)))
        for word in rest:
            at = next((c for c in token.children if c > token.i and self.tokens[c].text.lower() == word), None)
            if at is None:
                at = next((i for i in near if self.tokens[i].text.lower() == word), None)
            if at is None:
                return None
            found.append(at)
        return found

    def _verb(self, token: Token) -> Statement | None:
        if token.dep in {"aux", "auxpass"}:
            return None
        allowed, extra = self.rows("verb", token)
        unknown = not set(allowed) - {"none"}
        if unknown and "none" in allowed:
            return None
        if unknown:
            allowed = {"that": GENERIC}
        passive = is_passive(self.tokens, token.i)
        got = self._passive_content(token, allowed) if passive else self._active_content(token, allowed, extra)
        if got is None:
            return None
        form, content = got
        speakers = self.speakers(token, passive)
        if unknown and (not speakers or token.pos != "VERB"):
            return None
        row = allowed.get(form, GENERIC)
        made = Statement(self.sentence.index, token.i, row, form, self.cue_words(token, extra), speakers)
        if form.startswith("prep:"):
            prep = made.words[-1] + 1
            made.words += [prep] if prep < len(self.tokens) and self.tokens[prep].lemma == form[5:] else []
        made.content = content
        made.muted = self._is_muted(token)
        return made

    def speakers(self, token: Token, passive: bool) -> list[int]:
        """Heads of the phrases that name who speaks; empty where nobody is named."""
        own = [c for c in token.children if self.tokens[c].dep in {"nsubj", "csubj"}]
        if own and not passive:
            return self._sayers(own)
        above = self._speech_above(token)
        if above is not None:
            return self.speakers(above, is_passive(self.tokens, above.i))
        found = [i for i in arguments(self.tokens, token.i).subject if i != token.i]
        if found or passive:
            return self._sayers(found)
        return self._nearby(token) or self._governing(token)

    def _speech_above(self, token: Token) -> Token | None:
        """The cue that a participle goes on with: "said that rebels had shelled the town, adding that ..."."""
        if token.tag != "VBG" or token.dep != "advcl" or self.tokens[token.i - 1].text != ",":
            return None
        clause = self.tokens[token.head]
        above = self.tokens[clause.head]
        carrying = any(row.carry for _, row in self.speech.of("verb", above.lemma))
        return above if clause.dep == "ccomp" and carrying and above.i < clause.i else None

    def _sayers(self, heads: list[int]) -> list[int]:
        """The heads that can speak: no clause where a noun stands beside it."""
        nouns = [i for i in heads if self.tokens[i].pos not in {"VERB", "AUX"}] or heads
        apart = [i for i in nouns if self.tokens[i].head == self.tokens[nouns[-1]].head]
        # two subjects that a comma parts: what was said, then who said it
        parted = len(apart) > 1 and any(self.tokens[i].text == "," for i in range(apart[0], apart[-1]))
        return nouns[-1:] if parted else nouns

    def _nearby(self, token: Token) -> list[int]:
        """The noun right before a finite cue, or behind one that opens the sentence, where the parse gives no subject."""
        if token.tag not in {"VBD", "VBZ", "VBP", "VB", "VBN"} or any(
            self.tokens[c].tag == "TO" for c in token.children
        ):
            return []
        at = token.i - 1
        while at >= 0 and (self.tokens[at].pos in {"ADV", "AUX"} or self.tokens[at].tag == "MD"):
            at -= 1
        if at >= 0 and self.tokens[at].pos in {"NOUN", "PROPN", "PRON"} and self.tokens[at].dep not in {"pobj"}:
            return [at]
        after = token.i + 1
        if at < 0 and after < len(self.tokens) and self.tokens[after].pos in {"PROPN", "PRON"}:
            return [after]
        return []

    def _governing(self, token: Token) -> list[int]:
        """The subject of the nearest clause above that has one."""
        seen = 0
        while token.head != token.i and seen < 6:
            token = self.tokens[token.head]
            seen += 1
            own = [c for c in token.children if self.tokens[c].dep in {"nsubj", "nsubjpass"}]
            if own:
                return own
        return []

    def cue_words(self, token: Token, extra: list[int]) -> list[int]:
        """The tokens of a cue: the verb, its particles and what else its phrase has."""
        particles = [c for c in token.children if self.tokens[c].dep == "prt"]
        return sorted({token.i, *extra, *particles})

    def _is_muted(self, token: Token) -> bool:
        below = {self.tokens[c].text.lower() for c in token.children if c < token.i}
        subjects = [c for c in token.children if self.tokens[c].dep in {"nsubj", "nsubjpass"}]
        below |= {self.tokens[c].lemma for s in subjects for c in (*self.tokens[s].children, s)} & NOBODY
        return bool(below & (NEGATIONS | UNSURE | NOBODY))

    def _active_content(
        self, token: Token, allowed: dict[str, Cue], extra: list[int]
    ) -> tuple[str, list[tuple[int, int]]] | None:
        tokens = self.tokens
        kids = [tokens[c] for c in token.children]
        seen = [k for k in kids if k.dep == "ccomp" and k.i < token.i and not self._is_apart(k, token)]
        if seen and "thrown" in allowed:
            return "thrown", self._around(token, seen[0])
        for kid in kids:
            if kid.dep == "ccomp" and ("that" in allowed or kid.i > token.i) and not self._is_apart(kid, token):
                got = self._clause(token, kid, allowed)
                if got is not None:
                    return got
        objects = [k for k in kids if k.dep in {"dobj", "nsubj", "dative"} and k.i > token.i]
        for kid in kids:
            if kid.i < token.i or kid.dep not in {"xcomp", "oprd", "advcl", "acomp", "attr"}:
                continue
            form = clause_form(tokens, kid.i) if kid.pos in {"VERB", "AUX"} else "small"
            got = self._open_complement(token, kid, form, objects, allowed)
            if got is not None:
                return got
        got = self._hidden_clause(token, objects, allowed) or self._object_infinitive(objects, allowed)
        if got is not None:
            return got
        if extra and ({"np", "np-to"} & set(allowed)):
            for at in extra:
                inner = [c for c in tokens[at].children if tokens[c].dep in {"pobj", "pcomp"}]
                if inner:
                    return "np" if "np" in allowed else "np-to", self._prep_object(token, inner[0])
        if "small" in allowed and objects:
            marked = [k for k in kids if k.dep == "prep" and k.lemma in {"as", "to", "with"} and k.i > token.i]
            marked += [tokens[c] for c in objects[-1].children if tokens[c].dep == "prep" and tokens[c].lemma == "as"]
            if marked or len(objects) > 1:
                return "small", self._whole_complement(token, objects[0])
        if "np" in allowed and objects:
            return "np", self._object(token, objects[0])
        for kid in kids:
            if kid.dep in {"prep", "dative"} and f"prep:{kid.lemma}" in allowed:
                inner = [c for c in kid.children if tokens[c].dep in {"pobj", "pcomp", "prep"}]
                if inner:
                    return f"prep:{kid.lemma}", self._prep_object(token, inner[0])
        for kid in kids:
            if kid.dep in {"xcomp", "pcomp"} and "ing" in allowed and kid.tag == "VBG":
                return "ing", self._span_of(kid.i, token.i)
        return self._thrown_in(token, allowed)

    def _is_apart(self, kid: Token, token: Token) -> bool:
        """Whether a semicolon parts a clause from the verb behind it: "Kyiv says that grain was stolen; Moscow denies it"."""
        return kid.i < token.i and any(self.tokens[i].text == ";" for i in range(kid.i, token.i))

    def _clause(self, token: Token, kid: Token, allowed: dict[str, Cue]) -> tuple[str, list[tuple[int, int]]] | None:
        form = clause_form(self.tokens, kid.i)
        finite = kid.pos in {"VERB", "AUX"} and form != "to"
        if finite and "that" not in allowed and "small" in allowed:
            return "small", self._span_of(kid.i, token.i)
        if not finite and form == "to":
            name = "np-to" if "np-to" in allowed else "to"
            if name in allowed:
                return name, self._span_of(kid.i, token.i)
        if not finite and "small" in allowed:
            return "small", self._span_of(kid.i, token.i)
        if "that" not in allowed or (allowed["that"] is GENERIC and kid.i < token.i):
            return None
        if self.quote_of(kid.i) is not None and self.quote_of(token.i) is None:
            return "quote", []
        if kid.i < token.i:
            return "that", self._around(token, kid)
        return "that", self._span_of(kid.i, token.i)

    def _open_complement(
        self, token: Token, kid: Token, form: str, objects: list[Token], allowed: dict[str, Cue]
    ) -> tuple[str, list[tuple[int, int]]] | None:
        if form == "small":
            if "small" not in allowed or kid.dep not in {"oprd", "xcomp", "acomp", "attr"}:
                return None
            return "small", self._whole_complement(token, objects[0] if objects else kid)
        if form == "to":
            if objects and "np-to" in allowed:
                return "np-to", self._spans([(objects[0].i, kid.i)])
            if "to" in allowed and kid.dep != "advcl":
                return "to", self._span_of(kid.i, token.i)
            return None
        if kid.dep == "xcomp" and "ing" in allowed:
            return "ing", self._span_of(kid.i, token.i)
        return None

    def _whole_complement(self, token: Token, first: Token) -> list[tuple[int, int]]:
        """From the object to the end of what is said of it: "called the vote a farce and a waste"."""
        last = first.i
        for child in token.children:
            if child > token.i and self.tokens[child].dep in PREDICATIVE:
                last = max(last, self._end_of(child))
        start = max(token.i + 1, min(subtree(self.tokens, first.i)))
        return self._offsets(start, last)

    def _end_of(self, head: int) -> int:
        """Last token of a phrase, a relative clause behind a comma left out."""
        inside = subtree(self.tokens, head)
        for i in inside:
            token = self.tokens[i]
            if i > head and token.dep == "relcl" and token.head <= head + 12:
                start = min(subtree(self.tokens, i))
                if start > 0 and self.tokens[start - 1].text == "," and start - 1 > head:
                    return start - 2
        return inside[-1]

    def _hidden_clause(
        self, token: Token, objects: list[Token], allowed: dict[str, Cue]
    ) -> tuple[str, list[tuple[int, int]]] | None:
        """A clause that the parse hangs on the addressee ("told the crowd that ...") or takes for a time ("said when ...")."""
        if allowed.get("that", GENERIC) is GENERIC:
            return None
        for item in objects:
            for child in item.children:
                kid = self.tokens[child]
                opening = self.tokens[min(subtree(self.tokens, child))]
                if kid.dep in {"acl", "ccomp", "relcl"} and opening.lemma == "that" and opening.dep == "mark":
                    return "that", self._span_of(child, token.i)
        for child in token.children:
            first = min(subtree(self.tokens, child))
            behind = self.tokens[child].dep == "advcl" and first == token.i + 1
            if behind and self.tokens[first].tag in {"WRB", "WP", "WDT"}:
                return "that", self._span_of(child, token.i)
        return None

    def _object_infinitive(
        self, objects: list[Token], allowed: dict[str, Cue]
    ) -> tuple[str, list[tuple[int, int]]] | None:
        if "np-to" not in allowed:
            return None
        for item in objects:
            for child in item.children:
                if self.tokens[child].dep in {"acl", "relcl"} and clause_form(self.tokens, child) == "to":
                    return "np-to", self._spans([(item.i, child)])
        return None

    def _object(self, token: Token, item: Token) -> list[tuple[int, int]]:
        """The object with the prepositional phrases right behind it."""
        last = self._end_of(item.i)
        for child in token.children:
            other = self.tokens[child]
            if child == last + 1 and other.dep == "prep" and other.lemma in TRAILING:
                last = max(subtree(self.tokens, child))
        first = max(min(subtree(self.tokens, item.i)), token.i + 1)
        return self._offsets(first, last)

    def _prep_object(self, token: Token, inner: int) -> list[tuple[int, int]]:
        item = self.tokens[inner]
        inside = subtree(self.tokens, inner)
        last = max(inside)
        for child in token.children:
            if (
                child > last
                and clause_form(self.tokens, child) == "to"
                and min(subtree(self.tokens, child)) == last + 1
            ):
                last = max(subtree(self.tokens, child))
        return self._offsets(max(min(inside), item.head + 1), last)

    def _passive_content(self, token: Token, allowed: dict[str, Cue]) -> tuple[str, list[tuple[int, int]]] | None:
        tokens = self.tokens
        kids = [tokens[c] for c in token.children]
        subject = next((k for k in kids if k.dep in {"nsubjpass", "csubjpass"}), None)
        agent = any(k.dep == "agent" for k in kids)
        clause = next((k for k in kids if k.dep in {"ccomp", "xcomp", "oprd"} and k.i > token.i), None)
        if clause is not None and (set(allowed) & {"that", "np-to", "small", "to"}):
            form = clause_form(tokens, clause.i) if clause.pos in {"VERB", "AUX"} else "small"
            if form == "that" and "that" in allowed and clause.dep == "ccomp":
                return "that", self._span_of(clause.i, token.i)
            if form in {"to", "small"} and subject is not None:
                first = self._span_of(subject.i, None)
                return "np-to" if "np-to" in allowed else "that", [*first, *self._span_of(clause.i, token.i)]
        if agent and subject is not None and (set(allowed) & {"np", "small", "np-to"}):
            form = "np" if "np" in allowed else "small" if "small" in allowed else "np-to"
            return form, self._span_of(subject.i, None)
        if subject is None and token.dep == "acl" and agent and "np" in allowed:
            return None
        return self._thrown_in(token, allowed) if agent else None

    def _thrown_in(self, token: Token, allowed: dict[str, Cue]) -> tuple[str, list[tuple[int, int]]] | None:
        """A cue with no complement of its own between commas: all of the sentence around it."""
        marked = any(self.tokens[c].dep == "mark" and self.tokens[c].lemma == "as" for c in token.children)
        if "that" not in allowed or token.dep not in {"parataxis", "ccomp", "advcl", "dep"}:
            return None
        if token.dep == "advcl" and not marked:
            return None
        if not any(self.tokens[c].dep == "nsubj" for c in token.children):
            return None
        inside = subtree(self.tokens, token.i)
        first, last = min(inside), max(inside)
        if marked and first == 0:
            return "that", self._offsets(last + 1, len(self.tokens) - 1)
        breaks = {",", "—", "–", "-"}
        if first == 0 or not {self.tokens[first - 1].text, self.tokens[first].text} & breaks:
            return None
        if last + 1 < len(self.tokens) and self.tokens[last + 1].text not in {",", ".", "—", "–"} and last - first > 8:
            return None
        if last - first > 14:
            return None
        left = self._offsets(0, first - 1)
        right = self._offsets(last + 1, len(self.tokens) - 1)
        if self.quote_of(0) is not None and self.quote_of(token.i) is None:
            return "quote", []
        return "that", [*left, *right]

    def _around(self, token: Token, kid: Token) -> list[tuple[int, int]]:
        """The content of a cue that follows it: all before the cue's own words and what goes on behind them."""
        inside = set(subtree(self.tokens, kid.i))
        own = [i for i in subtree(self.tokens, token.i) if i not in inside]
        first = last = token.i
        held = set(own)
        while first - 1 in held:
            first -= 1
        while last + 1 in held and not self._resumes(last + 1, token):
            last += 1
        start = 0 if token.dep == "ROOT" else min(inside)
        if start > first:
            start = min(inside)
        spans = self._offsets(start, first - 1)
        after = [i for i in inside if i > last]
        if after:
            spans += self._offsets(min(after), max(after))
        elif last + 1 in held:
            spans += self._offsets(last + 1, max(own))
        return spans

    def _resumes(self, index: int, token: Token) -> bool:
        """Whether the sentence goes on with what was said behind a cue: ", since most of them left"."""
        other = self.tokens[index]
        if other.text != "," or index + 1 >= len(self.tokens):
            return False
        after = self.tokens[index + 1].i
        while self.tokens[after].head != token.i and self.tokens[after].head != after:
            after = self.tokens[after].head
        return self.tokens[after].dep == "advcl" and any(
            self.tokens[c].dep == "mark" for c in self.tokens[after].children
        )

    # -- nouns, adjectives, adverbs, prepositions -----------------------------------------------------------------------

    def _noun(self, token: Token) -> Statement | None:
        allowed, extra = self.rows("noun", token)
        if not allowed:
            return None
        tokens = self.tokens
        holder = [c for c in token.children if tokens[c].dep == "poss"]
        for child in token.children:
            if tokens[child].dep == "prep" and tokens[child].lemma in {"by", "from"}:
                holder += [c for c in tokens[child].children if tokens[c].dep == "pobj"]
        form, content = "", []
        for child in token.children:
            kid = tokens[child]
            if child < token.i:
                continue
            if kid.dep in {"acl", "ccomp", "relcl"} and kid.pos in {"VERB", "AUX"}:
                shape = clause_form(tokens, child)
                marked = any(tokens[c].dep == "mark" or tokens[c].tag == "IN" for c in kid.children if c < child)
                if kid.tag in {"VBN", "VBG"} and not marked and shape != "to":
                    continue
                if shape in allowed and (shape == "to" or (kid.dep != "relcl" and marked)):
                    form, content = shape, self._span_of(child, token.i)
                    break
            if kid.dep == "prep" and f"prep:{kid.lemma}" in allowed and holder:
                inner = [c for c in kid.children if tokens[c].dep in {"pobj", "pcomp"}]
                if inner:
                    form, content = f"prep:{kid.lemma}", self._prep_object(token, inner[0])
                    break
        if not content:
            return None
        if not holder and form in {"to", "that"}:
            holder = self._light_subject(token)
        row = allowed[form]
        return Statement(self.sentence.index, token.i, row, form, [token.i, *extra], holder, content)

    def _light_subject(self, token: Token) -> list[int]:
        """Who "made a promise", "has a plan"."""
        head = self.tokens[token.head]
        if token.dep == "dobj" and head.pos in {"VERB", "AUX"}:
            return self.speakers(head, is_passive(self.tokens, head.i))
        return []

    def _adjective(self, token: Token) -> Statement | None:
        allowed, extra = self.rows("adjective", token)
        if not allowed or token.dep not in {"acomp", "ROOT", "conj", "oprd", "advcl", "amod", "relcl", "ccomp"}:
            return None
        if token.dep == "acomp" and self.tokens[token.head].lemma not in self.speech.linking:
            return None
        args = arguments(self.tokens, token.i)
        speakers = args.subject
        for child in token.children:
            kid = self.tokens[child]
            if child < token.i:
                continue
            form = ""
            inner = child
            if kid.dep in {"ccomp", "xcomp"} and kid.pos in {"VERB", "AUX"}:
                form = clause_form(self.tokens, child)
            elif kid.dep == "prep":
                form = f"prep:{kid.lemma}"
                inside = [c for c in kid.children if self.tokens[c].dep in {"pobj", "pcomp"}]
                if not inside:
                    continue
                inner = inside[0]
            if form in allowed and speakers:
                content = self._span_of(inner, token.i)
                made = Statement(
                    self.sentence.index, token.i, allowed[form], form, [token.i, *extra], speakers, content
                )
                made.muted = True
                return made
        return None

    def _adverb(self, token: Token) -> Statement | None:
        row = self.speech.of("adverb", token.lemma)[0][1]
        head = self.tokens[token.head]
        if head.i == token.i:
            return None
        inside = [i for i in subtree(self.tokens, head.i) if i != token.i]
        first, last = min(inside), max(inside)
        spans = self._offsets(first, token.i - 1) + self._offsets(token.i + 1, last)
        return Statement(self.sentence.index, token.i, row, "clause", [token.i], [], spans)

    def _according(self, token: Token) -> Statement | None:
        if token.i + 1 >= len(self.tokens):
            return None
        to = self.tokens[token.i + 1]
        rows = self.speech.of("preposition", "according")
        inner = [c for c in to.children if self.tokens[c].dep == "pobj"]
        if to.lemma != "to" or not rows or not inner:
            return None
        inside = subtree(self.tokens, token.i)
        first, last = token.i, max(inside)
        clause = self.tokens[token.head]
        while clause.pos not in {"VERB", "AUX"} and clause.head != clause.i:
            clause = self.tokens[clause.head]
        area = subtree(self.tokens, clause.i)
        left = self._offsets(min(area), first - 1) if min(area) < first else []
        right = self._offsets(last + 1, max(area)) if max(area) > last else []
        spans = left + right
        if not spans:
            return None
        return Statement(self.sentence.index, token.i, rows[0][1], "clause", [token.i, to.i], inner, spans)

    def _participle(self, token: Token) -> Statement | None:
        """ "..., citing two pilots": the object is the source and the clause around it the content."""
        rows = self.speech.of("preposition", token.lemma)
        if not rows or token.tag != "VBG" or token.dep not in {"advcl", "prep", "acl"}:
            return None
        inner = [c for c in token.children if self.tokens[c].dep == "dobj"]
        clause = self.tokens[token.head]
        if not inner or clause.pos not in {"VERB", "AUX"}:
            return None
        inside = subtree(self.tokens, token.i)
        area = subtree(self.tokens, clause.i)
        first, last = min(inside), max(inside)
        spans = self._offsets(min(area), first - 1) + self._offsets(last + 1, max(area))
        return Statement(self.sentence.index, token.i, rows[0][1], "clause", [token.i], inner, spans)

    # -- spans ------------------------------------------------------------------------------------------------------------

    def _span_of(self, head: int, cue: int | None) -> list[tuple[int, int]]:
        inside = subtree(self.tokens, head)
        if cue is not None:
            inside = [i for i in inside if (i > cue) == (head > cue)]
        return self._offsets(inside[0], inside[-1])

    def _spans(self, heads: Sequence[Range]) -> list[tuple[int, int]]:
        """From the first head's phrase to the end of the second's."""
        found: list[tuple[int, int]] = []
        for first, last in heads:
            a = min(i for i in subtree(self.tokens, first) if i >= first - 12)
            b = max(subtree(self.tokens, last) + subtree(self.tokens, first))
            found += self._offsets(a, b)
        return found

    def _offsets(self, first: int, last: int) -> list[tuple[int, int]]:
        """Offsets of a stretch of tokens without the marks at its ends; empty where nothing is left."""
        tokens = self.tokens
        while first <= last and (tokens[first].text in {",", ";", ":", ".", "—", "–", "--", "-", "―"}):
            first += 1
        while last >= first and tokens[last].text in {",", ";", ":", ".", "—", "–", "--", "-", "―"}:
            last -= 1
        if first > last:
            return []
        return [(tokens[first].start, tokens[last].end)]
