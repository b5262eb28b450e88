"""A web page's elements → drafts: what is said between two borders of blocks is a heading, item or paragraph."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from lxml import etree

from ingest.document import Kind, Why
from ingest.numbering import parse
from ingest.read.drafts import CELL, Draft, lines, numbered, squeezed
from ingest.read.html_lists import Counting, Item, is_marker, item_level, word_item
from ingest.read.html_region import HEADINGS, NEVER, Region
from ingest.read.html_styles import Styles
from ingest.read.html_table import Row

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form"
    " h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul".split()
)
_BOLD = frozenset({"b", "strong", "th"})
_SPACES = re.compile(r"[ \t\r\n\f]+")
_LONGEST_NUMBER = 16  # code points
_DIRECTIONS = re.compile("(^|\n)[ \u00a0]*[\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
_BOLD_STYLE = re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)", re.IGNORECASE)
_BLOCK_STYLE = re.compile(r"display\s*:\s*(?:block|flex|grid|list-item|table)\b", re.IGNORECASE)
_WORD_MARK = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_SYMBOLS = re.compile(r"font-family\s*:\s*[\"']?(?:symbol|wingdings|courier)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Context:
    """What holds for the text where the walk stands."""

    why: Why | None = None
    heading: int = 0
    bold: bool = False
    kept_lines: bool = False
    term: bool = False
    summary: bool = False
    symbols: bool = False
    mark: bool = False


class Walk:
    """One pass over a page in document order that collects its drafts."""

    def __init__(self, region: Region, styles: Styles) -> None:
        self.region = region
        self._styles = styles
        self.drafts: list[Draft] = []
        self._contexts = [_Context()]
        self._lists = Counting(styles)
        self._below = 0  # the depth of lists at the last heading: those inside count from there
        self._item: Item | None = None
        self._terms: list[str] = []
        self._leads: list[str] = []
        self._text: list[str] = []
        self._mark: list[str] = []
        self._aside: list[tuple[Why, str]] = []
        self._why: Why | None = None  # of the innermost block; a part with another reason stands aside
        self._light = False

    def walk(self, top: Any) -> None:
        """Collects what is in `top`. Iterative, so that no nesting can exhaust the stack."""
        steps = etree.iterwalk(top, events=("start", "end"))
        unread: Any = None
        for event, element in steps:
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                if element.tag in NEVER or (element.tag == "table" and element is not top and self._is_data(element)):
                    unread = element
                    steps.skip_subtree()
                    if element.tag == "table":
                        self._table(element)
                    continue
                self._enter(element, element is top)
                self._say(element.text)
            else:
                if element is unread:
                    unread = None
                else:
                    self._leave(element)
                if element is not top:
                    self._say(element.tail)
        self._flush()
        self._terms = self._emit_terms()
        self._end_item()

    @property
    def _depth(self) -> int:
        stated = self._lists.open[-1].depth if self._lists.open else None
        return stated or len(self._lists.open) - self._below

    @property
    def _level(self) -> int:
        """The level of a paragraph here: in a list, one below the item that it belongs to."""
        return item_level(self._depth) + 1 if self._depth else 1

    def _enter(self, element: Any, top: bool) -> None:
        tag, style, context = element.tag, element.get("style") or "", self._contexts[-1]
        if top and element is not self.region.root and element.tag == "body":
            context = replace(context, why=Why.NAVIGATION)
        if element is self.region.root:
            context = replace(context, why=None)
        elif context.why is None:
            context = replace(context, why=self.region.marks.get(element))
        block = _is_block(element)
        if block:
            self._flush()
        if tag == "br":
            self._text.append("\n")
        level = _heading_level(element)
        if level:
            context = replace(context, heading=level)
        if tag in _BOLD or _BOLD_STYLE.search(style) or self._styles.bold(element):
            context = replace(context, bold=True)
        if tag in ("pre", "textarea"):
            context = replace(context, kept_lines=True)
        context = replace(
            context,
            term=context.term or tag == "dt",
            summary=context.summary or tag == "summary",
            symbols=context.symbols or bool(_SYMBOLS.search(style)),
            mark=context.mark or bool(_WORD_MARK.search(style)),
        )
        self._contexts.append(context)
        if block:
            self._why = context.why
        if tag in ("ol", "ul", "menu", "dir"):
            self._lists.begin(element)
        elif tag == "li" or element.get("role") == "listitem":
            self._begin_item(element)
        elif tag in ("dt", "dl"):
            if tag == "dl" or _previous(element) != "dt":
                self._terms = self._emit_terms()
        elif tag == "details":
            self._leads.append("")
        elif tag == "p" and (item := word_item(element)):
            self._end_item()
            self._item = item

    def _leave(self, element: Any) -> None:
        block = _is_block(element)
        if block:
            self._flush()
        elif element.tag != "sup" and self._says_number():
            self._text.append(" ")  # a style sheet sets the number apart
        self._contexts.pop()
        if block:
            self._why = self._contexts[-1].why
        if element.tag in ("ol", "ul", "menu", "dir"):
            self._lists.open.pop()
            self._below = min(self._below, len(self._lists.open))
        elif element.tag == "li" or element.get("role") == "listitem":
            self._end_item()
        elif element.tag == "dl":
            self._terms = self._emit_terms()
        elif element.tag == "details":
            self._leads.pop()

    def _begin_item(self, element: Any) -> None:
        self._end_item()
        number = self._lists.count(element)
        self._item = Item(number, item_level(max(self._depth, 1)))

    def _end_item(self) -> None:
        """An item without text of its own is only its number."""
        if self._item and self._item.number:
            self.drafts.append(Draft(Kind.ITEM, "", self._item.level, self._item.number, why=self._why))
        self._item = None

    def _say(self, text: str | None) -> None:
        if not text:
            return
        context = self._contexts[-1]
        if not context.kept_lines:
            text = _SPACES.sub(" ", text)
        if context.why is not self._why and context.why is not None:
            self._aside.append((context.why, text))
            return
        if context.mark:
            self._mark.append(text)
            return
        if context.symbols and text.strip() and len(text.strip()) == 1 and not "".join(self._text).strip():
            text = f"• {text.strip()[1:]}"  # Word's bullets are letters of a font of symbols
        self._light = self._light or (not context.bold and any(map(str.isalpha, text)))
        self._text.append(text)

    def _says_number(self) -> bool:
        """Whether nothing but a number stands in this block so far."""
        said = "".join(self._text).strip() if len(self._text) < 5 else ""
        return 0 < len(said) <= _LONGEST_NUMBER and is_marker(said)

    def _flush(self) -> None:
        """Makes what was said since the last block a draft, or several where it has lines of its own."""
        context, why, heavy = self._contexts[-1], self._why, not self._light
        said, mark, aside = _DIRECTIONS.sub(r"\1", "".join(self._text)), squeezed("".join(self._mark)), self._aside
        self._text, self._mark, self._aside, self._light = [], [], [], False
        parts = [squeezed(said)] if context.heading else lines(said)
        if mark and not is_marker(mark) and len(mark) > 1:
            parts.insert(0, mark)
        elif mark:
            level = self._item.level if self._item else 1
            self._end_item()
            self._item = Item(mark if is_marker(mark) else None, level)
        for part in filter(None, parts):
            self._add(part, context, why, heavy and any(map(str.isalpha, part)))
        for reason, text in aside:
            self.drafts.extend(Draft(Kind.PARAGRAPH, line, why=reason) for line in [squeezed(text)] if line)

    def _add(self, text: str, context: _Context, why: Why | None, heavy: bool) -> None:
        if why is not None:
            number = self._item.number if self._item else None
            self._item = None
            self.drafts.append(Draft(Kind.PARAGRAPH, text, number=number, why=why))
            return
        if context.heading:
            self._terms = self._emit_terms()
            number, self._item = self._item.number if self._item else None, None
            self._below = len(self._lists.open)
            self.drafts.append(Draft(Kind.HEADING, text, context.heading, number))
            return
        if context.term:
            self._terms.append(text)
            return
        lead = " ".join(filter(None, self._leads[:-1] if context.summary else self._leads))
        if context.summary and self._leads:
            self._leads[-1] = text
        kind, number = Kind.PARAGRAPH, None
        level = self._level
        if self._item and self._item.loose:
            begins = text.startswith("•") or parse(text) is not None
            level, self._item = self._item.level + (not begins), None
        elif self._item:
            kind, level = numbered(self._item.number, self._item.level)
            number, self._item = self._item.number, None
        if self._terms:
            text = CELL.join([*self._terms, text])
            self._terms = []
        self.drafts.append(Draft(kind, text, level, number, lead, heavy))

    def _emit_terms(self) -> list[str]:
        """Terms that nothing explains are paragraphs."""
        self.drafts.extend(Draft(Kind.PARAGRAPH, term, self._level) for term in self._terms)
        return []

    def _is_data(self, table: Any) -> bool:
        """Whether a table holds rows to be read as such, rather than being there for the look of the page."""
        if self.region.marks.get(table) or self._why is not None or table.get("role") in ("presentation", "none"):
            return False
        if next(table.iterdescendants("table", *HEADINGS), None) is not None or self.region.root in table.iterdescendants():
            return False
        if next(table.iterdescendants("th"), None) is None and _is_frame(table):
            return False
        return any(len(list(row.iterchildren("td", "th"))) > 1 for row in table.iter("tr"))

    def _table(self, table: Any) -> None:
        self._flush()
        self._terms = self._emit_terms()
        found = [draft for caption in table.iterchildren("caption") for draft in self._inside(caption)]
        heads: list[str] = []
        columns: list[str] = []
        waiting: list[Draft] = []
        spans: dict[int, tuple[int, str]] = {}
        rows = [Row.of(row, self._inside) for row in table.iter("tr")]
        for row, following in zip_longest(rows, rows[1:]):
            above = row.place(spans)
            if any(row.cells) and row.is_head(row is rows[0], following):
                heads = [*(heads if waiting else ()), *filter(None, row.cells)]
                columns = row.cells
                waiting.append(Draft(Kind.PARAGRAPH, row.text))
            elif any(row.cells):
                found += [*(replace(head, why=Why.MARKUP) for head in waiting), *row.drafts(heads, columns, above)]
                waiting = []
            found += row.aside
        for draft in [*found, *waiting]:
            self._place(draft)

    def _place(self, draft: Draft) -> None:
        """Adds a draft of a table where the walk stands: the first is what an item opened before it says."""
        if draft.why is None:
            lead = " ".join(filter(None, [*self._leads, draft.lead]))
            draft = replace(draft, level=draft.level + self._level - 1, lead=lead)
            if self._item and draft.number is None and draft.kind is Kind.PARAGRAPH:
                kind, level = numbered(self._item.number, self._item.level)
                draft = replace(draft, kind=kind, level=level, number=self._item.number)
                self._item = None
        self.drafts.append(draft)

    def _inside(self, element: Any) -> list[Draft]:
        cell = Walk(self.region, self._styles)
        cell.walk(element)
        return cell.drafts


def _is_frame(table: Any) -> bool:
    """Whether a table without heads frames a page: one of its cells holds several paragraphs and most of the text."""
    cells = [cell for row in table.iter("tr") for cell in row.iterchildren("td")]
    sizes = [len("".join(cell.itertext())) for cell in cells]
    at = max(range(len(cells)), key=sizes.__getitem__, default=None)
    return at is not None and 2 * sizes[at] > sum(sizes) and len(list(cells[at].iterchildren("p", "ol", "ul", "div"))) > 2


def _is_block(element: Any) -> bool:
    return element.tag in _BLOCKS or bool(_BLOCK_STYLE.search(element.get("style") or "")) or element.get("role") in ("listitem", "heading")


def _heading_level(element: Any) -> int:
    if element.tag in HEADINGS:
        return int(element.tag[1])
    if element.get("role") == "heading":
        level = element.get("aria-level") or ""
        return min(int(level), 9) if re.fullmatch(r"[1-9]\d?", level) else 2
    # Word and Google Docs export a document's title as a paragraph.
    return 1 if element.tag == "p" and not {"MsoTitle", "title"}.isdisjoint((element.get("class") or "").split()) else 0


def _previous(element: Any) -> str | None:
    before = element.getprevious()
    return None if before is None else before.tag
