"""A process that ingests when it is told to: the real build, Chroma and file system, with vectors that cost nothing.

A line on standard input is a delay in seconds: the corpus is then brought up to date in a process of its own, which is
killed (SIGKILL) after that delay. An empty line lets it finish. The answer is one line: `killed`, `built`, `fresh`, or the error.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path

# Loaded before anything forks, so that a run costs no more than its work.
import bm25s  # noqa: F401
import chromadb  # noqa: F401
import httpx  # noqa: F401

import ingest.build as build
import ingest.plan as planning
from kb.embedding import Vectors
from kb.errors import AskFirstError
from kb.settings import Settings, read_settings
from tests.conftest import LetterEmbedder


class Letters(LetterEmbedder):
    """The fake embedder in the place of sentence-transformers."""

    def __init__(self, *_given: object) -> None:
        pass

    def embed(self, texts: Sequence[str], _report: object = None) -> Vectors:
        """One row a text."""
        return super().embed(texts)


def ingest(settings: Settings) -> str:
    """What one run came to, in one line."""
    try:
        return "built" if build.refresh(settings, lambda _: None).built else "fresh"
    except AskFirstError as error:
        return f"{type(error).__name__}: {error}"
    except BaseException:
        return "traceback: " + traceback.format_exc().replace("\n", " | ")


def main() -> None:
    """Runs until standard input ends."""
    build.ReferenceEmbedder = Letters  # type: ignore[misc, assignment]
    build.open_embedder = lambda *_: LetterEmbedder()
    build.ensure_export = lambda *_: Path()
    planning.expected_model = lambda _: LetterEmbedder.model
    settings = read_settings(os.environ, Path.cwd())
    print("ready", flush=True)
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            os.write(writing, ingest(settings).encode())
            os._exit(0)
        os.close(writing)
        timer = threading.Timer(float(line), os.kill, (child, signal.SIGKILL)) if line.strip() else None
        if timer:
            timer.start()
        with os.fdopen(reading, encoding="utf-8") as told:
            said = told.read()
        if timer:
            timer.cancel()
        os.waitpid(child, 0)
        print(said or "killed", flush=True)


if __name__ == "__main__":
    main()
