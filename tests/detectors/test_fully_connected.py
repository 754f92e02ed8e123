from __future__ import annotations

import msgspec
import numpy as np
import pytest
import torch

from anomaly_gui.detectors.fully_connected import FullyConnected
from anomaly_gui.detectors.settings import FullyConnectedSettings
from anomaly_gui.detectors.similarity import error_map
from anomaly_gui.imaging.resize import resize


def detector(channels: int = 1, inner: tuple[int, ...] = (30, 10, 30), **settings: object) -> FullyConnected:
    chosen = msgspec.convert({"input_px": 48, "network_px": 16, **settings}, FullyConnectedSettings)
    return FullyConnected(chosen, channels, seed=1, inner=inner)


def noise(*shape: int) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).random(shape, dtype=np.float32))


def test_it_shrinks_as_the_import_of_images_does() -> None:
    images = noise(2, 3, 48, 48)
    small = detector(channels=3).network.shrink(images)
    expected = resize(np.ascontiguousarray(images[1].permute(1, 2, 0)), 16, 16)
    np.testing.assert_allclose(small[1].permute(1, 2, 0), expected, atol=1e-6)


@pytest.mark.parametrize("loss", ["mse", "l1+ssim"])
def test_the_map_is_the_error_at_the_size_it_draws(loss: str) -> None:
    made, images = detector(channels=3, loss=loss), noise(2, 3, 48, 48)
    with torch.no_grad():
        small = made.network.shrink(images)
        expected = made.network.enlarge(error_map(loss, made.network(small), small))
    torch.testing.assert_close(made.predict(images).anomaly_map, expected)


def test_detail_too_fine_for_its_size_is_no_error() -> None:
    """A chequerboard becomes even grey: neither drawn nor missed."""
    even = torch.full((1, 1, 48, 48), 0.5)
    rows, columns = torch.meshgrid(torch.arange(48), torch.arange(48), indexing="ij")
    chequered = even + 0.3 * ((rows + columns) % 2 * 2 - 1)
    made = detector()
    seen = made.predict(chequered).anomaly_map - made.predict(even).anomaly_map
    assert float(seen.abs()[:, 3:-3, 3:-3].max()) < 0.02


def test_a_signal_passes_all_eight_layers_before_it_has_learnt() -> None:
    made = detector(inner=(300,) * 7)
    drawn = made.network(made.network.shrink(noise(8, 1, 48, 48)))
    assert float(drawn.detach().std(dim=0).mean()) > 5e-4


def test_it_starts_from_nearly_even_grey() -> None:
    made = detector(inner=(300,) * 7)
    drawn = made.network(made.network.shrink(noise(8, 1, 48, 48))).detach()
    assert float((drawn - 0.5).abs().max()) < 0.15


def test_it_learns_to_redraw_good_parts_alone() -> None:
    bars = torch.zeros(8, 1, 48, 48)
    for number in range(8):
        bars[number, :, :, 5 * number + 3 : 5 * number + 9] = 0.8
    made = detector(inner=(60, 8, 60))
    optimiser = torch.optim.Adam(made.network.parameters(), lr=5e-3)
    made.network.train()
    for _ in range(300):
        optimiser.zero_grad()
        made.training_loss(bars, lambda drawn, wanted: (drawn - wanted).square().mean()).backward()
        optimiser.step()
    clean = made.predict(bars).anomaly_map
    assert float(clean.mean()) < 5e-3
    damaged = bars[:1].clone()
    damaged[:, :, 20:29, 30:39] = 0.8
    assert float(made.predict(damaged).anomaly_map[0, 20:29, 30:39].mean()) > 0.1
