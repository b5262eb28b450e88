"""The screens beside the chat, as a browser gets them: whole, in both languages, under a sub-path, and shut to what is withheld."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from chat.web.comparing import routes as comparing
from chat.web.pages import routes
from chat.web.pages.clause import around
from chat.web.pages.parts import written
from chat.web.words import WORDS
from kb.clause import Authority, Clause, Modality, Policy
from tests.chat.web.desk import Desk
from tests.chat.web.library import PAYLOADS, library, people

BASE = "http://testserver"
HOSTILE = " ".join(PAYLOADS)
SCREENS = (
    "/policies",
    "/policies/house/rules",
    "/clauses/house/rules/4/a",
    "/about",
    "/clauses/nothing",
    "/policies?q=logo&country=ID",
)


class Page(HTMLParser):
    """What a browser would make of a page: tags, attributes, and text with the place it stands in."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._open.append(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self._open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def values(self, name: str) -> list[str]:
        return [value for _, key, value in self.attributes if key == name]


def app(folder: Path, *, groups: Collection[str] = (), more: Collection[Clause] = ()) -> FastAPI:
    knowledge = library(folder, tuple(more))
    live = SimpleNamespace(assistant=SimpleNamespace(knowledge=knowledge, contacts=people()), model=None)
    made, desk = FastAPI(), Desk(knowledge)
    routes(made, live, lambda request: groups)  # type: ignore[arg-type]
    comparing(made, live, lambda: desk, lambda request: groups)  # type: ignore[arg-type]
    return made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    yield TestClient(app(tmp_path_factory.mktemp("pages")))


def page(client: TestClient, path: str, status: int = 200, **headers: str) -> Page:
    reply = client.get(path, headers=headers)
    assert reply.status_code == status, path
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    return Page(reply.text)


# --- a clause in context --------------------------------------------------------------------------------------------


def test_a_clause_stands_marked_in_its_whole_section(client: TestClient) -> None:
    html = client.get("/clauses/house/rules/4/b?lang=en").text
    section = html[html.index("af-passage") : html.index("af-put")]
    texts = re.findall(r'class="af-clause( af-cited)?".*?<p>(.*?)</p>', section)
    assert texts == [
        ("", "Ask the customer before you show a logo."),
        (" af-cited", "Keep the customer&#x27;s written consent for a logo."),
        ("", "Never name a customer without consent."),
    ]
    assert html.count('aria-current="true"><span class="af-unseen"') == 1
    text = Page(html).text
    for shown in ("4 Logos", "4.1 Names", "Before posting, staff:", "(a)", "(b)", "page 2", "3 Manners", "5 Taking part"):
        assert shown in text
    assert text.index("4 Logos") < text.index("Before posting") < text.index("4.1 Names") < text.index("5 Taking part")


@pytest.mark.parametrize(
    ("lang", "shown"),
    (
        ("en", ("Our rule", "3.1", "1 December 2025", "in force today, since 1 January 2026", "Acme", "Logos and names", "Legal")),
        ("id", ("Aturan kita", "3.1", "1 Desember 2025", "berlaku hari ini, sejak 1 Januari 2026", "Acme", "Logo dan nama", "Legal")),
    ),
)
def test_it_says_whose_which_version_and_since_when(lang: str, shown: tuple[str, ...], client: TestClient) -> None:
    text = page(client, f"/clauses/house/rules/4/a?lang={lang}").text
    assert [word for word in shown if word not in text] == []


def test_its_source_opens_apart_and_learns_nothing_and_only_an_encrypted_one_is_a_link(client: TestClient) -> None:
    html = client.get("/clauses/house/rules/4/a").text
    assert 'href="https://intranet.example/rules?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">Read it at intranet.example' in html
    other = page(client, "/clauses/beta/1?lang=en")
    assert "Read it at beta.example" in other.text and "http://beta.example/guide" not in other.values("href")


def test_how_others_put_it_names_each_other_policy_once(client: TestClient) -> None:
    html = client.get("/clauses/house/rules/4/a?lang=id").text
    others = html[html.index("af-put") : html.index("<aside>")]
    assert others.count("<li ") == 2
    assert "Pelanggan menyetujui logo lebih dulu." in others and "consent" in others
    assert WORDS["id"]["others_put_none"] in client.get("/clauses/house/rules/3/1?lang=id").text


def test_the_letter_to_the_contact_names_the_clause_and_no_question(client: TestClient) -> None:
    html = client.get("/clauses/house/rules/4/a?lang=en&q=my+secret+question").text
    assert "House rules, 4 Logos (a) [house/rules/4/a]" in html and "mailto:legal@example.com?" in html
    assert "secret" not in html


@pytest.mark.parametrize("name", ("past/1", "board/1", "nobody/1", "", "..%2F..%2Fetc%2Fpasswd", "%00", "a" * 3000))
def test_past_withheld_and_unknown_are_one_answer(name: str, client: TestClient) -> None:
    found = client.get(f"/clauses/{name}")
    expected = client.get("/clauses/" + "x/" * (found.request.url.raw_path.count(b"/") - 2) + "x")
    assert found.status_code == 404 and found.text == expected.text
    assert WORDS["en"]["missing_clause"] in found.text and "A logo" not in found.text


def test_what_a_group_may_see_is_shown_to_it(tmp_path: Path) -> None:
    member = TestClient(app(tmp_path, groups=("board",)))
    assert "A logo of the board." in page(member, "/clauses/board/1").text
    assert "Board rules" in page(member, "/policies").text


def test_neighbours_of_a_clause_are_the_widest_section_that_is_not_too_long(clause: Any) -> None:
    long = [clause(f"1/{n}", heading=("A", f"A{n // 50}")) for n in range(100)]
    flat = [clause(f"{n}") for n in range(100)]
    assert around(long, long[70]) == (50, 100, 2)
    assert around(long[:20], long[3]) == (0, 20, 1)
    assert around(flat, flat[50]) == (35, 66, 0)
    assert around(flat, flat[0]) == (0, 16, 0)


# --- policies and about ---------------------------------------------------------------------------------------------


def test_policies_are_listed_with_ours_first(client: TestClient) -> None:
    text = page(client, "/policies?lang=en").text
    assert "3 policies" in text
    assert text.index("House rules") < text.index("The practices") < text.index("Beta guide")
    assert "Past rules" not in text and "Board rules" not in text


def test_comparing_opens_apart_from_a_conversation_where_its_forms_would_not_work(client: TestClient) -> None:
    [link] = re.findall(r"<a [^>]*compare[^>]*>", client.get("/policies?lang=en").text)
    assert 'target="_blank"' in link and "data-over" not in link


@pytest.mark.parametrize(
    ("query", "titles"),
    (
        ("practice=5", {"House rules"}),
        ("practice=22", {"House rules", "The practices", "Beta guide"}),
        ("topic=logos", {"House rules", "The practices"}),
        ("topic=logos&practice=5", set()),
        ("sector=media", {"Beta guide"}),
        ("country=ID", {"House rules"}),
        ("organisation=Beta", {"Beta guide"}),
        ("authority=reference", {"Beta guide"}),
        ("authority=binding&practice=22&sector=technology", {"House rules"}),
        ("practice=99", set()),
        ("practice=x&practice=", {"House rules", "The practices", "Beta guide"}),
        ("practice=²", {"House rules", "The practices", "Beta guide"}),
    ),
)
def test_policies_are_narrowed_down(query: str, titles: set[str], client: TestClient) -> None:
    html = client.get(f"/policies?lang=en&{query}").text
    found = set(re.findall(r'<h3 lang="en"><a [^>]*>([^<]*)</a>', html))
    assert found == titles
    assert (WORDS["en"]["found_none"] in html) is not titles


def test_a_policy_found_by_practice_shows_where_it_speaks_of_it(client: TestClient) -> None:
    html = client.get("/policies?practice=5&lang=en").text
    assert "5 clauses, 1 on this" in html
    address = re.search(r'href="([^"]*policies/house/rules[^"]*)"', html)
    assert address
    marked = client.get(urljoin("/policies", address[1].replace("&amp;", "&"))).text
    assert re.findall(r"af-cited.*?<p>(.*?)</p>", marked) == ["Greet people kindly."]


def test_search_needs_no_script_and_keeps_what_was_asked(client: TestClient) -> None:
    found = page(client, "/policies?lang=id&q=Greet+people+kindly.&authority=binding")
    form = {value for tag, name, value in found.attributes if tag in ("input", "select") and name == "name"}
    assert form == {"q", "lang", "practice", "topic", "sector", "country", "organisation", "authority"}
    assert ("form", "action", "./policies") in found.attributes and ("form", "method", "get") in found.attributes
    assert "Greet people kindly." in found.values("value") and "Greet people kindly." in found.text
    assert "Beta guide" not in found.text.partition(WORDS["id"]["filter_more"])[2].partition("klausul,")[2]
    # The other language is asked for the same.
    assert "?lang=en&q=Greet+people+kindly.&authority=binding" in found.values("href")


def test_a_policy_is_read_whole_and_in_order(client: TestClient) -> None:
    text = page(client, "/policies/house/rules").text
    places = [text.index(part) for part in ("3 Manners", "Greet people", "4 Logos", "Ask the customer", "4.1 Names", "5 Taking part")]
    assert places == sorted(places)
    assert page(client, "/policies/past", 404).text == page(client, "/policies/none", 404).text


@pytest.mark.parametrize("lang", ("en", "id"))
def test_about_counts_what_is_known_and_says_what_is_kept(lang: str, client: TestClient) -> None:
    text = page(client, f"/about?lang={lang}").text
    assert "3: 2" in text and "0123456789ab" in text
    assert ("8, of which 6 decide" if lang == "en" else "8, 6 di antaranya") in text
    assert {"en": "9 March 2026", "id": "9 Maret 2026"}[lang] in text
    assert WORDS[lang]["about_kept_nothing"] in text and "press@example.com" in text
    assert WORDS[lang]["about_sign_out"] not in text


@pytest.mark.parametrize(
    ("day", "en", "indonesian"),
    (
        ("2015", "2015", "2015"),
        ("2015-03", "March 2015", "Maret 2015"),
        ("2015-03-09", "9 March 2015", "9 Maret 2015"),
        ("mid-2010s", "mid-2010s", "mid-2010s"),
        ("2015-13", "2015-13", "2015-13"),
        ("²015", "²015", "²015"),
        (None, "", ""),
    ),
)
def test_days_are_written_as_people_write_them(day: str | None, en: str, indonesian: str) -> None:
    assert (written(day, "en"), written(day, "id")) == (en, indonesian)


# --- every screen ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", SCREENS)
@pytest.mark.parametrize("lang", ("en", "id"))
def test_a_screen_is_in_one_language_and_keeps_it_in_its_links(lang: str, path: str, client: TestClient) -> None:
    reply = client.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
    shown = Page(reply.text)
    assert shown.values("lang")[0] == lang
    other = WORDS["id" if lang == "en" else "en"]
    own = set(WORDS[lang].values())
    said = [word for word in shown.words + shown.values("aria-label") if word.strip() in set(other.values()) - own]
    assert said == []
    inner = [href for href in shown.values("href") if not href.startswith(("#", "http", "mailto:", "data:"))]
    assert all(f"lang={lang}" in href for href in inner if href not in other_languages(shown))


def other_languages(shown: Page) -> set[str]:
    return {href for href in shown.values("href") if href.startswith("?lang=")}


@pytest.mark.parametrize(("accepted", "lang"), (("id-ID,id;q=0.9", "id"), ("fr", "en"), ("", "en"), ("<script>", "en")))
def test_without_a_choice_the_browser_s_language_is_taken(accepted: str, lang: str, client: TestClient) -> None:
    assert page(client, "/about", **{"accept-language": accepted}).values("lang")[0] == lang


@pytest.mark.parametrize("root", ("", "/rules", "/a/b"))
def test_every_link_leads_somewhere_under_any_sub_path(root: str, client: TestClient) -> None:
    behind = TestClient(client.app, root_path=root)
    todo, seen = [f"{root}/about?lang=id"], set()
    while todo:
        address = todo.pop()
        shown = Page((reply := behind.get(address)).text)
        assert reply.status_code == 200, address
        for href in shown.values("href") + shown.values("action") + shown.values("data-link"):
            target = urlsplit(urljoin(BASE + address, href))
            if target.netloc != "testserver":
                continue
            assert target.path.startswith(f"{root}/"), (address, href)
            found = f"{target.path}?{target.query}"
            if target.path != f"{root}/" and found not in seen:  # the chat is not part of this
                seen.add(found)
                todo.append(found)
    assert len(seen) > 15


@pytest.mark.parametrize("path", SCREENS)
def test_nothing_is_fetched_from_elsewhere_and_nothing_runs_but_our_own(path: str, client: TestClient) -> None:
    reply = client.get(path)
    shown = Page(reply.text)
    assert shown.tags.count("script") == 1 and shown.values("src") == []
    assert [href for tag, name, href in shown.attributes if tag == "link" and name == "href" and not href.startswith("data:")] == []
    assert not any(name.startswith("on") or name in ("style", "srcdoc") for _, name, _ in shown.attributes)
    assert shown.tags.count("h1") == 1 and shown.tags.count("main") == 1
    assert reply.headers["cache-control"] == "private, no-cache"


def _harmless(html: str, plain: Page) -> None:
    """Made of the same tags and attributes as a page with nothing hostile in it, and no address that runs."""
    shown = Page(html)
    assert shown.tags.count("script") == 1 and shown.tags.count("style") == 1
    assert set(shown.tags) <= set(plain.tags) and {name for _, name, _ in shown.attributes} <= {name for _, name, _ in plain.attributes}
    addresses = shown.values("href") + shown.values("action")
    assert all(re.match(r"#|\?|\.\.?/|https://|mailto:[\w@.]+\?|data:image/svg\+xml,", address) for address in addresses)


@pytest.mark.parametrize("path", ("/policies", "/policies/house/rules", "/clauses/house/rules/4/a", "/about", "/clauses/x", "/policies/x"))
def test_whatever_is_in_an_address_stays_text(path: str, client: TestClient) -> None:
    keys = ("q", "lang", "practice", "topic", "sector", "country", "organisation", "authority")
    plain = Page("".join(client.get(screen).text for screen in SCREENS))
    for payload in PAYLOADS:
        query = "&".join(f"{key}={quote(payload.encode('utf-8', 'replace'))}" for key in keys)
        reply = client.get(f"{path}?{query}")
        assert reply.status_code in (200, 404)
        _harmless(reply.text, plain)


def test_whatever_a_document_holds_stays_text(tmp_path: Path, client: TestClient) -> None:
    policies = [
        Policy(
            *(f"bad{n}", payload, "en", Authority.BINDING, payload, payload, payload, payload, payload),
            url=f"https://bad.example/{payload}" if n % 2 else payload,
            url_is=payload,
            coverage=payload,
            missing=payload,
        )
        for n, payload in enumerate(PAYLOADS)
    ]
    hostile = [
        Clause(f"{p.id}/{place}", p, p.title, Modality.MUST, (p.title, place), p.title, p.title, (p.title, "logos"), (22,), p.title)
        for p in policies
        for place in ("1", "2")
    ]
    bad = TestClient(app(tmp_path, more=[replace(c, policy=replace(c.policy, effective_from=None)) for c in hostile]))
    plain = Page("".join(client.get(screen).text for screen in SCREENS))
    for path in ("/policies", "/policies?q=script", "/about", "/clauses/practices/22/1"):
        _harmless(bad.get(path).text, plain)
    for n in range(len(PAYLOADS)):
        for path in (f"/policies/bad{n}", f"/clauses/bad{n}/1"):
            reply = bad.get(path)
            assert reply.status_code == 200
            _harmless(reply.text, plain)
