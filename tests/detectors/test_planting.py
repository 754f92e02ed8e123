from __future__ import annotations

import pytest
import torch

from anomaly_gui.detectors.planting import PLANTED_SHARE, plant_defects, segmentation_loss


def parts(count: int, channels: int = 1) -> torch.Tensor:
    """Good parts that are brighter to the right."""
    ramp = torch.linspace(0.2, 0.6, 32).expand(count, channels, 32, 32)
    return ramp.clone()


@pytest.mark.parametrize("channels", [1, 3])
def test_spoilt_and_clean_differ_mostly_where_the_mask_says(channels: int) -> None:
    torch.manual_seed(1)
    spoilt, clean, mask = plant_defects(parts(40, channels))
    assert spoilt.shape == clean.shape == (40, channels, 32, 32)
    assert mask.shape == (40, 32, 32)
    change = (spoilt - clean).abs().mean(1)
    assert change[mask > 0].mean() > 8 * change[mask == 0].mean()
    assert spoilt.dtype == clean.dtype == mask.dtype == torch.float32


def test_a_share_of_the_images_stays_good() -> None:
    torch.manual_seed(2)
    spoilt, clean, mask = plant_defects(parts(200))
    planted = mask.flatten(1).amax(1) > 0
    assert planted.float().mean().item() == pytest.approx(PLANTED_SHARE, abs=0.1)
    assert torch.equal(spoilt[~planted], clean[~planted])


def test_a_share_of_what_is_planted_are_wide_areas() -> None:
    covered = []
    for area_share in (0.0, 0.5, 1.0):
        torch.manual_seed(2)
        _, _, mask = plant_defects(torch.rand(60, 1, 32, 32), area_share)
        covered.append(mask.mean().item())
    assert covered == sorted(covered)
    assert covered[2] > 1.5 * covered[0]


def test_what_is_drawn_follows_from_torch_s_seed() -> None:
    made = []
    for seed in (3, 3, 4):
        torch.manual_seed(seed)
        made.append(plant_defects(parts(4))[0])
    assert torch.equal(made[0], made[1])
    assert not torch.equal(made[0], made[2])


def test_the_loss_falls_as_logits_come_nearer_to_the_mask() -> None:
    mask = torch.zeros(2, 16, 16)
    mask[0, 4:6, 4:6] = 1
    right = 20 * mask - 10
    losses = [float(segmentation_loss(strength * right, mask)) for strength in (-1, 0, 0.2, 1)]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.01
