"""Fitting the second opinion: labels become stances, and what can be told apart is."""

from __future__ import annotations

import numpy as np
import pytest

from chat.training import perceptron
from chat.training.labels import CALIBRATED, HELD, Example, headings
from kb.standing import Stance


def test_labels_become_stances_and_none_where_there_is_no_label() -> None:
    found = perceptron.targets([Example("One.", "en", (7,), (9, 11), (25,)), Example("Two.", "id")])
    assert found[0, [6, 8, 10, 24]].tolist() == [Stance.SAME, Stance.PART, Stance.PART, Stance.OPPOSITE]
    assert (np.delete(found[0], [6, 8, 10, 24]) == 3).all() and (found[1] == 3).all()


def test_clauses_that_lie_apart_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(perceptron, "BATCH", 16)
    monkeypatch.setattr(perceptron, "EPOCHS", 20)
    random = np.random.default_rng(25)
    kinds = random.integers(0, 2, 320)
    vectors = (np.eye(8)[kinds] + random.normal(0, 0.1, (320, 8))).astype(np.float32)
    truth = perceptron.targets([Example("x", "en", (7,) if kind else (), () if kind else (18,)) for kind in kinds])
    fitted = perceptron.fit(vectors[:240], truth[:240])
    found = fitted(vectors[240:])
    assert ((found[:, 6, Stance.SAME] > 0.5) == (kinds[240:] == 1)).all()
    assert ((found[:, 17, Stance.PART] > 0.5) == (kinds[240:] == 0)).all()


def test_headings_come_from_policies_that_nothing_is_measured_on() -> None:
    found = headings()
    assert len(found) > 100 and HELD and CALIBRATED
    assert not any(heading.startswith("#") or "\n" in heading for heading in found)
