"""Findings in drafts: what is seen, where exactly, and what is left alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.answer import Account, Finding, Verdict
from chat.cues import CUES, PLACES
from chat.decide import Decided, tempered
from chat.draft import examine
from chat.phrases import PHRASES
from kb.clause import Authority, Clause, Modality, Policy
from tests.evaluation.cues import counted

TERMS = {
    "company": ("Kopi Lereng",),
    "code_names": ("Project Otter",),
    "customers": ("Ferro Nord",),
    "competitors": ("Kopi Sebelah",),
    "disclosure_tags": ("#iWorkHere",),
}


def found(text: str, lang: str = "en", account: Account | None = None) -> list[tuple[str, str]]:
    return [(f.kind, f.text) for f in examine(text, lang, account, TERMS).findings]


@pytest.mark.parametrize(
    ("text", "lang", "kind", "words"),
    [
        ("Write to sari.dewi@mail.example", "en", "personal-data", "sari.dewi@mail.example"),
        ("Her card: 4111 1111 1111 1111, thanks", "en", "personal-data", "4111 1111 1111 1111"),
        ("Pay to GB82 WEST 1234 5698 7654 32", "en", "personal-data", "GB82 WEST 1234 5698 7654 32"),
        ("NIK pemenang: 3171011708450001", "id", "personal-data", "3171011708450001"),
        ("NPWP beliau 01.300.066.6-091.000", "id", "personal-data", "01.300.066.6-091.000"),
        ("text me on my own number 07911 123456", "en", "personal-data", "07911 123456"),
        ("Ini nomor HP ibu itu: 0812-3456-7890", "id", "personal-data", "0812-3456-7890"),
        ("Alamat rumahnya Jl. Melati No. 5 RT 3", "id", "personal-data", "Alamat rumahnya Jl. Melati No. 5 RT 3"),
        ("project  otter lands in May", "en", "unannounced", "project  otter"),
        ("Proud to work with Ferro Nord!", "en", "third-party", "Ferro Nord"),
        ("Better than Kopi Sebelah", "en", "competitor", "Kopi Sebelah"),
        ("Best coffee in town: Kopi Lereng", "en", "missing-disclosure", "Kopi Lereng"),
        ("Not announced yet, but look!", "en", "unannounced", "Not announced yet"),
        ("Dijamin sembuh dalam 3 hari", "id", "promise", "Dijamin"),
        ("Memang kelalaian kami", "id", "admission", "Memang kelalaian kami"),
        ("A photo I found on Google", "en", "copyright", "found on Google"),
    ],
)
def test_what_must_be_looked_at_is_found_where_it_stands(text: str, lang: str, kind: str, words: str) -> None:
    assert (kind, words) in found(text, lang)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Questions? Mail info@kopi.example or call 021-555-0143.", "en"),
        ("Order number 4111 1111 1111 1112 has shipped.", "en"),
        ("Dana Desa 2024: Rp86.400.000 untuk drainase.", "id"),
        ("Kopi Lereng opens at eight on Monday.", "en"),
        ("Best coffee in town: Kopi Lereng. #iWorkHere", "en"),
        ("I work at Kopi Lereng and I love our new roast.", "en"),
        ("We are closed on Sunday. See you next week!", "en"),
        ("Polls are open until ten. We can't tell you whom to vote for.", "en"),
        ("Selamat hari raya, semoga sehat selalu.", "id"),
    ],
)
def test_a_clean_post_has_no_finding(text: str, lang: str) -> None:
    assert found(text, lang) == []


def test_a_private_view_is_a_person_s_own_on_a_personal_account() -> None:
    assert found("Please vote green on Sunday.", account=Account.PERSONAL) == []
    assert found("Please vote green on Sunday.", account=Account.BRAND) == [("political", "vote green")]


@pytest.mark.parametrize(
    ("text", "sure"), [("4111 1111 1111 1111", True), ("Project Otter", True), ("Ferro Nord", False), ("a@mail.example", False)]
)
def test_only_check_digits_and_code_names_leave_no_doubt(text: str, sure: bool) -> None:
    assert (examine(text, "en", None, TERMS).sure is not None) is sure


@given(st.text(st.sampled_from("aß😀 4111-.@xJl\n") | st.characters(codec="utf-8"), max_size=80))
def test_offsets_are_exact_and_places_apart_in_any_text(text: str) -> None:
    at = 0
    for finding in examine(f"{text} Project Otter {text} a.b@mail.example", "id", None, TERMS).findings:
        assert finding.text == f"{text} Project Otter {text} a.b@mail.example"[finding.start : finding.end]
        assert at <= finding.start < finding.end
        at = finding.end


def test_every_kind_has_a_rule_and_words_in_both_languages() -> None:
    for words in PHRASES.values():
        assert {f"finding_{kind}" for kind in CUES} <= set(words)
    assert set(CUES) <= set(PLACES)


def clause(place: str) -> Clause:
    policy = Policy(id="practices", title="The 25 practices", lang="en", authority=Authority.BINDING)
    return Clause(id=f"practices/{place}", policy=policy, text="A rule.", modality=Modality.MUST_NOT)


def test_findings_make_a_decision_more_cautious_and_never_less() -> None:
    post, ban, rule, other = (
        Decided(Verdict.YES, (clause("4/2"),), 0.1, Verdict.YES),
        Decided(Verdict.NO, (clause("5/9"),), 0.1, Verdict.NO),
        clause("7/9"),
        clause("7/7"),
    )
    assert tempered(post, None, None) is post
    assert tempered(ban, None, other) is ban
    asked = tempered(post, None, other)
    assert isinstance(asked, Decided) and (asked.verdict, asked.clauses[0], asked.meant) == (Verdict.ASK, other, Verdict.YES)
    refused = tempered(post, rule, other)
    assert isinstance(refused, Decided) and (refused.verdict, refused.clauses) == (Verdict.NO, (rule,))


def test_cues_stand_in_drafts_that_must_not_go_out_and_not_in_clean_ones() -> None:
    found = counted("tune")
    stopped = found["any"]["no"] + found["any"]["ask"]
    assert stopped >= 10
    assert found["any"]["yes"] <= 0.02 * found["drafts"]["yes"]
    assert stopped >= 0.85 * found["any"].total()


def test_a_finding_keeps_its_public_shape() -> None:
    [finding] = examine("Project Otter", "en", None, TERMS).findings
    assert isinstance(finding, Finding)
    assert finding.to_json() == {
        "start": 0,
        "end": 13,
        "text": "Project Otter",
        "kind": "unannounced",
        "clause_id": "practices/7/7",
        "practices": [7],
        "why": "a name that nobody outside may know yet",
    }
