"""`python -m chat.training.standing`: labelled clauses → kb/parameters/standing.onnx and its card. Reproducible from a seed.

The encoder of `chat.training.encoder` is trained further with three heads: which practices a clause is about (25 binary outputs), how
it stands to each (same, part, opposite; one small layer for all practices, with a vector a practice), and, given two clauses with a
mark between them, how they stand to each other. It learns from what `chat.training.labels` reads: clauses and pairs, then whole texts
of which what their clauses come to is labelled. What it is measured on it never saw, nor any text that is nearly the same as that.
Bounds are chosen on texts and policies kept back for that; the regression over clause pairs is fitted on the pairs of the
tests that are not held.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from chat.training.bounds import Known, bounds, kept_back, weighed
from chat.training.encoder import WIDTH, Encoder, Exported, export, training_cache
from chat.training.labels import (
    PAIRS,
    Couple,
    Example,
    Text,
    attributed,
    couples,
    is_held,
    is_like,
    labelled,
    learned,
    measured,
    written,
)
from kb.clause import LANGUAGES, PRACTICE_NUMBERS, Authority, Clause, Modality, Policy
from kb.compare import Coverage, Sheet
from kb.embedding import Embedder, ensure_export, open_embedder, shipped_model
from kb.network import PARAMETERS, Network, open_tokenizer
from kb.perceptron import FILE as PERCEPTRON
from kb.perceptron import Perceptron
from kb.standing import FEATURES, LONGEST, Relation, Stance, Stances, Standing, shared

SEED = 25
EPOCHS, BATCH, RATE, HEAD_RATE = 3, 32, 1.2e-4, 1.5e-3
WHOLE_RATE, WHOLE_HEAD_RATE = 1e-4, 5e-4  # of the second course
SHARE = 0.5  # of the whole texts, whose clauses are learned from singly too
PLAIN = 3  # times a plain clause is shown for one of the others, which are more colourful than what is read
USUAL = 70  # of so many texts one shows what numbers to expect
RARE = 1.5  # weight of a pair of opposites, which are few
_MIDDLE = 128
_RELATIONS = [relation.name.lower() for relation in Relation]


class StandingNetwork(nn.Module):
    """The encoder with its heads."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.drop = nn.Dropout(0.1)
        self.middle, self.about = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(WIDTH, len(PRACTICE_NUMBERS))
        self.side, self.stance = nn.Linear(2 * WIDTH, _MIDDLE), nn.Linear(_MIDDLE, len(Stance))
        self.practices = nn.Parameter(torch.randn(len(PRACTICE_NUMBERS), _MIDDLE) * 0.5 + 1)
        self.usual = nn.Parameter(torch.zeros(len(PRACTICE_NUMBERS), len(Stance)))
        self.both, self.relation = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(WIDTH, len(Relation))
        nn.init.constant_(self.about.bias, -3.2)  # a clause is about one practice of 25

    def logits(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(n, 25) whether it is about each practice, (n, 25, 3) how it stands to it, (n, 4) how the two of a pair stand to each other."""
        pooled = self.drop(self.encoder(ids, mask))
        side = functional.gelu(self.side(pooled))
        return (
            self.about(self.drop(functional.gelu(self.middle(pooled)))),
            self.stance(side[:, None, :] * self.practices[None]) + self.usual[None],
            self.relation(self.drop(functional.gelu(self.both(pooled)))),
        )

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(n, 25, 3) probability of each stance to each practice, and (n, 4) logits of how the two of a pair stand to each other."""
        about, stance, relation = self.logits(ids, mask)
        return torch.sigmoid(about).unsqueeze(-1) * torch.softmax(stance, -1), relation


def restored(file: Path) -> StandingNetwork:
    """The network in an exported file, to be trained further; its weights are those of the export, of 8 bits."""
    network, stored = StandingNetwork(), Exported(file)
    network.encoder.load_state_dict(stored.encoder(), strict=False)
    stored.fill(network, "middle", "about", "side", "both", "relation")
    stored.fill(network, "stance", product="MatMul")
    with torch.no_grad():
        network.practices.copy_(stored.operand("/Mul_4")[0])
        network.usual.copy_(stored.operand("/Add_2")[0])
    return network


def mean(one: StandingNetwork, other: StandingNetwork) -> StandingNetwork:
    """The mean of the weights of a network and of what it became in training further.

    It keeps what the one knew and the other forgot: Wortsman et al., "Robust fine-tuning of zero-shot models", CVPR 2022.
    """
    found, theirs = StandingNetwork(), other.state_dict()
    found.load_state_dict(
        {name: (value + theirs[name]) / 2 if value.is_floating_point() else value for name, value in one.state_dict().items()}
    )
    return found.eval()


class Material:
    """Examples as padded batches of tokens."""

    def __init__(self) -> None:
        self._tokenizer = open_tokenizer()
        self._tokenizer.enable_truncation(max_length=LONGEST)

    def tokens(self, texts: Sequence[str | tuple[str, str]]) -> tuple[torch.Tensor, torch.Tensor]:
        """Ids and mask, (n, longest)."""
        encoded = self._tokenizer.encode_batch(list(texts))
        return torch.tensor([e.ids for e in encoded]), torch.tensor([e.attention_mask for e in encoded])

    @staticmethod
    def batches(examples: Sequence[Any], size: int, length: Callable[[Any], int]) -> Iterator[list[Any]]:
        """All examples in random order; those in one batch are of like length."""
        order = random.sample(list(examples), len(examples))
        pool = [
            part[at : at + size]
            for start in range(0, len(order), size * 40)
            for part in [sorted(order[start : start + size * 40], key=length)]
            for at in range(0, len(part), size)
        ]
        random.shuffle(pool)
        yield from pool


def loss(network: StandingNetwork, material: Material, batch: Sequence[Example]) -> torch.Tensor:
    """Binary cross-entropy over what it is about, and cross-entropy of the stance where it is about something."""
    about, stance = torch.zeros(len(batch), len(PRACTICE_NUMBERS)), torch.full((len(batch), len(PRACTICE_NUMBERS)), -1)
    for row, example in enumerate(batch):
        for at, numbers in enumerate((example.same, example.part, example.opposite)):
            for number in numbers:
                about[row, number - 1], stance[row, number - 1] = 1, at
    with torch.autocast("cpu", torch.bfloat16):
        found, stood, _ = network.logits(*material.tokens([example.text for example in batch]))
    total = functional.binary_cross_entropy_with_logits(found.float(), about * 0.97 + 0.005, reduction="none").sum(1).mean()
    given = stance >= 0
    if given.any():
        each = functional.cross_entropy(stood.float()[given], stance[given], weight=torch.tensor([1.0, 1.5, 2.0]), reduction="none")
        total = total + each.sum() / len(batch)
    return total


def loss_of_couples(network: StandingNetwork, material: Material, batch: Sequence[Couple]) -> torch.Tensor:
    """Cross-entropy of how two clauses stand to each other."""
    pairs = [(c.one, c.other) if random.random() < 0.5 else (c.other, c.one) for c in batch]
    with torch.autocast("cpu", torch.bfloat16):
        _, _, found = network.logits(*material.tokens(pairs))
    return functional.cross_entropy(found.float(), torch.tensor([int(couple.relation) for couple in batch]))


def loss_of_text(network: StandingNetwork, material: Material, text: Text) -> torch.Tensor:
    """Binary cross-entropies of what the clauses of a whole text come to: its surest clause says a practice, touches it, goes against it.

    Multiple-instance learning (Dietterich et al. 1997): the text has the label. For what is true of it the deciding clauses answer where
    they are named, else, and for what is not true, the surest clause.
    """
    with torch.autocast("cpu", torch.bfloat16):
        about, stance, _ = network.logits(*material.tokens(text.clauses))
    found = torch.sigmoid(about.float()).unsqueeze(-1) * torch.softmax(stance.float(), -1)
    says, touches, against = found[..., Stance.SAME], found[..., Stance.SAME] + found[..., Stance.PART], found[..., Stance.OPPOSITE]
    total = torch.zeros(())
    for surest, true, silent in (
        (says, (Coverage.COVERED,), (Coverage.CONTRADICTS,)),
        (touches, (Coverage.COVERED, Coverage.PARTLY), (Coverage.CONTRADICTS,)),
        (against, (Coverage.CONTRADICTS,), ()),
    ):
        known = torch.tensor([cell is not None and cell not in silent for cell in text.cells])
        truth = torch.tensor([float(cell in true) for cell in text.cells])
        answering = [
            surest[list(text.deciding[number]), at].mean() if cell in true and number in text.deciding else surest[:, at].max()
            for at, (number, cell) in enumerate(zip(PRACTICE_NUMBERS, text.cells, strict=True))
        ]
        each = functional.binary_cross_entropy(torch.stack(answering).clamp(1e-5, 1 - 1e-5), truth, reduction="none")
        total = total + (each * known).sum()
    return total / 3


def _optimiser(network: StandingNetwork, rate: float, head_rate: float, steps: int) -> tuple[torch.optim.Optimizer, Any]:
    """AdamW over what is trained, and a schedule that rises over a tenth of the steps and falls to nothing."""
    encoder = [parameter for parameter in network.encoder.parameters() if parameter.requires_grad]
    known = {id(parameter) for parameter in network.encoder.parameters()}
    heads = [parameter for parameter in network.parameters() if id(parameter) not in known]
    optimiser = torch.optim.AdamW([{"params": encoder, "lr": rate}, {"params": heads, "lr": head_rate}], weight_decay=0.01, fused=True)
    return optimiser, torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda step: min(1.0, 10 * (step + 1) / steps) * max(0.0, 1 - step / steps)
    )


def _step(network: StandingNetwork, found: torch.Tensor, optimiser: torch.optim.Optimizer, schedule: Any) -> None:
    optimiser.zero_grad()
    found.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(network.parameters(), 1.0)
    optimiser.step()
    schedule.step()


def _seed() -> None:
    for seed in (random.seed, np.random.seed, torch.manual_seed):
        seed(SEED)


def fit_whole(
    network: StandingNetwork, whole: Sequence[Text], share: float, examples: Sequence[Example], pairs: Sequence[Couple], material: Material
) -> StandingNetwork:
    """The second course, by the guide alone: a share of the whole texts, and every single clause and pair."""
    _seed()
    batches: list[Any] = random.sample(whole, int(share * len(whole)))
    batches += material.batches(pairs, BATCH, lambda couple: len(couple.one) + len(couple.other))
    batches += material.batches(examples, BATCH, lambda example: len(example.text))
    optimiser, schedule = _optimiser(network, WHOLE_RATE, WHOLE_HEAD_RATE, len(batches))
    began = time.monotonic()
    network.train()
    losses: dict[type, list[float]] = {Text: [], Couple: [], Example: []}
    for at, batch in enumerate(random.sample(batches, len(batches)), 1):
        kind = type(batch) if isinstance(batch, Text) else type(batch[0])
        if isinstance(batch, Text):
            found = loss_of_text(network, material, batch)
        else:
            found = loss_of_couples(network, material, batch) if kind is Couple else loss(network, material, batch)
        _step(network, found, optimiser, schedule)
        losses[kind].append(found.item())
        if at % (len(batches) // 5) == 0:
            means = ", ".join(f"{np.mean(each[-200:]):.3f}" for each in losses.values())
            print(f"second course, {at} of {len(batches)}: loss {means}, {time.monotonic() - began:.0f} s", flush=True)
    return network.eval()


def fit(examples: Sequence[Example], pairs: Sequence[Couple], material: Material) -> StandingNetwork:
    """The first course: single clauses, and pairs."""
    torch.manual_seed(SEED)
    network = StandingNetwork()
    _seed()
    steps = EPOCHS * (math.ceil(len(examples) / BATCH) + math.ceil(len(pairs) / BATCH))
    optimiser, schedule = _optimiser(network, RATE, HEAD_RATE, steps)
    began = time.monotonic()
    for epoch in range(1, EPOCHS + 1):
        network.train()
        losses: dict[bool, list[float]] = {True: [], False: []}
        batches = [*material.batches(examples, BATCH, lambda example: len(example.text))]
        batches += material.batches(pairs, BATCH, lambda couple: len(couple.one) + len(couple.other))
        for batch in random.sample(batches, len(batches)):
            single = isinstance(batch[0], Example)
            found = loss(network, material, batch) if single else loss_of_couples(network, material, batch)
            _step(network, found, optimiser, schedule)
            losses[single].append(found.item())
        means = ", ".join(f"{np.mean(losses[single] or [0]):.3f}" for single in (True, False))
        print(f"epoch {epoch} of {EPOCHS}: loss {means}, {time.monotonic() - began:.0f} s", flush=True)
    return network.eval()


def f1(said: npt.NDArray[Any], truth: npt.NDArray[Any]) -> float:
    """The harmonic mean of precision and recall."""
    return 2 * float((said & truth).sum()) / max(1.0, float(said.sum() + truth.sum()))


def truth_of(examples: Sequence[Example]) -> npt.NDArray[np.bool_]:
    """The labels as (n, 25, 3)."""
    truth = np.zeros((len(examples), len(PRACTICE_NUMBERS), len(Stance)), np.bool_)
    for row, example in enumerate(examples):
        for at, numbers in enumerate((example.same, example.part, example.opposite)):
            truth[row, [number - 1 for number in numbers], at] = True
    return truth


def read_all(standing: Standing, texts: Sequence[Sequence[str]]) -> list[Stances]:
    """How the clauses of each text stand, read as those of one document."""
    policy = Policy("text", "", LANGUAGES[0], Authority.REFERENCE, coverage="full")
    return [
        standing.read([Clause(f"{policy.id}/{at}", policy, clause, Modality.INFO) for at, clause in enumerate(clauses)])
        for clauses in texts
    ]


def main(arguments: Iterable[str] | None = None) -> None:
    """Trains, exports and measures the exported network on what chose its bounds; writes parameters and card."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    parser.add_argument("--pairs", type=Path, default=PAIRS, help="labelled pairs of clauses")
    parser.add_argument("--exported", action="store_true", help="keep the network that is there; fit bounds and relations anew")
    parser.add_argument("--mean", type=Path, nargs=2, help="train nothing; take the mean of the weights in these two folders")
    parser.add_argument("--further", action="store_true", help="start the second course from the network that is there")
    parser.add_argument("--share", type=float, default=1.0, help="of what is not plain in the second course, to rehearse it")
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    if not (options.out / PERCEPTRON).exists():  # before hours of training, not after them
        raise SystemExit(f"expected {PERCEPTRON} in {options.out}; found none; run python -m chat.training.perceptron --out {options.out}")
    material = Material()
    kept = measured()
    own, guided = ([e for e in found if not is_like(e.text, kept)] for found in (labelled() + attributed(), written(PLAIN, options.share)))
    examples, aside = ([example for example in own if example.is_kept is kept_back] for kept_back in (False, True))
    pairs = [couple for couple in couples() if not is_like(couple.one, kept) and not is_like(couple.other, kept)]
    print(f"{len(examples):,} clauses and {len(pairs):,} pairs to learn from, {len(aside):,} clauses kept back", flush=True)
    file, whole = options.out / "standing.onnx", learned(kept)
    if not options.exported:
        usual = [example.text for example in guided][::USUAL] + [(couple.one, couple.other) for couple in pairs][::USUAL]
        if options.mean:
            network = mean(*(restored(folder / "standing.onnx") for folder in options.mean))
        else:
            first = restored(PARAMETERS / "standing.onnx") if options.further else fit(examples + guided, pairs, material)
            network = fit_whole(first, whole, SHARE * options.share, guided, pairs, material)
        export(network, ["stances", "relation"], file, usual)
    # Each part of the card is fitted with what comes before it, so that the card is complete only after all.
    model, opinion, exported = shipped_model(), Perceptron.load(options.out), Network(file, LONGEST)
    embedder = open_embedder(ensure_export(model, "", training_cache(), print), model)
    empty = {"weights": [[0.0]], "bias": [0.0]}
    learned_from = {"learned from": len(examples) + len({example.text for example in guided}), "texts": len(whole)}
    made_by = "python -m chat.training.standing" + (" --further" if options.further else " --mean" if options.mean else "")
    made_by += f" --share {options.share}" if options.share != 1 else ""
    # A network that is kept was made from what there was on its own day, a mean from what its later part was.
    former = options.out if options.exported else options.mean[1] if options.mean else None
    kept_card = json.loads((former / "standing.json").read_text("utf-8")) if former else {}
    card: dict[str, Any] = {
        "made by": kept_card["made by"] if options.exported else made_by,
        "seed": SEED,
        "epochs": EPOCHS,
        **{name: kept_card.get(name, number) for name, number in learned_from.items()},
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "bounds": {},
        "opinion": {"weight": 0.0, "bounds": {}},
        "relations": {"first": empty, "second": empty},
    }
    standing = Standing(exported, card)
    texts, cells = kept_back()
    given = [Known(stances, known) for stances, known in zip(read_all(standing, texts), cells, strict=True)]
    right, card["bounds"] = bounds(given)
    print(f"the network alone: {right:.2%} of cells right", flush=True)
    weight, chosen = weighed(given, [opinion(embedder.embed(clauses)) for clauses in texts])
    sha256 = hashlib.sha256((options.out / PERCEPTRON).read_bytes()).hexdigest()
    card["opinion"] = {"model": str(model), "sha256": sha256, "weight": weight, "bounds": chosen}
    card["relations"] = relations(Standing(exported, card, opinion), options.pairs, embedder)
    (options.out / "standing.json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    print(json.dumps({"bounds": card["bounds"], "opinion": card["opinion"]}))
    stances, truth = standing.read_texts([example.text for example in aside]), truth_of(aside)
    for stance in Stance:
        print(f"clauses kept back, {stance.name.lower()}: F1 {f1(stances[..., stance] >= 0.5, truth[..., stance]):.3f}")


def relations(standing: Standing, file: Path, embedder: Embedder) -> dict[str, Any]:
    """A logistic regression over what two clauses share, fitted on the pairs that are not held back."""
    from sklearn.linear_model import LogisticRegression

    rows = [row for row in map(json.loads, file.read_text("utf-8").splitlines()) if not is_held(row["one"])]
    features = pair_features(rows, standing, embedder)
    labels = np.array([_RELATIONS.index(row["label"]) for row in rows])
    found: dict[str, Any] = {"pairs": len(rows)}
    for name, width in (("first", FEATURES), ("second", features.shape[1])):
        fitted = LogisticRegression(C=1.0, max_iter=3000, random_state=SEED).fit(
            features[:, :width], labels, sample_weight=np.where(labels == Relation.OPPOSITE, RARE, 1.0)
        )
        found[name] = {"weights": np.round(fitted.coef_.T, 4).tolist(), "bias": np.round(fitted.intercept_, 4).tolist()}
    return found


def pair_features(rows: Sequence[dict[str, Any]], network: Standing, embedder: Embedder) -> npt.NDArray[Any]:
    """What the clauses of each labelled pair share, and what the network reads of the pair, (pairs, `FEATURES` + 4)."""
    sides = [_sheets(rows, side, network, embedder) for side in ("one", "other")]
    alike = np.stack([shared(one, other)[0, 0] for one, other in zip(*sides, strict=True)])
    return np.concatenate([alike, network.read_pairs([row["one"] for row in rows], [row["other"] for row in rows])], axis=1)


def _sheets(rows: Sequence[dict[str, Any]], side: str, network: Standing, embedder: Embedder) -> list[Sheet]:
    """A sheet of one clause for this side of every pair."""
    texts, langs = [row[side] for row in rows], [row[f"{side}_lang"] for row in rows]
    vectors = embedder.embed(texts, langs)
    stances = network.read_texts(texts, vectors)
    policies = {lang: Policy(f"pair-{lang}", "", lang, Authority.REFERENCE) for lang in set(langs)}
    clauses = [
        Clause("pair/1", policies[lang], text, Modality(row[f"{side}_modality"]))
        for row, text, lang in zip(rows, texts, langs, strict=True)
    ]
    found = []
    for at, clause in enumerate(clauses):
        row = slice(at, at + 1)
        found.append(Sheet(clause.policy, (clause,), vectors[row], stances[row]))
    return found


if __name__ == "__main__":
    main()
