"""Denoising training (Vincent 2008): the network is shown noisy images and has to draw the clean ones."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from anomaly_gui.detectors.settings import ReconstructionSettings


@dataclass(frozen=True)
class Denoising:
    """Gaussian noise on a share of the images; without arguments none."""

    share: float = 0.0
    mean: float = 0.0
    deviation: float = 0.0

    @classmethod
    def of(cls, settings: ReconstructionSettings) -> Denoising:
        return cls(settings.denoising_share, settings.denoising_mean, settings.denoising_deviation)

    def spoil(self, batch: Tensor) -> Tensor:
        """Images (N, C, H, W) in [0, 1] with noise, still in [0, 1], drawn from torch's generator."""
        if not self.share:
            return batch
        chosen = torch.rand(len(batch), 1, 1, 1, device=batch.device) < self.share
        noisy = batch + self.mean + self.deviation * torch.randn_like(batch)
        return torch.where(chosen, noisy.clamp(0, 1), batch)
