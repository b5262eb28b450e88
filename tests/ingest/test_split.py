"""Every clause finds its place, and keeps it when something changes elsewhere."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ingest.read.markdown import read_markdown
from ingest.split import LONGEST, slugify, split
from kb.clause import Clause, Policy


@pytest.fixture
def clauses(policy: Callable[..., Policy]) -> Callable[[str], list[Clause]]:
    def make(text: str) -> list[Clause]:
        return [clause for clause, _ in split(read_markdown(text.encode(), "x.md"), policy())]

    return make


RULES = """# 4 Conduct
Employees must not:

1. post client names
2. share passwords
   - not even once
# Scope
- Everyone.
- Contractors too.
## Abroad
- Local law wins.
"""


def test_places_come_from_numbers_slugs_and_ordinals(clauses: Callable[[str], list[Clause]]) -> None:
    assert [c.id for c in clauses(RULES)] == [
        "house/4/p1",
        "house/4/1",
        "house/4/2",
        "house/4/2/1",
        "house/scope/1",
        "house/scope/2",
        "house/scope/abroad/1",
    ]


def test_a_reader_can_cite_the_printed_number(clauses: Callable[[str], list[Clause]]) -> None:
    assert [c.number for c in clauses(RULES)] == ["4", "4 (1)", "4 (2)", "4 (2)", None, None, None]


def test_a_lead_in_is_carried_into_its_items(clauses: Callable[[str], list[Clause]]) -> None:
    first = clauses(RULES)[1]
    assert (first.lead, first.text) == ("Employees must not:", "post client names")


def test_a_change_under_one_heading_moves_no_id_under_another(clauses: Callable[[str], list[Clause]]) -> None:
    before = {c.id: c.text for c in clauses(RULES)}
    after = {c.id: c.text for c in clauses(RULES.replace("# Scope\n", "# Scope\n- New first.\n"))}
    unmoved = [key for key in before if not key.startswith("house/scope/")] + ["house/scope/abroad/1"]
    assert all(after[key] == before[key] for key in unmoved)


def test_a_printed_number_keeps_its_id_when_another_is_removed(clauses: Callable[[str], list[Clause]]) -> None:
    after = {c.id: c.text for c in clauses(RULES.replace("1. post client names\n", ""))}
    assert after["house/4/2"] == "share passwords"


def test_an_absolute_number_needs_no_heading(clauses: Callable[[str], list[Clause]]) -> None:
    [clause] = clauses("4.2 Client names stay inside.\n")
    assert (clause.id, clause.number, clause.text) == ("house/4.2", "4.2", "Client names stay inside.")


def test_an_explicit_id_wins(clauses: Callable[[str], list[Clause]]) -> None:
    assert [c.id for c in clauses("# Butir 3\n- Aturan. {#butir-3/x}\n")] == ["house/butir-3/x"]


@pytest.mark.parametrize(
    ("heading", "place"),
    [
        ("22 Customers agree first", "22"),
        ("4.2 Gifts", "4.2"),
        ("Pasal 5 Larangan", "5"),
        ("Section 3: Scope", "3"),
        ("2021 review", "2021-review"),
        ("6 and 8", "6-and-8"),
        ("Don't: speculate", "don-t-speculate"),
    ],
)
def test_the_place_of_a_heading(heading: str, place: str, clauses: Callable[[str], list[Clause]]) -> None:
    assert clauses(f"# {heading}\n- Rule.\n# Other\n- Rule.\n")[0].id == f"house/{place}/1"


def test_two_headings_of_one_number_do_not_share_a_place(clauses: Callable[[str], list[Clause]]) -> None:
    found = clauses("# 6 Accounts\n- One.\n# Other\n- Two.\n# 6 Records\n- Three.\n")
    assert len({c.id for c in found}) == 3


def test_a_long_paragraph_is_cut_at_sentences_and_nothing_is_lost(clauses: Callable[[str], list[Clause]]) -> None:
    sentence = "Ask the press office before you speak for us. "
    text = sentence * 60
    found = clauses(text)
    assert len(found) > 1
    assert all(len(c.text) <= LONGEST and text[c.start : c.end] == c.text for c in found)
    assert "".join(c.text for c in found).replace(" ", "") == text.replace(" ", "")


def test_the_only_first_heading_is_the_title(clauses: Callable[[str], list[Clause]]) -> None:
    assert clauses("# Our policy\n## Scope\n- Everyone.\n")[0].heading == ("Scope",)


def test_a_slug_is_never_empty() -> None:
    assert slugify("§§§") == "section"
    assert slugify("Café & Co.") == "cafe-co"
