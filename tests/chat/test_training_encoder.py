"""The start of training: numbers of 4 bits are unpacked as they were packed, and the pieces of our languages are kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from chat.reader import PARAMETERS as READER
from chat.training.encoder import LAYERS, WIDTH, Exported, Packed, Pieces, halves, kept_pieces, make_tokenizer
from kb.network import PARAMETERS, open_tokenizer

STANDING = PARAMETERS / "standing.onnx"


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


@pytest.mark.parametrize("file", [STANDING, READER], ids=lambda file: file.stem)
def test_a_weight_read_back_from_a_network_multiplies_as_the_network_does(file: Path) -> None:
    import onnx
    import onnxruntime

    graph = onnx.load(str(file)).graph
    name = f"/encoder/layers/encoder/layer.{LAYERS - 1}/attention/output/dense/MatMul"
    steps = [next(node for node in graph.node if node.name.startswith(name) and node.op_type.startswith("MatMul"))]
    made = {output: node for node in graph.node for output in node.output}
    while steps[0].op_type != "MatMulNBits" and steps[0].op_type != "Mul":  # what is rounded is smoothed and rounded before
        steps.insert(0, made[steps[0].input[0]])
    read = steps[0].input[0]
    alone = onnx.helper.make_graph(
        steps,
        "product",
        [onnx.helper.make_tensor_value_info(read, onnx.TensorProto.FLOAT, (3, WIDTH))],
        [onnx.helper.make_tensor_value_info(steps[-1].output[0], onnx.TensorProto.FLOAT, (3, WIDTH))],
        [tensor for tensor in graph.initializer if any(tensor.name in step.input for step in steps)],
    )
    opset = [onnx.helper.make_opsetid("", 17), onnx.helper.make_opsetid("com.microsoft", 1)]
    model = onnx.helper.make_model(alone, opset_imports=opset, ir_version=9)
    given = np.random.default_rng(25).uniform(-1, 1, (3, WIDTH)).astype(np.float32)
    if steps[0].op_type == "Mul":  # of the size that is expected there
        stored = {tensor.name: onnx.numpy_helper.to_array(tensor) for tensor in graph.initializer}
        given = given * 100 * stored[steps[1].input[1]] / stored[steps[0].input[1]]
    found = onnxruntime.InferenceSession(model.SerializeToString()).run(None, {read: given})[0]
    weight = Exported(file).encoder()[f"layers.encoder.layer.{LAYERS - 1}.attention.output.dense.weight"].numpy()
    assert np.allclose(found, given @ weight.T, atol=0.02 * np.abs(found).max())


def test_a_network_that_lacks_a_weight_is_refused_by_name() -> None:
    with pytest.raises(SystemExit, match="expected nobody in reader"):
        Exported(READER).tensor("nobody")
