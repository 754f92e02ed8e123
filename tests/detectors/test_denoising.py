from __future__ import annotations

import pytest
import torch

from anomaly_gui.detectors.denoising import Denoising
from anomaly_gui.detectors.settings import ReconstructionSettings

GREY = torch.full((400, 1, 16, 16), 0.5)


def test_without_a_share_nothing_is_changed() -> None:
    assert Denoising.of(ReconstructionSettings()).spoil(GREY) is GREY


def test_the_share_the_mean_and_the_deviation_are_those_asked_for() -> None:
    torch.manual_seed(0)
    settings = ReconstructionSettings(denoising_share=0.3, denoising_mean=0.1, denoising_deviation=0.05)
    noise = Denoising.of(settings).spoil(GREY) - GREY
    chosen = noise.abs().amax((1, 2, 3)) > 0
    assert float(chosen.float().mean()) == pytest.approx(0.3, abs=0.06)
    assert float(noise[chosen].mean()) == pytest.approx(0.1, abs=0.002)
    assert float(noise[chosen].std()) == pytest.approx(0.05, rel=0.02)


def test_noisy_images_stay_in_range() -> None:
    torch.manual_seed(0)
    noisy = Denoising(share=1, deviation=1).spoil(GREY)
    assert (float(noisy.min()), float(noisy.max())) == (0, 1)


def test_the_noise_follows_from_the_seed_alone() -> None:
    noise = Denoising(share=0.5, deviation=0.1)
    torch.manual_seed(3)
    first, other = noise.spoil(GREY), noise.spoil(GREY)
    torch.manual_seed(3)
    assert torch.equal(noise.spoil(GREY), first)
    assert not torch.equal(other, first)
