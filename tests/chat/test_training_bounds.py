"""Choosing bounds: cells are read as a comparison reads them, and the best of the grid wins."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from chat.training.bounds import Known, bounds, kept_back, weighed
from chat.training.labels import settled
from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Modality, Policy
from kb.compare import Coverage, Sheet, cells_of
from kb.standing import Bounds, Stance

POLICY = Policy("ours", "Ours", "en", Authority.REFERENCE, coverage="full")


def compared(stances: np.ndarray, chosen: Bounds) -> list[Coverage]:
    """What a comparison makes of it."""
    clauses = tuple(Clause(f"ours/{at}", POLICY, "Text.", Modality.INFO) for at in range(len(stances)))
    found = cells_of(Sheet(POLICY, clauses, np.zeros((len(clauses), 1), np.float32), stances), chosen)
    return [found[number].coverage for number in PRACTICE_NUMBERS]


@pytest.mark.parametrize("chosen", list(itertools.product((0.3, 0.5), (0.4, 0.7), (0.3, 0.6))))
def test_bounds_by_which_cells_were_made_get_them_all_right(chosen: tuple[float, float, float]) -> None:
    random = np.random.default_rng(25)
    given = []
    for _ in range(40):
        stances = random.dirichlet((0.2, 0.2, 0.2, 0.8), (7, 25))[..., :3].astype(np.float32)
        given.append(Known(stances, tuple(compared(stances, Bounds(*chosen)))))
    right, found = bounds(given)
    assert right == 1
    assert all(compared(known.stances, Bounds(**found)) == list(known.cells) for known in given)


def test_what_is_not_known_does_not_count() -> None:
    sure = np.zeros((1, 25, 3), np.float32)
    sure[0, 0, Stance.SAME] = 1
    cells: list[Coverage | None] = [None] * 25
    cells[0] = Coverage.COVERED
    assert bounds([Known(sure, tuple(cells))])[0] == 1
    cells[0] = Coverage.CONTRADICTS
    assert bounds([Known(sure, tuple(cells))])[0] == 0


def test_a_second_opinion_weighs_where_it_helps() -> None:
    silent, sure = np.zeros((1, 25, 3), np.float32), np.zeros((1, 25, 3), np.float32)
    sure[:, :, Stance.SAME] = 1
    covered = Known(silent, (Coverage.COVERED,) * 25)
    weight, chosen = weighed([covered], [sure])
    assert weight >= chosen["same"] and bounds([covered])[0] == 0


def test_what_they_are_chosen_by_is_whole_texts_and_single_clauses() -> None:
    clauses, cells = kept_back()
    assert len(clauses) == len(cells) > len(settled()) + 250
    single = [known for text, known in zip(clauses, cells, strict=True) if len(text) == 1]
    assert len(single) > 250 and all(sum(cell is not None for cell in known) == 1 for known in single)
