from __future__ import annotations

import msgspec
import pytest
from torch import nn

from anomaly_gui.detectors.linear_autoencoder import LinearAutoencoder
from anomaly_gui.detectors.settings import LinearAutoencoderSettings


def detector(channels: int = 1, **settings: object) -> LinearAutoencoder:
    return LinearAutoencoder(msgspec.convert({"input_px": 32, **settings}, LinearAutoencoderSettings), channels, seed=1)


def test_at_28_px_it_has_the_layers_and_parameters_of_its_source() -> None:
    network = detector(network_px=28).network
    layers = [layer for layer in network.layers if isinstance(layer, nn.Linear)]
    assert [layer.in_features for layer in layers] == [784, 256, 64, 8, 64, 256]
    assert layers[-1].out_features == 784
    assert sum(value.numel() for value in network.parameters()) == 436_632


@pytest.mark.parametrize(("side", "narrowest"), [(56, 16), (64, 18), (16, 5)])
def test_its_inner_layers_grow_with_the_side(side: int, narrowest: int) -> None:
    network = detector(network_px=side, channels=3).network
    units = [layer.in_features for layer in network.layers if isinstance(layer, nn.Linear)]
    assert units[0] == 3 * side * side
    assert min(units) == narrowest
    assert units[1] == round(256 * side / 28)


def test_its_few_latent_units_cannot_go_out() -> None:
    """Behind a ReLU they would all give 0 for large negative sums, and have no slope to come back by."""
    layers = list(detector(network_px=28).network.layers)
    place = next(i for i, layer in enumerate(layers) if isinstance(layer, nn.Linear) and layer.out_features == 8)
    assert isinstance(layers[place + 1], nn.Linear)
    assert sum(isinstance(layer, nn.ReLU) for layer in layers) == 4
    assert isinstance(layers[-1], nn.Sigmoid)
