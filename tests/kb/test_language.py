"""English and Indonesian are told apart, however short or mixed the message."""

from __future__ import annotations

import pytest

from kb.language import detect


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("May I post this on our page?", "en"),
        ("Apakah saya boleh mengunggah foto ini?", "id"),
        ("spill gaji dong", "id"),
        ("share the roadmap", "en"),
        ("meeting klien tadi boleh di-share ke LinkedIn?", "id"),
        ("", "en"),
        ("🙂 123 ?!", "en"),
    ],
)
def test_the_language_of_a_text(text: str, lang: str) -> None:
    assert detect(text) == lang
