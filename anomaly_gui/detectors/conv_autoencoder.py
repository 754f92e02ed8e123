"""Convolutional autoencoder: squeezes an image through few numbers and draws it again."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.settings import ConvAutoencoderSettings

STAGES = 4
"""Halvings of the image's side: DetectorSettings.input_px is a multiple of 2 ** STAGES."""
CACHED_VALUES = 1 << 23
"""Pixels times channels that go through the first convolution together: 4 images of 256 px at 32 channels took
17.5 ms each on one core, 16 of them 24.0."""


class ConvAutoencoder(Redrawing):
    """Strided convolutions down, transposed ones up, no way round the bottleneck."""

    def __init__(self, settings: ConvAutoencoderSettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels, seed, lambda: _network(channels, settings.width, settings.latent_channels))
        self.pixels_at_once = CACHED_VALUES // settings.width


def deepest_width(width: int) -> int:
    """Channels after the last halving."""
    return width << (STAGES - 1)


def narrowing(channels: int, width: int) -> list[nn.Module]:
    """Layers (N, channels, H, W) → (N, deepest_width, H/16, W/16)."""
    widths = [channels, *(width << stage for stage in range(STAGES))]
    layers: list[nn.Module] = []
    for narrow, wide in pairwise(widths):
        layers += [
            nn.Conv2d(narrow, wide, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(wide),
            nn.ReLU(),
        ]
    return layers


def widening(width: int, channels: int) -> list[nn.Module]:
    """Layers (N, deepest_width, H/16, W/16) → (N, channels, H, W), unbounded.

    A kernel of twice the stride covers every pixel equally often: no checkerboard.
    """
    layers: list[nn.Module] = []
    for wide, narrow in pairwise(width << stage for stage in reversed(range(STAGES))):
        layers += [
            nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False),
            nn.BatchNorm2d(narrow),
            nn.ReLU(),
        ]
    return [*layers, nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1)]


def _network(channels: int, width: int, latent_channels: int) -> nn.Sequential:
    """The layers; output unbounded, (N, channels, H, W) for H and W multiples of 16."""
    deepest = deepest_width(width)
    return nn.Sequential(
        *narrowing(channels, width),
        nn.Conv2d(deepest, latent_channels, 1),
        nn.Conv2d(latent_channels, deepest, 1, bias=False),
        nn.BatchNorm2d(deepest),
        nn.ReLU(),
        *widening(width, channels),
    )
