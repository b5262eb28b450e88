"""What an ingest changed is told clause by clause: added, changed, moved, removed. Words that moved are not lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ingest.changes import Changes, Detail, compare, lines, to_json
from kb.clause import Clause

Make = Callable[..., Clause]


def compared(before: list[Clause], after: list[Clause]) -> Changes:
    return compare(
        {c.key: c.hash for c in before}, {c.key: c.hash for c in after}, {c.key: c for c in after}, {c.key: c for c in before}, {}
    )


def test_a_change_of_words_is_told_with_both_texts(clause: Make) -> None:
    changes = compared([clause("1/1", "You may swim.")], [clause("1/1", "You may dive.")])
    assert changes.changed == ("house/1/1@en",)
    assert changes.details == (Detail("house/1/1@en", "You may swim.", "You may dive."),)
    assert next(lines(changes)) == "changed  house/1/1@en  You may swim. → You may dive."


def test_a_change_of_anything_else_is_told_by_its_name(clause: Make, policy: Callable[..., object]) -> None:
    before = clause("1/1", "You may swim.", heading=("Water",))
    after = replace(before, heading=("Sea",), policy=policy(effective_to="2027-01-01"))
    [detail] = compared([before], [after]).details
    assert detail.also == ("heading: Water → Sea", "effective_to: none → 2027-01-01")
    assert next(lines(compared([before], [after]))).endswith("heading: Water → Sea; effective_to: none → 2027-01-01")


def test_added_and_removed_clauses_are_told_with_their_text(clause: Make) -> None:
    changes = compared([clause("1/1", "Old.")], [clause("2/1", "New.")])
    assert (changes.added, changes.removed, changes.moved) == (("house/2/1@en",), ("house/1/1@en",), ())
    assert {(d.old, d.new) for d in changes.details} == {(None, "New."), ("Old.", None)}
    assert "removed  house/1/1@en  Old." in list(lines(changes))


@pytest.mark.parametrize(
    "to",
    [{"place": "2/1"}, {"place": "1/2", "number": "2"}, {"place": "sea/1", "heading": ("Sea",)}],
    ids=["another place", "another number", "another heading"],
)
def test_the_same_words_under_another_id_have_moved(to: dict[str, object], clause: Make) -> None:
    changes = compared([clause("1/1", "You may swim.")], [clause(text="You may swim.", **to)])
    assert changes.moved == (("house/1/1@en", f"house/{to['place']}@en"),)
    assert (changes.added, changes.removed) == ((), ())


def test_equal_words_move_within_their_document_before_they_move_to_another(clause: Make, policy: Callable[..., object]) -> None:
    other = policy(id="other")
    before = [clause("1/1", "None."), clause("1/1", "None.", policy=other)]
    after = [clause("9/1", "None.", policy=other), clause("9/1", "None.")]
    assert set(compared(before, after).moved) == {("house/1/1@en", "house/9/1@en"), ("other/1/1@en", "other/9/1@en")}


def test_a_renamed_file_moves_its_clauses_but_not_into_another_authority_or_language(clause: Make, policy: Callable[..., object]) -> None:
    renamed = clause("1/1", "None.", policy=policy(id="new"))
    assert compared([clause("1/1", "None.")], [renamed]).moved == (("house/1/1@en", "new/1/1@en"),)
    for other in ({"authority": "reference"}, {"lang": "id"}):
        assert compared([clause("1/1", "None.")], [clause("1/1", "None.", policy=policy(id="new", **other))]).moved == ()


def test_equal_clauses_are_paired_in_order_and_the_one_too_many_is_removed(clause: Make) -> None:
    before = [clause(f"1/{n}", "None.") for n in (1, 2, 3)]
    after = [clause(f"2/{n}", "None.") for n in (1, 2)]
    changes = compared(before, after)
    assert changes.moved == (("house/1/1@en", "house/2/1@en"), ("house/1/2@en", "house/2/2@en"))
    assert changes.removed == ("house/1/3@en",)


def test_thousands_of_moves_are_found_by_look_up(clause: Make) -> None:
    before = [clause(f"1/{n}", f"Rule {n}.") for n in range(3000)]
    after = [clause(f"2/{n}", f"Rule {n}.") for n in range(3000)]
    assert len(compared(before, after).moved) == 3000


def test_without_the_old_texts_nothing_is_claimed_about_them(clause: Make) -> None:
    before, after = clause("1/1", "Old."), clause("1/1", "New.")
    changes = compare({before.key: before.hash, "house/2/1@en": "x"}, {after.key: after.hash}, {after.key: after}, {}, {})
    assert (changes.changed, changes.removed) == (("house/1/1@en",), ("house/2/1@en",))
    assert [(d.old, d.new) for d in changes.details] == [(None, "New."), (None, None)]


def test_long_lists_are_cut_for_people_and_whole_for_programs(clause: Make) -> None:
    changes = compared([], [clause(f"1/{n}", f"Rule {n}.") for n in range(50)])
    told = list(lines(changes))
    assert len(told) == 22 and "30 more" in told[20]
    assert len(to_json(changes, built=True)["details"]) == 50
