"""`python -m chat.training.fit`: the bank → chat/parameters/judge.npz and its card. Reproducible from a seed.

Fitted on the `fit` split; doubt and limits on `tune`; the `test` split is never opened (a test proves it).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import platformdirs
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression

from chat.features import WIDTH, Sparse, message_features, pair_features
from chat.judge import CLASSES, PARAMETERS, pair_dense
from chat.question import Question, understand
from chat.scenarios import Scenario, bank_files, read_bank
from kb.clause import PRACTICE_NUMBERS
from kb.embedding import ModelId, Vectors, ensure_export, open_embedder, shipped_model
from kb.language import detect
from kb.lexical import tokens

SEED = 25
# Inverse strength of regularisation, chosen on `tune` from 3, 10, 30: fewest needless "ask" at the harm allowed.
_C = {"scope": 30.0, "practice": 10.0, "verdict": 10.0, "stance": 10.0}


def matrix(rows: Sequence[Sparse], dense: npt.NDArray[Any] | None = None) -> csr_matrix:
    """Sparse rows, with the dense columns behind them."""
    indices = np.concatenate([i for i, _ in rows]) if rows else np.zeros(0, np.int32)
    values = np.concatenate([v for _, v in rows]) if rows else np.zeros(0, np.float32)
    found = csr_matrix((values, indices, np.cumsum([0] + [len(i) for i, _ in rows])), shape=(len(rows), WIDTH))
    return found if dense is None else hstack([found, csr_matrix(dense)]).tocsr()


def fitted(features: csr_matrix, labels: npt.NDArray[Any], c: float, weights: npt.NDArray[Any] | None = None) -> LogisticRegression:
    """A logistic regression; multinomial where there are more than two classes."""
    return LogisticRegression(C=c, max_iter=400, random_state=SEED).fit(features, labels, sample_weight=weights)


def label(case: Scenario) -> int:
    """The best verdict as a column of the verdict heads."""
    return CLASSES.index(case.best)


def questions(cases: Sequence[Scenario]) -> list[Question]:
    """The cases as the assistant would understand them."""
    return [understand(case.message()) for case in cases]


def messages(found: Sequence[Question]) -> list[Sparse]:
    """Features of the messages alone."""
    return [message_features(q.text, q.history, q.account, q.draft) for q in found]


def pairs(found: Sequence[Question], cases: Sequence[Scenario]) -> list[Sparse]:
    """Features of each message with the rule stated with it."""
    return [
        pair_features(q.text, q.account, q.draft, c.clause["text"], c.clause["modality"], q.lang) for q, c in zip(found, cases, strict=True)
    ]


def coverage(text: str, rule: str, lang: str) -> float:
    """Share of the rule's stems that the message holds."""
    theirs = set(tokens(rule, lang))
    return len(theirs & set(tokens(text, lang))) / max(len(theirs), 1)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fits every head and writes parameters and card."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--out", type=Path, default=PARAMETERS)
    options = parser.parse_args(arguments)
    began = time.monotonic()
    model = shipped_model()
    models = Path(platformdirs.user_cache_dir("askfirst-training", appauthor=False))
    embedder = open_embedder(ensure_export(model, "", models, print), model)
    bank = [case for case in read_bank() if case.split == "fit"]
    found = questions(bank)
    vectors = embedder.embed([q.sought[:1500] for q in found], [q.lang for q in found])
    heads: dict[str, npt.NDArray[Any]] = {}

    def keep(name: str, coefficients: npt.NDArray[Any], bias: npt.NDArray[Any]) -> None:
        heads[f"{name}.weights"] = coefficients[:, :WIDTH].astype(np.float16)
        heads[f"{name}.dense"] = coefficients[:, WIDTH:].astype(np.float16)
        heads[f"{name}.bias"] = np.asarray(bias, np.float32)

    features = matrix(messages(found), vectors)
    scope = fitted(features, np.array([case.in_scope for case in bank]), _C["scope"])
    keep("scope", scope.coef_, scope.intercept_)
    print(f"scope: {len(bank)} cases, {time.monotonic() - began:.0f} s")

    ours = np.array([case.in_scope and not case.clause for case in bank])
    about = np.array([bool(case.practices) for case in bank]) & ours
    rows = []
    for number in PRACTICE_NUMBERS:
        head = fitted(
            features[about],
            np.array([number in case.practices for case in np.array(bank, object)[about]]),
            _C["practice"],
        )
        rows.append((head.coef_[0], head.intercept_[0]))
    keep("practice", np.stack([r for r, _ in rows]), np.array([b for _, b in rows]))
    print(f"practice: {about.sum()} cases, {time.monotonic() - began:.0f} s")

    labels = np.array([label(case) for case in bank])
    verdict = fitted(features[ours], labels[ours], _C["verdict"])
    keep("verdict", *_all_classes(verdict))
    print(f"verdict: {ours.sum()} cases, {time.monotonic() - began:.0f} s")

    ruled = [(case, q, v) for case, q, v in zip(bank, found, vectors, strict=True) if case.clause]
    rule_vectors = embedder.embed([case.clause["text"] for case, _, _ in ruled], [detect(case.clause["text"]) for case, _, _ in ruled])
    cases, asked, asked_vectors = [c for c, _, _ in ruled], [q for _, q, _ in ruled], np.stack([v for _, _, v in ruled])
    dense = np.stack([pair_dense(v, r) for v, r in zip(asked_vectors, rule_vectors, strict=True)])
    joint = hstack([matrix(pairs(asked, cases), dense), matrix(messages(asked))]).tocsr()
    stance = fitted(joint, np.array([label(case) for case in cases]), _C["stance"])
    coefficients, bias = _all_classes(stance)
    keep("stance", coefficients[:, : WIDTH + dense.shape[1]], bias)
    keep("stancemessage", coefficients[:, WIDTH + dense.shape[1] :], np.zeros_like(bias))
    print(f"stance: {len(cases)} cases, {time.monotonic() - began:.0f} s")

    numbers = relevance(cases, asked, asked_vectors, rule_vectors)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    heads["number.keys"] = np.array(list(numbers))
    heads["number.values"] = np.array(list(numbers.values()), np.float64)
    np.savez(options.out, allow_pickle=False, **heads)  # uncompressed: read in a tenth of the time at every start
    write_card(options.out, len(bank), model)
    print(f"wrote {options.out.name}, {options.out.stat().st_size / 1e6:.1f} MB, {time.monotonic() - began:.0f} s")


def _all_classes(head: LogisticRegression) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Coefficients with a row for every class, those the data never showed made impossible."""
    coefficients = np.zeros((len(CLASSES), head.coef_.shape[1]), np.float32)
    bias = np.full(len(CLASSES), -20.0, np.float32)
    for row, name in enumerate(head.classes_):
        coefficients[name], bias[name] = head.coef_[row], head.intercept_[row]
    return coefficients, bias


def relevance(cases: Sequence[Scenario], asked: Sequence[Question], vectors: Vectors, rules: Vectors) -> dict[str, float]:
    """Logistic regression of "this rule bears on this message": its own rule against the nearest of other groups."""
    rows, labels = [], []
    similarity = vectors @ rules.T
    groups = np.array([case.group for case in cases])
    for at, (case, q) in enumerate(zip(cases, asked, strict=True)):
        others = np.where(groups == case.group, -1, similarity[at])
        near = int(others.argmax())
        for other, bears in ((at, True), (near, False)):
            rule = cases[other].clause["text"]
            rows.append((similarity[at, other], coverage(q.text, rule, q.lang)))
            labels.append(bears)
    head = LogisticRegression(C=10.0, random_state=SEED).fit(np.array(rows), np.array(labels))
    return {
        "relevance.bias": float(head.intercept_[0]),
        "relevance.similarity": float(head.coef_[0][0]),
        "relevance.coverage": float(head.coef_[0][1]),
    }


def write_card(out: Path, count: int, model: ModelId, extra: dict[str, Any] | None = None) -> None:
    """The model card: what the parameters are, what they were made from, and their hash."""
    total = hashlib.sha256()
    for file in bank_files():
        total.update(file.read_bytes())
    card = {
        "what": "linear models over hashed words and sentence embeddings: scope, practice, verdict, stance to a stated rule",
        "made_by": "python -m chat.training.fit",
        "seed": SEED,
        "cases": count,
        "bank": total.hexdigest(),
        "embedding": {"name": model.name, "weights": model.weights, "space": model.space},
        "sha256": hashlib.sha256(out.read_bytes()).hexdigest(),
        "licence": "CC BY 4.0, as the corpus it was fitted on",
        "limits": "short messages in English and Indonesian; figures in tests/evaluation",
    }
    out.with_suffix(".json").write_text(json.dumps(card | (extra or {}), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
