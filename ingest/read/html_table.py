"""Rows of a web page's table: their cells, the columns these take, and whether the row names the columns. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ingest.document import Kind
from ingest.read.drafts import Draft

_MOST_REACHING = 12  # cells of rows above; no table made for people has more


@dataclass(slots=True)
class Row:
    """A row of a table: the text of its cells with the columns and rows each of them takes."""

    cells: list[str]
    spans: list[tuple[int, int]]
    headed: bool
    heavy: bool
    aside: list[Draft]

    @classmethod
    def of(cls, row: Any, inside: Callable[[Any], list[Draft]]) -> Row:
        cells, spans, heavy, aside = [], [], [], []
        own = list(row.iterchildren("td", "th"))
        for cell in own:
            drafts = inside(cell)
            shown = [draft for draft in drafts if draft.why is None]
            aside += [draft for draft in drafts if draft.why is not None]
            cells.append(" ".join(draft.printed for draft in shown))
            heavy.append(all(draft.heavy or draft.kind is Kind.HEADING for draft in shown))
            spans.append((_span(cell, "colspan"), _span(cell, "rowspan")))
        parent = row.getparent()
        headed = bool(own) and ((parent is not None and parent.tag == "thead") or all(cell.tag == "th" for cell in own))
        return cls(cells, spans, headed, len(own) > 1 and all(heavy) and any(cells), aside)

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
