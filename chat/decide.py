"""Evidence and judgement → decision. Pure: takes values, returns a value.

Rank comes first: an organisation's own clause that bears on the message decides, else the practices, and a reference
never does. Doubt above the limit becomes `ask`, and a verdict that licenses something needs a binding clause to stand on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from chat.answer import Verdict
from chat.judge import Reading
from kb.clause import LANGUAGES, Clause, Evidence, Modality, Rank

LICENSING = (Verdict.YES, Verdict.YES_IF)

# Which clauses can carry a verdict, the best first.
_CARRIES: Mapping[Verdict | None, tuple[Modality, ...]] = {
    Verdict.YES: (Modality.MAY, Modality.SHOULD, Modality.MUST),
    Verdict.YES_IF: (Modality.MAY, Modality.MUST, Modality.SHOULD, Modality.ASK_FIRST),
    Verdict.NO: (Modality.MUST_NOT, Modality.SHOULD_NOT, Modality.MUST, Modality.SHOULD),
    Verdict.ASK: (Modality.ASK_FIRST, Modality.MUST, Modality.MUST_NOT),
    None: (Modality.MUST, Modality.SHOULD, Modality.MUST_NOT, Modality.MAY, Modality.ASK_FIRST, Modality.INFO),
}
# The same where a message asks for a duty: "yes, you have to", "no, you need not".
_CARRIES_OF_DUTY = {
    **_CARRIES,
    Verdict.YES: (Modality.MUST, Modality.SHOULD, Modality.ASK_FIRST, Modality.MUST_NOT, Modality.SHOULD_NOT),
    Verdict.NO: (Modality.MAY, Modality.INFO, Modality.SHOULD, Modality.MUST),
}
# In standard deviations of the search score: what a clause must be better by to overtake one whose force fits the
# verdict, one place further down in `_CARRIES`, or a practice that is likelier.
_MISFIT, _NEXT_FORCE, _OTHER_PRACTICE = 5.0, 0.4, 2.0

_FEWEST, _MOST = 3, 4  # clauses that are cited
_HELD = 0.9  # how likely one of the practices cited must be what the message is about, where `_MOST` allows

_SURE = 0.02  # doubt that a number with right check digits, or a listed name, is what it seems


@dataclass(frozen=True, slots=True)
class Limits:
    """When to abstain, fitted on the `tune` split: doubt allowed of a verdict that licenses, by language, and of one that does not.

    `scope` and `relevance` are the probabilities from which a message is ours and a rule bears on it; a message below
    `scope` is ours all the same where a rule is as near to it as `near`, a cosine. `slope`, `margin` and `offset` turn
    the judge's confidence into calibrated doubt (Platt scaling).
    """

    licensing: Mapping[str, float]
    other: float
    scope: float
    near: float
    relevance: float
    slope: float
    margin: float
    offset: float
    practice: float

    def tightened(self, limit: float) -> Limits:
        """The limits, made stricter where `limit` is lower; never looser."""
        licensing = {lang: min(allowed, limit) for lang, allowed in self.licensing.items()}
        return replace(self, licensing=licensing, other=min(self.other, limit))

    def allowed(self, verdict: Verdict, lang: str, licensing: Collection[Verdict]) -> float:
        """The most doubt that a verdict is given with, where those of `licensing` set the person free."""
        return self.licensing[lang] if verdict in licensing else self.other


@dataclass(frozen=True, slots=True)
class Rule:
    """An organisation's clause as evidence: how likely it bears on the message, and how the message stands to it."""

    evidence: Evidence
    relevance: float
    stance: Mapping[Verdict | None, float]


@dataclass(frozen=True, slots=True)
class OffTopic:
    """Not ours to answer."""


@dataclass(frozen=True, slots=True)
class Informed:
    """An open question: clauses that answer it, and no verdict."""

    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Uncovered:
    """Ours to answer, but no binding clause settles it: ask. `clauses` holds the "when in doubt" clause or the nearest."""

    clauses: tuple[Clause, ...]
    doubt: float


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two binding clauses of equal rank disagree: ask, and both are shown."""

    clauses: tuple[Clause, Clause]
    doubt: float


@dataclass(frozen=True, slots=True)
class Decided:
    """A verdict with its clauses, the deciding one first. `meant` is the verdict before doubt made it `ask`."""

    verdict: Verdict
    clauses: tuple[Clause, ...]
    doubt: float
    meant: Verdict


Decision = OffTopic | Informed | Uncovered | Conflict | Decided


def decide(
    reading: Reading,
    rules: Sequence[Rule],
    practices: Sequence[Evidence],
    in_doubt: Sequence[Clause],
    limits: Limits,
    *,
    draft: bool,
    lang: str = LANGUAGES[0],
    ours: bool = False,
    licensing: Collection[Verdict] = LICENSING,
) -> Decision:
    """What the evidence comes to.

    `rules` are the organisation's clauses, `practices` those of the 25 practices, each best first; `in_doubt` is what
    is cited when nothing settles the matter; `ours` says that the message is ours whatever the judge thinks; `licensing`
    are the verdicts that set the person free to act, for the message as it asks (`chat.licence.licensing`).
    """

    carrying = _CARRIES_OF_DUTY if set(licensing) == {Verdict.NO} else _CARRIES

    def sure(verdict: Verdict, doubt: float) -> bool:
        return doubt <= limits.allowed(verdict, lang, licensing)

    bearing = [rule for rule in rules if rule.relevance >= limits.relevance]
    if reading.scope < limits.scope and nearest(rules, practices) < limits.near and not bearing and not ours:
        return OffTopic()
    if bearing:
        first = bearing[0]
        meant, doubt = _weigh(first.stance, limits, draft=draft)
        if opposed := _opposed(bearing, limits, draft=draft):
            return Conflict((first.evidence.clause, opposed), doubt)
        ranked = [Evidence(rule.evidence.clause, rule.relevance) for rule in bearing]
        return _decided(meant, doubt, ranked, sure, carrying, licensing=licensing)
    if not practices:
        # Only rules that do not bear on it, or nobody's rules but others': silence is not permission.
        return Uncovered(tuple(in_doubt) or tuple(rule.evidence.clause for rule in rules[:1]), doubt=1 - reading.scope / 2)
    meant, doubt = _weigh(reading.verdicts, limits, draft=draft)
    ranked = rank_practices(practices, reading, limits)
    return _decided(meant, doubt, ranked, sure, carrying, reading.practices, in_doubt, licensing)


def nearest(rules: Sequence[Rule], practices: Sequence[Evidence]) -> float:
    """The cosine of the message and the binding clause nearest to it; 0 where there is none."""
    return max((evidence.dense for evidence in (*(rule.evidence for rule in rules), *practices)), default=0.0)


def tempered(decision: Decision, sure: Clause | None, doubtful: Sequence[Clause], *, found: bool) -> Decision:
    """A decision about a draft in the light of what was found in it, made more cautious and never less.

    `sure` is the rule against something found by its check digits or by name; `doubtful` are the rules behind mere cues. What is `found`
    turns a licence into `ask`, whether there is a rule against it in this corpus or not.
    """
    if sure:
        return Decided(Verdict.NO, (sure,), _SURE, Verdict.NO)
    if found and isinstance(decision, Decided) and decision.verdict in LICENSING:
        return Decided(Verdict.ASK, tuple(dict.fromkeys((*doubtful[:1], *decision.clauses)))[:3], decision.doubt, decision.meant)
    return decision


def rank_practices(found: Sequence[Evidence], reading: Reading, limits: Limits) -> list[Evidence]:
    """Evidence scored anew, and ordered, by search score and by how likely its practice is what the message is about."""

    def total(evidence: Evidence) -> float:
        return evidence.score + limits.practice * max((reading.practices[n] for n in evidence.clause.practices), default=-9)

    return sorted((replace(e, score=total(e)) for e in found), key=lambda e: e.score, reverse=True)


def confidence(probabilities: Mapping[Verdict | None, float], *, draft: bool) -> tuple[Verdict | None, float, float]:
    """The likeliest verdict with its probability and that of the next; a draft is never an open question."""
    ordered = sorted(((p, v) for v, p in probabilities.items() if not (draft and v is None)), key=lambda x: -x[0])
    total = sum(p for p, _ in ordered) or 1.0
    return ordered[0][1], ordered[0][0] / total, ordered[1][0] / total


def _weigh(probabilities: Mapping[Verdict | None, float], limits: Limits, *, draft: bool) -> tuple[Verdict | None, float]:
    """The likeliest verdict and the calibrated chance that it is wrong."""
    verdict, best, second = confidence(probabilities, draft=draft)
    score = limits.slope * best + limits.margin * (best - second) + limits.offset
    return verdict, float(1 / (1 + np.exp(np.clip(score, -40, 40))))


def _decided(
    meant: Verdict | None,
    doubt: float,
    ranked: Sequence[Evidence],
    sure: Callable[[Verdict, float], bool],
    carrying: Mapping[Verdict | None, tuple[Modality, ...]],
    practices: Mapping[int, float] | None = None,
    in_doubt: Sequence[Clause] = (),
    licensing: Collection[Verdict] = LICENSING,
) -> Decision:
    """`sure` tells whether a verdict is given with such doubt, `carrying` which clauses can carry which verdict; `practices` how likely
    each is, as a logit, where the clauses are theirs."""
    carriers = _carriers(carrying[meant], ranked, practices)
    if meant is None:
        return Informed(_cited(carriers, practices))
    frees = meant in {*LICENSING, *licensing}
    grounded = not frees or any(_binds(e.clause) and e.clause.modality in carrying[meant] for e in carriers[:_FEWEST])
    cited = _cited(carriers, practices)
    if sure(meant, doubt) and grounded:
        return Decided(meant, cited, doubt, meant)
    # Asking because a rule says so cites that rule; asking out of doubt cites what would have carried the verdict meant.
    return Decided(Verdict.ASK, tuple(dict.fromkeys((*cited, *in_doubt[:1]))), doubt, meant)


def _carriers(fitting: Sequence[Modality], ranked: Sequence[Evidence], practices: Mapping[int, float] | None) -> list[Evidence]:
    """Clauses in the order in which they can carry a verdict that `fitting` ones carry; an organisation's own in that in which they bear
    on the message."""
    leading = set(ranked[0].clause.practices) if ranked else set()

    def carries(evidence: Evidence) -> float:
        clause = evidence.clause
        misfit = _NEXT_FORCE * fitting.index(clause.modality) if clause.modality in fitting else _MISFIT
        other = 0.0 if leading & set(clause.practices) else _OTHER_PRACTICE
        return evidence.score - misfit - other

    return list(ranked) if practices is None else sorted(ranked, key=carries, reverse=True)


def _cited(carriers: Sequence[Evidence], practices: Mapping[int, float] | None) -> tuple[Clause, ...]:
    """The deciding clause, then one of each further practice that the message may be about instead, then what else carries the verdict."""
    clauses = [evidence.clause for evidence in carriers]
    if practices is None or not clauses:
        return tuple(clauses[:_FEWEST])
    chance = dict(zip(practices, np.exp(np.array(list(practices.values())) - max(practices.values())), strict=True))
    whole = sum(chance.values())
    cited, held = [clauses[0]], set(clauses[0].practices)
    while len(cited) < _MOST and sum(chance[n] for n in held) < _HELD * whole:
        others = {n for clause in clauses for n in clause.practices} - held
        if not others:
            break
        likeliest = max(others, key=lambda n: chance[n])
        cited.append(next(clause for clause in clauses if likeliest in clause.practices))
        held |= set(cited[-1].practices)
    return tuple(dict.fromkeys((*cited, *clauses)))[: max(_FEWEST, len(cited))]


def grants(verdict: Verdict, clause: Clause) -> bool:
    """Whether the clause is binding and of a force that can license."""
    return _binds(clause) and clause.modality in _CARRIES[verdict]


def _binds(clause: Clause) -> bool:
    return clause.policy.rank is not Rank.REFERENCE


def _opposed(bearing: Sequence[Rule], limits: Limits, *, draft: bool) -> Clause | None:
    """A rule that bears on the message as surely as the first and says the opposite with confidence."""
    first, _ = _weigh(bearing[0].stance, limits, draft=draft)
    for other in bearing[1:]:
        if other.evidence.clause.policy.rank is not bearing[0].evidence.clause.policy.rank:
            continue
        second, doubt = _weigh(other.stance, limits, draft=draft)
        opposite = {first, second} in ({Verdict.YES, Verdict.NO}, {Verdict.YES_IF, Verdict.NO})
        if opposite and doubt <= limits.other and other.relevance >= 0.9 * bearing[0].relevance:
            return other.evidence.clause
    return None
