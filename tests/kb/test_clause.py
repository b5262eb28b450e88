"""A clause is known by its place; its hash tells whether it changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kb.clause import Authority, Clause, Modality, Policy, Rank, replaced


def test_two_policies_with_the_same_sentence_are_two_clauses(clause: Callable[..., Clause], policy: Callable[..., Policy]) -> None:
    ours, theirs = clause(policy=policy(id="a")), clause(policy=policy(id="b"))
    assert ours.text == theirs.text
    assert ours.key != theirs.key


def test_the_hash_changes_with_the_text_but_not_with_the_line(clause: Callable[..., Clause]) -> None:
    first = clause(line=3, start=10, end=20)
    assert replace(first, line=9, start=50, end=60).hash == first.hash
    assert replace(first, text="Ask before you tweet.").hash != first.hash
    assert replace(first, modality=Modality.MAY).hash != first.hash


def test_a_moved_clause_is_recognised_by_the_hash_it_would_have_had(clause: Callable[..., Clause]) -> None:
    here, there = clause("1/1"), clause("2/1")
    assert there.hash_at(here.id) == here.hash


def test_embedded_text_carries_heading_and_lead_in_while_the_quoted_text_stays_exact(
    clause: Callable[..., Clause],
) -> None:
    item = clause(text="post client names", heading=("4 Conduct", "4.2 Clients"), lead="Employees must not:")
    assert item.embedded == "4 Conduct › 4.2 Clients: Employees must not: post client names"
    assert item.text == "post client names"


@pytest.mark.parametrize(
    ("given", "rank"),
    [
        ({"id": "house"}, Rank.ORGANISATION),
        ({"id": "practices"}, Rank.PRACTICES),
        ({"id": "practices", "authority": Authority.REFERENCE}, Rank.REFERENCE),
        ({"id": "intel", "authority": Authority.REFERENCE}, Rank.REFERENCE),
    ],
)
def test_rank_is_organisation_over_practices_over_reference(given: dict[str, object], rank: Rank, policy: Callable[..., Policy]) -> None:
    assert policy(**given).rank is rank


@pytest.mark.parametrize(
    ("begin", "end", "day", "expected"),
    [
        (None, None, "2026-01-01", True),
        ("2026-01-01", None, "2026-01-01", True),
        ("2026-01-02", None, "2026-01-01", False),
        (None, "2025-12-31", "2026-01-01", False),
        (None, "2026-01-01", "2026-01-01", True),
    ],
)
def test_a_binding_policy_is_evidence_only_while_in_force(
    begin: str | None, end: str | None, day: str, expected: bool, policy: Callable[..., Policy]
) -> None:
    assert policy(effective_from=begin, effective_to=end).in_force(date.fromisoformat(day)) is expected


def test_an_old_reference_policy_still_shows_how_others_did_it(policy: Callable[..., Policy]) -> None:
    assert policy(authority=Authority.REFERENCE, effective_to="2001-01-01").in_force(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("given", "gone"),
    [
        ({"supersedes": "old"}, {"old"}),
        ({"supersedes": "old", "effective_from": "2026-06-01"}, {"old"}),
        ({"supersedes": "old", "effective_from": "2026-06-02"}, set()),
        ({"supersedes": "old", "effective_to": "2020-01-01"}, {"old"}),
        ({"supersedes": "old", "authority": Authority.REFERENCE}, set()),
        ({"supersedes": "house"}, set()),
        ({}, set()),
    ],
    ids=["at once", "from its day on", "not before", "for good", "not by a reference", "not itself", "not unasked"],
)
def test_a_binding_policy_takes_the_place_of_the_one_it_supersedes(
    given: dict[str, Any], gone: set[str], policy: Callable[..., Policy]
) -> None:
    assert replaced([policy(**given)], date(2026, 6, 1)) == gone
