"""Signing in at a real provider process: the way there and back, and everything that must not get anybody in."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from chat.web.cookies import challenge_of
from kb.settings import Settings
from tests.chat.web.provider import CLIENT, SECRET
from tests.chat.web.rooms import built, visitor, with_settings

pytestmark = pytest.mark.model

BASE = "https://kb.example.com"
HTML = {"accept": "text/html,*/*"}
IN = "__Host-askfirst"


@pytest.fixture(scope="module")
def settings(provider: str, limited_home: Path) -> Settings:
    home = limited_home
    (home / "secret").write_text(f"{SECRET}\n", "utf-8")
    given = {"auth": "oidc", "public_url": BASE, "oidc_issuer": provider, "oidc_client_id": CLIENT, "role_admin": "chiefs"}
    return with_settings(home, host="0.0.0.0", oidc_client_secret_file=home / "secret", embed_origins="https://other.example", **given)


@pytest.fixture(scope="module")
def log() -> list[str]:
    return []


@pytest.fixture(scope="module")
def app(settings: Settings, log: list[str]) -> FastAPI:
    return built(settings, log)


@pytest.fixture
def browser(app: FastAPI, settings: Settings, provider: str) -> TestClient:
    """A browser that has not been here."""
    next_person(provider, sub="ani")
    return visitor(app, settings, "203.0.113.7", base_url=BASE)


def next_person(provider: str, **person: Any) -> None:
    httpx.post(f"{provider}/next", json={"groups": []} | person).raise_for_status()


def started(browser: TestClient, path: str = "/sign-in", **query: str) -> str:
    """Where the provider sends the browser back to, having signed the person in."""
    away = browser.get(path, params=query or None)
    assert away.status_code == 302, away.text
    return str(httpx.get(away.headers["location"]).headers["location"])


def signed_in(browser: TestClient, **query: str) -> httpx.Response:
    """What the browser gets on coming back."""
    return browser.get(started(browser, **query))


def cookie(reply: Any, name: str) -> str:
    (found,) = [value for value in reply.headers.get_list("set-cookie") if value.startswith(f"{name}=")]
    return str(found)


# --- there and back -------------------------------------------------------------------------------------------------


def test_a_person_comes_back_to_where_they_were_going(browser: TestClient) -> None:
    first = browser.get("/clauses/practices/22/1", params={"lang": "id"}, headers=HTML)
    assert first.status_code == 303
    where = urlsplit(first.headers["location"])
    assert (where.scheme, where.netloc, where.path) == ("", "", "/sign-in")
    back = browser.get(started(browser, first.headers["location"]))
    assert back.status_code == 303 and back.headers["location"] == "/clauses/practices/22/1?lang=id"
    there = browser.get(back.headers["location"], headers=HTML)
    assert there.status_code == 200 and '<html lang="id"' in there.text
    assert there.headers["cache-control"].startswith("private") and browser.post("/api/ask", json={"question": "Can I?"}).status_code == 200


def test_programs_are_told_instead_of_sent_away(browser: TestClient) -> None:
    for path in ("/api/policies", "/gradio_api/queue/data", "/assets/x.js"):
        assert browser.get(path).status_code == 401
    assert browser.get("/api/policies", headers=HTML).status_code == 401
    assert browser.post("/api/ask", json={"question": "Can I?"}, headers=HTML).status_code == 401


def test_the_provider_is_asked_with_state_nonce_and_a_challenge(browser: TestClient, provider: str) -> None:
    asked = [parse_qs(urlsplit(browser.get("/sign-in").headers["location"]).query) for _ in range(2)]
    assert asked[0]["redirect_uri"] == [f"{BASE}/sign-in/back"] and asked[0]["code_challenge_method"] == ["S256"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name][0]) >= 20 and asked[0][name] != asked[1][name]


def test_the_host_that_a_browser_names_leads_nobody_astray(app: FastAPI, settings: Settings, browser: TestClient) -> None:
    reply = browser.get("/sign-in", headers={"host": "evil.example"})
    assert reply.status_code == 421
    away = browser.get("/sign-in", headers={"host": "127.0.0.1:7860"})
    assert parse_qs(urlsplit(away.headers["location"]).query)["redirect_uri"] == [f"{BASE}/sign-in/back"]


def test_cookies_are_out_of_reach(browser: TestClient) -> None:
    away = browser.get("/sign-in")
    under_way = cookie(away, "askfirst-signing-in").lower()
    kept = cookie(browser.get(httpx.get(away.headers["location"]).headers["location"]), IN).lower()
    for found in (under_way, kept):
        assert {"httponly", "secure", "samesite=lax"} <= {part.strip() for part in found.split(";")} and "domain" not in found
    assert "path=/sign-in" in under_way and "path=/;" in f"{kept};" and "max-age=28800" in kept


def test_a_cookie_holds_no_name_and_only_groups_that_count(browser: TestClient, provider: str, log: list[str]) -> None:
    next_person(provider, sub="ani@example.com", email="ani@example.com", groups=["board", "staff", "x" * 5000, 3])
    kept = cookie(signed_in(browser), IN)
    assert "ani" not in kept and len(kept) < 500
    ids = {policy["policy_id"] for policy in browser.get("/api/policies").json()}
    assert "hr-only" in ids and browser.get("/docs").status_code == 403
    assert not any("ani" in line for line in log)


@pytest.mark.parametrize(
    ("groups", "admin"), [(["chiefs"], True), ("chiefs", True), (["Chiefs"], False), (None, False), ({"chiefs": 1}, False)]
)
def test_roles_come_from_the_groups_claim(groups: Any, admin: bool, browser: TestClient, provider: str) -> None:
    next_person(provider, sub="ani", groups=groups)
    assert signed_in(browser).status_code == 303
    assert (browser.get("/docs").status_code == 200) is admin


def test_groups_that_are_not_in_the_token_are_asked_for(browser: TestClient, provider: str) -> None:
    next_person(provider, sub="ani", groups=None, thin=["chiefs"])
    signed_in(browser)
    assert browser.get("/docs").status_code == 200


# --- what gets nobody in --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wrong",
    [
        "denied", "issuer", "audience", "nonce", "expired", "nobody", "key", "symmetric", "unsigned", "no id token",
        "userinfo",
    ],
)  # fmt: skip
def test_a_provider_that_proves_nothing_gets_nobody_in(wrong: str, browser: TestClient, provider: str, log: list[str]) -> None:
    next_person(provider, sub="ani", wrong=wrong, **({"groups": None} if wrong == "userinfo" else {}))
    reply = signed_in(browser)
    assert reply.status_code == 401 and IN not in reply.headers.get("set-cookie", "")
    assert "Signing in did not work" in reply.text and "Anda belum berhasil masuk" in reply.text and "<b>" not in reply.text
    assert browser.get("/api/policies").status_code == 401
    assert "could not be signed in" in log[-1] and "ani" not in log[-1]


def test_a_code_works_once_and_only_for_the_browser_that_asked(browser: TestClient, app: FastAPI, settings: Settings) -> None:
    back = started(browser)
    another = visitor(app, settings, base_url=BASE)
    assert another.get(back).status_code == 401  # somebody else's address, clicked: nobody is signed in as another
    assert browser.get(back).status_code == 303
    assert browser.get(back).status_code == 401


@pytest.mark.parametrize("change", [{"state": "x"}, {"state": None}, {"code": "x"}, {"code": None}], ids=str)
def test_coming_back_with_anything_changed_gets_nobody_in(change: dict[str, str | None], browser: TestClient) -> None:
    parts = urlsplit(started(browser))
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | change
    assert browser.get(parts.path, params={k: v for k, v in query.items() if v is not None}).status_code == 401
    assert browser.get("/api/policies").status_code == 401


def test_what_a_browser_brought_along_is_not_what_it_leaves_with(
    browser: TestClient, app: FastAPI, settings: Settings, provider: str
) -> None:
    next_person(provider, sub="mallory", groups=["chiefs"])
    mallory = visitor(app, settings, base_url=BASE)
    signed_in(mallory)
    next_person(provider, sub="ani")
    browser.cookies.set(IN, mallory.cookies[IN], domain="kb.example.com", path="/")
    assert browser.get("/docs").status_code == 200
    reply = signed_in(browser)
    assert cookie(reply, IN).split(";")[0] != f"{IN}={mallory.cookies[IN]}"
    assert "askfirst-signing-in=null" in cookie(reply, "askfirst-signing-in")
    assert browser.get("/docs").status_code == 403


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "/%0d%0aSet-Cookie:x", "/\r\nSet-Cookie: x",
        "/a/../..//x",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere(target: str, browser: TestClient) -> None:
    reply = signed_in(browser, next=target)
    found = urlsplit(reply.headers["location"])
    assert reply.status_code == 303 and not found.scheme and not found.netloc and reply.headers["location"].startswith("/")
    assert not reply.headers["location"].startswith(("//", "/\\")) and "x" not in reply.cookies


def test_an_old_cookie_is_worth_nothing(browser: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    signed_in(browser)
    assert browser.get("/api/policies").status_code == 200
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 8 * 3600 + 5)
    browser.cookies.jar.clear_expired_cookies = lambda: None  # type: ignore[method-assign]  # sent whatever its date
    assert browser.get("/api/policies").status_code == 401


def test_a_provider_that_does_not_answer_is_said_in_words(settings: Settings, log: list[str]) -> None:
    from dataclasses import replace

    gone = replace(settings, oidc_issuer="http://127.0.0.1:9")
    reply = visitor(built(gone, log), gone, base_url=BASE).get("/sign-in")
    assert reply.status_code == 503 and "Signing in did not work" in reply.text and "does not answer" in log[-1]


# --- signing out, and other sites -----------------------------------------------------------------------------------


def test_the_way_out_is_shown_to_whom_it_leads_out(browser: TestClient) -> None:
    signed_in(browser)
    assert ">Sign out</a>" in browser.get("/about?lang=en").text and ">Keluar</a>" in browser.get("/about?lang=id").text


def test_signing_out_forgets_the_person(browser: TestClient) -> None:
    signed_in(browser)
    asked = browser.get("/sign-out")
    assert asked.status_code == 200 and '<form method="post"' in asked.text and browser.get("/api/policies").status_code == 200
    reply = browser.post("/sign-out", headers={"origin": BASE, "sec-fetch-site": "same-origin"})
    assert reply.status_code == 200 and "signed out" in reply.text and "Anda sudah keluar" in reply.text
    assert "Max-Age=0" in cookie(reply, IN) and IN not in browser.cookies
    assert browser.get("/api/policies").status_code == 401


@pytest.mark.parametrize("path", ["/sign-out", "/api/ask", "/api/search", "/gradio_api/queue/join", "/sign-in/here"])
@pytest.mark.parametrize("headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "null"}], ids=str)
def test_no_other_site_s_page_does_anything_in_a_person_s_name(path: str, headers: dict[str, str], browser: TestClient) -> None:
    signed_in(browser)
    reply = browser.post(path, json={"question": "Can I?"}, headers=headers)
    assert reply.status_code == 403 and "set-cookie" not in reply.headers
    assert browser.get("/api/policies").status_code == 200


def test_inside_another_page_a_window_of_its_own_signs_in_and_hands_over(browser: TestClient, app: FastAPI, settings: Settings) -> None:
    framed = visitor(app, settings, base_url=BASE)  # inside another site's page a browser keeps cookies apart
    page = framed.get("/embed", headers=HTML | {"sec-fetch-dest": "iframe", "sec-fetch-site": "cross-site"})
    assert page.status_code == 401 and "Sign in" in page.text and "Masuk" in page.text and "/sign-in?popup=" in page.text
    assert "https://other.example" in page.headers["content-security-policy"]
    verifier = "v" * 43
    done = signed_in(browser, popup=challenge_of(verifier))
    assert done.status_code == 200 and "cross-origin-opener-policy" not in done.headers
    note = json.loads(re.search(r"\{askfirst: (\".*?\")\}, window\.location\.origin", done.text)[1])  # type: ignore[index]

    for given, shown in ((note, "w" * 43), (note[:-1], verifier), (browser.cookies[IN], verifier)):
        assert framed.post("/sign-in/here", json={"note": given, "verifier": shown}).status_code == 401
    for odd in (b"", b"[]", b'{"note": 1}', b"null"):
        assert framed.post("/sign-in/here", content=odd).status_code == 400
    taken = framed.post("/sign-in/here", json={"note": note, "verifier": verifier}, headers={"sec-fetch-site": "same-origin"})
    kept = cookie(taken, f"{IN}-framed")
    assert taken.status_code == 204 and {"HttpOnly", "Secure", "SameSite=none", "Partitioned"} <= {part.strip() for part in kept.split(";")}
    assert framed.get("/embed", headers=HTML).status_code == 200


@pytest.mark.parametrize("challenge", ["x", "<script>", "a" * 44, "ä" * 43])
def test_a_challenge_that_is_none_is_refused(challenge: str, browser: TestClient) -> None:
    assert browser.get("/sign-in", params={"popup": challenge}).status_code == 400
