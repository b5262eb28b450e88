"""Plain text → Document: headings, numbers, bullets and paragraphs told by how their lines look. Offsets count code points."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from ingest.document import Block, Document, Kind
from ingest.numbering import Marker, Style, parse
from ingest.read.markdown import decoded, front_matter, left_out

_BULLET = re.compile(r"(?:[-*+•◦▪‣·–—]|o(?= {2,}))[ \t]+(?=\S)")
_RULE = re.compile(r"[ \t]*([-=_*~#.])(?:[ \t]*\1){2,}[ \t]*$")
_UNDERLINE = re.compile(r"[ \t]*(?:={3,}|-{3,}|~{3,})[ \t]*$")
_HASHES = re.compile(r"(#{1,6})[ \t]+(?=\S)")
_STOP = re.compile(r"[.;:,?!…]$|:-$")
_TITLE = 70  # code points; a numbered line longer than that is a clause, whatever stands around it
_FORCE = re.compile(
    r"\b(?:must|shall|should|may|can|will|do|does|is|are|wajib|harus|dilarang|boleh|dapat|adalah|tidak|jangan)\b", re.IGNORECASE
)
_DIVISION = re.compile(r"(?:bab|bagian|chapter|part|annex|appendix|schedule|lampiran)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line without its spacing: where its text begins and ends in the source, how far it is indented, its number from 1."""

    text: str
    start: int
    end: int
    indent: int
    number: int
    alone: bool  # an empty line, or the edge of the document, on both sides


def read_text(data: bytes, name: str) -> Document:
    """The document's headings, items and paragraphs; YAML front matter as in Markdown; raises `Refusal`."""
    text = decoded(data)
    front, begin = front_matter(text)
    blocks = tuple(_blocks(text, list(_lines(text, begin))))
    return Document(name=name, text=text, blocks=blocks, front=front, left_out=left_out(text, blocks, begin))


def _lines(text: str, begin: int) -> Iterator[_Line]:
    raw: list[tuple[int, str]] = []
    at = 0
    for line in text.splitlines(keepends=True):
        raw.append((at, line))
        at += len(line)
    for index, (start, line) in enumerate(raw):
        words = line.strip()
        if start < begin or not words:
            continue
        indent = len(line.expandtabs(4)) - len(line.expandtabs(4).lstrip())
        first = start + len(line) - len(line.lstrip())
        before = raw[index - 1][1].strip() if index and raw[index - 1][0] >= begin else ""
        after = raw[index + 1][1].strip() if index + 1 < len(raw) else ""
        yield _Line(words, first, first + len(words), indent, index + 1, not before and not after)


def _blocks(text: str, lines: list[_Line]) -> Iterator[Block]:
    at = 0
    levels: list[int] = []
    while at < len(lines):
        line = lines[at]
        follower = lines[at + 1] if at + 1 < len(lines) and lines[at + 1].number == line.number + 1 else None
        if _RULE.match(line.text):
            at += 1
            continue
        if follower and _UNDERLINE.match(follower.text) and len(line.text) <= 2 * _TITLE:
            yield Block(Kind.HEADING, line.text, line.start, line.end, 2 if "=" in follower.text else 3, line=line.number)
            at, levels = at + 2, []
            continue
        if level := _heading(line, follower):
            hashes = _HASHES.match(line.text)
            start = line.start + (hashes.end() if hashes else 0)
            end, last = line.end, at
            if follower and _names_only(line.text) and _is_name(follower):
                # "BAB II" with its name on the line below.
                end, last = follower.end, at + 1
            yield Block(Kind.HEADING, text[start:end], start, end, level, line=line.number)
            at, levels = last + 1, []
            continue
        last = at
        while last + 1 < len(lines) and _goes_on(lines[last], lines[last + 1], line):
            last += 1
        block, levels = _block(text, line, lines[last].end, levels)
        yield block
        at = last + 1


def _heading(line: _Line, follower: _Line | None) -> int:
    """The level of the heading that the line is, 0 where it is none."""
    if hashes := _HASHES.match(line.text):
        return len(hashes[1])
    marker = parse(line.text)
    if marker and marker.kind is Style.ARTICLE and not marker.number.lower().startswith("ayat"):
        rest = line.text[marker.end :]
        # "§ 3 Entry into force" above a sentence is a name; "Pasal 7 Karyawan wajib" above its second line is none.
        named = follower is None or line.alone or rest.isupper() or (not _FORCE.search(rest) and not follower.text[:1].islower())
        if len(rest) > _TITLE or (rest and (_STOP.search(rest) or not (named or rest.istitle()))):
            return 0
        return 2 if _DIVISION.match(marker.number) else 4
    words = line.text[marker.end :] if marker else line.text
    if len(words) > _TITLE or _STOP.search(words) or _BULLET.match(line.text):
        return 0
    letters = [c for c in words if c.isalpha()]
    if len(letters) >= 3 and all(c.isupper() for c in letters):
        return 2 if not marker or "." not in marker.bare else 3 + marker.bare.count(".")
    top = marker is not None and not marker.number.startswith("(") and not marker.number.endswith(")") and words[:1].isupper()
    if marker and top and line.alone and marker.kind in (Style.DECIMAL, Style.BARE, Style.ROMAN, Style.LETTER) and not _FORCE.search(words):
        return 3 + marker.bare.count(".")
    return 0


def _names_only(text: str) -> bool:
    marker = parse(text)
    return marker is not None and marker.kind is Style.ARTICLE and marker.end >= len(text)


def _is_name(line: _Line) -> bool:
    """Whether the line can be the name of the chapter numbered above it."""
    letters = [c for c in line.text if c.isalpha()]
    return len(line.text) <= _TITLE and not parse(line.text) and bool(letters) and all(c.isupper() for c in letters)


def _goes_on(before: _Line, line: _Line, first: _Line) -> bool:
    """Whether `line` continues the paragraph or item that `first` opened."""
    if line.number != before.number + 1 or _RULE.match(line.text) or _BULLET.match(line.text) or _HASHES.match(line.text):
        return False
    marker = parse(line.text)
    if marker and marker.kind is not Style.BARE:
        return _wrapped(before, marker)
    return not _heading(line, None) or line.indent > first.indent


def _wrapped(before: _Line, marker: Marker) -> bool:
    """Whether a number at the beginning of a line only fell there: the line above stops in the middle of a sentence."""
    return marker.kind in (Style.DECIMAL, Style.ARTICLE) and bool(
        re.search(r"\b(?:and|or|of|in|see|section|dan|atau|pada|dalam|lihat|butir|,)$", before.text)
    )


def _block(text: str, line: _Line, end: int, levels: list[int]) -> tuple[Block, list[int]]:
    """The item or paragraph from `line` to `end`, with the indents of the lists around it."""
    start, number, kind = line.start, None, Kind.PARAGRAPH
    marker = parse(line.text)
    if bullet := _BULLET.match(line.text):
        kind, start = Kind.ITEM, line.start + bullet.end()
    elif marker and marker.kind is not Style.BARE and marker.end < len(text[line.start : end]):
        start, number = line.start + marker.end, marker.number
        dotted = "." in marker.bare or marker.kind is Style.ARTICLE
        kind = Kind.PARAGRAPH if dotted else Kind.ITEM
    if kind is Kind.PARAGRAPH:
        return Block(kind, text[start:end], start, end, number=number, line=line.number), []
    levels = [indent for indent in levels if indent < line.indent] + [line.indent]
    return Block(kind, text[start:end], start, end, len(levels), number, line=line.number), levels
