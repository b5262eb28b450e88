"""Figures are counted and bounded exactly."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest

from chat.answer import Answer, Citation, Contact, Verdict
from chat.evaluate import Figure, Outcome, calibration_error, clopper_pearson, figures, stated_clause, table
from chat.scenarios import Scenario, scenario
from kb.clause import Clause, Modality


def case(**given: Any) -> Scenario:
    return scenario(
        {"id": "a", "group": "g", "lang": "en", "kind": "permission", "text": "x", "ok": ["ask"], "harmful": ["yes"]} | given, "f.yaml"
    )


def outcome(
    verdict: str | None,
    in_scope: bool = True,
    doubt: float | None = 0.1,
    meant: str | None = None,
    cited: tuple[Clause, ...] = (),
    **given: Any,
) -> Outcome:
    answer = Answer(
        verdict=Verdict(verdict) if verdict else None,
        in_scope=in_scope,
        lang="en",
        doubt=doubt,
        text="",
        reason="",
        contact=Contact("c", "C"),
        index="",
        citations=tuple(Citation(c, c.text) for c in cited),
        explain={"meant": meant or verdict},
    )
    return Outcome(case(**given), answer)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    # From the beta distribution: scipy.stats.beta.ppf at 0.025 and 0.975.
    [(0, 10, 0.0, 0.3085), (5, 10, 0.1871, 0.8129), (10, 10, 0.6915, 1.0), (1, 100, 0.00025, 0.0545)],
)
def test_the_interval_is_clopper_and_pearson_s(hits: int, of: int, low: float, high: float) -> None:
    assert clopper_pearson(hits, of, 0.025) == pytest.approx((low, high), abs=1e-4)


def test_nothing_counted_says_nothing() -> None:
    assert math.isnan(Figure(0, 0).share)
    assert clopper_pearson(0, 0, 0.05) == (0.0, 1.0)


def test_acceptable_harmful_and_needless_are_told_apart(clause: Callable[..., Clause]) -> None:
    found = figures(
        [
            outcome("ask"),
            outcome("yes"),
            outcome("ask", ok=["no"], harmful=["yes"]),
            outcome("no", ok=["no"]),
        ]
    )["en"]
    assert (found["acceptable, permission"].hits, found["acceptable, permission"].of) == (2, 4)
    assert (found["harmful"].hits, found["harmful"].of) == (1, 4)
    assert (found["needless ask"].hits, found["needless ask"].of) == (1, 2)


def test_the_practice_of_the_first_citation_counts(clause: Callable[..., Clause]) -> None:
    right, wrong = clause("1", practices=(22,)), clause("2", practices=(3,))
    found = figures([outcome("ask", cited=(wrong, right), practices=[22]), outcome("ask", cited=(right,), practices=[22])])["en"]
    assert found["practice first"].hits == 1
    assert found["practice among the citations"].hits == 2


def test_off_topic_is_kept_apart_from_the_pooled_harm() -> None:
    off = outcome(None, in_scope=False, kind="off_topic", ok=[], harmful=["yes"])
    found = figures([off])["en"]
    assert found["off-topic recognised"].hits == 1
    assert found["harmful"].of == 0


def test_doubt_that_is_right_on_average_has_no_calibration_error() -> None:
    sure = [outcome("ask", doubt=0.0) for _ in range(20)]
    wrong = [outcome("yes", doubt=1.0) for _ in range(20)]
    assert calibration_error(sure + wrong) == pytest.approx(0)
    assert calibration_error([outcome("ask", doubt=0.5) for _ in range(20)]) == pytest.approx(0.5)


def test_a_stated_clause_is_a_binding_clause_of_its_own() -> None:
    [clause] = stated_clause(case(clause={"text": "Never.", "modality": "must_not"}))
    assert (clause.text, clause.modality, clause.policy.authority.value) == ("Never.", Modality.MUST_NOT, "binding")
    assert stated_clause(case()) == []


def test_the_table_shows_every_figure() -> None:
    found = figures([outcome("ask")])
    assert all(name in table(found) for name in found["en"])
