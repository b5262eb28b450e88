"""Every clause finds its place, and keeps it when something changes elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.document import Block, Document, Kind
from ingest.read import read
from ingest.read.markdown import read_markdown
from ingest.split import LONGEST, slugify, split
from kb.clause import Authority, Clause, Policy

POLICY = Policy(id="house", title="House rules", lang="en", authority=Authority.BINDING)


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


def test_a_word_before_a_number_is_cited_with_it(clauses: Callable[[str], list[Clause]]) -> None:
    [clause] = clauses("# Rules\n## Pasal 5\n(1) Karyawan wajib sopan.\n")
    assert (clause.id, clause.number, clause.text) == ("house/5/1", "Pasal 5 (1)", "Karyawan wajib sopan.")


def test_letters_hang_on_the_number_above_them(clauses: Callable[[str], list[Clause]]) -> None:
    found = clauses("# 4 Conduct\n\n4.2 Staff must not:\n\n(a) post names;\n\n(b) insult:\n\n(i) clients\n\n(c) share.\n\n4.3 Ask.\n")
    assert [c.number for c in found] == ["4.2", "4.2 (a)", "4.2 (b)", "4.2 (b) (i)", "4.2 (c)", "4.3"]
    assert [c.id for c in found] == [f"house/4.2{place}" for place in ("", "/a", "/b", "/b/i", "/c")] + ["house/4.3"]


def test_two_numbers_on_one_line_are_one_place(clauses: Callable[[str], list[Clause]]) -> None:
    [clause] = clauses("4.2 (b) Client names stay inside.\n")
    assert (clause.id, clause.number, clause.text) == ("house/4.2/b", "4.2 (b)", "Client names stay inside.")


def test_an_i_after_an_h_is_the_letter(clauses: Callable[[str], list[Clause]]) -> None:
    found = clauses("(h) one\n\n(i) two\n\n(j) three\n")
    assert [c.number for c in found] == ["h", "i", "j"]


def test_nested_items_keep_the_outer_lead_ins(clauses: Callable[[str], list[Clause]]) -> None:
    found = clauses("Employees must not:\n\n- share, without approval:\n  - salaries\n- insult anybody\n\nThank you.\n")
    assert [c.lead for c in found] == ["", "Employees must not:", "Employees must not: share, without approval:", "Employees must not:", ""]
    assert found[2].text == "salaries"


def test_a_heading_s_number_may_stand_beside_its_text(policy: Callable[..., Policy]) -> None:
    blocks = (
        Block(Kind.HEADING, "Conduct", 0, 7, number="4."),
        Block(Kind.PARAGRAPH, "Be kind.", 8, 16, lead="Rule, Owner", number="(a)"),
    )
    [(clause, _)] = split(Document("x.docx", "Conduct\nBe kind.", blocks), policy())
    assert (clause.id, clause.number, clause.heading, clause.lead) == ("house/4/a", "4 (a)", ("Conduct",), "Rule, Owner")


_WORDS = st.sampled_from(["post names", "share 2 pictures", "staff must ask:", "karyawan wajib sopan", "see 4.2", "2021 was long"])
_MARKS = st.sampled_from(["", "", "- ", "* ", "1. ", "2. ", "3) ", "  - ", "(a) ", "(b) ", "(i) ", "4.1 ", "4.2. ", "> ", "Pasal 7 "])
_TITLES = ["One", "2 Duties", "Pasal 9 Larangan", "4 Conduct", "Last words", "iv. More"]
_CLAUSE = st.tuples(_MARKS, _WORDS).map("".join)


@st.composite
def _documents(draw: st.DrawFn) -> list[tuple[str, list[str]]]:
    titles = draw(st.permutations(_TITLES))[: draw(st.integers(1, 5))]
    return [(f"{'#' * draw(st.integers(2, 4))} {title}", draw(st.lists(_CLAUSE, max_size=6))) for title in titles]


def _text(sections: list[tuple[str, list[str]]]) -> str:
    return "\n\n".join(["# House rules", *("\n\n".join([title, *clauses]) for title, clauses in sections)]) + "\n"


@pytest.mark.parametrize("opening", ["Employees must not", "Staff should, at all times,", "Karyawan dilarang"])
def test_a_sentence_that_stops_short_leads_in_to_the_items_below_it(opening: str) -> None:
    document = read(f"1. {opening}\n   - (a) share drafts;\n2. Ask the press office first.\n   - (a) by mail\n".encode(), "x.md")
    assert [clause.lead for clause, _ in split(document, POLICY)] == ["", opening, "", ""]


@pytest.mark.parametrize("suffix", [".md", ".txt"])
@given(sections=_documents())
def test_clauses_headings_numbers_and_what_is_left_out_make_the_whole_text(suffix: str, sections: list[tuple[str, list[str]]]) -> None:
    document = read(_text(sections).encode(), f"x{suffix}")
    pieces = [(b.start, b.end) for b in document.blocks if b.kind is Kind.HEADING] + [(p.start, p.end) for p in document.left_out]
    found = [clause for clause, _ in split(document, POLICY)]
    pieces += [(c.start, c.end) for c in found]
    assert all(document.text[c.start : c.end] == c.text for c in found)
    at, gaps = 0, []
    for start, end in sorted(pieces):
        assert start >= at, "two pieces share a letter"
        gaps.append(document.text[at:start].strip())
        at = end
    gaps.append(document.text[at:].strip())
    # What is left between the pieces are printed numbers and nothing else.
    assert [gap for gap in gaps if gap and not re.fullmatch(r"(?:\d[.)]|\([a-z]\)|4\.\d\.?|Pasal 7)(?:\s+\([a-z]\))?", gap)] == []


@pytest.mark.parametrize("suffix", [".md", ".txt"])
@given(sections=_documents(), data=st.data())
def test_a_clause_more_or_less_moves_no_id_under_another_heading(
    suffix: str, sections: list[tuple[str, list[str]]], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(sections) - 1))
    title, clauses = sections[at]
    where = data.draw(st.integers(0, len(clauses)))
    more = data.draw(st.none() | _CLAUSE)
    changed = [*clauses[:where], *clauses[where + 1 :]] if more is None else [*clauses[:where], more, *clauses[where:]]

    def ids(texts: list[str]) -> list[tuple[str, str]]:
        document = read(_text([*sections[:at], (title, texts), *sections[at + 1 :]]).encode(), f"x{suffix}")
        own = title.lstrip("# ")
        return [(c.id, c.text) for c, _ in split(document, POLICY) if c.heading[-1] != own]

    assert ids(changed) == ids(clauses)


@given(kept=st.lists(st.integers(1, 9), unique=True, min_size=1, max_size=9).map(sorted), other=st.integers(10, 20))
def test_a_printed_number_keeps_its_id_whatever_stands_around_it(kept: list[int], other: int) -> None:
    def ids(text: str) -> set[str]:
        return {c.id for c, _ in split(read_markdown(text.encode(), "x.md"), POLICY)}

    lines = [f"{n}. rule {n}" for n in kept]
    assert ids("# Conduct\n" + "\n".join(lines)) <= ids("# Conduct\nNew words.\n\n" + "\n".join([*lines, f"{other}. more"]))
