"""What compares in the tests of the screen: real comparing over stances that can be checked by eye."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from pathlib import Path

import numpy as np

from chat.exports import Report
from chat.shelf import Shelf
from ingest.document import Refusal
from ingest.gather import make_policy
from ingest.sources import Source
from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Policy
from kb.compare import Bounds, Filter, Sheet, compare
from kb.embedding import Vectors
from kb.errors import InputError
from kb.search import KnowledgeBase
from kb.standing import Relations

AGAINST = "never mind"  # a clause that says so goes against its practices


class Desk:
    """A clause says the practices that it names, and goes against them where it says "never mind"."""

    def __init__(self, knowledge: KnowledgeBase) -> None:
        self._knowledge = knowledge

    def draft(self, data: bytes, name: str) -> Sheet:
        """Reads a file as it is: without a child process."""
        try:
            policy, clauses = make_policy(data, Source(Path(name), name, "draft", authority=Authority.BINDING), ())
        except Refusal as refusal:
            raise InputError(expected="a document", found=str(refusal), todo="send another") from None
        return self._sheet(policy, clauses)

    def sheet(self, policy: Policy) -> Sheet:
        """A policy of the index."""
        return self._sheet(policy, Shelf(self._knowledge, date.today(), policy.groups).clauses(policy))

    def report(self, draft: Sheet | None, named: Sequence[str], fits: Filter, *, day: date, groups: Collection[str], lang: str) -> Report:
        """Everything is compared with everything that the groups may see and that fits."""
        shelf = Shelf(self._knowledge, day, groups)
        published = [self.sheet(policy) for policy in shelf.titles(lang) if policy.authority is Authority.REFERENCE and fits(policy)]
        others = [self.sheet(policy) for policy in shelf.titles(lang) if policy.id in named]
        beside = [(other, self._relations(draft, other)) for other in others] if draft else []
        rules: dict[int, Vectors] = {}
        return Report(
            comparison=compare(draft, published, rules, ["logos"], Bounds(), beside),
            notes=(),
            lang=lang,
            made=day.isoformat(),
            index=self._knowledge.manifest.digest,
            titles={number: f"{number} Practice <{number}>" for number in PRACTICE_NUMBERS},
            facts={22: "Customers agree first & in writing."},
            models={number: f"A model clause for [{number}]." for number in PRACTICE_NUMBERS},
            disagreements={22: (("How long <consent> lasts", "Some say a year."),)},
        )

    def _sheet(self, policy: Policy, clauses: Sequence[Clause]) -> Sheet:
        stances = np.zeros((len(clauses), 25, 3), np.float32)
        for at, clause in enumerate(clauses):
            for number in clause.practices:
                stances[at, number - 1, 2 if AGAINST in clause.text.lower() else 0] = 1
        return Sheet(policy, tuple(clauses), self._knowledge.embedder.embed([c.embedded for c in clauses]), stances)

    @staticmethod
    def _relations(draft: Sheet, other: Sheet) -> Relations:
        relations = np.zeros((len(draft.clauses), len(other.clauses), 4), np.float32)
        for row, ours in enumerate(draft.clauses):
            for at, theirs in enumerate(other.clauses):
                relations[row, at, 0 if set(ours.practices) & set(theirs.practices) else 3] = 1
        return relations
