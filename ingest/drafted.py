"""A draft that somebody wants compared: read as `ingest` would read it, in a child process, and never kept."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from ingest.admit import LARGEST
from ingest.annotate import Topic
from ingest.document import Refusal
from ingest.gather import read_source
from ingest.read import READERS
from ingest.sandbox import Sandbox
from ingest.sources import Source
from kb.clause import Authority, Clause, Policy
from kb.errors import InputError

_PARTS = re.compile(r"(?:(?P<line>line \d+): )?expected (?P<expected>.*?); found (?P<found>.*); (?P<todo>.*)", re.DOTALL)
_NOT_IN_IDS = re.compile(r"[\s@/]+")
_PROSE = (".md", ".markdown", ".txt")


def read_draft(data: bytes, name: str, topics: Sequence[Topic]) -> tuple[Policy, tuple[Clause, ...]]:
    """The policy and annotated clauses in a file of this name, none in an empty text.

    Raises `InputError` with what was expected and found, for whatever `ingest` would refuse.
    """
    file = PurePath(name)
    policy_id = _NOT_IN_IDS.sub("-", file.stem).strip("-") or "draft"
    if file.suffix.lower() in _PROSE and not data.strip(b" \t\r\n\xef\xbb\xbf"):
        # An author may begin with nothing: then everything is missing, which is no mistake.
        return Policy(policy_id, file.stem, "en", Authority.BINDING, source=file.name), ()
    try:
        if file.suffix.lower() not in READERS:
            raise Refusal(f"expected a file ending in {', '.join(READERS)}; found '{file.suffix or 'no ending'}'; save it as one of these")
        if len(data) > LARGEST:
            raise Refusal(f"expected at most {LARGEST:,} bytes; found {len(data):,}; split the file")
        with Sandbox() as sandbox:
            policy, clauses = read_source(Source(Path(file.name), file.name, policy_id), data, topics, sandbox)
    except Refusal as refusal:
        raise _explained(str(refusal), file.name) from refusal
    return policy, tuple(clauses)


def _explained(reason: str, name: str) -> InputError:
    """A refusal as an error that names the file."""
    parts = _PARTS.fullmatch(reason)
    if parts is None:
        return InputError(expected=f"a draft that can be read in {name}", found=reason, todo="correct the file")
    line = f", {parts['line']}" if parts["line"] else ""
    return InputError(expected=f"{parts['expected']} in {name}{line}", found=parts["found"], todo=parts["todo"])
