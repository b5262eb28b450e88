"""A language model's server on loopback that says what a test wants: OpenAI's protocol and Ollama's, streaming or not.

The name of the model in a request chooses the behaviour, so one server plays them all. A behaviour is a function from
what was asked to what is said; the envelope (choices, tool calls, events, lines of JSON) is put around it here.
"""

from __future__ import annotations

import contextlib
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

OPENAI, OLLAMA = "openai", "ollama"
PIECE = 24  # code points of one event of a stream


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause as a prompt shows it."""

    number: int
    authority: str
    modality: str
    text: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: who speaks which protocol, what it says, and whether it wants a structure."""

    protocol: str
    model: str
    system: str
    user: str
    schema: Mapping[str, Any]
    tool: str | None
    stream: bool
    nth: int

    @property
    def task(self) -> str:
        """What the prompt is for: `rewrite`, `judge` or `draft` by the fields that it wants back, else `word`."""
        wanted = {"rewrite": "question", "judge": "verdict", "draft": "post"}
        return next((task for task, key in wanted.items() if f'"{key}"' in self.system or key in self.schema.get("properties", {})), "word")

    @property
    def parts(self) -> dict[str, str]:
        """The delimited parts of the data, by name."""
        return {name: text for _, name, text in re.findall(r"<(\w+) (\w+)>\n(.*?)\n</\1 \2>", self.user, re.DOTALL)}

    @property
    def clauses(self) -> list[Clause]:
        """The numbered clauses in the prompt."""
        found = re.findall(r"^\[(\d+)\] \((\w+), (\w+)\) (.+)$", self.parts.get("clauses", ""), re.MULTILINE)
        return [Clause(int(number), authority, modality, text.partition(": ")[2] or text) for number, authority, modality, text in found]

    @property
    def lang(self) -> str:
        """The language that it wants back."""
        return "id" if "Indonesian" in self.system else "en"


@dataclass(frozen=True, slots=True)
class Said:
    """What comes back. `body` stands in place of the protocol's envelope; a `cut` or a `stall` comes after so many bytes."""

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    kind: str | None = None
    body: bytes | None = None
    pause: float = 0
    slowly: float = 0
    cut: int | None = None
    stall: int | None = None
    finish: str = "stop"
    refusal: str | None = None
    tokens: Any = (11, 7)
    tool: str | None = None


Behaviour = Callable[[Asked], Said]


def _openai(asked: Asked, said: Said) -> Iterator[bytes]:
    """The body of `/v1/chat/completions`: one object, or an event for each piece."""
    tokens = None if said.tokens is None else {"prompt_tokens": said.tokens[0], "completion_tokens": said.tokens[1]}
    if tokens:
        tokens["total_tokens"] = sum(said.tokens)
    head = {"id": "chatcmpl-1", "created": 1, "model": asked.model, "object": "chat.completion"}
    tool = said.tool or asked.tool
    message: dict[str, Any] = {"role": "assistant", "content": None if tool or said.refusal else said.text, "refusal": said.refusal}
    if tool:
        message["tool_calls"] = [{"id": "call_1", "type": "function", "function": {"name": tool, "arguments": said.text}}]
    if not asked.stream:
        finish = "tool_calls" if tool and said.finish == "stop" else said.finish
        choice = {"index": 0, "message": message, "finish_reason": finish, "logprobs": None}
        yield json.dumps(head | {"choices": [choice], "usage": tokens}).encode()
        return
    head["object"] = "chat.completion.chunk"

    def event(delta: Mapping[str, Any], finish: str | None = None) -> bytes:
        return b"data: " + json.dumps(head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}).encode() + b"\n\n"

    yield event({"role": "assistant", "content": ""})
    for piece in [said.text[at : at + PIECE] for at in range(0, len(said.text), PIECE)]:
        yield event({"content": piece})
    yield event({"refusal": said.refusal} if said.refusal else {}, said.finish)
    if tokens:
        yield b"data: " + json.dumps(head | {"choices": [], "usage": tokens}).encode() + b"\n\n"
    yield b"data: [DONE]\n\n"


def _ollama(asked: Asked, said: Said) -> Iterator[bytes]:
    """The body of `/api/chat`: a line of JSON for each piece, or for the whole."""
    head = {"model": asked.model, "created_at": "2026-01-01T00:00:00Z"}
    text = said.refusal or said.text
    end = {"done": True, "done_reason": said.finish, "total_duration": 1, "load_duration": 1, "eval_duration": 1}
    if said.tokens is not None:
        end |= {"prompt_eval_count": said.tokens[0], "eval_count": said.tokens[1]}
    last: dict[str, Any] = {"role": "assistant", "content": "" if asked.stream else text}
    if said.tool or asked.tool:
        try:
            arguments = json.loads(text)
        except ValueError:
            arguments = {}
        last |= {"content": "", "tool_calls": [{"function": {"name": said.tool or asked.tool, "arguments": arguments}}]}
    elif asked.stream:
        for piece in [text[at : at + PIECE] for at in range(0, len(text), PIECE)]:
            yield json.dumps(head | {"message": {"role": "assistant", "content": piece}, "done": False}).encode() + b"\n"
    yield json.dumps(head | {"message": last} | end).encode() + b"\n"


def _asked(path: str, body: Mapping[str, Any], nth: int) -> Asked:
    def of(role: set[str]) -> str:
        return "\n".join(str(m.get("content") or "") for m in body["messages"] if m["role"] in role)

    protocol = OLLAMA if path.startswith("/api/") else OPENAI
    tools = body.get("tools") or []
    form = body.get("format") if protocol == OLLAMA else (body.get("response_format") or {}).get("json_schema", {}).get("schema")
    schema = tools[0]["function"].get("parameters", {}) if tools else form
    return Asked(
        protocol,
        str(body.get("model")),
        of({"system", "developer"}),
        of({"user"}),
        schema if isinstance(schema, Mapping) else {},
        tools[0]["function"]["name"] if tools else None,
        bool(body.get("stream", protocol == OLLAMA)),
        nth,
    )


class ModelServer:
    """Listens from construction to `stop`; `asked` holds every request, `heads` its headers, in order."""

    def __init__(self, behaviours: Mapping[str, Behaviour]) -> None:
        self.behaviours = dict(behaviours)
        self.asked: list[Asked] = []
        self.heads: list[dict[str, str]] = []
        self._ended = threading.Event()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    @property
    def place(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def base_url(self, protocol: str) -> str:
        """What a client of the protocol is given."""
        return self.place + ("/v1" if protocol == OPENAI else "")

    def stop(self) -> None:
        """Ends the server and whatever it still trickles."""
        self._ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_given: object) -> None:
        self.stop()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                names = list(outer.behaviours)
                shape = {"models": [{"name": n, "model": n} for n in names], "data": [{"id": n, "object": "model"} for n in names]}
                self._send(Said(body=json.dumps(shape).encode()), iter([json.dumps(shape).encode()]), "application/json", whole=True)

            def do_POST(self) -> None:
                given = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                if self.path not in ("/v1/chat/completions", "/api/chat"):
                    self._send(Said(status=404), iter([b'{"error": "no such path"}']), "application/json", whole=True)
                    return
                asked = _asked(self.path, json.loads(given), len(outer.asked))
                outer.asked.append(asked)
                outer.heads.append(dict(self.headers))
                behaviour = outer.behaviours.get(asked.model)
                said = behaviour(asked) if behaviour else Said(status=404, body=b'{"error": {"message": "no such model"}}')
                lines = asked.protocol == OLLAMA
                kind = "application/x-ndjson" if lines else "text/event-stream"
                body = iter([said.body]) if said.body is not None else (_ollama if lines else _openai)(asked, said)
                self._send(said, body, kind if asked.stream else "application/json", whole=not asked.stream)

            def _send(self, said: Said, body: Iterator[bytes], kind: str, *, whole: bool) -> None:
                if outer._ended.wait(said.pause):
                    return
                with contextlib.suppress(OSError):  # the client has had enough
                    self._answer(said, body, kind, whole=whole)
                self.close_connection = True

            def _answer(self, said: Said, body: Iterator[bytes], kind: str, *, whole: bool) -> None:
                if said.cut == 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    return
                self.send_response(said.status)
                self.send_header("Content-Type", said.kind or kind)
                self.send_header("Connection", "close")
                for name, value in said.headers.items():
                    self.send_header(name, value)
                if whole:
                    body = iter([b"".join(body)])
                    first = next(body)
                    self.send_header("Content-Length", str(len(first)))
                    body = iter([first])
                else:
                    self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                sent = 0
                for chunk in body:
                    for piece in [chunk[at : at + 1] for at in range(len(chunk))] if said.slowly else [chunk]:
                        limit = min((x for x in (said.cut, said.stall) if x is not None), default=None)
                        short = piece if limit is None else piece[: max(0, limit - sent)]
                        self.wfile.write(short if whole else b"%x\r\n%s\r\n" % (len(short), short) if short else b"")
                        sent += len(short)
                        if short != piece:
                            if said.stall is not None:
                                outer._ended.wait(60)
                            self.connection.shutdown(socket.SHUT_RDWR)
                            return
                        if said.slowly and outer._ended.wait(said.slowly):
                            return
                if not whole:
                    self.wfile.write(b"0\r\n\r\n")

            def log_message(self, *_given: object) -> None:
                pass

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_given: object) -> None:
        pass  # dropped connections are what some tests want


def until(condition: Callable[[], bool], seconds: float = 2.0) -> bool:
    """Whether the condition comes true within the time."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return condition()
