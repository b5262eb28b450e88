"""The real server behind Debian's nginx, as deploy/nginx.conf has it: under a sub-path, with TLS, in a real browser."""

from __future__ import annotations

import http.client
import re
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from chat.web.words import WORDS
from tests.chat.web.conftest import CHROMIUM, FLAGS
from tests.chat.web.test_serve import Server

ROOT = Path(__file__).parents[3]
NGINX = "/usr/sbin/nginx"
HOST = "intranet.test"
LOGO = "May I put a client's logo on a slide that I post?"
PATIENCE = 30_000  # ms
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not Path(NGINX).exists(), reason=f"NO NGINX: {NGINX} is missing; apt install nginx-light"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="NO OPENSSL: there is nothing to make a certificate with; apt install openssl"),
]


@dataclass(frozen=True, slots=True)
class Behind:
    """nginx before the server, and where browsers find it."""

    port: int
    home: Path

    @property
    def address(self) -> str:
        """As a browser has it."""
        return f"https://{HOST}:{self.port}/askfirst"

    def get(self, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one answer, the certificate checked."""
        trusting = ssl.create_default_context(cafile=str(self.home / "cert.pem"))
        trusting.check_hostname = False  # the connection is to 127.0.0.1
        connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=30, context=trusting)
        try:
            connection.request("GET", path, headers={"Host": f"{HOST}:{self.port}"} | headers)
            reply = connection.getresponse()
            return reply.status, {name.lower(): value for name, value in reply.getheaders()}, reply.read()
        finally:
            connection.close()


def rendered(home: Path, port: int, upstream: int) -> str:
    """The example with this test's names in place of its own, in the smallest nginx.conf around it."""
    example = (ROOT / "deploy" / "nginx.conf").read_text("utf-8")
    for before, after in (
        ("listen 443", f"listen 127.0.0.1:{port}"),
        ("server 127.0.0.1:7860", f"server 127.0.0.1:{upstream}"),
        ("/etc/ssl/certs/intranet.example.com.pem", str(home / "cert.pem")),
        ("/etc/ssl/private/intranet.example.com.key", str(home / "key.pem")),
        ("server_name intranet.example.com", f"server_name {HOST}"),
    ):
        assert before in example
        example = example.replace(before, after)
    places = "".join(f"{name}_temp_path {home / name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    return f"daemon off;\npid {home / 'pid'};\nerror_log stderr;\nevents {{}}\nhttp {{\naccess_log off;\n{places}{example}}}\n"


def certificate(home: Path) -> None:
    """Makes a certificate for the host, and its key."""
    made = [
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"),
        *("-addext", f"subjectAltName=DNS:{HOST}", "-keyout", str(home / "key.pem"), "-out", str(home / "cert.pem")),
    ]
    subprocess.run(made, check=True, capture_output=True)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


@pytest.fixture(scope="module")
def behind(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Both servers, running."""
    home, port = tmp_path_factory.mktemp("nginx"), free_port()
    certificate(home)
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("ASKFIRST_ROOT_PATH", "/askfirst")
        environ.setenv("ASKFIRST_PUBLIC_URL", f"https://{HOST}:{port}/askfirst")
        with Server(session_home) as server:
            server.ready()
            (home / "nginx.conf").write_text(rendered(home, port, server.port), "utf-8")
            nginx = subprocess.Popen([NGINX, "-e", "stderr", "-p", str(home), "-c", str(home / "nginx.conf")], stderr=subprocess.PIPE)
            try:
                listening(nginx, port)
                yield Behind(port, home)
            finally:
                nginx.terminate()
                nginx.wait(10)
                assert nginx.stderr
                nginx.stderr.close()
            assert "Traceback" not in server.log


def listening(nginx: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        if nginx.poll() is not None:
            assert nginx.stderr
            raise AssertionError(nginx.stderr.read().decode())
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    raise AssertionError("nginx does not listen")


def test_every_answer_comes_through_with_its_headers_and_links_under_the_sub_path(behind: Behind) -> None:
    status, headers, page = behind.get("/askfirst/")
    assert status == 200 and headers["strict-transport-security"] and headers["x-content-type-options"] == "nosniff"
    assert headers["cross-origin-opener-policy"] == "same-origin" and "frame-ancestors 'self'" in headers["content-security-policy"]
    assert f"https://{HOST}:{behind.port}/askfirst".encode() in page
    assert {urlsplit(url).netloc for url in re.findall(r"https?://[^\"' <]+", page.decode())} == {f"{HOST}:{behind.port}"}
    assert behind.get("/askfirst")[:2][1]["location"] == "/askfirst/"
    assert behind.get("/askfirst/embed.js")[0] == behind.get("/askfirst/embed")[0] == behind.get("/askfirst/healthz")[0] == 200


def test_what_a_browser_claims_of_itself_ends_at_the_proxy(behind: Behind) -> None:
    _, _, page = behind.get("/askfirst/", **{"X-Forwarded-Host": "elsewhere.example", "X-Forwarded-Proto": "http"})
    assert b"elsewhere.example" not in page and f"https://{HOST}".encode() in page
    assert behind.get("/askfirst/", Host="elsewhere.example")[0] == 421
    for path in (
        "/askfirst/gradio_api/file=/etc/passwd",
        "/askfirst/gradio_api/%66ile=/etc/passwd",
        "/askfirst//gradio_api/info",
        "/askfirst/config",
    ):
        assert (path, behind.get(path)[0]) == (path, 404)


def test_a_question_its_verdict_and_its_clause_in_context(behind: Behind, browser: Any) -> None:
    from playwright.sync_api import expect

    asked: list[str] = []
    wrong: list[str] = []
    resolver = f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP * ~NOTFOUND"
    with browser.browser_type.launch(executable_path=str(CHROMIUM), args=[*FLAGS, resolver]) as knowing:
        context = knowing.new_context(locale="en-GB", ignore_https_errors=True)
        context.on("request", lambda request: asked.append(request.url))
        context.on("console", lambda message: wrong.append(f"{message.text} {message.location}") if message.type == "error" else None)
        context.on("weberror", lambda error: wrong.append(str(error.error)))
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        for path in ("/", "/embed"):
            page.goto(behind.address + path)
            expect(page.locator("#af-lang[role=radiogroup]")).to_be_attached(timeout=PATIENCE)
            page.locator("#af-box textarea").fill(LOGO)
            page.locator("#af-send").click()
            card = page.locator("article.af-answer")
            expect(card).to_be_visible(timeout=PATIENCE)
            expect(card.locator("h2.af-verdict")).not_to_be_empty()
            link = card.locator("figure.af-quote a[data-over]").first
            link.click()
            expect(page.locator("#af-over [aria-current=true].af-clause")).to_be_visible(timeout=PATIENCE)
            clause = _address(link)
            page.goto(clause)
            expect(page.locator("[aria-current=true].af-clause")).to_be_visible(timeout=PATIENCE)
            expect(page.locator("html")).to_have_attribute("lang", "en")
            page.get_by_role("link", name=WORDS["en"]["nav_policies"]).first.click()
            expect(page).to_have_url(re.compile(r"/askfirst/policies"))
    assert {url.split("/askfirst/")[0] for url in asked if not url.startswith(("data:", "blob:"))} == {f"https://{HOST}:{behind.port}"}
    assert wrong == []


def _address(link: Any) -> str:
    return str(link.evaluate("(link) => link.href"))
