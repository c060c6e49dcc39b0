"""On whose word: every attributed statement, with its speaker, cue and content."""

from __future__ import annotations

from collections.abc import Sequence

from dragoman.lexicon import lexicon
from dragoman.reading import Reading
from dragoman.records import Claim
from dragoman.syntax import arguments, subtree


def claims(readings: Sequence[Reading]) -> None:
    """Gives each reading its claims and ties each draft to those whose content holds its trigger."""
    operators = lexicon().operators
    for reading in readings:
        mentions = {(m.sentence, m.head): m for m in reading.actors}
        for sentence in reading.sentences:
            for token in sentence.tokens:
                operator = operators.get(token.lemma)
                if operator is None or operator.kind != "carry" or token.pos != "VERB" or sentence.where != "text":
                    continue
                args = arguments(sentence.tokens, token.i)
                if args.clause is None or not args.subject:
                    continue
                inner = subtree(sentence.tokens, args.clause)
                content = (sentence.tokens[inner[0]].start, sentence.tokens[inner[-1]].end)
                head = sentence.tokens[args.subject[0]]
                mention = mentions.get((sentence.index, head.i))
                speaker = mention.parts[0] if mention is not None and mention.parts else None
                reading.claims.append(
                    Claim(
                        reading.document.id,
                        speaker,
                        ((head.start, head.end),),
                        ((token.start, token.end),),
                        (content,),
                        False,
                        speaker is None,
                    )
                )
        attach(reading)


def attach(reading: Reading) -> None:
    """Ties drafts to the claims whose content holds their trigger, outermost first."""
    for draft in reading.drafts:
        sentence = reading.sentences[draft.sentence]
        if sentence.where != "text":
            continue
        at = sentence.tokens[draft.trigger[0]].start
        holding = [
            (sum(e - s for s, e in claim.content), i)
            for i, claim in enumerate(reading.claims)
            if any(s <= at < e for s, e in claim.content)
        ]
        draft.claims = [i for _, i in sorted(holding, reverse=True)]
