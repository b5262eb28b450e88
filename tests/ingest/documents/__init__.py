"""Documents made for the tests: each function gives a file's name, its bytes and the clauses that its page shows."""

from __future__ import annotations

from tests.ingest.documents import html, pdf, text

ALL = [
    *html.DOCUMENTS,
    *pdf.DOCUMENTS,
    *text.DOCUMENTS,
]
