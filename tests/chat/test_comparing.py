"""Comparing over the shipped corpus with the real network."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from chat.comparing import MOST_CLAUSES, Comparer, open_comparer, unread
from chat.shelf import Shelf
from ingest.drafted import read_draft
from ingest.gather import read_topics
from kb.clause import Authority, Clause, Modality, Policy
from kb.compare import Coverage, Filter
from kb.errors import InputError
from kb.manifest import current_index
from kb.settings import read_settings
from kb.starter import assemble
from kb.support import read_support

pytestmark = pytest.mark.model
DAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def comparer(session_home: Path) -> Iterator[Comparer]:
    settings = read_settings({"ASKFIRST_HOME": str(session_home)}, session_home)
    topics = read_topics(list(read_support(settings).topics), "topics.yaml")
    opened = open_comparer(settings, current_index(settings.index_folder), lambda data, name: read_draft(data, name, topics))
    yield opened
    opened.knowledge.close()


def test_every_published_policy_is_compared_with_and_nothing_of_ours(comparer: Comparer) -> None:
    report = comparer.report(None, (), Filter(), day=DAY, groups=(), lang="en")
    assert len(report.comparison.practices) == 25 and {len(row.published) for row in report.comparison.practices} == {77}
    assert report.comparison.draft is None and report.comparison.gaps() == () and report.notes == ()
    assert report.titles[22] == "Customers and partners agree first" and len(report.facts) == len(report.models) == 25


def test_a_filter_leaves_the_policies_that_fit(comparer: Comparer) -> None:
    report = comparer.report(None, (), Filter(sectors=frozenset({"health"})), day=DAY, groups=(), lang="en")
    assert {cell.policy.sector for cell in report.comparison.practices[0].published} == {"health"}


def test_a_starter_policy_of_all_practices_covers_most_of_them_and_contradicts_none(comparer: Comparer) -> None:
    for lang in ("en", "id"):
        draft = comparer.draft(assemble(range(1, 26), lang).encode(), f"start.{lang}.md")
        counts = comparer.report(draft, (), Filter(), day=DAY, groups=(), lang=lang).comparison.counts()
        assert counts[Coverage.COVERED] >= 20 and counts[Coverage.CONTRADICTS] <= 1, (lang, counts)


def test_an_empty_draft_lacks_everything(comparer: Comparer) -> None:
    report = comparer.report(comparer.draft(b"", "empty.md"), ("gitlab",), Filter(), day=DAY, groups=(), lang="en")
    assert report.comparison.counts()[Coverage.MISSING] == 25
    assert {rule.coverage for rule in report.comparison.rules["gitlab"]} == {Coverage.MISSING}


@pytest.mark.parametrize("name", ["gitlab", "ibm", "indonesia-se-137-2018"])
def test_a_policy_beside_itself_is_covered_wholly_and_contradicts_nothing(comparer: Comparer, name: str) -> None:
    policy = Shelf(comparer.knowledge, DAY).policy(name, "id")
    assert policy
    report = comparer.report(comparer.sheet(policy), (name,), Filter(), day=DAY, groups=(), lang="id")
    assert {rule.coverage for rule in report.comparison.rules[name]} == {Coverage.COVERED}
    assert name not in {peer.policy.id for peer in report.comparison.peers}


def test_titles_and_disagreements_are_in_the_language_asked_for(comparer: Comparer) -> None:
    english, indonesian = (comparer.report(None, (), Filter(), day=DAY, groups=(), lang=lang) for lang in ("en", "id"))
    assert english.titles[7] == "Keep secrets secret" and indonesian.titles[7] != english.titles[7]
    assert english.disagreements[18] != indonesian.disagreements[18] and set(english.disagreements) == set(indonesian.disagreements)


def test_a_draft_with_too_many_clauses_and_a_server_that_reads_none_say_so(comparer: Comparer) -> None:
    policy = Policy("large", "Large", "en", Authority.BINDING)
    clauses = (Clause("large/1", policy, "Be kind.", Modality.MUST),) * (MOST_CLAUSES + 1)
    large = Comparer(comparer.knowledge, comparer.topics, comparer.standing, lambda *_: (policy, clauses))
    with pytest.raises(InputError, match="expected a draft of at most 5,000 clauses; found 5,001"):
        large.draft(b"x", "large.md")
    with pytest.raises(InputError, match=r"askfirst compare draft\.md"):
        unread(b"", "draft.md")
