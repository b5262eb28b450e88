"""PDF with a text layer → Document: pdfplumber for what is printed where, pypdf for the outline."""

from __future__ import annotations

import io
import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from statistics import median
from typing import Any

from ingest.document import Document, Refusal
from ingest.read.flow import Table, document, usual_size
from ingest.read.layout import Line, Word, contents, furniture, joined, line_of, notes, regions, rows
from ingest.read.outline import Outline, letters_only

MOST_PAGES = 2000
MOST_CHARACTERS = 5_000_000
_UNMAPPED = re.compile(r"\(cid:\d+\)")
_LOUD = ("pdfminer", "pdfplumber", "pypdf")


def read_pdf(data: bytes, name: str) -> Document:
    """The document's headings, numbered clauses, paragraphs and table rows, each with its page; raises `Refusal`."""
    with _quiet():
        pages, tables, heights = _pages(data)
        outline = _outline(data)
    ruled = {page: rows(words) for page, words in pages.items()}
    why = furniture(ruled, heights)
    elements: list[Line | Table] = []
    for page, its in ruled.items():
        aside = [replace(line_of(row, page), why=why[page, at]) for at, row in enumerate(its) if (page, at) in why]
        words = [word for at, row in enumerate(its) if (page, at) not in why for word in row]
        elements += [*_body(page, words, tables[page]), *aside]
    elements = _widened(elements)
    body = usual_size(elements)
    lines = iter(contents([e for e in elements if isinstance(e, Line)]))
    elements = [next(lines) if isinstance(e, Line) else e for e in elements]
    return document(name, [e for page in ruled for e in _noted(elements, page, body, heights[page])], outline)


def _widened(elements: list[Line | Table]) -> list[Line | Table]:
    """The lines, each column as wide as it ever gets: a page of short lines does not tell how far its lines may reach."""
    lefts: dict[int, set[float]] = {}
    for line in elements:
        if isinstance(line, Line) and line.why is None:
            lefts.setdefault(line.page, set()).add(line.left)
    widest: dict[int, float] = {}
    for line in elements:
        if isinstance(line, Line) and len(lefts.get(line.page, ())) == 1:
            widest[round(line.left / 6)] = max(widest.get(round(line.left / 6), 0), line.right)
    # On a page of several columns a title across it would make the left one too wide.
    return [replace(e, right=widest[round(e.left / 6)]) if isinstance(e, Line) and len(lefts.get(e.page, ())) == 1 else e for e in elements]


def _noted(elements: list[Line | Table], page: int, body: float, height: float) -> list[Line | Table]:
    own = [e for e in elements if e.page == page]
    lines = iter(notes([e for e in own if isinstance(e, Line)], body, height))
    return [next(lines) if isinstance(e, Line) else e for e in own]


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps the libraries' remarks on odd files from the user's screen: what matters is said as a refusal."""
    loggers = [logging.getLogger(name) for name in _LOUD]
    levels = [logger.level for logger in loggers]
    try:
        for logger in loggers:
            logger.setLevel(logging.CRITICAL + 1)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


_Placed = tuple[float, float, Table]


def _pages(data: bytes) -> tuple[dict[int, list[Word]], dict[int, list[_Placed]], dict[int, float]]:
    """Words outside tables, and tables with their top and bottom, by page from 1."""
    import pdfplumber
    from pdfminer.pdfdocument import PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    if b"%PDF-" not in data[:1024]:
        raise Refusal("expected a PDF; found a file that does not begin with %PDF-; check the file's ending")
    pages: dict[int, list[Word]] = {}
    tables: dict[int, list[_Placed]] = {}
    heights: dict[int, float] = {}
    letters = 0
    try:
        with pdfplumber.open(io.BytesIO(data)) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise Refusal(f"expected at most {MOST_PAGES:,} pages; found {len(pdf.pages):,}; split the file")
            for at, page in enumerate(pdf.pages, 1):
                letters += len(page.chars)
                if letters > MOST_CHARACTERS:
                    raise Refusal(f"expected at most {MOST_CHARACTERS:,} characters; found more by page {at}; split the file")
                pages[at], tables[at] = _page(page, at)
                heights[at] = float(page.height)
                page.close()
    except Refusal:
        raise
    except Exception as error:
        # pdfminer lets many kinds of error through on a broken file; each means the same to whoever gave it.
        if isinstance(error, PDFPasswordIncorrect) or (isinstance(error, PdfminerException) and "PasswordIncorrect" in repr(error)):
            raise Refusal("expected a PDF that opens without a password; found an encrypted one; save it without a password") from error
        raise Refusal(f"expected a readable PDF; found a damaged one ({type(error).__name__}); save it again as PDF") from error
    if not pages:
        raise Refusal("expected a PDF with pages; found none; save it again as PDF")
    if not any(pages.values()) and not any(tables.values()):
        raise Refusal("expected a PDF with text; found pages of pictures only, a scan; run OCR over it first")
    # A bullet that its font does not name is no letter of the text.
    texts = [_UNMAPPED.sub("\ufffd", w.text) for words in pages.values() for w in words]
    if sum(text.count("\ufffd") for text in texts) > 0.2 * sum(map(len, texts)):
        raise Refusal("expected a PDF whose letters can be read; found fonts that do not name theirs; run OCR over it first")
    return pages, tables, heights


def _page(page: Any, number: int) -> tuple[list[Word], list[_Placed]]:
    words = [
        Word(w["text"], w["x0"], w["x1"], w["top"], w["bottom"], round(float(w["size"]), 1), _heavy(w["fontname"]))
        for w in page.extract_words(extra_attrs=["fontname", "size"])
    ]
    words = [w for w in words if w.text.strip() and w.x1 > 0 and w.bottom > 0]
    placed: list[_Placed] = []
    if len(page.rects) + len(page.lines) + len(page.curves) >= 4:
        for found in page.find_tables():
            its = [[_cell(words, box, number) if box else "" for box in row.cells] for row in found.rows]
            if len(its) < 2 or max(map(len, its)) < 2 or not any(any(row) for row in its):
                continue
            left, top, right, bottom = found.bbox
            inside = [w for w in words if left <= (w.x0 + w.x1) / 2 <= right and top <= (w.top + w.bottom) / 2 <= bottom]
            if len("".join(w.text for w in inside)) > sum(len("".join(cell.split())) for row in its for cell in row):
                # Some words stand in no cell: lines of text lose nothing.
                continue
            words = [w for w in words if w not in inside]
            placed.append((top, bottom, Table(tuple(tuple(row) for row in its), number, median(w.size for w in inside))))
    return words, sorted(placed, key=lambda one: one[0])


def _heavy(font: str) -> bool:
    return any(weight in font.lower() for weight in ("bold", "black", "heavy", "demi"))


def _cell(words: list[Word], box: tuple[float, float, float, float], page: int) -> str:
    left, top, right, bottom = box
    own = [w for w in words if left <= (w.x0 + w.x1) / 2 < right and top <= (w.top + w.bottom) / 2 < bottom]
    text = ""
    for row in rows(own):
        line = line_of(row, page).text
        text = joined(text, line, {}) if text else line
    return text


def _body(page: int, words: list[Word], tables: list[_Placed]) -> Iterator[Line | Table]:
    """The page in reading order; a table parts what is above it from what is below."""
    rest = words
    for _, bottom, table in tables:
        above = [w for w in rest if (w.top + w.bottom) / 2 < bottom]
        rest = [w for w in rest if (w.top + w.bottom) / 2 >= bottom]
        yield from _lines(page, above)
        yield table
    yield from _lines(page, rest)


def _lines(page: int, words: list[Word]) -> Iterator[Line]:
    for left, right, its in regions(words):
        for row in its:
            yield replace(line_of(row, page), left=left, right=right)


def _outline(data: bytes) -> Outline:
    """The PDF's bookmarks; an outline that cannot be read is as good as none, since fonts tell headings too."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    depths: dict[tuple[int, str], int] = {}
    try:
        reader = PdfReader(io.BytesIO(data))

        def walk(entries: list[Any], depth: int) -> None:
            for entry in entries:
                if isinstance(entry, list):
                    walk(entry, depth + 1)
                elif (page := reader.get_destination_page_number(entry)) is not None and (title := letters_only(str(entry.title))):
                    depths.setdefault((page + 1, title), depth)

        walk(reader.outline, 1)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        return Outline()
    return Outline(depths)
