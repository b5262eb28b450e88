"""A report as a spreadsheet (XLSX), one sheet a view. The only file that names openpyxl.

Every cell holds text or a number, never a formula; each coverage has a sign and a word besides its colour.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from chat.exports.notes import told
from chat.exports.parts import common, name, place, policies, policy_title, share, telling, title, writable
from chat.exports.report import Report
from chat.exports.words import covered, named, say
from kb.clause import Clause
from kb.compare import Coverage, Row

_LONGEST = 32_000  # characters of a cell; the format's own limit is 32,767
_WASH = {
    Coverage.CONTRADICTS: "FDECEA",
    Coverage.MISSING: "FDF2DC",
    Coverage.PARTLY: "EAF0FC",
    Coverage.COVERED: "E7F4EA",
    Coverage.UNKNOWN: "EEF1EE",
}
_ACCENT = "0F5A50"
Value = str | int | float | Coverage | None


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One view: its name, head and rows, the width of each column in characters (the last holds for the rest), columns kept in sight."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Value]]
    widths: Sequence[int]
    kept: int = 1


def workbook(report: Report) -> bytes:
    """The spreadsheet's bytes."""
    book = Workbook()
    book.remove(book.active)
    book.properties.title = title(report)
    book.properties.creator = "AskFirst"
    for sheet in _sheets(report):
        _write(book, sheet, report.lang)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheets(report: Report) -> Iterator[_Sheet]:
    comparison = report.comparison
    if comparison.draft:
        yield _gaps(report)
    yield _matrix(report, "practice", "matrix", comparison.practices)
    if comparison.topics:
        yield _matrix(report, "topic", "topics_matrix", comparison.topics)
    if comparison.draft:
        yield _beside(report)
        yield _quality(report)
    if comparison.rules:
        yield _rules(report)
    if any(report.disagreements.values()):
        yield _disagreements(report)
    yield _sources(report)


def _gaps(report: Report) -> _Sheet:
    keys = ("number", "practice", "coverage", "common", "asks", "ours", "clause", "theirs", "source", "model")
    rows: list[list[Value]] = []
    for row in report.comparison.gaps():
        if row.draft is None:
            continue
        number, own, pair = int(row.subject), telling(row.draft), next(iter(row.beside), None)
        rows.append([number, report.titles.get(number, ""), row.draft.coverage, common(row, report), report.facts.get(number, "")])
        rows[-1] += [own.text if own else "", place(own, report.lang) if own else ""]
        rows[-1] += [pair.theirs.text if pair else "", place(pair.theirs, report.lang) if pair else "", report.models.get(number, "")]
    return _Sheet(say("gaps", report.lang), _heads(keys, report), rows, (6, 30, 16, 34, 44, 44, 30, 44, 30, 44), 2)


def _matrix(report: Report, which: str, sheet: str, subjects: Sequence[Row]) -> _Sheet:
    draft = report.comparison.draft
    heads = [say(which, report.lang), say("overall", report.lang), *([say("draft", report.lang)] if draft else [])]
    rows: list[list[Value]] = [
        [
            name(row, report),
            share(row.share(), report.lang),
            *(cell.coverage for cell in (*([row.draft] if row.draft else ()), *row.published)),
        ]
        for row in subjects
    ]
    kept = len(heads)
    return _Sheet(say(sheet, report.lang), [*heads, *(policy.title for policy in policies(report))], rows, (36, 24, 17), kept)


def _beside(report: Report) -> _Sheet:
    keys = ("practice", "coverage", "ours", "clause", "modality", "theirs", "source", "modality", "likeness")
    rows: list[list[Value]] = []
    for row in report.comparison.practices:
        for pair in row.beside:
            coverage = row.draft.coverage if row.draft else None
            rows.append([name(row, report), coverage, *_clause(pair.ours, report.lang), *_clause(pair.theirs, report.lang)])
            rows[-1].append(round(pair.likeness, 2))
    return _Sheet(say("beside", report.lang), _heads(keys, report), rows, (32, 16, 50, 30, 14, 50, 30, 14, 11))


def _quality(report: Report) -> _Sheet:
    keys = ("kind", "note", "quoted", "clause", "sources")
    rows: list[list[Value]] = [
        [note.title, note.sentence, note.quote, place(note.clause, report.lang) if note.clause else "", "\n".join(note.sources)]
        for note in told(report)
    ]
    return _Sheet(say("quality_sheet", report.lang), _heads(keys, report), rows, (28, 50, 50, 30, 50))


def _rules(report: Report) -> _Sheet:
    keys = ("policy", "coverage", "rule", "clause", "modality", "closest", "clause", "modality", "likeness")
    rows: list[list[Value]] = [
        [
            policy_title(policy_id, report),
            rule.coverage,
            *_clause(rule.theirs, report.lang),
            *_clause(rule.ours, report.lang),
            round(rule.likeness, 2),
        ]
        for policy_id, rules in report.comparison.rules.items()
        for rule in rules
    ]
    return _Sheet(say("rules_sheet", report.lang), _heads(keys, report), rows, (30, 16, 50, 30, 14, 50, 30, 14, 11))


def _disagreements(report: Report) -> _Sheet:
    rows = [
        [name(row, report), heading, text]
        for row in report.comparison.practices
        for heading, text in report.disagreements.get(int(row.subject), ())
    ]
    return _Sheet(say("disagreements_sheet", report.lang), _heads(("practice", "note", "quoted"), report), rows, (32, 40, 90))


def _sources(report: Report) -> _Sheet:
    lang = report.lang
    keys = ("policy", "organisation", "sector", "country", "published", "available", "not_available", "address")
    rows = [
        [
            policy.title,
            policy.organisation,
            named("sector", policy.sector, lang),
            named("country", policy.country, lang),
            policy.published,
            named("coverage", policy.coverage, lang),
            policy.missing,
            policy.url,
        ]
        for policy in policies(report)
    ]
    return _Sheet(say("sources", lang), _heads(keys, report), rows, (40, 30, 18, 18, 12, 24, 50, 50))


def _clause(clause: Clause | None, lang: str) -> list[Value]:
    return [clause.text, place(clause, lang), named("modality", clause.modality.value, lang)] if clause else ["", "", ""]


def _heads(keys: Iterable[str], report: Report) -> list[str]:
    return [say(key, report.lang) for key in keys]


def _write(book: Workbook, sheet: _Sheet, lang: str) -> None:
    page = book.create_sheet(sheet.name[:31])
    for column, head in enumerate(sheet.heads, 1):
        cell = page.cell(1, column)
        _fill(cell, head)
        cell.font = Font(bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=_ACCENT)
        page.column_dimensions[get_column_letter(column)].width = sheet.widths[min(column, len(sheet.widths)) - 1]
    for at, row in enumerate(sheet.rows, 2):
        for column, value in enumerate(row, 1):
            cell = page.cell(at, column)
            if isinstance(value, Coverage):
                cell.fill = PatternFill("solid", fgColor=_WASH[value])
                value = covered(value, lang)
            _fill(cell, value)
    page.freeze_panes = page.cell(2, sheet.kept + 1)
    page.auto_filter.ref = f"A1:{get_column_letter(len(sheet.heads))}{len(sheet.rows) + 1}"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _fill(cell: Any, value: Value) -> None:
    """Sets a cell; text stays text, also where it begins as a formula or an error does."""
    cell.alignment = Alignment(wrap_text=True, vertical="top")
    if not isinstance(value, str):
        cell.value = value
        return
    text = writable(value)
    cell.value = text if len(text) <= _LONGEST else f"{text[:_LONGEST]} […]"
    cell.data_type = "s"
