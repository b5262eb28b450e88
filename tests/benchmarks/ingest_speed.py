"""`python -m tests.benchmarks.ingest_speed [--clauses 10000]`: an ingest beside `SentenceTransformer.encode` alone, and re-ingest.

Prints ratios. Promises: an ingest, after start-up, at 0.9 or more of the throughput of `encode` on exactly the texts it
embeds; after changing 1 % of the clauses, 0.1 or less of the first time.

Fair on a machine that does other things too: the ingest is stopped, and its clock with it, after every `SLICE` texts it
embedded; `encode` then gets exactly these texts, in the order of length that it would itself put them in, in batches as large
and in a model opened as sentence-transformers does by default. Start-up is importing, opening the model, and opening
Chroma's client library for the first time; reading, splitting, hashing, writing, verifying and the word index all count.
The obvious script's own part runs last, in a process of its own, on its own chunks of the same files.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

import ingest.build as build
from ingest.build import refresh
from kb.embedding import BATCH, ModelId, ReferenceEmbedder, Vectors, ensure_export, packaged_model, shipped_model
from kb.manifest import Manifest
from kb.settings import Settings, read_settings
from kb.store import ChromaStore
from tests.benchmarks.material import made, peak_memory, shipped, write_corpus

SLICE = 1024
FILES = 25
OBVIOUS = Path(__file__).with_name("obvious_ingest.py")


@dataclass
class Clock:
    """Wall and processor seconds while it runs; processes that were waited for count as processor time."""

    wall: float = 0.0
    cpu: float = 0.0
    _began: tuple[float, float] = field(default=(0.0, 0.0), repr=False)

    def start(self) -> None:
        self._began = time.perf_counter(), _cpu()

    def stop(self) -> None:
        self.wall += time.perf_counter() - self._began[0]
        self.cpu += _cpu() - self._began[1]


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


class Alternating:
    """In the place of `ReferenceEmbedder` while building: the same embedder, opened off the clock, stopped for the baseline."""

    def __init__(self, inner: ReferenceEmbedder, clock: Clock, between: Callable[[list[str]], None] | None) -> None:
        self._inner, self._clock, self._between = inner, clock, between
        self.texts: list[str] = []
        self.embedding = Clock()

    def __call__(self, *_given: object) -> Alternating:
        return self

    def embed(self, texts: list[str], report: Callable[[int], None] | None = None) -> Vectors:
        self.texts = list(texts)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        found: Vectors | None = None
        for at in range(0, len(order), SLICE):
            rows = order[at : at + SLICE]
            part = [texts[row] for row in rows]
            self.embedding.start()
            vectors = self._inner.embed(part, report)
            self.embedding.stop()
            found = np.zeros((len(texts), vectors.shape[1]), np.float32) if found is None else found
            found[rows] = vectors
            if self._between:
                self._clock.stop()
                self._between(part)
                self._clock.start()
        assert found is not None
        return found


def ingest(
    settings: Settings, reference: ReferenceEmbedder, between: Callable[[list[str]], None] | None = None
) -> tuple[Any, Clock, Alternating]:
    """One ingest with the model open: its outcome, its time, and what was embedded."""
    clock = Clock()
    embedder = Alternating(reference, clock, between)
    build.ReferenceEmbedder = embedder  # type: ignore[misc, assignment]
    try:
        clock.start()
        outcome = refresh(settings, lambda _: None)
        clock.stop()
    finally:
        build.ReferenceEmbedder = ReferenceEmbedder  # type: ignore[misc]
    return outcome, clock, embedder


def baseline(model: Path, clock: Clock) -> Callable[[list[str]], None]:
    """`SentenceTransformer.encode` alone, timed by `clock`."""
    from sentence_transformers import SentenceTransformer

    transformer = SentenceTransformer(str(model), device="cpu", local_files_only=True)
    transformer.encode(["warm"] * BATCH, batch_size=BATCH)

    def encode(texts: list[str]) -> None:
        clock.start()
        transformer.encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        clock.stop()

    return encode


def change(files: list[Path], count: int) -> dict[str, str]:
    """Adds words to `count` clauses, spread over all files; the new texts, keyed by the old."""
    chance = random.Random(11)
    lines = {file: file.read_text("utf-8").splitlines() for file in files}
    places = [(file, at) for file in files for at, line in enumerate(lines[file]) if line.startswith("- ")]
    changed = {}
    for file, at in chance.sample(places, count):
        old = lines[file][at][2:]
        changed[old] = f"{old} Keep a note of it."
        lines[file][at] = f"- {changed[old]}"
    for file, text in lines.items():
        file.write_text("\n".join(text) + "\n", "utf-8")
    return changed


def check(index: Path, total: int, changed: dict[str, str]) -> None:
    """The index holds `total` clauses, every changed text in its new form and none in its old."""
    store = ChromaStore.open(index / "chroma", Manifest.read(index).policies)
    try:
        keys = store.keys()
        texts = {clause.text for at in range(0, len(keys), 5000) for clause in store.fetch(keys[at : at + 5000])}
    finally:
        store.close()
    assert len(keys) == total, f"{len(keys)} clauses in the index, not {total}"
    assert set(changed.values()) <= texts, "a changed text is not there"
    assert not set(changed) & texts, "an old text is still there"


def obvious(model: Path, corpus: Path, folder: Path) -> dict[str, float]:
    """The obvious script over the same files: seconds, chunks and peak memory."""
    done = subprocess.run([sys.executable, str(OBVIOUS), str(model), str(corpus), str(folder)], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--clauses", type=int, default=10_000)
    parser.add_argument("--without-obvious", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        files = write_corpus(place / "corpus", list(made(shipped(place / "none"), options.clauses)), FILES)
        home = place / "home"
        settings = read_settings({"ASKFIRST_HOME": str(home), "ASKFIRST_CORPUS": str(place / "corpus")}, place)
        model: ModelId = shipped_model()
        ensure_export(model, "", settings.model_folder, lambda _: None)
        reference = ReferenceEmbedder(model, str(packaged_model()))
        reference.embed(["warm"] * 2 * BATCH)
        small = place / "small"
        shutil.copytree(settings.model_folder, small / "model")
        one = place / "one"
        one.mkdir()
        (one / "one.md").write_text("# 1 Names\n- Ask before you name a customer.\n", "utf-8")
        ingest(read_settings({"ASKFIRST_HOME": str(small), "ASKFIRST_CORPUS": str(one)}, place), reference)

        alone = Clock()
        outcome, first, embedder = ingest(settings, reference, baseline(packaged_model(), alone))
        assert len(outcome.changes.added) == options.clauses == len(embedder.texts), outcome.changes
        check(outcome.index, options.clauses, {})
        changed = change(files, options.clauses // 100)
        outcome, again, second = ingest(settings, reference)
        counts = outcome.changes
        check(outcome.index, options.clauses, changed)
        assert len(counts.changed) == len(changed) == len(second.texts), counts
        peak = peak_memory()
        mean = np.mean([len(text) for text in embedder.texts])
        print(f"{options.clauses:,} clauses in {len(files)} files; mean embedded text {mean:.0f} characters")
        print(f"{'':34}{'wall s':>9}{'cpu s':>9}{'texts/s':>9}")
        for name, clock in (
            ("SentenceTransformer.encode alone", alone),
            ("ingest, whole", first),
            ("  of it embedding", embedder.embedding),
            ("re-ingest, 1 % changed", again),
        ):
            print(f"{name:34}{clock.wall:9.1f}{clock.cpu:9.1f}{options.clauses / clock.wall:9.0f}")
        print(f"ingest / encode alone, throughput  wall {alone.wall / first.wall:.2f}  cpu {alone.cpu / first.cpu:.2f}   (floor 0.90)")
        print(f"re-ingest / ingest, time           wall {again.wall / first.wall:.3f} cpu {again.cpu / first.cpu:.3f}  (ceiling 0.100)")
        print(f"re-ingest: {len(counts.changed)} changed, {counts.unchanged} unchanged; every new text found, no old one")
        print(f"peak memory, two models open: {peak:.0f} MB")
        if not options.without_obvious:
            theirs = obvious(packaged_model(), place / "corpus", place / "obvious")
            print(f"{'obvious script':34}{theirs['seconds']:9.1f}{theirs['cpu']:9.1f}{theirs['chunks'] / theirs['seconds']:9.0f}")
            print(f"its chunks {theirs['chunks']:.0f}, its peak memory {theirs['peak']:.0f} MB")
            print(f"ingest / obvious, time             wall {first.wall / theirs['seconds']:.2f}  cpu {first.cpu / theirs['cpu']:.2f}")


if __name__ == "__main__":
    main()
