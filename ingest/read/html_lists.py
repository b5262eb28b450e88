"""Lists of a web page: what a browser prints before each item, and which paragraphs of a page that Word exported are items. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ingest.numbering import Style, parse
from ingest.read.drafts import squeezed
from ingest.read.html_styles import Styles
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
_GOOGLE_LEVEL = re.compile(r"\blst-\S+-(\d)(?!\S)")
_COUNTER = re.compile(r"\bcounter(s?)\(\s*([\w-]+)")
_PRINTED = re.compile(
    r"(?P<string>\"[^\"]*\"|'[^']*')"
    r"|counters?\(\s*(?P<name>[\w-]+)\s*(?:,\s*(?P<joined>\"[^\"]*\"|'[^']*')\s*)?(?:,\s*(?P<form>[\w-]+)\s*)?\)"
)
_ESCAPE = re.compile(r"\\[0-9a-fA-F]{1,6}\s?")
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35}


@dataclass(slots=True)
class List:
    """An open list: how it counts, the number of its next item, and the depth it states for itself, from 1."""

    form: str
    next: int = 1
    step: int = 1
    last: int = 0
    depth: int | None = None


class Counting:
    """The lists open where the walk of a page stands, and the counters of its style sheets."""

    def __init__(self, styles: Styles) -> None:
        self.open: list[List] = []
        self._styles = styles
        self._counters: dict[str, int] = {}

    def begin(self, element: Any) -> None:
        """Opens a list."""
        self.open.append(_opened(element, self._styles))

    def count(self, item: Any) -> str | None:
        """Counts one item and returns its number as printed; `None` for a bullet or nothing."""
        if not self.open:
            return None
        own = self.open[-1]
        if (value := integer((item.get("value") or "").strip())) is not None:
            own.next = value
        own.last, own.next = own.next, own.next + own.step
        content = self._styles.content(item)
        if content and (names := _COUNTER.findall(content)):
            self._counters[names[-1][1]] = own.last
            return " ".join("".join(map(self._said, _PRINTED.finditer(content))).split()) or None
        digits = formatted(own.last, _FORMS.get(item.get("type") or "", own.form))
        return f"{digits}." if digits else None

    def _said(self, piece: re.Match[str]) -> str:
        """What one piece of a `content` prints: a string, a counter, or the counters of all lists around."""
        if piece["string"] is not None:
            return _ESCAPE.sub(" ", piece["string"][1:-1])
        form = _CSS_FORMS.get((piece["form"] or "decimal").lower(), "decimal")
        if piece["joined"]:
            return piece["joined"][1:-1].join(formatted(each.last, form) for each in self.open if each.last)
        return formatted(self._counters.get(piece["name"], 1), form)


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


def _opened(element: Any, styles: Styles) -> List:
    """How a list counts: by its style, its type, and not at all where its author typed numbers before the items."""
    items = list(element.iterchildren("li"))
    styled = _LIST_STYLE.search(element.get("style") or "")
    words = (styled[1] if styled else styles.list_style(element)).lower().split()
    named = [_CSS_FORMS[word] for word in words if word in _CSS_FORMS]
    form = named[0] if named else _FORMS.get(element.get("type") or "", "decimal") if element.tag == "ol" else "bullet"
    if form != "bullet" and items and all(_typed(item) for item in items):
        form = "none"
    begin = integer((element.get("start") or "").strip())
    backwards = element.get("reversed") is not None
    first = len(items) if backwards else 1
    # Google Docs puts inner lists behind outer ones, not into them.
    stated = _GOOGLE_LEVEL.search(element.get("class") or "")
    return List(form, first if begin is None else begin, -1 if backwards else 1, depth=int(stated[1]) + 1 if stated else None)


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
