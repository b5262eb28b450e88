"""The exported model agrees with sentence-transformers, and weights that differ are never loaded."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import kb.embedding as embedding
from kb.embedding import (
    AGREEMENT,
    PACKAGED_SHA256,
    ModelId,
    OnnxEmbedder,
    ReferenceEmbedder,
    identify,
    open_embedder,
    packaged_model,
    shipped_model,
    without_surrogates,
)
from kb.errors import IndexStranger, ModelError

pytestmark = pytest.mark.model
TEXTS = ["Can I post this?", "Boleh saya unggah ini? 😀", "x", "Never run down a competitor. " * 80, "RTL: هل يمكنني"]


@pytest.fixture
def exported(session_home: Path) -> Path:
    return session_home / "model" / shipped_model().folder


def test_the_export_agrees_with_sentence_transformers(exported: Path) -> None:
    model = identify("")
    reference = ReferenceEmbedder(model, str(packaged_model()))
    ours, theirs = OnnxEmbedder(exported, model).embed(TEXTS), reference.embed(TEXTS)
    assert float((ours * theirs).sum(1).min()) >= AGREEMENT
    assert np.linalg.norm(ours, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-4)


def test_no_text_gives_no_rows(exported: Path) -> None:
    assert OnnxEmbedder(exported, identify("")).embed([]).shape == (0, 384)


def test_the_packaged_weights_are_the_original_s() -> None:
    assert identify("").weights == PACKAGED_SHA256


def test_weights_that_differ_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr(embedding, "packaged_model", lambda: tmp_path)
    with pytest.raises(ModelError, match="original"):
        identify("")


def test_an_export_of_another_model_is_a_stranger(exported: Path, tmp_path: Path) -> None:
    with pytest.raises(IndexStranger):
        OnnxEmbedder(exported, ModelId("other", "0" * 64))
    folder = Path(shutil.copytree(exported, tmp_path / "copy"))
    (folder / "card.json").write_text(json.dumps({"name": 1}), "utf-8")
    with pytest.raises(IndexStranger):
        OnnxEmbedder(folder, identify(""))


def test_an_index_made_with_another_space_is_a_stranger(exported: Path) -> None:
    with pytest.raises(IndexStranger, match="space"):
        open_embedder(exported, ModelId("all-MiniLM-L6-v2", PACKAGED_SHA256, "0" * 16))


def test_a_folder_without_weights_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no weights"):
        identify(str(tmp_path))


def test_lone_surrogates_are_replaced() -> None:
    assert without_surrogates("a\ud800b") == "a?b"
