"""Signing in with a real browser and TLS: on the app's own pages, and inside another site's page, where it keeps cookies apart."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.chat.web.conftest import CHROMIUM, FLAGS
from tests.chat.web.host import Intranet
from tests.chat.web.provider import CLIENT, SECRET
from tests.chat.web.rooms import QUESTION
from tests.chat.web.test_nginx import HOST, NGINX, certificate, free_port, listening, rendered
from tests.chat.web.test_serve import Server
from tests.chat.web.test_signin_oidc import next_person

sync_api = pytest.importorskip("playwright.sync_api", reason="NO BROWSER: playwright is missing; pip install -e '.[test]'")
expect = sync_api.expect
PARTNER = "www.partner.test"  # another site, and on plain http, as intranets are
PATIENCE = 30_000  # ms
RULE = "Never post pictures of Waddles"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing; apt install chromium"),
    pytest.mark.skipif(not Path(NGINX).exists(), reason=f"NO NGINX: {NGINX} is missing; apt install nginx-light"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="NO OPENSSL: there is nothing to make a certificate with; apt install openssl"),
]


@dataclass(frozen=True, slots=True)
class Town:
    """The app behind TLS, a page of others around it, the provider, and a browser."""

    address: str
    partner: str
    provider: str
    browser: Any


@pytest.fixture(scope="module")
def town(browser: Any, limited_home: Path, provider: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """All of them, running."""
    home, port = tmp_path_factory.mktemp("tls"), free_port()
    certificate(home)
    address = f"https://{HOST}:{port}/askfirst"
    with Intranet(address) as partner, pytest.MonkeyPatch.context() as environ:
        for name, value in {
            "ROOT_PATH": "/askfirst",
            "PUBLIC_URL": address,
            "EMBED_ORIGINS": f"http://{PARTNER}:{partner.port}",
            "AUTH": "oidc",
            "OIDC_ISSUER": provider,
            "OIDC_CLIENT_ID": CLIENT,
            "OIDC_CLIENT_SECRET": SECRET,
        }.items():
            environ.setenv(f"ASKFIRST_{name}", value)
        with Server(limited_home) as server:
            server.ready()
            (home / "nginx.conf").write_text(rendered(home, port, server.port), "utf-8")
            nginx = subprocess.Popen([NGINX, "-e", "stderr", "-p", str(home), "-c", str(home / "nginx.conf")], stderr=subprocess.PIPE)
            resolver = f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP {PARTNER} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
            flags = [*FLAGS, resolver, "--test-third-party-cookie-phaseout"]  # as browsers are that drop other sites' cookies
            chromium = browser.browser_type.launch(executable_path=str(CHROMIUM), args=flags)
            try:
                listening(nginx, port)
                yield Town(address, f"http://{PARTNER}:{partner.port}", provider, chromium)
            finally:
                chromium.close()
                nginx.terminate()
                nginx.wait(10)
                assert nginx.stderr
                nginx.stderr.close()
            assert "Traceback" not in server.log and "Waddles" not in server.log


@pytest.fixture
def context(town: Town) -> Iterator[Any]:
    """A browser profile of its own, for somebody on the board."""
    next_person(town.provider, sub="ani", groups=["board"])
    opened = town.browser.new_context(locale="en-GB", ignore_https_errors=True)
    opened.set_default_timeout(PATIENCE)
    yield opened
    opened.close()


def asked(frame: Any) -> Any:
    """The answer to a question that only the board's rules settle."""
    expect(frame.locator("#af-lang[role=radiogroup]")).to_be_attached(timeout=PATIENCE)
    frame.locator("#af-box textarea").fill(QUESTION)
    frame.locator("#af-send").click()
    card = frame.locator("article.af-answer")
    expect(card).to_be_visible(timeout=PATIENCE)
    return card


def test_a_person_signs_in_is_answered_from_the_group_s_rules_and_signs_out(town: Town, context: Any) -> None:
    page = context.new_page()
    page.goto(f"{town.address}/?lang=en")
    expect(page).to_have_url(f"{town.address}/?lang=en")
    expect(asked(page)).to_contain_text(RULE)
    page.goto(f"{town.address}/sign-out")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("Anda sudah keluar.")).to_be_visible()
    assert not [cookie for cookie in context.cookies() if "askfirst" in cookie["name"] and "signing" not in cookie["name"]]
    next_person(town.provider, sub="ani", groups=[])
    page.get_by_role("link", name=re.compile("Sign in")).click()
    expect(asked(page)).not_to_contain_text(RULE)


def test_inside_another_site_s_page_a_small_window_signs_in(town: Town, context: Any) -> None:
    page = context.new_page()
    page.goto(f"{town.partner}/")
    page.locator("#askfirst-embed .open").click()
    frame = page.frame_locator("iframe")
    button = frame.get_by_role("button", name=re.compile("Sign in"))
    expect(button).to_be_visible(timeout=PATIENCE)
    with context.expect_page() as window:
        button.click()
    window.value.wait_for_event("close") if not window.value.is_closed() else None
    expect(asked(frame)).to_contain_text(RULE)
    page.reload()
    page.locator("#askfirst-embed .open").click() if not page.get_by_role("dialog").is_visible() else None
    expect(page.frame_locator("iframe").locator("#af-box textarea")).to_be_visible(timeout=PATIENCE)
