"""The common space: Indonesian text is placed where the embedder places its English translation.

The packaged embedder is English. A linear map of its vector and of hashed words and character n-grams, learned from our
own parallel text by `chat.training.space`, puts Indonesian sentences beside their translations; English vectors are left
as they are (distillation across languages after Reimers & Gurevych, EMNLP 2020, with a linear student). Plain parameters,
8 bits a weight, with a card beside them.
"""

from __future__ import annotations

import hashlib
import math
import zlib
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kb.errors import ModelError
from kb.lexical import words

PARAMETERS = Path(__file__).resolve().parent / "parameters" / "space.npz"
BITS = 15
MOVED = "id"  # the language that is moved; the other is where it moves to
_LONGEST = 3000  # code points that are looked at
_GRAMS = (3, 4, 5)


def cells(text: str) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.float32]]:
    """Hashed words, word pairs and character n-grams: indices below 2^`BITS`, sorted, and values of unit length."""
    found = words(text[:_LONGEST])
    counts: Counter[str] = Counter(f"w{word}" for word in found)
    counts.update(f"b{first} {second}" for first, second in pairwise(found))
    for word in found:
        padded = f" {word} "
        counts.update(f"c{padded[at : at + size]}" for size in _GRAMS for at in range(len(padded) - size + 1))
    hashed: dict[int, float] = defaultdict(float)
    for gram, count in counts.items():
        hashed[zlib.crc32(gram.encode("utf-8", "replace")) & ((1 << BITS) - 1)] += 1 + math.log(count)
    indices = np.array(sorted(hashed), np.intp)
    values = np.array([hashed[int(at)] for at in indices], np.float32)
    return indices, values / (np.linalg.norm(values) + 1e-9)


@dataclass(frozen=True, slots=True)
class Space:
    """`linear` (d, d) and `shift` (d,) move the embedder's vector; `grams` (2^BITS, d) times `scale` (d,) adds the words."""

    linear: npt.NDArray[np.float32]
    shift: npt.NDArray[np.float32]
    grams: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float32]

    @classmethod
    def load(cls, file: Path = PARAMETERS) -> Space:
        """The shipped parameters; raises `ModelError` when they are missing."""
        try:
            with np.load(file, allow_pickle=False) as data:
                return cls(data["linear"], data["shift"], data["grams"], data["scale"])
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(expected=f"the common space in {file}", found=type(error).__name__, todo="install AskFirst again") from error

    def apply(self, vectors: npt.NDArray[np.float32], texts: Sequence[str], langs: Sequence[str]) -> npt.NDArray[np.float32]:
        """Vectors (n, d) of unit length, those of Indonesian texts moved; the order is kept."""
        moved = np.array(vectors, np.float32)
        for at, (text, lang) in enumerate(zip(texts, langs, strict=True)):
            if lang == MOVED:
                indices, values = cells(text)
                row = self.linear @ vectors[at] + self.shift + (values @ self.grams[indices].astype(np.float32)) * self.scale
                moved[at] = row / (np.linalg.norm(row) + 1e-9)
        return moved


@lru_cache(maxsize=1)
def space_id(file: Path = PARAMETERS) -> str:
    """The first 16 digits of the parameters' SHA-256: part of the identity of every vector made with them."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()[:16]
    except OSError as error:
        raise ModelError(expected=f"the common space in {file}", found=str(error), todo="install AskFirst again") from error
