"""Web pages are read as a browser shows them: numbers, tables and what is no part of the document."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.document import Document, Kind, Refusal, Why
from ingest.gather import gather
from ingest.read.html import decoded, read_html
from ingest.sources import Source
from ingest.split import title_of
from tests.ingest.documents.html import DOCUMENTS, Made, div_soup, peraturan

LINKS = "<li><a href='#a'>A</a><li><a href='#b'>B</a><li><a href='#c'>C</a>"


def page(body: str, head: str = "") -> Document:
    return read_html(f"<!doctype html><html><head>{head}</head><body>{body}</body></html>".encode(), "page.html")


def texts(body: str) -> list[str]:
    return [block.text for block in page(body).blocks]


def left(body: str, why: Why) -> list[str]:
    return [piece.text for piece in page(body).left_out if piece.why is why]


@pytest.mark.parametrize(
    ("opening", "numbers"),
    [
        ("<ol>", ["1.", "2.", "3."]),
        ("<ol type=a>", ["a.", "b.", "c."]),
        ("<ol type=A>", ["A.", "B.", "C."]),
        ("<ol type=i>", ["i.", "ii.", "iii."]),
        ("<ol type=I>", ["I.", "II.", "III."]),
        ("<ol start=9>", ["9.", "10.", "11."]),
        ("<ol start=x>", ["1.", "2.", "3."]),
        ("<ol type=a start=26>", ["z.", "aa.", "bb."]),
        ("<ol reversed>", ["3.", "2.", "1."]),
        ("<ol reversed start=10>", ["10.", "9.", "8."]),
        ('<ol style="list-style: upper-roman inside">', ["I.", "II.", "III."]),
        ('<ol type=a style="list-style-type:none">', [None, None, None]),
        ("<ul>", [None, None, None]),
        ('<ul style="list-style-type: lower-alpha">', ["a.", "b.", "c."]),
    ],
)
def test_items_carry_the_number_that_a_browser_prints(opening: str, numbers: list[str | None]) -> None:
    blocks = page(f"{opening}<li>One<li>Two<li>Three</ol>").blocks
    assert [(block.kind, block.number, block.text) for block in blocks] == [
        (Kind.ITEM, number, text) for number, text in zip(numbers, ["One", "Two", "Three"], strict=True)
    ]


def test_a_value_counts_on_and_an_item_may_have_a_type_of_its_own() -> None:
    blocks = page("<ol><li>One<li value=7>Two<li type=a>Three</ol>").blocks
    assert [block.number for block in blocks] == ["1.", "7.", "h."]


def test_numbers_that_the_author_typed_stand_for_the_automatic_ones() -> None:
    blocks = page("<ol class=plain><li>(a) Ask.</li><li><b>(b)</b> Wait.</li></ol>").blocks
    assert [(block.number, block.text) for block in blocks] == [(None, "(a) Ask."), (None, "(b) Wait.")]


@pytest.mark.parametrize(
    ("style", "numbers"),
    [
        ("ol{list-style-type:lower-roman}", ["i.", "ii."]),
        ("ol{list-style:upper-alpha} .other{list-style:none}", ["A.", "B."]),
        ("ol{list-style:disc} ol.law{list-style-type:decimal}", ["1.", "2."]),
        ("ol.law>li::before{content:'Article ' counter(art, upper-roman)}", ["Article I", "Article II"]),
        ("@media screen { .law li:before { content: '(' counter(c,lower-alpha) ')' } }", ["(a)", "(b)"]),
        ("ol.law > li::marker{content:counters(item,'.') '. '}", ["1.", "2."]),
        ("ol.law li:before{content:'•'}", ["1.", "2."]),
        ("nav > li::before{content:'(' counter(c) ')'}", ["1.", "2."]),
        ("ol:not(.x){list-style:none}", ["1.", "2."]),
        ("ol{list-style:none", ["1.", "2."]),
        ("ol{}}{;list-style:none}:{", ["1.", "2."]),
    ],
)
def test_the_page_s_style_sheet_says_how_items_are_numbered(style: str, numbers: list[str]) -> None:
    blocks = page("<ol class=law><li>One<li>Two</ol>", f"<style>{style}</style>").blocks
    assert [block.number for block in blocks] == numbers


def test_an_item_without_text_leaves_its_number_in_the_text() -> None:
    document = page("<ol><li></li><li>Ask.</li></ol>")
    assert [(block.number, block.text) for block in document.blocks] == [("2.", "Ask.")]
    assert [(piece.text, piece.why) for piece in document.left_out] == [("1.", Why.MARKUP)]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Ask&nbsp;first,\n  with&shy;out&#8203; fail &amp; <i>always</i>.</p>", ["Ask first, without fail & always."]),
        ("loose<p>one</p>tail<div>two<span style='display:block'>three</span></div>", ["loose", "one", "tail", "two", "three"]),
        ("<p>(a) Ask.<br>(b) Wait<br>a day.</p>", ["(a) Ask.", "(b) Wait a day."]),
        ("<p>Ask.<br><br>Wait.</p>", ["Ask.", "Wait."]),
        ("<pre>1. Ask.\n2. Wait\n   a day.</pre>", ["1. Ask.", "2. Wait a day."]),
        ("<a href=/x><div>Ask.</div><div>Wait.</div></a>", ["Ask.", "Wait."]),
        ("<p>Ask<script>never()</script><style>p{}</style><!-- nor this --><template>nor that</template>.</p>", ["Ask."]),
        ("<div>4.2</div><div>Ask.</div>", ["Ask."]),
        ("<details><summary>When?</summary>Always.</details>", ["When?", "Always."]),
        ("<dl><dt>Post</dt><dd>A text.</dd><dt>Bare</dt></dl>", ["Post\u2003A text.", "Bare"]),
        ("<p><span>1.1</span><span>Ask.</span> CO<sub>2</sub> and <b>10</b>th.</p>", ["1.1 Ask. CO2 and 10th."]),
        ("<p>&rlm;2.1 اسأل</p>", ["2.1 اسأل"]),
        ("<p>x &lt;script&gt; y</p>", ["x <script> y"]),
        ("<p>Unclosed <b>bold<p>Next", ["Unclosed bold", "Next"]),
        ("<form><p>Ask.</p><input type=hidden></form>", ["Ask."]),
        ("<form><h2>Rules</h2><p>Ask.</p><input value=no></form>", ["Rules", "Ask."]),
    ],
)
def test_blocks_are_what_stands_between_borders(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


def test_rows_are_read_with_the_head_of_their_table_and_cells_that_reach_down() -> None:
    document = page(
        "<table><tr><th>Who<th>What<th>When<tr><td rowspan=2>Staff<td>Post<td>Daily<tr><td>Ask<td>First"
        "<tr><td colspan=3>All else is free.</table>"
    )
    assert [(block.text, block.lead) for block in document.blocks] == [
        ("Staff\u2003Post\u2003Daily", "Who, What, When"),
        ("Ask\u2003First", "Who, What, When, Staff"),
        ("All else is free.", "Who, What, When"),
    ]
    assert [(piece.text, piece.why) for piece in document.left_out] == [("Who\u2003What\u2003When", Why.MARKUP)]


def test_lists_in_cells_stay_apart_under_the_head_of_their_column() -> None:
    document = page(
        "<table><tr><td><b>When</b><td><b>Do</b><td><b>Do not</b>"
        "<tr><td>Always<td><ul><li>ask<li>wait</ul><td><ol><li>lie<li>boast</ol></table>"
    )
    assert [(block.number, block.text, block.lead) for block in document.blocks] == [
        (None, "Always", "When"),
        (None, "ask", "Do, Always"),
        (None, "wait", "Do, Always"),
        ("1.", "lie", "Do not, Always"),
        ("2.", "boast", "Do not, Always"),
    ]


def test_a_table_in_an_item_stands_behind_the_item_s_number() -> None:
    document = page("<ol><li>Ask.<li><table><tr><th>Who<th hidden>Note<tr><td>All<td>ask</table><li>Wait.</ol>")
    assert [(block.number, block.text) for block in document.blocks] == [("1.", "Ask."), ("2.", "All\u2003ask"), ("3.", "Wait.")]
    assert [piece.text for piece in document.left_out] == ["Note", "Who"]


def test_a_table_that_is_only_a_head_keeps_it_as_text() -> None:
    assert texts("<table><tr><th>Ask<th>First</table>") == ["Ask\u2003First"]


def test_a_table_that_frames_a_page_is_read_as_its_boxes() -> None:
    rules = "<p>1. Ask before you post.</p><p>2. Never lie.</p><p>3. Be polite to everybody.</p>"
    document = page(f"<table><tr><td><a href=a>Home</a><td>{rules}</table>")
    assert [b.text for b in document.blocks][1:] == ["1. Ask before you post.", "2. Never lie.", "3. Be polite to everybody."]


def test_a_table_for_the_look_of_the_page_is_read_as_its_boxes() -> None:
    assert texts("<table><tr><td><h2>Rules</h2><ul><li>Ask.</ul><td>Menu</table>") == ["Rules", "Ask.", "Menu"]


@pytest.mark.parametrize(
    ("body", "why", "expected"),
    [
        ("<p>Ask.</p><p hidden>No.</p>", Why.HIDDEN, ["No."]),
        ("<p>Ask <span style='color:red; display: none'>not</span> first.</p>", Why.HIDDEN, ["not"]),
        ("<p>Ask.</p><span class=sr-only>opens a window</span>", Why.HIDDEN, ["opens a window"]),
        ("<a href='#m'>Skip to content</a><main id=m><p>Ask.</p></main>", Why.NAVIGATION, ["Skip to content"]),
        ("<h2>Rules <a href='#r'>¶</a></h2><p>Ask.</p>", Why.NAVIGATION, ["¶"]),
        ("<p>Ask.</p><p><a href='#'>Kembali ke atas</a></p>", Why.NAVIGATION, ["Kembali ke atas"]),
        ("<p>Ask.</p><div class='cookie-banner'>We use cookies.</div>", Why.NAVIGATION, ["We use cookies."]),
        ("<div class=navbar><a href=/>Home</a> <a href=/x>X</a></div><h1>Rules</h1><p>Ask.</p>", Why.NAVIGATION, ["Home X"]),
        ("<p>Ask.</p><button>Print</button>", Why.NAVIGATION, ["Print"]),
        (f"<p>Contents</p><ul>{LINKS}</ul><p>Ask.</p>", Why.CONTENTS, ["Contents", "A", "B", "C"]),
        ("<p>Ask.<sup><a href='#n1'>[1]</a></sup></p>", Why.MARKUP, ["[1]"]),
        ("<p>Ask.<a href='#n1'><sup>2</sup></a></p>", Why.MARKUP, ["2"]),
    ],
)  # fmt: skip
def test_what_is_no_part_of_the_document_is_named(body: str, why: Why, expected: list[str]) -> None:
    assert left(body, why) == expected
    assert "Ask" in " ".join(texts(body)) and not set(expected) & set(texts(body))


@pytest.mark.parametrize(
    "body",
    [
        "<main><header><h1>Rules</h1></header><p>Ask.</p></main>",
        "<header><h1>Rules</h1></header><p>Ask.</p>",
        "<main><h1>Rules</h1></main><div><p>Ask, even where the main part of a page is nearly empty.</p></div>",
        "<main><h1>Rules</h1><aside>Ask.</aside></main>",
        "<h1>Rules</h1><section class=sidebar><p>Ask before you post; this is a rule for all employees of the company.</p></section>",
        "<h1>Rules</h1><ul>" + "<li><a href=/x>Never share the data of customers with anyone.</a>" * 3 + "</ul><p>Ask.</p>",
        "<h1>Rules</h1><section id=cookies><p>Ask.</p></section>",
        "<h1>Rules</h1><button aria-controls=x>More</button><div id=x hidden>Ask.</div>",
        "<h1>Rules</h1><p aria-hidden=true>Ask.</p>",
    ],
)
def test_no_rule_is_taken_for_furniture(body: str) -> None:
    found = texts(body)
    assert found[0] == "Rules" and found[-1].startswith("Ask")


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Ignored</title>", "<h1>Rules</h1><p>Ask.</p>", "Rules"),
        ("<title>Rules | Acme</title>", "<p>Ask.</p>", "Rules"),
        ("<title>Social Media - Rules - Acme</title>", "<p>Ask.</p>", "Social Media - Rules"),
        ("<title>Rules &amp; more</title>", "<h1>One</h1><p>Ask.</p><h1>Two</h1>", "Rules & more"),
        ("", "<p>Ask.</p>", None),
    ],
)
def test_the_title_is_the_only_first_heading_or_else_the_page_s(head: str, body: str, title: str | None) -> None:
    document = page(body, head)
    assert (document.front.get("title") or title_of(document)) == title


@pytest.mark.parametrize(
    "data",
    [
        "<p>Ask – é".encode(),
        "<p>Ask – é".encode("utf-8-sig"),
        "<p>Ask – é".encode("utf-16"),
        "<p>Ask – é".encode("utf-32"),
        "<p>Ask – é".encode("windows-1252"),
        "<meta charset=iso-8859-1><p>Ask – é".encode(),
        "<meta charset=iso-8859-1><p>Ask – é".encode("windows-1252"),
        "<meta charset=utf-8><p>Ask – é".encode("windows-1252"),
        "<meta charset=no-such-thing><p>Ask – é".encode("windows-1252"),
        '<?xml version="1.0" encoding="macintosh"?><p>Ask – é'.encode("macintosh"),
    ],
)
def test_letters_come_out_whatever_the_encoding_and_its_declaration(data: bytes) -> None:
    assert [block.text for block in read_html(data, "page.html").blocks] == ["Ask – é"]


def test_a_page_with_a_nul_is_refused_with_its_line() -> None:
    with pytest.raises(Refusal, match=r"line 2: expected a web page; found a NUL byte; .+"):
        decoded(b"<p>\nAsk\0</p>")


def test_what_closes_itself_in_xhtml_does_not_swallow_the_rest() -> None:
    head = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><script src="a.js"/><title/></head>'
    data = f"{head}<body><p>Ask.</p></body></html>".encode()
    assert [block.text for block in read_html(data, "page.xhtml").blocks] == ["Ask."]


@pytest.mark.parametrize("part", ["<div>", "<ul><li>", "<b>", "<table><tr><td>", "<blockquote>"])
def test_a_page_nested_beyond_reason_is_refused_at_once(part: str) -> None:
    began = time.monotonic()
    with pytest.raises(Refusal, match="a few levels deep"):
        page(part * 100_000 + "Ask.")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("body", ["", "<script>x()</script>", "<!-- nothing -->", "<img src=x>"])
def test_a_page_without_text_has_no_blocks(body: str) -> None:
    assert page(body).blocks == ()
    assert read_html(b"", "page.html").blocks == ()


def letters(text: str) -> Counter[str]:
    return Counter(char for char in text if char.isalnum())


@pytest.mark.parametrize("make", [div_soup, peraturan], ids=["soup", "peraturan"])
def test_a_page_without_landmarks_is_judged_inside_the_sandbox_too(make: Callable[[], Made], tmp_path: Path) -> None:
    name, data, wanted = make()
    (tmp_path / name).write_bytes(data)
    found = gather([Source(tmp_path / name, name, "made")], [])
    assert not found.refused
    assert [clause.text for clause in found.clauses.values()] == [text for text, _, _ in wanted]


@pytest.mark.parametrize("make", DOCUMENTS, ids=lambda make: make.__name__)
def test_every_letter_of_the_page_is_in_the_text(make: Callable[[], Made]) -> None:
    name, data, _ = make()
    soup = BeautifulSoup(re.sub(r"^<\?xml[^>]*>", "", decoded(data)), "html.parser")
    for element in soup.find_all(["script", "style", "head", "template"]):
        element.decompose()
    assert letters(soup.get_text()) - letters(read_html(data, name).text) == Counter()


TAGS = (
    "div p ul ol li table tr td th dl dt dd b span a h1 h2 main nav aside br details summary blockquote section header footer form button"
    " pre sup caption"
).split()
ATTRIBUTES = (
    "", " hidden", " href=#x", " class=sidebar", " rowspan=2", " colspan=3", " type=a", " value=4", " role=main", " role=listitem",
    " style='mso-list:l0 level2 lfo1'", " style='mso-list:Ignore'", " style='display:block'", " style='font-family:Symbol'",
)  # fmt: skip
WORDS = ["Ask", "first.", "1.", "(a)", "Pasal 5", "4.2", "•", "¶", " ", "\n", "Rules", "Contents"]
PIECES = st.one_of(
    st.builds("<{}{}>".format, st.sampled_from(TAGS), st.sampled_from(ATTRIBUTES)),
    st.builds("</{}>".format, st.sampled_from(TAGS)),
    st.sampled_from(WORDS),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=30).map("".join))
def test_of_any_page_every_letter_is_in_a_block_its_number_or_left_out(body: str) -> None:
    document = page(body)
    covered = bytearray(len(document.text))
    for piece in (*document.blocks, *document.left_out):
        assert document.text[piece.start : piece.end] == piece.text
        covered[piece.start : piece.end] = b"\x01" * (piece.end - piece.start)
    numbers = "".join(block.number or "" for block in document.blocks)
    lost = "".join(char for char, here in zip(document.text, covered, strict=True) if not here)
    assert re.sub(r"\s", "", lost) == re.sub(r"\s", "", numbers)
    soup = BeautifulSoup(f"<body>{body}</body>", "lxml")
    assert letters(soup.get_text()) - letters(document.text) == Counter()
