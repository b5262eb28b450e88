"""The index remembers how it was made and refuses a stranger."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kb.clause import Authority, Policy
from kb.embedding import ModelId
from kb.errors import IndexDamaged, IndexMissing, IndexNewer, IndexStranger

SCHEMA = 3
FILE = "manifest.json"
POINTER = "current"
TODO = "run `askfirst ingest`"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an index holds and what made it.

    `digest` names the content: schema, model and every clause. `clauses` maps key → (hash, key of its policy), `stats` maps a source
    file → [size, mtime in ns] (a cheap sign that nothing changed), `refused` maps file → reason. `server` is the URL of the Chroma
    server that keeps the vectors, empty where they lie beside this file; `replaces` names the index that answered before; `drift`
    counts the rows changed since the vectors were last written as a whole.
    """

    schema: int
    digest: str
    model: ModelId
    corpus: str
    policies: Mapping[str, Policy]
    clauses: Mapping[str, tuple[str, str]]
    stats: Mapping[str, tuple[int, int]]
    refused: Mapping[str, str]
    built: str
    server: str = ""
    replaces: str = ""
    drift: int = 0

    def write(self, folder: Path) -> None:
        """Writes the manifest in one step; it is the last file of an index, so that a half-built one has none."""
        data = asdict(self) | {"policies": {k: asdict(p) for k, p in self.policies.items()}}
        making = folder / f".{FILE}.{os.getpid()}"
        making.write_text(json.dumps(data), "utf-8")  # escaped: a path may hold bytes that are no text
        making.replace(folder / FILE)

    @classmethod
    def read(cls, folder: Path, model: ModelId | None = None, server: str | None = None) -> Manifest:
        """The manifest in `folder`; raises when it is missing, damaged, newer, made by another model or for another server."""
        try:
            data: dict[str, Any] = json.loads((folder / FILE).read_text("utf-8"))
            schema = int(data["schema"])
        except FileNotFoundError as error:
            raise IndexDamaged(expected=f"{FILE} in {folder}", found="no such file", todo=TODO) from error
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexDamaged(expected=f"a readable {FILE} in {folder}", found=str(error), todo=TODO) from error
        if schema > SCHEMA:
            raise IndexNewer(
                expected=f"an index of schema {SCHEMA} or older in {folder}",
                found=f"schema {schema}, written by a newer AskFirst",
                todo="update AskFirst, or name another ASKFIRST_HOME",
            )
        if schema < SCHEMA:
            raise IndexStranger(expected=f"an index of schema {SCHEMA}", found=f"schema {schema}", todo=TODO)
        try:
            found = cls(
                schema=schema,
                digest=data["digest"],
                model=ModelId(**data["model"]),
                corpus=data["corpus"],
                policies={key: _policy(value) for key, value in data["policies"].items()},
                clauses={key: (value[0], value[1]) for key, value in data["clauses"].items()},
                stats={key: (value[0], value[1]) for key, value in data["stats"].items()},
                refused=data["refused"],
                built=data["built"],
                server=data.get("server", ""),
                replaces=data.get("replaces", ""),
                drift=int(data.get("drift", 0)),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise IndexDamaged(expected=f"a complete {FILE} in {folder}", found=repr(error), todo=TODO) from error
        if model is not None and found.model != model:
            raise IndexStranger(expected=f"an index of model {model}", found=str(found.model), todo=TODO)
        if server is not None and found.server != server:
            raise IndexStranger(
                expected=f"an index whose vectors are {_lying(server)}", found=f"one whose vectors are {_lying(found.server)}", todo=TODO
            )
        return found


def _lying(server: str) -> str:
    return f"in the Chroma server {server}" if server else "in its own folder"


def _policy(data: dict[str, Any]) -> Policy:
    return Policy(**data | {"authority": Authority(data["authority"]), "groups": tuple(data["groups"])})


def current_index(indexes: Path) -> Path:
    """Folder of the index that answers; raises `IndexMissing` when none was ever finished."""
    try:
        name = (indexes / POINTER).read_text("utf-8").strip()
    except FileNotFoundError as error:
        raise IndexMissing(expected=f"an index in {indexes}", found="none", todo=TODO) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(expected=f"a readable pointer in {indexes}", found=str(error), todo=TODO) from error
    if not name or "/" in name or "\\" in name or not (indexes / name).is_dir():
        raise IndexDamaged(expected=f"the index that {indexes / POINTER} names", found=f"'{name}'", todo=TODO)
    return indexes / name
