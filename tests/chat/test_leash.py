"""A model's verdict, question or draft stands only where it licenses no more than the rules do."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from chat.answer import Verdict
from chat.decide import Conflict, Decided, Decision, Informed, OffTopic, Uncovered
from chat.leash import Intervention, Proposal, doubted, leash, one_text, proposal, same_post, same_question, standing, widened
from chat.licence import Asked, licenses_no_more
from kb.clause import Authority, Clause, Modality, Policy

HOUSE = Policy("house", "House rules", "en", Authority.BINDING)
BAN = Clause("house/1", HOUSE, "Do not post photos of customers.", Modality.MUST_NOT, practices=(22,))
LEAVE = Clause("house/2", HOUSE, "You may share praise.", Modality.MAY, practices=(22,))
ASKING = Clause("house/3", HOUSE, "Ask before you post prices.", Modality.ASK_FIRST)
NOTE = Clause("house/4", HOUSE, "Photos last.", Modality.INFO)
FAR = Clause("house/5", HOUSE, "Do not smoke.", Modality.MUST_NOT, practices=(3,))
OTHERS = Clause("other/1", replace(HOUSE, id="other", authority=Authority.REFERENCE), "Anything goes.", Modality.MAY)
EVIDENCE = (BAN, LEAVE, ASKING, NOTE, OTHERS, FAR)
YES, YES_IF, NO, ASK = Verdict.YES, Verdict.YES_IF, Verdict.NO, Verdict.ASK


def decided(verdict: Verdict, meant: Verdict | None = None) -> Decided:
    return Decided(verdict, (LEAVE,), 0.2, meant or verdict)


DECISIONS: tuple[Decision, ...] = (
    *(decided(verdict) for verdict in Verdict),
    decided(ASK, YES),
    Uncovered((ASKING,), 0.5),
    Conflict((BAN, LEAVE), 0.1),
    Informed((LEAVE,)),
    OffTopic(),
)


def test_no_proposal_whatever_licenses_more_than_the_decision_did() -> None:
    for decision, verdict, numbers, what in product(DECISIONS, (*Verdict, None), ((), (1,), (2,), (3,), (4,), (5,), (9,), (2, 9)), Asked):
        held = leash(decision, EVIDENCE, Proposal(verdict, numbers), what)
        assert licenses_no_more(standing(held.decision), standing(decision), what)
        if held.decision is not decision:
            assert not isinstance(decision, Conflict)
            assert isinstance(held.decision, Decided)
            assert held.decision.clauses[0].policy.authority is Authority.BINDING
            assert all(clause in EVIDENCE for clause in held.decision.clauses)


@pytest.mark.parametrize(
    ("before", "proposed", "numbers", "after", "held"),
    [
        (YES, NO, (1,), NO, ()),
        (YES, ASK, (3,), ASK, ()),
        (YES, YES_IF, (2,), YES_IF, ()),
        (ASK, NO, (1,), NO, ()),
        (YES, YES, (2,), YES, ()),
        (NO, YES, (2,), NO, (Intervention.LICENCE,)),
        (ASK, YES_IF, (2,), ASK, (Intervention.LICENCE,)),
        (YES, None, (2,), YES, (Intervention.LICENCE,)),
        (YES, NO, (), YES, (Intervention.GROUND,)),
        (YES, NO, (5,), YES, (Intervention.GROUND,)),
        (YES, NO, (2,), YES, (Intervention.GROUND,)),
        (YES, NO, (6,), YES, (Intervention.GROUND,)),
        (YES, NO, (7,), YES, (Intervention.INVENTED_CITATION, Intervention.GROUND)),
        (YES, YES, (0,), YES, (Intervention.INVENTED_CITATION,)),
        (YES, YES, (-1,), YES, (Intervention.INVENTED_CITATION,)),
    ],
)
def test_what_stands_after_a_proposal(
    before: Verdict, proposed: Verdict | None, numbers: tuple[int, ...], after: Verdict, held: tuple[Intervention, ...]
) -> None:
    found = leash(decided(before), EVIDENCE, Proposal(proposed, numbers), Asked.ACT)
    assert (standing(found.decision), found.interventions) == (after, held)


def test_asking_out_of_a_model_s_caution_is_worded_as_doubt_and_asking_by_a_rule_as_that_rule_s() -> None:
    cautious = leash(decided(YES), EVIDENCE, Proposal(ASK, (1,)), Asked.ACT).decision
    ruled = leash(decided(YES), EVIDENCE, Proposal(ASK, (3,)), Asked.ACT).decision
    assert isinstance(cautious, Decided)
    assert isinstance(ruled, Decided)
    assert (cautious.meant, ruled.meant) == (YES, ASK)


@pytest.mark.parametrize(
    ("decision", "verdict", "what", "found", "may"),
    [
        (decided(ASK, YES), YES, Asked.ACT, False, True),
        (decided(ASK, YES_IF), YES_IF, Asked.ACT, False, True),
        (decided(ASK, YES_IF), YES, Asked.ACT, False, False),
        (decided(ASK, YES), YES, Asked.ACT, True, False),
        (decided(ASK, YES), YES, Asked.DUTY, False, False),
        (decided(ASK, YES), YES, Asked.UNCLEAR, False, False),
        (decided(ASK, ASK), YES, Asked.ACT, False, False),
        (decided(ASK, NO), NO, Asked.ACT, False, False),
        (decided(NO), YES, Asked.ACT, False, False),
        (Uncovered((ASKING,), 0.1), YES, Asked.ACT, False, False),
        (Conflict((BAN, LEAVE), 0.1), YES, Asked.ACT, False, False),
    ],
)
def test_only_what_doubt_alone_kept_back_may_be_widened(decision: Decision, verdict: Verdict, what: Asked, found: bool, may: bool) -> None:
    assert doubted(decision, Proposal(verdict, (2,)), what, found=found) is may


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        (Proposal(YES, (2,)), Proposal(YES, (2,)), YES),
        (Proposal(YES, (2,)), Proposal(YES, (2, 1)), YES),
        (Proposal(YES, (2,)), Proposal(YES_IF, (2,)), None),
        (Proposal(YES, (2,)), Proposal(YES, (1,)), None),
        (Proposal(YES, (1,)), Proposal(YES, (1,)), None),
        (Proposal(YES, (5,)), Proposal(YES, (5,)), None),
        (Proposal(YES, (9,)), Proposal(YES, (9,)), None),
        (Proposal(YES, ()), Proposal(YES, ()), None),
    ],
)
def test_widening_needs_two_calls_that_agree_on_a_clause_that_permits(first: Proposal, second: Proposal, verdict: Verdict | None) -> None:
    wider = widened(decided(ASK, YES), EVIDENCE, first, second)
    assert (wider and standing(wider)) == verdict


def test_an_organisation_s_rule_is_not_passed_over_for_a_practice() -> None:
    practice = replace(LEAVE, id="practices/1/1", policy=replace(HOUSE, id="practices"))
    assert widened(decided(ASK, YES), (practice,), Proposal(YES, (1,)), Proposal(YES, (1,))) is None


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "yes",
        "[]",
        "null",
        '{"verdict": "yes"}',
        '{"verdict": "YES", "clauses": [1]}',
        '{"verdict": "maybe", "clauses": [1]}',
        '{"verdict": "yes", "clauses": 1}',
        '{"verdict": "yes", "clauses": ["1"]}',
        '{"verdict": "yes", "clauses": [true]}',
        '{"verdict": "yes", "clauses": [1.0]}',
        '{"verdict": ["yes"], "clauses": [1]}',
        '{"verdict": "yes", "clauses": [1], "quote": "x"}',
        '{"verdict": "no", "verdict": "yes", "clauses": [1]}',
        '{"verdict": "yes", "clauses": [1',
        '{"verdict": "yes", "clauses": [1]} and more',
        "[" * 100_000,
    ],
)
def test_a_reply_of_another_shape_is_no_proposal(reply: str) -> None:
    assert proposal(reply) is None


def test_a_reply_of_the_shape_is_read_in_a_fence_or_not() -> None:
    assert proposal('{"verdict": null, "clauses": [2, 2, 1]}') == Proposal(None, (2, 1))
    assert proposal('```json\n{"verdict": "yes_if", "clauses": []}\n```') == Proposal(YES_IF, ())
    assert one_text('{"question": " a\u202e b "}', "question") == "a b"
    assert one_text('{"question": 1}', "question") is None


BEFORE = ("Can I post a photo of our customer Acme?",)


@pytest.mark.parametrize(
    ("rewritten", "same"),
    [
        ("Can I post a photo of our customer on my own account?", True),
        ("Do I have to post a photo of our customer on my own account?", False),
        ("Can I skip the disclosure in the photo for Budi?", False),
        ("Can I post 3 photos of our customer on my own account?", False),
        ("Boleh saya unggah foto pelanggan di akun saya?", False),
        ("", False),
        ("Can I post a photo on my own account? " * 40, False),
        ("Can the weather tomorrow stop a football match?", False),
    ],
)
def test_a_question_written_anew_is_still_the_person_s(rewritten: str, same: bool) -> None:
    assert same_question(rewritten, "And on my own account?", BEFORE, "en") is same


DRAFT = "Great lunch with Budi from Acme, our new client! See acme.example #lunch"


@pytest.mark.parametrize(
    ("rewritten", "same"),
    [
        ("Great lunch with our new client! #lunch", True),
        ("Great lunch! #lunch #iWorkHere", True),
        (DRAFT, False),
        ("Great lunch with Budi from Acme, our new client, who agreed!", False),
        ("Great lunch with our new client, with their permission!", False),
        ("Great lunch! See evil.example", False),
        ("Great lunch with 12 clients!", False),
        ("Great lunch with Sari!", False),
        ("Makan siang yang enak dengan klien baru kami!", False),
        ("Buy cheap watches today from us, they are the best you can get!", False),
    ],
)
def test_a_draft_written_anew_brings_no_fact_address_or_agreement(rewritten: str, same: bool) -> None:
    assert same_post(rewritten, DRAFT, "en", "#iWorkHere") is same
