"""The threshold of pixels and the scoring on a real project, by mouse and by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from anomaly_gui.evaluation.pixel_rules import LARGEST_REGION
from anomaly_gui.jobs.evaluate import evaluate, scored_images
from anomaly_gui.jobs.pixels import bin_of, level_of
from anomaly_gui.jobs.rescoring import choose_pixel_threshold
from anomaly_gui.jobs.score import load_statistics
from anomaly_gui.project.records import Label
from anomaly_gui.project.store import Project
from anomaly_gui.ui.pages.tune_pixels import TunePixels
from anomaly_gui.ui.session import Session
from anomaly_gui.ui.widgets.image_dialog import ImageDialog
from tests.ui.pages.scored_project import scored_project
from tests.ui.pages.tune_window import TuneWindow, open_tune
from tests.ui.widgets.mouse import drag
from tests.ui.widgets.test_score_histogram import place_of

LEFT = Qt.MouseButton.LeftButton
Open = Callable[[Project], tuple[TuneWindow, TunePixels]]


@pytest.fixture
def open_part(qtbot: QtBot) -> Iterator[Open]:
    sessions: list[Session] = []

    def make(project: Project) -> tuple[TuneWindow, TunePixels]:
        opened = open_tune(qtbot, project)
        sessions.append(opened.session)
        opened.page.show_part("pixels")
        part = opened.page.parts["pixels"]
        assert isinstance(part, TunePixels)
        qtbot.waitUntil(lambda: part.view.isVisible() and "In force" in part.view.scoring.effect.text())
        return opened, part

    yield make
    for session in sessions:
        session.shut_down()


def test_a_drag_is_live_and_its_end_is_one_step_that_undo_takes_back(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(scored_project(tmp_path, masked=True))
    histogram = part.view.histogram
    histogram.show_all()
    start = histogram.threshold.value()
    drag(histogram.viewport(), place_of(histogram, start), place_of(histogram, 2.0))
    saved = opened.session.project.pixel_threshold(1)
    assert saved is not None
    assert saved.value == pytest.approx(2.0, rel=0.1)
    assert saved.value == level_of(bin_of(saved.value)) == part.view.histogram.threshold.value()
    figures = evaluate(opened.session.project, 1).at_pixel_threshold
    assert figures is not None
    assert part.view.figure("recall") == f"{100 * (figures.recall or 0):.0f} %"
    opened.session.undo()
    assert opened.session.project.pixel_threshold(1) is None


def test_keys_move_the_pixel_threshold_and_leave_that_of_images(open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(scored_project(tmp_path, masked=True))
    project = opened.session.project
    choose_pixel_threshold(project, 1, 2.5)
    opened.session.refresh()
    image_threshold = project.threshold(1)
    opened.page.choice.setFocus()
    for direction, slot in ((-1, opened.page._step_lower), (1, opened.page._step_higher)):
        before = project.pixel_threshold(1)
        slot()
        assert project.pixel_threshold(1) == before, "the burst goes on"
        part.burst.settle()
        after = project.pixel_threshold(1)
        assert before is not None
        assert after is not None
        assert (after.value - before.value) * direction > 0
    opened.page._percent_higher()
    QTest.keyClick(part.view.control.slider, Qt.Key.Key_Left)
    opened.session.settling.emit()
    assert project.threshold(1) == image_threshold


def test_the_size_rule_is_set_with_a_click_and_says_its_promise(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(scored_project(tmp_path, masked=True))
    part.view.smallest.setValue(6)
    qtbot.mouseClick(part.view.rule_buttons[LARGEST_REGION], LEFT)
    saved = opened.session.project.pixel_threshold(1)
    assert saved is not None
    assert (saved.rule, saved.parameter) == (LARGEST_REGION, 6.0)
    assert part.view.rule_buttons[LARGEST_REGION].isChecked()
    assert "No region reaches 6 px" in part.view.rule_note.text()
    assert "6 px" in opened.session.project.events()[-1].reason


def test_tiles_show_masked_defects_and_one_opens_whole(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(scored_project(tmp_path, masked=True))
    tiles = part.view.tiles
    assert {tile.image_id for tile in tiles.tiles} == {6, 7, 8, 9}
    qtbot.mouseClick(tiles, LEFT, pos=QPoint(30, 30))
    (dialog,) = opened.window.findChildren(ImageDialog)
    assert dialog.windowTitle() == f"part_{tiles.tiles[0].image_id}.png"
    dialog.close()


def test_another_scoring_shows_its_effect_is_applied_as_one_step_and_taken_back(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(scored_project(tmp_path, masked=True))
    project, box = opened.session.project, part.view.scoring
    before = (project.threshold(1), scored_images(project, 1).scores.tolist())
    assert not box.apply.isEnabled()
    box.reduction.setCurrentIndex(box.reduction.findData("mean"))
    box.reduction.activated.emit(box.reduction.currentIndex())
    assert box.apply.isEnabled()
    qtbot.waitUntil(lambda: "→" in box.effect.text())
    qtbot.mouseClick(box.apply, LEFT)
    assert project.scoring(1) is not None
    qtbot.waitUntil(lambda: box.trained.isEnabled() and "In force" in box.effect.text())
    assert scored_images(project, 1).scores.tolist() != before[1]
    shown = opened.page.state
    assert shown is not None
    assert shown.scored.scores.tolist() == scored_images(project, 1).scores.tolist(), "the other view follows"
    opened.session.undo()
    assert (project.threshold(1), scored_images(project, 1).scores.tolist()) == before
    qtbot.waitUntil(lambda: not box.trained.isEnabled())


def test_areas_are_those_above_the_pixel_threshold_and_move_with_it(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(scored_project(tmp_path, masked=True))
    project, box = opened.session.project, part.view.scoring
    part.choose(1.5)
    box.reduction.setCurrentIndex(box.reduction.findData("area"))
    box.reduction.activated.emit(box.reduction.currentIndex())
    qtbot.mouseClick(box.apply, LEFT)
    tau = project.pixel_threshold(1)
    assert tau is not None
    assert (project.scoring(1) or {})["area_level"] == tau.value
    part.choose(2.5)
    tau = project.pixel_threshold(1)
    assert tau is not None
    assert (project.scoring(1) or {})["area_level"] == tau.value == pytest.approx(2.5, rel=0.02)


def test_maps_of_another_smoothing_are_not_drawn_and_scoring_again_is_offered(open_part: Open, tmp_path: Path) -> None:
    project = scored_project(tmp_path, masked=True)
    statistics = load_statistics(project, 1)
    replace(statistics, maps_match=np.array([False])).save(project.run_folder(1).statistics)
    _, part = open_part(project)
    assert part.view.stale.isVisible()
    assert not part.view.tiles.tiles
    assert part.view.figure("recall") != "n/a"


def test_without_masks_the_page_says_so_and_the_size_rule_still_holds(
    qtbot: QtBot, open_part: Open, tmp_path: Path
) -> None:
    opened, part = open_part(scored_project(tmp_path))
    assert part.view.figure("recall") == "n/a"
    assert "No defective test image has a mask" in part.view.remark.text()
    qtbot.mouseClick(part.view.rule_buttons[LARGEST_REGION], LEFT)
    assert opened.session.project.pixel_threshold(1) is not None


def test_labels_changed_elsewhere_are_followed(qtbot: QtBot, open_part: Open, tmp_path: Path) -> None:
    opened, part = open_part(scored_project(tmp_path, masked=True))
    opened.session.apply(lambda project: project.set_label([9], Label("good")))
    qtbot.waitUntil(lambda: {tile.image_id for tile in part.view.tiles.tiles} == {6, 7, 8})
    assert part.view.basis.text().startswith("Pixels of 3 defective images")
