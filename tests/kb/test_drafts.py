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
CELLS = json.loads((FOLDER / "cells.json").read_text("utf-8"))
WRITTEN = sorted(path for path in FOLDER.glob("*.*.md"))


def test_every_draft_has_its_cells_and_the_other_way_round() -> None:
    assert {path.stem for path in WRITTEN} | {"sixty_pages.en"} == set(CELLS)


@pytest.mark.parametrize("draft", CELLS)
def test_cells_are_words_for_practices_and_at_most_three_are_left_out(draft: str) -> None:
    assert set(CELLS[draft].values()) <= {"covered", "partly", "missing", "contradicts"}
    left_out = {str(number) for number in PRACTICE_NUMBERS} - set(CELLS[draft])
    assert set(CELLS[draft]) <= {str(number) for number in PRACTICE_NUMBERS} and len(left_out) <= 3


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
