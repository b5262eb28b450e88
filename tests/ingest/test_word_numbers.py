"""Automatic numbers: each list counts as Word prints it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from ingest.read.word_numbers import Numbers, formatted, integer, lists_of, roman
from tests.ingest.documents.word import level, numbering, restart

SPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
DECIMALS = [level(0, "decimal", "%1."), level(1, "decimal", "%1.%2"), level(2, "lowerLetter", "(%3)")]


def numbers(xml: str, styles: dict[str, str] | None = None) -> Numbers:
    return Numbers(lists_of(etree.fromstring(f"<w:numbering {SPACE}>{xml}</w:numbering>"), styles or {}))


def counted(lists: Numbers, *paragraphs: tuple[int, int]) -> list[str | None]:
    """The numbers of paragraphs, each of a list and a depth."""
    return [lists.count(str(list_id), depth) for list_id, depth in paragraphs]


@pytest.mark.parametrize(
    ("form", "count", "printed"),
    [
        ("decimal", 12, "12"),
        ("decimalZero", 3, "03"),
        ("decimalZero", 12, "12"),
        ("lowerLetter", 1, "a"),
        ("lowerLetter", 26, "z"),
        ("lowerLetter", 27, "aa"),
        ("upperLetter", 53, "AAA"),
        ("lowerRoman", 4, "iv"),
        ("upperRoman", 49, "XLIX"),
        ("ordinal", 1, "1st"),
        ("ordinal", 12, "12th"),
        ("ordinal", 23, "23rd"),
        ("lowerLetter", 0, "0"),
        ("lowerRoman", 5000, "5000"),
        ("lowerLetter", 10**6, "n" * 30),
        ("none", 3, ""),
        ("hindiNumbers", 3, "3"),
    ],
)
def test_a_count_is_printed_in_its_form(form: str, count: int, printed: str) -> None:
    assert formatted(count, form) == printed


@given(st.integers(1, 3998))
def test_roman_numerals_add_up(count: int) -> None:
    values = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100, "d": 500, "m": 1000}
    own = [values[letter] for letter in roman(count)]
    assert sum(-one if any(two > one for two in own[at + 1 : at + 2]) else one for at, one in enumerate(own)) == count


def test_a_level_begins_anew_below_the_next_of_a_higher_one() -> None:
    found = counted(numbers(numbering({1: DECIMALS})), (1, 0), (1, 1), (1, 2), (1, 2), (1, 1), (1, 2), (1, 0), (1, 1))
    assert found == ["1.", "1.1", "(a)", "(b)", "1.2", "(a)", "2.", "2.1"]


@pytest.mark.parametrize(
    ("stated", "last"),
    [("", "(1)"), ('<w:lvlRestart w:val="0"/>', "(2)"), ('<w:lvlRestart w:val="1"/>', "(2)"), ('<w:lvlRestart w:val="2"/>', "(1)")],
)
def test_a_level_says_which_one_makes_it_begin_anew(stated: str, last: str) -> None:
    levels = [level(0, "decimal", "%1."), level(1, "decimal", "%1.%2"), level(2, "decimal", "(%3)", stated)]
    assert counted(numbers(numbering({1: levels})), (1, 0), (1, 1), (1, 2), (1, 1), (1, 2))[-1] == last


def test_uses_of_one_list_count_on_unless_they_say_where_to_begin() -> None:
    lists = numbers(numbering({1: DECIMALS}, {1: (1, ""), 2: (1, ""), 3: (1, restart(0, 5))}))
    assert counted(lists, (1, 0), (2, 0), (3, 0), (3, 0), (1, 0)) == ["1.", "2.", "5.", "6.", "7."]


def test_separate_lists_count_apart() -> None:
    assert counted(numbers(numbering({1: DECIMALS, 2: DECIMALS})), (1, 0), (2, 0), (1, 0), (2, 0)) == ["1.", "1.", "2.", "2."]


def test_a_use_may_print_a_level_otherwise() -> None:
    other = f'<w:lvlOverride w:ilvl="0">{level(0, "upperLetter", "%1)")}</w:lvlOverride>'
    assert counted(numbers(numbering({1: DECIMALS}, {1: (1, other)})), (1, 0), (1, 0)) == ["A)", "B)"]


def test_a_list_begins_where_it_says() -> None:
    assert counted(numbers(numbering({1: [level(0, "decimal", "%1.", '<w:start w:val="4"/>')]})), (1, 0), (1, 0)) == ["4.", "5."]


def test_legal_numbers_show_the_levels_above_as_figures() -> None:
    levels = [level(0, "upperRoman", "Article %1"), level(1, "decimal", "%1.%2", "<w:isLgl/>"), level(2, "decimal", "%1.%3")]
    assert counted(numbers(numbering({1: levels})), (1, 0), (1, 1), (1, 2)) == ["Article I", "1.1", "I.1"]


def test_bullets_have_no_number() -> None:
    assert counted(numbers(numbering({1: [level(0, "bullet", "\uf0b7")], 2: [level(0, "none", "")]})), (1, 0), (2, 0)) == [None, None]


def test_a_list_is_taken_from_the_style_that_it_names() -> None:
    lists = {1: DECIMALS, 2: ['<w:numStyleLink w:val="Steps"/>']}
    assert counted(numbers(numbering(lists), {"Steps": "1"}), (1, 0), (2, 0)) == ["1.", "2."]


def test_styles_that_name_each_other_in_a_circle_make_no_list() -> None:
    lists = {1: ['<w:numStyleLink w:val="A"/>'], 2: ['<w:numStyleLink w:val="B"/>']}
    assert numbers(numbering(lists), {"A": "2", "B": "1"}).lists.keys() <= {"1", "2"}


def test_a_style_is_linked_to_its_level() -> None:
    lists = numbers(numbering({1: [level(0, "decimal", "%1."), level(1, "decimal", "%1.%2", '<w:pStyle w:val="Clause"/>')]}))
    assert (lists.depth_of("1", "Clause"), lists.depth_of("1", "Other")) == (1, None)


@pytest.mark.parametrize(("text", "found"), [("3", 3), ("-1", -1), ("9" * 30, None), ("x", None), ("", None), (None, None), ("٣x", None)])
def test_whole_numbers_of_a_bearable_size(text: str | None, found: int | None) -> None:
    assert integer(text) == found
