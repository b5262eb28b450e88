"""Where a language model words an answer, the page shows it as it grows, says whose words they are, and counts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from chat.answer import Answer, Contact, Message, Verdict
from chat.leashed import LeashedAssistant
from chat.llm import LanguageModel
from chat.phrases import phrase
from chat.web.cards import Failed, answer_card
from chat.web.frame import Place
from chat.web.live import Live
from chat.web.metrics import Metrics
from chat.web.page import _outcomes
from chat.web.pages.about import about_page
from chat.web.words import LANGUAGES
from kb.settings import Settings

RULE = Answer(Verdict.ASK, True, "en", 0.3, "text", "reason", Contact("hr", "HR"), "digest")
FIRST = replace(RULE, model="fake:model", explanation=("Ask <first>.",))
LAST = replace(FIRST, explanation=("Ask <first>.", "Then post."), suggestion="A <b>better</b> post")
MESSAGE = Message("Can I post this?")
ACCOUNT = {"calls": 2, "tokens_in": 90, "tokens_out": 30, "seconds": 0.4, "interventions": {"number": 2, "name": 1}, "cached": False}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_model_s_words_are_escaped_and_said_to_be_its(lang: str) -> None:
    html = answer_card(replace(LAST, lang=lang), replace(MESSAGE, draft=True))
    assert "Ask &lt;first&gt;. Then post." in html
    assert "A &lt;b&gt;better&lt;/b&gt; post" in html
    assert phrase("explained", lang) in html
    assert phrase("suggested", lang) in html


def test_without_a_model_the_card_has_no_place_for_one() -> None:
    html = answer_card(RULE, MESSAGE)
    assert phrase("explained", "en") not in html
    assert phrase("suggested", "en") not in html


async def _shown(*grown: Answer | Exception) -> list[object]:
    async def answering(_message: Message) -> AsyncIterator[Answer]:
        for step in grown:
            if isinstance(step, Exception):
                raise step
            yield step

    return [outcome async for outcome in _outcomes(answering, lambda _: RULE.contact, "en", MESSAGE)]


def test_the_page_shows_an_answer_as_it_grows_and_each_state_once() -> None:
    assert asyncio.run(_shown(RULE, FIRST, LAST, replace(LAST, explain={"llm": {}}))) == [RULE, FIRST, LAST]


def test_what_was_shown_stays_where_something_breaks_later() -> None:
    assert asyncio.run(_shown(RULE, FIRST, RuntimeError("broken"))) == [RULE, FIRST]
    assert asyncio.run(_shown(RuntimeError("broken"))) == [Failed(RULE.contact)]


def values(metrics: Metrics) -> dict[str, float]:
    return {
        sample.name + "".join(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(metrics.text().decode())
        for sample in family.samples
        if sample.name.startswith("askfirst_llm")
    }


def test_what_a_model_costs_and_what_was_held_back_is_counted() -> None:
    metrics = Metrics()
    metrics.modelled(ACCOUNT)
    metrics.modelled(ACCOUNT | {"calls": 0, "tokens_in": 0, "tokens_out": 0, "interventions": {}, "cached": True})
    found = values(metrics)
    assert (found["askfirst_llm_calls_total"], found["askfirst_llm_cached_total"], found["askfirst_llm_seconds_count"]) == (2, 1, 1)
    assert (found["askfirst_llm_tokens_totalin"], found["askfirst_llm_tokens_totalout"]) == (90, 30)
    assert (found["askfirst_llm_interventions_totalnumber"], found["askfirst_llm_interventions_totalname"]) == (2, 1)


class Growing(LeashedAssistant):
    """An assistant whose answers grow as told."""

    def answers(self, *_given: object, **_named: object):  # type: ignore[no-untyped-def]
        yield RULE
        yield replace(LAST, explain={"llm": ACCOUNT})


def test_a_server_hands_on_each_state_and_counts_once(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    growing = object.__new__(Growing)
    monkeypatch.setattr("chat.web.live._ready", lambda *_: growing)
    monkeypatch.setattr(Live, "_renew", lambda _: None)
    live = Live(settings, settings.home, lambda _: None)

    async def states() -> list[Answer]:
        return [answer async for answer in live.answers_in_turn(MESSAGE)]

    assert asyncio.run(states()) == [RULE, LAST]
    assert live.answer(MESSAGE) == LAST
    assert values(live.metrics)["askfirst_llm_calls_total"] == 4


@pytest.mark.parametrize("lang", LANGUAGES)
def test_about_says_where_questions_are_sent(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chat.web.pages.about._known", lambda *_: "")
    monkeypatch.setattr("chat.web.pages.about._ours", lambda *_: "")
    contacts = SimpleNamespace(get=lambda *_: RULE.contact)
    model = LanguageModel("ollama:<llama>", "gpu.example:11434", None, 1)
    html = about_page(SimpleNamespace(), contacts, Place(lang), model=model)  # type: ignore[arg-type]
    assert "ollama:&lt;llama&gt;" in html
    assert "gpu.example:11434" in html
