"""The rules answer first; a model makes that clearer or more cautious, or it is as if there were none."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from langchain_core.language_models.chat_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from chat.answer import Account, Answer, Message, Verdict
from chat.ask import Assistant
from chat.evaluate import stated_clause
from chat.leash import Proposal, leash, standing
from chat.leashed import LeashedAssistant, _shown
from chat.licence import Asked, asked
from chat.llm import LanguageModel
from chat.opening import open_assistant
from chat.scenarios import read_bank
from kb.clause import Modality
from kb.manifest import current_index
from kb.settings import read_settings

PHOTO = Message("Can I post a photo of a customer's office on our Instagram?")
DOUBTED = Message("Can I share our job opening on LinkedIn?")
KEEPS = '{"verdict": "ask", "clauses": [1]}'
SAYS = "Customers have to agree before you post a photo of their office [1].\n"


class Playing(BaseChatModel):
    """A chat model with a reply a call, which keeps what it was asked; an exception in place of a reply is raised."""

    replies: list[Any]
    asked: list[tuple[str, str]] = []  # noqa: RUF012 - pydantic copies it

    @property
    def _llm_type(self) -> str:
        return "playing"

    def _generate(self, *_given: Any, **_named: Any) -> ChatResult:
        raise NotImplementedError

    def _stream(self, messages: Any, *_given: Any, **_named: Any) -> Iterator[ChatGenerationChunk]:
        self.asked.append((messages[0].content, messages[1].content))
        reply = self.replies.pop(0)
        if isinstance(reply, BaseException):
            raise reply
        if isinstance(reply, float):
            time.sleep(reply)  # in a worker that nobody waits for
            reply = "late"
        for at in range(0, len(reply), 7):
            yield ChatGenerationChunk(message=AIMessageChunk(reply[at : at + 7]))


@pytest.fixture(scope="module")
def rules(session_home: Path) -> Iterator[Assistant]:
    settings = read_settings({"ASKFIRST_HOME": str(session_home)}, session_home)
    assistant = open_assistant(settings, current_index(settings.index_folder))
    yield assistant
    assistant.knowledge.close()


Making = Callable[..., tuple[LeashedAssistant, Playing]]


@pytest.fixture
def leashed(rules: Assistant) -> Making:
    def make(*replies: Any, **limits: Any) -> tuple[LeashedAssistant, Playing]:
        chat = Playing(replies=list(replies))
        return LeashedAssistant.over(rules, LanguageModel.over(chat), **limits), chat

    return make


def held(answer: Answer) -> dict[str, int]:
    found: dict[str, int] = answer.explain["llm"]["interventions"]
    return found


def test_without_a_model_everything_is_as_it_was(rules: Assistant) -> None:
    answer = rules.answer(PHOTO)
    assert type(rules) is Assistant
    assert answer.model is None
    assert "llm" not in answer.explain
    assert not {"explanation", "suggestion"} & set(answer.to_json())


def test_a_proved_sentence_is_added_and_said_to_be_the_model_s(leashed: Making, rules: Assistant) -> None:
    assistant, _ = leashed(KEEPS, SAYS + "You can post it [1].\n")
    answer, rule = assistant.answer(PHOTO), rules.answer(PHOTO)
    assert answer.explanation == ("Customers have to agree before you post a photo of their office.",)
    assert held(answer) == {"permissive": 1}
    assert (answer.verdict, answer.citations, answer.contact) == (rule.verdict, rule.citations, rule.contact)
    assert answer.model == "fake:model"
    assert answer.text.splitlines()[-1] == rule.text.splitlines()[-1]
    assert answer.explanation[0] in answer.text
    assert answer.to_json()["explanation"] == list(answer.explanation)


def test_a_verdict_moves_toward_less_licence_and_is_worded_by_the_rules(leashed: Making, rules: Assistant) -> None:
    shown = [citation.clause for citation in rules.answer(PHOTO).citations]
    ban = next(n for n, clause in enumerate(shown, 1) if clause.modality is Modality.MUST_NOT)
    assistant, _ = leashed(json.dumps({"verdict": "no", "clauses": [ban]}), "")
    answer = assistant.answer(PHOTO)
    assert answer.verdict is Verdict.NO
    assert answer.citations[0].clause == shown[ban - 1]
    assert answer.model == "fake:model"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ('{"verdict": "yes", "clauses": [1]}', "licence"),
        ('{"verdict": null, "clauses": [1]}', "licence"),
        ('{"verdict": "no", "clauses": []}', "ground"),
        ('{"verdict": "ask", "clauses": [99]}', "invented_citation"),
        ("Sure! Post it.", "malformed"),
        ("", "malformed"),
        ('{"verdict": "ask", "cla', "malformed"),
        (ConnectionResetError("gone"), "transport"),
        (ValueError("no chunks"), "malformed"),
        (30.0, "timeout"),
    ],
)
def test_on_whatever_goes_wrong_the_rules_answer_stands_and_it_is_said_why(
    reply: Any, kind: str, leashed: Making, rules: Assistant
) -> None:
    assistant, chat = leashed(reply, SAYS, seconds=0.5 if kind == "timeout" else 60)
    began = time.monotonic()
    answer = assistant.answer(PHOTO)
    assert time.monotonic() - began < 15  # of the 30 that the slow one takes
    assert answer == rules.answer(PHOTO)
    assert held(answer) == {kind: 1}
    assert len(chat.asked) == 1


def test_a_model_that_hangs_while_it_words_leaves_what_was_proved(leashed: Making) -> None:
    assistant, _ = leashed(KEEPS, 30.0, seconds=2)
    answer = assistant.answer(PHOTO)
    assert (answer.verdict, answer.explanation, held(answer)) == (Verdict.ASK, (), {"timeout": 1})


def test_nothing_shown_is_taken_back(leashed: Making) -> None:
    assistant, _ = leashed(KEEPS, SAYS + "Ask the customer before you post the photo of the office [1].\n")
    grown = list(assistant.answers(PHOTO))
    assert [len(answer.explanation) for answer in grown] == [0, 1, 2, 2]
    for before, after in pairwise(grown):
        assert after.explanation[: len(before.explanation)] == before.explanation
        assert (after.verdict, after.reason, after.citations) == (before.verdict, before.reason, before.citations)


# --- follow-ups -----------------------------------------------------------------------------------------------------

LATER = Message("and on my own account?", history=(PHOTO.text,))


def test_a_follow_up_is_answered_as_a_question_of_its_own(leashed: Making, rules: Assistant) -> None:
    alone = "Can I post a photo of a customer's office on my own account?"
    assistant, _ = leashed(json.dumps({"question": alone}), KEEPS, "")
    answer = assistant.answer(LATER)
    assert answer.explain["llm"]["question"] == alone
    assert answer.reason == rules.answer(Message(alone, account=Account.PERSONAL)).reason


@pytest.mark.parametrize(
    "alone",
    ["Can I post about my hobby on my own account?", "Do I have to post a photo of a customer's office?", "Can I do what Budi wants?"],
)
def test_a_follow_up_made_another_question_is_answered_as_it_was_sent(alone: str, leashed: Making, rules: Assistant) -> None:
    assistant, _ = leashed(json.dumps({"question": alone}), KEEPS, "")
    answer = assistant.answer(LATER)
    assert answer == rules.answer(LATER)
    assert held(answer)["rewrite"] == 1


# --- drafts ---------------------------------------------------------------------------------------------------------

DRAFT = Message("Our boss is an idiot. Today we're quiet. Our opening hours are on our website.", draft=True)


def test_a_draft_written_anew_is_shown_where_the_rules_pass_it(leashed: Making, rules: Assistant) -> None:
    better = "Today we're quiet. Our opening hours are on our website."
    assistant, _ = leashed(KEEPS, "Nothing [1].", json.dumps({"post": better}))
    answer = assistant.answer(DRAFT)
    assert answer.suggestion == better
    assert answer.verdict is rules.answer(DRAFT).verdict is Verdict.ASK
    assert better in answer.text


@pytest.mark.parametrize(
    "post",
    [
        "Our boss is an idiot. Our opening hours are on our website.",
        "Our opening hours are on our website, says evil.example",
        "Our boss agreed. Our opening hours are on our website.",
    ],
)
def test_a_draft_written_anew_that_does_not_pass_is_not_shown(post: str, leashed: Making, rules: Assistant) -> None:
    assistant, _ = leashed(KEEPS, "Nothing [1].", json.dumps({"post": post}))
    answer = assistant.answer(DRAFT)
    assert answer == rules.answer(DRAFT)
    assert held(answer)["suggestion"] == 1


# --- widening -------------------------------------------------------------------------------------------------------


def permits(rules: Assistant) -> tuple[str, str]:
    """A reply that says yes by the clause that doubt alone kept from saying it, and the same over the turned list."""
    cited = [c.clause for c in rules.answer(DOUBTED).citations]
    assert cited[0].modality is Modality.MAY
    considered = rules.considered(DOUBTED)
    assert considered.decision.meant is Verdict.YES  # type: ignore[union-attr]
    shown = len(_shown(considered))
    return '{"verdict": "yes", "clauses": [1]}', json.dumps({"verdict": "yes", "clauses": [shown]})


def test_by_default_no_two_calls_make_a_yes_of_a_doubt(leashed: Making, rules: Assistant) -> None:
    assistant, chat = leashed(*permits(rules))
    assert assistant.answer(DOUBTED) == rules.answer(DOUBTED)
    assert len(chat.asked) == 1


def test_where_it_is_wanted_two_calls_that_agree_may(leashed: Making, rules: Assistant) -> None:
    assistant, _ = leashed(*permits(rules), "", widen=True)
    answer = assistant.answer(DOUBTED)
    assert (answer.verdict, answer.model) == (Verdict.YES, "fake:model")


def test_two_calls_that_do_not_agree_may_not(leashed: Making, rules: Assistant) -> None:
    first, _ = permits(rules)
    assistant, _ = leashed(first, first, "", widen=True)  # the same number is another clause in the turned list
    answer = assistant.answer(DOUBTED)
    assert answer == rules.answer(DOUBTED)
    assert held(answer) == {"licence": 1}


# --- what is sent ---------------------------------------------------------------------------------------------------


def test_personal_data_is_not_sent_and_comes_back(leashed: Making) -> None:
    assistant, chat = leashed(KEEPS, SAYS)
    answer = assistant.answer(
        Message("Can I post the photo that Pak Budi (budi@klien.example, 0812-3456-7890) sent of a customer's office?")
    )
    sent = "\n".join(part for asked in chat.asked for part in asked)
    assert chat.asked
    assert not [secret for secret in ("Budi", "budi@klien.example", "0812-3456-7890") if secret in sent]
    assert answer.explain["llm"]["masked"] == 3


def test_a_message_off_topic_is_not_sent(leashed: Making) -> None:
    assistant, chat = leashed()
    assert not assistant.answer(Message("What is the capital of Peru?")).in_scope
    assert chat.asked == []


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_the_same_question_is_not_asked_twice(leashed: Making) -> None:
    assistant, chat = leashed(KEEPS, SAYS)
    first = assistant.answer(PHOTO)
    again = assistant.answer(replace(PHOTO, id="q2"))
    assert replace(again, id=None) == first
    assert again.id == "q2"
    assert again.explain["llm"] | {"cached": False, "calls": 0} != first.explain["llm"]
    assert (again.explain["llm"]["cached"], len(chat.asked)) == (True, 2)


@pytest.mark.parametrize(
    "other",
    [
        {"groups": ["hr"]},
        {"day": date(2030, 1, 1)},
        {"message": replace(PHOTO, account=Account.BRAND)},
        {"message": replace(PHOTO, lang="en")},
        {"message": replace(PHOTO, history=("Earlier.",))},
    ],
    ids=str,
)
def test_whatever_the_answer_depends_on_asks_anew(other: dict[str, Any], leashed: Making) -> None:
    assistant, chat = leashed(KEEPS, SAYS, KEEPS, SAYS)
    assistant.answer(PHOTO)
    assistant.answer(**({"message": PHOTO} | other))
    assert len(chat.asked) > 2


def test_an_answer_that_a_failing_model_had_no_part_in_is_not_kept(leashed: Making) -> None:
    assistant, _ = leashed(ConnectionResetError("gone"), KEEPS, SAYS)
    assert assistant.answer(PHOTO).model is None
    assert assistant.answer(PHOTO).explanation


def test_the_settings_open_it_and_a_host_not_listed_is_refused(session_home: Path) -> None:
    from kb.errors import SettingsError

    given = {"ASKFIRST_HOME": str(session_home), "ASKFIRST_LLM": "ollama:none", "ASKFIRST_LLM_TIMEOUT": "3", "ASKFIRST_LLM_WIDEN": "on"}
    settings = read_settings(given, session_home)
    opened = open_assistant(settings, current_index(settings.index_folder))
    assert isinstance(opened, LeashedAssistant)
    assert (opened.model.name, opened.seconds, opened.widen) == ("ollama:none", 3.0, True)
    opened.knowledge.close()
    with pytest.raises(SettingsError, match="llm_hosts"):
        open_assistant(replace(settings, llm_base_url="http://evil.example"), current_index(settings.index_folder))


@pytest.mark.slow
def test_no_proposal_whatever_makes_a_labelled_case_harmful(rules: Assistant) -> None:
    harmed = []
    # Of a message that is none of ours every verdict counts as harmful, "no" included, which licenses nothing.
    for case in (case for case in read_bank() if case.split == "tune" and case.in_scope):
        considered = rules.considered(case.message(), stated=stated_clause(case))
        question, shown = considered.question, _shown(considered)
        what = asked(question.text, draft=question.draft)
        if what is Asked.UNCLEAR and question.history:
            what = asked(question.sought)
        before = standing(considered.decision)
        for verdict, number in product((*Verdict, None), range(1, len(shown) + 1)):
            after = standing(leash(considered.decision, shown, Proposal(verdict, (number,)), what).decision)
            if after in case.harmful and before not in case.harmful:
                harmed.append((case.id, before, after))
    assert harmed == []
