"""What a running server says on stderr: sentences, or one JSON object a line; never what anybody typed, or who it was.

Exceptions are told by their kind and by where they were raised: their messages may hold what a person typed.
"""

from __future__ import annotations

import io
import json
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, TextIO
from uuid import uuid4

TEXT, JSON = "text", "json"
FORMS = (TEXT, JSON)
_VALUES = "askfirst_values"  # of a record: what stands beside the event's name
_FRAMES = 4  # of a failure: enough to find the place
_LOG = logging.getLogger("askfirst.web")


def event(name: str, **values: Any) -> None:
    """Says, in the JSON log alone, that something ordinary happened; `values` must name nobody and quote nothing typed."""
    _LOG.info(name, extra={_VALUES: values})


def incident(error: BaseException, what: str = "a request could not be answered") -> str:
    """Logs a failure under an id made up for it, and returns the id, by which whoever saw the failure can name it."""
    incident_id = uuid4().hex[:12]
    _LOG.error(what, exc_info=error, extra={_VALUES: {"incident": incident_id}})
    return incident_id


@contextmanager
def logging_as(form: str) -> Iterator[None]:
    """Sends everything that is logged meanwhile to stderr in this form; what is printed there becomes a JSON line too."""
    printed = sys.stderr
    handler = logging.StreamHandler(printed)
    handler.setFormatter(JsonLine() if form == JSON else Sentence())
    handler.addFilter(_ours_or_serious)
    root = logging.getLogger()
    before, level = list(root.handlers), _LOG.level
    root.handlers = [handler]
    _LOG.setLevel(logging.INFO if form == JSON else logging.WARNING)
    try:
        if form == JSON:
            with redirect_stderr(JsonPrinted(printed)):
                yield
        else:
            yield
    finally:
        root.handlers = before
        _LOG.setLevel(level)


class Sentence(logging.Formatter):
    """A record as a line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        values = {**_failure(record), **getattr(record, _VALUES, {})}
        told = f" ({', '.join(f'{name} {value}' for name, value in values.items())})" if values else ""
        return f"{record.levelname.lower()}: {_line(record.getMessage())}{told}"


class JsonLine(logging.Formatter):
    """A record as a JSON object: time (UTC), level, event, and what belongs to the event."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        if hasattr(record, _VALUES) and not record.exc_info:
            told = {"event": record.getMessage()}
        else:
            told = {"event": "failure" if record.exc_info else "log", "message": _line(record.getMessage())}
        return _json(record.levelname.lower(), record.created, told | _failure(record) | getattr(record, _VALUES, {}))


class JsonPrinted(io.TextIOBase):
    """A stream whose lines are written to another as JSON objects; for what is printed and not logged."""

    def __init__(self, stream: TextIO) -> None:
        self._stream, self._rest, self._lock = stream, "", Lock()

    def write(self, text: str) -> int:
        """Keeps what is no whole line yet."""
        with self._lock:
            *lines, self._rest = (self._rest + text).split("\n")
            for line in filter(None, (_line(line) for line in lines)):
                level = "warning" if line.startswith(("warning", "askfirst:")) else "info"
                self._stream.write(_json(level, datetime.now(UTC).timestamp(), {"event": "said", "message": line}) + "\n")
            self._stream.flush()
        return len(text)

    def writable(self) -> bool:
        """Yes."""
        return True


def _ours_or_serious(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name == _LOG.name


def _failure(record: logging.LogRecord) -> dict[str, str]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    frames = traceback.extract_tb(error.__traceback__)[-_FRAMES:]
    return {
        "error": type(error).__name__,
        "at": " < ".join(f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames)),
    }


def _json(level: str, seconds: float, told: dict[str, Any]) -> str:
    time = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return json.dumps({"time": time, "level": level, **told}, ensure_ascii=False)


def _line(text: str) -> str:
    return " ".join(text.split())
