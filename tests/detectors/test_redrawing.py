from __future__ import annotations

import msgspec
import pytest
import torch
from torch import nn

from anomaly_gui.detectors.denoising import Denoising
from anomaly_gui.detectors.redrawing import Redrawing
from anomaly_gui.detectors.registry import build, entry
from anomaly_gui.detectors.settings import GradientSettings
from anomaly_gui.detectors.similarity import error_map


class Offset(nn.Module):
    """Draws the image brighter, by up to far over white."""

    def __init__(self) -> None:
        super().__init__()
        self.by = nn.Parameter(torch.rand(1) + 0.5)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return images + self.by


def detector(seed: int = 1, loss: str = "mse") -> Redrawing:
    return Redrawing(msgspec.convert({"loss": loss}, GradientSettings), 1, seed, Offset)


@pytest.mark.parametrize("loss", ["mse", "l1", "l1+ssim"])
def test_the_map_is_the_error_of_the_picture_as_it_is_shown(loss: str) -> None:
    images = torch.rand(2, 1, 32, 32)
    seen = detector(loss=loss).predict(images)
    assert seen.reconstruction is not None
    assert float(seen.reconstruction.max()) == 1
    torch.testing.assert_close(seen.anomaly_map, error_map(loss, seen.reconstruction, images))


def test_a_batch_that_leaves_the_cache_is_taken_in_parts_and_comes_back_whole() -> None:
    made, images = detector(), torch.rand(5, 1, 32, 32)
    whole = made.predict(images)
    passed: list[int] = []
    made.network.register_forward_hook(lambda _module, given, _result: passed.append(len(given[0])))
    made.pixels_at_once = 2 * 32 * 32
    parts = made.predict(images)
    assert passed == [2, 2, 1]
    assert parts.reconstruction is not None
    assert whole.reconstruction is not None
    assert torch.equal(parts.reconstruction, whole.reconstruction)
    assert torch.equal(parts.anomaly_map, whole.anomaly_map)


def test_it_learns_from_the_drawing_before_it_is_clipped() -> None:
    """Clipped, a drawing far over white would have no slope to learn by."""
    made = detector()
    made.training_loss(torch.ones(1, 1, 32, 32), lambda drawn, wanted: (drawn - wanted).mean()).backward()
    slope = next(made.network.parameters()).grad
    assert slope is not None
    assert float(slope) == pytest.approx(1)


def test_the_first_weights_follow_from_the_seed_and_torch_is_left_alone() -> None:
    before = torch.random.get_rng_state()
    first, same, other = (next(detector(seed).network.parameters()) for seed in (1, 1, 2))
    assert torch.equal(torch.random.get_rng_state(), before)
    assert torch.equal(first, same)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("name", ["conv-ae", "conv-ae-500", "vae", "gan", "linear-ae", "overcomplete-ae"])
def test_what_redraws_its_input_can_learn_to_take_noise_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shown noise while it trains, and asked for the clean image."""
    values = {"input_px": 64, "denoising_share": 1.0, "denoising_deviation": 0.2}
    made = build(name, msgspec.convert(values, entry(name).settings), 1, 0)
    assert isinstance(made, Redrawing)
    given: list[torch.Tensor] = []
    monkeypatch.setattr(Denoising, "spoil", lambda _self, batch: given.append(batch) or 0 * batch)
    targets: list[torch.Tensor] = []

    def loss(drawn: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
        targets.append(target)
        return (drawn - target).square().mean()

    made.network.train()
    made.training_loss(torch.rand(2, 1, 64, 64), loss)
    assert made.denoising == Denoising(1.0, 0.0, 0.2)
    assert torch.equal(given[0], targets[0])
