from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from anomaly_gui.evaluation.pixel_rules import LARGEST_REGION, PixelRule
from anomaly_gui.evaluation.pixels import aupro
from anomaly_gui.jobs.evaluate import judged_pixels
from anomaly_gui.jobs.pixels import JudgedPixels, bin_of, level_of, threshold_by_pixel_rule
from anomaly_gui.jobs.rescoring import ScoringEffect, ScoringFigures
from anomaly_gui.project.records import PixelThreshold, Threshold
from anomaly_gui.scoring.reduce import BIN_COUNT, BIN_EDGES
from anomaly_gui.scoring.settings import ScoringSettings
from anomaly_gui.ui.pages.tune_pixels_state import PixelsState, effect_sentence
from tests.ui.pages.scored_project import scored_project


def many_pixels(images: int = 40, seed: int = 0) -> JudgedPixels:
    """Half of the images good, the others with one marked region each; pixels by the thousand."""
    rng = np.random.default_rng(seed)

    def histogram(mean: float, count: int) -> np.ndarray:
        values = rng.normal(mean, 2, (1, count))
        return np.bincount(np.searchsorted(BIN_EDGES, values[0], side="right"), minlength=BIN_COUNT)

    marked = images // 2
    regions = np.array([histogram(3 + n % 4, 40 + n) for n in range(marked)], np.uint32)
    around = np.array([histogram(0, 1000) for _ in range(marked)], np.uint32)
    largest = np.array([np.maximum(60 - np.maximum(np.arange(BIN_COUNT) - 150, 0) // (1 + n), 0) for n in range(5)])
    return JudgedPixels(
        good=around.sum(axis=0, dtype=np.int64) * 2,
        regions=regions,
        region_places=np.arange(marked),
        ids=np.arange(100, 100 + marked),
        totals=around + regions,
        good_images=images - marked,
        unmarked=3,
        largest=largest.astype(np.float64),
    )


@pytest.fixture
def state() -> PixelsState:
    return PixelsState(many_pixels(), None, 4.0)


@pytest.fixture
def unmasked(tmp_path: Path) -> Iterator[PixelsState]:
    with scored_project(tmp_path) as project:
        yield PixelsState(judged_pixels(project, 1), None, 2.0)


def values(state: PixelsState) -> dict[str, str]:
    return {figure.name: figure.value.strip() for figure in (*state.figures(), *state.areas())}


def test_that_figures_at_a_level_are_those_of_the_pixels_above_it(state: PixelsState) -> None:
    judged = state.judged
    for level in (0.0, 2.0, 5.0):
        state.move_to(level)
        first = bin_of(level)
        found, alarms = judged.regions[:, first:].sum(), judged.good[first:].sum()
        shown = values(state)
        assert shown["precision"] == f"{100 * found / (found + alarms):.0f} %"
        assert shown["recall"] == f"{100 * found / judged.regions.sum():.0f} %"
        assert shown["touched"] == str((judged.regions[:, first:].sum(axis=1) > 0).sum())
        assert shown["largest"] == f"{judged.largest[:, first].max():.0f} px"
    assert shown["aupro 0.3"] == f"{aupro(judged.good, judged.regions):.2f}"
    assert shown["aupro 0.05"] == f"{aupro(judged.good, judged.regions, 0.05):.2f}"


def test_that_curves_and_figures_agree_at_every_level(state: PixelsState) -> None:
    for level in (-1.0, 0.7, 3.3):
        state.move_to(level)
        counts = state.judged.table.at(state.first)
        drawn = [float(curve[0]) for curve in state.rates_at(np.array([state.value]))]
        assert drawn == pytest.approx([counts.precision, counts.recall, counts.f1])
        place = state.overlap_point(state.value)
        assert place is not None
        assert place[0] == pytest.approx(counts.false_alarm_rate)
        assert state.level_on_overlap(*place, 0.3) == pytest.approx(state.value)


def test_that_a_step_goes_to_the_next_level_at_which_a_pixel_changes_sides(state: PixelsState) -> None:
    for direction in (1, -1):
        state.move_to(4.0)
        there = bin_of(state.stepped(direction))
        at = [state.judged.table.at(first) for first in (state.first, there)]
        assert at[0] != at[1]
        for between in range(min(state.first, there) + 1, max(state.first, there)):
            assert state.judged.table.at(between) in at
    state.move_to(1e9)
    assert state.stepped(1) == state.value
    state.move_to(4.0)
    assert state.stepped_by_percent(1) > state.value > state.stepped_by_percent(-1)


def test_that_the_worst_images_come_first(state: PixelsState) -> None:
    judged = state.judged
    f1 = {}
    for number, key in enumerate(judged.ids.tolist()):
        found = judged.regions[number, state.first :].sum()
        f1[key] = 2 * found / (judged.totals[number, state.first :].sum() + judged.regions[number].sum())
    worst = state.worst(7)
    assert [one.image_id for one in worst] == sorted(f1, key=lambda key: f1[key])[:7]
    assert [one.f1 for one in worst] == pytest.approx(sorted(f1.values())[:7])


def test_that_the_axis_shows_where_pixels_are_and_says_what_it_leaves_out(state: PixelsState) -> None:
    bins = state.bins
    assert len(bins.edges) == len(bins.good) + 1 == len(bins.defective) + 1
    assert bins.good.sum() + bins.defective.sum() + bins.beyond == state.judged.good.sum() + state.judged.regions.sum()
    assert bins.low < -3 < 6 < bins.high


def test_that_a_move_is_told_against_what_is_saved_and_then_against_what_was(state: PixelsState) -> None:
    state.take_saved(PixelThreshold(level_of(bin_of(4.0))))
    assert state.compared_with is None
    state.move_to(2.0)
    assert "Against 3.98: recall +" in state.change_sentence or "Against 4.0" in state.change_sentence
    state.take_saved(PixelThreshold(level_of(bin_of(2.0))))
    assert state.compared_with == level_of(bin_of(4.0))


def test_that_what_is_said_follows_the_rule(state: PixelsState) -> None:
    assert "No pixel threshold is saved" in state.remark
    assert state.rule_note.startswith("By hand. With 95 % confidence, no more than")
    state.take_saved(threshold_by_pixel_rule(PixelRule(LARGEST_REGION, 20), state.judged))
    assert state.rule == PixelRule(LARGEST_REGION, 20)
    assert "No region reaches 20 px" in state.rule_note
    assert "held-out good images alone" in state.remark
    state.move_to(0.0)
    assert "same images" in state.remark
    assert state.rule_note.startswith("By hand.")


def test_that_nothing_is_made_up_without_masks(unmasked: PixelsState) -> None:
    shown = values(unmasked)
    assert {shown[name] for name in ("precision", "recall", "f1", "touched", "auroc", "aupro 0.3")} == {"n/a"}
    assert shown["largest"] != "n/a"
    assert "No defective test image has a mask" in unmasked.remark
    assert (unmasked.worst(5), unmasked.overlap_point(2.0), unmasked.level_on_overlap(0.1, 0.5, 0.3)) == (
        [],
        None,
        None,
    )
    assert unmasked.change_sentence == ""
    assert all(np.isnan(curve).all() for curve in unmasked.rates_at(np.array([1.0, 2.0])))


def test_that_the_effect_of_a_scoring_is_told_with_what_is_now() -> None:
    before, after = ScoringFigures(0.83, 0.845, Threshold(1.0)), ScoringFigures(0.9, None, Threshold(2.0))
    said = effect_sentence(ScoringEffect(ScoringSettings(), before, after), "Try.")
    assert "AUROC 0.830 → 0.900, F1 0.845 → n/a" in said
    same = ScoringEffect(ScoringSettings(), before, before, settings_are_in_force=True)
    assert effect_sentence(same, "Try.").endswith("Try.")
