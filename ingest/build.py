"""What was planned is applied: a new index in a folder of its own, verified, and only then named as the one that answers.

An index folder is never changed once the pointer names it, so readers need no lock; writers take one. Whatever a build
that was killed left behind is cleared away by the next writer.
"""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from ingest.plan import Changes, Log, Plan, is_fresh, plan
from kb.clause import LANGUAGES, Clause, digest
from kb.embedding import (
    Embedder,
    ReferenceEmbedder,
    Vectors,
    ensure_export,
    open_embedder,
    packaged_model,
    shipped_model,
)
from kb.errors import HomeError, IndexDamaged, IndexMissing, IndexUnusable, StoreUnreachable
from kb.lexical import Lexical
from kb.manifest import FILE, POINTER, SCHEMA, Manifest, current_index
from kb.settings import Settings
from kb.space import Space
from kb.store import EXACT, ChromaStore

# A clause must find itself: cosine to its own vector, rounding and the approximate search allowed for.
_SELF = 0.999
_VECTORS = "chroma"
_VERIFIED = 2000
# The last index's vectors are copied and then changed as long as no more than this part of them has changed since they were
# last written as a whole: rows that are replaced leave holes in Chroma's graph.
_DRIFT = 0.2
_PER_MINUTE = 4000  # clauses embedded in a minute on two cores; only used to announce a duration

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """The index that now answers, what changed, and whether anything was built."""

    index: Path
    changes: Changes
    built: bool


def refresh(
    settings: Settings,
    log: Log,
    progress: Progress | None = None,
    *,
    rebuild: bool = False,
    wait: float = -1,
) -> Outcome:
    """Brings the index up to date with the corpus; does nothing where nothing changed.

    Takes the writers' lock, waiting `wait` seconds for it (-1: as long as it takes); raises `HomeError` when another
    process keeps it. On any error the last good index stays as it is.
    """
    with _writing(settings, wait):
        _clear_leftovers(settings)
        if not rebuild and (fresh := is_fresh(settings)):
            manifest = Manifest.read(fresh)
            return Outcome(fresh, Changes(unchanged=len(manifest.clauses), refused=manifest.refused), built=False)
        found = plan(settings, log, rebuild=rebuild)
        return apply(settings, found, log, progress)


def apply(settings: Settings, found: Plan, log: Log, progress: Progress | None = None) -> Outcome:
    """Builds, verifies and swaps in what was planned; the caller holds the writers' lock."""
    clauses = list(found.gathered.clauses.values())
    hashes = found.hashes
    name = digest([SCHEMA, found.model.folder, sorted(hashes.items()), asdict(found.support)])
    if found.previous:
        manifest = Manifest.read(found.previous)
        if manifest.digest == name:
            # Only the files' times differ, or what was refused: the note of that is replaced, nothing else.
            _renew(found.previous, manifest, found)
            return Outcome(found.previous, found.changes, built=False)
    _announce(found, log)
    exported = ensure_export(found.model, settings.embedder, settings.model_folder, log)
    if settings.embedder:  # the judge goes on reading the packaged model's embeddings
        ensure_export(shipped_model(), "", settings.model_folder, log)
    vectors = _vectors(settings, found, clauses, progress, log)
    before = _named(settings.index_folder)
    folder = settings.index_folder / f"index-{name[:12]}-{uuid.uuid4().hex[:6]}"
    try:
        folder.mkdir(parents=True)
        drift = _store(folder / _VECTORS, settings, found, clauses, vectors, open_embedder(exported, found.model), log)
        for lang in LANGUAGES:
            if texts := {c.key: c.embedded for c in clauses if c.lang == lang}:
                (folder / f"words-{lang}").mkdir()
                Lexical.build(texts, lang).save(folder / f"words-{lang}")
        found.support.write(folder)
        manifest = Manifest(
            schema=SCHEMA,
            digest=name,
            model=found.model,
            corpus=str(settings.corpus or "shipped"),
            policies=found.gathered.policies,
            clauses={c.key: (hashes[c.key], f"{c.policy.id}@{c.lang}") for c in clauses},
            stats=found.stats,
            refused=found.gathered.refused,
            built=datetime.now(UTC).isoformat(timespec="seconds"),
            server=settings.chroma_url,
            replaces=before,
            drift=drift,
        )
        manifest.write(folder)
        _point(settings.index_folder, folder.name)
    except BaseException as error:
        _remove(folder, settings.chroma_url)
        if isinstance(error, OSError):
            raise HomeError(
                expected=f"a folder that can be written at {settings.home}",
                found=str(error),
                todo="free some space or choose another ASKFIRST_HOME",
            ) from error
        raise
    _keep_only(settings, {folder.name, before})
    return Outcome(folder, found.changes, built=True)


def _announce(found: Plan, log: Log) -> None:
    total = len(found.gathered.clauses)
    new = len(found.changes.added) + len(found.changes.changed) if found.previous else total
    if found.previous is None:
        log(f"building the index of {total:,} clauses (about {max(1, round(total / _PER_MINUTE))} min, once; about {60 + total // 150} MB)")
    else:
        log(f"updating the index: {new:,} of {total:,} clauses are new or changed")


def _vectors(settings: Settings, found: Plan, clauses: list[Clause], progress: Progress | None, log: Log) -> Vectors:
    """A row a clause: kept from the last index where its text is unchanged, else embedded by sentence-transformers."""
    try:
        known = _kept(found.previous, found.changes, clauses) if found.previous else {}
    except IndexDamaged as error:
        log(f"the last index cannot be read and every clause is embedded again ({error.found})")
        known = {}
    wanted = [at for at, clause in enumerate(clauses) if clause.key not in known]
    fresh: Vectors | None = None
    if wanted:
        reference = ReferenceEmbedder(found.model, settings.embedder or str(packaged_model()))
        report = (lambda done: progress(done, len(wanted))) if progress else None
        texts = [clauses[at].embedded for at in wanted]
        fresh = reference.embed(texts, report)
        if found.model.space:
            fresh = Space.load().apply(fresh, texts, [clauses[at].lang for at in wanted])
    width = fresh.shape[1] if fresh is not None else len(next(iter(known.values())))
    vectors = np.zeros((len(clauses), width), np.float32)
    for at, clause in enumerate(clauses):
        if clause.key in known:
            vectors[at] = known[clause.key]
    if fresh is not None:
        vectors[wanted] = fresh
    return vectors


def _kept(previous: Path, changes: Changes, clauses: list[Clause]) -> dict[str, Vectors]:
    """Vectors of the last index, by key, of clauses whose embedded text is what it was."""
    store = ChromaStore.open(previous / _VECTORS, Manifest.read(previous).policies)
    try:
        # The same hash means the same text; with another hash the text may still be the same.
        changed = frozenset(changes.changed)
        same = {c.key for c in clauses} - changed - {*changes.added, *(new for _, new in changes.moved)}
        others = {c.key: c.embedded for c in clauses if c.key in changed}
        same |= {c.key for c in store.fetch(list(others)) if c.embedded == others[c.key]}
        return store.vectors(sorted(same))
    finally:
        store.close()


def _store(folder: Path, settings: Settings, found: Plan, clauses: list[Clause], vectors: Vectors, embedder: Embedder, log: Log) -> int:
    """Writes vectors, texts and metadata and verifies them; returns how many rows have changed since all were last written."""
    drift = _drift(found, settings, len(clauses))
    if found.previous and drift is not None:
        try:
            policies = Manifest.read(found.previous).policies
            ChromaStore.copy(found.previous / _VECTORS, folder, clauses, vectors, policies)
            _verify(folder, found, clauses, vectors, embedder)
            return drift
        except IndexDamaged as error:
            log(f"the last index could not be carried over and is written anew ({error.found})")
            shutil.rmtree(folder, ignore_errors=True)
    ChromaStore.create(folder, clauses, vectors, settings.chroma_url)
    _verify(folder, found, clauses, vectors, embedder)
    return 0


def _drift(found: Plan, settings: Settings, total: int) -> int | None:
    """Rows that will have changed since all were last written, if the last index is to be copied; `None` if written anew."""
    # A server copies no collections, so there everything is sent again.
    if found.previous is None or settings.chroma_url or not (found.previous / _VECTORS / "chroma.sqlite3").is_file():
        return None
    last = Manifest.read(found.previous)
    if len(last.clauses) <= EXACT < total:
        return None  # its graph was not made to be asked
    changes = found.changes
    rows = len(changes.added) + len(changes.changed) + len(changes.removed) + 2 * len(changes.moved)
    drift = last.drift + rows
    return drift if drift <= _DRIFT * total else None


def _verify(folder: Path, found: Plan, clauses: list[Clause], vectors: Vectors, embedder: Embedder) -> None:
    """The new index holds exactly these clauses, and each finds itself; raises `IndexDamaged`."""
    store = ChromaStore.open(folder, found.gathered.policies)
    try:
        if sorted(store.keys()) != sorted(c.key for c in clauses):
            raise IndexDamaged(expected=f"{len(clauses)} clauses in the new index", found=str(store.count()), todo="try again")
        step = max(1, len(clauses) // _VERIFIED)
        rows = range(0, len(clauses), step)
        lost = [
            clauses[at].key for at, [(_, similarity)] in zip(rows, store.nearest(vectors[::step], 1), strict=True) if similarity < _SELF
        ]
        changed = {*found.changes.added, *found.changes.changed, *(new for _, new in found.changes.moved)}
        told = [clause for at, clause in enumerate(clauses) if at % step == 0 or clause.key in changed]
        if store.fetch([c.key for c in told]) != told:
            raise IndexDamaged(expected="every clause to be kept as it was given", found="one that is not", todo="try again")
        sample = clauses[:: max(1, len(clauses) // 20)]
        stored = store.vectors([c.key for c in sample])
        asked = embedder.embed([c.embedded for c in sample], [c.lang for c in sample])
        agreement = (asked * np.stack([stored[c.key] for c in sample])).sum(1)
        if lost or float(agreement.min()) < _SELF:
            raise IndexDamaged(
                expected="every clause to find itself in the new index",
                found=f"{len(lost)} that do not, the first {lost[:1]}" if lost else f"a cosine of {agreement.min():.4f}",
                todo="try again; if it persists, run `askfirst ingest --rebuild`",
            )
    finally:
        store.close()


def _renew(folder: Path, manifest: Manifest, found: Plan) -> None:
    replace(manifest, policies=found.gathered.policies, stats=found.stats, refused=found.gathered.refused).write(folder)


def _point(indexes: Path, name: str) -> None:
    """Makes `name` the index that answers, in one step that cannot be seen half done."""
    making = indexes / f".{POINTER}.{os.getpid()}"
    with making.open("w", encoding="utf-8") as stream:
        stream.write(name)
        stream.flush()
        os.fsync(stream.fileno())
    making.replace(indexes / POINTER)


def _named(indexes: Path) -> str:
    """Name of the index that answers, sound or not; empty where there is none."""
    try:
        return current_index(indexes).name
    except IndexUnusable:
        return ""


def _clear_leftovers(settings: Settings) -> None:
    """Removes what a build that was killed left behind: half-built indexes, and files that were to be renamed."""
    try:
        current = current_index(settings.index_folder)
        keep = {current.name, Manifest.read(current).replaces}
    except IndexMissing:
        keep = set()
    except IndexUnusable:
        return  # not sound, or written by a newer version: nothing is known of what it needs
    _keep_only(settings, keep)
    for pattern in (f".{POINTER}.*", f"index-*/.{FILE}.*"):
        for file in settings.index_folder.glob(pattern):
            file.unlink(missing_ok=True)


def _keep_only(settings: Settings, keep: set[str]) -> None:
    """Removes the other indexes; the one that answered last is kept, as a reader may still have it open."""
    for folder in settings.index_folder.glob("index-*"):
        if folder.name not in keep:
            _remove(folder, settings.chroma_url)


def _remove(folder: Path, server: str) -> None:
    """Removes an index; while the server that holds its vectors cannot be reached, its folder stays as a note of them."""
    try:
        ChromaStore.remove(folder / _VECTORS)
    except StoreUnreachable:
        if ChromaStore.server(folder / _VECTORS) == server:
            return
    except IndexDamaged:
        pass  # the note cannot be read: what it named can only be found by hand
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _writing(settings: Settings, wait: float) -> Iterator[None]:
    try:
        settings.index_folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(settings.index_folder / "writer.lock", timeout=wait)
        lock.acquire()
    except Timeout as error:
        raise HomeError(expected="no other process to be writing the index", found="one that is", todo="wait for it to finish") from error
    except OSError as error:
        raise HomeError(
            expected=f"a folder that can be written at {settings.home}",
            found=error.strerror or str(error),
            todo="correct its permissions or choose another ASKFIRST_HOME",
        ) from error
    try:
        yield
    finally:
        lock.release()
