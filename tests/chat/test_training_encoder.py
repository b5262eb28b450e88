"""The start of training: numbers of 4 bits are unpacked as they were packed, and the pieces of our languages are kept."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from chat.training.encoder import WIDTH, Packed, Pieces, halves, kept_pieces, make_tokenizer
from kb.network import open_tokenizer


def blocks(count: int) -> np.ndarray:
    """Random blocks: a scale of 16 bits and 32 levels of 4 bits each."""
    random = np.random.default_rng(25)
    scales = random.uniform(0.01, 0.1, (count, 1)).astype(np.float16).view(np.uint8)
    return np.concatenate([scales, random.integers(0, 256, (count, 16), np.uint8)], axis=1)


def by_hand(block: np.ndarray) -> list[float]:
    """The 32 numbers of a block, one at a time."""
    scale = float(block[:2].view(np.float16)[0])
    return [scale * ((int(byte) & 15) - 8) for byte in block[2:]] + [scale * ((int(byte) >> 4) - 8) for byte in block[2:]]


def test_a_block_is_a_scale_low_nibbles_and_high_nibbles() -> None:
    packed = blocks(3)
    found = Packed([], np.zeros(0, np.float32), {"w": packed}).values("w").reshape(3, 32)
    assert np.allclose(found, [by_hand(block) for block in packed], atol=1e-6)
    scales, levels = halves(packed)
    assert scales.shape == (3, 1) and levels.shape == (3, 16)


def test_numbers_that_were_not_packed_are_left_as_they_are() -> None:
    assert Packed([], np.zeros(0, np.float32), {"b": np.array([1.5, -2], np.float32)}).values("b").tolist() == [1.5, -2]


def test_embeddings_of_pieces_are_the_unpacked_rows() -> None:
    packed = blocks(5 * WIDTH // 32)
    rows = Packed([], np.zeros(0, np.float32), {"w": packed}).values("w").reshape(5, WIDTH)
    found = Pieces(packed)(torch.tensor([[4, 0], [2, 2]])).numpy()
    assert np.allclose(found, rows[[[4, 0], [2, 2]]], atol=1e-6)


def test_what_the_corpus_says_is_kept_whole_and_other_scripts_are_not() -> None:
    pieces = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁karyawan", "▁must", "ш", "zebra", *"abcdefghijklmnopqrstuvwxyz"]
    packed = Packed(pieces, np.linspace(0, -10, len(pieces), dtype=np.float32), {})
    kept = [pieces[number] for number in kept_pieces(packed)]
    assert {"<s>", "<unk>", "▁karyawan", "▁must", "zebra", "q"} <= set(kept) and "ш" not in kept


def test_the_shipped_pieces_cover_both_languages_without_unknown_ones() -> None:
    tokenizer = open_tokenizer()
    for text in ("Staff mustn't livestream the warehouse!", "Jgn posting foto pasien di IG ya, kak :)"):
        assert "<unk>" not in tokenizer.encode(text).tokens


@pytest.mark.parametrize("text", ["", " ", "\n\t"])
def test_an_empty_text_is_a_beginning_and_an_end(text: str) -> None:
    small = make_tokenizer(["<s>", "<pad>", "</s>", "<unk>", "▁a"], [0.0] * 5)
    assert small.encode(text).tokens[0] == "<s>" and small.encode(text).tokens[-1] == "</s>"
