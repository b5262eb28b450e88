"""Reading a message with a network: scope, practices and verdict of it alone, relevance and verdict of a rule beside it.

The network (`chat/parameters/reader.onnx`, made by `chat.training.reader`, a card beside it) reads both languages; the judge weighs
what it says with what its linear models say.
"""

from __future__ import annotations

import hashlib
import json
import textwrap
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
_HISTORY, _EARLIER, _RULE = 2, 300, 400  # earlier messages; code points of each, and of a rule
_ROOM, _LEAST = 640, 240  # code points that are read at once, and of them the least that a message has beside a long rule
_WINDOWS = 10  # parts of a very long message that are read
_FREE, _ASK = (0, 1), 3  # columns of the verdicts: yes and yes_if; ask

Floats = npt.NDArray[np.float32]


def room(*rules: str) -> int:
    """The code points of a message that are read at once beside the longest of these rules."""
    return max(_ROOM - max(map(len, rules), default=0), _LEAST)


def said(question: Question, width: int = _ROOM) -> list[str]:
    """A message as the network reads it: what kind it is, whose account, what came before, and its words; a long one in parts.

    What came before has only what room the message leaves, so that the message itself is read to its end.
    """
    head = f"{'post' if question.draft else 'question'}, {question.account.value if question.account else 'any'} account"
    parts = textwrap.wrap(question.text, width, replace_whitespace=False, drop_whitespace=False)[:_WINDOWS] or [""]
    earlier = question.history[-_HISTORY:]
    share = min(_EARLIER, (width - len(parts[0])) // max(1, len(earlier)))
    before = [text[:share] for text in earlier if share > 0]
    return [" | ".join([head, *before]) + f": {part}" for part in parts]


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
        """The message alone; of a long one, the most cautious part."""
        scope, practices, verdicts, _, _ = self._network.run(said(question))
        return Alone(float(scope.max()), practices.max(axis=0), verdicts[_most_cautious(verdicts, draft=question.draft)])

    def beside(self, question: Question, rules: Sequence[Clause]) -> Paired:
        """The message beside each of the rules, at least one; of a long one, the most cautious part."""
        texts = [ruled(f"{rule.lead} {rule.text}".strip(), rule.modality.value) for rule in rules]
        parts = said(question, room(*texts))
        _, _, _, relevance, stances = self._network.run(parts * len(texts), [text for text in texts for _ in parts])
        by_rule = stances.reshape(len(texts), len(parts), -1)
        strictest = [stance[_most_cautious(stance, draft=question.draft)] for stance in by_rule]
        return Paired(relevance.reshape(len(texts), len(parts)).max(axis=1), np.stack(strictest))


def _most_cautious(verdicts: Floats, *, draft: bool) -> int:
    """The row that is least likely to let a post go out or, of a question, likeliest to ask: there *no* may be what sets free."""
    raised = np.exp(verdicts - verdicts.max(axis=1, keepdims=True))
    chances = raised / raised.sum(axis=1, keepdims=True)
    return int(np.argmin(chances[:, _FREE].sum(axis=1)) if draft else np.argmax(chances[:, _ASK]))
