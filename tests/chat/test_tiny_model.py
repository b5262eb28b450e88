"""A transformer that really generates, through the real protocol, says nothing that the leash lets through unproved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.ask import Assistant
from chat.leashed import LeashedAssistant
from chat.llm import open_model
from kb.settings import Settings
from tests.chat.test_llm_protocol import MESSAGES, rules, unproved
from tests.chat.tiny_model import TinyModel
from tests.llm_server import OLLAMA, OPENAI, ModelServer

__all__ = ["rules"]  # the fixture

SEEDS = (1, 2, 3)
POISON = ("Dita", "Prawira", "5,000", "0811-222-333", "evil.example", "boleh")


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    tiny = {seed: TinyModel(seed) for seed in SEEDS}
    played = {f"bytes-{seed}": tiny[seed].in_bytes for seed in SEEDS} | {f"words-{seed}": tiny[seed].in_words for seed in SEEDS}
    with ModelServer(played) as running:
        yield running


@pytest.mark.parametrize("protocol", [OPENAI, OLLAMA])
@pytest.mark.parametrize("kind", ["bytes", "words"])
def test_gibberish_is_held_back(kind: str, protocol: str, rules: Assistant, server: ModelServer, tmp_path: Path) -> None:
    held: Counter[str] = Counter()
    for seed in SEEDS:
        named = Settings(home=tmp_path, llm=f"{protocol}:{kind}-{seed}", llm_base_url=server.base_url(protocol))
        model = open_model(named)
        assistant = LeashedAssistant.over(rules, model)
        for message in MESSAGES:
            server.asked.clear()
            answer = assistant.answer(message)
            assert unproved(answer, rules.answer(message), message, server, POISON) == []
            held.update(answer.explain["llm"]["interventions"])
            assert answer.explain["llm"]["calls"] > 0 and server.asked
    assert held


def test_the_same_seed_says_the_same_and_reads_what_it_is_given() -> None:
    import torch

    from tests.llm_server import Asked

    def said(seed: int, text: str) -> str:
        tiny = TinyModel(seed)
        torch.manual_seed(0)
        return tiny.in_words(Asked(OPENAI, "m", "", text, {}, None, False, 0)).text

    assert said(1, "a question") == said(1, "a question")
    assert len({said(1, "a question"), said(1, "quite another"), said(2, "a question")}) == 3
