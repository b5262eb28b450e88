"""`python -m chat.training.reader`: the bank → chat/parameters/reader.onnx and its card. Reproducible from a seed.

The encoder that `chat.training.standing` taught what the practices are about is trained further to read messages: is it ours to answer,
which practices is it about, which verdict do they come to; and, with a rule beside the message, does the rule bear on it and which
verdict does it come to. Fitted on the `fit` split of the bank; how much it weighs beside the linear judge is chosen on `tune`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from chat.judge import CLASSES, Judge, log_softmax
from chat.question import Question
from chat.reader import LONGEST, PARAMETERS, Reader, room, ruled, said
from chat.scenarios import Scenario, bank_files, read_bank
from chat.training.encoder import WIDTH, Encoder, Exported, export, training_cache
from chat.training.fit import questions
from kb.clause import LANGUAGES, PRACTICE_NUMBERS, Authority, Clause, Modality, Policy
from kb.embedding import ensure_export, open_embedder, shipped_model
from kb.language import detect
from kb.network import PARAMETERS as NETWORKS
from kb.network import Network, open_tokenizer

SEED = 25
EPOCHS, BATCH, RATE, HEAD_RATE = 4, 32, 1e-4, 1e-3
STANDING = NETWORKS / "standing.onnx"
FURTHER_EPOCHS, FURTHER_SHARE = 2, 0.7  # of a network that is trained further
OUTPUTS = ("scope", "practices", "verdicts", "relevance", "stances")
_BEST, _SMOOTHED = 0.7, 0.04  # share of the target that is the best verdict's; the rest is the other acceptable ones'
USUAL = 150  # of so many examples one shows what numbers to expect
_UNRELATED = 0.5  # rules of other cases shown beside a message, a message
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Example:
    """A message, or a message with a rule that does or does not bear on it."""

    case: Scenario
    question: Question
    rule: str = ""
    bears: bool = True

    @property
    def length(self) -> int:
        """Code points, which batches are made by."""
        return len(self.question.text) + len(self.rule)

    @property
    def read(self) -> str | tuple[str, str]:
        """What the network is given."""
        text = said(self.question, room(self.rule))[0]
        return (text, self.rule) if self.rule else text


class ReadingNetwork(nn.Module):
    """The encoder with a head for each of `OUTPUTS`."""

    def __init__(self) -> None:
        super().__init__()
        self.encoder = Encoder()
        self.drop = nn.Dropout(0.1)
        self.alone, self.paired = nn.Linear(2 * WIDTH, WIDTH), nn.Linear(2 * WIDTH, WIDTH)
        self.scope, self.practice, self.verdict = (
            nn.Linear(WIDTH, 1),
            nn.Linear(WIDTH, len(PRACTICE_NUMBERS)),
            nn.Linear(WIDTH, len(CLASSES)),
        )
        self.bearing, self.stance = nn.Linear(WIDTH, 1), nn.Linear(WIDTH, len(CLASSES))
        nn.init.constant_(self.practice.bias, -3.0)

    def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Logits: (n,), (n, 25), (n, 5) of a message alone; (n,), (n, 5) of a message with a rule."""
        pooled = self.drop(self.encoder(ids, mask))
        alone, paired = (self.drop(functional.gelu(layer(pooled))) for layer in (self.alone, self.paired))
        return (
            self.scope(alone)[:, 0],
            self.practice(alone),
            self.verdict(alone),
            self.bearing(paired)[:, 0],
            self.stance(paired),
        )


def begun(*, further: bool) -> ReadingNetwork:
    """The network to train: with the encoder of the one that reads clauses or, to be trained further, the one that is there."""
    network = ReadingNetwork()
    stored = Exported(PARAMETERS if further else STANDING)
    network.encoder.load_state_dict(stored.encoder(), strict=False)
    if further:
        stored.fill(network, "alone", "paired", "scope", "practice", "verdict", "bearing", "stance")
    return network


def examples(cases: Sequence[Scenario], found: Sequence[Question]) -> list[Example]:
    """Every message as it is read in an answer: alone, with the rule stated with it, and now and then with somebody else's."""
    rules = [(case.group, ruled(case.clause["text"], case.clause["modality"])) for case in cases if case.clause]
    made: list[Example] = []
    for case, question in zip(cases, found, strict=True):
        if not case.clause:
            made.append(Example(case, question))
            continue
        made.append(Example(case, question, ruled(case.clause["text"], case.clause["modality"])))
        if random.random() < _UNRELATED:
            other = next((rule for group, rule in (random.choice(rules) for _ in range(_TRIES)) if group != case.group), None)
            if other:
                made.append(Example(case, question, other, bears=False))
    return made


def tokens(tokenizer: Any, batch: Sequence[Example]) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and mask, (n, longest); messages alone and messages with rules are never in one batch."""
    encoded = tokenizer.encode_batch([example.read for example in batch])
    return torch.tensor([e.ids for e in encoded]), torch.tensor([e.attention_mask for e in encoded])


def loss(outputs: Sequence[torch.Tensor], batch: Sequence[Example]) -> torch.Tensor:
    """Cross-entropies of what can be known of a batch."""
    scope, practices, verdicts, bearing, stances = (output.float() for output in outputs)
    target = torch.full((len(batch), len(CLASSES)), _SMOOTHED / len(CLASSES))
    for row, example in enumerate(batch):
        accepted = example.case.ok or (None,)
        for verdict in accepted:
            target[row, CLASSES.index(verdict)] += (1 - _SMOOTHED) * (1 - _BEST) / len(accepted)
        target[row, CLASSES.index(example.case.best)] += (1 - _SMOOTHED) * _BEST
    if batch[0].rule:
        bears = torch.tensor([example.bears for example in batch])
        each = -(target * functional.log_softmax(stances, 1)).sum(1)
        return functional.binary_cross_entropy_with_logits(bearing, bears.float()) * 0.5 + (each * bears).mean()
    ours = torch.tensor([example.case.in_scope for example in batch])
    about = torch.zeros(len(batch), len(PRACTICE_NUMBERS))
    for row, example in enumerate(batch):
        for number in example.case.practices:
            about[row, PRACTICE_NUMBERS.index(number)] = 1
    known = ours & (about.sum(1) > 0)
    subject = functional.binary_cross_entropy_with_logits(practices, about * 0.97 + 0.005, reduction="none").sum(1)
    each = -(target * functional.log_softmax(verdicts, 1)).sum(1)
    return functional.binary_cross_entropy_with_logits(scope, ours.float()) * 0.5 + (subject * known).mean() * 0.3 + (each * ours).mean()


def batches(made: Sequence[Example], size: int, key: Callable[[Example], int]) -> Iterator[list[Example]]:
    """All examples in random order, those of one batch of like length."""
    pool: list[list[Example]] = []
    for paired in (False, True):
        order = [example for example in random.sample(list(made), len(made)) if bool(example.rule) is paired]
        for start in range(0, len(order), size * 40):
            part = sorted(order[start : start + size * 40], key=key)
            pool += [part[at : at + size] for at in range(0, len(part), size)]
    random.shuffle(pool)
    yield from pool


def fit(network: ReadingNetwork, cases: Sequence[Scenario], epochs: int, share: float) -> ReadingNetwork:
    """The network, trained; `share` of the learning rates."""
    tokenizer, found = open_tokenizer(), questions(cases)
    tokenizer.enable_truncation(max_length=LONGEST)
    encoder = [parameter for parameter in network.encoder.parameters() if parameter.requires_grad]
    known = {id(parameter) for parameter in network.encoder.parameters()}
    heads = [parameter for parameter in network.parameters() if id(parameter) not in known]
    optimiser = torch.optim.AdamW(
        [{"params": encoder, "lr": RATE * share}, {"params": heads, "lr": HEAD_RATE * share}], weight_decay=0.01, fused=True
    )
    steps = epochs * (math.ceil(len(examples(cases, found)) / BATCH) + 2)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: min(1.0, 10 * (step + 1) / steps) * max(0.0, 1 - step / steps))
    began = time.monotonic()
    for epoch in range(1, epochs + 1):
        network.train()
        losses = []
        for batch in batches(examples(cases, found), BATCH, lambda example: example.length):
            with torch.autocast("cpu", torch.bfloat16):
                outputs = network(*tokens(tokenizer, batch))
            value = loss(outputs, batch)
            optimiser.zero_grad()
            value.backward()  # type: ignore[no-untyped-call]
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            schedule.step()
            losses.append(value.item())
        print(f"epoch {epoch} of {epochs}: loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s", flush=True)
    return network.eval()


def weights(file: Path, cases: Sequence[Scenario]) -> dict[str, float]:
    """How much the network weighs beside the linear judge in each output: what makes the labels of `cases` likeliest."""
    model = shipped_model()
    embedder = open_embedder(ensure_export(model, "", training_cache(), print), model)
    reader, found = Reader(Network(file, LONGEST)), questions(cases)
    judge = Judge.load(opened=(reader, {}))
    vectors = embedder.embed([q.sought[:1500] for q in found], [q.lang for q in found])
    pairs: dict[str, list[tuple[Any, Any, Any]]] = {name: [] for name in OUTPUTS}
    kept = [case for case in cases if case.clause]
    policies = {lang: Policy(f"stated-{lang}", "", lang, Authority.BINDING) for lang in LANGUAGES}
    for case, question, vector in zip(cases, found, vectors, strict=True):
        best = CLASSES.index(case.best)
        if not case.clause:
            linear, alone = judge.linear(question, vector), reader.read(question)
            pairs["scope"].append((linear["scope"][0], alone.scope, case.in_scope))
            if case.in_scope:
                pairs["verdicts"].append((log_softmax(linear["verdict"]), log_softmax(alone.verdicts), best))
            if case.in_scope and case.practices:
                about = [number in case.practices for number in PRACTICE_NUMBERS]
                pairs["practices"] += zip(linear["practice"], alone.practices, about, strict=True)
            continue
        other = next(c for c in random.sample(kept, len(kept)) if c.group != case.group)
        stated = [
            Clause("stated/1", policies[detect(c.clause["text"])], c.clause["text"], Modality(c.clause["modality"])) for c in (case, other)
        ]
        rules = embedder.embed([clause.text for clause in stated], [clause.lang for clause in stated])
        read = reader.beside(question, stated)
        for at, bears in enumerate((True, False)):
            pairs["relevance"].append((judge.linear_relevance(question, vector, stated[at], rules[at]), read.relevance[at], bears))
        pairs["stances"].append(
            (log_softmax(judge.linear_stance(question, vector, stated[0], rules[0])), log_softmax(read.stances[0]), best)
        )
    return {name: _weight(rows) for name, rows in pairs.items()}


def _weight(rows: Sequence[tuple[Any, Any, Any]]) -> float:
    """The weight of the second of two opinions under which what is true is likeliest."""
    linear, network = (np.array([row[at] for row in rows], np.float32) for at in (0, 1))
    truth = np.array([row[2] for row in rows])
    losses = []
    for weight in np.linspace(0, 1, 21):
        mixed = (1 - weight) * linear + weight * network
        if mixed.ndim == 1:
            surprise = np.logaddexp(0, np.where(truth, -mixed, mixed))
        else:
            surprise = -log_softmax(mixed)[np.arange(len(truth)), truth.astype(int)]
        losses.append((float(surprise.mean()), round(float(weight), 2)))
    return min(losses)[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Trains, exports and writes the card."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    parser.add_argument("--exported", action="store_true", help="keep the network that is there; fit its weights anew")
    parser.add_argument("--further", action="store_true", help="train the network that is there further, over all cases")
    options = parser.parse_args(arguments)
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    cases = [case for case in read_bank() if case.split == "fit"]
    print(f"{len(cases):,} cases to learn from", flush=True)
    if not options.exported:
        epochs, share = (FURTHER_EPOCHS, FURTHER_SHARE) if options.further else (EPOCHS, 1.0)
        usual = [example.read for example in examples(cases, questions(cases))[::USUAL]]
        export(fit(begun(further=options.further), cases, epochs, share), OUTPUTS, options.out, usual)
    chosen = weights(options.out, [case for case in read_bank() if case.split == "tune"])
    print(chosen)
    total = hashlib.sha256()
    for file in bank_files():
        total.update(file.read_bytes())
    # A network that is kept was made from the bank of its own day.
    kept = json.loads(options.out.with_suffix(".json").read_text("utf-8")) if options.exported else {}
    learned = {"cases": kept.get("cases", len(cases)), "bank": kept.get("bank", total.hexdigest())}
    card = {
        "what": "multilingual-e5-small trained further to read messages, and messages beside a rule; outputs: " + ", ".join(OUTPUTS),
        "made_by": "python -m chat.training.reader" + (" --further" if options.further else ""),
        "seed": SEED,
        "epochs": FURTHER_EPOCHS if options.further else EPOCHS,
        **learned,
        "weights": chosen,
        "sha256": hashlib.sha256(options.out.read_bytes()).hexdigest(),
        "licence": "MIT (multilingual-e5-small, Microsoft) and CC BY 4.0, as the corpus it was fitted on",
        "limits": "short messages in English and Indonesian; figures in tests/evaluation",
    }
    options.out.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    print(f"wrote {options.out.name}, {options.out.stat().st_size / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
