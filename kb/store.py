"""Chroma: the only file that names it. Vectors, quoted text and metadata of clauses, in one collection a folder.

A folder is written once, by `create`, and never changed afterwards, so that any number of processes may open it.
Chroma is a cache: everything in it can be made again from the corpus.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from kb.clause import Clause, Modality, Policy
from kb.embedding import Vectors
from kb.errors import IndexDamaged

COLLECTION = "clauses"
# Up to this many clauses their vectors are kept in memory and searched exactly, which at that size is faster than
# asking Chroma (0.3 ms against 5 ms with a filter) and loses nothing; 30 MB at 384 dimensions. Above, Chroma's HNSW.
EXACT = 20_000
BATCH = 5000  # Chroma 1.5.9 refuses more than 5,461 rows at once
# Wider than Chroma's defaults: on collections of this size exactness is cheaper than a lost clause.
_HNSW = {"space": "cosine", "ef_construction": 200, "ef_search": 200, "max_neighbors": 32}


def _client(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.PersistentClient(path=str(folder), settings=Settings(anonymized_telemetry=False, allow_reset=False))


class ChromaStore:
    """Clauses by key (`Clause.key`) with their vectors."""

    def __init__(self, client: Any, collection: Any, policies: Mapping[str, Policy]) -> None:
        self._client, self._collection, self._policies = client, collection, policies
        self._known: dict[str, Clause] = {}
        self._rows: dict[str, int] = {}
        self._matrix: tuple[list[str], list[str], Vectors] | None = None
        self._owned: dict[frozenset[str], tuple[list[str], Vectors]] = {}

    @classmethod
    def create(cls, folder: Path, clauses: Sequence[Clause], vectors: Vectors) -> None:
        """Writes a new folder; a row of `vectors` (n, d) for each clause."""
        client = _client(folder)
        try:
            collection = client.create_collection(COLLECTION, configuration={"hnsw": _HNSW}, embedding_function=None)
            for at in range(0, len(clauses), BATCH):
                part = clauses[at : at + BATCH]
                collection.upsert(
                    ids=[c.key for c in part],
                    embeddings=vectors[at : at + BATCH],
                    documents=[c.text for c in part],
                    metadatas=[_metadata(c) for c in part],
                )
        finally:
            client.close()

    @classmethod
    def open(cls, folder: Path, policies: Mapping[str, Policy]) -> Self:
        """A finished folder, for reading; `policies` maps `id@lang`."""
        if not (folder / "chroma.sqlite3").is_file():
            raise IndexDamaged(expected=f"a Chroma database in {folder}", found="none", todo="run `askfirst ingest --rebuild`")
        try:
            client = _client(folder)
            return cls(client, client.get_collection(COLLECTION, embedding_function=None), policies)
        except Exception as error:  # chromadb raises its Rust side's errors as bare Exception and as its own types
            raise IndexDamaged(
                expected=f"a readable Chroma database in {folder}",
                found=f"{type(error).__name__}: {error}",
                todo="run `askfirst ingest --rebuild`",
            ) from error

    def close(self) -> None:
        """Releases the files."""
        self._client.close()

    def count(self) -> int:
        """How many clauses are held, language versions counted apart."""
        return int(self._reading(self._collection.count))

    def keys(self) -> list[str]:
        """Every key."""
        return list(self._reading(self._collection.get, include=[])["ids"])

    def nearest(self, vectors: Vectors, limit: int, policies: Iterable[str] | None = None) -> list[list[tuple[str, float]]]:
        """For each row the keys of the nearest clauses with their cosine similarity, best first.

        `policies` (keys, `id@lang`) restricts the search before ranking; `None` means all.
        """
        if (matrix := self._all_vectors()) is not None:
            keys, owners, kept = matrix
            if policies is not None:
                keys, kept = self._of(frozenset(policies), keys, owners, kept)
            return _exact(keys, kept, np.asarray(vectors, np.float32), limit)
        where = {"owner": {"$in": sorted(set(policies))}} if policies is not None else None
        found = self._reading(
            self._collection.query,
            query_embeddings=np.asarray(vectors, np.float32),
            n_results=limit,
            where=where,
            include=["distances"],
        )
        return [
            [(key, 1.0 - distance) for key, distance in zip(keys, distances, strict=True)]
            for keys, distances in zip(found["ids"], found["distances"], strict=True)
        ]

    def _of(self, policies: frozenset[str], keys: list[str], owners: list[str], kept: Vectors) -> tuple[list[str], Vectors]:
        """The part of the matrix that belongs to these policies; few sets are ever asked for, so each is kept."""
        if policies not in self._owned:
            rows = [at for at, owner in enumerate(owners) if owner in policies]
            self._owned[policies] = ([keys[at] for at in rows], np.ascontiguousarray(kept[rows]))
        return self._owned[policies]

    def _all_vectors(self) -> tuple[list[str], list[str], Vectors] | None:
        """Keys, ids of their policies, and vectors of every clause; `None` where there are too many to keep."""
        if self._matrix is None and 0 < self.count() <= EXACT:
            found = self._reading(self._collection.get, include=["embeddings"])
            policies = [_owner(key, self._policies) for key in found["ids"]]
            self._rows = {key: at for at, key in enumerate(found["ids"])}
            self._matrix = (list(found["ids"]), policies, np.asarray(found["embeddings"], np.float32))
        return self._matrix

    def fetch(self, keys: Sequence[str]) -> list[Clause]:
        """The clauses of these keys, in this order; an unknown key is left out."""
        wanted = [key for key in keys if key not in self._known]
        if wanted:
            found = self._reading(self._collection.get, ids=wanted, include=["documents", "metadatas"])
            for key, text, data in zip(found["ids"], found["documents"], found["metadatas"], strict=True):
                self._known[key] = _clause(text, data, self._policies)
        return [self._known[key] for key in keys if key in self._known]

    def vectors(self, keys: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of these keys; an unknown key is left out."""
        if self._matrix is not None:
            return {key: self._matrix[2][self._rows[key]] for key in keys if key in self._rows}
        found = self._reading(self._collection.get, ids=list(keys), include=["embeddings"])
        return dict(zip(found["ids"], np.asarray(found["embeddings"], np.float32), strict=True))

    def _reading(self, call: Any, *given: Any, **named: Any) -> Any:
        try:
            return call(*given, **named)
        except Exception as error:  # see `open`
            raise IndexDamaged(
                expected="an index that can be read",
                found=f"{type(error).__name__}: {error}",
                todo="run `askfirst ingest --rebuild`",
            ) from error


def _exact(keys: list[str], matrix: Vectors, vectors: Vectors, limit: int) -> list[list[tuple[str, float]]]:
    """The nearest rows of a matrix of unit vectors, by cosine, best first."""
    found = []
    for row in vectors @ matrix.T:
        best = np.argpartition(-row, limit)[:limit] if limit < len(row) else np.arange(len(row))
        best = best[np.argsort(-row[best], kind="stable")]
        found.append([(keys[int(at)], float(row[at])) for at in best])
    return found


def _owner(key: str, policies: Mapping[str, Policy]) -> str:
    """The key (`id@lang`) of the policy that a clause belongs to; ids may hold slashes, so the longest that fits."""
    place, _, lang = key.rpartition("@")
    while (at := place.rfind("/")) > 0:
        place = place[:at]
        if (owner := f"{place}@{lang}") in policies:
            return owner
    return ""


def _metadata(clause: Clause) -> dict[str, str | int]:
    """Chroma's flat form: lists as JSON text, absent values left out."""
    flat: dict[str, str | int | None] = {
        "id": clause.id,
        "policy": clause.policy.id,
        "owner": f"{clause.policy.id}@{clause.lang}",
        "lang": clause.lang,
        "authority": clause.policy.authority.value,
        "modality": clause.modality.value,
        "heading": json.dumps(clause.heading, ensure_ascii=False),
        "number": clause.number,
        "lead": clause.lead or None,
        "topics": json.dumps(clause.topics),
        "practices": json.dumps(clause.practices),
        "contact": clause.contact,
        "start": clause.start,
        "end": clause.end,
        "line": clause.line,
        "page": clause.page,
        "hash": clause.hash,
    }
    return {key: value for key, value in flat.items() if value is not None}


def _clause(text: str, data: Mapping[str, Any], policies: Mapping[str, Policy]) -> Clause:
    return Clause(
        id=data["id"],
        policy=policies[f"{data['policy']}@{data['lang']}"],
        text=text,
        modality=Modality(data["modality"]),
        heading=tuple(json.loads(data["heading"])),
        number=data.get("number"),
        lead=data.get("lead", ""),
        topics=tuple(json.loads(data["topics"])),
        practices=tuple(json.loads(data["practices"])),
        contact=data.get("contact"),
        start=data["start"],
        end=data["end"],
        line=data.get("line"),
        page=data.get("page"),
    )
