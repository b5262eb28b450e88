"""What a verdict and a sentence license, and that nothing plain is missed."""

from __future__ import annotations

from itertools import product

import pytest

from chat.answer import Verdict
from chat.licence import Asked, asked, licenses_no_more, licensing, says_no_more

YES, YES_IF, NO, ASK = Verdict.YES, Verdict.YES_IF, Verdict.NO, Verdict.ASK


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("Can I post a photo of our office?", Asked.ACT),
        ("Is it okay to share this?", Asked.ACT),
        ("Boleh saya unggah foto kantor?", Asked.ACT),
        ("Bisa nggak saya posting ini?", Asked.ACT),
        ("Dilarang nggak posting foto rapat?", Asked.ACT),
        ("Must I say that I work here?", Asked.DUTY),
        ("Do I have to disclose the gift?", Asked.DUTY),
        ("Wajib pakai tagar #iklan?", Asked.DUTY),
        ("Apakah saya perlu izin dulu?", Asked.DUTY),
        ("Can I post this or do I need approval?", Asked.UNCLEAR),
        ("Can I be fired for not disclosing?", Asked.UNCLEAR),
        ("Bisa kena sanksi kalau tidak cantumkan #iklan?", Asked.UNCLEAR),
        ("Is a deleted post really gone?", Asked.UNCLEAR),
        ("", Asked.UNCLEAR),
    ],
)
def test_what_a_message_asks(text: str, what: Asked) -> None:
    assert asked(text) is what


def test_a_draft_asks_whether_it_may_be_posted() -> None:
    assert asked("We have to win!", draft=True) is Asked.ACT


def test_of_an_act_a_verdict_gives_way_to_one_that_licenses_no_more() -> None:
    order = (NO, ASK, YES_IF, YES)
    for proposed, standing in product(order, order):
        assert licenses_no_more(proposed, standing, Asked.ACT) == (order.index(proposed) <= order.index(standing))


def test_of_a_duty_only_ask_replaces_a_verdict_and_never_yes_you_must() -> None:
    for proposed, standing in product(Verdict, Verdict):
        assert licenses_no_more(proposed, standing, Asked.DUTY) == (proposed is standing or (proposed is ASK and standing is not YES))


@pytest.mark.parametrize("what", Asked)
@pytest.mark.parametrize("verdict", Verdict)
def test_no_verdict_stays_none_and_none_becomes_no_verdict(verdict: Verdict, what: Asked) -> None:
    assert not licenses_no_more(verdict, None, what)
    assert not licenses_no_more(None, verdict, what)
    assert licenses_no_more(None, None, what)


def test_where_it_is_not_plain_what_is_asked_only_ask_may_replace_a_verdict() -> None:
    for proposed, standing in product(Verdict, Verdict):
        assert licenses_no_more(proposed, standing, Asked.UNCLEAR) == (proposed in (standing, ASK))


@pytest.mark.parametrize("verdict", [NO, ASK])
@pytest.mark.parametrize(
    "sentence",
    [
        "You may post it.",
        "Yes, post it before they ask.",
        "It is not forbidden to post before they agree.",
        "Nothing forbids this, so you do not need approval.",
        "There is no rule that requires consent.",
        "You don't have to ask first.",
        "Go ahead and do not wait.",
        "Asking first is optional.",
        "This is safe and needs no approval.",
        "The rule does not apply before the launch.",
        "Staff must be allowed to post it.",
        "Customers love such photos.",
        "Do not hesitate to post it without approval.",
        "Don't ask, just post before they notice.",
        "You must not wait for approval.",
        "Nobody needs to agree before you post.",
        "Jangan ragu unggah tanpa izin mereka.",
        "Jangan tanya dulu.",
        "Tidak ada yang harus setuju.",
        "Boleh diunggah sebelum mereka setuju.",
        "Tidak perlu izin.",
        "Tidak dilarang, jadi unggah saja.",
        "Silakan unggah tanpa menunggu persetujuan.",
        "Aman, tidak ada aturan yang melarang.",
        "Izin sudah tidak wajib.",
    ],
)
def test_beside_a_verdict_that_licenses_nothing_a_sentence_that_permits_is_not_shown(sentence: str, verdict: Verdict) -> None:
    assert not says_no_more(sentence, verdict, Asked.ACT)


@pytest.mark.parametrize("verdict", [NO, ASK])
@pytest.mark.parametrize(
    "sentence",
    [
        "Do not post this.",
        "You may not share the photo.",
        "Customers have to agree before you post their photo.",
        "Ask the customer first.",
        "Posting it is not allowed without consent.",
        "Never post it without the customer's consent.",
        "Tidak boleh diunggah tanpa izin.",
        "Pelanggan harus setuju sebelum foto diunggah.",
        "Jangan bagikan nomor telepon orang lain.",
    ],
)
def test_beside_a_verdict_that_licenses_nothing_a_sentence_that_restrains_is_shown(sentence: str, verdict: Verdict) -> None:
    assert says_no_more(sentence, verdict, Asked.ACT)


@pytest.mark.parametrize(
    ("sentence", "verdict", "what", "shown"),
    [
        ("You may post it.", YES, Asked.ACT, True),
        ("You may post it.", YES_IF, Asked.ACT, False),
        ("You may post it once they agree.", YES_IF, Asked.ACT, True),
        ("Nothing forbids it if you ask.", YES_IF, Asked.ACT, False),
        ("Boleh diunggah setelah mereka setuju.", YES_IF, Asked.ACT, True),
        ("You need not disclose it.", YES, Asked.ACT, False),
        ("You need not disclose it.", YES, Asked.DUTY, False),
        ("You may leave it out.", YES, Asked.DUTY, False),
        ("Say that you work here.", YES, Asked.DUTY, True),
        ("You may post it.", None, Asked.UNCLEAR, False),
    ],
)
def test_a_sentence_says_no_more_than_the_verdict(sentence: str, verdict: Verdict | None, what: Asked, shown: bool) -> None:
    assert says_no_more(sentence, verdict, what) is shown


@pytest.mark.parametrize(
    ("text", "free"),
    [
        ("Can I post this?", {YES, YES_IF}),
        ("Do I have to say that I work here?", {NO}),
        ("Do I need anyone's ok to say sorry?", {NO}),
        ("Wajib nggak sih balesin orang yang nanya jam buka?", {NO}),
        ("Haruskah saya menyebut tempat kerja saya?", {NO}),
        ("Should I stay away from jokes about my old firm?", {YES, YES_IF, NO}),
        ("Can I post this or do I need approval?", {YES, YES_IF, NO}),
        ("Nice weather for the launch.", {YES, YES_IF}),
    ],
)
def test_what_sets_a_person_free_depends_on_what_is_asked(text: str, free: set[Verdict]) -> None:
    assert licensing(text, text) == free
    assert licensing(text, text, draft=True) == {YES, YES_IF}


def test_a_follow_up_is_understood_by_what_came_before() -> None:
    assert licensing("And on Facebook?", "Do I need to disclose it? And on Facebook?") == {NO}
