"""A flip is a verdict that differs; the more permissive ones are told first."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chat.answer import Answer, Citation, Contact, Verdict
from chat.flips import Kind, counts, deciding, flips, lines
from chat.scenarios import Scenario, scenario
from kb.clause import Clause


def case(number: int) -> Scenario:
    data = {"id": f"c{number}", "group": "g", "lang": "en", "kind": "permission", "text": f"May I {number}?", "ok": ["ask"]}
    return scenario(data | {"harmful": ["yes"]}, "f.yaml")


def answer(verdict: str | None, *cited: Clause) -> Answer:
    given = Verdict(verdict) if verdict else None
    citations = tuple(Citation(c, c.text) for c in cited)
    return Answer(given, True, "en", None, "", "", Contact("c", "C"), "", citations=citations)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("no", "ask", Kind.PERMISSIVE),
        ("ask", "yes_if", Kind.PERMISSIVE),
        ("yes_if", "yes", Kind.PERMISSIVE),
        ("yes", "no", Kind.STRICTER),
        ("ask", "no", Kind.STRICTER),
        (None, "no", Kind.GAINED),
        ("no", None, Kind.LOST),
    ],
)
def test_a_flip_knows_which_way_it_went(before: str | None, after: str | None, kind: Kind) -> None:
    [flip] = flips([case(1)], [answer(before)], [answer(after)])
    assert flip.kind is kind


@pytest.mark.parametrize("verdict", ["yes", None])
def test_the_same_verdict_is_no_flip(verdict: str | None) -> None:
    assert flips([case(1)], [answer(verdict)], [answer(verdict)]) == []


def test_the_more_permissive_come_first_and_are_counted(clause: Callable[..., Clause]) -> None:
    cases = [case(n) for n in range(3)]
    before = [answer("yes"), answer("no", clause("1")), answer("ask")]
    found = flips(cases, before, [answer("no"), answer("yes", clause("2")), answer("ask")])
    assert [f.case.id for f in found] == ["c1", "c0"]
    assert counts(found) == {"more permissive": 1, "no verdict any more": 0, "a verdict now": 0, "stricter": 1}
    told = lines(found)
    assert told[0].startswith("2 verdicts flip: 1 more permissive")
    assert told[1:3] == ["more permissive: c1 (en)  May I 1?", "    no (house/1) → yes (house/2)"]


def test_a_flip_for_programs_names_both_deciding_clauses_and_harm(clause: Callable[..., Clause]) -> None:
    [flip] = flips([case(1)], [answer("no", clause("1"))], [answer("yes", clause("2"))])
    shape = flip.to_json()
    assert (shape["before"], shape["after"], shape["clause_before"], shape["clause_after"]) == ("no", "yes", "house/1", "house/2")
    assert shape["harmful"] is True
    assert deciding(answer("ask")) is None


def test_answers_that_do_not_belong_to_the_cases_are_an_error() -> None:
    with pytest.raises(ValueError, match="shorter"):
        flips([case(1), case(2)], [answer("no")], [answer("no"), answer("no")])
