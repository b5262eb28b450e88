"""What is said of published policies' disagreements is sound: every clause exists, in both languages, and a bad file is one clear line."""

from __future__ import annotations

from typing import Any

import pytest

from ingest.gather import make_policy, read_topics
from ingest.sources import SHIPPED, Source
from kb.clause import LANGUAGES, PRACTICE_NUMBERS
from kb.disagreements import Side, read_disagreements, shipped_disagreements
from kb.errors import CorpusError
from kb.support import read_yaml

TOPICS = read_topics(read_yaml(SHIPPED / "topics.yaml"), "topics.yaml")
# Known disagreements, of which two hold two questions.
KNOWN = 16


@pytest.fixture(scope="module")
def clause_ids() -> set[str]:
    """Ids of every clause of the shipped policies that a disagreement names, by the reader that makes the index."""
    policies = {clause.split("/")[0] for one in shipped_disagreements() for side in one.sides for clause in side.clauses}
    found = set()
    for file in sorted((SHIPPED / "policies").glob("*.md")):
        policy_id = file.stem.removesuffix(".en").removesuffix(".id")
        if policy_id in policies:
            _, clauses = make_policy(file.read_bytes(), Source(file, file.name, policy_id), TOPICS)
            found |= {clause.id for clause in clauses}
    return found


def entry(**changed: Any) -> dict[str, Any]:
    sides = [{"says": {"en": word, "id": word}, "clauses": [f"{word}/1/1"]} for word in ("yes", "no")]
    whole = {"id": "a", "practices": [8], "topics": ["t"], "question": {"en": "Q?", "id": "T?"}, "sides": sides, "note": None}
    return whole | changed


def test_every_known_disagreement_is_there_under_an_id_of_its_own() -> None:
    assert len({one.id for one in shipped_disagreements()}) == len(shipped_disagreements()) == KNOWN


def test_every_clause_exists_in_the_shipped_policies(clause_ids: set[str]) -> None:
    assert not [clause for one in shipped_disagreements() for side in one.sides for clause in side.clauses if clause not in clause_ids]


def test_no_clause_stands_on_two_sides_of_a_question() -> None:
    for one in shipped_disagreements():
        cited = [clause for side in one.sides for clause in side.clauses]
        assert len(cited) == len(set(cited)), one.id


def test_every_text_is_in_both_languages_and_not_the_same_in_them() -> None:
    for one in shipped_disagreements():
        for text in (one.question, *(side.says for side in one.sides), *([one.note] if one.note else [])):
            assert set(text) == set(LANGUAGES)
            assert text["en"] != text["id"], one.id


def test_practices_and_topics_are_known_ones() -> None:
    known = {topic["id"] for topic in read_yaml(SHIPPED / "topics.yaml")}
    for one in shipped_disagreements():
        assert set(one.practices) <= set(PRACTICE_NUMBERS), one.id
        assert set(one.topics) <= known, one.id


def test_an_entry_is_read_as_it_stands() -> None:
    (one,) = read_disagreements([entry(note={"en": "N", "id": "C"})])
    assert (one.id, one.practices, one.topics, one.question["id"]) == ("a", (8,), ("t",), "T?")
    assert one.sides == (Side({"en": "yes", "id": "yes"}, ("yes/1/1",)), Side({"en": "no", "id": "no"}, ("no/1/1",)))
    assert one.note == {"en": "N", "id": "C"}


def second_side(**changed: Any) -> list[dict[str, Any]]:
    first, second = entry()["sides"]
    return [entry(sides=[first, second | changed])]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (None, "a list that is not empty in the file"),
        ({"a": 1}, "found dict"),
        ([], "found an empty one"),
        (["a"], "in entry 1 (disagreements.yaml); found str"),
        ([{"id": "a"}], "expected id, practices, topics, question, sides, note in entry 1"),
        ([entry(id="")], "an id in entry 1"),
        ([entry(extra=1)], "sides, note, extra"),
        ([entry(practices=[26])], "practices from 1 to 25 in 'a' (disagreements.yaml); found [26]"),
        ([entry(practices=[True])], "found [True]"),
        ([entry(practices=["8"])], "found ['8']"),
        ([entry(practices=[])], "practices of 'a'"),
        ([entry(topics=[None])], "topics of 'a'"),
        ([entry(question={"en": "Q?"})], "expected en, id in question of 'a'"),
        ([entry(question={"en": "Q?", "id": " "})], "a text in id in question of 'a'"),
        ([entry(note="N")], "note of 'a'"),
        ([entry(sides=entry()["sides"][:1])], "two sides or more in 'a'"),
        (second_side(clauses=[]), "clauses of side 2 of 'a'"),
        (second_side(says={}), "found nothing"),
        ([entry(), entry()], "found 'a' twice; rename one"),
    ],
)
def test_a_bad_file_is_refused_in_one_line_that_names_the_place(data: Any, said: str) -> None:
    with pytest.raises(CorpusError) as refused:
        read_disagreements(data)
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)
