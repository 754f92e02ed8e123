"""The whole inspection as one ONNX graph.

    image (1, H, W, 1 or 3) float32 in [0, 1], RGB
      → channels → resize → detector → smoothing → normalisation → reduction → decision
    reconstruction (1, C, S, S), anomaly_map (1, S, S), score (1,), decision (1,) int64

Each step repeats the arithmetic of imaging/resize.py and scoring/, which the app uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import TensorProto, compose, helper, numpy_helper
from torch import nn

from anomaly_gui.detectors.tracing import OPSET, traced
from anomaly_gui.evaluation.confusion import DEFECTIVE, GOOD, RECHECK
from anomaly_gui.export.backbone_graft import graft
from anomaly_gui.export.model_check import REGION
from anomaly_gui.scoring.normalise import Normaliser
from anomaly_gui.scoring.reduce import area_edge, top_count
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.scoring.smooth import gaussian_kernel

IR_VERSION = 9
_LUMA = np.array([[0.299], [0.587], [0.114]], np.float32)


@dataclass
class _Nodes:
    """Nodes and constants of a graph under construction; values go by name."""

    prefix: str
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def constant(self, value: NDArray[Any] | np.generic, name: str | None = None) -> str:
        name = name or f"{self.prefix}_constant_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(value), name))
        return name

    def add(self, operator: str, *inputs: str, to: str | None = None, **attributes: Any) -> str:
        """Append a node with one output; returns that output's name."""
        output = to or f"{self.prefix}_{operator}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def cast(self, value: str, kind: int) -> str:
        output = f"{self.prefix}_cast_{len(self.nodes)}"
        self.nodes.append(helper.make_node("Cast", [value], [output], to=kind))
        return output


def write_graph(
    network: nn.Module,
    input_px: int,
    channels: int,
    scoring: ScoringSettings,
    normaliser: Normaliser,
    threshold: float,
    recheck_threshold: float | None = None,
    inside: NDArray[np.bool_] | None = None,
) -> bytes:
    """The serialised graph around *network*, which maps (N, C, S, S) to (reconstruction, anomaly map).

    Only what is *inside* (S, S) counts; None: everything. A score that is not finite decides "defective". Raises
    ValueError if the network gives no picture and map, or if the graph fails ONNX's own check.
    """
    model = compose.merge_models(
        _preparation(input_px, channels, inside),
        _network(network, input_px, channels, ["network_reconstruction", "network_map"]),
        io_map=[("prepared", "network_input")],
    )
    model = compose.merge_models(
        model,
        _decision(input_px, scoring, normaliser, threshold, recheck_threshold, inside),
        io_map=[("network_map", "raw_map")],
        outputs=["network_reconstruction", "anomaly_map", "score", "decision"],
    )
    _rename_output(model, "network_reconstruction", "reconstruction")
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def write_tile_graph(network: nn.Module, tile_px: int, channels: int) -> bytes:
    """The graph of *network* alone, for a runtime that cuts, blends and decides itself as scoring.tiled does.

    network_input (1, C, T, T) float32 in [0, 1] → raw_map (1, T, T). No picture is drawn: nobody would see it, and
    it takes a tenth of the time. Raises ValueError as write_graph does.
    """
    model = _network(_MapAlone(network), tile_px, channels, ["network_map"])
    _rename_output(model, "network_map", "raw_map")
    onnx.checker.check_model(model, full_check=True)
    return bytes(model.SerializeToString())


def _preparation(input_px: int, channels: int, inside: NDArray[np.bool_] | None) -> onnx.ModelProto:
    """image (1, H, W, c) → prepared (1, channels, S, S)."""
    n = _Nodes("prepare")
    rgb = n.add("Mul", "image", n.constant(np.ones((1, 1, 1, 3), np.float32)))
    if channels == 1:
        rgb = n.add("Min", n.add("MatMul", rgb, n.constant(_LUMA)), n.constant(np.float32(1)))
    planes = n.add("Transpose", rgb, perm=[0, 3, 1, 2])
    shape = n.add("Shape", "image")
    height = n.add("Gather", shape, n.constant(np.int64(1)))
    width = n.add("Gather", shape, n.constant(np.int64(2)))
    columns = n.add("Transpose", _resize_weights(n, width, input_px), perm=[1, 0])
    rows = n.add("MatMul", _resize_weights(n, height, input_px), planes)
    if inside is None:
        n.add("MatMul", rows, columns, to="prepared")
    else:
        _fill_outside(n, n.add("MatMul", rows, columns), inside)
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, "height", "width", "channels"])
    prepared = helper.make_tensor_value_info("prepared", TensorProto.FLOAT, [1, channels, input_px, input_px])
    return _model(n, "preparation", [image], [prepared])


def _fill_outside(n: _Nodes, resized: str, inside: NDArray[np.bool_]) -> None:
    """imaging.region.fill_outside: → prepared. Its mask is the constant by which the graph tells what it counts."""
    counts = n.constant(inside, REGION)
    weight = n.add("Div", n.cast(counts, TensorProto.FLOAT), n.constant(np.float32(inside.sum())))
    axes = n.constant(np.array([2, 3], np.int64))
    means = n.add("ReduceSum", n.add("Mul", resized, weight), axes, keepdims=1)
    n.add("Where", counts, resized, means, to="prepared")


def _resize_weights(n: _Nodes, size: str, input_px: int) -> str:
    """imaging.resize.resize_weights as nodes: (S, size), in double until the end as there."""
    one, zero = (n.constant(np.float64(value)) for value in (1, 0))
    length = n.cast(size, TensorProto.DOUBLE)
    scale = n.add("Div", length, n.constant(np.float64(input_px)))
    start = n.add("Mul", n.constant(np.arange(input_px, dtype=np.float64)[:, None]), scale)
    pixel = n.add("Range", zero, length, one)
    end = n.add("Min", n.add("Add", start, scale), n.add("Add", pixel, one))
    overlap = n.add("Max", n.add("Sub", end, n.add("Max", start, pixel)), zero)
    total = n.add("ReduceSum", overlap, n.constant(np.array([1], np.int64)), keepdims=1)
    return n.cast(n.add("Div", overlap, total), TensorProto.FLOAT)


class _MapAlone(nn.Module):
    """(N, C, S, S) → the anomaly map (N, S, S) of *network*."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        _, anomaly_map = self.network(images)
        return anomaly_map  # type: ignore[no-any-return]


def _network(network: nn.Module, input_px: int, channels: int, outputs: list[str]) -> onnx.ModelProto:
    """The detector's own graph: network_input → *outputs*."""
    example = torch.zeros(1, channels, input_px, input_px)
    graph = traced(network.cpu().eval(), example, ["network_input"], outputs, any_count=False)
    model = onnx.load_from_string(graph)
    model.ir_version = IR_VERSION
    graft(model, network)
    return compose.add_prefix(model, "network_", rename_inputs=False, rename_outputs=False)


def _decision(
    input_px: int,
    scoring: ScoringSettings,
    normaliser: Normaliser,
    threshold: float,
    recheck: float | None,
    inside: NDArray[np.bool_] | None,
) -> onnx.ModelProto:
    """raw_map (1, S, S) → anomaly_map, score, decision."""
    n = _Nodes("decide")
    smoothed = _smooth(n, scoring.smooth_sigma_px)
    centred = n.add("Sub", smoothed, n.constant(normaliser.mean[None]))
    scale = n.constant(normaliser.scale[None])
    if inside is None:
        n.add("Div", centred, scale, to="anomaly_map")
    else:
        n.add(
            "Where", n.constant(inside[None]), n.add("Div", centred, scale), n.constant(np.float32(0)), to="anomaly_map"
        )
    flat = n.add("Reshape", "anomaly_map", n.constant(np.array([1, -1], np.int64)))
    if inside is not None:
        flat = n.add("Gather", flat, n.constant(np.flatnonzero(inside)), axis=1)
    broken = n.cast(_not_finite(n, flat), TensorProto.FLOAT)
    any_broken = n.cast(n.add("ReduceMax", broken, n.constant(np.array([1], np.int64)), keepdims=0), TensorProto.BOOL)
    n.add("Where", any_broken, n.constant(np.float32(np.nan)), _reduce(n, flat, scoring, input_px, inside), to="score")
    _decide(n, threshold, threshold if recheck is None else recheck)
    side = [1, input_px, input_px]
    return _model(
        n,
        "decision",
        [helper.make_tensor_value_info("raw_map", TensorProto.FLOAT, side)],
        [
            helper.make_tensor_value_info("anomaly_map", TensorProto.FLOAT, side),
            helper.make_tensor_value_info("score", TensorProto.FLOAT, [1]),
            helper.make_tensor_value_info("decision", TensorProto.INT64, [1]),
        ],
    )


def _smooth(n: _Nodes, sigma_px: float) -> str:
    """scoring.smooth.smooth: a column and a row convolution over a mirrored border."""
    kernel = gaussian_kernel(sigma_px)
    radius = len(kernel) // 2
    if radius == 0:
        return "raw_map"
    axis = n.constant(np.array([1], np.int64))
    image = n.add("Unsqueeze", "raw_map", axis)
    pads = n.constant(np.array([0, 0, radius, radius] * 2, np.int64))
    padded = n.add("Pad", image, pads, mode="reflect")
    rows = n.add("Conv", padded, n.constant(kernel.reshape(1, 1, -1, 1)))
    return n.add("Squeeze", n.add("Conv", rows, n.constant(kernel.reshape(1, 1, 1, -1))), axis)


def _reduce(n: _Nodes, flat: str, scoring: ScoringSettings, input_px: int, inside: NDArray[np.bool_] | None) -> str:
    """scoring.reduce.reduce: anomaly_map (1, S, S), of which *flat* (1, K) counts → (1,)."""
    axis = n.constant(np.array([1], np.int64))
    pixels = input_px**2 if inside is None else int(inside.sum())
    match scoring.reduction:
        case "max":
            return n.add("ReduceMax", flat, axis, keepdims=0)
        case "mean":
            return n.add("ReduceMean", flat, axis, keepdims=0)
        case "top":
            count = n.constant(np.array([top_count(pixels, scoring.top_per_10000)], np.int64))
            n.nodes.append(helper.make_node("TopK", [flat, count], ["decide_top", "decide_top_places"], axis=1))
            return n.add("ReduceMean", "decide_top", axis, keepdims=0)
        case "area":
            level = n.constant(np.float32(area_edge(scoring.area_level)))
            above = n.cast(n.add("GreaterOrEqual", flat, level), TensorProto.FLOAT)
            return n.add("ReduceMean", above, axis, keepdims=0)
        case "region":
            sides = [min(scoring.region_side_px, input_px)] * 2
            shown = "anomaly_map"
            if inside is not None:
                lowest = n.add("ReduceMin", flat, axis, keepdims=1)
                shown = n.add("Where", n.constant(inside[None]), shown, n.add("Unsqueeze", lowest, axis))
            plane = n.add("Unsqueeze", n.add("Neg", shown), axis)
            lowest = n.add("Neg", n.add("MaxPool", plane, kernel_shape=sides))
            spots = n.add("Reshape", lowest, n.constant(np.array([1, -1], np.int64)))
            return n.add("ReduceMax", spots, axis, keepdims=0)


def _decide(n: _Nodes, threshold: float, recheck: float) -> None:
    """score → decision, compared in double as the app does."""
    score = n.cast("score", TensorProto.DOUBLE)
    defective = n.add("GreaterOrEqual", score, n.constant(np.float64(threshold), "threshold"))
    defective = n.add("Or", defective, _not_finite(n, "score"))
    doubtful = n.add("GreaterOrEqual", score, n.constant(np.float64(recheck), "recheck_threshold"))
    values = (n.constant(np.array([value], np.int64)) for value in (DEFECTIVE, RECHECK, GOOD))
    as_defective, as_recheck, as_good = values
    n.add("Where", defective, as_defective, n.add("Where", doubtful, as_recheck, as_good), to="decision")


def _not_finite(n: _Nodes, value: str) -> str:
    return n.add("Or", n.add("IsNaN", value), n.add("IsInf", value))


def _model(
    n: _Nodes, name: str, inputs: list[onnx.ValueInfoProto], outputs: list[onnx.ValueInfoProto]
) -> onnx.ModelProto:
    graph = helper.make_graph(n.nodes, name, inputs, outputs, initializer=n.constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION)


def _rename_output(model: onnx.ModelProto, old: str, new: str) -> None:
    for node in model.graph.node:
        node.output[:] = [new if name == old else name for name in node.output]
        node.input[:] = [new if name == old else name for name in node.input]
    for output in model.graph.output:
        if output.name == old:
            output.name = new
