"""What counts as covered is said for every practice in both languages, and the page of the documentation says the same."""

from __future__ import annotations

import re
from pathlib import Path

from kb.clause import LANGUAGES, PRACTICE_NUMBERS
from kb.coverage import Counts, what_counts

PAGE = Path(__file__).parents[2] / "docs" / "coverage.md"


def test_every_practice_has_both_in_both_languages() -> None:
    for lang in LANGUAGES:
        found = what_counts(lang)
        assert tuple(found) == tuple(PRACTICE_NUMBERS)
        assert all(counts.covered.strip() and counts.partly.strip() for counts in found.values())
    assert not set(what_counts("en").values()) & set(what_counts("id").values())


def test_another_language_gets_english() -> None:
    assert what_counts("fr") == what_counts("en")


def test_the_documentation_has_the_same_table() -> None:
    rows = re.findall(r"^\| (\d+) [^|]+ \| ([^|]+) \| ([^|]+) \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert {int(number): Counts(covered.strip(), partly.strip()) for number, covered, partly in rows} == dict(what_counts("en"))
