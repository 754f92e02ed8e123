"""A network as ONNX: what it does with an example is written down."""

from __future__ import annotations

import io
import threading
import warnings

import torch
from torch import Tensor, nn

OPSET = 18

_lock = threading.Lock()
"""Jobs may trace at the same time; the exporter's settings and Python's list of muted warnings are the process's."""


def traced(network: nn.Module, example: Tensor, inputs: list[str], outputs: list[str], *, any_count: bool) -> bytes:
    """The network's graph of opset OPSET, with the names of its *inputs* and *outputs*.

    Shapes are those that the *example* (N, C, H, W) gives; with *any_count*, the first axis may have any length.
    """
    buffer = io.BytesIO()
    with _lock, warnings.catch_warnings(), torch.inference_mode(mode=False), torch.no_grad():
        # The exporter that traces is deprecated for one that made only the batch dynamic and needs more packages.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            network,
            (example,),
            buffer,  # type: ignore[arg-type]
            dynamo=False,
            opset_version=OPSET,
            input_names=inputs,
            output_names=outputs,
            dynamic_axes={name: {0: "images"} for name in (*inputs, *outputs)} if any_count else None,
        )
    return buffer.getvalue()
