"""Fully connected autoencoder with a narrow middle: few numbers have to do for a whole image."""

from __future__ import annotations

from anomaly_gui.detectors.fully_connected import FullyConnected
from anomaly_gui.detectors.settings import LinearAutoencoderSettings

INNER = (256, 64, 8, 64, 256)
"""Units between the first and the last layer where images are 28 px on a side."""
_SIDE = 28


class LinearAutoencoder(FullyConnected):
    """784-256-64-8-64-256-784 at 28×28 grey pixels; inner layers grow in proportion to the side."""

    def __init__(self, settings: LinearAutoencoderSettings, channels: int, seed: int) -> None:
        inner = [round(units * settings.network_px / _SIDE) for units in INNER]
        super().__init__(settings, channels, seed, inner, latent=min(inner))
