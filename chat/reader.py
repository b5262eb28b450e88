"""Reading a message with a network: scope, practices and verdict of it alone, relevance and verdict of a rule beside it.

The network (`chat/parameters/reader.onnx`, made by `chat.training.reader`, a card beside it) reads both languages; the judge weighs
what it says with what its linear models say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt

from chat.question import Question
from kb.clause import Clause
from kb.errors import ModelError
from kb.network import Network

PARAMETERS = Path(__file__).resolve().parent / "parameters" / "reader.onnx"
LONGEST = 192  # pieces of a message, or of a message and a rule, that are read
_HISTORY, _EARLIER, _TEXT, _RULE = 2, 300, 900, 400  # earlier messages; code points of each, of the message and of a rule

Floats = npt.NDArray[np.float32]


def said(question: Question) -> str:
    """A message as the network reads it: what kind it is, whose account, what came before, and its words."""
    head = f"{'post' if question.draft else 'question'}, {question.account.value if question.account else 'any'} account"
    earlier = [text[:_EARLIER] for text in question.history[-_HISTORY:]]
    return " | ".join([head, *earlier]) + f": {question.text[:_TEXT]}"


def ruled(text: str, modality: str) -> str:
    """A rule as the network reads it."""
    return f"{modality.replace('_', ' ')}: {text[:_RULE]}"


@dataclass(frozen=True, slots=True)
class Alone:
    """Logits of one message: scope (), practices (25,), verdicts (5,)."""

    scope: float
    practices: Floats
    verdicts: Floats


@dataclass(frozen=True, slots=True)
class Paired:
    """Logits of one message beside rules: relevance (n,), stances (n, 5)."""

    relevance: Floats
    stances: Floats


class Reader:
    """The network, opened. Safe to share between threads."""

    def __init__(self, network: Network) -> None:
        self._network = network

    @classmethod
    def load(cls, file: Path = PARAMETERS) -> tuple[Self, Mapping[str, float]]:
        """The shipped network, and its weight beside the linear judge; raises `ModelError` where it is missing or is not its card's."""
        try:
            card = json.loads(file.with_suffix(".json").read_text("utf-8"))
            found = hashlib.sha256(file.read_bytes()).hexdigest()
            if found != card["sha256"]:
                raise ValueError(f"a network {found[:12]}… that is not the card's")
            return cls(Network(file, LONGEST)), {str(name): float(weight) for name, weight in card["weights"].items()}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise ModelError(expected=f"the reader's network in {file}", found=str(error), todo="install AskFirst again") from error

    def read(self, question: Question) -> Alone:
        """The message alone."""
        scope, practices, verdicts, _, _ = self._network.run([said(question)])
        return Alone(float(scope[0]), practices[0], verdicts[0])

    def beside(self, question: Question, rules: Sequence[Clause]) -> Paired:
        """The message beside each of the rules, at least one."""
        texts = [ruled(f"{rule.lead} {rule.text}".strip(), rule.modality.value) for rule in rules]
        _, _, _, relevance, stances = self._network.run([said(question)] * len(texts), texts)
        return Paired(relevance, stances)
