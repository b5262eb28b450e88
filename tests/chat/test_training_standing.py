"""What the reader of clauses learns from: labels that can be true and nothing that it is measured on."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from chat.training.labels import CALIBRATED, HELD, PAIRS, is_held, is_like, labelled, measured, rows_of, settled, texts, words_of, written
from kb.clause import PRACTICE_NUMBERS
from kb.compare import Coverage
from kb.standing import Relation
from tests.evaluation.annotation import cases


def test_a_practice_has_one_label_of_a_clause() -> None:
    for row in rows_of("clauses-*.jsonl"):
        lists = [set(row[stance]) for stance in ("same", "part", "opposite")]
        assert set().union(*lists) <= set(PRACTICE_NUMBERS), row
        assert not any(one & other for one, other in combinations(lists, 2)), row
        assert row["lang"] in ("en", "id") and row["text"].strip() == row["text"] != "", row


def test_every_practice_is_labelled_often_in_both_ways() -> None:
    examples = labelled()
    for number in PRACTICE_NUMBERS:
        assert sum(number in example.same for example in examples) > 150, number
        assert sum(number in example.part for example in examples) > 50, number
        assert sum(number in example.opposite for example in examples) > 20, number


def test_pairs_are_of_known_relations() -> None:
    assert {row["label"] for row in rows_of("pairs-*.jsonl")} == {relation.name.lower() for relation in Relation}


def test_the_clauses_of_held_policies_and_the_held_pairs_are_measured() -> None:
    kept = set(measured())
    held = [case.inferred.text for case in cases() if case.stated.policy.id in HELD]
    assert held and all(words_of(text) in kept for text in held if text)
    pairs = [row for row in map(json.loads, PAIRS.read_text("utf-8").splitlines()) if is_held(row["one"])]
    assert pairs and all(words_of(row["other"]) in kept for row in pairs)


def test_the_bounds_are_chosen_on_what_is_neither_measured_nor_learned() -> None:
    assert not CALIBRATED & HELD
    assert {row["policy"] for row in rows_of("cells-settled.jsonl") if "policy" in row} == CALIBRATED
    learned = {example.text for example in labelled() if example.policy not in CALIBRATED}
    kept = [row["text"] for row in rows_of("kept.jsonl")]
    both = [text for text in kept if text in learned]  # what everybody says: "Count to ten."
    assert len(both) < 0.005 * len(kept) and all(len(text.split()) <= 7 for text in both)
    assert {row["file"] for row in rows_of("cells-settled.jsonl") if "file" in row} == {"kept.jsonl"}


def test_every_text_has_clauses_a_cell_for_each_practice_and_clauses_that_decide_what_is_not_missing() -> None:
    found = [*texts("cells-guided.jsonl"), *texts("cells-written.jsonl"), *settled()]
    assert len(found) > 1000
    for text in found:
        assert text.clauses and len(text.cells) == len(PRACTICE_NUMBERS)
        said = {number for number, cell in zip(PRACTICE_NUMBERS, text.cells, strict=True) if cell not in (Coverage.MISSING, None)}
        assert set(text.deciding) == said
        assert all(0 <= at < len(text.clauses) for chosen in text.deciding.values() for at in chosen)
    assert not {row["policy"] for row in rows_of("cells-guided.jsonl") if "policy" in row} & (CALIBRATED | HELD)


def test_a_written_policy_comes_to_what_its_clauses_say_what_goes_against_a_practice_first() -> None:
    row, text = next(iter(rows_of("cells-written.jsonl"))), texts("cells-written.jsonl")[0]
    for number, cell in zip(PRACTICE_NUMBERS, text.cells, strict=True):
        said = [letter for letter in "xcp" if any(number in clause[letter] for clause in row["clauses"])]
        assert cell is {"x": Coverage.CONTRADICTS, "c": Coverage.COVERED, "p": Coverage.PARTLY}[said[0]] if said else Coverage.MISSING
    for example in written():
        lists = [set(numbers) for numbers in (example.same, example.part, example.opposite)]
        assert set().union(*lists) <= set(PRACTICE_NUMBERS) and not any(one & other for one, other in combinations(lists, 2))


def test_plain_clauses_are_shown_more_often_and_of_the_others_a_share_may_be_drawn() -> None:
    every, often, few = written(), written(3), written(3, 0.25)
    colourful, plain = ([e for e in every if e.policy.startswith("written-") is kind] for kind in (True, False))
    assert len(plain) > 20_000 and len(often) == len(colourful) + 3 * len(plain)
    drawn = [example for example in few if example.policy.startswith("written-")]
    assert 0.2 < len(drawn) / len(colourful) < 0.3 and len(few) - len(drawn) == 3 * len(plain)
    assert few == written(3, 0.25)


def test_of_the_plain_policies_by_which_bounds_are_chosen_nothing_is_learned() -> None:
    learned = {example.text for example in written()}
    kept = [clause["text"] for row in rows_of("cells-kept.jsonl") for clause in row["clauses"]]
    assert len(kept) > 1000 and not learned & set(kept)


def test_a_cell_of_which_two_hands_say_different_things_is_not_known() -> None:
    rows, found = list(rows_of("cells-kept.jsonl")), texts("cells-kept.jsonl")
    assert len(rows) == len(found)
    for row, text in zip(rows, found, strict=True):
        for number, cell in zip(PRACTICE_NUMBERS, text.cells, strict=True):
            first, second = (
                {letter for letter in "cpx" if any(number in one[letter] for one in hand)}
                for hand in (row["clauses"], [c["second"] for c in row["clauses"]])
            )
            if first == second:
                assert cell is not None
            if not first or not second:
                assert (cell is None) is bool(first or second)
    assert 0.05 < sum(cell is None for text in found for cell in text.cells) / (25 * len(found)) < 0.15


def test_what_only_a_measured_clause_decides_is_not_known() -> None:
    whole = texts("cells-guided.jsonl")[0]
    number, chosen = next(iter(whole.deciding.items()))
    without = texts("cells-guided.jsonl", [words_of(whole.clauses[at]) for at in chosen])[0]
    assert without.cells[number - 1] is None and number not in without.deciding
    assert len(without.clauses) < len(whole.clauses)


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("Officers must never reveal the names of witnesses.", True),
        ("Officers must not reveal the names of witnesses online.", True),
        ("Witnesses are thanked by the officers.", False),
    ],
)
def test_what_shares_most_words_is_like(text: str, like: bool) -> None:
    assert is_like(text, [words_of("Officers must not reveal the names of witnesses.")]) is like
