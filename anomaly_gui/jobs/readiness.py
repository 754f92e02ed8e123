"""Whether a detector can be trained on this PC."""

from __future__ import annotations

import importlib
from types import ModuleType

from anomaly_gui.detectors import registry
from anomaly_gui.errors import InputError

_DETECTORS = "anomaly_gui.detectors."
_WEIGHTS = _DETECTORS + "backbone.weights"


def what_is_missing(detector: str) -> str:
    """A sentence that says how to get it; "" if nothing is missing. The first call imports torch."""
    module = importlib.import_module(registry.entry(detector).import_path.split(":")[0])
    if _WEIGHTS not in _reached(module, set()):
        return ""
    from anomaly_gui.detectors.backbone import weights

    try:
        weights.weights()
    except InputError as error:
        return str(error)
    return ""


def _reached(module: ModuleType, seen: set[str]) -> set[str]:
    """Names of the detectors' modules that *module* takes anything from, itself too."""
    seen.add(module.__name__)
    for value in vars(module).values():
        name = value.__name__ if isinstance(value, ModuleType) else getattr(value, "__module__", None)
        if isinstance(name, str) and name.startswith(_DETECTORS) and name not in seen:
            _reached(importlib.import_module(name), seen)
    return seen
