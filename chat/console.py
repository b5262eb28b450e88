"""What the command line reads and writes: JSON line by line, text that can be printed, a log beside it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from chat.progress import Progress

LONGEST_LINE = 4_000_000  # code points of one JSON line


def read_lines(stream: TextIO) -> Iterator[tuple[Any, Mapping[str, Any] | str]]:
    """For each line of JSON its id and the object, or what is wrong with it; empty lines are passed over."""
    for raw in stream.buffer:
        line = raw.decode("utf-8", "replace").strip().lstrip("\ufeff")
        if not line:
            continue
        try:
            if len(line) > LONGEST_LINE:
                raise ValueError(f"a line of {len(line):,} characters")
            given = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield None, f"expected a JSON object on the line; found {str(error) or 'nesting too deep'}; correct it"
            continue
        if isinstance(given, dict):
            yield given.get("id"), given
        else:
            yield None, f"expected a JSON object on the line; found {type(given).__name__}; correct it"


def print_json(value: Any) -> None:
    """One line of JSON, at once."""
    sys.stdout.write(printable(json.dumps(value, ensure_ascii=False)) + "\n")
    sys.stdout.flush()


def printable(text: str) -> str:
    """The text with lone surrogates replaced: they come from arguments that are not UTF-8 and cannot be printed."""
    return text.encode("utf-8", "replace").decode("utf-8")


def log(text: str) -> None:
    """One line beside the output."""
    print(text, file=sys.stderr, flush=True)


def bar() -> Progress:
    """A bar on a terminal, now and then a line in a log."""
    from chat.progress import progress

    return progress(sys.stderr)
