"""Lists of a web page: what a browser prints before each item, and which paragraphs of a page that Word exported are items. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ingest.numbering import Style, parse
from ingest.read.drafts import squeezed
from ingest.read.word_numbers import formatted, integer

_FORMS = {"1": "decimal", "a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
_CSS_FORMS = {
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter", "lower-latin": "lowerLetter",
    "upper-alpha": "upperLetter", "upper-latin": "upperLetter", "lower-roman": "lowerRoman", "upper-roman": "upperRoman",
    "none": "none", "disc": "bullet", "circle": "bullet", "square": "bullet",
}  # fmt: skip
_LIST_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([^;]*)", re.IGNORECASE)
_WORD_LEVEL = re.compile(r"mso-list\s*:\s*\w+\s+level(\d)", re.IGNORECASE)
_WORD_INDENT = re.compile(r"margin-left\s*:\s*(\d{1,4}(?:\.\d+)?|\.\d+)(pt|in|cm)", re.IGNORECASE)
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35}


@dataclass(slots=True)
class List:
    """An open list: how it counts, and the number of its next item."""

    form: str
    next: int = 1
    step: int = 1

    def count(self, item: Any) -> str | None:
        """Counts one item and returns its number as printed; `None` for a bullet or nothing."""
        if (value := integer((item.get("value") or "").strip())) is not None:
            self.next = value
        digits = formatted(self.next, _FORMS.get(item.get("type") or "", self.form))
        self.next += self.step
        return f"{digits}." if digits else None


@dataclass(frozen=True, slots=True)
class Item:
    """What the next text begins: an item with its printed number, `None` for a bullet.

    A `loose` one is an item only if its text begins with a number or bullet, and else a further paragraph of the last.
    """

    number: str | None
    level: int
    loose: bool = False


def item_level(depth: int) -> int:
    """The level of an item at a depth of lists from 1; the level below it is for the item's further paragraphs."""
    return 2 * depth - 1


def opened(element: Any) -> List:
    """How a list counts: by its style, its type, and not at all where its author typed numbers before the items."""
    items = list(element.iterchildren("li"))
    styled = _LIST_STYLE.search(element.get("style") or "")
    named = [_CSS_FORMS[word] for word in (styled[1].lower().split() if styled else []) if word in _CSS_FORMS]
    form = named[0] if named else _FORMS.get(element.get("type") or "", "decimal") if element.tag == "ol" else "bullet"
    if form != "bullet" and items and all(_typed(item) for item in items):
        form = "none"
    begin = integer((element.get("start") or "").strip())
    backwards = element.get("reversed") is not None
    first = len(items) if backwards else 1
    return List(form, first if begin is None else begin, -1 if backwards else 1)


def _typed(item: Any) -> bool:
    marker = parse(squeezed(" ".join(islice(item.itertext(), 4))))
    return marker is not None and marker.kind is not Style.BARE


def is_marker(mark: str) -> bool:
    found = parse(f"{mark} ")
    return found is not None and found.number == mark.rstrip() and mark != "§"


def word_item(element: Any) -> Item | None:
    """The list item that a paragraph exported by Word is; its indent tells the depth where nothing else does."""
    style = element.get("style") or ""
    if found := _WORD_LEVEL.search(style):
        return Item(None, item_level(max(int(found[1]), 1)))
    if not any(name.startswith("MsoListParagraph") for name in (element.get("class") or "").split()):
        return None
    indent = _WORD_INDENT.search(style)
    depth = round(float(indent[1]) * _POINTS[indent[2].lower()] / 36) if indent else 1
    return Item(None, item_level(max(depth, 1)), loose=True)
