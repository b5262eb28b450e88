"""Documents made for the tests: each function gives a file's name, its bytes and the clauses that its page shows."""

from __future__ import annotations

from tests.ingest.documents import docx, html, pdf, text

ALL = [
    *docx.DOCUMENTS,
    *html.DOCUMENTS,
    *pdf.DOCUMENTS,
    *text.DOCUMENTS,
]
