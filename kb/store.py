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

        `policies` (ids) restricts the search before ranking; `None` means all.
        """
        where = {"policy": {"$in": sorted(set(policies))}} if policies is not None else None
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


def _metadata(clause: Clause) -> dict[str, str | int]:
    """Chroma's flat form: lists as JSON text, absent values left out."""
    flat: dict[str, str | int | None] = {
        "id": clause.id,
        "policy": clause.policy.id,
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
