"""Chroma: the only file that names it. Vectors, quoted text and metadata of clauses, in one collection an index.

The vectors lie in the index's own folder or, by URL, in a Chroma server; then the folder holds a note of where. What is
written once, by `create` or `copy`, is never changed afterwards, so that any number of processes may open it. Chroma is
a cache: everything in it can be made again from the corpus.
"""

from __future__ import annotations

import json
import re
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Self, TypeVar
from urllib.parse import urlsplit

import numpy as np

from kb.clause import Clause, Policy
from kb.embedding import Vectors
from kb.errors import HomeError, IndexDamaged, StoreUnreachable
from kb.rows import flat, owner, whole

COLLECTION = "clauses"
# Up to this many clauses their vectors are kept in memory and searched exactly, which at that size is faster than
# asking Chroma (0.3 ms against 5 ms with a filter) and loses nothing; 30 MB at 384 dimensions. Above, Chroma's HNSW.
EXACT = 20_000
_SETS = 32  # sets of policies whose part of the matrix is kept
BATCH = 5000  # Chroma 1.5.9 refuses more than 5,461 rows at once
# Wider than Chroma's defaults where the graph is what answers (at 100,000 clauses `ef_search` 200 finds 0.973 of the ten nearest, 400
# 0.992 for 0.7 ms more); up to `EXACT` clauses nobody asks it, and it is made cheaply.
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 400, "max_neighbors": 32}
_UNASKED = {"space": "cosine", "ef_construction": 50, "ef_search": 200, "max_neighbors": 16}
_WIDER = (2, 8)  # how many times as many clauses as wanted are looked at, one after the other, to find those of some policies
_NOTE = "server.json"
_HEARTBEAT = 5.0  # seconds a server may take to say that it is there
_SILENCE = 120.0  # seconds it may say nothing in the middle of an answer; the longest is writing a batch
_REBUILD = "run `askfirst ingest --rebuild`"
T = TypeVar("T")


class ChromaStore:
    """Clauses by key (`Clause.key`) with their vectors."""

    def __init__(self, folder: Path, policies: Mapping[str, Policy]) -> None:
        self._folder, self._policies = folder, policies
        self._server, self._name = _where(folder)
        self._client: Any = None
        self._collection: Any = None
        self._copied: TemporaryDirectory[str] | None = None
        self._opening = threading.Lock()
        self._known: dict[str, Clause] = {}
        self._rows: dict[str, int] = {}
        self._too_many = False  # counting them takes Chroma longer than finding the nearest
        self._matrix: tuple[list[str], list[str], Vectors] | None = None
        self._owned: dict[frozenset[str], tuple[list[str], Vectors]] = {}

    @classmethod
    def create(cls, folder: Path, clauses: Sequence[Clause], vectors: Vectors, server: str = "") -> None:
        """Writes a new folder, or a new collection of the Chroma server `server`; a row of `vectors` (n, d) for each clause.

        Raises `HomeError` or `StoreUnreachable` where that cannot be written.
        """
        name = _legal(folder.parent.name) if server else COLLECTION
        if server:
            # The note comes first: whatever happens next, it says what there is to clear away.
            folder.mkdir(parents=True, exist_ok=True)
            (folder / _NOTE).write_text(json.dumps({"url": server, "collection": name}), "utf-8")
        try:
            client = _client(folder, server)
            try:
                graph = _HNSW if len(clauses) > EXACT else _UNASKED
                collection = client.create_collection(name, configuration={"hnsw": graph}, embedding_function=None)
                _write(collection, clauses, vectors)
            finally:
                _close(client)
        except (StoreUnreachable, OSError):
            raise
        except Exception as error:  # see `_damaged`
            if server:
                raise _unreachable(server, error) from error
            raise HomeError(
                expected=f"a folder that can be written at {folder}",
                found=f"{type(error).__name__}: {error}",
                todo="free some space or choose another ASKFIRST_HOME",
            ) from error

    @classmethod
    def copy(cls, last: Path, folder: Path, clauses: Sequence[Clause], vectors: Vectors, policies: Mapping[str, Policy]) -> None:
        """Makes a new folder of the last one by changing only what differs; `policies` are those of the last.

        For vectors that lie in a folder; raises `IndexDamaged` where the copy cannot be changed.
        """
        shutil.copytree(last, folder)
        try:
            client = _client(folder, "")
            try:
                collection = client.get_collection(COLLECTION, embedding_function=None)
                _change(collection, clauses, vectors, policies)
            finally:
                _close(client)
        except OSError:
            raise
        except Exception as error:  # see `_damaged`
            raise _damaged(f"a copy of {last} that can be changed", error) from error

    @classmethod
    def open(cls, folder: Path, policies: Mapping[str, Policy]) -> Self:
        """What `create` or `copy` finished, for reading; `policies` maps `id@lang`.

        Raises `IndexDamaged`, or `StoreUnreachable` where a server holds it that does not answer. A folder on a disk that is
        full or read-only is read from a temporary copy: Chroma opens nothing that it cannot write.
        """
        if not (folder / _NOTE).is_file() and not (folder / "chroma.sqlite3").is_file():
            raise IndexDamaged(expected=f"a Chroma database in {folder}", found="none", todo=_REBUILD)
        store = cls(folder, policies)
        try:
            store._connect(folder)
        except IndexDamaged:
            if store._server or not store._copies():
                raise
        return store

    @staticmethod
    def server(folder: Path) -> str:
        """URL of the Chroma server that holds what belongs to `folder`; empty where nothing lies elsewhere."""
        return _where(folder)[0]

    @staticmethod
    def remove(folder: Path) -> None:
        """Clears away what `create` or `copy` wrote, finished or not; raises `StoreUnreachable` where a server keeps it."""
        server, name = _where(folder)
        if server:
            from chromadb.errors import NotFoundError

            client = _client(folder, server)
            try:
                client.delete_collection(name)
            except NotFoundError:
                pass
            except Exception as error:  # see `_damaged`
                raise _unreachable(server, error) from error
            finally:
                _close(client)
        shutil.rmtree(folder, ignore_errors=True)

    def close(self) -> None:
        """Releases files and connections."""
        _close(self._client)
        if self._copied:
            self._copied.cleanup()

    def count(self) -> int:
        """How many clauses are held, language versions counted apart."""
        return int(self._ask("count"))

    def keys(self) -> list[str]:
        """Every key."""
        return list(self._ask("get", include=[])["ids"])

    def nearest(self, vectors: Vectors, limit: int, policies: Iterable[str] | None = None) -> list[list[tuple[str, float]]]:
        """For each row the keys of the nearest clauses with their cosine similarity, best first.

        `policies` (keys, `id@lang`) restricts the search before ranking; `None` means all.
        """
        if (matrix := self._all_vectors()) is not None:
            keys, owners, kept = matrix
            if policies is not None:
                keys, kept = self._of(frozenset(policies), keys, owners, kept)
            return _exact(keys, kept, np.asarray(vectors, np.float32), limit)
        asked = np.asarray(vectors, np.float32)
        wanted = None if policies is None else frozenset(policies)
        if wanted is None or wanted.issuperset(self._policies):
            return self._approximate(asked, limit)
        for more in _WIDER:
            # Chroma's own filter looks at every row first; what is nearest to begin with mostly leaves enough.
            found = [
                [(key, near) for key, near in row if owner(key, self._policies) in wanted][:limit]
                for row in self._approximate(asked, limit * more)
            ]
            if all(len(row) == limit for row in found):
                return found
        return self._approximate(asked, limit, {"owner": {"$in": sorted(wanted)}})

    def _approximate(self, vectors: Vectors, limit: int, where: Mapping[str, Any] | None = None) -> list[list[tuple[str, float]]]:
        """What Chroma's graph finds, for each row best first."""
        found = self._ask("query", query_embeddings=vectors, n_results=limit, where=where, include=["distances"])
        return [
            [(key, 1.0 - distance) for key, distance in zip(keys, distances, strict=True)]
            for keys, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def _of(self, policies: frozenset[str], keys: list[str], owners: list[str], kept: Vectors) -> tuple[list[str], Vectors]:
        """The part of the matrix that belongs to these policies; those of the sets asked for last are kept."""
        found = self._owned.get(policies)
        if found is None:
            if len(self._owned) >= _SETS:  # people of many groups together have many sets, each up to a matrix of its own
                self._owned.clear()
            rows = [at for at, owner in enumerate(owners) if owner in policies]
            found = self._owned[policies] = ([keys[at] for at in rows], np.ascontiguousarray(kept[rows]))
        return found

    def _all_vectors(self) -> tuple[list[str], list[str], Vectors] | None:
        """Keys, ids of their policies, and vectors of every clause; `None` where there are too many to keep."""
        if self._matrix is not None or self._too_many:
            return self._matrix
        total = self.count()
        self._too_many = total > EXACT
        if 0 < total <= EXACT:
            found = self._ask("get", include=["embeddings"])
            policies = [owner(key, self._policies) for key in found["ids"]]
            self._rows = {key: at for at, key in enumerate(found["ids"])}
            self._matrix = (list(found["ids"]), policies, np.asarray(found["embeddings"], np.float32))
        return self._matrix

    def fetch(self, keys: Sequence[str]) -> list[Clause]:
        """The clauses of these keys, in this order; an unknown key is left out."""
        for part in _parts([key for key in dict.fromkeys(keys) if key not in self._known]):
            found = self._ask("get", ids=part, include=["documents", "metadatas"])
            for key, text, row in zip(found["ids"], found["documents"], found["metadatas"], strict=True):
                self._known[key] = whole(text, row, self._policies)
        return [self._known[key] for key in keys if key in self._known]

    def vectors(self, keys: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of these keys; an unknown key is left out."""
        if self._matrix is not None:
            return {key: self._matrix[2][self._rows[key]] for key in keys if key in self._rows}
        known: dict[str, Vectors] = {}
        for part in _parts(keys):
            found = self._ask("get", ids=part, include=["embeddings"])
            known |= zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True)
        return known

    def _copies(self) -> bool:
        """Opens a temporary copy in place of the folder; false where that helps no more than the folder itself."""
        self._copied = TemporaryDirectory(prefix="askfirst-", ignore_cleanup_errors=True)
        try:
            self._connect(Path(shutil.copytree(self._folder, Path(self._copied.name) / "copy")))
        except (OSError, IndexDamaged):
            self._copied.cleanup()
            return False
        return True

    def _connect(self, folder: Path) -> None:
        client = None
        try:
            client = _client(folder, self._server)
            self._collection = client.get_collection(self._name, embedding_function=None)
        except StoreUnreachable:
            raise
        except Exception as error:  # see `_damaged`
            if client is not None:
                _close(client)
            if self._server and _is_lost(error):
                raise _unreachable(self._server, error) from error
            raise _damaged(f"a readable Chroma database in {self._server or folder}", error) from error
        self._client = client

    def _ask(self, what: str, **named: Any) -> Any:
        """Asks the collection; a connection that was lost is made again, once."""
        collection = self._collection
        try:
            return getattr(collection, what)(**named)
        except Exception as error:  # see `_damaged`
            # Another thread may have closed this very connection, having found it lost.
            if not self._server or not (_is_lost(error) or collection is None or self._collection is not collection):
                raise _damaged("an index that can be read", error) from error
        with self._opening:
            if self._collection is collection:
                _close(self._client)
                self._collection = None
            if self._collection is None:
                self._connect(self._folder)
        try:
            return getattr(self._collection, what)(**named)
        except Exception as error:  # see `_damaged`
            if _is_lost(error):
                raise _unreachable(self._server, error) from error
            raise _damaged("an index that can be read", error) from error


# --- writing --------------------------------------------------------------------------------------------------------


def _write(collection: Any, clauses: Sequence[Clause], vectors: Vectors) -> None:
    for at in range(0, len(clauses), BATCH):
        part = clauses[at : at + BATCH]
        collection.upsert(
            ids=[c.key for c in part],
            embeddings=vectors[at : at + BATCH],
            documents=[c.text for c in part],
            metadatas=[flat(c) for c in part],
        )


def _change(collection: Any, clauses: Sequence[Clause], vectors: Vectors, policies: Mapping[str, Policy]) -> None:
    """Makes the collection hold exactly these clauses, touching only rows that differ."""
    before: dict[str, tuple[str, dict[str, Any]]] = {}
    for part in _parts(collection.get(include=[])["ids"]):
        found = collection.get(ids=part, include=["documents", "metadatas"])
        before |= {key: (text, row) for key, text, row in zip(found["ids"], found["documents"], found["metadatas"], strict=True)}
    gone = before.keys() - {c.key for c in clauses}
    anew: list[Clause] = []
    rows: list[int] = []
    relined: dict[str, dict[str, Any]] = {}
    for at, clause in enumerate(clauses):
        text, row = before.get(clause.key, ("", {}))
        now = flat(clause)
        if (text, row) == (clause.text, now):
            continue
        # Chroma merges a row's old values with the new ones, so where one fell away the row has to go first.
        if row.keys() == now.keys() and text == clause.text and whole(text, row, policies).embedded == clause.embedded:
            # Only what differs: a clause added at the top of a long document moves the lines of all that follow.
            relined[clause.key] = {name: value for name, value in now.items() if row[name] != value}
        else:
            anew.append(clause)
            rows.append(at)
    for part in _parts(sorted(gone | {clause.key for clause in anew} & before.keys())):
        collection.delete(ids=part)
    _write(collection, anew, vectors[rows])
    for part in _parts(list(relined)):
        collection.update(ids=part, metadatas=[relined[key] for key in part])


# --- where it lies --------------------------------------------------------------------------------------------------


def _where(folder: Path) -> tuple[str, str]:
    """URL of the server that holds this folder's collection, empty for the folder itself, and the collection's name."""
    try:
        note = json.loads((folder / _NOTE).read_text("utf-8"))
        return str(note["url"]), str(note["collection"])
    except FileNotFoundError:
        return "", COLLECTION
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(f"a readable {_NOTE} in {folder}", error) from error


def _legal(name: str) -> str:
    """The name in Chroma's characters; it asks for three to 512 of them, letters or digits first and last."""
    return re.sub(r"[^A-Za-z0-9._-]", "-", name).strip("._-")[:500].ljust(3, "0")


def _client(folder: Path, server: str) -> Any:
    import chromadb
    import httpx
    from chromadb.config import Settings

    if not server:
        return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))
    parts = urlsplit(server)
    secure = parts.scheme == "https"
    try:
        # Chroma's own client waits without end for a server that is there and says nothing.
        httpx.get(f"{server}/api/v2/heartbeat", timeout=_HEARTBEAT).raise_for_status().json()["nanosecond heartbeat"]
        client = chromadb.HttpClient(
            host=parts.netloc.rpartition(":")[0] if parts.port else parts.netloc,
            port=parts.port or (443 if secure else 80),
            ssl=secure,
            settings=Settings(anonymized_telemetry=False),
        )
        for session in _sessions(client):
            session.timeout = httpx.Timeout(_SILENCE)
        return client
    except Exception as error:  # whatever answers may be anything
        raise _unreachable(server, error) from error


def _sessions(client: Any) -> list[Any]:
    """The HTTP sessions of a client, which chromadb 1.5.9 neither limits in time nor closes; none for a folder's client."""
    servers: list[Any] = [getattr(part, "_server", None) for part in (client, getattr(client, "_admin_client", None))]
    return [server._session for server in servers if hasattr(server, "_session")]


def _close(client: Any) -> None:
    sessions = _sessions(client)
    client.close()
    for session in sessions:
        session.close()


def _is_lost(error: Exception) -> bool:
    """Whether the connection failed, and not what was asked."""
    import httpx

    return isinstance(error, httpx.HTTPError)


def _unreachable(server: str, error: Exception) -> StoreUnreachable:
    return StoreUnreachable(
        expected=f"a Chroma server that answers at {server}",
        found=f"{type(error).__name__}: {error}",
        todo="start it, or correct ASKFIRST_CHROMA_URL",
    )


def _damaged(expected: str, error: Exception) -> IndexDamaged:
    """Chromadb raises its Rust side's errors as bare `Exception` and as its own types: callers catch all of them."""
    return IndexDamaged(expected=expected, found=f"{type(error).__name__}: {error}", todo=_REBUILD)


# --- pure -----------------------------------------------------------------------------------------------------------


def _parts(values: Sequence[T]) -> Iterator[list[T]]:
    for at in range(0, len(values), BATCH):
        yield list(values[at : at + BATCH])


def _exact(keys: list[str], matrix: Vectors, vectors: Vectors, limit: int) -> list[list[tuple[str, float]]]:
    """The nearest rows of a matrix of unit vectors, by cosine, best first."""
    found = []
    for row in vectors @ matrix.T:
        best = np.argpartition(-row, limit)[:limit] if limit < len(row) else np.arange(len(row))
        best = best[np.argsort(-row[best], kind="stable")]
        found.append([(keys[int(at)], float(row[at])) for at in best])
    return found
