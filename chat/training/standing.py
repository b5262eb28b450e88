"""`python -m chat.training.standing`: labelled clauses → kb/parameters/standing.onnx and its card. Reproducible from a seed.

The packaged MiniLM is trained further with two heads: which practices a clause is about (25 binary outputs), and how it stands to
each (same, part, opposite; one small layer for all practices, with a vector a practice). It learns from the clauses of
`corpus/labelled`, and less from the published policies by their own attributes. What it is measured on it never saw: the policies
`HELD`, and every text that `is_held` keeps back. Thresholds and the regression over clause pairs are fitted on the other two thirds.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import re
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Modality, Policy
from kb.compare import Sheet
from kb.embedding import Embedder, ensure_export, open_embedder, packaged_model, shipped_model
from kb.standing import FEATURES, LONGEST, PARAMETERS, Relation, Stance, Standing, open_network, shared
from kb.support import SHIPPED

SEED = 25
EPOCHS, BATCH, RATE, HEAD_RATE = 10, 32, 3e-4, 1.5e-3
ATTRIBUTED = 0.4  # weight of a clause that is labelled only by its own attributes, which were given more loosely
LIKELIER_THAN_NOT = 0.5
RARE = 1.5  # weight of a pair of opposites, which are few
_WIDTH, _MIDDLE = 384, 128
_RELATIONS = [relation.name.lower() for relation in Relation]
PAIRS = Path(__file__).resolve().parents[2] / "tests" / "evaluation" / "data" / "clause_pairs.jsonl"
# Policies whose cells are labelled by two people and measured; their clauses are never trained on.
HELD = frozenset(
    "mattermost ibm best-buy adidas ford gap mayo-clinic nz-public-service umass-lowell kodak us-army japan-digital-agency civicactions"
    " indonesia-se-137-2018".split()
)
_CLAUSE = re.compile(r"^\s*(?:[-*]|\d+[.)])\s+(?P<text>.*?)\s*\{(?P<attributes>[^}]*)\}\s*$", re.MULTILINE)
_ID, _LANG = re.compile(r"^id: (\S+)", re.MULTILINE), re.compile(r"^lang: (\S+)", re.MULTILINE)


def is_held(text: str) -> bool:
    """Whether a text belongs to the third that is kept back for measuring, by its hash."""
    return hashlib.sha256(text.encode()).digest()[0] % 3 == 0


@dataclass(frozen=True, slots=True)
class Example:
    """A clause and the practices that it says, touches and goes against."""

    text: str
    lang: str
    same: tuple[int, ...] = ()
    part: tuple[int, ...] = ()
    opposite: tuple[int, ...] = ()
    weight: float = 1.0


def labelled() -> list[Example]:
    """The clauses of `corpus/labelled`."""
    lines = [line for file in sorted((SHIPPED / "labelled").glob("*.jsonl")) for line in file.read_text("utf-8").splitlines() if line]
    rows = map(json.loads, lines)
    return [Example(r["text"], r["lang"], tuple(r["same"]), tuple(r["part"]), tuple(r["opposite"])) for r in rows]


def attributed() -> list[Example]:
    """The clauses of the published policies and of the practices by their attributes, with their translations."""
    translated = dict(line.split("\t") for line in (SHIPPED / "parallel" / "rules.tsv").read_text("utf-8").splitlines()[1:])
    found: list[Example] = []
    for file in sorted((SHIPPED / "policies").glob("*.md")) + sorted((SHIPPED / "practices").glob("*.md")):
        page = file.read_text("utf-8")
        name, lang = _first(_ID, page), _first(_LANG, page)
        if name in HELD:
            continue
        for clause in _CLAUSE.finditer(page):
            attributes = dict(pair.split("=", 1) for pair in clause["attributes"].split() if "=" in pair)
            numbers = tuple(int(number) for number in attributes.get("practices", "").split(",") if number)
            if not numbers or is_held(clause["text"]):
                continue
            info = attributes.get("modality") == "info"
            texts = [(clause["text"], lang)]
            if name != "practices" and lang == "en" and clause["text"] in translated:
                texts.append((translated[clause["text"]], "id"))
            found += [Example(t, tongue, () if info else numbers, numbers if info else (), (), ATTRIBUTED) for t, tongue in texts]
    return found


def _first(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    return match[1] if match else ""


class Network(nn.Module):
    """The encoder with its two heads."""

    def __init__(self) -> None:
        super().__init__()
        from transformers import AutoModel

        self.encoder = AutoModel.from_pretrained(
            str(packaged_model()), add_pooling_layer=False, attn_implementation="sdpa", attention_probs_dropout_prob=0.0
        )
        self.drop = nn.Dropout(0.1)
        self.middle, self.about = nn.Linear(2 * _WIDTH, _WIDTH), nn.Linear(_WIDTH, len(PRACTICE_NUMBERS))
        self.side, self.stance = nn.Linear(2 * _WIDTH, _MIDDLE), nn.Linear(_MIDDLE, len(Stance))
        self.practices = nn.Parameter(torch.randn(len(PRACTICE_NUMBERS), _MIDDLE) * 0.5 + 1)
        self.usual = nn.Parameter(torch.zeros(len(PRACTICE_NUMBERS), len(Stance)))
        nn.init.constant_(self.about.bias, -3.2)  # a clause is about one practice of 25

    def logits(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 25) whether it is about each practice, (n, 25, 3) how it stands to it."""
        states = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        wide = mask.unsqueeze(-1).float()
        pooled = self.drop(torch.cat([states[:, 0], (states * wide).sum(1) / wide.sum(1)], 1))
        side = functional.gelu(self.side(pooled))
        return (
            self.about(self.drop(functional.gelu(self.middle(pooled)))),
            self.stance(side[:, None, :] * self.practices[None]) + self.usual[None],
        )

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """(n, 25, 3) probability of each stance to each practice."""
        about, stance = self.logits(ids, mask)
        return torch.sigmoid(about).unsqueeze(-1) * torch.softmax(stance, -1)


class Material:
    """Examples as padded batches of tokens."""

    def __init__(self) -> None:
        from tokenizers import Tokenizer

        self._tokenizer = Tokenizer.from_file(str(packaged_model() / "tokenizer.json"))
        self._tokenizer.enable_truncation(max_length=LONGEST)
        self._tokenizer.enable_padding()

    def tokens(self, texts: Sequence[str]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask, (n, longest)."""
        encoded = self._tokenizer.encode_batch(list(texts))
        return torch.tensor([e.ids for e in encoded]), torch.tensor([e.attention_mask for e in encoded])

    @staticmethod
    def batches(examples: Sequence[Example]) -> Iterator[list[Example]]:
        """All examples in random order; those in one batch are of like length."""
        order = random.sample(list(examples), len(examples))
        pool = [
            part[at : at + BATCH]
            for start in range(0, len(order), BATCH * 40)
            for part in [sorted(order[start : start + BATCH * 40], key=lambda example: len(example.text))]
            for at in range(0, len(part), BATCH)
        ]
        random.shuffle(pool)
        yield from pool


def loss(network: Network, material: Material, batch: Sequence[Example]) -> torch.Tensor:
    """Binary cross-entropy over what it is about, and cross-entropy of the stance where it is about something."""
    about, stance = torch.zeros(len(batch), len(PRACTICE_NUMBERS)), torch.full((len(batch), len(PRACTICE_NUMBERS)), -1)
    for row, example in enumerate(batch):
        for at, numbers in enumerate((example.same, example.part, example.opposite)):
            for number in numbers:
                about[row, number - 1], stance[row, number - 1] = 1, at
    weight = torch.tensor([example.weight for example in batch])
    with torch.autocast("cpu", torch.bfloat16):
        found, stood = network.logits(*material.tokens([example.text for example in batch]))
    total = (functional.binary_cross_entropy_with_logits(found.float(), about * 0.97 + 0.005, reduction="none").sum(1) * weight).mean()
    given = stance >= 0
    if given.any():
        each = functional.cross_entropy(stood.float()[given], stance[given], weight=torch.tensor([1.0, 1.5, 2.0]), reduction="none")
        total = total + (each * weight[:, None].expand_as(stance)[given]).sum() / len(batch)
    return total


def fit(examples: Sequence[Example], material: Material) -> Network:
    """The network, trained."""
    network = Network()
    encoder = list(network.encoder.parameters())
    known = {id(parameter) for parameter in encoder}
    heads = [parameter for parameter in network.parameters() if id(parameter) not in known]
    optimiser = torch.optim.AdamW([{"params": encoder, "lr": RATE}, {"params": heads, "lr": HEAD_RATE}], weight_decay=0.01)
    steps = EPOCHS * math.ceil(len(examples) / BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, 10 * (step + 1) / steps) * max(0.0, 1 - step / steps))
    began = time.monotonic()
    for epoch in range(1, EPOCHS + 1):
        network.train()
        losses = []
        for batch in material.batches(examples):
            found = loss(network, material, batch)
            optimiser.zero_grad()
            found.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(found.item())
        print(f"epoch {epoch} of {EPOCHS}: loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return network.eval()


def export(network: Network, material: Material, file: Path) -> None:
    """Writes the network as ONNX with 8 bits a weight."""
    import tempfile
    import warnings

    from onnxruntime.quantization import QuantType, quantize_dynamic

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            material.tokens(["one short clause", "another, somewhat longer clause"]),
            f"{folder}/traced.onnx",
            input_names=["input_ids", "attention_mask"],
            output_names=["stances"],
            dynamic_axes={"input_ids": {0: "n", 1: "t"}, "attention_mask": {0: "n", 1: "t"}, "stances": {0: "n"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(f"{folder}/traced.onnx", str(file), weight_type=QuantType.QInt8, per_channel=True)


def is_for_bounds(text: str) -> bool:
    """Whether a labelled clause is kept from training to choose the bounds on, by its hash."""
    return hashlib.sha256(text.encode()).digest()[1] % 7 == 0


def best_bound(probability: npt.NDArray[Any], truth: npt.NDArray[Any]) -> float:
    """The bound with the highest F1."""
    found = []
    for bound in np.arange(0.05, 0.96, 0.05):
        said = probability >= bound
        right = float((said & truth).sum())
        precision, recall = right / max(1.0, said.sum()), right / max(1.0, truth.sum())
        f1 = 2 * precision * recall / max(1e-9, precision + recall)
        found.append((f1, round(float(bound), 2)))
    return max(found)[1]


def truth_of(examples: Sequence[Example]) -> npt.NDArray[np.bool_]:
    """The labels as (n, 25, 3)."""
    truth = np.zeros((len(examples), len(PRACTICE_NUMBERS), len(Stance)), np.bool_)
    for row, example in enumerate(examples):
        for at, numbers in enumerate((example.same, example.part, example.opposite)):
            truth[row, [number - 1 for number in numbers], at] = True
    return truth


def bounds(stances: npt.NDArray[Any], truth: npt.NDArray[np.bool_]) -> dict[str, float]:
    """The bounds for saying and touching are best by F1; opposites are too few among the clauses to choose theirs by."""
    same = best_bound(stances[:, :, Stance.SAME], truth[:, :, Stance.SAME])
    touching = truth[:, :, Stance.SAME] | truth[:, :, Stance.PART]
    part = best_bound(stances[:, :, Stance.SAME] + stances[:, :, Stance.PART], touching)
    return {"same": same, "part": part, "opposite": LIKELIER_THAN_NOT}


def main(arguments: Iterable[str] | None = None) -> None:
    """Trains, exports and measures the exported network on what chose its bounds; writes parameters and card."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    parser.add_argument("--pairs", type=Path, default=PAIRS, help="labelled pairs of clauses")
    parser.add_argument("--exported", action="store_true", help="keep the network that is there; fit bounds and relations anew")
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    material = Material()
    own = [example for example in labelled() if not is_held(example.text)]
    examples = [example for example in own if not is_for_bounds(example.text)] + attributed()
    chosen_on = [example for example in own if is_for_bounds(example.text)]
    print(f"{len(examples):,} clauses to learn from, {len(chosen_on)} to choose the bounds on", flush=True)
    file = options.out / "standing.onnx"
    if not options.exported:
        export(fit(examples, material), material, file)
    # The regression is read together with the network, so that the card is complete only after both.
    network = Standing(*open_network(file), {"bounds": {}, "relations": {"weights": [[0.0] * 4] * FEATURES, "bias": [0.0] * 4}})
    card = {
        "made by": "python -m chat.training.standing",
        "seed": SEED,
        "epochs": EPOCHS,
        "learned from": len(examples),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "bounds": bounds(network.read_texts([example.text for example in chosen_on]), truth_of(chosen_on)),
        "relations": relations(network, options.pairs),
    }
    (options.out / "standing.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    print(json.dumps(card["bounds"]))


def relations(network: Standing, file: Path) -> dict[str, Any]:
    """A logistic regression over what two clauses share, fitted on the pairs that are not held back."""
    import platformdirs
    from sklearn.linear_model import LogisticRegression

    models = Path(platformdirs.user_cache_dir("askfirst-training", appauthor=False))
    model = shipped_model()
    embedder = open_embedder(ensure_export(model, "", models, print), model)
    rows = [row for row in map(json.loads, file.read_text("utf-8").splitlines()) if not is_held(row["one"])]
    features = pair_features(rows, network, embedder)
    labels = np.array([_RELATIONS.index(row["label"]) for row in rows])
    weights = np.where(labels == Relation.OPPOSITE, RARE, 1.0)
    fitted = LogisticRegression(C=1.0, max_iter=3000, random_state=SEED).fit(features, labels, sample_weight=weights)
    return {"weights": np.round(fitted.coef_.T, 4).tolist(), "bias": np.round(fitted.intercept_, 4).tolist(), "pairs": len(rows)}


def pair_features(rows: Sequence[dict[str, Any]], network: Standing, embedder: Embedder) -> npt.NDArray[Any]:
    """What the clauses of each labelled pair share, (pairs, `FEATURES`)."""
    sides = [_sheets(rows, side, network, embedder) for side in ("one", "other")]
    return np.stack([shared(one, other)[0, 0] for one, other in zip(*sides, strict=True)])


def _sheets(rows: Sequence[dict[str, Any]], side: str, network: Standing, embedder: Embedder) -> list[Sheet]:
    """A sheet of one clause for this side of every pair."""
    texts, langs = [row[side] for row in rows], [row[f"{side}_lang"] for row in rows]
    vectors, stances = embedder.embed(texts, langs), network.read_texts(texts)
    policies = {lang: Policy(f"pair-{lang}", "", lang, Authority.REFERENCE) for lang in set(langs)}
    clauses = [
        Clause("pair/1", policies[lang], text, Modality(row[f"{side}_modality"]))
        for row, text, lang in zip(rows, texts, langs, strict=True)
    ]
    return [Sheet(c.policy, (c,), vectors[at : at + 1], stances[at : at + 1]) for at, c in enumerate(clauses)]


if __name__ == "__main__":
    main()
