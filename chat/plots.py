"""Pictures of how far doubt can be trusted: matplotlib is named here only, and drawn without a screen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chat.evaluate import Outcome, reliability, risk_coverage
from kb.errors import InputError

Curve = Sequence[tuple[float, float]]
_LANGUAGES = {"en": "English", "id": "Bahasa Indonesia"}


def plots(outcomes: Sequence[Outcome], folder: Path) -> list[Path]:
    """Writes risk-coverage.png and reliability.png, a curve a language; raises `InputError` where it cannot."""
    drawn: Mapping[str, tuple[Callable[[Sequence[Outcome]], Curve], str, str]] = {
        "risk-coverage.png": (risk_coverage, "share of verdicts given, least doubt first", "share of them not acceptable"),
        "reliability.png": (reliability, "doubt stated", "share not acceptable"),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, (curve, across, up) in drawn.items():
            _draw({lang: curve([o for o in outcomes if o.case.lang == lang]) for lang in _LANGUAGES}, folder / name, across, up)
    except OSError as error:
        raise InputError(expected=f"a folder that can be written at {folder}", found=str(error), todo="name another one") from error
    return [folder / name for name in drawn]


def _draw(curves: Mapping[str, Curve], file: Path, across: str, up: str) -> None:
    # Seconds to import, and wanted by this one option alone.
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes: Any = figure.subplots()
    for lang, points in curves.items():
        if points:
            axes.plot(*zip(*points, strict=True), marker="o" if len(points) <= 10 else "", label=_LANGUAGES[lang])
    if file.name == "reliability.png":
        axes.plot([0, 1], [0, 1], linestyle=":", color="grey", label="exact")
    axes.set(xlabel=across, ylabel=up, xlim=(0, 1), ylim=(0, None))
    axes.grid(alpha=0.3)
    if axes.get_legend_handles_labels()[0]:
        axes.legend()
    figure.savefig(file)
