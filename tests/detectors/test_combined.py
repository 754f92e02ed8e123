from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.combined import Combined
from anomaly_gui.detectors.patch_memory import PatchMemory
from anomaly_gui.detectors.settings.defects import CombinedSettings
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop


def fitted(folder: Path, **settings: object) -> Combined:
    made = Combined(CombinedSettings(input_px=128, memory=40, **settings), 1, seed=1)  # type: ignore[arg-type]
    fit_on(made, np.random.default_rng(0).normal(0.5, 0.05, (14, 1, 128, 128)).astype(np.float32), 8, folder)
    return made


def fit_on(made: Combined, pixels: np.ndarray, training: int, folder: Path) -> None:
    made.fit(
        FitContext(
            training=CachedBatches(pixels[:training], 4, seed=1),
            validation=CachedBatches(pixels[training:], 4, seed=1),
            preview=None,
            preview_ids=(),
            seed=1,
            checkpoint=folder / "checkpoint.safetensors",
            emit=ignore_events,
            cancel=CancelToken(),
            gradient_loop=gradient_loop,
        )
    )


def test_members_look_at_several_sizes_of_the_image_and_none_enlarges_it() -> None:
    joined = Combined(CombinedSettings(input_px=512, defect_steps=5), 1, 0)
    assert [member.input_px for member in joined.members] == [64, 96, 256, 256, 512]
    assert joined.finder is not None
    assert joined.finder.input_px == 128
    small = Combined(CombinedSettings(input_px=128, defect_steps=0), 1, 0)
    assert [member.input_px for member in small.members] == [64, 96, 128, 128, 128]


def test_lighting_that_no_patch_shows_is_seen_by_the_look_at_the_whole(tmp_path: Path) -> None:
    made = fitted(tmp_path, defect_steps=0)
    good = torch.from_numpy(np.random.default_rng(1).normal(0.5, 0.05, (6, 1, 128, 128)).astype(np.float32))
    uneven = (good + torch.linspace(-0.04, 0.04, 128)).clamp(0, 1)
    ordinary = made.agreement.whole(good)
    assert (made.agreement.whole(uneven) > ordinary.amax(0)).all()
    assert (made.anomaly_map(uneven).flatten(1).amax(1) > made.anomaly_map(good).max() + 2).all()


def test_a_hole_stands_out_above_what_good_images_reach(tmp_path: Path) -> None:
    made = fitted(tmp_path, defect_steps=0)
    good = torch.from_numpy(np.random.default_rng(1).normal(0.5, 0.05, (6, 1, 128, 128)).astype(np.float32))
    bad = good.clone()
    bad[:, :, 40:70, 40:70] = 0
    peaks = made.predict(good).anomaly_map.flatten(1).amax(1)
    seen = made.predict(bad).anomaly_map
    assert (seen.flatten(1).amax(1) > peaks + 2).all()


def test_one_backbone_is_kept_for_all_members(tmp_path: Path) -> None:
    made = fitted(tmp_path, defect_steps=0)
    assert sum(name.endswith("trunk.stem.weight") for name in made.state()) == 1


def test_maps_of_few_cells_are_expected_to_vary_most() -> None:
    made = Combined(CombinedSettings(input_px=768, defect_steps=0), 1, 0)
    alike = torch.full((2, len(made.agreement.centre)), 50.0)
    made.agreement.measure(alike)
    of_maps = 2 * len(made.members)
    shares = (made.agreement.spread / 50 * math.sqrt(10 / 8))[:of_maps].reshape(-1, 2)
    assert (shares[:, 0] == shares[:, 1]).all(), "both readings of a map have the same cells"
    coarse, finest = shares[0, 0].item(), shares[-1, 0].item()
    assert coarse == pytest.approx(0.175), "4 cells on a side"
    assert finest == pytest.approx(0.35 / math.sqrt(48))


@pytest.mark.slow
def test_an_area_that_looks_like_another_part_is_marked_whole(tmp_path: Path) -> None:
    """Half of the good images have stripes, the others have none: neither is odd, but to have both is."""
    rng = np.random.default_rng(0)
    stripes = 0.1 * np.sign(np.sin(np.arange(128)))[None, :]
    pixels = np.stack([0.5 + (number % 2) * stripes + rng.normal(0, 0.03, (128, 128)) for number in range(40)])
    made = Combined(CombinedSettings(input_px=128, memory=400, defect_steps=150), 1, seed=1)
    fit_on(made, pixels[:, None].astype(np.float32), 32, tmp_path)
    both = pixels[0].copy()
    both[64:] += stripes
    seen = made.anomaly_map(torch.from_numpy(both[None, None].astype(np.float32)))[0]
    mine, rest = seen[72:, 8:-8], seen[8:56, 8:-8]
    assert max(mine.median(), rest.median()) > 4 * min(mine.median(), rest.median()), "one of the halves is marked"


def test_of_few_images_no_network_learns_areas_and_the_rest_does(tmp_path: Path) -> None:
    made = Combined(CombinedSettings(input_px=128, memory=40, defect_steps=5), 1, seed=1)
    assert made.finder is not None
    made.finder.fewest_images = 9
    assert made.fewest_images < 9
    pixels = np.random.default_rng(0).normal(0.5, 0.05, (14, 1, 128, 128)).astype(np.float32)
    fit_on(made, pixels, 8, tmp_path)
    again = Combined(CombinedSettings(input_px=128, memory=40, defect_steps=5), 1, seed=1)
    again.load_state(made.state())
    image = torch.from_numpy(pixels[-1:])
    assert torch.equal(again.anomaly_map(image), made.anomaly_map(image))


def test_what_marks_areas_is_kept_with_the_rest(tmp_path: Path) -> None:
    made = fitted(tmp_path, defect_steps=2)
    state = made.state()
    assert any(name.startswith("finder.head.") for name in state)
    assert not any(name.startswith("finder.trunk.") for name in state), "the backbone is kept once"
    again = Combined(CombinedSettings(input_px=128, memory=40, defect_steps=2), 1, seed=2)
    again.load_state(state)
    image = torch.from_numpy(np.random.default_rng(3).random((1, 1, 128, 128), dtype=np.float32))
    assert torch.equal(again.anomaly_map(image), made.anomaly_map(image))
    drawn, together = made.graph()(image)
    assert drawn.shape == (1, 1, 128, 128)
    assert torch.allclose(together, made.anomaly_map(image), rtol=1e-3, atol=1e-4)


def test_each_member_is_told_the_region_at_its_own_size() -> None:
    inside = torch.zeros(128, 128, dtype=torch.bool)
    inside[3, 3] = True
    made = Combined(CombinedSettings(input_px=128, memory=40), 1, seed=1)
    made.look_within(inside)
    for member, seen in zip(made.members, made.insides, strict=True):
        assert seen is not None
        assert seen.shape == 2 * (member.input_px,)
        assert 1 <= int(seen.sum()) <= 4
        assert isinstance(member, PatchMemory)
        assert member.model.counted is not None
