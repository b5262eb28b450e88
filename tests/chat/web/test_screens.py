"""From an answer to its clause and back, letters, copies and links, in a real browser over the real server; every screen under axe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from chat.web.words import WORDS
from tests.chat.web.conftest import CHROMIUM
from tests.chat.web.library import PAYLOADS
from tests.chat.web.test_browser import LOGO, PATIENCE, answered, box, switched, typed, visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, so the screens go untested; apt install chromium"
    ),
]
sync_api = pytest.importorskip("playwright.sync_api", reason="NO BROWSER: playwright is missing; pip install -e '.[test]'")
expect = sync_api.expect

CLAUSE = "clauses/practices/22/6"
SCREENS = (
    CLAUSE,
    "clauses/nothing",
    "policies",
    "policies?q=customer+photo",
    "policies/practices",
    "about",
    "compare?policy=practices&policy=intel",
)


@contextmanager
def opened(browser: Any, address: str, path: str, **options: Any) -> Iterator[Any]:
    """A screen of the server's own, without the chat; nothing must have left this machine, nor anything have gone wrong."""
    context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    try:
        page.goto(f"{address}/{path}")
        yield page
    finally:
        context.close()
    assert {url for url in asked if not url.startswith((address, "data:", "blob:"))} == set()
    assert wrong == []


def over(page: Any) -> Any:
    """The screen that lies over the conversation."""
    return page.locator("dialog[open]")


def violations(page: Any, context: Any = None) -> list[str]:
    """What axe finds serious or critical, each with the first place where it does."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, context).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:160]}" for v in found if v["impact"] in ("serious", "critical")]


# --- from an answer to its clause and back --------------------------------------------------------------------------


@pytest.mark.parametrize("back", ["the browser's back", "Escape", "the button"])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_citation_opens_its_clause_over_the_conversation_which_is_there_afterwards(
    lang: str, back: str, browser: Any, address: str
) -> None:
    with visit(browser, address, f"?lang={lang}") as page:
        card = typed(page, LOGO[lang])
        quoted = card.locator("figure.af-quote").first
        text = quoted.locator("blockquote").inner_text()
        link = quoted.get_by_role("link", name=WORDS[lang]["in_context"])
        link.click()
        expect(over(page).locator("h1")).to_be_visible(timeout=PATIENCE)
        expect(over(page).locator("main")).to_have_attribute("lang", lang)
        cited = over(page).locator(".af-cited p")
        expect(cited).to_have_text(text)
        expect(cited).to_be_in_viewport()
        expect(over(page).locator(".af-put li")).not_to_have_count(0)
        if back == "the button":
            over(page).get_by_role("button", name=WORDS[lang]["close"]).click()
        elif back == "Escape":
            page.keyboard.press("Escape")
        else:
            page.go_back()
        expect(over(page)).to_have_count(0)
        expect(card.locator("h2.af-verdict")).to_be_visible()
        expect(link).to_be_focused()
        typed(page, LOGO[lang], 2)  # the conversation goes on


def test_from_clause_to_clause_and_back_one_step_at_a_time(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        typed(page, LOGO["en"]).locator("a[data-over]").first.click()
        first = over(page).locator("h1").inner_text()
        over(page).locator(".af-put li a").first.click()
        expect(over(page).locator("h1")).not_to_have_text(first, timeout=PATIENCE)
        page.go_back()
        expect(over(page).locator("h1")).to_have_text(first, timeout=PATIENCE)
        # From there to the policies, and a search there.
        over(page).get_by_role("link", name="Policies").first.click()
        over(page).locator("input[type=search]").fill("a customer's photo")
        page.keyboard.press("Enter")
        expect(over(page).locator(".af-hit")).not_to_have_count(0, timeout=PATIENCE)
        page.keyboard.press("Escape")
        expect(over(page)).to_have_count(0)
        expect(page.locator("article.af-answer")).to_have_count(1)
        # Other screens open over a conversation too, and do not end it.
        page.locator("#af-screens").get_by_role("link", name="About").click()
        expect(over(page).locator("h1")).to_have_text(WORDS["en"]["about_title"], timeout=PATIENCE)
        over(page).get_by_role("button", name="Close").click()
        expect(page.locator("article.af-answer")).to_have_count(1)


def test_the_keyboard_alone_gets_to_the_clause_and_to_the_letter(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        expect(box(page)).to_be_focused(timeout=PATIENCE)
        page.keyboard.type(LOGO["en"])
        page.keyboard.press("Enter")
        card = answered(page)
        reach(page, "a[data-over]")
        page.keyboard.press("Enter")
        expect(over(page).locator("h1")).to_be_visible(timeout=PATIENCE)
        for _ in range(60):  # focus stays in what lies on top
            page.keyboard.press("Tab")
            assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
        page.keyboard.press("Escape")
        expect(over(page)).to_have_count(0)
        reach(page, ".af-letter > summary")
        page.keyboard.press("Enter")
        reach(page, ".af-letter textarea")
        page.keyboard.press("Control+End")
        page.keyboard.type("\nPlease tell me by noon.")
        assert card.locator("textarea").input_value().endswith("Please tell me by noon.")


def reach(page: Any, selector: str) -> None:
    """Tabs until something of this kind has the focus."""
    for _ in range(80):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not reach {selector}")


# --- what one takes along -------------------------------------------------------------------------------------------


def test_a_message_to_the_contact_goes_as_it_was_changed(browser: Any, address: str) -> None:
    with visit(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        card = typed(page, LOGO["en"])
        card.locator(".af-letter > summary").click()
        letter = card.locator("textarea")
        assert LOGO["en"] in letter.input_value()
        letter.fill("Changed: may I? 100 % & more\nThanks")
        # The mail program is not started by the test; what it would get is looked at.
        page.evaluate("document.addEventListener('click', (e) => e.target.closest('[data-mail]') && e.preventDefault())")
        link = card.get_by_role("link", name=WORDS["en"]["mail_open"])
        link.click()
        mail = urlsplit(link.get_attribute("href"))
        assert mail.scheme == "mailto" and parse_qs(mail.query)["body"] == ["Changed: may I? 100 % & more\r\nThanks"]
        card.get_by_role("button", name=WORDS["en"]["letter_copy"]).click()
        expect(page.locator(".af-status")).to_have_text(WORDS["en"]["copied"])
        assert page.evaluate("navigator.clipboard.readText()") == "Changed: may I? 100 % & more\nThanks"
        # One too long for a link is copied whole, and the mail says so.
        letter.fill("long " * 600)
        link.click()
        expect(page.locator(".af-status")).to_have_text(WORDS["en"]["mail_long"])
        assert parse_qs(urlsplit(link.get_attribute("href")).query)["body"] == [WORDS["en"]["mail_long"]]
        assert page.evaluate("navigator.clipboard.readText()") == "long " * 600
        # A further answer takes nothing of it away.
        typed(page, "May I post this on my own account?", 2)
        expect(page.locator(".af-letter textarea").first).to_have_value("long " * 600)
        expect(page.locator(".af-letter textarea").first).to_be_visible()
        assert page.locator(".af-letter textarea").last.input_value().startswith(WORDS["en"]["mail_question"])


def test_an_answer_is_copied_with_its_citations_and_its_question_as_a_link(browser: Any, address: str) -> None:
    with visit(browser, address, permissions=["clipboard-read", "clipboard-write"]) as page:
        card = typed(page, LOGO["en"])
        card.get_by_role("button", name=WORDS["en"]["copy_answer"]).click()
        expect(card.get_by_role("button", name=WORDS["en"]["copied"])).to_be_visible()
        copied = page.evaluate("navigator.clipboard.readText()")
        assert card.locator("figure.af-quote").first.get_attribute("data-clause") in copied
        assert card.locator("blockquote").first.inner_text() in copied
        card.get_by_role("button", name=WORDS["en"]["link_question"]).click()
        page.wait_for_function("navigator.clipboard.readText().then((text) => text.startsWith('http'))")
        link = page.evaluate("navigator.clipboard.readText()")
        assert link == f"{address}/?lang=en#q={quote(LOGO['en'], safe='')}"
    with visit(browser, address, link.removeprefix(f"{address}/")) as page:
        expect(box(page)).to_have_value(LOGO["en"], timeout=PATIENCE)
        expect(page.locator("article.af-answer")).to_have_count(0)


def test_the_draft_is_a_screen_of_its_own_and_offers_no_link(browser: Any, address: str) -> None:
    with visit(browser, address, "?kind=draft&lang=id") as page:
        current = page.locator("#af-screens [aria-current=page]")
        expect(page.locator("#af-send")).to_have_text(WORDS["id"]["send_draft"], timeout=PATIENCE)
        expect(current).to_have_text(WORDS["id"]["nav_draft"])
        card = typed(page, "Bangga dengan tim kami hari ini!")
        expect(page.locator(".af-said.af-drafted")).to_have_count(1)
        expect(card.get_by_role("button", name=WORDS["id"]["link_question"])).to_have_count(0)
        # The navigation changes what is sent; it does not end the conversation.
        page.locator("#af-screens").get_by_role("link", name=WORDS["id"]["nav_ask"]).click()
        expect(current).to_have_text(WORDS["id"]["nav_ask"], timeout=PATIENCE)
        expect(page.locator("#af-send")).to_have_text(WORDS["id"]["send_question"])
        expect(page.locator("article.af-answer")).to_have_count(1)


def test_a_draft_is_checked_mended_and_checked_again(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        page.locator("#af-kind label", has_text=WORDS["en"]["kind_draft"]).click()
        typed(page, "So proud! Stay tuned before we announce it on Monday. Call Budi at +62 812 3456 7890.")
        marks = page.locator(".af-said mark")
        expect(marks).not_to_have_count(0)
        assert page.locator(".af-findings li").count() >= marks.count()
        page.locator("#af-kind label", has_text=WORDS["en"]["kind_question"]).click()
        page.get_by_role("button", name=WORDS["en"]["draft_again"]).click()
        expect(box(page)).to_be_focused()
        expect(box(page)).to_have_value(re.compile("^So proud! Stay tuned"))
        expect(page.locator("#af-send")).to_have_text(WORDS["en"]["send_draft"], timeout=PATIENCE)
        box(page).fill("So proud of the team today!")
        page.locator("#af-send").click()
        answered(page, 2)
        expect(page.locator(".af-said")).to_have_count(2)
        expect(page.locator(".af-said").last.locator("mark")).to_have_count(0)


# --- every screen ---------------------------------------------------------------------------------------------------


def test_chat_and_screens_agree_on_the_language(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        switched(page, "id")
        page.locator("#af-screens").get_by_role("link", name=WORDS["id"]["nav_policies"]).click()
        expect(page.locator("h1")).to_have_text(WORDS["id"]["policies_title"], timeout=PATIENCE)
        page.goto(f"{address}/about")  # an address without a language, in an English browser
        expect(page.locator("h1")).to_have_text(WORDS["id"]["about_title"], timeout=PATIENCE)
        page.locator(".af-langs a", has_text="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        page.goto(f"{address}/")
        expect(page.locator("#af-send")).to_have_text(WORDS["en"]["send_question"], timeout=PATIENCE)
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_without_scripts_the_screens_still_work(browser: Any, address: str) -> None:
    with opened(browser, address, "policies?lang=en", java_script_enabled=False) as page:
        page.locator("input[type=search]").fill("a customer's logo")
        page.get_by_role("button", name="Search").click()
        page.locator(".af-hit a").first.click()
        expect(page.locator(".af-cited")).to_have_count(1)
        page.get_by_role("link", name=WORDS["en"]["whole_policy"]).click()
        expect(page.locator(".af-clause")).not_to_have_count(1)
        page.locator(".af-langs a", has_text="Bahasa").click()
        expect(page.locator("html")).to_have_attribute("lang", "id")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", SCREENS)
def test_axe_finds_nothing_serious_on_a_screen(path: str, scheme: str, browser: Any, address: str) -> None:
    with opened(browser, address, path, color_scheme=scheme) as page:
        for fold in page.locator("main details > summary").all():
            fold.click()
        assert violations(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_chat(scheme: str, browser: Any, address: str) -> None:
    with visit(browser, address, color_scheme=scheme) as page:
        assert violations(page) == []
        typed(page, LOGO["en"])
        for fold in page.locator("article.af-answer details > summary").all():
            fold.click()
        assert violations(page) == []
        page.locator("a[data-over]").first.click()
        expect(over(page).locator("h1")).to_be_visible(timeout=PATIENCE)
        assert violations(page, "dialog") == []


@pytest.mark.parametrize("path", [*SCREENS, "policies/intel"])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_on_a_phone_nothing_of_a_screen_sticks_out(lang: str, path: str, browser: Any, address: str) -> None:
    phone: dict[str, Any] = {"viewport": {"width": 320, "height": 720}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    with opened(browser, address, f"{path}{'&' if '?' in path else '?'}lang={lang}", **phone) as page:
        for fold in page.locator("main details > summary").all():
            fold.click()
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        sizes = [target.bounding_box() for target in page.locator("nav a, button, .af-button, input, select, summary").all()]
        assert all(size["height"] >= 24 and size["width"] >= 24 for size in sizes if size)  # WCAG 2.2, 2.5.8


def test_no_address_makes_a_screen_run_what_it_says(browser: Any, address: str) -> None:
    with opened(browser, address, "about") as page:
        page.add_init_script("window.alert = () => { throw new Error('it ran'); }")
        for payload in PAYLOADS:
            given = quote(payload)
            page.goto(
                f"{address}/policies?q={given}&topic={given}&organisation={given}&lang={given}#{given}", wait_until="domcontentloaded"
            )
            expect(page.locator("h1")).to_have_text(re.compile("Policies|Kebijakan"))
