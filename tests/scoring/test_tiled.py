from __future__ import annotations

import threading
from dataclasses import replace

import cv2
import numpy as np
import pytest

from anomaly_gui.imaging.region import Region, Shape
from anomaly_gui.imaging.tiles import Tiling, levels
from anomaly_gui.scoring.normalise import Normaliser
from anomaly_gui.scoring.tiled import RawLevel, TiledView, TileNetwork, Tiles, combined, raw_levels

NEUTRAL = Normaliser(np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32))


def blurred(tiles: Tiles, pictures: bool) -> tuple[Tiles | None, np.ndarray]:
    """Sees 3 px around; what it draws is the negative."""
    maps = [cv2.blur(tile[0], (7, 7), borderType=cv2.BORDER_REFLECT_101) for tile in tiles]
    return 1 - tiles if pictures else None, np.stack(maps)


def view(*factors: int, overlap: float = 0.25, region: Region | None = None) -> TiledView:
    return TiledView(Tiling(64, overlap, factors), 1, 5, region or Region())


def picture(height: int = 150, width: int = 230) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 255, (height, width, 1)).astype(np.uint8)


def test_a_tiled_map_equals_the_untiled_one_where_the_network_sees_no_further_than_the_overlap() -> None:
    pixels = picture()
    (raw,) = raw_levels(pixels, 255, view(1), TileNetwork(blurred))
    whole = blurred(levels(pixels, 255, 1, [1])[0].cut(0, 0, 230)[None, :, :150], False)[1][0]

    np.testing.assert_allclose(raw.anomaly_map[4:-4, 4:-4], whole[4:-4, 4:-4], atol=1e-4)


def test_the_picture_is_put_together_at_the_finest_scale_alone() -> None:
    pixels = picture()
    fine, coarse = raw_levels(pixels, 255, view(1, 2), TileNetwork(blurred), pictures=True)

    assert fine.reconstruction is not None
    np.testing.assert_allclose(fine.reconstruction.astype(int), 255 - pixels.astype(int), atol=1)
    assert coarse.reconstruction is None
    assert coarse.anomaly_map.shape == (75, 115)


@pytest.mark.parametrize(("height", "width"), [(150, 230), (30, 40), (64, 500), (1, 1)])
def test_images_of_any_size_have_a_map_of_their_size(height: int, width: int) -> None:
    fine, coarse = raw_levels(picture(height, width), 255, view(1, 4), TileNetwork(blurred))

    assert fine.anomaly_map.shape == (height, width)
    assert coarse.anomaly_map.shape == (-(-height // 4), -(-width // 4))
    assert np.isfinite(fine.anomaly_map).all()


def test_the_highest_of_all_scales_counts_and_the_scale_that_shows_it_is_named() -> None:
    fine, coarse = np.zeros((9, 10), np.float32), np.zeros((5, 5), np.float32)
    fine[2, 3], coarse[4, 4] = 2, 3

    together, peak = combined([RawLevel(1, fine, None), RawLevel(2, coarse, None)], [NEUTRAL, NEUTRAL], 0, None)

    assert together.shape == (9, 10)
    assert (together[2, 3], together[8, 8], together[8, 9], together[7, 8]) == (2, 3, 3, 0)
    assert peak.factor == 2
    assert peak.box == (8, 8, 2, 1)


def test_each_scale_is_measured_by_its_own_good_images() -> None:
    ones = np.ones((4, 4), np.float32)
    usual = Normaliser(np.full((1, 1), 1, np.float32), np.full((1, 1), 0.5, np.float32))

    together, peak = combined(
        [RawLevel(1, 3 * ones, None), RawLevel(4, np.full((1, 1), 2.5, np.float32), None)], [usual, NEUTRAL], 0, None
    )

    assert together[0, 0] == 4
    assert peak.factor == 1


def test_outside_the_region_there_is_nothing_unusual_and_no_tile_is_looked_at() -> None:
    left = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.25, 1.0))),))
    of_left = view(1, 2, region=left)
    looked = []

    def count(tiles: Tiles, _pictures: bool) -> tuple[Tiles | None, np.ndarray]:
        looked.extend(tiles)
        return None, np.ones((len(tiles), 64, 64), np.float32)

    pixels = picture(100, 400)
    raws = list(raw_levels(pixels, 255, of_left, TileNetwork(count)))
    inside = of_left.inside(100, 400, 1)
    together, _ = combined(raws, [NEUTRAL, NEUTRAL], 0, inside)

    assert inside is not None
    np.testing.assert_allclose(together, inside.astype(np.float32), atol=1e-6)
    assert len(looked) < 12


def test_a_value_that_is_not_finite_stays_in_the_map() -> None:
    broken = np.zeros((8, 8), np.float32)
    broken[3, 3] = np.nan

    together, _ = combined(
        [RawLevel(1, broken, None), RawLevel(4, np.zeros((2, 2), np.float32), None)], [NEUTRAL] * 2, 0, None
    )

    assert np.isnan(together[3, 3])


def test_what_is_outside_the_region_is_not_seen_by_any_tile() -> None:
    """A network that sees 3 px around, and tiles that lie across the border."""
    half = Region(inside=(Shape("rectangle", ((0.0, 0.0), (0.5, 1.0))),))
    plain, littered = picture(), picture()
    littered[:, 116:] = 255
    for raw, other in zip(
        raw_levels(plain, 255, view(1, 2, region=half), TileNetwork(blurred)),
        raw_levels(littered, 255, view(1, 2, region=half), TileNetwork(blurred)),
        strict=True,
    ):
        across = 115 // raw.factor
        np.testing.assert_array_equal(raw.anomaly_map[:, : across - 1], other.anomaly_map[:, : across - 1])
        everywhere = list(raw_levels(littered, 255, view(1, 2), TileNetwork(blurred)))[raw.factor // 2]
        assert (everywhere.anomaly_map[:, across - 2] != other.anomaly_map[:, across - 2]).any()


def test_several_threads_give_the_same_map_and_each_is_prepared() -> None:
    prepared = []
    threads = TileNetwork(blurred, 3, lambda: prepared.append(threading.get_ident()))
    used = set()

    def judge(tiles: Tiles, pictures: bool) -> tuple[Tiles | None, np.ndarray]:
        used.add(threading.get_ident())
        return blurred(tiles, pictures)

    several = list(raw_levels(picture(), 255, view(1, 2), replace(threads, judge=judge), pictures=True))
    one = list(raw_levels(picture(), 255, view(1, 2), TileNetwork(blurred), pictures=True))

    for each, alone in zip(several, one, strict=True):
        np.testing.assert_array_equal(each.anomaly_map, alone.anomaly_map)
    assert used <= set(prepared)
    assert threading.get_ident() not in used


def test_what_a_thread_raises_reaches_the_caller() -> None:
    def stop(_tiles: Tiles, _pictures: bool) -> tuple[Tiles | None, np.ndarray]:
        raise RuntimeError("asked to stop")

    with pytest.raises(RuntimeError, match="asked to stop"):
        list(raw_levels(picture(), 255, view(1), TileNetwork(stop, 2)))


def test_pictures_are_asked_for_where_they_are_wanted_alone() -> None:
    asked = []

    def judge(tiles: Tiles, pictures: bool) -> tuple[Tiles | None, np.ndarray]:
        asked.append(pictures)
        return blurred(tiles, pictures)

    list(raw_levels(picture(), 255, view(1), TileNetwork(judge)))
    assert not any(asked)
    asked.clear()
    list(raw_levels(picture(), 255, view(1, 2), TileNetwork(judge), pictures=True))
    assert asked[0]
    assert not asked[-1]
