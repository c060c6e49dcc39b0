"""Lists the verbs on which the learned model is worth asking where no frame holds.

    python training/telling.py

Codes the sentences of `corpus/` without the model and counts, for each verb of the lexicon, how often it stands there and
how often it tells an act. A verb that does in three tenths or more of its uses goes into `telling_verbs.txt`: where its frames
don't hold, the construction is likely at fault and not the deed. Of the others ("see", "leave", "bring") the model's
answers were right too seldom to be worth the time. Run it after larger changes of the lexicon; two minutes on one core.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

from corpus import read  # noqa: E402

from dragoman import events  # noqa: E402
from dragoman.lexicon import lexicon  # noqa: E402
from dragoman.pipeline import STEPS, batches, read_batch  # noqa: E402
from dragoman.records import Document  # noqa: E402

LIST = ROOT / "src" / "dragoman" / "data" / "lexicons" / "en" / "telling_verbs.txt"
SHARE = 0.3
"""Least share of a verb's uses that tell an act; half a use is added to the acts and one to the uses, for rare verbs."""
DAY = "2024-05-01"
"""Every sentence is read as published on this day; it changes no count."""


def telling() -> list[str]:
    """The verbs, in alphabetical order."""
    uses: Counter[str] = Counter()
    acts: Counter[str] = Counter()
    documents = [Document(row["id"], None, row["text"], DAY) for row in read(ROOT / "corpus")]
    until = STEPS[: STEPS.index(events.events) + 1]
    for batch in batches(documents, 64):
        for reading in read_batch(batch, until):
            told = {(d.sentence, d.trigger[0]) for d in reading.drafts if d.frame != "model"}
            for sentence in reading.sentences:
                for token in sentence.tokens:
                    if token.pos == "VERB" and token.lemma in lexicon().verbs:
                        uses[token.lemma] += 1
                        acts[token.lemma] += (sentence.index, token.i) in told
    return sorted(v for v in lexicon().verbs if (acts[v] + 0.5) / (uses[v] + 1) >= SHARE)


if __name__ == "__main__":
    found = telling()
    LIST.write_text("\n".join(found) + "\n", encoding="utf-8")
    print(f"{len(found)} verbs of {len(lexicon().verbs)}")
