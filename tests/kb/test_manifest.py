"""The index remembers how it was made and refuses a stranger."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.clause import Policy
from kb.embedding import ModelId
from kb.errors import IndexDamaged, IndexMissing, IndexNewer, IndexStranger
from kb.manifest import FILE, POINTER, SCHEMA, Manifest, current_index

MODEL = ModelId("letters", "0" * 64)


@pytest.fixture
def written(tmp_path: Path, policy: Callable[..., Policy]) -> Path:
    Manifest(
        schema=SCHEMA,
        digest="d",
        model=MODEL,
        corpus="shipped",
        policies={"house@en": policy(groups=("hr",))},
        clauses={"house/1@en": ("h", "house@en")},
        stats={"f": (1, 2)},
        refused={},
        built="2026-01-01",
    ).write(tmp_path)
    return tmp_path


def test_a_manifest_reads_back_as_it_was_written(written: Path, policy: Callable[..., Policy]) -> None:
    found = Manifest.read(written, MODEL)
    assert found.policies == {"house@en": policy(groups=("hr",))}
    assert found.clauses == {"house/1@en": ("h", "house@en")}
    assert found.stats == {"f": (1, 2)}


def test_an_index_of_another_model_is_a_stranger(written: Path) -> None:
    with pytest.raises(IndexStranger):
        Manifest.read(written, ModelId("letters", "1" * 64))


@pytest.mark.parametrize(("schema", "error"), [(SCHEMA + 1, IndexNewer), (SCHEMA - 1, IndexStranger)])
def test_an_index_of_another_schema_is_refused(schema: int, error: type[Exception], written: Path) -> None:
    data = json.loads((written / FILE).read_text("utf-8")) | {"schema": schema}
    (written / FILE).write_text(json.dumps(data), "utf-8")
    with pytest.raises(error):
        Manifest.read(written)


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"schema": null}', f'{{"schema": {SCHEMA}}}', f'{{"schema": {SCHEMA}, "digest": 1, "policies": 3}}']
)
def test_a_damaged_manifest_is_damage(text: str, written: Path) -> None:
    (written / FILE).write_text(text, "utf-8")
    with pytest.raises(IndexDamaged):
        Manifest.read(written)


def test_no_pointer_means_nothing_was_built(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        current_index(tmp_path)


@pytest.mark.parametrize("name", ["", "../elsewhere", "index-gone", "/etc"])
def test_a_pointer_to_nowhere_is_damage(name: str, tmp_path: Path) -> None:
    (tmp_path / POINTER).write_text(name, "utf-8")
    with pytest.raises(IndexDamaged):
        current_index(tmp_path)
