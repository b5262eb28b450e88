"""A shelf shows what is in force and meant for the reader, in order, and what others say of the same."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chat.shelf import Shelf
from kb.search import KnowledgeBase
from tests.chat.web.library import library

TODAY = date(2026, 6, 1)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    made = library(Path(tmp_path_factory.mktemp("shelf")))
    yield made
    made.close()


@pytest.fixture
def shelf(knowledge: KnowledgeBase) -> Shelf:
    return Shelf(knowledge, TODAY)


def test_every_visible_policy_stands_on_it_once_in_the_reader_s_language(shelf: Shelf) -> None:
    assert [p.title for p in shelf.titles("en")] == ["House rules", "The practices", "Beta guide"]
    assert [p.title for p in shelf.titles("id")] == ["House rules", "Praktik kita", "Beta guide"]


@pytest.mark.parametrize("name", ("past", "board", "nobody", ""))
def test_what_is_past_withheld_or_unknown_is_not_there(name: str, shelf: Shelf) -> None:
    assert shelf.policy(name, "en") is None
    assert shelf.clause(f"{name}/1", "en") is None
    assert all(found.policy.id != name for found in shelf.search("A logo of the board was allowed.", "en", top=30))


def test_a_member_sees_what_is_for_the_group_and_an_earlier_day_what_was_in_force(knowledge: KnowledgeBase) -> None:
    assert Shelf(knowledge, TODAY, {"board"}).clause("board/1", "id") is not None
    assert Shelf(knowledge, date(2019, 1, 1)).policy("past", "en") is not None


def test_clauses_come_in_the_order_of_the_text(shelf: Shelf) -> None:
    policy = shelf.policy("house/rules", "id")
    assert policy is not None
    places = [clause.id.removeprefix("house/rules/") for clause in shelf.clauses(policy)]
    assert places == ["3/1", "4/a", "4/b", "4.1/1", "5/1"]


def test_holdings_are_counted_by_practice_and_topic(shelf: Shelf) -> None:
    policy = shelf.policy("house/rules", "en")
    assert policy is not None
    held = shelf.holdings(policy)
    assert held.clauses == 5 and dict(held.practices) == {5: 1, 22: 3, 1: 1} and held.topics["logos"] == 3


def test_others_are_other_policies_on_the_same_thing_each_once_in_the_reader_s_language(shelf: Shelf) -> None:
    clause = shelf.clause("house/rules/4/a", "en")
    assert clause is not None
    others = shelf.others(clause, "id", top=9)
    assert {other.policy.id for other in others} == {"practices", "beta"} and len(others) == 2
    assert next(other for other in others if other.policy.id == "practices").lang == "id"
    assert shelf.others(clause, "en", top=1) == shelf.others(clause, "en", top=9)[:1]


def test_nothing_else_is_taken_for_the_same_thing(shelf: Shelf) -> None:
    clause = shelf.clause("house/rules/3/1", "en")
    assert clause is not None
    assert shelf.others(clause, "en", top=9) == []


def test_search_puts_the_closest_first(shelf: Shelf) -> None:
    assert shelf.search("Greet people kindly.", "en", top=3)[0].id == "house/rules/3/1"


def test_a_narrow_search_goes_on_where_the_best_do_not_fit(shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> None:
    # Otherwise a choice that the closest clauses do not fit would look as if it held nothing.
    monkeypatch.setattr("chat.shelf.POOL", 1)
    found = shelf.search("Greet people kindly.", "en", lambda clause: clause.policy.id == "beta", top=9)
    assert {clause.id for clause in found} == {"beta/1", "beta/2"}
