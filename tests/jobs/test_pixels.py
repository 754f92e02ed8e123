from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.errors import InputError
from anomaly_gui.evaluation.pixel_rules import BEST_F1, LARGEST_REGION, PixelRule
from anomaly_gui.jobs.evaluate import judged_pixels
from anomaly_gui.jobs.pixels import (
    bin_of,
    level_of,
    pixel_rule_of,
    pixel_threshold_sentence,
    threshold_by_pixel_rule,
    why_not_pixel_rule,
)
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.project.records import Label, PixelThreshold
from anomaly_gui.project.store import Project
from anomaly_gui.scoring.reduce import BIN_EDGES
from tests.ui.pages.scored_project import HEIGHT, MAP_PX, WIDTH, scored_project


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Good images 1 to 5, defects 6 to 9, held-out good ones 10 to 13: one hot pixel each."""
    with scored_project(tmp_path) as made:
        yield made


def test_that_a_level_and_the_bin_from_it_on_belong_together() -> None:
    for first in (1, 5, 300, len(BIN_EDGES)):
        assert bin_of(level_of(first)) == first
    assert level_of(bin_of(3.0)) == pytest.approx(3.0, rel=0.02)
    assert bin_of(np.inf) <= len(BIN_EDGES)


def test_that_sizes_are_told_in_pixels_of_the_original_image(project: Project) -> None:
    judged = judged_pixels(project, 1)
    assert len(judged.largest) == 4
    one_pixel = WIDTH * HEIGHT / MAP_PX**2
    assert judged.largest_at(bin_of(1.9)) == one_pixel
    assert judged.largest_at(bin_of(2.1)) == 0


def test_that_excluded_locked_and_relabelled_images_do_not_count(project: Project) -> None:
    project.set_excluded([13], True)
    project.set_label([6], Label("good"))
    project.set_locked([7], True)
    judged = judged_pixels(project, 1)
    assert len(judged.largest) == 3
    assert judged.largest_at(bin_of(1.5)) == 0, "image 13 was the only one above"
    assert judged.good_images == 6
    assert not len(judged.ids), "no statistics know a mask"


def test_that_the_size_rule_gives_the_lowest_level_that_keeps_its_promise(project: Project) -> None:
    judged = judged_pixels(project, 1)
    one_pixel = WIDTH * HEIGHT / MAP_PX**2
    found = threshold_by_pixel_rule(PixelRule(LARGEST_REGION, one_pixel), judged)
    first = bin_of(found.value)
    assert judged.largest[:, first].max() < one_pixel <= judged.largest[:, first - 1].max()
    assert found.value == pytest.approx(2.0, rel=0.04)
    assert pixel_rule_of(found) == PixelRule(LARGEST_REGION, one_pixel)
    assert "on any of the 4 held-out good images" in pixel_threshold_sentence(found, judged)
    larger = threshold_by_pixel_rule(PixelRule(LARGEST_REGION, 10 * one_pixel), judged)
    assert larger.value < found.value


def test_that_a_rule_says_why_it_gives_none(project: Project) -> None:
    judged = judged_pixels(project, 1)
    for wanted, words in (
        (PixelRule(LARGEST_REGION), "not given"),
        (PixelRule(LARGEST_REGION, 0.0), "not given"),
        (PixelRule(BEST_F1), "no defective image has a mask"),
        (PixelRule("luck"), "none of this name"),
    ):
        with pytest.raises(InputError, match=words):
            threshold_by_pixel_rule(wanted, judged)
    project.set_excluded([10, 11, 12, 13], True)
    assert why_not_pixel_rule(LARGEST_REGION, judged_pixels(project, 1))


def test_that_a_threshold_by_hand_has_no_rule(project: Project) -> None:
    assert pixel_rule_of(PixelThreshold(2.0)) is None
    assert pixel_threshold_sentence(PixelThreshold(2.0), judged_pixels(project, 1)) == "Set by hand."


def test_that_pixels_are_counted_as_statistics_hold_them(tmp_path: Path) -> None:
    with scored_project(tmp_path, masked=True) as project:
        judged, statistics = judged_pixels(project, 1), load_statistics(project, 1)
        assert judged.ids.tolist() == [6, 7, 8, 9]
        assert judged.regions.sum() + judged.good.sum() == 9 * MAP_PX**2
        assert (judged.totals == statistics.histogram[5:9]).all()
        assert judged.ids[judged.region_places].tolist() == statistics.region_image_ids.tolist()
        best = judged.best
        assert best is not None
        assert threshold_by_pixel_rule(PixelRule(BEST_F1), judged).value == level_of(best[1])
