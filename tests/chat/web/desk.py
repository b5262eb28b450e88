"""What compares in the tests of the screen: real comparing over stances that can be checked by eye."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from chat.comparing import Comparer
from chat.exports import Report
from ingest.document import Refusal
from ingest.gather import make_policy
from ingest.sources import Source
from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Policy
from kb.compare import Filter, Sheet
from kb.embedding import Vectors
from kb.errors import InputError
from kb.search import KnowledgeBase
from kb.standing import Bounds, Relations, Stances

AGAINST = "never mind"  # a clause that says so goes against its practices


class Named:
    """A clause says the practices that it names, and goes against them where it says "never mind"."""

    bounds = Bounds()

    def read(self, clauses: Sequence[Clause], _vectors: Vectors | None = None) -> Stances:
        """1 for each practice that a clause names."""
        stances = np.zeros((len(clauses), 25, 3), np.float32)
        for at, clause in enumerate(clauses):
            for number in clause.practices:
                stances[at, number - 1, 2 if AGAINST in clause.text.lower() else 0] = 1
        return stances

    def relate(self, draft: Sheet, other: Sheet) -> Relations:
        """Two clauses are the same rule where they share a practice."""
        relations = np.zeros((len(draft.clauses), len(other.clauses), 4), np.float32)
        for row, ours in enumerate(draft.clauses):
            for at, theirs in enumerate(other.clauses):
                relations[row, at, 0 if set(ours.practices) & set(theirs.practices) else 3] = 1
        return relations


class Desk(Comparer):
    """The comparer itself, with practices for its clauses' stances, and names that need escaping."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        standing: Any = Named()
        super().__init__(knowledge, ({"id": "logos"},), standing, read)

    def report(self, draft: Sheet | None, named: Sequence[str], fits: Filter, *, day: date, groups: Collection[str], lang: str) -> Report:
        """Everything is compared with everything that the groups may see and that fits."""
        return replace(
            super().report(draft, named, fits, day=day, groups=groups, lang=lang),
            notes=(),
            titles={number: f"{number} Practice <{number}>" for number in PRACTICE_NUMBERS},
            facts={22: "Customers agree first & in writing."},
            models={number: f"A model clause for [{number}]." for number in PRACTICE_NUMBERS},
            disagreements={22: (("How long <consent> lasts", "Some say a year."),)},
        )


def read(data: bytes, name: str) -> tuple[Policy, tuple[Clause, ...]]:
    """Reads a file as it is: without a child process."""
    try:
        policy, clauses = make_policy(data, Source(Path(name), name, "draft", authority=Authority.BINDING), ())
    except Refusal as refusal:
        raise InputError(expected="a document", found=str(refusal), todo="send another") from None
    return policy, tuple(clauses)
