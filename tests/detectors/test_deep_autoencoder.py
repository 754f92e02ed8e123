from __future__ import annotations

import msgspec
import pytest
import torch
from torch import nn

from anomaly_gui.detectors.deep_autoencoder import DeepAutoencoder
from anomaly_gui.detectors.settings import DeepAutoencoderSettings

Shape = tuple[int, ...]


def detector(channels: int = 3, **settings: object) -> DeepAutoencoder:
    return DeepAutoencoder(msgspec.convert(settings, DeepAutoencoderSettings), channels, seed=1)


def shapes(made: DeepAutoencoder, side: int) -> list[Shape]:
    """What each convolution gives, (channels, side, side)."""
    found: list[Shape] = []
    for layer in made.network:
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            layer.register_forward_hook(lambda _layer, _given, out: found.append(tuple(out.shape[1:])))
    made.predict(torch.rand(1, made.channels, side, side))
    return found


DOWN = [(3, 128), (32, 64), (32, 32), (32, 32), (64, 16), (64, 16), (128, 8), (64, 8), (32, 8), (500, 1)]


def test_its_layers_are_those_of_its_source() -> None:
    made = detector()
    down = [layer for layer in made.network if isinstance(layer, nn.Conv2d)]
    assert [layer.in_channels for layer in down] == [3, 3, 32, 32, 32, 64, 64, 128, 64, 32]
    assert down[-1].out_channels == 500
    assert [layer.kernel_size[0] for layer in down] == [4, 4, 4, 3, 4, 3, 4, 3, 3, 8]
    assert [layer.stride[0] for layer in down] == [2, 2, 2, 1, 2, 1, 2, 1, 1, 1]
    up = [layer for layer in made.network if isinstance(layer, nn.ConvTranspose2d)]
    for drawing, seeing in zip(up, reversed(down), strict=True):
        assert (drawing.in_channels, drawing.out_channels) == (seeing.out_channels, seeing.in_channels)
        assert (drawing.kernel_size, drawing.stride) == (seeing.kernel_size, seeing.stride)


def test_at_256_px_the_sides_fall_to_a_vector_of_500_and_rise_again() -> None:
    mirrored = [(channels, side) for channels, side in reversed(DOWN[:-1])]
    expected = [*DOWN, *mirrored, (3, 256)]
    assert shapes(detector(), 256) == [(channels, side, side) for channels, side in expected]


@pytest.mark.parametrize(("side", "left"), [(64, 2), (96, 3), (160, 5)])
def test_the_last_convolution_covers_what_is_left_of_other_sizes(side: int, left: int) -> None:
    found = shapes(detector(channels=1, input_px=side, latent_size=7), side)
    assert found[8:11] == [(32, left, left), (7, 1, 1), (32, left, left)]
    assert found[0] == (3, side // 2, side // 2)
    assert found[-1] == (1, side, side)


def test_its_batch_norms_and_activations_are_those_of_its_source() -> None:
    layers = list(detector().network)
    norms = [layer for layer in layers if isinstance(layer, nn.BatchNorm2d)]
    slopes = [layer.negative_slope for layer in layers if isinstance(layer, nn.LeakyReLU)]
    assert [(norm.momentum, norm.eps) for norm in norms] == [(0.1, 1e-6)] * 18
    assert slopes == [0.01] * 18
    assert DeepAutoencoderSettings().loss == "mse"


@pytest.mark.parametrize("side", [64, 96])
def test_a_batch_of_one_image_can_be_learnt_from(side: int) -> None:
    made = detector(channels=1, input_px=side, latent_size=7)
    made.network.train()
    value = made.training_loss(torch.rand(1, 1, side, side), lambda drawn, wanted: (drawn - wanted).square().mean())
    value.backward()
    assert all(parameter.grad is not None for parameter in made.network.parameters())


@pytest.mark.parametrize("side", [32, 80])
def test_a_size_that_does_not_halve_five_times_is_refused(side: int) -> None:
    with pytest.raises(msgspec.ValidationError, match="input_px"):
        detector(input_px=side)
