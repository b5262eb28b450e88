"""A quotation that cannot be proved is not shown."""

from __future__ import annotations

from collections.abc import Callable

from chat.answer import Citation
from chat.cite import MOST, prove
from kb.clause import Clause


def test_an_exact_part_of_a_clause_in_the_evidence_is_shown(clause: Callable[..., Clause]) -> None:
    one = clause("1", "Ask before you post anything.")
    assert prove([Citation(one, "Ask before you post")], [one]) == (Citation(one, "Ask before you post"),)


def test_altered_words_are_dropped(clause: Callable[..., Clause]) -> None:
    one = clause("1", "Ask before you post anything.")
    assert prove([Citation(one, "ask before you post"), Citation(one, "")], [one]) == ()


def test_a_clause_that_was_not_in_the_evidence_is_dropped(clause: Callable[..., Clause]) -> None:
    one, other = clause("1"), clause("2")
    assert prove([Citation(one, one.text)], [other]) == ()


def test_each_clause_once_and_at_most_five_in_order(clause: Callable[..., Clause]) -> None:
    many = [clause(str(n)) for n in range(9)]
    found = prove([Citation(c, c.text) for c in (many[3], many[3], *many)], many)
    assert len(found) == MOST
    assert [c.clause.id for c in found[:2]] == ["house/3", "house/0"]
