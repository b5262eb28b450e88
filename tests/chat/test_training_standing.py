"""What the reader of clauses learns from: labels that can be true and nothing that it is measured on."""

from __future__ import annotations

import json
from itertools import combinations

import pytest

from chat.training.standing import HELD, PAIRS, is_held, is_like, labelled, measured, rows_of, words_of
from kb.clause import PRACTICE_NUMBERS
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
