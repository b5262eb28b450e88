"""How a clause stands to each of the 25 practices, and to another clause: the same rule, part of it, its opposite, or neither."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

Stances = npt.NDArray[np.float32]  # (clauses, 25, 3): probability of each `Stance`
Relations = npt.NDArray[np.float32]  # (clauses of one, clauses of other, 4): probability of each `Relation`


class Stance(IntEnum):
    """How a clause stands to a practice, where it stands to it at all; the column of its probability."""

    SAME = 0
    PART = 1
    OPPOSITE = 2


class Relation(IntEnum):
    """How two clauses stand to each other; the column of its probability."""

    SAME = 0
    RELATED = 1
    OPPOSITE = 2
    UNRELATED = 3
