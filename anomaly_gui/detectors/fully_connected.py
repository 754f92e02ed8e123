"""What the two fully connected autoencoders have in common."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor, nn

from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.settings import FullyConnectedSettings
from anomaly_gui.detectors.similarity import error_map
from anomaly_gui.imaging.resize import resize_weights

_FIRST_CONTRAST = 0.1
"""Learning starts from nearly even grey: unlearning a drawing of strong noise would take hundreds of steps."""


class FullyConnected(Redrawing):
    """Learns to draw the image at a small size.

    Drawing and image are compared there too, and the map is enlarged: what the small size cannot hold,
    such as fine texture, is then no error.
    """

    network: FullyConnectedNetwork

    def __init__(
        self,
        settings: FullyConnectedSettings,
        channels: int,
        seed: int,
        inner: Sequence[int],
        latent: int | None = None,
    ) -> None:
        """*inner*: units of the layers between the first and the last; *latent*: those of the narrowest, if one is."""
        sides = settings.input_px, settings.network_px
        super().__init__(settings, channels, seed, lambda: FullyConnectedNetwork(*sides, channels, inner, latent))

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        small = self.network.shrink(batch)
        return reconstruction_loss(self.network(self.shown(small)), small)

    def graph(self) -> nn.Module:
        return _Enlarging(self.network, self.loss).eval()


class FullyConnectedNetwork(nn.Module):
    """(N, C, s, s) in [0, 1] → the same in (0, 1): ReLU between the layers, a sigmoid at the end.

    A layer of *latent* units has no ReLU. With one, learning from some seeds puts all of so few units
    out in the first steps, for good, and every image is drawn as the average one.
    """

    def __init__(self, input_px: int, side: int, channels: int, inner: Sequence[int], latent: int | None) -> None:
        super().__init__()
        self.shape = (channels, side, side)
        self.register_buffer("down", torch.tensor(resize_weights(input_px, side)), persistent=False)
        self.register_buffer("up", torch.tensor(resize_weights(side, input_px)), persistent=False)
        ends = math.prod(self.shape)
        layers = [nn.Linear(units_in, units_out) for units_in, units_out in pairwise([ends, *inner, ends])]
        for layer in layers:
            # Torch's own first weights halve the signal layer by layer: eight layers would draw nothing.
            nn.init.kaiming_normal_(layer.weight, nonlinearity="relu")
            nn.init.zeros_(layer.bias)
        with torch.no_grad():
            layers[-1].weight *= _FIRST_CONTRAST
        modules: list[nn.Module] = []
        for layer, units_out in zip(layers, inner, strict=False):
            modules += [layer] if units_out == latent else [layer, nn.ReLU()]
        self.layers = nn.Sequential(*modules, layers[-1], nn.Sigmoid())

    down: Tensor
    up: Tensor

    def shrink(self, images: Tensor) -> Tensor:
        """(N, C, S, S) → (N, C, s, s), antialiased as in imaging/resize.py."""
        return self.down @ images.contiguous() @ self.down.T

    def enlarge(self, images: Tensor) -> Tensor:
        """(…, s, s) → (…, S, S), bilinear."""
        return self.up @ images @ self.up.T

    def forward(self, images: Tensor) -> Tensor:
        drawn: Tensor = self.layers(images.flatten(1))
        return drawn.reshape(-1, *self.shape)


class _Enlarging(nn.Module):
    """(N, C, S, S) in [0, 1] → the drawing and its error map, both enlarged to S."""

    def __init__(self, network: FullyConnectedNetwork, loss: str) -> None:
        super().__init__()
        self.network = network
        self._loss = loss

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        small = self.network.shrink(images)
        drawn = self.network(small)
        enlarge = self.network.enlarge
        return enlarge(drawn).clamp(0, 1), enlarge(error_map(self._loss, drawn, small))
