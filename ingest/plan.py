"""What to build: the corpus as it is now, compared with the index that answers. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ingest.admit import one_line
from ingest.changes import Changes as Changes
from ingest.changes import compare, touched
from ingest.gather import Gathered, gather, read_topics
from ingest.sources import Remembered, empty_folders, missing_paths, remembered_file, sources
from kb.clause import Clause
from kb.embedding import ModelId, identify, shipped_model
from kb.errors import CorpusError, IndexDamaged, IndexMissing, IndexNewer, IndexStranger, IndexUnusable
from kb.manifest import Manifest, current_index
from kb.settings import Settings
from kb.store import ChromaStore
from kb.support import NAMES, Support, read_support, support_files

Log = Callable[[str], None]
_BATCH = 5000  # keys fetched at once


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: the corpus as gathered, each clause's hash by its key, what it changes, and the vectors that can be kept."""

    gathered: Gathered
    hashes: Mapping[str, str]
    support: Support
    stats: Mapping[str, tuple[int, int]]
    changes: Changes
    model: ModelId
    previous: Path | None


def expected_model(settings: Settings) -> ModelId:
    """The model that the settings name; the packaged one is known without reading its weights again."""
    return identify(settings.embedder) if settings.embedder else shipped_model()


def is_fresh(settings: Settings) -> Path | None:
    """The current index, if it is whole and made from exactly the files as they are now; costs a `stat` a file."""
    try:
        folder = current_index(settings.index_folder)
        manifest = Manifest.read(folder, expected_model(settings), settings.chroma_url)
    except IndexNewer:
        raise
    except IndexUnusable:
        return None
    return folder if dict(manifest.stats) == _stats(settings) else None


def plan(settings: Settings, log: Log, *, rebuild: bool = False, kept: Sequence[Remembered] | None = None) -> Plan:
    """Reads the corpus and compares it with the current index; writes nothing.

    `kept` stands for the remembered paths, so that a change of them can be looked at before it is made.
    """
    stats = _stats(settings, kept)
    support = read_support(settings)
    gathered = gather(sources(settings, kept), read_topics(list(support.topics), "topics.yaml"))
    if not gathered.clauses:
        reasons = "; ".join(f"{file}: {why}" for file, why in gathered.refused.items())
        raise CorpusError(
            expected="at least one policy with a clause",
            found=reasons or "no document",
            todo="add a policy to the corpus",
        )
    model = expected_model(settings)
    previous: Path | None = None
    before: Mapping[str, tuple[str, str]] = {}
    try:
        previous = current_index(settings.index_folder)
        before = Manifest.read(previous, model, settings.chroma_url).clauses
    except IndexNewer:
        raise
    except IndexMissing:
        previous = None
    except (IndexStranger, IndexDamaged) as error:
        log(f"the index cannot be used and is built again: {error.expected} was expected, {error.found} was found")
        previous = None
    hashes = {key: clause.hash for key, clause in gathered.clauses.items()}
    last = {key: found for key, (found, _) in before.items()}
    old = _as_they_were(previous, touched(last, hashes), log) if previous else {}
    gone = tuple(one_line(str(path)) for path in missing_paths(settings, kept))
    gathered = replace(gathered, refused=empty_folders(settings, kept) | dict(gathered.refused))
    changes = compare(last, hashes, gathered.clauses, old, gathered.refused, gone)
    return Plan(gathered, hashes, support, stats, changes, model, None if rebuild else previous)


def _as_they_were(index: Path, keys: Sequence[str], log: Log) -> dict[str, Clause]:
    """The clauses of these keys in the last index; none, saying so, where it cannot be read any more."""
    if not keys:
        return {}
    try:
        store = ChromaStore.open(index / "chroma", Manifest.read(index).policies)
        try:
            return {clause.key: clause for at in range(0, len(keys), _BATCH) for clause in store.fetch(keys[at : at + _BATCH])}
        finally:
            store.close()
    except IndexDamaged as error:
        log(f"the old text of what changed cannot be shown: {error.found}")
        return {}


def _stats(settings: Settings, kept: Sequence[Remembered] | None = None) -> dict[str, tuple[int, int]]:
    """Size and time of every file that the index is made from."""
    found: dict[str, tuple[int, int]] = {}
    own = [file for name in NAMES for file in support_files(settings, name)]
    # What was said of a path (its dates, its authority) changes its clauses as its text does.
    for file in [*(s.file for s in sources(settings, kept)), *own, remembered_file(settings)]:
        try:
            state = file.stat()
        except OSError:
            found[str(file)] = (-1, 0)
        else:
            found[str(file)] = (state.st_size, state.st_mtime_ns)
    return found
