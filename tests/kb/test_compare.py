"""Comparing over stances that can be checked by eye."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Modality, Policy
from kb.compare import Cell, Coverage, Filter, Sheet, against, cells_of, comparable, compare, once, peers, topics_of
from kb.standing import Bounds, Relation, Stance

BOUNDS = Bounds(0.5, 0.5, 0.5)
Said = tuple[str, int, Mapping[Stance, float]]


def policy(name: str = "ours", coverage: str = "full", **fields: str) -> Policy:
    return Policy(name, name.title(), "en", Authority.REFERENCE, coverage=coverage, **fields)  # type: ignore[arg-type]


def sheet(of: Policy, *said: Said, modality: Modality = Modality.MUST, topics: tuple[str, ...] = ()) -> Sheet:
    """Clauses that stand so to one practice each; the vector of a clause points at its practice."""
    clauses = tuple(Clause(f"{of.id}/{at}", of, text, modality, topics=topics) for at, (text, _, _) in enumerate(said, 1))
    vectors, stances = np.zeros((len(said), 25), np.float32), np.zeros((len(said), 25, 3), np.float32)
    for at, (_, number, probabilities) in enumerate(said):
        vectors[at, number - 1] = 1
        for stance, probability in probabilities.items():
            stances[at, number - 1, stance] = probability
    return Sheet(of, clauses, vectors, stances)


def says(number: int, text: str = "", probability: float = 0.9) -> Said:
    return text or f"Says {number}.", number, {Stance.SAME: probability}


def touches(number: int) -> Said:
    return f"Touches {number}.", number, {Stance.PART: 0.8}


def opposes(number: int) -> Said:
    return f"Opposes {number}.", number, {Stance.OPPOSITE: 0.9}


@pytest.mark.parametrize(
    ("said", "coverage"),
    [
        ([says(7)], Coverage.COVERED),
        ([touches(7)], Coverage.PARTLY),
        ([says(8)], Coverage.MISSING),
        ([opposes(7)], Coverage.CONTRADICTS),
        ([says(7), opposes(7)], Coverage.CONTRADICTS),
        ([says(7), touches(7)], Coverage.COVERED),
        ([("Unsure.", 7, {Stance.SAME: 0.4, Stance.PART: 0.2})], Coverage.PARTLY),
        ([("Rather against.", 7, {Stance.SAME: 0.55, Stance.OPPOSITE: 0.6})], Coverage.CONTRADICTS),
        ([("Rather for.", 7, {Stance.SAME: 0.6, Stance.OPPOSITE: 0.55})], Coverage.COVERED),
    ],
)
def test_a_cell_is_what_its_clauses_come_to(said: list[Said], coverage: Coverage) -> None:
    assert cells_of(sheet(policy(), *said), BOUNDS)[7].coverage is coverage


def test_of_a_policy_known_in_part_nothing_is_said_to_be_missing() -> None:
    found = cells_of(sheet(policy(coverage="partial"), says(7), opposes(8)), BOUNDS)
    assert {found[n].coverage for n in PRACTICE_NUMBERS} == {Coverage.COVERED, Coverage.CONTRADICTS, Coverage.UNKNOWN}


def test_an_empty_draft_lacks_all_twenty_five() -> None:
    found = compare(
        sheet(policy()), [sheet(policy("alpha"), says(7))], {}, ["logos"], BOUNDS, [(sheet(policy("alpha"), says(7)), np.zeros((0, 1, 4)))]
    )
    assert found.counts()[Coverage.MISSING] == 25 and len(found.gaps()) == 25 and found.peers == ()
    assert [rule.coverage for rule in found.rules["alpha"]] == [Coverage.MISSING]


def test_without_a_draft_there_are_rows_and_no_gaps() -> None:
    found = compare(None, [sheet(policy("alpha"), says(7))], {}, [], BOUNDS)
    assert len(found.practices) == 25 and found.gaps() == () and not any(found.counts().values())


def test_gaps_begin_with_contradictions_then_come_the_common_and_firm() -> None:
    published = [
        sheet(policy("alpha"), says(3), says(4)),
        sheet(policy("beta"), says(4)),
        sheet(policy("gamma"), says(5), modality=Modality.MAY),
    ]
    gaps = compare(sheet(policy(), opposes(9), touches(2)), published, {}, [], BOUNDS).gaps()
    assert [row.subject for row in gaps[:4]] == [9, 4, 3, 5] and gaps[-1].subject == 2


def test_how_common_a_practice_is_counts_the_unknown_apart() -> None:
    published = [
        sheet(policy("alpha", sector="government"), says(7)),
        sheet(policy("beta", coverage="partial"), says(8)),
        sheet(policy("gamma", sector="government"), touches(7)),
    ]
    row = compare(None, published, {}, [], BOUNDS).practices[6]
    share, government = row.share(), row.share(Filter(sectors=frozenset({"government"})))
    assert (share.covering, share.of, share.unknown) == (1, 3, 1) and (government.covering, government.of) == (1, 2)


def test_beside_a_clause_stands_the_closest_published_one_and_beside_a_gap_the_surest() -> None:
    published = [sheet(policy("alpha"), says(7, "Sure of 7.", 0.95), says(7, "Less sure of 7.", 0.6)), sheet(policy("beta"), says(8))]
    rules = {n: np.eye(25, dtype=np.float32)[n - 1] for n in PRACTICE_NUMBERS}
    rows = compare(sheet(policy(), says(8)), published, rules, [], BOUNDS).practices
    assert [(pair.ours, pair.theirs.text) for pair in rows[6].beside] == [(None, "Sure of 7.")]
    (pair,) = rows[7].beside
    assert pair.ours and (pair.ours.text, pair.theirs.policy.id) == ("Says 8.", "beta") and pair.likeness == pytest.approx(1)


def test_the_firmest_force_of_a_cell() -> None:
    firm, loose = sheet(policy(), says(7)).clauses[0], sheet(policy(), says(7), modality=Modality.MAY).clauses[0]
    assert Cell(policy(), Coverage.COVERED, (loose, firm)).modality is Modality.MUST and Cell(policy(), Coverage.MISSING).modality is None


def test_topics_are_covered_by_rules_and_in_part_by_mere_mentions() -> None:
    rule, mention = sheet(policy(), says(7), topics=("logos",)), sheet(policy(), says(7), topics=("logos",), modality=Modality.INFO)
    assert topics_of(rule, ["logos", "music"])["logos"].coverage is Coverage.COVERED
    assert topics_of(mention, ["logos"])["logos"].coverage is Coverage.PARTLY
    assert topics_of(rule, ["music"])["music"].coverage is Coverage.MISSING


def test_the_most_alike_policy_comes_first_and_never_itself() -> None:
    draft = sheet(policy(), says(7), says(8))
    found = peers(draft, [sheet(policy("far"), says(1)), sheet(policy("near"), says(8), says(7)), draft])
    assert [peer.policy.id for peer in found] == ["near", "far"] and found[0].likeness == pytest.approx(1)


def test_a_published_policy_that_has_the_draft_s_id_is_not_the_draft() -> None:
    draft, namesake = sheet(policy(), says(7, "Ours.")), sheet(policy(), says(7, "Theirs."))
    found = compare(draft, [namesake], {}, [], BOUNDS)
    assert [peer.policy for peer in found.peers] == [namesake.policy]
    assert [pair.theirs.text for pair in found.practices[6].beside] == ["Theirs."]


def test_what_others_have_published_is_compared_with_once_in_the_language_asked_for() -> None:
    english, indonesian, guide = policy("alpha"), replace(policy("alpha"), lang="id"), policy("guide")
    binding = replace(policy("house"), authority=Authority.BINDING)
    assert comparable([english, guide, binding, indonesian]) == [english, indonesian]
    assert once([english, indonesian], "id") == once([indonesian, english], "id") == [indonesian] and once([english], "id") == [english]


@pytest.mark.parametrize(
    ("kinds", "coverage", "closest"),
    [
        ([Relation.UNRELATED, Relation.SAME], Coverage.COVERED, 1),
        ([Relation.RELATED, Relation.UNRELATED], Coverage.PARTLY, 0),
        ([Relation.RELATED, Relation.OPPOSITE], Coverage.CONTRADICTS, 1),
        ([Relation.SAME, Relation.OPPOSITE], Coverage.COVERED, 0),
        ([Relation.UNRELATED, Relation.UNRELATED], Coverage.MISSING, 1),
    ],
)
def test_a_rule_of_another_is_what_the_draft_s_clauses_come_to(kinds: list[Relation], coverage: Coverage, closest: int) -> None:
    draft, other = sheet(policy(), says(1), says(7)), sheet(policy("alpha"), says(7))
    relations = np.zeros((2, 1, 4), np.float32)
    for row, kind in enumerate(kinds):
        relations[row, 0, kind] = 1
    (rule,) = against(draft, other, relations)
    assert rule.coverage is coverage and rule.ours is draft.clauses[closest]


@pytest.mark.parametrize(
    ("fits", "passes"),
    [
        (Filter(), True),
        (Filter(sectors=frozenset({"health"})), False),
        (Filter(sectors=frozenset({"media", "health"}), countries=frozenset({"GB"})), False),
        (Filter(countries=frozenset({"US"}), languages=frozenset({"en"}), coverages=frozenset({"full"})), True),
        (Filter(since="2015"), True),
        (Filter(since="2015-04"), False),
        (Filter(until="2015-03"), True),
        (Filter(until="2014"), False),
    ],
)
def test_a_filter_lets_through_what_fits_all_of_it(fits: Filter, passes: bool) -> None:
    assert fits(policy("alpha", sector="media", country="US", published="2015-03-09")) is passes


def test_a_policy_without_a_date_passes_no_period() -> None:
    assert not Filter(since="1900")(policy()) and not Filter(until="2100")(policy())
