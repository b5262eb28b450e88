"""From which probability on a clause counts as saying a practice, and how much the second opinion weighs: what gets most cells right.

Chosen on whole texts and policies that nothing was learned from, and on the labelled single clauses of the tests that are not held.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from chat.training.labels import PRACTICE_PAIRS, is_held, settled
from kb.clause import PRACTICE_NUMBERS
from kb.compare import Coverage
from kb.standing import Stances

WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)  # of the second opinion
_KINDS = (Coverage.CONTRADICTS, Coverage.COVERED, Coverage.PARTLY, Coverage.MISSING)
_OF_LABEL = {"same": Coverage.COVERED, "part": Coverage.PARTLY, "opposite": Coverage.CONTRADICTS, "unrelated": Coverage.MISSING}


@dataclass(frozen=True, slots=True)
class Known:
    """What clauses say, (clauses, 25, 3), and what they come to for the practices of which that is known, one of `Coverage` each."""

    stances: Stances
    cells: tuple[Coverage | None, ...]

    def beside(self, other: Stances, weight: float) -> Known:
        """With a second opinion of this weight."""
        return replace(self, stances=(1 - weight) * self.stances + weight * other)


def bounds(given: Sequence[Known]) -> tuple[float, dict[str, float]]:
    """The share of cells that are right under the bounds that get most of them right, and these bounds."""
    surest = np.concatenate([_surest(known.stances)[[cell is not None for cell in known.cells]] for known in given])
    truth = np.array([_KINDS.index(cell) for known in given for cell in known.cells if cell is not None])
    found = []
    for same, part, opposite in itertools.product((0.2, 0.3, 0.4, 0.5, 0.6), (0.3, 0.4, 0.5, 0.6, 0.7), (0.3, 0.4, 0.5, 0.6, 0.7)):
        said = np.select([surest[:, 2] >= opposite, surest[:, 0] >= same, surest[:, 1] >= part], range(3), 3)
        found.append((float(np.mean(said == truth)), (same, part, opposite)))
    right, best = max(found)
    return right, dict(zip(("same", "part", "opposite"), best, strict=True))


def _surest(stances: Stances) -> npt.NDArray[np.float32]:
    """(25, 3): how sure the clauses make it that a practice is said, touched, gone against, as `kb.compare.cells_of` has it."""
    same, part, opposite = np.moveaxis(stances, 2, 0)
    against = opposite > same
    columns = [np.where(against, 0, same), np.where(against, 0, same + part), np.where(against, opposite, 0)]
    return np.stack([column.max(axis=0, initial=0) for column in columns], axis=1)


def weighed(given: Sequence[Known], second: Sequence[Stances]) -> tuple[float, dict[str, float]]:
    """The weight of the second opinion under which most cells are right, and the bounds with it."""
    found = []
    for weight in WEIGHTS:
        right, chosen = bounds([known.beside(said, weight) for known, said in zip(given, second, strict=True)])
        print(f"second opinion of weight {weight}: {right:.2%} of cells right", flush=True)
        found.append((right, weight, chosen))
    _, weight, chosen = max(found, key=lambda each: each[:2])
    return weight, chosen


def kept_back() -> tuple[list[list[str]], list[tuple[Coverage | None, ...]]]:
    """What bounds and weight are chosen by: whole texts, and single clauses with what they are to one practice, which are not held."""
    clauses, cells = [list(text.clauses) for text in settled()], [text.cells for text in settled()]
    for row in map(json.loads, PRACTICE_PAIRS.read_text("utf-8").splitlines()):
        if not is_held(row["clause"]):
            clauses.append([row["clause"]])
            cells.append(tuple(_OF_LABEL[row["label"]] if number == row["practice"] else None for number in PRACTICE_NUMBERS))
    return clauses, cells
