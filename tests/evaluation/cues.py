"""`python -m tests.evaluation.cues`: what the findings in drafts catch and what they cost, on the bank's drafts without a stated rule."""

from __future__ import annotations

from collections import Counter

from chat.answer import Verdict
from chat.draft import examine
from chat.question import understand
from chat.scenarios import Scenario, read_bank


def drafts(split: str) -> list[Scenario]:
    """The bank's drafts of a split that are judged by the practices alone."""
    return [case for case in read_bank() if case.split == split and case.kind == "draft" and not case.clause]


def counted(split: str) -> dict[str, Counter[str]]:
    """Kind of finding → how often it stands in drafts by their best verdict; "any" and "drafts" for all kinds and all drafts."""
    found: dict[str, Counter[str]] = {"drafts": Counter(), "any": Counter()}
    for case in drafts(split):
        best = str(case.best.value if case.best else None)
        question = understand(case.message())
        kinds = {finding.kind for finding in examine(case.text, question.lang, question.account, {}).findings}
        found["drafts"][best] += 1
        found["any"][best] += bool(kinds)
        for kind in kinds:
            found.setdefault(kind, Counter())[best] += 1
    return found


def main() -> None:
    """Prints the table of both splits that the bank has."""
    columns = [verdict.value for verdict in Verdict]
    for split in ("fit", "tune"):
        print(f"{split:20}" + "".join(f"{name:>8}" for name in columns))
        for kind, count in sorted(counted(split).items(), key=lambda row: -row[1].total()):
            print(f"{kind:20}" + "".join(f"{count[name]:8}" for name in columns))


if __name__ == "__main__":
    main()
