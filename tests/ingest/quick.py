"""The command line with vectors that cost nothing: everything else of it is real."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import ingest.build as build
import ingest.plan as planning
from chat.cli import main
from kb.embedding import Vectors
from tests.conftest import LetterEmbedder


class Letters(LetterEmbedder):
    """The fake embedder in the place of sentence-transformers."""

    def __init__(self, *_given: object) -> None:
        pass

    def embed(self, texts: Sequence[str], _report: object = None) -> Vectors:
        """One row a text."""
        return super().embed(texts)


def replace_models() -> None:
    """Puts the fake in the place of both models, in this process."""
    build.ReferenceEmbedder = Letters  # type: ignore[misc, assignment]
    build.open_embedder = lambda *_: LetterEmbedder()
    build.ensure_export = lambda *_: Path()
    planning.expected_model = lambda _: LetterEmbedder.model


if __name__ == "__main__":
    replace_models()
    sys.exit(main())
