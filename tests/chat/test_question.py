"""A message is understood: cleaned, its language and account known, joined with what it leans on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.answer import Account, Message
from chat.question import LONGEST, clean, understand


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("Can I post a photo of my desk?", "en"),
        ("Boleh nggak saya unggah foto meja kerja?", "id"),
        ("meeting klien tadi boleh di-share ke LinkedIn?", "id"),
        ("🙂🙂", "en"),
    ],
)
def test_the_language_is_recognised(text: str, lang: str) -> None:
    assert understand(Message(text)).lang == lang


def test_a_language_that_was_chosen_is_kept() -> None:
    assert understand(Message("ok?", lang="id")).lang == "id"


def test_a_short_follow_up_takes_its_language_and_subject_from_what_came_before() -> None:
    found = understand(Message("kalau ok?", history=("Boleh saya unggah foto pelanggan di akun toko?",)))
    assert found.lang == "id"
    assert found.sought.startswith("Boleh saya unggah foto pelanggan")


def test_a_new_subject_is_not_joined_with_what_came_before() -> None:
    found = understand(
        Message(
            "May a nurse write a public blog about the history of her hospital in her own spare time?",
            history=("Can I swear?",),
        )
    )
    assert found.history == ()
    assert "swear" not in found.sought


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("May I say this on my own account?", Account.PERSONAL),
        ("Boleh curhat di akun pribadi?", Account.PERSONAL),
        ("Can we joke on our page?", Account.BRAND),
        ("Boleh becanda di akun kantor?", Account.BRAND),
        ("From my own account or from our page?", None),
        ("Can I post this?", None),
    ],
)
def test_the_account_is_read_off_the_words(text: str, account: Account | None) -> None:
    assert understand(Message(text)).account is account


def test_an_account_that_was_chosen_wins() -> None:
    assert understand(Message("on our page?", account=Account.PERSONAL)).account is Account.PERSONAL


@pytest.mark.parametrize("text", ["a\u200bb", "a\x00b", "a\u202eb", "a\ufeffb"])
def test_invisible_and_control_characters_are_gone(text: str) -> None:
    assert clean(text) == "ab"


def test_a_lone_surrogate_becomes_a_printable_character() -> None:
    assert clean("a\ud800b").encode("utf-8")


def test_the_original_is_kept_for_offsets() -> None:
    assert understand(Message("  a\u200bb ", draft=True)).original == "  a\u200bb "


def test_a_message_of_any_length_is_cut() -> None:
    assert len(understand(Message("x " * 100_000)).text) <= LONGEST


@settings(deadline=None)  # the first text loads the language detector
@given(st.text(max_size=400), st.lists(st.text(max_size=60), max_size=3), st.booleans())
def test_any_text_is_understood(text: str, history: list[str], draft: bool) -> None:
    found = understand(Message(text, draft, history=tuple(history)))
    assert found.lang in ("en", "id")
    found.sought.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Can I post a photo of my new office desk on Instagram?", True),
        ("is it ok to share this on my page", True),
        ("boleh posting foto kucing?", True),
        ("Can I post a letter at the front desk?", False),
        ("Can I say on Glassdoor what my salary is?", True),
        ("Boleh saya pasang foto seragam kantor di Instagram?", True),
        ("Can I put my graduation photo on LinkedIn if our logo is on the wall behind me?", True),
        ("Boleh pakai lagu viral buat reels toko?", True),
        ("Boleh nggak gue live TikTok dari gudang pas lagi kerja?", True),
        ("Is it okay to go live on Instagram from the stock room?", True),
        ("Can you put the meeting in my calendar?", False),
        ("How do I write a reply template in Outlook?", False),
        ("What is the best phone for photos?", False),
        ("bisa tolong jelasin cuti melahirkan?", False),
    ],
)
def test_a_plain_request_to_post_is_recognised(text: str, expected: bool) -> None:
    assert understand(Message(text)).asks_to_post is expected
