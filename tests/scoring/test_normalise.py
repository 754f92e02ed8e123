from __future__ import annotations

import numpy as np
import pytest

from anomaly_gui.scoring.normalise import GRID, GridMoments, Normaliser, apply, equally_high, fit_normaliser

RNG = np.random.default_rng(0)


def maps(count: int) -> list[np.ndarray]:
    """Good maps whose left half is always hard to reconstruct."""
    made = RNG.normal(1.0, 0.1, (count, 16, 16)).astype(np.float32)
    made[:, :, :8] += RNG.normal(5.0, 2.0, (count, 16, 8)).astype(np.float32)
    return list(made)


def test_that_a_place_that_is_always_hard_does_not_stand_out() -> None:
    good = maps(200)
    place, whole = fit_normaliser(good, "place"), fit_normaliser(good, "global")
    defect = good[0].copy()
    defect[8, 12] = 4.0
    assert np.unravel_index(apply(place, defect).argmax(), defect.shape) == (8, 12)
    assert apply(whole, defect).argmax() != 8 * 16 + 12


def test_that_global_units_are_those_of_all_pixels() -> None:
    good = maps(20)
    normalised = np.stack([apply(fit_normaliser(good, "global"), m) for m in good])
    assert normalised.mean() == pytest.approx(0, abs=1e-4)
    assert normalised.std() == pytest.approx(1, abs=1e-4)


def test_that_few_images_are_not_trusted_on_one_pixel() -> None:
    quiet = [np.array([[1.0, 5.0]], np.float32), np.array([[1.0, 9.0]], np.float32)]
    scale = fit_normaliser(quiet, "place").scale
    # The left pixel never varied, the right one by 8: both are taken to vary by about 4.
    assert scale[0, 0] == pytest.approx(np.sqrt(10 * 4 / 12))
    assert scale[0, 1] == pytest.approx(np.sqrt((10 * 4 + 2 * 8) / 12))


def test_that_each_place_is_measured_about_its_own_mean() -> None:
    steady = [np.array([[1.0, 100.0 + n]], np.float32) for n in (-1, 1, -1, 1)] * 10
    normaliser = fit_normaliser(steady, "place")
    assert normaliser.scale.max() < 1.1
    assert apply(normaliser, np.array([[1.0, 104.0]], np.float32))[0, 1] > 2


def test_that_one_image_says_nothing_about_places() -> None:
    assert fit_normaliser(maps(1), "place").mean.shape == (1, 1)


def test_that_a_map_without_variation_has_a_scale_of_one() -> None:
    flat = [np.zeros((4, 4), np.float32)] * 3
    assert (fit_normaliser(flat, "place").scale == 1).all()


def test_that_no_map_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one map"):
        fit_normaliser([], "place")


def test_a_grid_learns_each_cell_whatever_the_size_of_the_image() -> None:
    rng = np.random.default_rng(0)
    moments = GridMoments()
    for height, width in ((320, 640), (640, 320), (96, 64)):
        for _ in range(40):
            noise = rng.normal(0, 0.1, (height, width)).astype(np.float32)
            noise[:, width // 2 :] = 5 + 10 * noise[:, width // 2 :]
            moments.add(noise)

    made = moments.fit("place")

    assert made.mean.shape == made.scale.shape == (GRID, GRID)
    np.testing.assert_allclose(made.mean[:, :16], 0, atol=0.1)
    np.testing.assert_allclose(made.mean[:, 16:], 5, atol=0.2)
    assert made.scale[:, 16:].min() > 2 * made.scale[:, :16].max()
    everywhere = moments.fit("global")
    assert everywhere.mean[0, 0] == pytest.approx(2.5, abs=0.05)


def test_a_grid_is_linear_between_the_centres_of_its_cells_and_has_no_seams() -> None:
    ramp = np.tile(np.arange(GRID, dtype=np.float32), (GRID, 1))
    made = apply(Normaliser(ramp, np.full((GRID, GRID), 2, np.float32)), np.zeros((700, 640), np.float32))

    expected = np.clip((np.arange(640) + 0.5) / 20 - 0.5, 0, GRID - 1) / -2
    np.testing.assert_allclose(made, np.tile(expected, (700, 1)), atol=1e-5)


def test_what_does_not_count_teaches_a_grid_nothing() -> None:
    moments = GridMoments()
    values = np.zeros((64, 64), np.float32)
    values[:, 32:] = 100
    inside = np.zeros((64, 64), np.bool_)
    inside[:, :32] = True

    moments.add(values, inside)

    assert moments.fit("place").mean.max() == 0
    with pytest.raises(ValueError, match="at least one"):
        GridMoments().fit("global")


@pytest.mark.parametrize("mode", ["place", "global"])
def test_that_a_normaliser_learns_from_what_is_inside_alone(mode: str) -> None:
    good = maps(20)
    inside = np.zeros((16, 16), np.bool_)
    inside[:, 8:] = True
    found = fit_normaliser(good, mode, inside)  # type: ignore[arg-type]
    expected = fit_normaliser([one[:, 8:] for one in good], mode)  # type: ignore[arg-type]
    made = apply(found, good[3], inside)
    assert made[:, 8:] == pytest.approx(apply(expected, good[3][:, 8:]), rel=1e-5, abs=1e-5)
    assert not made[:, :8].any()
    with pytest.raises(ValueError, match="at least one map"):
        fit_normaliser(good, mode, np.zeros((16, 16), np.bool_))  # type: ignore[arg-type]


def test_scales_meet_where_good_images_are_equally_high() -> None:
    """The coarse map varies less far out: in standard deviations its highest are lower."""
    rng = np.random.default_rng(3)
    fine, coarse = GridMoments(), GridMoments()
    fine_maps = [rng.normal(5, 1, (640, 640)).astype(np.float32) for _ in range(6)]
    coarse_maps = [rng.uniform(2, 3, (160, 160)).astype(np.float32) for _ in range(6)]
    for one, other in zip(fine_maps, coarse_maps, strict=True):
        fine.add(one)
        coarse.add(other)
    fitted = [fine.fit("place"), coarse.fit("place")]
    peaks = [fine.usual_peak(fitted[0]), coarse.usual_peak(fitted[1])]

    first, second = equally_high(fitted, peaks)

    assert first.scale is not second.scale
    np.testing.assert_array_equal(first.scale, fitted[0].scale)
    highest = [
        np.median([apply(made, one).max() for one in maps])
        for made, maps in ((first, fine_maps), (second, coarse_maps))
    ]
    assert peaks[0] > 2 * peaks[1]
    assert highest[1] == pytest.approx(highest[0], rel=0.1)


def test_scales_that_show_nothing_are_left_as_they_are() -> None:
    flat = GridMoments()
    flat.add(np.zeros((40, 40), np.float32), np.zeros((40, 40), np.bool_))
    one = Normaliser(np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32))

    assert not np.isfinite(flat.usual_peak(one))
    for peaks in ((5.0, flat.usual_peak(one)), (0.0, 3.0), (5.0, 0.0)):
        assert equally_high([one, one], peaks)[1].scale == 1
    assert equally_high([one, one], (1.0, 1000.0))[1].scale == 4


def test_what_does_not_count_is_no_peak() -> None:
    moments, inside = GridMoments(), np.ones((64, 64), np.bool_)
    inside[:, 32:] = False
    anomaly_map = np.zeros((64, 64), np.float32)
    anomaly_map[3, 4], anomaly_map[3, 40] = 2, 9
    moments.add(anomaly_map, inside)

    assert moments.usual_peak(Normaliser(np.zeros((1, 1), np.float32), np.ones((1, 1), np.float32))) == 2
