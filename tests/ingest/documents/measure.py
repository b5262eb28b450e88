"""How many of the expected clauses of a document come out exactly: text, number as cited, page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from ingest.read import read
from ingest.split import split
from kb.clause import Authority, Policy
from tests.ingest.documents import ALL

Expected = list[tuple[str, str | None, int | None]]
POLICY = Policy(id="made", title="Made for the tests", lang="en", authority=Authority.BINDING)


@dataclass(frozen=True)
class Row:
    """One document's result: `missed` are the expected clauses that did not come out, `extra` what came instead."""

    name: str
    clauses: int
    exact: int
    missed: Expected
    extra: Expected


def cited(number: str | None) -> str | None:
    """A citation without its word and brackets, so that "Pasal 2 (1)", "2 (1)" and "2 (1) a." are compared by what they name."""
    return re.sub(r"[^\w.]+", " ", re.sub(r"(?i)\b(?:pasal|article|section|ayat|bab)\b|§", "", number)).strip(" .") if number else None


def measured(make: Callable[[], tuple[str, bytes, Expected]]) -> Row:
    """The document read and split, beside what was expected; a clause too many counts against it as one missed does."""
    name, data, wanted = make()
    expected = Counter((text, cited(number), page) for text, number, page in wanted)
    found = Counter((c.text, cited(c.number), c.page) for c, _ in split(read(data, name), POLICY))
    missed, extra = list((expected - found).elements()), list((found - expected).elements())
    return Row(name, len(wanted), len(wanted) - max(len(missed), len(extra)), missed, extra)


def table() -> tuple[str, float]:
    """All documents, one a line, and the share of exact clauses in percent."""
    rows = [measured(make) for make in ALL]
    clauses, exact = sum(r.clauses for r in rows), sum(r.exact for r in rows)
    lines = [f"{r.name:32} {r.clauses:5} clauses {100 * r.exact / max(r.clauses, 1):6.1f} % exact" for r in rows]
    percent = 100 * exact / max(clauses, 1)
    each = sum(r.exact / max(r.clauses, 1) for r in rows) / len(rows) * 100
    lines.append(f"{len(rows)} documents, {clauses} clauses: {percent:.2f} % exact; mean over documents {each:.2f} %")
    missed = [f"{r.name}: missed {r.missed[:3]}; instead {r.extra[:3]}" for r in rows if r.missed or r.extra]
    return "\n".join([*lines, *missed]), percent
