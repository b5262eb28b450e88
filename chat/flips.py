"""Which verdicts flip between two indexes: the same cases answered before and after a change of the rules. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chat.answer import Answer, Verdict
from chat.scenarios import Scenario

_LICENCE = {Verdict.NO: 0, Verdict.ASK: 1, Verdict.YES_IF: 2, Verdict.YES: 3}


class Kind(StrEnum):
    """Which way a verdict went, the way that needs a look most first."""

    PERMISSIVE = "more permissive"
    LOST = "no verdict any more"
    GAINED = "a verdict now"
    STRICTER = "stricter"


@dataclass(frozen=True, slots=True)
class Flip:
    """A case whose verdict differs."""

    case: Scenario
    before: Answer
    after: Answer

    @property
    def kind(self) -> Kind:
        """Which way it went."""
        if self.after.verdict is None:
            return Kind.LOST
        if self.before.verdict is None:
            return Kind.GAINED
        return Kind.PERMISSIVE if _LICENCE[self.after.verdict] > _LICENCE[self.before.verdict] else Kind.STRICTER

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.case.id,
            "lang": self.case.lang,
            "text": self.case.text,
            "kind": self.kind.value,
            "before": self.before.verdict,
            "after": self.after.verdict,
            "clause_before": deciding(self.before),
            "clause_after": deciding(self.after),
            "harmful": self.after.verdict in self.case.harmful,
        }


def deciding(answer: Answer) -> str | None:
    """Id of the clause that decided, `None` where none did."""
    return answer.citations[0].clause.id if answer.citations else None


def flips(cases: Iterable[Scenario], before: Iterable[Answer], after: Iterable[Answer]) -> list[Flip]:
    """The cases whose verdict differs, the more permissive first, otherwise in their order."""
    found = [Flip(*three) for three in zip(cases, before, after, strict=True) if three[1].verdict != three[2].verdict]
    order = list(Kind)
    return sorted(found, key=lambda flip: order.index(flip.kind))


def counts(found: Sequence[Flip]) -> dict[str, int]:
    """How many flips of each kind, in the order of `Kind`."""
    counted = Counter(flip.kind for flip in found)
    return {kind.value: counted[kind] for kind in Kind}


def lines(found: Sequence[Flip]) -> list[str]:
    """The flips for people: the sum, then each case with its verdicts and the clauses that decided."""
    told = [f"{len(found)} verdicts flip: " + ", ".join(f"{number} {kind}" for kind, number in counts(found).items())]
    for flip in found:
        text = " ".join(flip.case.text.split())
        told.append(f"{flip.kind.value}: {flip.case.id} ({flip.case.lang})  {text if len(text) <= 100 else text[:99].rstrip() + '…'}")
        told.append(f"    {_said(flip.before)} → {_said(flip.after)}")
    return told


def _said(answer: Answer) -> str:
    return f"{answer.verdict or 'no verdict'} ({deciding(answer) or 'no clause'})"
