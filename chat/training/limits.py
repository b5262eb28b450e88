"""`python -m chat.training.limits`: the `tune` split → chat/parameters/limits.json. Run after `chat.training.fit`.

Doubt is calibrated by Platt scaling (Platt 1999). The limits are chosen as in risk control by testing (Angelopoulos et
al., "Learn then Test", 2021): among the limits under which the exact one-sided 95 % bound on harm stays below the
target, the one that answers most. Of verdicts that set the person free this holds in each language by itself, so that neither pays
for the other. A verdict that is likelier wrong than right, its doubt above `MOST`, is not given at all.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from chat.answer import Verdict
from chat.decide import Limits
from chat.evaluate import Outcome, clopper_pearson, figures, run, table
from chat.opening import LIMITS, open_assistant
from chat.scenarios import read_bank
from kb.clause import LANGUAGES
from kb.settings import Settings

# The most that the bound on harm may be: of verdicts that set free, in each language, so that the share itself is at its floor (0.5 % in
# English, 1 % in Indonesian); of the others.
TARGET, OTHER_TARGET = {"en": 0.008, "id": 0.012}, 0.012
TURNED_AWAY = 0.0075  # of messages that are ours: the most that may be taken for somebody else's
MOST = 0.5
_START = Limits(
    licensing=dict.fromkeys(LANGUAGES, 1.0), other=1.0, scope=0.0, near=0.0, relevance=0.5, slope=3.0, margin=2.0, offset=-2.0, practice=2.0
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Fits doubt and limits and writes them."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--index", type=Path, required=True, help="a finished index of the shipped corpus")
    parser.add_argument("--home", type=Path, required=True, help="the home that holds it")
    parser.add_argument("--out", type=Path, default=LIMITS)
    options = parser.parse_args(arguments)
    cases = [case for case in read_bank() if case.split == "tune"]
    opened = open_assistant(Settings(home=options.home), options.index)
    limits = chosen(run(replace(opened, limits=_START), cases))
    card = {"target": TARGET, "other_target": OTHER_TARGET, "cases": len(cases), "limits": asdict(limits)}
    options.out.write_text(json.dumps(card, indent=1) + "\n", "utf-8")
    measured = run(replace(opened, limits=limits), cases)
    print(limits)
    print(table(figures(measured)))


def chosen(outcomes: Sequence[Outcome]) -> Limits:
    """Doubt and limits, fitted on answers that were given without any."""
    scope, near = _turning(outcomes)
    # Doubt is about our own matters; the limits are about everything that would be answered, strangers' questions included.
    answered = [o for o in outcomes if o.answer.explain.get("confidence") and not _turned(o, scope, near)]
    known = [o for o in answered if o.case.in_scope]
    right = np.array([o.case.accepts(Verdict(o.answer.explain["meant"])) for o in known])
    head = LogisticRegression(C=100.0).fit(_confidence(known), right)
    fitted = replace(
        _START, scope=scope, near=near, slope=float(head.coef_[0][0]), margin=float(head.coef_[0][1]), offset=float(head.intercept_[0])
    )
    return replace(fitted, **_limits(answered, 1 - head.predict_proba(_confidence(answered))[:, 1]))


def _turned(outcome: Outcome, scope: float, near: float) -> bool:
    explained = outcome.answer.explain
    return bool(explained["scope"] < scope and explained["nearest"] < near)


def _turning(outcomes: Sequence[Outcome]) -> tuple[float, float]:
    """The `scope` and `near` that turn away most of what is not ours, and of what is ours no more than `TURNED_AWAY`."""
    ours, others = ([o for o in outcomes if o.case.in_scope is mine] for mine in (True, False))
    grid = [(float(scope), float(near)) for scope in np.linspace(0.3, 0.95, 14).round(2) for near in np.linspace(0.3, 1.0, 29).round(3)]
    kept = [(s, n) for s, n in grid if sum(_turned(o, s, n) for o in ours) <= TURNED_AWAY * len(ours)]
    return max(kept, key=lambda pair: sum(_turned(o, *pair) for o in others))


def _confidence(outcomes: Sequence[Outcome]) -> np.ndarray:
    """The judge's probability of the verdict meant, and its lead over the next."""
    rows = np.array([o.answer.explain["confidence"] for o in outcomes])
    return np.column_stack([rows[:, 0], rows[:, 0] - rows[:, 1]])


def _limits(decided: Sequence[Outcome], doubts: np.ndarray) -> dict[str, Any]:
    """The loosest doubt of licensing verdicts, in each language, and of the others, whose harm is within the target."""
    meant = [Verdict(o.answer.explain["meant"]) for o in decided]
    licensed = np.array([verdict.value in o.answer.explain["licensing"] for verdict, o in zip(meant, decided, strict=True)])
    harmful = np.array([verdict in o.case.harmful for verdict, o in zip(meant, decided, strict=True)])
    listed = np.array([bool(o.case.harmful) for o in decided])
    langs = np.array([o.case.lang for o in decided])

    def loosest(chosen: np.ndarray, among: np.ndarray, target: float) -> float:
        best = 0.0
        for limit in np.arange(0.02, MOST + 1e-9, 0.0005).round(4):
            harm = int((harmful & chosen & (doubts <= limit)).sum())
            if clopper_pearson(harm, int((listed & among).sum()), 0.05)[1] <= target:
                best = float(limit)
        return best

    licensing = {lang: loosest(licensed & (langs == lang), langs == lang, TARGET[lang]) for lang in LANGUAGES}
    return {"licensing": licensing, "other": loosest(~licensed, np.ones(len(decided), bool), OTHER_TARGET)}


if __name__ == "__main__":
    main()
