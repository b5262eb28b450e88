"""Plain text and Markdown as people keep it; the expected clauses are written by reading the document, not by running the reader."""

from __future__ import annotations

from collections.abc import Callable

Made = tuple[str, bytes, list[tuple[str, str | None, int | None]]]


def _made(name: str, text: str, *clauses: tuple[str, str | None]) -> Made:
    return name, text.encode(), [(clause, number, None) for clause, number in clauses]


def handbook() -> Made:
    """Capital headings, numbers 1.1 and (a), hard-wrapped lines, and references that look like numbers."""
    return _made(
        "handbook.txt",
        """ACME LTD
SOCIAL MEDIA POLICY

1. PURPOSE

1.1 This policy applies to all employees, and to contractors as section
4.2 applies to them.

1.2 It replaces the rules of
2019 and earlier years.

2. CONDUCT

2.1 Employees must not:
    (a) post the names of clients;
    (b) share pictures of
        a workplace that is not open to visitors; or
    (c) speak for the company.

2.2 Item (b) does not apply to the press office. See 2.1 and
3.1 for details.

3. APPROVAL

3.1 Gifts of more than
10.5 million rupiah need approval.
""",
        ("This policy applies to all employees, and to contractors as section\n4.2 applies to them.", "1.1"),
        ("It replaces the rules of\n2019 and earlier years.", "1.2"),
        ("Employees must not:", "2.1"),
        ("post the names of clients;", "2.1 (a)"),
        ("share pictures of\n        a workplace that is not open to visitors; or", "2.1 (b)"),
        ("speak for the company.", "2.1 (c)"),
        ("Item (b) does not apply to the press office. See 2.1 and\n3.1 for details.", "2.2"),
        ("Gifts of more than\n10.5 million rupiah need approval.", "3.1"),
    )


def peraturan() -> Made:
    """An Indonesian regulation: BAB with its name below, Pasal, ayat, letters."""
    return _made(
        "peraturan.txt",
        """PERATURAN DIREKSI
TENTANG MEDIA SOSIAL

BAB I
KETENTUAN UMUM

Pasal 1

Dalam peraturan ini yang dimaksud dengan:
a. karyawan adalah setiap orang yang bekerja di perusahaan;
b. akun resmi adalah akun atas nama perusahaan.

BAB II
LARANGAN

Pasal 2

(1) Karyawan dilarang:
    a. membagikan data pelanggan;
    b. mengatasnamakan perusahaan tanpa izin sebagaimana dimaksud dalam
       Pasal 3 ayat (1).
(2) Larangan pada ayat (1) berlaku juga bagi karyawan magang.

Pasal 3

Setiap karyawan wajib meminta izin kepada bagian komunikasi.
""",
        ("Dalam peraturan ini yang dimaksud dengan:", "Pasal 1"),
        ("karyawan adalah setiap orang yang bekerja di perusahaan;", "Pasal 1 (a)"),
        ("akun resmi adalah akun atas nama perusahaan.", "Pasal 1 (b)"),
        ("Karyawan dilarang:", "Pasal 2 (1)"),
        ("membagikan data pelanggan;", "Pasal 2 (1) (a)"),
        ("mengatasnamakan perusahaan tanpa izin sebagaimana dimaksud dalam\n       Pasal 3 ayat (1).", "Pasal 2 (1) (b)"),
        ("Larangan pada ayat (1) berlaku juga bagi karyawan magang.", "Pasal 2 (2)"),
        ("Setiap karyawan wajib meminta izin kepada bagian komunikasi.", "Pasal 3"),
    )


def underlined() -> Made:
    """Underlined headings, bullets of three kinds, a ruler."""
    return _made(
        "underlined.txt",
        """Blogging guidelines
===================

Be yourself
-----------

* Write in the first person.
* Say that you
  work here.

----------

Be careful
----------

- Do not publish
  - salaries
  - client names
- Think before you post.
• When in doubt, ask.
""",
        ("Write in the first person.", None),
        ("Say that you\n  work here.", None),
        ("Do not publish", None),
        ("salaries", None),
        ("client names", None),
        ("Think before you post.", None),
        ("When in doubt, ask.", None),
    )


def articles() -> Made:
    """Articles with names on their line, Roman paragraphs."""
    return _made(
        "articles.txt",
        """Article 1 – Scope

This code covers personal accounts.

Article 2 – Duties

Staff shall:
(i) name their employer;
(ii) keep secrets; and
(iii) correct mistakes.

Article 3 – Sanctions

Article 2 applies to former staff for 2 years.
""",
        ("This code covers personal accounts.", "Article 1"),
        ("Staff shall:", "Article 2"),
        ("name their employer;", "Article 2 (i)"),
        ("keep secrets; and", "Article 2 (ii)"),
        ("correct mistakes.", "Article 2 (iii)"),
        ("Article 2 applies to former staff for 2 years.", "Article 3"),
    )


def numbered_titles() -> Made:
    """Short numbered titles that stand alone are headings, numbered sentences are clauses; front matter as in Markdown."""
    return _made(
        "titles.txt",
        """---
title: Rules of the house
---
1. Scope

Everybody who posts.

2. Official accounts

Only the press office posts.

A. Passwords

1. Passwords must be changed every
   month.
2. Nobody may share a password.
""",
        ("Everybody who posts.", "1"),
        ("Only the press office posts.", "2"),
        ("Passwords must be changed every\n   month.", "A (1)"),
        ("Nobody may share a password.", "A (2)"),
    )


def ten_rules() -> Made:
    """A flat list of numbered sentences with paragraphs before and after."""
    return _made(
        "ten-rules.txt",
        """Our rules for social media are short.

1) Be polite.
2) Never post a client's name.
3) Ask before you speak for us:
   a) the press office for news,
   b) legal for contracts.
4) You may say where you work.

Thank you for reading.
""",
        ("Our rules for social media are short.", None),
        ("Be polite.", "1"),
        ("Never post a client's name.", "2"),
        ("Ask before you speak for us:", "3"),
        ("the press office for news,", "3 (a)"),
        ("legal for contracts.", "3 (b)"),
        ("You may say where you work.", "4"),
        ("Thank you for reading.", None),
    )


def markdown_rules() -> Made:
    """Numbered headings, nested lists, a quotation, a comment, a link definition."""
    return _made(
        "rules.md",
        """<!-- draft -->
# Social media

## 4 Conduct

4.1 You must say who you work for.

4.2 You must not:

- share
  1. passwords
  2. client names
- insult anybody

## Questions

> Ask the press office.

[press]: https://example.org/press
""",
        ("You must say who you work for.", "4.1"),
        ("You must not:", "4.2"),
        ("share", "4.2"),
        ("passwords", "4.2 (1)"),
        ("client names", "4.2 (2)"),
        ("insult anybody", "4.2"),
        ("Ask the press office.", None),
    )


def markdown_pasal() -> Made:
    """Pasal headings in Markdown with ayat as paragraphs."""
    return _made(
        "pasal.md",
        """# Pedoman media sosial

## Bab I Umum

### Pasal 1

(1) Karyawan wajib sopan.

(2) Karyawan boleh:

a. membagikan tautan; dan

b. menyebut tempat kerja.

### Pasal 2 Sanksi

Pasal 1 berlaku juga bagi mitra.
""",
        ("Karyawan wajib sopan.", "Pasal 1 (1)"),
        ("Karyawan boleh:", "Pasal 1 (2)"),
        ("membagikan tautan; dan", "Pasal 1 (2) (a)"),
        ("menyebut tempat kerja.", "Pasal 1 (2) (b)"),
        ("Pasal 1 berlaku juga bagi mitra.", "Pasal 2"),
    )


DOCUMENTS: tuple[Callable[[], Made], ...] = (
    handbook, peraturan, underlined, articles, numbered_titles, ten_rules, markdown_rules, markdown_pasal,
)  # fmt: skip
