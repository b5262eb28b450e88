"""A small network of our own over text: its tokenizer, its session, and running it in batches.

The networks in `kb/parameters` and `chat/parameters` are multilingual-e5-small (Wang et al. 2024, MIT licence) trained further by
`chat.training`, as ONNX with 4 and 8 bits a weight. They share one tokenizer, which keeps the pieces of our two languages.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.embedding import without_surrogates

PARAMETERS = Path(__file__).resolve().parent / "parameters"
PIECES = PARAMETERS / "pieces.json"  # the tokenizer that all of them share
_PADDING = 1
_BATCH = 32


def open_tokenizer(file: Path = PIECES) -> Any:
    """The shared tokenizer, padding each batch to its longest text."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(file))
    tokenizer.enable_padding(pad_id=_PADDING, pad_token="<pad>")  # noqa: S106
    return tokenizer


class Network:
    """A network in a session of onnxruntime. Safe to share between threads."""

    def __init__(self, file: Path, longest: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self._session = onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
        self._tokenizer = open_tokenizer()
        self._tokenizer.enable_truncation(max_length=longest)
        self.outputs: list[str] = [output.name for output in self._session.get_outputs()]

    def run(self, texts: Sequence[str], pairs: Sequence[str] | None = None) -> list[npt.NDArray[np.float32]]:
        """Every output for every text, or for every text with its pair, as arrays whose first axis is the texts'; at least one text."""
        found: list[npt.NDArray[np.float32]] = []
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]) + (len(pairs[at]) if pairs is not None else 0))
        for start in range(0, len(order), _BATCH):
            rows = order[start : start + _BATCH]
            given = [without_surrogates(texts[at]) for at in rows]
            encoded = self._tokenizer.encode_batch(
                given if pairs is None else [(one, without_surrogates(pairs[at])) for one, at in zip(given, rows, strict=True)]
            )
            ids = np.array([e.ids for e in encoded], np.int64)
            mask = np.array([e.attention_mask for e in encoded], np.int64)
            outputs = self._session.run(None, {"input_ids": ids, "attention_mask": mask})
            if not found:
                found = [np.zeros((len(texts), *output.shape[1:]), np.float32) for output in outputs]
            for whole, output in zip(found, outputs, strict=True):
                whole[rows] = output
        return found
