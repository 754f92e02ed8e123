"""A network simple enough to know its map by heart."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Inverting(nn.Module):
    """Redraws an image as its negative; the error map is the squared difference."""

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        negative = (1 - image).clamp(0, 1)
        return negative, ((image - negative) ** 2).mean(dim=1)


class Breaking(nn.Module):
    """Divides by zero where an image is black."""

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        return image, torch.log(image).mean(dim=1)
