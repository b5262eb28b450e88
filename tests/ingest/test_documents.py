"""Documents of every format come out as the clauses their pages show."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from ingest.read import read
from tests.ingest.documents import ALL
from tests.ingest.documents.measure import Row, cited, measured, table


def test_at_least_98_percent_of_the_clauses_come_out_exactly() -> None:
    printed, percent = table()
    assert percent >= 98, f"{percent:.2f} % exact\n{printed}"


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_no_document_hides_behind_the_others(make: Callable[[], tuple[str, bytes, list[tuple[str, str | None, int | None]]]]) -> None:
    row: Row = measured(make)
    assert row.exact >= 0.9 * row.clauses, f"missed {row.missed[:5]}; instead {row.extra[:5]}"


@pytest.mark.parametrize("make", ALL, ids=lambda make: make.__name__)
def test_every_letter_is_in_a_block_its_number_or_left_out(make: Callable[[], tuple[str, bytes, object]]) -> None:
    name, data, _ = make()
    document = read(data, name)
    covered = bytearray(len(document.text))
    for piece in (*document.blocks, *document.left_out):
        assert document.text[piece.start : piece.end] == piece.text
        covered[piece.start : piece.end] = b"\x01" * (piece.end - piece.start)
    numbers = "".join(block.number or "" for block in document.blocks)
    lost = "".join(char for char, here in zip(document.text, covered, strict=True) if not here)
    # What closes a number in print ("Pasal 5:") stands between it and its text.
    assert re.sub(r"[\s.:–—-]", "", lost) == re.sub(r"[\s.:–—-]", "", numbers)


@pytest.mark.parametrize(("one", "other"), [("Pasal 2 (1)", "2 (1)"), ("4.2 (b)", "4.2 b"), ("§ 3", "3")])
def test_citations_are_compared_by_what_they_name(one: str, other: str) -> None:
    assert cited(one) == cited(other)
