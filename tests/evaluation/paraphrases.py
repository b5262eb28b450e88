"""`python -m tests.evaluation.paraphrases --home HOME`: how often search finds a rule said in other words.

A hit is a clause of the same practice and modality among the first three. Beside it, what the plain embedder alone
reaches on the same clauses. The paraphrases share at most half of their clause's content words.
"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import date
from pathlib import Path

from chat.opening import open_knowledge
from kb.clause import Clause
from kb.manifest import current_index
from kb.search import KnowledgeBase
from kb.settings import Settings

DATA = Path(__file__).with_name("data")


def wanted(sought: Clause, found: Clause) -> bool:
    """Whether a clause states the rule of another: same practice and modality."""
    same = set(sought.practices) & set(found.practices) or found.id == sought.id
    return bool(same) and found.modality is sought.modality


def measure(knowledge: KnowledgeBase, kind: str, lang: str) -> dict[str, float]:
    """Shares of paraphrases whose rule is in the first three and in the first place: hybrid, and dense alone."""
    cases = [json.loads(line) for line in (DATA / f"{kind}.{lang}.jsonl").read_text("utf-8").splitlines()]
    counts = {"top3": 0, "top1": 0, "dense top3": 0, "dense top1": 0}
    vectors = knowledge.embedder.embed([case["text"] for case in cases], [lang] * len(cases))
    dense = knowledge.store.nearest(vectors, 12)
    for case, near in zip(cases, dense, strict=True):
        sought = knowledge.clause(case["clause_id"], lang)
        assert sought, case["clause_id"]
        hybrid = [e.clause for e in knowledge.search(case["text"], lang, top=3, day=date.today())]
        plain = list({c.id: c for c in knowledge.store.fetch([key for key, _ in near])}.values())[:3]
        for name, found in (("", hybrid), ("dense ", plain)):
            counts[f"{name}top3"] += any(wanted(sought, clause) for clause in found)
            counts[f"{name}top1"] += any(wanted(sought, clause) for clause in found[:1])
    return {name: count / len(cases) for name, count in counts.items()} | {"cases": len(cases)}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    options = parser.parse_args()
    opened = open_knowledge(Settings(home=options.home), current_index(options.home / "index"))
    for which in ("natural", "paraphrases"):
        for tongue in ("en", "id"):
            sys.stdout.write(f"{which} {tongue} {json.dumps(measure(opened, which, tongue))}\n")
