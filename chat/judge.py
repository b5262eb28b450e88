"""Reading a message: is it ours to answer, which practice is it about, and how does it stand to a rule?

Linear models over hashed words and the embedding, fitted by `chat.training.fit` on corpus/scenarios and shipped as
plain parameters with a model card beside them. At answering time only numpy is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from chat.answer import Verdict
from chat.features import Sparse, message_features, pair_features
from chat.question import Question
from kb.clause import PRACTICE_NUMBERS, Clause
from kb.embedding import Vectors
from kb.errors import ModelError

PARAMETERS = Path(__file__).resolve().parent / "parameters" / "judge.npz"
# The order of the verdict heads' columns; `None` is "no verdict: an open question".
CLASSES: tuple[Verdict | None, ...] = (Verdict.YES, Verdict.YES_IF, Verdict.NO, Verdict.ASK, None)

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Head:
    """A linear model: `weights` (outputs, hashed width), `dense` (outputs, dense width), `bias` (outputs,)."""

    weights: npt.NDArray[np.float16]
    dense: npt.NDArray[np.float16]
    bias: Floats

    def logits(self, sparse: Sparse, dense: Floats) -> Floats:
        """One number an output."""
        indices, values = sparse
        found = self.weights[:, indices].astype(np.float32) @ values + self.dense.astype(np.float32) @ dense + self.bias
        return np.asarray(found, np.float32)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the judge makes of a message, before any clause is looked at.

    `scope` is the probability that the message is ours to answer, `practices` maps number → logit, `verdicts` maps a
    verdict, or `None`, → probability under the practices.
    """

    scope: float
    practices: Mapping[int, float]
    verdicts: Mapping[Verdict | None, float]


class Judge:
    """The fitted heads."""

    def __init__(self, heads: Mapping[str, Head], numbers: Mapping[str, float]) -> None:
        self._heads, self.numbers = heads, numbers

    @classmethod
    def load(cls, file: Path = PARAMETERS) -> Self:
        """The shipped parameters; raises `ModelError` when they are missing or do not fit this program."""
        try:
            with np.load(file, allow_pickle=False) as data:
                names = sorted({key.partition(".")[0] for key in data.files if key != "numbers"})
                heads = {n: Head(data[f"{n}.weights"], data[f"{n}.dense"], data[f"{n}.bias"]) for n in names if n != "number"}
                keys, values = data["number.keys"], data["number.values"]
        except (OSError, ValueError, KeyError) as error:
            raise ModelError(
                expected=f"the judge's parameters in {file}",
                found=f"{type(error).__name__}",
                todo="install AskFirst again",
            ) from error
        return cls(heads, dict(zip(keys.tolist(), (float(v) for v in values), strict=True)))

    def read(self, question: Question, vector: Vectors) -> Reading:
        """The message alone; `vector` (d,) is the embedding of what is sought."""
        sparse = message_features(question.text, question.history, question.account, question.draft)
        scope = self._heads["scope"].logits(sparse, vector)
        practices = self._heads["practice"].logits(sparse, vector)
        return Reading(
            scope=float(_sigmoid(scope[0])),
            practices=dict(zip(PRACTICE_NUMBERS, (float(x) for x in practices), strict=True)),
            verdicts=_named(_softmax(self._heads["verdict"].logits(sparse, vector))),
        )

    def stance(self, question: Question, vector: Vectors, clause: Clause, clause_vector: Vectors) -> Mapping[Verdict | None, float]:
        """How the message stands to one rule: a probability for each verdict if that rule alone decides."""
        sparse = pair_features(
            question.text,
            question.account,
            question.draft,
            f"{clause.lead} {clause.text}",
            clause.modality,
            question.lang,
        )
        message = message_features(question.text, question.history, question.account, question.draft)
        dense = pair_dense(vector, clause_vector)
        joint = self._heads["stance"].logits(sparse, dense) + self._heads["stancemessage"].logits(message, vector[:0])
        return _named(_softmax(joint))

    def relevance(self, similarity: float, coverage: float) -> float:
        """Probability that a rule bears on a message, from their cosine and the share of the rule's words in the message."""
        n = self.numbers
        return float(_sigmoid(n["relevance.bias"] + n["relevance.similarity"] * similarity + n["relevance.coverage"] * coverage))


def pair_dense(message: Vectors, clause: Vectors) -> Floats:
    """Dense features of a pair: products and differences of the two embeddings, scaled to weigh like the hashed ones."""
    return np.concatenate([message * clause * 10, np.abs(message - clause) * 2]).astype(np.float32)


def _named(probabilities: Floats) -> dict[Verdict | None, float]:
    return {verdict: float(p) for verdict, p in zip(CLASSES, probabilities, strict=True)}


def _softmax(logits: Floats) -> Floats:
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum(), np.float32)


def _sigmoid(x: float | np.floating) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(x, -40, 40))))
