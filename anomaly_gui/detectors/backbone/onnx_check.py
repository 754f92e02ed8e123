"""What an ONNX file that somebody gives us must not do, found out without running it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto, GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper, shape_inference
from onnx.reference import ReferenceEvaluator

LARGEST_VALUE = 1 << 27
"""Numbers in one intermediate result, at most: 512 MB."""
_OWN_DOMAINS = ("", "ai.onnx")
_CONTROL = frozenset({"If", "Loop", "Scan", "SequenceMap"})
_RANDOM = frozenset(
    {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Bernoulli", "Multinomial"}
)
_GROWING = frozenset({"ConstantOfShape", "Expand", "Tile", "Range", "Pad", "Resize", "Upsample", "OneHot", "EyeLike"})
"""Operators whose result can be of any size, however small what they are given."""
_SMALL = 1 << 12
"""Numbers in a value that is worked out beforehand, at most."""
_ROUNDS = 8
_STORED_IN: dict[int, str] = {
    TensorProto.FLOAT: "float_data",
    TensorProto.DOUBLE: "double_data",
    TensorProto.INT64: "int64_data",
    TensorProto.INT32: "int32_data",
    TensorProto.BOOL: "int32_data",
    TensorProto.UINT8: "int32_data",
    TensorProto.INT8: "int32_data",
}
"""Kinds of numbers that constants may have, and where those lie that are not raw bytes."""


class Unfit(Exception):
    """Why a file is not taken: the cause, and what to do about it."""

    def __init__(self, cause: str, next_step: str = "Choose another file") -> None:
        super().__init__(cause)
        self.cause = cause
        self.next_step = next_step


def require_plain(model: ModelProto) -> None:
    """Constants that are what they say, operators that compute the same each time. Raises Unfit."""
    if not model.graph.node:
        raise Unfit("it is not an ONNX file, or holds no network")
    for tensor in _tensors(model):
        _require_honest(tensor)
    if model.graph.sparse_initializer:
        raise Unfit("it holds sparse weights", "Export the network again with ordinary ones")
    for node in model.graph.node:
        _require_known(node)
    try:
        onnx.checker.check_model(model)
    except Exception as error:  # ONNX raises several kinds for what is wrong with a model.
        raise Unfit(f"ONNX's own check refuses it ({first_line(error)})", "Export the network again") from error


def require_bounded(model: ModelProto, shape: Sequence[int]) -> None:
    """No result larger than LARGEST_VALUE for one picture of this *shape*, nor of unknown size. Raises Unfit."""
    shaped = ModelProto()
    shaped.CopyFrom(model)
    pictures = inputs_of(shaped.graph)
    if len(pictures) != 1:
        raise Unfit(f"it takes {len(pictures)} inputs instead of a picture")
    [picture] = pictures
    picture.type.CopyFrom(helper.make_tensor_type_proto(TensorProto.FLOAT, list(shape)))
    for output in shaped.graph.output:
        output.type.tensor_type.ClearField("shape")
    del shaped.graph.value_info[:]
    shapes = _shapes(shaped) | {picture.name: tuple(shape)}
    for _ in range(_ROUNDS):
        settled = _settle(shaped.graph, shapes)
        if not _fold(shaped.graph, _sizes(shapes)) and not settled:
            break
        shapes = _shapes(shaped) | {picture.name: tuple(shape)}
    sizes = _sizes(shapes)
    for node in shaped.graph.node:
        for name in node.output:
            size = sizes.get(name)
            if size is None and node.op_type in _GROWING:
                cause = f"how large {node.op_type} makes {name} cannot be told beforehand"
                raise Unfit(cause, "Export the network again with fixed sizes")
            if size is not None and size > LARGEST_VALUE:
                raise Unfit(f"{name} would hold {size:,} numbers for one picture of {shape[-1]} px")


def inputs_of(graph: GraphProto) -> list[onnx.ValueInfoProto]:
    """Without the constants, which old files list among their inputs."""
    constants = {tensor.name for tensor in graph.initializer}
    return [value for value in graph.input if value.name not in constants]


def first_line(error: Exception) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:200]


def _tensors(model: ModelProto) -> Iterator[TensorProto]:
    """Every constant: weights and attributes."""
    yield from model.graph.initializer
    for node in (*model.graph.node, *(node for function in model.functions for node in function.node)):
        for attribute in node.attribute:
            if attribute.type == AttributeProto.TENSOR or attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _require_honest(tensor: TensorProto) -> None:
    name = tensor.name or "a constant"
    if tensor.data_location == TensorProto.EXTERNAL or tensor.external_data:
        raise Unfit(f"its weights lie in another file ({name})", "Export the network again with the weights inside")
    if tensor.data_type not in _STORED_IN:
        raise Unfit(f"{name} holds numbers of kind {tensor.data_type}", "Export the network in float32")
    if any(side < 0 for side in tensor.dims):
        raise Unfit(f"{name} has a side below 0")
    promised = math.prod(tensor.dims)
    if tensor.HasField("raw_data"):
        width = helper.tensor_dtype_to_np_dtype(tensor.data_type).itemsize
        held = len(tensor.raw_data) / width
    else:
        held = len(getattr(tensor, _STORED_IN[tensor.data_type]))
    if held != promised:
        raise Unfit(f"{name} says that it holds {promised:,} numbers, and holds {held:,.0f}")


def _require_known(node: NodeProto) -> None:
    if node.domain not in _OWN_DOMAINS:
        raise Unfit(
            f"it uses the operator {node.op_type} of {node.domain}, which is not ONNX's own",
            "Export the network again without it",
        )
    inner: list[Any] = [a for a in node.attribute if a.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS)]
    if node.op_type in _CONTROL or inner:
        raise Unfit(f"it branches or loops ({node.op_type})", "Export the network again without")
    if node.op_type in _RANDOM:
        raise Unfit(f"it draws at random ({node.op_type}): the same picture would score differently each time")


def _shapes(model: ModelProto) -> dict[str, tuple[int, ...] | None]:
    """The shape of every value, so far as it is known."""
    try:
        known = shape_inference.infer_shapes(model, data_prop=True).graph
    except Exception as error:
        raise Unfit(f"its shapes do not fit together ({first_line(error)})", "Export the network again") from error
    return {value.name: _shape(value) for value in (*known.value_info, *known.output)}


def _sizes(shapes: Mapping[str, tuple[int, ...] | None]) -> dict[str, int | None]:
    """Numbers in every value."""
    return {name: None if shape is None else math.prod(shape) for name, shape in shapes.items()}


def _settle(graph: GraphProto, shapes: Mapping[str, tuple[int, ...] | None]) -> bool:
    """Known shapes as constants, where nodes ask for them; False if none does."""
    asking = [n for n in graph.node if n.op_type == "Shape" and not n.attribute and shapes.get(n.input[0]) is not None]
    for node in asking:
        shape = np.array(shapes[node.input[0]], np.int64)
        graph.initializer.append(numpy_helper.from_array(shape, node.output[0]))
        graph.node.remove(node)
    return bool(asking)


def _fold(graph: GraphProto, sizes: dict[str, int | None]) -> bool:
    """Work out small values that depend on constants alone, as sizes of borders do; False if there are none."""
    constants = {one.name: numpy_helper.to_array(one) for one in graph.initializer if math.prod(one.dims) <= _SMALL}
    left = []
    for node in graph.node:
        small = all((sizes.get(name) or _SMALL + 1) <= _SMALL for name in node.output)
        if not small or any(name and name not in constants for name in node.input):
            left.append(node)
            continue
        given = {name: constants[name] for name in node.input if name}
        try:
            values = ReferenceEvaluator(node).run(None, given)
        except Exception:  # What it does not know stays a node, and its size unknown.
            left.append(node)
            continue
        for name, value in zip(node.output, values, strict=True):
            constants[name] = np.asarray(value)
            graph.initializer.append(numpy_helper.from_array(constants[name], name))
    folded = len(left) < len(graph.node)
    kept = [NodeProto.FromString(node.SerializeToString()) for node in left]
    del graph.node[:]
    graph.node.extend(kept)
    return folded


def _shape(value: onnx.ValueInfoProto) -> tuple[int, ...] | None:
    """None if it is not known, or not all of it."""
    kind = value.type.tensor_type
    if not kind.HasField("shape") or any(not axis.HasField("dim_value") for axis in kind.shape.dim):
        return None
    return tuple(int(axis.dim_value) for axis in kind.shape.dim)
