from __future__ import annotations

import msgspec
from torch import nn

from anomaly_gui.detectors.overcomplete_autoencoder import OvercompleteAutoencoder
from anomaly_gui.detectors.settings import OvercompleteAutoencoderSettings


def test_at_28_px_it_has_the_layers_and_parameters_of_its_source() -> None:
    network = OvercompleteAutoencoder(OvercompleteAutoencoderSettings(), 1, seed=1).network
    layers = [layer for layer in network.layers if isinstance(layer, nn.Linear)]
    assert [layer.out_features for layer in layers] == [1000] * 7 + [784]
    assert layers[0].in_features == 784
    assert sum(value.numel() for value in network.parameters()) == 7_575_784


def test_its_units_are_a_setting() -> None:
    settings = msgspec.convert({"units": 20, "network_px": 16}, OvercompleteAutoencoderSettings)
    network = OvercompleteAutoencoder(settings, 3, seed=1).network
    units = [layer.out_features for layer in network.layers if isinstance(layer, nn.Linear)]
    assert units == [20] * 7 + [3 * 16 * 16]
