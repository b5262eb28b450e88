"""Hostile text, wherever it may come from, is shown as text: in questions, drafts, addresses, documents, file names and contacts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from tests.chat.web.conftest import CHROMIUM
from tests.chat.web.test_serve import Server

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"NO BROWSER: {CHROMIUM} is missing; apt install chromium"),
]
PATIENCE = 30_000  # ms
PAYLOADS = (
    "<script>alert(1)</script>",
    "<script src=data:,alert(2)></script>",
    "<ScRiPt>alert(3)</sCrIpT>",
    "<<script>alert(4)//<</script>",
    "<img src=x onerror=alert(5)>",
    "<img src=x onerror='alert(6)'>",
    '<img src="x" onerror="alert(7)">',
    "<img/src=x/onerror=alert(8)>",
    "<IMG SRC=x OnErRoR=alert(9)>",
    "<img src=x:alert(10) onerror=eval(src)>",
    "<svg onload=alert(11)>",
    "<svg><script>alert(12)</script></svg>",
    "<svg><animate onbegin=alert(13) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert(14)'><text y=20>x</text></a></svg>",
    "<svg><foreignObject><body onload=alert(15)></foreignObject></svg>",
    "<body onload=alert(16)>",
    "<iframe src=javascript:alert(17)></iframe>",
    "<iframe srcdoc='<script>parent.alert(18)</script>'></iframe>",
    "<object data=javascript:alert(19)></object>",
    "<embed src=javascript:alert(20)>",
    "<video src=x onerror=alert(21)></video>",
    "<video><source onerror=alert(22)></video>",
    "<audio src=x onerror=alert(23)>",
    "<details open ontoggle=alert(24)>x</details>",
    "<input autofocus onfocus=alert(25)>",
    "<textarea autofocus onfocus=alert(26)></textarea>",
    "<select autofocus onfocus=alert(27)></select>",
    "<marquee onstart=alert(28)>x</marquee>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(29)></style></mglyph></table></mtext></math>",
    "<a href=javascript:alert(30)>x</a>",
    "<a href='java&#10;script:alert(31)'>x</a>",
    "<form action=javascript:alert(32)><button autofocus>x</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(33)'>",
    "<base href='javascript:alert(34)//'>",
    "<link rel=stylesheet href=data:,*{x:expression(alert(35))}>",
    "<style>@import'javascript:alert(36)';</style>",
    "<template><img src=x onerror=alert(37)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(38)>'>",
    '"><img src=x onerror=alert(39)>',
    "'><img src=x onerror=alert(40)>",
    "</textarea><img src=x onerror=alert(41)>",
    "</script><script>alert(42)</script>",
    "</title><script>alert(43)</script>",
    "</blockquote></figure></article><img src=x onerror=alert(44)>",
    "--><img src=x onerror=alert(45)><!--",
    "]]><img src=x onerror=alert(46)>",
    '" autofocus onfocus="alert(47)" x="',
    "' onmouseover='alert(48)' x='",
    "[x](javascript:alert(49))",
    '![x](x"onerror="alert(50))',
    "`<img src=x onerror=alert(51)>`",
    "$$<img src=x onerror=alert(52)>$$",
    "{{constructor.constructor('alert(53)')()}}",
    "${alert(54)}",
    "&lt;img src=x onerror=alert(55)&gt;",
    "&#60;img src=x onerror=alert(56)&#62;",
    "\u003cimg src=x onerror=alert(57)\u003e",
    "<img src=x \x00onerror=alert(58)>",
    "javascript:alert(59)",
    "<xss style='animation-name:af-wait' onanimationstart=alert(60)>x</xss>",
    "\u202e<img src=x onerror=alert(61)>",
    "<img src=x onerror=alert&#40;62&#41;>",
)
# Whatever of a payload became more than text: no page of ours has any of these.
FOREIGN = """() => [...document.querySelectorAll("*")].filter((node) =>
  [...node.attributes].some(({name, value}) =>
    /^on/i.test(name) || (/^(href|src|action|data)$/i.test(name) && /^\\s*(javascript|data:text)/i.test(value)))
  || /^(iframe|object|embed|video|audio|marquee|math|foreignobject|animate|xss|template)$/i.test(node.localName)
  || node.matches("form:not(.af-search), meta[http-equiv], img[src=x], details[ontoggle], mglyph, base:not([href='./'])")
).map((node) => node.outerHTML.slice(0, 200))"""


def test_there_are_enough_of_them() -> None:
    assert len(set(PAYLOADS)) >= 40


@pytest.fixture(scope="module")
def hostile(session_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server whose whole corpus is hostile: text, headings, front matter, file names, contacts."""
    home, corpus = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("corpus")
    shutil.copytree(session_home / "model", home / "model")
    clauses = "\n\n".join(f"{number}. Never post pictures of penguin {number} {_one_line(p)} here." for number, p in enumerate(PAYLOADS, 1))
    for at, payload in enumerate(PAYLOADS[4:40:5]):
        front = {
            "id": f"hostile-{at}",
            "title": f"Rules {payload}",
            "organisation": payload,
            "sector": payload,
            "country": payload,
            "version": payload,
            "authority": "binding" if at % 2 else "reference",
            "published": "2024",
            "url": f'https://example.com/"{quote(payload, safe="<>=()")}' if at % 3 else "javascript:alert(70)",
            "url_is": "publisher",
            "coverage": "partial",
            "missing": payload,
        }
        text = (
            "---\n" + "".join(f"{key}: {json.dumps(value)}\n" for key, value in front.items()) + f"---\n# Penguins {_one_line(payload)}\n\n"
        )
        (corpus / f"hostile-{at}.md").write_text(text + (clauses if at < 2 else clauses.split("\n\n")[at] + "\n"), "utf-8")
    for payload in PAYLOADS:
        if "/" not in payload and "\x00" not in payload:
            (corpus / f"{payload}.md").write_text(f"# Walruses\n\n1. Never post pictures of a walrus {_one_line(payload)}.\n", "utf-8")
    contact = {"role": {"en": PAYLOADS[5], "id": PAYLOADS[6]}, "phone": PAYLOADS[38], "hours": {"en": PAYLOADS[10], "id": PAYLOADS[39]}}
    (home / "corpus").mkdir()
    contacts = [{"id": "communications", "email": '"><img/src=x/onerror=alert(71)>@example.com', "url": "javascript:alert(72)"} | contact]
    (home / "corpus" / "contacts.yaml").write_text(json.dumps({"default": "communications", "contacts": contacts}), "utf-8")
    with pytest.MonkeyPatch.context() as environ:
        environ.setenv("ASKFIRST_CORPUS", str(corpus))
        with Server(home) as server:
            server.ready()
            yield server
            assert "Traceback" not in server.log


def _one_line(payload: str) -> str:
    return payload.replace("\x00", "")


@contextmanager
def watched(browser: Any) -> Iterator[Any]:
    """A page in which anything that runs is noticed, and anything that only the policy kept from running as well."""
    context = browser.new_context(locale="en-GB")
    ran: list[str] = []
    context.add_init_script("for (const name of ['alert', 'confirm', 'prompt']) window[name] = (what) => console.error(`RAN ${what}`);")
    context.on("dialog", lambda dialog: (ran.append(dialog.message), dialog.dismiss()))
    context.on(
        "console", lambda message: ran.append(message.text) if "RAN" in message.text or "Content Security Policy" in message.text else None
    )
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    try:
        yield page
        page.wait_for_timeout(100)
        assert ran == []
    finally:
        context.close()


def arrived(page: Any, address: str) -> None:
    """The chat, ready."""
    page.goto(address)
    page.wait_for_selector("#af-lang[role=radiogroup]", state="attached")


def sent(page: Any, text: str, number: int) -> None:
    """The message, answered."""
    page.locator("#af-box textarea").fill(text)
    page.locator("#af-send").click()
    page.wait_for_function(
        "(number) => document.querySelectorAll('article.af-answer').length === number && !document.querySelector('.af-pending')", arg=number
    )


def test_what_looks_for_them_finds_them(browser: Any) -> None:
    with browser.new_page(java_script_enabled=False) as page:
        found = 0
        for payload in PAYLOADS:
            page.set_content(f"<main>{payload}</main>", wait_until="commit")
            found += bool(page.evaluate(FOREIGN))
    assert found >= 40


@pytest.mark.parametrize("kind", ["question", "draft"])
def test_in_what_a_person_sends(kind: str, browser: Any, hostile: Server) -> None:
    with watched(browser) as page:
        for start in range(0, len(PAYLOADS), 25):
            arrived(page, f"{hostile.address}/embed?kind={kind}" if start else f"{hostile.address}/?kind={kind}")
            for number, payload in enumerate(PAYLOADS[start : start + 25], 1):
                sent(page, f"May I post {payload} about penguin {start + number}?", number)
                assert payload.replace("\x00", "") in page.locator(".af-said .af-text").last.text_content().replace("\x00", "").replace(
                    "\ufffd", ""
                )
            assert page.evaluate(FOREIGN) == []


def test_in_addresses(browser: Any, hostile: Server) -> None:
    with watched(browser) as page:
        for number, payload in enumerate(PAYLOADS):
            said = quote(payload, safe="")
            path = ("policies?q={}", "clauses/{}", "policies/{}", "policies?topic={0}&sector={0}&practice={0}&lang={0}", "about?lang={}")[
                number % 5
            ]
            page.goto(f"{hostile.address}/{path.format(said)}")
            assert page.evaluate(FOREIGN) == []
        for payload in PAYLOADS[:45:9]:
            arrived(page, f"{hostile.address}/?q={quote(payload)}&lang={quote(payload)}&kind={quote(payload)}&__theme={quote(payload)}")
            assert page.evaluate(FOREIGN) == []
            arrived(page, f"{hostile.address}/embed?theme={quote(payload)}&lang={quote(payload)}#q={quote(payload)}")
            assert page.evaluate(FOREIGN) == []


def test_in_documents_file_names_and_contacts(browser: Any, hostile: Server) -> None:
    policies = hostile.get("/api/policies").json()
    ids = [policy["policy_id"] for policy in policies]
    # A file whose name could not stand in an address is refused; the odd ones that can are served.
    assert len(ids) > 10 and any("alert(" in policy_id for policy_id in ids)
    shown = json.dumps([{**policy, "policy_id": ""} for policy in policies])  # a file named "&lt;" keeps it
    assert "&lt;" not in shown and any("<" in policy["title"] for policy in policies)
    with watched(browser) as page:
        for lang in ("en", "id"):
            for path in ("policies", "about", "policies?q=penguin", *(f"policies/{quote(policy_id, safe='')}" for policy_id in ids)):
                page.goto(f"{hostile.address}/{path}{'&' if '?' in path else '?'}lang={lang}")
                assert page.evaluate(FOREIGN) == [], path
        page.goto(f"{hostile.address}/policies/hostile-1")
        assert "<script>alert(1)</script>" in page.locator("main").text_content()
        for link in page.locator("a.af-number").all()[:50:7]:
            address = link.get_attribute("href")
            with page.context.new_page() as clause:
                clause.goto(f"{hostile.address}/policies/{address}")
                assert clause.evaluate(FOREIGN) == []
        arrived(page, hostile.address)
        for number, about in enumerate(("penguin 3", "penguin 17", "penguin 40", "a walrus"), 1):
            sent(page, f"May I post pictures of {about}?", number)
            page.evaluate("document.querySelectorAll('article.af-answer details').forEach((fold) => { fold.open = true; })")
            assert page.evaluate(FOREIGN) == []
        quoted = page.locator("figure.af-quote blockquote").all_text_contents()
        assert any("alert(" in text for text in quoted)
        assert "alert(6)" in page.locator(".af-contact .af-role").last.text_content()
        page.locator("article.af-answer figure.af-quote a[data-over]").first.click()
        page.wait_for_selector("#af-over .af-clause")
        assert page.evaluate(FOREIGN) == []
