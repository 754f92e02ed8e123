"""What the optimiser makes small: means of the same pixel maps that detectors show."""

from __future__ import annotations

import torch
from torch import Tensor

from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.similarity import error_map, multi_scale_ssim, terms


def loss(name: str) -> LossFunction:
    """The mean over batch and pixels of similarity.error_map(name).

    Only multi-scale SSIM is averaged before its scales are multiplied, as its paper has it. Raises
    ValueError for a name that similarity.terms does not know.
    """
    parts = terms(name)

    def loss_of(reconstruction: Tensor, image: Tensor) -> Tensor:
        # Where a network computes in bfloat16, its drawing is compared in float32.
        with torch.autocast(image.device.type, enabled=False):
            return mean_error(reconstruction.float(), image)

    def mean_error(reconstruction: Tensor, image: Tensor) -> Tensor:
        total: Tensor | None = None
        for term, weight in parts:
            if term == "ms-ssim":
                value = 1 - multi_scale_ssim(reconstruction, image).mean()
            else:
                value = error_map(term, reconstruction, image).mean()
            value = value if weight == 1 else weight * value
            total = value if total is None else total + value
        assert total is not None
        return total

    return loss_of
