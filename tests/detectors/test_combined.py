from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from anomaly_gui.detectors.base import FitContext
from anomaly_gui.detectors.combined import Combined, combine, grow, measure, readings
from anomaly_gui.detectors.patch_memory import PatchMemory
from anomaly_gui.detectors.settings.defects import CombinedSettings
from anomaly_gui.progress import CancelToken, ignore_events
from anomaly_gui.training.dataset import CachedBatches
from anomaly_gui.training.loop import gradient_loop

NO_WHOLES = torch.zeros(1, 0)


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
    ordinary = made.whole(good)
    assert (made.whole(uneven) > ordinary.amax(0)).all()
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


def test_measuring_takes_the_median_and_the_spread_of_good_images() -> None:
    varying = torch.randn(2001, generator=torch.Generator().manual_seed(0)) * 3 + 20
    centre, spread = measure(torch.stack([varying, torch.full((2001,), 10.0)], 1), torch.tensor([0.05, 0.05]))
    assert centre[0].item() == pytest.approx(20, abs=0.2)
    assert centre[1] == 10
    assert spread[0].item() == pytest.approx(3, rel=0.05)
    assert 0 < spread[1] < 0.2, "what never varied among many images has hardly a spread"


def test_a_few_odd_good_images_do_not_widen_the_spread() -> None:
    peaks = torch.randn(50, 1, generator=torch.Generator().manual_seed(0)) + 20
    _, sound = measure(peaks, torch.tensor([0.05]))
    peaks[:4] = 60
    _, spread = measure(peaks, torch.tensor([0.05]))
    assert spread[0] < 1.2 * sound[0]


def test_few_images_are_not_believed_to_vary_so_little() -> None:
    _, spread = measure(torch.full((2, 2), 50.0), torch.tensor([0.05, 0.2]))
    assert spread[0] > 1.5
    assert spread[1] == pytest.approx(4 * spread[0]), "the less, the larger the share they are expected to vary by"


def test_maps_of_few_cells_are_expected_to_vary_most() -> None:
    made = Combined(CombinedSettings(input_px=768, defect_steps=0), 1, 0)
    shares = made._prior_shares().reshape(-1, 2)[:-1]
    assert (shares[:, 0] == shares[:, 1]).all(), "both readings of a map have the same cells"
    coarse, finest = shares[0, 0].item(), shares[-1, 0].item()
    assert coarse == pytest.approx(0.175), "4 cells on a side"
    assert finest == pytest.approx(0.35 / math.sqrt(48))


def test_the_surest_member_decides_or_their_mean() -> None:
    centre, spread = torch.tensor([100.0, 1000.0]), torch.tensor([5.0, 50.0])
    alone = torch.tensor([110.0, 1000.0]).reshape(1, 2, 1, 1)
    both = torch.tensor([110.0, 1100.0]).reshape(1, 2, 1, 1)
    assert combine(both, NO_WHOLES, centre, spread, takes_mean=False).item() == pytest.approx(40, abs=0.01)
    seen = combine(alone, NO_WHOLES, centre, spread, takes_mean=False).item()
    assert seen == pytest.approx(40 - math.log(2), abs=0.01), "two that agree are surer than one"
    assert combine(alone, NO_WHOLES, centre, spread, takes_mean=True).item() == pytest.approx(20, abs=0.01)


def test_the_surest_says_how_much_and_all_say_where() -> None:
    coarse = torch.full((1, 8, 8), 30.0)
    fine = torch.full((1, 8, 8), 4.0)
    fine[0, 2, 5] = 10
    both = torch.stack([coarse, fine], 1)
    centre, spread = torch.tensor([10.0, 10.0]), torch.tensor([1.0, 1.0])
    seen = combine(both, NO_WHOLES, centre, spread, takes_mean=False)[0]
    assert seen.max().item() == pytest.approx(200 - math.log(2), abs=0.01), "the coarse reading alone is sure"
    assert divmod(int(seen.argmax()), 8) == (2, 5), "but it is alike everywhere"
    assert seen[0, 0] < 0.3 * seen.max(), "the rest of the image stays well below the place"


def test_an_image_that_is_odd_as_a_whole_is_odd_and_its_oddest_place_is_shown() -> None:
    maps = torch.full((1, 1, 8, 8), 10.0)
    maps[0, 0, 3, 6] = 11
    seen = combine(maps, torch.tensor([[30.0]]), torch.tensor([10.0, 10.0]), torch.tensor([1.0, 1.0]), takes_mean=False)
    assert seen.max().item() == pytest.approx(200 - math.log(2), abs=0.01)
    assert divmod(int(seen[0].argmax()), 8) == (3, 6)


def test_far_below_what_good_images_reach_the_map_is_zero() -> None:
    centre, spread = torch.tensor([100.0]), torch.tensor([5.0])
    low = combine(torch.tensor([50.0]).reshape(1, 1, 1, 1), NO_WHOLES, centre, spread, takes_mean=False)
    assert 0 <= low.item() < 1e-6


def test_a_member_whose_good_images_are_alike_is_believed_more() -> None:
    centre, spread = torch.tensor([10.0, 10.0]), torch.tensor([1.0, 2.0])
    calm = combine(torch.tensor([12.0, 10.0]).reshape(1, 2, 1, 1), NO_WHOLES, centre, spread, takes_mean=False)
    wild = combine(torch.tensor([10.0, 14.0]).reshape(1, 2, 1, 1), NO_WHOLES, centre, spread, takes_mean=False)
    assert calm > wild, "both are two spreads above the centre"


def test_growing_keeps_place_and_height() -> None:
    low = torch.zeros(1, 4, 4)
    low[0, 1, 2] = 1
    high = grow(low, 16)
    assert high.shape == (1, 16, 16)
    assert 0.75 <= high.max() <= 1
    row, column = divmod(int(high.argmax()), 16)
    assert row // 4 == 1
    assert column // 4 == 2


def test_a_map_is_read_as_it_is_and_calmed() -> None:
    one_cell = torch.zeros(1, 96, 96)
    one_cell[:, 32:48, 32:48] = 9
    sharp, calm = readings(one_cell, 16, 192)
    assert sharp.shape == calm.shape == (1, 192, 192)
    assert float(sharp.max()) == 9
    assert float(calm.max()) == pytest.approx(1)
    wide = readings(torch.full((1, 96, 96), 9.0), 16, 96)[1]
    assert float(wide.min()) == pytest.approx(9), "the border counts what is inside alone"


def test_the_network_that_marks_areas_says_where_and_not_how_odd() -> None:
    maps = torch.full((1, 1, 8, 8), 10.0)
    maps[0, 0, 3, 6] = 11
    measures = NO_WHOLES, torch.tensor([5.0]), torch.tensor([1.0])
    in_area = torch.full((1, 8, 8), -6.0)
    in_area[:, :, :3] = 4
    alone, seen = combine(maps, *measures, takes_mean=False), combine(maps, *measures, in_area, takes_mean=False)
    assert seen.max().item() == pytest.approx(alone.max().item()), "the surest reading says how odd"
    assert divmod(int(seen.argmax()), 8) == (3, 6), "its place is kept, though it is in no area"
    assert seen[0, 5, 1] > 0.6 * seen.max(), "in the area the map is high all over"
    assert seen[0, 5, 5] < 0.1 * seen[0, 5, 1], "beside it what was as odd is taken away"


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


def test_what_is_outside_the_region_makes_no_image_odd_and_outshines_nothing_inside() -> None:
    """A map's height, and how its places compare, are told by the oddest place of the image."""
    inside = torch.zeros(96, 96, dtype=torch.bool)
    inside[:, :48] = True
    odd = torch.full((1, 96, 96), 2.0)
    odd[:, 16:32, 16:32] = 9
    littered = odd.clone()
    littered[:, 60:90, 60:90] = 90

    def together(one: torch.Tensor, within: torch.Tensor | None) -> torch.Tensor:
        maps = torch.stack(readings(one, 16, 192, within), 1)
        return combine(maps, NO_WHOLES, torch.tensor([3.0, 3.0]), torch.tensor([1.0, 1.0]), takes_mean=False)

    assert torch.equal(together(littered, inside), together(odd, inside))
    assert together(littered, inside)[0, 40, 40] > 0.8 * together(littered, inside).max()
    assert together(littered, None)[0, 40, 40] < 0.1, "without the region the litter hides it"


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
