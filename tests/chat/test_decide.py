"""Only binding clauses decide; rank comes first; doubt becomes ask; silence is not permission."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest

from chat.answer import Verdict
from chat.decide import Conflict, Decided, Informed, Limits, OffTopic, Rule, Uncovered, decide
from chat.judge import Reading
from kb.clause import Clause, Evidence, Modality, Policy

LIMITS = Limits(licensing={"en": 0.3, "id": 0.3}, other=0.4, scope=0.5, near=0.5, relevance=0.5, slope=6, margin=0, offset=-3, practice=0.5)
SURE = 0.95


def reading(verdict: Verdict | None, sure: float = SURE, scope: float = 0.99, practice: int = 22) -> Reading:
    rest = (1 - sure) / 4
    verdicts: Mapping[Verdict | None, float] = {v: sure if v is verdict else rest for v in (*Verdict, None)}
    return Reading(scope, {n: 3.0 if n == practice else -3.0 for n in range(1, 26)}, verdicts)


def stance(verdict: Verdict, sure: float = SURE) -> Mapping[Verdict | None, float]:
    return reading(verdict, sure).verdicts


@pytest.fixture
def practices(clause: Callable[..., Clause], policy: Callable[..., Policy]) -> list[Evidence]:
    of = policy(id="practices")
    made = [
        clause(
            "22/1",
            "A story is shown only after they agreed.",
            policy=of,
            modality=Modality.MUST,
            practices=(22,),
            number="22",
        ),
        clause("22/2", "You may show a story once they agreed.", policy=of, modality=Modality.MAY, practices=(22,)),
        clause("22/8", "Do not post without agreement.", policy=of, modality=Modality.MUST_NOT, practices=(22,)),
        clause("22/11", "Ask the privacy officer.", policy=of, modality=Modality.ASK_FIRST, practices=(22,)),
    ]
    return [Evidence(c, 3 - 0.1 * at) for at, c in enumerate(made)]


@pytest.fixture
def in_doubt(clause: Callable[..., Clause], policy: Callable[..., Policy]) -> list[Clause]:
    return [clause("25/2", "Where no rule covers it, ask.", policy=policy(id="practices"), practices=(25,))]


@pytest.mark.parametrize(
    ("verdict", "deciding"),
    [(Verdict.YES, "22/2"), (Verdict.NO, "22/8"), (Verdict.ASK, "22/11"), (Verdict.YES_IF, "22/2")],
)
def test_the_deciding_clause_has_the_force_of_the_verdict(
    verdict: Verdict, deciding: str, practices: list[Evidence], in_doubt: list[Clause]
) -> None:
    found = decide(reading(verdict), [], practices, in_doubt, LIMITS, draft=False)
    assert isinstance(found, Decided)
    assert found.verdict is verdict
    assert found.clauses[0].id == f"practices/{deciding}"


@pytest.mark.parametrize(("verdict", "deciding"), [(Verdict.YES, "22/1"), (Verdict.NO, "22/2")])
def test_a_duty_is_carried_by_a_rule_that_requires_and_leave_by_one_that_allows(
    verdict: Verdict, deciding: str, practices: list[Evidence], in_doubt: list[Clause]
) -> None:
    found = decide(reading(verdict), [], practices, in_doubt, LIMITS, draft=False, licensing={Verdict.NO})
    assert isinstance(found, Decided)
    assert (found.verdict, found.clauses[0].id) == (verdict, f"practices/{deciding}")


def test_nobody_is_freed_from_a_duty_by_bans_alone(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    bans = [evidence for evidence in practices if evidence.clause.modality is Modality.MUST_NOT]
    found = decide(reading(Verdict.NO), [], bans, in_doubt, LIMITS, draft=False, licensing={Verdict.NO})
    assert isinstance(found, Decided) and (found.verdict, found.meant) == (Verdict.ASK, Verdict.NO)


@pytest.mark.parametrize("verdict", [Verdict.YES, Verdict.YES_IF, Verdict.NO])
def test_doubt_above_the_limit_becomes_ask_and_is_kept(verdict: Verdict, practices: list[Evidence], in_doubt: list[Clause]) -> None:
    found = decide(reading(verdict, 0.45), [], practices, in_doubt, LIMITS, draft=False)
    assert isinstance(found, Decided)
    assert (found.verdict, found.meant) == (Verdict.ASK, verdict)
    assert found.doubt > LIMITS.licensing["en"]


def test_asked_for_a_duty_no_needs_the_certainty_of_a_licence_and_yes_does_not(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    limits = replace(LIMITS, licensing={"en": 0.05, "id": 0.4})
    given = {
        (verdict, lang): decide(reading(verdict, 0.8), [], practices, in_doubt, limits, draft=False, lang=lang, licensing={Verdict.NO})
        for verdict in (Verdict.YES, Verdict.NO)
        for lang in ("en", "id")
    }
    asked = {key: isinstance(found, Decided) and found.verdict is Verdict.ASK for key, found in given.items()}
    assert asked == {(Verdict.YES, "en"): False, (Verdict.YES, "id"): False, (Verdict.NO, "en"): True, (Verdict.NO, "id"): False}


def test_a_stricter_limit_asks_more_and_a_looser_one_changes_nothing(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    strict = decide(reading(Verdict.YES), [], practices, in_doubt, LIMITS.tightened(0.01), draft=False)
    assert isinstance(strict, Decided) and strict.verdict is Verdict.ASK
    assert LIMITS.tightened(1.0) == LIMITS


def test_a_yes_without_a_binding_clause_that_permits_is_ask(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    bans = [e for e in practices if e.clause.modality is Modality.MUST_NOT]
    found = decide(reading(Verdict.YES), [], bans, in_doubt, LIMITS, draft=False)
    assert isinstance(found, Decided) and found.verdict is Verdict.ASK


def test_without_any_binding_clause_nothing_is_permitted(in_doubt: list[Clause]) -> None:
    found = decide(reading(Verdict.YES), [], [], in_doubt, LIMITS, draft=False)
    assert isinstance(found, Uncovered)
    assert found.clauses == tuple(in_doubt)


def test_an_organisation_s_rule_overrides_the_practices(
    practices: list[Evidence], in_doubt: list[Clause], clause: Callable[..., Clause]
) -> None:
    rule = Rule(Evidence(clause("9", "Staff may post the menu.", modality=Modality.MAY), 1.0), 0.9, stance(Verdict.YES))
    found = decide(reading(Verdict.NO), [rule], practices, in_doubt, LIMITS, draft=False)
    assert isinstance(found, Decided)
    assert (found.verdict, found.clauses[0].id) == (Verdict.YES, "house/9")


def test_a_rule_that_does_not_bear_on_it_leaves_it_to_the_practices(
    practices: list[Evidence], in_doubt: list[Clause], clause: Callable[..., Clause]
) -> None:
    rule = Rule(Evidence(clause("9", "Staff may post the menu.", modality=Modality.MAY), 1.0), 0.1, stance(Verdict.YES))
    found = decide(reading(Verdict.NO), [rule], practices, in_doubt, LIMITS, draft=False)
    assert isinstance(found, Decided) and found.verdict is Verdict.NO


def test_two_rules_of_equal_rank_that_disagree_are_both_shown(in_doubt: list[Clause], clause: Callable[..., Clause]) -> None:
    rules = [
        Rule(Evidence(clause("9", "Staff may post the menu.", modality=Modality.MAY), 1.0), 0.9, stance(Verdict.YES)),
        Rule(Evidence(clause("10", "Nobody posts the menu.", modality=Modality.MUST_NOT), 1.0), 0.88, stance(Verdict.NO)),
    ]
    found = decide(reading(Verdict.YES), rules, [], in_doubt, LIMITS, draft=False)
    assert isinstance(found, Conflict)
    assert [c.id for c in found.clauses] == ["house/9", "house/10"]


def test_what_is_not_ours_is_turned_away(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    assert decide(reading(Verdict.NO, scope=0.1), [], practices, in_doubt, LIMITS, draft=False) == OffTopic()


def test_what_sounds_strange_and_is_close_to_a_rule_is_ours(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    near = [replace(evidence, dense=0.6) for evidence in practices]
    assert isinstance(decide(reading(Verdict.NO, scope=0.1), [], near, in_doubt, LIMITS, draft=False), Decided)


def test_what_an_own_rule_covers_is_ours_however_odd(in_doubt: list[Clause], clause: Callable[..., Clause]) -> None:
    rule = Rule(Evidence(clause("9", "Leave is asked for by Friday.", modality=Modality.MUST), 1.0), 0.9, stance(Verdict.YES))
    assert isinstance(decide(reading(Verdict.YES, scope=0.1), [rule], [], in_doubt, LIMITS, draft=False), Decided)


def test_an_open_question_gets_no_verdict_but_a_draft_always_does(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    assert isinstance(decide(reading(None), [], practices, in_doubt, LIMITS, draft=False), Informed)
    assert isinstance(decide(reading(None), [], practices, in_doubt, LIMITS, draft=True), Decided)


def test_a_plain_request_to_post_is_ours_whatever_the_judge_thinks(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    assert isinstance(decide(reading(Verdict.NO, scope=0.1), [], practices, in_doubt, LIMITS, draft=False, ours=True), Decided)


def test_where_it_may_be_about_something_else_a_clause_of_that_is_cited_too(
    practices: list[Evidence], in_doubt: list[Clause], clause: Callable[..., Clause], policy: Callable[..., Policy]
) -> None:
    bans = [
        clause(f"{n}/8", "Do not.", policy=policy(id="practices"), modality=Modality.MUST_NOT, practices=(n,)) for n in (5, 6, 7, 14, 18)
    ]
    found = [*practices, *(Evidence(ban, 1.0) for ban in bans)]
    unsure = replace(reading(Verdict.NO), practices={n: {22: 3.0, 7: 2.6, 6: 2.5, 18: 2.4, 5: -1.0}.get(n, -4.0) for n in range(1, 26)})
    shown = decide(unsure, [], found, in_doubt, LIMITS, draft=False)
    assert isinstance(shown, Decided)
    assert [c.practices for c in shown.clauses] == [(22,), (7,), (6,), (18,)]
    sure = decide(reading(Verdict.NO), [], found, in_doubt, LIMITS, draft=False)
    assert isinstance(sure, Decided)
    assert [c.practices for c in sure.clauses] == [(22,)] * 3


def test_asking_out_of_doubt_cites_that_in_doubt_one_asks(practices: list[Evidence], in_doubt: list[Clause]) -> None:
    found = decide(reading(Verdict.NO, 0.45), [], practices, in_doubt, LIMITS, draft=False)
    assert isinstance(found, Decided)
    assert found.clauses[-1] == in_doubt[0]
