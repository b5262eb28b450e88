"""A Word paragraph as it is printed: what was deleted is gone, what was inserted counts, a field shows its result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ingest.read.word_numbers import W, value
from ingest.read.word_styles import Styles, switched

_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_EITHER = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
GONE = frozenset({W + "del", W + "moveFrom"})
# Elements that only stand around others.
AROUND = frozenset(W + name for name in ("ins", "moveTo", "customXml", "smartTag", "hyperlink", "fldSimple", "bdo", "dir"))
_BREAKS = {W + "tab": "\t", W + "ptab": "\t", W + "cr": "\n", W + "noBreakHyphen": "-"}
_NOTES = {W + "footnoteReference": "footnote", W + "endnoteReference": "endnote"}
# Symbols of the font Wingdings that say something; any other of a symbol font is a mark like a bullet.
_SYMBOLS = {"F0FC": "✓", "F0FE": "☑", "F0FD": "☒", "F0A8": "☐", "F06F": "☐", "F0E0": "→"}


@dataclass(slots=True)
class Said:
    """What a paragraph says: its text, the notes it refers to, the text boxes that hang on it."""

    text: str = ""
    hidden: str = ""
    light: bool = False  # some of its letters are not bold
    contents: bool = False
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)

    @property
    def heavy(self) -> bool:
        return not self.light and any(map(str.isalpha, self.text))

    def before(self, other: Said) -> Said:
        """This one and another as one paragraph."""
        return Said(
            self.text + other.text,
            self.hidden + other.hidden,
            self.light or other.light,
            self.contents or other.contents,
            self.notes + other.notes,
            self.boxes + other.boxes,
        )


class Speech:
    """Reads paragraph after paragraph, as a field such as a table of contents reaches over many."""

    def __init__(self, styles: Styles) -> None:
        self._styles = styles
        self._fields: list[str] = []

    def said(self, paragraph: Any, bold: bool) -> Said:
        """What a paragraph says; `bold` where its style is."""
        found = Said(contents=self._in_contents)
        self._inside(paragraph, found, bold)
        return found

    def end_fields(self) -> None:
        """Forgets fields that were begun and never ended."""
        self._fields.clear()

    @property
    def _in_contents(self) -> bool:
        return any(is_contents(instruction) for instruction in self._fields)

    def _inside(self, parent: Any, found: Said, bold: bool) -> None:
        for element in parent:
            if element.tag == W + "r":
                self._run(element, found, bold)
            elif element.tag in AROUND:
                anchor = element.get(W + "anchor") or ""
                listed = element.tag == W + "hyperlink" and anchor.startswith("_Toc") and not found.text.strip()
                found.contents = found.contents or listed or is_contents(element.get(W + "instr") or "")
                self._inside(element, found, bold)
            elif element.tag == W + "sdt":
                self._inside(_content(element), found, bold)
            elif element.tag.startswith(_MATH):
                found.text += "".join(part.text or "" for part in element.iter(_MATH + "t"))
            elif element.tag == _EITHER + "AlternateContent":
                self._inside(chosen(element), found, bold)

    def _run(self, run: Any, found: Said, bold: bool) -> None:
        properties = run.find(W + "rPr")
        own = switched(properties, "bCs" if switched(properties, "rtl") else "b")
        own = self._styles.bold(value(properties, "rStyle")) if own is None else own
        heavy = bold if own is None else own
        said = ""
        for element in run:
            tag = element.tag
            if tag == W + "t":
                said += element.text or ""
            elif tag == W + "br":
                said += " " if element.get(W + "type") in ("page", "column") else "\n"
            elif tag in _BREAKS:
                said += _BREAKS[tag]
            elif tag == W + "sym":
                said += _symbol(element.get(W + "font") or "", (element.get(W + "char") or "").upper())
            elif tag in _NOTES:
                found.notes.append((_NOTES[tag], element.get(W + "id") or ""))
            elif tag == W + "instrText" and self._fields:
                self._fields[-1] += element.text or ""
                found.contents = found.contents or self._in_contents
            elif tag == W + "fldChar":
                self._field(element.get(W + "fldCharType"))
            elif tag == W + "ruby":
                base = element.find(W + "rubyBase")
                self._inside(base if base is not None else (), found, bold)
            else:
                found.boxes.extend(boxes([element]))
        if switched(properties, "vanish"):
            found.hidden += said
            return
        found.text += said
        found.light = found.light or (not heavy and any(map(str.isalpha, said)))

    def _field(self, step: str | None) -> None:
        if step == "begin":
            self._fields.append("")
        elif step == "end" and self._fields:
            self._fields.pop()


def is_contents(instruction: str) -> bool:
    """Whether a field makes a table of contents."""
    return instruction.split()[:1] in (["TOC"], ["toc"])


def boxes(elements: Any) -> Iterator[Any]:
    """The contents of the text boxes in drawings; of a drawing that is there in two forms, the first."""
    for element in elements:
        if element.tag == W + "txbxContent":
            yield element
        elif element.tag == _EITHER + "AlternateContent":
            yield from boxes(chosen(element))
        else:
            yield from boxes(element)


def chosen(element: Any) -> Any:
    """Of the forms that a file offers for one thing, the first, which is the fullest."""
    return next((form for form in element if form.tag == _EITHER + "Choice"), next(iter(element), ()))


def is_choice(element: Any) -> bool:
    """Whether the element offers several forms of one thing."""
    return bool(element.tag == _EITHER + "AlternateContent")


def _content(element: Any) -> Any:
    found = element.find(W + "sdtContent")
    return found if found is not None else ()


def _symbol(font: str, code: str) -> str:
    if font == "Wingdings" and code in _SYMBOLS:
        return _SYMBOLS[code]
    letter = chr(int(code, 16)) if re.fullmatch(r"[0-9A-F]{4}", code) else ""
    return letter if letter.isprintable() else "•"
