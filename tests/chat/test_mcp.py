"""Other assistants can ask, search and read clauses over MCP: data in, data out, nothing else on stdout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest
from jsonschema import Draft202012Validator
from mcp.client.client import Client
from mcp.client.stdio import StdioServerParameters
from mcp.shared.exceptions import MCPError

from chat.answer import Answer, Contact, Message, Verdict
from chat.mcp import TOOLS, Once, create
from chat.web.live import Live
from kb.errors import IndexMissing
from kb.search import KnowledgeBase
from kb.settings import Settings
from tests.chat.test_cli import ANSWER
from tests.kb.test_search import knowledge

__all__ = ["knowledge"]

CONTACT = Contact(id="brand", role="Brand manager", email="brand@example.com")
Conversation = Callable[[Client], Awaitable[None]]


@pytest.fixture
def live(knowledge: KnowledgeBase, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Live:
    """A server's assistant over a small knowledge base, which answers everything by asking back."""

    def answer(message: Message, groups: object = ()) -> Answer:
        assert not groups
        if message.text == "break":
            raise ZeroDivisionError("what a person typed")
        told = f"Ask first: {message.text}" + (" (draft)" if message.draft else "") + "".join(f" < {h}" for h in message.history)
        return Answer(Verdict.ASK, True, "en", 0.5, told, "r", CONTACT, "d")

    monkeypatch.setattr("chat.web.live.open_assistant", lambda *_: SimpleNamespace(knowledge=knowledge, answer=answer))
    return Live(settings, Path(), lambda _: None)


def converse(server: Any, conversation: Conversation) -> None:
    async def run() -> None:
        async with Client(server) as client:
            await conversation(client)

    anyio.run(run)


def unneeded() -> Live:
    """In the place of an index, for calls that must not wait for one."""
    raise AssertionError("opened an index for a call that is wrong in itself")


def call(live: Live | None, tool: str, given: dict[str, Any]) -> Any:
    """The result of one call, in memory."""
    found: list[Any] = []

    async def once(client: Client) -> None:
        found.append(await client.call_tool(tool, given))

    converse(create(unneeded if live is None else lambda: live), once)
    return found[0]


def test_the_tools_only_read_and_say_so_in_schemas_with_limits() -> None:
    assert [tool.name for tool in TOOLS] == ["ask", "search", "clause"]
    for tool in TOOLS:
        Draft202012Validator.check_schema(tool.input_schema)
        assert tool.annotations and tool.annotations.read_only_hint and tool.annotations.open_world_hint is False
        assert tool.input_schema["additionalProperties"] is False
        for of in tool.input_schema["properties"].values():
            assert of.keys() & {"maxLength", "maximum", "maxItems", "enum"}, of


def test_a_question_gets_the_public_answer_and_its_text(live: Live) -> None:
    result = call(live, "ask", {"question": "May I?", "lang": "en", "account": "brand", "history": ["Hello."]})
    assert not result.is_error
    assert set(result.structured_content) == ANSWER
    assert result.content[0].text == result.structured_content["answer"] == "Ask first: May I? < Hello."


def test_a_draft_is_checked_as_a_draft(live: Live) -> None:
    assert call(live, "ask", {"draft": "We open at nine."}).content[0].text == "Ask first: We open at nine. (draft)"


def test_search_gives_hits_best_first_both_ways(live: Live) -> None:
    result = call(live, "search", {"query": "Never share a password.", "top": 2, "lang": "en"})
    found = result.structured_content["hits"]
    assert found[0]["clause_id"] == "house/2" and len(found) == 2
    assert result.content[0].text.splitlines()[:2] == ["house/2 (binding, ask_first) House rules", "Never share a password."]


def test_a_clause_comes_in_the_language_asked_for(live: Live) -> None:
    result = call(live, "clause", {"id": "practices/22/1", "lang": "id"})
    assert result.structured_content["text"] == "Pelanggan menyetujui logo lebih dulu."
    assert call(live, "clause", {"id": "practices/22/1"}).structured_content["lang"] == "en"


def test_what_is_limited_to_a_group_is_not_there(live: Live) -> None:
    found = call(live, "search", {"query": "A logo of the board.", "top": 100, "lang": "en"}).structured_content["hits"]
    assert found and "board/1" not in [hit["clause_id"] for hit in found]
    hidden, missing = call(live, "clause", {"id": "board/1"}), call(live, "clause", {"id": "bored/1"})
    assert hidden.is_error and hidden.content[0].text.replace("board", "bored") == missing.content[0].text


@pytest.mark.parametrize(
    ("tool", "given", "said"),
    [
        ("ask", {}, "either `question` or `draft`"),
        ("ask", {"question": "a", "draft": "b"}, "exactly one"),
        ("ask", {"question": " \n"}, "empty"),
        ("ask", {"question": 3}, "`question`"),
        ("ask", {"question": "x" * 20_001}, "20,001"),
        ("ask", {"question": "a", "lang": "fr"}, "`lang`"),
        ("ask", {"question": "a", "account": "both"}, "`account`"),
        ("ask", {"question": "a", "history": "b"}, "`history`"),
        ("ask", {"question": "a", "groups": ["board"]}, "'groups'"),
        ("search", {}, "`query`"),
        ("search", {"query": "a", "top": 101}, "from 1 to 100"),
        ("search", {"query": "a", "top": True}, "`top`"),
        ("search", {"query": "a", "lang": []}, "`lang`"),
        ("clause", {}, "`id`"),
        ("clause", {"id": "house/1", "lang": "auto"}, "`lang`"),
    ],
)
def test_a_wrong_call_is_told_in_one_line_without_waiting_for_the_index(tool: str, given: dict[str, Any], said: str) -> None:
    result = call(None, tool, given)
    assert result.is_error and result.structured_content is None
    (line,) = result.content[0].text.splitlines()
    assert said in line and "expected" in line


def test_a_fault_of_ours_quotes_nothing_and_the_next_call_works(live: Live) -> None:
    results: list[Any] = []

    async def twice(client: Client) -> None:
        results.extend([await client.call_tool("ask", {"question": "break"}), await client.call_tool("ask", {"question": "May I?"})])

    converse(create(lambda: live), twice)
    assert [result.is_error for result in results] == [True, False]
    assert "incident" in results[0].content[0].text
    assert not {"ZeroDivisionError", "typed"} & set(results[0].content[0].text.split())


def test_an_unknown_tool_is_an_error_of_the_protocol() -> None:
    async def wrong(client: Client) -> None:
        with pytest.raises(MCPError, match="expected a tool of ask, search, clause"):
            await client.call_tool("delete", {})

    converse(create(unneeded), wrong)


def test_what_could_not_be_opened_is_tried_again(live: Live) -> None:
    tries: list[int] = []

    def opener() -> Live:
        tries.append(1)
        if len(tries) < 3:
            raise IndexMissing(expected="an index", found="none", todo="wait")
        return live

    opening, texts = Once(opener), []

    async def thrice(client: Client) -> None:
        for _ in range(3):
            texts.append((await client.call_tool("ask", {"question": "May I?"})).content[0].text)

    opening.ahead()  # fails and says nothing
    converse(create(opening), thrice)
    assert texts == ["expected an index; found none; wait", "Ask first: May I?", "Ask first: May I?"]
    assert len(tries) == 3


# --- a process of its own -------------------------------------------------------------------------------------------

NOISY = """
import os, sys, chat.cli as cli
before = cli._opened
def noisy(*given):
    print('noise from Python', flush=True)
    os.write(1, b'noise from a library\\n')
    return before(*given)
cli._opened = noisy
sys.exit(cli.main(['mcp']))
"""


@pytest.mark.model
def test_a_real_process_answers_the_sdk_s_own_client(session_home: Path) -> None:
    results: dict[str, Any] = {}

    async def conversation(client: Client) -> None:
        results["tools"] = [tool.name for tool in (await client.list_tools()).tools]
        results["ask"] = await client.call_tool("ask", {"question": "Boleh saya unggah logo pelanggan?"})
        cited = results["ask"].structured_content["citations"][0]
        results["clause"] = await client.call_tool("clause", {"id": cited["clause_id"], "lang": cited["lang"]})
        results["search"] = await client.call_tool("search", {"query": "customer consent", "top": 3})

    environ = os.environ | {"ASKFIRST_HOME": str(session_home)}
    converse(StdioServerParameters(command=sys.executable, args=["-m", "chat.cli", "mcp"], env=environ), conversation)
    assert results["tools"] == ["ask", "search", "clause"]
    answer = results["ask"].structured_content
    assert (answer["lang"], answer["verdict"]) in {("id", "ask"), ("id", "yes_if")} and answer["contact"]["email"]
    assert answer["citations"][0]["quote"] in results["clause"].structured_content["text"]
    assert answer["citations"][0]["quote"] in results["ask"].content[0].text
    assert len(results["search"].structured_content["hits"]) == 3


def spoken(code: list[str], home: Path) -> tuple[list[dict[str, Any]], subprocess.CompletedProcess[str]]:
    """What the server writes to an older client that says hello and asks once; stdin ends after the answer."""
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    lines = [
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello},
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        {"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": {"name": "search", "arguments": {"query": "logo", "top": 1}}},
    ]
    with subprocess.Popen(
        [sys.executable, *code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env=os.environ | {"ASKFIRST_HOME": str(home)},
    ) as process:
        assert process.stdin and process.stdout
        process.stdin.write("".join(json.dumps(line) + "\n" for line in lines))
        process.stdin.flush()
        written = process.stdout.readline() + process.stdout.readline()
        rest, said = process.communicate(timeout=60)
    return [json.loads(line) for line in (written + rest).splitlines()], subprocess.CompletedProcess(code, process.returncode, "", said)


@pytest.mark.model
def test_nothing_but_the_protocol_reaches_stdout(session_home: Path) -> None:
    messages, done = spoken(["-c", NOISY], session_home)
    assert [message["id"] for message in messages] == [1, 2]
    assert messages[0]["result"]["serverInfo"]["name"] == "askfirst" and "instructions" not in messages[0]["result"]
    assert len(messages[1]["result"]["structuredContent"]["hits"]) == 1
    assert "noise from Python" in done.stderr and "noise from a library" in done.stderr
    assert done.returncode == 0


def test_an_index_that_cannot_be_had_is_one_line_in_the_answer(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    messages, done = spoken(["-m", "chat.cli", "mcp"], tmp_path / "file" / "home")
    result = messages[1]["result"]
    assert result["isError"] and "expected" in result["content"][0]["text"] and len(result["content"][0]["text"].splitlines()) == 1
    assert "Traceback" not in done.stderr and done.returncode == 0


def test_the_sdk_is_imported_by_the_server_alone() -> None:
    code = "import sys, chat.cli, chat.ask, chat.api, chat.opening; assert not {'mcp', 'mcp_types', 'chat.mcp'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
