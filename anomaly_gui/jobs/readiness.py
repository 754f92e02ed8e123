"""Whether a detector can be trained on this PC."""

from __future__ import annotations

from anomaly_gui.detectors import registry
from anomaly_gui.errors import InputError


def what_is_missing(detector: str) -> str:
    """A sentence that says how to get it; "" if nothing is missing. The first call may import torch.

    Raises InputError for a detector that is not there.
    """
    if not registry.entry(detector).needs_backbone:
        return ""
    from anomaly_gui.detectors.backbone import weights

    try:
        weights.weights()
    except InputError as error:
        return str(error)
    return ""
