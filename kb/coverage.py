"""What counts as covered, and what only in part, practice by practice, in both languages. Pure apart from the reading."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from kb.clause import LANGUAGES
from kb.support import SHIPPED, read_yaml


@dataclass(frozen=True, slots=True)
class Counts:
    """Any of what `covered` names makes a practice covered; where there is only something that `partly` names, it is covered in part."""

    covered: str
    partly: str


@cache
def what_counts(lang: str) -> Mapping[int, Counts]:
    """By practice, in `lang` or else in English, what the cells of a comparison mean; `docs/coverage.md` has it as a table."""
    known = lang if lang in LANGUAGES else LANGUAGES[0]
    return MappingProxyType({entry["n"]: Counts(**entry[known]) for entry in read_yaml(SHIPPED / "coverage.yaml")})
