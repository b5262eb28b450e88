"""A draft compared in a real browser over the real server: sent, filtered, read by cell, taken along; by mouse and keyboard, under axe."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from openpyxl import load_workbook
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from tests.chat.web.conftest import CHROMIUM
from tests.chat.web.test_screens import opened, violations

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing; apt install chromium"),
]
sync_api = pytest.importorskip("playwright.sync_api", reason="NO BROWSER: playwright is missing; pip install -e '.[test]'")
expect = sync_api.expect
RULES = (
    "Never post anything confidential about the company.",
    "Say that you work for us when you recommend our products.",
    "If you are unsure, ask the communications team before you post.",
)


def written(folder: Path, kind: str) -> Path:
    """The three rules as a file of this kind."""
    file = folder / f"draft.{kind}"
    if kind == "docx":
        document = Document()
        document.add_heading("Our rules", 1)
        for rule in RULES:
            document.add_paragraph(rule, style="List Bullet")
        document.save(str(file))
    elif kind == "pdf":
        packet = io.BytesIO()
        canvas = Canvas(packet, pagesize=A4)
        for at, rule in enumerate(RULES, 1):
            canvas.drawString(72, 780 - 30 * at, f"{at}. {rule}")
        canvas.save()
        file.write_bytes(packet.getvalue())
    else:
        file.write_text("# Our rules\n\n" + "".join(f"- {rule}\n" for rule in RULES), "utf-8")
    return file


def send(page: Any, file: Path) -> None:
    """Chooses the file and compares it."""
    page.locator("input[type=file]").set_input_files(str(file))
    page.locator("form:has(input[type=file]) button.af-main").first.click()
    page.wait_for_load_state("load")


@pytest.mark.parametrize("kind", ["docx", "pdf", "md"])
def test_a_draft_is_sent_filtered_read_and_taken_along(kind: str, browser: Any, address: str, tmp_path: Path) -> None:
    with opened(browser, address, "compare?lang=en") as page:
        send(page, written(tmp_path, kind))
        for number, covered in ((7, True), (18, True), (25, True), (15, False)):
            assert (page.locator(f"input[name=practice][value='{number}']").count() == 0) is covered, number
        expect(page.locator(".af-tally").first).to_contain_text("77")
        page.locator("select[name=sector]").select_option("health")
        expect(page.locator(".af-tally").first).not_to_contain_text("77")
        page.locator("#af-cmp-result details:has(#af-cmp-table) > summary").click()
        page.locator("#af-cmp-table tbody tr").nth(6).locator("a[data-cell]").first.click()
        expect(page.locator("dialog#af-cmp-over[open]")).to_contain_text(RULES[0])
        page.keyboard.press("Escape")
        with page.expect_download() as loading:
            page.locator("a[download][href*='report.xlsx']").click()
        book = load_workbook(io.BytesIO(Path(loading.value.path()).read_bytes()))
        assert len(book.sheetnames) >= 4 and any(RULES[0] in str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)


def test_filters_that_are_set_before_a_draft_is_sent_hold_for_it(browser: Any, address: str, tmp_path: Path) -> None:
    with opened(browser, address, "compare?lang=en") as page:
        page.locator("select[name=sector]").select_option("health")
        expect(page.locator(".af-tally").first).not_to_contain_text("77")
        send(page, written(tmp_path, "md"))
        assert "sector=health" in page.url
        expect(page.locator("select[name=sector]")).to_have_value("health")
        expect(page.locator(".af-tally").first).not_to_contain_text("77")


def test_who_comes_back_to_the_page_may_compare_again(browser: Any, address: str) -> None:
    with opened(browser, address, "compare?lang=en") as page:
        page.evaluate("document.getElementById('af-cmp-draft').addEventListener('submit', (event) => event.preventDefault())")
        button = page.locator("#af-cmp-draft button.af-main")
        button.click()
        expect(button).to_have_text("Reading and comparing …")
        page.evaluate("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))")
        expect(button).to_have_text("Compare")
        expect(button).not_to_have_attribute("aria-busy", "true")


def test_the_map_is_drawn_here_and_a_click_opens_both_clauses(browser: Any, address: str) -> None:
    with opened(browser, address, "compare?policy=gitlab&lang=en") as page:
        page.wait_for_selector(".af-cmp-map .main-svg", timeout=20_000)
        squares = page.locator(".af-cmp-map .nsewdrag").first
        squares.scroll_into_view_if_needed()
        box = squares.bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.42)
        page.mouse.move(box["x"] + box["width"] * 0.005, box["y"] + box["height"] * 0.42)
        expect(page.locator(".af-cmp-map .hoverlayer .hovertext")).to_be_visible()
        page.mouse.down()
        page.mouse.up()
        expect(page.locator("dialog#af-cmp-over[open]")).to_be_visible()


def test_a_file_that_cannot_be_read_gets_a_message_and_the_next_one_is_compared(browser: Any, address: str, tmp_path: Path) -> None:
    with opened(browser, address, "compare?lang=id") as page:
        bad = tmp_path / "hostile.pdf"
        bad.write_bytes(b"%PDF-1.7\n<script>alert(1)</script>")
        send(page, bad)
        expect(page.get_by_role("alert")).to_contain_text("hostile.pdf")
        send(page, written(tmp_path, "md"))
        expect(page.get_by_role("alert")).to_have_count(0)
        assert page.locator("input[name=practice]").count() > 5


def test_by_keyboard_alone(browser: Any, address: str) -> None:
    with opened(browser, address, "compare?policy=gitlab&lang=en") as page:
        summary = page.locator("#af-cmp-result details:has(#af-cmp-table) > summary")
        summary.focus()
        page.keyboard.press("Enter")
        page.locator("#af-cmp-table tbody td > [tabindex='0']").focus()
        before = page.evaluate("document.activeElement.closest('tr').rowIndex")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowRight")
        assert page.evaluate("document.activeElement.closest('tr').rowIndex") == before + 1
        page.locator(".af-cmp-gap a[data-cell]").first.focus()
        page.keyboard.press("Enter")
        expect(page.locator("dialog#af-cmp-over[open]")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator("dialog#af-cmp-over[open]")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_axe_finds_nothing_serious(lang: str, scheme: str, browser: Any, address: str) -> None:
    with opened(browser, address, f"compare?policy=gitlab&with=ibm&lang={lang}", color_scheme=scheme) as page:
        page.wait_for_selector(".af-cmp-map .main-svg", timeout=20_000)
        page.locator("#af-cmp-result details:has(#af-cmp-table) > summary").click()
        assert violations(page) == []
