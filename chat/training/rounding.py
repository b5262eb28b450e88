"""A traced network → the same with 8 bits a weight and products of whole numbers, three times as fast; what is frozen takes 4 bits.

What goes into a product is rounded with one scale, which a few large numbers would spoil. So each of its columns is first divided by
what makes it about as large as the others, and the weights that it meets are multiplied by that: SmoothQuant (Xiao et al.,
"SmoothQuant: Accurate and Efficient Post-Training Quantization for Large Language Models", ICML 2023). The scale is fixed beforehand
by texts such as will be read, so that what is read of a text does not depend on what is read with it.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

_SHARE = 0.75  # of the size of a column that goes over to the weights
_BLOCK = 32  # numbers that share a scale of 4 bits
_PRODUCT = re.compile(r"/layer\.(?P<layer>\d+)/")
SMOOTHING = "_smoothing"

Given = Mapping[str, npt.NDArray[Any]]
Ranges = Mapping[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]]  # least and greatest of each column


def rounded(graph: Any, given: Sequence[Given], frozen: int) -> Any:
    """The network (an ONNX model) in whole numbers; `given` are batches such as it will read, the lowest `frozen` layers are packed."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    weights = {tensor.name: tensor for tensor in graph.graph.initializer}
    products = [n for n in graph.graph.node if n.op_type == "MatMul" and n.input[1] in weights and _PRODUCT.search(n.name)]
    packed = {
        f"{n.input[1]}_quantized": (*_levels(_array(weights[n.input[1]])), f"{n.input[0]}{SMOOTHING}")
        for n in products
        if _layer(n) < frozen
    }
    sizes = {name: np.maximum(-low, high) for name, (low, high) in _ranges(graph, {n.input[0] for n in products}, given).items()}
    _smooth(graph, products, sizes)
    with tempfile.TemporaryDirectory() as folder:
        whole, narrow = Path(folder, "whole.onnx"), Path(folder, "narrow.onnx")
        onnx.save(graph, str(whole))
        quantize_dynamic(str(whole), str(narrow), weight_type=QuantType.QInt8, per_channel=True)
        found = onnx.load(str(narrow))
    _fix(found, _ranges(graph, {n.input[0] for n in found.graph.node if n.op_type == "DynamicQuantizeLinear"}, given))
    if packed:
        _pack(found, packed)
    return found


def _array(tensor: Any) -> npt.NDArray[Any]:
    from onnx.numpy_helper import to_array

    found: npt.NDArray[Any] = to_array(tensor)
    return found


def _layer(product: Any) -> int:
    found = _PRODUCT.search(product.name)
    assert found
    return int(found["layer"])


def _ranges(graph: Any, names: set[str], given: Sequence[Given]) -> Ranges:
    """The least and the greatest in each column of what these names stand for; nought is between them."""
    import onnx
    import onnxruntime

    watched, order = onnx.ModelProto(), sorted(names)
    watched.CopyFrom(graph)
    watched.graph.output.extend(onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None) for name in order)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    found: dict[str, tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]] = {}
    for batch in given:
        seen = batch["attention_mask"].astype(bool)
        for name, value in zip(order, session.run(order, dict(batch)), strict=True):
            rows = value[seen] if value.shape[:2] == seen.shape else value.reshape(-1, value.shape[-1])
            low, high = found.get(name, (np.float32(0), np.float32(0)))
            found[name] = np.minimum(low, rows.min(axis=0)), np.maximum(high, rows.max(axis=0))
    return found


def _smooth(graph: Any, products: list[Any], sizes_of: Mapping[str, npt.NDArray[np.float32]]) -> None:
    """Divides what goes into the products by a number for each of its columns, and multiplies the weights by it."""
    import onnx

    weights = {tensor.name: tensor for tensor in graph.graph.initializer}
    by_input: dict[str, list[Any]] = {}
    for product in products:
        by_input.setdefault(product.input[0], []).append(product)
    before: dict[str, Any] = {}
    for name, sharing in by_input.items():
        sizes = np.maximum.reduce([np.abs(_array(weights[p.input[1]])).max(axis=1) for p in sharing])
        share = np.maximum(sizes_of[name], 1e-4) ** _SHARE / np.maximum(sizes, 1e-5) ** (1 - _SHARE)
        share = (share / np.exp(np.log(share).mean())).astype(np.float32)
        graph.graph.initializer.append(onnx.numpy_helper.from_array(1 / share, f"{name}{SMOOTHING}"))
        before[sharing[0].name] = onnx.helper.make_node("Mul", [name, f"{name}{SMOOTHING}"], [f"{name}_smoothed"], name=f"{name}_smooth")
        for product in sharing:
            weight = weights[product.input[1]]
            weight.CopyFrom(onnx.numpy_helper.from_array(_array(weight) * share[:, None], weight.name))
            product.input[0] = f"{name}_smoothed"
    nodes = [each for node in graph.graph.node for each in ([before[node.name], node] if node.name in before else [node])]
    del graph.graph.node[:]
    graph.graph.node.extend(nodes)


def _fix(graph: Any, ranges: Ranges) -> None:
    """Rounds what goes into the products by a scale that is known beforehand, 256 steps over its range."""
    from onnx import helper
    from onnx.numpy_helper import from_array

    used: dict[str, list[Any]] = {}
    made = {output: node for node in graph.graph.node for output in node.output}
    for node in graph.graph.node:
        for name in node.input:
            used.setdefault(name, []).append(node)
    nodes, gone = [], set()
    for node in graph.graph.node:
        if node.op_type == "DynamicQuantizeLinear":
            low, high = float(ranges[node.input[0]][0].min()), float(ranges[node.input[0]][1].max())
            step = (high - low) / 255
            whole, scale, middle = node.output
            kept = (np.array(step, np.float32), scale), (np.array(round(-low / step), np.uint8), middle)
            graph.graph.initializer.extend(from_array(value, name) for value, name in kept)
            nodes.append(helper.make_node("QuantizeLinear", [node.input[0], scale, middle], [whole], name=node.name))
        elif node.op_type == "MatMulInteger":  # as three nodes, of which the other two bring it back to its size
            (cast,) = used[node.output[0]]
            (sized,) = used[cast.output[0]]
            scales = made[next(name for name in sized.input if name != cast.output[0])]
            given, weight, middle, weight_middle = node.input
            inputs = [given, weight, *scales.input, middle, weight_middle]
            nodes.append(helper.make_node("MatMulIntegerToFloat", inputs, list(sized.output), name=node.name, domain="com.microsoft"))
            gone |= {cast.name, sized.name, scales.name}
        else:
            nodes.append(node)
    del graph.graph.node[:]
    graph.graph.node.extend(node for node in nodes if not node.name or node.name not in gone)
    if all(opset.domain != "com.microsoft" for opset in graph.opset_import):
        graph.opset_import.append(helper.make_opsetid("com.microsoft", 1))


def _levels(weight: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.float32]]:
    """A weight (in, out) of 4 bits as packed levels (blocks, 16, out), low halves first, and scales (blocks, 1, out)."""
    blocks = weight.reshape(-1, _BLOCK, weight.shape[1])
    extreme = np.take_along_axis(blocks, np.abs(blocks).argmax(axis=1, keepdims=True), axis=1)
    scales = np.where(extreme == 0, 1, extreme / -8)
    levels = np.clip(np.round(blocks / scales) + 8, 0, 15).astype(np.uint8)
    half = _BLOCK // 2
    packed = levels[:, :half] + 16 * levels[:, half:]
    return packed.astype(np.uint8), scales.astype(np.float32)


def _pack(graph: Any, packed: Mapping[str, tuple[Any, ...]]) -> None:
    """Puts 4 bits a weight in place of 8, and what unpacks them: a session does that once, while it is opened."""
    from onnx import TensorProto, helper
    from onnx.numpy_helper import from_array

    stored = {tensor.name: tensor for tensor in graph.graph.initializer}
    nodes: list[Any] = []

    def add(kind: str, inputs: list[str], output: str, **attributes: Any) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], name=f"{output}_made", **attributes))
        return output

    constants = {"sixteen": 16.0, "eight": 8.0}
    graph.graph.initializer.extend(from_array(np.array(value, np.float32), name) for name, value in constants.items())
    for name, (levels, scales, smoothing) in packed.items():
        tensor = stored[name]
        columns = _array(stored[name.removesuffix("_quantized") + "_scale"])
        size = list(_array(tensor).shape)
        kept = [
            (levels, "levels"), ((scales / columns).astype(np.float16), "scales"), (np.array(size, np.int64), "shape"),
            (np.array([size[0] // _BLOCK, _BLOCK, 1], np.int64), "blocks"),
        ]  # fmt: skip
        graph.graph.initializer.extend(from_array(value, f"{name}_{part}") for value, part in kept)
        graph.graph.initializer.remove(tensor)
        level = add("Cast", [f"{name}_levels"], f"{name}_bytes", to=TensorProto.FLOAT)
        high = add("Floor", [add("Div", [level, "sixteen"], f"{name}_parts")], f"{name}_high")
        low = add("Sub", [level, add("Mul", [high, "sixteen"], f"{name}_above")], f"{name}_low")
        centred = add("Sub", [add("Concat", [low, high], f"{name}_both", axis=1), "eight"], f"{name}_centred")
        scaled = add("Mul", [centred, add("Cast", [f"{name}_scales"], f"{name}_wide", to=TensorProto.FLOAT)], f"{name}_scaled")
        share = add("Reshape", [smoothing, f"{name}_blocks"], f"{name}_share")
        whole = add("Round", [add("Div", [scaled, share], f"{name}_smoothed")], f"{name}_whole")
        add("Reshape", [add("Cast", [whole], f"{name}_small", to=TensorProto.INT8), f"{name}_shape"], name)
    old = list(graph.graph.node)
    del graph.graph.node[:]
    graph.graph.node.extend([*nodes, *old])
