"""Measures the assistant on labelled cases: figures by language and kind, with exact binomial intervals.

Intervals are Clopper-Pearson (Biometrika 1934), 95 % two-sided; harm states the one-sided bound.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chat.answer import Answer, Verdict
from chat.ask import Assistant
from chat.scenarios import TEST, Scenario, read_files
from kb.clause import LANGUAGES, Authority, Clause, Modality, Policy
from kb.errors import InputError
from kb.support import SHIPPED


@dataclass(frozen=True, slots=True)
class Outcome:
    """A case with the answer it got, and the seconds that took."""

    case: Scenario
    answer: Answer
    seconds: float = 0.0

    @property
    def acceptable(self) -> bool:
        """Whether the verdict is one of those the case accepts."""
        return self.case.accepts(self.answer.verdict)

    @property
    def harmful(self) -> bool:
        """Whether the verdict is one that the case lists as harmful."""
        return self.answer.verdict in self.case.harmful

    @property
    def practices(self) -> list[int]:
        """Practices of the citations, in order."""
        return [n for citation in self.answer.citations for n in citation.clause.practices]


@dataclass(frozen=True, slots=True)
class Figure:
    """A share: how many of how many, with its interval."""

    hits: int
    of: int

    @property
    def share(self) -> float:
        """The share; not a number where there is nothing to count."""
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Clopper-Pearson, 95 %, two-sided."""
        return clopper_pearson(self.hits, self.of, 0.025)

    @property
    def upper(self) -> float:
        """The one-sided 95 % bound from above."""
        return clopper_pearson(self.hits, self.of, 0.05)[1]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        low, high = self.interval
        return {"hits": self.hits, "of": self.of, "share": self.share, "low": low, "high": high, "upper95": self.upper}


def clopper_pearson(hits: int, of: int, tail: float) -> tuple[float, float]:
    """The exact interval of a binomial share, `tail` outside on each side; found by bisection, so nothing is imported."""
    if of == 0:
        return 0.0, 1.0

    def at_most(k: int, p: float) -> float:
        if p <= 0 or p >= 1:
            return 1.0 if p <= 0 or k >= of else 0.0
        logs = [
            math.lgamma(of + 1) - math.lgamma(i + 1) - math.lgamma(of - i + 1) + i * math.log(p) + (of - i) * math.log1p(-p)
            for i in range(k + 1)
        ]
        return math.fsum(math.exp(x) for x in logs)

    def solve(below: Callable[[float], bool]) -> float:
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if below(middle) else (low, middle)
        return (low + high) / 2

    lower = 0.0 if hits == 0 else solve(lambda p: 1 - at_most(hits - 1, p) < tail)
    upper = 1.0 if hits == of else solve(lambda p: at_most(hits, p) > tail)
    return lower, upper


def read_test(corpus: Path = SHIPPED) -> list[Scenario]:
    """The test split. Nothing that fits or tunes may call this."""
    return list(read_files(sorted((corpus / "scenarios" / TEST).glob("*.yaml"))))


def stated_clause(case: Scenario) -> list[Clause]:
    """The rule stated with a case, as a binding clause of its own."""
    if not case.clause:
        return []
    policy = Policy(id="stated", title="Stated rule", lang=case.lang, authority=Authority.BINDING)
    return [Clause(id="stated/1", policy=policy, text=case.clause["text"], modality=Modality(case.clause["modality"]))]


def run(assistant: Assistant, cases: Iterable[Scenario], report: Callable[[int], None] | None = None) -> list[Outcome]:
    """Every case answered, in order."""
    outcomes: list[Outcome] = []
    for case in cases:
        begun = time.perf_counter()
        answer = assistant.answer(case.message(), stated=stated_clause(case))
        outcomes.append(Outcome(case, answer, time.perf_counter() - begun))
        if report:
            report(len(outcomes))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Figure]]:
    """Every figure of the trust table, by language."""
    return {lang: _figures([o for o in outcomes if o.case.lang == lang]) for lang in LANGUAGES}


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Figure]:
    def share(part: Iterable[Outcome], good: Callable[[Outcome], bool]) -> Figure:
        chosen = list(part)
        return Figure(sum(map(good, chosen)), len(chosen))

    ours = [o for o in outcomes if o.case.kind != "off_topic"]
    plain = [o for o in ours if not o.case.clause]
    kinds = {kind: [o for o in plain if o.case.kind == kind] for kind in ("permission", "follow_up", "draft", "adversarial", "near_miss")}
    cited = [o for o in plain if o.case.practices and o.case.in_scope and o.case.kind != "near_miss"]
    found = {
        "harmful": share((o for o in ours if o.case.harmful), lambda o: o.harmful),
        "harmful, adversarial": share(kinds["adversarial"], lambda o: o.harmful),
        "acceptable, permission": share(kinds["permission"], lambda o: o.acceptable),
        "best, permission": share(kinds["permission"], lambda o: o.answer.verdict == o.case.best),
        "acceptable, follow-ups": share(kinds["follow_up"], lambda o: o.acceptable),
        "acceptable, drafts": share(kinds["draft"], lambda o: o.acceptable),
        "acceptable, stated clause": share((o for o in ours if o.case.clause), lambda o: o.acceptable),
        "needless ask": share(
            (o for o in ours if o.case.in_scope and not o.case.accepts(Verdict.ASK)),
            lambda o: o.answer.verdict is Verdict.ASK,
        ),
        "clean drafts stopped": share(
            (o for o in kinds["draft"] if o.case.best is Verdict.YES),
            lambda o: o.answer.verdict in (Verdict.NO, Verdict.ASK),
        ),
        "practice among the citations": share(cited, lambda o: bool(set(o.practices) & set(o.case.practices))),
        "practice first": share(
            cited,
            lambda o: bool(o.answer.citations and set(o.answer.citations[0].clause.practices) & set(o.case.practices)),
        ),
        "off-topic recognised": share((o for o in outcomes if o.case.kind == "off_topic"), lambda o: not o.answer.in_scope),
        "in scope turned away": share((o for o in outcomes if o.case.in_scope), lambda o: not o.answer.in_scope),
        "near misses asked or turned away": share(
            kinds["near_miss"], lambda o: not o.answer.in_scope or o.answer.verdict in (Verdict.ASK, None)
        ),
        "quotations exact": share(((o) for o in outcomes), lambda o: all(c.quote in c.clause.text for c in o.answer.citations)),
    }
    for kind, part in kinds.items():
        found[f"harmful, {kind}"] = share((o for o in part if o.case.harmful), lambda o: o.harmful)
    return found


def missed(found: dict[str, dict[str, Figure]], file: Path) -> list[str]:
    """The figures outside the bounds of a JSON file `{figure: {lang: [least, most]}}`, one line each; `null` is no bound."""
    try:
        bounds = json.loads(file.read_text("utf-8"))
        lines = []
        for name, langs in bounds.items():
            for lang, (least, most) in langs.items():
                share = found[lang][name].share
                if not (least is None or share >= least) or not (most is None or share <= most):
                    lines.append(f"{name} ({lang}): expected {least} to {most}; found {share:.4f}")
        return lines
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            expected=f"thresholds {{figure: {{lang: [least, most]}}}} in {file}",
            found=f"{type(error).__name__}: {error}",
            todo="correct it",
        ) from error


def calibration_error(outcomes: Sequence[Outcome], bins: int = 10) -> float:
    """Expected calibration error of doubt, equal-mass bins (Nixon et al. 2019); doubt is about the verdict before abstaining."""
    rows = _doubted(outcomes)
    if not rows:
        return math.nan
    parts = np.array_split(np.array(rows, float), bins)
    return float(sum(len(part) * abs(part[:, 0].mean() - part[:, 1].mean()) for part in parts if len(part)) / len(rows))


def reliability(outcomes: Sequence[Outcome], bins: int = 10) -> list[tuple[float, float]]:
    """Mean doubt and the share that was wrong, in bins of equal mass: what `calibration_error` sums up."""
    parts = np.array_split(np.array(_doubted(outcomes), float), bins)
    return [(float(part[:, 0].mean()), float(part[:, 1].mean())) for part in parts if len(part)]


def risk_coverage(outcomes: Sequence[Outcome]) -> list[tuple[float, float]]:
    """For each share of verdicts that is given, the least doubted first, the share of them that is wrong."""
    wrong = 0
    curve = []
    rows = _doubted(outcomes)
    for given, (_, failed) in enumerate(rows, 1):
        wrong += failed
        curve.append((given / len(rows), wrong / given))
    return curve


def _doubted(outcomes: Sequence[Outcome]) -> list[tuple[float, bool]]:
    """Doubt, and whether the verdict meant was wrong, least doubt first."""
    return sorted(
        (o.answer.doubt, not o.case.accepts(Verdict(o.answer.explain["meant"])))
        for o in outcomes
        if o.answer.doubt is not None and o.answer.explain.get("meant")
    )


def table(found: dict[str, dict[str, Figure]]) -> str:
    """The figures as a table for people."""
    names = list(next(iter(found.values())))
    width = max(map(len, names))
    lines = [f"{'':{width}}  " + "  ".join(f"{lang:^28}" for lang in found)]
    for name in names:
        cells = []
        for lang in found:
            figure = found[lang][name]
            low, high = figure.interval
            cell = "—" if not figure.of else f"{figure.share:6.1%} ({low:.1%}–{high:.1%}, {figure.of})"
            cells.append(f"{cell:28}")
        lines.append(f"{name:{width}}  " + "  ".join(cells))
    return "\n".join(lines)
