"""The chat in pages of others, in a real browser: of the same site and of another, by button, by element and by frame."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from chat.web.embed import embed_script, embedded, routes
from chat.web.words import WORDS
from tests.chat.web.conftest import CHROMIUM, FLAGS
from tests.chat.web.host import Intranet
from tests.chat.web.test_screens import violations
from tests.chat.web.test_serve import Server

PATIENCE = 30_000  # ms, for a machine that is busy with something else
LOGO = {"en": "May I put a client's logo on a slide that I post?", "id": "Bolehkah logo klien saya tampilkan di slide yang saya unggah?"}
OURS = "askfirst.intranet.test"
SITES = {"same site": "www.intranet.test", "other site": "www.partner.test"}
# Names of ours mean this machine, and no other name or address means anything.
RESOLVER = "--host-resolver-rules=MAP *.test 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"


# --- the script and the page, without a browser ---------------------------------------------------------------------


def test_the_script_comes_in_one_piece_and_is_kept() -> None:
    app = FastAPI()
    routes(app)
    browser = TestClient(app)
    reply = browser.get("/embed.js")
    assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/javascript")
    assert reply.headers["cache-control"] == "public, max-age=3600"
    again = browser.get("/embed.js", headers={"if-none-match": reply.headers["etag"]})
    assert again.status_code == 304 and again.content == b""


def test_the_script_has_its_words_and_its_look_in_it_and_fetches_nothing() -> None:
    script = embed_script()
    assert "const WORDS = {};" not in script and 'const STYLE = "";' not in script
    for lang in ("en", "id"):
        assert all(WORDS[lang][key] in script for key in ("hello", "close", "embed_title", "embed_larger", "embed_smaller"))
    assert "prefers-reduced-motion" in script and "prefers-color-scheme" in script
    assert re.findall(r"https?://[^\"]+", script) == ["http://www.w3.org/2000/svg"] * 2  # a name, not an address
    assert "innerHTML" not in script and ".style" not in script  # which strict policies of the page around forbid


def test_the_page_inside_fetches_nothing_either() -> None:
    assert not re.search(r"https?:|@import|url\(|src=|href=", embedded().head)


# --- in a browser ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Place:
    """A running server, a page of others that may embed it, and a browser."""

    browser: Any
    intranet: Intranet

    @contextmanager
    def visit(self, host: str, query: str = "", *, quiet: bool = True, **options: Any) -> Iterator[Any]:
        """The page on this host, loaded; at the end nothing must have left the machine, nor anything have gone wrong."""
        context = self.browser.new_context(**{"locale": "en-GB", "viewport": {"width": 1280, "height": 900}} | options)
        asked: list[str] = []
        wrong: list[str] = []
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: wrong.append(f"{message.text} ({message.location})") if message.type == "error" else None)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        context.on("dialog", lambda dialog: (wrong.append(f"a dialog: {dialog.message}"), dialog.dismiss()))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        try:
            page.goto(f"http://{host}:{self.intranet.port}/{query}")
            yield page
        finally:
            context.close()
        hosts = {urlsplit(url).hostname for url in asked if urlsplit(url).scheme not in ("data", "blob")}
        assert hosts <= {host, OURS}
        assert not quiet or wrong == []


@pytest.fixture(scope="module")
def place(session_home: Path, browser: Any) -> Iterator[Place]:
    """One server, one page around it, and a browser that knows their names."""
    with Intranet("") as intranet, pytest.MonkeyPatch.context() as environ:
        environ.setenv("ASKFIRST_PUBLIC_HOSTS", OURS)
        environ.setenv("ASKFIRST_EMBED_ORIGINS", ",".join(f"http://{host}:{intranet.port}" for host in SITES.values()))
        with Server(session_home) as server:
            server.ready()
            intranet.askfirst = f"http://{OURS}:{server.port}"
            knowing = browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*FLAGS, RESOLVER])
            yield Place(knowing, intranet)
            knowing.close()
            assert "Traceback" not in server.log


def expect(locator: Any) -> Any:
    """Playwright's patience with a thing."""
    from playwright.sync_api import expect as expecting

    return expecting(locator)


def opened(page: Any) -> Any:
    """The chat in the dialog, after a click on the button."""
    page.locator("#askfirst-embed .open").click()
    expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
    return chat(page)


def chat(page: Any) -> Any:
    """The chat, ready to be typed into."""
    frame = page.frame_locator("iframe")
    expect(frame.locator("#af-lang[role=radiogroup]")).to_be_attached(timeout=PATIENCE)
    expect(frame.locator("#af-box textarea")).to_be_visible(timeout=PATIENCE)
    return frame


def answered(frame: Any, number: int = 1) -> Any:
    """The newest answer, once there are `number` of them."""
    expect(frame.locator("article.af-answer")).to_have_count(number, timeout=PATIENCE)
    expect(frame.locator(".af-pending")).to_have_count(0, timeout=PATIENCE)
    return frame.locator("article.af-answer").last


def is_whole(card: Any, lang: str) -> None:
    """A verdict, the rule it rests on, a person."""
    expect(card).to_have_attribute("lang", lang)
    expect(card.locator("h2.af-verdict")).not_to_be_empty()
    expect(card.locator("figure.af-quote blockquote").first).not_to_be_empty()
    expect(card.locator(".af-contact .af-role")).not_to_be_empty()


browsing = pytest.mark.browser


@browsing
@pytest.mark.parametrize("lang", ["en", "id"])
@pytest.mark.parametrize("site", SITES)
def test_a_button_opens_the_chat_which_answers_and_escape_leads_back(site: str, lang: str, place: Place) -> None:
    with place.visit(SITES[site], f"?data-lang={lang}") as page:
        button = page.locator("#askfirst-embed .open")
        expect(button).to_have_text(WORDS[lang]["hello"], timeout=PATIENCE)
        frame = opened(page)
        dialog = page.get_by_role("dialog")
        expect(dialog).to_have_accessible_name(WORDS[lang]["embed_title"])
        expect(dialog).to_have_attribute("aria-modal", "true")
        expect(frame.locator("html")).to_have_attribute("lang", lang)
        expect(frame.locator("h1")).to_have_text(WORDS[lang]["hello"])
        # The chat and nothing around it.
        for part in ("#af-brand", "#af-lang", ".af-nav", "footer"):
            assert not frame.locator(part).locator("visible=true").count()

        expect(frame.locator("#af-box textarea")).to_be_focused(timeout=PATIENCE)
        page.keyboard.type(LOGO[lang])
        page.keyboard.press("Enter")
        is_whole(answered(frame), lang)

        # The clause in its context, over the conversation; Escape closes that first.
        frame.locator("article.af-answer figure.af-quote a[data-over]").first.click()
        over = frame.locator("dialog#af-over")
        expect(over.locator("[aria-current=true].af-clause")).to_be_visible(timeout=PATIENCE)
        expect(over.locator("main")).to_have_attribute("lang", lang)
        page.keyboard.press("Escape")
        expect(over).to_be_hidden()
        expect(dialog).to_be_visible()

        frame.locator("#af-box textarea").focus()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()
        expect(button).to_have_attribute("aria-expanded", "false")

        # What was said is still there.
        page.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        expect(button).to_have_attribute("aria-expanded", "true")
        is_whole(answered(frame), lang)


@browsing
@pytest.mark.parametrize("site", SITES)
def test_an_element_is_filled_with_the_chat(site: str, place: Place) -> None:
    with place.visit(SITES[site], f"?data-target={quote('#chat')}&data-lang=id&data-theme=dark") as page:
        frame = chat(page)
        size, around = page.locator("#askfirst-embed iframe").bounding_box(), page.locator("#chat").bounding_box()
        assert size["width"] >= around["width"] - 4 and size["height"] >= around["height"] - 4
        assert page.locator("#askfirst-embed button").count() == 0
        ground = frame.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
        assert sum(int(part) for part in re.findall(r"\d+", ground)[:3]) / 3 < 60
        frame.locator("#af-box textarea").fill(LOGO["id"])
        frame.locator("#af-send").click()
        is_whole(answered(frame), "id")


@browsing
@pytest.mark.parametrize("site", SITES)
def test_a_plain_frame_does_as_well(site: str, place: Place) -> None:
    with place.visit(SITES[site], f"?plain={quote('embed?lang=en&theme=light')}", color_scheme="dark") as page:
        frame = chat(page)
        ground = frame.locator("body").evaluate("(body) => getComputedStyle(body).backgroundColor")
        assert sum(int(part) for part in re.findall(r"\d+", ground)[:3]) / 3 > 200
        frame.locator("#af-box textarea").fill(LOGO["en"])
        frame.locator("#af-send").click()
        is_whole(answered(frame), "en")


@browsing
@pytest.mark.parametrize(
    ("host", "what"), [("www.elsewhere.test", "embed"), (SITES["same site"], ""), (SITES["other site"], "about")], ids=str
)
def test_nobody_else_frames_it_and_nothing_else_is_framed(host: str, what: str, place: Place) -> None:
    with place.visit(host, f"?plain={what}", quiet=False) as page:
        page.wait_for_load_state("networkidle")
        assert [frame.url for frame in page.frames[1:]] == ["chrome-error://chromewebdata/"]


@browsing
def test_a_page_that_is_not_listed_may_neither_read_the_api_nor_use_it(place: Place) -> None:
    call = """async ([address, question]) => {
      const headers = {"content-type": "application/json"};
      const reply = await fetch(address, {method: "POST", headers, body: JSON.stringify({question})});
      return (await reply.json()).verdict;
    }"""
    for host, allowed in ((SITES["other site"], True), ("www.elsewhere.test", False)):
        with place.visit(host, "?plain=healthz", quiet=False, bypass_csp=True) as page:
            if allowed:
                assert page.evaluate(call, [f"{place.intranet.askfirst}/api/ask", LOGO["en"]]) in ("no", "ask", "yes_if")
            else:
                with pytest.raises(Exception, match="Failed to fetch"):
                    page.evaluate(call, [f"{place.intranet.askfirst}/api/ask", LOGO["en"]])


@browsing
def test_the_keyboard_is_enough_and_focus_stays_in_the_dialog(place: Place) -> None:
    with place.visit(SITES["other site"]) as page:
        expect(page.locator("#askfirst-embed .open")).to_be_visible(timeout=PATIENCE)
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "askfirst-embed":
                break
        page.keyboard.press("Enter")
        frame = chat(page)
        expect(frame.locator("#af-box textarea")).to_be_focused(timeout=PATIENCE)
        for key in ("Tab", "Shift+Tab"):
            visited = []
            for _ in range(24):
                page.keyboard.press(key)
                page.wait_for_timeout(30)  # two processes pass the focus on
                visited.append(
                    page.evaluate("document.activeElement.shadowRoot?.activeElement?.className ?? document.activeElement.tagName")
                )
            assert set(visited) == {"larger", "close", ""}, (key, visited)
        page.locator("#askfirst-embed .close").focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("dialog")).to_be_hidden()
        expect(page.locator("#askfirst-embed .open")).to_be_focused()


@browsing
def test_it_stays_open_from_page_to_page_within_a_visit(place: Place) -> None:
    with place.visit(SITES["same site"]) as page:
        opened(page)
        page.locator("#askfirst-embed .larger").click()
        page.reload()
        expect(page.get_by_role("dialog")).to_be_visible(timeout=PATIENCE)
        chat(page)
        assert page.get_by_role("dialog").bounding_box()["width"] > 900
        page.locator("#askfirst-embed .close").click()
        page.reload()
        expect(page.locator("#askfirst-embed .open")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("dialog")).to_be_hidden()
    with place.visit(SITES["same site"]) as page:  # the next visit
        expect(page.locator("#askfirst-embed .open")).to_be_visible(timeout=PATIENCE)
        expect(page.get_by_role("dialog")).to_be_hidden()


@browsing
def test_it_fits_the_window_whatever_becomes_of_it(place: Place) -> None:
    with place.visit(SITES["same site"], "?data-position=left") as page:
        frame = opened(page)
        dialog, larger = page.get_by_role("dialog"), page.locator("#askfirst-embed .larger")
        assert dialog.bounding_box()["x"] < 40
        small = dialog.bounding_box()["width"]
        expect(larger).to_have_attribute("aria-label", WORDS["en"]["embed_larger"])
        larger.click()
        expect(larger).to_have_attribute("aria-label", WORDS["en"]["embed_smaller"])
        assert dialog.bounding_box()["width"] > 2 * small
        for width, height in ((1280, 500), (700, 900), (390, 740), (320, 568)):
            page.set_viewport_size({"width": width, "height": height})
            box = dialog.bounding_box()
            assert box["x"] >= 0 and box["y"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height
            assert frame.locator("html").evaluate("(root) => root.scrollWidth <= innerWidth")
            if width <= 640:
                assert (box["width"], box["height"]) == (width, height)
        expect(frame.locator("#af-send")).to_be_in_viewport()


@browsing
@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_where_that_is_not_wanted(motion: str, place: Place) -> None:
    with place.visit(SITES["same site"], reduced_motion=motion) as page:
        opened(page)
        moves = page.get_by_role("dialog").evaluate("(dialog) => getComputedStyle(dialog).animationName")
        assert moves == ("none" if motion == "reduce" else "rise")


@browsing
def test_only_the_chat_itself_can_close_the_dialog(place: Place) -> None:
    with place.visit(SITES["same site"]) as page:
        opened(page)
        page.evaluate("window.postMessage({askfirst: 'close'}, '*')")
        page.wait_for_timeout(200)
        expect(page.get_by_role("dialog")).to_be_visible()
        page.frames[1].evaluate("window.parent.postMessage({askfirst: 'close'}, '*')")
        expect(page.get_by_role("dialog")).to_be_hidden()


@browsing
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_button_the_dialog_and_the_chat(scheme: str, place: Place) -> None:
    with place.visit(SITES["other site"], color_scheme=scheme) as page:
        expect(page.locator("#askfirst-embed .open")).to_be_visible(timeout=PATIENCE)
        assert violations(page, "#askfirst-embed") == []
        frame = opened(page)
        frame.locator("#af-box textarea").fill(LOGO["en"])
        frame.locator("#af-send").click()
        answered(frame)
        page.wait_for_timeout(300)  # the dialog has risen
        assert violations(page, "#askfirst-embed") == []
        assert violations(page.frames[1]) == []
