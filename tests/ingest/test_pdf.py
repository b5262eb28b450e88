"""PDF: what is printed comes out whole, in order and with its page; what cannot be read is refused in one line."""

from __future__ import annotations

import io
import unicodedata
from collections import Counter
from collections.abc import Callable

import pdfplumber
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from ingest.document import Kind, Refusal, Why
from ingest.read import pdf as reader
from ingest.read.layout import joined
from ingest.read.pdf import read_pdf
from ingest.split import split
from tests.ingest.documents import pdf as made
from tests.ingest.documents.measure import POLICY

HYPHENS = str.maketrans("", "", "-‐\u00ad–")


def squashed(text: str) -> str:
    """Letters as they are, without spacing and hyphens; a raised figure is a figure."""
    return "".join(unicodedata.normalize("NFKC", text).translate(HYPHENS).split())


def raw(data: bytes) -> list[str]:
    """Each page's letters in the order the file draws them."""
    with pdfplumber.open(io.BytesIO(data)) as file:
        return [squashed("".join(char["text"] for char in page.chars)) for page in file.pages]


def drawn(*lines: str, encrypt: StandardEncryption | None = None, pages: int = 1) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A4, encrypt=encrypt)
    for _ in range(pages):
        for n, line in enumerate(lines):
            canvas.drawString(70, 760 - 14 * n, line)
        canvas.rect(50, 50, 20, 20)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.mark.parametrize("make", made.DOCUMENTS, ids=lambda make: make.__name__)
def test_every_quotation_is_a_span_of_its_page(make: Callable[[], made.Made]) -> None:
    name, data, _ = make()
    pages = raw(data)
    for clause, _ in split(read_pdf(data, name), POLICY):
        assert clause.page is not None
        here, overleaf = [*pages, ""][clause.page - 1 : clause.page + 1]
        text = squashed(clause.text)
        # A file draws right-to-left text from the left.
        text = text if text[:1].isascii() else text[::-1]
        on_page = next(end for end in range(len(text), -1, -1) if text[:end] in here)
        assert on_page > 0 and text[on_page:] in overleaf, clause.text


@pytest.mark.parametrize("make", made.DOCUMENTS, ids=lambda make: make.__name__)
def test_no_letter_of_the_file_is_lost(make: Callable[[], made.Made]) -> None:
    name, data, _ = make()
    assert Counter(squashed(read_pdf(data, name).text)) == Counter("".join(raw(data)))


@given(
    st.lists(
        st.tuples(st.sampled_from(["", "1. ", "(a) ", "4.2 ", "Pasal 3 ", "- "]), st.text("abcdeXY .;-", min_size=1, max_size=70)),
        max_size=30,
    )
)
@settings(max_examples=30, deadline=None)
def test_no_letter_of_any_lines_is_lost(lines: list[tuple[str, str]]) -> None:
    data = drawn("Begin.", *(mark + text for mark, text in lines))
    assert Counter(squashed(read_pdf(data, "any.pdf").text)) == Counter("".join(raw(data)))


def left_out(make: Callable[[], made.Made]) -> list[tuple[Why, str]]:
    name, data, _ = make()
    return [(one.why, one.text) for one in read_pdf(data, name).left_out]


def test_running_heads_and_page_numbers_are_left_out_with_their_reason() -> None:
    found = left_out(made.running_heads)
    assert found.count((Why.RUNNING_HEAD, "Example Ltd · Social Media Policy · version 3")) == 4
    assert (Why.PAGE_NUMBER, "Page 3 of 4") in found


def test_a_table_of_contents_is_left_out() -> None:
    assert {why for why, _ in left_out(made.contents)} == {Why.CONTENTS}
    assert (Why.CONTENTS, "Kewajiban karyawan 2") in left_out(made.contents_by_tabs)


def test_headings_are_told_by_the_outline_where_print_does_not_show_them() -> None:
    name, data, _ = made.outline()
    headings = [(b.text, b.level) for b in read_pdf(data, name).blocks if b.kind is Kind.HEADING]
    assert headings == [("Scope", 1), ("Who counts as an employee", 2), ("Sanctions", 1)]


def test_a_chapter_s_name_on_the_line_below_belongs_to_its_heading() -> None:
    name, data, _ = made.chapters_without_bold()
    headings = [(b.text, b.level) for b in read_pdf(data, name).blocks if b.kind is Kind.HEADING]
    assert headings[2:6] == [
        ("BAB II KEWAJIBAN DAN LARANGAN", 1),
        ("Bagian Kesatu Kewajiban", 2),
        ("Pasal 2", 3),
        ("Bagian Kedua Larangan", 2),
    ]


def test_a_table_s_row_carries_its_header() -> None:
    name, data, _ = made.table_over_pages()
    rows = [b for b in read_pdf(data, name).blocks if b.text.startswith("Channel ")]
    assert len(rows) == 60 and {b.lead for b in rows} == {"Channel, Owner"}


@pytest.mark.parametrize(
    ("first", "second", "known", "whole"),
    [
        ("the employment relation-", "ship ends", {}, "the employment relationship ends"),
        ("the employment relation\u00ad", "ship ends", {}, "the employment relationship ends"),
        ("they use self-", "service tools", {}, "they use self-service tools"),
        ("semua data-", "data pelanggan", {}, "semua data-data pelanggan"),
        ("a long-", "term plan", {"long-term": 1}, "a long-term plan"),
        ("in the EU-", "Directive", {}, "in the EU-Directive"),
        ("one line", "and another", {}, "one line and another"),
    ],
)
def test_a_hyphen_goes_only_where_the_line_s_end_brought_it(first: str, second: str, known: dict[str, int], whole: str) -> None:
    assert joined(first, second, known) == whole


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "found a file that does not begin with %PDF-"),
        (b"hello", "found a file that does not begin with %PDF-"),
        (b"%PDF-1.7\n", "found"),
        (drawn("Be kind.")[:400], "found"),
        (drawn("Be kind.", encrypt=StandardEncryption("secret")), "password"),
        (drawn(), "found pages of pictures only, a scan; run OCR"),
    ],
    ids=["empty", "no pdf", "no more than a head", "cut off", "password", "scan"],
)
def test_what_cannot_be_read_is_refused_in_one_line(data: bytes, reason: str, capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Refusal) as refused:
        read_pdf(data, "bad.pdf")
    assert reason in str(refused.value) and "\n" not in str(refused.value)
    assert capfd.readouterr() == ("", "")


def test_a_pdf_that_opens_without_a_password_is_read_whatever_its_owner_restricts() -> None:
    data = drawn("Be kind.", encrypt=StandardEncryption("", ownerPassword="secret", canCopy=0))
    assert read_pdf(data, "owner.pdf").text == "Be kind."


@pytest.mark.parametrize(("limit", "reason"), [("MOST_PAGES", "at most 2 pages; found 3"), ("MOST_CHARACTERS", "at most 2 characters")])
def test_too_much_is_refused_with_the_limit(limit: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, limit, 2)
    with pytest.raises(Refusal, match=reason):
        read_pdf(drawn("Be kind.", pages=3), "long.pdf")
