"""Readers, one module a format: bytes in, `Document` out, `Refusal` raised."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import PurePath

from ingest.document import Document, Refusal
from ingest.read.docx import read_docx
from ingest.read.html import read_html
from ingest.read.markdown import read_markdown
from ingest.read.pdf import read_pdf
from ingest.read.text import read_text

READERS: Mapping[str, Callable[[bytes, str], Document]] = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_text,
    ".pdf": read_pdf,
    ".docx": read_docx,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
}


def read(data: bytes, name: str) -> Document:
    """The document in `data`; `name`, the file's path, tells the format. Raises `Refusal`."""
    suffix = PurePath(name).suffix.lower()
    if suffix not in READERS:
        raise Refusal(f"expected a file ending in {', '.join(READERS)}; found '{suffix or 'no ending'}'; convert it to Markdown")
    return READERS[suffix](data, name)
