"""Personal data does not leave the house, and comes back in its place."""

from __future__ import annotations

import pytest

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


def test_words_that_name_nobody_stay() -> None:
    text = "Can I post 3 photos of Rival at the fair on 12 May 2026?"
    assert mask([text], "en", TERMS).hide(text) == text


def test_a_placeholder_that_was_never_given_is_noticed_and_not_replaced() -> None:
    found = mask(["Mail budi@a.example"], "en", {})
    assert found.strange("EMAIL_2")
    assert not found.strange("EMAIL_1")
    assert found.restore("EMAIL_2 EMAIL_1") == "EMAIL_2 budi@a.example"
