"""The model's server speaks both protocols as their own clients understand them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.llm_server import OLLAMA, OPENAI, Asked, ModelServer, Said

TASK = {"title": "Judged", "description": "A verdict.", "type": "object", "properties": {"verdict": {"type": "string"}}}


def echo(asked: Asked) -> Said:
    return Said(json.dumps({"verdict": asked.user}) if asked.schema else f"You said: {asked.user}. " * 3)


@pytest.fixture(scope="module")
def server() -> Iterator[ModelServer]:
    with ModelServer({"echo": echo, "dropped": lambda _: Said("x" * 500, cut=30), "refused": lambda _: Said(refusal="No.")}) as running:
        yield running


def client(server: ModelServer, protocol: str, model: str = "echo") -> Any:
    if protocol == OPENAI:
        from langchain_openai import ChatOpenAI

        return ChatOpenAI(model=model, base_url=server.base_url(protocol), api_key="k", max_retries=0, timeout=5)
    from langchain_ollama import ChatOllama

    return ChatOllama(model=model, base_url=server.base_url(protocol))


@pytest.mark.parametrize("protocol", [OPENAI, OLLAMA])
def test_a_client_gets_what_was_said_whole_and_in_pieces(server: ModelServer, protocol: str) -> None:
    chat = client(server, protocol)
    messages = [("system", "Be short."), ("user", "hello")]
    whole = chat.invoke(messages)
    assert whole.content == "You said: hello. " * 3
    assert (whole.usage_metadata["input_tokens"], whole.usage_metadata["output_tokens"]) == (11, 7)
    pieces = [chunk.content for chunk in chat.stream(messages)]
    assert len([piece for piece in pieces if piece]) > 1
    assert "".join(pieces) == whole.content
    assert server.asked[-1].system == "Be short."


@pytest.mark.parametrize("protocol", [OPENAI, OLLAMA])
@pytest.mark.parametrize("method", ["json_schema", "function_calling"])
def test_a_client_gets_the_structure_that_it_asked_for(server: ModelServer, protocol: str, method: str) -> None:
    assert client(server, protocol).with_structured_output(TASK, method=method).invoke("ask") == {"verdict": "ask"}
    assert server.asked[-1].task == "judge"


@pytest.mark.parametrize("protocol", [OPENAI, OLLAMA])
def test_a_dropped_connection_is_an_error_of_the_client(server: ModelServer, protocol: str) -> None:
    with pytest.raises(Exception, match=r"(?i)connection|closed|peer"):
        client(server, protocol, "dropped").invoke("hello")


def test_a_refusal_stands_in_its_own_field(server: ModelServer) -> None:
    assert client(server, OPENAI, "refused").invoke("hello").additional_kwargs["refusal"] == "No."


@pytest.mark.parametrize("protocol", [OPENAI, OLLAMA])
def test_a_model_that_is_not_there_is_an_error_of_the_client(server: ModelServer, protocol: str) -> None:
    with pytest.raises(Exception, match=r"(?i)no such model|404"):
        client(server, protocol, "nobody").invoke("hello")
