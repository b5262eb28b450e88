"""What a language model changes, measured: the trust table without and with it, interventions by kind, and time. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from chat.evaluate import Figure, Outcome, calibration_error, figures
from kb.clause import LANGUAGES

# Shares of which less is better; of every other figure, more.
LESS_IS_BETTER = ("harmful", "needless ask", "clean drafts stopped", "in scope turned away")


@dataclass(frozen=True, slots=True)
class Beside:
    """The same cases answered without the model and with it, in the same order."""

    without: Sequence[Outcome]
    with_model: Sequence[Outcome]

    @property
    def figures(self) -> dict[str, dict[str, tuple[Figure, Figure]]]:
        """Every figure of the trust table by language: without, with."""
        before, after = figures(self.without), figures(self.with_model)
        return {lang: {name: (before[lang][name], after[lang][name]) for name in before[lang]} for lang in LANGUAGES}

    @property
    def interventions(self) -> Counter[str]:
        """How often each kind of intervention held something back."""
        found: Counter[str] = Counter()
        for part in self._parts:
            found.update(part["interventions"])
        return found

    @property
    def touched(self) -> int:
        """Answers in which at least one thing was held back."""
        return sum(bool(part["interventions"]) for part in self._parts)

    @property
    def asked(self) -> int:
        """Answers for which the model was called."""
        return sum(bool(part["calls"]) for part in self._parts)

    @property
    def worded(self) -> int:
        """Answers that show words of the model."""
        return sum(o.answer.model is not None for o in self.with_model)

    @property
    def cost(self) -> dict[str, int]:
        """Calls and tokens in all."""
        return {key: sum(part[key] for part in self._parts) for key in ("calls", "tokens_in", "tokens_out")}

    @property
    def _parts(self) -> list[Mapping[str, Any]]:
        return [part for o in self.with_model if (part := o.answer.explain.get("llm"))]

    @property
    def worse(self) -> list[str]:
        """The figures that are worse with the model, one line each."""
        return [
            f"{name} ({lang}): {before.share:.1%} without, {after.share:.1%} with"
            for lang, part in self.figures.items()
            for name, (before, after) in part.items()
            if before.of and (after.share > before.share if name.startswith(LESS_IS_BETTER) else after.share < before.share)
        ]

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "figures": {
                lang: {name: {"without": before.to_json(), "with": after.to_json()} for name, (before, after) in part.items()}
                for lang, part in self.figures.items()
            },
            "calibration_error": {"without": calibration_error(self.without), "with": calibration_error(self.with_model)},
            "answers": {"all": len(self.with_model), "asked": self.asked, "worded": self.worded, "held_back": self.touched},
            "interventions": dict(self.interventions.most_common()),
            "cost": self.cost,
            "seconds": {"without": latency(self.without), "with": latency(self.with_model)},
            "worse": self.worse,
        }

    def lines(self) -> list[str]:
        """For people."""
        of = len(self.with_model)
        found = self.figures
        width = max(len(name) for name in found["en"])
        lines = [f"{'':{width}}  " + "  ".join(f"{f'{lang}: without → with':^28}" for lang in found)]
        for name in found["en"]:
            cells = [_cell(*found[lang][name]) for lang in found]
            lines.append(f"{name:{width}}  " + "  ".join(f"{cell:28}" for cell in cells).rstrip())
        lines.append(
            f"calibration error of doubt {calibration_error(self.without):.3f} → {calibration_error(self.with_model):.3f}, {of:,} cases"
        )
        lines += [f"worse with the model: {line}" for line in self.worse] or ["no figure is worse with the model"]
        lines.append(
            f"the model was asked for {self.asked:,} answers; {self.worded:,} show its words; of {self.touched:,} something was held back"
        )
        lines += [f"  {kind:{width}}  {count:6,}  ({count / of:.2f} an answer)" for kind, count in self.interventions.most_common()]
        cost = self.cost
        lines.append(f"calls {cost['calls']:,}, tokens in {cost['tokens_in']:,}, tokens out {cost['tokens_out']:,}")
        for name, part in (("without", self.without), ("with", self.with_model)):
            times = latency(part)
            lines.append(
                f"seconds an answer, {name}: median {times['median']:.3f}, 95 % {times['p95']:.3f}, longest {times['longest']:.3f}"
            )
        return lines


def latency(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Seconds an answer took: the median, the 95th percentile, the longest."""
    if not outcomes:
        return {"median": 0.0, "p95": 0.0, "longest": 0.0}
    seconds = np.array([o.seconds for o in outcomes])
    return {"median": float(np.median(seconds)), "p95": float(np.quantile(seconds, 0.95)), "longest": float(seconds.max())}


def _cell(before: Figure, after: Figure) -> str:
    return "—" if not before.of else f"{before.share:6.1%} → {after.share:6.1%} ({before.of})"
