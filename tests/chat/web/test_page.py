"""The chat page keeps a conversation while its page is open, and not much longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

import chat.web.page as page_module
from chat.answer import Answer, Contact, Message
from chat.web.page import build_page


async def unanswered(message: Message, groups: object) -> AsyncIterator[Answer]:
    raise AssertionError("nobody asks here")
    yield


@pytest.mark.parametrize(("used_after", "kept"), [(False, False), (True, True)], ids=["closed", "only lost for a moment"])
def test_what_a_closed_page_leaves_behind_is_cleared_away(used_after: bool, kept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_module, "_LEFT", 0.02)

    async def closing() -> dict[str, str]:
        # Inside a running loop, because outside one Gradio makes several and closes none.
        page = build_page(unanswered, lambda: 0, lambda lang: Contact("hr", "HR"), False)
        (left,) = (event.fn for event in page.fns.values() if any(name == "unload" for _, name in event.targets))
        held = SimpleNamespace(session_data={"s1": "turns", "s2": "turns"}, time_last_used={"s1": datetime.now()})
        page.state_holder = held
        await left(SimpleNamespace(session_hash="s1"))
        if used_after:
            held.time_last_used["s1"] = datetime.now() + timedelta(seconds=1)
        await asyncio.sleep(0.1)
        return held.session_data

    assert set(asyncio.run(closing())) == ({"s1", "s2"} if kept else {"s2"})
