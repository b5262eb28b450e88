"""What is let in: regular files of a bearable size whose first bytes are what their name says. Nothing is parsed here."""

from __future__ import annotations

import io
import os
import re
import stat
from pathlib import Path, PurePath

from ingest.document import Document, Refusal
from ingest.read import READERS

ARCHIVES = (".zip",)
# Documents of programs whose formats are not read: named and refused, as the user will miss them.
UNREAD = (".doc", ".docm", ".dot", ".rtf", ".odt", ".pages", ".wpd", ".ppt", ".pptx", ".odp")
HIDDEN = (".", "~$")  # Word keeps a "~$…" beside each file that is open
LARGEST = 50_000_000  # bytes; far above any policy, low enough to be copied to the sandbox in a blink
_MOST_CHARACTERS = 5_000_000  # a thousand printed pages hold about 3,000,000
_MOST_PAGES = 3000
_NOT_RULES = frozenset({"readme", "changelog", "license"})
_NOT_DOCUMENTS = frozenset({"scenarios", "parallel"})

# How files begin, whatever their name; the first that fits decides.
_BEGINNINGS: tuple[tuple[bytes, str, tuple[str, ...]], ...] = (
    (rb"%PDF-", "a PDF", (".pdf",)),
    (rb"PK(?:\x03\x04|\x05\x06)", "a Word file or another zip archive", (".docx", ".zip")),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a legacy Office file or one locked with a password", ()),
    (rb"\{\\rtf", "an RTF file", ()),
    (rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\x00|MM\x00\*|RIFF....WEBP", "an image", ()),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", "an archive", ()),
    (rb"\x7fELF|MZ[\x00-\xff]{58}|\xcf\xfa\xed\xfe", "a program", ()),
    (rb"(?i:(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html)\b)", "a web page", (".html", ".htm", ".xhtml")),
)
_COMPILED = tuple((re.compile(begin, re.DOTALL), what, suffixes) for begin, what, suffixes in _BEGINNINGS)
_BINARY = (".pdf", ".docx", ".zip")  # formats that must begin as they do


def is_document(path: str) -> bool:
    """Whether a file lying in a folder or an archive is meant as a document; a readme, a hidden file or an image is not."""
    *folders, name = PurePath(path).parts
    if name.startswith(HIDDEN) or any(f.startswith((".", "__")) or f in _NOT_DOCUMENTS for f in folders):
        return False
    suffix = PurePath(name).suffix.lower()
    return (suffix in READERS or suffix in UNREAD) and PurePath(name).stem.lower() not in _NOT_RULES


def read_file(file: Path) -> bytes:
    """A regular file's bytes; raises `Refusal` for anything else, without waiting for it or reading what is too large."""
    try:
        # A pipe or device would keep an ordinary open waiting.
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(descriptor, "rb") as stream:
            state = os.fstat(stream.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise Refusal("expected a file; found something else (a folder, pipe or device); remove it")
            if state.st_size > LARGEST:
                raise Refusal(f"expected at most {LARGEST:,} bytes; found {state.st_size:,}; split the file")
            data = stream.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise Refusal(f"expected a readable file; found {reason}; correct it") from error
    if len(data) > LARGEST:
        raise Refusal(f"expected at most {LARGEST:,} bytes; found a file that grows; wait until it is written")
    return data


def check_beginning(data: bytes, name: str) -> None:
    """Raises `Refusal`, with what was found, where a file's first bytes belie the ending of its name."""
    suffix = PurePath(name).suffix.lower()
    if suffix in UNREAD:
        raise Refusal(f"expected a document that can be read ({', '.join(READERS)}); found {suffix}; save it as .docx, PDF or Markdown")
    if not data.strip(b" \t\r\n\x00\xef\xbb\xbf\xff\xfe"):
        raise Refusal("expected text; found none; remove the file or write its clauses")
    head = data[:1024]
    for pattern, what, suffixes in _COMPILED:
        if pattern.match(head) and suffix not in suffixes:
            todo = f"rename it to {suffixes[0]}" if suffixes else "save it as .docx, PDF or Markdown"
            raise Refusal(f"expected what {suffix} files begin with; found {what}; {todo}")
    # Some programs put a few bytes before a PDF's own beginning.
    fits = b"%PDF-" in head if suffix == ".pdf" else head.startswith(b"PK") if suffix in _BINARY else True
    if not fits:
        raise Refusal(f"expected what {suffix} files begin with; found something else; save it anew or correct its ending")


def check_size(document: Document) -> None:
    """Raises `Refusal` for a document of more text or pages than a policy can have."""
    if len(document.text) > _MOST_CHARACTERS:
        raise Refusal(f"expected at most {_MOST_CHARACTERS:,} characters; found {len(document.text):,}; split the file")
    pages = max((block.page or 0 for block in document.blocks), default=0)
    if pages > _MOST_PAGES:
        raise Refusal(f"expected at most {_MOST_PAGES:,} pages; found {pages:,}; split the file")


def pages_claimed(data: bytes) -> int:
    """How many pages a PDF says it has; 1 where it does not say. Called in the sandbox."""
    from pypdf import PdfReader

    try:
        return max(1, int(PdfReader(io.BytesIO(data)).root_object["/Pages"]["/Count"]))
    except Exception:  # whatever is wrong with it, its reader will say
        return 1


def one_line(name: str) -> str:
    """A file's name as it can be printed: no line breaks, terminal codes or bytes that are no text."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
