"""The second opinion on a clause, by its vector alone: what a person can work out by hand, and the shipped one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kb.clause import Authority, Clause, Modality, Policy
from kb.embedding import shipped_model
from kb.network import PARAMETERS
from kb.perceptron import FILE, SCALE, Perceptron
from kb.standing import Stance, Standing

CLASSES = 25 * 4
SURE = 20.0


def by_hand(members: int = 1) -> Perceptron:
    """Says that what points along the first axis is the same as practice 7, and that all else has to do with nothing."""
    first, last = np.zeros((members, 2, 2), np.float32), np.zeros((members, 2, CLASSES), np.float32)
    first[:, 0, 0] = 1 / SCALE
    last[:, 0, 6 * 4 + Stance.SAME] = 2 * SURE
    bias = np.zeros((members, 25, 4), np.float32)
    bias[..., 3] = SURE
    return Perceptron(first, np.zeros((members, 2), np.float32), last, bias.reshape(members, CLASSES))


def test_a_vector_along_the_first_axis_says_practice_seven_and_another_says_nothing() -> None:
    found = by_hand()(np.eye(2, dtype=np.float32))
    assert found.shape == (2, 25, 3)
    assert found[0, 6, Stance.SAME] == pytest.approx(1) and found[1].max() < 1e-6
    assert np.delete(found[0], 6, axis=0).max() < 1e-6


def test_what_points_the_other_way_is_not_taken_for_the_same() -> None:
    assert by_hand()(np.array([[-1, 0]], np.float32)).max() < 1e-6


def test_members_are_averaged() -> None:
    one = by_hand(2)
    one.last[1] = 0  # the second member says nothing of anything
    assert one(np.eye(2, dtype=np.float32)[:1])[0, 6, Stance.SAME] == pytest.approx(0.5)


def test_nothing_is_read_of_nothing() -> None:
    assert by_hand()(np.zeros((0, 2), np.float32)).shape == (0, 25, 3)


def test_it_comes_back_from_its_file_as_it_was_written(tmp_path: Path) -> None:
    by_hand().save(tmp_path)
    given = np.array([[0.6, 0.8]], np.float32)
    assert np.allclose(Perceptron.load(tmp_path)(given), by_hand()(given), atol=1e-3)


@pytest.mark.parametrize("spoilt", [b"", b"no archive", None])
def test_a_file_that_is_none_is_refused(spoilt: bytes | None, tmp_path: Path) -> None:
    if spoilt is not None:
        (tmp_path / FILE).write_bytes(spoilt)
    with pytest.raises((OSError, ValueError, KeyError, EOFError)):
        Perceptron.load(tmp_path)


@pytest.mark.model
def test_the_shipped_one_is_asked_only_over_vectors_of_the_model_that_it_was_fitted_on() -> None:
    with_it, alone = Standing.open(model=shipped_model()), Standing.open()
    policy = Policy("ours", "Ours", "en", Authority.BINDING)
    clauses = [Clause("ours/1", policy, "Never disclose confidential information.", Modality.MUST_NOT)]
    vectors = np.full((1, 384), 384**-0.5, np.float32)
    assert np.array_equal(alone.read(clauses, vectors), alone.read(clauses))
    assert not np.array_equal(with_it.read(clauses, vectors), with_it.read(clauses))


def test_the_shipped_one_is_small_and_fits_the_packaged_model() -> None:
    found = Perceptron.load(PARAMETERS)
    assert found.first.shape[1] == 384 and found.last.shape[2] == CLASSES
    assert (PARAMETERS / FILE).stat().st_size < 25_000_000
