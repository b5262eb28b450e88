"""The validator names file, line and remedy for everything that is wrong with a corpus."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from chat.cli import _validated
from chat.scenarios import Scenario, scenario
from chat.validate import same_meaning, same_words
from kb.settings import Settings
from kb.support import SHIPPED
from tests.conftest import LetterEmbedder


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A small whole corpus: the practices and support files as shipped, one policy, two cases."""
    folder = tmp_path / "corpus"
    shutil.copytree(SHIPPED / "practices", folder / "practices")
    for name in ("topics.yaml", "contacts.yaml", "terms.yaml", "glossary.csv"):
        shutil.copy(SHIPPED / name, folder / name)
    (folder / "policies").mkdir()
    # One policy that speaks of every topic, so that coverage holds.
    topics = [t["id"] for t in yaml.safe_load((SHIPPED / "topics.yaml").read_text("utf-8"))]
    rules = "\n".join(f"- Staff may speak of {t}. {{modality=may topics={t} practices=25}}" for t in topics)
    (folder / "policies" / "acme.md").write_text(
        f"---\ntitle: Acme\nauthority: reference\nurl: https://acme.example\n---\n# Rules\n{rules}\n", "utf-8"
    )
    (folder / "scenarios").mkdir()
    cases = [
        {"id": f"c{n}", "group": f"g{n}", "lang": "en", "kind": "permission", "text": f"May I post number {n}?", "ok": ["ask"]}
        for n in (1, 2)
    ]
    (folder / "scenarios" / "cases.yaml").write_text(yaml.safe_dump(cases), "utf-8")
    return folder


def errors(folder: Path, settings: Settings) -> list[str]:
    return _validated(folder, replace(settings, corpus=None)).errors


def edit(folder: Path, name: str, old: str, new: str) -> None:
    file = folder / name
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def test_a_whole_corpus_has_no_error(corpus: Path, settings: Settings) -> None:
    assert errors(corpus, settings) == []


Break = Callable[[Path], object]
BROKEN: dict[str, tuple[Break, str]] = {
    "front matter is no YAML": (lambda c: edit(c, "policies/acme.md", "title: Acme", "title: ["), r"acme\.md: line \d+: expected YAML"),
    "an unknown key": (lambda c: edit(c, "policies/acme.md", "title: Acme", "titel: Acme"), r"acme\.md.*'titel'"),
    "an unknown authority": (lambda c: edit(c, "policies/acme.md", "reference", "ours"), r"acme\.md.*authority"),
    "an unknown language": (lambda c: edit(c, "policies/acme.md", "title: Acme", "title: Acme\nlang: xx"), r"acme\.md.*lang"),
    "a wrong date": (lambda c: edit(c, "policies/acme.md", "title: Acme", "title: Acme\npublished: last year"), r"acme\.md.*published"),
    "dates of force reversed": (
        lambda c: edit(c, "policies/acme.md", "title: Acme", "title: A\neffective_from: 2026-02-01\neffective_to: 2026-01-01"), r"acme\.md.*before",
    ),
    "an unknown modality": (lambda c: edit(c, "policies/acme.md", "modality=may", "modality=shall"), r"acme\.md: line \d+: expected a modality"),
    "an unknown topic": (lambda c: edit(c, "policies/acme.md", "topics=respect", "topics=cats"), r"acme\.md: line \d+.*'cats'"),
    "practice 26": (lambda c: edit(c, "policies/acme.md", "practices=25", "practices=26"), r"acme\.md: line \d+.*1 to 25"),
    "an id taken twice": (lambda c: (c / "policies" / "again.md").write_text("---\nid: acme\nlang: en\n---\n- x\n", "utf-8"), r"again\.md.*'acme'"),
    "a file that is not UTF-8": (lambda c: (c / "policies" / "bad.md").write_bytes(b"- caf\xe9\n"), r"bad\.md.*UTF-8"),
    "an empty file": (lambda c: (c / "policies" / "empty.md").write_text("", "utf-8"), r"empty\.md.*found none"),
    "headings only": (lambda c: (c / "policies" / "heads.md").write_text("# A\n# B\n", "utf-8"), r"heads\.md.*headings only"),
    "a practice without its translation": (
        lambda c: edit(c, "practices/practices.id.md", "- Kisah pelanggan atau mitra", "- Tambahan. {modality=info}\n- Kisah pelanggan atau mitra"), r"practices\.(en|id)\.md",
    ),
    "a modality that differs between languages": (
        lambda c: edit(c, "practices/practices.id.md", "modality=must ", "modality=may "), r"practices\.id\.md line \d+: expected modality must",
    ),
    "a practice that nothing covers": (lambda c: [(c / "practices" / f"practices.{lang}.md").write_text((c / "practices" / f"practices.{lang}.md").read_text("utf-8").replace("practices=14", "practices=13"), "utf-8") for lang in ("en", "id")], r"practice 14"),
    "a topic without a contact": (lambda c: edit(c, "topics.yaml", "contact: hr", "contact: nobody"), r"topics\.yaml.*'nobody'"),
    "a topic without Indonesian terms": (lambda c: (c / "topics.yaml").write_text("- {id: a, name: {en: A, id: A}, practices: [1], terms: {en: [a]}, contact: hr}\n", "utf-8"), r"topics\.yaml line 1.*terms in id"),
    "topics that are no YAML": (lambda c: (c / "topics.yaml").write_text("- {id: a\n", "utf-8"), r"topics\.yaml line \d"),
    "a default contact that does not exist": (lambda c: edit(c, "contacts.yaml", "default: communications", "default: nobody"), r"contacts\.yaml.*'nobody'"),
    "a contact that cannot be reached": (lambda c: edit(c, "contacts.yaml", "email: hr@example.com", "email: null"), r"contacts\.yaml.*'hr'"),
    "a glossary without its header": (lambda c: (c / "glossary.csv").write_text("unggahan,post\n", "utf-8"), r"glossary\.csv"),
    "terms under an unknown name": (lambda c: (c / "terms.yaml").write_text("enemies: [x]\n", "utf-8"), r"terms\.yaml.*'enemies'"),
    "a case with an unknown verdict": (lambda c: edit(c, "scenarios/cases.yaml", "ask", "perhaps"), r"cases\.yaml line \d+, case c1"),
    "two cases of one id": (lambda c: edit(c, "scenarios/cases.yaml", "id: c2", "id: c1"), r"cases\.yaml.*'c1' 2 times"),
    "a verdict for what is out of scope": (lambda c: edit(c, "scenarios/cases.yaml", "id: c1", "id: c1\n  in_scope: false"), r"c1"),
    "a group in two splits": (
        lambda c: ((c / "scenarios" / "test").mkdir(), shutil.copy(c / "scenarios" / "cases.yaml", c / "scenarios" / "test" / "t.yaml")), r"group 'g1' in one split",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_corpus_is_named_with_its_remedy(name: str, corpus: Path, settings: Settings) -> None:
    import re

    breaking, expected = BROKEN[name]
    breaking(corpus)
    found = errors(corpus, settings)
    assert any(re.search(expected, error) for error in found), found
    assert all("expected" in error and "found" in error for error in found)


def case(case_id: str, text: str, **given: Any) -> Scenario:
    return scenario(
        {"id": case_id, "group": case_id, "lang": "en", "kind": "permission", "text": text, "ok": ["ask"]} | given, f"{case_id}.yaml"
    )


def test_a_case_that_stands_nearly_word_for_word_in_the_bank_is_found() -> None:
    bank = [
        case("b1", "May I post a picture of the new canteen on my own page today?"),
        case("b2", "Something else entirely, as it happens."),
    ]
    near = case("t1", "May I post a picture of the new canteen on my own page tonight?")
    far = case("t2", "Is it fine to show the old lobby?")
    assert [e for e in same_words([near, far], bank) if "t1" in e and "b1" in e]
    assert len(same_words([near, far], bank)) == 1


def test_a_case_that_means_the_same_as_one_of_the_bank_is_found() -> None:
    bank = [case("b1", "silent listen enlist tinsel inlets now")]
    anagram = case("t1", "now enlist silent inlets listen tinsel")
    other = case("t2", "quizzical fuzzy jazz buzz whizz pop")
    found = same_meaning([anagram, other], bank, LetterEmbedder())
    assert len(found) == 1 and "t1" in found[0]
