"""The backbone in onnxruntime: on a CPU 3 to 14 times faster than in torch."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import onnxruntime
import torch
from torch import Tensor, nn

from anomaly_gui.detectors.backbone.network import Trunk
from anomaly_gui.detectors.tracing import traced

if TYPE_CHECKING:
    from anomaly_gui.detectors.backbone.onnx_file import OnnxBackbone

KEPT_MODELS = 16
"""Converted trunks, some MB each. A session of one holds up to 200 MB, and goes with its trunk."""
_PIXELS_AT_ONCE = 1 << 18
"""Of all images in one call: the first blocks need 2 KB of memory a pixel."""

_Sessions = dict[tuple[object, ...], onnxruntime.InferenceSession]

_lock = threading.Lock()
_sessions: WeakKeyDictionary[nn.Module, _Sessions] = WeakKeyDictionary()
_models: OrderedDict[tuple[object, ...], bytes] = OrderedDict()
_digests: WeakKeyDictionary[Trunk, tuple[tuple[tuple[int, int], ...], str]] = WeakKeyDictionary()


def run(trunk: Trunk, images: Tensor) -> tuple[Tensor, ...]:
    """What trunk(images) gives, images (N, 3, S, S) float32 on the CPU; the order of sums differs.

    Converting a trunk takes half a second, once for its weights and S. Its weights may change, which makes a session
    anew.
    """
    side = images.shape[-1]
    key = (trunk.taps, side, _digest(trunk))
    session = _session(trunk, (side, key[-1]), lambda: _model(key, lambda: _converted(trunk, side)))
    return _run(session, "images", images, max(1, _PIXELS_AT_ONCE // side**2))


def run_file(trunk: nn.Module, file: OnnxBackbone, images: Tensor) -> tuple[Tensor, ...]:
    """All maps of a trunk's file, for images (N, 3, S, S) float32 on the CPU.

    Raises onnxruntime's exceptions if the network does not take them.
    """
    session = _session(trunk, (), lambda: file.model)
    at_once = 1 if file.one_at_a_time else max(1, _PIXELS_AT_ONCE // images.shape[-1] ** 2)
    return _run(session, file.input_name, images, at_once)


def options() -> onnxruntime.SessionOptions:
    """For a session that works beside torch."""
    made = onnxruntime.SessionOptions()
    made.intra_op_num_threads = torch.get_num_threads()
    # Threads that spin while they wait would take the cores from torch.
    made.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # What goes wrong is raised and said in words.
    made.log_severity_level = 4
    return made


def _run(session: Any, name: str, images: Tensor, at_once: int) -> tuple[Tensor, ...]:
    """All outputs, computed from so many images at once."""
    pixels = images.contiguous().numpy()
    parts = [session.run(None, {name: pixels[start : start + at_once]}) for start in range(0, len(pixels), at_once)]
    return tuple(torch.cat([torch.from_numpy(one) for one in of_one]) for of_one in zip(*parts, strict=True))


def _session(trunk: nn.Module, key: tuple[object, ...], model: Callable[[], bytes]) -> onnxruntime.InferenceSession:
    """The trunk's own, for as long as it lives."""
    key = (*key, torch.get_num_threads())
    with _lock:
        of_trunk = _sessions.setdefault(trunk, {})
        if key not in of_trunk:
            of_trunk[key] = onnxruntime.InferenceSession(model(), options(), providers=["CPUExecutionProvider"])
        return of_trunk[key]


def _model(key: tuple[object, ...], convert: Callable[[], bytes]) -> bytes:
    if key not in _models:
        _models[key] = convert()
    _models.move_to_end(key)
    while len(_models) > KEPT_MODELS:
        _models.popitem(last=False)
    return _models[key]


def _digest(trunk: Trunk) -> str:
    """SHA-256 of the weights, worked out anew when one was written to: it takes 6 ms."""
    values = list(trunk.state_dict().values())
    written = tuple((value.data_ptr(), value._version) for value in values)
    known = _digests.get(trunk)
    if known is None or known[0] != written:
        digest = hashlib.sha256()
        for value in values:
            digest.update(value.numpy().tobytes())
        known = _digests[trunk] = (written, digest.hexdigest())
    return known[1]


def _converted(trunk: Trunk, side: int) -> bytes:
    names = [f"block_{number}" for number in trunk.taps]
    return traced(trunk, torch.zeros(1, 3, side, side), ["images"], names, any_count=True)
