"""The assistant that a running server answers with: opened once, replaced when the index changes."""

from __future__ import annotations

import threading
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from anyio import CapacityLimiter, to_thread

from chat.answer import Answer, Contact, Message
from chat.ask import Assistant
from chat.leashed import LeashedAssistant
from chat.llm import LanguageModel
from chat.opening import open_assistant
from chat.web.logs import event
from chat.web.metrics import Metrics
from kb.clause import Clause, Policy
from kb.errors import AskFirstError
from kb.manifest import POINTER, current_index
from kb.settings import Settings
from kb.support import Support

_AT_ONCE = 4  # answers: each takes a processor, and more at once would only make all of them later
_KEEP_OPEN = 30.0  # seconds an index that was replaced stays open for answers in flight


class Live:
    """Answers from the current index, keeping the last good one on any error.

    The pointer is looked at for every question (one `stat`), so that no answer begun after an ingest comes from the
    index before it; where a new index is being opened, questions wait for it.
    """

    def __init__(self, settings: Settings, index: Path, log: Callable[[str], None], metrics: Metrics | None = None) -> None:
        self._settings, self._log = settings, log
        self.metrics = metrics or Metrics()
        # Who waits for a language model takes no processor, and must not keep the others from their answers.
        self._places = CapacityLimiter(_AT_ONCE + (settings.llm_concurrency if settings.llm else 0))
        self._lock = threading.Lock()
        self._seen = self._pointer()
        self._index, self._assistant = index, _ready(settings, index)
        self._renew()

    @property
    def assistant(self) -> Assistant:
        """The assistant over the newest finished index."""
        if self._pointer() != self._seen:
            with self._lock:
                # Taken before the look, so that a swap during it is seen by the next question.
                if (pointer := self._pointer()) != self._seen:
                    self._renew()
                    self._seen = pointer
        return self._assistant

    @property
    def topics(self) -> tuple[Mapping[str, Any], ...]:
        """The topics that the index was built with."""
        return Support.read(self._index).topics

    def _pointer(self) -> tuple[int, int] | None:
        try:
            state = (self._settings.index_folder / POINTER).stat()
        except OSError:
            return None
        return state.st_ino, state.st_mtime_ns

    def answer(self, message: Message, groups: Collection[str] = ()) -> Answer:
        """The answer to one message, from what a member of `groups` may see."""
        *_, last = self.answers(message, groups)
        return last

    def answers(self, message: Message, groups: Collection[str] = ()) -> Iterator[Answer]:
        """The same as it grows, where a language model words it; nothing shown is taken back."""
        began = time.perf_counter()
        assistant = self.assistant
        try:
            if isinstance(assistant, LeashedAssistant):
                for answer in assistant.answers(message, groups=groups):
                    yield answer
            else:
                yield (answer := assistant.answer(message, groups=groups))
        except Exception:
            self.metrics.failed()
            raise
        if llm := answer.explain.get("llm"):
            self.metrics.modelled(llm)
        seconds = time.perf_counter() - began
        self.metrics.answered(answer, draft=message.draft, seconds=seconds)
        kind = "draft" if message.draft else "question"
        event("answer", kind=kind, lang=answer.lang, verdict=answer.verdict, in_scope=answer.in_scope, ms=round(seconds * 1000, 1))

    async def answer_in_turn(self, message: Message, groups: Collection[str] = ()) -> Answer:
        """The same, first come, first served, for callers on the event loop."""
        return await to_thread.run_sync(self.answer, message, groups, limiter=self._places)

    async def answers_in_turn(self, message: Message, groups: Collection[str] = ()) -> AsyncIterator[Answer]:
        """The answer as it grows, first come, first served, for callers on the event loop."""
        growing = self.answers(message, groups)
        while (answer := await to_thread.run_sync(next, growing, None, limiter=self._places)) is not None:
            yield answer

    def waiting(self) -> int:
        """How many messages wait for their turn."""
        return self._places.statistics().tasks_waiting

    def clause(self, clause_id: str, lang: str, groups: Collection[str] = ()) -> Clause | None:
        """The clause that a member of `groups` may see today, in `lang` where one may, else in the other; `None` for any other."""
        return self.assistant.knowledge.visible_clause(clause_id, lang, date.today(), groups)

    def policies(self, groups: Collection[str] = ()) -> list[Policy]:
        """The policies in force today that a member of `groups` may see, language versions apart."""
        return list(self.assistant.knowledge.policies(date.today(), groups).values())

    def contact(self, lang: str) -> Contact:
        """The contact for anything."""
        return self.assistant.contacts.get(None, lang)

    @property
    def model(self) -> LanguageModel | None:
        """The language model that questions are sent to, if any."""
        assistant = self.assistant
        return assistant.model if isinstance(assistant, LeashedAssistant) else None

    def _renew(self) -> None:
        try:
            newest = current_index(self._settings.index_folder)
            if newest == self._index:
                return
            assistant = _ready(self._settings, newest)
        except AskFirstError as error:
            self._log(f"askfirst: answering from the last good index: {error}")
            return
        before, self._assistant, self._index = self._assistant, assistant, newest
        self.metrics.swapped()
        event("index", digest=assistant.knowledge.manifest.digest)
        closing = threading.Timer(_KEEP_OPEN, before.knowledge.close)
        closing.daemon = True
        closing.start()


def _ready(settings: Settings, index: Path) -> Assistant:
    """The assistant, which has answered once: vectors and word lists are read then, and nobody has to wait for them."""
    assistant = open_assistant(settings, index)
    answer = assistant.considered if isinstance(assistant, LeashedAssistant) else assistant.answer
    for lang in ("en", "id"):
        answer(Message("Can I post this? Boleh saya unggah ini?", lang=lang))
    return assistant
