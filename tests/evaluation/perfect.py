"""A language model that knows the labels: it is told which case is asked, and answers with its best verdict and practice.

It shows what the leash leaves of a model that is never wrong about verdicts, and nothing about any real one. Run by itself
(`python -m tests.evaluation.perfect --home HOME`) it prints the trust table of the tune split without and with it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chat.answer import Verdict
from chat.ask import Assistant
from chat.beside import Beside
from chat.evaluate import run
from chat.leashed import LeashedAssistant
from chat.llm import open_model
from chat.opening import open_assistant
from chat.scenarios import Scenario, read_bank
from kb.manifest import current_index
from kb.settings import Settings
from tests.llm_server import OPENAI, Asked, ModelServer, Said

_CLAUSE = re.compile(r"^\[(\d+)\] \((\w+), (\w+)\) (?:Practice (\d+)\b)?", re.MULTILINE)
# The forces of clauses that carry a verdict, the plainest first.
_CARRY = {
    Verdict.YES: ("may", "must", "should"),
    Verdict.YES_IF: ("may", "must", "should", "ask_first"),
    Verdict.NO: ("must_not", "should_not", "must"),
    Verdict.ASK: ("ask_first", "must_not", "must"),
}


@dataclass(slots=True)
class Perfect:
    """Plays the model; `case` is the one that is asked about now."""

    case: Scenario | None = None

    def told(self, cases: Iterable[Scenario]) -> Iterator[Scenario]:
        """The cases in order, each told just before it is asked."""
        for self.case in cases:
            yield self.case

    def play(self, asked: Asked) -> Said:
        """The labelled answer to each task; what it explains are the clauses of the labelled practice, word for word."""
        assert self.case
        match asked.task:
            case "rewrite":
                # No label says how a follow-up is put alone: it stays as the rules read it.
                return Said(json.dumps({"question": ""}))
            case "draft":
                return Said(json.dumps({"post": ""}))
            case "judge":
                best = self.case.best
                return Said(json.dumps({"verdict": best.value if best else None, "clauses": self._deciding(asked, best)}))
            case _:
                numbers = set(self._deciding(asked, self.case.best))
                return Said("\n".join(f"{c.text} [{c.number}]" for c in asked.clauses if c.number in numbers))

    def _deciding(self, asked: Asked, verdict: Verdict | None) -> list[int]:
        assert self.case
        forces = _CARRY.get(verdict, ()) if verdict else ()
        found = []
        for number, authority, force, practice in _CLAUSE.findall(asked.parts["clauses"]):
            labelled = practice.isdigit() and int(practice) in self.case.practices
            if authority == "binding" and (labelled or not self.case.practices):
                found.append((forces.index(force) if force in forces else len(forces), int(number)))
        return [number for _, number in sorted(found)[:2]]


def measured(rules: Assistant, cases: list[Scenario], *, widen: bool = False) -> Beside:
    """The cases answered by the rules alone, then with the perfect model over the real protocol, widening off or on."""
    perfect = Perfect()
    with ModelServer({"perfect": perfect.play}) as server:
        model = open_model(Settings(llm="openai:perfect", llm_base_url=server.base_url(OPENAI)))
        return Beside(run(rules, cases), run(LeashedAssistant.over(rules, model, widen=widen), perfect.told(cases)))


def tune(every: int = 1) -> list[Scenario]:
    """The tune split, or an even sample of it."""
    return [case for case in read_bank() if case.split == "tune"][::every]


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--every", type=int, default=1, help="every n-th case")
    parser.add_argument("--widen", action="store_true", help="with ASKFIRST_LLM_WIDEN on")
    options = parser.parse_args()
    rules = open_assistant(Settings(home=options.home), current_index(options.home / "index"))
    sys.stdout.write("\n".join(measured(rules, tune(options.every), widen=options.widen).lines()) + "\n")


if __name__ == "__main__":
    main()
