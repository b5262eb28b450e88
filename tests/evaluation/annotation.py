"""`python -m tests.evaluation.annotation [--wrong HALF]`: what ingest says of any document, against what the corpus's files say.

Every clause of the shipped corpus is annotated as if its file set nothing, and compared with what the file does set. The
corpus is parted in two by a digest of the policy's id (of the rulebook and the guide, which are one file each: of the
section), in both languages alike: the rules are tuned on the `development` half; `--wrong development` lists what they get
wrong there, and the floors of tests/ingest/test_annotate.py hold for the `held-out` half.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ingest.annotate import annotate
from ingest.gather import policy_of, read_topics
from ingest.read import read
from ingest.sources import sources
from ingest.split import split
from kb.clause import LANGUAGES, Clause, Modality
from kb.settings import read_settings
from kb.support import read_support

HALVES = ("development", "held-out")
KINDS = {"practices": "rulebook", "guide": "guide"}
ASPECTS = ("modality", "topics", "practices")


@dataclass(frozen=True, slots=True)
class Case:
    """A clause as its file describes it and as it is annotated with that hidden; `said` names what the file sets."""

    stated: Clause
    inferred: Clause
    said: frozenset[str]
    half: str

    @property
    def kind(self) -> str:
        """`rulebook` (it binds), `guide`, or `policies` (published ones, restated)."""
        return KINDS.get(self.stated.policy.id, "policies")


@dataclass(frozen=True, slots=True)
class Score:
    """How many were rightly found, wrongly found and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        """Share of what was found that is right; 0 where nothing was found."""
        return self.right / ((self.right + self.wrong) or 1)

    @property
    def recall(self) -> float:
        """Share of what is there that was found; 0 where nothing is there."""
        return self.right / ((self.right + self.missed) or 1)

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.right / ((2 * self.right + self.wrong + self.missed) or 1)

    def __str__(self) -> str:
        return f"precision {self.precision:.3f}  recall {self.recall:.3f}  F1 {self.f1:.3f}"


def half_of(clause: Clause) -> str:
    """The half to which a clause belongs; both languages of it to the same."""
    unit = clause.policy.id if clause.policy.id not in KINDS else f"{clause.policy.id}/{clause.id.split('/')[1]}"
    return HALVES[hashlib.sha256(unit.encode()).digest()[0] & 1]


@cache
def cases() -> tuple[Case, ...]:
    """Every clause of the shipped corpus, whatever it says of itself."""
    settings = read_settings({}, Path())
    topics = read_topics(list(read_support(settings).topics), "topics.yaml")
    found: list[Case] = []
    for source in sources(settings, kept=()):
        document = read(source.file.read_bytes(), str(source.file))
        for clause, attributes in split(document, policy_of(document, source)):
            stated, inferred = annotate(clause, attributes, topics), annotate(clause, {}, topics)
            found.append(Case(stated, inferred, frozenset(attributes), half_of(clause)))
    return tuple(found)


def modality_scores(given: Iterable[Case]) -> dict[str, Score]:
    """A score for each modality that a file states or that was inferred, over the clauses whose file states one."""
    pairs = Counter((str(c.stated.modality), str(c.inferred.modality)) for c in given if "modality" in c.said)
    names = [str(m) for m in Modality if any(str(m) in pair for pair in pairs)]
    return {
        name: Score(
            pairs[name, name],
            sum(n for (stated, inferred), n in pairs.items() if inferred == name != stated),
            sum(n for (stated, inferred), n in pairs.items() if stated == name != inferred),
        )
        for name in names
    }


def set_scores(given: Iterable[Case], aspect: str) -> dict[str, Score]:
    """A score for each topic or practice (`aspect`) over the clauses whose file states any."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for case in given:
        if aspect in case.said:
            stated, inferred = ({str(x) for x in getattr(clause, aspect)} for clause in (case.stated, case.inferred))
            right.update(stated & inferred)
            wrong.update(inferred - stated)
            missed.update(stated - inferred)
    return {name: Score(right[name], wrong[name], missed[name]) for name in sorted({*right, *wrong, *missed})}


def macro(scores: dict[str, Score], number: Callable[[Score], float] = lambda score: score.f1) -> float:
    """Mean over the classes, each counting alike."""
    return sum(map(number, scores.values())) / (len(scores) or 1)


def micro(scores: dict[str, Score]) -> Score:
    """All classes counted together."""
    return Score(*(sum(getattr(s, part) for s in scores.values()) for part in ("right", "wrong", "missed")))


def _confusion(given: Sequence[Case]) -> list[str]:
    pairs = Counter((c.stated.modality, c.inferred.modality) for c in given if "modality" in c.said)
    head = " ".join(f"{m:>10}" for m in Modality)
    rows = [f"{stated:>12} {' '.join(f'{pairs[stated, inferred]:>10}' for inferred in Modality)}" for stated in Modality]
    return [f"{'file, found:':>12} {head}", *rows]


def report(given: Sequence[Case], name: str) -> list[str]:
    """Lines for people: counts, confusion, and precision, recall and F1 of each aspect."""
    said = {aspect: sum(aspect in c.said for c in given) for aspect in ASPECTS}
    lines = [f"== {name}: {len(given)} clauses; stated in the file: {', '.join(f'{a} {n}' for a, n in said.items())}"]
    scores = modality_scores(given)
    lines += _confusion(given)
    lines += [f"{modality:>12} {score}" for modality, score in scores.items()]
    lines.append(f"    modality accuracy {micro(scores).recall:.3f}  macro-F1 {macro(scores):.3f}")
    for aspect in ASPECTS[1:]:
        found = set_scores(given, aspect)
        means = f"precision {macro(found, lambda s: s.precision):.3f}  recall {macro(found, lambda s: s.recall):.3f}  F1 {macro(found):.3f}"
        lines.append(f"    {aspect} micro {micro(found)}  macro {means}")
    return lines


def main() -> None:
    """Prints the report, or the clauses whose modality is got wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--wrong", choices=HALVES[:1], help="list what is got wrong in that half instead")
    if parser.parse_args().wrong:
        for c in cases():
            if c.half == HALVES[0] and "modality" in c.said and c.stated.modality is not c.inferred.modality:
                sys.stdout.write(f"{c.stated.key}\t{c.stated.modality} found {c.inferred.modality}\t{c.stated.lead} {c.stated.text}\n")
        return
    for half in HALVES:
        for lang in (*LANGUAGES, None):
            chosen = [c for c in cases() if c.half == half and lang in (None, c.stated.lang)]
            sys.stdout.write("\n".join(report(chosen, f"{half}, {lang or 'both languages'}")) + "\n")
            for kind in ("rulebook", "policies"):
                scores = modality_scores(c for c in chosen if c.kind == kind)
                n = sum(c.kind == kind for c in chosen)
                sys.stdout.write(f"    {kind}: {n} clauses  modality accuracy {micro(scores).recall:.3f}  macro-F1 {macro(scores):.3f}\n")


if __name__ == "__main__":
    main()
