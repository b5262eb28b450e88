"""`python -m chat.training.space`: corpus/parallel → kb/parameters/space.npz and its card. Reproducible from a seed.

The student is linear; the teacher is the embedder on the English side. The loss is contrastive both ways with the other
pairs of the batch as negatives (InfoNCE, van den Oord et al. 2018), plus the distance to the teacher's vector.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import platformdirs
import torch

from kb.embedding import PACKAGED, PACKAGED_SHA256, ModelId, OnnxEmbedder, ensure_export
from kb.space import BITS, PARAMETERS, cells
from kb.support import SHIPPED

SEED = 25
EPOCHS, BATCH, TEMPERATURE, NEARNESS = 6, 256, 0.05, 4.0
_HELD_OUT = 23  # every so many pairs one is kept back, to see what the map does with pairs it was not shown


def pairs() -> list[tuple[str, str]]:
    """English and Indonesian sentences of the corpus."""
    found: list[tuple[str, str]] = []
    for file in sorted((SHIPPED / "parallel").glob("*.tsv")):
        for line in file.read_text("utf-8").splitlines()[1:]:
            english, indonesian = line.split("\t")
            found.append((english, indonesian))
    return found


class Student(torch.nn.Module):
    """The linear map being learned."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(width, width)
        torch.nn.init.eye_(self.linear.weight)
        torch.nn.init.zeros_(self.linear.bias)
        self.grams = torch.nn.EmbeddingBag(1 << BITS, width, mode="sum")
        torch.nn.init.normal_(self.grams.weight, std=0.001)
        self.drop = torch.nn.Dropout(0.1)

    def forward(self, vectors: torch.Tensor, bags: Sequence[tuple[np.ndarray, np.ndarray]]) -> torch.Tensor:
        """Unit vectors in the common space."""
        indices = torch.tensor(np.concatenate([i for i, _ in bags]))
        values = torch.tensor(np.concatenate([v for _, v in bags]))
        offsets = torch.tensor(np.cumsum([0] + [len(i) for i, _ in bags])[:-1])
        added = self.drop(self.grams(indices, offsets, per_sample_weights=values))
        return torch.nn.functional.normalize(self.linear(vectors) + added, dim=1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Learns the map and writes parameters and card."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    torch.manual_seed(SEED)
    model = ModelId(PACKAGED, PACKAGED_SHA256)
    embedder = OnnxEmbedder(ensure_export(model, "", Path(platformdirs.user_cache_dir("askfirst-training", appauthor=False)), print), model)
    text = pairs()
    english = torch.tensor(embedder.embed([e for e, _ in text]))
    indonesian = torch.tensor(embedder.embed([i for _, i in text]))
    bags = [cells(i) for _, i in text]
    held = list(range(0, len(text), _HELD_OUT))
    shown = np.array(sorted(set(range(len(text))) - set(held)))
    student = Student(english.shape[1])
    rates = {"linear": 1e-3, "grams": 3e-3}
    optimiser = torch.optim.Adam([{"params": student.linear.parameters()}, {"params": student.grams.parameters()}])
    order = np.random.default_rng(SEED)
    steps, step = EPOCHS * (len(shown) // BATCH), 0
    for _ in range(EPOCHS):
        order.shuffle(shown)
        for at in range(0, len(shown) - BATCH + 1, BATCH):
            batch = shown[at : at + BATCH].tolist()
            moved, target = student(indonesian[batch], [bags[i] for i in batch]), english[batch]
            similar, own = moved @ target.T / TEMPERATURE, torch.arange(len(batch))
            loss = torch.nn.functional.cross_entropy(similar, own) + torch.nn.functional.cross_entropy(similar.T, own)
            loss = 0.5 * loss + NEARNESS * (1 - (moved * target).sum(1)).mean()
            for group, rate in zip(optimiser.param_groups, rates.values(), strict=True):
                group["lr"] = rate * (1 - step / steps)
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            step += 1
    student.eval()
    with torch.no_grad():
        moved = student(indonesian[held], [bags[i] for i in held])
        found = (moved @ english[held].T).argmax(1)
        before = (indonesian[held] @ english[held].T).argmax(1)
    own = torch.arange(len(held))
    figures = {
        "held-out pairs": len(held),
        "translation found first": round(float((found == own).float().mean()), 4),
        "without the map": round(float((before == own).float().mean()), 4),
        "cosine to the translation": round(float((moved * english[held]).sum(1).mean()), 4),
    }
    grams = student.grams.weight.detach().numpy()
    scale = np.abs(grams).max(axis=0) / 127 + 1e-12
    options.out.parent.mkdir(parents=True, exist_ok=True)
    np.savez(
        options.out,
        linear=student.linear.weight.detach().numpy(),
        shift=student.linear.bias.detach().numpy(),
        grams=np.round(grams / scale).astype(np.int8),
        scale=scale.astype(np.float32),
    )
    card = {
        "what": "linear map of Indonesian text into the space of the English embedder; 8-bit weights",
        "made_by": "python -m chat.training.space",
        "seed": SEED,
        "pairs": len(text),
        "embedding": {"name": model.name, "weights": model.weights},
        "figures": figures,
        "sha256": hashlib.sha256(options.out.read_bytes()).hexdigest(),
        "licence": "CC BY 4.0, as the parallel text it was learned from",
        "limits": "sentences about social media at work; elsewhere it is only as good as the words it has seen",
    }
    options.out.with_suffix(".json").write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    print(json.dumps(figures), f"{options.out.stat().st_size / 1e6:.1f} MB, {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
