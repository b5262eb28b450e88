"""Drafts in memory: their owner's alone, few, and gone after an hour without a look."""

from __future__ import annotations

from typing import Any

import pytest

from chat.web.visits import SECONDS, Kept, Visits
from kb.compare import Sheet


class Clock:
    """A time that tests set."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def sheet(letters: Any, policy: Any, clause: Any) -> Sheet:
    clauses = (clause("1/1", "You may swim."),)
    return Sheet(policy(), clauses, letters.embed(["You may swim."]), letters.embed(["x"]))


def test_only_its_owner_finds_a_draft_and_nobody_without_a_name_does(sheet: Sheet) -> None:
    visits = Visits()
    name = visits.open("ani", sheet)
    found = visits.find("ani", name)
    assert found is not None and found.sheet is sheet
    assert visits.find("budi", name) is None and visits.find("", name) is None and visits.find("ani", "other") is None
    visits.close("budi", name)
    assert len(visits) == 1
    visits.close("ani", name)
    assert visits.find("ani", name) is None and len(visits) == 0


def test_a_draft_is_gone_an_hour_after_the_last_look(sheet: Sheet) -> None:
    clock = Clock()
    visits = Visits(clock)
    name = visits.open("ani", sheet)
    clock.now = SECONDS - 1
    assert visits.find("ani", name)
    clock.now += SECONDS - 1
    assert visits.find("ani", name)
    clock.now += SECONDS + 1
    assert visits.find("ani", name) is None and len(visits) == 0


def test_the_drafts_of_one_and_of_all_are_few_and_the_oldest_go_first(sheet: Sheet) -> None:
    visits = Visits()
    first, *others = [visits.open("ani", sheet) for _ in range(6)]
    assert visits.find("ani", first) is None and all(visits.find("ani", name) for name in others)
    for person in range(200):
        visits.open(f"p{person}", sheet)
    assert len(visits) == 100 and visits.find("ani", others[-1]) is None


def test_a_result_is_worked_out_once_and_the_latest_few_are_kept() -> None:
    kept, made = Kept(2), []
    for key in ("a", "a", "b", "c", "a"):
        kept.get(key, lambda key=key: made.append(key))  # type: ignore[misc]
    assert made == ["a", "b", "c", "a"]
