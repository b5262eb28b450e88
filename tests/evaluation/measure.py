"""`python -m tests.evaluation.measure --home HOME`: measures the test split once and records it.

A test split may be measured three times in all, then a fresh one is written; every measurement is a line of measurements.jsonl that names
the split by its digest, with ten wrong answers of each kind beside it in wrong-answers.md.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path

from chat.evaluate import Outcome, calibration_error, figures, read_test, run, table
from chat.judge import PARAMETERS
from chat.opening import open_assistant
from kb.manifest import current_index
from kb.settings import Settings
from tests.evaluation.digest import digest

RECORD = Path(__file__).with_name("measurements.jsonl")
WRONG = Path(__file__).with_name("wrong-answers.md")
MOST = 3


def wrong_answers(outcomes: list[Outcome]) -> str:
    """Ten answers of each kind that were not acceptable, harmful ones first."""
    by_kind: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        if not outcome.acceptable:
            by_kind["stated clause" if outcome.case.clause else outcome.case.kind].append(outcome)
    lines = ["# Wrong answers on the test split", ""]
    for kind, found in sorted(by_kind.items()):
        lines += [f"## {kind}", "", "| case | message | accepted | answered | doubt |", "|---|---|---|---|---|"]
        for o in sorted(found, key=lambda o: not o.harmful)[:10]:
            accepted = ", ".join(v.value if v else "none" for v in o.case.ok) or "none"
            given = (o.answer.verdict.value if o.answer.verdict else "none") + (" (harmful)" if o.harmful else "")
            text = " ".join(o.case.text.split()).replace("|", "/")[:160]
            doubt = "" if o.answer.doubt is None else f"{o.answer.doubt:.2f}"
            lines.append(f"| {o.case.id} | {text} | {accepted} | {given} | {doubt} |")
        lines.append("")
    return "\n".join(lines)


def main() -> None:
    """Measures, prints and records."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    lines = RECORD.read_text("utf-8").splitlines() if RECORD.exists() else []
    before = [line for line in lines if json.loads(line)["test"] == digest()]
    if len(before) >= MOST:
        sys.exit(f"expected at most {MOST} measurements of the test split; found {len(before)}; write a fresh one")
    assistant = open_assistant(Settings(home=options.home), current_index(options.home / "index"))
    outcomes = run(assistant, read_test())
    found = figures(outcomes)
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "test": digest(),
        "index": assistant.knowledge.manifest.digest,
        "judge": json.loads(PARAMETERS.with_suffix(".json").read_text("utf-8"))["sha256"],
        "calibration_error": calibration_error(outcomes),
        "figures": {lang: {name: figure.to_json() for name, figure in part.items()} for lang, part in found.items()},
    }
    with RECORD.open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(line) + "\n")
    WRONG.write_text(wrong_answers(outcomes), "utf-8")
    sys.stdout.write(f"{table(found)}\ncalibration error of doubt {line['calibration_error']:.3f}\n")


if __name__ == "__main__":
    main()
