"""Adversarial network: a generator draws good parts until a discriminator cannot tell them from photographs.

Scored as AnoGAN does (Schlegl et al. 2017); an encoder trained beside (as in EGBAD, Zenati et al. 2018,
and f-AnoGAN, Schlegl et al. 2019) says at once what the generator has to be asked for, without a search.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from anomaly_gui.detectors.base import LossFunction
from anomaly_gui.detectors.conv_autoencoder import STAGES, deepest_width, narrowing, widening
from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.settings import AdversarialSettings
from anomaly_gui.detectors.similarity import error_map


class Adversarial(Redrawing):
    """Encoder, generator and discriminator under one optimiser.

    The discriminator lowers its answer to drawings and raises that to photographs; the generator's
    gradient from the same term is reversed, so that it raises the answer to its drawings. Spectral
    norms keep that answer's slope near 1 (Miyato et al. 2018), which makes it an estimate of the
    distance between the two kinds of image (Arjovsky et al. 2017) and keeps the two from running away.
    """

    fewest_images = 8  # Of fewer the discriminator knows every one by heart within minutes.
    network: AdversarialNetwork

    def __init__(self, settings: AdversarialSettings, channels: int, seed: int) -> None:
        sizes = settings.input_px, channels, settings.width, settings.latent_size
        super().__init__(settings, channels, seed, lambda: AdversarialNetwork(*sizes))
        self.adversarial_weight = settings.adversarial_weight
        self.feature_share = settings.feature_share

    def training_loss(self, batch: Tensor, reconstruction_loss: LossFunction) -> Tensor:
        """The value is that of the reconstruction alone, in training and validation: the two opponents'
        term says how even they are, not how good, and enters by its gradient only."""
        batch = batch.contiguous(memory_format=torch.channels_last)
        encoded = self.network.encoder(self.shown(batch))
        if not self.network.training:
            return reconstruction_loss(self.network.generator(encoded), batch)
        # The encoder's latents lie in the same cube that the free drawings are drawn from.
        free = 2 * torch.rand_like(encoded) - 1
        drawn = self.network.generator(torch.cat([encoded, free]))
        answers = self.network.answer(torch.cat([_reversed(drawn), batch]))
        contest = answers[: len(drawn)].mean() - answers[len(drawn) :].mean()
        opposed = self.adversarial_weight * contest
        return reconstruction_loss(drawn[: len(batch)], batch) + opposed - opposed.detach()

    def graph(self) -> nn.Module:
        return _WithFeatures(self.network, self.loss, self.feature_share).eval()


class AdversarialNetwork(nn.Module):
    """The three networks; latents are (N, L, 1, 1) in [-1, 1]."""

    def __init__(self, input_px: int, channels: int, width: int, latent_size: int) -> None:
        super().__init__()
        deepest, left = deepest_width(width), input_px >> STAGES
        self.encoder = nn.Sequential(*narrowing(channels, width), nn.Conv2d(deepest, latent_size, left), nn.Tanh())
        self.generator = nn.Sequential(
            nn.ConvTranspose2d(latent_size, deepest, left, bias=False),
            nn.BatchNorm2d(deepest),
            nn.ReLU(),
            *widening(width, channels),
        )
        widths = [channels, *(width << stage for stage in range(STAGES))]
        self.levels = nn.ModuleList(
            nn.Sequential(_BoundedConvolution(a, b, 4, 2, 1), nn.LeakyReLU(0.2)) for a, b in pairwise(widths)
        )
        self.last = _BoundedConvolution(deepest, 1, 1)

    def answer(self, images: Tensor) -> Tensor:
        """The discriminator's, higher for photographs, for each place of 16×16 pixels."""
        for level in self.levels:
            images = level(images)
        answer: Tensor = self.last(images)
        return answer

    def features(self, images: Tensor) -> list[Tensor]:
        """What the discriminator makes of places of 4×4 and of 8×8 pixels."""
        found = []
        for level in self.levels[:3]:
            images = level(images)
            found.append(images)
        return found[1:]


class _BoundedConvolution(nn.Conv2d):
    """A convolution whose weights, as a matrix (out, in · kernel), have a spectral norm of about 1.

    One power iteration a training step, as Miyato et al. 2018 have it; torch's own cannot be exported.
    """

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, padding: int = 0) -> None:
        super().__init__(channels, out, kernel, stride, padding)
        self.register_buffer("direction", F.normalize(torch.randn(out), dim=0))

    direction: Tensor

    def forward(self, input: Tensor) -> Tensor:
        matrix = self.weight.flatten(1)
        if self.training:
            with torch.no_grad():
                self.direction = F.normalize(matrix @ (matrix.T @ self.direction), dim=0)
        norm = (matrix.T @ self.direction).square().sum().sqrt()
        out: Tensor = self._conv_forward(input, self.weight / norm, self.bias)
        return out


class _WithFeatures(nn.Module):
    """(N, C, S, S) in [0, 1] → the reconstruction, and (1 − λ) · error + λ · difference of features."""

    def __init__(self, network: AdversarialNetwork, loss: str, feature_share: float) -> None:
        super().__init__()
        self.network = network
        self._loss = loss
        self._share = feature_share

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        drawn = self.network.generator(self.network.encoder(images)).clamp(0, 1)
        pairs = zip(self.network.features(images), self.network.features(drawn), strict=True)
        differences = [
            F.interpolate((a - b).abs().mean(dim=1, keepdim=True), size=images.shape[2:], mode="bilinear")[:, 0]
            for a, b in pairs
        ]
        difference = sum(differences[1:], differences[0]) / len(differences)
        return drawn, (1 - self._share) * error_map(self._loss, drawn, images) + self._share * difference


def _reversed(images: Tensor) -> Tensor:
    """The same values, exactly, with the opposite gradient."""
    return 2 * images.detach() - images
