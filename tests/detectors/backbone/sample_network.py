"""A small network as an ONNX file: strided convolutions with two maps of features, and a class at the end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import ModelProto, TensorProto, helper, numpy_helper

CHANNELS = (6, 10)
"""Of the maps with cells of 8 and 16 px."""
MAPS = ("fine", "coarse")


def sample(
    *, side: int | str = "side", batch: int | str = "N", channels: int = 3, opset: int = 13, outputs: str = "both"
) -> ModelProto:
    """*outputs*: "both" maps and the class, "coarse" and the class, or "class" alone."""
    random = np.random.default_rng(0)
    nodes, constants, value, wide = [], [], "picture", channels
    for number, (narrow, name) in enumerate(zip((4, 4, 6, 10), ("a", "b", "fine", "coarse"), strict=True)):
        weight = random.normal(0, (2 / (9 * wide)) ** 0.5, (narrow, wide, 3, 3)).astype(np.float32)
        constants.append(numpy_helper.from_array(weight, f"weight_{number}"))
        convolve = {"strides": [2, 2], "pads": [1, 1, 1, 1]}
        nodes.append(helper.make_node("Conv", [value, f"weight_{number}"], [f"conv_{number}"], **convolve))
        nodes.append(helper.make_node("Relu", [f"conv_{number}"], [name]))
        value, wide = name, narrow
    nodes.append(helper.make_node("GlobalAveragePool", ["coarse"], ["pooled"]))
    nodes.append(helper.make_node("Flatten", ["pooled"], ["class"]))
    names = {"both": [*MAPS, "class"], "coarse": ["coarse", "class"], "class": ["class"]}[outputs]
    rank = {"class": 2}
    graph = helper.make_graph(
        nodes,
        "sample",
        [helper.make_tensor_value_info("picture", TensorProto.FLOAT, [batch, channels, side, side])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None] * rank.get(name, 4)) for name in names],
        constants,
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)


def write_sample(path: Path, **wanted: Any) -> Path:
    path.write_bytes(sample(**wanted).SerializeToString())
    return path


def replaced(model: ModelProto, **attributes: Any) -> ModelProto:
    """With the last activation computed by another node, of these op_type and domain."""
    node = next(one for one in model.graph.node if one.output[0] == "coarse")
    for name, value in attributes.items():
        setattr(node, name, value)
    return model


def constant(model: ModelProto, number: int = 0) -> onnx.TensorProto:
    made: onnx.TensorProto = model.graph.initializer[number]
    return made
