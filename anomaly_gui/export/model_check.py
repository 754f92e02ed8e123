"""Whether a bundle's ONNX graph is one that this program could have written, found out without running it."""

from __future__ import annotations

import math

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import ModelProto, TensorProto, numpy_helper

from anomaly_gui.detectors.backbone.onnx_check import Unfit, inputs_of, require_bounded, require_plain
from anomaly_gui.errors import InputError

INPUT = "image"
OUTPUTS = ("reconstruction", "anomaly_map", "score", "decision")
TILE_INPUT = "network_input"
TILE_OUTPUTS = ("raw_map",)
REGION = "region_of_interest"
"""Constant (S, S) bool of a graph that counts a part of the image alone."""
_LARGEST_TILE_PX = 1024

_PICTURE = (1, 1024, 1024, 3)
"""For which no result may be huge; what a network makes of a picture does not grow faster than the picture."""
_FLOATS = (TensorProto.FLOAT, TensorProto.DOUBLE)


def check_model(data: bytes, name: str, *, by_tiles: bool = False, inside: NDArray[np.bool_] | None = None) -> None:
    """Raises InputError for a graph that reaches outside the file, could take all memory, holds broken weights, or
    counts something else of an image than what is *inside* (S, S), which is None for everything.

    *name* is the bundle's, for the message; *by_tiles*: the graph is to look at one tile, not at a whole image.
    """
    try:
        model = onnx.load_from_string(data)
    except Exception as error:  # Protobuf's own, which has no types.
        raise InputError(name, "its model is no ONNX graph", "Export it again") from error
    try:
        require_plain(model)
        _require_ours(model, by_tiles=by_tiles)
        _require_region(model, inside)
        require_bounded(model, _tile_of(model) if by_tiles else _PICTURE)
    except Unfit as error:
        raise InputError(name, f"its model is refused: {error.cause}", "Export it again") from error
    except (RecursionError, ValueError, TypeError, IndexError, AttributeError, MemoryError) as error:
        # Of a graph that is no more than bytes in the right order.
        raise InputError(name, f"its model cannot be read ({error})", "Export it again") from error


def _tile_of(model: ModelProto) -> tuple[int, ...]:
    """The shape (1, C, T, T) that the graph asks for."""
    (value,) = inputs_of(model.graph)
    shape = tuple(dim.dim_value for dim in value.type.tensor_type.shape.dim)
    if len(shape) != 4 or shape[0] != 1 or shape[1] not in (1, 3) or not 0 < max(shape[2:]) <= _LARGEST_TILE_PX:
        raise Unfit("its tiles have no size that this program gives them")
    return shape


def _require_region(model: ModelProto, inside: NDArray[np.bool_] | None) -> None:
    held = [numpy_helper.to_array(tensor) for tensor in model.graph.initializer if tensor.name == REGION]
    if not held and inside is None:
        return
    if not held or inside is None or not np.array_equal(held[0], inside):
        raise Unfit("it counts another region of the image than its manifest says")


def _require_ours(model: ModelProto, *, by_tiles: bool) -> None:
    if model.functions:
        raise Unfit("it defines functions of its own")
    found = tuple(value.name for value in inputs_of(model.graph)), tuple(value.name for value in model.graph.output)
    if found != (((TILE_INPUT,), TILE_OUTPUTS) if by_tiles else ((INPUT,), OUTPUTS)):
        raise Unfit(f"it takes {', '.join(found[0]) or 'nothing'} and gives {', '.join(found[1]) or 'nothing'}")
    for tensor in model.graph.initializer:
        # Single values may well be "not a number": the score of a broken map is.
        large = tensor.data_type in _FLOATS and math.prod(tensor.dims) > 1
        if large and not np.isfinite(numpy_helper.to_array(tensor)).all():
            raise Unfit(f"the weights {tensor.name} are not finite")
