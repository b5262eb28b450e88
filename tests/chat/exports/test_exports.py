"""Every format, opened again with the library that people open it with."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from typing import Any

import pytest
from docx import Document
from markdown_it import MarkdownIt
from openpyxl import load_workbook

from chat.exports import FORMATS, Report
from chat.exports.parts import common, writable
from chat.exports.plain import WIDTH
from chat.exports.rows import COLUMNS
from chat.exports.words import WORDS, covered
from kb.compare import Coverage
from tests.chat.exports.fixture import DRAFTED, EMPTY, HOSTILE, PUBLISHED, report


def text(of: Report, kind: str) -> str:
    made = FORMATS[kind].write(of)
    assert isinstance(made, str)
    return made


def workbook(of: Report) -> Any:
    made = FORMATS["xlsx"].write(of)
    assert isinstance(made, bytes)
    return load_workbook(io.BytesIO(made))


def document(of: Report) -> Any:
    made = FORMATS["docx"].write(of)
    assert isinstance(made, bytes)
    return Document(io.BytesIO(made))


def all_text(of: Any) -> str:
    """Paragraphs and cells of a Word document."""
    cells = [cell.text for table in of.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in of.paragraphs), *cells])


def parsed(of: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text(of, "csv"), newline="")))


def test_both_languages_have_the_same_words_with_the_same_blanks() -> None:
    blanks = {lang: {key: sorted(re.findall(r"{\w+}", words)) for key, words in table.items()} for lang, table in WORDS.items()}
    assert blanks["en"] == blanks["id"]


def test_no_two_coverages_look_alike_without_colour() -> None:
    assert len({covered(coverage, "en")[0] for coverage in Coverage}) == len(Coverage)
    assert len({covered(coverage, "id")[2:] for coverage in Coverage}) == len(Coverage)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("draft", [DRAFTED, EMPTY, None], ids=["draft", "empty", "none"])
def test_every_format_is_made_of_every_report(kind: str, lang: str, draft: Any) -> None:
    made = FORMATS[kind].write(report(draft, lang, *(PUBLISHED[:1] if draft else ())))
    assert made
    assert isinstance(made, bytes) is FORMATS[kind].binary


def test_without_a_draft_s_sector_only_a_sector_with_policies_enough_is_named() -> None:
    assert common(report(None).comparison.practices[21], report(None)) == "2 of 4; not known of 1"  # two of two would not tell


def test_how_common_a_rule_is_names_the_draft_s_sector_and_what_is_not_known() -> None:
    rows = {row.subject: row for row in report().comparison.practices}
    assert common(rows[22], report()) == "2 of 4; 2 of 2 in government; not known of 1"
    assert common(rows[22], report(lang="id")) == "2 dari 4; 2 dari 2 di bidang pemerintahan; tidak diketahui pada 1"


# --- table ---


def test_the_table_keeps_to_the_width_of_a_terminal_and_says_the_gaps_first() -> None:
    lines = text(report(), "table").splitlines()
    assert max(map(len, lines)) <= WIDTH
    gaps = [line for line in lines if re.match(r"[✗○◐] ", line)]
    assert gaps[0].startswith("✗ against it") and "22. Ask before you tell a customer's story" in gaps[0]
    assert lines[lines.index(gaps[0]) + 1].strip() == "2 of 4; 2 of 2 in government; not known of 1"
    assert len(gaps) == 23  # all but 1 and 18
    assert any("“Staff may share customers' stories without asking them.”" in line for line in lines)


def test_the_table_lets_no_character_through_that_moves_the_cursor() -> None:
    shown = text(report(DRAFTED, "en", PUBLISHED[3]), "table")
    assert {unicodedata.category(char) for char in shown if char != "\n"}.isdisjoint({"Cc", "Cf", "Cs"})


def test_an_empty_draft_misses_all_25() -> None:
    assert "0 covered, 0 in part, 25 missing, 0 against, 0 not known" in " ".join(text(report(EMPTY), "table").split())
    assert {row["coverage"] for row in parsed(report(EMPTY)) if row["policy_id"] == "handbook"} == {"missing"}


def test_without_a_draft_the_table_says_how_common_each_practice_is() -> None:
    shown = text(report(None), "table")
    assert re.search(r"22\. Ask before you tell a customer's story +2 of 4; not known of 1", shown)


# --- csv ---


def test_csv_has_a_row_for_each_practice_and_policy_the_draft_first() -> None:
    found = parsed(report())
    assert tuple(found[0]) == COLUMNS
    assert len(found) == 25 * 5
    [row] = [row for row in found if row["practice"] == "22" and row["policy_id"] == "handbook"]
    assert row["coverage"] == "contradicts" and row["clause_ids"] == "handbook/1"
    assert row["quote"] == "Staff may share customers' stories without asking them."
    assert len(parsed(report(None))) == 25 * 4


def test_a_partial_policy_is_never_said_to_miss_a_practice() -> None:
    found = {row["practice"]: row["coverage"] for row in parsed(report()) if row["policy_id"] == "gamma"}
    assert found.pop("18") == "covered"
    assert set(found.values()) == {"unknown"}


@pytest.mark.parametrize("hostile", HOSTILE)
def test_no_csv_cell_is_a_formula(hostile: str) -> None:
    from dataclasses import replace

    told = replace(report(), titles={22: hostile})
    cells = [value for row in parsed(told) for value in row.values()]
    assert not [cell for cell in cells if cell.lstrip().startswith(("=", "+", "-", "@"))]
    assert hostile.replace("\x00", "\ufffd") in [cell.removeprefix("'") for cell in cells]


# --- xlsx ---


def test_the_workbook_has_a_sheet_for_each_view() -> None:
    assert workbook(report(DRAFTED, "en", PUBLISHED[0])).sheetnames == [
        "Gaps", "Practices × policies", "Topics × policies", "Clauses side by side", "Draft quality", "Policy against policy",
        "Where policies disagree", "Sources",
    ]  # fmt: skip
    assert workbook(report(None)).sheetnames[0] == "Practices × policies"


def test_every_sheet_has_a_head_that_stays_a_filter_and_no_formula() -> None:
    for sheet in workbook(report(DRAFTED, "en", *PUBLISHED)):
        assert sheet.freeze_panes.endswith("2"), sheet.title
        assert sheet.auto_filter.ref == sheet.dimensions
        assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n", "inlineStr"}


def test_hostile_clauses_stay_exact_text_in_the_workbook() -> None:
    values = {cell.value for row in workbook(report(DRAFTED, "en", PUBLISHED[3]))["Policy against policy"].iter_rows() for cell in row}
    assert {writable(hostile) for hostile in HOSTILE} <= values


def test_a_coverage_in_the_workbook_has_a_sign_a_word_and_a_colour() -> None:
    sheet = workbook(report())["Practices × policies"]
    assert [cell.value for cell in sheet[1]][:4] == ["Practice", "Overall", "Draft", "Alpha Guidelines"]
    row = next(row for row in sheet.iter_rows(min_row=2) if row[0].value.startswith("22."))
    assert [cell.value for cell in row[2:6]] == ["✗ against it", "✓ covered", "✓ covered", "? not known"]
    assert len({cell.fill.fgColor.rgb for cell in (row[2], row[3], row[5])}) == 3


# --- docx ---


def test_the_document_has_the_gaps_as_a_checklist_with_the_clause_to_start_from() -> None:
    of = document(report())
    boxes = [paragraph.text for paragraph in of.paragraphs if paragraph.text.startswith("☐") and paragraph.style.name == "Heading 2"]
    assert len(boxes) == 23
    assert boxes[0] == "☐ 22. Ask before you tell a customer's story: against it"
    assert "☐ To start from: [Somebody] settles 22." in all_text(of)
    assert "How common: 2 of 4; 2 of 2 in government; not known of 1" in all_text(of)


def test_the_document_lays_a_contradiction_beside_the_published_clauses() -> None:
    table = document(report()).tables[0]
    assert [cell.text for cell in table.rows[0].cells] == ["The draft", "Published"]
    ours, theirs = (cell.text for cell in table.rows[1].cells)
    assert ours.startswith("“Staff may share customers' stories without asking them.”\n(Handbook Guidelines · Conduct · no. 4.1 · page 1)")
    assert theirs.startswith("“Ask a customer before you tell their story.”")


def test_the_document_holds_hostile_clauses_as_exact_text() -> None:
    found = all_text(document(report(DRAFTED, "en", PUBLISHED[3])))
    assert [hostile for hostile in HOSTILE if writable(hostile) not in found] == []


def test_the_document_says_of_each_source_how_much_of_it_was_available() -> None:
    found = all_text(document(report()))
    assert "parts of it: chapters 3 to 9" in found and "https://gamma.example/policy" in found


def test_the_document_is_in_the_report_s_language() -> None:
    of = document(report(lang="id"))
    assert of.core_properties.language == "id-ID"
    found = all_text(of)
    assert "Handbook Guidelines di samping 25 praktik" in found
    assert "bertentangan" in found and "against it" not in found
    assert "“Ask a customer before you tell their story.”" in found  # a quotation stays in its own language


# --- json ---


def test_what_counts_stands_with_every_gap() -> None:
    for shown in (text(report(), "md"), all_text(document(report()))):
        assert "Any of this covers it: the whole of 22." in shown and "This covers it only in part: a piece of 22." in shown
    [practice] = [row for row in json.loads(text(report(), "json"))["practices"] if row["practice"] == 22]
    assert (practice["covered_by"], practice["partly_by"]) == ("the whole of 22", "a piece of 22")


def test_json_holds_everything_under_stable_keys() -> None:
    found = json.loads(text(report(DRAFTED, "en", PUBLISHED[0]), "json"))
    assert set(found) == {
        "made", "index", "lang", "draft", "counts", "gaps", "practices", "topics", "peers", "rules", "notes", "policies",
    }  # fmt: skip
    [row] = [row for row in found["practices"] if row["practice"] == 22]
    assert row["common"]["covering"] == 2 and row["common"]["sectors"]["government"] == {"covering": 2, "of": 2, "unknown": 0}
    assert row["draft"]["coverage"] == "contradicts"
    assert row["draft"]["against"][0]["quote"] == "Staff may share customers' stories without asking them."
    assert row["draft"]["against"][0]["page"] == 1
    assert found["gaps"][0] == 22
    assert found["counts"] == {"contradicts": 1, "missing": 22, "partly": 0, "covered": 2, "unknown": 0}
    assert [rule["coverage"] for rule in found["rules"]["alpha"]] == ["covered", "covered"]
    assert json.loads(text(report(None), "json"))["draft"] is None


# --- markdown ---


def test_markdown_shows_hostile_clauses_as_exact_text_and_nothing_of_them_as_markup() -> None:
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text(report(DRAFTED, "en", PUBLISHED[3]), "md"))
    inline = [child for token in tokens for child in token.children or ()]
    assert not [token for token in (*tokens, *inline) if token.type in ("html_block", "html_inline", "code_inline", "ordered_list_open")]
    links = {child.attrs["href"] for child in inline if child.type == "link_open"}
    assert links == {"https://source.example/judgement", *(of.policy.url for of in PUBLISHED)}
    shown = "\n".join("".join(child.content for child in token.children or ()) for token in tokens if token.type == "inline")
    assert [hostile for hostile in HOSTILE if " ".join(writable(hostile).split()) not in shown] == []


def test_legal_notes_are_information_wherever_they_stand() -> None:
    for kind in ("table", "md", "json"):
        assert "Information, not legal advice" in text(report(), kind).replace("\\", "")
    assert "Information, not legal advice" in all_text(document(report()))
    assert "Informasi, bukan nasihat hukum" in all_text(document(report(lang="id")))
