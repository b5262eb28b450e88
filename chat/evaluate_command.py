"""`askfirst evaluate`: labelled cases through the assistant, as a table or JSON."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chat.console import log, print_json, printable
from kb.errors import InputError
from kb.settings import Settings

if TYPE_CHECKING:
    from chat.ask import Assistant
    from chat.evaluate import Outcome
    from chat.llm import LanguageModel


def evaluate(options: argparse.Namespace, settings: Settings, opened: Callable[[], Assistant]) -> int:
    """Prints the figures of the cases that the options name, and what else they ask for; 1 where a threshold is missed, else 0.

    The assistant is opened once the options have been found good; it answers without a language model.
    """
    from chat.evaluate import calibration_error, figures, missed, read_test, run, table
    from chat.flips import counts, flips, lines
    from chat.opening import open_other
    from chat.scenarios import read_bank, read_files

    if options.scenarios:
        cases = list(read_files(options.scenarios))
    elif options.split == "test":
        cases = read_test()
    else:
        cases = [case for case in read_bank() if options.split in ("all", case.split)]
    model = _measured_model(settings) if options.llm else None
    assistant = opened()

    def report(done: int) -> None:
        if done % 500 == 0:
            log(f"  {done:,} of {len(cases):,}")

    outcomes = run(assistant, cases, report)
    found = figures(outcomes)
    failed = missed(found, options.thresholds) if options.thresholds else []
    flipped = None
    if options.against:
        other = open_other(settings, options.against)
        flipped = flips(cases, (o.answer for o in run(other, cases, report)), (o.answer for o in outcomes))
    beside = None
    if model:
        from chat.beside import Beside
        from chat.leashed import LeashedAssistant

        leashed = LeashedAssistant.over(assistant, model, seconds=settings.llm_timeout, widen=settings.llm_widen)
        beside = Beside(outcomes, run(leashed, cases, report))
        if options.thresholds:
            failed += [f"with the model: {line}" for line in missed(figures(beside.with_model), options.thresholds)]
    drawn = _plots(options.plots, outcomes) if options.plots else []
    if options.json:
        shape = {
            "cases": len(cases),
            "figures": {lang: {name: figure.to_json() for name, figure in part.items()} for lang, part in found.items()},
            "calibration_error": calibration_error(outcomes),
            "index": assistant.knowledge.manifest.digest,
            "missed": failed,
        }
        if flipped is not None:
            against = {"index": other.knowledge.manifest.digest, "counts": counts(flipped), "flips": [f.to_json() for f in flipped]}
            shape["against"] = against
        if beside:
            shape["llm"] = {"model": settings.llm} | beside.to_json()
        print_json(shape)
    else:
        print(table(found))
        print(f"calibration error of doubt {calibration_error(outcomes):.3f}, {len(cases):,} cases")
        compared = ["", f"with the language model {settings.llm}:", *beside.lines()] if beside else []
        for line in [*(lines(flipped) if flipped is not None else []), *compared, *(f"wrote {file}" for file in drawn)]:
            print(printable(line))
        for line in failed:
            print(f"missed: {line}")
    return 1 if failed else 0


def _measured_model(settings: Settings) -> LanguageModel:
    from chat.llm import open_model

    if not settings.llm:
        raise InputError(expected="a language model to measure with --llm", found="none", todo="name one in the setting llm")
    return open_model(settings)


def _plots(folder: Path, outcomes: Sequence[Outcome]) -> list[Path]:
    from chat.plots import plots

    return plots(outcomes, folder)
