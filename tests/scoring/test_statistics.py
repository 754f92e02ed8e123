from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from scipy import ndimage

from anomaly_gui.errors import InputError
from anomaly_gui.scoring.reduce import BIN_EDGES, reduce
from anomaly_gui.scoring.sealed_arrays import seal
from anomaly_gui.scoring.settings import REGION_SIDES, TOP_SHARES, ScoringSettings
from anomaly_gui.scoring.smooth import smooth
from anomaly_gui.scoring.statistics import RunStatistics, StatisticsBuilder

RNG = np.random.default_rng(0)


def map_with(level: float) -> np.ndarray:
    return RNG.normal(0, level, (40, 50)).astype(np.float32)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=5), st.floats(0, 50))
def test_that_every_reduction_from_statistics_equals_that_of_the_map(levels: list[float], area_level: float) -> None:
    maps = [map_with(level) for level in levels]
    builder = StatisticsBuilder()
    for number, one in enumerate(maps):
        builder.add(number, one)
    statistics = builder.finish()
    settings = [ScoringSettings(reduction=r) for r in ("max", "mean")]  # type: ignore[arg-type]
    settings += [ScoringSettings(reduction="top", top_per_10000=s) for s in TOP_SHARES]  # type: ignore[arg-type]
    settings += [ScoringSettings(reduction="region", region_side_px=s) for s in REGION_SIDES]  # type: ignore[arg-type]
    settings += [ScoringSettings(reduction="area", area_level=area_level)]
    for chosen in settings:
        assert statistics.scores(chosen).tolist() == pytest.approx([reduce(m, chosen) for m in maps], rel=1e-6)


def test_that_a_map_that_is_not_finite_keeps_no_finite_score() -> None:
    broken = map_with(1)
    broken[0, 0] = np.nan
    builder = StatisticsBuilder()
    builder.add(1, broken)
    for reduction in ("max", "top", "area", "region", "mean"):
        assert np.isnan(builder.finish().scores(ScoringSettings(reduction=reduction))).all()  # type: ignore[arg-type]


def test_that_each_region_of_a_mask_has_its_own_histogram() -> None:
    one, mask = np.zeros((10, 10), np.float32), np.zeros((10, 10), np.bool_)
    one[1, 1:3], one[8, 8] = 7.0, -3.0
    mask[1, 1:3] = mask[8, 8] = True
    builder = StatisticsBuilder()
    builder.add(5, one, mask)
    statistics = builder.finish()
    assert statistics.region_image_ids.tolist() == [5, 5]
    assert sorted(statistics.region_histogram.sum(axis=1).tolist()) == [1, 2]
    two = statistics.region_histogram[statistics.region_histogram.sum(axis=1) == 2][0]
    assert two[np.searchsorted(BIN_EDGES, 7.0, side="right")] == 2
    assert statistics.histogram.sum() == 100


def test_that_an_empty_mask_is_no_mask() -> None:
    builder = StatisticsBuilder()
    builder.add(1, map_with(1), np.zeros((40, 50), np.bool_))
    assert not builder.finish().has_mask[0]


def test_that_the_colour_scale_comes_from_held_out_good_images_alone() -> None:
    builder = StatisticsBuilder()
    for number in range(10):
        builder.add(number, np.full((4, 4), 3.0, np.float32), held_out_good=True)
    builder.add(99, np.full((4, 4), 1000.0, np.float32))
    assert builder.finish().display_scale.tolist() == [0.0, 6.0]


@given(st.floats(0.5, 8), st.integers(0, 99))
def test_that_the_largest_region_is_never_told_too_small_and_is_exact_where_it_is_measured(
    level: float, seed: int
) -> None:
    one = smooth(np.random.default_rng(seed).normal(0, 4 * level, (40, 50)).astype(np.float32), 1.5)
    builder = StatisticsBuilder()
    builder.add(3, one, held_out_good=True)
    builder.add(4, one)
    statistics = builder.finish()
    assert statistics.held_out_ids.tolist() == [3]
    found = statistics.largest_region[0]
    true = [one.size]
    for edge in BIN_EDGES:
        labels, _ = ndimage.label(one >= edge, np.ones((3, 3)))
        true.append(int(np.bincount(labels.ravel())[1:].max(initial=0)))
    assert (found >= true).all()
    assert (np.diff(found.astype(int)) <= 0).all()
    above = np.cumsum(statistics.histogram[0][::-1])[::-1]
    measured = np.flatnonzero((above > 0) & (above <= 0.01 * one.size))[::2]
    assert found[measured].tolist() == [true[place] for place in measured]


def test_that_statistics_come_back_from_disk(tmp_path: Path) -> None:
    builder = StatisticsBuilder()
    mask = np.zeros((40, 50), np.bool_)
    mask[3:6, 4:9] = True
    builder.add(7, map_with(2), mask)
    written = builder.finish()
    written.save(tmp_path / "s")
    read = RunStatistics.load(tmp_path / "s")
    for name in (field.name for field in fields(RunStatistics)):
        assert np.array_equal(getattr(read, name), getattr(written, name))


@pytest.mark.parametrize(("version", "which"), [("1", "an older"), ("9", "a newer")])
def test_that_statistics_of_another_version_ask_to_be_made_again(tmp_path: Path, version: str, which: str) -> None:
    safetensors.numpy.save_file({"image_ids": np.zeros(1)}, tmp_path / "s", metadata={"format": version})
    with pytest.raises(InputError, match=f"{which} version of the program.*Score the run again"):
        RunStatistics.load(tmp_path / "s")


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_that_missing_or_damaged_statistics_say_what_to_do(tmp_path: Path, damage: bytes | None) -> None:
    path = tmp_path / "s"
    if damage is not None:
        path.write_bytes(damage)
    with pytest.raises(InputError, match="Score the run again"):
        RunStatistics.load(path)


def test_that_what_is_outside_is_in_no_figure_and_no_mask() -> None:
    whole, mask = smooth(map_with(4), 1.5), np.zeros((40, 50), np.bool_)
    whole[:, 30:] = 90
    mask[5:9, 3:6] = mask[20:30, 28:45] = True
    inside = np.zeros((40, 50), np.bool_)
    inside[:, :30] = True
    within, cut = StatisticsBuilder(), StatisticsBuilder()
    within.add(7, whole, mask, held_out_good=True, inside=inside)
    cut.add(7, whole[:, :30], mask[:, :30], held_out_good=True)
    found, expected = within.finish(), cut.finish()
    for name in (field.name for field in fields(RunStatistics)):
        if name != "map_pixels":
            np.testing.assert_allclose(getattr(found, name), getattr(expected, name), rtol=1e-6, err_msg=name)
    assert found.map_pixels.tolist() == [2000]


def test_that_a_map_of_which_nothing_counts_has_no_finite_score() -> None:
    builder = StatisticsBuilder()
    builder.add(1, map_with(1), inside=np.zeros((40, 50), np.bool_))
    assert np.isnan(builder.finish().scores(ScoringSettings())).all()


def test_that_statistics_from_before_regions_counted_can_still_be_read(tmp_path: Path) -> None:
    builder = StatisticsBuilder()
    builder.add(7, map_with(2))
    written = builder.finish()
    arrays = {f.name: getattr(written, f.name) for f in fields(RunStatistics) if f.name != "map_pixels"}
    (tmp_path / "s").write_bytes(seal(arrays, {"format": "3"}))
    assert RunStatistics.load(tmp_path / "s").map_pixels.tolist() == [2000]
