"""Rows of a Word table → drafts: each with the names of its columns and the merged cells that reach down to it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ingest.document import Kind, Why
from ingest.read.drafts import CELL, Draft


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: the column it begins at, its text, and whether it is merged with those below or above."""

    column: int
    text: str
    begins: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A row: `headed` where it is marked as the head, `heavy` where all of it is bold; `refers` are its notes."""

    cells: Sequence[Cell]
    headed: bool
    heavy: bool
    aside: Sequence[Draft] = ()
    refers: Sequence[tuple[str, str]] = ()


def rows_read(rows: Sequence[Row]) -> Iterator[tuple[list[Draft], Sequence[tuple[str, str]]]]:
    """Each row's drafts and notes; a head with rows under it is left out, as each of these carries it."""
    heads: list[str] = []
    reaching: dict[int, str] = {}
    is_head = [_is_head(row, rows[at + 1] if at + 1 < len(rows) else None, first=at == 0) for at, row in enumerate(rows)]
    for at, row in enumerate(rows):
        above = []
        for cell in row.cells:
            if cell.goes_on and reaching.get(cell.column):
                above.append(reaching[cell.column])
            elif cell.begins:
                reaching[cell.column] = cell.text
            else:
                reaching.pop(cell.column, None)
        texts = [cell.text for cell in row.cells if cell.text]
        text = CELL.join(texts)
        if not text:
            yield list(row.aside), row.refers
        elif is_head[at] and not all(is_head[at:]):
            heads = [*heads, *texts] if at and is_head[at - 1] else texts
            yield [Draft(Kind.PARAGRAPH, text, why=Why.MARKUP), *row.aside], row.refers
        else:
            yield [Draft(Kind.PARAGRAPH, text, lead=", ".join([*heads, *above])), *row.aside], row.refers


def _is_head(row: Row, following: Row | None, first: bool) -> bool:
    """Whether the row names the columns: as marked, or the first by being the only bold one."""
    return row.headed or (first and row.heavy and following is not None and not following.heavy)
