"""What to build: the corpus as it is now, compared with the index that answers. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ingest.gather import Gathered, gather, read_topics
from ingest.sources import missing_paths, sources
from kb.embedding import ModelId, identify, shipped_model
from kb.errors import CorpusError, IndexDamaged, IndexMissing, IndexNewer, IndexStranger, IndexUnusable
from kb.manifest import Manifest, current_index
from kb.settings import Settings
from kb.support import NAMES, Support, read_support, support_files

Log = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between the index and the corpus: keys of clauses, and files refused with the reason."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: int = 0
    refused: Mapping[str, str] = field(default_factory=dict)
    missing: tuple[str, ...] = ()

    @property
    def any(self) -> bool:
        """Whether a new index is needed."""
        return bool(self.added or self.changed or self.moved or self.removed)


@dataclass(frozen=True, slots=True)
class Plan:
    """What to build: the corpus as gathered, what it changes, and the vectors that can be kept."""

    gathered: Gathered
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


def plan(settings: Settings, log: Log, *, rebuild: bool = False) -> Plan:
    """Reads the corpus and compares it with the current index; writes nothing."""
    stats = _stats(settings)
    support = read_support(settings)
    gathered = gather(sources(settings), read_topics(list(support.topics), "topics.yaml"))
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
    after = {key: (clause.hash, f"{clause.policy.id}@{clause.lang}") for key, clause in gathered.clauses.items()}
    return Plan(
        gathered,
        support,
        stats,
        compare_indexes(
            before,
            after,
            gathered,
            tuple(str(path) for path in missing_paths(settings)),
        ),
        model,
        None if rebuild else previous,
    )


def compare_indexes(
    before: Mapping[str, tuple[str, str]],
    after: Mapping[str, tuple[str, str]],
    gathered: Gathered,
    missing: tuple[str, ...] = (),
) -> Changes:
    """What changed, by key and hash; a clause gone from one place and new, with the same content, at another has moved."""
    added = [key for key in after if key not in before]
    removed = [key for key in before if key not in after]
    moved: list[tuple[str, str]] = []
    for key in list(added):
        clause = gathered.clauses[key]
        for old in list(removed):
            if before[old][1] == after[key][1] and clause.hash_at(old.rpartition("@")[0]) == before[old][0]:
                moved.append((old, key))
                added.remove(key)
                removed.remove(old)
                break
    return Changes(
        added=tuple(added),
        changed=tuple(key for key in after if key in before and before[key][0] != after[key][0]),
        moved=tuple(moved),
        removed=tuple(removed),
        unchanged=sum(before.get(key, ("", ""))[0] == value[0] for key, value in after.items()),
        refused=gathered.refused,
        missing=missing,
    )


def _stats(settings: Settings) -> dict[str, tuple[int, int]]:
    """Size and time of every file that the index is made from."""
    found: dict[str, tuple[int, int]] = {}
    own = [file for name in NAMES for file in support_files(settings, name)]
    for file in [s.file for s in sources(settings)] + own:
        try:
            state = file.stat()
        except OSError:
            found[str(file)] = (-1, 0)
        else:
            found[str(file)] = (state.st_size, state.st_mtime_ns)
    return found
