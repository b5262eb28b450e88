"""What `chat.training.standing` learns from: the labelled clauses, pairs and whole texts of `corpus/labelled`, and what is kept from it.

Nothing that is measured on is learned from: not the policies `HELD`, of the labelled pairs in the tests none that `is_held` keeps back,
nor any text that is nearly the same as one of these.
"""

from __future__ import annotations

import hashlib
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kb.clause import PRACTICE_NUMBERS
from kb.compare import Coverage
from kb.standing import Relation
from kb.support import SHIPPED

LIKE = 0.6  # share of words from which two texts are nearly the same
_TESTED = Path(__file__).resolve().parents[2] / "tests" / "evaluation" / "data"
PAIRS, PRACTICE_PAIRS = _TESTED / "clause_pairs.jsonl", _TESTED / "practice_pairs.jsonl"
# Policies whose cells are labelled by two people and measured; their clauses are never trained on.
HELD = frozenset(
    "mattermost ibm best-buy adidas ford gap mayo-clinic nz-public-service umass-lowell kodak us-army japan-digital-agency civicactions"
    " indonesia-se-137-2018".split()
)
# Policies whose cells are labelled too, and on which the bounds are chosen; not trained on either.
CALIBRATED = frozenset(
    "kaiser-alliance nlrb indonesia-kemenkeu-se16-2018 dod apsc-australia reuters sun uk-civil-service red-cross nordstrom washington-post"
    " bbc ap sap abc-australia epa nodejs nyt".split()
)
_CLAUSE = re.compile(r"^\s*(?:[-*]|\d+[.)])\s+(?P<text>.*?)\s*\{(?P<attributes>[^}]*)\}\s*$", re.MULTILINE)
_HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)
_LANG = re.compile(r"^lang: (\S+)", re.MULTILINE)


def is_held(text: str) -> bool:
    """Whether a text belongs to the third that is kept back for measuring, by its hash."""
    return hashlib.sha256(text.encode()).digest()[0] % 3 == 0


@dataclass(frozen=True, slots=True)
class Example:
    """A clause and the practices that it says, touches and goes against."""

    text: str
    lang: str
    same: tuple[int, ...] = ()
    part: tuple[int, ...] = ()
    opposite: tuple[int, ...] = ()
    policy: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether it is kept from the first course, to see how well single clauses are read, by its hash; a policy stays together.

        Some of these stand in texts of the second course: the figure tells one training from another, it is no measurement.
        """
        return hashlib.sha256((self.policy or self.text).encode()).digest()[1] % 9 == 0


@dataclass(frozen=True, slots=True)
class Text:
    """The clauses of one policy and what they come to together for each practice, as `docs/coverage.md` defines it; `None`: not known.

    `deciding` names the clauses by which they come to it: practice → places in `clauses`.
    """

    clauses: tuple[str, ...]
    cells: tuple[Coverage | None, ...]
    deciding: Mapping[int, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Couple:
    """Two clauses and how they stand to each other."""

    one: str
    other: str
    relation: Relation


def rows_of(pattern: str) -> Iterator[dict[str, Any]]:
    """The lines of files in `corpus/labelled`."""
    for file in sorted((SHIPPED / "labelled").glob(pattern)):
        yield from map(json.loads, file.read_text("utf-8").splitlines())


def labelled() -> list[Example]:
    """The labelled clauses; a published one also in its translation, where there is one."""
    translated = dict(line.split("\t") for line in (SHIPPED / "parallel" / "rules.tsv").read_text("utf-8").splitlines()[1:])
    found: list[Example] = []
    for row in rows_of("clauses-*.jsonl"):
        stances = tuple(row["same"]), tuple(row["part"]), tuple(row["opposite"])
        found.append(Example(row["text"], row["lang"], *stances, row.get("policy", "")))
        if "published" in row and row["text"] in translated:
            found.append(replace(found[-1], text=translated[row["text"]], lang="id"))
    return found


def attributed() -> list[Example]:
    """The clauses under each practice, as they were written for it."""
    found: list[Example] = []
    for file in sorted((SHIPPED / "practices").glob("*.md")):
        page = file.read_text("utf-8")
        for clause in _CLAUSE.finditer(page):
            attributes = dict(pair.split("=", 1) for pair in clause["attributes"].split() if "=" in pair)
            numbers = tuple(int(number) for number in attributes.get("practices", "").split(",") if number)
            info = attributes.get("modality") == "info"
            if numbers:
                found.append(Example(clause["text"], _first(_LANG, page), () if info else numbers, numbers if info else ()))
    return found


def couples() -> list[Couple]:
    """The labelled pairs of clauses."""
    return [Couple(row["one"], row["other"], Relation[row["label"].upper()]) for row in rows_of("pairs-*.jsonl")]


_LETTERS = {"c": Coverage.COVERED, "p": Coverage.PARTLY, "m": Coverage.MISSING, "x": Coverage.CONTRADICTS}


def texts(name: str, kept: Sequence[frozenset[str]] = ()) -> list[Text]:
    """Whole texts with their labelled cells, without clauses that are like one of `kept`: published policies by name, others as runs of
    lines of a file in `corpus/labelled`. What only such clauses decide is not known, nor what a second hand says otherwise."""
    files: dict[str, list[str]] = {}
    found: list[Text] = []
    for row in rows_of(name):
        doubted: frozenset[int] = frozenset()
        if "clauses" in row:
            clauses = [clause["text"] for clause in row["clauses"]]
            row |= _come_to(row["clauses"])
            doubted = _doubted(row)
        elif "policy" in row:
            clauses = _published(row["policy"], row["lang"])
        else:
            if row["file"] not in files:
                files[row["file"]] = [line["text"] for line in rows_of(row["file"])]
            clauses = files[row["file"]][row["first"] : row["first"] + row["count"]]
        places = {at: place for place, at in enumerate(at for at, clause in enumerate(clauses) if not is_like(clause, kept))}
        deciding = {
            int(number): [places[at] for at in chosen if at in places]
            for number, chosen in row["deciding"].items()
            if int(number) not in doubted
        }
        cells = [_LETTERS[letter] for letter in row["cells"].split()]
        known = (
            None if number in doubted or deciding.get(number) == [] else cell for number, cell in zip(PRACTICE_NUMBERS, cells, strict=True)
        )
        found.append(
            Text(
                tuple(clauses[at] for at in places), tuple(known), {number: tuple(chosen) for number, chosen in deciding.items() if chosen}
            )
        )
    return [text for text in found if text.clauses]


def _come_to(clauses: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What clauses of which each is labelled come to together: what goes against a practice outweighs, then what says it."""
    cells, deciding = [], {}
    for number in PRACTICE_NUMBERS:
        by_letter = {letter: [at for at, clause in enumerate(clauses) if number in clause[letter]] for letter in "xcp"}
        letter = next((letter for letter, chosen in by_letter.items() if chosen), "m")
        cells.append(letter)
        if letter in by_letter:
            deciding[str(number)] = by_letter[letter]
    return {"cells": " ".join(cells), "deciding": deciding}


def _doubted(row: Mapping[str, Any]) -> frozenset[int]:
    """The practices of which a second hand, where there was one, says something else than the first."""
    if not all("second" in clause for clause in row["clauses"]):
        return frozenset()
    second = _come_to([clause["second"] for clause in row["clauses"]])["cells"]
    pairs = zip(PRACTICE_NUMBERS, row["cells"].split(), second.split(), strict=True)
    return frozenset(number for number, one, other in pairs if one != other)


def written(plain: int = 1, share: float = 1.0) -> list[Example]:
    """The clauses of the policies written for it and of published ones, each labelled by `docs/coverage.md`: published ones and those that
    are as plain as these so many times over, of the others a share, drawn by chance."""
    drawn = random.Random(25)
    return [
        Example(clause["text"], row["lang"], tuple(clause["c"]), tuple(clause["p"]), tuple(clause["x"]), f"{file}-{at}")
        for file in ("written", "published", "plain")
        for at, row in enumerate(rows_of(f"cells-{file}.jsonl"))
        if file != "written" or drawn.random() < share
        for clause in row["clauses"]
        for _ in range(1 if file == "written" else plain)
    ]


def _published(policy: str, lang: str) -> list[str]:
    return [row["text"] for row in rows_of("clauses-published.jsonl") if (row["policy"], row["lang"]) == (policy, lang)]


def headings() -> list[str]:
    """The headings of the published policies that nothing is measured on."""
    files = [file for file in sorted((SHIPPED / "policies").glob("*.md")) if file.name.partition(".")[0] not in HELD | CALIBRATED]
    return sorted({heading for file in files for heading in _HEADING.findall(file.read_text("utf-8"))})


def measured() -> list[frozenset[str]]:
    """The words of every text that is measured on: nothing like it may be learned from."""
    held = [row["clause"] for row in _lines(PRACTICE_PAIRS) if is_held(row["clause"])]
    held += [row[side] for row in _lines(PAIRS) if is_held(row["one"]) for side in ("one", "other")]
    for file in sorted((SHIPPED / "policies").glob("*.md")):
        if file.name.partition(".")[0] in HELD | CALIBRATED:
            held += [clause["text"] for clause in _CLAUSE.finditer(file.read_text("utf-8"))]
    return [words_of(text) for text in set(held)]


def words_of(text: str) -> frozenset[str]:
    """The words of a text, in small letters."""
    return frozenset(re.findall(r"\w+", text.lower()))


def is_like(text: str, others: Sequence[frozenset[str]]) -> bool:
    """Whether a text shares more than `LIKE` of the words of both with another."""
    words = words_of(text)
    size = len(words)
    # What is much longer or shorter cannot share so many.
    return any(LIKE * size < len(other) and LIKE * len(other) < size and len(words & other) > LIKE * len(words | other) for other in others)


def _lines(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text("utf-8").splitlines()]


def _first(pattern: re.Pattern[str], page: str) -> str:
    match = pattern.search(page)
    return match[1] if match else ""


def settled() -> list[Text]:
    """The texts and the policies `CALIBRATED` by which the bounds are chosen, and policies as plain as these whose clauses are labelled."""
    return texts("cells-settled.jsonl") + texts("cells-kept.jsonl")


def learned(kept: Sequence[frozenset[str]]) -> list[Text]:
    """The texts to learn from: those of which only the whole is labelled, and those whose clauses are learned from too."""
    return texts("cells-guided.jsonl", kept) + texts("cells-written.jsonl", kept)
