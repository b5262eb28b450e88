"""Markdown is read with exact offsets; what cannot be read is refused with line and remedy."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Document, Kind, Refusal
from ingest.read import read
from ingest.read.markdown import read_markdown

TEXT = """---
title: House rules
---
# 4 Conduct

Employees must not:

1. post client names {modality=must_not topics=customer-consent practices=22}
   on any network
2) share passwords
   - not even with colleagues {#no-colleagues}

Overview
========

A paragraph {with braces} inside.

> A quoted rule.

| Channel | Owner |
|---------|-------|
| X       | Press |
"""


def reading(text: str) -> Document:
    return read_markdown(text.encode(), "x.md")


def test_every_block_is_an_exact_piece_of_the_source() -> None:
    document = reading(TEXT)
    assert all(document.text[b.start : b.end] == b.text for b in document.blocks)


def test_headings_items_and_paragraphs_are_told_apart() -> None:
    found = [(b.kind, b.level, b.number, b.text) for b in reading(TEXT).blocks]
    assert (Kind.HEADING, 1, None, "4 Conduct") in found
    assert (Kind.ITEM, 1, "2)", "share passwords") in found
    assert (Kind.ITEM, 2, None, "not even with colleagues") in found
    assert (Kind.HEADING, 1, None, "Overview") in found
    assert (Kind.PARAGRAPH, 1, None, "A paragraph {with braces} inside.") in found
    assert any("Press" in text for _, _, _, text in found)


def test_attributes_are_taken_off_the_text() -> None:
    [item] = reading("- ask {modality=ask_first topics=a,b practices=1,2 contact=hr #x/1}").blocks
    assert item.text == "ask"
    assert item.attributes == {
        "modality": "ask_first",
        "topics": "a,b",
        "practices": "1,2",
        "contact": "hr",
        "id": "x/1",
    }


def test_lines_that_end_as_on_an_old_mac_are_lines() -> None:
    assert [(b.kind, b.text) for b in reading("Rules\r===\r\r1. Ask.\r2. Wait.\r").blocks] == [
        (Kind.HEADING, "Rules"),
        (Kind.ITEM, "Ask."),
        (Kind.ITEM, "Wait."),
    ]


def test_a_table_s_row_is_a_clause_under_the_heads_of_its_columns() -> None:
    found = reading("| Data | Kept |\n|---|---|\n| Payroll | 10 years |\n| CCTV | |\n\n| Alone |\n|---|\n")
    assert [(b.text, b.lead) for b in found.blocks] == [("Payroll | 10 years", "Data, Kept"), ("CCTV", "Data, Kept"), ("Alone", "")]
    assert all(found.text[b.start : b.end] == b.text for b in found.blocks)


def test_attributes_inside_a_longer_item_stay_where_they_end_it() -> None:
    first = next(b for b in reading("1. one\n   two {modality=must}\n").blocks)
    assert first.text == "one\n   two"
    assert first.attributes == {"modality": "must"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"---\ntitle: [\n---\n# A\n", "line 3.*YAML"),
        (b"---\ntitle: a\n", "no second one"),
        (b"---\n- a\n---\n", "keys and values"),
        (b"ok\n\xff\xfe\n", "line 2: expected UTF-8"),
        (b"a\nb\x00c", "line 2.*NUL"),
        (b"- rule {modality:must}\n- other {colour=red}\n", "line 2.*colour"),
        (b"- rule {modality=must and more}\n", "line 1.*key=value"),
    ],
)
def test_what_cannot_be_read_is_refused_with_line_and_remedy(data: bytes, reason: str) -> None:
    with pytest.raises(Refusal, match=reason):
        read_markdown(data, "x.md")


def test_an_unknown_ending_is_refused() -> None:
    with pytest.raises(Refusal, match=r"found '\.exe'"):
        read(b"MZ", "x.exe")


@given(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=300))
def test_any_text_is_read_or_refused_and_every_block_is_exact(text: str) -> None:
    try:
        document = reading(text)
    except Refusal:
        return
    assert all(document.text[b.start : b.end] == b.text for b in document.blocks)
