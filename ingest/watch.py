"""Keeps the index up to date while files change, until it is stopped.

What the system tells of changes only wakes it up: it can lose a file that an editor replaced, or a folder that was away for
a while. What decides is `is_fresh`, a `stat` a file, and that is looked at now and then even where nothing was told.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout
from watchfiles import Change, DefaultFilter, watch

from ingest.build import Outcome, Progress, refresh
from ingest.plan import Log, is_fresh
from ingest.sources import remembered
from kb.errors import AskFirstError, HomeError
from kb.settings import Settings

_LOOK = 5  # seconds between looks where nothing is told
_AFTER_ERROR = 60  # seconds, so that a full disk is not tried again and again; a change is still tried at once
_QUIET = 500  # milliseconds without a change before anything is read: files are copied in pieces
_BUSIEST = 10_000  # milliseconds of steady change after which it is read all the same


@contextlib.contextmanager
def watching(settings: Settings) -> Iterator[None]:
    """One process watches a home; raises `HomeError` where another does."""
    lock = FileLock(settings.home / ".watch.lock", timeout=0)
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise HomeError(expected="no other process to be watching this home", found="one that is", todo="stop that one first") from error
    except OSError as error:
        raise HomeError(
            expected=f"a folder that can be written at {settings.home}", found=str(error), todo="choose another ASKFIRST_HOME"
        ) from error
    try:
        yield
    finally:
        lock.release()


def keep_fresh(
    settings: Settings,
    show: Callable[[Outcome], None],
    log: Log,
    progress: Progress | None = None,
    *,
    stop: threading.Event | None = None,
    look: float = _LOOK,
) -> None:
    """Brings the index up to date after each change and shows the outcome, until `stop` is set or a signal interrupts it.

    An error is told, and the last good index answers on; every change is tried again.
    """
    stop = stop or threading.Event()
    told, resume = "", 0.0
    while not stop.is_set():
        there = watched(settings)
        for changed in _wakings(settings, there, stop, look):
            if changed or time.monotonic() >= resume:
                try:
                    if is_fresh(settings) is None:
                        show(refresh(settings, log, progress))
                    told = ""
                except AskFirstError as error:
                    if changed or str(error) != told:
                        log(f"askfirst: {error}; the last good index stays in force")
                    told, resume = str(error), time.monotonic() + _AFTER_ERROR
            if watched(settings) != there:
                resume = 0.0  # what changes before the new watch has begun is told by nobody
                break


def watched(settings: Settings) -> dict[Path, int]:
    """The folders and files to watch that are there, each with what tells it from another put in its place."""
    paths = [settings.own_corpus, *([settings.corpus] if settings.corpus else [])]
    with contextlib.suppress(AskFirstError):  # a list that cannot be read is an error of the refresh
        paths += [known.path for known in remembered(settings)]
    found = {}
    for path in paths:
        with contextlib.suppress(OSError):
            found[path] = path.stat().st_ino
    return found


def _wakings(settings: Settings, there: Iterable[Path], stop: threading.Event, look: float) -> Iterator[bool]:
    """Whether the system told of a change, each time it did and each time it had nothing to tell for `look` seconds."""
    ordinary = DefaultFilter()

    def matters(change: Change, path: str) -> bool:
        # A folder that holds the home is no reason to look whenever the index itself is written.
        ours = Path(path).is_relative_to(settings.home) and not Path(path).is_relative_to(settings.own_corpus)
        return not ours and ordinary(change, path)

    try:
        for changes in watch(
            *there,
            watch_filter=matters,
            stop_event=stop,
            step=_QUIET,
            debounce=_BUSIEST,
            rust_timeout=round(look * 1000),
            yield_on_timeout=True,
            ignore_permission_denied=True,
        ):
            yield bool(changes)
    except (OSError, RuntimeError):  # one went just now, or the system has no more watches to give
        if not stop.wait(look):
            yield False
