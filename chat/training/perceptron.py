"""`python -m chat.training.perceptron`: labelled clauses → kb/parameters/perceptron.npz, the second opinion of `kb.perceptron`.

It learns from the clauses that are labelled by `docs/coverage.md`, every other one behind a heading, as clauses are embedded; from
nothing that is measured on (`chat.training.labels`). Reproducible from a seed; some minutes. Afterwards
`python -m chat.training.standing --exported` weighs it beside the network.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn import functional

from chat.training.encoder import training_cache
from chat.training.labels import Example, headings, is_like, measured, written
from kb.clause import PRACTICE_NUMBERS
from kb.embedding import Vectors, ensure_export, open_embedder, shipped_model
from kb.network import PARAMETERS
from kb.perceptron import SCALE, Perceptron
from kb.standing import Stance

SEED, MEMBERS, HIDDEN = 25, 3, 768
EPOCHS, BATCH, RATE, DECAY, DROPPED = 8, 256, 2e-3, 0.05, 0.3
_NONE = len(Stance)


class _Layers(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(width, HIDDEN), nn.Linear(HIDDEN, len(PRACTICE_NUMBERS) * (_NONE + 1))
        with torch.no_grad():
            self.last.bias.view(len(PRACTICE_NUMBERS), _NONE + 1)[:, _NONE] = 3  # a clause has to do with few practices

    def forward(self, vectors: torch.Tensor) -> torch.Tensor:
        """(n, d) → (n, 25, 4) logits."""
        hidden = functional.dropout(functional.relu(self.first(vectors * SCALE)), DROPPED, self.training)
        found: torch.Tensor = self.last(hidden).view(-1, len(PRACTICE_NUMBERS), _NONE + 1)
        return found


def targets(examples: Sequence[Example]) -> npt.NDArray[np.int64]:
    """(n, 25): the stance of each clause to each practice, or that it has none."""
    found = np.full((len(examples), len(PRACTICE_NUMBERS)), _NONE, np.int64)
    for row, example in enumerate(examples):
        for stance, numbers in zip(Stance, (example.same, example.part, example.opposite), strict=True):
            found[row, [number - 1 for number in numbers]] = stance
    return found


def fit(vectors: Vectors, truth: npt.NDArray[np.int64]) -> Perceptron:
    """Members that differ by their seeds, each with AdamW and a rate that falls to nothing."""
    given, wanted = torch.tensor(vectors), torch.tensor(truth)
    steps = EPOCHS * (len(given) // BATCH)
    members: list[_Layers] = []
    for member in range(MEMBERS):
        torch.manual_seed(SEED + member)
        layers = _Layers(given.shape[1])
        optimiser = torch.optim.AdamW(layers.parameters(), lr=RATE, weight_decay=DECAY)
        schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1 - step / steps)
        for _ in range(EPOCHS):
            order = torch.randperm(len(given))
            for batch in (order[at : at + BATCH] for at in range(0, len(given) - BATCH + 1, BATCH)):
                loss = functional.cross_entropy(layers(given[batch]).flatten(0, 1), wanted[batch].flatten())
                optimiser.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimiser.step()
                schedule.step()
        print(f"member {member + 1} of {MEMBERS}: loss {loss.item():.4f}", flush=True)
        members.append(layers.eval())

    def stacked(layer: str, part: str) -> npt.NDArray[np.float32]:
        each = [getattr(getattr(one, layer), part).detach().numpy() for one in members]
        return np.stack([value.T for value in each])

    return Perceptron(stacked("first", "weight"), stacked("first", "bias"), stacked("last", "weight"), stacked("last", "bias"))


def main(arguments: Iterable[str] | None = None) -> None:
    """Embeds, fits and writes."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    options = parser.parse_args(list(arguments) if arguments is not None else None)
    model, kept = shipped_model(), measured()
    embedder = open_embedder(ensure_export(model, "", training_cache(), print), model)
    examples = [example for example in written() if not is_like(example.text, kept)]
    print(f"{len(examples):,} clauses to learn from", flush=True)
    random.seed(SEED)
    above = headings()
    texts = [f"{random.choice(above)}: {example.text}" if random.random() < 0.5 else example.text for example in examples]
    vectors = embedder.embed(texts, [example.lang for example in examples])
    fit(vectors, targets(examples)).save(options.out)


if __name__ == "__main__":
    main()
