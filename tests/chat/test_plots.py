"""The curves are the cases counted, and the pictures are written where they were asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from chat.evaluate import reliability, risk_coverage
from chat.plots import plots
from kb.errors import InputError
from tests.chat.test_evaluate import outcome


def test_risk_grows_as_more_doubtful_verdicts_are_given() -> None:
    outcomes = [outcome("yes", doubt=0.9), outcome("ask", doubt=0.1), outcome("ask", doubt=0.5), outcome("yes", doubt=0.95)]
    assert risk_coverage(outcomes) == [(0.25, 0.0), (0.5, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]


def test_reliability_puts_doubt_beside_what_was_wrong() -> None:
    outcomes = [outcome("ask", doubt=0.1), outcome("ask", doubt=0.3), outcome("yes", doubt=0.8), outcome("ask", doubt=0.9)]
    assert reliability(outcomes, bins=2) == [(pytest.approx(0.2), 0.0), (pytest.approx(0.85), 0.5)]


def test_nothing_answered_draws_nothing() -> None:
    assert risk_coverage([]) == [] == reliability([])


def test_both_pictures_are_written_as_png(tmp_path: Path) -> None:
    files = plots([outcome("ask"), outcome("yes", lang="id")], tmp_path / "new")
    assert [file.name for file in files] == ["risk-coverage.png", "reliability.png"]
    assert all(file.read_bytes().startswith(b"\x89PNG") for file in files)


def test_a_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    with pytest.raises(InputError, match="folder that can be written"):
        plots([], tmp_path / "file")
