"""Documents fetched from addresses are kept as files in the home, so that the index never needs the network.

`fetched/<host>/<slug>.<ending>` is the document, `<slug>.json` beside it says where it came from and when. The slug holds
a digest of the address: two addresses never share a copy, and one address keeps its copy's name, hence its policy's id.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

from filelock import FileLock

from ingest.address import canonical, checked
from ingest.document import Refusal
from ingest.fetch import Fetched, fetch
from ingest.gather import read_source
from ingest.plan import Log
from ingest.read.markdown import decoded, front_matter
from ingest.sandbox import Sandbox
from ingest.sources import FETCHED, SHIPPED, Remembered, Source, remember, remembered
from kb.clause import Authority
from kb.errors import HomeError, InputError
from kb.settings import Settings

_LONGEST = 60  # code points of the readable part of a copy's name
_DIGITS = 8


@dataclass(frozen=True, slots=True)
class Copies:
    """What was fetched, with what is to be remembered of each, and the addresses that gave nothing, with the reason.

    `kept` are those of the latter whose earlier copy stays in force.
    """

    found: tuple[tuple[Fetched, Remembered], ...] = ()
    refused: Mapping[str, str] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()


def look_up(
    settings: Settings,
    urls: Sequence[str],
    authority: Authority | None,
    given: Mapping[str, str],
    log: Log,
) -> Copies:
    """Fetches each address and reads what came, to be sure that it can be read; writes nothing.

    What was said of an address before still holds where nothing else is said now, and the original of a published policy
    that the shipped corpus restates is reference, as that is. Raises `InputError` before the first
    one is fetched if any of them may not be.
    """
    wanted = list(dict.fromkeys(canonical(url) for url in urls))
    for url in wanted:
        checked(url, settings.fetch_hosts)
    known = {r.given["url"]: r for r in remembered(settings) if "url" in r.given and r.path.is_file()}
    published = _published() - set(known) if wanted and authority is None else frozenset()
    found: list[tuple[Fetched, Remembered]] = []
    refused: dict[str, str] = {}
    with Sandbox() as sandbox:
        for url in wanted:
            before = known.get(url)
            whose = authority or (before.authority if before else Authority.REFERENCE if url in published else None)
            log(f"fetching {url}" + (" as reference: it is another organisation's policy" if url in published else ""))
            try:
                document = fetch(url, settings.fetch_hosts)
                copy = settings.home / FETCHED / place(document)
                policy, _ = read_source(Source(copy, url, "fetched", authority=whose), document.data, [], sandbox)
                if whose is Authority.REFERENCE and policy.authority is not whose:
                    # What decides for us is not for a page of somebody else's to say.
                    raise Refusal(
                        "expected a document that only illustrates; found one that calls itself binding; say --binding if it is yours"
                    )
            except Refusal as refusal:
                kept = f"; the copy fetched on {before.given.get('fetched', 'an unknown day')} stays in force" if before else ""
                refused[url] = f"{refusal}{kept}"
                continue
            said = (dict(before.given) if before else {}) | dict(given) | {"url": url, "fetched": _day(document, before)}
            found.append((document, Remembered(copy, whose, said)))
    return Copies(tuple(found), refused, frozenset(refused) & frozenset(known))


def _published() -> frozenset[str]:
    """Where the policies of others that the shipped corpus restates were published."""
    found = set()
    for file in (SHIPPED / "policies").glob("*.md"):
        front, _ = front_matter(decoded(file.read_bytes()))
        with contextlib.suppress(InputError):  # some stood on plain http
            found.add(canonical(str(front.get("url"))))
    return frozenset(found)


def place(document: Fetched) -> str:
    """The path of a document's copy inside the folder of copies."""
    parts = urlsplit(document.url)
    words = re.sub(r"\.[a-z0-9]{1,5}$", "", unquote(parts.path).lower())
    readable = re.sub(r"[^a-z0-9]+", "-", words)[-_LONGEST:].strip("-")
    tag = hashlib.sha256(document.url.encode()).hexdigest()[:_DIGITS]
    host = re.sub(r"[^a-z0-9.-]", "-", parts.netloc)
    return f"{host}/{'-'.join(filter(None, (readable, tag)))}{document.suffix}"


def _day(document: Fetched, before: Remembered | None) -> str:
    """The day on which these very bytes were fetched first."""
    if before and before.path.suffix == document.suffix and before.path.read_bytes() == document.data:
        return before.given.get("fetched") or _today()
    return _today()


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def write(folder: Path, copies: Copies) -> list[Remembered]:
    """Puts the copies into a folder of copies; returns what is to be remembered of each, there."""
    there = []
    for document, known in copies.found:
        file = folder / place(document)
        file.parent.mkdir(parents=True, exist_ok=True)
        if not file.is_file() or file.read_bytes() != document.data:
            _write(file, document.data)
        note = {
            "url": document.url,
            "final_url": document.final,
            "fetched": known.given["fetched"],
            "sha256": hashlib.sha256(document.data).hexdigest(),
            "content_type": document.kind,
        }
        _write(file.with_suffix(".json"), json.dumps(note, indent=2).encode())
        there.append(replace(known, path=file))
    return there


def keep(settings: Settings, copies: Copies, add: Sequence[Remembered] = (), forget: Sequence[str] = ()) -> None:
    """Keeps the copies and remembers them with the paths of `add`, all in one step; copies of no remembered address are removed.

    Raises as `remember` does, and `HomeError` where the home cannot be written.
    """
    folder = settings.home / FETCHED
    with _alone(settings):
        remember(settings, [*add, *write(folder, copies)], forget)
        used = {r.path for r in remembered(settings)}
        used |= {path.with_suffix(".json") for path in used}
        for file in folder.glob("*/*"):
            if file not in used:
                file.unlink(missing_ok=True)


def _write(file: Path, data: bytes) -> None:
    """The whole file or, whatever happens, the one before."""
    making = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with making.open("wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        making.replace(file)
    finally:
        making.unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    try:
        settings.home.mkdir(parents=True, exist_ok=True)
        with FileLock(settings.home / f".{FETCHED}.lock"):
            yield
    except OSError as error:
        raise HomeError(
            expected=f"a folder that can be written at {settings.home}",
            found=error.strerror or str(error),
            todo="free some space or choose another ASKFIRST_HOME",
        ) from error
