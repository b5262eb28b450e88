"""How a clause stands to each of the 25 practices, and to another clause: the same rule, part of it, its opposite, or neither.

A small network of our own reads the clause (`kb.network`), trained by `chat.training.standing` on labelled clauses in both languages:
one output a practice ("is it about this?"), one for the stance, and a short vector of its rule; a card is beside it. How two clauses
stand to each other is a multinomial logistic regression over what they share, the vectors of their rules among it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.clause import PRACTICE_NUMBERS, Clause, Modality
from kb.embedding import Vectors
from kb.errors import ModelError
from kb.lexical import tokens
from kb.network import PARAMETERS, Network

if TYPE_CHECKING:
    from kb.compare import Sheet

Stances = npt.NDArray[np.float32]  # (clauses, 25, 3): probability of each `Stance`
Relations = npt.NDArray[np.float32]  # (clauses of one, clauses of other, 4): probability of each `Relation`
LONGEST = 112  # pieces of a clause that are read
RULE_WIDTH = 64
_SENTENCE = re.compile(r"(?<=[.!?;])(?<!\b[A-Z]\.)(?<!\bNo\.)\s+(?=\S)")
_SHORTEST = 12  # code points of a sentence that says something


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
    """The sentences that a clause is read by, each as one rule; its lead-in gives an item of a list its subject."""
    whole = f"{clause.lead.rstrip(': ')}: {clause.text}" if clause.lead else clause.text
    found = [sentence for sentence in _SENTENCE.split(whole) if len(sentence) >= _SHORTEST]
    return found if len(found) > 1 else [whole]


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What was read of clauses: how each stands to each practice, (n, 25, 3), and the vector of its rule, (n, `RULE_WIDTH`)."""

    stances: Stances
    rules: Vectors

    def __getitem__(self, rows: slice) -> Read:
        return Read(self.stances[rows], self.rules[rows])


class Standing:
    """The fitted network and regression. Safe to share between threads."""

    def __init__(self, network: Network, card: dict[str, Any]) -> None:
        self._network = network
        self.bounds = Bounds(**card["bounds"])
        relations = card["relations"]
        self.layer = np.array(relations["layer"], np.float32), np.array(relations["layer_bias"], np.float32)
        self.regression = np.array(relations["weights"], np.float32), np.array(relations["bias"], np.float32)

    @classmethod
    def open(cls, folder: Path = PARAMETERS) -> Standing:
        """The shipped parameters; raises `ModelError` where they are missing or do not belong together."""
        try:
            card = json.loads((folder / "standing.json").read_text("utf-8"))
            found = hashlib.sha256((folder / "standing.onnx").read_bytes()).hexdigest()
            if found != card["sha256"]:
                raise ValueError(f"a network {found[:12]}… that is not the card's")
            return cls(Network(folder / "standing.onnx", LONGEST), card)
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(expected=f"standing.onnx and its card in {folder}", found=str(error), todo="install AskFirst again") from error

    def read(self, clauses: Sequence[Clause]) -> Read:
        """What each clause says; of one of several sentences, what any of them says."""
        pieces = [parts(clause) for clause in clauses]
        read = self.read_texts([piece for of in pieces for piece in of])
        found = _nothing(len(clauses))
        at = 0
        for row, of in enumerate(pieces):
            found.stances[row] = read.stances[at : at + len(of)].max(axis=0)
            found.rules[row] = read.rules[at : at + len(of)].mean(axis=0)
            at += len(of)
        return found

    def read_texts(self, texts: Sequence[str]) -> Read:
        """The same for bare texts."""
        return Read(*self._network.run(texts)) if texts else _nothing(0)

    def related(self, one: Vectors, other: Vectors) -> npt.NDArray[np.float32]:
        """(n, m, 4) logits of how rules stand to each other, from their vectors."""
        weights, bias = self.layer
        both = np.concatenate([one[:, None] * other[None], np.abs(one[:, None] - other[None])], axis=2)
        return np.asarray(both @ weights + bias, np.float32)

    def relate(self, one: Sheet, other: Sheet) -> Relations:
        """How each clause of the one stands to each of the other, (n, m, 4)."""
        if not one.clauses or not other.clauses:
            return np.zeros((len(one.clauses), len(other.clauses), len(Relation)), np.float32)
        weights, bias = self.regression
        logits = shared(one, other, self.related(one.rules, other.rules)) @ weights + bias
        raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
        found: Relations = (raised / raised.sum(axis=-1, keepdims=True)).astype(np.float32)
        theirs: dict[str, list[int]] = {}
        for at, clause in enumerate(other.clauses):
            theirs.setdefault(clause.text, []).append(at)
        for row, clause in enumerate(one.clauses):
            found[row, theirs.get(clause.text, [])] = np.eye(len(Relation))[Relation.SAME]  # the same words are the same rule
        return found


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
_PLAIN = 9 + 3 * 4 + len(Relation)
FEATURES = _PLAIN + len(_KINDS) * (len(_KINDS) + 1) // 2


def _nothing(count: int) -> Read:
    return Read(np.zeros((count, len(PRACTICE_NUMBERS), len(Stance)), np.float32), np.zeros((count, RULE_WIDTH), np.float32))


def shared(one: Sheet, other: Sheet, related: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What each two clauses share, (n, m, `FEATURES`): meaning, words, practices, stances, kinds of force, and how their rules relate."""
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
    columns = [plain, related, turned, cosine[..., None] * turned, common[..., None] * turned, forces]
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
