"""`python -m tests.benchmarks.search_speed [--keep FOLDER]`: searching 100,000 clauses beside 1,000, and beside the obvious script.

Prints a table. Promises: the median of a whole search at 100,000 at most three times that at 1,000; of the ten nearest
clauses Chroma's approximate search brings up 0.98 or more of those that comparing all vectors does.

The texts are made as for `ingest_speed`. Embedding 100,000 of them takes ten minutes on two idle cores and an hour on busy ones, so a
vector is made of real ones: the mean of those of the two shipped clauses whose halves the text joins, with noise, at unit
length. A tenth of the policies may be seen by one group only, so that every search has to leave something out. Questions are
those of the shipped test scenarios, in both languages, and each is searched in both indexes in turn. "Whole" is what people
wait for, embedding the question included; the share without it, which says more of the index, stands beside it. `--keep`
leaves the indexes in FOLDER and uses those that are there.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from kb.clause import Authority, Clause, Modality, Policy
from kb.embedding import Embedder, Vectors, ensure_export, open_embedder, shipped_model
from kb.glossary import Glossary
from kb.lexical import Lexical
from kb.manifest import SCHEMA, Manifest
from kb.search import KnowledgeBase
from kb.settings import read_settings
from kb.store import ChromaStore
from kb.support import SHIPPED, Support, read_support, read_yaml
from tests.benchmarks.material import A_HEADING, Made, made, peak_memory, shipped

SIZES = (1_000, 100_000)
A_POLICY = 400  # clauses
NOISE = 0.02  # deviation of each of the 384 numbers: a cosine of about 0.93 to the vector without it
QUESTIONS = 300
WARM = 20
DAY = date(2026, 1, 1)
TOP = 10


def clauses_of(texts: Sequence[Made]) -> list[Clause]:
    """The made texts as clauses of policies, one language a policy; every tenth policy is for a group."""
    policies: dict[tuple[str, int], Policy] = {}
    counts: dict[str, int] = {}
    found = []
    for text in texts:
        at = counts[text.lang] = counts.get(text.lang, -1) + 1
        part, place = divmod(at, A_POLICY)
        if (text.lang, part) not in policies:
            groups = ("board",) if len(policies) % 10 == 9 else ()
            policies[text.lang, part] = Policy(f"{text.lang}-{part}", f"Policy {part}", text.lang, Authority.BINDING, groups=groups)
        policy = policies[text.lang, part]
        section, number = place // A_HEADING + 1, place % A_HEADING + 1
        found.append(
            Clause(
                id=f"{policy.id}/{section}/{number}",
                policy=policy,
                text=text.text,
                modality=Modality.MUST,
                heading=(f"{section} {text.heading}",),
                number=str(number),
                start=place * 120,
                end=place * 120 + len(text.text),
                line=place,
            )
        )
    return found


def vectors_of(texts: Sequence[Made], real: Vectors) -> Vectors:
    """A unit vector a text: between those of the clauses that it was made of, with noise."""
    chance = np.random.default_rng(5)
    sources = np.array([text.sources for text in texts])
    mixed = (real[sources[:, 0]] + real[sources[:, 1]]) / 2
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    mixed += chance.normal(0, NOISE, mixed.shape)
    return (mixed / np.linalg.norm(mixed, axis=1, keepdims=True)).astype(np.float32)


def write(folder: Path, clauses: Sequence[Clause], vectors: Vectors, support: Support) -> None:
    """An index as `ingest` writes it, of vectors given to it."""
    folder.mkdir(parents=True)
    ChromaStore.create(folder / "chroma", clauses, vectors)
    for lang in ("en", "id"):
        (folder / f"words-{lang}").mkdir()
        Lexical.build({c.key: c.embedded for c in clauses if c.lang == lang}, lang).save(folder / f"words-{lang}")
    support.write(folder)
    owners = {c.key: f"{c.policy.id}@{c.lang}" for c in clauses}
    Manifest(
        schema=SCHEMA,
        digest="made",
        model=shipped_model(),
        corpus="made",
        policies={owners[c.key]: c.policy for c in clauses},
        clauses={c.key: ("", owners[c.key]) for c in clauses},
        stats={},
        refused={},
        built="",
    ).write(folder)


def opened(folder: Path, models: Path) -> tuple[KnowledgeBase, float]:
    """The index in `folder`, and the seconds it took to open with its first search."""
    began = time.perf_counter()
    embedder = open_embedder(models / shipped_model().folder, shipped_model())
    knowledge = KnowledgeBase.open(folder, embedder, Glossary(Support.read(folder).glossary))
    knowledge.search("May I post a photo of a customer?", "en", top=TOP, day=DAY)
    return knowledge, time.perf_counter() - began


def memory(folder: Path, models: Path) -> tuple[float, float]:
    """Seconds to open and peak memory in MB of a process that opens this index and searches it."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.search_speed", "--open", str(folder), str(models)],
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, peak = json.loads(done.stdout.splitlines()[-1])
    return float(seconds), float(peak)


def questions() -> list[tuple[str, str]]:
    """Questions of the shipped test scenarios with their languages."""
    found = [
        (entry["text"], entry["lang"]) for file in sorted((SHIPPED / "scenarios" / "test").glob("*.yaml")) for entry in read_yaml(file)
    ]
    step = max(1, len(found) // (QUESTIONS + WARM))
    return found[::step][: QUESTIONS + WARM]


def recall(knowledge: KnowledgeBase, vectors: Sequence[Vectors], allowed: frozenset[str] | None) -> float:
    """Of the ten clauses nearest by comparing all vectors the share that the store brings up."""
    keys = knowledge.store.keys()
    if allowed is not None:
        keys = [key for key in keys if knowledge.manifest.clauses[key][1] in allowed]
    kept = knowledge.store.vectors(keys)
    matrix = np.stack([kept[key] for key in keys])
    shares = []
    for vector in vectors:
        scores = matrix @ vector
        exact = {keys[at] for at in np.argpartition(-scores, TOP)[:TOP]}
        shares.append(len(exact & {key for key, _ in knowledge.store.nearest(vector[None, :], TOP, allowed)[0]}) / TOP)
    return float(np.mean(shares))


def timed(call: Callable[[], object]) -> float:
    began = time.perf_counter()
    call()
    return (time.perf_counter() - began) * 1000


def measure(bases: dict[int, KnowledgeBase], embedder: Embedder, asked: Sequence[tuple[str, str]]) -> dict[tuple[int, str], list[float]]:
    """Milliseconds of every search, by size and kind; the sizes take turns, and which goes first."""
    times: dict[tuple[int, str], list[float]] = {(size, kind): [] for size in bases for kind in ("whole", "without embedding")}
    for at, (text, lang) in enumerate(asked):
        vector = embedder.embed([text], [lang])[0]
        for size in list(bases)[:: 1 if at % 2 else -1]:
            search = bases[size].search
            times[size, "whole"].append(timed(lambda: search(text, lang, top=TOP, day=DAY)))  # noqa: B023
            times[size, "without embedding"].append(timed(lambda: search(text, lang, top=TOP, day=DAY, vector=vector)))  # noqa: B023
    return {kind: found[WARM:] for kind, found in times.items()}


def obvious(folder: Path, asked: Sequence[tuple[str, str]]) -> list[float]:
    """Milliseconds of the obvious script's similarity search over the same Chroma collection."""
    from langchain_chroma import Chroma
    from langchain_huggingface import HuggingFaceEmbeddings

    from kb.embedding import packaged_model

    store = Chroma("clauses", HuggingFaceEmbeddings(model_name=str(packaged_model())), str(folder))
    return [timed(lambda: store.similarity_search(text, k=TOP)) for text, _ in asked][WARM:]  # noqa: B023


def main() -> None:
    """Measures and prints."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--open", nargs=2, type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.open:
        knowledge, seconds = opened(*options.open)
        for text, lang in questions()[:50]:
            knowledge.search(text, lang, top=TOP, day=DAY)
        print(json.dumps([seconds, peak_memory()]))
        return
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        settings = read_settings({"ASKFIRST_HOME": str(place)}, place)
        ensure_export(shipped_model(), "", settings.model_folder, lambda _: None)
        embedder = open_embedder(settings.model_folder / shipped_model().folder, shipped_model())
        if any(not (place / str(size) / "manifest.json").is_file() for size in SIZES):
            known = shipped(Path(scratch))
            real = embedder.embed([c.embedded for c in known], [c.lang for c in known])
            for size in SIZES:
                shutil.rmtree(place / str(size), ignore_errors=True)
                texts = list(made(known, size))
                began = time.perf_counter()
                write(place / str(size), clauses_of(texts), vectors_of(texts, real), read_support(settings))
                print(f"wrote the index of {size:,} clauses in {time.perf_counter() - began:.0f} s", flush=True)
        asked = questions()
        loads = {size: memory(place / str(size), settings.model_folder) for size in SIZES}
        bases = {size: opened(place / str(size), settings.model_folder)[0] for size in SIZES}
        times = measure(bases, embedder, asked)
        print(f"{len(asked) - WARM} questions, top {TOP}; milliseconds")
        print(f"{'':22}{'p50 1,000':>11}{'p50 100,000':>13}{'ratio':>7}{'p95 1,000':>11}{'p95 100,000':>13}")
        for kind in ("whole", "without embedding"):
            (low, low95), (high, high95) = (np.percentile(times[size, kind], (50, 95)) for size in SIZES)
            print(f"search, {kind:14}{low:9.1f}{high:13.1f}{high / low:7.2f}{low95:11.1f}{high95:13.1f}")
        large = bases[SIZES[1]]
        vectors = [embedder.embed([text], [lang])[0] for text, lang in asked[:200]]
        seen = frozenset(large.policies(DAY))
        whole, part = recall(large, vectors, None), recall(large, vectors, seen)
        print(f"recall at {TOP}, 100,000 clauses: {whole:.4f} of all, {part:.4f} of what may be seen (floor 0.98)")
        for size in SIZES:
            seconds, peak = loads[size]
            disk = sum(file.stat().st_size for file in (place / str(size)).rglob("*") if file.is_file()) / 1e6
            print(f"{size:7,} clauses: opened with its first search in {seconds:.2f} s; peak memory {peak:.0f} MB; {disk:.0f} MB on disk")
        large.close()
        theirs = np.median(obvious(place / str(SIZES[1]) / "chroma", asked[:120]))
        ours = np.median(times[SIZES[1], "whole"])
        print(f"obvious script at 100,000: p50 {theirs:.1f} ms   AskFirst / obvious {ours / theirs:.2f}")


if __name__ == "__main__":
    main()
