"""Plain text is read by how its lines look, with exact offsets and nothing lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Document, Kind, Refusal, Why
from ingest.read import read


def reading(text: str) -> Document:
    return read(text.encode(), "x.txt")


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("OUR RULES\n\nBe kind.\n", "OUR RULES"),
        ("Our rules\n=========\nBe kind.\n", "Our rules"),
        ("Pasal 5\n\nKaryawan wajib sopan.\n", "Pasal 5"),
        ("BAB I\nKETENTUAN UMUM\n\nKaryawan wajib sopan.\n", "BAB I\nKETENTUAN UMUM"),
        ("4. Gifts\n\nAsk before you accept one.\n", "4. Gifts"),
        ("# Gifts\nAsk before you accept one.\n", "Gifts"),
    ],
)
def test_a_heading_is_told_by_its_look(text: str, heading: str) -> None:
    first, second = reading(text).blocks
    assert (first.kind, first.text, second.kind) == (Kind.HEADING, heading, Kind.PARAGRAPH)


@pytest.mark.parametrize(
    "text",
    [
        "Be kind to one another.\n",
        "Pasal 5 berlaku juga bagi mitra.\n",
        "1. Passwords must be changed.\n",
        "The rules of\n2019 stay in force.\n",
        "as described in\nSection 5. The rest\n",
    ],
)
def test_a_sentence_is_no_heading(text: str) -> None:
    assert [b.kind is Kind.HEADING for b in reading(text).blocks] == [False]


def test_an_article_s_name_is_a_heading_above_its_sentence_and_an_annex_stands_beside_the_chapters() -> None:
    found = reading("4. Fees\n\n§ 3 Entry into force\nThese rules bind now.\n\nAnnex A - Rates\n\nA.1 In Oslo 9.\n").blocks
    assert [(b.text, b.level) for b in found if b.kind is Kind.HEADING] == [
        ("4. Fees", 3),
        ("§ 3 Entry into force", 4),
        ("Annex A - Rates", 2),
    ]
    assert [(b.number, b.text) for b in found if b.kind is not Kind.HEADING] == [(None, "These rules bind now."), ("A.1", "In Oslo 9.")]


def test_indented_items_are_nested() -> None:
    found = [(b.level, b.number, b.text) for b in reading("- a thing\n  1. one thing\n  2. more\n- last\n").blocks]
    assert found == [(1, None, "a thing"), (2, "1.", "one thing"), (2, "2.", "more"), (1, None, "last")]


def test_a_blank_line_ends_a_paragraph_and_a_wrapped_line_does_not() -> None:
    assert [b.text for b in reading("one\ntwo\n\nthree\n").blocks] == ["one\ntwo", "three"]


def test_front_matter_is_read_and_named_as_left_out() -> None:
    found = reading("---\ntitle: Rules\n---\nBe kind.\n")
    assert found.front == {"title": "Rules"}
    assert [(b.text, b.line) for b in found.blocks] == [("Be kind.", 4)]
    assert [piece.why for piece in found.left_out] == [Why.FRONT_MATTER]


def test_bytes_that_are_no_text_are_refused_with_their_line() -> None:
    with pytest.raises(Refusal, match="line 2: expected UTF-8"):
        read(b"ok\n\xff\n", "x.txt")


@given(st.text(st.sampled_from("aA1. \n\t-(*)#§=:·5")) | st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300))
def test_any_text_is_read_exactly_and_nothing_is_lost(text: str) -> None:
    try:
        document = reading(text)
    except Refusal:
        return
    seen = [False] * len(document.text)
    for block in document.blocks:
        assert document.text[block.start : block.end] == block.text
        seen[block.start : block.end] = [True] * len(block.text)
        if block.number:
            before = document.text[: block.start].rstrip()
            assert before.endswith(block.number)
            seen[len(before) - len(block.number) : len(before)] = [True] * len(block.number)
    for piece in document.left_out:
        assert document.text[piece.start : piece.end] == piece.text
        seen[piece.start : piece.end] = [True] * len(piece.text)
    assert all(known or char.isspace() for known, char in zip(seen, document.text, strict=True))
