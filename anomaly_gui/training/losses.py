"""What the optimiser makes small: means of the same pixel maps that detectors show."""

from __future__ import annotations

from torch import Tensor

from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.similarity import error_map


def loss(name: str) -> LossFunction:
    """The mean over batch and pixels of similarity.error_map(name): "mse", "ssim" or "mse+ssim".

    Raises ValueError for another name, at the first batch.
    """

    def mean_error(reconstruction: Tensor, image: Tensor) -> Tensor:
        return error_map(name, reconstruction, image).mean()

    return mean_error
