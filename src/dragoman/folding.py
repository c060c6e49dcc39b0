"""What becomes of an act inside another: prospects, promises, refusals, and tellings of one act by verb and noun."""

from __future__ import annotations

from dragoman.frames import Act
from dragoman.lexicon import FOLDING, Frame, Operator
from dragoman.participants import OWN, nameable, overlap, without
from dragoman.prospects import Content, deed
from dragoman.reading import Token
from dragoman.records import Participant, Prospect
from dragoman.syntax import Arguments, conjuncts, is_negated, is_passive, subtree

FUTURE_MODALS = frozenset({"will", "would", "'ll", "’ll", "shall", "wo", "'d", "’d"})
OBLIGING = frozenset({"must", "should", "shall"})
"""Auxiliaries that lay a duty on the subject."""
REFUSABLE = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID", "CONCEDE", "RETREAT"})
COOPERATIVE = frozenset({"AGREE", "CONSULT", "SUPPORT", "COOPERATE", "AID"})
YIELDING = frozenset({"CONCEDE", "RETREAT"})


class Folding(Content):
    """Takes acts in complements into the acts above them."""

    def fold_all(self) -> None:
        """Folds the acts of the sentence, innermost first."""
        self._lend()
        self._results()
        for act in sorted(self.acts.values(), key=lambda a: -a.token):
            if act.frame.prospect or act.frame.fixed_prospect:
                self._fold(act)
        self._operators()
        self._refusals()

    def _lend(self) -> None:
        """A noun that tells the act of its verb again gives it mode and doer: "a drone strike killed ten"."""
        for act in self.acts.values():
            verb = self._verb_above(act.token) if act.nominal else None
            if verb is None or verb.type != act.type or verb is act or verb.frame.prospect:
                continue
            if verb.mode is None:
                verb.mode = act.mode
                if act.mode is not None:
                    verb.cameo = act.cameo or verb.cameo
            if not verb.actors:
                verb.actors = without(act.actors, verb.recipients)
            if not verb.recipients:
                verb.recipients = without(act.recipients, verb.actors)
            verb.basis.append(f"lent:{act.frame.id}")
            act.absorbed = True

    def _results(self) -> None:
        """ "Rebels fired a missile at the base, wounding two soldiers" is one act with two recipients."""
        for act in self.acts.values():
            token = self.tokens[act.token]
            above = self.acts.get(token.head)
            if token.dep != "advcl" or token.tag != "VBG" or above is None or above is act or above.type != act.type:
                continue
            above.recipients += without(act.recipients, [*above.recipients, *above.actors])
            act.absorbed = True

    def _verb_above(self, index: int) -> Act | None:
        """The verb's act that a noun is subject, object or circumstance of."""
        token = self.tokens[index]
        if token.dep in {"nsubj", "dobj", "nsubjpass"}:
            return self.acts.get(token.head)
        if token.dep == "pobj" and self.tokens[token.head].lemma in {"in", "by", "with", "during"}:
            return self.acts.get(self.tokens[token.head].head)
        return None

    def _fold(self, act: Act) -> None:
        """Takes the act in the complement in as prospect."""
        if act.frame.fixed_prospect is not None:
            act.prospect = Prospect(*act.frame.fixed_prospect)
            clause = [act.args.clause] if act.args.clause is not None else []
            preps = [h for p in ("for", "of", "with", "to") for h in act.args.preps.get(p, [])]
            spots = [*clause, *act.args.object, *preps]
            for inner in self.content([h for h in spots if h in set(subtree(self.tokens, act.token))]):
                inner.absorbed = True
            return
        slot = act.frame.prospect or ""
        heads = [act.args.clause] if slot == "clause" and act.args.clause is not None else self.heads(slot, act.args)
        if slot == "clause" and not heads:
            heads = [
                *act.args.object,
                *act.args.preps.get("for", []),
                *act.args.preps.get("to", []),
                *act.args.preps.get("on", []),
            ]
        # what an object is by control alone ("the truce expired without being renewed") is told for itself
        below = set(subtree(self.tokens, act.token))
        content = self.content([h for h in heads if h in below])
        if not content:
            self._fold_hint(act, heads)
            return
        first = content[0]
        act.content = first.token
        act.prospect = deed(first)
        self._mode_from_prospect(act)
        for inner in content:
            inner.absorbed = True
        if not act.recipients:
            told = [p for p in [*first.actors, *first.recipients] if not self.is_located(p)]
            others = without(told, act.actors)
            act.recipients = [p for p in others if p in first.actors] if act.type == "REQUEST" else others

    def _fold_hint(self, act: Act, heads: list[int]) -> None:
        """Takes in a deed that is told by words without a frame."""
        held = self.hint_of(act, heads)
        if held is not None:
            act.prospect = held
            act.basis.append(f"hint:{held.type}")
            self._mode_from_prospect(act)

    def _mode_from_prospect(self, act: Act) -> None:
        """A demand for withdrawal is a demand to yield: what is held tells the mode, where the words don't."""
        if act.prospect is None:
            return
        loose = act.frame.prospect == "clause" and act.prospect.type == "CONSULT" and act.type in {"REQUEST", "REJECT"}
        if act.mode is not None and not loose:
            return
        modes = self.rows.prospect_modes
        exact = modes.get((act.type, f"{act.prospect.type}/{act.prospect.mode}"))
        act.mode = exact or modes.get((act.type, act.prospect.type)) or act.mode

    def _operators(self) -> None:
        """Promises over a complement, and "said it would": AGREE, CONCEDE or THREATEN by what is promised."""
        for token in self.tokens:
            operator = self.rows.operators.get(token.lemma)
            if operator is None or token.i in self.acts or operator.kind not in {"fold", "carry"}:
                continue
            if token.pos not in {"VERB", "ADJ", "AUX", "NOUN"} or token.dep in {"amod", "compound"}:
                continue
            args = self.args(token.i)
            if token.pos == "NOUN" and args.clause_form != "to":
                # "a promise to withdraw" holds an act, "a plan negotiated by" none
                continue
            if operator.kind == "fold":
                self._promise(token, args, operator, args.clause)
            else:
                self._announced(token, args)
                self._required(token, args)

    def _promise(self, token: Token, args: Arguments, operator: Operator, clause: int | None) -> None:
        default = operator.default
        bare = clause is None and default is None and args.object and token.pos == "VERB"
        if bare and token.lemma not in self.rows.light["promise"]:
            # "planned an attack" promises; "committed an atrocity" does not
            return
        heads = (
            [clause]
            if clause is not None
            else [*args.object, *args.preps.get("to", []), *args.preps.get("on", []), *args.preps.get("for", [])]
        )
        content = self.content(heads)
        held = deed(content[0]) if content else self.hinted(heads)
        if not content and held is not None and operator.family == "willing" and promised_type(held.type) == "THREATEN":
            # "were willing to fight on" tells a mood
            return
        if held is None:
            if default is None or clause is None or self._in_business(args):
                return
            self._add(token, args, default, None, None, args.subject, args.preps.get("with", []) or args.dative)
            return
        forgone = clause is not None and is_negated(self.tokens, clause)
        if held.type == "MOBILIZE" and default is not None and not forgone:
            # who agrees or offers to send troops sends them to help
            held = Prospect("AID")
        kind = promised_type(held.type)
        if operator.family == "willing" and kind == "CONCEDE":
            kind = "AGREE"
        unwilling = forgone or is_negated(self.tokens, token.i)
        refused = unwilling and kind in {"AGREE", "CONCEDE"}
        if forgone and kind == "THREATEN":
            # "promised not to attack the harbours"
            kind, held = "CONCEDE", forbearance(held.type)
        if refused:
            kind = "REJECT"
        first = content[0].token if content else None
        told = [*args.dative, *args.object] if clause is not None else args.dative
        doers = args.subject or args.poss
        if not doers and is_passive(self.tokens, token.i):
            # "is set to host": who is set is the doer
            doers, told = args.object, args.dative
        act = self._add(token, args, kind, held, first, doers, told)
        self._mode_from_prospect(act)
        if refused:
            act.basis.append(f"refused:{token.lemma}")
        if content:
            self._parties_of_content(act, content[0])
        else:
            act.basis.append(f"hint:{held.type}")
            act.recipients = act.recipients or self.people(args.preps.get("with", []))
        for inner in content:
            inner.absorbed = True

    def _in_business(self, args: Arguments) -> bool:
        """Whether only firms promise: "the retailer agreed to buy a rival" is no promise between states or parties."""
        actors = self.people(args.subject)
        return bool(actors) and all(set(p.sectors) == {"BUS"} for p in actors)

    def _parties_of_content(self, act: Act, inner: Act) -> None:
        """Doer and addressee of a promise from the act promised, where its own clause names none."""
        if not act.actors:
            act.actors = inner.actors
        if not act.recipients:
            told = [p for p in [*inner.recipients, *inner.actors] if not self.is_located(p)]
            act.recipients = without(told, act.actors)

    def _announced(self, token: Token, args: Arguments) -> None:
        """ "Ghana said it would send police": the promise is the event, the saying its attribution."""
        clause = args.clause
        if clause is None or token.i in self.acts:
            return
        for index in conjuncts(self.tokens, clause):
            verb = self.tokens[index]
            if not any(
                self.tokens[c].lemma in FUTURE_MODALS or self.tokens[c].text.lower() in FUTURE_MODALS
                for c in verb.children
                if self.tokens[c].dep == "aux"
            ):
                continue
            speakers = self.people(args.subject, through=True)
            for act in self.content([index]) or self._hinted_act(index, speakers):
                unnamed = is_passive(self.tokens, index) and not act.actors
                if act.type in FOLDING or not speakers or not (unnamed or overlap(speakers, act.actors)):
                    continue
                if unnamed:
                    # "the minister said that an amnesty would be granted": his own side grants it
                    act.actors = speakers
                if token.lemma in self.rows.classes["warning"] and promised_type(act.type) != "THREATEN":
                    continue
                self._speak_for(act, speakers)
                act.prospect = deed(act)
                refused = is_negated(self.tokens, act.token) or is_negated(self.tokens, index)
                act.type, act.mode, act.cameo = promised_type(act.type), None, None
                if refused:
                    self._turn_down(act)
                    act.basis.append(f"refused:{token.lemma}")
                self._mode_from_prospect(act)
                act.basis.append(f"announced:{token.lemma}")

    @staticmethod
    def _turn_down(act: Act) -> None:
        """What "will not" makes of a promise: a refusal; of a threat: a concession."""
        if act.type in {"AGREE", "CONCEDE"}:
            act.type = "REJECT"
        elif act.type == "THREATEN" and act.prospect is not None:
            act.type, act.prospect = "CONCEDE", forbearance(act.prospect.type)

    def _hinted_act(self, index: int, speakers: list[Participant]) -> list[Act]:
        """An act that a verb tells by a hint alone; nothing unless the speakers do it."""
        args = self.args(index)
        actors = self.people(args.subject)
        if index in self.acts or not nameable(actors) or not overlap(speakers, actors):
            return []
        held = self.hinted([index])
        if held is None:
            return []
        others = [*args.object, *args.preps.get("with", [])]
        act = self._add(self.tokens[index], args, held.type, None, None, args.subject, others)
        act.mode = held.mode
        return [act]

    def _speak_for(self, act: Act, speakers: list[Participant]) -> None:
        """The promise is the speaker's: "his forces would strike back" is his threat, "he would meet them" his offer to them."""
        if act.frame.reciprocal and len(act.actors) > 1:
            mine = [p for p in act.actors if overlap([p], speakers)][:1]
            act.recipients = [p for p in act.actors if all(p is not m for m in mine)]
            act.actors = mine
        elif all(p.text.split()[0].lower() in OWN for p in act.actors):
            act.actors = speakers

    def _required(self, token: Token, args: Arguments) -> None:
        """ "Ghana said that Togo must free the pilots": to say what another must do is to demand it."""
        if args.clause is None or token.i in self.acts:
            return
        for index in conjuncts(self.tokens, args.clause):
            verb = self.tokens[index]
            helpers = {self.tokens[c].lemma for c in verb.children if self.tokens[c].dep == "aux"}
            if not (
                helpers & OBLIGING or (verb.lemma in {"have", "need", "ought"} and self.args(index).clause is not None)
            ):
                continue
            speakers = self.people(args.subject)
            for act in self.content([index]):
                if act.type in {"REQUEST", "ACCUSE"} or not speakers or not act.actors or overlap(speakers, act.actors):
                    continue
                act.prospect = deed(act)
                refused = is_negated(self.tokens, index)
                act.recipients = act.actors
                act.actors = speakers
                act.type, act.mode, act.cameo = "REQUEST", None, None
                self._mode_from_prospect(act)
                act.basis.append(f"announced:{token.lemma}")
                if refused:
                    act.prospect = None

    def _refusals(self) -> None:
        """ "Turkey will not withdraw": to say that one won't cooperate or yield is to refuse."""
        for act in self.acts.values():
            token = self.tokens[act.token]
            if act.absorbed or act.nominal or act.prospect or act.type not in REFUSABLE or not act.actors:
                continue
            modal = any(
                self.tokens[c].text.lower() in {"will", "would", "wo"}
                for c in token.children
                if self.tokens[c].dep == "aux"
            )
            if modal and is_negated(self.tokens, act.token) and not is_passive(self.tokens, act.token):
                act.prospect = deed(act)
                act.type, act.mode, act.cameo = "REJECT", None, None
                act.basis.append("refused:will")
                self._mode_from_prospect(act)

    def _add(
        self,
        token: Token,
        args: Arguments,
        kind: str,
        prospect: Prospect | None,
        content: int | None,
        actors: list[int],
        recipients: list[int],
    ) -> Act:
        frame = Frame(f"operator-{token.lemma}", kind, None, None, (), (), (), (), False, "object", None, None, "", "")
        basis = [f"operator:{token.lemma}"]
        act = Act(token.i, frame, args, nominal=False, prospect=prospect, content=content, basis=basis)
        act.actors = self.people(actors, through=True)
        act.recipients = without(self.people(recipients), act.actors)
        self.acts[token.i] = act
        return act


def forbearance(hostile: str) -> Prospect:
    """What a promise not to do something hostile holds: arms kept still, or else that the deed is left undone."""
    return Prospect("RETREAT", "ceasefire" if hostile == "ASSAULT" else None)


def promised_type(content: str) -> str:
    """The type of promising an act: cooperation is AGREE, yielding CONCEDE, refusing REJECT, the rest THREATEN."""
    if content in COOPERATIVE or content in {"REQUEST"}:
        return "AGREE"
    if content in YIELDING:
        return "CONCEDE"
    if content in {"REJECT", "ACCUSE"}:
        return content
    return "THREATEN"
