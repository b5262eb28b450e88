"""The assistant that a running server answers with: opened once, replaced when the index changes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from chat.answer import Answer, Contact, Message
from chat.ask import Assistant
from chat.opening import open_assistant
from kb.errors import AskFirstError
from kb.manifest import current_index
from kb.settings import Settings

_LOOK_EVERY = 2.0  # seconds between looks at the pointer: one small file
_KEEP_OPEN = 30.0  # seconds an index that was replaced stays open for answers in flight


class Live:
    """Answers from the current index; notices a new one without a restart, and keeps the last good one on any error."""

    def __init__(self, settings: Settings, index: Path, log: Callable[[str], None]) -> None:
        self._settings, self._log = settings, log
        self._index, self._assistant = index, open_assistant(settings, index)
        self._lock = threading.Lock()
        self._looked = time.monotonic()

    @property
    def assistant(self) -> Assistant:
        """The assistant over the newest finished index."""
        if time.monotonic() - self._looked >= _LOOK_EVERY and self._lock.acquire(blocking=False):
            try:
                self._renew()
                self._looked = time.monotonic()
            finally:
                self._lock.release()
        return self._assistant

    def answer(self, message: Message) -> Answer:
        """The answer to one message."""
        return self.assistant.answer(message)

    def contact(self, lang: str) -> Contact:
        """The contact for anything."""
        return self._assistant.contacts.get(None, lang)

    def _renew(self) -> None:
        try:
            newest = current_index(self._settings.index_folder)
            if newest == self._index:
                return
            assistant = open_assistant(self._settings, newest)
        except AskFirstError as error:
            self._log(f"askfirst: answering from the last good index: {error}")
            return
        before, self._assistant, self._index = self._assistant, assistant, newest
        closing = threading.Timer(_KEEP_OPEN, before.knowledge.close)
        closing.daemon = True
        closing.start()
