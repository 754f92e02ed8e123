"""Deep convolutional autoencoder: ten convolutions down to a vector, and their mirror image up again."""

from __future__ import annotations

from itertools import pairwise

from torch import nn

from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.settings import DeepAutoencoderSettings

CHANNELS = (3, 32, 32, 32, 64, 64, 128, 64, 32)
"""What the convolutions before the last give."""
KERNELS = (4, 4, 4, 3, 4, 3, 4, 3, 3)
STRIDES = (2, 2, 2, 1, 2, 1, 2, 1, 1)
HALVINGS = STRIDES.count(2)
"""What is left, 8×8 of 256×256, the last convolution covers as a whole: its kernel is 8 there."""


class DeepAutoencoder(Redrawing):
    """Batch norm and leaky ReLU after every layer but the two that give the vector and the picture.

    Batch norm after the vector would have a single value to a channel in a batch of one image, and
    would tie what one image becomes to the others in its batch.
    """

    def __init__(self, settings: DeepAutoencoderSettings, channels: int, seed: int) -> None:
        super().__init__(
            settings, channels, seed, lambda: _network(channels, settings.latent_size, settings.input_px >> HALVINGS)
        )


def _network(channels: int, latent_size: int, left: int) -> nn.Sequential:
    """*left*: the side of what the last convolution covers."""
    down: list[nn.Module] = []
    up: list[nn.Module] = []
    for (outer, inner), kernel, stride in zip(pairwise((channels, *CHANNELS)), KERNELS, STRIDES, strict=True):
        # With this padding a stride of 1 keeps the side, and a stride of 2 halves it.
        down += [nn.Conv2d(outer, inner, kernel, stride, 1), *_normalised(inner)]
        up[:0] = [nn.ConvTranspose2d(inner, outer, kernel, stride, 1), *_normalised(outer)]
    down += [nn.Conv2d(CHANNELS[-1], latent_size, left)]
    up[:0] = [nn.ConvTranspose2d(latent_size, CHANNELS[-1], left), *_normalised(CHANNELS[-1])]
    picture = len(up) - len(_normalised(channels))
    return nn.Sequential(*down, *up[:picture])


def _normalised(channels: int) -> list[nn.Module]:
    return [nn.BatchNorm2d(channels, eps=1e-6, momentum=0.1), nn.LeakyReLU(0.01)]
