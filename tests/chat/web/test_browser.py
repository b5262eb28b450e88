"""The page in a real browser over the real server: both languages, keyboard only, a hostile question, a phone, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chat.web.words import EXAMPLES, WORDS
from tests.chat.web.conftest import CHROMIUM

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing, so the page goes untested; apt install chromium"),
]
sync_api = pytest.importorskip("playwright.sync_api", reason="NO BROWSER: playwright is missing; pip install -e '.[test]'")
expect = sync_api.expect

PATIENCE = 30_000  # ms, for a machine that is busy with something else
LOGO = {"en": "May I put a client's logo on a slide that I post?", "id": "Bolehkah logo klien saya tampilkan di slide yang saya unggah?"}
HOSTILE = (
    "May I post <img src=x onerror=alert(1)> <script>window.hacked = 1</script> <svg onload=alert(2)> "
    '</textarea></div><iframe src="https://example.com"></iframe> [a](javascript:alert(3)) about my employer?'
)
# WCAG's contrast of each text against the first ground under it that is not transparent.
CONTRASTS = """(selectors) => {
  const rgb = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    for (; node; node = node.parentElement) {
      const found = rgb(getComputedStyle(node).backgroundColor);
      if (found.length < 4 || found[3] === 1) return found;
    }
    return [255, 255, 255];
  };
  return Object.fromEntries(selectors.map((selector) => {
    const node = document.querySelector(selector);
    const [low, high] = [light(rgb(getComputedStyle(node).color)), light(ground(node))].sort((a, b) => a - b);
    return [selector, (high + 0.05) / (low + 0.05)];
  }));
}"""


@contextmanager
def visit(browser: Any, address: str, query: str = "", **options: Any) -> Iterator[Any]:
    """The page, loaded; at the end nothing must have left this machine, nor anything have gone wrong in the browser."""
    context = browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | options)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    asked: list[str] = []
    wrong: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: wrong.append(f"{message.text} ({message.location})") if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("dialog", lambda dialog: (wrong.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
    try:
        page.goto(f"{address}/{query}")
        expect(box(page)).to_be_visible(timeout=PATIENCE)
        page.wait_for_function("document.documentElement.lang && document.querySelector('#af-lang[role=radiogroup]')")
        yield page
    finally:
        context.close()
    assert {url for url in asked if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1"} == set()
    assert len(asked) > 3
    assert wrong == []


def box(page: Any) -> Any:
    """Where one types."""
    return page.locator("#af-box textarea")


def answered(page: Any, number: int = 1) -> Any:
    """The newest answer, once there are `number` of them."""
    cards = page.locator("article.af-answer")
    expect(cards).to_have_count(number, timeout=PATIENCE)
    expect(page.locator(".af-pending")).to_have_count(0, timeout=PATIENCE)
    return cards.last


def typed(page: Any, text: str, number: int = 1) -> Any:
    """The answer to what is typed and sent with the button."""
    box(page).fill(text)
    page.locator("#af-send").click()
    return answered(page, number)


def switched(page: Any, lang: str) -> None:
    """Chooses the language as a person would."""
    page.locator("#af-lang label", has_text={"en": "English", "id": "Bahasa Indonesia"}[lang]).click()
    expect(page.locator("#af-send")).to_have_text(WORDS[lang]["send_question"], timeout=PATIENCE)


def is_whole(card: Any, page: Any, lang: str, question: str) -> None:
    """A verdict, a rule word for word, and a person with a mail that already says what it is about."""
    expect(card).to_have_attribute("lang", lang)
    expect(card.locator("h2.af-verdict")).not_to_be_empty()
    assert len(card.locator(".af-reason").inner_text()) > 10
    quotation = card.locator("figure.af-quote").first
    expect(quotation).to_have_attribute("data-clause", re.compile("^practices/"))
    expect(quotation.locator("blockquote")).to_have_attribute("lang", lang)
    assert len(quotation.locator("blockquote").inner_text()) > 20
    assert quotation.locator("cite").inner_text()
    contact = card.locator(".af-contact")
    contact.locator(".af-letter > summary").click()
    written = contact.locator("textarea").input_value()
    assert question in written and quotation.get_attribute("data-clause") in written
    assert contact.locator(".af-role").inner_text()
    link = contact.get_by_role("link", name=WORDS[lang]["mail_open"])
    expect(link).to_be_visible()
    mail = urlsplit(link.get_attribute("href"))
    assert mail.scheme == "mailto" and "@" in mail.path
    body = parse_qs(mail.query)["body"][0]
    assert question in body
    assert quotation.get_attribute("data-clause") in body


def test_a_question_is_answered_with_a_verdict_a_quotation_and_a_person(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        assert page.title() == "AskFirst"
        expect(page.locator("html")).to_have_attribute("lang", "en")
        expect(page.locator("h1")).to_have_text(WORDS["en"]["hello"])
        is_whole(typed(page, LOGO["en"]), page, "en", LOGO["en"])
        expect(page.locator(".af-said .af-text")).to_have_text(LOGO["en"])
        expect(box(page)).to_have_value("")


def test_after_the_switch_the_page_and_its_answers_are_indonesian(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        switched(page, "id")
        expect(page.locator("html")).to_have_attribute("lang", "id")
        expect(page.locator("h1")).to_have_text(WORDS["id"]["hello"])
        expect(box(page)).to_have_attribute("placeholder", WORDS["id"]["hint_question"])
        is_whole(typed(page, LOGO["id"]), page, "id", LOGO["id"])
        page.reload()
        expect(page.locator("h1")).to_have_text(WORDS["id"]["hello"])
        expect(page.locator("html")).to_have_attribute("lang", "id")
        switched(page, "en")
        expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize(("locale", "query", "lang"), [("id-ID", "", "id"), ("fr-FR", "", "en"), ("en-GB", "?lang=id", "id")])
def test_the_first_language_is_the_browser_s_or_the_address_s(locale: str, query: str, lang: str, browser: Any, address: str) -> None:
    with visit(browser, address, query, locale=locale) as page:
        expect(page.locator("h1")).to_have_text(WORDS[lang]["hello"], timeout=PATIENCE)
        expect(page.locator("html")).to_have_attribute("lang", lang)


def test_a_question_in_the_address_waits_in_the_box(browser: Any, address: str) -> None:
    with visit(browser, address, "?q=May%20I%20post%20%3Cb%3Ethis%3C/b%3E%3F") as page:
        expect(box(page)).to_have_value("May I post <b>this</b>?", timeout=PATIENCE)
        expect(page.locator("article.af-answer")).to_have_count(0)


def test_an_example_answers_and_a_new_conversation_starts_over(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        page.locator("#af-examples button").last.click()
        answered(page)
        expect(page.locator(".af-said.af-drafted .af-text")).to_have_text(EXAMPLES["en"][3][1])
        typed(page, "And on my own account?", 2)
        page.locator("#af-new").click()
        expect(page.locator("article.af-answer")).to_have_count(0, timeout=PATIENCE)
        expect(page.locator("h1")).to_have_text(WORDS["en"]["hello"])


def test_the_keyboard_is_enough(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        expect(box(page)).to_be_focused(timeout=PATIENCE)  # one can type at once
        page.keyboard.type("May I put a client's logo")
        page.keyboard.press("Shift+Enter")
        page.keyboard.type("on a slide that I post?")
        expect(box(page)).to_have_value("May I put a client's logo\non a slide that I post?")
        page.keyboard.press("Enter")
        card = answered(page)

        page.keyboard.press("Tab")
        reached = []
        for _ in range(45):
            reached.append(page.evaluate("document.activeElement.closest('[id^=af-]')?.id ?? document.activeElement.tagName"))
            page.keyboard.press("Tab")
        assert {"af-send", "af-screens", "af-new", "af-lang", "af-kind", "af-account", "af-history"} <= set(reached)

        # Language: Tab to the group, an arrow in it.
        page.locator("#af-lang input:checked").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator("html")).to_have_attribute("lang", "id", timeout=PATIENCE)
        expect(page.locator("#af-send")).to_have_text(WORDS["id"]["send_question"], timeout=PATIENCE)
        # The answer stays, in the language it was given in.
        expect(card).to_have_attribute("lang", "en")

        # What is folded away opens, too.
        fold = page.locator("article.af-answer details > summary").first
        fold.focus()
        page.keyboard.press("Enter")
        expect(page.locator("article.af-answer details").first).to_have_attribute("open", "")


def test_focus_can_be_seen(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        expect(box(page)).to_be_focused(timeout=PATIENCE)
        unseen = []
        for _ in range(12):
            page.keyboard.press("Tab")
            unseen += page.evaluate(
                """() => {
                  const at = document.activeElement;
                  if (at === document.body) return [];
                  const shown = [at, at.closest("label"), at.closest("#af-desk")].filter(Boolean).map((node) => getComputedStyle(node));
                  const seen = shown.some((s) => (s.outlineStyle !== "none" && s.outlineWidth !== "0px") || s.boxShadow !== "none");
                  return seen ? [] : [at.outerHTML.slice(0, 120)];
                }"""
            )
        assert unseen == []


def test_a_hostile_question_is_shown_as_text_and_runs_nothing(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        card = typed(page, HOSTILE)
        said = page.locator(".af-said .af-text")
        expect(said).to_have_text(HOSTILE)
        assert page.evaluate("window.hacked") is None
        inside = page.locator("#af-history")
        for tag in ("img", "script", "iframe", "svg[onload]", "[onerror]", "a[href^='javascript:' i]"):
            expect(inside.locator(tag)).to_have_count(0)
        card.locator(".af-letter > summary").click()
        link = card.get_by_role("link", name=WORDS["en"]["mail_open"]).get_attribute("href")
        assert link.startswith("mailto:") and not re.search(r'[<>"\s]', link)
        # The same from the address, where somebody else may have written it.
        page.goto(f"{address}/?q=%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E&lang=%3Cscript%3E")
        expect(box(page)).to_have_value("<img src=x onerror=alert(1)>", timeout=PATIENCE)
        expect(page.locator("html")).to_have_attribute("lang", "en")


def test_an_empty_message_is_not_sent_and_one_too_long_stays_in_the_box(browser: Any, address: str) -> None:
    with visit(browser, address) as page:
        box(page).fill("   ")
        page.locator("#af-send").click()
        typed(page, "May I post this? " * 1_200)
        expect(page.locator(".af-failed h2")).to_have_text(WORDS["en"]["too_long"])
        assert len(box(page).input_value()) > 20_000


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("lang", ["en", "id"])
def test_on_a_phone_nothing_sticks_out(lang: str, width: int, browser: Any, address: str) -> None:
    phone: dict[str, Any] = {"viewport": {"width": width, "height": 720}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
    with visit(browser, address, f"?lang={lang}", **phone) as page:
        expect(page.locator("h1")).to_have_text(WORDS[lang]["hello"], timeout=PATIENCE)
        _fits(page, width)
        typed(page, f"{LOGO[lang]} https://example.com/{'x' * 200}")
        for fold in page.locator("article.af-answer details > summary").all():
            fold.click()
        _fits(page, width)
        expect(page.locator("#af-send")).to_be_in_viewport()
        sizes = [button.bounding_box() for button in page.locator("#af-send, .af-button").all()]
        assert all(size and size["height"] >= 24 and size["width"] >= 24 for size in sizes)  # WCAG 2.2, 2.5.8


def _fits(page: Any, width: int) -> None:
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    sticking = """(width) => [...document.querySelectorAll('#af-app *')].filter((node) => {
      const box = node.getBoundingClientRect();
      return box.width > 1 && box.height > 1 && box.right > width + 1 && getComputedStyle(node).position !== 'absolute';
    }).map((node) => node.outerHTML.slice(0, 120))"""
    assert page.evaluate(sticking, width) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_system_s_light_or_dark_and_stays_readable(scheme: str, browser: Any, address: str) -> None:
    with visit(browser, address, color_scheme=scheme) as page:
        typed(page, LOGO["en"])
        ground = page.evaluate("getComputedStyle(document.body).backgroundColor")
        bright = sum(int(part) for part in re.findall(r"\d+", ground)[:3]) / 3
        assert bright > 200 if scheme == "light" else bright < 60
        texts = (".af-verdict span", ".af-reason", ".af-quote blockquote", ".af-quote cite", ".af-role", ".af-reach span", ".af-button")
        seen = page.evaluate(CONTRASTS, [*texts, ".af-said .af-text", ".af-keys", ".af-banner", "#af-send", "#af-box textarea"])
        assert {where: round(ratio, 2) for where, ratio in seen.items() if ratio < 4.5} == {}
