"""Sources → policies and clauses: read, split, annotate; one bad file is refused by name and the rest goes on."""

from __future__ import annotations

import datetime
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from queue import LifoQueue
from typing import Any

from ingest.admit import ARCHIVES, check_beginning, check_size, one_line, pages_claimed, read_file
from ingest.annotate import Topic, annotate
from ingest.archive import expand
from ingest.document import Document, Refusal
from ingest.read import read
from ingest.sandbox import Sandbox
from ingest.sources import SHIPPED, Source, member
from ingest.split import split, title_of
from kb.clause import LANGUAGES, Authority, Clause, Policy
from kb.errors import CorpusError
from kb.language import detect

# A dense page of a PDF takes 0.1 s on one busy core; a document that lies about its pages gains five minutes at most.
_SECONDS_A_PAGE = 0.3
_MOST_SECONDS = 290
_AT_ONCE = 2  # files; each may take the memory that one is allowed
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?$")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_ID = re.compile(r"[^\s@/][^\s@]*$")
_TEXTS = ("title", "organisation", "sector", "country", "version", "supersedes", "url", "url_is", "coverage", "missing")
# Kept in the file for readers; nothing is decided by them.
_FOR_READERS = frozenset({"audience", "licence", "named_contact", "original_title"})
KNOWN_KEYS = frozenset({"id", "lang", "authority", "published", "effective_from", "effective_to", "groups", *_TEXTS}) | _FOR_READERS


@dataclass(frozen=True, slots=True)
class Gathered:
    """All that the corpus says: clauses by key, policies by `id@lang`, and what was refused (file → reason)."""

    policies: Mapping[str, Policy]
    clauses: Mapping[str, Clause]
    refused: Mapping[str, str]


def gather(sources: Iterable[Source], topics: Sequence[Topic]) -> Gathered:
    """Reads every source, archives member by member; two files with the same policy id and language are both refused."""
    refused: dict[str, str] = {}
    read_well: dict[str, list[tuple[Source, Policy, list[Clause]]]] = {}
    for source, reading in _reading(sources, topics):
        try:
            policy, clauses = reading.result()
        except Refusal as refusal:
            refused[one_line(source.name)] = str(refusal)
        else:
            read_well.setdefault(f"{policy.id}@{policy.lang}", []).append((source, policy, clauses))
    policies: dict[str, Policy] = {}
    found: dict[str, Clause] = {}
    for key, versions in read_well.items():
        if len(versions) > 1:
            names = [one_line(source.name) for source, _, _ in versions]
            for source, policy, _ in versions:
                others = ", ".join(n for n in names if n != one_line(source.name)) or "itself, ingested twice"
                refused[one_line(source.name)] = (
                    f"expected an id of its own; found '{policy.id}' ({policy.lang}) also in {others}; rename or remove one"
                )
            continue
        [(_, policy, clauses)] = versions
        policies[key] = policy
        found |= {clause.key: clause for clause in clauses}
    return Gathered(policies, found, refused)


def _reading(sources: Iterable[Source], topics: Sequence[Topic]) -> Iterator[tuple[Source, Future[tuple[Policy, list[Clause]]]]]:
    """Every source in its order, being read: `_AT_ONCE` files at a time, each in a child process of its own."""
    pool = ThreadPoolExecutor(_AT_ONCE)
    free: LifoQueue[Sandbox] = LifoQueue()  # the last one first, so that a second child is started only where it is needed

    def read_one(source: Source, data: bytes | Refusal) -> tuple[Policy, list[Clause]]:
        sandbox = free.get()
        try:
            return read_source(source, data, topics, sandbox)
        finally:
            free.put(sandbox)

    with ExitStack() as stack:
        # Left in the other order: the children are ended first, so that nobody who breaks off waits for a long file.
        stack.callback(pool.shutdown, cancel_futures=True)
        for _ in range(_AT_ONCE):
            free.put(stack.enter_context(Sandbox()))
        unpacking = stack.enter_context(Sandbox())
        waiting: deque[tuple[Source, Future[tuple[Policy, list[Clause]]]]] = deque()
        for source, data in _contents(sources, unpacking):
            waiting.append((source, pool.submit(read_one, source, data)))
            if len(waiting) > _AT_ONCE:  # more would only keep more files' bytes in memory
                yield waiting.popleft()
        yield from waiting


def _contents(sources: Iterable[Source], sandbox: Sandbox) -> Iterator[tuple[Source, bytes | Refusal]]:
    """Every file's bytes, and those of every document in an archive, or the reason why there are none."""
    for source in sources:
        try:
            data = read_file(source.file)
            check_beginning(data, source.file.name)
            if source.file.suffix.lower() not in ARCHIVES:
                yield source, data
                continue
            members = sandbox.call(expand, data)
            if not members:
                raise Refusal("expected documents in the archive; found none; add some or remove it")
        except Refusal as refusal:
            yield source, refusal
            continue
        for inside in members:
            yield member(source, inside.path), Refusal(inside.refused) if inside.refused else inside.data


def read_source(source: Source, data: bytes | Refusal, topics: Sequence[Topic], sandbox: Sandbox) -> tuple[Policy, list[Clause]]:
    """One file's policy and annotated clauses; raises `Refusal`.

    Only the shipped Markdown is read in this process: it is part of the program, and the first answer need not wait
    for a second interpreter.
    """
    if isinstance(data, Refusal):
        raise data
    if source.file.suffix == ".md" and source.file.is_relative_to(SHIPPED):
        return make_policy(data, source, topics)
    check_beginning(data, source.file.name)
    pages = sandbox.call(pages_claimed, data) if source.file.suffix.lower() == ".pdf" else 0
    return sandbox.call(make_policy, data, source, topics, more_seconds=min(_SECONDS_A_PAGE * pages, _MOST_SECONDS))


def make_policy(data: bytes, source: Source, topics: Sequence[Topic]) -> tuple[Policy, list[Clause]]:
    """Bytes → policy and annotated clauses; raises `Refusal`. Called in the sandbox, splitting and annotating included."""
    document = read(data, str(source.file))
    if not document.blocks:
        raise Refusal("expected text; found none; remove the file or write its clauses")
    check_size(document)
    policy = policy_of(document, source)
    return policy, [annotate(clause, attributes, topics) for clause, attributes in split(document, policy)]


def policy_of(document: Document, source: Source) -> Policy:
    """The policy that front matter and file name describe; raises `Refusal` for a value that is not allowed."""
    front = dict(document.front) | {key: value for key, value in source.given.items() if document.front.get(key) is None}
    if unknown := sorted(str(key) for key in front if key not in KNOWN_KEYS):
        raise Refusal(f"line 2: expected keys of a policy; found '{unknown[0]}'; correct or remove it")
    policy_id = str(front.get("id") or source.policy_id)
    if not _ID.match(policy_id):
        raise Refusal(f"line 2: expected an id without spaces or @; found '{policy_id}'; correct it")
    body = " ".join(block.text for block in document.blocks)[:4000]
    lang = front.get("lang") or source.lang or detect(body)
    if lang not in LANGUAGES:
        raise Refusal(f"line 2: expected lang {' or '.join(LANGUAGES)}; found '{lang}'; correct it")
    stated = front.get("authority") or source.authority or Authority.BINDING
    try:
        authority = Authority(stated)
    except ValueError:
        raise Refusal(f"line 2: expected authority binding or reference; found '{stated}'; correct it") from None
    dates = {key: _date(front, key) for key in ("published", "effective_from", "effective_to")}
    begin, end = dates["effective_from"], dates["effective_to"]
    if begin and end and begin > end:
        raise Refusal(f"line 2: expected effective_from before effective_to; found {begin} and {end}; correct them")
    groups = front.get("groups") or []
    if not isinstance(groups, list) or not all(isinstance(g, str) for g in groups):
        raise Refusal(f"line 2: expected groups as a list of names; found '{groups}'; correct it")
    texts = {key: _text(front, key) for key in _TEXTS}
    title = texts.pop("title") or title_of(document) or one_line(source.file.stem)
    return Policy(
        id=policy_id,
        title=title,
        lang=lang,
        authority=authority,
        organisation=texts.pop("organisation") or "",
        coverage=texts.pop("coverage") or "full",
        groups=tuple(groups),
        source=one_line(source.name),
        **texts,
        **dates,
    )


def _text(front: Mapping[str, Any], key: str) -> str | None:
    value = front.get(key)
    if value is None or isinstance(value, (str, int, float)):
        return None if value is None else str(value)
    raise Refusal(f"line 2: expected text for {key}; found {type(value).__name__}; correct it")


def _date(front: Mapping[str, Any], key: str) -> str | None:
    value = front.get(key)
    if value is None:
        return None
    text = value.isoformat()[:10] if isinstance(value, datetime.date) else str(value)
    wanted, shape = (_DATE, "a year, month or day (2015, 2015-03, 2015-03-09)") if key == "published" else (_DAY, "a day (2015-03-09)")
    if not wanted.match(text):
        raise Refusal(f"line 2: expected {shape} for {key}; found '{text}'; correct it")
    return text


def read_topics(data: Any, where: str) -> list[Topic]:
    """Topics from the parsed topics.yaml; raises `CorpusError` naming what is wrong."""
    topics: list[Topic] = []
    for entry in data if isinstance(data, list) else [data]:
        try:
            terms = entry.get("terms") or {}
            topics.append(
                Topic(
                    id=str(entry["id"]),
                    name={lang: str(entry["name"][lang]) for lang in LANGUAGES},
                    practices=tuple(int(n) for n in entry.get("practices") or ()),
                    terms={lang: tuple(str(t) for t in terms.get(lang) or ()) for lang in LANGUAGES},
                    contact=str(entry["contact"]),
                )
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise CorpusError(
                expected=f"topics with id, name (en, id), practices, terms and contact in {where}",
                found=f"{entry!r}"[:120],
                todo="correct that entry",
            ) from error
    return topics
