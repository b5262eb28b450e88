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


@pytest.mark.parametrize(
    ("text", "lang", "kind", "words"),
    [
        ("Her card: 4111\u00a01111\u00a01111\u00a01111, thanks", "en", "personal-data", "4111\u00a01111\u00a01111\u00a01111"),
        ("Her card: 4111\u202f1111\u20071111\u30001111, thanks", "en", "personal-data", "4111\u202f1111\u20071111\u30001111"),
        ("Her card: 4111–1111–1111–1111", "en", "personal-data", "4111–1111–1111–1111"),
        ("Her card: 4111—1111\u20111111\u22121111", "en", "personal-data", "4111—1111\u20111111\u22121111"),
        ("Her card: 41\u200b11 1111 11\u00ad11 1111\u200b.", "en", "personal-data", "41\u200b11 1111 11\u00ad11 1111"),
        ("Her card: \uff14\uff11\uff11\uff11 1111 1111 1111", "en", "personal-data", "\uff14\uff11\uff11\uff11 1111 1111 1111"),
        ("Card\u200b4111 1111 1111 1111", "en", "personal-data", "4111 1111 1111 1111"),
        ("In 2024–4111 1111 1111 1111", "en", "personal-data", "4111 1111 1111 1111"),
        ("NIK pemenang: 317101\u00a0170845\u00a00001", "id", "personal-data", "317101\u00a0170845\u00a00001"),
        ("NIK pemenang: 317101\u2060170845–0001", "id", "personal-data", "317101\u2060170845–0001"),
        ("NPWP beliau 01.300.066.6–091.000", "id", "personal-data", "01.300.066.6–091.000"),
        ("NPWP beliau 01.300.\u200b066.6-091.000", "id", "personal-data", "01.300.\u200b066.6-091.000"),
        (
            "Pay to GB82\u00a0WEST\u00a01234\u00a05698\u00a07654\u00a032",
            "en",
            "personal-data",
            "GB82\u00a0WEST\u00a01234\u00a05698\u00a07654\u00a032",
        ),
        ("Pay to GB82–WEST–1234–5698–7654–32", "en", "personal-data", "GB82–WEST–1234–5698–7654–32"),
        ("Pay to GB82-WEST-1234-5698-7654-32", "en", "personal-data", "GB82-WEST-1234-5698-7654-32"),
        ("Pay to GB82WEST\u200b12345698765432", "en", "personal-data", "GB82WEST\u200b12345698765432"),
        ("text me on my\u00a0own\u00a0number 07911\u00a0123456", "en", "personal-data", "07911\u00a0123456"),
        ("Ini nomor\u00a0HP ibu itu: \u202a0812–34\u200e56–7890\u202c", "id", "personal-data", "0812–34\u200e56–7890"),
        ("Write to sari\u2011dewi@mail.ex\u00adample", "en", "personal-data", "sari\u2011dewi@mail.ex\u00adample"),
        ("Write to sari.dewi\u200b@mail.example", "en", "personal-data", "sari.dewi\u200b@mail.example"),
        ("Alamat\u00a0rumahnya Jl. Melati No. 5 RT 3", "id", "personal-data", "Alamat\u00a0rumahnya Jl. Melati No. 5 RT 3"),
        ("😀 Project\u200b Otter lands in May", "en", "unannounced", "Project\u200b Otter"),
        ("Pro\u00adject\u00a0Ot\u00adter lands in May", "en", "unannounced", "Pro\u00adject\u00a0Ot\u00adter"),
        ("𝗣𝗿𝗼𝗷𝗲𝗰𝘁 𝗢𝘁𝘁𝗲𝗿 lands in May", "en", "unannounced", "𝗣𝗿𝗼𝗷𝗲𝗰𝘁 𝗢𝘁𝘁𝗲𝗿"),
        ("Dengan Ferro\u2060\u00a0Nord", "id", "third-party", "Ferro\u2060\u00a0Nord"),
        ("Best coffee: Kopi\u00a0Lereng", "en", "missing-disclosure", "Kopi\u00a0Lereng"),
        ("Memang\u00a0kela\u00adlaian kami", "id", "admission", "Memang\u00a0kela\u00adlaian kami"),
    ],
    ids=ascii,
)
def test_no_space_dash_or_unseen_character_hides_what_must_be_looked_at(text: str, lang: str, kind: str, words: str) -> None:
    assert (kind, words) in found(text, lang)


def test_a_term_is_found_whatever_the_dashes_and_unseen_characters_it_was_written_with() -> None:
    for term in ("Air-Otter", "Air–Otter", "Air\u2011Ot\u00adter"):
        for text in ("Air-Otter", "Air–Otter", "Air\u2011Ot\u200bter"):
            assert [f.text for f in examine(f"See {text}!", "en", None, {"code_names": (term,)}).findings] == [text]


@pytest.mark.parametrize(
    "address",
    ["hr.budi@gmail.com", "info-sari@mail.example", "tim.cook@mail.example", "admin_rina@mail.example", "team+dewi@mail.example"],
)
def test_a_name_behind_an_office_is_a_person_s(address: str) -> None:
    assert found(f"Write to {address}") == [("personal-data", address)]


@pytest.mark.parametrize(
    "text",
    [
        "Write to hr@kopi.example",
        "Write to customer.service@kopi.example",
        "Write to info-id@kopi.example",
        "Write to press_office.2@kopi.example",
        "Write to us—info@kopi.example",
        "Write to in\u00adfo@kopi.example",
        "Open 08.00–17.00, since 2019–2024, all 1\u00a0234\u00a0567 cups",
        "Order number 4111\u00a01111\u00a01111\u00a01112 has shipped.",
    ],
    ids=ascii,
)
def test_a_mailbox_of_an_office_and_numbers_of_nobody_are_left_alone(text: str) -> None:
    assert found(text) == []


@given(st.text(st.sampled_from("aß😀 4111-.@xJl\n\u00a0–\u200b\u00ad\ufe0f\x00４") | st.characters(codec="utf-8"), max_size=80))
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
    assert tempered(post, None, [], found=False) is post
    assert tempered(ban, None, [other], found=True) is ban
    asked = tempered(post, None, [other], found=True)
    assert isinstance(asked, Decided) and (asked.verdict, asked.clauses[0], asked.meant) == (Verdict.ASK, other, Verdict.YES)
    refused = tempered(post, rule, [other], found=True)
    assert isinstance(refused, Decided) and (refused.verdict, refused.clauses) == (Verdict.NO, (rule,))
    ruleless = tempered(post, None, [], found=True)
    assert isinstance(ruleless, Decided) and (ruleless.verdict, ruleless.clauses) == (Verdict.ASK, post.clauses)


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
