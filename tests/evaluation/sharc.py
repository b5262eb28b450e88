"""`python -m tests.evaluation.sharc FOLDER`: rules nobody here wrote, with nothing fitted on them.

FOLDER holds the development split of OR-ShARC (Gao et al. 2021, over ShARC, Saeidi et al. 2018; CC BY-SA 3.0, so that it is not kept
here): `snippets.json` and `dev.jsonl`. Every snippet becomes a binding policy. Search: rank of the right snippet by its best clause.
Verdicts: Yes is `yes` or `yes_if`, No is `no`, a question back is `ask` or `yes_if`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

from chat.answer import Message, Verdict
from chat.evaluate import clopper_pearson
from chat.opening import open_assistant
from ingest.build import refresh
from kb.settings import Settings

_RANKS = (1, 5, 10, 20)
_RIGHT = {"Yes": (Verdict.YES, Verdict.YES_IF), "No": (Verdict.NO,)}
_BACK = (Verdict.ASK, Verdict.YES_IF)
_PAGE = '---\nid: s{name}\ntitle: "Snippet {name}"\norganisation: "Government"\nlang: en\nauthority: binding\n---\n\n{text}\n'


def asked(row: dict[str, Any]) -> Message:
    """A question with its scenario, and earlier questions back with their answers as what came before."""
    before = tuple(f"{turn['follow_up_question']} {turn['follow_up_answer']}" for turn in row["history"])
    return Message(f"{row['scenario']} {row['question']}".strip(), lang="en", history=before)


def share(count: int, of: int) -> str:
    """A share with its 95 % interval."""
    low, high = clopper_pearson(count, of, 0.025)
    return f"{count / of:.1%} ({low:.1%}–{high:.1%}, {of})"


def main() -> None:
    """Prints every figure."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    if not (folder / "dev.jsonl").is_file():
        sys.exit(f"expected dev.jsonl and snippets.json in {folder}; found none; name the folder that holds them")
    rows = [json.loads(line) for line in (folder / "dev.jsonl").read_text("utf-8").splitlines()]
    with tempfile.TemporaryDirectory() as home:
        policies = Path(home, "rules", "policies")
        policies.mkdir(parents=True)
        for name, text in json.loads((folder / "snippets.json").read_text("utf-8")).items():
            (policies / f"s{name}.md").write_text(_PAGE.format(name=name, text=text), "utf-8")
        settings = Settings(home=Path(home), corpus=policies.parent)
        assistant = open_assistant(settings, refresh(settings, print).index)
        ranks: list[int] = []
        for row in rows:
            query = f"{row['scenario']}. {row['question']}" if row["scenario"] else row["question"]
            found = assistant.knowledge.search(query, "en", top=100, day=date.today())
            order = list(dict.fromkeys(evidence.clause.policy.id for evidence in found))
            right = f"s{row['gold_snippet_id']}"
            ranks.append(order.index(right) + 1 if right in order else len(order) + 100)
        print("search: " + ", ".join(f"top {k} {share(sum(rank <= k for rank in ranks), len(ranks))}" for k in _RANKS))
        said: Counter[tuple[str, str]] = Counter()
        right_ones = 0
        for row in rows:
            verdict = assistant.answer(asked(row)).verdict
            label = row["answer"] if row["answer"] in _RIGHT else "question back"
            said[label, verdict.value if verdict else "none"] += 1
            right_ones += verdict in _RIGHT.get(label, _BACK)
    print(f"verdicts right: {share(right_ones, len(rows))}")
    noes = sum(count for (label, _), count in said.items() if label == "No")
    for verdict in ("yes", "yes_if"):
        print(f"labelled No, answered {verdict}: {share(said['No', verdict], noes)}")
    decided = sum(count for (_, verdict), count in said.items() if verdict in ("yes", "yes_if", "no"))
    print(f"decided (neither ask nor turned away): {share(decided, len(rows))}")
    print(", ".join(f"{label} → {verdict} {count}" for (label, verdict), count in said.most_common()))


if __name__ == "__main__":
    main()
