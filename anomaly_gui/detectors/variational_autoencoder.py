"""Variational autoencoder: what it remembers of an image has to look like plain noise.

Kingma and Welling, "Auto-Encoding Variational Bayes", 2013.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.conv_autoencoder import CACHED_VALUES, STAGES, deepest_width, narrowing, widening
from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.settings import VariationalAutoencoderSettings
from anomaly_gui.detectors.similarity import error_map

PLACE_PX = 1 << STAGES
"""Side of the square of pixels that one place of the latent stands for."""
_LOG_VARIANCE_LIMIT = 10.0


class VariationalAutoencoder(Redrawing):
    """Each place of 16×16 pixels becomes normal distributions; drawn from in training, their mean otherwise.

    The loss is the mean over all pixels of error + weight · KL, a pixel's share of its place's KL
    divergence from N(0, 1). The map is that sum, pixel by pixel: what is drawn badly stands out, and
    so does what could only be drawn by a latent that no good part has.
    """

    network: VariationalNetwork

    def __init__(self, settings: VariationalAutoencoderSettings, channels: int, seed: int) -> None:
        sizes = channels, settings.width, settings.latent_channels
        super().__init__(settings, channels, seed, lambda: VariationalNetwork(*sizes))
        self.kl_weight: float = settings.kl_weight
        self.pixels_at_once = CACHED_VALUES // settings.width

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        batch = batch.contiguous(memory_format=torch.channels_last)
        drawn, divergence = self.network(self.shown(batch))
        loss: Tensor = reconstruction_loss(drawn, batch) + self.kl_weight * divergence.mean()
        return loss

    def graph(self) -> nn.Module:
        return _WithDivergence(self.network, self.loss, self.kl_weight).eval()


class VariationalNetwork(nn.Module):
    """(N, C, S, S) → the drawing, unbounded, and the KL divergence in nats per pixel, (N, S/16, S/16)."""

    def __init__(self, channels: int, width: int, latent_channels: int) -> None:
        super().__init__()
        deepest = deepest_width(width)
        self.down = nn.Sequential(*narrowing(channels, width), nn.Conv2d(deepest, 2 * latent_channels, 1))
        self.up = nn.Sequential(
            nn.Conv2d(latent_channels, deepest, 1, bias=False),
            nn.BatchNorm2d(deepest),
            nn.ReLU(),
            *widening(width, channels),
        )

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        mean, log_variance = self.down(images).chunk(2, dim=1)
        # Beyond, exp() runs towards infinity early in training.
        log_variance = log_variance.clamp(-_LOG_VARIANCE_LIMIT, _LOG_VARIANCE_LIMIT)
        # Appendix B of the paper, negated.
        divergence = 0.5 * (mean.square() + log_variance.exp() - log_variance - 1).sum(dim=1)
        latent = mean
        if self.training:
            latent = mean + (0.5 * log_variance).exp() * torch.randn_like(mean)
        return self.up(latent), divergence / PLACE_PX**2


class _WithDivergence(nn.Module):
    """(N, C, S, S) in [0, 1] → the reconstruction, clipped to [0, 1], and error + weight · KL."""

    def __init__(self, network: VariationalNetwork, loss: str, kl_weight: float) -> None:
        super().__init__()
        self.network = network
        self._loss = loss
        self._kl_weight = kl_weight

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        drawn, divergence = self.network(images)
        drawn = drawn.clamp(0, 1)
        spread = F.interpolate(divergence[:, None], scale_factor=float(PLACE_PX), mode="nearest")[:, 0]
        return drawn, error_map(self._loss, drawn, images) + self._kl_weight * spread
