"""The assistant for other assistants: an MCP server on stdin and stdout. The only file that names the MCP SDK.

What it sends is data: answers, and clauses as their documents have them. It sees what everybody may see, no policy
that is limited to a group.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from functools import partial
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any

import anyio
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    TextContent,
    Tool,
    ToolAnnotations,
)

from chat.api import LANGS, MOST_HISTORY, MOST_HITS, hit, hits, message_from, search_from
from chat.arguments import version
from chat.question import LONGEST
from chat.web import shapes
from chat.web.logs import TEXT, incident, logging_as
from kb.clause import LANGUAGES, Evidence
from kb.errors import AskFirstError, InputError

if TYPE_CHECKING:
    from pathlib import Path

    from chat.web.live import Live
    from kb.settings import Settings

_LONGEST_ID = 1000  # code points; ids are made of file names and headings
Opening = Callable[[], "Live"]
Result = tuple[dict[str, Any], str]  # the same twice: as an object, and as text for people


def serve(opening: Callable[[Callable[[Settings, Path], Live]], Live], log: Callable[[str], None]) -> None:
    """Answers on stdin and stdout until stdin ends; `opening` calls what it is given with an index, which it may build.

    Opening goes on beside the first messages: clients give up on a server that is slow to say hello.
    """

    def opened() -> Live:
        from chat.web.live import Live  # with numpy and Chroma: seconds

        return opening(lambda of, index: Live(of, index, log))

    with logging_as(TEXT):
        anyio.run(_serve, Once(opened))


async def _serve(opening: Once) -> None:
    server = create(opening)
    # From here on whatever prints to stdout, libraries included, lands on stderr: the SDK keeps the real one to itself.
    async with stdio_server() as (incoming, outgoing):
        Thread(target=opening.ahead, daemon=True).start()
        await server.run(incoming, outgoing, server.create_initialization_options())


class Once:
    """Opens at the first call, whoever makes it, and keeps what was opened; after a failure the next call tries again."""

    def __init__(self, opener: Opening) -> None:
        self._opener, self._lock = opener, Lock()
        self._live: Live | None = None

    def __call__(self) -> Live:
        """What is open; raises what the opener raises."""
        with self._lock:
            if self._live is None:
                self._live = self._opener()
            return self._live

    def ahead(self) -> None:
        """Opens before anybody asks; a failure is told to whoever asks."""
        try:
            self()
        except Exception:
            return


def create(opening: Opening) -> Server[Any]:
    """The server, not yet connected; `opening` gives the assistant when the first tool is called."""

    async def listed(_context: Any, _params: PaginatedRequestParams | None) -> ListToolsResult:
        return ListToolsResult(tools=list(TOOLS))

    async def called(_context: Any, params: CallToolRequestParams) -> CallToolResult:
        do = _DOES.get(params.name)
        if do is None:
            raise MCPError(INVALID_PARAMS, f"expected a tool of {', '.join(_DOES)}; found '{params.name[:60]}'")
        return await anyio.to_thread.run_sync(partial(_told, do, opening, params.arguments or {}), abandon_on_cancel=True)

    return Server("askfirst", title="AskFirst", version=version(), on_list_tools=listed, on_call_tool=called)


def _told(do: Callable[[Opening, Mapping[str, Any]], Result], opening: Opening, given: Mapping[str, Any]) -> CallToolResult:
    """The result of a tool, or its error as one line."""
    try:
        found, text = do(opening, given)
    except AskFirstError as error:
        return _error(str(error))
    except Exception as error:
        return _error(f"something broke in AskFirst; it is not your fault; its log says more under incident {incident(error)}")
    return CallToolResult(content=[TextContent(text=text)], structured_content=found)


def _error(line: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=line)], is_error=True)


# --- the tools ------------------------------------------------------------------------------------------------------


def _ask(opening: Opening, given: Mapping[str, Any]) -> Result:
    _only(given, ("question", "draft", "lang", "account", "history"))
    message = message_from(given)
    _short("draft" if message.draft else "question", message.text, LONGEST)
    answer = opening().answer(message)
    return answer.to_json(), answer.text


def _search(opening: Opening, given: Mapping[str, Any]) -> Result:
    _only(given, ("query", "top", "lang"))
    query, lang, top = search_from(given)
    _short("query", query, LONGEST)
    found = hits(opening().assistant.knowledge, query, lang, top)
    return {"id": None, "hits": found}, "\n\n".join(map(_readable, found)) or "No clause found."


def _clause(opening: Opening, given: Mapping[str, Any]) -> Result:
    _only(given, ("id", "lang"))
    clause_id, lang = given.get("id"), given.get("lang")
    lang = "en" if lang is None else lang
    if not isinstance(clause_id, str) or not clause_id.strip():
        raise InputError(expected="a clause id in `id`", found=f"{clause_id!r}"[:60], todo="take one from `search`")
    _short("id", clause_id, _LONGEST_ID)
    if lang not in LANGUAGES:
        raise InputError(expected="`lang` en or id", found=f"{lang!r}"[:60], todo="correct it")
    clause = opening().clause(clause_id, lang)
    if clause is None:
        raise InputError(expected="the id of a clause", found=f"'{clause_id[:60]}'", todo="take one from `search`")
    found = hit(Evidence(clause, 0.0))
    return found, _readable(found)


def _readable(found: Mapping[str, Any]) -> str:
    place = " › ".join(part for part in (found["policy_title"], found["section"]) if part)
    return f"{found['clause_id']} ({found['authority']}, {found['modality']}) {place}\n{found['text']}"


def _only(given: Mapping[str, Any], known: Collection[str]) -> None:
    for name in given:
        if name not in known:
            raise InputError(expected=f"arguments of {', '.join(known)}", found=f"'{name[:60]}'", todo="leave it out")


def _short(name: str, text: str, limit: int) -> None:
    if len(text) > limit:
        raise InputError(expected=f"at most {limit:,} characters in `{name}`", found=f"{len(text):,}", todo="shorten it")


_DOES: Mapping[str, Callable[[Opening, Mapping[str, Any]], Result]] = {"ask": _ask, "search": _search, "clause": _clause}


def _tool(name: str, title: str, description: str, needed: Collection[str], takes: dict[str, Any], gives: type[Any]) -> Tool:
    return Tool(
        name=name,
        title=title,
        description=description,
        input_schema={"type": "object", "properties": takes, "required": list(needed), "additionalProperties": False},
        output_schema=gives.model_json_schema(),
        annotations=ToolAnnotations(read_only_hint=True, destructive_hint=False, idempotent_hint=True, open_world_hint=False),
    )


def _text(description: str, longest: int = LONGEST) -> dict[str, Any]:
    return {"type": "string", "minLength": 1, "maxLength": longest, "description": description}


_LANG = {"type": "string", "enum": list(LANGS), "default": "auto", "description": "language of the text: English, Indonesian, or found out"}

TOOLS = (
    _tool(
        "ask",
        "Ask or check a draft",
        "Says whether something may be posted under the organisation's social media policies: a verdict (yes, yes_if, no, ask), "
        "the clauses that decide, quoted, and a person to ask. Takes a question or the draft of a post, exactly one of the two.",
        (),
        {
            "question": _text("a question, as a person would put it"),
            "draft": _text("the text of a post to check"),
            "lang": _LANG,
            "account": {"type": "string", "enum": ["personal", "brand"], "description": "the account that would post"},
            "history": {
                "type": "array",
                "items": {"type": "string", "maxLength": LONGEST},
                "maxItems": MOST_HISTORY,
                "description": "earlier messages of the same person, oldest first",
            },
        },
        shapes.Answer,
    ),
    _tool(
        "search",
        "Search clauses",
        "Finds clauses of the organisation's (binding) and of published (reference) social media policies, best first, without a verdict.",
        ("query",),
        {
            "query": _text("what to look for"),
            "top": {"type": "integer", "minimum": 1, "maximum": MOST_HITS, "default": 10, "description": "how many clauses at most"},
            "lang": _LANG,
        },
        shapes.Hits,
    ),
    _tool(
        "clause",
        "Read a clause",
        "Gives one clause in full by its id, such as `practices/22/1`, in the language asked for where it exists in it.",
        ("id",),
        {
            "id": _text("a clause_id from `ask` or `search`", _LONGEST_ID),
            "lang": {"type": "string", "enum": list(LANGUAGES), "default": "en", "description": "language of the clause"},
        },
        shapes.Hit,
    ),
)
