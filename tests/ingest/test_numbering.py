"""A printed number is told apart from everything else that looks like one."""

from __future__ import annotations

import pytest

from ingest.numbering import Style, bare, parse


@pytest.mark.parametrize(
    ("text", "number", "rest", "kind"),
    [
        ("1. Say who you are.", "1.", "Say who you are.", Style.DECIMAL),
        ("2) post client names", "2)", "post client names", Style.DECIMAL),
        ("(3) Setiap karyawan wajib …", "(3)", "Setiap karyawan wajib …", Style.DECIMAL),
        ("1.1 Gifts are declared.", "1.1", "Gifts are declared.", Style.DECIMAL),
        ("4.2.10. post names", "4.2.10.", "post names", Style.DECIMAL),
        ("4.2 (b) Client names stay inside.", "4.2", "(b) Client names stay inside.", Style.DECIMAL),
        ("3.1 “Confidential” means …", "3.1", "“Confidential” means …", Style.DECIMAL),
        ("A.1 Rates are in Rupiah.", "A.1", "Rates are in Rupiah.", Style.DECIMAL),
        ("B.2.3. post names", "B.2.3.", "post names", Style.DECIMAL),
        ("§ 1 May I post?", "§ 1", "May I post?", Style.ARTICLE),
        ("4.2 May staff post?", "4.2", "May staff post?", Style.DECIMAL),
        ("1.Purpose", "1.", "Purpose", Style.DECIMAL),
        ("12A. Exceptions", "12A.", "Exceptions", Style.DECIMAL),
        ("(a) post names", "(a)", "post names", Style.LETTER),
        ("(c) post names", "(c)", "post names", Style.LETTER),
        ("(aa) post names", "(aa)", "post names", Style.LETTER),
        ("b. data pelanggan", "b.", "data pelanggan", Style.LETTER),
        ("A. Scope", "A.", "Scope", Style.LETTER),
        ("(iv) post names", "(iv)", "post names", Style.ROMAN),
        ("xii) post names", "xii)", "post names", Style.ROMAN),
        ("III. Sanksi", "III.", "Sanksi", Style.ROMAN),
        ("§ 3 Geltung", "§ 3", "Geltung", Style.ARTICLE),
        ("§3. Scope", "§3", "Scope", Style.ARTICLE),
        ("Pasal 5", "Pasal 5", "", Style.ARTICLE),
        ("Pasal 5 Larangan", "Pasal 5", "Larangan", Style.ARTICLE),
        ("PASAL 5", "PASAL 5", "", Style.ARTICLE),
        ("Pasal 5A", "Pasal 5A", "", Style.ARTICLE),
        ("Article 5 – Scope", "Article 5", "Scope", Style.ARTICLE),
        ("Section 2.1: Scope", "Section 2.1", "Scope", Style.ARTICLE),
        ("Bab II Kewajiban", "Bab II", "Kewajiban", Style.ARTICLE),
        ("BAB IV\nSANKSI", "BAB IV", "SANKSI", Style.ARTICLE),
        ("Bagian Kesatu", "Bagian Kesatu", "", Style.ARTICLE),
        ("ayat (2) Karyawan wajib …", "ayat (2)", "Karyawan wajib …", Style.ARTICLE),
        ("Appendix B Forms", "Appendix B", "Forms", Style.ARTICLE),
        ("5 Scope", "5", "Scope", Style.BARE),
    ],
)
def test_a_printed_number(text: str, number: str, rest: str, kind: Style) -> None:
    found = parse(text)
    assert found is not None
    assert (found.number, text[found.end :], found.kind) == (number, rest, kind)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "see 4.2",
        "5 May 2024 was a Sunday.",
        "12 May, the day of the fair",
        "4.2 applies accordingly to contractors.",
        "4.2 and 4.3 apply.",
        "4.2 (b) applies.",
        "4.2, first sentence, applies",
        "Pasal 5 berlaku juga untuk magang.",
        "Pasal 5 ayat (1) berlaku.",
        "Article 5(2) applies.",
        "Section 5 of the Act",
        "section 5 Scope",
        "Part of the job",
        "Bagian ini berlaku",
        "2021",
        "2021 review",
        "2021. It began",
        "10.5 million",
        "10.000 rupiah",
        "10.000. Rupiah",
        "2.5 GB of pictures",
        "09.30 WIB",
        "30 June 2024",
        "17 Agustus 1945",
        "6 and 8",
        "6 dan 8",
        "42",
        "e.g. names",
        "i.e. names",
        "(the) names",
        "(di) kantor",
        "(id) name",
        "(see 4.2)",
        "A post is public.",
        "I agree.",
        "§ 5 applies",
    ],
)
def test_no_number(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    ("number", "alone"),
    [("1.", "1"), ("(a)", "a"), ("4.2.", "4.2"), ("Pasal 5", "5"), ("§3", "3"), ("ayat (2)", "2"), ("Bab II", "II"), (None, ""), ("§", "")],
)
def test_the_number_alone(number: str | None, alone: str) -> None:
    assert bare(number) == alone
