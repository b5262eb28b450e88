"""Reading a message: is it ours to answer, which practice is it about, and how does it stand to a rule?

Two judges are weighed against each other: linear models over hashed words and the embedding, fitted by `chat.training.fit` on
corpus/scenarios, and the network of `chat.reader`. Their logits are mixed (a logarithmic opinion pool, Genest and Zidek 1986); how
much each weighs is fitted on `tune` with the network.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from chat.answer import Verdict
from chat.features import Sparse, message_features, pair_features
from chat.question import Question
from chat.reader import Reader
from kb.clause import PRACTICE_NUMBERS, Clause
from kb.embedding import Vectors
from kb.errors import ModelError
from kb.lexical import tokens

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


@dataclass(frozen=True, slots=True)
class Bearing:
    """Probability that a rule bears on a message, and of each verdict if that rule alone decides."""

    relevance: float
    stance: Mapping[Verdict | None, float]


class Judge:
    """The fitted heads, and the network with its weight in each of them, 0 to 1."""

    def __init__(self, heads: Mapping[str, Head], numbers: Mapping[str, float], reader: Reader, weights: Mapping[str, float]) -> None:
        self._heads, self.numbers = heads, numbers
        self._reader, self._weights = reader, weights

    @classmethod
    def load(cls, file: Path = PARAMETERS, opened: tuple[Reader, Mapping[str, float]] | None = None) -> Self:
        """The shipped parameters, with the shipped network unless another is given with its weights.

        Raises `ModelError` when they are missing or do not fit this program.
        """
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
        reader, weights = opened or Reader.load()
        return cls(heads, dict(zip(keys.tolist(), (float(v) for v in values), strict=True)), reader, weights)

    def read(self, question: Question, vector: Vectors) -> Reading:
        """The message alone; `vector` (d,) is the embedding of what is sought."""
        linear, alone = self.linear(question, vector), self._reader.read(question)
        practices = self._mixed("practices", linear["practice"], alone.practices)
        return Reading(
            scope=_sigmoid(self._mixed("scope", linear["scope"], np.float32(alone.scope))[0]),
            practices=dict(zip(PRACTICE_NUMBERS, (float(x) for x in practices), strict=True)),
            verdicts=_named(softmax(self._mixed("verdicts", log_softmax(linear["verdict"]), log_softmax(alone.verdicts)))),
        )

    def beside(self, question: Question, vector: Vectors, rules: Sequence[tuple[Clause, Vectors]]) -> list[Bearing]:
        """How the message stands to each of the rules, given with their embeddings."""
        if not rules:
            return []
        read = self._reader.beside(question, [clause for clause, _ in rules])
        found: list[Bearing] = []
        for at, (clause, clause_vector) in enumerate(rules):
            relevance = self._mixed(
                "relevance", np.float32(self.linear_relevance(question, vector, clause, clause_vector)), read.relevance[at]
            )
            linear = log_softmax(self.linear_stance(question, vector, clause, clause_vector))
            stance = self._mixed("stances", linear, log_softmax(read.stances[at]))
            found.append(Bearing(_sigmoid(float(relevance)), _named(softmax(stance))))
        return found

    def linear(self, question: Question, vector: Vectors) -> dict[str, Floats]:
        """Logits of the linear heads for the message alone."""
        sparse = message_features(question.text, question.history, question.account, question.draft)
        return {name: self._heads[name].logits(sparse, vector) for name in ("scope", "practice", "verdict")}

    def linear_stance(self, question: Question, vector: Vectors, clause: Clause, clause_vector: Vectors) -> Floats:
        """Logits of each verdict if this rule alone decides."""
        sparse = pair_features(
            question.text,
            question.account,
            question.draft,
            f"{clause.lead} {clause.text}",
            clause.modality,
            question.lang,
        )
        message = message_features(question.text, question.history, question.account, question.draft)
        joint = self._heads["stance"].logits(sparse, pair_dense(vector, clause_vector))
        return joint + self._heads["stancemessage"].logits(message, vector[:0])

    def linear_relevance(self, question: Question, vector: Vectors, clause: Clause, clause_vector: Vectors) -> float:
        """Logit that a rule bears on a message, from their cosine and the share of the rule's words in the message."""
        theirs = set(tokens(clause.text, clause.lang))
        coverage = len(theirs & set(tokens(question.text, clause.lang))) / max(len(theirs), 1)
        n = self.numbers
        return n["relevance.bias"] + n["relevance.similarity"] * float(vector @ clause_vector) + n["relevance.coverage"] * coverage

    def _mixed(self, name: str, linear: Floats | np.float32, network: Floats | np.float32) -> Floats:
        weight = self._weights[name]
        return np.asarray((1 - weight) * linear + weight * network, np.float32)


def pair_dense(message: Vectors, clause: Vectors) -> Floats:
    """Dense features of a pair: products and differences of the two embeddings, scaled to weigh like the hashed ones."""
    return np.concatenate([message * clause * 10, np.abs(message - clause) * 2]).astype(np.float32)


def _named(probabilities: Floats) -> dict[Verdict | None, float]:
    return {verdict: float(p) for verdict, p in zip(CLASSES, probabilities, strict=True)}


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), np.float32)


def log_softmax(logits: Floats) -> Floats:
    """Logarithms of probabilities along the last axis."""
    lowered = logits - logits.max(axis=-1, keepdims=True)
    return np.asarray(lowered - np.log(np.exp(lowered).sum(axis=-1, keepdims=True)), np.float32)


def _sigmoid(x: float | np.floating) -> float:
    return float(1.0 / (1.0 + np.exp(-np.clip(x, -40, 40))))
