"""Word files are read as Word prints them; what is no Word file, or none that can be read whole, is refused in one line."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections import Counter
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ingest.document import Document, Kind, Refusal, Why
from ingest.read.docx import read_docx
from ingest.split import title_of
from tests.ingest.documents.docx import DOCUMENTS, HEADINGS, Made
from tests.ingest.documents.word import cell, level, numbering, p, run, style, table, word

LISTS = numbering(
    {1: [level(0, "decimal", "%1.", left=360), level(1, "lowerLetter", "(%2)", left=720)], 2: [level(0, "bullet", "-", left=360)]}
)
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def read(body: str, styles: str = HEADINGS, **others: str) -> Document:
    return read_docx(word(body, LISTS, styles, **others), "rules.docx")


def texts(body: str) -> list[str]:
    return [block.text for block in read(body).blocks]


def left(document: Document, why: Why) -> list[str]:
    return [piece.text for piece in document.left_out if piece.why is why]


def squashed(text: str) -> str:
    return "".join(text.replace("\u00ad", "").split())


def written_in(data: bytes) -> str:
    """The letters of a file that Word prints, found without the reader; a typed bullet is a mark, as an automatic one is."""
    found = ""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            if re.fullmatch(r"word/(?:document|footnotes|endnotes|header|footer)\.xml", name):
                for text in etree.fromstring(archive.read(name)).iter(W + "t"):
                    around = {etree.QName(each).localname for each in text.iterancestors()}
                    found += "" if around & {"Fallback", "moveFrom", "del"} else text.text or ""
    return squashed(found.replace("•", ""))


@pytest.mark.parametrize("make", DOCUMENTS, ids=lambda make: make.__name__)
def test_no_letter_of_the_file_is_lost(make: Callable[[], Made]) -> None:
    name, data, _ = make()
    assert Counter(written_in(data)) - Counter(squashed(read_docx(data, name).text)) == Counter()


PIECES = st.sampled_from(["Ask.", "4.2 Ask.", "(a)\tAsk", "Pasal 3", "A\nB", "Title", "x" * 200, "•\tAsk", "......... 7", " "])


@given(
    st.lists(
        st.one_of(
            st.builds(
                p,
                PIECES,
                st.sampled_from(["", "Heading1", "Heading2", "Title", "Nameless"]),
                st.sampled_from([None, (1, 0), (1, 1), (2, 0), (0, 0), (7, 3)]),
                st.sampled_from([None, 0, 360, 9999]),
                st.booleans(),
                st.sampled_from(["", "<w:rPr><w:del/></w:rPr>", "<w:rPr><w:vanish/></w:rPr>", '<w:outlineLvl w:val="3"/>']),
            ),
            st.builds(lambda *rows: table(*rows), st.tuples(PIECES, PIECES), st.tuples(PIECES, st.builds(table, st.tuples(PIECES)))),
        ),
        max_size=12,
    )
)
@settings(max_examples=100, deadline=None)
def test_every_letter_of_any_paragraphs_is_in_a_block_its_number_or_left_out(parts: list[str]) -> None:
    data = word("".join(parts), LISTS, HEADINGS)
    document = read_docx(data, "any.docx")
    rest = list(document.text)
    for piece in (*document.blocks, *document.left_out):
        assert document.text[piece.start : piece.end] == piece.text
        assert all(rest[piece.start : piece.end])
        rest[piece.start : piece.end] = [""] * (piece.end - piece.start)
    assert squashed("".join(rest)) == squashed("".join(block.number or "" for block in document.blocks))
    assert Counter(written_in(data)) - Counter(squashed(document.text)) == Counter()


@pytest.mark.parametrize(
    ("properties", "styles", "level"),
    [
        ("Heading1", HEADINGS, 1),
        ("Heading3", HEADINGS, 3),
        ("Own", HEADINGS + style("Own", "Our chapter", "Heading2"), 2),
        ("Own", style("Own", "Our chapter", "", '<w:outlineLvl w:val="4"/>'), 5),
        ("Own", HEADINGS + style("Own", "Not one", "Heading2", '<w:outlineLvl w:val="9"/>'), 0),
        ("Own", style("Own", "Judul 2"), 2),
        ("Own", style("Own", "Überschrift 3"), 3),
        ("Own", style("Own", "Heading for nothing"), 0),
        ("Own", style("Own", "A", "Other") + style("Other", "B", "Own"), 0),
    ],
)
def test_a_style_makes_a_heading(properties: str, styles: str, level: int) -> None:
    [block] = read(p("Gifts", properties), styles).blocks
    assert (block.kind, block.level) == ((Kind.HEADING, level) if level else (Kind.PARAGRAPH, 1))


def test_headings_lie_below_a_title_which_names_the_document() -> None:
    document = read(p("Code of", "Title") + p("conduct", "Title") + p("Gifts", "Heading1") + p("Ask.") + p("Pay", "Heading1"))
    assert title_of(document) == "Code of conduct"
    assert [(block.text, block.level) for block in document.blocks if block.kind is Kind.HEADING] == [
        ("Code of conduct", 1),
        ("Gifts", 2),
        ("Pay", 2),
    ]


@pytest.mark.parametrize(
    ("text", "number", "kind"),
    [
        ("Gifts", (1, 0), Kind.HEADING),
        ("Purpose and scope.", (1, 0), Kind.HEADING),
        ("What you must do", (1, 0), Kind.HEADING),
        ("Be kind to every guest.", None, Kind.HEADING),
        ("Ask before you accept one.", (1, 0), Kind.ITEM),
        ("4.2 Ask before you accept one.", None, Kind.PARAGRAPH),
        ("employees, among them:", (1, 1), Kind.ITEM),
        ("long " * 30, None, Kind.PARAGRAPH),
    ],
)
def test_a_numbered_sentence_in_the_style_of_a_heading_is_a_clause(text: str, number: tuple[int, int] | None, kind: Kind) -> None:
    assert read(p(text, "Heading1", number) + p("Text.")).blocks[0].kind is kind


def test_a_numbered_order_that_heads_nothing_is_a_clause() -> None:
    body = p("Passwords", "Heading1", (1, 0)) + p("Employees must not share them", "Heading2", (1, 1)) + p("More", "Heading1", (1, 0))
    assert [(block.kind, block.text) for block in read(body).blocks] == [
        (Kind.HEADING, "Passwords"),
        (Kind.ITEM, "Employees must not share them"),
        (Kind.HEADING, "More"),
    ]


def test_items_lie_in_one_another_as_their_list_or_their_indent_says() -> None:
    body = p("One", num=(1, 0)) + p("In it", num=(1, 1)) + p("Bullet", num=(2, 0), left=1080) + p("Two", num=(1, 0))
    assert [(b.text, b.level, b.number) for b in read(body).blocks] == [
        ("One", 1, "1."),
        ("In it", 2, "(a)"),
        ("Bullet", 3, None),
        ("Two", 1, "2."),
    ]


def test_a_paragraph_may_leave_the_list_of_its_style() -> None:
    styles = style("Clause", "Clause", "", '<w:numPr><w:numId w:val="1"/></w:numPr>')
    body = p("One", "Clause") + p("Aside", "Clause", (0, 0)) + p("Two", "Clause")
    assert [block.number for block in read(body, styles).blocks] == ["1.", None, "2."]


def test_a_word_that_a_list_puts_first_is_text() -> None:
    lists = numbering({1: [level(0, "none", "Note:")]})
    [block] = read_docx(word(p("Ask.", num=(1, 0)), lists), "a.docx").blocks
    assert (block.text, block.number) == ("Note: Ask.", None)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (run("Ask") + "<w:r><w:br/></w:r>" + run("first."), ["Ask first."]),
        (run("Ask.") + '<w:r><w:br w:type="page"/></w:r>' + run("Wait."), ["Ask. Wait."]),
        ("<w:smartTag>" + run("Ask") + "</w:smartTag>" + run(" Ann."), ["Ask Ann."]),
        ("<w:r><w:ruby><w:rt><w:r><w:t>over</w:t></w:r></w:rt><w:rubyBase>" + run("Ask.") + "</w:rubyBase></w:ruby></w:r>", ["Ask."]),
        ("<m:oMath><m:r><m:t>2x</m:t></m:r></m:oMath>" + run(" is too much."), ["2x is too much."]),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>' + run(" allowed"), ["✓ allowed"]),
        ('<w:r><w:sym w:font="Symbol" w:char="D800"/></w:r>' + run(" Ask."), ["Ask."]),
        ("<w:proofErr/><w:bookmarkStart/>" + run("Ask."), ["Ask."]),
        ("<mc:AlternateContent><mc:Fallback>" + run("Ask.") + "</mc:Fallback></mc:AlternateContent>", ["Ask."]),
    ],
)
def test_runs_are_read_as_they_print(raw: str, expected: list[str]) -> None:
    assert texts(p(raw=raw)) == expected


def test_contents_running_heads_and_hidden_text_are_left_out_by_name() -> None:
    document = read(
        p("Contents", "TOC1") + p("Gifts ........ 3") + p("Ask.", raw=run("secret", more="<w:vanish/>")),
        HEADINGS + style("TOC1", "toc 1"),
        header=p("Acme Ltd"),
        footer=p("Acme Ltd") + p("page 1"),
    )
    assert [block.text for block in document.blocks] == ["Ask."]
    assert left(document, Why.CONTENTS) == ["Contents", "Gifts ........ 3"]
    assert left(document, Why.HIDDEN) == ["secret"]
    assert left(document, Why.RUNNING_HEAD) == ["Acme Ltd", "page 1"]


def test_contents_that_never_end_do_not_swallow_the_document() -> None:
    begun = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>TOC</w:instrText></w:r>'
    assert texts(p(raw=begun + run("Gifts 1")) + p("Gifts", "Heading1") + p("Ask.")) == ["Gifts", "Ask."]


def test_a_head_that_nothing_follows_is_no_head() -> None:
    assert texts(table(("Channel", "Who"), head=True)) == ["Channel\u2003Who"]


def test_a_head_of_two_rows_and_a_note_in_a_cell() -> None:
    bold = [f"<w:tc>{p(text, bold=True)}</w:tc>" for text in ("Kind", "Rule")]
    note = f"<w:tc>{p('Ask.', raw='<w:r><w:footnoteReference w:id=' + chr(34) + '3' + chr(34) + '/></w:r>')}</w:tc>"
    document = read(table(bold, (cell("Photos"), note)), footnotes=f'<w:footnote w:id="3">{p("Twice.")}</w:footnote>')
    assert [(block.text, block.lead) for block in document.blocks] == [("Photos\u2003Ask.", "Kind, Rule"), ("Twice.", "")]


@pytest.mark.parametrize(
    ("data", "found"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "legacy Office file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "password"),
        (word(p("Ask."))[:400], "damaged"),
        (word("<w:altChunk/>"), "kept elsewhere"),
        (word("<w:sdt><w:sdtContent>" * 2000 + "</w:sdtContent></w:sdt>" * 2000), "a few levels deep"),
        (word("<w:p>"), "damaged"),
        (word(p("Ask.") * 400_000), "bytes packed into"),
    ],
    ids=["empty", "head", "legacy", "locked", "cut", "chunk", "deep", "broken", "bomb"],
)
def test_what_cannot_be_read_whole_is_refused_in_one_line(data: bytes, found: str) -> None:
    with pytest.raises(Refusal, match=found) as refusal:
        read_docx(data, "bad.docx")
    assert re.fullmatch(r"expected [^\n;]+; found [^\n;]+; [^\n;]+", str(refusal.value))


def test_entities_are_refused_and_never_followed() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(word(p("Ask.")))) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.endswith("styles.xml"):
                part = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
            after.writestr(name, part)
    with pytest.raises(Refusal, match="entities"):
        read_docx(stream.getvalue(), "bad.docx")


def damaged(data: bytes, chance: random.Random) -> bytes:
    """The file with elements lost or put elsewhere and values exchanged, as only a broken program would write it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w") as after:
        for name in before.namelist():
            part = before.read(name)
            if name.startswith("word/") and name.endswith(".xml"):
                root = etree.fromstring(part)
                its = list(root.iter())[1:]
                for each in chance.sample(its, min(len(its), 6)):
                    parent, other = each.getparent(), chance.choice(its)
                    if each.attrib and chance.random() < 0.5:
                        each.set(chance.choice(list(each.attrib)), chance.choice(["", "-1", "99999999999", "x", "0", "%9", "true"]))
                    elif parent is not None and chance.random() < 0.5:
                        parent.remove(each)
                    elif other not in each.iter():
                        other.append(each)
                part = etree.tostring(root)
            after.writestr(name, part)
    return stream.getvalue()


@pytest.mark.parametrize("seed", range(40))
def test_any_damage_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    _, data, _ = chance.choice([make for make in DOCUMENTS if make.__name__ != "manual"])()
    try:
        document = read_docx(damaged(data, chance), "broken.docx")
    except Refusal as refusal:
        assert str(refusal).startswith("expected")
    else:
        assert all(document.text[block.start : block.end] == block.text for block in document.blocks)
