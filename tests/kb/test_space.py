"""Indonesian is put beside its English translation, and English stays where it is."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from kb.errors import ModelError
from kb.space import PARAMETERS, Space, cells, space_id


def test_only_indonesian_texts_are_moved_and_every_vector_keeps_unit_length() -> None:
    vectors = np.eye(384, dtype=np.float32)[:2]
    moved = Space.load().apply(vectors, ["The same text", "Teks yang sama"], ["en", "id"])
    assert (moved[0] == vectors[0]).all()
    assert not (moved[1] == vectors[1]).all()
    assert np.linalg.norm(moved, axis=1) == pytest.approx([1, 1], abs=1e-5)


def test_the_card_tells_the_truth_about_the_parameters() -> None:
    card = json.loads(PARAMETERS.with_suffix(".json").read_text("utf-8"))
    assert card["sha256"] == hashlib.sha256(PARAMETERS.read_bytes()).hexdigest()
    assert card["sha256"].startswith(space_id())
    assert PARAMETERS.stat().st_size < 25e6


def test_features_do_not_depend_on_case_or_invisible_characters() -> None:
    first, second = cells("Boleh SAYA unggah?"), cells("boleh saya ung\u200bgah ?")
    assert (first[0] == second[0]).all()
    assert np.linalg.norm(first[1]) == pytest.approx(1, abs=1e-5)


def test_a_text_without_words_has_no_features() -> None:
    assert len(cells("🙂 …")[0]) == 0


def test_missing_parameters_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="common space"):
        Space.load(tmp_path / "none.npz")


@pytest.mark.model
def test_a_translation_is_nearer_than_another_subject(session_home: Path) -> None:
    from kb.embedding import open_embedder, shipped_model

    model = shipped_model()
    embedder = open_embedder(session_home / "model" / model.folder, model)
    asked, same, other = embedder.embed(
        [
            "Boleh nggak saya unggah foto pelanggan tanpa izin mereka?",
            "May I post a picture of a customer without their consent?",
            "Leave the conversation when somebody tries to bait you.",
        ]
    )
    assert asked @ same > asked @ other + 0.2
