"""`python -m tests.evaluation.comparing`: comparing against labels, on what it was never fitted on.

Pairs: of 483 clause–practice and 312 clause–clause pairs in both languages the third that `chat.training.labels.is_held` keeps
back (`--part tuned` shows the other two thirds). Cells: six drafts and fourteen published policies × 25 practices, each labelled by
three readers who followed `docs/coverage.md` and saw neither each other's labels nor any output; what two of them say is right. Where
all three differ the cell is left out and counted.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from chat.training.labels import HELD, is_held
from chat.training.standing import pair_features
from ingest.gather import make_policy
from ingest.sources import Source
from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Policy
from kb.compare import Coverage, Sheet, cells_of
from kb.embedding import Embedder, ensure_export, open_embedder, shipped_model
from kb.standing import Relation, Stance, Standing
from tests.evaluation.annotation import cases
from tests.kb.drafts.sixty_pages import sixty_pages

DATA = Path(__file__).parent / "data"
DRAFTS = Path(__file__).parents[1] / "kb" / "drafts"


def lines(file: str) -> list[dict[str, Any]]:
    """The labelled pairs of a file."""
    return [json.loads(line) for line in (DATA / file).read_text("utf-8").splitlines()]


def scores(said: np.ndarray, truth: np.ndarray) -> str:
    """F1, precision and recall, and of how many."""
    right = (said & truth).sum()
    precision, recall = right / max(1, said.sum()), right / max(1, truth.sum())
    return f"F1 {2 * right / max(1, said.sum() + truth.sum()):.3f}  P {precision:.3f}  R {recall:.3f}  ({truth.sum()} of {len(truth)})"


def practice_pairs(standing: Standing, embedder: Embedder, rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Covered, missing and opposite of clause–practice pairs, by language."""
    texts = [row["clause"] for row in rows]
    stances = standing.read_texts(texts, embedder.embed(texts, [row["lang"] for row in rows]))
    found = np.array([stances[at, row["practice"] - 1] for at, row in enumerate(rows)])
    labels, langs = np.array([row["label"] for row in rows]), np.array([row["lang"] for row in rows])
    bounds = standing.bounds
    covered = found[:, Stance.SAME] >= bounds.same
    against = found[:, Stance.OPPOSITE] >= bounds.opposite
    missing = ~covered & ~against & (found[:, Stance.SAME] + found[:, Stance.PART] < bounds.part)
    for lang in ("en", "id", "both"):
        here = np.ones(len(rows), bool) if lang == "both" else langs == lang
        for name, said, label in (("covered", covered, "same"), ("missing", missing, "unrelated"), ("opposite", against, "opposite")):
            yield f"clause–practice {lang:<5}{name:<9}{scores(said[here], labels[here] == label)}"


def clause_pairs(standing: Standing, embedder: Embedder, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Same, unrelated and opposite of clause–clause pairs, by language."""
    found = np.argmax(standing.second(pair_features(rows, standing, embedder)), axis=1)
    labels = np.array([Relation[row["label"].upper()] for row in rows])
    langs = np.array([row["one_lang"] if row["one_lang"] == row["other_lang"] else "across" for row in rows])
    for lang in ("en", "id", "across", "all"):
        here = np.ones(len(rows), bool) if lang == "all" else langs == lang
        for name, relation in (("covered", Relation.SAME), ("missing", Relation.UNRELATED), ("opposite", Relation.OPPOSITE)):
            yield f"clause–clause {lang:<7}{name:<9}{scores(found[here] == relation, labels[here] == relation)}"


def sheet_of(standing: Standing, embedder: Embedder, policy: Policy, clauses: Sequence[Clause]) -> Sheet:
    """A sheet as a comparison makes it."""
    vectors = embedder.embed([clause.embedded for clause in clauses], [clause.lang for clause in clauses])
    return Sheet(policy, tuple(clauses), vectors, standing.read(clauses, vectors))


def documents() -> Iterator[tuple[str, str, Policy, list[Clause]]]:
    """Group, name, policy and clauses of everything whose cells are labelled; the policies' attributes are hidden."""
    drafts = {path.stem: path.read_bytes() for path in sorted(DRAFTS.glob("*.*.md"))} | {"sixty_pages.en": sixty_pages().encode()}
    for name, data in drafts.items():
        file = f"{name.partition('.')[0]}.md"
        yield "drafts", name, *make_policy(data, Source(Path(file), file, name, authority=Authority.BINDING), ())
    held = [case.inferred for case in cases() if case.stated.policy.id in HELD]
    for name in sorted(HELD):
        lang = "id" if name.startswith("indonesia") else "en"
        clauses = [clause for clause in held if clause.policy.id == name and clause.lang == lang]
        yield "published", name, clauses[0].policy, clauses


LETTERS = {"c": Coverage.COVERED, "p": Coverage.PARTLY, "m": Coverage.MISSING, "x": Coverage.CONTRADICTS}


def labels() -> dict[str, list[tuple[Coverage, ...]]]:
    """What each reader says of each document, one of four for each practice: (readers, 25)."""
    readers: dict[str, dict[str, str]] = json.loads((DATA / "cells.json").read_text("utf-8"))
    return {name: [tuple(LETTERS[letter] for letter in cells[name].split()) for cells in readers.values()] for name in readers["first"]}


def settled(said: Sequence[Coverage]) -> Coverage | None:
    """What at least two readers of a cell say."""
    coverage, count = Counter(said).most_common(1)[0]
    return coverage if count > 1 else None


def cells_right(standing: Standing, embedder: Embedder, say: Callable[[str], None], *, wrong: bool) -> None:
    """How many of the labelled cells are right, by group and in all."""
    read = labels()
    right, of, left_out, confused = Counter[str](), Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for group, name, policy, clauses in documents():
        found = cells_of(sheet_of(standing, embedder, policy, clauses), standing.bounds)
        for number, by_reader in zip(PRACTICE_NUMBERS, zip(*read[name], strict=True), strict=True):
            true = settled(by_reader)
            if true is None:
                left_out[group] += 1
                continue
            said = Coverage.MISSING if found[number].coverage is Coverage.UNKNOWN else found[number].coverage
            of[group] += 1
            right[group] += said is true
            confused[true.value, said.value] += 1
            if wrong and said is not true:
                clause = next(iter(found[number].against or found[number].clauses), None)
                say(f"  {name} {number}: labelled {true.value}, said {said.value}" + (f" for: {clause.text[:110]}" if clause else ""))
    for group in of:
        say(f"cells of {group:<10}{right[group] / of[group]:.1%} of {of[group]} right; {left_out[group]} left out, as all three differ")
    say(f"cells in all        {right.total() / of.total():.1%} of {of.total()}")
    say("labelled → said: " + ", ".join(f"{one} → {said} {count}" for (one, said), count in confused.most_common()))


def readers_agree(say: Callable[[str], None]) -> None:
    """How often two of those who labelled the cells say the same."""
    read = labels()
    for one, other in itertools.combinations(range(3), 2):
        pairs = [pair for hands in read.values() for pair in zip(hands[one], hands[other], strict=True)]
        say(f"readers {one + 1} and {other + 1} say the same of {sum(a is b for a, b in pairs) / len(pairs):.1%} of {len(pairs)} cells")


def main() -> None:
    """Prints every figure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--part", choices=("held", "tuned"), default="held")
    parser.add_argument("--wrong", action="store_true", help="list the cells that are wrong")
    options = parser.parse_args()
    held = options.part == "held"
    model = shipped_model()
    standing = Standing.open(model=model)
    embedder = open_embedder(
        ensure_export(model, "", Path(platformdirs.user_cache_dir("askfirst-training", appauthor=False)), print), model
    )
    for line in practice_pairs(standing, embedder, [row for row in lines("practice_pairs.jsonl") if is_held(row["clause"]) == held]):
        print(line)
    for line in clause_pairs(standing, embedder, [row for row in lines("clause_pairs.jsonl") if is_held(row["one"]) == held]):
        print(line)
    cells_right(standing, embedder, print, wrong=options.wrong)
    readers_agree(print)


if __name__ == "__main__":
    main()
