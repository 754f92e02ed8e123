from __future__ import annotations

import pytest
import torch

from anomaly_gui.detectors.backbone.network import Trunk
from anomaly_gui.detectors.patch_model import LARGEST_PICTURE_PX, PatchModel, as_rgb, evened


def model(taps: tuple[int, ...] = (4,), side: int = 48, channels: int = 1) -> PatchModel:
    return PatchModel(Trunk(taps), side, channels).requires_grad_(False).eval()


def smooth_image(side: int, channels: int) -> torch.Tensor:
    """(1, C, S, S): slopes, which averages and interpolation leave as they are."""
    rows = torch.linspace(0.2, 0.8, side)[:, None].expand(side, side)
    return torch.stack([rows, rows.T, 1 - rows][:channels])[None]


@pytest.mark.parametrize(("taps", "patch_px"), [((4, 10), 8), ((10, 14), 16), ((14,), 32)])
def test_a_patch_is_a_cell_of_the_first_tap(taps: tuple[int, ...], patch_px: int) -> None:
    made = model(taps)
    assert made.patch_px == patch_px
    assert made.grid == -(-48 // patch_px)
    tapped = made.trunk(as_rgb(torch.rand(2, 1, 48, 48)))
    assert made.features(tapped).shape == (2, made.grid, made.grid, sum(tap.shape[1] for tap in tapped))


def test_features_are_means_of_neighbouring_cells() -> None:
    made = model((4,))
    tap = torch.zeros(1, 40, 6, 6)
    tap[0, :, 2, 3] = 9
    seen = made.features((tap,))[0, :, :, 0]
    assert torch.equal(seen[1:4, 2:5], torch.ones(3, 3))
    assert float(seen.sum()) == 9


@pytest.mark.parametrize("taps", [(4,), (10,), (14,)])
@pytest.mark.parametrize("channels", [1, 3])
def test_pictures_laid_out_where_they_were_cut_make_the_image_again(taps: tuple[int, ...], channels: int) -> None:
    made = model(taps, channels=channels)
    image = smooth_image(48, channels)
    cut = made.cut(image)
    made.resize(made.grid**2, 3)
    made.pictures.copy_(cut.flatten(0, 2))
    drawn = made.draw(torch.arange(made.grid**2).reshape(1, made.grid, made.grid))
    assert drawn.shape == image.shape
    # At the rim the padding is part of the picture; inside, a grey level and what a small picture loses.
    rim = made.patch_px // 2
    torch.testing.assert_close(drawn[..., rim:-rim, rim:-rim], image[..., rim:-rim, rim:-rim], rtol=0, atol=0.02)


def test_pictures_are_bounded_whatever_the_patch() -> None:
    assert model((14,)).picture_px == LARGEST_PICTURE_PX
    assert model((0,)).picture_px == 4


def test_the_map_is_the_distance_at_the_middle_of_a_patch_and_blends_between() -> None:
    made = model((4,))
    distances = torch.zeros(1, 6, 6)
    distances[0, 2, 3] = 4
    seen = made.spread(distances)[0]
    assert seen.shape == (48, 48)
    middle = seen[19:21, 27:29]
    assert float(middle.min()) == float(seen.max()) > 3
    assert float(seen[20, 8]) == 0


def test_a_patch_that_reaches_over_the_edge_is_cut_off() -> None:
    made = model((14,), side=48)
    assert made.grid == 2
    distances = torch.tensor([[[0.0, 0.0], [0.0, 1.0]]])
    seen = made.spread(distances)[0]
    assert seen.shape == (48, 48)
    assert float(seen[47, 47]) == pytest.approx((47.5 / 32 - 0.5) ** 2)  # Both ways between the middles.
    assert made.draw(torch.zeros(1, 2, 2, dtype=torch.int64)).shape == (1, 1, 48, 48)


def test_it_judges_each_patch_by_its_nearest_entry() -> None:
    made = model((4,), side=16)
    made.resize(2, 40)
    made.whitening.resize(40)
    made.whitening.projection.copy_(torch.eye(40))
    made.fill(torch.stack([torch.zeros_like(made.entries[0]), torch.ones_like(made.entries[0])]))
    made.pictures[1] = 255
    tap = torch.zeros(1, 40, 2, 2)
    tap[0, :, 1] = 0.9
    features = made.features((tap,))
    distances, index = made.search(features)
    assert index.tolist() == [[[0, 0], [0, 0]]]  # 0.45 everywhere: 3×3 means of a 2×2 tap.
    assert torch.allclose(distances, torch.full((1, 2, 2), 0.45 * 40**0.5))
    tap.fill_(0.9)
    assert made.search(made.features((tap,)))[1].tolist() == [[[1, 1], [1, 1]]]
    reconstruction, _ = made.judge((tap,))
    assert torch.equal(reconstruction, torch.ones(1, 1, 16, 16))


def test_evened_images_do_not_show_how_they_were_lit() -> None:
    part = torch.rand(2, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 0.3 + 0.2
    lit = 1.6 * part + 0.1
    assert torch.allclose(evened(part), evened(lit), atol=0.03)
    assert torch.allclose(evened(part).mean((1, 2, 3)), torch.full((2,), 0.42), atol=0.02)
    flat = evened(torch.full((1, 1, 16, 16), 0.7))
    assert torch.allclose(flat, torch.full_like(flat, 0.42))


def test_only_a_model_that_evens_lighting_sees_evened_images() -> None:
    made = model(side=32)
    dark = torch.rand(1, 1, 32, 32) * 0.2
    assert torch.equal(made.seen(dark), dark.expand(-1, 3, -1, -1))
    made.evens_lighting = True
    assert torch.equal(made.seen(dark), evened(dark).expand(-1, 3, -1, -1))


def test_lengths_of_entries_follow_what_is_loaded() -> None:
    made, other = model((4,), side=16), model((4,), side=16)
    for one in (made, other):
        one.resize(2, 40)
        one.whitening.resize(40)
    made.fill(torch.rand(2, 40))
    other.load_state_dict(made.state_dict())
    assert torch.equal(other.squares, made.squares)
    assert torch.equal(other.squares, made.entries.square().sum(1))
    assert "squares" not in made.state_dict(), "they can be worked out"


def test_patches_count_that_show_something_of_the_region_and_their_neighbours() -> None:
    made = model((4,), side=44)  # 6 × 6 patches of 8 px, the last ones reaching over the edge.
    inside = torch.zeros(44, 44, dtype=torch.bool)
    inside[40:, 40:] = True
    inside[7, 7] = True
    made.count_within(inside)
    assert made.counted is not None
    expected = torch.zeros(6, 6, dtype=torch.bool)
    expected[:2, :2] = expected[4:, 4:] = True
    assert torch.equal(made.counted, expected)
    made.whitening.resize(40)
    made.whitening.fit(torch.randn(200, 40), 40, 0.01)
    made.resize(1, 40)
    distances, _ = made.search(torch.rand(1, 6, 6, 40) + 1)
    assert torch.equal(distances[0] > 0, expected)
    assert "counted" not in made.state_dict()
