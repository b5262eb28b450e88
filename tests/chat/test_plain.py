"""Plain copies: what a reader takes no notice of is gone, and every place leads back to the original."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.plain import any_dashes, bare, readings

ODD = "a1 -–—\u00a0\u2011\u200b\u200e\u00ad\ufe0f\x00\n４𝗔😀"


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("", ""),
        ("Ça va – 3 m² 😀\tok\n", "Ça va – 3 m² 😀\tok\n"),
        ("a\u00a0b\u202fc\u3000d", "a b c d"),
        ("a\u2028b\u2029c", "a\nb\nc"),
        ("a\u00ad\u200b\u2060\ufeff\u202e\ufe0f\u034f\x00b", "ab"),
        ("a\u2010b\u2011c\uff0dd", "a-b-c-d"),
        ("４١𝟏", "411"),
        ("𝗔ｂ＠", "Ab@"),
    ],
    ids=ascii,
)
def test_a_bare_copy_is_what_a_reader_sees(text: str, plain: str) -> None:
    assert bare(text).text == plain


def test_a_plain_text_has_one_reading() -> None:
    text = "Ça va: call 0812-3456 now – I’m in!\n"
    assert [copy.text for copy in readings(text)] == [text]


def test_a_dash_beside_a_letter_or_between_spaces_joins_nothing() -> None:
    assert [copy.text for copy in readings("us—info – 1–2 –3")] == ["us—info – 1–2 –3", "us—info – 1-2 -3"]


def test_what_is_not_seen_may_part_words_or_not() -> None:
    assert [copy.text for copy in readings("WA\u200b08\u00ad12")] == ["WA0812", "WA 0812"]


@given(st.text(st.sampled_from(ODD) | st.characters()))
def test_every_place_of_a_copy_leads_back_to_what_it_was_made_of(text: str) -> None:
    for copy in readings(text):
        assert len(copy.at) == len(copy.text)
        assert list(copy.at) == sorted(set(copy.at))
        for at in range(len(copy.text)):
            start, end = copy.span(at, at + 1)
            assert end == start + 1
            # What a single code point is read as does not hang on its neighbours, but for dashes and what may part words.
            assert copy.text[at] in {bare(text[start]).text, "-", " "}


def test_words_are_found_whatever_their_dashes_and_only_their_dashes() -> None:
    pattern = re.compile(any_dashes("a-b.c"))
    assert all(pattern.fullmatch(text) for text in ("a-b.c", "a–b.c", "a—b.c", "a\u2212b.c"))
    assert not pattern.fullmatch("a-bxc")
