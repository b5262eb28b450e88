"""Personal data does not leave the house, and comes back in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.masking import mask

TERMS = {"customers": ("Acme Corp",), "code_names": ("Garuda",), "partners": ("Beta",), "competitors": ("Rival",)}


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Write to budi@klien.example now", "budi@klien.example"),
        ("Write to info@house.example now", "info@house.example"),
        ("Call 0812-3456-7890 today", "0812-3456-7890"),
        ("Call +44 20 7946 0958 today", "+44 20 7946 0958"),
        ("NIK 3171234567890123 punya dia", "3171234567890123"),
        ("Card 4111 1111 1111 1111 was used", "4111 1111 1111 1111"),
        ("IBAN GB33BUKB20201555555555 is hers", "GB33BUKB20201555555555"),
        ("Rumahnya di Jl. Melati No. 5 Bandung", "Melati"),
        ("Ask @budi_s about it", "@budi_s"),
        ("Pak Budi Santoso sakit", "Budi Santoso"),
        ("Nothing for Mrs. Smith", "Smith"),
        ("Halo, nama saya Siti Aminah", "Siti Aminah"),
        ("A photo with ACME corp", "ACME corp"),
        ("Garuda starts in May", "Garuda"),
        ("With Beta at the fair", "Beta"),
        ("Order 99887766554 came late", "99887766554"),
    ],
)
def test_what_tells_who_somebody_is_is_hidden_and_comes_back(text: str, secret: str) -> None:
    found = mask([text], "id", TERMS)
    hidden = found.hide(text)
    assert secret.casefold() not in hidden.casefold()
    assert found.restore(hidden) == text


def test_the_same_words_have_the_same_placeholder_in_every_text() -> None:
    found = mask(["Mail budi@a.example or siti@a.example", "BUDI@a.example again"], "en", {})
    assert found.hide("budi@a.example, BUDI@a.example, siti@a.example") == "EMAIL_1, EMAIL_1, EMAIL_2"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Card 4111\u00a01111\u00a01111\u00a01111 was used", "4111\u00a01111\u00a01111\u00a01111"),
        ("Card 4111–1111–1111–1111 was used", "4111–1111–1111–1111"),
        ("Card 4111\u20111111—1111\u22121111 was used", "4111\u20111111—1111\u22121111"),
        ("Card 4111\u200b1111 1111\u2009\u20091111 was used", "1111 1111"),
        ("NIK 317101\u00a0170845\u00a00001 punya dia", "317101\u00a0170845\u00a00001"),
        ("NPWP 01.300.066.6–091.000 punya dia", "01.300.066.6–091.000"),
        ("IBAN GB33\u00a0BUKB\u00a02020\u00a01555\u00a05555\u00a055 is hers", "BUKB"),
        ("IBAN GB33–BUKB–2020–1555–5555–55 is hers", "BUKB"),
        ("WA\u200b0812–3456–7890 ya", "0812–3456–7890"),
        ("Order 9988\u00a07766–554 came late", "9988\u00a07766–554"),
        ("Order 99\u200b88\u200b776 came late", "99\u200b88"),
        ("Write to budi\u2011s@klien.exam\u00adple now", "budi"),
        ("Ask @bu\u200bdi_s about it", "di_s"),
        ("Pak\u00a0Budi\u00a0Santoso sakit", "Budi\u00a0Santoso"),
        ("Halo, nama\u00a0saya Siti\u200b Ami\u00adnah", "nah"),
        ("With Acme\u200b\u00a0Co\u00adrp", "Acme"),
        ("Ga\u00adruda starts in May", "ruda"),
        ("Ga\u200bruda starts in May", "ruda"),
        ("Gar\u00aduda and Garuda", "Garuda"),
        ("With 𝗔𝗰𝗺𝗲 𝗖𝗼𝗿𝗽", "𝗔𝗰𝗺𝗲"),
    ],
    ids=ascii,
)
def test_no_space_dash_or_unseen_character_hides_words_from_the_mask(text: str, secret: str) -> None:
    found = mask([text], "id", TERMS)
    hidden = found.hide(text)
    assert secret not in hidden
    assert found.restore(hidden) == text


def test_another_spelling_has_the_same_number_and_comes_back_as_it_was() -> None:
    texts = ["Card 4111 1111 1111 1111", "Mrs. Siti Aminah: 4111–1111–1111–1111", "Mrs.\u00a0Siti Aminah, 4111-1111-1111-1111"]
    found = mask(texts, "en", {})
    assert [found.hide(text) for text in texts] == ["Card CARD_1", "PERSON_1: CARD_2", "PERSON_01, CARD_02"]
    assert [found.restore(found.hide(text)) for text in texts] == texts


def test_what_stood_side_by_side_comes_back_too() -> None:
    found = mask(["@budi.@siti"], "en", {})
    assert found.hide("@budi.@siti") == "HANDLE_1HANDLE_2"
    assert found.restore("HANDLE_1HANDLE_2") == "@budi.@siti"


def test_a_spelling_that_was_never_said_is_hidden_too() -> None:
    found = mask(["Nothing for Garuda"], "en", TERMS)
    assert found.hide("“Ga\u200bruda”") == "“PROJECT_1”"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("Nothing for Mrs. Großmann", "Gro"),
        ("Mail budi@a.com1 now", "budi"),
        ("#Garuda_launch is on", "Garuda"),
        ("She lives at 221 Baker Street, the big house by the corner of the long park that everybody knows", "Baker"),
    ],
)
def test_what_is_found_is_hidden_as_whole_words(text: str, secret: str) -> None:
    found = mask([text], "en", TERMS)
    assert secret not in found.hide(text)
    assert found.restore(found.hide(text)) == text


@given(
    st.lists(st.sampled_from(["Garuda", "Ga\u00adruda", "4111 1111 1111 1111", "4111–1111–1111–1111", *"a1 .@-\u00a0–\u200b\u200e\u00ad"]))
)
def test_every_text_comes_back_exactly(parts: list[str]) -> None:
    text = "".join(parts)
    found = mask([text], "en", TERMS)
    assert found.restore(found.hide(text)) == text


def test_words_that_name_nobody_stay() -> None:
    text = "Can I post 3 photos of Rival at the fair on 12 May 2026?"
    assert mask([text], "en", TERMS).hide(text) == text


def test_a_placeholder_that_was_never_given_is_noticed_and_not_replaced() -> None:
    found = mask(["Mail budi@a.example"], "en", {})
    assert found.strange("EMAIL_2")
    assert not found.strange("EMAIL_1")
    assert found.restore("EMAIL_2 EMAIL_1") == "EMAIL_2 budi@a.example"
