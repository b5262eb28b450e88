"""The drafts that comparing is tested with: they read, they are as long as they say, and every label is a word of the four."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pypdf
import pytest

from ingest.read.markdown import read_markdown
from kb.clause import PRACTICE_NUMBERS
from tests.kb.drafts.sixty_pages import sixty_pages, sixty_pages_pdf

FOLDER = Path(__file__).parent / "drafts"
READERS: dict[str, dict[str, str]] = json.loads((Path(__file__).parents[1] / "evaluation" / "data" / "cells.json").read_text("utf-8"))
WRITTEN = sorted(path for path in FOLDER.glob("*.*.md"))


def test_every_draft_has_its_cells_by_every_reader() -> None:
    for cells in READERS.values():
        assert {path.stem for path in WRITTEN} | {"sixty_pages.en"} <= set(cells)


@pytest.mark.parametrize("reader", READERS)
def test_every_cell_has_one_of_four_letters(reader: str) -> None:
    for name, cells in READERS[reader].items():
        letters = cells.split()
        assert set(letters) <= set("cpmx") and len(letters) == len(PRACTICE_NUMBERS), name


def test_readers_who_followed_the_same_guide_agree() -> None:
    cells = [tuple(zip(*(hands[name].split() for hands in READERS.values()), strict=True)) for name in READERS["first"]]
    each = [said for of in cells for said in of]
    assert sum(len(set(said)) == 3 for said in each) < 0.01 * len(each)
    assert sum(len(set(said)) == 1 for said in each) > 0.9 * len(each)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda p: p.stem)
def test_every_written_draft_is_read_as_a_plain_document(path: Path) -> None:
    document = read_markdown(path.read_bytes(), path.name)
    assert document.blocks and not document.front
    assert not any(block.attributes for block in document.blocks)


def test_the_long_draft_has_sixty_pages_and_the_same_bytes_every_time() -> None:
    made = sixty_pages()
    assert made == sixty_pages() and "{" not in made
    assert len(pypdf.PdfReader(io.BytesIO(sixty_pages_pdf())).pages) >= 60


def test_the_long_draft_is_written_by_hand_in_over_120_paragraphs() -> None:
    blocks = [b for b in (FOLDER / "handbook.md").read_text("utf-8").split("\n\n") if b.strip() and not b.startswith("#")]
    assert len(set(blocks)) >= 120
