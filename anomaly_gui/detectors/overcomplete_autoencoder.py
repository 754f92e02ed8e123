"""Fully connected autoencoder without a narrow middle: its layers have more units than the image has pixels."""

from __future__ import annotations

from anomaly_gui.detectors.fully_connected import FullyConnected
from anomaly_gui.detectors.settings import OvercompleteAutoencoderSettings

LAYERS = 8
"""Of weights: seven layers of units lie between them."""


class OvercompleteAutoencoder(FullyConnected):
    """Nothing but its training keeps it from copying; it is here to compare with."""

    def __init__(self, settings: OvercompleteAutoencoderSettings, channels: int, seed: int) -> None:
        super().__init__(settings, channels, seed, [settings.units] * (LAYERS - 1))
