"""How a clause stands to each practice by its vector alone: a second opinion beside the network's, which takes no time.

A few perceptrons of one hidden layer over the sentence embedding, whose probabilities are averaged; made by `chat.training.perceptron`.
They are worth something only over vectors of the model that they were fitted on.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.clause import PRACTICE_NUMBERS
from kb.embedding import Vectors

FILE = "perceptron.npz"
SCALE = 8.0  # of the vectors' numbers, which are small
_STANCES = 3  # and none of them, the last


@dataclass(frozen=True, slots=True, eq=False)
class Perceptron:
    """Weights and biases of each member: (members, d, hidden), (members, hidden), (members, hidden, 25 × 4), (members, 25 × 4)."""

    first: npt.NDArray[np.float32]
    first_bias: npt.NDArray[np.float32]
    last: npt.NDArray[np.float32]
    last_bias: npt.NDArray[np.float32]

    @classmethod
    def load(cls, folder: Path) -> Perceptron:
        """From the file in a folder; raises `OSError`, `ValueError` or `KeyError` where it is missing or broken."""
        with np.load(folder / FILE) as stored:
            return cls(*(stored[name].astype(np.float32) for name in ("first", "first_bias", "last", "last_bias")))

    def save(self, folder: Path) -> None:
        """Writes it, 16 bits a number."""
        np.savez_compressed(folder / FILE, **{name: getattr(self, name).astype(np.float16) for name in self.__slots__})

    def __call__(self, vectors: Vectors) -> npt.NDArray[np.float32]:
        """(n, d) unit vectors → (n, 25, 3) probability of each stance to each practice."""
        found = np.zeros((len(vectors), len(PRACTICE_NUMBERS), _STANCES), np.float32)
        for first, first_bias, last, last_bias in zip(self.first, self.first_bias, self.last, self.last_bias, strict=True):
            hidden = np.maximum(vectors * SCALE @ first + first_bias, 0)
            logits = (hidden @ last + last_bias).reshape(len(vectors), len(PRACTICE_NUMBERS), _STANCES + 1)
            raised = np.exp(logits - logits.max(axis=2, keepdims=True))
            found += (raised / raised.sum(axis=2, keepdims=True))[..., :_STANCES]
        return np.asarray(found / len(self.first), np.float32)
