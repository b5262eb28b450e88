"""A comparison as a document: one function a format, named like it, from `Report` to text or bytes.

Each loads what it writes with when it is called: the office libraries take half a second and are wanted by two formats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chat.exports.report import Report


def table(report: Report) -> str:
    """Plain text for a terminal of 100 columns: the gaps first, or how common each practice is where there is no draft."""
    from chat.exports.plain import table

    return table(report)


def md(report: Report) -> str:
    """The full report in Markdown."""
    from chat.exports.markdown import markdown

    return markdown(report)


def csv(report: Report) -> str:
    """One row a practice and policy."""
    from chat.exports.rows import rows

    return rows(report)


def xlsx(report: Report) -> bytes:
    """A spreadsheet, one sheet a view."""
    from chat.exports.workbook import workbook

    return workbook(report)


def docx(report: Report) -> bytes:
    """A Word document with the gaps as a checklist."""
    from chat.exports.letter import letter

    return letter(report)


def json(report: Report) -> str:
    """Everything, under stable keys."""
    from chat.exports.shape import shape

    return shape(report)


@dataclass(frozen=True, slots=True)
class Format:
    """How a report can be had: its function, the ending of its file, its media type, whether it is bytes."""

    write: Callable[[Report], str | bytes]
    ending: str
    media: str
    binary: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = {
    "table": Format(table, "txt", "text/plain; charset=utf-8"),
    "md": Format(md, "md", "text/markdown; charset=utf-8"),
    "csv": Format(csv, "csv", "text/csv; charset=utf-8"),
    "xlsx": Format(xlsx, "xlsx", f"{_OFFICE}.spreadsheetml.sheet", binary=True),
    "docx": Format(docx, "docx", f"{_OFFICE}.wordprocessingml.document", binary=True),
    "json": Format(json, "json", "application/json"),
}

__all__ = ["FORMATS", "Format", "Report", "csv", "docx", "json", "md", "table", "xlsx"]
