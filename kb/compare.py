"""A draft beside the 25 practices and beside published policies: what it covers, what it lacks, what it goes against. Pure.

What each clause says of each practice comes in as probabilities (`kb.standing`); here they become words, counts and pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from kb.clause import PRACTICE_NUMBERS, Authority, Clause, Modality, Policy
from kb.embedding import Vectors
from kb.standing import Bounds, Relation, Relations, Stances

_WHOLE = frozenset({"full", "near-full"})
_FIRMEST = (Modality.MUST_NOT, Modality.MUST, Modality.ASK_FIRST, Modality.SHOULD_NOT, Modality.SHOULD, Modality.MAY, Modality.INFO)
_NOBODYS = frozenset({"guide"})  # what AskFirst itself says of the practices is nobody's policy
_BESIDE = 3  # published clauses that are shown beside a draft's
_SHOWN = 8  # clauses of one policy that are named for one subject


class Coverage(StrEnum):
    """What a policy says of a subject; `unknown` where it says nothing and was not available as a whole."""

    CONTRADICTS = "contradicts"
    MISSING = "missing"
    PARTLY = "partly"
    COVERED = "covered"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One policy as it is compared: clauses in order, their unit vectors (n, d), how each stands to each practice (n, 25, 3)."""

    policy: Policy
    clauses: tuple[Clause, ...]
    vectors: Vectors
    stances: Stances


@dataclass(frozen=True, slots=True)
class Cell:
    """One policy on one subject: the clauses that say it and those that go against it, surest first."""

    policy: Policy
    coverage: Coverage
    clauses: tuple[Clause, ...] = ()
    against: tuple[Clause, ...] = ()

    @property
    def modality(self) -> Modality | None:
        """The firmest force among the clauses that say it; `None` where none does."""
        return min((clause.modality for clause in self.clauses), key=_FIRMEST.index, default=None)


@dataclass(frozen=True, slots=True)
class Pair:
    """A clause of the draft, where it has one, beside a published one; `likeness` is its cosine to it, else to the practice's rule."""

    ours: Clause | None
    theirs: Clause
    likeness: float


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many policies cover a subject, and of how many more it is unknown, as they were available only in part."""

    covering: int
    of: int
    unknown: int = 0

    @property
    def rate(self) -> float:
        """The share that is known to cover it, 0 to 1."""
        return self.covering / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class Row:
    """One subject, a practice's number or a topic's id: the draft's cell, every published policy's, and clauses side by side."""

    subject: int | str
    draft: Cell | None
    published: tuple[Cell, ...]
    beside: tuple[Pair, ...] = ()

    def share(self, fits: Callable[[Policy], bool] = lambda _: True) -> Share:
        """How common the subject is among the published policies that fit."""
        found = [cell.coverage for cell in self.published if fits(cell.policy)]
        return Share(found.count(Coverage.COVERED), len(found), found.count(Coverage.UNKNOWN))

    @property
    def firm(self) -> float:
        """Share of the covering policies that make it a duty or a ban: how serious others take it, 0 to 1."""
        firmest = [cell.modality for cell in self.published if cell.coverage is Coverage.COVERED]
        return sum(m in _FIRMEST[:3] for m in firmest) / len(firmest) if firmest else 0.0


@dataclass(frozen=True, slots=True)
class Peer:
    """A published policy and how like the draft it is: the mean cosine of each draft clause to its closest there, 0 to 1."""

    policy: Policy
    likeness: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A clause of another policy, and what the draft says of it, with the draft's closest clause."""

    theirs: Clause
    coverage: Coverage
    ours: Clause | None
    likeness: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that a report shows. `rules` is by the id of each policy that was asked for by name."""

    draft: Policy | None
    practices: tuple[Row, ...]
    topics: tuple[Row, ...]
    peers: tuple[Peer, ...]
    rules: Mapping[str, tuple[Rule, ...]]

    def gaps(self) -> tuple[Row, ...]:
        """The practices that the draft goes against, lacks or covers in part: contradictions first, then the most common and firm."""
        open_rows = [row for row in self.practices if row.draft and row.draft.coverage in _GAPS]
        return tuple(sorted(open_rows, key=lambda row: (_GAPS.index(row.draft.coverage if row.draft else Coverage.MISSING), -_weight(row))))

    def counts(self) -> Mapping[Coverage, int]:
        """How many practices the draft covers, lacks and so on."""
        found = [row.draft.coverage for row in self.practices if row.draft]
        return {coverage: found.count(coverage) for coverage in Coverage}


_GAPS = (Coverage.CONTRADICTS, Coverage.MISSING, Coverage.PARTLY)


def _weight(row: Row) -> float:
    """How common and how firm: what a gap is sorted by."""
    return row.share().rate * (0.5 + 0.5 * row.firm)


def compare(
    draft: Sheet | None,
    published: Sequence[Sheet],
    rules: Mapping[int, Vectors],
    topics: Collection[str],
    bounds: Bounds,
    named: Sequence[tuple[Sheet, Relations]] = (),
) -> Comparison:
    """Lays the draft beside the practices, the topics and the published policies.

    `rules` holds the vector of each practice's own rule; `named` are policies to be laid beside the draft rule by rule,
    each with how every clause of the draft stands to every one of its own.
    """
    everybody = [*([draft] if draft else []), *published]
    cells = {id(sheet): cells_of(sheet, bounds) for sheet in everybody}
    about = {id(sheet): topics_of(sheet, topics) for sheet in everybody}
    practices = tuple(
        Row(
            number,
            cells[id(draft)][number] if draft else None,
            tuple(cells[id(sheet)][number] for sheet in published),
            _beside(number, draft, published, cells, rules) if draft else (),
        )
        for number in PRACTICE_NUMBERS
    )
    subjects = tuple(
        Row(topic, about[id(draft)][topic] if draft else None, tuple(about[id(sheet)][topic] for sheet in published)) for topic in topics
    )
    beside = {sheet.policy.id: against(draft, sheet, relations) for sheet, relations in named} if draft else {}
    return Comparison(draft.policy if draft else None, practices, subjects, peers(draft, published) if draft else (), beside)


def cells_of(sheet: Sheet, bounds: Bounds) -> dict[int, Cell]:
    """What a policy says of each of the 25 practices."""
    return {number: _cell(sheet, number, bounds) for number in PRACTICE_NUMBERS}


def _cell(sheet: Sheet, number: int, bounds: Bounds) -> Cell:
    if not sheet.clauses:
        return Cell(sheet.policy, _silent(sheet.policy))
    same, part, opposite = (sheet.stances[:, number - 1, at] for at in range(3))
    # A clause that may say a practice and may go against it does what is likelier.
    saying = _surest(sheet, np.where(same >= opposite, same, 0), bounds.same)
    going_against = _surest(sheet, np.where(opposite > same, opposite, 0), bounds.opposite)
    touching = saying or _surest(sheet, np.where(opposite > same, 0, same + part), bounds.part)
    if going_against:
        return Cell(sheet.policy, Coverage.CONTRADICTS, touching, going_against)
    if saying:
        return Cell(sheet.policy, Coverage.COVERED, saying)
    return Cell(sheet.policy, Coverage.PARTLY if touching else _silent(sheet.policy), touching)


def _surest(sheet: Sheet, probability: Vectors, least: float) -> tuple[Clause, ...]:
    order = np.argsort(-probability, kind="stable")
    return tuple(sheet.clauses[at] for at in order[:_SHOWN] if probability[at] >= least)


def _silent(policy: Policy) -> Coverage:
    """Of a policy known in part it is never said that it lacks something."""
    return Coverage.MISSING if policy.coverage in _WHOLE else Coverage.UNKNOWN


def topics_of(sheet: Sheet, topics: Collection[str]) -> dict[str, Cell]:
    """What a policy says of each topic: covered where a clause with a force of its own is about it, partly where one only speaks of it."""
    found: dict[str, Cell] = {}
    for topic in topics:
        about = tuple(clause for clause in sheet.clauses if topic in clause.topics)
        firm = tuple(clause for clause in about if clause.modality is not Modality.INFO)
        coverage = Coverage.COVERED if firm else Coverage.PARTLY if about else _silent(sheet.policy)
        found[topic] = Cell(sheet.policy, coverage, (firm or about)[:_SHOWN])
    return found


def _beside(
    number: int, draft: Sheet, published: Sequence[Sheet], cells: Mapping[int, Mapping[int, Cell]], rules: Mapping[int, Vectors]
) -> tuple[Pair, ...]:
    """The published clauses that are closest to the draft's on a practice or, where it has none, to the practice's own rule."""
    cell = cells[id(draft)][number]
    own = (cell.against or cell.clauses)[:1]
    anchor = draft.vectors[draft.clauses.index(own[0])] if own else rules.get(number)
    if anchor is None:
        return ()
    found: list[Pair] = []
    for sheet in published:
        said = cells[id(sheet)][number].clauses
        if not said or sheet is draft:
            continue
        # Beside nothing stands what says the practice most surely, beside a clause what is closest to it.
        chosen = said if own else said[:1]
        rows = [at for at, clause in enumerate(sheet.clauses) if clause in chosen]
        likeness = sheet.vectors[rows] @ anchor
        best = int(np.argmax(likeness))
        found.append(Pair(own[0] if own else None, sheet.clauses[rows[best]], float(likeness[best])))
    return tuple(sorted(found, key=lambda pair: -pair.likeness)[:_BESIDE])


def peers(draft: Sheet, published: Iterable[Sheet]) -> tuple[Peer, ...]:
    """The published policies, the one most like the draft first; itself is left out, another that only has its id is not."""
    if not draft.clauses:
        return ()
    found = [
        Peer(sheet.policy, float(np.mean(np.max(draft.vectors @ sheet.vectors.T, axis=1))))
        for sheet in published
        if sheet.clauses and sheet is not draft
    ]
    return tuple(sorted(found, key=lambda peer: -peer.likeness))


_OF_RELATION = {
    Relation.SAME: Coverage.COVERED,
    Relation.RELATED: Coverage.PARTLY,
    Relation.OPPOSITE: Coverage.CONTRADICTS,
    Relation.UNRELATED: Coverage.MISSING,
}


def against(draft: Sheet, other: Sheet, relations: Relations) -> tuple[Rule, ...]:
    """Each rule of another policy with what the draft says of it. `relations` is (draft's clauses, other's clauses, 4)."""
    found: list[Rule] = []
    for at, clause in enumerate(other.clauses):
        if not draft.clauses:
            found.append(Rule(clause, _silent(draft.policy), None, 0.0))
            continue
        likeness = draft.vectors @ other.vectors[at]
        said = [Relation(int(kind)) for kind in np.argmax(relations[:, at], axis=1)]
        best = next((kind for kind in (Relation.SAME, Relation.OPPOSITE, Relation.RELATED) if kind in said), Relation.UNRELATED)
        rows = [row for row, kind in enumerate(said) if kind is best]
        closest = max(rows, key=lambda row: float(relations[row, at, best] if best is not Relation.UNRELATED else likeness[row]))
        coverage = _silent(draft.policy) if best is Relation.UNRELATED else _OF_RELATION[best]
        found.append(Rule(clause, coverage, draft.clauses[closest], float(likeness[closest])))
    return tuple(found)


def comparable(policies: Iterable[Policy]) -> list[Policy]:
    """The policies that a draft can be compared with, every language version: what others have published."""
    return [policy for policy in policies if policy.authority is Authority.REFERENCE and policy.id not in _NOBODYS]


def once(policies: Iterable[Policy], lang: str) -> list[Policy]:
    """Each policy in one of the versions given, in `lang` where that is among them; a filter belongs before it."""
    found: dict[str, Policy] = {}
    for policy in policies:
        if policy.id not in found or policy.lang == lang:
            found[policy.id] = policy
    return list(found.values())


@dataclass(frozen=True, slots=True)
class Filter:
    """Which published policies are compared with; an empty field lets every policy through.

    `since` and `until` are years or days and compare with what is known of a policy's date; a policy without one passes neither.
    """

    sectors: frozenset[str] = frozenset()
    countries: frozenset[str] = frozenset()
    languages: frozenset[str] = frozenset()
    coverages: frozenset[str] = frozenset()
    since: str = ""
    until: str = ""

    def __call__(self, policy: Policy) -> bool:
        """Whether the policy is compared with."""
        date = policy.effective_from or policy.published or ""
        return (
            (not self.sectors or policy.sector in self.sectors)
            and (not self.countries or policy.country in self.countries)
            and (not self.languages or policy.lang in self.languages)
            and (not self.coverages or policy.coverage in self.coverages)
            and (not self.since or date[: len(self.since)] >= self.since)
            and (not self.until or ("" < date[: len(self.until)] <= self.until))
        )
