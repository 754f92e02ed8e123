"""Restores good images: a network from scratch that may not copy a defect, and marks what it had to take out.

It sees the high frequencies of an image that carries artificial defects, and draws the image without
them (the line of EdgRec and FAIR); a second output marks what was planted (DRAEM).
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.planting import plant_defects, segmentation_loss
from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.settings.defects import RestoreSettings

_WIDENING = (1, 2, 4, 6, 6)
"""Channels of the levels, in widths."""
_PICTURE_WEIGHT = 2.0
_COARSE_SHARE, _FINE_PX = 1 / 16, 1.5
"""Standard deviations of the two blurs taken off: a share of the side, and pixels."""


class Restore(Redrawing):
    """U-Net with skips; the map is the logit of its mark."""

    def __init__(self, settings: RestoreSettings, channels: int, seed: int) -> None:
        only_high = settings.sees == "high frequencies"
        super().__init__(settings, channels, seed, lambda: Restorer(self.input_px, channels, settings.width, only_high))

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        spoilt, clean, mask = plant_defects(batch)
        seen = spoilt.contiguous(memory_format=torch.channels_last)
        restored, logits = (drawn.float() for drawn in self.network(seen))
        return segmentation_loss(logits, mask) + _PICTURE_WEIGHT * reconstruction_loss(restored, clean)

    def graph(self) -> nn.Module:
        return Clipped(self.network).eval()


class Clipped(nn.Module):
    """The network with its picture in [0, 1]."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        restored, logits = self.network(images)
        return restored.clamp(0, 1), logits


class Restorer(nn.Module):
    """(N, C, S, S) in [0, 1] → restored (N, C, S, S) and logits (N, S, S); S is a multiple of 32."""

    def __init__(self, input_px: int, channels: int, width: int, only_high: bool) -> None:
        super().__init__()
        self.only_high = only_high
        self.register_buffer("coarse", _blur_matrix(input_px, input_px * _COARSE_SHARE), persistent=False)
        self.register_buffer("fine", _blur_matrix(input_px, _FINE_PX), persistent=False)
        self.channels = channels
        widths = [width * factor for factor in _WIDENING]
        first = nn.Conv2d(2 * channels, width, 5, 2, 2, bias=False)
        self.enter = nn.Sequential(first, nn.BatchNorm2d(width), nn.ReLU(), *_block(width, width))
        self.down = nn.ModuleList(nn.Sequential(*_block(a, b, 2), *_block(b, b)) for a, b in pairwise(widths))
        self.up = nn.ModuleList(nn.Sequential(*_block(a + b, b), *_block(b, b)) for a, b in pairwise(reversed(widths)))
        self.leave = nn.Sequential(nn.Conv2d(width, 4 * (channels + 1), 1), nn.PixelShuffle(2))

    coarse: Tensor
    fine: Tensor

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        x = self.enter(self._seen(images))
        skipped = []
        for down in self.down:
            skipped.append(x)
            x = down(x)
        for up in self.up:
            side = skipped.pop()
            x = up(torch.cat([F.interpolate(x, scale_factor=2.0, mode="nearest"), side], 1))
        left = self.leave(x)
        return left[:, : self.channels], left[:, self.channels]

    def _seen(self, images: Tensor) -> Tensor:
        """Two views: the image without its slow changes (or just shifted), and its finest detail alone."""
        # Small differences of large numbers: bfloat16 would leave little of them.
        with torch.autocast(images.device.type, enabled=False):
            return self._differences(images)

    def _differences(self, images: Tensor) -> Tensor:
        fine = images - self.fine @ images @ self.fine.T
        broad = 4 * (images - self.coarse @ images @ self.coarse.T) if self.only_high else 4 * images - 2
        return torch.cat([broad, 8 * fine], 1)


def _block(narrow: int, wide: int, stride: int = 1) -> list[nn.Module]:
    return [nn.Conv2d(narrow, wide, 3, stride, 1, bias=False), nn.BatchNorm2d(wide), nn.ReLU()]


def _blur_matrix(side: int, sigma_px: float) -> Tensor:
    """(side, side): row i holds a Gaussian window around pixel i, cut at the border and made to add up to 1."""
    place = torch.arange(side, dtype=torch.float32)
    window = torch.exp(-0.5 * ((place[:, None] - place) / sigma_px).square())
    return window / window.sum(1, keepdim=True)
