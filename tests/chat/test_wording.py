"""Answers are words a busy person understands, in the language of the message."""

from __future__ import annotations

import string
from collections.abc import Callable

import pytest

from chat.answer import Message, Verdict
from chat.contacts import Contacts
from chat.decide import Conflict, Decided, Decision, Informed, OffTopic, Uncovered
from chat.phrases import PHRASES
from chat.question import understand
from chat.wording import Worded, name, source, word
from kb.clause import Authority, Clause, Modality, Policy
from tests.chat.test_contacts import contacts


@pytest.fixture
def people() -> Contacts:
    return contacts()


def worded(decision: Decision, people: Contacts, lang: str = "en", draft: bool = False, references: tuple[Clause, ...] = ()) -> Worded:
    return word(decision, understand(Message("x", draft, lang)), references, people)


def test_both_languages_have_the_same_phrases_with_the_same_places() -> None:
    def places(text: str) -> list[str]:
        return sorted(field for _, field, _, _ in string.Formatter().parse(text) if field)

    assert PHRASES["en"].keys() == PHRASES["id"].keys()
    assert all(places(PHRASES["en"][key]) == places(PHRASES["id"][key]) for key in PHRASES["en"])


@pytest.mark.parametrize(
    ("verdict", "lang", "draft", "begins"),
    [
        (Verdict.YES, "en", False, "Yes."),
        (Verdict.NO, "id", False, "Jangan."),
        (Verdict.ASK, "en", False, "Ask first."),
        (Verdict.YES_IF, "id", False, "Boleh, asal."),
        (Verdict.YES, "en", True, "Post it as it is."),
        (Verdict.NO, "id", True, "Jangan seperti ini."),
    ],
)
def test_the_verdict_comes_first(
    verdict: Verdict, lang: str, draft: bool, begins: str, people: Contacts, clause: Callable[..., Clause]
) -> None:
    found = worded(Decided(verdict, (clause(),), 0.1, verdict), people, lang, draft)
    assert found.text.startswith(begins)
    assert found.verdict is verdict
    assert found.contact.role in found.text


@pytest.mark.parametrize(
    ("text", "verdict", "begins"),
    [
        ("Do I have to say that I work here?", Verdict.YES, "Yes, you have to. “House rules” asks for it."),
        ("Do I have to say that I work here?", Verdict.NO, "No, you need not."),
        ("Do I have to say that I work here?", Verdict.ASK, "Ask first."),
        ("Apakah saya harus? Wajib nggak sih?", Verdict.NO, "Tidak harus."),
    ],
)
def test_asked_for_a_duty_the_answer_says_whether_it_is_one(
    text: str, verdict: Verdict, begins: str, people: Contacts, clause: Callable[..., Clause]
) -> None:
    found = word(Decided(verdict, (clause(),), 0.1, verdict), understand(Message(text)), (), people)
    assert found.text.startswith(begins)


def test_the_quotation_and_its_place_are_shown(people: Contacts, clause: Callable[..., Clause]) -> None:
    one = clause("4/1", "Ask before you post.", heading=("4 Conduct",), number="4 (1)")
    found = worded(Decided(Verdict.ASK, (one,), 0.1, Verdict.ASK), people)
    assert "“Ask before you post.”" in found.text
    assert "House rules" in found.text
    assert found.citations[0].clause == one


def test_others_rules_are_told_apart_from_ours(people: Contacts, clause: Callable[..., Clause], policy: Callable[..., Policy]) -> None:
    theirs = clause("1", "Acme bans it.", policy=policy(id="acme", title="Acme", authority=Authority.REFERENCE))
    found = worded(Decided(Verdict.YES, (clause(modality=Modality.MAY),), 0.1, Verdict.YES), people, references=(theirs,))
    assert found.text.index("Our rule") < found.text.index("How others do it") < found.text.index("Acme bans it.")


def test_a_condition_is_spelled_out(people: Contacts, clause: Callable[..., Clause]) -> None:
    one = clause(text="You may once they agreed.", modality=Modality.MAY)
    assert worded(Decided(Verdict.YES_IF, (one,), 0.1, Verdict.YES_IF), people).conditions == ("You may once they agreed.",)


def test_doubt_is_said_in_words(people: Contacts, clause: Callable[..., Clause]) -> None:
    assert "not sure enough" in worded(Decided(Verdict.ASK, (clause(),), 0.6, Verdict.YES), people).reason


def test_off_topic_has_no_citations_but_a_contact(people: Contacts) -> None:
    found = worded(OffTopic(), people)
    assert (found.in_scope, found.verdict, found.citations, found.contact.id) == (False, None, (), "press")


def test_a_conflict_shows_both_and_asks(people: Contacts, clause: Callable[..., Clause]) -> None:
    found = worded(Conflict((clause("1"), clause("2")), 0.2), people)
    assert found.verdict is Verdict.ASK
    assert len(found.citations) == 2


def test_no_more_is_quoted_than_is_cited(people: Contacts, clause: Callable[..., Clause], policy: Callable[..., Policy]) -> None:
    others = policy(id="acme", title="Acme", authority=Authority.REFERENCE)
    theirs = (clause("1", "Acme bans it.", policy=others), clause("2", "Acme bans that too.", policy=others))
    ours = tuple(clause(str(at), f"Rule {at}.") for at in range(4))
    found = worded(Decided(Verdict.NO, ours, 0.1, Verdict.NO), people, references=theirs)
    assert [c.quote for c in found.citations] == ["Rule 0.", "Rule 1.", "Rule 2.", "Rule 3.", "Acme bans it."]
    assert "Acme bans that too." not in found.text


def test_where_only_others_have_a_rule_the_answer_says_so(
    people: Contacts, clause: Callable[..., Clause], policy: Callable[..., Policy]
) -> None:
    theirs = clause("1", "Acme bans it.", policy=policy(id="acme", title="Acme", authority=Authority.REFERENCE))
    found = worded(Uncovered((), 0.5), people, references=(theirs,))
    assert found.verdict is Verdict.ASK
    assert "does not decide for us" in found.reason
    assert [c.clause.id for c in found.citations] == ["acme/1"]


def test_an_open_question_has_no_verdict(people: Contacts, clause: Callable[..., Clause]) -> None:
    found = worded(Informed((clause(),)), people)
    assert (found.verdict, found.doubt) == (None, None)


def test_a_practice_is_called_by_its_number(clause: Callable[..., Clause], policy: Callable[..., Policy]) -> None:
    one = clause(
        "22/1",
        policy=policy(id="practices", title="The 25 practices"),
        heading=("22 Customers agree first",),
        number="22",
    )
    assert name(one, "en") == "Practice 22"
    assert source(one) == "The 25 practices, 22 Customers agree first"
