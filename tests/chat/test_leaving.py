"""`doctor` says what leaves the house, and tries the model with one call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

import chat.leaving
from chat.doctor import examine
from chat.leash import Intervention
from chat.llm import LanguageModel, Reply, Usage
from chat.prompts import Prompt
from kb.errors import LanguageModelError
from kb.settings import Settings

NAMED = {"llm": "openai:any", "llm_base_url": "http://127.0.0.1:9/v1"}


class Told(LanguageModel):
    """A model that says one thing, or fails."""

    def __init__(self, reply: str) -> None:
        super().__init__("fake:model", "here", None, 1)
        self.reply = reply
        self.asked: list[Prompt] = []

    def call(self, prompt: Prompt, deadline: float) -> Reply:
        self.asked.append(prompt)
        if not self.reply:
            raise LanguageModelError(kind=Intervention.TRANSPORT.value, expected="a reply", found="none", todo="start it")
        return Reply(self.reply, Usage(12, 3))


@pytest.fixture
def telling(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Told]:
    def tell(reply: str) -> Told:
        model = Told(reply)
        monkeypatch.setattr(chat.leaving, "open_model", lambda _: model)
        return model

    return tell


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [('{"verdict": "yes", "clauses": [1]}', ""), ("Hello!", "not in the JSON shape"), ("", "does not answer")],
    ids=["answers", "chats", "is not there"],
)
def test_one_call_shows_whether_it_answers(reply: str, wrong: str, telling: Callable[[str], Told], settings: Settings) -> None:
    model = telling(reply)
    report = examine(replace(settings, **NAMED), "missing")
    assert len(model.asked) == 1
    assert report.facts["Language model"]["at"] == NAMED["llm_base_url"]
    assert "clauses that bear on it" in report.facts["Language model"]["leaves the house"]
    assert [line for line in report.errors if "language model" in line] == report.errors
    assert (wrong in report.errors[0]) if wrong else report.errors == []


def test_a_host_that_is_not_listed_is_an_error_and_is_not_called(telling: Callable[[str], Told], settings: Settings) -> None:
    model = telling("x")
    report = examine(replace(settings, llm="openai:gpt"), "missing")
    assert model.asked == []
    assert any("api.openai.com" in line and "llm_hosts" in line for line in report.errors)


def test_without_a_model_nothing_is_sent_to_one(settings: Settings) -> None:
    assert examine(settings, "missing").facts["Language model"] == {"model": "none; no question is sent to one"}
