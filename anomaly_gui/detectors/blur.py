"""Gaussian blur as a product of matrices: the same in torch and in an exported graph."""

from __future__ import annotations

import torch
from torch import Tensor

_LEAST = 1e-9
"""Of a window's middle."""


def blur_matrix(side: int, sigma_px: float) -> Tensor:
    """(side, side): row i holds a Gaussian window around pixel i, cut at the border and made to add up to 1.

    B @ image @ B.T blurs images (..., side, side).
    """
    place = torch.arange(side, dtype=torch.float32)
    window = torch.exp(-0.5 * ((place[:, None] - place) / sigma_px).square())
    # Farther out come numbers that are too small for float32 to be quick with: products took ten times as long.
    window[window < _LEAST] = 0
    return window / window.sum(1, keepdim=True)
