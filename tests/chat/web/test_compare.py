"""The screen that compares, over stances that can be checked by eye: what it shows, what it takes, and what it keeps to itself."""

from __future__ import annotations

import io
import json
import re
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from docx import Document
from fastapi import FastAPI
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from chat.exports.parts import common
from chat.exports.words import SIGNS
from chat.web.comparing import COOKIE, routes
from chat.web.pages.compare_words import tell
from kb.clause import Authority, Clause, Modality, Policy
from kb.compare import Filter
from kb.search import KnowledgeBase
from tests.chat.web.desk import Desk
from tests.chat.web.library import library

DRAFT = "# Rules\n\n- Ask the customer before you show a logo. {practices=22}\n- Never mind who you are. {practices=18}\n"
HOSTILE = "# Rules\n\n- Never mind <script>alert(1)</script> <img src=x onerror=alert(2)> for customers. {practices=22}\n"


MORE = (
    Clause(
        "beta/1", Policy("beta", "Panduan Beta", "id", Authority.REFERENCE, sector="media"), "Minta izin.", Modality.MUST, practices=(22,)
    ),
    Clause("gamma/1", Policy("gamma", "Gamma", "en", Authority.REFERENCE, sector="health"), "Ask first.", Modality.MUST, practices=(18,)),
)


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    made = library(Path(tmp_path_factory.mktemp("compare")), MORE)
    yield made
    made.close()


@pytest.fixture
def client(knowledge: KnowledgeBase) -> TestClient:
    live: Any = SimpleNamespace(assistant=SimpleNamespace(knowledge=knowledge))
    app, desk = FastAPI(), Desk(knowledge)
    routes(app, live, lambda: desk, lambda request: ())
    return TestClient(app)


def sent(client: TestClient, data: bytes | str, name: str = "draft.md", lang: str = "en") -> Any:
    return client.post("/compare", data={"lang": lang}, files={"file": (name, data)})


def address(client: TestClient, reply: Any, path: str, **more: str) -> str:
    visit = reply.url.params["visit"]
    return f"/compare/{path}?visit={visit}" + "".join(f"&{name}={value}" for name, value in more.items())


def test_without_a_draft_the_screen_says_how_common_each_practice_is(client: TestClient) -> None:
    reply = client.get("/compare?lang=en")
    assert reply.status_code == 200 and "22 Practice &lt;22&gt;" in reply.text and 'id="af-cmp-table"' in reply.text
    assert "no-store" in reply.headers["cache-control"]


@pytest.mark.parametrize("lang", ["en", "id"])
def test_a_draft_that_is_sent_is_shown_with_its_gaps(client: TestClient, lang: str) -> None:
    reply = sent(client, DRAFT, lang=lang)
    assert reply.status_code == 200 and reply.history[0].status_code == 303 and f'<html lang="{lang}"' in reply.text
    assert "Never mind who you are." in reply.text and reply.text.index("Practice &lt;18&gt;") < reply.text.index("Practice &lt;1&gt;")
    cookie = reply.history[0].headers["set-cookie"].lower()
    assert COOKIE in cookie and "httponly" in cookie and "samesite=strict" in cookie


def test_a_text_is_compared_like_a_file_and_a_picked_policy_by_its_own_address(client: TestClient) -> None:
    assert "Never mind who you are." in client.post("/compare", data={"text": DRAFT, "lang": "en"}).text
    picked = client.post("/compare", data={"pick": "house/rules", "lang": "en"})
    assert picked.url.params["policy"] == "house/rules" and "visit" not in picked.url.params


def test_a_visit_is_nobody_else_s_and_ends_when_its_owner_says_so(client: TestClient) -> None:
    reply = sent(client, DRAFT)
    visit, own = reply.url.params["visit"], dict(client.cookies)
    client.cookies.clear()
    assert "Never mind who you are." not in client.get(f"/compare?visit={visit}&lang=en").text
    client.cookies.update(own)
    assert "Never mind who you are." in client.get(f"/compare?visit={visit}&lang=en").text
    client.post("/compare/forget", data={"visit": visit, "lang": "en"})
    assert "Never mind who you are." not in client.get(f"/compare?visit={visit}&lang=en").text


def test_hostile_text_is_shown_as_text(client: TestClient) -> None:
    text = sent(client, HOSTILE).text
    assert "<script>alert(1)" not in text and "<img src=x" not in text and "&lt;script&gt;alert(1)" in text


@pytest.mark.parametrize(
    ("name", "data"), [("draft.pdf", b"%PDF-1.7 nothing"), ("draft.exe", b"MZ"), ("draft.md", b"\xff\xfe\xfd"), ("draft.md", b"")]
)
def test_a_file_that_cannot_be_used_gets_a_message_and_the_screen_goes_on(client: TestClient, name: str, data: bytes) -> None:
    reply = sent(client, data, name)
    assert reply.status_code == 422 and 'role="alert"' in reply.text and 'type="file"' in reply.text and "Traceback" not in reply.text


def test_two_drafts_at_once_and_none_are_mistakes(client: TestClient) -> None:
    both = client.post("/compare", data={"text": DRAFT, "lang": "en"}, files={"file": ("a.md", DRAFT)})
    assert both.status_code == 422 and client.post("/compare", data={"lang": "en"}).status_code == 422


def test_every_format_can_be_taken_along(client: TestClient) -> None:
    reply = sent(client, DRAFT)
    files = {kind: client.get(address(client, reply, f"report.{kind}", lang="en")) for kind in ("docx", "xlsx", "md", "csv", "json", "txt")}
    assert {found.status_code for found in files.values()} == {200}
    assert all("attachment" in found.headers["content-disposition"] for found in files.values())
    assert json.loads(files["json"].content)["counts"]["contradicts"] == 1
    assert len(load_workbook(io.BytesIO(files["xlsx"].content)).sheetnames) >= 4 and Document(io.BytesIO(files["docx"].content)).paragraphs
    assert client.get(address(client, reply, "report.exe")).status_code == 404


def test_a_cell_shows_both_clauses_and_an_unknown_one_is_not_found(client: TestClient) -> None:
    reply = sent(client, DRAFT)
    cell = client.get(address(client, reply, "cell", practice="22", beside="beta", lang="en"))
    assert "Ask the customer before you show a logo." in cell.text and "Show a logo once a customer consents." in cell.text
    for practice, beside in (("99", "beta"), ("22", "nobody")):
        assert client.get(address(client, reply, "cell", practice=practice, beside=beside)).status_code == 404


def test_two_policies_stand_side_by_side(client: TestClient) -> None:
    text = client.get("/compare?policy=house/rules&policy=beta&lang=en").text
    assert text.index("Ask the customer before you show a logo.") < text.index("Show a logo once a customer consents.")
    assert "A logo of the board." not in text and "Board rules" not in text


@pytest.mark.parametrize("query", ["?policy=board&with=beta", "?policy=nothing", "?visit=unknown", "?since=yesterday"])
def test_what_is_withheld_unknown_or_mistaken_shows_nothing_of_it(client: TestClient, query: str) -> None:
    reply = client.get(f"/compare{query}&lang=en")
    assert reply.status_code in (200, 422) and "A logo of the board." not in reply.text


@pytest.mark.parametrize("query", ["policy=typo", "policy=board", "policy=house/rules&with=typo", "with=board", "visit=unknown"])
def test_what_an_address_names_and_is_not_to_be_seen_gets_a_line_and_no_file(query: str, client: TestClient) -> None:
    assert client.get(f"/compare/report.docx?{query}&lang=en").status_code == 404
    assert client.get(f"/compare/cell?{query}&practice=22&beside=beta&lang=en").status_code == 404  # nor half of what was asked for
    for lang in ("en", "id"):
        assert f'<p class="af-cmp-wrong" role="alert">{tell("gone", lang)}</p>' in client.get(f"/compare?{query}&lang={lang}").text


@pytest.mark.parametrize("query", ["", "policy=house/rules", "policy=house/rules&with=beta", "with=beta"])
def test_what_an_address_names_and_is_here_gets_no_such_line(query: str, client: TestClient) -> None:
    assert 'role="alert"' not in client.get(f"/compare?{query}&lang=en").text
    assert client.get(f"/compare/report.csv?{query}&lang=en").status_code == 200


def options(html: str, name: str) -> list[str]:
    """The values that a choice of this name offers, but "all"."""
    select = re.search(rf'<select name="{name}">(.*?)</select>', html)
    assert select
    return re.findall(r'value="([^"]+)"', select[1])


def test_the_filters_offer_what_the_policies_compared_with_have_in_every_version(client: TestClient) -> None:
    html = client.get("/compare?lang=en").text
    assert options(html, "language") == ["en", "id"] and options(html, "sector") == ["health", "media"]  # ours is of technology
    narrowed = client.get("/compare?lang=en&language=id").text
    assert "Compared with 1 policies." in narrowed and "Panduan Beta" in narrowed


def test_a_picked_policy_stands_once_in_the_map_and_the_table(client: TestClient) -> None:
    html = client.get("/compare?policy=beta&lang=en").text
    data = re.search(r'id="af-cmp-data">(.*?)</script>', html)
    assert data and [policy[0] for policy in json.loads(data[1])["policies"]] == ["beta", "gamma"]
    assert "Compared with 1 policies." in html and '<td class="af-cmp-share">0/1</td>' in html


def test_the_page_says_how_common_a_practice_is_as_the_files_do(client: TestClient, knowledge: KnowledgeBase) -> None:
    sector = "---\nsector: health\n---\n"
    html = sent(client, sector + DRAFT).text
    desk = Desk(knowledge)
    report = desk.report(desk.draft((sector + DRAFT).encode(), "draft.md"), (), Filter(), day=date.today(), groups=(), lang="en")
    told = common(report.comparison.practices[17], report)
    assert told == "1 of 2; 1 of 1 in health" and f"How common: {told}." in html


def test_the_page_has_the_signs_of_the_files(client: TestClient) -> None:
    html = sent(client, DRAFT).text
    legend = html[html.index('<ul class="af-cmp-legend">') :]
    legend = legend[: legend.index("</ul>")]
    assert set(re.findall(r'aria-hidden="true">(.)</span>', legend)) == set(SIGNS.values())
    assert not {"●", "✕"} & set(html)


@pytest.mark.parametrize(("lang", "said"), [("en", "No gap was found."), ("id", "Tidak ditemukan kekurangan.")])
def test_where_the_rest_is_not_known_no_gap_was_found_and_nothing_more_is_said(client: TestClient, lang: str, said: str) -> None:
    partial = "---\ncoverage: partial\n---\n# Rules\n\n- Ask before you show a logo. {practices=22}\n"
    assert f'<p role="status">{said}</p>' in sent(client, partial, lang=lang).text


@pytest.mark.parametrize("lang", ["en", "id"])
def test_the_tally_of_rules_counts_what_is_not_known(client: TestClient, lang: str) -> None:
    partial = "---\ncoverage: partial\n---\n# Rules\n\n- Greet people. {practices=5}\n"
    reply = sent(client, partial, lang=lang)
    text = client.get(f"/compare?visit={reply.url.params['visit']}&with=gamma&lang={lang}").text
    assert f"1 {tell('rule_unknown', lang)}." in text.replace("are ", "")


def test_the_starter_policy_is_of_what_was_ticked(client: TestClient) -> None:
    text = client.get("/compare/starter.md?practice=7&practice=18&lang=en").text
    assert "practices=7" in text and "practices=18" in text and "practices=22" not in text


def test_the_drawing_comes_from_here_and_is_not_sent_twice(client: TestClient) -> None:
    first = client.get("/compare/plotly.js")
    assert first.status_code == 200 and "plotly" in first.text[:400].lower()
    assert client.get("/compare/plotly.js", headers={"if-none-match": first.headers["etag"]}).status_code == 304


def test_no_file_that_is_sent_is_ever_on_disk(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def roll(_: object) -> None:
        raise AssertionError("a draft was about to be written to disk")

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", roll)
    assert sent(client, DRAFT + "\n" + "<!-- long -->\n" * 200_000).status_code == 200
