"""Drafts that somebody compares: in memory, for one visit of one visitor, and gone after it."""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from kb.compare import Sheet

SECONDS = 3600  # without a look at it
_MOST = 100  # visits of everybody
_MOST_EACH = 5  # visits of one visitor
_MOST_CLAUSES = 200_000  # clauses of everybody's drafts; a clause takes about two kilobytes
_RESULTS = 8  # results that are kept for one visit


class Kept:
    """The latest few results, each worked out once."""

    def __init__(self, most: int = _RESULTS) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` gave for this key, now or before."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key]
        made = make()
        with self._lock:
            self._found[key] = made
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return made


@dataclass(slots=True)
class Visit:
    """One draft, whose it is, and what has been worked out of it."""

    owner: str
    sheet: Sheet
    seen: float
    results: Kept = field(default_factory=Kept)


class Visits:
    """A bounded store: what was looked at longest ago goes first. Only the owner finds a draft."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._visits: OrderedDict[str, Visit] = OrderedDict()  # in the order of the last look

    def open(self, owner: str, sheet: Sheet) -> str:
        """Keeps the draft; gives the name of the visit, which nobody can guess."""
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._visits[name] = Visit(owner, sheet, self._clock())
            self._clear()
        self._clear_later()
        return name

    def find(self, owner: str, name: str) -> Visit | None:
        """The visit, if it is this visitor's and has not ended."""
        with self._lock:
            self._clear()
            visit = self._visits.get(name)
            if visit is None or not secrets.compare_digest(visit.owner.encode(), owner.encode()):
                return None
            visit.seen = self._clock()
            self._visits.move_to_end(name)
            return visit

    def close(self, owner: str, name: str) -> None:
        """Forgets the draft, if it is this visitor's."""
        with self._lock:
            visit = self._visits.get(name)
            if visit is not None and secrets.compare_digest(visit.owner.encode(), owner.encode()):
                del self._visits[name]

    def __len__(self) -> int:
        with self._lock:
            self._clear()
            return len(self._visits)

    def _clear_later(self) -> None:
        """Forgets what has ended even where nobody comes again."""
        timer = threading.Timer(SECONDS + 1, lambda: len(self))
        timer.daemon = True
        timer.start()

    def _clear(self) -> None:
        oldest = self._clock() - SECONDS
        for name in [name for name, visit in self._visits.items() if visit.seen < oldest]:
            del self._visits[name]
        newest = next(reversed(self._visits), None)
        if newest is None:
            return
        owner = self._visits[newest].owner
        own = [name for name, visit in self._visits.items() if visit.owner == owner]
        for name in own[:-_MOST_EACH]:
            del self._visits[name]
        while len(self._visits) > 1 and (len(self._visits) > _MOST or self._clauses() > _MOST_CLAUSES):
            self._visits.popitem(last=False)

    def _clauses(self) -> int:
        return sum(len(visit.sheet.clauses) for visit in self._visits.values())
