"""Gaussian blur as a product of matrices: the same in torch and in an exported graph."""

from __future__ import annotations

import torch
from torch import Tensor


def blur_matrix(side: int, sigma_px: float) -> Tensor:
    """(side, side): row i holds a Gaussian window around pixel i, cut at the border and made to add up to 1.

    B @ image @ B.T blurs images (..., side, side).
    """
    place = torch.arange(side, dtype=torch.float32)
    window = torch.exp(-0.5 * ((place[:, None] - place) / sigma_px).square())
    return window / window.sum(1, keepdim=True)
