"""`askfirst ingest` from the command line to a host on loopback and back: what is printed, and what is written."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import ingest.build as build
import ingest.plan as planning
from chat.cli import main
from tests.conftest import LetterEmbedder
from tests.ingest.quick import Letters
from tests.ingest.web_host import Host, Page, start

PAGE = b"""<!doctype html><html lang="en"><head><title>Rules for posts</title></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav>
<main><h1>Rules for posts</h1><p>These rules hold for everybody who posts about our work, wherever and whenever that is.</p>
<ol><li>Ask before you post.</li></ol></main><footer>All rights reserved</footer></body></html>"""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A host that runs as long as this module's tests."""
    running, end = start(tmp_path_factory.mktemp("host"))
    yield running
    end()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, a corpus of one rule, and the fake embedder."""
    monkeypatch.setattr(build, "ReferenceEmbedder", Letters)
    monkeypatch.setattr(build, "open_embedder", lambda *_: LetterEmbedder())
    monkeypatch.setattr(build, "ensure_export", lambda *_: tmp_path)
    monkeypatch.setattr(planning, "expected_model", lambda _: LetterEmbedder.model)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text("- Never swear.\n", "utf-8")
    monkeypatch.setenv("ASKFIRST_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("ASKFIRST_CORPUS", str(tmp_path / "corpus"))
    monkeypatch.delenv("ASKFIRST_FETCH_HOSTS", raising=False)
    return tmp_path / "home"


@pytest.fixture
def askfirst(capsys: pytest.CaptureFixture[str], home: Path) -> Callable[..., tuple[int, list[str], list[str]]]:
    """Runs a command; its exit code and the lines on standard output and error."""

    def run(*arguments: str) -> tuple[int, list[str], list[str]]:
        status = main(arguments)
        out, err = capsys.readouterr()
        return status, out.splitlines(), err.splitlines()

    return run


Run = Callable[..., tuple[int, list[str], list[str]]]


def test_an_address_is_fetched_read_and_told_clause_by_clause(
    host: Host, home: Path, askfirst: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = f"localhost:{host.port}"
    monkeypatch.setenv("ASKFIRST_FETCH_HOSTS", f"{place}=127.0.0.0/8, {place}=::1/128")
    monkeypatch.setenv("SSL_CERT_FILE", str(host.certificate))
    host.pages |= {
        "/rules": Page(status=302, headers={"Location": "/rules.html"}),
        "/rules.html": Page(PAGE, "text/html"),
    }
    url = host.url("/rules", "localhost")
    status, out, err = askfirst("ingest", url)
    assert status == 0 and f"fetching {url}" in err
    assert any(line.startswith(f"added    localhost-{host.port}/rules-") and line.endswith("Ask before you post.") for line in out)
    assert out[-1].startswith("3 added, 0 changed") and not any("News" in line or "reserved" in line for line in out)
    host.pages["/rules.html"] = Page(status=503)
    status, out, err = askfirst("ingest", url)
    assert status == 0 and out[-1] == "0 added, 0 changed, 0 moved, 0 removed, 3 unchanged, 1 refused"
    assert out[0].startswith(f"refused  {url}: expected the document; found status 503") and out[0].endswith("stays in force")


@pytest.mark.parametrize(
    ("url", "hosts", "said"),
    [
        ("https://intranet.example/rules", "", "ASKFIRST_FETCH_HOSTS"),
        ("https://intranet.example/rules", "other.example", "other.example"),
        ("http://intranet.example/rules", "intranet.example", "https://"),
    ],
)
def test_an_address_that_may_not_be_asked_is_one_line(
    url: str, hosts: str, said: str, home: Path, askfirst: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASKFIRST_FETCH_HOSTS", hosts)
    for option in ([], ["--dry-run"]):
        status, out, err = askfirst("ingest", url, *option)
        assert (status, out, len(err)) == (2, [], 1) and said in err[0]
    assert not home.exists()


def test_a_dry_run_with_paths_tells_every_clause_and_writes_nothing(home: Path, askfirst: Run, tmp_path: Path) -> None:
    extra = tmp_path / "extra"
    extra.mkdir()
    (extra / "b.md").write_text("# Posts\n1. Ask before you post.\n2. Never lie.\n", "utf-8")
    assert askfirst("ingest", str(extra), "--dry-run")[:2] == (
        0,
        [
            "added    a/1@en  Never swear.",
            "added    b/1@en  Ask before you post.",
            "added    b/2@en  Never lie.",
            "3 added, 0 changed, 0 moved, 0 removed, 0 unchanged, 0 refused",
        ],
    )
    assert not home.exists()


def test_what_is_said_of_a_path_anew_counts_although_its_file_is_as_it_was(askfirst: Run, tmp_path: Path) -> None:
    file = tmp_path / "Phone policy 2025.md"
    file.write_text("- Never lend the phone.\n", "utf-8")
    assert askfirst("ingest", str(file))[1][-1].startswith("2 added")
    _, changed, _ = askfirst("ingest", str(file), "--effective-to", "2021-01-01")
    assert any("effective_to: none → 2021-01-01" in line for line in changed) and changed[-1].startswith("0 added, 1 changed")
    assert askfirst("ingest", str(file), "--effective-to", "2021-01-01")[1][0] == "nothing changed: the index is up to date"
    _, changed, _ = askfirst("ingest", str(file), "--reference")
    assert any("authority: binding → reference" in line for line in changed)


def test_a_file_s_name_may_have_spaces(askfirst: Run, tmp_path: Path) -> None:
    (tmp_path / "HR rules").mkdir()
    (tmp_path / "HR rules" / "Code of Conduct 2025.md").write_text("- Never lie.\n", "utf-8")
    _, out, _ = askfirst("ingest", str(tmp_path / "HR rules"))
    assert "added    Code-of-Conduct-2025/1@en  Never lie." in out


def test_a_file_whose_name_is_no_text_is_read_like_any_other(askfirst: Run, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    odd = Path(os.fsdecode(bytes(tmp_path / "rules") + b"/old\xff rules.md"))
    odd.write_text("- Never lie.\n", "utf-8")
    for given in (tmp_path / "rules", odd.rename(odd.parent.parent / odd.name)):
        status, out, _ = askfirst("ingest", str(given))
        assert (status, out[-1].split(",")[0] in ("1 added", "0 added")) == (0, True)
    assert "added    old\N{REPLACEMENT CHARACTER}-rules/1@en  Never lie." in out


def test_a_folder_without_documents_is_named_and_what_is_meant_as_one_but_not_read_too(askfirst: Run, tmp_path: Path) -> None:
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "photo.jpg").write_bytes(b"x")
    (tmp_path / "downloads" / "~$Code.docx").write_bytes(b"lock")
    status, out, _ = askfirst("ingest", str(tmp_path / "downloads"))
    assert status == 0 and out[-1].endswith("1 refused")
    assert out[0].startswith(f"refused  {tmp_path / 'downloads'}: expected documents in the folder (.md, ")
    (tmp_path / "downloads" / "slides.pptx").write_bytes(b"PK")
    assert "slides.pptx: expected a document that can be read" in askfirst("ingest")[1][0]
