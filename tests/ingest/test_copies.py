"""What is fetched is kept with its day, refreshed when asked for again, and stays in force when a fetch fails."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import ingest.build as build
import ingest.copies as copying
import ingest.plan as planning
from ingest.changes import Changes
from ingest.copies import Copies, keep, look_up, place
from ingest.document import Refusal
from ingest.fetch import Fetched
from ingest.gather import gather
from ingest.run import run
from ingest.sources import remembered, sources
from kb.clause import Authority
from kb.errors import HomeError, InputError
from kb.settings import Settings
from tests.conftest import LetterEmbedder
from tests.ingest.quick import Letters

URL = "https://intranet.example/hr/Social%20Media.md"
Answers = dict[str, bytes | Exception]


@pytest.fixture
def house(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """A corpus of one rule, the fake embedder, and one host that may be asked."""
    monkeypatch.setattr(build, "ReferenceEmbedder", Letters)
    monkeypatch.setattr(build, "open_embedder", lambda *_: LetterEmbedder())
    monkeypatch.setattr(build, "ensure_export", lambda *_: tmp_path)
    monkeypatch.setattr(planning, "expected_model", lambda _: LetterEmbedder.model)
    (tmp_path / "corpus").mkdir()
    (tmp_path / "corpus" / "a.md").write_text("- Never swear.\n", "utf-8")
    return replace(settings, corpus=tmp_path / "corpus", fetch_hosts=("intranet.example",))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> Answers:
    """What the host says, by address: fetched as ever by what stands behind the door of `ingest.fetch`."""
    said: Answers = {}

    def get(url: str, _hosts: Sequence[str]) -> Fetched:
        found = said[url]
        if isinstance(found, Exception):
            raise found
        suffix = ".txt" if found.startswith(b"text:") else ".md"
        return Fetched(url, f"{url}?final", "text/plain", suffix, found)

    monkeypatch.setattr(copying, "fetch", get)
    return said


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Sets the day."""

    def be(day: str) -> None:
        monkeypatch.setattr(copying, "_today", lambda: day)

    be("2026-03-01")
    return be


def ingest(settings: Settings, *paths: str, **given: Any) -> Changes:
    """A whole run, the index included."""
    return run(settings, paths, quiet, **given)[0]


def bring(settings: Settings, *urls: str, authority: Authority | None = None, given: Mapping[str, str] | None = None) -> Copies:
    """Fetches and keeps, without an index."""
    found = look_up(settings, urls, authority, given or {}, quiet)
    keep(settings, found)
    return found


def quiet(_line: str) -> None:
    pass


def files(settings: Settings) -> dict[str, bytes]:
    """The whole home; of an index its manifest, as Chroma notes in its own file that it was opened."""
    found = {p.relative_to(settings.home): p for p in settings.home.rglob("*") if p.is_file() and p.suffix != ".lock"}
    return {str(name): b"" if "chroma" in name.parts else p.read_bytes() for name, p in found.items()}


def copies(settings: Settings) -> list[str]:
    return sorted(p.name for p in (settings.home / "fetched").glob("*/*"))


def test_a_fetched_document_is_read_like_any_other_and_its_policy_knows_where_from_and_when(house: Settings, answers: Answers) -> None:
    answers[URL] = b"# Posts\n1. Ask before you post.\n"
    bring(house, URL)
    [_, policy] = gather(sources(house), []).policies.values()
    assert (policy.url, policy.source, policy.authority) == (URL, f"{URL} (fetched 2026-03-01)", Authority.BINDING)
    assert policy.id.startswith("intranet.example/hr-social-media-")
    [note, copy] = sorted((house.home / "fetched" / "intranet.example").iterdir())
    assert copy.read_bytes() == answers[URL] and policy.id == f"intranet.example/{copy.stem}" and note.stem == copy.stem
    said = json.loads(note.read_text("utf-8"))
    assert (said["url"], said["final_url"], said["fetched"], said["content_type"]) == (URL, f"{URL}?final", "2026-03-01", "text/plain")


def test_a_run_tells_what_changed_and_a_dry_one_tells_it_and_writes_nothing(
    house: Settings, answers: Answers, today: Callable[[str], None]
) -> None:
    answers[URL] = b"# Posts\n1. Ask before you post.\n2. Never lie.\n"
    foreseen = ingest(house, URL, dry=True)
    assert len(foreseen.added) == 3 and not house.home.exists()
    assert ingest(house, URL).added == foreseen.added
    before = files(house)
    today("2026-04-01")
    answers[URL] = b"# Posts\n1. Ask before you post.\n2. Never fib.\n"
    foreseen = ingest(house, URL, dry=True)
    assert [(d.key, d.old, d.new) for d in foreseen.details] == [(foreseen.changed[0], "Never lie.", "Never fib.")]
    assert foreseen.changed[0].endswith("/2@en") and files(house) == before
    assert ingest(house, f"{URL}#top").details == foreseen.details
    assert [known.given["fetched"] for known in remembered(house)] == ["2026-04-01"] and len(copies(house)) == 2
    answers[URL] = Refusal("expected an answer; found none; try again")
    changes = ingest(house, URL)
    assert changes.refused == {URL: "expected an answer; found none; try again; the copy fetched on 2026-04-01 stays in force"}
    assert changes.unchanged == 3 and not changes.any
    assert len(ingest(house, forget=[f"{URL}#part"]).removed) == 2
    assert copies(house) == [] and remembered(house) == []


def test_an_unchanged_document_keeps_its_day_and_its_file(house: Settings, answers: Answers, today: Callable[[str], None]) -> None:
    answers[URL] = b"# Posts\n1. Ask before you post.\n"
    bring(house, URL)
    before, stats = files(house), [s.file.stat().st_mtime_ns for s in sources(house)]
    today("2026-04-01")
    bring(house, URL)
    assert (files(house), [s.file.stat().st_mtime_ns for s in sources(house)]) == (before, stats)


def test_a_document_that_cannot_be_read_does_not_replace_a_copy_that_can(house: Settings, answers: Answers) -> None:
    answers[URL] = b"# Posts\n1. Ask before you post.\n"
    bring(house, URL)
    before = files(house)
    answers[URL] = b"# Posts\n\xff\xfe\n"
    found = bring(house, URL)
    assert "UTF-8" in found.refused[URL] and "stays in force" in found.refused[URL] and found.kept == {URL}
    assert files(house) == before


def test_an_address_that_gives_nothing_is_an_error_and_among_others_a_refusal(house: Settings, answers: Answers) -> None:
    other = "https://intranet.example/other.md"
    answers |= {URL: Refusal("expected an answer; found none; try again"), other: b"- Ask before you post.\n"}
    with pytest.raises(InputError, match="found none; try again"):
        ingest(house, URL)
    assert not house.home.exists()
    changes = ingest(house, URL, other)
    assert list(changes.refused) == [URL] and len(changes.added) == 2


@pytest.mark.parametrize("bad", ["http://intranet.example/x", "https://elsewhere.example/x", "missing.md"])
def test_nothing_is_fetched_where_one_of_the_paths_cannot_be_meant(bad: str, house: Settings, answers: Answers) -> None:
    with pytest.raises(InputError):
        ingest(house, URL, bad)  # fetching would be a KeyError
    assert not house.home.exists()


def test_what_was_said_of_an_address_still_holds_when_it_is_fetched_again(house: Settings, answers: Answers) -> None:
    answers[URL] = b"- Ask before you post.\n"
    bring(house, URL, authority=Authority.REFERENCE, given={"effective_from": "2026-01-01"})
    bring(house, URL)
    [known] = remembered(house)
    assert (known.authority, known.given["effective_from"]) == (Authority.REFERENCE, "2026-01-01")
    bring(house, URL, authority=Authority.BINDING)
    assert [k.authority for k in remembered(house)] == [Authority.BINDING]


def test_a_document_of_others_cannot_make_itself_binding(house: Settings, answers: Answers) -> None:
    answers[URL] = b"---\nauthority: binding\n---\n- You may post anything.\n"
    found = bring(house, URL, authority=Authority.REFERENCE)
    assert "calls itself binding" in found.refused[URL] and copies(house) == []


def test_the_original_of_a_published_policy_is_reference_unless_said_otherwise(house: Settings, answers: Answers) -> None:
    url = "https://handbook.gitlab.com/handbook/marketing/team-member-social-media-policy/"
    answers[url] = b"- You may post anything.\n"
    house = replace(house, fetch_hosts=("handbook.gitlab.com",))
    bring(house, url)
    assert [known.authority for known in remembered(house)] == [Authority.REFERENCE]
    bring(house, url)
    assert [known.authority for known in remembered(house)] == [Authority.REFERENCE]
    bring(house, url, authority=Authority.BINDING)
    bring(house, url)
    assert [known.authority for known in remembered(house)] == [Authority.BINDING]


def test_a_document_that_became_another_format_leaves_one_copy(house: Settings, answers: Answers) -> None:
    answers[URL] = b"- Ask before you post.\n"
    bring(house, URL)
    answers[URL] = b"text: Ask before you post.\n"
    assert not bring(house, URL).refused
    assert [Path(name).suffix for name in copies(house)] == [".json", ".txt"] and len(remembered(house)) == 1


def test_a_home_that_cannot_be_written_is_one_clear_error(house: Settings, answers: Answers) -> None:
    answers[URL] = b"- Ask before you post.\n"
    house.home.write_text("not a folder", "utf-8")
    with pytest.raises(HomeError, match="ASKFIRST_HOME"):
        bring(house, URL)


@pytest.mark.parametrize(
    ("url", "begins"),
    [
        ("https://a.example/", "a.example/"),
        ("https://a.example/hr/policy.html", "a.example/hr-policy-"),
        ("https://a.example/%2e%2e/%2e%2e/etc/passwd", "a.example/etc-passwd-"),
        ("https://a.example/..%2f..%5cx", "a.example/x-"),
        ("https://a.example:8443/kebijakan/média", "a.example-8443/kebijakan-m-dia-"),
        ("https://a.example/" + "x" * 500, "a.example/" + "x" * 60 + "-"),
        ("https://a.example/?page=7", "a.example/"),
    ],
)
def test_a_copy_s_name_is_readable_and_leads_nowhere_else(url: str, begins: str) -> None:
    found = place(Fetched(url, url, "text/plain", ".txt", b""))
    assert found.startswith(begins) and found.count("/") == 1 and ".." not in found and len(found) < 120


def test_addresses_that_look_alike_have_copies_of_their_own() -> None:
    urls = [f"https://a.example/{tail}" for tail in ("x", "X", "x/", "x.md", "x?1", "x?2", "x-y", "x/y", "x_y")]
    assert len({place(Fetched(url, url, "text/plain", ".txt", b"")) for url in urls}) == len(urls)
