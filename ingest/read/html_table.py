"""Rows of a web page's table: their cells, the columns these take, and whether the row names the columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ingest.document import Kind
from ingest.read.drafts import CELL, Draft

_MOST_REACHING = 12  # cells of rows above; no table made for people has more


@dataclass(slots=True)
class Row:
    """A row of a table: what its cells show, as text and as drafts, with the columns and rows each of them takes."""

    cells: list[str]
    parts: list[list[Draft]]
    spans: list[tuple[int, int]]
    headed: bool
    heavy: bool
    aside: list[Draft]

    @classmethod
    def of(cls, row: Any, inside: Callable[[Any], list[Draft]]) -> Row:
        cells, parts, spans, heavy, aside = [], [], [], [], []
        own = list(row.iterchildren("td", "th"))
        for cell in own:
            drafts = inside(cell)
            shown = [draft for draft in drafts if draft.why is None]
            aside += [draft for draft in drafts if draft.why is not None]
            parts.append(shown)
            cells.append(" ".join(draft.printed for draft in shown))
            heavy.append(all(draft.heavy or draft.kind is Kind.HEADING for draft in shown))
            spans.append((_span(cell, "colspan"), _span(cell, "rowspan")))
        parent = row.getparent()
        headed = bool(own) and ((parent is not None and parent.tag == "thead") or all(cell.tag == "th" for cell in own))
        return cls(cells, parts, spans, headed, len(own) > 1 and all(heavy) and any(cells), aside)

    @property
    def text(self) -> str:
        """The cells as one paragraph."""
        return CELL.join(cell for cell in self.cells if cell)

    def drafts(self, heads: Sequence[str], columns: Sequence[str], above: Sequence[str]) -> list[Draft]:
        """The row as one paragraph under all heads; where cells hold lists, what each cell holds under the head of its column."""
        if not any(draft.kind is Kind.ITEM for part in self.parts for draft in part):
            return [Draft(Kind.PARAGRAPH, self.text, lead=", ".join([*heads, *above]))]
        found: list[Draft] = []
        name = self.cells[0] if len(self.parts[0]) == 1 and self.parts[0][0].kind is not Kind.ITEM else ""
        for column, part in enumerate(self.parts):
            own = [columns[column]] if len(columns) == len(self.parts) else heads
            lead = ", ".join(filter(None, [*own, *above, name if column else ""]))
            found += [replace(draft, lead=" ".join(filter(None, [lead, draft.lead]))) for draft in part]
        return found

    def place(self, spans: dict[int, tuple[int, str]]) -> list[str]:
        """The cells of rows above that reach down to this one; `spans` is brought up to date."""
        above = [text for _, (_, text) in sorted(spans.items()) if text]
        column = 0
        left = {at: (rows - 1, text) for at, (rows, text) in spans.items() if rows > 1}
        for text, (columns, rows) in zip(self.cells, self.spans, strict=True):
            while column in spans:
                column += 1
            if rows > 1 and len(left) < _MOST_REACHING:
                left[column] = (rows - 1, text)
            column += columns
        spans.clear()
        spans.update(left)
        return above

    def is_head(self, first: bool, following: Row | None) -> bool:
        """Whether the row names the columns: by its tags, or the first by being the only bold one."""
        return self.headed or (first and self.heavy and following is not None and not following.heavy)


def _span(cell: Any, key: str) -> int:
    value = cell.get(key) or ""
    return min(max(int(value), 1), 1000) if re.fullmatch(r"\d{1,9}", value) else 1
