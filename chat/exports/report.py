"""What every format shows: the comparison with the names, facts and model clauses that go with it, in one language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kb.compare import Comparison
from kb.coverage import Counts
from kb.quality import Note

Disagreements = Mapping[int, tuple[tuple[str, str], ...]]


@dataclass(frozen=True)
class Report:
    """A comparison as it is told in `lang`; `made` is an ISO day, `index` the digest of the index that it rests on.

    By practice: `titles` (by topic too), `facts`, what it asks; `models`, a clause to start from; `disagreements`, title
    and text of what published policies settle differently; `counts`, what makes it covered and what only in part.
    """

    comparison: Comparison
    notes: tuple[Note, ...]
    lang: str
    made: str
    index: str
    titles: Mapping[int | str, str]
    facts: Mapping[int, str]
    models: Mapping[int, str]
    disagreements: Disagreements = field(default_factory=dict)
    counts: Mapping[int, Counts] = field(default_factory=dict)
