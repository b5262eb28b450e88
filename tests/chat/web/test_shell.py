"""Gradio's page made ours: the same for everybody, with only its own scripts, and nothing else of Gradio's."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from chat.web.guard import Fence, Guard, hashes
from chat.web.shell import Variant, enclose, is_open

# What of Gradio's page is changed, as it stands there.
PAGE = """<!doctype html>
<html
\tlang="en"
>
<head><meta property="og:image"
 content="https://raw.example/x.jpg" /><meta name="twitter:title" content="x"><meta name="viewport" content="width=device-width">
<script>window.gradio_config = {"root": "x"};</script>
<script data-gradio-mode>
\twindow.__gradio_mode__ = "app";
\twindow.parent?.postMessage(
\t\t{ type: "SET_SCROLLING", enabled: false },
\t\t"*"
\t);
</script>
<script>
\t(() => {
\t\tconst root = "";
\t\tscript.src = `${rootPath}/static/js/iframeResizer.contentWindow.min.js`;
\t})();
</script>
<link rel="manifest" href="/manifest.json" /><script type="module" src="./assets/index.js"></script></head><body></body></html>"""


def served(asked: list[Request], status: int = 200, root_path: str = "") -> TestClient:
    """A browser before an app around a Gradio that answers everything, and notes what it is asked."""

    async def page(request: Request) -> Response:
        asked.append(request)
        return HTMLResponse(PAGE, status)

    async def anything(_request: Request) -> Response:
        return PlainTextResponse("open")

    gradio = Starlette(routes=[Route("/", page), Route("/{path:path}", anything, methods=["GET", "POST", "DELETE"])])
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.mount("/", gradio)
    enclose(app, "<script>later()</script>", {"/": Variant(), "/embed": Variant("af-embedded", "<script>first()</script>")})
    return TestClient(Guard(app, Fence(frozenset())), base_url="http://127.0.0.1", root_path=root_path)


@pytest.mark.parametrize("root_path", ["", "/askfirst"])
def test_whatever_stands_in_the_address_no_server_reads_it(root_path: str) -> None:
    asked: list[Request] = []
    browser = served(asked, root_path=root_path)
    for address in ("/", "/?deep_link=../../x&page=runs&q=%3Cscript%3E", "/embed?theme=dark&lang=en&page=x"):
        assert browser.get(root_path + address).status_code == 200
    assert {(request.url.path, request.url.query) for request in asked} == {(f"{root_path}/", "")}


def test_nothing_in_the_page_comes_from_elsewhere_or_talks_to_whatever_frames_it() -> None:
    page = served([]).get("/").text
    assert "http:" not in page.replace("http://www.w3.org/2000/svg", "") and "https:" not in page
    assert "manifest" not in page and "postMessage" not in page and "iframeResizer" not in page
    assert '__gradio_mode__ = "app"' in page and "gradio_config" in page and "./assets/index.js" in page and "viewport" in page


@pytest.mark.parametrize(("query", "lang"), [("", "en"), ("?lang=id", "id"), ("?lang=%22onload=x", "en")])
def test_the_page_says_its_language_and_whether_it_is_embedded(query: str, lang: str) -> None:
    assert f'<html lang="{lang}" class="">' in served([]).get(f"/{query}").text
    assert f'<html lang="{lang}" class="af-embedded">' in served([]).get(f"/embed{query}").text


def test_only_its_own_inline_scripts_may_run() -> None:
    browser = served([])
    for path, count in (("/", 3), ("/embed", 4)):
        reply = browser.get(path)
        policy = reply.headers["content-security-policy"]
        inside = re.findall(r"<script(?! type)[^>]*>(.*?)</script>", reply.text, re.DOTALL)
        assert policy.count("'sha256-") == len(inside) + 1 == count
        assert all(hashes([script]) in policy for script in (*inside, "later()"))
        assert "'unsafe-inline'" not in policy.split("style-src")[0]


def test_a_page_that_gradio_cannot_give_is_said_to_be_missing() -> None:
    reply = served([], status=500).get("/")
    assert reply.status_code == 503 and reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("method", "path", "opened"),
    [
        ("GET", "/assets/index.js", True),
        ("HEAD", "/assets/index.js", True),
        ("GET", "/gradio_api/heartbeat/abc123", True),
        ("GET", "/gradio_api/queue/data", True),
        ("POST", "/gradio_api/queue/join", True),
        ("GET", "/gradio_api/queue/join", False),
        ("POST", "/gradio_api/upload", False),
        ("GET", "/gradio_api/file=/etc/passwd", False),
        ("GET", "/gradio_api/info", False),
        ("GET", "/config", False),
        ("DELETE", "/gradio_api/queue/join", False),
        ("GET", "/assets/../config", False),
        ("GET", "//gradio_api/queue/data", False),
        ("GET", "/anything/new", False),
    ],
)
def test_of_the_rest_only_what_the_page_needs_is_open(method: str, path: str, opened: bool) -> None:
    assert is_open(method, path) is opened
    if ".." in path or path.startswith("//"):
        return  # a client would make another path of it
    assert served([]).request(method, path).status_code == (200 if opened else 404)
