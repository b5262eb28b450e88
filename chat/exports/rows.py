"""A report as CSV: one row a practice and policy, the draft's first. The column names are stable, whatever the language."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from chat.exports.parts import telling
from chat.exports.report import Report
from kb.compare import Cell, Row

COLUMNS = ("practice", "title", "policy_id", "policy_title", "coverage", "modality", "clause_ids", "quote")
# What a spreadsheet takes for a formula, in full width too, after blanks that it passes over.
_FORMULAS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r", "\n")


def rows(report: Report) -> str:
    """UTF-8 text with a header; a cell that a spreadsheet would reckon with has an apostrophe before it."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(COLUMNS)
    for row in report.comparison.practices:
        for cell in (*((row.draft,) if row.draft else ()), *row.published):
            writer.writerow(_guarded(value) for value in _values(row, cell, report))
    return stream.getvalue()


def _values(row: Row, cell: Cell, report: Report) -> Iterator[str]:
    clause = telling(cell)
    yield str(row.subject)
    yield report.titles.get(row.subject, "")
    yield cell.policy.id
    yield cell.policy.title
    yield cell.coverage.value
    yield cell.modality.value if cell.modality else ""
    yield " ".join(clause.id for clause in (*cell.against, *cell.clauses))
    yield clause.text if clause else ""


def _guarded(value: str) -> str:
    # A NUL ends the cell for some readers and the file for others.
    whole = value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")
    return f"'{whole}" if whole.startswith(_FORMULAS) or whole.lstrip().startswith(_FORMULAS[:8]) else whole
