"""Comparing over a library that can be checked by eye: which published policies a draft is laid beside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chat.exports import Report
from chat.shelf import Shelf
from kb.clause import Authority, Clause, Modality, Policy
from kb.compare import Coverage, Filter, Sheet
from kb.glossary import Glossary
from kb.search import KnowledgeBase
from tests.chat.web.desk import Desk
from tests.chat.web.library import library

DAY = date(2026, 6, 1)
EVERY = Filter()
HEADINGS = Policy("headings", "Only headings", "en", Authority.REFERENCE)
GAMMA = Policy("gamma", "Gamma guide", "en", Authority.REFERENCE)
MORE = (
    Clause("beta/1", Policy("beta", "Panduan Beta", "id", Authority.REFERENCE), "Minta izin dulu.", Modality.MUST, practices=(22,)),
    Clause("gamma/1", GAMMA, "Get consent for every logo.", Modality.MUST, practices=(22,)),
)
NAMESAKE = b"---\nid: beta\n---\n# Rules\n\n- Ask the customer before you show a logo. {practices=22}\n"


@pytest.fixture(scope="module")
def knowledge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnowledgeBase]:
    made = library(Path(tmp_path_factory.mktemp("comparing")), MORE)
    yield made
    made.close()


@pytest.fixture
def desk(knowledge: KnowledgeBase) -> Desk:
    return Desk(knowledge)


def made(desk: Desk, draft: Sheet | None, fits: Filter = EVERY, *named: str, lang: str = "en") -> Report:
    return desk.report(draft, named, fits, day=DAY, groups=(), lang=lang)


def beside(report: Report) -> list[tuple[str, str]]:
    return [(cell.policy.id, cell.policy.lang) for cell in report.comparison.practices[21].published]


def picked(desk: Desk, policy_id: str, lang: str) -> Sheet:
    policy = Shelf(desk.knowledge, DAY).policy(policy_id, lang)
    assert policy
    return desk.sheet(policy)


def test_a_policy_in_two_languages_is_compared_with_once_in_the_report_s_language(desk: Desk) -> None:
    assert beside(made(desk, None)) == [("beta", "en"), ("gamma", "en")]
    assert beside(made(desk, None, lang="id")) == [("beta", "id"), ("gamma", "en")]


def test_a_language_lets_through_the_version_in_it_whatever_the_report_s_language(desk: Desk) -> None:
    assert beside(made(desk, None, Filter(languages=frozenset({"id"})))) == [("beta", "id")]


def test_a_picked_policy_is_not_among_those_it_is_compared_with_in_either_language(desk: Desk) -> None:
    for lang in ("en", "id"):
        report = made(desk, picked(desk, "beta", lang))
        assert beside(report) == [("gamma", "en")] and report.comparison.practices[21].share().of == 1
    assert [rule.coverage for rule in made(desk, picked(desk, "beta", "en"), EVERY, "beta").comparison.rules["beta"]]


def test_a_draft_with_the_id_of_a_published_policy_is_compared_with_that_policy(desk: Desk) -> None:
    draft = desk.draft(NAMESAKE, "beta.md")
    desk.sheet(MORE[0].policy)
    comparison = made(desk, draft).comparison
    assert draft.policy.id == "beta" and {peer.policy.id for peer in comparison.peers} == {"beta", "gamma"}
    assert {pair.theirs.policy.id for pair in comparison.practices[21].beside} == {"beta", "gamma"}


def test_a_published_document_of_headings_only_says_nothing_and_breaks_nothing(knowledge: KnowledgeBase) -> None:
    manifest = replace(knowledge.manifest, policies={**knowledge.manifest.policies, "headings@en": HEADINGS})
    desk = Desk(KnowledgeBase(manifest, knowledge.store, {}, knowledge.embedder, Glossary([])))
    report = made(desk, desk.draft(NAMESAKE, "draft.md"), EVERY, "headings")
    (cell,) = [cell for cell in report.comparison.practices[21].published if cell.policy.id == "headings"]
    assert cell.coverage is Coverage.MISSING and report.comparison.rules["headings"] == ()
    assert desk.sheet(HEADINGS).vectors.shape == (0, 26)
