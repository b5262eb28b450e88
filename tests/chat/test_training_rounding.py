"""Rounding: whole numbers multiply nearly as the real ones did, packed weights unpack to what they were, and a batch changes nothing."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper
from onnx.numpy_helper import from_array, to_array

from chat.training.rounding import rounded

RANDOM = np.random.default_rng(25)
SIZE = 64
LOUD = 7  # a column that is fifty times as large as the others


def a_product(layer: int) -> tuple[Any, np.ndarray]:
    """A network of one product in a layer of this number, of which the weights need no more than 4 bits."""
    weight = (RANDOM.integers(-8, 8, (SIZE, SIZE)) * 0.02).astype(np.float32)
    weight[::32] = -8 * 0.02  # so that the scale of every block is known
    name = f"/encoder/layer.{layer}/dense/MatMul"
    graph = helper.make_graph(
        [helper.make_node("Identity", ["given"], ["x"]), helper.make_node("MatMul", ["x", "w"], ["y"], name=name)],
        "one",
        [
            helper.make_tensor_value_info("given", TensorProto.FLOAT, ["n", "t", SIZE]),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, ["n", "t"]),
        ],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", "t", SIZE])],
        [from_array(weight, "w")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), weight


def some(texts: int) -> dict[str, np.ndarray]:
    """A batch in which one column is loud; its last place is padding, which is out of all range and not to be counted."""
    given = RANDOM.normal(size=(texts, 5, SIZE)).astype(np.float32)
    given[..., LOUD] *= 50
    given[:, -1] = 1e6
    mask = np.ones((texts, 5), np.int64)
    mask[:, -1] = 0
    return {"given": given, "attention_mask": mask}


def run(model: Any, given: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(None, {"given": given, "attention_mask": np.ones(given.shape[:2], np.int64)})[0]
    return found


@pytest.mark.parametrize("layer", [0, 5], ids=["packed", "plain"])
def test_whole_numbers_multiply_nearly_as_the_real_ones(layer: int) -> None:
    model, weight = a_product(layer)
    found = rounded(model, [some(16)], frozen=4)
    given = some(4)["given"][:, :4]
    error = run(found, given) - given @ weight
    assert np.abs(error).mean() < 0.02 * np.abs(given @ weight).mean()


def test_one_loud_column_would_spoil_the_others_were_it_not_made_quieter() -> None:
    model, weight = a_product(5)
    given = some(4)["given"][:, :4]
    smooth = np.abs(run(rounded(model, [some(16)], frozen=0), given) - given @ weight).mean()
    step = np.ptp(given) / 255
    plain = np.abs((np.round(given / step) * step) @ weight - given @ weight).mean()
    assert smooth < plain / 2


def test_packed_weights_take_half_and_unpack_to_the_same_numbers() -> None:
    model, weight = a_product(0)
    batch = some(16)
    packed, plain = (rounded(copy.deepcopy(model), [batch], frozen=frozen) for frozen in (4, 0))
    stored = {tensor.name: to_array(tensor) for tensor in packed.graph.initializer}
    assert stored["w_quantized_levels"].nbytes == weight.size // 2 and "w_quantized" not in stored
    given = some(4)["given"][:, :4]
    apart = np.abs(run(packed, given) - run(plain, given))
    assert apart.max() < 0.005 * np.abs(run(plain, given)).max()


def test_what_is_read_of_a_text_does_not_depend_on_what_is_read_with_it() -> None:
    found = rounded(a_product(5)[0], [some(16)], frozen=0)
    alone, others = some(1)["given"][:, :4], some(7)["given"][:, :4] * 30
    together = run(found, np.concatenate([alone, others]))
    assert np.array_equal(run(found, alone)[0], together[0])


def test_the_network_is_checked_by_onnx_itself() -> None:
    found = rounded(a_product(0)[0], [some(16)], frozen=4)
    onnx.checker.check_model(onnx.shape_inference.infer_shapes(found))
