from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anomaly_gui.imaging.region import Region, Shape, region_mask
from anomaly_gui.imaging.tiles import TilePlan, blend, levels, plan_tiles, shrunk_size

PLANS = st.builds(
    plan_tiles, st.integers(1, 150), st.integers(1, 150), st.integers(1, 40), st.sampled_from([0.0, 0.1, 0.25, 0.5])
)


def blended(plan: TilePlan, whole: np.ndarray, keep: np.ndarray | None = None) -> np.ndarray:
    """Cut *whole* (K, H, W) by the plan and put it together again."""
    side = plan.side
    beyond = max(side - plan.height, 0), max(side - plan.width, 0)
    padded = np.pad(whole, ((0, 0), (0, beyond[0]), (0, beyond[1])), mode="edge")
    tiles = (
        (row, column, padded[:, plan.tops[row] :, plan.lefts[column] :][:, :side, :side])
        for row, column in plan.places()
        if keep is None or keep[row, column]
    )
    made = np.full(whole.shape, np.nan, np.float32)
    for top, strip in blend(plan, tiles):
        made[:, top : top + strip.shape[1]] = strip
    return made


@given(PLANS)
def test_every_pixel_is_covered_and_all_tiles_are_whole(plan: TilePlan) -> None:
    for starts, length in ((plan.tops, plan.height), (plan.lefts, plan.width)):
        covered = np.zeros(max(length, plan.side), int)
        for start in starts:
            covered[start : start + plan.side] += 1
        assert starts[0] == 0
        assert starts[-1] + plan.side == max(length, plan.side)
        assert covered.min() >= 1


@given(PLANS, st.integers(1, 3))
def test_weights_add_up_to_one_so_that_constant_tiles_give_the_constant(plan: TilePlan, planes: int) -> None:
    whole = np.full((planes, plan.height, plan.width), 0.7, np.float32)

    np.testing.assert_allclose(blended(plan, whole), whole, atol=1e-6)


@given(PLANS)
def test_an_image_that_is_cut_and_blended_is_the_image(plan: TilePlan) -> None:
    whole = np.random.default_rng(0).random((2, plan.height, plan.width), np.float32)

    np.testing.assert_allclose(blended(plan, whole), whole, atol=1e-6)


@given(st.integers(40, 150), st.sampled_from([0.1, 0.25, 0.5]))
def test_neighbours_share_at_least_the_overlap(length: int, overlap: float) -> None:
    plan = plan_tiles(length, length, 40, overlap)

    assert all(first + 40 - second >= overlap * 40 for first, second in zip(plan.tops, plan.tops[1:], strict=False))


def test_the_blended_map_of_a_filter_that_fits_in_the_overlap_has_no_seams() -> None:
    """The filter sees 4 px around, a quarter of the overlap of 16 px; its own border at each tile is no good."""
    image = np.random.default_rng(1).random((200, 333), np.float32)
    plan = plan_tiles(200, 333, 64, 0.25)

    def filtered(part: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.blur(part, (9, 9), borderType=cv2.BORDER_CONSTANT) ** 2)

    tiles = (
        (row, column, filtered(image[plan.tops[row] :, plan.lefts[column] :][:64, :64])[None])
        for row, column in plan.places()
    )
    made = np.concatenate([strip[0] for _, strip in blend(plan, tiles)])

    np.testing.assert_allclose(made, filtered(image), atol=1e-4)


def test_tiles_wholly_outside_the_region_are_left_out_and_those_inside_blend_as_ever() -> None:
    region = Region(ignored=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),))
    inside = region_mask(region, 100, 200)
    plan = plan_tiles(100, 200, 40, 0.25)
    keep = plan.kept(inside)
    whole = np.random.default_rng(2).random((1, 100, 200), np.float32)

    assert not keep[:, 0].any()
    assert keep[:, -1].all()
    made = blended(plan, whole, keep)
    np.testing.assert_allclose(made[:, inside], whole[:, inside], atol=1e-6)
    assert plan.kept(None).all()


def test_a_tile_larger_than_the_image_mirrors_what_is_missing() -> None:
    image = np.arange(12, dtype=np.uint8).reshape(3, 4, 1)
    (level,) = levels(image, 255, 3, [1])

    tile = level.cut(0, 0, 6)

    assert tile.shape == (3, 6, 6)
    assert tile.dtype == np.float32
    np.testing.assert_allclose(tile[1, :, 0] * 255, [0, 4, 8, 4, 0, 4], atol=1e-4)
    assert levels(np.full((1, 1, 1), 9, np.uint8), 255, 1, [1])[0].cut(0, 0, 4).shape == (1, 4, 4)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_smaller_scale_is_the_mean_of_squares(kind: type) -> None:
    white = 255 if kind is np.uint8 else 4095
    image = np.random.default_rng(3).integers(0, white, (10, 13, 3)).astype(kind)
    full, small = levels(image, white, 3, [1, 4])

    assert full.pixels is image
    assert small.size == shrunk_size(10, 13, 4) == (3, 4)
    np.testing.assert_allclose(small.pixels[0, 0], image[:4, :4].mean((0, 1)) / white, atol=1e-6)
    np.testing.assert_allclose(small.pixels[2, 3], image[[8, 9, 9, 9], 12].mean(0) / white, atol=1e-6)


def test_impossible_plans_are_refused() -> None:
    for wrong in ((0, 10, 4, 0.0), (10, 10, 4, 0.6), (10, 10, 0, 0.0)):
        with pytest.raises(ValueError, match="no tiles"):
            plan_tiles(*wrong)
