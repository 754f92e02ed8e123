"""A backbone from an ONNX file that the user picked: checked, brought to our operator set, cut to what we look at."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, inliner, version_converter

from anomaly_gui.detectors.backbone.onnx_check import Unfit, first_line, inputs_of, require_bounded, require_plain
from anomaly_gui.detectors.backbone.session import options
from anomaly_gui.detectors.tracing import OPSET
from anomaly_gui.errors import InputError
from anomaly_gui.files import printable, sha256

LARGEST_BYTES = 256 << 20
MOST_CHANNELS = 2048
_USUAL_SIDE = 256
"""Of the picture that a network is tried with which takes any size."""
_KEPT = 2
_LARGEST_CHANGE = 1e-3
"""That bringing the network to our operator set may make, relative to an output's largest value."""


@dataclass(frozen=True)
class FeatureMap:
    """One output."""

    name: str
    channels: int
    cell_px: float
    """Pixels of the picture to one cell."""


@dataclass(frozen=True)
class OnnxBackbone:
    """A network that can be used."""

    name: str
    """Of the file, for messages."""
    sha256: str
    """Of the file."""
    model: bytes
    """ONNX of opset OPSET: one input, and *maps* as outputs in their order."""
    input_name: str
    maps: tuple[FeatureMap, ...]
    """From fine to coarse."""
    fixed_side: int | None
    """Of the only pictures that it takes; None if it takes any."""
    one_at_a_time: bool


def read_bytes(path: Path) -> bytes:
    """A file's content. Raises InputError if it is not there, unreadable or too large."""
    name = printable(path)
    choose = "Choose an ONNX file"
    try:
        if path.is_dir():
            raise InputError(name, "this is a folder", choose)
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise InputError(name, f"it has {size >> 20} MB, and 256 MB is the most", "Choose a smaller network")
        return path.read_bytes()
    except FileNotFoundError:
        raise InputError(name, "there is no such file", choose) from None
    except OSError as error:
        raise InputError(name, f"it cannot be read ({error.strerror})", choose) from error


def opened(path: Path) -> OnnxBackbone:
    """Read and check a file. Raises InputError, which names it, the cause and what to do."""
    data = read_bytes(path)
    try:
        return replace(_checked(data), name=printable(path))
    except Unfit as error:
        raise InputError(printable(path), error.cause, error.next_step) from error


@functools.lru_cache(maxsize=_KEPT)
def _checked(data: bytes) -> OnnxBackbone:
    """Raises Unfit."""
    model = _parsed(data)
    require_plain(model)
    picture = _only_picture(model)
    fixed = _side(picture)
    side = fixed or _USUAL_SIDE
    require_bounded(model, [1, 3, side, side])
    ours = _converted(model)
    require_plain(ours)
    # Bounded by what it says of itself first: only now it is run.
    images = np.random.default_rng(0).random((1, 3, side, side), dtype=np.float32)
    given = _run(model, images)
    maps = _feature_maps(given, side)
    cut = _cut(ours, [found.name for found in maps])
    for name, values in _run(cut, images).items():
        if np.abs(values - given[name]).max() > _LARGEST_CHANGE * np.abs(given[name]).max():
            raise Unfit(f"it computes something else in ONNX's operator set {OPSET}", _export_for_ours())
    return OnnxBackbone(
        name="",
        sha256=sha256(data),
        model=cut.SerializeToString(),
        input_name=picture.name,
        maps=maps,
        fixed_side=fixed,
        one_at_a_time=picture.type.tensor_type.shape.dim[0].HasField("dim_value"),
    )


def _parsed(data: bytes) -> ModelProto:
    try:
        model = onnx.load_from_string(data)
        if model.functions:
            # A function's constants are checked after, as the graph's.
            model = inliner.inline_local_functions(model)
    except Exception as error:  # protobuf's and ONNX's have no base in common.
        raise Unfit(f"it is not an ONNX file ({first_line(error)})") from error
    return model


def _only_picture(model: ModelProto) -> onnx.ValueInfoProto:
    inputs = inputs_of(model.graph)
    if len(inputs) != 1:
        raise Unfit(f"it wants {len(inputs)} inputs, not one picture", "Choose a network that takes one picture")
    kind = inputs[0].type.tensor_type
    sides = list(kind.shape.dim)
    if len(sides) != 4 or sides[1].HasField("dim_value") is False or sides[1].dim_value != 3:
        shape = ", ".join(axis.dim_param or str(axis.dim_value) for axis in sides)
        raise Unfit(f"its input is ({shape}), not a colour picture (N, 3, H, W)", "Choose a network that takes one")
    if kind.elem_type != TensorProto.FLOAT:
        raise Unfit("its input is not in float32", "Export the network in float32")
    if sides[0].HasField("dim_value") and sides[0].dim_value != 1:
        raise Unfit(f"it takes {sides[0].dim_value} pictures at once", "Export it for one, or for any number")
    return inputs[0]


def _side(picture: onnx.ValueInfoProto) -> int | None:
    """Of the pictures it takes; None for any."""
    rows, columns = (
        axis.dim_value if axis.HasField("dim_value") else None for axis in picture.type.tensor_type.shape.dim[2:]
    )
    if rows != columns:
        words = " × ".join(str(side or "any") for side in (rows, columns))
        raise Unfit(f"it takes pictures of {words} px", "Export it for square pictures, or for any size")
    if rows is not None and not 16 <= rows <= 1024:
        raise Unfit(f"it takes pictures of {rows} px", "Export it for 32 to 1024 px, or for any size")
    return rows


def _converted(model: ModelProto) -> ModelProto:
    """The same network in opset OPSET."""
    made = ModelProto()
    made.CopyFrom(model)
    opset = max((entry.version for entry in model.opset_import if entry.domain in ("", "ai.onnx")), default=1)
    if opset == OPSET:
        return made
    try:
        return version_converter.convert_version(made, OPSET)
    except Exception as error:  # RuntimeError, ValueError and ONNX's own.
        cause = f"its operator set {opset} cannot be brought to {OPSET} ({first_line(error)})"
        raise Unfit(cause, _export_for_ours()) from error


def _export_for_ours() -> str:
    return f"Export the network again with opset {OPSET}"


def _run(model: ModelProto, images: NDArray[np.float32]) -> dict[str, NDArray[Any]]:
    """All outputs by name."""
    names = [output.name for output in model.graph.output]
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options(), providers=["CPUExecutionProvider"])
        values = session.run(names, {inputs_of(model.graph)[0].name: images})
    except Exception as error:  # onnxruntime's exceptions share no base of their own.
        raise Unfit(f"it cannot be run ({first_line(error)})", "Export the network again") from error
    return dict(zip(names, values, strict=True))


def _feature_maps(given: dict[str, Any], side: int) -> tuple[FeatureMap, ...]:
    """Those outputs that describe places of a picture, from fine to coarse."""
    found = []
    for name, value in given.items():
        if not isinstance(value, np.ndarray) or value.ndim != 4 or value.dtype != np.float32:
            continue
        _, channels, rows, columns = value.shape
        if rows == columns and 2 <= rows <= side // 2 and 1 <= channels <= MOST_CHANNELS:
            if not np.isfinite(value).all():
                raise Unfit(f"its output {name} holds what is no number")
            found.append(FeatureMap(name, channels, side / rows))
    if not found:
        shapes = ", ".join(
            f"{name} {getattr(value, 'shape', ())}" for name, value in itertools.islice(given.items(), 5)
        )
        raise Unfit(
            f"none of its outputs is a map of features (N, up to {MOST_CHANNELS} channels, rows, columns): {shapes}",
            "Export the network with an inner layer, before it is pooled, as output",
        )
    return tuple(sorted(found, key=lambda one: one.cell_px))


def _cut(model: ModelProto, names: list[str]) -> ModelProto:
    """The network without what does not lead to the outputs *names*, which stand in this order."""
    made = ModelProto()
    made.CopyFrom(model)
    wanted = set(names)
    kept = []
    for node in reversed(model.graph.node):
        if wanted & set(node.output):
            kept.append(node)
            wanted.update(node.input)
    outputs = {output.name: output for output in model.graph.output}
    picture = inputs_of(model.graph)
    graph = made.graph
    for field in (graph.node, graph.output, graph.input, graph.initializer, graph.value_info):
        del field[:]
    graph.node.extend(reversed(kept))
    graph.output.extend(outputs[name] for name in names)
    graph.input.extend(picture)
    graph.initializer.extend(tensor for tensor in model.graph.initializer if tensor.name in wanted)
    return made
