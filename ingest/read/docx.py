"""DOCX → Document: paragraphs as Word prints them, each behind its automatic number; there are no pages in the format.

Nothing in the file runs or is fetched: macros, templates and links are not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.document import Document, Kind, Refusal, Why
from ingest.numbering import Style, parse
from ingest.read.drafts import LONGEST_HEADING, Draft, lines, numbered, shaped, squeezed, too_deep, written
from ingest.read.word_headings import TITLE, filled, is_clause, says, titled
from ingest.read.word_numbers import Level, Numbers, W, indent_of, integer, lists_of, value
from ingest.read.word_package import Package
from ingest.read.word_styles import Look, Styles, outline, switched
from ingest.read.word_table import Cell, Row, rows_read
from ingest.read.word_text import AROUND, GONE, Said, Speech, chosen, is_choice

_CONTENTS = re.compile(r"[^.…].*?(?:(?:\.\s?){4,}|…{2,})\s*(?:\d{1,4}|[ivxl]{1,6})$")
_MOST_SPAN = 1000  # columns


def read_docx(data: bytes, name: str) -> Document:
    """The document's headings, numbered clauses, items, paragraphs, table rows and notes; raises `Refusal`.

    Contents, running heads and hidden text are left out and named; deleted text and comments are no part of the document.
    """
    package = Package(data)
    try:
        walk = Walk(package)
        walk.blocks(package.main.find(W + "body"))
        walk.end()
        drafts = [*shaped(titled(filled(walk.drafts, walk.styled))), *walk.running_heads()]
    except RecursionError:
        raise too_deep() from None
    return written(name, drafts)


@dataclass(frozen=True, slots=True)
class _Open:
    """An item that those below may belong to: its list, its depth there, and how far it is moved in."""

    shared: str
    depth: int
    indent: int


class Walk:
    """One pass over a Word file in the order of its text that collects its drafts."""

    def __init__(self, package: Package) -> None:
        self.drafts: list[Draft] = []
        # Drafts, by their place, that have the style of a heading and say something: its level, and how deep a clause would lie.
        self.styled: dict[int, tuple[int, int]] = {}
        self._package = package
        self._styles = Styles(package.part("styles"))
        self._numbers = Numbers(lists_of(package.part("numbering"), self._styles.lists))
        self._speech = Speech(self._styles)
        self._open: list[_Open] = []
        self._carried = Said()
        self._cells = 0  # how many cells of tables the walk is in
        self._refers: list[tuple[str, str]] = []
        self._notes = {
            (kind, note.get(W + "id") or ""): note
            for kind in ("footnote", "endnote")
            for root in package.parts(f"{kind}s")
            for note in root.findall(W + kind)
            if note.get(W + "type") in (None, "normal")
        }

    def blocks(self, parent: Any, why: Why | None = None) -> None:
        """Collects the paragraphs and tables in an element, all of them left out where there is a reason to."""
        for element in parent if parent is not None else ():
            if element.tag == W + "p":
                self._paragraph(element, why)
            elif element.tag == W + "tbl":
                self._table(element, why)
            elif element.tag == W + "sdt":
                gallery = value(element, "sdtPr/docPartObj/docPartGallery")
                self.blocks(element.find(W + "sdtContent"), why or (Why.CONTENTS if gallery == "Table of Contents" else None))
            elif element.tag in AROUND:
                self.blocks(element, why)
            elif is_choice(element):
                self.blocks(chosen(element), why)
            elif element.tag in (W + "altChunk", W + "subDoc"):
                raise Refusal("expected a Word file that holds its whole text; found a part kept elsewhere; save it anew with Word")

    def end(self) -> None:
        """What a deleted end of paragraph joined to nothing is a paragraph too."""
        said, self._carried = self._carried, Said()
        self._say(said, None, Look(), None)

    def running_heads(self) -> list[Draft]:
        """The distinct lines of headers and footers, all left out."""
        self.drafts = []
        for kind in ("header", "footer"):
            for root in self._package.parts(kind):
                self._speech.end_fields()
                self.blocks(root, Why.RUNNING_HEAD)
        return [replace(draft, why=Why.RUNNING_HEAD) for draft in dict.fromkeys(self.drafts)]

    def _paragraph(self, paragraph: Any, why: Why | None) -> None:
        properties = paragraph.find(W + "pPr")
        look = self._styles.look(value(properties, "pStyle"))
        if look.heading and not look.contents:
            self._speech.end_fields()
        said = self._carried.before(self._speech.said(paragraph, look.bold))
        mark = properties.find(W + "rPr") if properties is not None else None
        if mark is not None and any(mark.find(tag) is not None for tag in GONE):
            self._carried = said
            return
        self._carried = Said()
        if not said.text.strip() and (switched(mark, "vanish") or look.hidden):
            properties = None
        elif look.hidden:
            said = replace(said, text="", hidden=said.text + said.hidden)
            properties = None
        self._say(said, properties, look, why)

    def _say(self, said: Said, properties: Any, look: Look, why: Why | None) -> None:
        text = squeezed(said.text)
        if why is None and (look.contents or said.contents or (len(text) <= 3 * LONGEST_HEADING and _CONTENTS.fullmatch(text))):
            why = Why.CONTENTS
        stated = outline(properties)
        heading = look.heading if stated is None else stated
        found = self._list(properties, look) if properties is not None or text else None
        number, level = None, None
        if found and why is not Why.CONTENTS:
            level = self._numbers.level(*found)
            number = self._numbers.count(*found)
            if number and "%" not in level.text:  # a word that the list puts before each paragraph
                said, number, text = replace(said, text=f"{number} {said.text}"), None, squeezed(f"{number} {text}")
                level = replace(level, form="none")
        marker = parse(f"{number} ") if number else None
        if number and not text and marker and marker.kind is Style.ARTICLE and not number.lower().startswith("ayat"):
            text, number = number, None
            said = replace(said, text=text)
        depth = 1
        if why is not None:
            self.drafts.extend([Draft(Kind.PARAGRAPH, text, number=number, why=why)] if text or number else [])
        elif look.title and text and not self._cells:
            self._add_title(text)
        elif heading and not is_clause(text, number) and (text or number):
            if found and level and number and not self._cells and says(text):
                self.styled[len(self.drafts)] = heading, self._depth(*found, self._indent(found, level, properties, look))
            else:
                self._open = []
            self.drafts.append(Draft(Kind.HEADING, text, heading, number))
        elif text or number:
            at = len(self.drafts)
            depth = self._add(said, number, found, level, properties, look)
            if heading and not self._cells:
                self.styled[at] = heading, depth
        hidden = squeezed(said.hidden)
        self.drafts.extend([Draft(Kind.PARAGRAPH, hidden, why=why or Why.HIDDEN)] if hidden else [])
        self._refers += said.notes
        if not self._cells:
            self._tell_notes(depth + 1, why)
        for box in said.boxes:
            self.blocks(box, why)

    def _add_title(self, text: str) -> None:
        """A title on two lines is one."""
        last = self.drafts[-1] if self.drafts else None
        if last and last.kind is Kind.HEADING and last.level == TITLE:
            self.drafts[-1] = replace(last, text=f"{last.text} {text}")
        else:
            self.drafts.append(Draft(Kind.HEADING, text, TITLE))
        self._open = []

    def _add(self, said: Said, number: str | None, found: tuple[str, int] | None, level: Level | None, properties: Any, look: Look) -> int:
        """Adds a paragraph or item, or several where the paragraph has lines of its own; returns how deep it lies."""
        kind = Kind.PARAGRAPH
        if found and level and (number or level.form == "bullet"):
            depth = self._depth(*found, self._indent(found, level, properties, look))
            kind, depth = numbered(number, depth)
        else:
            indent = indent_of(properties)
            depth = self._depth_beside(indent if indent is not None else look.indent or 0)
        heavy = said.heavy
        parts = lines(said.text) or [""]
        self.drafts.append(Draft(kind, parts[0], depth, number, heavy=heavy))
        below = depth + 1 if kind is Kind.ITEM or number else depth
        self.drafts.extend(Draft(Kind.PARAGRAPH, part, below, heavy=heavy) for part in parts[1:])
        return depth

    def _list(self, properties: Any, look: Look) -> tuple[str, int] | None:
        """The list that numbers a paragraph and the depth there, from 0: its own, else the one its style is linked to."""
        list_id = value(properties, "numPr/numId")
        depth = integer(value(properties, "numPr/ilvl"))
        if list_id is None and look.list_id in self._numbers.lists:
            list_id = look.list_id
            linked = (self._numbers.depth_of(str(list_id), style) for style in look.chain)
            depth = depth if depth is not None else next((at for at in linked if at is not None), look.depth)
        if list_id not in self._numbers.lists:
            return None
        return str(list_id), min(max(depth or 0, 0), 8)

    def _indent(self, found: tuple[str, int], level: Level, properties: Any, look: Look) -> int:
        """How far an item is moved in: what its own properties say, then what names its list, the list or the style."""
        inherited = (look.indent, level.indent) if look.list_id == found[0] else (level.indent, look.indent)
        return next((own for own in (indent_of(properties), *inherited) if own is not None), 0)

    def _depth(self, list_id: str, depth: int, indent: int) -> int:
        """How deep an item lies: in its own list as that says, in another by how far it is moved in."""
        shared = self._numbers.lists[list_id].shared
        own = [at for at, item in enumerate(self._open) if item.shared == shared]
        if own:
            self._open = [
                item for at, item in enumerate(self._open) if at <= own[-1] and not (item.shared == shared and item.depth >= depth)
            ]
        else:
            self._open = [item for item in self._open if item.indent < indent]
        self._open.append(_Open(shared, depth, indent))
        return len(self._open)

    def _depth_beside(self, indent: int) -> int:
        """How deep a paragraph without number lies: moved in, it belongs to the item above it."""
        self._open = [item for item in self._open if 0 < item.indent <= indent]
        return len(self._open) + 1

    def _tell_notes(self, level: int, why: Why | None) -> None:
        """Notes stand behind what refers to them; each once."""
        refers, self._refers = self._refers, []
        for reference in refers:
            note = self._notes.pop(reference, None)
            said = self._apart(note) if note is not None else []
            self.drafts.extend(Draft(Kind.PARAGRAPH, draft.printed, level, why=draft.why or why) for draft in said)

    def _apart(self, element: Any) -> list[Draft]:
        """What an element says, not yet among the drafts; its notes wait."""
        before, self.drafts = self.drafts, []
        kept, self._open = self._open, []
        self._cells += 1
        self.blocks(element)
        self._cells -= 1
        self._open = kept
        found, self.drafts = self.drafts, before
        return found

    def _table(self, table: Any, why: Why | None) -> None:
        rows = [(row, list(_of(row, "tc"))) for row in _of(table, "tr") if row.find(f"{W}trPr/{W}del") is None]
        if why is not None or self._is_layout([cells for _, cells in rows]):
            for _, cells in rows:
                for cell in cells:
                    self.blocks(cell, why)
            return
        headed = _first_is_head(table) and self._styles.heads(value(table, "tblPr/tblStyle"))
        read = [self._row(row, cells, headed and at == 0) for at, (row, cells) in enumerate(rows)]
        for drafts, refers in rows_read(read):
            self.drafts.extend(drafts)
            self._refers += refers
            self._tell_notes(2, None)
        self._open = []

    def _is_layout(self, rows: Sequence[Sequence[Any]]) -> bool:
        """Whether a table is there for the look of the page only, so that its cells are read as text."""
        if all(len(cells) < 2 for cells in rows) or any(next(cell.iter(W + "tbl"), None) is not None for row in rows for cell in row):
            return True
        styles = (value(paragraph.find(W + "pPr"), "pStyle") for row in rows[1:] for cell in row for paragraph in cell.iter(W + "p"))
        return any(self._styles.look(style).heading for style in styles)

    def _row(self, row: Any, cells: Sequence[Any], headed: bool) -> Row:
        found: list[Cell] = []
        aside: list[Draft] = []
        heavy = []
        column = integer(value(row, "trPr/gridBefore")) or 0
        for cell in cells:
            drafts = self._apart(cell)
            shown = [draft for draft in drafts if draft.why is None]
            aside += [draft for draft in drafts if draft.why is not None]
            heavy.append(all(draft.heavy or draft.kind is Kind.HEADING for draft in shown))
            merge = cell.find(f"{W}tcPr/{W}vMerge")
            begins = merge is not None and merge.get(W + "val") == "restart"
            found.append(Cell(column, " ".join(draft.printed for draft in shown), begins, merge is not None and not begins))
            column += min(max(integer(value(cell, "tcPr/gridSpan")) or 1, 1), _MOST_SPAN)
        refers, self._refers = self._refers, []
        headed = headed or bool(switched(row.find(W + "trPr"), "tblHeader"))
        return Row(found, headed, len(found) > 1 and all(heavy) and any(cell.text for cell in found), aside, refers)


def _of(parent: Any, name: str) -> Iterator[Any]:
    """The rows of a table or cells of a row, those in content controls and inserted ones too."""
    for element in parent:
        if element.tag == W + name:
            yield element
        elif element.tag in AROUND or element.tag in (W + "sdt", W + "sdtContent"):
            yield from _of(element, name)


def _first_is_head(table: Any) -> bool:
    shown = table.find(f"{W}tblPr/{W}tblLook")
    if shown is None:
        return False
    bits = shown.get(W + "val") or ""
    return shown.get(W + "firstRow") in ("1", "true") or bool(re.fullmatch(r"[0-9A-Fa-f]{4}", bits) and int(bits, 16) & 0x20)
