"""A comparison as a document: one function a format, from `Report` to text or bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module

from chat.exports.report import Report


@dataclass(frozen=True, slots=True)
class Format:
    """How a report can be had: the ending of its file, its media type, whether it is bytes, and where its function is."""

    ending: str
    media: str
    binary: bool
    function: str


_OFFICE = "application/vnd.openxmlformats-officedocument"
FORMATS: Mapping[str, Format] = {
    "table": Format("txt", "text/plain; charset=utf-8", False, "table.table"),
    "md": Format("md", "text/markdown; charset=utf-8", False, "markdown.markdown"),
    "csv": Format("csv", "text/csv; charset=utf-8", False, "rows.rows"),
    "xlsx": Format("xlsx", f"{_OFFICE}.spreadsheetml.sheet", True, "workbook.workbook"),
    "docx": Format("docx", f"{_OFFICE}.wordprocessingml.document", True, "letter.letter"),
    "json": Format("json", "application/json", False, "shape.shape"),
}


def exported(report: Report, kind: str) -> str | bytes:
    """The report in one of `FORMATS`; bytes where the format is binary."""
    # The office libraries take half a second to load and are wanted by two formats only.
    module, _, function = FORMATS[kind].function.partition(".")
    made: str | bytes = getattr(import_module(f"chat.exports.{module}"), function)(report)
    return made


__all__ = ["FORMATS", "Format", "Report", "exported"]
