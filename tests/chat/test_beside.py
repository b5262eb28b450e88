"""What a language model changes is counted case by case, and no worse figure is passed over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chat.beside import Beside, latency
from chat.evaluate import Outcome
from tests.chat.test_evaluate import outcome


def with_model(plain: Outcome, seconds: float = 1.0, **llm: Any) -> Outcome:
    part = {"model": "fake:model", "calls": 2, "tokens_in": 30, "tokens_out": 5, "seconds": 1.0, "interventions": {}, "cached": False} | llm
    shown = None if part["interventions"] else "fake:model"
    answer = replace(plain.answer, model=shown, explain=dict(plain.answer.explain) | {"llm": part})
    return replace(plain, answer=answer, seconds=seconds)


PLAIN = [outcome("ask", ok=["no"], harmful=["yes"]), outcome("no", ok=["no"], harmful=["yes"])]


def test_the_same_answers_have_the_same_figures() -> None:
    beside = Beside(PLAIN, [with_model(o) for o in PLAIN])
    assert all(before == after for part in beside.figures.values() for before, after in part.values())
    assert beside.worse == []
    assert (beside.asked, beside.worded, beside.touched) == (2, 2, 0)
    assert beside.cost == {"calls": 4, "tokens_in": 60, "tokens_out": 10}


@pytest.mark.parametrize(
    ("given", "worse"),
    [
        ("no", []),
        ("yes", ["harmful (en): 0.0% without, 50.0% with", "harmful, permission (en): 0.0% without, 50.0% with"]),
    ],
)
def test_a_figure_that_is_worse_is_named(given: str, worse: list[str]) -> None:
    changed = with_model(outcome(given, ok=["no"], harmful=["yes"]))
    assert Beside(PLAIN, [changed, with_model(PLAIN[1])]).worse == worse


def test_more_acceptable_verdicts_lost_are_worse_too() -> None:
    lost = with_model(outcome("ask", ok=["no"], harmful=["yes"]))
    found = Beside(PLAIN, [with_model(PLAIN[0]), lost]).worse
    assert [line.partition(" (")[0] for line in found] == ["acceptable, permission", "best, permission", "needless ask"]


def test_interventions_are_counted_by_kind_and_by_answer() -> None:
    held = with_model(PLAIN[0], interventions={"licence": 1, "number": 2})
    beside = Beside(PLAIN, [held, with_model(PLAIN[1], interventions={"number": 1})])
    assert beside.interventions == {"number": 3, "licence": 1}
    assert (beside.touched, beside.worded) == (2, 0)
    told = "\n".join(beside.lines())
    assert "(1.50 an answer)" in told and "en: without → with" in told and "median 1.000" in told


def test_an_answer_that_the_model_was_not_asked_for_counts_as_such() -> None:
    assert Beside(PLAIN, PLAIN).asked == 0
    assert Beside(PLAIN, PLAIN).to_json()["answers"] == {"all": 2, "asked": 0, "worded": 0, "held_back": 0}


def test_latency_of_nothing_is_nothing() -> None:
    assert latency([]) == {"median": 0.0, "p95": 0.0, "longest": 0.0}
