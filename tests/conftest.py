"""Shared fixtures: the network shut except loopback, a fake embedder that can be checked by eye, and small corpora."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kb.clause import Authority, Clause, Modality, Policy
from kb.embedding import ModelId, Vectors
from kb.lexical import words
from kb.settings import Settings, read_settings

_LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0", ""}


class NetworkIsShut(Exception):
    """A test tried to reach beyond loopback."""


@pytest.fixture(autouse=True)
def shut_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections and name look-ups beyond loopback fail loudly."""
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def check(address: Any) -> None:
        if isinstance(address, tuple) and str(address[0]) not in _LOOPBACK:
            raise NetworkIsShut(f"a test tried to reach {address}")

    def shut_connect(self: socket.socket, address: Any) -> None:
        check(address)
        connect(self, address)

    def shut_connect_ex(self: socket.socket, address: Any) -> int:
        check(address)
        return connect_ex(self, address)

    def shut_getaddrinfo(host: Any, *rest: Any, **named: Any) -> Any:
        if host is not None and (host.decode() if isinstance(host, bytes) else str(host)) not in _LOOPBACK:
            raise NetworkIsShut(f"a test looked up {host}")
        return getaddrinfo(host, *rest, **named)

    monkeypatch.setattr(socket.socket, "connect", shut_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", shut_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", shut_getaddrinfo)


class LetterEmbedder:
    """A fake whose vectors can be checked by eye: how often each letter of the alphabet stands in the text."""

    model = ModelId("letters", "0" * 64)

    def embed(self, texts: Sequence[str], langs: Sequence[str] | None = None) -> Vectors:
        """26 counts a text, of unit length; a text without letters points at the first axis."""
        rows = np.zeros((len(texts), 26), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for letter in "".join(words(text)):
                if "a" <= letter <= "z":
                    row[ord(letter) - ord("a")] += 1
            if not row.any():
                row[0] = 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


@pytest.fixture
def letters() -> LetterEmbedder:
    """The fake embedder."""
    return LetterEmbedder()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings with an empty home."""
    return read_settings({"ASKFIRST_HOME": str(tmp_path / "home")}, tmp_path)


@pytest.fixture
def policy() -> Callable[..., Policy]:
    """Makes policies with sensible defaults."""

    def make(**given: Any) -> Policy:
        return Policy(**{"id": "house", "title": "House rules", "lang": "en", "authority": Authority.BINDING} | given)

    return make


@pytest.fixture
def clause(policy: Callable[..., Policy]) -> Callable[..., Clause]:
    """Makes clauses with sensible defaults."""

    def make(place: str = "1/1", text: str = "Ask before you post.", **given: Any) -> Clause:
        of = given.pop("policy", policy())
        return Clause(**{"id": f"{of.id}/{place}", "policy": of, "text": text, "modality": Modality.ASK_FIRST} | given)

    return make


@pytest.fixture(scope="session")
def session_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home whose index of the shipped corpus is built once, by the real model, for all tests that only read it."""
    from ingest.build import refresh

    home = tmp_path_factory.mktemp("home")
    refresh(read_settings({"ASKFIRST_HOME": str(home)}, home), lambda _: None)
    yield home
