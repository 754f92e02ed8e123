from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from anomaly_gui.detectors.settings import VariationalAutoencoderSettings
from anomaly_gui.detectors.similarity import error_map
from anomaly_gui.detectors.variational_autoencoder import VariationalAutoencoder
from anomaly_gui.training.losses import loss


def detector(channels: int = 1, **settings: object) -> VariationalAutoencoder:
    chosen = {"input_px": 32, "width": 4, "latent_channels": 3, **settings}
    return VariationalAutoencoder(msgspec.convert(chosen, VariationalAutoencoderSettings), channels, seed=1)


def noise(*shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).random(shape, dtype=np.float32))


def test_in_training_it_draws_from_its_distributions_and_otherwise_takes_the_mean() -> None:
    made, images = detector(), noise(2, 1, 32, 32)
    made.network.train()
    torch.manual_seed(1)
    first = made.training_loss(images, loss("mse"))
    other = made.training_loss(images, loss("mse"))
    torch.manual_seed(1)
    assert torch.equal(made.training_loss(images, loss("mse")), first)
    assert not torch.equal(first, other)
    made.network.eval()
    assert torch.equal(made.training_loss(images, loss("mse")), made.training_loss(images, loss("mse")))
    assert torch.equal(made.predict(images).anomaly_map, made.predict(images).anomaly_map)


def test_its_divergence_is_that_of_normal_distributions() -> None:
    made, images = detector(), noise(2, 1, 32, 32)
    network = made.network.eval()
    with torch.no_grad():
        _, found = network(images)
        mean, log_variance = network.down(images).chunk(2, dim=1)
    expected = kl_divergence(Normal(mean, (0.5 * log_variance).exp()), Normal(0.0, 1.0)).sum(dim=1)
    torch.testing.assert_close(found, expected / 256)


@pytest.mark.parametrize("kl_weight", [0.0, 0.5])
def test_the_map_is_the_error_and_the_weighted_divergence_of_each_place(kl_weight: float) -> None:
    made, images = detector(channels=3, kl_weight=kl_weight), noise(2, 3, 32, 32)
    seen = made.predict(images)
    assert seen.reconstruction is not None
    with torch.no_grad():
        divergence = made.network.eval()(images)[1]
    rest = seen.anomaly_map - error_map("mse", seen.reconstruction, images)
    spread = divergence.repeat_interleave(16, dim=1).repeat_interleave(16, dim=2)
    torch.testing.assert_close(rest, kl_weight * spread, atol=1e-6, rtol=1e-5)


def test_the_weight_decides_what_remembering_costs() -> None:
    images = noise(4, 1, 32, 32)
    values = []
    for kl_weight in (0.0, 1.0, 2.0):
        made = detector(kl_weight=kl_weight)
        made.network.eval()
        values.append(float(made.training_loss(images, loss("mse")).detach()))
    assert values[0] < values[1]
    assert values[2] - values[1] == pytest.approx(values[1] - values[0], rel=1e-3)


def test_what_costs_too_much_is_forgotten() -> None:
    """With a large weight the latents of all images draw together."""
    images = noise(4, 1, 1, 1) * torch.ones(4, 1, 32, 32)
    spreads = []
    for kl_weight in (0.0, 10.0):
        made = detector(kl_weight=kl_weight)
        optimiser = torch.optim.Adam(made.network.parameters(), lr=1e-2)
        made.network.train()
        torch.manual_seed(0)
        for _ in range(30):
            optimiser.zero_grad()
            made.training_loss(images, loss("mse")).backward()
            optimiser.step()
        mean = made.network.down(images).chunk(2, dim=1)[0].detach()
        spreads.append(float(mean.std(dim=0).mean()))
    assert spreads[1] < 0.3 * spreads[0]
