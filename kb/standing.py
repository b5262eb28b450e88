"""How a clause stands to each of the 25 practices, and to another clause: the same rule, part of it, its opposite, or neither.

A small network of our own reads the clause (`kb.network`), trained by `chat.training.standing` on labelled clauses in both languages:
one output a practice ("is it about this?"), one for the stance, and, where it is given two clauses, how they stand to each other; a card
is beside it. Its word is weighed with a second opinion, by the clause's vector alone (`kb.perceptron`): the two err on different clauses.
Two clauses are first compared by a multinomial logistic regression over what they share; of those that come out nearest
the network then reads each pair, both ways round, and a second regression weighs what it says with the rest.
"""

from __future__ import annotations

import hashlib
import json
import re
import textwrap
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.clause import PRACTICE_NUMBERS, Clause, Modality
from kb.embedding import ModelId, Vectors
from kb.errors import ModelError
from kb.lexical import tokens
from kb.network import PARAMETERS, Network
from kb.perceptron import FILE as PERCEPTRON
from kb.perceptron import Perceptron

if TYPE_CHECKING:
    from kb.compare import Sheet

Stances = npt.NDArray[np.float32]  # (clauses, 25, 3): probability of each `Stance`
Relations = npt.NDArray[np.float32]  # (clauses of one, clauses of other, 4): probability of each `Relation`
LONGEST = 160  # pieces of a clause, or of two, that are read
_CANDIDATES = 3  # clauses that are read as a pair with one of another policy
# How near two clauses must be, by the first regression, to be read: of 141 pairs that have to do with each other all are, of 47
# others 31 (those of the tests that are not held back).
_NEAR = 0.2
_SENTENCE = re.compile(r"(?<=[.!?;])(?<!\b[A-Z]\.)(?<!\bNo\.)\s+(?=\S)")
_SHORTEST = 12  # code points of a sentence that says something
_LONG = 500  # code points of a clause beyond which its end would not be read
_MANY = 150  # clauses: some twenty pages


class Stance(IntEnum):
    """How a clause stands to a practice, where it stands to it at all; the column of its probability."""

    SAME = 0
    PART = 1
    OPPOSITE = 2


class Relation(IntEnum):
    """How two clauses stand to each other; the column of its probability."""

    SAME = 0
    RELATED = 1
    OPPOSITE = 2
    UNRELATED = 3


@dataclass(frozen=True, slots=True)
class Bounds:
    """From which probability on a clause counts as saying a practice, as touching it, as going against it."""

    same: float = 0.5
    part: float = 0.5
    opposite: float = 0.5


def parts(clause: Clause) -> list[str]:
    """The sentences of a clause, each behind the lead-in that gives an item of a list its subject; one too long to be read is cut."""
    sentences = [sentence for sentence in _SENTENCE.split(clause.text) if len(sentence) >= _SHORTEST]
    if len(sentences) < 2:
        sentences = [clause.text]
    return [_led(clause.lead, piece) for sentence in sentences for piece in textwrap.wrap(sentence, _LONG) or [sentence]]


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """A multinomial logistic regression: weights (features, classes) and bias (classes,)."""

    weights: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]

    @classmethod
    def of(cls, card: Mapping[str, Any]) -> Regression:
        """From its numbers in a card."""
        return cls(np.array(card["weights"], np.float32), np.array(card["bias"], np.float32))

    def __call__(self, features: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
        """Probabilities along the last axis."""
        logits = features @ self.weights + self.bias
        raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return np.asarray(raised / raised.sum(axis=-1, keepdims=True), np.float32)


class Standing:
    """The fitted network and regressions. Safe to share between threads."""

    def __init__(self, network: Network, card: Mapping[str, Any], opinion: Perceptron | None = None) -> None:
        self._network, self._opinion, self._weight = network, opinion, float(card["opinion"]["weight"])
        self.bounds = Bounds(**(card["opinion"]["bounds"] if opinion else card["bounds"]))
        self.first, self.second = Regression.of(card["relations"]["first"]), Regression.of(card["relations"]["second"])

    @classmethod
    def open(cls, folder: Path = PARAMETERS, model: ModelId | None = None) -> Standing:
        """The shipped parameters; raises `ModelError` where they are missing or do not belong together.

        `model` is what vectors come from: with the one that the second opinion was fitted on it is asked too.
        """
        try:
            card = json.loads((folder / "standing.json").read_text("utf-8"))
            for file, sha256 in (("standing.onnx", card["sha256"]), (PERCEPTRON, card["opinion"]["sha256"])):
                found = hashlib.sha256((folder / file).read_bytes()).hexdigest()
                if found != sha256:
                    raise ValueError(f"{file} {found[:12]}… that is not the card's")
            opinion = Perceptron.load(folder) if str(model) == card["opinion"]["model"] else None
            return cls(Network(folder / "standing.onnx", LONGEST), card, opinion)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(expected=f"standing.onnx and its card in {folder}", found=str(error), todo="install AskFirst again") from error

    def read(self, clauses: Sequence[Clause], vectors: Vectors | None = None) -> Stances:
        """How each clause, with its vector, stands to each practice, (clauses, 25, 3): the network's word, and the second opinion's.

        Of several sentences it is the mean of what the whole says and of what any of them says: the network learned from clauses of one
        rule, so that a second one in a whole may go unseen, and a sentence alone may say what the whole does not mean. In a document of
        more than `_MANY` clauses each is read whole only, which takes less time.
        """
        sizes = Counter((clause.policy.id, clause.policy.lang) for clause in clauses)
        long = {document for document, size in sizes.items() if size > _MANY}
        sentences = [
            [_whole(clause)] if (clause.policy.id, clause.policy.lang) in long and len(_whole(clause)) <= _LONG else parts(clause)
            for clause in clauses
        ]
        wholes = [_whole(clause) if len(of) > 1 else of[0] for clause, of in zip(clauses, sentences, strict=True)]
        readable = [whole for whole in wholes if len(whole) <= _LONG]
        rows = {text: row for row, text in enumerate(dict.fromkeys([*readable, *(one for of in sentences for one in of)]))}
        read = self.read_texts(list(rows))  # each is read once
        found = np.zeros((len(clauses), len(PRACTICE_NUMBERS), len(Stance)), np.float32)
        for at, (whole, of) in enumerate(zip(wholes, sentences, strict=True)):
            any_says = read[[rows[one] for one in of]].max(axis=0)
            found[at] = (any_says + read[rows[whole]]) / 2 if whole in rows else any_says
        return self._weighed(found, vectors)

    def read_texts(self, texts: Sequence[str], vectors: Vectors | None = None) -> Stances:
        """The same for bare texts."""
        if not texts:
            return np.zeros((0, len(PRACTICE_NUMBERS), len(Stance)), np.float32)
        return self._weighed(self._network.run(texts)[0], vectors)

    def _weighed(self, read: Stances, vectors: Vectors | None) -> Stances:
        if self._opinion is None or vectors is None:
            return read
        return (1 - self._weight) * read + self._weight * self._opinion(vectors)

    def read_pairs(self, ones: Sequence[str], others: Sequence[str], *, once: bool = False) -> npt.NDArray[np.float32]:
        """Logits of how each text stands to its other, (pairs, 4): the mean of both ways round, or `once`; at least one pair."""
        if once:
            return self._network.run(ones, others)[1]
        both = self._network.run([*ones, *others], [*others, *ones])[1]
        return np.asarray((both[: len(ones)] + both[len(ones) :]) / 2, np.float32)

    def relate(self, one: Sheet, other: Sheet) -> Relations:
        """How each clause of the one stands to each of the other, (n, m, 4).

        Only the nearest few of the one, and none that is far, are weighed for each clause of the other; the rest are unrelated to it.
        A pair is read both ways round, in a document of more than `_MANY` clauses once, which takes less time.
        """
        found = np.zeros((len(one.clauses), len(other.clauses), len(Relation)), np.float32)
        if not one.clauses or not other.clauses:
            return found
        found[..., Relation.UNRELATED] = 1
        features = shared(one, other)
        near = 1 - self.first(features)[..., Relation.UNRELATED]
        rows = np.argsort(-near, axis=0, kind="stable")[:_CANDIDATES].T.reshape(-1)
        columns = np.repeat(np.arange(len(other.clauses)), min(_CANDIDATES, len(one.clauses)))
        close = near[rows, columns] >= _NEAR
        rows, columns = rows[close], columns[close]
        if len(rows):
            ones, others = [_whole(one.clauses[at]) for at in rows], [_whole(other.clauses[at]) for at in columns]
            read = self.read_pairs(ones, others, once=max(len(one.clauses), len(other.clauses)) > _MANY)
            found[rows, columns] = self.second(np.concatenate([features[rows, columns], read], axis=1))
        theirs: dict[str, list[int]] = {}
        for at, clause in enumerate(other.clauses):
            theirs.setdefault(clause.text, []).append(at)
        for row, clause in enumerate(one.clauses):
            found[row, theirs.get(clause.text, [])] = np.eye(len(Relation))[Relation.SAME]  # the same words are the same rule
        return found


def _whole(clause: Clause) -> str:
    return _led(clause.lead, clause.text)


def _led(lead: str, text: str) -> str:
    return f"{lead.rstrip(': ')}: {text}" if lead else text


_KINDS = (
    (Modality.MUST_NOT, Modality.SHOULD_NOT),
    (Modality.MUST, Modality.SHOULD, Modality.ASK_FIRST),
    (Modality.MAY,),
    (Modality.INFO,),
)
# Words that turn a rule round, and words that give leave.
_TURNS = re.compile(
    r"\b(?:not|never|no|nobody|none|without|cannot|don't|nor|neither|instead|rather|only|except|unless|"
    r"tidak|jangan|tak|tanpa|bukan|dilarang|belum|hanya|kecuali)\b",
    re.IGNORECASE,
)
_LEAVES = re.compile(
    r"\b(?:may|free to|need not|no need|optional|allowed|can|boleh|bebas|(?:tidak|tak) (?:perlu|wajib)|dipersilakan|diizinkan)\b", re.I
)
_PLAIN = 9 + 3 * 4
FEATURES = _PLAIN + len(_KINDS) * (len(_KINDS) + 1) // 2


def shared(one: Sheet, other: Sheet) -> npt.NDArray[np.float32]:
    """What each two clauses share, (n, m, `FEATURES`): meaning, words, practices, stances, and the kinds of force."""
    cosine = np.clip(one.vectors @ other.vectors.T, 0, 1)
    about, theirs = one.stances.sum(axis=2), other.stances.sum(axis=2)
    subjects = np.minimum(about[:, None], theirs[None]).max(axis=2)
    same, their_same = one.stances[:, :, Stance.SAME], other.stances[:, :, Stance.SAME]
    against, their_against = one.stances[:, :, Stance.OPPOSITE], other.stances[:, :, Stance.OPPOSITE]
    agree = np.maximum(_likeliest(same, their_same), _likeliest(against, their_against))
    disagree = np.maximum(_likeliest(same, their_against), _likeliest(against, their_same))
    words = [frozenset(tokens(clause.text, clause.lang)) for clause in one.clauses]
    their_words = [frozenset(tokens(clause.text, clause.lang)) for clause in other.clauses]
    common = np.array([[len(a & b) / max(1, min(len(a), len(b))) for b in their_words] for a in words], np.float32)
    across = np.array([[float(a.lang != b.lang) for b in other.clauses] for a in one.clauses], np.float32)
    kinds, their_kinds = [_kind(clause) for clause in one.clauses], [_kind(clause) for clause in other.clauses]
    forces = np.zeros((len(kinds), len(their_kinds), FEATURES - _PLAIN), np.float32)
    for row, a in enumerate(kinds):
        for column, b in enumerate(their_kinds):
            low, high = sorted((a, b))
            forces[row, column, high * (high + 1) // 2 + low] = 1
    turned = _turned(one.clauses, other.clauses)
    plain = np.stack([cosine, cosine**2, common, across, cosine * across, subjects, agree, disagree, cosine * disagree], axis=2)
    columns = [plain, turned, cosine[..., None] * turned, common[..., None] * turned, forces]
    return np.concatenate(columns, axis=2).astype(np.float32)


def _turned(one: Sequence[Clause], other: Sequence[Clause]) -> npt.NDArray[np.float32]:
    """(n, m, 4): only one is turned round, an odd number of turns in both, only one gives leave, both do."""
    turns, their_turns = (np.array([len(_TURNS.findall(c.text)) for c in side])[:, None] for side in (one, other))
    leaves, their_leaves = (np.array([bool(_LEAVES.search(c.text)) for c in side])[:, None] for side in (one, other))
    columns = [
        (turns > 0) != (their_turns > 0).T,
        (turns + their_turns.T) % 2 == 1,
        leaves != their_leaves.T,
        leaves & their_leaves.T,
    ]
    return np.stack(columns, axis=2).astype(np.float32)


def _likeliest(one: npt.NDArray[np.float32], other: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    found: npt.NDArray[np.float32] = np.minimum(one[:, None], other[None]).max(axis=2)
    return found


def _kind(clause: Clause) -> int:
    return next(at for at, kinds in enumerate(_KINDS) if clause.modality in kinds)
