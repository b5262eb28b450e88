"""One bad file is refused by name, and the rest goes on."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ingest.gather import Gathered, gather
from ingest.sources import Remembered, remember, sources
from kb.clause import Authority
from kb.errors import CorpusError, InputError
from kb.settings import Settings


@pytest.fixture
def corpus(tmp_path: Path, settings: Settings) -> Settings:
    (tmp_path / "c" / "policies").mkdir(parents=True)
    (tmp_path / "c" / "house.md").write_text("# House rules\n- Ask before you post.\n", "utf-8")
    (tmp_path / "c" / "policies" / "acme.en.md").write_text(
        "---\ntitle: Acme\nauthority: reference\npublished: 2012-05\n---\n- You may post.\n", "utf-8"
    )
    return replace(settings, corpus=tmp_path / "c")


def gathered(settings: Settings) -> Gathered:
    return gather(sources(settings), [])


def write(settings: Settings, name: str, text: str) -> None:
    assert settings.corpus
    (settings.corpus / name).write_text(text, "utf-8")


def test_a_plain_document_is_binding_titled_by_its_heading_and_its_language_detected(corpus: Settings) -> None:
    found = gathered(corpus).policies["house@en"]
    assert (found.title, found.authority, found.lang) == ("House rules", Authority.BINDING, "en")


def test_an_indonesian_plain_document_is_recognised(corpus: Settings) -> None:
    write(corpus, "aturan.md", "# Aturan kami\n- Karyawan dilarang membocorkan data pelanggan kepada siapa pun.\n")
    assert "aturan@id" in gathered(corpus).policies


def test_front_matter_and_file_name_give_id_language_and_authority(corpus: Settings) -> None:
    found = gathered(corpus).policies["acme@en"]
    assert (found.id, found.authority, found.published) == ("acme", Authority.REFERENCE, "2012-05")


def test_the_same_id_and_language_twice_refuses_both_by_name(corpus: Settings) -> None:
    write(corpus, "other.md", "---\nid: house\nlang: en\n---\n- Other.\n")
    found = gathered(corpus)
    assert {name.rpartition("/")[2] for name in found.refused} == {"house.md", "other.md"}
    assert all("'house'" in reason for reason in found.refused.values())
    assert set(found.policies) == {"acme@en"}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("---\ntitle: [\n---\n- x\n", "line 3"),
        ("---\nauthority: mine\n---\n- x\n", "authority binding or reference"),
        ("---\nlang: fr\n---\n- x\n", "lang en or id"),
        ("---\npublished: soon\n---\n- x\n", "published"),
        ("---\neffective_from: 2026\n---\n- x\n", "effective_from"),
        ("---\neffective_from: 2026-02-01\neffective_to: 2026-01-01\n---\n- x\n", "before"),
        ("---\ncolour: red\n---\n- x\n", "colour"),
        ("---\nid: a b\n---\n- x\n", "id without spaces"),
        ("---\ngroups: hr\n---\n- x\n", "groups"),
        ("---\ntitle: {a: b}\n---\n- x\n", "text for title"),
        ("", "found none"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_the_rest_goes_on(text: str, reason: str, corpus: Settings) -> None:
    write(corpus, "bad.md", text)
    found = gathered(corpus)
    [(name, why)] = found.refused.items()
    assert name.endswith("bad.md")
    assert reason in why
    assert set(found.policies) == {"house@en", "acme@en"}


def test_a_missing_corpus_folder_is_one_clear_error(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="nothing there"):
        sources(replace(settings, corpus=tmp_path / "gone"))


def test_remembered_paths_are_read_until_they_are_forgotten(corpus: Settings, tmp_path: Path) -> None:
    extra = tmp_path / "extra.md"
    extra.write_text("- You must smile.\n", "utf-8")
    remember(corpus, [Remembered(extra, Authority.REFERENCE)])
    assert gathered(corpus).policies["extra@en"].authority is Authority.REFERENCE
    remember(corpus, forget=[str(extra)])
    assert "extra@en" not in gathered(corpus).policies


def test_a_path_that_is_not_there_is_an_error(corpus: Settings, tmp_path: Path) -> None:
    with pytest.raises(InputError):
        remember(corpus, [Remembered(tmp_path / "gone.md", None)])
    with pytest.raises(InputError):
        remember(corpus, forget=[str(tmp_path / "never.md")])


def test_the_organisation_s_own_folder_is_laid_over_the_shipped_corpus(settings: Settings) -> None:
    settings.own_corpus.mkdir(parents=True)
    (settings.own_corpus / "ours.md").write_text("- You must smile at every customer.\n", "utf-8")
    names = [source.policy_id for source in sources(settings)]
    assert "ours" in names
    assert names.count("practices") == 2
