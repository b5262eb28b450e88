"""The optional language model, and the only file that names one: every call ends in time, at a listed host, or in one error of ours.

Client libraries time out between two bytes, not over all of them, so a call runs in a thread of its own that is left
behind when its time is over. A thread left behind keeps its place among the calls at once until it ends: a server that
hangs can hold up that many threads, never an answer.
"""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from typing import Any, Self
from urllib.parse import urlsplit

import httpx

from chat.leash import Intervention
from chat.prompts import Prompt
from kb.errors import AskFirstError, LanguageModelError, SettingsError
from kb.settings import Settings

# Where a provider is reached unless `llm_base_url` says so; of any other, the address has to be said, as it is checked.
_USUAL = {"openai": "https://api.openai.com/v1", "ollama": "http://127.0.0.1:11434"}
_LONGEST = 20_000  # characters of a reply that are read
_MOST_BYTES = 4_000_000  # of one response
_END = object()


@dataclass(frozen=True, slots=True)
class Usage:
    """What one call cost; tokens are 0 where the server does not count them."""

    tokens_in: int = 0
    tokens_out: int = 0


@dataclass(frozen=True, slots=True)
class Reply:
    """What a call came to."""

    text: str
    usage: Usage = Usage()


class LanguageModel:
    """A chat model under limits of time, tokens, calls at once and place."""

    def __init__(self, name: str, place: str, chat: Any, concurrency: int) -> None:
        self.name, self.place = name, place
        self._chat = chat
        self._places = threading.BoundedSemaphore(concurrency)

    @classmethod
    def over(cls, chat: Any, name: str = "fake:model", concurrency: int = 4) -> Self:
        """One over any chat model of LangChain's that is open already."""
        return cls(name, "here", chat, concurrency)

    def call(self, prompt: Prompt, deadline: float) -> Reply:
        """The whole reply, by `deadline` (of `time.monotonic`); raises `LanguageModelError` for everything else."""
        parts, usage = [], Usage()
        for part in self._parts(prompt, deadline):
            if isinstance(part, Usage):
                usage = part
            else:
                parts.append(part)
        text = "".join(parts)
        if not text.strip():
            raise _failed(Intervention.MALFORMED, "an empty reply")
        return Reply(text, usage)

    def stream(self, prompt: Prompt, deadline: float) -> Iterator[str | Usage]:
        """The reply's text as it comes, and at its end what it cost; raises as `call` does."""
        return self._parts(prompt, deadline)

    def _parts(self, prompt: Prompt, deadline: float) -> Iterator[str | Usage]:
        if not self._places.acquire(blocking=False):
            raise _failed(Intervention.BUSY, "every place for a call taken")
        parts: Queue[Any] = Queue()
        gone = threading.Event()
        worker = threading.Thread(target=self._work, args=(prompt, deadline, parts, gone), name="askfirst-llm", daemon=True)
        try:
            worker.start()
        except RuntimeError as error:
            self._places.release()
            raise _failed(Intervention.BUSY, str(error)) from error
        try:
            yield from _waited(parts, deadline)
        finally:
            gone.set()

    def _work(self, prompt: Prompt, deadline: float, parts: Queue[Any], gone: threading.Event) -> None:
        _allowed.deadline = deadline
        try:
            for part in _received(self._chat, prompt):
                if gone.is_set():
                    return
                parts.put(part)
            parts.put(_END)
        except LanguageModelError as error:
            parts.put(error)
        except BaseException as error:  # whatever a client library raises, the rules answer
            parts.put(_translated(error))
        finally:
            self._places.release()


def open_model(settings: Settings) -> LanguageModel:
    """The model named in `llm`; raises `SettingsError` for one that may not be reached, or not opened."""
    url = permitted(settings)
    provider, _, name = settings.llm.partition(":")
    if provider in _USUAL and find_spec(f"langchain_{provider}") is None:
        raise SettingsError(
            expected=f"the package langchain-{provider} for llm {settings.llm}",
            found="none",
            todo=f"install it: pip install 'askfirst[{provider}]'",
        )
    from langchain.chat_models import init_chat_model  # a second and a half, spent only where a model is named

    try:
        chat = init_chat_model(name, model_provider=provider, **_options(provider, url, _key(settings), settings))
    except AskFirstError:
        raise
    except Exception as error:
        raise SettingsError(
            expected=f"a model that can be opened for llm {settings.llm}", found=_said(error), todo="correct llm or install its package"
        ) from error
    return LanguageModel(settings.llm, urlsplit(url).netloc.rpartition("@")[2], chat, settings.llm_concurrency)


def permitted(settings: Settings) -> str:
    """The URL that the model is reached at; raises `SettingsError` where that is neither this machine nor a listed host."""
    provider = settings.llm.partition(":")[0]
    url = settings.llm_base_url or _USUAL.get(provider, "")
    if not url:
        raise SettingsError(expected=f"llm_base_url for a model of {provider}", found="none", todo="say where it is reached")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        host, port, parts = "", None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host or "@" in parts.netloc or parts.query or parts.fragment:
        raise SettingsError(
            expected="a URL such as http://127.0.0.1:8000/v1 for llm_base_url", found=repr(settings.llm_base_url), todo="correct it"
        )
    bracketed = f"[{host}]" if ":" in host else host
    listed = {bracketed, f"{bracketed}:{port or {'http': 80, 'https': 443}[parts.scheme]}"}
    if not _loopback(host) and not listed & set(settings.llm_hosts):
        raise SettingsError(
            expected="a language model on this machine or at a host in llm_hosts",
            found=f"{bracketed}, which would be sent questions and clauses",
            todo=f"add {bracketed} to llm_hosts if that is wanted",
        )
    if parts.scheme == "http" and not _loopback(host) and (settings.llm_key or settings.llm_key_file):
        raise SettingsError(expected="https for a model with a key on another machine", found=url, todo="use https")
    return url


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _key(settings: Settings) -> str:
    if settings.llm_key or not settings.llm_key_file:
        return settings.llm_key.strip()
    try:
        key = Path(settings.llm_key_file).expanduser().read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(expected=f"a key in {settings.llm_key_file}", found=str(error), todo="correct llm_key_file") from error
    if not key or "\n" in key:
        raise SettingsError(expected=f"one line with a key in {settings.llm_key_file}", found="none or more", todo="correct the file")
    return key


def _options(provider: str, url: str, key: str, settings: Settings) -> dict[str, Any]:
    """What the provider's class is opened with: our address and key whatever the environment says, and no second try."""
    client: dict[str, Any] = {"transport": _Transport(url), "follow_redirects": False, "trust_env": False, "timeout": settings.llm_timeout}
    match provider:
        case "ollama":
            headers = {"authorization": f"Bearer {key}"} if key else {}
            return {
                "base_url": url,
                "temperature": 0,
                "num_predict": settings.llm_tokens,
                "sync_client_kwargs": client,
                "client_kwargs": {"headers": headers},
            }
        case "openai":
            return {
                "base_url": url,
                "api_key": key or "none",
                "temperature": 0,
                "max_tokens": settings.llm_tokens,
                "max_retries": 0,
                "timeout": settings.llm_timeout,
                "stream_usage": True,
                "openai_proxy": None,  # which the library would take from the environment
                "http_client": httpx.Client(**client),
            }
        case _:
            return {"base_url": url, "max_tokens": settings.llm_tokens, "max_retries": 0, "timeout": settings.llm_timeout} | (
                {"api_key": key} if key else {}
            )


# --- a call ---------------------------------------------------------------------------------------------------------


def _waited(parts: Queue[Any], deadline: float) -> Iterator[str | Usage]:
    """What a worker hands over, until its end, its error, or the deadline."""
    length = 0
    while True:
        try:
            part = parts.get(timeout=max(0.0, deadline - time.monotonic()))
        except Empty:
            raise _failed(Intervention.TIMEOUT, "none in time") from None
        if part is _END:
            return
        if isinstance(part, LanguageModelError):
            raise part
        if isinstance(part, str):
            length += len(part)
            if length > _LONGEST:
                raise _failed(Intervention.LENGTH, f"more than {_LONGEST:,} characters")
        yield part


def _received(chat: Any, prompt: Prompt) -> Iterator[str | Usage]:
    """What a chat model streams, as text, and at the end what it cost."""
    messages = [("system", prompt.system), ("human", prompt.data)]
    taken = given = 0
    finished = ""
    for chunk in chat.stream(messages, **_structured(chat, prompt.schema)):
        counted = getattr(chunk, "usage_metadata", None) or {}
        taken, given = max(taken, counted.get("input_tokens", 0)), max(given, counted.get("output_tokens", 0))
        about = getattr(chunk, "response_metadata", None) or {}
        finished = about.get("finish_reason") or about.get("done_reason") or finished
        if getattr(chunk, "additional_kwargs", {}).get("refusal"):
            raise _failed(Intervention.REFUSAL, "a refusal")
        if text := chunk.text if isinstance(chunk.text, str) else "":
            yield str(text)
    if finished == "content_filter":
        raise _failed(Intervention.REFUSAL, "a reply that its filter stopped")
    if finished == "length" and prompt.schema is not None:
        raise _failed(Intervention.MALFORMED, "a reply cut off by llm_tokens")
    yield Usage(taken, given)


def _structured(chat: Any, schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """How this class of model is told the shape of its reply; the prompt says it too, and the reply is checked in any case."""
    if schema is None:
        return {}
    match type(chat).__name__:
        case "ChatOpenAI":
            shape = {"name": "reply", "schema": schema, "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": shape}}
        case "ChatOllama":
            return {"format": schema}
        case _:
            return {}


def _failed(kind: Intervention, found: str) -> LanguageModelError:
    return LanguageModelError(kind=kind.value, expected="a reply of the language model", found=found, todo="the rules answer")


def _translated(error: BaseException) -> LanguageModelError:
    """A client library's error in our words; what it says is cut short, as it may quote what was sent."""
    causes: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in causes:
        causes.append(at)
        at = at.__cause__ or at.__context__
    for cause in causes:
        if isinstance(cause, LanguageModelError):
            return cause
    names = {type(cause).__name__ for cause in causes}
    if "ContentFilterFinishReasonError" in names:
        return _failed(Intervention.REFUSAL, _said(error))
    if "LengthFinishReasonError" in names:
        return _failed(Intervention.MALFORMED, "a reply cut off by llm_tokens")
    if any("Timeout" in name for name in names):
        return _failed(Intervention.TIMEOUT, "none in time")
    if isinstance(error, (ValueError, TypeError, KeyError, AttributeError, IndexError)) and not any("Connect" in n for n in names):
        return _failed(Intervention.MALFORMED, _said(error))
    return _failed(Intervention.TRANSPORT, _said(error))


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:120]}".rstrip(": ")


# --- the wire -------------------------------------------------------------------------------------------------------


class _Allowed(threading.local):
    """Until when the call of this thread may take."""

    deadline = float("inf")


_allowed = _Allowed()


class _Transport(httpx.BaseTransport):
    """HTTP to one host only, whatever a redirect says, and never past the call's deadline or too many bytes."""

    def __init__(self, url: str) -> None:
        self._host = httpx.URL(url).netloc
        self._inner = httpx.HTTPTransport(retries=0, trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response, its body watched as it comes."""
        if request.url.netloc != self._host:
            raise _failed(Intervention.TRANSPORT, "a way to another host, which is not taken")
        left = min(_allowed.deadline - time.monotonic(), 600.0)
        if left <= 0:
            raise _failed(Intervention.TIMEOUT, "none in time")
        request.extensions = dict(request.extensions) | {"timeout": dict.fromkeys(("connect", "read", "write", "pool"), left)}
        response = self._inner.handle_request(request)
        return httpx.Response(
            response.status_code,
            headers=response.headers,
            stream=_Watched(response.stream, response.close, _allowed.deadline),  # type: ignore[arg-type]
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Closes every connection."""
        self._inner.close()


class _Watched(httpx.SyncByteStream):
    """A body that ends in an error when its time or its bytes are used up."""

    def __init__(self, inner: Iterable[bytes], close: Callable[[], None], deadline: float) -> None:
        self._inner, self._close, self._deadline = inner, close, deadline

    def __iter__(self) -> Iterator[bytes]:
        received = 0
        for part in self._inner:
            received += len(part)
            if time.monotonic() > self._deadline:
                raise _failed(Intervention.TIMEOUT, "none in time")
            if received > _MOST_BYTES:
                raise _failed(Intervention.LENGTH, "a body without end")
            yield part

    def close(self) -> None:
        """Gives the connection back, or closes it where it was not read to its end."""
        self._close()
