from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest
import torch

from anomaly_gui.detectors.agreement import Agreement, Usual, combine, grow, how_odd, measure, readings

NO_WHOLES = torch.zeros(1, 0)


def usual(centre: Sequence[float], spread: Sequence[float], in_common: float = 0) -> Usual:
    correlations = torch.full((len(centre), len(centre)), float(in_common)).fill_diagonal_(1)
    return Usual(torch.tensor(centre), torch.tensor(spread), torch.linalg.inv(correlations))


def test_measuring_takes_the_median_and_the_spread_of_good_images() -> None:
    varying = torch.randn(2001, generator=torch.Generator().manual_seed(0)) * 3 + 20
    centre, spread, _ = measure(torch.stack([varying, torch.full((2001,), 10.0)], 1), torch.tensor([0.05, 0.05]))
    assert centre[0].item() == pytest.approx(20, abs=0.2)
    assert centre[1] == 10
    assert spread[0].item() == pytest.approx(3, rel=0.05)
    assert 0 < spread[1] < 0.2, "what never varied among many images has hardly a spread"


def test_a_few_odd_good_images_do_not_widen_the_spread() -> None:
    peaks = torch.randn(50, 1, generator=torch.Generator().manual_seed(0)) + 20
    sound = measure(peaks, torch.tensor([0.05])).spread
    peaks[:4] = 60
    spread = measure(peaks, torch.tensor([0.05])).spread
    assert spread[0] < 1.2 * sound[0]


def test_few_images_are_not_believed_to_vary_so_little() -> None:
    spread = measure(torch.full((2, 2), 50.0), torch.tensor([0.05, 0.2])).spread
    assert spread[0] > 1.5
    assert spread[1] == pytest.approx(4 * spread[0]), "the less, the larger the share they are expected to vary by"


def test_the_surest_reading_decides_and_others_that_agree_add_to_it() -> None:
    measures = usual([100.0, 1000.0], [5.0, 50.0])
    alone, both = torch.tensor([[110.0, 900.0]]), torch.tensor([[110.0, 1100.0]])
    assert how_odd(alone, measures, takes_mean=False).item() == pytest.approx(40, abs=0.01)
    assert how_odd(both, measures, takes_mean=False).item() == pytest.approx(40 * 2**0.5, abs=0.01)
    assert how_odd(both, measures, takes_mean=True).item() == pytest.approx(40, abs=0.01)
    assert how_odd(alone, measures, takes_mean=True) < 1


def test_readings_that_go_together_in_good_images_count_as_one() -> None:
    apart, together = (usual([100.0] * 3, [5.0] * 3, in_common) for in_common in (0, 0.9))
    all_high, one_high = torch.tensor([[110.0, 110.0, 110.0]]), torch.tensor([[110.0, 100.0, 100.0]])
    assert how_odd(all_high, together, takes_mean=False) < 0.7 * how_odd(all_high, apart, takes_mean=False)
    assert how_odd(one_high, together, takes_mean=False) > 1.5 * how_odd(one_high, apart, takes_mean=False)


def test_measuring_learns_which_readings_go_together() -> None:
    draw = torch.Generator().manual_seed(0)
    first, noise, other = (torch.randn(400, generator=draw) for _ in range(3))
    peaks = 20 + torch.stack([first, first + 0.3 * noise, other], 1)
    peaks[:4] = 60
    correlations = torch.linalg.inv(measure(peaks, torch.full((3,), 0.05)).inverse)
    assert correlations[0, 1] > 0.8
    assert correlations[0, 2].abs() < 0.2, "a few odd images are not what they have in common"


def test_of_few_images_no_two_readings_are_believed_to_go_together_more_than_others() -> None:
    peaks = torch.tensor([[20.0, 20.0, 21.0], [21.0, 21.0, 20.0]])
    correlations = torch.linalg.inv(measure(peaks, torch.full((3,), 0.05)).inverse)
    assert correlations[0, 1] < 0.1


def test_a_reading_that_says_nothing_changes_nothing() -> None:
    peaks = torch.randn(60, 2, generator=torch.Generator().manual_seed(0)) + 20
    seen, shares = torch.tensor([[23.0, 22.0]]), torch.full((3,), 0.05)
    for takes_mean in (True, False):
        with_it = measure(torch.cat([peaks, torch.zeros(60, 1)], 1), shares)
        told = how_odd(torch.cat([seen, torch.zeros(1, 1)], 1), with_it, takes_mean=takes_mean)
        assert told.item() == pytest.approx(how_odd(seen, measure(peaks, shares[:2]), takes_mean=takes_mean).item())


def test_the_surest_says_how_much_and_all_say_where() -> None:
    coarse = torch.full((1, 8, 8), 30.0)
    fine = torch.full((1, 8, 8), 4.0)
    fine[0, 2, 5] = 10
    both = torch.stack([coarse, fine], 1)
    seen = combine(both, NO_WHOLES, usual([10.0, 10.0], [1.0, 1.0]), takes_mean=False)[0]
    assert seen.max().item() == pytest.approx(200, abs=0.01), "the coarse reading alone is sure"
    assert divmod(int(seen.argmax()), 8) == (2, 5), "but it is alike everywhere"
    assert seen[0, 0] < 0.5 * seen.max(), "the rest of the image stays well below the place"


def test_an_image_that_is_odd_as_a_whole_is_odd_and_its_oddest_place_is_shown() -> None:
    maps = torch.full((1, 1, 8, 8), 10.0)
    maps[0, 0, 3, 6] = 11
    seen = combine(maps, torch.tensor([[30.0]]), usual([20.0, 10.0], [1.0, 1.0]), takes_mean=False)
    assert seen.max().item() == pytest.approx(200, abs=0.01)
    assert divmod(int(seen[0].argmax()), 8) == (3, 6)


def test_far_below_what_good_images_reach_the_map_is_zero() -> None:
    low = combine(torch.tensor([50.0]).reshape(1, 1, 1, 1), NO_WHOLES, usual([100.0], [5.0]), takes_mean=False)
    assert 0 <= low.item() < 1e-6


def test_a_member_whose_good_images_are_alike_is_believed_more() -> None:
    measures = usual([10.0, 10.0], [1.0, 2.0])
    calm = how_odd(torch.tensor([[12.0, 10.0]]), measures, takes_mean=False)
    wild = how_odd(torch.tensor([[10.0, 14.0]]), measures, takes_mean=False)
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
    measures = NO_WHOLES, usual([5.0], [1.0])
    in_area = torch.full((1, 8, 8), -6.0)
    in_area[:, :, :3] = 4
    alone, seen = combine(maps, *measures, takes_mean=False), combine(maps, *measures, in_area, takes_mean=False)
    assert seen.max().item() == pytest.approx(alone.max().item()), "the surest reading says how odd"
    assert divmod(int(seen.argmax()), 8) == (3, 6), "its place is kept, though it is in no area"
    assert seen[0, 5, 1] > 0.5 * seen.max(), "in the area the map is high all over"
    assert seen[0, 5, 5] < 0.1 * seen[0, 5, 1], "beside it what was as odd is taken away"


def test_where_the_network_sees_nothing_places_are_still_told_apart() -> None:
    """Else all pixels of what it has not learnt to see count as one, and their figures are those of chance."""
    maps = torch.full((1, 1, 8, 8), 10.0)
    maps[0, 0, 3, 6], maps[0, 0, 1, 1] = 20, 16
    never = torch.full((1, 8, 8), -30.0)
    seen = combine(maps, NO_WHOLES, usual([5.0], [1.0]), never, takes_mean=False)[0]
    assert seen[1, 1] > 0.001 * seen.max()
    assert seen[1, 1] > 10 * seen[0, 0], "less odd places stay below it by what the memory says"


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
        return combine(maps, NO_WHOLES, usual([3.0, 3.0], [1.0, 1.0]), takes_mean=False)

    assert torch.equal(together(littered, inside), together(odd, inside))
    assert together(littered, inside)[0, 40, 40] > 0.8 * together(littered, inside).max()
    assert together(littered, None)[0, 40, 40] < 0.1, "without the region the litter hides it"


@pytest.mark.parametrize("spoil", [lambda s: s.pop("centre"), lambda s: s["spread"].fill_(torch.nan)])
def test_what_is_missing_or_not_finite_is_refused(spoil: Callable[[dict[str, torch.Tensor]], object]) -> None:
    state = {name: value.clone() for name, value in Agreement(1, 64, [4.0]).state_dict().items()}
    spoil(state)
    with pytest.raises(ValueError, match=r"centre|finite"):
        Agreement(1, 64, [4.0]).take(state)
