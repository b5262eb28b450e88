"""The real app in this process over the shipped corpus and three policies of its own, two of them limited to groups."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from chat.web.app import build_app
from chat.web.guard import Guard, fence
from chat.web.identity import read_rules
from chat.web.signin import behind_proxies
from ingest.build import refresh
from kb.manifest import current_index
from kb.settings import Settings, read_settings

SECRET = "Never post pictures of Waddles, the penguin of the board's bungalow in Bandung."
_POLICIES = {
    # One in both languages, of which the Indonesian one is for everybody.
    "board.en.md": ("board", "The board's rules", "en", "[board]", "Bungalow", SECRET),
    "board.id.md": ("board", "Aturan direksi", "id", "[]", "Umum", "Jangan unggah foto rapat direksi tanpa izin."),
    "hr.md": ("hr-only", "Rules for HR", "en", "[hr, board]", "Quokkas", "Do not post about the quokka reorganisation before HR agrees."),
}
PROXY = "127.0.0.9"
QUESTION = "May I post pictures of Waddles, the penguin of the board's bungalow in Bandung?"


def furnish(session_home: Path, home: Path) -> Path:
    """A copy of the home with the policies in its index."""
    shutil.copytree(session_home, home, dirs_exist_ok=True)
    (home / "corpus").mkdir(exist_ok=True)
    for name, (policy, title, lang, groups, heading, rule) in _POLICIES.items():
        text = f"---\nid: {policy}\ntitle: {title}\nlang: {lang}\nauthority: binding\ngroups: {groups}\n---\n# {heading}\n1. {rule}\n"
        (home / "corpus" / name).write_text(text, "utf-8")
    refresh(with_settings(home), lambda _: None)
    return home


def with_settings(home: Path, **given: Any) -> Settings:
    """Settings as somebody would write them."""
    return read_settings({f"ASKFIRST_{key.upper()}": str(value) for key, value in {"home": home, **given}.items()}, home)


def built(settings: Settings, log: list[str] | None = None) -> FastAPI:
    """The app over the home's index."""

    async def building() -> FastAPI:
        return build_app(settings, current_index(settings.index_folder), (log if log is not None else []).append)

    return asyncio.run(building())  # outside a running loop Gradio makes several and closes none


def visitor(app: FastAPI, settings: Settings, peer: str = PROXY, headers: Mapping[str, str] | None = None, **given: Any) -> TestClient:
    """Somebody at this address, who reaches the app as through the server: past the guard, and with the peer noted."""
    around: Any = behind_proxies(Guard(app, fence(settings)), read_rules(settings))
    base = given.pop("base_url", "http://127.0.0.1:7860")
    return TestClient(around, base_url=base, client=(peer, 50_000), headers=headers, follow_redirects=False, **given)
