"""Autoencoder over features of the backbone: what it cannot say again about a patch is unusual.

In the line of DFR (Yang 2020): the error is measured between features, not between pixels, so that
it does not depend on how well fine texture can be drawn.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.backbone.network import stride_of
from anomaly_gui.detectors.backbone.trunks import AnyTrunk, make_trunk
from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.frozen_backbone import FrozenBackboneDetector, TrunkAndHead
from anomaly_gui.detectors.settings import GradientSettings
from anomaly_gui.detectors.settings.defects import FeatureAutoencoderSettings

TAPS = (4, 10, 14)
"""Blocks of the backbone with cells of 8, 16 and 32 px."""
CELL_PX = stride_of(TAPS[1])
"""Side of a cell of the map."""
_PICTURE_PX = 2
"""Side of a cell of the picture."""
_PICTURE_WEIGHT = 2.0


class FeatureAutoencoder(FrozenBackboneDetector):
    """The map is the squared error of the redrawn features; a light decoder draws a picture of them."""

    model: FeatureModel

    def make_model(self, settings: GradientSettings) -> FeatureModel:
        assert isinstance(settings, FeatureAutoencoderSettings)
        trunk = make_trunk(settings, TAPS, self.input_px)
        return FeatureModel(trunk, self.input_px, self.channels, settings.width, settings.latent_channels)

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        known, redrawn, picture = self.model.head(self.tapped(batch))
        wanted = F.adaptive_avg_pool2d(batch, tuple(picture.shape[-2:]))
        # Statistics that standardise the features would follow the gradient to make them all alike.
        return F.mse_loss(redrawn, known.detach()) + _PICTURE_WEIGHT * reconstruction_loss(picture, wanted)


class FeatureModel(TrunkAndHead):
    def __init__(self, trunk: AnyTrunk, input_px: int, channels: int, width: int, latent_channels: int) -> None:
        super().__init__()
        self.input_px = input_px
        self.trunk = trunk
        self.head = FeatureHead(trunk.channels, channels, width, latent_channels)

    def judge(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor]:
        known, redrawn, picture = self.head(tapped)
        size = (self.input_px, self.input_px)
        error = (redrawn - known).square().mean(1, keepdim=True)
        spread = F.interpolate(error, size, mode="bilinear", align_corners=False)[:, 0]
        return F.interpolate(picture, size, mode="bilinear", align_corners=False).clamp(0, 1), spread


class FeatureHead(nn.Module):
    """The backbone's blocks TAPS → features (N, C, s, s), the same redrawn, and a picture (N, channels, 8s, 8s).

    s is the side over CELL_PX, rounded up; features are standardised, channel by channel.
    """

    def __init__(self, known: Sequence[int], channels: int, width: int, latent_channels: int) -> None:
        """*known*: channels of each of the blocks."""
        super().__init__()
        count = sum(known)
        # One for each tap: the exporter does not know how many channels they have together.
        self.standardise = nn.ModuleList(nn.BatchNorm2d(one, affine=False) for one in known)
        self.encode = nn.Sequential(
            *_layer(nn.Conv2d(count, 2 * width, 1, bias=False)),
            *_layer(nn.Conv2d(2 * width, width, 3, padding=1, bias=False)),
            nn.Conv2d(width, latent_channels, 1),
        )
        self.decode = nn.Sequential(
            *_layer(nn.Conv2d(latent_channels, width, 3, padding=1, bias=False)),
            *_layer(nn.Conv2d(width, 2 * width, 1, bias=False)),
            nn.Conv2d(2 * width, count, 1),
        )
        across = CELL_PX // _PICTURE_PX
        self.draw = nn.Sequential(
            *_layer(nn.Conv2d(count, 2 * width, 3, padding=1, bias=False)),
            nn.Conv2d(2 * width, channels * across**2, 3, padding=1),
            nn.PixelShuffle(across),
        )

    def forward(self, tapped: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
        known = _on_middle_grid(*(norm(tap) for norm, tap in zip(self.standardise, tapped, strict=True)))
        redrawn = self.decode(self.encode(known))
        # The picture says what the features say; it may not change them.
        return known, redrawn, self.draw(redrawn.detach())


def _on_middle_grid(fine: Tensor, middle: Tensor, coarse: Tensor) -> Tensor:
    """Finer taps by their means, coarser ones linear between cells."""
    size = middle.shape[-2:]
    pooled = F.avg_pool2d(fine, 2)  # The input's side is a multiple of 16, so this fits.
    grown = F.interpolate(coarse, size, mode="bilinear", align_corners=False)
    return torch.cat([pooled, middle, grown], 1)


def _layer(convolution: nn.Conv2d) -> tuple[nn.Module, ...]:
    return convolution, nn.BatchNorm2d(convolution.out_channels), nn.ReLU()
